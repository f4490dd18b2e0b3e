//! The quick no: most digits in logs and tables begin in a way in which no number does.

use crate::detect::sight::Window;
use crate::detect::words::{before, behind};

/// Whether a number without a plus may begin with the digits at `at`, by them and what comes next. The window is that at `at`.
#[inline]
pub(super) fn may_begin(value: &[u8], at: usize, window: Window) -> bool {
    let len = window.digit_count(0);
    if len > LONGEST {
        return false;
    }
    let end = at + len;
    let (gap, next) = (behind(value, end), behind(value, end + 1));
    let has_zero = behind(value, at) == b'0';
    match gap {
        b' ' | b'-' | b'.' | b'/' if next.is_ascii_digit() => {
            let count = window.digit_count(len + 1);
            let third = Third { value, window, gap, at, end: len + 1 + count };
            if has_zero {
                let is_beside = before(value, at) == b' '
                    && before(value, at.saturating_sub(1)).is_ascii_digit();
                with_zero(len, count, &third, is_beside)
            } else {
                without(behind(value, at), len, count, &third)
            }
        }
        b'(' | b')' => len <= AREA,
        b' ' | b'-' if matches!(next, b'(' | b'-' | b'/') && len <= AREA => true,
        b'/' | b'?' | b'=' | b'*' => false,
        // A field of a form.
        b'&' if before(value, at) != b'=' => false,
        _ => {
            is_bare(len, behind(value, at))
                && !matches!(before(value, at), b'/' | b'-' | b'.' | b'#' | b'&' | b'*')
        }
    }
}

/// Whether digits without separators may be a number by their count; the longest that begin with 1 are instants.
fn is_bare(len: usize, first: u8) -> bool {
    match len {
        8..=11 => true,
        12 | 13 => first != b'1',
        14 | 15 => first == b'0',
        _ => false,
    }
}

/// What follows the second group.
struct Third<'a> {
    value: &'a [u8],
    /// What begins at `at`, and where the second group ends there.
    window: Window,
    at: usize,
    end: usize,
    gap: u8,
}

impl Third<'_> {
    /// How many digits the third group has, if the same separator stands before it.
    fn len(&self) -> usize {
        let is_same = behind(self.value, self.at + self.end) == self.gap;
        if is_same { self.window.digit_count(self.end + 1) } else { 0 }
    }
}

/// A trunk prefix first: no date, no decimal number, no card.
fn with_zero(len: usize, count: usize, third: &Third<'_>, is_beside: bool) -> bool {
    match (third.gap, len) {
        (b' ', 4) if count == 4 => third.len() != 4 && !is_beside,
        (b'.', 2) if count == 2 => third.len() == 2,
        (b'.', _) => len > 1 && (third.len() > 1 || third.len() == 0 && len + count > AREA + 2),
        (_, 2) if count == 2 => third.len() != 4,
        (_, 3) if count == 2 => third.len() != 4,
        _ => len <= AREA || is_bare(len, b'0'),
    }
}

/// The first two groups of the layouts in [`super::national`].
fn without(first: u8, len: usize, count: usize, third: &Third<'_>) -> bool {
    match (third.gap, len, count) {
        (b'.', 1, 3) => first == b'1',
        (b'.', 3, 2) => third.len() == 2,
        (b'.', 3, 3) => matches!(third.len(), 3 | 4),
        (b'.', 2, 3 | 4) => matches!(third.len(), 2 | 4),
        (b'.', 4, 3) => first == b'1',
        (b'.', ..) => false,
        (_, 1, 3 | 4) => matches!(first, b'1' | b'8'),
        (_, 1, 2) => third.len() == 2,
        (b'/', ..) => false,
        (_, 2, 2) => third.len() == 2,
        (_, 2, 3..=5) | (_, 3, 3 | 4 | 7) | (_, 5, 5) => true,
        (_, 3, 2) => third.len() != 4,
        (_, 4, 3) => first == b'1',
        (_, 4, 4) => third.len() == 0,
        (b' ', ..) => is_bare(len, first),
        _ => false,
    }
}

/// The digits of the longest area code with its trunk prefix.
const AREA: usize = 6;
/// The most digits that may stand together.
const LONGEST: usize = 15;
