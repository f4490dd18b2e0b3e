//! What `text` does with what it finds in free text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::options::{self, KNOWN_VALUES, MARKUPS, NORMALIZES, TOKENS};
use super::{Action, Mode, Normalize, Place};
use crate::detect::{Detection, KnownKind};
use crate::field::{FieldPath, PathPattern};
use crate::keys::Power;

/// The options of `text`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Text {
    /// What happens to the findings of an entity.
    pub entities: BTreeMap<String, Treatment>,
    /// What happens to those of all other entities: `"*"`.
    pub rest: Treatment,
    /// How tokens stand in the text.
    pub tokens: TokenWriting,
    /// Whether every text must come back exactly.
    pub is_reversible_required: bool,
    /// Whose values are looked for besides.
    pub known_values: KnownValues,
    /// What the strings hold, if they are not plain text.
    pub parse: Option<TextMarkup>,
    /// What happens to whole leaves of JSON, by path.
    pub paths: Vec<(PathPattern, Treatment)>,
    /// Columns whose values are looked for; the plan fills it in.
    pub(crate) known: Vec<KnownColumn>,
    /// The column of spans that brings natural texts back, in an unmask.
    pub(crate) spans: Option<FieldPath>,
    /// How findings are made; the policy fills it in.
    pub(crate) detection: Arc<Detection>,
    /// Whether tags may be under any key version: nothing says under which.
    pub(crate) is_of_any_version: bool,
}

/// What happens to one kind of finding.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Treatment {
    /// What becomes of it.
    pub action: Action,
    /// What is done to it before anything else.
    pub normalize: Vec<Normalize>,
    /// The key version, if one is pinned; a plan fills it in.
    pub key_version: Option<u32>,
    /// The column whose rule it takes, as written after `as`.
    pub column: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// How tokens stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenWriting {
    /// `[ENTITY:token:check]`.
    #[default]
    Tagged,
    /// The bare token; what brings the text back is in a column beside it, encrypted.
    Natural,
    /// Not the text at all, but that column.
    #[doc(hidden)]
    Spans,
}

/// Whose values are looked for in texts besides what detection finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum KnownValues {
    /// Those that the protected columns of all rows hold: a first pass reads them.
    Dataset,
    /// Nobody's.
    Off,
    /// Those that the row's other protected columns hold.
    #[default]
    Row,
}

/// What strings hold that are not plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextMarkup {
    /// HTML.
    Html,
    /// JSON (RFC 8259).
    Json,
}

/// A column whose values are looked for in the texts of its row.
#[derive(Debug, Clone)]
pub(crate) struct KnownColumn {
    pub(crate) path: FieldPath,
    /// What its values are called in a text.
    pub(crate) entity: String,
    pub(crate) kind: KnownKind,
    /// What happens to them; `None` where equal values would not become equal.
    pub(crate) treatment: Option<Treatment>,
}

impl Text {
    /// Every treatment that is written in the policy, with the entity, path or `*` that it is for.
    pub(crate) fn written(&self) -> impl Iterator<Item = (String, &Treatment)> {
        let entities = self.entities.iter().map(|(entity, treatment)| (entity.clone(), treatment));
        let paths = self.paths.iter().map(|(path, treatment)| (path.to_string(), treatment));
        entities.chain(paths).chain([(REST.to_owned(), &self.rest)])
    }

    /// Every treatment, those of known values too.
    pub(crate) fn treatments(&self) -> impl Iterator<Item = &Treatment> {
        let known = self.known.iter().filter_map(|known| known.treatment.as_ref());
        self.written().map(|(_, treatment)| treatment).chain(known)
    }

    pub(crate) fn treatments_mut(&mut self) -> impl Iterator<Item = &mut Treatment> {
        let known = self.known.iter_mut().filter_map(|known| known.treatment.as_mut());
        let paths = self.paths.iter_mut().map(|(_, treatment)| treatment);
        self.entities.values_mut().chain(paths).chain([&mut self.rest]).chain(known)
    }

    /// Whether anything can be had back.
    pub(crate) fn is_reversible(&self) -> bool {
        self.power() == Some(Power::Reveal)
    }

    /// The power of the root key that its checks and seals are under.
    pub(crate) fn power(&self) -> Option<Power> {
        let powers = || self.treatments().filter_map(|treatment| treatment.action.power());
        let is_revealing = self.is_reversible_required || powers().any(|p| p == Power::Reveal);
        if is_revealing { Some(Power::Reveal) } else { powers().next() }
    }

    /// Whether equal texts become equal, beside equal rows.
    pub(crate) fn is_deterministic(&self) -> bool {
        self.treatments().all(|treatment| treatment.action.is_deterministic())
    }

