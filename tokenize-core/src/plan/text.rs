//! Steps of `text`: key versions, the columns whose values are looked for, and what tags tell of them.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde_json::{Map, Value};

use super::build::{Draft, KeyringFacts, mask_tags};
use super::fault::{PlanFault, PlanFaultKind};
use super::matching::Match;
use super::step::{Step, fit};
use super::tags::Tags;
use super::unmask::{action_of as action_of_tags, rule_for};
use super::{ColumnPlan, Extra};
use crate::column::nest::Node;
use crate::column::{Leaf, is_text, value_type};
use crate::detect::{self, KnownKind};
use crate::field::{FieldPath, Step as PathStep};
use crate::policy::{
    Action, KnownColumn, KnownValues, Mode, OnInvalid, Policy, REST, Rule, Text, TextMarkup,
    TokenWriting, Treatment, entity_of_format, label_of_name,
};

impl Draft {
    /// Fills in what steps of `text` take from the schema and the keyring, once all other steps are there.
    pub(super) fn finish_texts(
        &mut self,
        leaves: &[Leaf],
        matches: &[Option<Match<'_>>],
        keyring: &KeyringFacts,
    ) {
        for (leaf, found) in leaves.iter().zip(matches) {
            let (Some(Match::Rule(rule)), Some(Node::Leaf(number))) =
                (found, self.nodes.get(&leaf.path))
            else {
                continue;
            };
            let number = *number;
            let Action::Text(text) = &self.steps[number].action else { continue };
            let mut text = text.clone();
            if text.known_values != KnownValues::Off {
                text.known = self.known_columns(leaves, matches);
            }
            fill_versions(&mut text, rule.key_version, keyring.primary);
            let step = &mut self.steps[number];
            step.action = Action::Text(text);
            let version = rule.key_version.unwrap_or(keyring.primary);
            step.key = step.action.power().map(|power| (version, power));
            let tags = mask_tags(step, rule, keyring);
            let column = self.columns.iter_mut().find(|column| column.step == Some(number));
            if let Some(column) = column {
                column.tags = Some(tags);
            }
        }
    }

    /// A column of spans for each text with bare tokens that can be had back.
    pub(super) fn spans_columns(
        &mut self,
        schema: &SchemaRef,
        faults: &mut Vec<PlanFault>,
    ) -> Vec<Extra> {
        let mut extra = Vec::new();
        for number in 0..self.steps.len() {
            let step = &self.steps[number];
            let Action::Text(text) = &step.action else { continue };
            if text.tokens != TokenWriting::Natural || !text.is_reversible() {
                continue;
            }
            let (source, mut text) = (step.path.clone(), text.clone());
            let name = match source.steps() {
                [PathStep::Name(name)] => format!("{name}{SPANS}"),
                _ => {
                    faults.push(PlanFault::at(&source, PlanFaultKind::NaturalNested));
                    continue;
                }
            };
            let path = FieldPath::column(&name);
            if schema.column_with_name(&name).is_some() {
                faults.push(PlanFault::at(&path, PlanFaultKind::SpansTaken));
                continue;
            }
            text.tokens = TokenWriting::Spans;
            let tags = self.columns.iter().find(|column| column.step == Some(number));
            let tags = tags.and_then(|column| column.tags.clone()).map(|tags| Tags {
                action: "text_spans".to_owned(),
                params: serde_json::json!({ "column": source.to_string() }),
                data_type: Some(DataType::Binary),
                ..tags
            });
            let on_invalid = match self.steps[number].on_invalid {
                OnInvalid::Redact => OnInvalid::Nullify,
                other => other,
            };
            self.steps.push(Step {
                action: Action::Text(text),
                on_invalid,
                has_redacted: false,
                to: DataType::Binary,
                ..self.steps[number].clone()
            });
            let step = self.steps.len() - 1;
            let action = "text_spans".to_owned();
            self.columns.push(ColumnPlan { path, action, step: Some(step), tags, is_left: false });
            extra.push(Extra { source, step });
        }
        extra
    }

    /// The schema with the columns that come out besides.
    pub(super) fn with_extra(&self, output: &SchemaRef, extra: &[Extra]) -> SchemaRef {
        if extra.is_empty() {
            return output.clone();
        }
        let mut fields = output.fields().to_vec();
        for Extra { step, .. } in extra {
            let column = self.columns.iter().find(|column| column.step == Some(*step));
            let Some(column) = column else { continue };
            let name = match column.path.steps() {
                [PathStep::Name(name)] => name.clone(),
                _ => column.path.to_string(),
            };
            let tags = column.tags.as_ref().map(Tags::write).unwrap_or_default();
            fields.push(Field::new(name, DataType::Binary, true).with_metadata(tags).into());
        }
        Schema::new_with_metadata(fields, output.metadata().clone()).into()
    }

    /// The columns of the table itself whose values are not to be seen, and say who somebody is.
    fn known_columns(&self, leaves: &[Leaf], matches: &[Option<Match<'_>>]) -> Vec<KnownColumn> {
        let protected = leaves.iter().zip(matches).filter(|(leaf, _)| {
            leaf.is_scalar && matches!(self.nodes.get(&leaf.path), Some(Node::Leaf(_) | Node::Drop))
        });
        protected
            .filter_map(|(leaf, found)| match found {
                Some(Match::Rule(rule)) => known_column(leaf, Some(rule)),
                _ => known_column(leaf, None),
            })
            .collect()
    }
}

/// The column of spans that belongs to a column of texts.
pub(super) fn spans_path(source: &FieldPath) -> Option<FieldPath> {
    match source.steps() {
        [PathStep::Name(name)] => Some(FieldPath::column(&format!("{name}{SPANS}"))),
        _ => None,
    }
}

/// What is known of a column whose values are to be looked for; `None` if they say nothing of who somebody is.
fn known_column(leaf: &Leaf, rule: Option<&Rule>) -> Option<KnownColumn> {
    let values = value_type(leaf.field.data_type());
    if !is_text(values) && !values.is_integer() {
        return None;
    }
    known_values(&leaf.path, rule)
}

/// The same of any column, whatever its type.
fn known_values(path: &FieldPath, rule: Option<&Rule>) -> Option<KnownColumn> {
    let action = rule.map_or(&Action::Drop, |rule| &rule.action);
    let named = match action {
        Action::Text(_) | Action::Keep => return None,
        Action::Tokenize { format, .. } => of_format(format.name()),
        _ => None,
    };
    let (entity, kind) = match named.or_else(|| of_name(path)) {
        Some((entity, kind)) => (entity, kind),
        None => (label_of_name(&path.to_string()), KnownKind::Number),
    };
    let treatment = rule.filter(|rule| {
        matches!(
            rule.action,
            Action::Tokenize { .. }
                | Action::Pseudonymize { .. }
                | Action::Encrypt { mode: Mode::Deterministic, .. }
        )
    });
    let treatment = treatment.and_then(|rule| {
        let (mut action, _) = fit(&rule.action, &DataType::Utf8).ok()?;
        if let Action::Encrypt { domain, .. } = &mut action {
            domain.get_or_insert_with(|| path.to_string());
        }
        let (normalize, key_version) = (rule.normalize.clone(), rule.key_version);
        let column = Some(path.to_string());
        Some(Treatment { normalize, key_version, column, ..Treatment::new(action) })
    });
    Some(KnownColumn { path: path.clone(), entity, kind, treatment })
}

/// The action that wrote a text, as the policy tells of it: with whatever columns may have been known, under any key version.
pub(super) fn by_policy(
    text: &Text,
    rule: &Rule,
    policy: &Policy,
    leaves: &[Leaf],
    primary: u32,
) -> Text {
    let mut text = text.clone();
    if text.known_values != KnownValues::Off {
        let known = leaves.iter().filter(|leaf| leaf.is_scalar);
        let known = known.filter_map(|leaf| known_values(&leaf.path, rule_for(policy, &leaf.path)));
        text.known = known.collect();
    }
    fill_versions(&mut text, rule.key_version, primary);
    text.is_of_any_version = true;
    text
}

/// What the values of a format are called in texts.
fn of_format(name: &str) -> Option<(String, KnownKind)> {
    let entity = entity_of_format(name)?;
    let kind = if name == "email" { KnownKind::Email } else { KnownKind::Number };
    Some((entity, kind))
}

/// What a column's name says that its values are, if that tells who somebody is.
fn of_name(path: &FieldPath) -> Option<(String, KnownKind)> {
    detect::entities_of_name(path).into_iter().find_map(|entity| {
        Some(match &*entity {
            "PERSON" | "FIRST_NAME" | "LAST_NAME" => ("PERSON".to_owned(), KnownKind::Name),
            "EMAIL_ADDRESS" => (entity, KnownKind::Email),
            "ADDRESS" | "USERNAME" | "PASSWORD" => (entity, KnownKind::Other),
            _ => return None,
        })
    })
}

/// Writes the key version of each treatment down. A treatment that is a column's has that column's version, whatever the text pins, else
/// their tokens would not match.
pub(super) fn fill_versions(text: &mut Text, pinned: Option<u32>, primary: u32) {
    for treatment in text.treatments_mut() {
        let own = if treatment.column.is_some() { None } else { pinned };
        treatment.key_version.get_or_insert(own.unwrap_or(primary));
    }
}

/// Whether anything in texts of these params can be had back.
pub(super) fn is_reversible(params: &Value) -> bool {
    let is_required = params.get("reversible").is_some_and(|word| word == "required");
    is_required || written(params).iter().any(|(_, one)| is_reversible_treatment(one))
}

fn is_reversible_treatment(treatment: &Map<String, Value>) -> bool {
    let action = treatment.get("action").and_then(Value::as_str);
    matches!(action, Some("encrypt" | "tokenize"))
}

/// The treatments in params, by entity.
fn written(params: &Value) -> Vec<(String, &Map<String, Value>)> {
    let of_map = |key: &str| params.get(key).and_then(Value::as_object).into_iter().flatten();
    let entities = of_map("entities");
    let entities = entities.filter_map(|(name, one)| Some((name.clone(), one.as_object()?)));
    let known = params.get("known").and_then(Value::as_array).into_iter().flatten();
    let whole = known.chain(of_map("paths").map(|(_, one)| one));
    let known = whole.filter_map(|one| {
        let one = one.as_object()?;
        Some((one.get("entity")?.as_str()?.to_owned(), one))
    });
    entities.chain(known).collect()
}

/// The action that tags tell of: only what is needed to bring texts back.
pub(super) fn action_of(tags: &Tags) -> Result<Action, PlanFaultKind> {
    let unknown = |tag: &'static str| PlanFaultKind::UnknownTags { tag };
    let word = |name: &str| tags.params.get(name).and_then(Value::as_str);
    let (mut entities, mut known) = (BTreeMap::new(), Vec::new());
    for (entity, one) in written(&tags.params) {
        let Some(treatment) = treatment_of(tags, one)? else { continue };
        if one.get("entity").is_none() {
            entities.insert(entity, treatment);
        } else {
            let (path, kind) = (FieldPath::column(""), KnownKind::Other);
            known.push(KnownColumn { path, entity, kind, treatment: Some(treatment) });
        }
    }
    let rest = entities.remove(REST);
    Ok(Action::Text(Box::new(Text {
        entities,
        rest: rest.unwrap_or_else(|| Treatment::new(Action::Redact { with: None })),
        tokens: match word("tokens") {
            Some("natural") => TokenWriting::Natural,
            Some("tagged") => TokenWriting::Tagged,
            _ => return Err(unknown("tokens")),
        },
        is_reversible_required: word("reversible") == Some("required"),
        known_values: KnownValues::Off,
        parse: match word("parse") {
            Some("html") => Some(TextMarkup::Html),
            Some("json") => Some(TextMarkup::Json),
            Some(_) => return Err(unknown("parse")),
            None => None,
        },
        paths: Vec::new(),
        known,
        spans: None,
        detection: std::sync::Arc::default(),
        is_of_any_version: false,
    })))
}

/// A treatment that can be reversed, as tags tell of it.
fn treatment_of(tags: &Tags, one: &Map<String, Value>) -> Result<Option<Treatment>, PlanFaultKind> {
    let text = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = one.get("key_version").and_then(Value::as_u64);
    let inner = Tags {
        action: text("action").unwrap_or_default(),
        domain: text("domain"),
        keyring: tags.keyring.clone(),
        key_version: version.and_then(|version| version.try_into().ok()),
        params: Value::Object(one.clone()),
        data_type: None,
    };
    if inner.action == "keep" {
        return Ok(None);
    }
    let action = action_of_tags(&inner)?;
    Ok(action.map(|action| Treatment { key_version: inner.key_version, ..Treatment::new(action) }))
}

/// What the name of a column of spans has behind that of its column.
const SPANS: &str = "__spans";
