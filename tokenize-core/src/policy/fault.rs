//! What can be wrong with a policy.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Place;
use crate::detect::DetectionFaultKind;
use crate::field::PathError;
use crate::format::FormatFault;
use crate::spelling::Shown;

/// No policy could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The policy is wrong: everything that is wrong with it, in the order of the text.
    #[error("{}", Lines(faults))]
    Faults {
        /// At least one.
        faults: Vec<Fault>,
    },
    /// The file is no text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

struct Lines<'a>(&'a [Fault]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a policy, and where. `Display` gives place, path, message and hint in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where it is written.
    pub place: Place,
    /// The way to it through the keys, such as `columns.email.format`; empty for the policy as a whole.
    pub path: String,
    /// What is wrong.
    pub kind: FaultKind,
}

impl Fault {
    pub(super) fn at_root(kind: FaultKind) -> Self {
        Self { place: Place::default(), path: String::new(), kind }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}:{} ", self.place.line, self.place.column)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", Shown(&self.path))?;
        }
        write!(f, "{}", self.kind)?;
        match self.kind.hint() {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a policy. Names keys, names and choices of the policy; never a text that goes into data, and never an alphabet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// An alias of YAML.
    #[error("aliases (`*name`) are not read: write the value again")]
    Alias,
    /// A character twice in an alphabet. Does not say which: an alphabet may tell what the data is.
    #[error("a character of the alphabet is there twice")]
    AlphabetRepeats,
    /// An anchor of YAML.
    #[error("anchors (`&name`) are not read: write the value where it is needed")]
    Anchor,
    /// A character that fills, or is to be looked at, and is not one printable character.
    #[error("must be exactly one character, and no control character")]
    Character,
    /// A name with a control character.
    #[error("must hold no control characters")]
    ControlCharacter,
    /// A rule that a regulation does not allow.
    #[error("{clause}: `{holds}` must not be under this `{action}`; {demands}")]
    Clause {
        /// Where the regulation says it.
        clause: &'static str,
        /// What the column holds.
        holds: &'static str,
        /// What happens to it.
        action: &'static str,
        /// What would do.
        demands: &'static str,
    },
    /// Something wrong with the configuration of detection.
    #[error("{0}")]
    Detection(DetectionFaultKind),
    /// Two rules tokenize under one domain, but differently, so that tokens would not match.
    #[error("domain `{}` is used with another format or other parameters{}; tokens match within a domain only", Shown(domain), line(*other))]
    DomainConflict {
        /// The domain.
        domain: String,
        /// Where it is used first.
        other: Place,
    },
    /// Two rules draw stand-ins under one domain, but of other kinds or locales, so that they would not match.
    #[error("domain `{}` is used with another `kind` or `locale`{}; stand-ins match within a domain only", Shown(domain), line(*other))]
    DomainKindConflict {
        /// The domain.
        domain: String,
        /// Where it is used first.
        other: Place,
    },
    /// Two rules pseudonymize under one domain, but write pseudonyms differently, so that they would not match.
    #[error("domain `{}` is used with another output{}; pseudonyms match within a domain only", Shown(domain), line(*other))]
    DomainOutputConflict {
        /// The domain.
        domain: String,
        /// Where it is used first.
        other: Place,
    },
    /// Two rules under one domain pin other key versions, so that what they write would not match.
    #[error("domain `{}` is used with another `key_version`{}; tokens match within a domain and key version only", Shown(domain), line(*other))]
    DomainVersionConflict {
        /// The domain.
        domain: String,
        /// Where it is used first.
        other: Place,
    },
    /// A key twice in one mapping.
    #[error("key `{}` is there twice", Shown(key))]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// No policy or configuration at all.
    #[error("there is nothing to read: the text is empty")]
    Empty,
    /// A name that is empty.
    #[error("must not be empty")]
    EmptyText,
    /// Something wrong with a format.
    #[error("{0}")]
    Format(FormatFault),
    /// What a column holds, where no profile asks.
    #[error("`holds` is judged by a `profile`, and the policy claims none")]
    HoldsAlone,
    /// Something irreversible where every text must come back.
    #[error("`reversible: required`, but `{action}` cannot be undone{}", if *is_rest { " (it is what happens to all entities without a treatment of their own)" } else { "" })]
    Irreversible {
        /// What happens.
        action: &'static str,
        /// Whether it is what happens to the rest.
        is_rest: bool,
    },
    /// A key that is no text.
    #[error("a key must be a text")]
    KeyNotText,
    /// A merge key of YAML.
    #[error("merge keys (`<<`) are not read: write the keys out")]
    MergeKey,
    /// A key that has to be there.
    #[error("`{key}` is missing: {reason}")]
    Missing {
        /// The key.
        key: &'static str,
        /// Why it is needed.
        reason: &'static str,
    },
    /// A policy that does nothing.
    #[error("no columns, and unlisted ones stop the run: nothing could ever be masked")]
    NoColumns,
    /// A key that other actions, or other choices of this one, take.
    #[error("`{owner}` does not take `{key}`")]
    NotTaken {
        /// The key.
        key: &'static str,
        /// What does not take it.
        owner: &'static str,
    },
    /// A text that is no day.
    #[error("must be a day, written YYYY-MM-DD")]
    NotADay,
    /// A number that cannot be a step or a width.
    #[error("must be a positive number of at most 38 digits, such as 10 or 0.5")]
    NotASize,
    /// `mode: deterministic` under the key of one output.
    #[error(
        "`key: output` goes with `mode: randomized` only: each output has another key, so equal values never give equal cells"
    )]
    NotDeterministic,
    /// An action that cannot happen to a finding in a text.
    #[error("`{action}` cannot happen to a finding in a text")]
    NotInText {
        /// The action.
        action: &'static str,
    },
    /// A text that is no path of a column.
    #[error("not a path of a column: {0}")]
    Path(PathError),
    /// Paths in strings that hold no JSON.
    #[error("`paths` are those of JSON: it goes with `parse: json` only")]
    PathsWithoutJson,
    /// Columns that nobody has judged, in a policy that claims to follow a regulation.
    #[error("under a `profile` no column passes that no rule names: write `deny` or `drop`")]
    ProfileUnlisted,
    /// A number too small or too large.
    #[error("must lie in {low}..{high}")]
    Range {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
    },
    /// A range of other than two ends.
    #[error("must have two ends, the first and the last value, but has {length}")]
    RangeLength {
        /// The number of ends.
        length: usize,
    },
    /// A loss where every text must come back.
    #[error("`reversible: required` goes with `on_invalid: fail` only, else texts would be lost")]
    RequiredLoses,
    /// Two rules for one column.
    #[error("another rule names the same column{}", line(*other))]
    SameColumn {
        /// The other rule.
        other: Place,
    },
    /// More than one document of YAML.
    #[error("several documents in one text")]
    SeveralDocuments,
    /// A subject whose dates are shifted by a subject that in the end is this column again.
    #[error(
        "the subject's own cell depends on this column: their shifts would wait for each other"
    )]
    SubjectCycle,
    /// The column as its own subject.
    #[error("a column cannot be its own subject")]
    SubjectItself,
    /// A subject that is not what it was for every row of one person after masking.
    #[error("the subject cannot be found again in masked data: its column is under `{action}`")]
    SubjectLost {
        /// What happens to the subject.
        action: &'static str,
    },
    /// A subject that the policy does not let through.
    #[error("no rule names the subject's column, and unlisted columns are under `{unlisted}`")]
    SubjectUnlisted {
        /// What happens to columns that no rule names.
        unlisted: &'static str,
        /// A column that was perhaps meant.
        near: Option<String>,
    },
    /// A text that is neither YAML nor JSON.
    #[error("not YAML: {problem}")]
    Syntax {
        /// What the parser says.
        problem: String,
    },
    /// A tag of YAML.
    #[error("tags (`!name`) are not read")]
    Tag,
    /// Nesting beyond the limit.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A text beyond the limit.
    #[error("the text has {bytes} bytes; {limit} is the most")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The same word twice in a list.
    #[error("`{step}` is there twice")]
    TwiceNormalized {
        /// The step.
        step: &'static str,
    },
    /// Two columns that write card numbers in two ways.
    #[error("{clause}: another column writes card numbers in another form{}, and the two could be held against each other", line(*other))]
    TwoForms {
        /// Where the regulation says it.
        clause: &'static str,
        /// The other column.
        other: Place,
    },
    /// `as` names a column that the policy does not.
    #[error("no rule names the column `{}`", Shown(column))]
    UnknownColumn {
        /// The column.
        column: String,
        /// One that was perhaps meant.
        near: Option<String>,
    },
    /// A key nobody knows.
    #[error("unknown key `{}`", Shown(key))]
    UnknownKey {
        /// The key.
        key: String,
        /// A key that was perhaps meant.
        near: Option<&'static str>,
        /// The keys that may stand here.
        allowed: Vec<&'static str>,
    },
    /// A word that is no choice here.
    #[error("no {what} `{}`", Shown(word))]
    UnknownWord {
        /// What the words are.
        what: &'static str,
        /// The word.
        word: String,
        /// A choice that was perhaps meant.
        near: Option<&'static str>,
        /// The choices.
        allowed: Vec<&'static str>,
    },
    /// A policy of another version.
    #[error("only version 1 of policies is known")]
    Version,
    /// A text where a number is due, and the like.
    #[error("must be {expected}, but is {found}")]
    WrongType {
        /// What is due.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
}

