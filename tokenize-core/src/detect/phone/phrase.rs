//! A phrase: groups of digits with at most a few separators between them, such as `+49 (0)30 1234-56`.

use crate::detect::words::behind;

/// Groups of digits in a value.
#[derive(Debug)]
pub(super) struct Phrase {
    groups: [Group; GROUPS],
    len: usize,
    digits: [u8; DIGITS],
    /// Where it ends: what begins before is in no other phrase.
    pub(super) end: usize,
    /// Whether there are more groups than a number has: a list, a row of a table.
    pub(super) is_long: bool,
}

/// A group of digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Where it stands in the value.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where its digits begin among all.
    first: usize,
    /// What parts it from the group before.
    pub(super) gap: Gap,
}

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    Close,
    /// A hyphen or slash with a space on each side.
    Dash,
    Dot,
    Hyphen,
    Open,
    /// A space or nothing at all.
    Space,
    Slash,
}

impl Phrase {
    /// Reads the phrase whose first digit is at `at`.
    pub(super) fn read(value: &[u8], at: usize) -> Self {
        let empty = Group { start: at, end: at, first: 0, gap: Gap::Space };
        let mut phrase =
            Self { groups: [empty; GROUPS], len: 0, digits: [0; DIGITS], end: at, is_long: false };
        let (mut start, mut gap, mut count) = (at, Gap::Space, 0);
        loop {
            let rest = value.get(start..).unwrap_or_default();
            let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            phrase.end = start + len;
            let place = phrase.groups.get_mut(phrase.len);
            let digits = phrase.digits.get_mut(count..count + len);
            if let (Some(place), Some(digits), Some(text), false) =
                (place, digits, rest.get(..len), phrase.is_long)
            {
                *place = Group { start, end: phrase.end, first: count, gap };
                digits.copy_from_slice(text);
                phrase.len += 1;
                count += len;
            } else {
                phrase.is_long = true;
            }
            let Some((width, next)) = separator(value, phrase.end) else { break };
            (start, gap) = (phrase.end + width, next);
        }
        phrase
    }

    /// The groups.
    pub(super) fn groups(&self) -> &[Group] {
        self.groups.get(..self.len).unwrap_or_default()
    }

    /// The digits of some groups that lie one behind another.
    pub(super) fn digits_of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => {
                self.digits.get(first.first..last.first + last.len()).unwrap_or_default()
            }
            _ => &[],
        }
    }
}

impl Group {
    /// How many digits it has.
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The separator at `at` with a digit behind it: how many bytes it has, and what it is.
fn separator(value: &[u8], at: usize) -> Option<(usize, Gap)> {
    let gap = |byte| match byte {
        b' ' => Some(Gap::Space),
        b'-' => Some(Gap::Hyphen),
        b'.' => Some(Gap::Dot),
        b'/' => Some(Gap::Slash),
        b'(' => Some(Gap::Open),
        b')' => Some(Gap::Close),
        _ => None,
    };
    let first = gap(behind(value, at)).filter(|_| at < value.len())?;
    let next = behind(value, at + 1);
    if next.is_ascii_digit() {
        return Some((1, first));
    }
    let last = behind(value, at + 2);
    match (first, next) {
        (Gap::Space | Gap::Hyphen, b'(') if last.is_ascii_digit() => Some((2, Gap::Open)),
        (Gap::Close, b' ' | b'-' | b'/' | b'.' | b'(') if last.is_ascii_digit() => {
            Some((2, Gap::Close))
        }
        (Gap::Space, b'-' | b'/') if last == b' ' && behind(value, at + 3).is_ascii_digit() => {
            Some((3, Gap::Dash))
        }
        (Gap::Close, b' ')
            if matches!(last, b'-' | b'/')
                && behind(value, at + 3) == b' '
                && behind(value, at + 4).is_ascii_digit() =>
        {
            Some((4, Gap::Close))
        }
        _ => None,
    }
}

/// More groups than any number is written in.
const GROUPS: usize = 9;
/// More digits than the longest number and what may precede it have.
const DIGITS: usize = 24;
