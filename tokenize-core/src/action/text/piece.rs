//! Cells taken apart into the texts that are looked at.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::column::cell::Cell;
use crate::field::PathPattern;
use crate::markup::{self, Markup, PieceKind};
use crate::policy::TextMarkup;

/// A text in a cell.
pub(super) struct Piece<'a> {
    pub(super) cell: usize,
    source: &'a str,
    /// `None` where the text is the cell.
    part: Option<markup::Piece<'a>>,
    /// The rule of its path, which takes it whole.
    pub(super) whole: Option<usize>,
}

/// The texts of cells, cell by cell.
pub(super) struct Pieces<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    /// Cells that are not what they should be.
    pub(super) malformed: HashSet<usize>,
}

/// A path of JSON with the place of what happens there; `None` where nothing does.
pub(super) type PathRule = (PathPattern, Option<usize>);

impl Piece<'_> {
    pub(super) fn text(&self) -> &str {
        self.part.as_ref().map_or(self.source, |part| &part.text)
    }

    /// The bytes of the cell that a range of the text stands in.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        self.part.as_ref().map_or(range.clone(), |part| part.source_range(range))
    }

    /// What stands in the cell in the place of a range of the text.
    pub(super) fn source_text(&self, range: Range<usize>) -> &str {
        self.source.get(self.source_range(range)).unwrap_or_default()
    }

    /// Whether it stands without quotes where a text has some: a number of JSON, `true`, `null`.
    pub(super) fn is_bare(&self) -> bool {
        let kind = self.part.as_ref().map(|part| part.kind);
        matches!(kind, Some(PieceKind::Number | PieceKind::Literal))
    }
}

impl<'a> Pieces<'a> {
    pub(super) fn of(cells: &[Cell<'a>], markup: Option<TextMarkup>, paths: &[PathRule]) -> Self {
        let mut all = Self { pieces: Vec::with_capacity(cells.len()), malformed: HashSet::new() };
        for (cell, value) in cells.iter().enumerate() {
            let Cell::Text(source) = *value else { continue };
            match markup.map(markup_of) {
                None => all.pieces.push(Piece { cell, source, part: None, whole: None }),
                Some(markup) => all.add(cell, source, markup, paths),
            }
        }
        all
    }

    fn add(&mut self, cell: usize, source: &'a str, markup: Markup, rules: &[PathRule]) {
        let Ok(markup::Pieces { pieces, paths, .. }) = markup.pieces(source) else {
            self.malformed.insert(cell);
            return;
        };
        // By path: its rule, if it has one.
        let mut known: Vec<Option<Option<Option<usize>>>> = vec![None; paths.len()];
        for part in pieces {
            let place = part.path.0;
            let find = || {
                let path = (!rules.is_empty()).then(|| paths.path(part.path))?;
                rules.iter().find(|(rule, _)| rule.matches(&path)).map(|(_, inner)| *inner)
            };
            let rule = match known.get_mut(place) {
                Some(known) => *known.get_or_insert_with(find),
                None => find(),
            };
            let is_bare = matches!(part.kind, PieceKind::Number | PieceKind::Literal);
            let whole = match rule {
                Some(None) => continue,
                None if is_bare => continue,
                Some(Some(inner)) if !part.text.is_empty() && &*part.text != "null" => Some(inner),
                _ => None,
            };
            self.pieces.push(Piece { cell, source, part: Some(part), whole });
        }
    }
}

/// A text as it is written within a markup.
pub(super) fn encoded(markup: Option<TextMarkup>, text: &str) -> Cow<'_, str> {
    match markup {
        None => Cow::Borrowed(text),
        Some(markup) => markup_of(markup).encode(text),
    }
}

fn markup_of(markup: TextMarkup) -> Markup {
    match markup {
        TextMarkup::Html => Markup::Html,
        TextMarkup::Json => Markup::Json,
    }
}
