//! Policies: what is to happen to each column, as plain data.
//!
//! A [`Policy`] that exists has been checked: everything that can be known to be wrong without a schema, a key or a value has been
//! refused, all of it at once and each fault with its place. Touches no schema, no key and no data.
//! Start at [`Policy::from_path`]; [`Policy::explain`] says what a policy promises and leaks, [`schema`] gives its JSON Schema.

mod action;
pub(crate) mod pending;

use serde_json::Value;

pub use self::action::{Action, CellOutput, Decimal, Generalize, Mode, PseudonymOutput};
use crate::field::PathPattern;

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    unlisted: Unlisted,
    rules: Vec<Rule>,
    tree: Value,
}

impl Policy {
    /// The policy's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
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

    /// The policy as read, in canonical JSON (RFC 8785). Reading it again gives the same policy.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        crate::json::canonical(&self.tree)
    }
}

/// What a policy says about the columns that one pattern names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rule {
    /// What happens to the values.
    pub action: Action,
    /// The columns.
    pub column: PathPattern,
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
