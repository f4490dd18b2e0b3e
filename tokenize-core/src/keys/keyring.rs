//! A keyring and the file it lives in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::content::{Content, KeyringId, RESERVED_PREFIX, VersionInfo, VersionState, WrappedKeys};
use super::disk;
use super::error::KeyError;
use super::kms::{EmbeddedKms, EncryptionContext, Kms, KmsError, KmsProvider, KmsReference};
use super::parse;
use super::root::{self, Root, RootKey};
use super::time::UtcTime;

/// Versioned root keys, wrapped; read from a keyring file.
///
/// Keys are unwrapped when [`Keyring::unwrap_root`] asks for them, once per keyring: clones and threads share them, and they
/// are wiped with the last clone. The file itself holds no key in clear.
///
/// A change re-reads the file under a lock and replaces it whole, so that two programs do not undo each other's changes.
/// Rotation is three changes: [`add`](Self::add), [`promote`](Self::promote), and [`disable`](Self::disable) when nothing made
/// with the old version is needed any more.
///
/// ```
/// use tokenize_core::keys::{Keyring, KeyringOptions, Root};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("keyring.json");
/// let now = std::time::SystemTime::now().into();
/// let mut keyring = Keyring::create(&path, KeyringOptions::new("local:kek.key".parse()?, now))?;
/// let version = keyring.add(now)?;
/// keyring.promote(version)?;
///
/// let reveal = Keyring::open(&path)?.unwrap_root(version, Root::Reveal)?;
/// assert_eq!(reveal.version(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Keyring {
    content: Content,
    /// The file, unless read from JSON text.
    path: Option<PathBuf>,
    /// Where relative KMS references start.
    base: PathBuf,
    provider: Arc<dyn KmsProvider>,
    unwrapped: Arc<Mutex<BTreeMap<(u32, Root), RootKey>>>,
}

impl Keyring {
    /// Makes a keyring file with version 1, and the KEK file of a `local:` reference where it does not exist.
    ///
    /// # Errors
    /// Returns [`KeyError::Exists`] if there is a file already, [`KeyError::ReservedContext`], [`KeyError::Kms`], or [`KeyError::Io`].
    ///
    /// # Security
    /// Who loses the KEK loses every key in the keyring, and with them the way back from every token.
    pub fn create(path: impl AsRef<Path>, options: KeyringOptions) -> Result<Self, KeyError> {
        Self::create_with(path, options, Arc::new(EmbeddedKms))
    }

