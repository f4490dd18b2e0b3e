//! Key management services: what wraps and unwraps root keys.
//!
//! A [`KmsReference`] (`local:kek.key`) says which one a keyring uses, a [`KmsProvider`] opens it, a [`Kms`] does the work.
//! Nothing here knows keyrings, versions or files other than KEK files. Start at [`EmbeddedKms`], the default provider.

#[cfg(feature = "aws")]
pub mod aws;
pub mod insecure_fake;
pub mod local;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::crypto::kdf;
use crate::secret::{RandomnessUnavailable, Secret};
use local::LocalKms;

/// A key management service with one wrapping key (KEK).
///
/// Implemented by this crate for [`LocalKms`], and by you for a service this crate does not know. It is called by
/// [`Keyring`](super::Keyring) only: other code has no reason to wrap or unwrap a key.
///
/// # Security
/// Implementations must authenticate the context: `unwrap` under another context than that of `wrap` must fail. They must
/// wipe every copy of a key they make, and put neither keys nor blobs into errors.
pub trait Kms: Send + Sync {
    /// Encrypts `key` under the KEK, bound to `context`.
    ///
    /// # Errors
    /// Returns a [`KmsError`] if the service cannot be reached or refuses.
    fn wrap(&self, key: &Secret, context: &EncryptionContext) -> Result<Wrapped, KmsError>;

    /// Reverses [`Kms::wrap`].
    ///
    /// # Errors
    /// Returns [`KmsError::Rejected`] if the blob was not made with this KEK and context, without telling which of the
    /// two differs, and another [`KmsError`] if the service cannot be reached or refuses.
    fn unwrap(&self, wrapped: &Wrapped, context: &EncryptionContext) -> Result<Secret, KmsError>;

    /// Makes a new random key; gives it in clear and wrapped.
    ///
    /// By default the key comes from the operating system. A service with a source of its own (`GenerateDataKey`) overrides this.
    ///
    /// # Errors
    /// As [`Kms::wrap`], and [`KmsError::Randomness`].
    fn generate(&self, context: &EncryptionContext) -> Result<(Secret, Wrapped), KmsError> {
        let key = Secret::random()?;
        let wrapped = self.wrap(&key, context)?;
        Ok((key, wrapped))
    }
}

/// A wrapped key, as a KMS gives it and takes it back.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The encrypted key, in the KMS's own form.
    pub blob: Vec<u8>,
    /// The wrapping key that was used, as the KMS names it for good (an ARN), where a reference may come to mean another one.
    pub kek: Option<String>,
}

impl Wrapped {
    /// A blob of a KMS whose references always mean the same wrapping key.
    #[must_use]
    pub fn new(blob: Vec<u8>) -> Self {
        Self { blob, kek: None }
    }
}

impl fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wrapped({} bytes, ..)", self.blob.len())
    }
}

/// Opens the [`Kms`] that a [`KmsReference`] names.
///
/// Implement it to add schemes; hand what you do not know to [`EmbeddedKms`].
pub trait KmsProvider: Send + Sync {
    /// Opens the KMS. `base` is the directory that relative paths start at: that of the keyring file.
    ///
    /// # Errors
    /// Returns a [`KmsError`] if the reference is not one of this provider's, or the KMS cannot be opened.
    fn open(&self, reference: &KmsReference, base: &Path) -> Result<Box<dyn Kms>, KmsError>;

    /// Makes the wrapping key where it does not exist and this provider is the one to make it; says whether it did.
    ///
    /// Called before keys are wrapped under a reference for the first time. By default nothing is made.
    ///
    /// # Errors
    /// As [`KmsProvider::open`].
    fn prepare(&self, reference: &KmsReference, base: &Path) -> Result<bool, KmsError> {
        let _ = (reference, base);
        Ok(false)
    }
}

/// The provider of what this build brings: `local:PATH`, and with the feature `aws` `aws-kms:ARN-or-alias`.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbeddedKms;

