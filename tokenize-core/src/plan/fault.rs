//! What can be wrong when a policy meets a schema, or when a masked schema is to be reversed.

use std::fmt;

use crate::field::FieldPath;

/// A plan that cannot be made: every fault, in schema order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// At least one.
    pub faults: Vec<PlanFault>,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            let line_break = if i > 0 { "\n" } else { "" };
            write!(f, "{line_break}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PlanError {}

impl PlanError {
    /// The next step, where there is one to name.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let has =
            |kind: fn(&PlanFaultKind) -> bool| self.faults.iter().any(|fault| kind(&fault.kind));
        let hint = if has(|kind| matches!(kind, PlanFaultKind::Unlisted)) {
            "add a rule for each of these columns; `{ action: keep }` passes one as it is, `unlisted: drop` leaves all others out"
        } else if has(|kind| matches!(kind, PlanFaultKind::Missing { .. })) {
            "correct the name, or mark the rule `optional: true` if the column may be absent"
        } else if has(|kind| matches!(kind, PlanFaultKind::MissingKeyVersion)) {
            "give --key-version N (key_version in Python)"
        } else if has(|kind| {
            matches!(kind, PlanFaultKind::MissingMetadata | PlanFaultKind::NothingMasked)
        }) {
            "give --manifest OUTPUT.tokenize.json (manifests in Python), or --policy P"
        } else if has(|kind| matches!(kind, PlanFaultKind::Renamed { .. })) {
            "give the column its name back, or say what it is with --policy P (policy in Python)"
        } else if has(|kind| matches!(kind, PlanFaultKind::EditedMetadata)) {
            "use the file as it was written, or give --manifest OUTPUT.tokenize.json (manifests in Python); where that is lost for good, remove what is left of the metadata and give --policy P"
        } else if has(|kind| matches!(kind, PlanFaultKind::AlreadyMasked { .. })) {
            "mask the original again, or unmask this first"
        } else if has(is_left_behind) {
            "mask the original again; or give --leave (leave=True in Python), and these columns stay as they are, under their old version"
        } else if has(|kind| matches!(kind, PlanFaultKind::Untagged)) {
            "unmask it with the manifest or the policy that it was masked with, and mask it again"
        } else {
            return None;
        };
        Some(hint.to_owned())
    }
}

/// Whether `--leave` would help.
fn is_left_behind(kind: &PlanFaultKind) -> bool {
    let is_subject_left =
        matches!(kind, PlanFaultKind::Subject { problem: SubjectProblem::LeftBehind, .. });
    is_subject_left || matches!(kind, PlanFaultKind::OneWayVersion { .. })
}

/// One fault and the column it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFault {
    /// The column's path; empty when the fault is about the whole schema.
    pub path: String,
    /// What is wrong.
    pub kind: PlanFaultKind,
}

impl PlanFault {
    pub(crate) fn at(path: &FieldPath, kind: PlanFaultKind) -> Self {
        Self { path: path.to_string(), kind }
    }

    pub(crate) fn of_schema(kind: PlanFaultKind) -> Self {
        Self { path: String::new(), kind }
    }
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "column {}: ", self.path)?;
        }
        write!(f, "{}", self.kind)
    }
}

