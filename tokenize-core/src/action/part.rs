//! Columns that can be treated apart from the others: all at once in different threads, and each with its own pace through a file.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;

use super::Run;
use crate::column::nest::Node;
use crate::field::{FieldPath, Step as PathStep};
use crate::plan::{Direction, Plan, Step};
use crate::policy::Action;

/// Columns that are treated together, since what becomes of one depends on what becomes of another.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The columns of the plan's input that are read, ascending: those that change, and those that they look into.
    pub(crate) inputs: Vec<usize>,
    /// The columns of the input that are given out, ascending.
    pub(crate) columns: Vec<usize>,
    /// The columns that come out besides, by their numbers in the plan.
    pub(crate) extra: Vec<usize>,
    /// Whether its one column may also be handed over as a dictionary with keys of 32 bits, and then comes out as one.
    pub(crate) takes_entries: bool,
    /// What is done in it, ascending.
    pub(super) steps: Vec<usize>,
}

impl Part {
    /// All columns, kept ones too.
    pub(super) fn whole(plan: &Plan) -> Self {
        let is_there = |i: &usize| !matches!(plan.nodes[*i], Node::Drop);
        Self {
            inputs: (0..plan.nodes.len()).collect(),
            columns: (0..plan.nodes.len()).filter(is_there).collect(),
            extra: (0..plan.extra.len()).collect(),
            takes_entries: false,
            steps: (0..plan.steps.len()).collect(),
        }
    }

    /// Where in its batches a column of the plan's input stands.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        self.inputs.binary_search(&column).ok()
    }
}

impl Run {
    /// The columns of the plan's output that come out of a part, in the order in which it gives them.
    pub(crate) fn outputs(&self, part: &Part) -> Vec<usize> {
        let besides = self.plan().output.fields().len() - self.plan().extra.len();
        let columns = part.columns.iter().map(|column| self.places[*column]);
        columns.chain(part.extra.iter().map(|extra| besides + extra)).collect()
    }

    /// The columns that change, in the fewest that have to go together, by the first of each.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let plan = self.plan();
        let subjects = plan.steps.iter().filter_map(|step| column_of(plan, subject(step)?));
        let subjects: BTreeSet<usize> = subjects.collect();
        let mut groups: Vec<Group> = Vec::new();
        for column in (0..plan.nodes.len()).filter(|i| !steps_of(&plan.nodes[*i]).is_empty()) {
            let mut group = Group::of(plan, column);
            if !group.subjects.is_empty() || subjects.contains(&column) {
                let (joined, apart) = groups.into_iter().partition(|other| other.meets(&group));
                groups = apart;
                joined.into_iter().for_each(|other| group.take_in(other));
            }
            groups.push(group);
        }
        let mut parts: Vec<Part> = groups.into_iter().map(|group| self.part(group)).collect();
        parts.sort_unstable_by_key(|part| part.columns.first().copied());
        parts
    }

    fn part(&self, group: Group) -> Part {
        let Group { columns, looks, extra, steps, .. } = group;
        let mut part = Part {
            inputs: columns.union(&looks).copied().collect(),
            columns: columns.into_iter().collect(),
            extra: extra.into_iter().collect(),
            takes_entries: false,
            steps: steps.into_iter().collect(),
        };
        part.takes_entries = match (part.inputs.as_slice(), part.steps.as_slice()) {
            ([column], [step]) => {
                matches!(self.plan().nodes[*column], Node::Leaf(_)) && self.takes_entries(*step)
            }
            _ => false,
        };
        part
    }

    fn takes_entries(&self, number: usize) -> bool {
        let step = &self.plan().steps[number];
        is_bytes(&step.from) && is_bytes(&step.to) && self.is_function_of_cell(number)
    }
}

/// Columns found to belong together so far.
struct Group {
    columns: BTreeSet<usize>,
    /// Columns whose masked values its steps take: these belong to it if they change.
    subjects: BTreeSet<usize>,
    /// Columns that its steps read.
    looks: BTreeSet<usize>,
    extra: BTreeSet<usize>,
    steps: BTreeSet<usize>,
}

impl Group {
    fn of(plan: &Plan, column: usize) -> Self {
        let is_here = |extra: &&usize| column_of(plan, &plan.extra[**extra].source) == Some(column);
        let numbers: Vec<usize> = (0..plan.extra.len()).collect();
        let extra: BTreeSet<usize> = numbers.iter().filter(is_here).copied().collect();
        let mut steps = BTreeSet::from_iter(steps_of(&plan.nodes[column]));
        steps.extend(extra.iter().map(|extra| plan.extra[*extra].step));
        let all = || steps.iter().map(|step| &plan.steps[*step]);
        let reversed = steps.iter().filter_map(|step| plan.reversed.get(*step));
        let subjects: BTreeSet<usize> =
            all().filter_map(|step| column_of(plan, subject(step)?)).collect();
        let mut looks = subjects.clone();
        looks.extend(reversed.filter_map(|step| column_of(plan, subject(step)?)));
        looks.extend(
            all().flat_map(|step| known(step, plan.direction)).filter_map(|p| column_of(plan, p)),
        );
        Self { columns: BTreeSet::from([column]), subjects, looks, extra, steps }
    }

    /// Whether one takes the masked values of the other.
    fn meets(&self, other: &Self) -> bool {
        !self.subjects.is_disjoint(&other.columns) || !other.subjects.is_disjoint(&self.columns)
    }

    fn take_in(&mut self, other: Self) {
        self.columns.extend(other.columns);
        self.subjects.extend(other.subjects);
        self.looks.extend(other.looks);
        self.extra.extend(other.extra);
        self.steps.extend(other.steps);
    }
}

/// What the values of a text are looked for in, or brought back with.
pub(super) fn known(step: &Step, direction: Direction) -> Vec<&FieldPath> {
    match (&step.action, direction) {
        (Action::Text(text), Direction::Mask) => {
            text.known.iter().map(|known| &known.path).collect()
        }
        (Action::Text(text), Direction::Unmask) => text.spans.iter().collect(),
        _ => Vec::new(),
    }
}

fn subject(step: &Step) -> Option<&FieldPath> {
    match &step.action {
        Action::ShiftDate { subject, .. } => Some(subject),
        _ => None,
    }
}

/// The column of the input that a path begins with.
pub(super) fn column_of(plan: &Plan, path: &FieldPath) -> Option<usize> {
    let Some(PathStep::Name(name)) = path.steps().first() else { return None };
    plan.input.fields().iter().position(|field| field.name() == name)
}

fn steps_of(node: &Node) -> Vec<usize> {
    match node {
        Node::Drop | Node::Keep => Vec::new(),
        Node::Leaf(step) => vec![*step],
        Node::Fields(nodes) => nodes.iter().flat_map(steps_of).collect(),
        Node::Element(node) => steps_of(node),
        Node::Entries(both) => [&both.0, &both.1].into_iter().flat_map(steps_of).collect(),
    }
}

/// Whether a dictionary of such values can be read and written as one.
fn is_bytes(data_type: &DataType) -> bool {
    use DataType::{Binary, LargeBinary, LargeUtf8, Utf8};
    matches!(data_type, Utf8 | LargeUtf8 | Binary | LargeBinary)
}
