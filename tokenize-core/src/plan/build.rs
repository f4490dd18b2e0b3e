//! Policy and schema to a mask plan.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

use super::fault::{PlanError, PlanFault, PlanFaultKind, SubjectProblem};
use super::matching::{Match, duplicates, match_rules};
use super::step::{Direction, Logical, Step, can_make_null, fit, has_canonical_values};
use super::tags::{self, Tags};
use super::{ColumnPlan, Plan, foreign};
use crate::column::nest::Node;
use crate::column::{Children, Leaf, children, leaves, value_type};
use crate::field::{FieldPath, Step as PathStep};
use crate::policy::{Action, Mode, OnInvalid, Policy, Rule};

/// What a mask plan needs to know of the keyring.
#[derive(Debug, Clone)]
pub(crate) struct KeyringFacts {
    pub(crate) id: String,
    pub(crate) primary: u32,
    pub(crate) has_had_several_versions: bool,
}

impl Plan {
    /// Brings policy and schema together.
    ///
    /// # Errors
    /// Everything that cannot work, in schema order.
    pub(crate) fn mask(
        policy: &Policy,
        schema: &SchemaRef,
        keyring: &KeyringFacts,
    ) -> Result<Self, PlanError> {
        let leaves = leaves(schema.fields());
        let mut faults = duplicates(schema.fields());
        let matches = match_rules(policy, &leaves, &mut faults);
        let mut draft = Draft::default();
        for (leaf, found) in leaves.iter().zip(&matches) {
            let added = found.map_or(Ok(()), |found| draft.add(leaf, found, keyring));
            faults.extend(added.err().map(|kind| PlanFault::at(&leaf.path, kind)));
        }
        draft.finish_texts(&leaves, &matches, keyring);
        faults.extend(draft.domain_faults());
        faults.extend(draft.subject_faults(&leaves));
        let extra = draft.spans_columns(schema, &mut faults);
        let (nodes, output) = draft.shape(schema, &mut faults);
        let output = draft.with_extra(&output, &extra);
        if !faults.is_empty() {
            return Err(PlanError { faults });
        }
        Ok(Self {
            direction: Direction::Mask,
            input: schema.clone(),
            output,
            nodes,
            steps: draft.steps,
            extra,
            reversed: Vec::new(),
            columns: draft.columns,
        })
    }
}

/// A mask plan in the making.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) steps: Vec<Step>,
    pub(super) columns: Vec<ColumnPlan>,
    pub(super) nodes: HashMap<FieldPath, Node>,
}

impl Draft {
    fn add(
        &mut self,
        leaf: &Leaf,
        found: Match<'_>,
        keyring: &KeyringFacts,
    ) -> Result<(), PlanFaultKind> {
        let earlier =
            Tags::read(&leaf.field).map_err(|tag| PlanFaultKind::UnknownTags { tag: tag.0 })?;
        let (action, rule) = match found {
            Match::Unlisted { is_kept: true } => (&Action::Keep, None),
            Match::Unlisted { is_kept: false } => (&Action::Drop, None),
            Match::Rule(rule) => (&rule.action, Some(rule)),
        };
        let (node, step, tags) = match (action, rule) {
            (Action::Keep, _) => (Node::Keep, None, earlier.clone()),
            (Action::Drop, _) => (Node::Drop, None, None),
            (_, Some(_)) if earlier.is_some() => {
                let action = earlier.map(|tags| tags.action).unwrap_or_default();
                return Err(PlanFaultKind::AlreadyMasked { action });
            }
            // A column of nulls only has nothing to protect and no type to protect it in.
            (_, Some(_)) if *value_type(leaf.field.data_type()) == DataType::Null => {
                (Node::Keep, None, None)
            }
            (_, Some(rule)) => {
                let step = plan_step(leaf, rule, keyring)?;
                let tags = mask_tags(&step, rule, keyring);
                self.steps.push(step);
                (Node::Leaf(self.steps.len() - 1), Some(self.steps.len() - 1), Some(tags))
            }
            (_, None) => return Ok(()),
        };
        let action = earlier_or(&tags, step, action.name());
        self.columns.push(ColumnPlan {
            path: leaf.path.clone(),
            action,
            step,
            tags,
            is_left: false,
        });
        self.nodes.insert(leaf.path.clone(), node);
        Ok(())
    }

