//! What can be wrong with the configuration of a detector.

use std::fmt;

use crate::spelling::Shown;

/// One thing that is wrong with a [`super::Detection`], and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectionFault {
    /// The way to it, such as `rules[2].regex`.
    pub path: String,
    /// What is wrong.
    pub kind: DetectionFaultKind,
}

impl fmt::Display for DetectionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Shown(&self.path), self.kind)?;
        match self.kind.hint() {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a configuration. Names entities, regions and schemes; never a value or a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetectionFaultKind {
    /// Two rules of one name, so that findings would not say which one found them.
    #[error("another rule has the same name")]
    DuplicateRule,
    /// A value that is empty, or of unseen characters alone.
    #[error("must not be empty")]
    EmptyValue,
    /// A name that cannot be an entity's.
    #[error("an entity is named in capitals, digits and `_`, such as EMPLOYEE_ID")]
    EntityName,
    /// A pattern that cannot be searched with.
    #[error("{0}")]
    Pattern(PatternFault),
    /// All patterns together are too large.
    #[error("the patterns are too large together")]
    PatternsTooLarge,
    /// A score that is none.
    #[error("must be a score of 0 to 1, such as 0.6")]
    Score,
    /// More entities than can be told apart.
    #[error("more than {limit} entities are looked for")]
    TooManyEntities {
        /// The most.
        limit: usize,
    },
    /// An entity that nothing finds.
    #[error("no entity `{}`", Shown(word))]
    UnknownEntity {
        /// What is written.
        word: String,
        /// What was perhaps meant.
        near: Option<String>,
    },
    /// A region that no rule belongs to.
    #[error("no rule belongs to a region `{}`", Shown(word))]
    UnknownRegion {
        /// What is written.
        word: String,
        /// What was perhaps meant.
        near: Option<String>,
    },
    /// A scheme of check digits that does not exist.
    #[error("no scheme of check digits `{}`", Shown(word))]
    UnknownValidator {
        /// What is written.
        word: String,
        /// What was perhaps meant.
        near: Option<String>,
    },
}

impl DetectionFaultKind {
    /// The next step, if one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::DuplicateRule => Some("give each a `name` of its own".to_owned()),
            Self::Pattern(fault) => fault.hint().map(str::to_owned),
            Self::TooManyEntities { .. } => {
                Some("turn some off, or name the regions that matter".to_owned())
            }
            Self::UnknownEntity { near: Some(near), .. }
            | Self::UnknownRegion { near: Some(near), .. }
            | Self::UnknownValidator { near: Some(near), .. } => {
                Some(format!("did you mean `{near}`?"))
            }
            Self::UnknownRegion { near: None, .. } => {
                Some("regions are ISO 3166-1 codes, such as de".to_owned())
            }
            _ => None,
        }
    }
}

/// Why a pattern cannot be searched with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternFault {
    /// It matches the empty text, which is everywhere.
    #[error("the pattern matches the empty text")]
    EmptyMatch,
    /// It matches nothing that is short enough.
    #[error("the pattern matches no text of up to {limit} bytes")]
    NoMatch {
        /// The longest match.
        limit: usize,
    },
    /// It is no regular expression.
    #[error("not a regular expression: {problem} (at character {at} of the pattern)")]
    Syntax {
        /// What the parser says. Its messages quote nothing.
        problem: String,
        /// The character, counted from 1.
        at: usize,
    },
    /// It compiles to too large an automaton.
    #[error("the pattern is too large: it counts too far, or names too many characters")]
    TooLarge,
    /// `(?u)` with a word boundary, which has no automaton.
    #[error("word boundaries know ASCII only")]
    UnicodeBoundary,
}

impl PatternFault {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::EmptyMatch => Some("write `+` for `*`, or leave no part optional alone"),
            Self::UnicodeBoundary => Some("write `(?-u:\\b)`"),
            _ => None,
        }
    }
}
