//! [`Error`]: the sum of the rooms' errors, for callers who want one.

use crate::action::{ActionError, Reason};
use crate::dataset::{DatasetError, PartitionProblem};
use crate::detect::DetectError;
use crate::io::IoError;
use crate::keys::KeyError;
use crate::manifest::UnreadableManifest;
use crate::plan::PlanError;
use crate::policy::PolicyError;

/// Anything that can go wrong. Messages name places (path, column, row, key version), never a value, a token or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A batch could not be treated.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Files could not be treated as one dataset.
    #[error(transparent)]
    Dataset(DatasetError),
    /// A column could not be searched, or a detector not be built.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] UnreadableManifest),
    /// Policy (or masking metadata) and schema do not go together.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The policy is at fault.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Who is told how far a run has come has stopped it.
    #[error("the run was stopped before its end")]
    Stopped,
}

/// Whose fault an error is. The set is closed: it is the list of exit codes of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// Policy, keyring file, masking metadata, or their fit with the schema.
    Configuration,
    /// The input data.
    Data,
    /// The outside world: files, the KMS, randomness.
    World,
}

impl From<DatasetError> for Error {
    fn from(error: DatasetError) -> Self {
        match error {
            DatasetError::Io(error) => Self::Io(error),
            error => Self::Dataset(error),
        }
    }
}

impl Error {
    /// Whose fault it is.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Action(error) => class_of_action(error),
            Self::Dataset(error) => class_of_dataset(error),
            Self::Detect(DetectError::Arrow(_) | DetectError::Cells(_)) => ErrorClass::Data,
            Self::Detect(_) => ErrorClass::Configuration,
            Self::Io(error) => class_of_io(error),
            Self::Key(error) => class_of_key(error),
            Self::Policy(PolicyError::Read { .. }) | Self::Stopped => ErrorClass::World,
            Self::Manifest(_) | Self::Plan(_) | Self::Policy(_) => ErrorClass::Configuration,
        }
    }

    /// The next step, where there is one to name.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Action(ActionError::Key(error)) | Self::Key(error) => error.hint(),
            Self::Action(ActionError::Invalid { reason: Reason::DataKey, .. }) => Some(
                "give the manifest that was written with the output: --manifest OUTPUT.tokenize.json (manifests in Python)"
                    .to_owned(),
            ),
            Self::Action(ActionError::Invalid { .. }) => Some(
                "look at that row in the input, or let the column's rule say what becomes of such values (on_invalid: nullify or redact)"
                    .to_owned(),
            ),
            Self::Action(ActionError::Unpublished { .. }) => Some(
                "make a plan (plan_mask), store plan.manifest() with the output, and mask with the plan; or mask to a file".to_owned(),
            ),
            Self::Dataset(error) => error.hint(),
            Self::Io(error) => error.hint(),
            Self::Plan(error) => error.hint(),
            _ => None,
        }
    }
}

fn class_of_action(error: &ActionError) -> ErrorClass {
    match error {
        ActionError::Key(error) => class_of_key(error),
        ActionError::NoThreads(_) | ActionError::Randomness(_) => ErrorClass::World,
        ActionError::KeyExhausted { .. }
        | ActionError::BatchSchema
        | ActionError::Unpublished { .. } => ErrorClass::Configuration,
        ActionError::Arrow { .. } | ActionError::Column { .. } | ActionError::Invalid { .. } => {
            ErrorClass::Data
        }
    }
}

fn class_of_dataset(error: &DatasetError) -> ErrorClass {
    match error {
        DatasetError::Drift { .. }
        | DatasetError::Partition { problem: PartitionProblem::Value(_), .. } => ErrorClass::Data,
        DatasetError::Io(error) => class_of_io(error),
        DatasetError::Empty { .. }
        | DatasetError::Journal { .. }
        | DatasetError::Locked { .. }
        | DatasetError::NoFile { .. }
        | DatasetError::NoMatch { .. }
        | DatasetError::Round { .. } => ErrorClass::World,
        _ => ErrorClass::Configuration,
    }
}

fn class_of_io(error: &IoError) -> ErrorClass {
    match error {
        IoError::Damaged { .. } | IoError::Misfit { .. } => ErrorClass::Data,
        IoError::Binary { .. }
        | IoError::Dialect { .. }
        | IoError::Exists { .. }
        | IoError::Lossy { .. }
        | IoError::ManifestPlace { .. }
        | IoError::NoPlaceForKeys
        | IoError::NotStreamed { .. }
        | IoError::Overwrite { .. }
        | IoError::SideFileExists { .. }
        | IoError::UnknownFormat { .. }
        | IoError::Url { .. } => ErrorClass::Configuration,
        IoError::NoThreads(_)
        | IoError::Store { .. }
        | IoError::System { .. }
        | IoError::Unwritable { .. } => ErrorClass::World,
    }
}

fn class_of_key(error: &KeyError) -> ErrorClass {
    if error.is_outside_world() { ErrorClass::World } else { ErrorClass::Configuration }
}
