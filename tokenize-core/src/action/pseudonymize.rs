//! `pseudonymize`: HMAC-SHA256 of the canonical value (`docs/format.md`, section 6).

use arrow::datatypes::DataType;

use super::texts::{Results, TreatTexts};
use super::{ActionError, Reason, Treat, Treated, canonical};
use crate::column::cell::{Cell, Value};
use crate::column::value_type;
use crate::crypto::kdf::Purpose;
use crate::crypto::prf::Prf;
use crate::hex::{hex, push_hex};
use crate::keys::RootKey;
use crate::policy::PseudonymOutput;

/// The pseudonyms of one column.
pub(super) struct Pseudonyms {
    prf: Prf,
    output: PseudonymOutput,
    as_bytes: bool,
}

impl Pseudonyms {
    pub(super) fn new(key: &RootKey, domain: &str, output: PseudonymOutput, to: &DataType) -> Self {
        let prf = Prf::new(
            &key.subkey(Purpose::Pseudonymize, &[output.name().as_bytes(), domain.as_bytes()]),
        );
        Self { prf, output, as_bytes: matches!(value_type(to), DataType::FixedSizeBinary(_)) }
    }

    fn pseudonym(&self, message: &[u8]) -> Value {
        let tag = self.prf.tag(message);
        match self.output {
            PseudonymOutput::Int64 => {
                let [a, b, c, d, e, f, g, h, ..] = tag;
                Value::Int(i128::from(
                    u64::from_be_bytes([a, b, c, d, e, f, g, h]) & (u64::MAX >> 1),
                ))
            }
            PseudonymOutput::Uuid => uuid(&tag, self.as_bytes),
            _ => Value::Text(hex(&tag)),
        }
    }
}

impl Treat for Pseudonyms {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let mut message = Vec::new();
        let mut treat = |cell: &Cell<'_>| {
            message.clear();
            canonical::write(cell, &mut message)
                .map(|()| self.pseudonym(&message))
                .ok_or(Reason::Range)
        };
        Ok(cells.iter().map(&mut treat).collect())
    }

    fn texts(&self) -> Option<&dyn TreatTexts> {
        let is_text = match self.output {
            PseudonymOutput::Int64 => false,
            PseudonymOutput::Uuid => !self.as_bytes,
            _ => true,
        };
        is_text.then_some(self)
    }
}

impl TreatTexts for Pseudonyms {
    /// The canonical value of a text is the text.
    fn treat_texts(&self, texts: &[&str], out: &mut Results) -> Result<(), ActionError> {
        out.ends.reserve(texts.len());
        for text in texts {
            let tag = self.prf.tag(text.as_bytes());
            match self.output {
                PseudonymOutput::Uuid => push_uuid(&uuid_bytes(&tag), &mut out.bytes),
                _ => push_hex(&tag, &mut out.bytes),
            }
            out.end();
        }
        Ok(())
    }

    fn bytes_for(&self, texts: usize, _: usize) -> usize {
        texts * if self.output == PseudonymOutput::Uuid { 36 } else { 64 }
    }
}

/// Version 8 (custom) and variant 10 of RFC 9562, section 5.8.
fn uuid_bytes(tag: &[u8; 32]) -> [u8; 16] {
    let [mut bytes, _] = *tag.as_chunks().0 else { return [0; 16] };
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    bytes
}

fn uuid(tag: &[u8; 32], as_bytes: bool) -> Value {
    let bytes = uuid_bytes(tag);
    if as_bytes {
        return Value::Bytes(bytes.to_vec());
    }
    let digits = hex(&bytes);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Value::Text(groups.join("-"))
}

fn push_uuid(bytes: &[u8; 16], out: &mut Vec<u8>) {
    for (i, group) in [0..4, 4..6, 6..8, 8..10, 10..16].into_iter().enumerate() {
        if i > 0 {
            out.push(b'-');
        }
        push_hex(&bytes[group], out);
    }
}