/// What is wrong. Configuration faults, every one: exit code 2 of the command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFaultKind {
    /// The column carries tags of an earlier mask.
    #[error("is masked already ({action}); masking a masked column is refused")]
    AlreadyMasked {
        /// The action that masked it.
        action: String,
    },
    /// Two globs match one column.
    #[error("both `{first}` and `{second}` match; name the column itself to decide")]
    AmbiguousGlobs {
        /// One of the globs.
        first: String,
        /// The other.
        second: String,
    },
    /// An action other than keep and drop on a struct, list or map.
    #[error(
        "is a container; only keep and drop work on a whole container, {action} must name its leaves"
    )]
    Container {
        /// The action.
        action: &'static str,
    },
    /// Columns of one domain whose types give the format different parameters.
    #[error(
        "domain `{domain}` has other parameters in column {other}; write `range` with its digits after the point"
    )]
    DomainConflict {
        /// The domain.
        domain: String,
        /// The other column.
        other: String,
    },
    /// Two columns have one name.
    #[error("the name stands twice in the schema")]
    DuplicateColumn,
    /// The tags disagree with the manifest, or its MAC does not verify.
    #[error("the masking metadata has been edited, or was written with another keyring's key")]
    EditedMetadata,
    /// A column that a manifest does not know, in data that lacks one of its masked columns: perhaps that one under another name, whose
    /// tokens would pass for clear values.
    #[error(
        "is not in the manifest, and its masked column `{missing}` is not here: perhaps renamed"
    )]
    Renamed {
        /// The masked column.
        missing: String,
    },
    /// Manifests of outputs that were not masked in the same way.
    #[error("the manifests given tell of different treatments; unmask such outputs one by one")]
    ManifestsDiffer,
    /// Dropping a map's keys or values alone.
    #[error("the keys or values of a map cannot be dropped alone; drop the map")]
    HalfMap,
    /// The policy names a column that is not there.
    #[error("is not in the schema{}", .similar.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Missing {
        /// A column whose name is the same but for its case.
        similar: Option<String>,
    },
    /// Reversible columns without a manifest, or a manifest without a policy to help.
    #[error(
        "the schema does not say how it was masked; give the manifest that was written with it, or the policy it was masked with"
    )]
    MissingMetadata,
    /// The key version is not recorded and the keyring has had more than one.
    #[error(
        "the key version is not recorded and the keyring has had several; say which one (a wrong one would give wrong values)"
    )]
    MissingKeyVersion,
    /// The type cannot hold what the format writes.
    #[error("type {data_type} is too narrow for what the format can write")]
    Narrow {
        /// The Arrow type.
        data_type: String,
    },
    /// Nothing in the schema can be unmasked.
    #[error(
        "nothing to unmask: no column carries masking metadata; give the manifest that was written with it, or the policy it was masked with"
    )]
    NothingMasked,
    /// Values of a whole dataset are to be found, where there is no dataset to read first.
    #[error(
        "`known_values: dataset` needs a file that can be read twice; `known_values: row` works everywhere"
    )]
    DatasetUnread,
    /// More values of a dataset than are held in memory.
    #[error(
        "`known_values: dataset` finds more than {values} values or {bytes} bytes of them; `known_values: row` has no limit"
    )]
    DatasetTooLarge {
        /// The most values.
        values: usize,
        /// The most bytes.
        bytes: usize,
    },
    /// Bare tokens in a list or a struct, where nothing can bring them back.
    #[error(
        "`tokens: natural` needs a column of the table itself, beside which the spans can be; `tokens: tagged` works everywhere"
    )]
    NaturalNested,
    /// There is a column of the name that the spans of a text would have.
    #[error("is there already, but what brings the texts back would have this name")]
    SpansTaken,
    /// What brings a text with bare tokens back is not there.
    #[error("cannot be unmasked without its column `{spans}`")]
    SpansMissing {
        /// The column.
        spans: String,
    },
    /// Texts that are no column are to be masked by a policy that does not say how.
    #[error(
        "nothing in the policy says what happens to texts that are no column: write it under `text:`"
    )]
    NoTextRule,
    /// A requested column has no reversible action.
    #[error("cannot be unmasked: {action} is one-way")]
    OneWay {
        /// The action.
        action: String,
    },
    /// A one-way column is under another key version than the primary one, to which nothing brings it.
    #[error("{action} is one-way: it cannot be brought from key version {version} to {primary}")]
    OneWayVersion {
        /// The action.
        action: String,
        /// Its key version.
        version: u32,
        /// The primary version.
        primary: u32,
    },
    /// The format refuses the column, for instance because of its scale.
    #[error("{0}")]
    Format(crate::format::FormatFault),
    /// The masked schema was made with another keyring.
    #[error("was masked with keyring {needed}, not with {given}")]
    OtherKeyring {
        /// The keyring named in the tags.
        needed: String,
        /// The keyring given.
        given: String,
    },
    /// A `size` of `bucket` or `round` that leaves every value of the type as it is.
    #[error("a size of {size} changes nothing on type {data_type}, or is finer than it")]
    SizeTooFine {
        /// The size.
        size: String,
        /// The Arrow type.
        data_type: String,
    },
    /// The subject of a `shift_date`.
    #[error("the subject {subject} {problem}")]
    Subject {
        /// The subject's path.
        subject: String,
        /// What is wrong with it.
        problem: SubjectProblem,
    },
    /// The tags use something that this release does not know.
    #[error("the masking metadata is of a kind that this version does not read ({tag})")]
    UnknownTags {
        /// The tag.
        tag: &'static str,
    },
    /// Nothing says what a remask would have to do.
    #[error("nothing to remask: the schema does not say that it was masked, or how")]
    Untagged,
    /// No rule names the column, and `unlisted` is `deny`.
    #[error("is not named in the policy (unlisted: deny)")]
    Unlisted,
    /// The action does not work on the type.
    #[error("{action} does not work on type {data_type}")]
    UnsupportedType {
        /// The action, with its format if it has one.
        action: String,
        /// The Arrow type.
        data_type: String,
    },
}

/// Why a column cannot be the subject of a `shift_date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectProblem {
    /// It is unmasked apart from the dates, whose shifts only its masked cells tell.
    #[error("has been unmasked, or would be, without this column; unmask both together")]
    Apart,
    /// It is not in the schema, or dropped.
    #[error("is not in the masked schema")]
    Absent,
    /// It stays under an old key version, and the dates would move by the subjects of that version for ever.
    #[error("is one-way and stays under its old key version, and this column with it")]
    LeftBehind,
    /// Its masked cells do not say whose they are.
    #[error(
        "does not identify anyone once it is masked (it is redacted, generalized, truncated, shifted or randomly encrypted)"
    )]
    NotIdentifying,
    /// It lies in a list or map.
    #[error("lies inside a list or map; a subject must have one value per row")]
    Repeated,
    /// Its type has no canonical value.
    #[error("has a type without canonical values")]
    Type,
}
