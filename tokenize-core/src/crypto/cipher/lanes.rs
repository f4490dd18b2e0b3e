//! Gathering lanes into batches: which go together, and their tweaks and ranks end to end.

use std::collections::HashMap;

use super::Lane;
use crate::crypto::domain::{Direction, Domain, Payload};
use crate::crypto::ff1::{Ff1, Ff1Error, Shape, Tweaks};
use crate::crypto::natural::Natural;

/// Lanes of one domain and one tweak length.
pub(super) struct Group<'a> {
    pub(super) domain: &'a Domain,
    pub(super) tweak_len: usize,
    pub(super) members: Vec<usize>,
}

/// Sorts lanes into groups. Most columns have one group, so a lane is compared with the one before it first.
pub(super) fn groups<'a>(lanes: &[Lane<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<(&Domain, usize), usize> = HashMap::new();
    let mut current = 0;
    for (index, lane) in lanes.iter().enumerate() {
        let key = (lane.domain, lane.tweak.len());
        let suits = groups.get(current).is_some_and(|group| (group.domain, group.tweak_len) == key);
        if !suits {
            current = *known.entry(key).or_insert_with(|| {
                groups.push(Group { domain: lane.domain, tweak_len: key.1, members: Vec::new() });
                groups.len() - 1
            });
        }
        groups[current].members.push(index);
    }
    groups
}

/// Whether `payload` is a member of `domain`.
pub(super) fn contains(domain: &Domain, payload: &Payload) -> bool {
    match (domain, payload) {
        (Domain::Direct { radix, len }, Payload::Numerals(numerals)) => {
            numerals.len() == *len && numerals.iter().all(|numeral| u32::from(*numeral) < *radix)
        }
        (Domain::Ranked { last }, Payload::Rank(rank)) => rank <= last,
        _ => false,
    }
}

/// The tweaks of some lanes.
pub(super) enum TweakBytes<'a> {
    Each { bytes: Vec<u8>, len: usize },
    Same(&'a [u8]),
}

impl<'a> TweakBytes<'a> {
    /// The tweaks of `members`, all of one length.
    pub(super) fn of(lanes: &[Lane<'a>], members: &[usize]) -> Self {
        let first = members.first().map_or(&[][..], |lane| lanes[*lane].tweak);
        if members.iter().all(|lane| lanes[*lane].tweak == first) {
            return Self::Same(first);
        }
        let mut bytes = Vec::with_capacity(members.len() * first.len());
        for lane in members {
            bytes.extend_from_slice(lanes[*lane].tweak);
        }
        Self::Each { bytes, len: first.len() }
    }

    pub(super) fn view(&self) -> Tweaks<'_> {
        match self {
            Self::Each { bytes, len } => Tweaks::Each { bytes, len: *len },
            Self::Same(tweak) => Tweaks::Same(tweak),
        }
    }
}

/// Ranks of one width: numbers up to 128 bits, rows of binary numerals above.
pub(super) enum Ranks {
    Narrow(Vec<u128>),
    Wide { numerals: Vec<u16>, width: usize },
}

impl Ranks {
    /// The ranks of `members`, each of at most `width` bits.
    pub(super) fn of(lanes: &[Lane<'_>], members: &[usize], width: usize) -> Self {
        let ranks = members.iter().map(|lane| match &*lanes[*lane].payload {
            Payload::Rank(rank) => rank,
            // Members are in a ranked domain; another payload would have been rejected before.
            Payload::Numerals(_) => &Natural::ZERO,
        });
        if width <= 128 {
            return Self::Narrow(ranks.map(|rank| rank.to_u128().unwrap_or(0)).collect());
        }
        let mut numerals = Vec::with_capacity(members.len() * width);
        for rank in ranks {
            let bytes = rank.to_be_bytes(width.div_ceil(8)).unwrap_or_default();
            let bits = bytes
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |bit| u16::from((byte >> bit) & 1)));
            numerals.extend(bits.skip(width.next_multiple_of(8) - width));
        }
        Self::Wide { numerals, width }
    }

    /// One application of FF1 to each rank.
    pub(super) fn step(
        &mut self,
        ff1: &Ff1,
        direction: Direction,
        shape: &Shape,
        tweaks: Tweaks<'_>,
    ) -> Result<(), Ff1Error> {
        match self {
            Self::Narrow(ranks) => ff1.apply_ranks(direction, shape, tweaks, ranks),
            Self::Wide { numerals, .. } => ff1.apply_batch(direction, shape, tweaks, numerals),
        }
    }

    /// The rank in one row.
    pub(super) fn rank(&self, row: usize) -> Natural {
        match self {
            Self::Narrow(ranks) => Natural::from(ranks[row]),
            Self::Wide { numerals, width } => {
                let bits = &numerals[row * width..][..*width];
                let mut bytes: Vec<u8> = bits.rchunks(8).map(byte).collect();
                bytes.reverse();
                Natural::from_be_bytes(&bytes)
            }
        }
    }

    /// Keeps the rows that `keep` says.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        match self {
            Self::Narrow(ranks) => {
                let mut keep = keep.iter();
                ranks.retain(|_| keep.next() == Some(&true));
            }
            Self::Wide { numerals, width } => {
                let mut at = 0;
                let width = *width;
                numerals.retain(|_| {
                    at += 1;
                    keep.get((at - 1) / width) == Some(&true)
                });
            }
        }
    }
}

/// At most eight binary numerals as a number.
fn byte(bits: &[u16]) -> u8 {
    bits.iter().fold(0, |byte, bit| (byte << 1) | u8::from(*bit != 0))
}

/// The rank of a member of a domain below the floor: `NUM(radix, numerals)` for a direct one.
pub(super) fn small_rank(domain: &Domain, payload: &Payload) -> Option<u32> {
    match (domain, payload) {
        (Domain::Direct { radix, .. }, Payload::Numerals(numerals)) => {
            numerals.iter().try_fold(0_u32, |rank, numeral| {
                rank.checked_mul(*radix)?.checked_add(u32::from(*numeral))
            })
        }
        (_, Payload::Rank(rank)) => rank.to_u128().and_then(|rank| u32::try_from(rank).ok()),
        _ => None,
    }
}

/// The way back from [`small_rank`].
pub(super) fn set_small_rank(domain: &Domain, payload: &mut Payload, mut rank: u32) {
    match (domain, payload) {
        (Domain::Direct { radix, .. }, Payload::Numerals(numerals)) => {
            for numeral in numerals.iter_mut().rev() {
                // A radix has at most 65536 symbols, so the remainder fits.
                *numeral = u16::try_from(rank % radix).unwrap_or(u16::MAX);
                rank /= radix;
            }
        }
        (_, payload) => *payload = Payload::Rank(Natural::from(u128::from(rank))),
    }
}
