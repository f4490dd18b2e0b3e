//! Core's errors as Python exceptions, and panics as one of them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::Path;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tokenize_core::field::PathError;
use tokenize_core::keys::{KeyError, KmsError};
use tokenize_core::{
    ActionError, DatasetError, DatasetFailure, DetectError, Error, Ff1Error, IoError, PlanError,
    PlanFaultKind, PolicyError, UnknownFormat,
};

/// The exception classes of `tokenize_py`; the set is closed, by the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Class {
    Data,
    InvalidValue,
    Keyring,
    Kms,
    Policy,
    Tokenize,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Data => "DataError",
            Self::InvalidValue => "InvalidValueError",
            Self::Keyring => "KeyringError",
            Self::Kms => "KmsError",
            Self::Policy => "PolicyError",
            Self::Tokenize => "TokenizeError",
        }
    }
}

/// An exception in the making: what, where, and the next step. Never a value.
#[derive(Debug)]
pub(crate) struct Failure {
    class: Class,
    code: &'static str,
    message: String,
    hint: Option<String>,
    path: Option<String>,
    column: Option<String>,
    row: Option<u64>,
    faults: Vec<String>,
}

impl Failure {
    pub(crate) fn new(class: Class, code: &'static str, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self {
            class,
            code,
            message,
            hint: None,
            path: None,
            column: None,
            row: None,
            faults: Vec::new(),
        }
    }

    pub(crate) fn in_column(self, column: &str) -> Self {
        Self { column: (!column.is_empty()).then(|| column.to_owned()), ..self }
    }

    pub(crate) fn in_file(self, path: &Path) -> Self {
        Self { path: Some(path.display().to_string()), ..self }
    }

    /// What is said of policies, of rules.
    pub(crate) fn of_rules(self) -> Self {
        let code = if self.code == "policy" { "rules" } else { self.code };
        let hint = self.hint.map(|_| "a text of one line is taken for a path; give the text of the rules, a dict, or the path of a file".to_owned());
        Self { code, hint, ..self }
    }

    fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        Python::attach(|py| raised(py, &failure).unwrap_or_else(|error| error))
    }
}

/// The exception object: the classes are written in Python, where their attributes are documented.
fn raised(py: Python<'_>, failure: &Failure) -> PyResult<PyErr> {
    let class = py.import("tokenize_py._errors")?.getattr(failure.class.name())?;
    let text = match &failure.hint {
        Some(hint) => format!("{}\nhint: {hint}", failure.message),
        None => failure.message.clone(),
    };
    let more = PyDict::new(py);
    more.set_item("code", failure.code)?;
    more.set_item("path", &failure.path)?;
    more.set_item("column", &failure.column)?;
    more.set_item("row", failure.row)?;
    more.set_item("faults", PyTuple::new(py, &failure.faults)?)?;
    Ok(PyErr::from_value(class.call((text,), Some(&more))?))
}

/// Calls core detached from the interpreter. A panic becomes an error that says nothing of its message, which may hold a value.
pub(crate) fn detached<T: Send, E: Into<Failure> + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> Result<T, Failure> {
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    match done {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(internal()),
    }
}

/// A panic of ours.
pub(crate) fn internal() -> Failure {
    Failure::new(Class::Tokenize, "internal", "internal error; nothing was published")
}

/// Keeps panic messages off standard error: they may quote values. (Concerns this library only, not the interpreter.)
pub(crate) fn silence_panics() {
    set_hook(Box::new(|_| {}));
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = error.hint();
        let failure = match error {
            Error::Action(error) => error.into(),
            Error::Dataset(error) => error.into(),
            Error::Detect(error) => error.into(),
            Error::Io(error) => error.into(),
            Error::Key(error) => error.into(),
            Error::Manifest(error) => Self::new(Class::Policy, "manifest", error),
            Error::Plan(error) => error.into(),
            Error::Policy(error) => error.into(),
            other => Self::new(Class::Tokenize, "other", other),
        };
        failure.with_hint(hint)
    }
}

impl From<DatasetFailure> for Failure {
    fn from(failure: DatasetFailure) -> Self {
        let (message, is_named) = (failure.to_string(), matches!(failure.error, Error::Io(_)));
        let error = Self::from(failure.error);
        match failure.input {
            Some(input) if !is_named => Self { message, ..error }.in_file(&input),
            _ => error,
        }
    }
}

