//! `us_ssn`: nine digits; valid numbers map to valid ones, the others among themselves (5.4).

use super::short::{Shortcut, Taken, write_digits};
use super::{Built, FormatOptions, Kind, Misfit, Parsed, Rule, Scalar, Side, Written};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::{Domain, Payload};
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
struct Ssn {
    /// Of [`Set::Other`] and [`Set::Valid`].
    domains: ShortDomains,
}

/// Which of the two sets a number is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Other,
    Valid,
}

pub(super) fn build(_: &FormatOptions) -> Built {
    let domains = [Set::Other, Set::Valid].map(|set| Domain::Ranked { last: set.last().into() });
    let domains = ShortDomains::new(&domains).expect("both sets have more than a million numbers");
    Ok(Arc::new(Ssn { domains }))
}

impl Set {
    fn last(self) -> u128 {
        match self {
            Self::Other => u128::from(OTHER_SIZE - 1),
            Self::Valid => u128::from(VALID_SIZE - 1),
        }
    }
}

/// The set and the rank of a nine-digit number.
fn rank(number: u32) -> (Set, u32) {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    let place = match area {
        1..=665 => area - 1,
        667..=899 => area - 2,
        _ => {
            let place = match area {
                0 => 0,
                666 => 1,
                _ => area - 898,
            };
            return (Set::Other, place * 1_000_000 + group * 10_000 + serial);
        }
    };
    match (group, serial) {
        (0, _) => (Set::Other, NO_GROUP + place * 10_000 + serial),
        (_, 0) => (Set::Other, NO_SERIAL + place * 99 + group - 1),
        _ => (Set::Valid, (place * 99 + group - 1) * 9_999 + serial - 1),
    }
}

/// The number of a rank, which must be of the set.
fn unrank(set: Set, rank: u32) -> u32 {
    let area = |place| if place < 665 { place + 1 } else { place + 2 };
    let number = |area, group, serial| area * 1_000_000 + group * 10_000 + serial;
    match set {
        Set::Valid => {
            let (front, serial) = (rank / 9_999, rank % 9_999 + 1);
            number(area(front / 99), front % 99 + 1, serial)
        }
        Set::Other if rank < NO_GROUP => {
            let area = match rank / 1_000_000 {
                0 => 0,
                1 => 666,
                place => place + 898,
            };
            number(area, 0, rank % 1_000_000)
        }
        Set::Other if rank < NO_SERIAL => {
            number(area((rank - NO_GROUP) / 10_000), 0, (rank - NO_GROUP) % 10_000)
        }
        Set::Other => number(area((rank - NO_SERIAL) / 99), (rank - NO_SERIAL) % 99 + 1, 0),
    }
}

/// The nine-digit number that a scalar holds.
fn read(scalar: Scalar<'_>) -> Result<u32, Misfit> {
    match scalar {
        Scalar::Int(number) => {
            u32::try_from(number).ok().filter(|number| *number <= LARGEST).ok_or(Misfit)
        }
        Scalar::Text(text) => {
            let (mut number, mut count) = (0, 0);
            for byte in text.bytes() {
                match byte {
                    b'0'..=b'9' if count < 9 => {
                        number = number * 10 + u32::from(byte - b'0');
                        count += 1;
                    }
                    b'-' | b' ' => {}
                    _ => return Err(Misfit),
                }
            }
            if count == 9 { Ok(number) } else { Err(Misfit) }
        }
        _ => Err(Misfit),
    }
}

impl Rule for Ssn {
    fn name(&self) -> &'static str {
        "us_ssn"
    }

    fn params(&self) -> Map<String, Value> {
        Map::new()
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let (set, rank) = rank(read(scalar)?);
        Ok(Parsed::ranked(u128::from(rank), set.last(), Vec::new()))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let (set, _) = rank(read(original)?);
        let rank = payload.small_rank(set.last())?;
        let number = unrank(set, u32::try_from(rank).map_err(|_| Misfit)?);
        let Scalar::Text(text) = original else { return Ok(Written::Int(i128::from(number))) };
        let digits = format!("{number:09}");
        let mut digits = digits.chars();
        let text = text.chars().map(|symbol| {
            if symbol.is_ascii_digit() { digits.next().unwrap_or(symbol) } else { symbol }
        });
        Ok(Written::Text(text.collect()))
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Int, Kind::Text]
    }

    fn int_bounds(&self) -> Option<(i128, i128)> {
        Some((0, i128::from(LARGEST)))
    }
}

