//! A keyed permutation of few values: a table shuffled by an AES-256 key stream (`docs/format.md`, section 4.3).
//!
//! # Security
//! For a uniform key stream every permutation is equally likely, so this is the best a deterministic mapping of N values can
//! be. That is not much when N is small: who sees which tokens occur how often, or may have N − 1 values mapped, knows
//! the rest. It exists because FF1 is weaker still on such domains.

use zeroize::Zeroize;

use super::block::{Aes, Block};
use super::domain::Direction;
use super::ff1::FLOOR;
use crate::secret::Secret;

/// A permutation of `0..size` and its inverse. Both tables are wiped when it is dropped: they are as good as the key.
pub(crate) struct Permutation {
    forward: Vec<u32>,
    inverse: Vec<u32>,
}

impl Permutation {
    /// The permutation that `key` chooses among those of `0..size`; `None` unless `1 <= size < 1,000,000`.
    pub(crate) fn new(key: &Secret, size: u32) -> Option<Self> {
        if !(1..FLOOR).contains(&size) {
            return None;
        }
        let mut stream = KeyStream::new(key);
        let mut forward: Vec<u32> = (0..size).collect();
        for last in (1..size).rev() {
            forward.swap(last as usize, stream.below(last + 1) as usize);
        }
        let mut inverse = vec![0; forward.len()];
        for (rank, image) in (0..size).zip(&forward) {
            inverse[*image as usize] = rank;
        }
        Some(Self { forward, inverse })
    }

    /// The image of `rank`, or `None` if it is not below the size.
    pub(crate) fn apply(&self, direction: Direction, rank: u32) -> Option<u32> {
        let table = match direction {
            Direction::Encrypt => &self.forward,
            Direction::Decrypt => &self.inverse,
        };
        table.get(rank as usize).copied()
    }
}

impl Drop for Permutation {
    fn drop(&mut self) {
        self.forward.zeroize();
        self.inverse.zeroize();
    }
}

/// AES-256 in counter mode, from a 16-byte big-endian counter of 0, read as big-endian integers of 4 bytes.
struct KeyStream {
    aes: Aes,
    counter: u128,
    blocks: [Block; 32],
    /// The next unread byte of `blocks`.
    at: usize,
}

impl KeyStream {
    fn new(key: &Secret) -> Self {
        let blocks = [[0; 16]; 32];
        Self { aes: Aes::aes256(key), counter: 0, blocks, at: blocks.as_flattened().len() }
    }

    fn next(&mut self) -> u32 {
        if self.at == self.blocks.as_flattened().len() {
            for block in &mut self.blocks {
                *block = self.counter.to_be_bytes();
                self.counter += 1;
            }
            self.aes.encrypt(&mut self.blocks);
            self.at = 0;
        }
        let bytes = &self.blocks.as_flattened()[self.at..];
        self.at += 4;
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// A uniform number below `bound`: draws at or above its largest multiple would favour small numbers and are discarded.
    fn below(&mut self, bound: u32) -> u32 {
        let usable = (1 << 32) / u64::from(bound) * u64::from(bound);
        loop {
            let drawn = self.next();
            if u64::from(drawn) < usable {
                return drawn % bound;
            }
        }
    }
}

impl Drop for KeyStream {
    fn drop(&mut self) {
        self.blocks.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::prf::sha256;
    use crate::crypto::vectors::{counting_secret, hex};

    fn table(size: u32) -> Vec<u32> {
        let permutation = Permutation::new(&counting_secret(0), size).unwrap();
        (0..size).map(|rank| permutation.apply(Direction::Encrypt, rank).unwrap()).collect()
    }

    /// Computed from the text of `docs/format.md` with Python and OpenSSL.
    #[test]
    fn tables_are_as_documented() {
        assert_eq!(table(10), [3, 5, 6, 1, 7, 4, 0, 9, 2, 8]);
        let bytes: Vec<u8> = table(999_999).iter().flat_map(|image| image.to_be_bytes()).collect();
        let expected = hex("27bd8fddd8ff84ca6b8e3a76dc8f3fa346d20a88a8c25eb54f20aa0301aaa7f9");
        assert_eq!(sha256(&bytes), *expected);
    }

    #[test]
    fn every_size_is_a_bijection() {
        for size in [1, 2, 3, 7, 10, 366, 1000, 10_000, 73_049, 100_000, 524_288, 999_999] {
            let permutation = Permutation::new(&counting_secret(9), size).unwrap();
            let mut seen = vec![false; size as usize];
            for rank in 0..size {
                let image = permutation.apply(Direction::Encrypt, rank).unwrap();
                assert!(!std::mem::replace(&mut seen[image as usize], true));
                assert_eq!(permutation.apply(Direction::Decrypt, image), Some(rank));
            }
            assert_eq!(permutation.apply(Direction::Encrypt, size), None);
            assert_eq!(permutation.apply(Direction::Decrypt, size), None);
        }
    }

    #[test]
    fn sizes_have_limits() {
        for size in [0, FLOOR, u32::MAX] {
            assert!(Permutation::new(&counting_secret(0), size).is_none());
        }
    }

    /// All 24 permutations of four values occur about equally often among 4800 keys: chi-squared with 23 degrees of
    /// freedom, far beyond the 99.99 % quantile of 57.
    #[test]
    fn permutations_are_equally_likely() {
        let mut counts = std::collections::HashMap::new();
        for index in 0..4800_u32 {
            let key = Secret::take(&mut sha256(&index.to_be_bytes()));
            let permutation = Permutation::new(&key, 4).unwrap();
            let images: Vec<_> =
                (0..4).map(|rank| permutation.apply(Direction::Encrypt, rank)).collect();
            *counts.entry(images).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 24);
        let chi_squared_times_200: i32 = counts.values().map(|count| (count - 200).pow(2)).sum();
        assert!(chi_squared_times_200 < 80 * 200);
    }
}
