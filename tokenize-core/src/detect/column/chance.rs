//! How often the values of a column would pass a check by chance.
//!
//! The digits and letters at each place are dealt out anew among values of the same layout. What each place holds stays, such as a constant
//! beginning; what binds the places together, a check digit, goes. So a check that passes as often before as after has said nothing, and no
//! table has to know how weak each check is.
//!
//! A structure without check digits, such as prefixes that are never given out, survives that. For it places that hold nearly any digit or
//! letter are filled with any: random numbers pass as often after as before, numbers that keep to the structure do not.

use std::collections::{BTreeMap, HashSet};

use super::sample::Random;
use super::tally::{share, whole};
use super::values::Texts;
use crate::detect::engine::search_candidates;
use crate::detect::table::Table;

/// What became of the values of one column.
#[derive(Debug, Default)]
pub(super) struct Chance {
    /// Different values that have their layout in common with others.
    pub(super) values: u64,
    /// The share of them that is each kind of the table, as they are.
    pub(super) real: Vec<f64>,
    /// The share that would be, dealt out anew.
    pub(super) dealt: Vec<f64>,
    /// The share that would be, filled at random.
    filled: Vec<f64>,
}

impl Chance {
    /// Deals out the values of a sample.
    pub(super) fn of(table: &Table, sample: &[String], random: &mut Random) -> Self {
        let groups = groups(sample);
        let values: u64 = groups.iter().map(|group| group.len() as u64).sum();
        if values < FEWEST {
            return Self::default();
        }
        let real: Texts = groups.iter().flatten().map(String::as_str).collect();
        let rounds = DEALT.div_ceil(values);
        let (mut dealt, mut filled) = (Texts::default(), Texts::default());
        for _ in 0..rounds {
            for group in &groups {
                deal(group, random).iter().for_each(|value| dealt.push(value));
                fill(group, random).iter().for_each(|value| filled.push(value));
            }
        }
        let [real, dealt, filled] = [real, dealt, filled].map(|texts| shares(table, &texts));
        Self { values, real, dealt, filled }
    }

    /// The share as it is, the share by chance, and whether the one is well above the other.
    pub(super) fn lift(&self, kind: usize) -> Option<Lift> {
        let (real, dealt) = (*self.real.get(kind)?, *self.dealt.get(kind)?);
        let filled = *self.filled.get(kind)?;
        let is_above = real - dealt >= LEAST_LIFT && self.deviations(real, dealt) >= DEVIATIONS;
        let has_structure =
            real >= STRUCTURED && self.deviations(real, filled) >= DEVIATIONS_OF_STRUCTURE;
        Some(Lift { chance: dealt, is_above, has_structure })
    }

    /// By how many standard deviations a share is above what chance gives.
    fn deviations(&self, real: f64, chance: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let values = self.values as f64;
        // Nothing is impossible by chance; what passed never in a thousand trials may still pass in one of two thousand.
        let chance = chance.clamp(1.0 / 2_000.0, 1.0);
        (real - chance) / (chance * (1.0 - chance) / values).sqrt().max(f64::EPSILON)
    }
}

/// How a share compares with chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lift {
    pub(super) chance: f64,
    pub(super) is_above: bool,
    /// Whether the values keep to a structure that random ones would not.
    pub(super) has_structure: bool,
}

/// Different values by their layout, where enough have one in common.
fn groups(sample: &[String]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for value in sample.iter().map(|value| value.trim()).filter(|value| value.len() <= LONGEST) {
        if seen.len() < MOST && seen.insert(value) {
            groups.entry(layout(value)).or_default().push(value.to_owned());
        }
    }
    groups.into_values().filter(|group| group.len() >= SMALLEST_GROUP).collect()
}

/// Digits and letters as one class, the rest as it is.
fn layout(value: &str) -> String {
    value.chars().map(|c| if c.is_alphanumeric() { 'x' } else { c }).collect()
}

/// The values of a group with what stands at each place of digits and letters shuffled among them.
fn deal(group: &[String], random: &mut Random) -> Vec<String> {
    let mut rows: Vec<Vec<char>> = group.iter().map(|value| value.chars().collect()).collect();
    let places = rows.first().map_or(0, Vec::len);
    for place in 0..places {
        for last in (1..rows.len()).rev() {
            let other = usize::try_from(random.below(last as u64 + 1)).unwrap_or(0);
            if let Some((head, [tail, ..])) = rows.split_at_mut_checked(last)
                && let Some(head) = head.get_mut(other)
                && let (Some(a), Some(b)) = (head.get_mut(place), tail.get_mut(place))
            {
                std::mem::swap(a, b);
            }
        }
    }
    rows.into_iter().map(String::from_iter).collect()
}

