//! Data keys of `encrypt, key: output`: one for each output, published wrapped (`docs/format.md`, section 7).
//!
//! The writer gets one from the KMS (`GenerateDataKey`) or seals one to a public key, and needs no right to open it again.
//! Nobody but this room sees the key; others take subkeys.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::content::{Content, DATA_KEY, HPKE_SCHEME, KeyringId, LOCAL_SCHEME};
use super::error::KeyError;
use super::kms::{Kms, KmsError, KmsReference, Wrapped};
use super::root::{Root, RootKey};
use crate::crypto::hpke::{self, KeyPair, PUBLIC_KEY};
use crate::crypto::kdf::{self, Purpose};
use crate::hex::{from_hex, hex};
use crate::secret::Secret;

/// An unwrapped data key whose commitment has been verified. Clones share one copy, which is wiped with the last of them.
#[derive(Clone)]
pub(crate) struct DataKey {
    keyring: KeyringId,
    wrapped: WrappedDataKey,
    key: Arc<Secret>,
}

impl DataKey {
    /// What is published of it.
    pub(crate) fn wrapped(&self) -> &WrappedDataKey {
        &self.wrapped
    }

    /// The keyring it belongs to.
    pub(crate) fn keyring(&self) -> &KeyringId {
        &self.keyring
    }

    /// The subkey of a purpose (`docs/format.md`, section 2).
    pub(crate) fn subkey(&self, purpose: Purpose, parts: &[&[u8]]) -> Secret {
        kdf::subkey(&self.key, purpose, parts)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({:?}, ..)", self.wrapped)
    }
}

/// A data key as manifests hold it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WrappedDataKey {
    pub(super) key_version: u32,
    pub(super) kms: KmsReference,
    pub(super) wrapped: Wrapped,
    pub(super) commitment: [u8; 32],
}

impl WrappedDataKey {
    /// What its cells name it by: the first half of its commitment, so that a cell cannot be opened under another key.
    pub(crate) fn id(&self) -> [u8; KEY_ID] {
        let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.commitment;
        id
    }

    /// The keyring version that it was made under.
    pub(crate) fn key_version(&self) -> u32 {
        self.key_version
    }

    /// The object in a manifest.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), hex(&self.id()).into());
        object.insert("key_version".to_owned(), self.key_version.into());
        object.insert("kms".to_owned(), self.kms.to_string().into());
        if let Some(kek) = &self.wrapped.kek {
            object.insert("kek".to_owned(), kek.as_str().into());
        }
        object.insert("wrapped".to_owned(), STANDARD.encode(&self.wrapped.blob).into());
        object.insert("commitment".to_owned(), hex(&self.commitment).into());
        Value::Object(object)
    }

    /// Reads the object in a manifest; `None` if it is none.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let read = Self {
            key_version: value.get("key_version")?.as_u64()?.try_into().ok()?,
            kms: text("kms")?.parse().ok()?,
            wrapped: Wrapped {
                blob: STANDARD.decode(text("wrapped")?).ok()?,
                kek: text("kek").map(str::to_owned),
            },
            commitment: from_hex(text("commitment")?)?,
        };
        (text("id")? == hex(&read.id())).then_some(read)
    }
}

impl fmt::Debug for WrappedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", hex(&self.id()), self.kms)
    }
}

/// A data key made by a KMS.
pub(super) fn generate(
    content: &Content,
    key_version: u32,
    kms: &dyn Kms,
    reference: KmsReference,
) -> Result<DataKey, KeyError> {
    let made = kms.generate(&content.data_key_context());
    let (key, wrapped) = made.map_err(|source| KeyError::MakeDataKey {
        keyring: content.id.clone(),
        reference: reference.clone(),
        source,
    })?;
    // Nobody could say later that this wrapping key was the keyring's.
    if wrapped.kek.as_deref().is_some_and(|kek| !knows_kek(content, reference.scheme(), kek)) {
        return Err(KeyError::MovedReference { keyring: content.id.clone(), reference });
    }
    Ok(made_of(content, key_version, reference, wrapped, key))
}

/// A data key sealed to a public key.
pub(super) fn seal(
    content: &Content,
    key_version: u32,
    public: KmsReference,
) -> Result<DataKey, KeyError> {
    let failed = |source| KeyError::MakeDataKey {
        keyring: content.id.clone(),
        reference: public.clone(),
        source,
    };
    let recipient: Option<[u8; PUBLIC_KEY]> =
        STANDARD.decode(public.locator()).ok().and_then(|key| key.try_into().ok());
    let recipient = recipient.ok_or_else(|| failed(KmsError::Rejected))?;
    let key = Secret::random().map_err(|error| failed(error.into()))?;
    let ephemeral = Secret::random().map_err(|error| failed(error.into()))?;
    let info = content.data_key_context().encoded(LABEL);
    let blob =
        hpke::seal(&recipient, &info, &key, &ephemeral).map_err(|_| failed(KmsError::Rejected))?;
    Ok(made_of(content, key_version, public, Wrapped::new(blob), key))
}

