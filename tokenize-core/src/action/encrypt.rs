//! `encrypt`: cells of AES-256-GCM-SIV (`docs/format.md`, section 7).

mod header;
mod keys;
mod plaintext;
mod texts;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::DataType;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use self::header::{HEADER, Kind, header, read_header};
pub(crate) use self::keys::{OpeningKeys, SealingKeys};
use self::keys::{SealingKey, aead_of};
use self::plaintext::{plaintext, value};
use self::texts::CELLS;
use super::texts::TreatTexts;
use super::{ActionError, Reason, Treat, Treated};
use crate::column::cell::{Cell, Ticks, Value, ticks_of};
use crate::column::value_type;
use crate::crypto::aead::{Aead, NONCE_LENGTH};
use crate::crypto::kdf::{Purpose, enc};
use crate::crypto::prf::Prf;
use crate::keys::{KEY_ID, Keyring, Root, RootKey};
use crate::plan::Logical;
use crate::policy::{CellKey, CellOutput};

/// Encrypts one column.
pub(super) struct Sealing {
    by: By,
    aad: Vec<u8>,
    logical: Logical,
    as_text: bool,
    path: String,
}

/// Under which key, with which nonces.
pub(super) enum By {
    /// One key, nonces from the value.
    Value { key: SealingKey, nonces: Prf },
    /// The output's keys, random nonces.
    Chance { keys: Arc<SealingKeys>, kind: Kind, version: u32 },
}

impl By {
    /// Equal values give equal cells.
    pub(super) fn value(root: &RootKey, domain: &str) -> Self {
        let aead = Aead::new(&root.subkey(Purpose::EncryptDeterministic, &[domain.as_bytes()]));
        let nonces = Prf::new(&root.subkey(Purpose::EncryptNonce, &[domain.as_bytes()]));
        let header = header(Kind::Deterministic, root.version(), &[0; KEY_ID]);
        Self::Value { key: SealingKey { aead, header }, nonces }
    }

    /// Under a key of the keyring that the output has for itself.
    pub(super) fn keyring(keys: Arc<SealingKeys>, version: u32) -> Self {
        Self::Chance { keys, kind: Kind::Keyring, version }
    }

    /// Under a data key of the output.
    pub(super) fn output(keys: Arc<SealingKeys>, version: u32) -> Self {
        Self::Chance { keys, kind: Kind::Output, version }
    }
}

impl Sealing {
    pub(super) fn new(
        by: By,
        domain: &str,
        output: CellOutput,
        logical: Logical,
        path: String,
    ) -> Self {
        let as_text = output == CellOutput::String;
        Self { by, aad: aad(domain, logical), logical, as_text, path }
    }

    fn seal(&self, key: &SealingKey, nonce: &[u8; NONCE_LENGTH], plaintext: &[u8]) -> Treated {
        let mut sealed = key.header.to_vec();
        sealed.extend_from_slice(nonce);
        key.aead.seal(nonce, &self.aad, plaintext, &mut sealed).map_err(|_| Reason::Range)?;
        Ok(if self.as_text { Value::Text(STANDARD.encode(sealed)) } else { Value::Bytes(sealed) })
    }

    fn nonce_of(&self, nonces: &Prf, plaintext: &[u8]) -> [u8; NONCE_LENGTH] {
        let tag = nonces.tag(&enc(&[self.logical.name().as_bytes(), plaintext]));
        *tag.first_chunk().expect("a tag of 32 bytes has 12 first ones")
    }
}