impl FaultKind {
    /// The next step, if one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Detection(kind) => kind.hint(),
            Self::DomainConflict { .. }
            | Self::DomainKindConflict { .. }
            | Self::DomainOutputConflict { .. } => {
                Some("name another `domain` in one of the rules".to_owned())
            }
            Self::DomainVersionConflict { .. } => {
                Some("pin the same version in both, or name another `domain`".to_owned())
            }
            Self::Irreversible { is_rest: true, .. } => {
                Some("write `\"*\": { action: encrypt }`, which brings everything back".to_owned())
            }
            Self::Irreversible { .. } => {
                Some("`tokenize` or `encrypt` it, or write `reversible: partial`".to_owned())
            }
            Self::NotInText { action: "encrypt, mode: randomized" } => {
                Some("write `mode: deterministic` there, or `{ action: encrypt }` here".to_owned())
            }
            Self::UnknownColumn { near: Some(near), .. } => {
                Some(format!("did you mean `{}`?", Shown(near)))
            }
            Self::NoColumns => {
                Some("name some, or write `unlisted: keep` or `unlisted: drop`".to_owned())
            }
            Self::SubjectLost { .. } => {
                Some("`pseudonymize` or `tokenize` it, or name another subject".to_owned())
            }
            Self::SubjectUnlisted { near: Some(near), .. } => {
                Some(format!("did you mean `{}`?", Shown(near)))
            }
            Self::UnknownKey { near, allowed, .. } | Self::UnknownWord { near, allowed, .. } => {
                Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there {}", listing(allowed)),
                })
            }
            Self::WrongType {
                expected: TEXT,
                found: "a number" | "a number in another writing" | "a boolean" | "nothing",
            } => Some("put it in quotes if a text is meant".to_owned()),
            _ => None,
        }
    }
}

fn listing(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let verb = if words.len() == 1 { "is" } else { "are" };
    format!("{verb} {}", quoted.join(", "))
}

fn line(place: Place) -> String {
    if place == Place::default() { String::new() } else { format!(" in line {}", place.line) }
}

/// What a text is called in [`FaultKind::WrongType`].
pub(super) const TEXT: &str = "a text";
