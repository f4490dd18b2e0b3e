//! What goes wrong with keyrings.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::content::KeyringId;
use super::kms::{KmsError, KmsReference};
use super::root::Root;

/// Why a keyring cannot be read, changed or used. Holds places, never a key or a fragment of one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// An unwrapped key does not give its commitment: the file was changed (configuration).
    #[error(
        "the {root} key of version {version} of keyring {keyring} does not match its commitment"
    )]
    Commitment {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
        /// Which of its keys.
        root: Root,
    },
    /// A data key is not the one that its cells and its commitment name (configuration).
    #[error("data key {id} of keyring {keyring} does not match its commitment")]
    DataKeyCommitment {
        /// The keyring.
        keyring: KeyringId,
        /// The data key.
        id: String,
    },
    /// The version was destroyed (configuration).
    #[error("version {version} of keyring {keyring} was destroyed")]
    Destroyed {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
    },
    /// The version is disabled (configuration).
    #[error("version {version} of keyring {keyring} is disabled")]
    Disabled {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
    },
    /// A keyring is to be made where a file exists (configuration).
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A data key was wrapped by a KMS that the keyring does not know (configuration).
    #[error("data key {id} was wrapped by `{reference}`, which keyring {keyring} does not know")]
    ForeignDataKey {
        /// The keyring.
        keyring: KeyringId,
        /// The data key.
        id: String,
        /// The KMS that it names.
        reference: KmsReference,
    },
    /// A keyring file cannot be read or written (outside world).
    #[error("cannot {operation} the keyring file {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The KMS failed, or its reference is wrong (of the KMS error's class).
    #[error("KMS `{reference}`: {source}")]
    Kms {
        /// The KMS.
        reference: KmsReference,
        /// What it says.
        source: KmsError,
    },
    /// The KMS does not make a data key (of the KMS error's class).
    #[error("cannot make a data key for keyring {keyring} with `{reference}`: {source}")]
    MakeDataKey {
        /// The keyring.
        keyring: KeyringId,
        /// The KMS.
        reference: KmsReference,
        /// What it says.
        source: KmsError,
    },
    /// A keyring file does not say what it must (configuration).
    #[error("keyring{}: {place}: expected {expected}", name(path.as_deref()))]
    Malformed {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// Where in it, such as `versions[2].state`.
        place: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A reference has come to mean another wrapping key than the one that wraps the keyring (configuration).
    #[error(
        "`{reference}` means another wrapping key now than the one that keyring {keyring} is wrapped by"
    )]
    MovedReference {
        /// The keyring.
        keyring: KeyringId,
        /// The reference, an alias.
        reference: KmsReference,
    },
    /// A keyring that was not read from a file is to be changed (misuse).
    #[error("keyring {keyring} was not opened from a file and cannot be changed")]
    NotAFile {
        /// The keyring.
        keyring: KeyringId,
    },
    /// The primary version is to be disabled or destroyed (configuration).
    #[error(
        "version {version} of keyring {keyring} is the primary version and cannot be disabled or destroyed"
    )]
    Primary {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
    },
    /// The file holds another keyring than when it was opened (configuration).
    #[error("{} holds another keyring than {keyring} now", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
        /// The keyring it held.
        keyring: KeyringId,
    },
    /// A name of the encryption context begins with `tokenize:` (configuration).
    #[error("names in an encryption context must not begin with `tokenize:`")]
    ReservedContext,
    /// The keyring has no such version (configuration).
    #[error("keyring {keyring} has no version {version}")]
    UnknownVersion {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
    },
    /// Another thread asked for the same key at the same time, and failed (of that failure's class).
    #[error(transparent)]
    Shared(Arc<Self>),
    /// The KMS does not give a root key (of the KMS error's class).
    #[error(
        "cannot unwrap the {root} key of version {version} of keyring {keyring} with `{reference}`: {source}"
    )]
    Unwrap {
        /// The keyring.
        keyring: KeyringId,
        /// The version.
        version: u32,
        /// Which of its keys.
        root: Root,
        /// The KMS.
        reference: KmsReference,
        /// What it says.
        source: KmsError,
    },
    /// The KMS does not give a data key (of the KMS error's class).
    #[error("cannot unwrap data key {id} of keyring {keyring} with `{reference}`: {source}")]
    UnwrapDataKey {
        /// The keyring.
        keyring: KeyringId,
        /// The data key.
        id: String,
        /// The KMS.
        reference: KmsReference,
        /// What it says.
        source: KmsError,
    },
    /// The version numbers are used up (configuration).
    #[error("keyring {keyring} has no version numbers left")]
    VersionsUsedUp {
        /// The keyring.
        keyring: KeyringId,
    },
    /// A writer file is asked for more than data keys (configuration).
    #[error(
        "this is a writer file of keyring {keyring}: it makes data keys for `encrypt` with `key: output`, and nothing else"
    )]
    WriteOnly {
        /// The keyring.
        keyring: KeyringId,
    },
}

