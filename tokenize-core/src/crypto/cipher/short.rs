//! The short way of payloads whose halves fit machine words: no memory for each, one call for a column's chunk.

use super::{DomainFault, FLOOR, Route, TokenCipher};
use crate::crypto::domain::{Direction, Domain};
use crate::crypto::ff1::{Row, Shape};

/// A payload whose halves have at most 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    /// The place of its domain in [`ShortDomains`].
    pub(crate) domain: u16,
    /// Of a direct domain `NUM` of the left half and of the right one; of a ranked one the upper and the lower 64 bits of the rank.
    pub(crate) halves: [u64; 2],
    /// Where its tweak begins among those of its chunk, each with zeros behind it up to whole blocks; and how long it is.
    pub(crate) tweak: [u32; 2],
}

impl Short {
    /// The rank in a ranked domain.
    pub(crate) fn rank(&self) -> u128 {
        join(self.halves)
    }
}

/// The domains that a format's short way leads to.
#[derive(Debug)]
pub(crate) struct ShortDomains(Domains);

#[derive(Debug)]
enum Domains {
    /// None of them below the floor.
    Ff1(Vec<ShortDomain>),
    /// A single one, ranked and below the floor.
    Shuffle { size: u32 },
}

#[derive(Debug)]
struct ShortDomain {
    shape: Shape,
    /// The largest rank of a ranked domain.
    last: Option<u128>,
}

impl ShortDomains {
    /// `None` if one of them is below the floor, too long, or has halves of more than 64 bits.
    pub(crate) fn new(domains: &[Domain]) -> Option<Self> {
        let short = |domain: &Domain| {
            let (shape, last) = match domain {
                Domain::Direct { radix, len } => (Shape::new(*radix, *len).ok()?, None),
                Domain::Ranked { last } => {
                    (Shape::new(2, last.bit_len()).ok()?, Some(last.to_u128()?))
                }
            };
            let is_small = last.is_some_and(|last| last < u128::from(FLOOR - 1));
            (shape.is_word() && !is_small).then_some(ShortDomain { shape, last })
        };
        domains.iter().map(short).collect::<Option<_>>().map(|all| Self(Domains::Ff1(all)))
    }

    /// A single domain of the ranks up to `last`, which may be below the floor; `None` if a rank has more than 128 bits.
    pub(crate) fn ranked(last: u128) -> Option<Self> {
        let domain = Domain::Ranked { last: last.into() };
        match Route::of(&domain) {
            Ok(Route::Shuffle { size }) => Some(Self(Domains::Shuffle { size })),
            _ => Self::new(&[domain]),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Domains::Ff1(domains) => domains.len(),
            Domains::Shuffle { .. } => 1,
        }
    }
}

impl TokenCipher {
    /// Encrypts or decrypts payloads, each of one of `domains` and within it, in place.
    ///
    /// # Errors
    /// [`DomainFault::BelowFloor`] of a domain that may not be shuffled; the payloads are as before then.
    pub(crate) fn apply_short(
        &self,
        direction: Direction,
        domains: &ShortDomains,
        payloads: &mut [Short],
        tweaks: &[u8],
    ) -> Result<(), DomainFault> {
        match &domains.0 {
            Domains::Ff1(domains) => self.walk_short(direction, domains, payloads, tweaks),
            Domains::Shuffle { size } if !self.permute || !tweaks.is_empty() => {
                return Err(DomainFault::BelowFloor { size: *size });
            }
            Domains::Shuffle { size } => {
                let permutation = self.permutation(*size)?;
                let image = |short: &Short| {
                    let rank = u32::try_from(short.rank()).ok()?;
                    permutation.apply(direction, rank).map(u64::from)
                };
                let images: Option<Vec<u64>> = payloads.iter().map(image).collect();
                let images = images.ok_or(DomainFault::Outside)?;
                payloads.iter_mut().zip(images).for_each(|(short, image)| short.halves[1] = image);
            }
        }
        Ok(())
    }

    fn walk_short(
        &self,
        direction: Direction,
        domains: &[ShortDomain],
        payloads: &mut [Short],
        tweaks: &[u8],
    ) {
        let domain = |short: &Short| &domains[usize::from(short.domain)];
        let row = |short: &Short| {
            let ShortDomain { shape, last } = domain(short);
            let halves = last.map_or(short.halves, |_| shape.split(short.rank()));
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
                short.halves = split(rank);
                rank > last
            });
        }
    }
}

fn join([high, low]: [u64; 2]) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

/// The upper and the lower 64 bits of a rank.
#[expect(clippy::cast_possible_truncation, reason = "cut in the middle")]
pub(crate) fn split(rank: u128) -> [u64; 2] {
    [(rank >> 64) as u64, rank as u64]
}