impl From<DatasetError> for Failure {
    fn from(error: DatasetError) -> Self {
        let message = error.to_string();
        let of = |class, code, path: &Path| Self::new(class, code, &message).in_file(path);
        match &error {
            DatasetError::Changed { path } => of(Class::Tokenize, "changed", path),
            DatasetError::Drift { path, .. } => of(Class::Data, "drift", path),
            DatasetError::Empty { path } | DatasetError::NoMatch { path } => {
                of(Class::Tokenize, "no_files", path)
            }
            DatasetError::Foreign { path } => of(Class::Tokenize, "foreign", path),
            DatasetError::Incomplete { path } => of(Class::Tokenize, "incomplete", path),
            DatasetError::Locked { path } => of(Class::Tokenize, "locked", path),
            DatasetError::Nested { path } => of(Class::Tokenize, "nested", path),
            DatasetError::Partition { column, .. } => {
                Self::new(Class::Policy, "partition", &message).in_column(column)
            }
            DatasetError::Resume { path, .. } => of(Class::Tokenize, "not_resumable", path),
            DatasetError::Unfinished { path } => of(Class::Tokenize, "unfinished", path),
            _ => Self::new(Class::Tokenize, "dataset", message),
        }
    }
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        let message = error.to_string();
        match error {
            ActionError::Arrow { path } => {
                Self::new(Class::Data, "arrow", message).in_column(&path)
            }
            ActionError::BatchSchema => Self::new(Class::Data, "batch_schema", message),
            ActionError::Column { path, .. } => {
                Self::new(Class::Data, "column", message).in_column(&path)
            }
            ActionError::Invalid { path, row, .. } => {
                Self { row: Some(row), ..Self::new(Class::InvalidValue, "invalid_value", message) }
                    .in_column(&path)
            }
            ActionError::Key(error) => error.into(),
            ActionError::KeyExhausted { path } => {
                Self::new(Class::Keyring, "key_exhausted", message).in_column(&path)
            }
            ActionError::NoThreads(_) => Self::new(Class::Tokenize, "no_threads", message),
            ActionError::Randomness(_) => Self::new(Class::Tokenize, "randomness", message),
            ActionError::Unpublished { path } => {
                Self::new(Class::Tokenize, "unpublished", message).in_column(&path)
            }
            _ => Self::new(Class::Tokenize, "other", message),
        }
    }
}

impl From<IoError> for Failure {
    fn from(error: IoError) -> Self {
        let message = error.to_string();
        match &error {
            IoError::Damaged { path, .. } => {
                Self::new(Class::Data, "damaged", message).in_file(path)
            }
            IoError::Misfit { path } => Self::new(Class::Data, "misfit", message).in_file(path),
            IoError::Dialect { path } => {
                Self::new(Class::Tokenize, "dialect", message).in_file(path)
            }
            IoError::Lossy { path, .. } => {
                Self::new(Class::Tokenize, "lossy", message).in_file(path)
            }
            IoError::UnknownFormat { path } => {
                Self::new(Class::Tokenize, "unknown_format", message).in_file(path)
            }
            IoError::ManifestPlace { path } => {
                Self::new(Class::Tokenize, "manifest_place", message).in_file(path)
            }
            IoError::NoPlaceForKeys => Self::new(Class::Tokenize, "no_place_for_keys", message),
            IoError::NoThreads(_) => Self::new(Class::Tokenize, "no_threads", message),
            IoError::NotStreamed { .. } => Self::new(Class::Tokenize, "not_streamed", message),
            IoError::Binary { path, column, .. } => {
                Self::new(Class::Policy, "binary", message).in_column(column).in_file(path)
            }
            IoError::Exists { path } => Self::new(Class::Tokenize, "exists", message).in_file(path),
            IoError::Overwrite { path } => {
                Self::new(Class::Tokenize, "overwrite", message).in_file(path)
            }
            IoError::SideFileExists { path } => {
                Self::new(Class::Tokenize, "side_file_exists", message).in_file(path)
            }
            IoError::Store { path, .. } => {
                Self::new(Class::Tokenize, "store", message).in_file(path)
            }
            IoError::Url { path, .. } => Self::new(Class::Tokenize, "url", message).in_file(path),
            IoError::System { path, .. } => Self::new(Class::Tokenize, "io", message).in_file(path),
            IoError::Unwritable { path } => {
                Self::new(Class::Data, "unwritable", message).in_file(path)
            }
            _ => Self::new(Class::Tokenize, "other", message),
        }
    }
}

