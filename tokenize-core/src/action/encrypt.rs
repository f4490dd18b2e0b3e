//! `encrypt`: cells of AES-256-GCM-SIV (`docs/format.md`, section 7).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::DataType;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ActionError, Reason, Treat, Treated};
use crate::column::cell::{Cell, Ticks, Value, ticks_of};
use crate::column::value_type;
use crate::crypto::aead::{Aead, NONCE_LENGTH};
use crate::crypto::kdf::{Purpose, enc};
use crate::crypto::prf::Prf;
use crate::keys::{Keyring, Root, RootKey};
use crate::plan::Logical;
use crate::policy::{CellOutput, Mode};
use crate::secret::random_bytes;

/// Encrypts one column.
pub(super) struct Sealing {
    aead: Aead,
    /// The key of nonces, for deterministic cells.
    nonces: Option<Prf>,
    header: [u8; HEADER],
    aad: Vec<u8>,
    logical: Logical,
    as_text: bool,
    sealed: AtomicU64,
    path: String,
}

impl Sealing {
    pub(super) fn new(
        key: &RootKey,
        domain: &str,
        mode: Mode,
        output: CellOutput,
        logical: Logical,
        path: String,
    ) -> Result<Self, ActionError> {
        let mut id = [0; KEY_ID];
        let (kind, aead, nonces) = match mode {
            Mode::Deterministic => {
                let aead =
                    Aead::new(&key.subkey(Purpose::EncryptDeterministic, &[domain.as_bytes()]));
                (
                    Kind::Deterministic,
                    aead,
                    Some(Prf::new(&key.subkey(Purpose::EncryptNonce, &[domain.as_bytes()]))),
                )
            }
            _ => {
                random_bytes(&mut id)?;
                (Kind::Randomized, Aead::new(&key.subkey(Purpose::EncryptDataKey, &[&id])), None)
            }
        };
        let header = header(kind, key.version(), &id);
        let as_text = output == CellOutput::String;
        let aad = aad(domain, logical);
        Ok(Self { aead, nonces, header, aad, logical, as_text, sealed: AtomicU64::new(0), path })
    }

    fn seal(&self, cell: &Cell<'_>, random: &[u8; NONCE_LENGTH]) -> Treated {
        let plaintext = plaintext(cell).ok_or(Reason::Range)?;
        let nonce = match &self.nonces {
            None => *random,
            Some(nonces) => {
                let [nonce @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
                    nonces.tag(&enc(&[self.logical.name().as_bytes(), &plaintext]));
                nonce
            }
        };
        let mut sealed = self.header.to_vec();
        sealed.extend_from_slice(&nonce);
        self.aead.seal(&nonce, &self.aad, &plaintext, &mut sealed).map_err(|_| Reason::Range)?;
        Ok(if self.as_text { Value::Text(STANDARD.encode(sealed)) } else { Value::Bytes(sealed) })
    }
}

impl Treat for Sealing {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let before = self.sealed.fetch_add(cells.len() as u64, Ordering::Relaxed);
        if self.nonces.is_none() && before + cells.len() as u64 > CELLS_PER_KEY {
            return Err(ActionError::KeyExhausted { path: self.path.clone() });
        }
        let mut random =
            vec![0; if self.nonces.is_none() { cells.len() * NONCE_LENGTH } else { 0 }];
        random_bytes(&mut random)?;
        let nonces = random.as_chunks().0.iter().chain(std::iter::repeat(&[0; NONCE_LENGTH]));
        Ok(cells.iter().zip(nonces).map(|(cell, nonce)| self.seal(cell, nonce)).collect())
    }

    /// Randomized cells must not show which values are equal, deterministic ones may.
    fn is_function_of_cell(&self) -> bool {
        self.nonces.is_some()
    }
}

/// Decrypts one column.
pub(super) struct Opening {
    keyring: Keyring,
    domain: String,
    aad: Vec<u8>,
    logical: Logical,
    to: DataType,
    ticks: Option<Ticks>,
    /// By the header of the cells that it opens.
    keys: Mutex<HashMap<[u8; HEADER], Arc<Aead>>>,
}