    /// [`Keyring::create`] with a KMS of your own.
    ///
    /// # Errors
    /// As [`Keyring::create`].
    pub fn create_with(
        path: impl AsRef<Path>,
        options: KeyringOptions,
        provider: Arc<dyn KmsProvider>,
    ) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
            _ => KeyError::Io { operation: "write", path: path.to_owned(), source },
        };
        // Asked before a KEK is made; `publish_new` asks again.
        if fs::symlink_metadata(path).is_ok() {
            return Err(KeyError::Exists { path: path.to_owned() });
        }
        if options.context.iter().any(|(name, _)| name.starts_with(RESERVED_PREFIX)) {
            return Err(KeyError::ReservedContext);
        }
        let base = base_of(path);
        let kms_failed = |source| KeyError::Kms { reference: options.kms.clone(), source };
        provider.prepare(&options.kms, &base).map_err(kms_failed)?;
        let kms = provider.open(&options.kms, &base).map_err(kms_failed)?;
        let id = KeyringId::random().map_err(|error| kms_failed(KmsError::from(error)))?;
        let mut content =
            Content { id, kms: options.kms, context: options.context, versions: Vec::new() };
        append(&mut content, kms.as_ref(), VersionState::Primary, options.now)?;
        disk::publish_new(path, content.to_json().as_bytes()).map_err(failed)?;
        Ok(Self::new(content, Some(path.to_owned()), base, provider))
    }

    /// Reads a keyring file. Nothing is unwrapped yet.
    ///
    /// # Errors
    /// Returns [`KeyError::Io`] if the file cannot be read, and [`KeyError::Malformed`] if it is no valid keyring file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        Self::open_with(path, Arc::new(EmbeddedKms))
    }

    /// [`Keyring::open`] with a KMS of your own.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open_with(
        path: impl AsRef<Path>,
        provider: Arc<dyn KmsProvider>,
    ) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Ok(Self::new(read(path)?, Some(path.to_owned()), base_of(path), provider))
    }

    /// Reads the text of a keyring file. `base` is where relative KMS references start. Such a keyring cannot be changed.
    ///
    /// # Errors
    /// Returns [`KeyError::Malformed`] if it is not the text of a valid keyring file.
    pub fn from_json(
        text: &str,
        base: impl Into<PathBuf>,
        provider: Arc<dyn KmsProvider>,
    ) -> Result<Self, KeyError> {
        Ok(Self::new(parse::parse(text)?, None, base.into(), provider))
    }

    /// The text of the keyring file, as it was when read or last changed here: wrapped keys, nothing in clear.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.content.to_json()
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &KeyringId {
        &self.content.id
    }

    /// The KMS that its keys are wrapped by.
    #[must_use]
    pub fn kms(&self) -> &KmsReference {
        &self.content.kms
    }

    /// The directory that relative KMS references start at; empty for the current one.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The caller's own pairs of the encryption context.
    #[must_use]
    pub fn encryption_context(&self) -> &EncryptionContext {
        &self.content.context
    }

    /// The version that is used where none is asked for.
    #[must_use]
    pub fn primary(&self) -> u32 {
        self.content.primary()
    }

    /// Every version, destroyed ones too, in the order they were added.
    #[must_use]
    pub fn versions(&self) -> &[VersionInfo] {
        &self.content.versions
    }

    /// Whether there has ever been more than one version, so that a token alone does not tell its version.
    #[must_use]
    pub fn has_had_several_versions(&self) -> bool {
        self.content.versions.len() > 1
    }

    /// Refuses a version that the keyring does not have, or no longer uses.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Destroyed`] or [`KeyError::Disabled`].
    pub(crate) fn check_usable(&self, version: u32) -> Result<(), KeyError> {
        self.content.usable(version, Root::Reveal).map(|_| ())
    }

    /// Unwraps a root key, or gives it again. Threads that ask at once make one call to the KMS.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Disabled`] or [`KeyError::Destroyed`]; [`KeyError::Kms`] if the KMS cannot
    /// be opened; [`KeyError::Unwrap`] if it does not give the key, [`KeyError::Commitment`] if it gives another.
    pub fn unwrap_root(&self, version: u32, root: Root) -> Result<RootKey, KeyError> {
        let wrapped = self.content.usable(version, root)?;
        // Held while the KMS works. A thread that panicked in between has left no half key behind.
        let mut unwrapped = self.unwrapped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = unwrapped.get(&(version, root)) {
            return Ok(key.clone());
        }
        let kms = self.open_kms(&self.content.kms)?;
        let key = root::unwrap(&self.content, kms.as_ref(), version, root, wrapped)?;
        unwrapped.insert((version, root), key.clone());
        Ok(key)
    }

    /// Adds an enabled version with new keys; gives its number.
    ///
    /// # Errors
    /// Returns [`KeyError::Kms`], [`KeyError::VersionsUsedUp`], or what every change may return: [`KeyError::Io`], [`KeyError::Malformed`],
    /// [`KeyError::NotAFile`], [`KeyError::Replaced`].
    pub fn add(&mut self, now: UtcTime) -> Result<u32, KeyError> {
        self.change(|keyring, content| {
            let kms = keyring.open_kms(&content.kms)?;
            append(content, kms.as_ref(), VersionState::Enabled, now)
        })
    }

    /// Makes an enabled version the primary one.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Disabled`], [`KeyError::Destroyed`], or what every change may return (see [`Keyring::add`]).
    pub fn promote(&mut self, version: u32) -> Result<(), KeyError> {
        self.change(|_, content| content.promote(version))
    }

    /// Makes a version unusable until it is enabled again.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Primary`], [`KeyError::Destroyed`], or what every change may return (see [`Keyring::add`]).
    pub fn disable(&mut self, version: u32) -> Result<(), KeyError> {
        self.change(|_, content| content.disable(version))
    }

    /// Makes a disabled version usable.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Destroyed`], or what every change may return (see [`Keyring::add`]).
    pub fn enable(&mut self, version: u32) -> Result<(), KeyError> {
        self.change(|_, content| content.enable(version))
    }

    /// Removes a version's keys from the file, for good: what was made with them can never be reversed.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Primary`], or what every change may return (see [`Keyring::add`]).
    ///
    /// # Security
    /// Copies and backups of the keyring file still hold the wrapped keys; only the end of their KEK ends those.
    pub fn destroy(&mut self, version: u32) -> Result<(), KeyError> {
        self.change(|_, content| content.destroy(version))?;
        let mut unwrapped = self.unwrapped.lock().unwrap_or_else(PoisonError::into_inner);
        unwrapped.retain(|&(of, _), _| of != version);
        Ok(())
    }

    /// Wraps every key that is left with another KMS or KEK. The keys, and with them all tokens, stay the same.
    ///
    /// # Errors
    /// Returns [`KeyError::Unwrap`], [`KeyError::Commitment`], [`KeyError::Kms`], or what every change may return (see [`Keyring::add`]).
    ///
    /// # Security
    /// Copies and backups of the old file still open with the old KEK.
    pub fn rewrap(&mut self, reference: &KmsReference) -> Result<(), KeyError> {
        self.change(|keyring, content| {
            let old = keyring.open_kms(&content.kms)?;
            keyring
                .provider
                .prepare(reference, &keyring.base)
                .map_err(|source| KeyError::Kms { reference: reference.clone(), source })?;
            let new = keyring.open_kms(reference)?;
            rewrap(content, old.as_ref(), new.as_ref(), reference)
        })
    }

    fn new(
        content: Content,
        path: Option<PathBuf>,
        base: PathBuf,
        provider: Arc<dyn KmsProvider>,
    ) -> Self {
        Self { content, path, base, provider, unwrapped: Arc::default() }
    }

    fn open_kms(&self, reference: &KmsReference) -> Result<Box<dyn Kms>, KeyError> {
        self.provider
            .open(reference, &self.base)
            .map_err(|source| KeyError::Kms { reference: reference.clone(), source })
    }

    /// Changes the file: reads it anew under the lock, and replaces it if `change` succeeds.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&Self, &mut Content) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let Some(path) = &self.path else {
            return Err(KeyError::NotAFile { keyring: self.content.id.clone() });
        };
        let failed = |source| KeyError::Io { operation: "change", path: path.clone(), source };
        // A link stays a link, and two names of one file share a lock.
        let file = fs::canonicalize(path).map_err(failed)?;
        let _lock = disk::Lock::take(&file).map_err(failed)?;
        let mut content = read(path)?;
        if content.id != self.content.id {
            return Err(KeyError::Replaced {
                path: path.clone(),
                keyring: self.content.id.clone(),
            });
        }
        let done = change(self, &mut content)?;
        disk::replace(&file, content.to_json().as_bytes()).map_err(failed)?;
        self.content = content;
        Ok(done)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({}, primary {}, ..)", self.content.id, self.content.primary())
    }
}

