//! Policies: what is to happen to each column, as plain data.
//!
//! A [`Policy`] that exists has been checked: everything that can be known to be wrong without a schema, a key or a value has been
//! refused, all of it at once and each fault with its place. Touches no schema, no key and no data.
//! Start at [`Policy::from_path`]; [`Policy::explain`] says what a policy promises and leaks, [`schema`] gives its JSON Schema.

mod action;
mod check;
mod draft;
mod explain;
mod fault;
mod leaks;
mod needs;
mod options;
mod params;
mod parse;
mod profile;
mod schema;
mod text;
mod tree;

use std::fs;
use std::path::Path;

use serde_json::Value;

use self::tree::Node;

pub use self::action::{Action, CellKey, CellOutput, Decimal, Generalize, Mode, PseudonymOutput};
pub use self::explain::{ExplainedClause, ExplainedRule, Explanation, Sharing, StandInCount};
pub use self::fault::{Fault, FaultKind, PolicyError};
pub use self::needs::{Need, Use};
pub use self::profile::{Holds, Profile};
pub use self::schema::schema;
pub(crate) use self::text::{KnownColumn, LABEL, REST, entity_of_format, label, label_of_name};
pub use self::text::{KnownValues, Text, TextMarkup, TokenWriting, Treatment};
use crate::detect::Detection;
use crate::field::{FieldPath, PathPattern};
pub use crate::surrogate::{Kind as SurrogateKind, Locale as SurrogateLocale};

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    profiles: Vec<Profile>,
    unlisted: Unlisted,
    rules: Vec<Rule>,
    detection: Option<Detection>,
    text: Option<Rule>,
    tree: Value,
}

impl Policy {
    /// Reads a policy from a file of YAML or JSON.
    ///
    /// # Errors
    /// The file cannot be read, or [`PolicyError::Faults`] with everything that is wrong with the policy.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        Self::from_text(&read_text(path.as_ref())?)
    }

    /// Reads a policy from YAML or JSON.
    ///
    /// # Errors
    /// [`PolicyError::Faults`] with everything that is wrong with the policy.
    pub fn from_text(text: &str) -> Result<Self, PolicyError> {
        let (root, faults) = Node::from_text(text);
        match root {
            Some(root) => Self::from_tree(&root, faults),
            None => Err(sorted(faults)),
        }
    }

    /// Reads a policy from a tree that a program has built. Decimal numbers are better given as texts: a float has lost its zeros.
    ///
    /// # Errors
    /// [`PolicyError::Faults`] with everything that is wrong with the policy, without places.
    pub fn from_json(tree: &Value) -> Result<Self, PolicyError> {
        let root =
            Node::from_value(tree).map_err(|fault| PolicyError::Faults { faults: vec![fault] })?;
        Self::from_tree(&root, Vec::new())
    }

    fn from_tree(root: &Node, mut faults: Vec<Fault>) -> Result<Self, PolicyError> {
        let (draft, found) = parse::read(root);
        faults.extend(found);
        faults.extend(check::check(&draft));
        // A rule that could not be read has a fault, but nothing may hang on that: a rule left out would let its column through.
        let rules: Option<Vec<_>> = draft.rules.into_iter().map(|draft| draft.rule).collect();
        let text = draft.text.and_then(|draft| draft.rule);
        if let Some(rules) = rules.filter(|_| faults.is_empty()) {
            return Ok(Self {
                name: draft.name,
                profiles: draft.profiles,
                unlisted: draft.unlisted,
                rules,
                detection: draft.detection,
                text,
                tree: root.to_value(),
            });
        }
        Err(sorted(faults))
    }

    /// The policy's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The regulations that it claims to follow, and that every rule has been held against.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The rules, in the order in which they are written.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What happens to a column that no rule names.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// How personal data is looked for in texts, if the policy says it.
    #[must_use]
    pub fn detection(&self) -> Option<&Detection> {
        self.detection.as_ref()
    }

    /// What happens to texts that are no column of a table: `text:`, or else the one rule whose action is `text`.
    #[must_use]
    pub fn text(&self) -> Option<&Rule> {
        let mut of_columns =
            self.rules.iter().filter(|rule| matches!(rule.action, Action::Text(_)));
        match (&self.text, of_columns.next(), of_columns.next()) {
            (Some(text), ..) => Some(text),
            (None, only, None) => only,
            (None, ..) => None,
        }
    }

    /// This policy for a table of one column, [`TEXT_COLUMN`], to which happens what happens to texts.
    pub(crate) fn for_texts(&self) -> Option<Self> {
        let column = FieldPath::column(TEXT_COLUMN).to_string().parse().ok()?;
        let rules = vec![Rule { column, ..self.text()?.clone() }];
        Some(Self { rules, unlisted: Unlisted::Deny, text: None, ..self.clone() })
    }

    /// This policy for a table that some of its columns are not in: those that `is_absent` tells need not be there.
    pub(crate) fn with_optional(&self, is_absent: impl Fn(&Rule) -> bool) -> Self {
        let rules = self.rules.iter().cloned();
        let rules = rules.map(|rule| Rule { optional: rule.optional || is_absent(&rule), ..rule });
        Self { rules: rules.collect(), ..self.clone() }
    }

    /// This policy with `drop` in the rules that name one of these columns.
    pub(crate) fn with_dropped(&self, columns: &[FieldPath]) -> Self {
        let mut policy = self.clone();
        for rule in &mut policy.rules {
            if columns.iter().any(|column| rule.column.matches(column)) {
                rule.action = Action::Drop;
            }
        }
        policy
    }

    /// SHA-256 of [`Policy::canonical_json`]: what manifests and reports know the policy by.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        crate::crypto::prf::sha256(self.canonical_json().as_bytes())
    }

    /// The policy as read, in canonical JSON (RFC 8785). Reading it again gives the same policy.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        crate::json::canonical(&self.tree)
    }
}

