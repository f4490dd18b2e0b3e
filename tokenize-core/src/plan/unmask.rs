//! A masked schema (or a policy, where the schema is silent) to an unmask plan.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use serde_json::Value;

use super::build::{KeyringFacts, list_type, map_type};
use super::fault::{PlanError, PlanFault, PlanFaultKind, SubjectProblem};
use super::matching::duplicates;
use super::step::{Direction, Logical, Step, has_canonical_values, kind_of};
use super::tags::{self, Tags};
use super::{ColumnPlan, Plan, TABLE_VERSION, foreign, text};
use crate::column::nest::Node;
use crate::column::{Children, Leaf, children, is_text, leaves, value_type};
use crate::field::{FieldPath, Step as PathStep};
use crate::format::{Format, FormatOptions};
use crate::policy::{Action, CellKey, CellOutput, Mode, OnInvalid, Policy, Rule, TokenWriting};

/// What a caller asks of an unmask.
#[derive(Debug, Clone, Default)]
pub struct UnmaskOptions {
    /// The columns to reverse; all reversible ones if `None`.
    pub columns: Option<Vec<FieldPath>>,
    /// The key version, where no metadata records it.
    pub key_version: Option<u32>,
}

/// Where an unmask learns what was done.
pub(crate) enum Source<'a> {
    /// The schema's own tags, which a verified manifest vouches for.
    Tags(&'a dyn Witness),
    /// The policy that masked it, and for `encrypt` columns what their cells were found to hold.
    Policy(&'a Policy, &'a HashMap<FieldPath, Logical>),
}

/// What a manifest can say of a schema; [`crate::manifest::Manifest`] is the only one.
pub(crate) trait Witness {
    /// Whether a field with this path and these tags is as it was written.
    fn vouches_for(&self, path: &str, tags: &Tags) -> bool;

    /// The action of a field of this path that had tags when it was written.
    fn action_of(&self, path: &str) -> Option<&str>;
}

impl Plan {
    /// Reverses what can be reversed and lists the rest.
    ///
    /// # Errors
    /// Everything that cannot work, in schema order.
    pub(crate) fn unmask(
        schema: &SchemaRef,
        source: &Source<'_>,
        keyring: &KeyringFacts,
        options: &UnmaskOptions,
    ) -> Result<Self, PlanError> {
        let leaves = leaves(schema.fields());
        let mut draft = Draft { source, keyring, options, steps: Vec::new(), columns: Vec::new() };
        let mut faults = duplicates(schema.fields());
        faults.extend(draft.unknown_columns(&leaves));
        for leaf in &leaves {
            if let Err(kind) = draft.add(leaf, &leaves) {
                faults.push(PlanFault::at(&leaf.path, kind));
            }
        }
        faults.extend(draft.subject_faults(&leaves));
        if faults.is_empty()
            && draft.steps.is_empty()
            && draft.columns.iter().all(|column| !column.is_left)
        {
            faults.push(PlanFault::of_schema(PlanFaultKind::NothingMasked));
        }
        if !faults.is_empty() {
            return Err(PlanError { faults });
        }
        let (mut nodes, mut fields) = (Vec::new(), Vec::new());
        for field in schema.fields() {
            let path = FieldPath::column(field.name());
            let is_spent = draft.is_spent(&path);
            let (node, field) = draft.shape(&path, field);
            nodes.push(if is_spent { Node::Drop } else { node });
            fields.extend((!is_spent).then_some(field));
        }
        let fields = Fields::from(fields);
        let retyped = draft.steps.iter().filter(|step| step.from != step.to);
        let retyped: HashSet<_> =
            retyped.filter_map(|step| step.path.steps().first().cloned()).collect();
        let mut metadata = foreign::restored(schema.metadata(), &fields, &|field| {
            retyped.contains(&PathStep::Name(field.name().clone()))
        });
        if draft.columns.iter().all(|column| column.tags.is_none()) {
            metadata.remove(tags::MANIFEST);
        }
        let output = Arc::new(Schema::new_with_metadata(fields, metadata));
        let (steps, columns) = (draft.steps, draft.columns);
        Ok(Self {
            direction: Direction::Unmask,
            input: schema.clone(),
            output,
            nodes,
            steps,
            extra: Vec::new(),
            reversed: Vec::new(),
            columns,
        })
    }
}

struct Draft<'a> {
    source: &'a Source<'a>,
    keyring: &'a KeyringFacts,
    options: &'a UnmaskOptions,
    steps: Vec<Step>,
    columns: Vec<ColumnPlan>,
}

/// What was done to a leaf, as far as it matters for reversing it.
struct Done {
    action: Action,
    has_redacted: bool,
    key_version: Option<u32>,
    to: DataType,
    logical: Option<Logical>,
}