impl Opening {
    pub(super) fn new(keyring: Keyring, domain: &str, logical: Logical, to: &DataType) -> Self {
        let to = value_type(to).clone();
        let (aad, ticks) = (aad(domain, logical), ticks_of(&to));
        Self { keyring, domain: domain.to_owned(), aad, logical, to, ticks, keys: Mutex::default() }
    }

    /// The plaintext of a cell.
    fn open(&self, cell: &Cell<'_>) -> Result<Result<Vec<u8>, Reason>, ActionError> {
        let Some(sealed) = sealed_bytes(cell) else { return Ok(Err(Reason::Cell)) };
        let parts = sealed
            .split_first_chunk::<HEADER>()
            .and_then(|(header, rest)| Some((header, rest.split_first_chunk::<NONCE_LENGTH>()?)));
        let Some((header, (nonce, sealed))) = parts else { return Ok(Err(Reason::Cell)) };
        let Some(aead) = self.key(header)? else { return Ok(Err(Reason::Cell)) };
        let mut plaintext = Vec::new();
        Ok(aead
            .open(nonce, &self.aad, sealed, &mut plaintext)
            .map(|()| plaintext)
            .map_err(|_| Reason::Cell))
    }

    /// The key that a header asks for; `None` if there is no such key.
    fn key(&self, header: &[u8; HEADER]) -> Result<Option<Arc<Aead>>, ActionError> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aead) = keys.get(header) {
            return Ok(Some(aead.clone()));
        }
        let Some((kind, version, id)) = read_header(header) else { return Ok(None) };
        if self.keyring.versions().iter().all(|known| known.version() != version) {
            return Ok(None);
        }
        let root = self.keyring.unwrap_root(version, Root::Reveal)?;
        let key = match kind {
            Kind::Randomized => root.subkey(Purpose::EncryptDataKey, &[&id]),
            Kind::Deterministic => {
                root.subkey(Purpose::EncryptDeterministic, &[self.domain.as_bytes()])
            }
        };
        let aead = Arc::new(Aead::new(&key));
        // Forged headers must not fill the memory.
        if keys.len() >= KEYS_KEPT {
            keys.clear();
        }
        keys.insert(*header, aead.clone());
        Ok(Some(aead))
    }
}

impl Treat for Opening {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let treat = |cell: &Cell<'_>| -> Result<Treated, ActionError> {
            let plaintext = self.open(cell)?;
            Ok(plaintext.and_then(|plaintext| {
                value(&plaintext, self.logical, &self.to, self.ticks).ok_or(Reason::Range)
            }))
        };
        cells.iter().map(treat).collect()
    }
}

/// Which logical type a cell was encrypted under: the one that opens it.
pub(crate) fn probe(
    keyring: &Keyring,
    domain: &str,
    cell: &Cell<'_>,
) -> Result<Option<Logical>, ActionError> {
    for logical in Logical::ALL {
        if Opening::new(keyring.clone(), domain, logical, &logical.usual_type()).open(cell)?.is_ok()
        {
            return Ok(Some(logical));
        }
    }
    Ok(None)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Randomized = 1,
    Deterministic = 2,
}

fn header(kind: Kind, version: u32, id: &[u8; KEY_ID]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = CELL_FORMAT;
    header[1] = kind as u8;
    header[2..6].copy_from_slice(&version.to_be_bytes());
    header[6..].copy_from_slice(id);
    header
}

fn read_header(header: &[u8; HEADER]) -> Option<(Kind, u32, [u8; KEY_ID])> {
    let [CELL_FORMAT, kind, a, b, c, d, id @ ..] = *header else { return None };
    let kind = match kind {
        1 => Kind::Randomized,
        2 if id == [0; KEY_ID] => Kind::Deterministic,
        _ => return None,
    };
    Some((kind, u32::from_be_bytes([a, b, c, d]), id))
}

fn sealed_bytes(cell: &Cell<'_>) -> Option<Vec<u8>> {
    match cell {
        Cell::Bytes(bytes) => Some(bytes.to_vec()),
        Cell::Text(text) => STANDARD.decode(text).ok(),
        _ => None,
    }
}

