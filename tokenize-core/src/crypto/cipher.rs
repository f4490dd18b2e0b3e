//! The permutation of any domain: FF1 on numerals, FF1 with cycle walking on ranks, a shuffle where there are few values.
//!
//! [`TokenCipher`] takes the payloads of a column and chooses by their domains (`docs/format.md`, section 4). It knows
//! nothing of how a payload is cut from a value.
//!
//! # Security
//! See [`super::ff1`] and [`super::permutation`]. FF1 is never used below the floor, and the shuffle only where the
//! caller has allowed it and there is no tweak, which it could not honour.

mod lanes;
mod short;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

pub(crate) use short::{Short, ShortDomains, split};

use lanes::{Group, Ranks, TweakBytes, contains, groups, set_small_rank, small_rank};

use super::domain::{Direction, Domain, Payload};
use super::ff1::{FLOOR, Ff1, Ff1Error, RADIX_MAX, Shape};
use super::natural::Natural;
use super::permutation::Permutation;
use crate::secret::Secret;

/// One payload to encrypt or decrypt.
pub(crate) struct Lane<'a> {
    /// The domain.
    pub(crate) domain: &'a Domain,
    /// The tweak.
    pub(crate) tweak: &'a [u8],
    /// The payload, replaced by its image.
    pub(crate) payload: &'a mut Payload,
}

/// A lane that could not be treated; its payload is as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneFault {
    /// Its position among the lanes.
    pub(crate) lane: usize,
    /// Why.
    pub(crate) fault: DomainFault,
}

/// Why a payload has no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DomainFault {
    /// The domain has so few values that FF1 is not safe on it.
    #[error("there are only {size} such values; at least 1,000,000 are needed")]
    BelowFloor {
        /// The number of values.
        size: u32,
    },
    /// The payload is no member of its domain.
    #[error("the payload is outside its domain")]
    Outside,
    /// The radix is outside 2 to 65536.
    #[error("the radix is {radix}; at most 65536 symbols are possible")]
    Radix {
        /// The radix.
        radix: u32,
    },
    /// The payload has too many numerals, or its rank too many bits.
    #[error("the length is {length}; at most {max} is possible")]
    TooLong {
        /// Numerals of a direct domain, bits of a ranked one.
        length: usize,
        /// The most allowed.
        max: usize,
    },
}

/// Whether payloads of `domain` have images; `permute` allows the shuffle.
///
/// # Errors
/// [`DomainFault::BelowFloor`], [`DomainFault::Radix`], [`DomainFault::TooLong`].
pub(crate) fn check_domain(domain: &Domain, permute: bool) -> Result<(), DomainFault> {
    match Route::of(domain)? {
        Route::Shuffle { size } if !permute => Err(DomainFault::BelowFloor { size }),
        _ => Ok(()),
    }
}

/// The keyed permutations of one column. The keys, and all tables made from them, are wiped when it is dropped.
pub(crate) struct TokenCipher {
    ff1: Ff1,
    permutation_key: Box<dyn Fn(u32) -> Secret + Send + Sync>,
    permute: bool,
    /// By size. A column has few sizes, the largest below [`FLOOR`], so nothing is ever thrown out.
    permutations: RwLock<HashMap<u32, Arc<Permutation>>>,
}

impl TokenCipher {
    /// The cipher with the FF1 key, the shuffle's key for each size, and whether the shuffle is allowed.
    pub(crate) fn new(
        ff1_key: &Secret,
        permutation_key: impl Fn(u32) -> Secret + Send + Sync + 'static,
        small_domain_permute: bool,
    ) -> Self {
        Self {
            ff1: Ff1::aes256(ff1_key),
            permutation_key: Box::new(permutation_key),
            permute: small_domain_permute,
            permutations: RwLock::default(),
        }
    }

