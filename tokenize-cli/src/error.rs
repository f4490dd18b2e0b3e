//! Errors as the user meets them: what, the next step, the exit code.

use std::fmt;
use std::io;

use tokenize_core::keys::{KeyError, KeyringId, KmsError};

/// How the program ends. The set is closed; 1 (a check said no) and 3 (bad input data) come with the verbs
/// that can end so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Usage, policy or keyring wrong.
    Usage = 2,
    /// Files or KMS failed.
    OutsideWorld = 4,
}

/// Why the program did not do what was asked.
#[derive(Debug)]
pub(crate) enum CliError {
    /// A keyring cannot be read, changed or used.
    Key(KeyError),
    /// A KMS reference on the command line is wrong.
    Kms(KmsError),
    /// `--confirm` does not name the keyring.
    NotConfirmed {
        /// The keyring.
        keyring: KeyringId,
    },
    /// Standard output cannot be written.
    Output(io::Error),
}

impl CliError {
    /// The exit code. A reader that closes the pipe has seen enough, which is no failure.
    pub(crate) fn exit(&self) -> Exit {
        let outside = match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Done,
            Self::Output(_) => true,
            Self::Key(error) => error.is_outside_world(),
            Self::Kms(error) => error.is_outside_world(),
            Self::NotConfirmed { .. } => false,
        };
        if outside { Exit::OutsideWorld } else { Exit::Usage }
    }

    /// The next step, where there is one.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.hint(),
            Self::Kms(error) => error.hint(),
            Self::NotConfirmed { keyring } => Some(format!("to go on, repeat the keyring's id: --confirm {keyring}")),
            Self::Output(_) => None,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(error) => error.fmt(f),
            Self::Kms(error) => error.fmt(f),
            Self::NotConfirmed { .. } => f.write_str("--confirm is not the id of this keyring"),
            Self::Output(error) => write!(f, "cannot write to standard output: {error}"),
        }
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
