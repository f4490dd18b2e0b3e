//! What is around a place: the digits and words of its block and of the two beside it, a bit for each byte.
//!
//! How long groups of digits are, where words begin, whether a number before goes on: all of it is told from these bits, without
//! another look at the bytes.

use wide::u8x16;

use super::scan::{BLOCK, bits, is_any, is_within, lanes};
use super::words::is_word;

/// What stands at a place and behind it: a bit for each byte, the lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) digits: u64,
    /// Letters and digits.
    pub(super) words: u64,
}

impl Window {
    /// The window at `at` of a value.
    pub(super) fn of(value: &[u8], at: usize) -> Self {
        let bytes = value.get(at..value.len().min(at + BLOCK)).unwrap_or_default();
        let bits = |is: fn(u8) -> bool| {
            (0..).zip(bytes).fold(0, |all, (bit, byte)| all | u64::from(is(*byte)) << bit)
        };
        Self { digits: bits(|byte| byte.is_ascii_digit()), words: bits(is_word) }
    }

    /// Nothing but the first `len` bytes.
    #[inline]
    pub(super) fn cut(self, len: usize) -> Self {
        let kept = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
        Self { digits: self.digits & kept, words: self.words & kept }
    }

    /// How many digits there are from a byte on, and how long the word is; what is beyond the window is not counted.
    #[inline]
    pub(super) fn digit_count(self, from: usize) -> usize {
        run_from(self.digits, from)
    }

    #[inline]
    pub(super) fn word_len(self, from: usize) -> usize {
        run_from(self.words, from)
    }

    /// Whether it begins with a word of digits.
    #[inline]
    pub(super) fn is_digits(self) -> bool {
        self.digits & 1 != 0 && self.digits.trailing_ones() == self.words.trailing_ones()
    }

    /// Whether what ends at a byte may go on beyond the window.
    pub(super) const fn is_far(self, end: usize) -> bool {
        end >= BLOCK
    }
}

#[inline]
fn run_from(bits: u64, from: usize) -> usize {
    if from < BLOCK { (bits >> from).trailing_ones() as usize } else { 0 }
}

/// A block with its neighbours, so that what is around a place of it can be told.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sight {
    /// Where the middle one begins.
    base: usize,
    digits: [u64; 3],
    words: [u64; 3],
    /// Where words of the middle one begin, and where they have ended.
    begins: u64,
    ends: u64,
    /// Where nothing begins, since a number before goes on: behind a joint behind a word with a digit, behind a colon behind a digit.
    /// A bit for each byte of the first two blocks.
    bound: u128,
}

impl Sight {
    pub(super) fn new(base: usize, [before, here, behind]: [Detail; 3]) -> Self {
        let shifted = here.words << 1 | before.words >> (BLOCK - 1);
        Self {
            base,
            digits: [before.digits, here.digits, behind.digits],
            words: [before.words, here.words, behind.words],
            begins: here.words & !shifted,
            ends: shifted & !here.words,
            bound: bound(before, here),
        }
    }

    /// How many bytes of the word around a place of the block stand before it, and how many from it on; `None` if it goes beyond.
    #[inline]
    pub(super) fn word(&self, place: usize) -> Option<(usize, usize)> {
        let bit = place.saturating_sub(self.base) % BLOCK;
        let begins = self.begins << (BLOCK - 1 - bit);
        let ends = self.ends >> bit;
        (begins != 0 && ends != 0)
            .then(|| (begins.leading_zeros() as usize, ends.trailing_zeros() as usize))
    }

    /// The window at a place of the block or of the one before.
    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<Window> {
        let bit = (place + BLOCK).checked_sub(self.base).filter(|bit| *bit < 2 * BLOCK)?;
        let bits = |words: &[u64; 3]| {
            let word = |word: usize| words.get(word).copied().unwrap_or(0);
            let (first, bit) = (bit / BLOCK, bit % BLOCK);
            word(first) >> bit | word(first + 1) << 1 << (BLOCK - 1 - bit)
        };
        Some(Window { digits: bits(&self.digits), words: bits(&self.words) })
    }

    /// Whether a number before goes on at `start` of a value that begins at `begin`; `None` if that is not to be seen from here.
    #[inline]
    pub(super) fn is_bound(&self, begin: usize, start: usize) -> Option<bool> {
        let bit = (start + BLOCK).checked_sub(self.base)?;
        let is_seen = start >= begin + NEAR && (NEAR..2 * BLOCK).contains(&bit);
        is_seen.then(|| self.bound >> bit & 1 != 0)
    }
}

/// See [`Sight::bound`].
fn bound(before: Detail, here: Detail) -> u128 {
    let both = |before: u64, here: u64| u128::from(here) << BLOCK | u128::from(before);
    let digits = both(before.digits, here.digits);
    let letters = both(before.words, here.words) & !digits;
    let joints = both(before.joints, here.joints);
    if joints == 0 && before.colons | here.colons == 0 {
        return 0;
    }
    // Letters behind a digit of their word: adding the first of a run to the run clears all of it.
    let firsts = letters & !(letters << 1) & digits << 1;
    let numbered = digits | letters & !letters.wrapping_add(firsts);
    // No farther than `follows_number` reads.
    let near = (0..4).fold(digits, |near, step| near | near << (1 << step));
    (joints & (numbered & near) << 1 | both(before.colons, here.colons) & digits << 1) << 1
}

/// What is known of a block where a digit is near.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Detail {
    digits: u64,
    /// Letters and digits.
    words: u64,
    /// What joins numbers, and words too: `-`, `.` and `/`.
    joints: u64,
    colons: u64,
}

impl Detail {
    /// Works it out, once the digits are known.
    pub(super) fn of(block: &[u8; BLOCK], digits: u64) -> Self {
        let lanes = lanes(block);
        let letters = lanes.map(|lane| is_within(lane | u8x16::splat(0x20), b'a', 26));
        Self {
            digits,
            words: digits | bits(letters),
            joints: bits(lanes.map(|lane| is_any(lane, b"-./"))),
            colons: bits(lanes.map(|lane| is_any(lane, b":"))),
        }
    }
}

/// How far before a place is looked: a joint, and the sixteen bytes before it.
const NEAR: usize = 18;

#[cfg(test)]
mod tests;
