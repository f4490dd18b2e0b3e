//! `mac`: 46 bits change, the multicast and the locally administered bit stay (5.10).

use super::uuid::{read_hex, write_hex};
use super::{Built, Case, FormatOptions, Misfit, Parsed, Rule, Scalar, Side, Written, alphabet};
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
struct Mac {
    case: Case,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    Ok(Arc::new(Mac { case: alphabet::hex_case("mac", options)? }))
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

impl Rule for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn params(&self) -> Map<String, Value> {
        alphabet::case_params(self.case)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let bits = self.read(scalar.text()?)?;
        let tweak = vec![u8::try_from((bits & KEPT) >> 40).map_err(|_| Misfit)?];
        Ok(Parsed::ranked(((bits >> 42) << 40) | (bits & LOW), LAST, tweak))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let original = original.text()?;
        let rank = payload.small_rank(LAST)?;
        let bits = ((rank >> 40) << 42) | (self.read(original)? & KEPT) | (rank & LOW);
        Ok(Written::Text(write_hex(original, bits, self.case)))
    }

    fn tweaked(&self) -> bool {
        true
    }
}

/// The largest of 46 bits.
const LAST: u128 = (1 << 46) - 1;

/// The two low bits of the first byte.
const KEPT: u128 = 3 << 40;

/// The five bytes after the first.
const LOW: u128 = (1 << 40) - 1;