    /// All options, defaults written out: `docs/format.md`, section 12.
    pub(super) fn params(&self) -> Value {
        let mut entities: Map<String, Value> =
            self.entities.iter().map(|(entity, one)| (entity.clone(), one.params())).collect();
        entities.insert(REST.to_owned(), self.rest.params());
        let paths = self.paths.iter().map(|(path, one)| {
            let mut params = one.params();
            params["entity"] = label(one, &path.to_string()).into();
            (path.to_string(), params)
        });
        let paths: Map<String, Value> = paths.collect();
        let mut params = json!({
            "entities": entities,
            "known_values": options::word_of(self.known_values, KNOWN_VALUES),
            "reversible": if self.is_reversible_required { "required" } else { "partial" },
            "tokens": options::word_of(self.tokens, TOKENS),
        });
        if let Some(markup) = self.parse {
            params["parse"] = options::word_of(markup, MARKUPS).into();
        }
        if !paths.is_empty() {
            params["paths"] = paths.into();
        }
        let known = self.known.iter().map(KnownColumn::params);
        let known: Vec<Value> = known.collect();
        if !known.is_empty() {
            params["known"] = known.into();
        }
        params
    }
}

impl Treatment {
    /// An action without any further option.
    pub(crate) fn new(action: Action) -> Self {
        let place = Place::default();
        Self { action, normalize: Vec::new(), key_version: None, column: None, place }
    }

    /// Whether a text may take it.
    pub(super) fn refused(&self) -> Option<&'static str> {
        match &self.action {
            Action::Encrypt { key: super::CellKey::Output, .. } => Some("encrypt, key: output"),
            Action::Encrypt { mode: Mode::Randomized, .. } => Some("encrypt, mode: randomized"),
            Action::Drop | Action::ShiftDate { .. } | Action::Text(_) => Some(self.action.name()),
            _ => None,
        }
    }

    /// The pseudonymisation domain, if the action has one.
    pub(crate) fn domain(&self) -> Option<&str> {
        match &self.action {
            Action::Encrypt { domain, .. } => domain.as_deref(),
            Action::Pseudonymize { domain, .. }
            | Action::Surrogate { domain, .. }
            | Action::Tokenize { domain, .. } => Some(domain),
            _ => None,
        }
    }

    fn params(&self) -> Value {
        let mut params = self.action.params();
        if matches!(self.action, Action::Redact { with: None }) {
            // The entity in brackets.
            params.remove("with");
        }
        params.insert("action".to_owned(), self.action.name().into());
        if !self.normalize.is_empty() {
            let steps = self.normalize.iter().map(|step| options::word_of(*step, NORMALIZES));
            params.insert("normalize".to_owned(), steps.collect());
        }
        if let Some(domain) = self.domain() {
            params.insert("domain".to_owned(), domain.into());
        }
        if let (Some(version), Some(_)) = (self.key_version, self.action.power()) {
            params.insert("key_version".to_owned(), version.into());
        }
        Value::Object(params)
    }
}

impl KnownColumn {
    fn params(&self) -> Value {
        let mut params = match &self.treatment {
            Some(treatment) => treatment.params(),
            None => json!({ "action": "redact" }),
        };
        params["column"] = self.path.to_string().into();
        params["entity"] = self.entity.clone().into();
        params
    }
}

/// What a whole value under a treatment is called in a tag: what its format says, or else its name.
pub(crate) fn label(treatment: &Treatment, name: &str) -> String {
    let format = match &treatment.action {
        Action::Tokenize { format, .. } => entity_of_format(format.name()),
        _ => None,
    };
    format.unwrap_or_else(|| label_of_name(name))
}

/// The entity whose values a format is for.
pub(crate) fn entity_of_format(name: &str) -> Option<String> {
    let entity = match name {
        "email" => "EMAIL_ADDRESS",
        "iban" => "IBAN_CODE",
        "ip" => "IP_ADDRESS",
        "mac" => "MAC_ADDRESS",
        "pan" => "CREDIT_CARD",
        "phone" => "PHONE_NUMBER",
        "us_ssn" => "US_SSN",
        "uuid" => "UUID",
        scheme => return scheme.strip_prefix("id:").map(str::to_uppercase),
    };
    Some(entity.to_owned())
}

/// A name as tags have it: the last part of a path, in capitals.
pub(crate) fn label_of_name(name: &str) -> String {
    let last = name.trim_end_matches(['[', ']']).rsplit('.').next().unwrap_or_default();
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let label: String = last.chars().filter(is_part).take(LABEL).collect();
    let label = label.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_uppercase();
    if label.is_empty() { "VALUE".to_owned() } else { label }
}

/// The domain of `encrypt` in a text, where none is given: texts are alike, wherever they stand.
pub(crate) const TEXT_DOMAIN: &str = "text";
/// The longest label, in characters.
pub(crate) const LABEL: usize = 64;
/// The key for all entities that have none of their own.
pub(crate) const REST: &str = "*";
