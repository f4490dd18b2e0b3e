//! `uuid`: 122 bits change, version and variant stay (5.9). Also how hexadecimal digits of one case are read and written.

mod short;

pub(super) use short::read_digits;

use super::{
    Built, Case, FormatOptions, Kind, Misfit, Parsed, Rule, Scalar, Shortcut, Side, Written,
    alphabet,
};
use crate::crypto::cipher::ShortDomains;
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
struct Uuid {
    case: Case,
    domains: ShortDomains,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let domains = ShortDomains::ranked(LAST).expect("ranks of 122 bits");
    Ok(Arc::new(Uuid { case: alphabet::hex_case("uuid", options)?, domains }))
}

/// The number that the hexadecimal digits of a text write, `separator` between them being skipped. `None` for anything else.
pub(super) fn read_hex(text: &str, case: Case, separator: Option<u8>) -> Option<u128> {
    let mut number = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' if case == Case::Lower => byte - b'a' + 10,
            b'A'..=b'F' if case == Case::Upper => byte - b'A' + 10,
            _ if Some(byte) == separator => continue,
            _ => return None,
        };
        number = (number << 4) | u128::from(digit);
    }
    Some(number)
}

/// A text of the layout of `original` that writes `number` in as many hexadecimal digits.
pub(super) fn write_hex(original: &str, number: u128, case: Case) -> String {
    let mut shift = 4 * original.bytes().filter(u8::is_ascii_alphanumeric).count();
    let digits = if case == Case::Upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let symbol = |symbol: char| {
        if !symbol.is_ascii_alphanumeric() {
            return symbol;
        }
        shift = shift.saturating_sub(4);
        usize::try_from((number >> shift) & 15)
            .ok()
            .and_then(|digit| digits.get(digit))
            .map_or(symbol, |digit| char::from(*digit))
    };
    original.chars().map(symbol).collect()
}

impl Uuid {
    fn read(&self, scalar: Scalar<'_>) -> Result<u128, Misfit> {
        match scalar {
            Scalar::Bytes(bytes) => Ok(u128::from_be_bytes(*bytes)),
            Scalar::Text(text) if text.len() == 32 => read_hex(text, self.case, None).ok_or(Misfit),
            Scalar::Text(text) if text.len() == 36 => {
                let hyphens = text
                    .bytes()
                    .enumerate()
                    .filter(|(_, byte)| *byte == b'-')
                    .map(|(place, _)| place);
                if !hyphens.eq(HYPHENS) {
                    return Err(Misfit);
                }
                read_hex(text, self.case, Some(b'-')).ok_or(Misfit)
            }
            _ => Err(Misfit),
        }
    }
}

/// What is kept, as a tweak: the version and the variant.
fn tweak(bits: u128) -> u8 {
    let [version, variant] = [bits >> 76 & 15, bits >> 62 & 3];
    u8::try_from(version << 2 | variant).unwrap_or(0)
}

/// The payload: all bits but version and variant.
fn squeeze(bits: u128) -> u128 {
    ((bits >> 80) << 74) | (((bits >> 64) & 0xfff) << 62) | (bits & LOW)
}

/// `payload` between the version and the variant of `bits`.
fn unsqueeze(payload: u128, bits: u128) -> u128 {
    ((payload >> 74) << 80)
        | (bits & VERSION)
        | (((payload >> 62) & 0xfff) << 64)
        | (bits & VARIANT)
        | (payload & LOW)
}

impl Rule for Uuid {
    fn name(&self) -> &'static str {
        "uuid"
    }

    fn params(&self) -> Map<String, Value> {
        alphabet::case_params(self.case)
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let bits = self.read(scalar)?;
        Ok(Parsed::ranked(squeeze(bits), LAST, vec![tweak(bits)]))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let bits = unsqueeze(payload.small_rank(LAST)?, self.read(original)?);
        match original {
            Scalar::Text(text) => Ok(Written::Text(write_hex(text, bits, self.case))),
            _ => Ok(Written::Bytes(bits.to_be_bytes())),
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Bytes, Kind::Text]
    }

    fn tweaked(&self) -> bool {
        true
    }
}

/// Where the hyphens of 8-4-4-4-12 are.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The largest of 122 bits.
const LAST: u128 = (1 << 122) - 1;

/// The high four bits of byte 6.
const VERSION: u128 = 0xf << 76;

/// The two top bits of byte 8.
const VARIANT: u128 = 3 << 62;

/// The 62 bits below the variant.
const LOW: u128 = (1 << 62) - 1;