/// Reads a configuration of detection from a file of YAML or JSON: the tree that a policy has under `detection`.
///
/// # Errors
/// The file cannot be read, or [`PolicyError::Faults`] with everything that is wrong with it.
pub fn detection_from_path(path: impl AsRef<Path>) -> Result<Detection, PolicyError> {
    detection_from_text(&read_text(path.as_ref())?)
}

/// Reads a configuration of detection from YAML or JSON: the tree that a policy has under `detection`.
///
/// ```
/// use tokenize_core::Detector;
/// use tokenize_core::policy::detection_from_text;
///
/// let detection = detection_from_text("rules: [{ entity: BADGE, regex: 'B-[0-9]{6}', context: [badge] }]")?;
/// let detector = Detector::new(&detection)?;
/// assert_eq!(&*detector.detect("lost badge B-123456")[0].entity, "BADGE");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PolicyError::Faults`] with everything that is wrong with it.
pub fn detection_from_text(text: &str) -> Result<Detection, PolicyError> {
    match Node::from_text(text) {
        (Some(root), faults) => detection_from_tree(&root, faults),
        (None, faults) => Err(sorted(faults)),
    }
}

/// Reads a configuration of detection from a tree that a program has built.
///
/// # Errors
/// [`PolicyError::Faults`] with everything that is wrong with it, without places.
pub fn detection_from_json(tree: &Value) -> Result<Detection, PolicyError> {
    let root = Node::from_value(tree).map_err(|fault| sorted(vec![fault]))?;
    detection_from_tree(&root, Vec::new())
}

fn detection_from_tree(root: &Node, mut faults: Vec<Fault>) -> Result<Detection, PolicyError> {
    let (detection, found) = parse::read_detection(root);
    faults.extend(found);
    detection.filter(|_| faults.is_empty()).ok_or_else(|| sorted(faults))
}

fn read_text(path: &Path) -> Result<String, PolicyError> {
    let bytes =
        fs::read(path).map_err(|source| PolicyError::Read { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| PolicyError::NotText { path: path.to_owned() })
}

/// Faults in the order of the text.
fn sorted(mut faults: Vec<Fault>) -> PolicyError {
    faults.sort_by(|a, b| (a.place, &a.path).cmp(&(b.place, &b.path)));
    PolicyError::Faults { faults }
}

/// The one column of a text that is no table.
pub(crate) const TEXT_COLUMN: &str = "text";

/// What a policy says about the columns that one pattern names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rule {
    /// What happens to the values.
    pub action: Action,
    /// The columns.
    pub column: PathPattern,
    /// What the columns hold, as the policy says it for a profile.
    pub holds: Option<Holds>,
    /// The key version, if one is pinned; else the primary one.
    pub key_version: Option<u32>,
    /// What is done to a value before anything else, in this order.
    pub normalize: Vec<Normalize>,
    /// What happens to a value that does not fit.
    pub on_invalid: OnInvalid,
    /// Whether the column may be absent.
    pub optional: bool,
    /// Where the rule is written.
    pub place: Place,
}

/// One step of `normalize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Normalize {
    /// Full lower-case mapping of Unicode, without locale.
    Lower,
    /// Normalization Form C (UAX 15).
    Nfc,
    /// No white space at either end.
    Trim,
}

/// What happens to a value that does not fit its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnInvalid {
    /// The run stops, and nothing is published.
    #[default]
    Fail,
    /// The value becomes null, and is counted.
    Nullify,
    /// The value becomes `[REDACTED]` (null where the type has no text), and is counted.
    Redact,
}

/// What happens to a column that no rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unlisted {
    /// The run stops before any data is read.
    #[default]
    Deny,
    /// The column is left out.
    Drop,
    /// The column passes as it is.
    Keep,
}

/// A place in a policy's text. Both numbers count from 1; both are 0 where there is no text (a tree given by a program).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

#[cfg(test)]
mod tests;