impl Draft<'_> {
    fn add(&mut self, leaf: &Leaf, all: &[Leaf]) -> Result<(), PlanFaultKind> {
        let tags =
            Tags::read(&leaf.field).map_err(|tag| PlanFaultKind::UnknownTags { tag: tag.0 })?;
        let (action_name, done) = match self.source {
            Source::Tags(manifest) => match &tags {
                None => (None, None),
                Some(tags) if !manifest.vouches_for(&leaf.path.to_string(), tags) => {
                    return Err(PlanFaultKind::EditedMetadata);
                }
                Some(tags) => (Some(tags.action.clone()), self.done_by_tags(tags)?),
            },
            Source::Policy(policy, logical) => self.done_by_policy(policy, logical, leaf, all),
        };
        let wanted = self.options.columns.as_ref().map(|columns| columns.contains(&leaf.path));
        if let (None, Source::Tags(manifest)) = (&tags, self.source)
            && wanted != Some(false)
            && manifest.action_of(&leaf.path.to_string()).is_some_and(tags::is_reversible)
        {
            // Its tokens would pass for clear values.
            return Err(PlanFaultKind::EditedMetadata);
        }
        if let (Some(true), None) = (wanted, &done) {
            return Err(PlanFaultKind::OneWay {
                action: action_name.unwrap_or_else(|| "keep".to_owned()),
            });
        }
        let is_left =
            done.is_none() && action_name.as_deref().is_some_and(|name| name != "text_spans");
        let action = action_name.unwrap_or_else(|| "keep".to_owned());
        let column = ColumnPlan { path: leaf.path.clone(), action, step: None, tags, is_left };
        self.columns.push(column);
        if let (Some(mut done), Some(true) | None) = (done, wanted) {
            self.find_spans(leaf, &mut done, all)?;
            let step = self.reverse(leaf, done)?;
            self.steps.push(step);
            let number = self.steps.len() - 1;
            if let Some(column) = self.columns.last_mut() {
                (column.step, column.tags) = (Some(number), None);
            }
        }
        Ok(())
    }

    /// Bare tokens in a text come back by the column of spans beside it.
    fn find_spans(&self, leaf: &Leaf, done: &mut Done, all: &[Leaf]) -> Result<(), PlanFaultKind> {
        let Action::Text(text) = &mut done.action else { return Ok(()) };
        if text.tokens != TokenWriting::Natural {
            return Ok(());
        }
        text.spans = text::spans_path(&leaf.path);
        match &text.spans {
            Some(spans) if all.iter().any(|leaf| leaf.path == *spans) => Ok(()),
            spans => {
                let spans = spans.as_ref().map(ToString::to_string).unwrap_or_default();
                Err(PlanFaultKind::SpansMissing { spans })
            }
        }
    }

    /// Whether a column holds the spans of a text that is brought back: it goes with them.
    fn is_spent(&self, path: &FieldPath) -> bool {
        self.steps.iter().any(|step| match &step.action {
            Action::Text(text) => text.spans.as_ref() == Some(path),
            _ => false,
        })
    }

    fn done_by_tags(&self, tags: &Tags) -> Result<Option<Done>, PlanFaultKind> {
        let Some(action) = action_of(tags)? else { return Ok(None) };
        let needed = tags.keyring.clone().unwrap_or_default();
        if needed != self.keyring.id {
            return Err(PlanFaultKind::OtherKeyring { needed, given: self.keyring.id.clone() });
        }
        let text = |name: &str| tags.params.get(name).and_then(Value::as_str);
        let logical = text("logical_type").map(|name| {
            Logical::from_name(name).ok_or(PlanFaultKind::UnknownTags { tag: "logical_type" })
        });
        Ok(Some(Done {
            action,
            has_redacted: text("on_invalid") == Some("redact"),
            key_version: tags.key_version,
            to: tags
                .data_type
                .clone()
                .ok_or(PlanFaultKind::UnknownTags { tag: "tokenize.type" })?,
            logical: logical.transpose()?,
        }))
    }

    fn done_by_policy(
        &self,
        policy: &Policy,
        found: &HashMap<FieldPath, Logical>,
        leaf: &Leaf,
        all: &[Leaf],
    ) -> (Option<String>, Option<Done>) {
        let Some(rule) = rule_for(policy, &leaf.path) else { return (None, None) };
        let name = match rule.action {
            Action::Keep | Action::Drop => return (None, None),
            ref other => Some(other.name().to_owned()),
        };
        if !rule.action.is_reversible() || *value_type(leaf.field.data_type()) == DataType::Null {
            return (name, None);
        }
        let mut action = rule.action.clone();
        let (mut logical, mut to) = (None, leaf.field.data_type().clone());
        if let Action::Encrypt { domain, .. } = &mut action {
            domain.get_or_insert_with(|| leaf.path.to_string());
            let kind = found.get(&leaf.path).copied().unwrap_or(Logical::String);
            (logical, to) = (Some(kind), kind.usual_type());
        }
        if let Action::Text(text) = &mut action {
            **text = text::by_policy(text, rule, policy, all, self.keyring.primary);
        }
        let key_version = rule.key_version.or(self.options.key_version);
        let only = (!self.keyring.has_had_several_versions).then_some(self.keyring.primary);
        (
            name,
            Some(Done {
                action,
                has_redacted: rule.on_invalid == OnInvalid::Redact,
                key_version: key_version.or(only),
                to,
                logical,
            }),
        )
    }

    fn reverse(&self, leaf: &Leaf, done: Done) -> Result<Step, PlanFaultKind> {
        let from = leaf.field.data_type().clone();
        let kinds_agree = match (value_type(&from), value_type(&done.to)) {
            // Digits of another scale would be taken for digits of this one.
            (DataType::Decimal128(_, is), DataType::Decimal128(_, was)) => is == was,
            (is, was) => kind_of(is).is_some() && kind_of(is) == kind_of(was),
        };
        let (action, fits) = match done.action {
            Action::Tokenize { domain, format } => {
                let format = match value_type(&done.to) {
                    DataType::Decimal128(_, scale) => format.with_column_scale(*scale),
                    _ => format.with_text_scale(),
                };
                (
                    Action::Tokenize { domain, format: format.map_err(PlanFaultKind::Format)? },
                    kinds_agree,
                )
            }
            Action::Encrypt { output, .. } => {
                let is_binary =
                    matches!(from, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
                let fits = if output == CellOutput::String { is_text(&from) } else { is_binary };
                (done.action, fits)
            }
            _ => (done.action, kinds_agree),
        };
        if !fits {
            let action = format!("unmasking {}", action.name());
            return Err(PlanFaultKind::UnsupportedType { action, data_type: from.to_string() });
        }
        // A cell names its own key version; tokens and shifted dates do not.
        let version = match action {
            Action::Encrypt { .. } | Action::Text(_) => {
                done.key_version.unwrap_or(self.keyring.primary)
            }
            _ => done.key_version.ok_or(PlanFaultKind::MissingKeyVersion)?,
        };
        Ok(Step {
            path: leaf.path.clone(),
            key: action.power().map(|power| (version, power)),
            logical: done.logical,
            action,
            normalize: Vec::new(),
            on_invalid: OnInvalid::Fail,
            has_redacted: done.has_redacted,
            from,
            to: done.to,
        })
    }

    /// Columns asked for that are not there.
    fn unknown_columns(&self, leaves: &[Leaf]) -> Vec<PlanFault> {
        let asked = self.options.columns.iter().flatten();
        let missing = asked.filter(|path| leaves.iter().all(|leaf| leaf.path != **path));
        missing.map(|path| PlanFault::at(path, PlanFaultKind::Missing { similar: None })).collect()
    }

    fn subject_faults(&self, leaves: &[Leaf]) -> Vec<PlanFault> {
        let mut faults = Vec::new();
        for step in &self.steps {
            let Action::ShiftDate { subject, .. } = &step.action else { continue };
            let problem = match leaves.iter().find(|leaf| leaf.path == *subject) {
                None => SubjectProblem::Absent,
                Some(leaf) if !has_canonical_values(leaf.field.data_type()) => SubjectProblem::Type,
                Some(leaf) if self.has_lost_tags(leaf) => SubjectProblem::Apart,
                Some(_) => continue,
            };
            faults.push(PlanFault::at(
                &step.path,
                PlanFaultKind::Subject { subject: subject.to_string(), problem },
            ));
        }
        faults.extend(self.left_behind());
        faults
    }

    /// Whether the leaf was masked once and is not any more.
    fn has_lost_tags(&self, leaf: &Leaf) -> bool {
        let Source::Tags(manifest) = self.source else { return false };
        matches!(Tags::read(&leaf.field), Ok(None))
            && manifest.action_of(&leaf.path.to_string()).is_some()
    }

    /// Shifted dates that could never move back once their subject is unmasked without them.
    fn left_behind(&self) -> Vec<PlanFault> {
        let left = self
            .columns
            .iter()
            .filter(|column| column.step.is_none() && column.action == "shift_date");
        let fault = |column: &ColumnPlan| {
            let subject = column.tags.as_ref()?.params.get("subject")?.as_str()?.to_owned();
            let is_reversed = self.steps.iter().any(|step| step.path.to_string() == subject);
            let kind = PlanFaultKind::Subject { subject, problem: SubjectProblem::Apart };
            is_reversed.then(|| PlanFault::at(&column.path, kind))
        };
        left.filter_map(fault).collect()
    }

    fn shape(&self, path: &FieldPath, field: &Field) -> (Node, Field) {
        match children(field.data_type()) {
            Children::None => {
                let step = self
                    .columns
                    .iter()
                    .find(|column| column.path == *path)
                    .and_then(|column| column.step);
                match step {
                    None => (Node::Keep, field.clone()),
                    Some(number) => {
                        let step = &self.steps[number];
                        let nullable =
                            field.is_nullable() || (step.has_redacted && !is_text(&step.to));
                        let restored =
                            field.clone().with_data_type(step.to.clone()).with_nullable(nullable);
                        (Node::Leaf(number), restored.with_metadata(tags::without(field)))
                    }
                }
            }
            Children::Fields(fields) => {
                let inner = fields.iter().map(|child| {
                    self.shape(&path.join(PathStep::Name(child.name().clone())), child)
                });
                let (nodes, fields): (Vec<Node>, Vec<Field>) = inner.unzip();
                container(Node::Fields(nodes), field, DataType::Struct(Fields::from(fields)))
            }
            Children::Element(element) => {
                let (node, element) = self.shape(&path.join(PathStep::Element), element);
                container(
                    Node::Element(Box::new(node)),
                    field,
                    list_type(field.data_type(), element),
                )
            }
            Children::Entries(key, value) => {
                let (key_node, key) = self.shape(&path.join(PathStep::Key), key);
                let (value_node, value) = self.shape(&path.join(PathStep::Value), value);
                let data_type = map_type(field.data_type(), key, value, &key_node);
                container(Node::Entries(Box::new((key_node, value_node))), field, data_type)
            }
        }
    }
}

