//! Errors as the user meets them: what, the next step, the exit code.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use tokenize_core::detect::DetectionFaultKind;
use tokenize_core::iam::IamError;
use tokenize_core::keys::{KeyError, Keyring, KeyringId, KmsError, Power};
use tokenize_core::policy::{Fault, Place};
use tokenize_core::{
    ActionError, DatasetFailure, Error, ErrorClass, IoError, PlanError, Policy, PolicyError, Reason,
};

use crate::files::{FilesError, is_standard};
use crate::out::one_line;

/// How the program ends. The set is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// A check said no.
    Refused = 1,
    /// Usage, policy or keyring wrong.
    Usage = 2,
    /// Bad input data.
    Data = 3,
    /// Files or KMS failed.
    OutsideWorld = 4,
}

/// What is done to an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It is held against a policy.
    Check,
    /// It is masked.
    Mask,
    /// It is masked again under another key version.
    Remask,
    /// It is searched.
    Scan,
    /// It is unmasked.
    Unmask,
}

/// Why the program did not do what was asked.
#[derive(Debug)]
pub(crate) enum CliError {
    /// A mask lacks a key that its policy needs.
    Denied {
        /// What went wrong.
        error: Box<CliError>,
        /// Which columns need the key, and why.
        needs: String,
    },
    /// `--fail-on` names an entity that is never found.
    FailOn {
        /// The entity.
        entity: String,
        /// Why; `None` if the rules turn it off.
        kind: Option<DetectionFaultKind>,
    },
    /// An input cannot be treated.
    File {
        /// The input.
        input: PathBuf,
        /// Why.
        error: Error,
        /// What was being done.
        verb: Verb,
    },
    /// The files named are not those of a run.
    Files(FilesError),
    /// What `--fail-on` names has been found.
    Found {
        /// Each entity, and in which columns.
        told: Vec<String>,
    },
    /// There is nothing to grant, or nothing to grant it on.
    Iam(IamError),
    /// A dependency failed in a way that it should not.
    Internal {
        /// Where in the code.
        place: Option<String>,
    },
    /// A keyring cannot be read, changed or used.
    Key(KeyError),
    /// A KMS reference on the command line is wrong.
    Kms(KmsError),
    /// A manifest given cannot be read.
    Manifest {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// `--columns` names a column that is not there.
    NoColumn {
        /// Its path.
        path: String,
    },
    /// There is no `--confirm`, and no terminal to ask at.
    NobodyToAsk {
        /// The keyring.
        keyring: KeyringId,
    },
    /// `--confirm`, or what was typed, does not name the keyring.
    NotConfirmed {
        /// The keyring.
        keyring: KeyringId,
        /// Whether it was typed.
        is_typed: bool,
    },
    /// A file given as a manifest is none.
    NotAManifest {
        /// The file.
        path: PathBuf,
    },
    /// Standard output cannot be written.
    Output(io::Error),
    /// A policy cannot be had.
    Policy {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: PolicyError,
    },
    /// What was to be checked has been, and is wrong.
    Refused(Box<CliError>),
    /// A draft of a policy, or a report, cannot be written.
    Text {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file for a draft or a report is there already.
    TextExists {
        /// The file.
        path: PathBuf,
        /// What named it.
        option: &'static str,
    },
}

impl CliError {
    /// The error of one input.
    pub(crate) fn of_file(verb: Verb, input: &Path) -> impl Fn(Error) -> Self + '_ {
        move |error| Self::File { input: input.to_owned(), error, verb }
    }

    /// The failure of a dataset, the first input of which is `input`.
    pub(crate) fn of_dataset(verb: Verb, input: &Path) -> impl Fn(DatasetFailure) -> Self + '_ {
        move |failure| {
            let input = failure.input.unwrap_or_else(|| input.to_owned());
            Self::File { input, error: failure.error, verb }
        }
    }

