//! `truncate`: some characters at the ends stay, the others are filled.

use super::{ActionError, Reason, Treat, Treated};
use crate::column::cell::{Cell, Value};

/// How many characters stay, and what fills.
pub(super) struct Truncation {
    fill: char,
    first: usize,
    last: usize,
}

impl Truncation {
    pub(super) fn new(fill: char, first: u32, last: u32) -> Self {
        let count = |kept: u32| usize::try_from(kept).unwrap_or(usize::MAX);
        Self { fill, first: count(first), last: count(last) }
    }

    /// A value no longer than what is kept is filled whole: it would otherwise pass as it is.
    fn truncate(&self, text: &str) -> String {
        let len = text.chars().count();
        let kept = self.first.saturating_add(self.last);
        let stays = |i: usize| kept < len && (i < self.first || i >= len - self.last);
        text.chars().enumerate().map(|(i, c)| if stays(i) { c } else { self.fill }).collect()
    }
}

impl Treat for Truncation {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let treat = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => Ok(Value::Text(self.truncate(text))),
            _ => Err(Reason::Format),
        };
        Ok(cells.iter().map(treat).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_filled() {
        let cases = [
            (1, 2, "abcdef", "a***ef"),
            (1, 2, "abc", "***"),
            (1, 2, "ab", "**"),
            (0, 0, "äöü", "***"),
            (2, 0, "äöü", "äö*"),
            (0, 4, "4111111111111111", "************1111"),
            (u32::MAX, u32::MAX, "abc", "***"),
        ];
        for (first, last, value, expected) in cases {
            assert_eq!(Truncation::new('*', first, last).truncate(value), expected);
        }
    }
}