    /// One domain has one set of parameters, of which the scale shows only in the columns.
    fn domain_faults(&self) -> Vec<PlanFault> {
        let mut seen: HashMap<&str, (serde_json::Value, &FieldPath)> = HashMap::new();
        let mut faults = Vec::new();
        for step in &self.steps {
            let Action::Tokenize { domain, format } = &step.action else { continue };
            let (params, other) =
                seen.entry(domain).or_insert_with(|| (format.subkey_params(), &step.path));
            if *params != format.subkey_params() {
                let (domain, other) = (domain.clone(), other.to_string());
                faults.push(PlanFault::at(
                    &step.path,
                    PlanFaultKind::DomainConflict { domain, other },
                ));
            }
        }
        faults
    }

    /// A shifted date needs a subject that still says whose date it is, and says so in every file of the dataset.
    fn subject_faults(&self, leaves: &[Leaf]) -> Vec<PlanFault> {
        let mut faults = Vec::new();
        for step in &self.steps {
            let Action::ShiftDate { subject, .. } = &step.action else { continue };
            let problem = match leaves.iter().find(|leaf| leaf.path == *subject) {
                None => Some(SubjectProblem::Absent),
                Some(leaf) if !leaf.is_scalar => Some(SubjectProblem::Repeated),
                Some(leaf) => self.subject_problem(leaf),
            };
            if let Some(problem) = problem {
                faults.push(PlanFault::at(
                    &step.path,
                    PlanFaultKind::Subject { subject: subject.to_string(), problem },
                ));
            }
        }
        faults
    }

    fn subject_problem(&self, leaf: &Leaf) -> Option<SubjectProblem> {
        let number = match self.nodes.get(&leaf.path) {
            None | Some(Node::Drop) => return Some(SubjectProblem::Absent),
            Some(Node::Leaf(number)) => *number,
            Some(_) => {
                return (!has_canonical_values(leaf.field.data_type()))
                    .then_some(SubjectProblem::Type);
            }
        };
        let step = &self.steps[number];
        match step.action {
            Action::Tokenize { .. }
            | Action::Pseudonymize { .. }
            | Action::Encrypt { mode: Mode::Deterministic, .. } => {
                (!has_canonical_values(&step.to)).then_some(SubjectProblem::Type)
            }
            _ => Some(SubjectProblem::NotIdentifying),
        }
    }

    fn shape(&self, schema: &SchemaRef, faults: &mut Vec<PlanFault>) -> (Vec<Node>, SchemaRef) {
        let mut fields = Vec::new();
        let mut nodes = Vec::new();
        for field in schema.fields() {
            let (node, output) = self.shape_field(&FieldPath::column(field.name()), field, faults);
            fields.extend(output.map(Arc::new));
            nodes.push(node);
        }
        let metadata = foreign::passing(schema.metadata(), &Fields::from(fields.clone()));
        (nodes, Arc::new(Schema::new_with_metadata(fields, metadata)))
    }

    /// The node of a field and the field that comes out, if one does.
    fn shape_field(
        &self,
        path: &FieldPath,
        field: &Field,
        faults: &mut Vec<PlanFault>,
    ) -> (Node, Option<Field>) {
        match children(field.data_type()) {
            Children::None => {
                let node = self.nodes.get(path).cloned().unwrap_or(Node::Drop);
                let output = match &node {
                    Node::Drop => None,
                    Node::Leaf(number) => Some(self.treated_field(*number, field)),
                    _ => Some(field.clone()),
                };
                (node, output)
            }
            Children::Fields(fields) => {
                let inner = fields.iter().map(|child| {
                    self.shape_field(
                        &path.join(PathStep::Name(child.name().clone())),
                        child,
                        faults,
                    )
                });
                let (nodes, outputs): (Vec<_>, Vec<_>) = inner.collect();
                let outputs: Fields = outputs.into_iter().flatten().collect();
                container(Node::Fields(nodes), field, DataType::Struct(outputs))
            }
            Children::Element(element) => {
                let (node, output) =
                    self.shape_field(&path.join(PathStep::Element), element, faults);
                let data_type = output.map(|element| list_type(field.data_type(), element));
                container(Node::Element(Box::new(node)), field, data_type.unwrap_or(DataType::Null))
            }
            Children::Entries(key, value) => {
                let key = self.shape_field(&path.join(PathStep::Key), key, faults);
                let value = self.shape_field(&path.join(PathStep::Value), value, faults);
                if key.1.is_some() != value.1.is_some() {
                    faults.push(PlanFault::at(path, PlanFaultKind::HalfMap));
                }
                let data_type = key.1.zip(value.1).map(|(key_out, value_out)| {
                    map_type(field.data_type(), key_out, value_out, &key.0)
                });
                container(
                    Node::Entries(Box::new((key.0, value.0))),
                    field,
                    data_type.unwrap_or(DataType::Null),
                )
            }
        }
    }

