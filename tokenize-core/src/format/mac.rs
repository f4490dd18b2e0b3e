//! `mac`: 46 bits change, the multicast and the locally administered bit stay (5.10).

use super::short::Taken;
use super::uuid::{read_digits, read_hex, write_hex};
use super::{
    Built, Case, FormatOptions, Misfit, Parsed, Rule, Scalar, Shortcut, Side, Written, alphabet,
};
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::crypto::domain::Payload;
use crate::hex::pair_of;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
struct Mac {
    case: Case,
    domains: ShortDomains,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let domains = ShortDomains::ranked(LAST).expect("ranks of 46 bits");
    Ok(Arc::new(Mac { case: alphabet::hex_case("mac", options)?, domains }))
}

impl Mac {
    fn read(&self, text: &str) -> Result<u128, Misfit> {
        let separator = match text.len() {
            12 => None,
            14 => Some((b'.', 5)),
            17 => match text.as_bytes().get(2) {
                Some(byte @ (b':' | b'-')) => Some((*byte, 3)),
                _ => return Err(Misfit),
            },
            _ => return Err(Misfit),
        };
        if let Some((separator, step)) = separator {
            let in_place = |(place, byte)| (place % step == step - 1) == (byte == separator);
            if !text.bytes().enumerate().all(in_place) {
                return Err(Misfit);
            }
        }
        read_hex(text, self.case, separator.map(|(separator, _)| separator)).ok_or(Misfit)
    }
}

/// What is kept, as a tweak.
fn tweak(bits: u128) -> u8 {
    u8::try_from((bits & KEPT) >> 40).unwrap_or(0)
}

/// The payload: all bits but those two.
fn squeeze(bits: u128) -> u128 {
    ((bits >> 42) << 40) | (bits & LOW)
}

/// `payload` around what `bits` keeps.
fn unsqueeze(payload: u128, bits: u128) -> u128 {
    ((payload >> 40) << 42) | (bits & KEPT) | (payload & LOW)
}

impl Rule for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn params(&self) -> Map<String, Value> {
        alphabet::case_params(self.case)
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let bits = self.read(scalar.text()?)?;
        Ok(Parsed::ranked(squeeze(bits), LAST, vec![tweak(bits)]))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let original = original.text()?;
        let rank = payload.small_rank(LAST)?;
        let bits = unsqueeze(rank, self.read(original)?);
        Ok(Written::Text(write_hex(original, bits, self.case)))
    }

    fn tweaked(&self) -> bool {
        true
    }
}

impl Shortcut for Mac {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, tweaks: &mut Vec<u8>) -> Option<Taken> {
        let text = text.as_bytes();
        let step = step(text.len())?;
        let separator = if step == 3 { text[2] } else { b'.' };
        if step == 3 && !matches!(separator, b':' | b'-') {
            return None;
        }
        let mut digits = [0; 12];
        for (to, from) in digits.chunks_mut(step - 1).zip(text.chunks(step)) {
            if from.get(step - 1).is_some_and(|byte| *byte != separator) {
                return None;
            }
            to.copy_from_slice(&from[..to.len()]);
        }
        let bits = read_digits(&digits, self.case)?.into();
        tweaks.push(tweak(bits));
        Some(Taken { domain: 0, halves: split(squeeze(bits)) })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        // What is kept is in the second digit, of whatever layout.
        let second = original.as_bytes().get(1..2).and_then(|text| read_digits(text, self.case));
        let bits = unsqueeze(payload.rank(), u128::from(second.unwrap_or(0)) << 40);
        let Some(step) = step(original.len()) else { return };
        let mut digits = [0; 12];
        let [.., a, b, c, d, e, f] = bits.to_be_bytes();
        for (pair, byte) in digits.chunks_mut(2).zip([a, b, c, d, e, f]) {
            pair.copy_from_slice(&pair_of(byte));
        }
        if self.case == Case::Upper {
            digits.make_ascii_uppercase();
        }
        let start = out.len();
        out.extend_from_slice(original.as_bytes());
        for (to, from) in out[start..].chunks_mut(step).zip(digits.chunks(step - 1)) {
            to[..from.len()].copy_from_slice(from);
        }
    }
}

/// How many characters a group of digits and its separator have, in a text of this length.
fn step(len: usize) -> Option<usize> {
    match len {
        12 => Some(13),
        14 => Some(5),
        17 => Some(3),
        _ => None,
    }
}

/// The largest of 46 bits.
const LAST: u128 = (1 << 46) - 1;

/// The two low bits of the first byte.
const KEPT: u128 = 3 << 40;

/// The five bytes after the first.
const LOW: u128 = (1 << 40) - 1;
