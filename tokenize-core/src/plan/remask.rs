//! A masked schema to a plan that brings it from old key versions to the primary one.
//!
//! Each reversible leaf is reversed under the version that its tags record and masked again by what they say: no policy is needed. Its
//! values are in normal form already, so `normalize` is not applied again, and stays in the tags.

use std::collections::HashMap;

use arrow::datatypes::{Schema, SchemaRef};
use serde_json::Value;

use super::build::KeyringFacts;
use super::fault::{PlanError, PlanFault, PlanFaultKind, SubjectProblem};
use super::step::{Direction, Step, fit};
use super::tags::{self, Tags};
use super::unmask::{Source, UnmaskOptions, Witness};
use super::{ColumnPlan, Plan};
use crate::column::nest::Node;
use crate::column::{Leaf, leaves, with_metadata};
use crate::field::FieldPath;
use crate::policy::{Action, OnInvalid};

/// What becomes of a leaf.
enum Fate {
    /// Nothing, for it cannot be brought along.
    Leave(PlanFaultKind),
    /// It is masked again under the primary version.
    Move,
    /// It is under the primary version already, or under none.
    Stay,
}

impl Plan {
    /// Brings every leaf that can be reversed to the primary key version; without steps if there is none to bring. One-way leaves under
    /// other versions are refused, or left if `leave` is set; so are dates whose subject is one of them.
    ///
    /// # Errors
    /// Everything that cannot work, in schema order.
    pub(crate) fn remask(
        schema: &SchemaRef,
        witness: &dyn Witness,
        keyring: &KeyringFacts,
        leave: bool,
    ) -> Result<Self, PlanError> {
        let mut draft = Draft { keyring, columns: Vec::new(), faults: Vec::new() };
        for leaf in leaves(schema.fields()) {
            draft.add(leaf, witness);
        }
        draft.follow_subjects();
        let mut faults = std::mem::take(&mut draft.faults);
        if !leave {
            faults.extend(draft.left());
        }
        if !faults.is_empty() {
            return Err(PlanError { faults });
        }
        let moved = draft.moved();
        if moved.is_empty() {
            return Ok(draft.nothing(schema));
        }
        let options = UnmaskOptions { columns: Some(moved), key_version: None };
        let unmask = Self::unmask(schema, &Source::Tags(witness), keyring, &options)?;
        draft.masked_again(unmask)
    }
}

/// A leaf with its tags.
struct Column {
    leaf: Leaf,
    tags: Option<Tags>,
    fate: Fate,
}

struct Draft<'a> {
    keyring: &'a KeyringFacts,
    columns: Vec<Column>,
    faults: Vec<PlanFault>,
}