/// What a new keyring is made of.
#[derive(Debug, Clone)]
#[must_use]
pub struct KeyringOptions {
    kms: KmsReference,
    context: EncryptionContext,
    now: UtcTime,
}

impl KeyringOptions {
    /// A keyring wrapped by `kms`, made at `now`.
    pub fn new(kms: KmsReference, now: UtcTime) -> Self {
        Self { kms, context: EncryptionContext::new(), now }
    }

    /// Binds the wrapped keys to pairs of your own too. They are in clear in the file, and in a cloud KMS's audit log.
    pub fn encryption_context(mut self, context: EncryptionContext) -> Self {
        self.context = context;
        self
    }
}

/// Where the relative KMS references of a keyring file start.
fn base_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

fn read(path: &Path) -> Result<Content, KeyError> {
    let failed = |source| KeyError::Io { operation: "read", path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(failed)?;
    parse::parse(&text).map_err(|error| error.in_file(path))
}

/// Adds a version with new keys; gives its number.
fn append(
    content: &mut Content,
    kms: &dyn Kms,
    state: VersionState,
    created: UtcTime,
) -> Result<u32, KeyError> {
    let version = content.next_version()?;
    let keys = WrappedKeys {
        pseudonym: root::generate(content, kms, version, Root::Pseudonym)?,
        reveal: root::generate(content, kms, version, Root::Reveal)?,
    };
    content.versions.push(VersionInfo { version, state, created, keys: Some(keys) });
    Ok(version)
}

/// Unwraps every key with `old` and wraps it with `new`. A key that `new` does not give back the same is an error, before
/// anything is written: a KMS that only wraps would lock the keyring for good.
fn rewrap(
    content: &mut Content,
    old: &dyn Kms,
    new: &dyn Kms,
    reference: &KmsReference,
) -> Result<(), KeyError> {
    let before = content.clone();
    content.kms = reference.clone();
    let after = content.clone();
    for VersionInfo { version, keys, .. } in &mut content.versions {
        let Some(keys) = keys else { continue };
        for root in Root::ALL {
            let key = keys.of_mut(root);
            let unwrapped = root::unwrap(&before, old, *version, root, key)?;
            key.wrapped = root::rewrap(&after, new, &unwrapped)?;
            root::unwrap(&after, new, *version, root, key)?;
        }
    }
    Ok(())
}