impl KmsProvider for EmbeddedKms {
    fn open(&self, reference: &KmsReference, base: &Path) -> Result<Box<dyn Kms>, KmsError> {
        #[cfg(feature = "aws")]
        if reference.scheme() == AWS_SCHEME {
            return aws::AwsKmsProvider::from_environment().open(reference, base);
        }
        Ok(Box::new(LocalKms::open(&local_path(reference, base)?)?))
    }

    fn prepare(&self, reference: &KmsReference, base: &Path) -> Result<bool, KmsError> {
        // A cloud's keys are made in the cloud.
        if cfg!(feature = "aws") && reference.scheme() == AWS_SCHEME {
            return Ok(false);
        }
        let path = local_path(reference, base)?;
        match LocalKms::create(&path) {
            Ok(_) => Ok(true),
            Err(KmsError::KekExists { .. }) => LocalKms::open(&path).map(|_| false),
            Err(error) => Err(error),
        }
    }
}

/// The scheme of AWS KMS, which a build without its client knows too.
const AWS_SCHEME: &str = "aws-kms";

/// The KEK file of a `local:` reference.
fn local_path(reference: &KmsReference, base: &Path) -> Result<PathBuf, KmsError> {
    match reference.scheme() {
        "local" => Ok(base.join(reference.locator())),
        AWS_SCHEME => Err(KmsError::NotSupported { reference: reference.clone() }),
        _ => Err(KmsError::UnknownScheme { reference: reference.clone() }),
    }
}

/// Which KMS and which wrapping key: `local:PATH`, `aws-kms:ARN`, or another provider's `scheme:locator`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KmsReference {
    scheme: String,
    locator: String,
}

impl KmsReference {
    pub(super) fn new(scheme: &str, locator: impl Into<String>) -> Self {
        Self { scheme: scheme.to_owned(), locator: locator.into() }
    }

    /// What is before the colon: the kind of KMS.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What is after the colon: the wrapping key, in the words of the KMS.
    #[must_use]
    pub fn locator(&self) -> &str {
        &self.locator
    }
}

impl fmt::Display for KmsReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.locator)
    }
}

impl FromStr for KmsReference {
    type Err = KmsError;

    fn from_str(text: &str) -> Result<Self, KmsError> {
        let (scheme, locator) = text.split_once(':').ok_or(KmsError::MalformedReference)?;
        // One letter would make a drive of a Windows path a scheme.
        let known_form = scheme.len() > 1
            && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !known_form || locator.is_empty() || locator.chars().any(char::is_control) {
            return Err(KmsError::MalformedReference);
        }
        Ok(Self { scheme: scheme.to_owned(), locator: locator.to_owned() })
    }
}