impl Treat for Sealing {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        match &self.by {
            By::Value { key, nonces } => {
                let seal = |cell: &Cell<'_>| {
                    let plaintext = plaintext(cell).ok_or(Reason::Range)?;
                    self.seal(key, &self.nonce_of(nonces, &plaintext), &plaintext)
                };
                Ok(cells.iter().map(seal).collect())
            }
            By::Chance { keys, kind, version } => {
                let key = keys.reserve(*kind, *version, cells.len() as u64, &self.path)?;
                let nonces = keys.nonces(&self.path, cells.len())?;
                let seal = |(cell, nonce): (&Cell<'_>, &[u8; NONCE_LENGTH])| {
                    self.seal(&key, nonce, &plaintext(cell).ok_or(Reason::Range)?)
                };
                Ok(cells.iter().zip(&nonces).map(seal).collect())
            }
        }
    }

    fn texts(&self) -> Option<&dyn TreatTexts> {
        (self.logical == Logical::String).then_some(self)
    }

    /// Randomized cells must not show which values are equal, deterministic ones may.
    fn is_function_of_cell(&self) -> bool {
        matches!(self.by, By::Value { .. })
    }
}

/// Decrypts one column.
pub(super) struct Opening {
    keyring: Keyring,
    data_keys: OpeningKeys,
    key: CellKey,
    domain: String,
    aad: Vec<u8>,
    logical: Logical,
    to: DataType,
    ticks: Option<Ticks>,
    /// By the header of the cells that it opens.
    keys: Mutex<HashMap<[u8; HEADER], Arc<Aead>>>,
}

impl Opening {
    pub(super) fn new(
        keyring: Keyring,
        data_keys: OpeningKeys,
        key: CellKey,
        domain: &str,
        logical: Logical,
        to: &DataType,
    ) -> Self {
        let to = value_type(to).clone();
        let (aad, ticks) = (aad(domain, logical), ticks_of(&to));
        let domain = domain.to_owned();
        Self { keyring, data_keys, key, domain, aad, logical, to, ticks, keys: Mutex::default() }
    }

    /// Gives the plaintext of each cell to `each`, in order. Cells under one key are opened together, since the keys of many nonces
    /// cost less than those of one at a time.
    fn open(
        &self,
        cells: &[Cell<'_>],
        mut each: impl FnMut(Result<&[u8], Reason>),
    ) -> Result<(), ActionError> {
        let sealed: Vec<Cow<'_, [u8]>> = cells.iter().map(sealed_bytes).collect();
        let parts: Vec<Option<Parts<'_>>> = sealed.iter().map(|sealed| Parts::of(sealed)).collect();
        let header = |parts: &Option<Parts<'_>>| parts.as_ref().map(|parts| *parts.header);
        let mut plaintext = Vec::new();
        for run in parts.chunk_by(|a, b| header(a) == header(b)) {
            let key = header(&run[0]).map_or(Ok(Err(Reason::Cell)), |header| self.key(&header))?;
            let aead = match key {
                Ok(aead) => aead,
                Err(reason) => {
                    run.iter().for_each(|_| each(Err(reason)));
                    continue;
                }
            };
            for run in run.chunks(CELLS) {
                let parts: Vec<&Parts<'_>> = run.iter().flatten().collect();
                let nonces: Vec<_> = parts.iter().map(|parts| *parts.nonce).collect();
                for (keys, parts) in aead.nonce_keys(&nonces).iter().zip(parts) {
                    plaintext.clear();
                    let opened = keys.open(&self.aad, parts.sealed, &mut plaintext);
                    each(opened.map(|()| &*plaintext).map_err(|_| Reason::Cell));
                }
            }
        }
        Ok(())
    }

    /// The plaintext of a cell.
    fn open_one(&self, cell: &Cell<'_>) -> Result<Result<Vec<u8>, Reason>, ActionError> {
        let mut opened = Err(Reason::Cell);
        self.open(std::slice::from_ref(cell), |plaintext| opened = plaintext.map(<[u8]>::to_vec))?;
        Ok(opened)
    }

    /// The key that a header asks for.
    fn key(&self, header: &[u8; HEADER]) -> Result<Result<Arc<Aead>, Reason>, ActionError> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aead) = keys.get(header) {
            return Ok(Ok(aead.clone()));
        }
        let Some((kind, version, id)) = read_header(header) else { return Ok(Err(Reason::Cell)) };
        // Whoever may write an output must not have cells of the keyring opened by putting them there.
        if (kind == Kind::Output) != (self.key == CellKey::Output) {
            return Ok(Err(Reason::Cell));
        }
        if self.keyring.versions().iter().all(|known| known.version() != version) {
            return Ok(Err(Reason::Cell));
        }
        let aead = match kind {
            Kind::Output => match self.data_keys.find(&id) {
                None => return Ok(Err(Reason::DataKey)),
                Some(wrapped) if wrapped.key_version() != version => return Ok(Err(Reason::Cell)),
                Some(wrapped) => aead_of(&self.keyring.unwrap_data_key(wrapped)?),
            },
            Kind::Keyring | Kind::Deterministic => {
                let root = self.keyring.unwrap_root(version, Root::Reveal)?;
                Aead::new(&match kind {
                    Kind::Deterministic => {
                        root.subkey(Purpose::EncryptDeterministic, &[self.domain.as_bytes()])
                    }
                    _ => root.subkey(Purpose::EncryptDataKey, &[&id]),
                })
            }
        };
        let aead = Arc::new(aead);
        // Forged headers must not fill the memory.
        if keys.len() >= KEYS_KEPT {
            keys.clear();
        }
        keys.insert(*header, aead.clone());
        Ok(Ok(aead))
    }
}