fn container(node: Node, field: &Field, data_type: DataType) -> (Node, Field) {
    match node.simplified() {
        Node::Keep => (Node::Keep, field.clone()),
        node => (node, field.clone().with_data_type(data_type)),
    }
}

/// The rule that masked a leaf: its own, exact before glob. (Containers are only kept or dropped.)
pub(crate) fn rule_for<'a>(policy: &'a Policy, path: &FieldPath) -> Option<&'a Rule> {
    let mut matching: Vec<&Rule> =
        policy.rules().iter().filter(|rule| rule.column.matches(path)).collect();
    matching.sort_by_key(|rule| rule.column.exact().is_none());
    matching.first().copied()
}

/// The reversible action that tags describe, `None` for a one-way one.
pub(super) fn action_of(tags: &Tags) -> Result<Option<Action>, PlanFaultKind> {
    let unknown = |tag: &'static str| PlanFaultKind::UnknownTags { tag };
    let text = |name: &str| tags.params.get(name).and_then(Value::as_str);
    let domain = || tags.domain.clone().ok_or(unknown("tokenize.domain"));
    Ok(Some(match tags.action.as_str() {
        "tokenize" => {
            if tags.params.get("table").is_some_and(|table| table.as_u64() != Some(TABLE_VERSION)) {
                return Err(unknown("table"));
            }
            let options: FormatOptions = serde_json::from_value(tags.params.clone())
                .map_err(|_| unknown("tokenize.params"))?;
            let format = Format::new(&options).map_err(|_| unknown("tokenize.params"))?;
            Action::Tokenize { domain: domain()?, format }
        }
        "encrypt" => {
            let mode = match text("mode") {
                Some("randomized") => Mode::Randomized,
                Some("deterministic") => Mode::Deterministic,
                _ => return Err(unknown("mode")),
            };
            let output = match text("output") {
                Some("binary") => CellOutput::Binary,
                Some("string") => CellOutput::String,
                _ => return Err(unknown("output")),
            };
            let key = match text("key") {
                Some("keyring") => CellKey::Keyring,
                Some("output") if mode == Mode::Randomized => CellKey::Output,
                _ => return Err(unknown("key")),
            };
            Action::Encrypt { domain: Some(domain()?), mode, output, key }
        }
        "shift_date" => {
            let max_days = tags
                .params
                .get("max_days")
                .and_then(Value::as_u64)
                .and_then(|days| days.try_into().ok());
            let subject = text("subject").and_then(|text| text.parse().ok());
            Action::ShiftDate {
                max_days: max_days.ok_or(unknown("max_days"))?,
                subject: subject.ok_or(unknown("subject"))?,
            }
        }
        "text" if tags.is_reversible() => text::action_of(tags)?,
        "generalize" | "pseudonymize" | "redact" | "surrogate" | "text" | "text_spans"
        | "truncate" => {
            return Ok(None);
        }
        _ => return Err(unknown("tokenize.action")),
    }))
}
