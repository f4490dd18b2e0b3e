//! The keys that cells of one output are sealed under, and how many cells each has sealed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::header::{Kind, header};
use crate::action::ActionError;
use crate::crypto::aead::{Aead, NONCE_LENGTH};
use crate::crypto::kdf::{Purpose, enc};
use crate::crypto::prf::sha256;
use crate::keys::{DataKey, KEY_ID, KeyError, Keyring, Power, RootKey, WrappedDataKey};
use crate::plan::Plan;
use crate::policy::{Action, Mode};
use crate::secret::random_bytes;

/// The randomized data keys of one output: one for each key version, and another when that one has sealed enough.
///
/// A key of the keyring is made where it is needed. One of `key: output` is made by [`Self::prepare`] and [`Self::renew`] only, so that
/// its wrapped form can be published before it seals anything.
pub(crate) struct SealingKeys {
    keyring: Keyring,
    roots: BTreeMap<u32, RootKey>,
    versions_of_output: Vec<u32>,
    limit: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By kind and key version.
    current: BTreeMap<(Kind, u32), Current>,
    /// Every data key of `key: output`, in the order in which they were made.
    made: Vec<DataKey>,
    /// Where ids and nonces come from if not from chance.
    source: Option<Source>,
}

/// Ids and nonces of a task, so that it can be done again and gives the same cells: no two tasks of an output have the same name.
///
/// Nobody has to be unable to foresee them: AES-GCM-SIV asks of nonces that they differ, and these are of a hash. Where a task is done again with other
/// rows, a nonce has two messages, which shows whether these are equal, and nothing else (RFC 8452, section 9).
struct Source {
    task: Vec<u8>,
    first_row: u64,
    /// How many draws there were for each column.
    draws: BTreeMap<String, u64>,
}

impl Source {
    fn key_id(&self, version: u32) -> [u8; KEY_ID] {
        let parts: [&[u8]; 3] = [b"key id", &self.task, &version.to_be_bytes()];
        let hash = sha256(&enc(&parts));
        *hash.first_chunk().expect("a hash of 32 bytes has 16 first ones")
    }

    fn nonces(&mut self, path: &str, out: &mut [[u8; NONCE_LENGTH]]) {
        let draw = self.draws.entry(path.to_owned()).or_default();
        for (number, pair) in out.chunks_mut(2).enumerate() {
            let place = [self.first_row, *draw, number as u64].map(u64::to_be_bytes);
            let parts: [&[u8]; 4] = [b"nonces", &self.task, path.as_bytes(), place.as_flattened()];
            let hash = sha256(&enc(&parts));
            for (nonce, bytes) in pair.iter_mut().zip(hash.as_chunks().0) {
                *nonce = *bytes;
            }
        }
        *draw += 1;
    }
}

struct Current {
    key: Arc<SealingKey>,
    sealed: u64,
}

/// A key and the head of the cells that it seals.
pub(crate) struct SealingKey {
    pub(super) aead: Aead,
    pub(super) header: [u8; super::header::HEADER],
}

impl SealingKeys {
    /// What the randomized cells of a plan need; root keys are unwrapped, data keys not made yet.
    pub(crate) fn new(plan: &Plan, keyring: &Keyring) -> Result<Self, KeyError> {
        Self::with_limit(plan, keyring, CELLS_PER_KEY)
    }

    pub(super) fn with_limit(plan: &Plan, keyring: &Keyring, limit: u64) -> Result<Self, KeyError> {
        let (mut roots, mut versions_of_output) = (BTreeMap::new(), Vec::new());
        let is_randomized =
            |action: &Action| matches!(action, Action::Encrypt { mode: Mode::Randomized, .. });
        for step in plan.steps.iter().filter(|step| is_randomized(&step.action)) {
            match step.key {
                Some((version, Power::DataKey)) => {
                    keyring.check_usable(version)?;
                    versions_of_output.push(version);
                }
                Some((version, power)) => {
                    if let (Some(root), Entry::Vacant(place)) = (power.root(), roots.entry(version))
                    {
                        place.insert(keyring.unwrap_root(version, root)?);
                    }
                }
                None => {}
            }
        }
        versions_of_output.sort_unstable();
        versions_of_output.dedup();
        let keyring = keyring.clone();
        Ok(Self { keyring, roots, versions_of_output, limit, state: Mutex::default() })
    }

    /// No key at all: nothing will be sealed.
    pub(crate) fn none(keyring: &Keyring) -> Self {
        let (roots, versions_of_output) = (BTreeMap::new(), Vec::new());
        let keyring = keyring.clone();
        Self { keyring, roots, versions_of_output, limit: 0, state: Mutex::default() }
    }

    /// Makes the data keys of `key: output` that are missing; nothing happens where there are none or all are there.
    pub(crate) fn prepare(&self) -> Result<(), KeyError> {
        self.make(|sealed| sealed.is_none()).map(drop)
    }

    /// Takes the data keys of `key: output` from those that were made elsewhere and published, the first of each version. What is not among
    /// them stays missing.
    pub(crate) fn adopt(&self, published: &[WrappedDataKey]) -> Result<(), KeyError> {
        let mut state = self.state();
        for &version in &self.versions_of_output {
            let Some(wrapped) = published.iter().find(|key| key.key_version() == version) else {
                continue;
            };
            let key = self.keyring.unwrap_data_key(wrapped)?;
            let sealing = Arc::new(SealingKey::of_output(&key));
            state.current.insert((Kind::Output, version), Current { key: sealing, sealed: 0 });
            state.made.push(key);
        }
        Ok(())
    }

    /// Makes another data key in the place of each that has sealed half of what it may; says whether it did.
    ///
    /// Called between batches: the other half is room for the batches that are under way.
    pub(crate) fn renew(&self) -> Result<bool, KeyError> {
        self.make(|sealed| sealed.is_some_and(|sealed| sealed > self.limit / 2))
    }