fn made_of(
    content: &Content,
    key_version: u32,
    kms: KmsReference,
    wrapped: Wrapped,
    key: Secret,
) -> DataKey {
    let commitment = *commitment(&key, &content.id).expose();
    let wrapped = WrappedDataKey { key_version, kms, wrapped, commitment };
    DataKey { keyring: content.id.clone(), wrapped, key: Arc::new(key) }
}

/// The key pair that a writer of this version seals to.
pub(super) fn writer_pair(reveal: &RootKey) -> KeyPair {
    let version = reveal.version().to_string();
    let parts = [reveal.keyring().as_str().as_bytes(), version.as_bytes()];
    KeyPair::derive(&reveal.subkey(Purpose::Writer, &parts))
}

/// The reference that names a public key.
pub(super) fn reference(pair: &KeyPair) -> KmsReference {
    KmsReference::new(HPKE_SCHEME, STANDARD.encode(pair.public()))
}

/// Opens what [`seal`] sealed.
pub(super) fn unseal(
    content: &Content,
    pair: &KeyPair,
    wrapped: &WrappedDataKey,
) -> Result<Secret, KeyError> {
    if wrapped.kms != reference(pair) {
        return Err(foreign(content, wrapped));
    }
    let opened = pair.open(&content.data_key_context().encoded(LABEL), &wrapped.wrapped.blob);
    let key = opened.ok().and_then(|key| key.first_chunk().copied().filter(|_| key.len() == 32));
    let mut key = key.ok_or_else(|| not_unwrapped(content, wrapped, KmsError::Rejected))?;
    Ok(Secret::take(&mut key))
}

/// What a KMS is to be asked for a data key, if the keyring knows that KMS: a manifest is anybody's writing until its MAC has
/// been verified, which takes this very key, and must not choose whom to ask.
pub(super) fn trusted(content: &Content, wrapped: &WrappedDataKey) -> Result<Wrapped, KeyError> {
    let current = content.kms_of(Root::Reveal);
    let is_known =
        |reference: &KmsReference| reference == current || content.former_kms.contains(reference);
    // A KEK file wraps no data keys: a `local:` keyring seals them.
    if !is_known(&wrapped.kms) || wrapped.kms.scheme() == LOCAL_SCHEME {
        return Err(foreign(content, wrapped));
    }
    // A wrapping key that the keyring has met is asked for by its name for good; else the reference says which one is meant now.
    let scheme = wrapped.kms.scheme();
    let kek = wrapped.wrapped.kek.clone().filter(|kek| knows_kek(content, scheme, kek));
    Ok(Wrapped { kek, ..wrapped.wrapped.clone() })
}

/// Whether a wrapping key is one that has wrapped `reveal` root keys of the keyring, or that its references name.
fn knows_kek(content: &Content, scheme: &str, kek: &str) -> bool {
    let reference = KmsReference::new(scheme, kek);
    let mut roots = content.versions.iter().filter_map(|version| version.keys.as_ref());
    *content.kms_of(Root::Reveal) == reference
        || content.former_kms.contains(&reference)
        || roots.any(|keys| keys.reveal.wrapped.kek.as_deref().is_some_and(|own| is_same(own, kek)))
}

/// Whether two names for good mean one key. The replicas of a multi-Region key of AWS KMS differ in their region only.
fn is_same(own: &str, kek: &str) -> bool {
    let replica = |kek: &str| Some(kek.split_once(":key/mrk-")?.1.to_owned());
    own == kek || replica(own).is_some_and(|own| replica(kek) == Some(own))
}

/// The error of a data key that the keyring has nothing to do with.
fn foreign(content: &Content, wrapped: &WrappedDataKey) -> KeyError {
    KeyError::ForeignDataKey {
        keyring: content.id.clone(),
        id: hex(&wrapped.id()),
        reference: wrapped.kms.clone(),
    }
}

/// The data key, once its commitment has been verified.
pub(super) fn verified(
    content: &Content,
    wrapped: &WrappedDataKey,
    key: Arc<Secret>,
) -> Result<DataKey, KeyError> {
    let expected = Secret::take(&mut wrapped.commitment.clone());
    if !commitment(&key, &content.id).same_as(&expected) {
        return Err(KeyError::DataKeyCommitment {
            keyring: content.id.clone(),
            id: hex(&wrapped.id()),
        });
    }
    Ok(DataKey { keyring: content.id.clone(), wrapped: wrapped.clone(), key })
}

/// The error of a data key that the KMS does not give.
pub(super) fn not_unwrapped(
    content: &Content,
    wrapped: &WrappedDataKey,
    source: KmsError,
) -> KeyError {
    KeyError::UnwrapDataKey {
        keyring: content.id.clone(),
        id: hex(&wrapped.id()),
        reference: wrapped.kms.clone(),
        source,
    }
}

/// What a data key must give. Its first half is in every cell: AES-256-GCM-SIV does not commit to a key, and a cell that opens under two
/// of them would say two things.
fn commitment(key: &Secret, keyring: &KeyringId) -> Secret {
    kdf::subkey(key, Purpose::Commitment, &[keyring.as_str().as_bytes(), DATA_KEY.as_bytes()])
}

/// What the context is encoded for, as HPKE's `info`.
const LABEL: &[u8] = b"hpke";
/// The bytes of a key id.
pub(crate) const KEY_ID: usize = 16;

#[cfg(test)]
mod tests;
