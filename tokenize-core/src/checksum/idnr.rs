//! The first ten digits of a German tax number: exactly one digit occurs twice or three times, the others once at most.
//!
//! The rule is that of § 139a and following of the Abgabenordnung as the Bundeszentralamt für Steuern explains it: one digit twice
//! (numbers given out up to 2015), or twice or three times but not at three places in a row (from 2016). The first digit is not 0.

/// How many digits there are.
pub(crate) const WIDTH: usize = 10;

/// What the digits so far leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sofar {
    /// The digits that have occurred, one bit each.
    seen: u16,
    /// The digit that occurs again, if one does, and how often it has occurred.
    again: Option<(u8, u8)>,
    /// The last digit and how often it has occurred in a row.
    row: (u8, u8),
    /// How many digits there are.
    len: usize,
}

impl Sofar {
    const START: Self = Self { seen: 0, again: None, row: (u8::MAX, 0), len: 0 };

    /// With one more digit, if it may follow.
    fn with(self, digit: u8) -> Option<Self> {
        if digit > 9 || (self.len == 0 && digit == 0) {
            return None;
        }
        let bit = 1 << digit;
        let again = match self.again {
            _ if self.seen & bit == 0 => self.again,
            None => Some((digit, 2)),
            Some((other, 2)) if other == digit => Some((digit, 3)),
            Some(_) => return None,
        };
        let row = if self.row.0 == digit { (digit, self.row.1 + 1) } else { (digit, 1) };
        (row.1 < 3).then_some(Self { seen: self.seen | bit, again, row, len: self.len + 1 })
    }

    /// How many ways there are to ten digits.
    fn completions(self) -> u64 {
        match self.again {
            Some((_, 3)) => choices(self.len, 11_usize.saturating_sub(self.len) + 1),
            Some((digit, _)) => with_pair(self.len, self.row == (digit, 2)),
            None => without_pair(self.len),
        }
    }
}

/// Ways to fill the places after the first `len` with different digits out of `unseen`.
fn choices(len: usize, unseen: usize) -> u64 {
    (0..WIDTH.saturating_sub(len)).map(|taken| unseen.saturating_sub(taken) as u64).product()
}

/// Ways on from `len` digits of which two are the same; `row`: they are the last two, so that no third may follow at once.
fn with_pair(len: usize, row: bool) -> u64 {
    let unseen = 11_usize.saturating_sub(len);
    let places = WIDTH.saturating_sub(len).saturating_sub(usize::from(row)) as u64;
    // The third one takes a place, and the others fill one place less.
    choices(len, unseen) + places * choices(len + 1, unseen)
}

/// Ways on from `len` different digits: one of them has to come again.
fn without_pair(len: usize) -> u64 {
    if len >= WIDTH {
        return 0;
    }
    let fresh = if len == 0 { 9 } else { 10 - len as u64 };
    let again = if len == 0 {
        0
    } else {
        with_pair(len + 1, true) + (len as u64 - 1) * with_pair(len + 1, false)
    };
    fresh * without_pair(len + 1) + again
}

/// Whether ten characters are such digits.
pub(crate) fn fits(text: &[u8]) -> bool {
    let end = text
        .iter()
        .try_fold(Sofar::START, |sofar, character| sofar.with(character.wrapping_sub(b'0')));
    end.is_some_and(|end| end.len == WIDTH && end.again.is_some())
}

/// How many such texts there are.
pub(crate) fn count() -> u64 {
    Sofar::START.completions()
}

/// The place of a text among all of them in ascending order.
pub(crate) fn index(text: &[u8]) -> Option<u64> {
    if !fits(text) {
        return None;
    }
    let (mut index, mut sofar) = (0, Sofar::START);
    for character in text {
        let digit = character.wrapping_sub(b'0');
        index +=
            (0..digit).filter_map(|digit| sofar.with(digit)).map(Sofar::completions).sum::<u64>();
        sofar = sofar.with(digit)?;
    }
    Some(index)
}

/// Writes the text at a place.
pub(crate) fn write(mut index: u64, text: &mut [u8]) -> Option<()> {
    let mut sofar = Sofar::START;
    for character in text {
        let mut next = None;
        for digit in 0..10 {
            let Some(step) = sofar.with(digit) else { continue };
            let completions = step.completions();
            if index < completions {
                next = Some((digit, step));
                break;
            }
            index -= completions;
        }
        let (digit, step) = next?;
        *character = b'0' + digit;
        sofar = step;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_that_of_the_tax_office() {
        let good = ["8609574271", "4703689281", "6592997048", "1123456789", "1213145678"];
        for text in good {
            assert!(fits(text.as_bytes()), "{text}");
        }
        let bad = [
            "1234567890",
            "0123456788",
            "1112345678",
            "1122345678",
            "1213141567",
            "112345678",
            "112345678a",
        ];
        for text in bad {
            assert!(!fits(text.as_bytes()), "{text}");
        }
    }

    /// Numbers that begin with 0 are a tenth of all, since no digit is better than another.
    #[test]
    fn they_are_as_many_as_combinatorics_says() {
        let factorial = |n: u64| (1..=n).product::<u64>();
        // Twice: the digit, its two places of ten, eight others in a row.
        let twice = 10 * 45 * factorial(9);
        // Three times: 120 sets of three places less the 8 in a row, seven of nine others.
        let thrice = 10 * (120 - 8) * factorial(9) / 2;
        assert_eq!(count(), (twice + thrice) / 10 * 9);
    }

    #[test]
    fn places_are_one_to_one() {
        let mut text = [0; WIDTH];
        for index in (0..count()).step_by(9_999_991).chain([0, count() - 1]) {
            write(index, &mut text).unwrap();
            assert_eq!(super::index(&text), Some(index), "{text:?}");
        }
        assert_eq!(write(count(), &mut text), None);
    }
}
