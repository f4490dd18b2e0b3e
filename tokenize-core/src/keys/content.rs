//! What a keyring file says, and the changes that keep it valid. Pure: no file, no KMS, no key in clear.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::error::KeyError;
use super::keyring::Rewrap;
use super::kms::{EncryptionContext, KmsReference, Wrapped};
use super::root::Root;
use super::time::UtcTime;
use crate::hex::hex;
use crate::secret::{RandomnessUnavailable, random_bytes};

/// The content of a keyring file; one that exists is valid.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) id: KeyringId,
    pub(super) kms: KmsReference,
    /// Wraps `reveal` root keys and data keys, where it is not `kms`.
    pub(super) reveal_kms: Option<KmsReference>,
    /// What wrapped data keys before a rewrap.
    pub(super) former_kms: Vec<KmsReference>,
    pub(super) context: EncryptionContext,
    pub(super) versions: Vec<VersionInfo>,
}

impl Content {
    /// The primary version.
    pub(super) fn primary(&self) -> u32 {
        let primary = self.versions.iter().find(|version| version.state == VersionState::Primary);
        primary.map_or(0, |version| version.version)
    }

    /// What wraps a root key.
    pub(super) fn kms_of(&self, root: Root) -> &KmsReference {
        match root {
            Root::Pseudonym => &self.kms,
            Root::Reveal => self.reveal_kms.as_ref().unwrap_or(&self.kms),
        }
    }

    /// The wrapping keys that a root key is under, as the KMS named them for good; each once, in the order of the versions.
    pub(super) fn keks(&self, root: Root) -> Vec<&str> {
        let keys = self.versions.iter().filter_map(|version| version.keys.as_ref());
        let mut keks: Vec<&str> = Vec::new();
        for kek in keys.filter_map(|keys| keys.of(root).wrapped.kek.as_deref()) {
            if !keks.contains(&kek) {
                keks.push(kek);
            }
        }
        keks
    }

    /// What a root key is wrapped under: the keyring, the key's role and the user's own pairs.
    pub(super) fn wrapping_context(&self, root: Root) -> EncryptionContext {
        self.context_of(root.as_str())
    }

    /// What a data key is wrapped under.
    pub(super) fn data_key_context(&self) -> EncryptionContext {
        self.context_of(DATA_KEY)
    }

    fn context_of(&self, purpose: &str) -> EncryptionContext {
        let context = self.context.clone().with(EncryptionContext::KEYRING, self.id.as_str());
        context.with(EncryptionContext::PURPOSE, purpose)
    }

    /// Whether these are not keys but the right to make data keys.
    pub(super) fn is_write_only(&self) -> bool {
        self.kms.scheme() == HPKE_SCHEME
    }

    /// Refuses a version that is unknown, or no longer used.
    pub(super) fn check_usable(&self, version: u32) -> Result<(), KeyError> {
        match self.version(version)?.state {
            VersionState::Primary | VersionState::Enabled => Ok(()),
            VersionState::Disabled => Err(KeyError::Disabled { keyring: self.id.clone(), version }),
            VersionState::Destroyed => Err(self.destroyed(version)),
        }
    }

    /// A wrapped key, if its version may be used.
    pub(super) fn usable(&self, version: u32, root: Root) -> Result<&WrappedKey, KeyError> {
        self.check_usable(version)?;
        match &self.version(version)?.keys {
            Some(keys) => Ok(keys.of(root)),
            None => Err(KeyError::WriteOnly { keyring: self.id.clone() }),
        }
    }

    /// The file of a writer under a version.
    pub(super) fn writer(&self, version: u32, public: KmsReference) -> Result<Self, KeyError> {
        self.check_usable(version)?;
        let info = self.version(version)?;
        let info = VersionInfo { state: VersionState::Primary, keys: None, ..info.clone() };
        Ok(Self {
            kms: public,
            reveal_kms: None,
            former_kms: Vec::new(),
            versions: vec![info],
            ..self.clone()
        })
    }

    /// Whether a rewrap is about this root key.
    pub(super) fn moves(&self, root: Root, to: &Rewrap) -> bool {
        match root {
            Root::Pseudonym => to.kms.is_some(),
            Root::Reveal => {
                to.reveal_kms.is_some() || (to.kms.is_some() && self.reveal_kms.is_none())
            }
        }
    }

    /// Takes on the references of a rewrap, and remembers what may have wrapped data keys until now: the former reference, and the
    /// keys that it is known to have meant.
    pub(super) fn move_to(&mut self, to: &Rewrap) {
        if self.moves(Root::Reveal, to) && self.kms_of(Root::Reveal).scheme() != LOCAL_SCHEME {
            let former = self.kms_of(Root::Reveal).clone();
            let keys = self.versions.iter().filter_map(|version| version.keys.as_ref());
            let keks = keys.filter_map(|keys| keys.reveal.wrapped.kek.as_deref());
            let keks: Vec<_> = keks.map(|kek| KmsReference::new(former.scheme(), kek)).collect();
            for reference in std::iter::once(former).chain(keks) {
                if !self.former_kms.contains(&reference) {
                    self.former_kms.push(reference);
                }
            }
        }
        if let Some(kms) = &to.kms {
            self.kms = kms.clone();
        }
        if let Some(kms) = &to.reveal_kms {
            self.reveal_kms = Some(kms.clone());
        }
    }

