//! The short way of texts: payloads as machine words, read and written without memory of their own.
//!
//! What a short way does not take, because it does not fit or is unusual, goes the long way of `Rule::parse`, which decides. So a
//! short way says nothing of its own about what fits: it agrees with the long one on all that it takes.

use std::fmt;

use super::Side;
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::crypto::ff1::Modulus;

/// The short way of one format.
pub(crate) trait Shortcut: fmt::Debug + Send + Sync {
    /// The domains that its payloads are in.
    fn domains(&self) -> &ShortDomains;

    /// Takes a text apart and appends its tweak; `None` if it has to go the long way, with some of a tweak appended or not.
    fn read(&self, text: &str, side: Side, tweak: &mut Vec<u8>) -> Option<Taken>;

    /// Appends the text of a payload in the form of `original`, which [`Self::read`] has taken with this length of payload. `side` is the
    /// side being written.
    fn write(&self, original: &str, payload: &Short, side: Side, out: &mut Vec<u8>);

    /// Takes apart what goes the short way; `places` says which texts those are.
    fn read_all(&self, texts: &[&str], side: Side, read: &mut Texts) {
        for (place, text) in (0_u32..).zip(texts) {
            let start = read.tweaks.len();
            match self.read(text, side, &mut read.tweaks) {
                Some(Taken { domain, halves }) => {
                    let tweak = [start, read.tweaks.len() - start]
                        .map(|place| u32::try_from(place).unwrap_or(u32::MAX));
                    read.tweaks.resize(read.tweaks.len().next_multiple_of(16), 0);
                    read.payloads.push(Short { domain, halves, tweak });
                    read.places.push(place);
                }
                None => read.tweaks.truncate(start),
            }
        }
    }
}

/// Numbers whose ranks count from the first one, without a tweak: integers, or days.
pub(crate) struct Span<'a> {
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// The domain, the only one.
    pub(crate) domains: &'a ShortDomains,
}

/// A text taken apart: see [`Short`].
pub(crate) struct Taken {
    pub(crate) domain: u16,
    pub(crate) halves: [u64; 2],
}

/// Texts that go the short way.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) places: Vec<u32>,
    pub(crate) payloads: Vec<Short>,
    /// End to end, each with zeros behind it up to a multiple of 16 bytes.
    pub(crate) tweaks: Vec<u8>,
}

/// Ten to the power of 1 to 19, to divide by.
pub(super) fn power(exponent: usize) -> Option<&'static Modulus> {
    static POWERS: [Option<Modulus>; 20] = {
        let mut powers = [None; 20];
        let mut exponent = 1;
        while exponent < powers.len() {
            powers[exponent] = Modulus::new(10_u128.pow(exponent as u32));
            exponent += 1;
        }
        powers
    };
    POWERS.get(exponent)?.as_ref()
}

/// The number that a text of one to 19 decimal digits and nothing else writes.
#[inline]
pub(super) fn read_plain(text: &[u8]) -> Option<u64> {
    if (8..=16).contains(&text.len()) {
        return digit_values(text).map(number_of);
    }
    if !(1..=19).contains(&text.len()) {
        return None;
    }
    let (mut number, mut foreign) = (0, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        foreign |= u8::from(digit > 9);
        number = u64::wrapping_add(u64::wrapping_mul(number, 10), u64::from(digit));
    }
    (foreign == 0).then_some(number)
}

/// The values of 8 to 16 decimal digits, one in each byte, behind zeros; `None` if there is something else.
#[inline]
pub(super) fn digit_values(text: &[u8]) -> Option<[u64; 2]> {
    let short = 16_usize.checked_sub(text.len())?;
    let [first, last] =
        [text.first_chunk()?, text.last_chunk()?].map(|part| u64::from_be_bytes(*part));
    // In between some digits may be in both.
    let text = (u128::from(first) << (64 - 8 * short)) | u128::from(last);
    let values = text ^ (u128::from_ne_bytes([b'0'; 16]) >> (8 * short));
    // The top bit of each byte: whether it is above 9.
    let foreign = (values.wrapping_add(u128::from_ne_bytes([0x76; 16])) | values)
        & u128::from_ne_bytes([0x80; 16]);
    (foreign == 0).then_some(split(values))
}

/// The number of which [`digit_values`] are the digits.
#[inline]
pub(super) fn number_of(values: [u64; 2]) -> u64 {
    let [first, last] = values.map(eight_values);
    first * 100_000_000 + last
}

