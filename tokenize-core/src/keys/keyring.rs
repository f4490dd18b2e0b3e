//! A keyring and the file it lives in.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::cache::{CacheKey, CacheLimits, KeyCache};
use super::content::{
    Content, HPKE_SCHEME, KeyringId, LOCAL_SCHEME, RESERVED_PREFIX, VersionInfo, VersionState,
    WrappedKey, WrappedKeys,
};
use super::data_key::{self, DataKey, WrappedDataKey};
use super::disk;
use super::error::KeyError;
use super::kms::{
    EmbeddedKms, EncryptionContext, Kms, KmsError, KmsProvider, KmsReference, Wrapped,
};
use super::parse;
use super::root::{self, Root, RootKey};
use super::time::UtcTime;
use crate::crypto::kdf::enc;
use crate::crypto::prf::sha256;
use crate::process::PerProcess;

/// Versioned root keys, wrapped; read from a keyring file.
///
/// Keys are unwrapped when [`Keyring::unwrap_root`] asks for them, and kept for a while in a [`KeyCache`]: clones and threads share
/// them. The file itself holds no key in clear.
///
/// A writer file ([`Keyring::export_writer`]) opens as a keyring too: one that makes data keys for `encrypt, key: output`, and
/// unwraps nothing.
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
    /// KMS clients in use; a client may hold connections and credentials.
    clients: Arc<PerProcess<Clients>>,
    cache: Arc<KeyCache>,
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
        Ok(Self::create_with(path, options, Arc::new(EmbeddedKms))?
            .with_cache(KeyCache::of_process()))
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
        // Asked before a KEK is made; `publish_new` asks again.
        if fs::symlink_metadata(path).is_ok() {
            return Err(KeyError::Exists { path: path.to_owned() });
        }
        if options.context.iter().any(|(name, _)| name.starts_with(RESERVED_PREFIX)) {
            return Err(KeyError::ReservedContext);
        }
        let base = base_of(path);
        let references = std::iter::once(&options.kms).chain(&options.reveal_kms);
        for reference in references {
            provider
                .prepare(reference, &base)
                .map_err(|source| KeyError::Kms { reference: reference.clone(), source })?;
        }
        let id = KeyringId::random().map_err(|error| KeyError::Kms {
            reference: options.kms.clone(),
            source: KmsError::from(error),
        })?;
        let content = Content {
            id,
            kms: options.kms,
            reveal_kms: options.reveal_kms,
            former_kms: Vec::new(),
            context: options.context,
            versions: Vec::new(),
        };
        let mut keyring = Self::new(content, Some(path.to_owned()), base, provider);
        let mut content = keyring.content.clone();
        keyring.append(&mut content, VersionState::Primary, options.now)?;
        disk::publish_new(path, content.to_json().as_bytes())
            .map_err(|source| cannot_write(path, source))?;
        keyring.content = content;
        Ok(keyring)
    }

    /// Reads a keyring file. Nothing is unwrapped yet.
    ///
    /// # Errors
    /// Returns [`KeyError::Io`] if the file cannot be read, and [`KeyError::Malformed`] if it is no valid keyring file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        Ok(Self::open_with(path, Arc::new(EmbeddedKms))?.with_cache(KeyCache::of_process()))
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

    /// Reads what [`Keyring::to_json`] and [`Keyring::base`] give of a keyring that was opened from a file, elsewhere: in another process, say, which unwraps the keys
    /// for itself. It cannot be changed.
    ///
    /// # Errors
    /// As [`Keyring::from_json`].
    pub fn carried(text: &str, base: impl Into<PathBuf>) -> Result<Self, KeyError> {
        Ok(Self::from_json(text, base, Arc::new(EmbeddedKms))?.with_cache(KeyCache::of_process()))
    }

    /// This keyring with another cache of unwrapped keys, which others may share that use the same KMS credentials.
    ///
    /// By default a keyring opened with a KMS of your own has a cache of its own, and one opened without shares the process's.
    #[must_use]
    pub fn with_cache(mut self, cache: Arc<KeyCache>) -> Self {
        self.cache = cache;
        self
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

    /// The KMS that its `reveal` root keys and data keys are wrapped by; the same as [`Self::kms`] unless set apart.
    #[must_use]
    pub fn reveal_kms(&self) -> &KmsReference {
        self.content.kms_of(Root::Reveal)
    }

    /// The wrapping keys that a root key is under, as the KMS named them when it wrapped (`aws-kms:` key ARNs); each once. Empty where the KMS
    /// gives no such name.
    #[must_use]
    pub fn keks(&self, root: Root) -> Vec<&str> {
        self.content.keks(root)
    }

    /// What has wrapped data keys before a rewrap: outputs written then still need it.
    #[must_use]
    pub fn former_kms(&self) -> &[KmsReference] {
        &self.content.former_kms
    }

    /// Whether this is a writer file: it makes data keys, and unwraps nothing.
    #[must_use]
    pub fn is_write_only(&self) -> bool {
        self.content.is_write_only()
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
        self.content.check_usable(version)
    }

    /// Unwraps a root key, or gives it again. Threads that ask at once make one call to the KMS.
    ///
    /// # Errors
    /// Returns [`KeyError::UnknownVersion`], [`KeyError::Disabled`] or [`KeyError::Destroyed`]; [`KeyError::Kms`] if the KMS cannot
    /// be opened; [`KeyError::Unwrap`] if it does not give the key, [`KeyError::Commitment`] if it gives another.
    pub fn unwrap_root(&self, version: u32, root: Root) -> Result<RootKey, KeyError> {
        let wrapped = self.content.usable(version, root)?;
        let name = self.cache_key(
            self.content.kms_of(root),
            &wrapped.wrapped,
            &self.content.wrapping_context(root),
        );
        let key = self.cache.take(name, || {
            let kms = self.client(self.content.kms_of(root))?;
            root::unwrap(&self.content, kms.as_ref(), version, root, wrapped)
        })?;
        root::verified(&self.content, version, root, key, wrapped)
    }

    /// Makes a data key for one output, published wrapped in its manifest: by the KMS, or, for a `local:` keyring and a writer file,
    /// sealed to the public key of `version`.
    ///
    /// # Errors
    /// [`KeyError::UnknownVersion`], [`KeyError::Disabled`] or [`KeyError::Destroyed`]; [`KeyError::MakeDataKey`] if the KMS does not give one.
    pub(crate) fn make_data_key(&self, version: u32) -> Result<DataKey, KeyError> {
        self.content.check_usable(version)?;
        if self.content.is_write_only() {
            return data_key::seal(&self.content, version, self.content.kms.clone());
        }
        let reference = self.content.kms_of(Root::Reveal);
        if reference.scheme() == LOCAL_SCHEME {
            let pair = data_key::writer_pair(&self.unwrap_root(version, Root::Reveal)?);
            return data_key::seal(&self.content, version, data_key::reference(&pair));
        }
        let kms = self.client(reference)?;
        data_key::generate(&self.content, version, kms.as_ref(), reference.clone())
    }

    /// Unwraps the data key of an output, and verifies its commitment.
    ///
    /// # Errors
    /// [`KeyError::UnknownVersion`], [`KeyError::Disabled`] or [`KeyError::Destroyed`]; [`KeyError::WriteOnly`]; [`KeyError::ForeignDataKey`] if the keyring does not know what wrapped
    /// it; [`KeyError::UnwrapDataKey`] if the KMS does not give it, [`KeyError::DataKeyCommitment`] if it gives another.
    pub(crate) fn unwrap_data_key(&self, wrapped: &WrappedDataKey) -> Result<DataKey, KeyError> {
        self.content.check_usable(wrapped.key_version)?;
        if wrapped.kms.scheme() == HPKE_SCHEME {
            let pair = data_key::writer_pair(&self.unwrap_root(wrapped.key_version, Root::Reveal)?);
            let key = data_key::unseal(&self.content, &pair, wrapped)?;
            return data_key::verified(&self.content, wrapped, Arc::new(key));
        }
        if self.content.is_write_only() {
            return Err(KeyError::WriteOnly { keyring: self.content.id.clone() });
        }
        let blob = data_key::trusted(&self.content, wrapped)?;
        let context = self.content.data_key_context();
        let key = self.cache.take(self.cache_key(&wrapped.kms, &blob, &context), || {
            let kms = self.client(&wrapped.kms)?;
            kms.unwrap(&blob, &context)
                .map_err(|source| data_key::not_unwrapped(&self.content, wrapped, source))
        })?;
        data_key::verified(&self.content, wrapped, key)
    }

    /// Writes a writer file: whoever has it can make data keys for `encrypt, key: output` under `version`, and open nothing. The public
    /// key in it is no secret; that only the right hosts write is a matter of who may write to the output.
    ///
    /// # Errors
    /// As [`Keyring::unwrap_root`]; [`KeyError::Exists`] if there is a file already, [`KeyError::Io`].
    pub fn export_writer(&self, version: u32, path: impl AsRef<Path>) -> Result<(), KeyError> {
        let path = path.as_ref();
        let pair = data_key::writer_pair(&self.unwrap_root(version, Root::Reveal)?);
        let writer = self.content.writer(version, data_key::reference(&pair))?;
        disk::publish_new(path, writer.to_json().as_bytes())
            .map_err(|source| cannot_write(path, source))
    }

    /// Adds an enabled version with new keys; gives its number.
    ///
    /// # Errors
    /// Returns [`KeyError::Kms`], [`KeyError::VersionsUsedUp`], or what every change may return: [`KeyError::Io`], [`KeyError::Malformed`],
    /// [`KeyError::NotAFile`], [`KeyError::Replaced`].
    pub fn add(&mut self, now: UtcTime) -> Result<u32, KeyError> {
        self.change(|keyring, content| keyring.append(content, VersionState::Enabled, now))
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
        let kept = self.change(|keyring, content| {
            let names = [&keyring.content, content].map(|content| keyring.names(content, version));
            content.destroy(version)?;
            Ok(names)
        })?;
        kept.iter().flatten().for_each(|name| self.cache.forget(name));
        Ok(())
    }

    /// Whether a rewrap is about the root keys of this kind; the others stay where they are.
    #[must_use]
    pub fn moves(&self, root: Root, to: &Rewrap) -> bool {
        self.content.moves(root, to)
    }

    /// Wraps every key that is left with another KMS or KEK. The keys, and with them all tokens, stay the same.
    ///
    /// Data keys of outputs stay as they are published: what wrapped them is kept in [`Keyring::former_kms`], and has to be kept in the KMS.
    ///
    /// # Errors
    /// Returns [`KeyError::Unwrap`], [`KeyError::Commitment`], [`KeyError::Kms`], or what every change may return (see [`Keyring::add`]).
    ///
    /// # Security
    /// Copies and backups of the old file still open with the old KEK.
    pub fn rewrap(&mut self, to: &Rewrap) -> Result<(), KeyError> {
        self.change(|keyring, content| keyring.rewrap_content(content, to))
    }

    /// Unwraps every key that is to move and wraps it anew. A key that the new KMS does not give back the same is an error, before
    /// anything is written: a KMS that only wraps would lock the keyring for good.
    fn rewrap_content(&self, content: &mut Content, to: &Rewrap) -> Result<(), KeyError> {
        let before = content.clone();
        content.move_to(to);
        let after = content.clone();
        let mut moving = Vec::new();
        for VersionInfo { version, keys, .. } in &mut content.versions {
            let Some(keys) = keys else { continue };
            for (root, key) in keys.each_mut().filter(|(root, _)| before.moves(*root, to)) {
                let unwrapped = self.ask(&before, *version, root, key)?;
                moving.push((unwrapped, key));
            }
        }
        // Nothing is made before it is sure that the old keys can be had.
        for reference in [&to.kms, &to.reveal_kms].into_iter().flatten() {
            self.provider
                .prepare(reference, &self.base)
                .map_err(|source| KeyError::Kms { reference: reference.clone(), source })?;
        }
        for (unwrapped, key) in moving {
            let kms = self.client(after.kms_of(unwrapped.root()))?;
            key.wrapped = root::rewrap(&after, kms.as_ref(), &unwrapped)?;
            self.ask(&after, unwrapped.version(), unwrapped.root(), key)?;
        }
        Ok(())
    }

    /// Asks the KMS for a root key, whatever the cache holds.
    fn ask(
        &self,
        content: &Content,
        version: u32,
        root: Root,
        key: &WrappedKey,
    ) -> Result<RootKey, KeyError> {
        let kms = self.client(content.kms_of(root))?;
        let secret = root::unwrap(content, kms.as_ref(), version, root, key)?;
        root::verified(content, version, root, Arc::new(secret), key)
    }

    /// Adds a version with new keys; gives its number.
    fn append(
        &self,
        content: &mut Content,
        state: VersionState,
        created: UtcTime,
    ) -> Result<u32, KeyError> {
        let version = content.next_version()?;
        let make = |root| {
            let kms = self.client(content.kms_of(root))?;
            root::generate(content, kms.as_ref(), version, root)
        };
        let keys = WrappedKeys { pseudonym: make(Root::Pseudonym)?, reveal: make(Root::Reveal)? };
        content.versions.push(VersionInfo { version, state, created, keys: Some(keys) });
        Ok(version)
    }

    fn new(
        content: Content,
        path: Option<PathBuf>,
        base: PathBuf,
        provider: Arc<dyn KmsProvider>,
    ) -> Self {
        let cache = KeyCache::new(CacheLimits::default());
        Self { content, path, base, provider, clients: Arc::default(), cache }
    }

    /// The client of a KMS, opened once. A KEK file is opened anew each time: it may have been exchanged, and costs nothing.
    fn client(&self, reference: &KmsReference) -> Result<Arc<dyn Kms>, KeyError> {
        let clients = self.clients.own();
        let mut clients = clients.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(reference) {
            return Ok(client.clone());
        }
        let opened = self.provider.open(reference, &self.base);
        let client: Arc<dyn Kms> =
            opened.map_err(|source| KeyError::Kms { reference: reference.clone(), source })?.into();
        if reference.scheme() != LOCAL_SCHEME {
            clients.insert(reference.clone(), client.clone());
        }
        Ok(client)
    }

    /// What the root keys of a version are kept under.
    fn names(&self, content: &Content, version: u32) -> Vec<CacheKey> {
        let keys = content.versions.iter().find(|entry| entry.version == version);
        let Some(keys) = keys.and_then(|entry| entry.keys.as_ref()) else { return Vec::new() };
        let name = |root| {
            let (kms, context) = (content.kms_of(root), content.wrapping_context(root));
            self.cache_key(kms, &keys.of(root).wrapped, &context)
        };
        Root::ALL.map(name).into()
    }

    /// What an unwrapped key is kept under: all that decides it, and which file of `local:` is meant.
    fn cache_key(
        &self,
        reference: &KmsReference,
        wrapped: &Wrapped,
        context: &EncryptionContext,
    ) -> CacheKey {
        let (reference, kek) = (reference.to_string(), wrapped.kek.clone().unwrap_or_default());
        let base = self.base.as_os_str().as_encoded_bytes();
        let context = context.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let mut parts = vec![base, reference.as_bytes(), kek.as_bytes(), &wrapped.blob];
        parts.extend(context);
        sha256(&enc(&parts))
    }

    /// Changes the file: reads it anew under the lock, and replaces it if `change` succeeds.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&Self, &mut Content) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        if self.content.is_write_only() {
            return Err(KeyError::WriteOnly { keyring: self.content.id.clone() });
        }
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