    /// The number that a new version gets. The numbers of destroyed versions are not used again.
    pub(super) fn next_version(&self) -> Result<u32, KeyError> {
        let last = self.versions.iter().map(|version| version.version).max().unwrap_or(0);
        last.checked_add(1).ok_or_else(|| KeyError::VersionsUsedUp { keyring: self.id.clone() })
    }

    /// Makes a version the primary one; the former primary one stays enabled.
    pub(super) fn promote(&mut self, version: u32) -> Result<(), KeyError> {
        match self.version(version)?.state {
            VersionState::Primary => return Ok(()),
            VersionState::Enabled => {}
            VersionState::Disabled => {
                return Err(KeyError::Disabled { keyring: self.id.clone(), version });
            }
            VersionState::Destroyed => return Err(self.destroyed(version)),
        }
        for entry in &mut self.versions {
            if entry.version == version {
                entry.state = VersionState::Primary;
            } else if entry.state == VersionState::Primary {
                entry.state = VersionState::Enabled;
            }
        }
        Ok(())
    }

    /// Makes a version unusable until it is enabled again.
    pub(super) fn disable(&mut self, version: u32) -> Result<(), KeyError> {
        self.leave_primary_alone(version)?;
        self.change(version, |entry| entry.state = VersionState::Disabled)
    }

    /// Makes a disabled version usable.
    pub(super) fn enable(&mut self, version: u32) -> Result<(), KeyError> {
        if self.version(version)?.state == VersionState::Primary {
            return Ok(());
        }
        self.change(version, |entry| entry.state = VersionState::Enabled)
    }

    /// Removes the keys of a version.
    pub(super) fn destroy(&mut self, version: u32) -> Result<(), KeyError> {
        self.leave_primary_alone(version)?;
        if self.version(version)?.state == VersionState::Destroyed {
            return Ok(());
        }
        self.change(version, |entry| {
            entry.state = VersionState::Destroyed;
            entry.keys = None;
        })
    }

    /// The file's text.
    pub(super) fn to_json(&self) -> String {
        if self.is_write_only() {
            return self.writer_json();
        }
        let file = FileText {
            format: FORMAT,
            id: self.id.as_str(),
            kms: self.kms.to_string(),
            reveal_kms: self.reveal_kms.as_ref().map(KmsReference::to_string),
            former_kms: self.former_kms.iter().map(KmsReference::to_string).collect(),
            encryption_context: self.context.iter().collect(),
            versions: self.versions.iter().map(VersionText::of).collect(),
        };
        let mut text = serde_json::to_string_pretty(&file)
            .expect("texts, numbers and maps with text keys are JSON");
        text.push('\n');
        text
    }

    /// The text of a writer file.
    fn writer_json(&self) -> String {
        let file = WriterText {
            format: WRITER_FORMAT,
            keyring: self.id.as_str(),
            key_version: self.primary(),
            created: self.versions.first().map(|version| version.created.to_string()),
            encryption_context: self.context.iter().collect(),
            public_key: self.kms.locator(),
        };
        let mut text = serde_json::to_string_pretty(&file)
            .expect("texts, numbers and maps with text keys are JSON");
        text.push('\n');
        text
    }

    pub(super) fn version(&self, version: u32) -> Result<&VersionInfo, KeyError> {
        let found = self.versions.iter().find(|entry| entry.version == version);
        found.ok_or_else(|| KeyError::UnknownVersion { keyring: self.id.clone(), version })
    }

    fn leave_primary_alone(&self, version: u32) -> Result<(), KeyError> {
        if self.version(version)?.state == VersionState::Primary {
            return Err(KeyError::Primary { keyring: self.id.clone(), version });
        }
        Ok(())
    }

    /// Changes a version that is not destroyed.
    fn change(
        &mut self,
        version: u32,
        change: impl FnOnce(&mut VersionInfo),
    ) -> Result<(), KeyError> {
        let destroyed = self.destroyed(version);
        match self.versions.iter_mut().find(|entry| entry.version == version) {
            Some(entry) if entry.state != VersionState::Destroyed => change(entry),
            _ => return Err(destroyed),
        }
        Ok(())
    }

    fn destroyed(&self, version: u32) -> KeyError {
        KeyError::Destroyed { keyring: self.id.clone(), version }
    }
}

/// The name of a keyring, random and unique: `kr-` and 32 hexadecimal characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyringId(String);

