//! Root keys: wrapped, unwrapped and checked against their commitment.

use std::fmt;
use std::sync::Arc;

use super::content::{Content, DATA_KEY, KeyringId, WrappedKey};
use super::error::KeyError;
use super::kms::{Kms, Wrapped};
use crate::crypto::kdf::{self, Purpose};
use crate::secret::Secret;

/// One of the two root keys of a keyring version. The set is closed: each is a power that can be granted without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// Makes tokens that nobody can reverse: `pseudonymize`, `surrogate`.
    Pseudonym,
    /// Makes and reverses tokens: `tokenize`, `encrypt`, `shift_date`.
    Reveal,
}

impl Root {
    /// Both roots.
    pub const ALL: [Self; 2] = [Self::Pseudonym, Self::Reveal];

    /// The name in keyring files and encryption contexts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pseudonym => "pseudonym",
            Self::Reveal => "reveal",
        }
    }
}

/// What an action needs from the keyring. The set is closed: each is a power that can be granted without the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// A data key for each output, to write with; or the right to unwrap it, to read: `encrypt` with `key: output`.
    DataKey,
    /// The `pseudonym` root key.
    Pseudonym,
    /// The `reveal` root key.
    Reveal,
}

impl Power {
    /// The root key, if it is one.
    #[must_use]
    pub fn root(self) -> Option<Root> {
        match self {
            Self::DataKey => None,
            Self::Pseudonym => Some(Root::Pseudonym),
            Self::Reveal => Some(Root::Reveal),
        }
    }

    /// The `tokenize:purpose` of the encryption context.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        self.root().map_or(DATA_KEY, Root::as_str)
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An unwrapped root key whose commitment has been verified: a handle without access to its bytes.
///
/// Made by [`Keyring::unwrap_root`](super::Keyring::unwrap_root) only. Clones share one copy of the key, which is wiped
/// with the last of them.
#[derive(Clone)]
pub struct RootKey {
    keyring: KeyringId,
    version: u32,
    root: Root,
    key: Arc<Secret>,
}

impl RootKey {
    /// The keyring it comes from.
    #[must_use]
    pub fn keyring(&self) -> &KeyringId {
        &self.keyring
    }

    /// The keyring version it belongs to.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Which of the two root keys it is.
    #[must_use]
    pub fn root(&self) -> Root {
        self.root
    }

    /// A root key of known bytes, for vectors.
    #[cfg(test)]
    pub(crate) fn insecure_from(
        keyring: &str,
        version: u32,
        root: Root,
        mut bytes: [u8; 32],
    ) -> Self {
        let keyring = keyring.parse().expect("tests name a keyring id");
        Self { keyring, version, root, key: Arc::new(Secret::take(&mut bytes)) }
    }

    /// The subkey of a purpose (`docs/format.md`, section 2).
    pub(crate) fn subkey(&self, purpose: Purpose, parts: &[&[u8]]) -> Secret {
        kdf::subkey(&self.key, purpose, parts)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({} of version {} of {}, ..)", self.root, self.version, self.keyring)
    }
}

/// Makes a root key and wraps it.
pub(super) fn generate(
    content: &Content,
    kms: &dyn Kms,
    version: u32,
    root: Root,
) -> Result<WrappedKey, KeyError> {
    let (key, wrapped) = kms
        .generate(&content.wrapping_context(root))
        .map_err(|source| KeyError::Kms { reference: content.kms_of(root).clone(), source })?;
    let commitment = *commitment(&key, &content.id, version, root).expose();
    Ok(WrappedKey { wrapped, commitment })
}

/// Unwraps a root key.
pub(super) fn unwrap(
    content: &Content,
    kms: &dyn Kms,
    version: u32,
    root: Root,
    key: &WrappedKey,
) -> Result<Secret, KeyError> {
    kms.unwrap(&key.wrapped, &content.wrapping_context(root)).map_err(|source| KeyError::Unwrap {
        keyring: content.id.clone(),
        version,
        root,
        reference: content.kms_of(root).clone(),
        source,
    })
}

/// The root key, once its commitment has been verified.
pub(super) fn verified(
    content: &Content,
    version: u32,
    root: Root,
    key: Arc<Secret>,
    expected: &WrappedKey,
) -> Result<RootKey, KeyError> {
    let expected = Secret::take(&mut expected.commitment.clone());
    if !commitment(&key, &content.id, version, root).same_as(&expected) {
        return Err(KeyError::Commitment { keyring: content.id.clone(), version, root });
    }
    Ok(RootKey { keyring: content.id.clone(), version, root, key })
}

/// Wraps an unwrapped root key once more, with another KMS; the commitment stays.
pub(super) fn rewrap(content: &Content, kms: &dyn Kms, key: &RootKey) -> Result<Wrapped, KeyError> {
    kms.wrap(&key.key, &content.wrapping_context(key.root))
        .map_err(|source| KeyError::Kms { reference: content.kms_of(key.root).clone(), source })
}

/// What a root key must give: binds it to its keyring, version and role.
///
/// AES-256-GCM-SIV and cloud KMS do not commit to a key, and the encryption context does not name the version, so
/// without this a blob could stand in another version's place.
fn commitment(key: &Secret, keyring: &KeyringId, version: u32, root: Root) -> Secret {
    let version = version.to_string();
    kdf::subkey(
        key,
        Purpose::Commitment,
        &[keyring.as_str().as_bytes(), version.as_bytes(), root.as_str().as_bytes()],
    )
}