impl KeyError {
    /// The next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Commitment { .. } => {
                Some("the keyring file was changed: restore it from a backup".into())
            }
            Self::Destroyed { .. } => Some(
                "its keys are gone; only a backup of the keyring file may still hold them".into(),
            ),
            Self::Disabled { version, .. } => {
                Some(format!("enable it first: tokenize keyring enable KEYRING {version}"))
            }
            Self::Exists { .. } => {
                Some("name another file; keyring and writer files are never overwritten".into())
            }
            Self::Io { operation: "read", source, .. }
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Some("make one with: tokenize keyring create KEYRING --kms local:kek.key".into())
            }
            Self::DataKeyCommitment { .. } => Some(
                "the manifest was changed: take the one that was written with the output".into(),
            ),
            Self::ForeignDataKey { .. } => {
                Some("use the keyring that the output was written with, as it is now".into())
            }
            Self::Kms { source, .. }
            | Self::MakeDataKey { source, .. }
            | Self::Unwrap { source, .. }
            | Self::UnwrapDataKey { source, .. } => source.hint(),
            Self::WriteOnly { .. } => {
                Some("use the keyring file itself, where it may be used".into())
            }
            Self::Malformed { .. } => Some("restore the keyring file from a backup".into()),
            Self::MovedReference { reference, .. } => Some(format!(
                "take the new key into use: tokenize keyring rewrap KEYRING --kms {reference} (or --reveal-kms, where that is what moved)"
            )),
            Self::Shared(error) => error.hint(),
            Self::NotAFile { .. } => Some("open the keyring file and change that".into()),
            Self::Primary { .. } => Some("promote another version first".into()),
            Self::Replaced { .. } => Some("open the keyring file again".into()),
            Self::UnknownVersion { .. } => {
                Some("list the versions with: tokenize keyring list KEYRING".into())
            }
            Self::Io { .. } | Self::ReservedContext | Self::VersionsUsedUp { .. } => None,
        }
    }

    /// Whether the outside world failed (files, KMS), rather than the configuration.
    #[must_use]
    pub fn is_outside_world(&self) -> bool {
        match self {
            Self::Io { .. } => true,
            Self::Shared(error) => error.is_outside_world(),
            Self::Kms { source, .. }
            | Self::MakeDataKey { source, .. }
            | Self::Unwrap { source, .. }
            | Self::UnwrapDataKey { source, .. } => source.is_outside_world(),
            _ => false,
        }
    }

    /// This error, with the file it is about.
    pub(super) fn in_file(self, file: &Path) -> Self {
        match self {
            Self::Malformed { place, expected, .. } => {
                Self::Malformed { path: Some(file.to_owned()), place, expected }
            }
            other => other,
        }
    }
}

/// A file's name in the middle of a sentence.
fn name(path: Option<&Path>) -> String {
    path.map(|path| format!(" {}", path.display())).unwrap_or_default()
}