impl KeyringId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn random() -> Result<Self, RandomnessUnavailable> {
        let mut bytes = [0; 16];
        random_bytes(&mut bytes)?;
        Ok(Self(format!("kr-{}", hex(&bytes))))
    }
}

impl fmt::Display for KeyringId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyringId {
    type Err = NotAKeyringId;

    fn from_str(text: &str) -> Result<Self, NotAKeyringId> {
        let digits = text.strip_prefix("kr-").ok_or(NotAKeyringId)?;
        if digits.len() != 32 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NotAKeyringId);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The text is no keyring id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a keyring id is `kr-` and 32 lower-case hexadecimal characters")]
pub struct NotAKeyringId;

/// One version of a keyring.
#[derive(Debug, Clone)]
pub struct VersionInfo {
    pub(super) version: u32,
    pub(super) state: VersionState,
    pub(super) created: UtcTime,
    /// Present unless destroyed, or a writer's.
    pub(super) keys: Option<WrappedKeys>,
}

impl VersionInfo {
    /// Its number, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether and for what it may be used.
    #[must_use]
    pub fn state(&self) -> VersionState {
        self.state
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> UtcTime {
        self.created
    }
}

/// What a keyring version may be used for. The set is closed, by the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionState {
    /// Its keys are gone, and what was made with them cannot be reversed.
    Destroyed,
    /// It is refused until it is enabled.
    Disabled,
    /// It may be used, where it is asked for.
    Enabled,
    /// It is used where no version is asked for.
    Primary,
}

impl VersionState {
    /// The name in keyring files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Destroyed => "destroyed",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Primary => "primary",
        }
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The two root keys of a version, wrapped.
#[derive(Debug, Clone)]
pub(super) struct WrappedKeys {
    pub(super) pseudonym: WrappedKey,
    pub(super) reveal: WrappedKey,
}

impl WrappedKeys {
    pub(super) fn of(&self, root: Root) -> &WrappedKey {
        match root {
            Root::Pseudonym => &self.pseudonym,
            Root::Reveal => &self.reveal,
        }
    }

    pub(super) fn each_mut(&mut self) -> impl Iterator<Item = (Root, &mut WrappedKey)> {
        [(Root::Pseudonym, &mut self.pseudonym), (Root::Reveal, &mut self.reveal)].into_iter()
    }
}

/// A wrapped root key and what it must give when unwrapped.
#[derive(Clone)]
pub(super) struct WrappedKey {
    pub(super) wrapped: Wrapped,
    pub(super) commitment: [u8; 32],
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappedKey(..)")
    }
}

/// A keyring file in the order of its fields.
#[derive(Serialize)]
struct FileText<'a> {
    format: &'static str,
    id: &'a str,
    kms: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reveal_kms: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former_kms: Vec<String>,
    encryption_context: BTreeMap<&'a str, &'a str>,
    versions: Vec<VersionText>,
}

/// A writer file in the order of its fields.
#[derive(Serialize)]
struct WriterText<'a> {
    format: &'static str,
    keyring: &'a str,
    key_version: u32,
    created: Option<String>,
    encryption_context: BTreeMap<&'a str, &'a str>,
    public_key: &'a str,
}

#[derive(Serialize)]
struct VersionText {
    version: u32,
    state: &'static str,
    created: String,
    keys: KeysText,
}

impl VersionText {
    fn of(version: &VersionInfo) -> Self {
        let key = |root| version.keys.as_ref().map(|keys| KeyText::of(keys.of(root)));
        Self {
            version: version.version,
            state: version.state.as_str(),
            created: version.created.to_string(),
            keys: KeysText { pseudonym: key(Root::Pseudonym), reveal: key(Root::Reveal) },
        }
    }
}

#[derive(Serialize)]
struct KeysText {
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudonym: Option<KeyText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reveal: Option<KeyText>,
}

#[derive(Serialize)]
struct KeyText {
    wrapped: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kek: Option<String>,
    commitment: String,
}

impl KeyText {
    fn of(key: &WrappedKey) -> Self {
        Self {
            wrapped: STANDARD.encode(&key.wrapped.blob),
            kek: key.wrapped.kek.clone(),
            commitment: hex(&key.commitment),
        }
    }
}

/// The file formats that this version writes and reads.
pub(super) const FORMAT: &str = "tokenize-keyring/v1";
pub(super) const WRITER_FORMAT: &str = "tokenize-writer/v1";
/// The scheme of KEK files.
pub(super) const LOCAL_SCHEME: &str = "local";
/// The scheme of a public key's reference; its locator is the key in base64.
pub(super) const HPKE_SCHEME: &str = "hpke-x25519";
/// The purpose that data keys are wrapped and committed to under.
pub(super) const DATA_KEY: &str = "data-key";
/// What the names of this project's own context pairs begin with.
pub(super) const RESERVED_PREFIX: &str = "tokenize:";