    /// This error of a mask: where a key is lacking, which columns need it.
    pub(crate) fn of_mask(self, policy: &Policy, keyring: &Keyring) -> Self {
        let is_lacking = match &self {
            Self::File {
                error: Error::Key(error) | Error::Action(ActionError::Key(error)),
                ..
            } => lacking(error, keyring),
            _ => None,
        };
        let Some(is_lacking) = is_lacking else { return self };
        let needs = policy.needs().into_iter().filter(|need| is_lacking.contains(&need.power));
        let needs: Vec<String> = needs.map(|need| one_line(&need.to_string())).collect();
        if needs.is_empty() {
            return self;
        }
        Self::Denied { error: Box::new(self), needs: needs.join(", ") }
    }

    /// This error, met while checking: what would be a wrong configuration is the answer "no".
    pub(crate) fn of_check(self) -> Self {
        if self.exit() == Exit::Usage { Self::Refused(Box::new(self)) } else { self }
    }

    /// The exit code. A reader that closes the pipe has seen enough, which is no failure.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::File {
                error: Error::Io(IoError::System { doing: "write", path, source }),
                ..
            } if is_standard(path) && source.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::File { error, .. } => exit_of(error.class()),
            Self::Internal { .. } => Exit::Data,
            Self::Key(error) if error.is_outside_world() => Exit::OutsideWorld,
            Self::Kms(error) if error.is_outside_world() => Exit::OutsideWorld,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Manifest { .. }
            | Self::Output(_)
            | Self::Policy { error: PolicyError::Read { .. }, .. }
            | Self::Text { .. } => Exit::OutsideWorld,
            Self::Denied { error, .. } => error.exit(),
            Self::Found { .. } | Self::Refused(_) => Exit::Refused,
            Self::FailOn { .. }
            | Self::Files(_)
            | Self::Iam(_)
            | Self::Key(_)
            | Self::Kms(_)
            | Self::NoColumn { .. }
            | Self::NobodyToAsk { .. }
            | Self::NotAManifest { .. }
            | Self::NotConfirmed { .. }
            | Self::Policy { .. }
            | Self::TextExists { .. } => Exit::Usage,
        }
    }

    /// The next step, where there is one.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Denied { error, needs } => {
                let next = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                Some(format!("mask needs {needs}{next}"))
            }
            Self::File { error: Error::Action(ActionError::Invalid { reason, .. }), verb: Verb::Remask | Verb::Unmask, .. }
                if *reason != Reason::DataKey =>
            {
                Some("the file was changed after it was masked, or was masked under another policy or key version".to_owned())
            }
            Self::FailOn { kind, .. } => kind.as_ref().and_then(DetectionFaultKind::hint),
            Self::File { error, .. } => error.hint(),
            Self::Files(error) => Some(error.hint().to_owned()),
            Self::Iam(error) => error.hint(),
            Self::Internal { .. } => Some(
                "nothing has been published for this input; please report this, with how the file was made but without its data".to_owned(),
            ),
            Self::Key(error) => error.hint(),
            Self::Kms(error) => error.hint(),
            Self::NobodyToAsk { keyring } | Self::NotConfirmed { keyring, is_typed: false } => {
                Some(format!("to go on, repeat the keyring's id: --confirm {keyring}"))
            }
            Self::NotAManifest { .. } => Some(
                "a manifest is the file OUTPUT.tokenize.json that mask has written beside an output".to_owned(),
            ),
            Self::Policy { error, .. } => policy_hint(error),
            Self::Refused(error) => error.hint(),
            Self::NoColumn { .. } => Some("paths are written as a scan without --columns shows them".to_owned()),
            Self::TextExists { option, .. } => Some(format!("choose another {option}, or give --force to replace it")),
            Self::Found { .. } | Self::Manifest { .. } | Self::NotConfirmed { is_typed: true, .. } | Self::Output(_) | Self::Text { .. } => None,
        }
    }
}

