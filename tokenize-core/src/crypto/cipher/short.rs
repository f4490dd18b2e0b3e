//! The short way of payloads whose halves fit machine words: no memory for each, one call for a column's chunk.

use super::TokenCipher;
use crate::crypto::domain::{Direction, Domain};
use crate::crypto::ff1::{Row, Shape};

/// A payload whose halves have at most 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    /// The place of its domain in [`ShortDomains`].
    pub(crate) domain: u8,
    /// Of a direct domain `NUM` of the left half and of the right one; of a ranked one 0 and the rank.
    pub(crate) halves: [u64; 2],
    /// Where its tweak begins among those of its chunk, each with zeros behind it up to whole blocks; and how long it is.
    pub(crate) tweak: [u32; 2],
}

/// The domains that a format's short way leads to.
#[derive(Debug)]
pub(crate) struct ShortDomains(Vec<ShortDomain>);

#[derive(Debug)]
struct ShortDomain {
    shape: Shape,
    /// The largest rank of a ranked domain.
    last: Option<u64>,
}

impl ShortDomains {
    /// `None` if one of them is below the floor, too long, or has halves or ranks of more than 64 bits.
    pub(crate) fn new(domains: &[Domain]) -> Option<Self> {
        let short = |domain: &Domain| {
            let (shape, last) = match domain {
                Domain::Direct { radix, len } => (Shape::new(*radix, *len).ok()?, None),
                Domain::Ranked { last } => {
                    let shape = Shape::new(2, last.bit_len()).ok()?;
                    (shape, Some(u64::try_from(last.to_u128()?).ok()?))
                }
            };
            let is_small = last.is_some_and(|last| last < u64::from(super::FLOOR - 1));
            (shape.is_word() && !is_small).then_some(ShortDomain { shape, last })
        };
        domains.iter().map(short).collect::<Option<_>>().map(Self)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl TokenCipher {
    /// Encrypts or decrypts payloads, each of one of `domains` and within it, in place.
    pub(crate) fn apply_short(
        &self,
        direction: Direction,
        domains: &ShortDomains,
        payloads: &mut [Short],
        tweaks: &[u8],
    ) {
        let domain = |short: &Short| &domains.0[usize::from(short.domain)];
        let row = |short: &Short| {
            let ShortDomain { shape, last } = domain(short);
            let [left, right] = short.halves;
            let halves = last.map_or([left, right], |_| shape.split(u128::from(right)));
            let [start, tweak_length] = short.tweak;
            let end = (start + tweak_length).next_multiple_of(16) as usize;
            Row { shape, tweak: &tweaks[start as usize..end], tweak_length, halves }
        };
        let mut rows: Vec<Row<'_>> = payloads.iter().map(row).collect();
        let mut walking: Vec<u32> = (0..u32::MAX).take(rows.len()).collect();
        while !walking.is_empty() {
            self.ff1.apply_rows(direction, &mut rows, &walking);
            walking.retain(|i| {
                let (row, short) = (&rows[*i as usize], &mut payloads[*i as usize]);
                let Some(last) = domain(short).last else {
                    short.halves = row.halves;
                    return false;
                };
                let rank = row.shape.join(row.halves);
                let is_outside = rank > u128::from(last);
                short.halves = [0, u64::try_from(rank).unwrap_or(u64::MAX)];
                is_outside
            });
        }
    }
}