    /// Encrypts or decrypts all lanes, and returns those that have no image, in order.
    ///
    /// What becomes of a lane depends on that lane alone, however lanes are cut into calls.
    pub(crate) fn apply(&self, direction: Direction, lanes: &mut [Lane<'_>]) -> Vec<LaneFault> {
        let mut faults = Vec::new();
        for Group { domain, tweak_len, members } in groups(lanes) {
            let route = match Route::of(domain) {
                Ok(Route::Shuffle { size }) if !self.permute || tweak_len != 0 => {
                    Err(DomainFault::BelowFloor { size })
                }
                route => route,
            };
            let (inside, outside): (Vec<usize>, _) = members
                .into_iter()
                .partition(|lane| route.is_err() || contains(domain, lanes[*lane].payload));
            let mut reject = |lanes: &[usize], fault| {
                faults.extend(lanes.iter().map(|&lane| LaneFault { lane, fault }))
            };
            reject(&outside, DomainFault::Outside);
            let done = route.and_then(|route| match route {
                Route::Direct { shape } => self.direct(direction, &shape, lanes, &inside),
                Route::Ranked { shape } => self.ranked(direction, &shape, domain, lanes, &inside),
                Route::Shuffle { size } => self.shuffled(direction, size, domain, lanes, &inside),
            });
            if let Err(fault) = done {
                reject(&inside, fault);
            }
        }
        faults.sort_unstable_by_key(|fault| fault.lane);
        faults
    }

    fn direct(
        &self,
        direction: Direction,
        shape: &Shape,
        lanes: &mut [Lane<'_>],
        members: &[usize],
    ) -> Result<(), DomainFault> {
        let mut numerals = Vec::with_capacity(members.len() * shape.len());
        for lane in members {
            if let Payload::Numerals(row) = &*lanes[*lane].payload {
                numerals.extend_from_slice(row);
            }
        }
        let tweaks = TweakBytes::of(lanes, members);
        self.ff1.apply_batch(direction, shape, tweaks.view(), &mut numerals)?;
        for (lane, image) in members.iter().zip(numerals.chunks_exact(shape.len())) {
            if let Payload::Numerals(row) = &mut *lanes[*lane].payload {
                row.copy_from_slice(image);
            }
        }
        Ok(())
    }

    /// Walks all lanes until each is inside the domain again. A walk cannot miss it: going on, it would come back to the
    /// payload that it started from, which is inside.
    fn ranked(
        &self,
        direction: Direction,
        shape: &Shape,
        domain: &Domain,
        lanes: &mut [Lane<'_>],
        members: &[usize],
    ) -> Result<(), DomainFault> {
        let mut walking = members.to_vec();
        let mut ranks = Ranks::of(lanes, members, shape.len());
        let mut images = Vec::with_capacity(members.len());
        while !walking.is_empty() {
            let tweaks = TweakBytes::of(lanes, &walking);
            ranks.step(&self.ff1, direction, shape, tweaks.view())?;
            let mut outside = Vec::with_capacity(walking.len());
            for (row, lane) in walking.iter().enumerate() {
                let image = Payload::Rank(ranks.rank(row));
                let inside = contains(domain, &image);
                outside.push(!inside);
                if inside {
                    images.push((*lane, image));
                }
            }
            ranks.retain(&outside);
            let mut outside = outside.iter();
            walking.retain(|_| outside.next() == Some(&true));
        }
        for (lane, image) in images {
            *lanes[lane].payload = image;
        }
        Ok(())
    }

    fn shuffled(
        &self,
        direction: Direction,
        size: u32,
        domain: &Domain,
        lanes: &mut [Lane<'_>],
        members: &[usize],
    ) -> Result<(), DomainFault> {
        let permutation = self.permutation(size)?;
        for lane in members {
            let payload = &mut *lanes[*lane].payload;
            let image =
                small_rank(domain, payload).and_then(|rank| permutation.apply(direction, rank));
            set_small_rank(domain, payload, image.ok_or(DomainFault::Outside)?);
        }
        Ok(())
    }

    fn permutation(&self, size: u32) -> Result<Arc<Permutation>, DomainFault> {
        let known =
            self.permutations.read().unwrap_or_else(PoisonError::into_inner).get(&size).cloned();
        if let Some(permutation) = known {
            return Ok(permutation);
        }
        let mut permutations = self.permutations.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(permutation) = permutations.get(&size) {
            return Ok(Arc::clone(permutation));
        }
        let made = Permutation::new(&(self.permutation_key)(size), size)
            .ok_or(DomainFault::BelowFloor { size })?;
        let made = Arc::new(made);
        permutations.insert(size, Arc::clone(&made));
        Ok(made)
    }
}

/// How the payloads of one domain are treated.
enum Route {
    /// FF1 on the numerals.
    Direct { shape: Shape },
    /// FF1 on the bits of the rank, with cycle walking.
    Ranked { shape: Shape },
    /// A table.
    Shuffle { size: u32 },
}

impl Route {
    fn of(domain: &Domain) -> Result<Self, DomainFault> {
        match domain {
            Domain::Direct { radix, .. } if *radix > RADIX_MAX => {
                Err(DomainFault::Radix { radix: *radix })
            }
            Domain::Direct { radix, len } => match small_size(*radix, *len) {
                Some(size) => Ok(Self::Shuffle { size }),
                None => Ok(Self::Direct { shape: Shape::new(*radix, *len)? }),
            },
            Domain::Ranked { last } if *last < Natural::from(u128::from(FLOOR - 1)) => {
                let last = last.to_u128().and_then(|last| u32::try_from(last).ok());
                Ok(Self::Shuffle { size: last.map_or(FLOOR, |last| last + 1) })
            }
            // 2^w >= N = last + 1 exactly when last < 2^w, so w is the bit length of `last`.
            Domain::Ranked { last } => Ok(Self::Ranked { shape: Shape::new(2, last.bit_len())? }),
        }
    }
}

/// radix^len, if that is below the floor.
fn small_size(radix: u32, len: usize) -> Option<u32> {
    let len = u32::try_from(len).ok()?;
    radix.checked_pow(len).filter(|size| *size < FLOOR)
}

impl From<Ff1Error> for DomainFault {
    fn from(error: Ff1Error) -> Self {
        match error {
            Ff1Error::TooLong { length, max } => Self::TooLong { length, max },
            _ => Self::Outside,
        }
    }
}
