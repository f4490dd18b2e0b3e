//! Numbering of letters and digits: all of them in lower case, or those with a capital (5.3).

use crate::crypto::natural::Natural;

/// Which strings are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Digits and small letters.
    Lower,
    /// Digits, small letters and at least one capital.
    Mixed,
}

impl Class {
    /// Its letter in a tweak.
    pub(super) fn letter(self) -> u8 {
        match self {
            Self::Lower => b'l',
            Self::Mixed => b'm',
        }
    }
}

/// The number of a letter or digit: `0-9`, `a-z`, `A-Z`.
pub(super) fn number(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'z' => Some(character - b'a' + 10),
        b'A'..=b'Z' => Some(character - b'A' + SMALL),
        _ => None,
    }
}

/// The letter or digit of a number, which must be below 62.
pub(super) fn character(number: u8) -> u8 {
    match number {
        0..10 => b'0' + number,
        10..SMALL => b'a' + number - 10,
        _ => b'A' + (number - SMALL) % 26,
    }
}

/// How many strings of this length there are.
pub(super) fn count(class: Class, len: usize) -> Natural {
    let small = Natural::power(u64::from(SMALL), len);
    match class {
        Class::Lower => small,
        Class::Mixed => Natural::power(ALL, len).checked_sub(&small).unwrap_or(Natural::ZERO),
    }
}

/// The rank of a string among those of its class and length.
pub(super) fn rank(class: Class, numbers: &[u8]) -> Natural {
    let capital = match class {
        Class::Lower => None,
        Class::Mixed => numbers.iter().position(|number| *number >= SMALL),
    };
    let mut rank = Natural::ZERO;
    let Some(capital) = capital else {
        numbers.iter().for_each(|number| rank.mul_add(u64::from(SMALL), u64::from(*number)));
        return rank;
    };
    for (place, number) in numbers.iter().enumerate() {
        let (radix, number) = match place {
            _ if place < capital => (u64::from(SMALL), u64::from(*number)),
            _ if place == capital => (CAPITALS, u64::from(number - SMALL)),
            _ => (ALL, u64::from(*number)),
        };
        rank.mul_add(radix, number);
    }
    let mut block = Block::first(numbers.len());
    for _ in 0..capital {
        rank.add(&block.size);
        block.advance();
    }
    rank
}

/// The string of a rank, which must be below the count of its class and length.
pub(super) fn unrank(class: Class, mut rank: Natural, len: usize) -> Vec<u8> {
    let mut capital = None;
    if class == Class::Mixed {
        let mut block = Block::first(len);
        while let Some(rest) = rank.checked_sub(&block.size)
            && block.capital + 1 < len
        {
            rank = rest;
            block.advance();
        }
        capital = Some(block.capital);
    }
    let mut numbers = vec![0; len];
    for (place, number) in numbers.iter_mut().enumerate().rev() {
        let (radix, start) = match capital {
            Some(capital) if place > capital => (ALL, 0),
            Some(capital) if place == capital => (CAPITALS, SMALL),
            _ => (u64::from(SMALL), 0),
        };
        *number = start + u8::try_from(rank.div_rem(radix)).unwrap_or(0);
    }
    numbers
}

/// The strings of one length whose first capital is at one place; they have consecutive ranks.
struct Block {
    capital: usize,
    size: Natural,
}

impl Block {
    fn first(len: usize) -> Self {
        let mut size = Natural::power(ALL, len.saturating_sub(1));
        size.mul_add(CAPITALS, 0);
        Self { capital: 0, size }
    }

    /// One more place before the capital, one less behind it.
    fn advance(&mut self) {
        self.capital += 1;
        self.size.div_rem(ALL);
        self.size.mul_add(u64::from(SMALL), 0);
    }
}

/// Digits and small letters.
pub(super) const SMALL: u8 = 36;

const CAPITALS: u64 = 26;

/// Digits, small letters and capitals.
const ALL: u64 = SMALL as u64 + CAPITALS;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every string of a class and length has its own rank, from 0 up to the count, and comes back.
    fn check_all(class: Class, len: usize) {
        let count = u32::try_from(count(class, len).to_u128().unwrap()).unwrap();
        let mut seen = std::collections::HashSet::new();
        for number in 0..count {
            let numbers = unrank(class, u128::from(number).into(), len);
            assert_eq!(numbers.iter().any(|number| *number >= SMALL), class == Class::Mixed);
            assert!(numbers.iter().all(|number| u64::from(*number) < ALL));
            assert_eq!(rank(class, &numbers), u128::from(number).into(), "{numbers:?}");
            seen.insert(numbers);
        }
        assert_eq!(seen.len(), usize::try_from(count).unwrap());
    }

    #[test]
    fn short_strings_are_all_there() {
        for len in 1..=3 {
            check_all(Class::Lower, len);
            check_all(Class::Mixed, len);
        }
    }

    /// The sum of the blocks is N = 62^k - 36^k, and each block begins and ends where the formula says.
    #[test]
    fn blocks_of_mixed_strings_meet() {
        for len in [1, 2, 5, 21, 22, 64] {
            let (mut block, mut start) = (Block::first(len), Natural::ZERO);
            for capital in 0..len {
                let mut first = vec![0; len];
                first[capital] = SMALL;
                let mut last = vec![SMALL - 1; len];
                last[capital..].fill(61);
                assert_eq!(rank(Class::Mixed, &first), start);
                assert_eq!(unrank(Class::Mixed, start.clone(), len), first);
                start.add(&block.size);
                let end = start.checked_sub(&Natural::ONE).unwrap();
                assert_eq!(rank(Class::Mixed, &last), end);
                assert_eq!(unrank(Class::Mixed, end, len), last);
                block.advance();
            }
            assert_eq!(start, count(Class::Mixed, len));
        }
    }

    #[test]
    fn characters_are_numbered_once() {
        for number in 0..62 {
            assert_eq!(super::number(character(number)), Some(number));
        }
        assert_eq!((0..=u8::MAX).filter_map(super::number).count(), 62);
    }
}
