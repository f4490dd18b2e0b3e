//! The short way of UUIDs; and of hexadecimal digits.

use super::{Case, HYPHENS, Side, Uuid, VARIANT, VERSION, squeeze, tweak, unsqueeze};
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::format::short::{Shortcut, Taken};
use crate::hex::push_hex;

impl Shortcut for Uuid {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, tweaks: &mut Vec<u8>) -> Option<Taken> {
        let text = text.as_bytes();
        let mut digits = [0; 32];
        if text.len() == 36 {
            let mut from = 0;
            let mut rest = &mut digits[..];
            for to in HYPHENS.into_iter().chain([36]) {
                let (part, more) = rest.split_at_mut(to - from);
                part.copy_from_slice(&text[from..to]);
                if text.get(to).is_some_and(|byte| *byte != b'-') {
                    return None;
                }
                (from, rest) = (to + 1, more);
            }
        } else {
            digits = text.try_into().ok()?;
        }
        let [first, last] = [&digits[..16], &digits[16..]].map(|part| read_digits(part, self.case));
        let bits = (u128::from(first?) << 64) | u128::from(last?);
        tweaks.push(tweak(bits));
        Some(Taken { domain: 0, halves: split(squeeze(bits)) })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let original = original.as_bytes();
        let [version, variant] = if original.len() == 36 { [14, 19] } else { [12, 16] };
        let digit = |place: usize| read_digits(&original[place..=place], self.case).unwrap_or(0);
        let kept = (u128::from(digit(version)) << 76) | (u128::from(digit(variant)) << 60);
        let bits = unsqueeze(payload.rank(), kept & (VERSION | VARIANT)).to_be_bytes();
        let start = out.len();
        if original.len() == 36 {
            let mut from = 0;
            for to in [4, 6, 8, 10, 16] {
                if from > 0 {
                    out.push(b'-');
                }
                push_hex(&bits[from..to], out);
                from = to;
            }
        } else {
            push_hex(&bits, out);
        }
        if self.case == Case::Upper {
            out[start..].make_ascii_uppercase();
        }
    }
}

/// The number that at most 16 hexadecimal digits of one case write; `None` if others are among them.
#[inline]
pub(in crate::format) fn read_digits(digits: &[u8], case: Case) -> Option<u64> {
    let values = if case == Case::Upper { &UPPER } else { &LOWER };
    let (mut number, mut all) = (0, 0);
    for digit in digits {
        let value = values[usize::from(*digit)];
        number = (number << 4) | u64::from(value & 15);
        all |= value;
    }
    (all < FOREIGN).then_some(number)
}

/// What each byte is: the value of a digit, or [`FOREIGN`].
const fn values(digits: &[u8; 16]) -> [u8; 256] {
    let mut values = [FOREIGN; 256];
    let mut value = 0;
    while value < digits.len() {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values
}

const LOWER: [u8; 256] = values(b"0123456789abcdef");
const UPPER: [u8; 256] = values(b"0123456789ABCDEF");
const FOREIGN: u8 = 128;