    fn treated_field(&self, number: usize, field: &Field) -> Field {
        let step = &self.steps[number];
        let nullable = field.is_nullable()
            || can_make_null(&step.action, step.on_invalid, &step.from, &step.to);
        let mut metadata = tags::passing(field, step.from == step.to);
        let tags = self
            .columns
            .iter()
            .find(|column| column.step == Some(number))
            .and_then(|column| column.tags.as_ref());
        metadata.extend(tags.map(Tags::write).unwrap_or_default());
        Field::new(field.name(), step.to.clone(), nullable).with_metadata(metadata)
    }
}

fn earlier_or(tags: &Option<Tags>, step: Option<usize>, name: &str) -> String {
    match (tags, step) {
        (Some(tags), None) => tags.action.clone(),
        _ => name.to_owned(),
    }
}

fn container(node: Node, field: &Field, data_type: DataType) -> (Node, Option<Field>) {
    match node.simplified() {
        Node::Drop => (Node::Drop, None),
        Node::Keep => (Node::Keep, Some(field.clone())),
        // What is said of a container is said of the values in it.
        node => (
            node,
            Some(
                field.clone().with_data_type(data_type).with_metadata(tags::passing(field, false)),
            ),
        ),
    }
}

pub(super) fn list_type(old: &DataType, element: Field) -> DataType {
    match old {
        DataType::LargeList(_) => DataType::LargeList(Arc::new(element)),
        DataType::FixedSizeList(_, size) => DataType::FixedSizeList(Arc::new(element), *size),
        _ => DataType::List(Arc::new(element)),
    }
}

pub(super) fn map_type(old: &DataType, key: Field, value: Field, key_node: &Node) -> DataType {
    let DataType::Map(entries, sorted) = old else { return DataType::Null };
    let entries = entries
        .as_ref()
        .clone()
        .with_metadata(tags::passing(entries, false))
        .with_data_type(DataType::Struct(Fields::from(vec![key, value])));
    DataType::Map(Arc::new(entries), *sorted && matches!(key_node, Node::Keep))
}

fn plan_step(leaf: &Leaf, rule: &Rule, keyring: &KeyringFacts) -> Result<Step, PlanFaultKind> {
    let from = leaf.field.data_type();
    let (mut action, to) = fit(&rule.action, from)?;
    if let Action::Encrypt { domain, .. } = &mut action {
        domain.get_or_insert_with(|| leaf.path.to_string());
    }
    Ok(Step {
        path: leaf.path.clone(),
        key: action.power().map(|power| (rule.key_version.unwrap_or(keyring.primary), power)),
        logical: matches!(action, Action::Encrypt { .. }).then(|| Logical::of(from)).flatten(),
        action,
        normalize: rule.normalize.clone(),
        on_invalid: rule.on_invalid,
        has_redacted: rule.on_invalid == OnInvalid::Redact,
        from: from.clone(),
        to,
    })
}

pub(super) fn mask_tags(step: &Step, rule: &Rule, keyring: &KeyringFacts) -> Tags {
    let domain = match &step.action {
        Action::Encrypt { domain, .. } => domain.clone(),
        Action::Pseudonymize { domain, .. }
        | Action::Surrogate { domain, .. }
        | Action::Tokenize { domain, .. } => Some(domain.clone()),
        _ => None,
    };
    let mut params = Rule { action: step.action.clone(), ..rule.clone() }.params_json();
    if let (Some(logical), Some(map)) = (step.logical, params.as_object_mut()) {
        map.insert("logical_type".to_owned(), logical.name().into());
    }
    Tags {
        action: step.action.name().to_owned(),
        domain,
        keyring: step.key.map(|_| keyring.id.clone()),
        key_version: step.key.map(|(version, _)| version),
        params,
        data_type: Some(step.from.clone()),
    }
}