impl From<UnknownFormat> for Failure {
    fn from(error: UnknownFormat) -> Self {
        Self::new(Class::Tokenize, "unknown_format", error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::of_key(&error)
    }
}

impl Failure {
    fn of_key(error: &KeyError) -> Self {
        let message = error.to_string();
        let failure = match error {
            // What another thread met is what this one would have met.
            KeyError::Shared(error) => return Self::of_key(error),
            KeyError::Commitment { .. } => Self::new(Class::Keyring, "commitment", message),
            KeyError::DataKeyCommitment { .. } => {
                Self::new(Class::Keyring, "data_key_commitment", message)
            }
            KeyError::Destroyed { .. } => Self::new(Class::Keyring, "destroyed", message),
            KeyError::Disabled { .. } => Self::new(Class::Keyring, "disabled", message),
            KeyError::Exists { path } => Self::new(Class::Keyring, "exists", message).in_file(path),
            KeyError::ForeignDataKey { .. } => {
                Self::new(Class::Keyring, "foreign_data_key", message)
            }
            KeyError::Io { path, .. } => Self::new(Class::Keyring, "io", message).in_file(path),
            KeyError::Kms { .. } => Self::new(Class::Kms, "kms", message),
            KeyError::MakeDataKey { .. } => Self::new(Class::Kms, "make_data_key", message),
            KeyError::Malformed { path, .. } => Self {
                path: path.as_ref().map(|path| path.display().to_string()),
                ..Self::new(Class::Keyring, "malformed", message)
            },
            KeyError::MovedReference { .. } => {
                Self::new(Class::Keyring, "moved_reference", message)
            }
            KeyError::NotAFile { .. } => Self::new(Class::Keyring, "not_a_file", message),
            KeyError::Primary { .. } => Self::new(Class::Keyring, "primary", message),
            KeyError::Replaced { path, .. } => {
                Self::new(Class::Keyring, "replaced", message).in_file(path)
            }
            KeyError::ReservedContext => Self::new(Class::Keyring, "reserved_context", message),
            KeyError::UnknownVersion { .. } => {
                Self::new(Class::Keyring, "unknown_version", message)
            }
            KeyError::Unwrap { .. } => Self::new(Class::Kms, "unwrap", message),
            KeyError::UnwrapDataKey { .. } => Self::new(Class::Kms, "unwrap_data_key", message),
            KeyError::VersionsUsedUp { .. } => {
                Self::new(Class::Keyring, "versions_used_up", message)
            }
            KeyError::WriteOnly { .. } => Self::new(Class::Keyring, "write_only", message),
            _ => Self::new(Class::Keyring, "other", message),
        };
        failure.with_hint(error.hint())
    }
}

impl From<KmsError> for Failure {
    fn from(error: KmsError) -> Self {
        Self::new(Class::Kms, "kms_reference", &error).with_hint(error.hint())
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let first = error.faults.first();
        let column = first.map(|fault| fault.path.clone()).unwrap_or_default();
        let code = first.map_or("plan", |fault| code_of(&fault.kind));
        let faults = error.faults.iter().map(ToString::to_string).collect();
        Self { faults, ..Self::new(Class::Policy, code, &error) }
            .in_column(&column)
            .with_hint(error.hint())
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        let message = error.to_string();
        match &error {
            PolicyError::Faults { faults } => {
                Self { faults: faults.iter().map(ToString::to_string).collect(), ..Self::new(Class::Policy, "policy", message) }
            }
            PolicyError::NotText { path } => Self::new(Class::Policy, "not_text", message).in_file(path),
            PolicyError::Read { path, .. } => Self::new(Class::Policy, "io", message).in_file(path).with_hint(Some(
                "a text of one line is taken for a path; give the policy's text, a dict, or the path of a file".to_owned(),
            )),
            _ => Self::new(Class::Policy, "other", message),
        }
    }
}

impl From<DetectError> for Failure {
    fn from(error: DetectError) -> Self {
        let message = error.to_string();
        match error {
            DetectError::Cells(_) => Self::new(Class::Data, "column", message),
            DetectError::Configuration { faults } => {
                let faults = faults.iter().map(ToString::to_string).collect();
                Self { faults, ..Self::new(Class::Policy, "rules", message) }
            }
            DetectError::Shapes => Self::new(Class::Policy, "rules", message),
            // Arrow's own messages may quote.
            _ => Self::new(Class::Data, "arrow", "the findings do not fit into one table"),
        }
    }
}

impl From<PathError> for Failure {
    fn from(error: PathError) -> Self {
        Self::new(
            Class::Policy,
            "column_path",
            format!("a column path of `columns` cannot be read: {error}"),
        )
    }
}

impl From<Ff1Error> for Failure {
    fn from(error: Ff1Error) -> Self {
        Self::new(Class::InvalidValue, "ff1", error)
    }
}

fn code_of(kind: &PlanFaultKind) -> &'static str {
    match kind {
        PlanFaultKind::AlreadyMasked { .. } => "already_masked",
        PlanFaultKind::AmbiguousGlobs { .. } => "ambiguous_globs",
        PlanFaultKind::Container { .. } => "container",
        PlanFaultKind::DuplicateColumn => "duplicate_column",
        PlanFaultKind::EditedMetadata => "edited_metadata",
        PlanFaultKind::Format(_) => "format",
        PlanFaultKind::HalfMap => "half_map",
        PlanFaultKind::ManifestsDiffer => "manifests_differ",
        PlanFaultKind::Missing { .. } => "missing_column",
        PlanFaultKind::MissingKeyVersion => "missing_key_version",
        PlanFaultKind::MissingMetadata => "missing_metadata",
        PlanFaultKind::Narrow { .. } => "narrow_type",
        PlanFaultKind::NothingMasked => "nothing_masked",
        PlanFaultKind::OneWay { .. } => "one_way",
        PlanFaultKind::OneWayVersion { .. } => "one_way_version",
        PlanFaultKind::OtherKeyring { .. } => "other_keyring",
        PlanFaultKind::Renamed { .. } => "renamed_column",
        PlanFaultKind::SizeTooFine { .. } => "size_too_fine",
        PlanFaultKind::Subject { .. } => "subject",
        PlanFaultKind::UnknownTags { .. } => "unknown_metadata",
        PlanFaultKind::Unlisted => "unlisted_column",
        PlanFaultKind::Untagged => "untagged",
        PlanFaultKind::UnsupportedType { .. } => "unsupported_type",
        _ => "plan",
    }
}