    /// Whether a data key has sealed half of what it may.
    pub(crate) fn is_renewal_due(&self) -> bool {
        let state = self.state();
        let sealed = |version| state.current.get(&(Kind::Output, version)).map(|it| it.sealed);
        let mut versions = self.versions_of_output.iter();
        versions.any(|version| sealed(*version).is_some_and(|sealed| sealed > self.limit / 2))
    }

    fn make(&self, is_due: impl Fn(Option<u64>) -> bool) -> Result<bool, KeyError> {
        let mut state = self.state();
        let mut is_new = false;
        for &version in &self.versions_of_output {
            let current = state.current.get(&(Kind::Output, version)).map(|current| current.sealed);
            if is_due(current) {
                let key = self.keyring.make_data_key(version)?;
                let sealing = Arc::new(SealingKey::of_output(&key));
                state.current.insert((Kind::Output, version), Current { key: sealing, sealed: 0 });
                state.made.push(key);
                is_new = true;
            }
        }
        Ok(is_new)
    }

    /// Whether the output needs data keys of its own.
    pub(crate) fn needs_data_keys(&self) -> bool {
        !self.versions_of_output.is_empty()
    }

    /// Whether no data key that the output needs is missing.
    pub(crate) fn is_ready(&self) -> bool {
        let state = self.state();
        let mut needed = self.versions_of_output.iter();
        needed.all(|version| state.current.contains_key(&(Kind::Output, *version)))
    }

    /// The data keys made so far.
    pub(crate) fn data_keys(&self) -> Vec<DataKey> {
        self.state().made.clone()
    }

    /// From now on ids and nonces are those of a task, at the row that its next batch starts at. Each task has keys of the keyring of its
    /// own; who does it again, with the same rows in the same batches on one thread, makes the same cells.
    pub(crate) fn begin(&self, task: &[u8], first_row: u64) {
        let mut state = self.state();
        if state.source.as_ref().is_none_or(|source| source.task != task) {
            state.current.retain(|(kind, _), _| *kind == Kind::Output);
        }
        state.source = Some(Source { task: task.to_owned(), first_row, draws: BTreeMap::new() });
    }

    /// A nonce for each of the next cells of a column.
    pub(super) fn nonces(
        &self,
        path: &str,
        cells: usize,
    ) -> Result<Vec<[u8; NONCE_LENGTH]>, ActionError> {
        let mut nonces = vec![[0; NONCE_LENGTH]; cells];
        if let Some(source) = &mut self.state().source {
            source.nonces(path, &mut nonces);
            return Ok(nonces);
        }
        random_bytes(nonces.as_flattened_mut())?;
        Ok(nonces)
    }

    /// A key with room for this many cells more, which are counted.
    pub(super) fn reserve(
        &self,
        kind: Kind,
        version: u32,
        cells: u64,
        path: &str,
    ) -> Result<Arc<SealingKey>, ActionError> {
        let exhausted = || ActionError::KeyExhausted { path: path.to_owned() };
        let mut state = self.state();
        let has_room = |current: &Current| current.sealed.saturating_add(cells) <= self.limit;
        match state.current.get_mut(&(kind, version)) {
            Some(current) if has_room(current) => {
                current.sealed += cells;
                Ok(current.key.clone())
            }
            Some(_) if kind == Kind::Output => Err(exhausted()),
            None if kind == Kind::Output => Err(ActionError::Unpublished { path: path.to_owned() }),
            _ if cells > self.limit => Err(exhausted()),
            _ => {
                let root = self.roots.get(&version).ok_or_else(exhausted)?;
                let mut id = [0; KEY_ID];
                match &state.source {
                    Some(source) => id = source.key_id(version),
                    None => random_bytes(&mut id)?,
                }
                let key = Arc::new(SealingKey::of_keyring(root, id));
                let current = Current { key: key.clone(), sealed: cells };
                state.current.insert((kind, version), current);
                Ok(key)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SealingKey {
    /// The key of the keyring with this id.
    fn of_keyring(root: &RootKey, id: [u8; KEY_ID]) -> Self {
        let aead = Aead::new(&root.subkey(Purpose::EncryptDataKey, &[&id]));
        Self { aead, header: header(Kind::Keyring, root.version(), &id) }
    }

    fn of_output(key: &DataKey) -> Self {
        let wrapped = key.wrapped();
        let header = header(Kind::Output, wrapped.key_version(), &wrapped.id());
        Self { aead: aead_of(key), header }
    }
}

/// The cipher of cells under a data key of `key: output`.
pub(super) fn aead_of(key: &DataKey) -> Aead {
    Aead::new(&key.subkey(Purpose::EncryptOutput, &[&key.wrapped().id()]))
}

/// The data keys that cells of `key: output` may be under, as manifests tell of them; unwrapped when a cell needs one.
#[derive(Clone, Default)]
pub(crate) struct OpeningKeys(Arc<BTreeMap<[u8; KEY_ID], WrappedDataKey>>);

impl OpeningKeys {
    /// The data keys of one or more outputs.
    pub(crate) fn new(keys: impl IntoIterator<Item = WrappedDataKey>) -> Self {
        Self(Arc::new(keys.into_iter().map(|key| (key.id(), key)).collect()))
    }

    /// The data key of a cell; `None` if no manifest tells of it.
    pub(super) fn find(&self, id: &[u8; KEY_ID]) -> Option<&WrappedDataKey> {
        self.0.get(id)
    }
}

/// RFC 8452, section 9: random nonces are safe for far more; this is where we stop.
const CELLS_PER_KEY: u64 = 1 << 32;

#[cfg(test)]
mod tests;
