//! A phrase: groups of digits with at most a few separators between them, such as `+49 (0)30 1234-56`.

use std::ops::Range;

use crate::detect::sight::Window;
use crate::detect::words::behind;

/// Groups of digits in a value.
#[derive(Debug)]
pub(super) struct Phrase {
    groups: [Group; GROUPS],
    len: usize,
    /// How many digits there are.
    total: usize,
    digits: [u8; DIGITS],
    /// Where it ends: what begins before is in no other phrase.
    pub(super) end: usize,
    /// Whether there are more groups or digits than a number has: a list, a row of a table.
    pub(super) is_long: bool,
}

/// A group of digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Where it stands in the value.
    pub(super) start: usize,
    len: u8,
    /// Where its digits begin among all.
    first: u8,
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
    /// Reads the phrase whose first digit is at `at`, as far as its groups. The window is that at `at`.
    pub(super) fn read(value: &[u8], at: usize, window: Window) -> Self {
        let mut phrase = Self {
            groups: [Group { start: at, len: 0, first: 0, gap: Gap::Space }; GROUPS],
            len: 0,
            total: 0,
            digits: [0; DIGITS],
            end: at,
            is_long: false,
        };
        let (mut start, mut gap) = (at, Gap::Space);
        loop {
            let count = window.digit_count(start - at);
            let is_far = window.is_far(start - at + count);
            let len = if is_far { digits_at(value, start) } else { count };
            phrase.end = start + len;
            phrase.push(start, len, gap);
            let Some((width, next)) = separator(value, phrase.end) else { break };
            (start, gap) = (phrase.end + width, next);
        }
        phrase
    }

    fn push(&mut self, start: usize, len: usize, gap: Gap) {
        let Some(place) = self.groups.get_mut(self.len) else {
            self.is_long = true;
            return;
        };
        let (Ok(short), Ok(first)) = (u8::try_from(len), u8::try_from(self.total)) else {
            self.is_long = true;
            return;
        };
        if self.is_long || self.total + len > DIGITS || short > 15 {
            self.is_long = true;
            return;
        }
        *place = Group { start, len: short, first, gap };
        self.len += 1;
        self.total += len;
    }

    /// Reads the digits of the groups.
    pub(super) fn fill(&mut self, value: &[u8]) {
        for group in self.groups.iter().take(self.len) {
            let to = self.digits.get_mut(group.digits());
            let from = value.get(group.start..group.end());
            for (to, from) in to.into_iter().flatten().zip(from.into_iter().flatten()) {
                *to = *from;
            }
        }
    }

    /// The groups.
    pub(super) fn groups(&self) -> &[Group] {
        self.groups.get(..self.len).unwrap_or_default()
    }

    /// The digits of some groups that lie one behind another.
    pub(super) fn digits_of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => {
                self.digits.get(first.digits().start..last.digits().end).unwrap_or_default()
            }
            _ => &[],
        }
    }
}

impl Group {
    /// How many digits it has.
    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Where it ends in the value.
    pub(super) fn end(&self) -> usize {
        self.start + self.len()
    }

    /// How many digits stand before it.
    pub(super) fn ahead(&self) -> usize {
        usize::from(self.first)
    }

    fn digits(&self) -> Range<usize> {
        usize::from(self.first)..usize::from(self.first) + self.len()
    }
}

/// How many digits there are from `at` on.
pub(super) fn digits_at(value: &[u8], at: usize) -> usize {
    value.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
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