/// The values of a group with any digit or letter at places that hold nearly any.
fn fill(group: &[String], random: &mut Random) -> Vec<String> {
    let mut seen: Vec<HashSet<char>> = Vec::new();
    for value in group {
        for (place, character) in value.chars().enumerate() {
            if seen.len() <= place {
                seen.push(HashSet::new());
            }
            seen.get_mut(place).map(|seen| seen.insert(character));
        }
    }
    let count = |place: usize, is: fn(&char) -> bool| {
        seen.get(place).map_or(0, |seen| seen.iter().filter(|c| is(c)).count())
    };
    let mut any =
        |from: u8, many: u64| char::from(from + u8::try_from(random.below(many)).unwrap_or(0));
    let mut filled = |(place, character): (usize, char)| match character {
        '0'..='9' if count(place, char::is_ascii_digit) >= NEARLY_ANY_DIGIT => any(b'0', 10),
        'A'..='Z' if count(place, char::is_ascii_uppercase) >= NEARLY_ANY_LETTER => any(b'A', 26),
        'a'..='z' if count(place, char::is_ascii_lowercase) >= NEARLY_ANY_LETTER => any(b'a', 26),
        other => other,
    };
    group.iter().map(|value| value.chars().enumerate().map(&mut filled).collect()).collect()
}

/// The share of some texts that each kind finds to be one as a whole.
fn shares(table: &Table, texts: &Texts) -> Vec<f64> {
    let mut counts = vec![0_u64; table.kinds.len()];
    let mut row_hits = Vec::new();
    let mut row = 0;
    let mut count = |row: usize, hits: &mut Vec<_>| {
        for (kind, _) in whole(table, texts.get(row).unwrap_or_default(), hits) {
            if let Some(count) = counts.get_mut(kind) {
                *count += 1;
            }
        }
        hits.clear();
    };
    search_candidates(table, texts.bytes(), texts, &mut |of, hit| {
        if of != row {
            count(row, &mut row_hits);
            row = of;
        }
        row_hits.push(hit);
    });
    count(row, &mut row_hits);
    counts.into_iter().map(|count| share(count, texts.count() as u64)).collect()
}

/// Fewer values say nothing, in all and of one layout.
const FEWEST: u64 = 6;
const SMALLEST_GROUP: usize = 4;
/// Different values looked at, and how long they may be in bytes.
const MOST: usize = 600;
const LONGEST: usize = 64;
/// Trials.
const DEALT: u64 = 1_500;
/// A share is above chance if it is so by this much and by so many standard deviations of chance.
const LEAST_LIFT: f64 = 0.3;
const DEVIATIONS: f64 = 5.0;
/// Nearly all values keep to a structure.
const STRUCTURED: f64 = 0.95;
const DEVIATIONS_OF_STRUCTURE: f64 = 4.0;
/// How many digits or letters a place holds that may hold any.
const NEARLY_ANY_DIGIT: usize = 7;
const NEARLY_ANY_LETTER: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detection, Detector};

    /// The share of cards among values, and whether it is above chance.
    fn cards(values: &[String]) -> (f64, bool) {
        let detector = Detector::new(&Detection::default()).unwrap();
        let chance = Chance::of(&detector.table, values, &mut Random(1));
        let card = detector.table.kinds.iter().position(|kind| &*kind.name == "CREDIT_CARD");
        let card = card.unwrap();
        let lift = chance.lift(card).unwrap();
        (chance.real[card], lift.is_above)
    }

    fn numbers(check_digits: bool) -> Vec<String> {
        let mut random = Random(5);
        let number = |random: &mut Random| {
            let mut digits: Vec<u8> = vec![4, 0, 0, 0];
            digits.extend((0..11).map(|_| u8::try_from(random.below(10)).unwrap()));
            digits.push(if check_digits { 0 } else { u8::try_from(random.below(10)).unwrap() });
            if check_digits {
                let sum = crate::checksum::luhn::sum(&digits);
                *digits.last_mut().unwrap() = (10 - sum % 10) % 10;
            }
            digits.iter().map(|digit| char::from(b'0' + digit)).collect()
        };
        (0..60).map(|_| number(&mut random)).collect()
    }

    #[test]
    fn check_digits_are_above_chance_and_random_digits_are_not() {
        let (share, is_above) = cards(&numbers(true));
        assert!(share > 0.99 && is_above, "{share}");
        let (share, is_above) = cards(&numbers(false));
        assert!(share < 0.3 && !is_above);
    }

    #[test]
    fn few_values_and_free_text_say_nothing() {
        let detector = Detector::new(&Detection::default()).unwrap();
        let chance = Chance::of(&detector.table, &numbers(true)[..3], &mut Random(1));
        assert_eq!(chance.values, 0);
        assert!(chance.lift(0).is_none());
    }
}
