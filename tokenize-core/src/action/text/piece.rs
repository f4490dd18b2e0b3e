//! Cells taken apart into the texts that are looked at.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::column::cell::Cell;
use crate::policy::TextMarkup;

/// A text in a cell.
pub(super) struct Piece<'a> {
    pub(super) cell: usize,
    /// The cell.
    source: &'a str,
    pub(super) text: Cow<'a, str>,
}

impl Piece<'_> {
    /// The bytes of the cell that a range of the text stands in.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        range
    }

    /// What stands in the cell in the place of a range of the text.
    pub(super) fn source_text(&self, range: Range<usize>) -> &str {
        self.source.get(self.source_range(range)).unwrap_or_default()
    }
}

/// The texts of cells, cell by cell.
pub(super) struct Pieces<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    /// Cells that are not what they should be.
    pub(super) malformed: HashSet<usize>,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(cells: &[Cell<'a>], _markup: Option<TextMarkup>) -> Self {
        let text = |(cell, value): (usize, &Cell<'a>)| match value {
            Cell::Text(text) => Some(Piece { cell, source: text, text: Cow::Borrowed(*text) }),
            _ => None,
        };
        let pieces = cells.iter().enumerate().filter_map(text).collect();
        Self { pieces, malformed: HashSet::new() }
    }
}

/// A text as it is written within a markup.
pub(super) fn encoded(_markup: Option<TextMarkup>, text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}