impl Shortcut for Ssn {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, _: &mut Vec<u8>) -> Option<Taken> {
        let (set, rank) = rank(read(Scalar::Text(text)).ok()?);
        Some(Taken { domain: set as u16, halves: [0, u64::from(rank)] })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let set = if payload.domain == Set::Valid as u16 { Set::Valid } else { Set::Other };
        let number = unrank(set, u32::try_from(payload.halves[1]).unwrap_or(0));
        let mut digits = [0; 9];
        write_digits(u64::from(number), &mut digits);
        let mut digits = digits.iter().map(|digit| b'0' + digit);
        if original.len() == 9 {
            out.extend(digits);
            return;
        }
        out.extend(original.bytes().map(|byte| match byte {
            b'0'..=b'9' => digits.next().unwrap_or(byte),
            _ => byte,
        }));
    }
}

const LARGEST: u32 = 999_999_999;

/// Areas that are given out: 001 to 899 without 666.
const VALID_AREAS: u32 = 898;

/// Where the numbers with a valid area and no group begin among the others: after the 102 areas that are not given out.
const NO_GROUP: u32 = 102 * 1_000_000;

/// Where those with a valid area, a group and no serial begin.
const NO_SERIAL: u32 = NO_GROUP + VALID_AREAS * 10_000;

const VALID_SIZE: u32 = VALID_AREAS * 99 * 9_999;
const OTHER_SIZE: u32 = NO_SERIAL + VALID_AREAS * 99;

const _: () = assert!(VALID_SIZE + OTHER_SIZE == LARGEST + 1);

#[cfg(test)]
mod tests {
    use super::*;

    /// The first and the last number of every run of consecutive ranks.
    const RUNS: &[(u32, Set, u32)] = &[
        (1_010_001, Set::Valid, 0),
        (1_019_999, Set::Valid, 9_998),
        (1_020_001, Set::Valid, 9_999),
        (1_999_999, Set::Valid, 99 * 9_999 - 1),
        (665_999_999, Set::Valid, 665 * 99 * 9_999 - 1),
        (667_010_001, Set::Valid, 665 * 99 * 9_999),
        (899_999_999, Set::Valid, 888_931_097),
        (0, Set::Other, 0),
        (999_999, Set::Other, 999_999),
        (666_000_000, Set::Other, 1_000_000),
        (666_999_999, Set::Other, 1_999_999),
        (900_000_000, Set::Other, 2_000_000),
        (999_999_999, Set::Other, 101_999_999),
        (1_000_000, Set::Other, 102_000_000),
        (1_009_999, Set::Other, 102_009_999),
        (665_009_999, Set::Other, 102_000_000 + 665 * 10_000 - 1),
        (667_000_000, Set::Other, 102_000_000 + 665 * 10_000),
        (899_009_999, Set::Other, 110_979_999),
        (1_010_000, Set::Other, 110_980_000),
        (1_990_000, Set::Other, 110_980_098),
        (665_990_000, Set::Other, 110_980_000 + 665 * 99 - 1),
        (667_010_000, Set::Other, 110_980_000 + 665 * 99),
        (899_990_000, Set::Other, 111_068_901),
    ];

    #[test]
    fn runs_begin_and_end_where_they_should() {
        for (number, set, expected) in RUNS {
            assert_eq!(rank(*number), (*set, *expected), "{number:09}");
            assert_eq!(unrank(*set, *expected), *number, "{number:09}");
        }
    }

    /// Every number of nine digits whose group and serial are at an end, and a sweep through all.
    #[test]
    fn ranks_are_one_to_one() {
        let corners = (0..1_000).flat_map(|area| {
            let groups = [0, 1, 2, 98, 99];
            let numbers = move |group: u32| {
                [0_u32, 1, 2, 9_998, 9_999].map(|serial| area * 1_000_000 + group * 10_000 + serial)
            };
            groups.into_iter().flat_map(numbers)
        });
        for number in corners.chain((0..=LARGEST).step_by(997)) {
            let (set, rank) = rank(number);
            assert!(u128::from(rank) <= set.last(), "{number:09}");
            assert_eq!(unrank(set, rank), number);
        }
        assert_eq!(Set::Valid.last() + 1, 888_931_098);
        assert_eq!(Set::Other.last() + 1, 111_068_902);
    }
}