/// The powers that a mask has not got; `None` if that is not what went wrong.
fn lacking(error: &KeyError, keyring: &Keyring) -> Option<Vec<Power>> {
    let root_powers = [Power::Pseudonym, Power::Reveal];
    let is_no_right = |source: &KmsError| {
        matches!(source, KmsError::AccessDenied { .. } | KmsError::KekMissing { .. })
    };
    match error {
        KeyError::Unwrap { root, source, .. } if is_no_right(source) => {
            Some(root_powers.into_iter().filter(|power| power.root() == Some(*root)).collect())
        }
        // It cannot even be opened: every key that it wraps is lacking.
        KeyError::Kms { reference, source } if is_no_right(source) => {
            let of_kms = (keyring.kms() == reference).then_some(Power::Pseudonym);
            let of_reveal = [Power::Reveal, Power::DataKey];
            let of_reveal = of_reveal.into_iter().filter(|_| keyring.reveal_kms() == reference);
            Some(of_kms.into_iter().chain(of_reveal).collect())
        }
        KeyError::MakeDataKey { source, .. } if is_no_right(source) => Some(vec![Power::DataKey]),
        KeyError::Shared(error) => lacking(error, keyring),
        KeyError::WriteOnly { .. } => Some(root_powers.into()),
        _ => None,
    }
}

fn exit_of(class: ErrorClass) -> Exit {
    match class {
        ErrorClass::Configuration => Exit::Usage,
        ErrorClass::Data => Exit::Data,
        ErrorClass::World => Exit::OutsideWorld,
    }
}

fn policy_hint(error: &PolicyError) -> Option<String> {
    match error {
        PolicyError::Faults { faults } => match faults.as_slice() {
            [only] => only.kind.hint(),
            _ => None,
        },
        PolicyError::NotText { .. } => {
            Some("policies and rules are YAML or JSON, in UTF-8".to_owned())
        }
        _ => None,
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FailOn { kind: Some(kind), .. } => {
                write!(f, "--fail-on: {}", one_line(&kind.to_string()))
            }
            Self::FailOn { entity, kind: None } => {
                write!(f, "--fail-on: {} is turned off by the rules", one_line(entity))
            }
            Self::File { input, error: Error::Plan(error), .. } => {
                write_plan_faults(f, input, error)
            }
            Self::File { input, error, .. } => match names_its_place(error) {
                true => f.write_str(&one_line(&error.to_string())),
                false => f.write_str(&one_line(&format!("{}: {error}", input.display()))),
            },
            Self::Files(error) => f.write_str(&one_line(&error.to_string())),
            Self::Internal { place: Some(place) } => {
                write!(f, "internal error at {}", one_line(place))
            }
            Self::Iam(error) => error.fmt(f),
            Self::Internal { place: None } => f.write_str("internal error"),
            Self::Key(error) => error.fmt(f),
            Self::Kms(error) => error.fmt(f),
            Self::Denied { error, .. } => error.fmt(f),
            Self::Manifest { path, error } => {
                let path = one_line(&path.display().to_string());
                write!(f, "cannot read the manifest {path}: {error}")
            }
            Self::Found { told } => write!(f, "found: {}", one_line(&told.join("; "))),
            Self::NoColumn { path } => {
                write!(f, "--columns: there is no column {}", one_line(path))
            }
            Self::NobodyToAsk { .. } => {
                f.write_str("--confirm is missing, and there is no terminal to ask at")
            }
            Self::NotAManifest { path } => {
                write!(f, "{}: is no manifest, or damaged", one_line(&path.display().to_string()))
            }
            Self::NotConfirmed { is_typed: false, .. } => {
                f.write_str("--confirm is not the id of this keyring")
            }
            Self::NotConfirmed { is_typed: true, .. } => {
                f.write_str("that is not the id of this keyring; nothing has been destroyed")
            }
            Self::Output(error) => write!(f, "cannot write to standard output: {error}"),
            Self::Policy { path, error: PolicyError::Faults { faults } } => {
                write_policy_faults(f, path, faults)
            }
            Self::Policy { error, .. } => {
                let reason = error.source().map(|source| format!(": {source}")).unwrap_or_default();
                f.write_str(&one_line(&format!("{error}{reason}")))
            }
            Self::Refused(error) => error.fmt(f),
            Self::Text { path, error } => {
                write!(f, "cannot write {}: {error}", one_line(&path.display().to_string()))
            }
            Self::TextExists { path, .. } => {
                write!(f, "{}: exists already", one_line(&path.display().to_string()))
            }
        }
    }
}