impl Treat for Opening {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let mut treated = Vec::with_capacity(cells.len());
        self.open(cells, |plaintext| {
            treated.push(plaintext.and_then(|plaintext| {
                value(plaintext, self.logical, &self.to, self.ticks).ok_or(Reason::Range)
            }));
        })?;
        Ok(treated)
    }
}

/// A cell taken apart.
struct Parts<'a> {
    header: &'a [u8; HEADER],
    nonce: &'a [u8; NONCE_LENGTH],
    /// Ciphertext and tag.
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    /// `None` if the cell is too short.
    fn of(cell: &'a [u8]) -> Option<Self> {
        let (header, rest) = cell.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        Some(Self { header, nonce, sealed })
    }
}

/// Finds which logical type the cells of a column were encrypted under: the one that opens them.
pub(crate) struct Probe {
    openings: Vec<(Logical, Opening)>,
    tried: usize,
}

impl Probe {
    pub(crate) fn new(
        keyring: &Keyring,
        data_keys: &OpeningKeys,
        key: CellKey,
        domain: &str,
    ) -> Self {
        let opening = |logical: Logical| {
            let (keyring, data_keys) = (keyring.clone(), data_keys.clone());
            Opening::new(keyring, data_keys, key, domain, logical, &logical.usual_type())
        };
        let openings = Logical::ALL.into_iter().map(|logical| (logical, opening(logical)));
        Self { openings: openings.collect(), tried: 0 }
    }

    /// The logical type of a cell; `None` if it opens under none.
    pub(crate) fn logical(&mut self, cell: &Cell<'_>) -> Result<Option<Logical>, ActionError> {
        self.tried += 1;
        for (logical, opening) in &self.openings {
            if opening.open_one(cell)?.is_ok() {
                return Ok(Some(*logical));
            }
        }
        Ok(None)
    }

    /// Whether enough cells have been tried: none of the others will open either.
    pub(crate) fn is_given_up(&self) -> bool {
        self.tried >= PROBED_CELLS
    }
}

/// What a cell holds; nothing, which no key opens, if it is none.
fn sealed_bytes<'a>(cell: &Cell<'a>) -> Cow<'a, [u8]> {
    match cell {
        Cell::Bytes(bytes) => Cow::Borrowed(bytes),
        Cell::Text(text) => STANDARD.decode(text).unwrap_or_default().into(),
        _ => Cow::Borrowed(&[]),
    }
}

fn aad(domain: &str, logical: Logical) -> Vec<u8> {
    enc(&[b"tokenize/v1", b"cell", domain.as_bytes(), logical.name().as_bytes()])
}

const KEYS_KEPT: usize = 1024;
/// Of a column without metadata; a few may have been lost to `on_invalid` or damaged, not all.
const PROBED_CELLS: usize = 10_000;

#[cfg(test)]
mod tests;