fn aad(domain: &str, logical: Logical) -> Vec<u8> {
    enc(&[b"tokenize/v1", b"cell", domain.as_bytes(), logical.name().as_bytes()])
}

/// The plaintext of a cell; `None` if a decimal of negative scale exceeds its 16 bytes.
fn plaintext(cell: &Cell<'_>) -> Option<Vec<u8>> {
    Some(match cell {
        Cell::Text(text) => text.as_bytes().to_vec(),
        Cell::Bytes(bytes) => bytes.to_vec(),
        Cell::Int(number) => number.to_be_bytes().to_vec(),
        Cell::Decimal(unscaled, scale) => {
            let (unscaled, scale) = reduced(*unscaled, *scale)?;
            let mut bytes = scale.to_be_bytes().to_vec();
            bytes.extend_from_slice(&unscaled.to_be_bytes());
            bytes
        }
        Cell::Float32(number) => number.to_bits().to_be_bytes().to_vec(),
        Cell::Float64(number) => number.to_bits().to_be_bytes().to_vec(),
        Cell::Bool(bool) => vec![u8::from(*bool)],
        Cell::Day(day) => i64::from(*day).to_be_bytes().to_vec(),
        Cell::Instant(count, ticks) => ticks.nanoseconds(*count).to_be_bytes().to_vec(),
        Cell::Time(count, ticks) => {
            i64::try_from(ticks.nanoseconds(*count)).ok()?.to_be_bytes().to_vec()
        }
    })
}

/// The value in a plaintext, for a column of type `to`.
fn value(plaintext: &[u8], logical: Logical, to: &DataType, ticks: Option<Ticks>) -> Option<Value> {
    Some(match logical {
        Logical::String => Value::Text(String::from_utf8(plaintext.to_vec()).ok()?),
        Logical::Binary => Value::Bytes(plaintext.to_vec()),
        Logical::Int => Value::Int(i128::from_be_bytes(plaintext.try_into().ok()?)),
        Logical::Decimal => {
            let (scale, unscaled) = plaintext.split_first()?;
            let (scale, unscaled) =
                (i8::from_be_bytes([*scale]), i128::from_be_bytes(unscaled.try_into().ok()?));
            let DataType::Decimal128(precision, to_scale) = to else { return None };
            let rescaled = rescaled(unscaled, scale, *to_scale)?;
            (rescaled.unsigned_abs() < 10_u128.checked_pow(u32::from(*precision))?)
                .then_some(Value::Decimal(rescaled))?
        }
        Logical::Float32 => {
            Value::Float32(f32::from_bits(u32::from_be_bytes(plaintext.try_into().ok()?)))
        }
        Logical::Float64 => {
            Value::Float64(f64::from_bits(u64::from_be_bytes(plaintext.try_into().ok()?)))
        }
        Logical::Bool => match plaintext {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            _ => return None,
        },
        Logical::Date => {
            Value::Day(i64::from_be_bytes(plaintext.try_into().ok()?).try_into().ok()?)
        }
        Logical::Timestamp => {
            Value::Ticks(ticks?.of_nanoseconds(i128::from_be_bytes(plaintext.try_into().ok()?))?)
        }
        Logical::Time => Value::Ticks(
            ticks?.of_nanoseconds(i64::from_be_bytes(plaintext.try_into().ok()?).into())?,
        ),
    })
}

/// The same number with no trailing zeros after the point.
fn reduced(mut unscaled: i128, mut scale: i8) -> Option<(i128, i8)> {
    while scale < 0 {
        unscaled = unscaled.checked_mul(10)?;
        scale += 1;
    }
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    Some((unscaled, scale))
}

fn rescaled(unscaled: i128, from: i8, to: i8) -> Option<i128> {
    let power = i32::from(to) - i32::from(from);
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 {
        return unscaled.checked_mul(factor);
    }
    (unscaled % factor == 0).then(|| unscaled / factor)
}

const CELL_FORMAT: u8 = 1;
const KEY_ID: usize = 16;
const HEADER: usize = 1 + 1 + 4 + KEY_ID;
/// RFC 8452, section 9: random nonces are safe for far more; this is where we stop.
const CELLS_PER_KEY: u64 = 1 << 32;
const KEYS_KEPT: usize = 1024;
