//! The short way of card numbers.

use super::{Keep, LENGTHS, Pan, Side};
use crate::checksum::luhn;
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::crypto::domain::Domain;
use crate::format::short::{
    Shortcut, Taken, digit_values, number_of, power, read_digits, sixteen_digits, write_digits,
};

/// The digits of a number; those beyond its length are 0.
struct Digits {
    digits: [u8; LENGTHS.1],
    len: usize,
}

impl Digits {
    /// `None` if there are too few or too many, or a character is no digit and no separator.
    fn read(text: &str) -> Option<Self> {
        let (mut digits, mut len) = ([0; LENGTHS.1], 0);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    *digits.get_mut(len)? = byte - b'0';
                    len += 1;
                }
                b'-' | b' ' => {}
                _ => return None,
            }
        }
        (len >= LENGTHS.0).then_some(Self { digits, len })
    }

    fn all(&mut self) -> &mut [u8] {
        &mut self.digits[..self.len]
    }
}

/// Domains of the payloads of each length, from [`SHORTEST`] digits to the longest.
pub(super) fn domains() -> ShortDomains {
    let domains: Vec<Domain> =
        (SHORTEST..LENGTHS.1).map(|len| Domain::Direct { radix: 10, len }).collect();
    ShortDomains::new(&domains).expect("6 to 18 digits are enough for FF1 and halves of 64 bits")
}

impl Shortcut for Pan {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, side: Side, tweak: &mut Vec<u8>) -> Option<Taken> {
        if self.keep == Keep::default() && (LENGTHS.0..=WHOLE).contains(&text.len()) {
            return self.read_whole(text, side);
        }
        let mut number = Digits::read(text)?;
        let digits = number.all();
        let len = self.payload_len(digits.len())?;
        let domain = len.checked_sub(SHORTEST)?;
        if luhn::sum(digits) != self.sum(side) {
            return None;
        }
        let payload = digits.get(self.keep.first..self.keep.first + len)?;
        let (left, right) = payload.split_at(len / 2);
        let halves = [read_digits(left), read_digits(right)];
        let (first, last) = (&digits[..self.keep.first], &digits[digits.len() - self.keep.last..]);
        tweak.extend(first.iter().chain(last).map(|digit| b'0' + digit));
        Some(Taken { domain: u16::try_from(domain).ok()?, halves })
    }

    fn write(&self, original: &str, payload: &Short, side: Side, out: &mut Vec<u8>) {
        let len = SHORTEST + usize::from(payload.domain);
        if self.keep == Keep::default() && original.len() == len + 1 && len < WHOLE {
            return self.write_whole(payload.halves, len, side, out);
        }
        let Some(mut number) = Digits::read(original) else { return };
        let (first, last) = (self.keep.first, self.keep.last);
        let digits = number.all();
        let (left, right) = digits[first..first + len].split_at_mut(len / 2);
        write_digits(payload.halves[0], left);
        write_digits(payload.halves[1], right);
        digits[first + len] = 0;
        digits[first + len] = luhn::digit_for(last, self.sum(side) + 10 - luhn::sum(digits));
        if digits.len() == original.len() {
            out.extend(digits.iter().map(|digit| b'0' + digit));
            return;
        }
        let mut digits = digits.iter();
        out.extend(original.bytes().map(|byte| match byte {
            b'0'..=b'9' => digits.next().map_or(byte, |digit| b'0' + digit),
            _ => byte,
        }));
    }
}

impl Pan {
    /// A number without separators of which nothing is kept. One with them comes out as `None` too: it is rare enough for the long way.
    fn read_whole(&self, text: &str, side: Side) -> Option<Taken> {
        let values = digit_values(text.as_bytes())?;
        if luhn::sum_of_values(values) != self.sum(side) {
            return None;
        }
        let len = text.len() - 1;
        let (left, right) = power(len.div_ceil(2))?.div_rem(number_of(values) / 10);
        Some(Taken { domain: u16::try_from(len - SHORTEST).ok()?, halves: [left, right] })
    }

    fn write_whole(&self, halves: [u64; 2], len: usize, side: Side, out: &mut Vec<u8>) {
        let Some(part) = power(len.div_ceil(2)) else { return };
        let mut text = sixteen_digits((halves[0] * part.get() + halves[1]) * 10);
        let values = u128::from_be_bytes(text) & u128::from_ne_bytes([15; 16]);
        let sum = luhn::sum_of_values(split(values));
        text[WHOLE - 1] = b'0' + luhn::digit_for(0, self.sum(side) + 10 - sum);
        out.extend_from_slice(&text[WHOLE - 1 - len..]);
    }
}

/// The most digits that are read and written as one number.
const WHOLE: usize = 16;

/// The fewest payload digits that reach the floor of FF1.
const SHORTEST: usize = 6;
