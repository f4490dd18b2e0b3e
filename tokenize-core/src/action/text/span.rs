//! Places in texts that something happens to.

use crate::detect::{KnownFinding, Spot};

/// A place in a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) piece: usize,
    /// In bytes of the piece's text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) source: Source,
    /// The place of what happens to it; `None` if it has no token.
    pub(super) inner: Option<usize>,
    /// The column's value that it repeats, or is a part of.
    pub(super) value: Option<String>,
}

/// What found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Detection, an entity of this number.
    Entity(usize),
    /// The known column of this number.
    Known(usize),
    /// The path of JSON of this number.
    Path(usize),
}

impl Span {
    pub(super) fn found(spot: Spot, inner: usize) -> Self {
        Self {
            piece: spot.text,
            start: spot.start,
            end: spot.end,
            source: Source::Entity(spot.entity),
            inner: Some(inner),
            value: None,
        }
    }

    pub(super) fn known(
        piece: usize,
        place: &KnownFinding,
        inner: Option<usize>,
        value: Option<String>,
    ) -> Self {
        let (start, end, source) = (place.start, place.end, Source::Known(place.source));
        Self { piece, start, end, source, inner, value }
    }

    pub(super) fn whole(piece: usize, end: usize, path: usize, inner: usize) -> Self {
        let source = Source::Path(path);
        Self { piece, start: 0, end, source, inner: Some(inner), value: None }
    }

    /// Makes both one, which has no token.
    pub(super) fn swallow(&mut self, next: &Self) {
        if next.end - next.start > self.end - self.start {
            self.source = next.source;
        }
        self.end = next.end.max(self.end);
        (self.inner, self.value) = (None, None);
    }

    /// By place; of those at one place the longest first, and what a column holds before what detection says.
    pub(super) fn order(&self) -> (usize, usize, std::cmp::Reverse<usize>, bool) {
        let is_found = matches!(self.source, Source::Entity(_));
        (self.piece, self.start, std::cmp::Reverse(self.end), is_found)
    }
}

/// Spans without overlaps, from spans in their order: what lies within another goes, what reaches beyond it makes both one, which has
/// no token.
pub(super) fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match all.last_mut() {
            Some(last) if last.piece == span.piece && span.start < last.end => {
                if span.end > last.end {
                    last.swallow(&span);
                }
            }
            _ => all.push(span),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, source: Source) -> Span {
        Span { piece: 0, start, end, source, inner: Some(0), value: None }
    }

    #[track_caller]
    fn check(mut spans: Vec<Span>, expected: &[(usize, usize, Source, bool)]) {
        spans.sort_by_key(Span::order);
        let merged = merged(spans);
        let merged: Vec<_> = merged
            .iter()
            .map(|span| (span.start, span.end, span.source, span.inner.is_some()))
            .collect();
        assert_eq!(merged, expected);
    }

    #[test]
    fn the_longer_one_stays_and_equal_ones_are_the_columns() {
        use Source::{Entity, Known};
        check(
            vec![span(0, 5, Entity(1)), span(0, 5, Known(2)), span(5, 9, Entity(3))],
            &[(0, 5, Known(2), true), (5, 9, Entity(3), true)],
        );
        check(vec![span(0, 3, Known(0)), span(0, 12, Entity(1))], &[(0, 12, Entity(1), true)]);
        check(vec![span(2, 4, Entity(0)), span(0, 12, Known(1))], &[(0, 12, Known(1), true)]);
    }

    #[test]
    fn nothing_of_two_that_overlap_is_left() {
        use Source::{Entity, Known};
        check(vec![span(0, 8, Known(0)), span(4, 20, Entity(1))], &[(0, 20, Entity(1), false)]);
        check(
            vec![span(0, 8, Known(0)), span(4, 10, Entity(1)), span(9, 11, Entity(2))],
            &[(0, 11, Known(0), false)],
        );
    }
}