/// Names and values that a wrapped key is bound to; in clear, and in a cloud KMS's audit log. Ordered by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    /// The name that the id of the keyring goes under.
    pub const KEYRING: &str = "tokenize:keyring";
    /// The name that the purpose of the key goes under: `pseudonym`, `reveal` or `data-key`.
    pub const PURPOSE: &str = "tokenize:purpose";

    /// A context without pairs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This context with one more pair, in place of an older pair of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The value of a name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The context as bytes, for a use: injective, so that no two contexts are one.
    pub(super) fn encoded(&self, label: &[u8]) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = vec![b"tokenize/v1", label];
        parts.extend(self.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
        kdf::enc(&parts)
    }

    /// The pairs, by the bytes of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What goes wrong with a KMS. Holds no key, no blob and no value of a context.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KmsError {
    /// The service does not let these credentials do it (outside world).
    #[error("access denied: these credentials lack {action}")]
    AccessDenied {
        /// The permission, as the service names it.
        action: &'static str,
    },
    /// The service gives an answer that this client does not know (outside world).
    #[error("the KMS answered {code}")]
    Answer {
        /// The service's code for it.
        code: String,
    },
    /// The service gives an answer that lacks something, or holds a key of another length than asked for (outside world).
    #[error("the KMS gave an answer that is not one of a KMS")]
    AnswerMalformed,
    /// The thread that a client works on cannot be started, or has ended (outside world).
    #[error("the thread of the KMS client cannot be started, or has ended")]
    ClientThread,
    /// There are no credentials, or the service does not know them any more (outside world).
    #[error("no valid credentials")]
    Credentials,
    /// A KEK file is to be made where a file exists (configuration).
    #[error("{} exists already", path.display())]
    KekExists {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may read or write a KEK file (outside world).
    #[error("the KEK file {} may be read or written by others than its owner (mode {mode:04o})", path.display())]
    KekExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file is no KEK file (outside world).
    #[error("{} is not a KEK file: it must hold one line, `tokenize-kek/v1 ` and 32 bytes in base64", path.display())]
    KekMalformed {
        /// The file.
        path: PathBuf,
    },
    /// A KEK file does not exist (outside world).
    #[error("the KEK file {} does not exist", path.display())]
    KekMissing {
        /// The file.
        path: PathBuf,
    },
    /// A KEK file cannot be read or written (outside world).
    #[error("cannot {operation} the KEK file {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The wrapping key is disabled at the service (outside world).
    #[error("the wrapping key is disabled")]
    KeyDisabled,
    /// A reference does not name a key in the way of its service (configuration).
    #[error("`{reference}` does not name a key: a key id, a key ARN, alias/NAME or an alias ARN")]
    KeyMalformed {
        /// The reference.
        reference: KmsReference,
    },
    /// The service has no such wrapping key (outside world).
    #[error("the wrapping key does not exist, or not in this account and region")]
    KeyNotFound,
    /// The wrapping key is to be deleted (outside world).
    #[error("the wrapping key is pending deletion")]
    KeyPendingDeletion,
    /// The wrapping key is of another kind, or in a state in which it cannot be used (outside world).
    #[error("the wrapping key cannot be used for this, or not now")]
    KeyUnusable,
    /// A KMS reference has the wrong form (configuration).
    #[error("a KMS reference must have the form SCHEME:LOCATOR, such as local:kek.key")]
    MalformedReference,
    /// No region is set for a cloud KMS (configuration).
    #[error("no region is set")]
    NoRegion,
    /// This build knows the kind of KMS but has no client for it (configuration).
    #[error("`{reference}` is not supported by this build")]
    NotSupported {
        /// The reference.
        reference: KmsReference,
    },
    /// The operating system gave no randomness (outside world).
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The blob does not open under this wrapping key and context; which of the three is wrong is not told (outside world).
    #[error(
        "the wrapped key does not open: it was changed, or wrapped under another wrapping key or encryption context"
    )]
    Rejected,
    /// A KMS other than this crate's own failed (outside world).
    #[error("the KMS failed")]
    Service {
        /// What it says; it must hold neither keys nor blobs.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The service has had too many requests, and still has after several tries (outside world).
    #[error("too many requests: throttled")]
    Throttled,
    /// The service did not answer in time, tries included (outside world).
    #[error("no answer within {limit_secs} seconds")]
    TimedOut {
        /// The limit.
        limit_secs: u64,
    },
    /// The service cannot be reached, or fails (outside world).
    #[error("the KMS cannot be reached, or is out of order")]
    Unavailable,
    /// No provider knows the kind of KMS (configuration).
    #[error("`{reference}`: unknown kind of KMS")]
    UnknownScheme {
        /// The reference.
        reference: KmsReference,
    },
}

