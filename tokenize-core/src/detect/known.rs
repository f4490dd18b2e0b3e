//! Values that are known beforehand, found in texts that no rule would look at twice: the person of a row's name column is also in its notes.
//!
//! [`Known`] holds the values of one row and is filled anew for the next; [`KnownSet`] holds those of a dataset and is built once. Values and texts
//! are compared as folds: any case, with or without diacritics, composed or not. A value is found between word boundaries of UAX 29 and never
//! where it stands for nothing, such as `N/A`. A part of a name that is a word as well, such as `May`, needs more to speak for it.
//!
//! ```text
//! text ── fold ── filter: two bytes that a value begins with ── compare, boundaries ── hits ── judge: words, neighbours, overlaps ── findings
//! ```

mod bound;
mod fold;
mod judge;
mod set;
#[cfg(test)]
mod tests;
mod value;
mod word;

pub(crate) use set::{KnownScratch, KnownSet, KnownSetBuilder, KnownSetFinding, TooMany};

use fold::Folded;
use judge::Hit;
use value::Values;

/// What a value is, as far as its column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownKind {
    Email,
    /// A full name, or given names, or a surname: parts are looked for, too.
    Name,
    /// Digits, perhaps with letters, whatever parts them.
    Number,
    /// The whole value only.
    Other,
}

impl KnownKind {
    /// The kind that a folded value of this one is looked for as: a number without digits is another value, and
    /// so is one of too many.
    fn of(self, fold: &[u8]) -> Self {
        let count = fold.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        let has_digits = fold.is_ascii() && fold.iter().any(u8::is_ascii_digit);
        let is_number = has_digits && count <= LONGEST_NUMBER;
        if self == Self::Number && !is_number { Self::Other } else { self }
    }
}

/// Where a value of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownFinding {
    /// First byte within the text.
    pub(crate) start: usize,
    /// The byte after the last.
    pub(crate) end: usize,
    /// What was told when the value was added.
    pub(crate) source: usize,
    /// The whole value, in any case and with any separators, not a part of a name.
    pub(crate) is_whole: bool,
}

/// The values to look for in the texts of one row; buffers are kept from row to row.
#[derive(Default)]
pub(crate) struct Known {
    values: Values,
    folded: Folded,
    hits: Vec<Hit>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Known {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Forgets all values.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
    }

    /// Adds a value of the column `source`. What cannot be told from other text, such as `1`, is left out.
    pub(crate) fn add(&mut self, source: usize, kind: KnownKind, value: &str) {
        self.values.add(source, kind, value);
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Adds each place of a value to `found`, ascending and without overlaps: the longest stays, then the first.
    pub(crate) fn find(&mut self, text: &str, found: &mut Vec<KnownFinding>) {
        if self.is_empty() {
            return;
        }
        self.hits.clear();
        let view = View::new(text, &mut self.folded);
        self.values.search(&view, &mut self.hits);
        if !self.hits.is_empty() {
            judge::judge(&view, &mut self.hits, found);
        }
    }
}

/// Letters and digits of a number: a bound on the time that one place in a text may take, and in a set the bits of a `u64`.
const LONGEST_NUMBER: usize = 63;

/// A text and its fold.
struct View<'a> {
    text: &'a str,
    /// The text itself where it is ASCII: whoever compares ignores case.
    fold: &'a [u8],
    folded: Option<&'a Folded>,
}

impl<'a> View<'a> {
    fn new(text: &'a str, folded: &'a mut Folded) -> Self {
        if text.is_ascii() {
            return Self { text, fold: text.as_bytes(), folded: None };
        }
        folded.read(text);
        Self { text, fold: &folded.bytes, folded: Some(folded) }
    }

    /// The place in the text of a place in the fold; `None` within a character.
    fn place(&self, place: usize) -> Option<usize> {
        match self.folded {
            None => Some(place),
            Some(folded) => folded.place(place).filter(|place| self.text.is_char_boundary(*place)),
        }
    }
}