/// KMS clients by what opened them.
#[derive(Default)]
struct Clients(Mutex<HashMap<KmsReference, Arc<dyn Kms>>>);

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
    reveal_kms: Option<KmsReference>,
    context: EncryptionContext,
    now: UtcTime,
}

impl KeyringOptions {
    /// A keyring wrapped by `kms`, made at `now`.
    pub fn new(kms: KmsReference, now: UtcTime) -> Self {
        Self { kms, reveal_kms: None, context: EncryptionContext::new(), now }
    }

    /// Wraps the `reveal` root keys and data keys by another KMS or KEK, so that a right to the first gives pseudonyms and nothing more.
    pub fn reveal_kms(mut self, kms: KmsReference) -> Self {
        self.reveal_kms = Some(kms);
        self
    }

    /// Binds the wrapped keys to pairs of your own too. They are in clear in the file, and in a cloud KMS's audit log.
    pub fn encryption_context(mut self, context: EncryptionContext) -> Self {
        self.context = context;
        self
    }
}

/// Where keys move: what is not named stays.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Rewrap {
    pub(super) kms: Option<KmsReference>,
    pub(super) reveal_kms: Option<KmsReference>,
}

impl Rewrap {
    /// To `kms`, all keys; where `reveal` keys have a KMS of their own, these stay.
    pub fn to(kms: KmsReference) -> Self {
        Self { kms: Some(kms), reveal_kms: None }
    }

    /// The `reveal` keys to `kms`, which is theirs alone from then on.
    pub fn reveal_to(kms: KmsReference) -> Self {
        Self { kms: None, reveal_kms: Some(kms) }
    }

    /// This, and the `reveal` keys to `kms`.
    pub fn and_reveal_to(mut self, kms: KmsReference) -> Self {
        self.reveal_kms = Some(kms);
        self
    }
}

fn cannot_write(path: &Path, source: io::Error) -> KeyError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
        _ => KeyError::Io { operation: "write", path: path.to_owned(), source },
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