impl Draft<'_> {
    fn add(&mut self, leaf: Leaf, witness: &dyn Witness) {
        match self.fate(&leaf, witness) {
            Ok((tags, fate)) => self.columns.push(Column { leaf, tags, fate }),
            Err(kind) => self.faults.push(PlanFault::at(&leaf.path, kind)),
        }
    }

    /// What the manifest vouches for of a leaf, and what becomes of it as long as it stands for itself.
    fn fate(
        &self,
        leaf: &Leaf,
        witness: &dyn Witness,
    ) -> Result<(Option<Tags>, Fate), PlanFaultKind> {
        let path = leaf.path.to_string();
        let tags =
            Tags::read(&leaf.field).map_err(|tag| PlanFaultKind::UnknownTags { tag: tag.0 })?;
        let Some(tags) = tags else {
            // Its tokens would pass for clear values, with a new manifest to say so.
            let has_lost_tags = witness.action_of(&path).is_some_and(tags::is_reversible);
            return match has_lost_tags {
                true => Err(PlanFaultKind::EditedMetadata),
                false => Ok((None, Fate::Stay)),
            };
        };
        if !witness.vouches_for(&path, &tags) {
            return Err(PlanFaultKind::EditedMetadata);
        }
        let fate = self.fate_of(&tags)?;
        Ok((Some(tags), fate))
    }

    fn fate_of(&self, tags: &Tags) -> Result<Fate, PlanFaultKind> {
        let Some(keyring) = &tags.keyring else { return Ok(Fate::Stay) };
        if *keyring != self.keyring.id {
            let (needed, given) = (keyring.clone(), self.keyring.id.clone());
            let other = PlanFaultKind::OtherKeyring { needed, given };
            return if tags.is_reversible() { Err(other) } else { Ok(Fate::Leave(other)) };
        }
        let primary = self.keyring.primary;
        Ok(match tags.key_version {
            Some(version) if version == primary => Fate::Stay,
            // Its findings would have to be found again, and nothing says how they were.
            Some(version) if !tags.is_reversible() || tags.action == "text" => {
                let action = tags.action.clone();
                Fate::Leave(PlanFaultKind::OneWayVersion { action, version, primary })
            }
            _ => Fate::Move,
        })
    }

    /// Dates go with their subject: where it moves, they move by its new tokens, and where it is left, they are left.
    fn follow_subjects(&mut self) {
        let is_left = |column: &Column| matches!(column.fate, Fate::Leave(_));
        let subjects: HashMap<String, (bool, bool)> = self
            .columns
            .iter()
            .map(|column| {
                let is_moved = matches!(column.fate, Fate::Move);
                (column.leaf.path.to_string(), (is_moved, is_left(column)))
            })
            .collect();
        for column in &mut self.columns {
            let Some(subject) = column.tags.as_ref().and_then(subject_of) else { continue };
            let (is_moved, is_left) = subjects.get(&subject).copied().unwrap_or_default();
            column.fate = match (&column.fate, is_moved, is_left) {
                (Fate::Move, _, true) => {
                    let problem = SubjectProblem::LeftBehind;
                    Fate::Leave(PlanFaultKind::Subject { subject, problem })
                }
                (_, true, _) => Fate::Move,
                _ => continue,
            };
        }
    }

    fn left(&self) -> impl Iterator<Item = PlanFault> + '_ {
        self.columns.iter().filter_map(|column| match &column.fate {
            Fate::Leave(kind) => Some(PlanFault::at(&column.leaf.path, kind.clone())),
            Fate::Move | Fate::Stay => None,
        })
    }

    fn moved(&self) -> Vec<FieldPath> {
        let moved = self.columns.iter().filter(|column| matches!(column.fate, Fate::Move));
        moved.map(|column| column.leaf.path.clone()).collect()
    }

    /// The plan of a schema in which nothing is to be done.
    fn nothing(self, schema: &SchemaRef) -> Plan {
        let primary = self.keyring.primary;
        Plan {
            direction: Direction::Mask,
            input: schema.clone(),
            output: without_manifest(schema.as_ref().clone()),
            nodes: vec![Node::Keep; schema.fields().len()],
            steps: Vec::new(),
            extra: Vec::new(),
            reversed: Vec::new(),
            columns: self.columns.into_iter().map(|column| column.plan(None, primary)).collect(),
        }
    }

    /// The plan that masks again what `unmask` reverses.
    fn masked_again(self, unmask: Plan) -> Result<Plan, PlanError> {
        let primary = self.keyring.primary;
        let (mut steps, mut columns, mut new_tags) = (Vec::new(), Vec::new(), HashMap::new());
        let mut faults = Vec::new();
        for column in self.columns {
            let path = column.leaf.path.clone();
            let number = unmask.steps.iter().position(|step| step.path == path);
            if let (Some(number), Some(tags)) = (number, &column.tags) {
                match again(&unmask.steps[number], tags, primary) {
                    Ok(step) => steps.push(step),
                    Err(kind) => faults.push(PlanFault::at(&path, kind)),
                }
            }
            let column = column.plan(number, primary);
            if let (Some(_), Some(tags)) = (number, &column.tags) {
                new_tags.insert(path, tags.write());
            }
            columns.push(column);
        }
        if !faults.is_empty() {
            return Err(PlanError { faults });
        }
        let fields = with_metadata(unmask.input.fields(), &new_tags);
        let output = Schema::new_with_metadata(fields, unmask.input.metadata().clone());
        Ok(Plan {
            direction: Direction::Mask,
            output: without_manifest(output),
            input: unmask.input,
            nodes: unmask.nodes,
            steps,
            extra: Vec::new(),
            reversed: unmask.steps,
            columns,
        })
    }
}

impl Column {
    /// The column in a plan, with the tags that it will carry.
    fn plan(self, step: Option<usize>, primary: u32) -> ColumnPlan {
        let action = self.tags.as_ref().map_or("keep", |tags| tags.action.as_str()).to_owned();
        let tags = self.tags.map(|tags| match step {
            Some(_) => Tags { key_version: Some(primary), ..tags },
            None => tags,
        });
        let is_left = matches!(self.fate, Fate::Leave(_));
        ColumnPlan { path: self.leaf.path, action, step, tags, is_left }
    }
}

/// The step that masks again what `reversed` gives: from the masked type to the masked type.
fn again(reversed: &Step, tags: &Tags, primary: u32) -> Result<Step, PlanFaultKind> {
    let from = reversed.from.clone();
    let action = match &reversed.action {
        Action::Encrypt { .. } => reversed.action.clone(),
        other => fit(other, &from)?.0,
    };
    let on_invalid = match tags.params.get("on_invalid").and_then(Value::as_str) {
        Some("fail") => OnInvalid::Fail,
        Some("nullify") => OnInvalid::Nullify,
        Some("redact") => OnInvalid::Redact,
        _ => return Err(PlanFaultKind::UnknownTags { tag: "on_invalid" }),
    };
    Ok(Step {
        path: reversed.path.clone(),
        key: reversed.key.map(|(_, power)| (primary, power)),
        logical: reversed.logical,
        action,
        normalize: Vec::new(),
        on_invalid,
        has_redacted: reversed.has_redacted,
        to: from.clone(),
        from,
    })
}

fn subject_of(tags: &Tags) -> Option<String> {
    let subject = tags.params.get("subject").filter(|_| tags.action == "shift_date");
    subject.and_then(Value::as_str).map(str::to_owned)
}

fn without_manifest(schema: Schema) -> SchemaRef {
    let mut metadata = schema.metadata().clone();
    metadata.remove(tags::MANIFEST);
    schema.with_metadata(metadata).into()
}