impl KmsError {
    /// The next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::AccessDenied { .. } => {
                "print what the role needs: tokenize iam --policy POLICY --keyring KEYRING --role writer"
            }
            Self::AnswerMalformed => {
                "check the endpoint that the AWS SDK is configured with, and what is between here and there"
            }
            Self::Credentials => {
                "give credentials in one of the ways that the AWS SDK reads: environment, profile, role"
            }
            Self::KekExists { .. } => {
                "name a file that does not exist; a KEK file is never overwritten"
            }
            Self::KekExposed { path, .. } => return Some(format!("chmod 600 {}", path.display())),
            Self::KekMalformed { .. } => {
                "restore the file from its backup; a KEK cannot be made anew"
            }
            Self::KekMissing { path } => {
                return Some(format!(
                    "restore it from its backup to {}: without it the keys cannot be unwrapped, on any machine that uses the keyring",
                    path.display()
                ));
            }
            Self::KeyDisabled => "enable the key in the KMS, and run again",
            Self::KeyMalformed { .. } => {
                "as in aws-kms:alias/NAME or aws-kms:arn:aws:kms:REGION:ACCOUNT:key/ID"
            }
            Self::KeyNotFound => {
                "check the key's id, the account of the credentials, and the region"
            }
            Self::KeyPendingDeletion => {
                "cancel the deletion in the KMS: once the key is gone, so is all that it wrapped"
            }
            Self::KeyUnusable => {
                "the key must be a symmetric one for encryption, enabled, with its key material present"
            }
            Self::NoRegion => "set AWS_REGION, or name the key by its ARN",
            Self::NotSupported { .. } => {
                "build with the feature `aws` for aws-kms:, or use local:PATH"
            }
            Self::UnknownScheme { .. } => {
                "the kinds are local:PATH, the path being relative to the keyring file, and aws-kms:ARN-or-alias"
            }
            Self::Rejected => {
                "check that the KEK and the keyring file belong together and are unchanged"
            }
            Self::Throttled | Self::TimedOut { .. } | Self::Unavailable => {
                "nothing has been written; run again"
            }
            Self::Answer { .. }
            | Self::ClientThread
            | Self::Io { .. }
            | Self::MalformedReference
            | Self::Randomness(_)
            | Self::Service { .. } => return None,
        };
        Some(hint.to_owned())
    }

    /// Whether the outside world failed, rather than the configuration.
    #[must_use]
    pub fn is_outside_world(&self) -> bool {
        match self {
            Self::KekExists { .. }
            | Self::KeyMalformed { .. }
            | Self::MalformedReference
            | Self::NoRegion
            | Self::NotSupported { .. }
            | Self::UnknownScheme { .. } => false,
            Self::AccessDenied { .. }
            | Self::Answer { .. }
            | Self::AnswerMalformed
            | Self::ClientThread
            | Self::Credentials
            | Self::KeyDisabled
            | Self::KeyNotFound
            | Self::KeyPendingDeletion
            | Self::KeyUnusable
            | Self::Throttled
            | Self::TimedOut { .. }
            | Self::Unavailable
            | Self::KekExposed { .. }
            | Self::KekMalformed { .. }
            | Self::KekMissing { .. }
            | Self::Io { .. }
            | Self::Randomness(_)
            | Self::Rejected
            | Self::Service { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        for (text, scheme, locator) in [
            ("local:kek.key", "local", "kek.key"),
            (
                "aws-kms:arn:aws:kms:eu-west-1:111122223333:key/x",
                "aws-kms",
                "arn:aws:kms:eu-west-1:111122223333:key/x",
            ),
        ] {
            let reference: KmsReference = text.parse().unwrap();
            assert_eq!((reference.scheme(), reference.locator()), (scheme, locator));
            assert_eq!(reference.to_string(), text);
        }
        for text in ["", "kek.key", "local:", ":x", "C:\\kek", "Local:x", "local:a\nb", "lo cal:x"]
        {
            assert!(
                matches!(text.parse::<KmsReference>(), Err(KmsError::MalformedReference)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_this_build_lacks_is_said() {
        let open = |text: &str| {
            EmbeddedKms.open(&text.parse().unwrap(), Path::new(".")).map(|_| ()).unwrap_err()
        };
        let vault = open("vault:x");
        assert_eq!(vault.to_string(), "`vault:x`: unknown kind of KMS");
        assert!(!vault.is_outside_world() && vault.hint().is_some());
        #[cfg(not(feature = "aws"))]
        assert!(matches!(open("aws-kms:alias/x"), KmsError::NotSupported { .. }));
    }

    #[test]
    fn contexts_are_ordered_by_bytes() {
        let context =
            EncryptionContext::new().with("b", "1").with("a", "2").with("B", "3").with("b", "4");
        assert_eq!(context.iter().collect::<Vec<_>>(), [("B", "3"), ("a", "2"), ("b", "4")]);
        assert_eq!(context.value("b"), Some("4"));
    }
}