/// The number of eight digits 0 to 9, the first in the highest byte: pairs at a time, then fours, then all.
#[inline]
fn eight_values(digits: u64) -> u64 {
    let twos = (digits & 0x000f_000f_000f_000f) + 10 * (digits >> 8 & 0x000f_000f_000f_000f);
    let fours = (twos & 0x0000_007f_0000_007f) + 100 * (twos >> 16 & 0x0000_007f_0000_007f);
    (fours & 0x3fff) + 10_000 * (fours >> 32)
}

/// Appends the `count` last decimal digits of a number, at most 16.
#[inline]
pub(super) fn push_digits(number: u64, count: usize, out: &mut Vec<u8>) {
    let digits = u128::from_be_bytes(sixteen_digits(number));
    let start = out.len();
    out.extend_from_slice(&(digits << (8 * (16 - count) % 128)).to_be_bytes());
    out.truncate(start + count);
}

/// Appends a number in decimal, with zeros before it up to `least` digits, at most 16.
#[inline]
pub(super) fn push_number(number: u64, least: usize, out: &mut Vec<u8>) {
    let (first, last) = (number / 10_000_000_000_000_000, number % 10_000_000_000_000_000);
    if first > 0 {
        write_number(first, 1, out);
    }
    write_number(last, if first > 0 { 16 } else { least }, out);
}

fn write_number(number: u64, least: usize, out: &mut Vec<u8>) {
    let digits = sixteen_digits(number);
    let values = u128::from_be_bytes(digits) & u128::from_ne_bytes([15; 16]);
    let zeros = values.leading_zeros() as usize / 8;
    out.extend_from_slice(&digits[zeros.min(16 - least.max(1))..]);
}

/// The 16 last decimal digits of a number in ASCII.
#[inline]
pub(super) fn sixteen_digits(number: u64) -> [u8; 16] {
    let (first, last) = (number / 100_000_000, number % 100_000_000);
    let (first, last) = (eight_digits(first % 100_000_000), eight_digits(last));
    ((u128::from(first) << 64) | u128::from(last)).to_be_bytes()
}

/// The decimal digits of a number below 10^8 in ASCII, the first in the highest byte: all at a time, in parts of one word.
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = ((number / 10_000) << 32) | (number % 10_000);
    // Division of each part by 100, and then by 10, as multiplication: exact for numbers below 10^4 and below 100.
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = (hundreds << 16) | (fours - 100 * hundreds);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = (tens << 8) | (twos - 10 * tens);
    digits | 0x3030_3030_3030_3030
}

/// `NUM(10, digits)`.
pub(super) fn read_digits(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// Decimal digits, the most significant first: as many as `out` has room for. Divides by constants only.
pub(super) fn write_digits(mut number: u64, out: &mut [u8]) {
    for digit in out.iter_mut().rev() {
        *digit = byte(number % 10);
        number /= 10;
    }
}

/// A number below 256.
#[expect(clippy::cast_possible_truncation, reason = "a remainder by less than 256")]
pub(super) fn byte(number: u64) -> u8 {
    number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_number() {
        for number in (0..100_000_000).step_by(997).chain(0..20_000).chain([99_999_999]) {
            assert_eq!(eight_digits(number).to_be_bytes(), *format!("{number:08}").as_bytes());
        }
        for (number, count, expected) in [
            (9_999_999_999_999_999, 16, "9999999999999999"),
            (1, 16, "0000000000000001"),
            (123_456_789, 9, "123456789"),
            (5, 1, "5"),
        ] {
            let mut out = b"x".to_vec();
            push_digits(number, count, &mut out);
            assert_eq!(out, format!("x{expected}").into_bytes());
            assert_eq!(read_plain(expected.as_bytes()), Some(number));
        }
        for (number, least, expected) in [
            (0, 1, "0"),
            (0, 3, "000"),
            (7, 2, "07"),
            (120, 1, "120"),
            (9_999_999_999_999_999, 1, "9999999999999999"),
            (10_000_000_000_000_000, 3, "10000000000000000"),
            (u64::MAX, 16, "18446744073709551615"),
        ] {
            let mut out = b"x".to_vec();
            push_number(number, least, &mut out);
            assert_eq!(out, format!("x{expected}").into_bytes());
        }
        for len in 1..=19 {
            let text = &"9081726354433221109"[..len];
            assert_eq!(read_plain(text.as_bytes()), text.parse().ok());
            for foreign in [b'/', b':', b' ', 0, 0x80, 0xb0, 0xff] {
                for place in 0..len {
                    let mut text = text.as_bytes().to_vec();
                    text[place] = foreign;
                    assert_eq!(read_plain(&text), None, "{foreign} at {place} of {len}");
                }
            }
        }
        for text in ["", "1 2", "12-", "12345678901234567890", "１"] {
            assert_eq!(read_plain(text.as_bytes()), None);
        }
    }
}
