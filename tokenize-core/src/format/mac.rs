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
        let digits = match text.as_bytes() {
            text if text.len() == 12 => compact::<12>(text, b'.'),
            text if text.len() == 14 => compact::<4>(text, b'.'),
            text @ [_, _, separator @ (b':' | b'-'), ..] if text.len() == 17 => {
                compact::<2>(text, *separator)
            }
            _ => None,
        };
        let bits = read_digits(&digits?, self.case)?.into();
        tweaks.push(tweak(bits));
        Some(Taken { domain: 0, halves: split(squeeze(bits)) })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        // What is kept is in the second digit, of whatever layout.
        let second = original.as_bytes().get(1..2).and_then(|text| read_digits(text, self.case));
        let bits = unsqueeze(payload.rank(), u128::from(second.unwrap_or(0)) << 40);
        let mut digits = [0; 12];
        let [.., a, b, c, d, e, f] = bits.to_be_bytes();
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip([a, b, c, d, e, f]) {
            *pair = pair_of(byte);
        }
        if self.case == Case::Upper {
            digits.make_ascii_uppercase();
        }
        let start = out.len();
        out.extend_from_slice(original.as_bytes());
        let out = &mut out[start..];
        match out.len() {
            12 => spread::<12>(&digits, out),
            14 => spread::<4>(&digits, out),
            _ => spread::<2>(&digits, out),
        }
    }
}

/// The digits of a text in groups of `N`; `None` if something else than the separator is between them.
fn compact<const N: usize>(text: &[u8], separator: u8) -> Option<[u8; 12]> {
    let mut digits = [0; 12];
    for (to, from) in digits.as_chunks_mut::<N>().0.iter_mut().zip(text.chunks(N + 1)) {
        let (group, after) = from.split_first_chunk()?;
        if after.first().is_some_and(|byte| *byte != separator) {
            return None;
        }
        *to = *group;
    }
    Some(digits)
}

/// Writes digits in groups of `N` over those of a text.
fn spread<const N: usize>(digits: &[u8; 12], text: &mut [u8]) {
    for (to, from) in text.chunks_mut(N + 1).zip(digits.as_chunks::<N>().0) {
        if let Some(group) = to.first_chunk_mut() {
            *group = *from;
        }
    }
}

/// The largest of 46 bits.
const LAST: u128 = (1 << 46) - 1;

/// The two low bits of the first byte.
const KEPT: u128 = 3 << 40;

/// The five bytes after the first.
const LOW: u128 = (1 << 40) - 1;
