//! The short way of texts: payloads as machine words, read and written without memory of their own.
//!
//! What a short way does not take, because it does not fit or is unusual, goes the long way of `Rule::parse`, which decides. So a
//! short way says nothing of its own about what fits: it agrees with the long one on all that it takes.

use std::fmt;

use super::Side;
use crate::crypto::cipher::{Short, ShortDomains};

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
                    let tweak = [start, read.tweaks.len()]
                        .map(|end| u32::try_from(end).unwrap_or(u32::MAX));
                    read.payloads.push(Short { domain, halves, tweak });
                    read.places.push(place);
                }
                None => read.tweaks.truncate(start),
            }
        }
    }
}

/// A text taken apart: see [`Short`].
pub(crate) struct Taken {
    pub(crate) domain: u8,
    pub(crate) halves: [u64; 2],
}

/// Texts that go the short way.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) places: Vec<u32>,
    pub(crate) payloads: Vec<Short>,
    /// End to end.
    pub(crate) tweaks: Vec<u8>,
}

/// Decimal digits, the most significant first: as many as `out` has room for. Divides by constants only.
pub(super) fn write_digits(mut number: u64, out: &mut [u8]) {
    let mut pairs = out.rchunks_exact_mut(2);
    for pair in &mut pairs {
        let last = byte(number % 100);
        number /= 100;
        pair.copy_from_slice(&[last / 10, last % 10]);
    }
    if let [first] = pairs.into_remainder() {
        *first = byte(number % 10);
    }
}

/// `NUM(10, digits)`.
pub(super) fn read_digits(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// A number below 256.
#[expect(clippy::cast_possible_truncation, reason = "a remainder by less than 256")]
pub(super) fn byte(number: u64) -> u8 {
    number as u8
}