/// Whether an error names the file, or is not about one.
fn names_its_place(error: &Error) -> bool {
    use ActionError::{Key, Randomness};
    matches!(
        error,
        Error::Action(Key(_) | Randomness(_))
            | Error::Dataset(_)
            | Error::Io(_)
            | Error::Key(_)
            | Error::Stopped
    )
}

fn write_plan_faults(f: &mut fmt::Formatter<'_>, input: &Path, error: &PlanError) -> fmt::Result {
    let input = one_line(&input.display().to_string());
    if let [only] = error.faults.as_slice() {
        return write!(f, "{input}: {}", one_line(&only.to_string()));
    }
    write!(f, "{input}: {} faults", error.faults.len())?;
    error.faults.iter().try_for_each(|fault| write!(f, "\n  {}", one_line(&fault.to_string())))
}

/// Faults as `file:line:column`, so that editors find them.
fn write_policy_faults(f: &mut fmt::Formatter<'_>, path: &Path, faults: &[Fault]) -> fmt::Result {
    let path = one_line(&path.display().to_string());
    if let [only] = faults {
        return write!(
            f,
            "{path}:{}{}",
            if has_place(only) { "" } else { " " },
            without_hint(only)
        );
    }
    write!(f, "{path}: {} faults", faults.len())?;
    faults.iter().try_for_each(|fault| {
        let gap = if has_place(fault) { "" } else { " " };
        write!(f, "\n  {path}:{gap}{}", one_line(&fault.to_string()))
    })
}

fn has_place(fault: &Fault) -> bool {
    fault.place != Place::default()
}

/// A fault's line; its hint stands in the line of the hint.
fn without_hint(fault: &Fault) -> String {
    let line = fault.to_string();
    let hint = fault.kind.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
    one_line(line.strip_suffix(&hint).unwrap_or(&line))
}

impl From<FilesError> for CliError {
    fn from(error: FilesError) -> Self {
        Self::Files(error)
    }
}

impl From<IamError> for CliError {
    fn from(error: IamError) -> Self {
        Self::Iam(error)
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<KmsError> for CliError {
    fn from(error: KmsError) -> Self {
        Self::Kms(error)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use tokenize_core::keys::{KeyringOptions, Root};

    use super::*;

    /// What a mask says when its KMS denies a root key.
    #[test]
    fn a_denied_key_is_told_with_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let options = KeyringOptions::new("local:kek.key".parse().unwrap(), now);
        let keyring = Keyring::create(folder.path().join("keyring.json"), options).unwrap();
        let policy = Policy::from_text(
            "{version: 1, name: t, columns: {id: {action: pseudonymize, domain: d}, ssn: {action: tokenize, format: us_ssn}, \"e\\nmail\": {action: tokenize, format: email}, name: {action: encrypt, key: output}}}",
        )
        .unwrap();
        let denied = |root| {
            let error = KeyError::Unwrap {
                keyring: keyring.id().clone(),
                version: 1,
                root,
                reference: "aws-kms:alias/x".parse().unwrap(),
                source: KmsError::AccessDenied { action: "kms:Decrypt" },
            };
            let of_file = CliError::of_file(Verb::Mask, Path::new("in.parquet"));
            of_file(Error::Key(error)).of_mask(&policy, &keyring)
        };
        for (root, needs) in [
            (Root::Pseudonym, "mask needs the pseudonym root key (pseudonymize: id; equal values"),
            (
                Root::Reveal,
                "mask needs the reveal root key (tokenize: ssn, e\u{fffd}mail; equal values",
            ),
        ] {
            let error = denied(root);
            assert_eq!(error.exit(), Exit::OutsideWorld);
            assert!(error.to_string().contains("access denied"), "{error}");
            let hint = error.hint().unwrap();
            assert!(hint.starts_with(needs) && hint.contains("; print what"), "{hint}");
            assert!(!hint.contains('\n'));
        }
        let other = CliError::Key(KeyError::ReservedContext).of_mask(&policy, &keyring);
        assert!(matches!(other, CliError::Key(_)), "what is not about a key stays as it is");
    }
}
