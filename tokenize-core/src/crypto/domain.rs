//! What a keyed permutation works on: a payload in a finite domain.

use super::natural::Natural;

/// A finite domain of payloads (`docs/format.md`, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Domain {
    /// All strings of `len` numerals below `radix`.
    Direct {
        /// The number of symbols.
        radix: u32,
        /// The number of numerals.
        len: usize,
    },
    /// The ranks 0 to `last`, both included: N = last + 1 (so that N = 2^128 needs no wider number).
    Ranked {
        /// The largest rank.
        last: Natural,
    },
}

/// A member of a [`Domain`]: numerals of a direct one, the rank of a ranked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Numerals, each below the radix, the most significant first.
    Numerals(Vec<u16>),
    /// A rank, at most `last`.
    Rank(Natural),
}

/// Which way a permutation is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From token to value.
    Decrypt,
    /// From value to token.
    Encrypt,
}
