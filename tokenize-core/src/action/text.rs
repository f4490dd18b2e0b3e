//! `text`: what detection finds in a free text is treated finding by finding (`docs/format.md`, section 12).
//!
//! ```text
//! cells ─ pieces ─▶ texts ─ detection, known values ─▶ spans ─ one action for each ─▶ tokens ─▶ cells
//! ```
//!
//! All findings of a chunk of cells go through their action together. What is between them is copied byte for byte.

mod dataset;
mod inner;
mod piece;
mod restore;
mod span;
mod spans;
mod tag;
mod token;

pub(crate) use self::dataset::{Dataset, DatasetBuilder, DatasetError};
pub(super) use self::restore::Restoring;

use std::sync::Arc;

use arrow::array::ArrayRef;

use self::inner::Inner;
use self::piece::{PathRule, Piece, Pieces};
use self::span::{Span, merged};
use self::spans::Kept;
use self::tag::{Marks, Original, push_literal};
use super::{ActionError, Keys, Reason, Treat, Treated, treatment};
use crate::column::cell::{Cell, CellError, Cells, Value};
use crate::detect::{
    Detection, Detector, Known, KnownFinding, KnownScratch, KnownSetFinding, Spot, Texts,
};
use crate::field::FieldPath;
use crate::keys::Root;
use crate::plan::Step;
use crate::policy::{KnownColumn, KnownValues, OnInvalid, Text, TextMarkup, TokenWriting, label};

/// Masks the texts of one column.
pub(super) struct Masking {
    detector: Detector,
    path: FieldPath,
    /// What happens to findings; the last is for the rest.
    inner: Vec<Inner>,
    /// By the number of an entity: its name, and the place of what happens to it.
    entities: Vec<(Arc<str>, usize)>,
    known: Vec<(KnownColumn, Option<usize>)>,
    /// What the whole dataset holds, if that is looked for.
    dataset: Option<Arc<Dataset>>,
    /// Paths of JSON, and what whole leaves there are called.
    paths: Vec<PathRule>,
    labels: Vec<(usize, String)>,
    /// For what has no token, where every text must come back.
    own: Option<Marks>,
    markup: Option<TextMarkup>,
    tokens: TokenWriting,
    /// For the spans of natural texts.
    spans: Option<Marks>,
    on_invalid: OnInvalid,
}

/// What became of the findings of some cells.
type Replaced = Vec<Result<Replacement, Reason>>;

/// What stands in the place of a finding.
enum Replacement {
    /// This, as the text's markup writes it; with whether what stood there can be had back.
    Bare { text: String, is_kept: bool },
    /// A tag.
    Tag(String),
}

impl Masking {
    pub(super) fn new(step: &Step, text: &Text, keys: &Keys<'_>) -> Result<Self, ActionError> {
        let detector = match *text.detection == Detection::default() {
            true => Detector::standard().clone(),
            false => Detector::new(&text.detection).map_err(|_| unsupported(step))?,
        };
        let mut inner = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (entity, treatment) in &text.entities {
            inner.push(Inner::new(step, treatment, keys)?);
            names.push(entity);
        }
        inner.push(Inner::new(step, &text.rest, keys)?);
        let rest = inner.len() - 1;
        let place = |name: &str| names.iter().position(|known| *known == name).unwrap_or(rest);
        let entities = detector.entities().map(|name| (Arc::from(name), place(name))).collect();
        let mut known = Vec::new();
        for column in &text.known {
            let treatment = column.treatment.as_ref();
            let made = treatment.map(|treatment| Inner::new(step, treatment, keys)).transpose()?;
            let place = made.map(|made| {
                inner.push(made);
                inner.len() - 1
            });
            known.push((column.clone(), place));
        }
        let (mut paths, mut labels) = (Vec::new(), Vec::new());
        for (path, treatment) in &text.paths {
            let made = Inner::new(step, treatment, keys)?;
            let place = (!made.is_keep()).then_some(inner.len());
            inner.push(made);
            paths.push((path.clone(), place.map(|_| labels.len())));
            labels.push((place.unwrap_or_default(), label(treatment, &path.to_string())));
        }
        let version = step.key.map(|(version, _)| version);
        let marks = |is_needed: bool| -> Result<Option<Marks>, ActionError> {
            let Some(version) = version.filter(|_| is_needed) else { return Ok(None) };
            Ok(Some(Marks::new(&keys.keyring.unwrap_root(version, Root::Reveal)?, OWN_DOMAIN)))
        };
        let own = marks(text.is_reversible_required)?;
        let spans = marks(text.tokens == TokenWriting::Spans)?;
        Ok(Self {
            detector,
            path: step.path.clone(),
            inner,
            entities,
            known,
            dataset: keys.dataset.clone().filter(|_| text.known_values == KnownValues::Dataset),
            paths,
            labels,
            own,
            markup: text.parse,
            tokens: text.tokens,
            spans,
            on_invalid: step.on_invalid,
        })
    }

    /// The findings in pieces, piece by piece, without those that are kept.
    fn spans(&self, pieces: &[Piece<'_>], rows: Rows<'_>) -> Result<Vec<Span>, ActionError> {
        let bytes = pieces.iter().map(|piece| piece.text().len()).sum();
        let mut texts = Texts::with_capacity(pieces.len(), bytes);
        for piece in pieces {
            // What is taken whole need not be looked at.
            texts.push(if piece.whole.is_some() { "" } else { piece.text() });
        }
        let spots = self.detector.detect_texts(&self.path, &texts);
        let found = spots.into_iter().filter_map(|spot| self.found(spot));
        let is_known = self.dataset.is_some() || !rows.known.is_empty() && !self.known.is_empty();
        if !is_known && self.paths.is_empty() {
            return Ok(merged(found.collect()));
        }
        let mut all: Vec<Span> = found.collect();
        if !rows.known.is_empty() {
            self.known_spans(pieces, rows, &mut all)?;
        }
        if let Some(dataset) = &self.dataset {
            self.dataset_spans(dataset, pieces, &mut all);
        }
        let whole = pieces.iter().enumerate().filter_map(|(number, piece)| {
            let path = piece.whole?;
            Some(Span::whole(number, piece.text().len(), path, self.labels.get(path)?.0))
        });
        all.extend(whole);
        all.sort_by_key(Span::order);
        Ok(merged(all))
    }

    fn found(&self, spot: Spot) -> Option<Span> {
        let (_, place) = self.entities.get(spot.entity)?;
        let is_kept = self.inner.get(*place)?.is_keep();
        (!is_kept).then(|| Span::found(spot, *place))
    }

    /// What the rows' other columns hold and the texts repeat.
    fn known_spans(
        &self,
        pieces: &[Piece<'_>],
        rows: Rows<'_>,
        spans: &mut Vec<Span>,
    ) -> Result<(), ActionError> {
        let columns: Result<Vec<_>, _> =
            rows.known.iter().map(|array| Cells::new(array.as_ref())).collect();
        let columns = columns.map_err(|source| self.column_error(source))?;
        let (mut known, mut found) = (Known::new(), Vec::new());
        let mut row = None;
        for (number, piece) in pieces.iter().enumerate() {
            let here = rows.numbers.get(piece.cell).copied();
            if row != here {
                row = here;
                known.clear();
                for (source, cells) in columns.iter().enumerate() {
                    let (Some(row), Some((column, _))) = (row, self.known.get(source)) else {
                        continue;
                    };
                    match cells.get(row) {
                        Some(Cell::Text(text)) => known.add(source, column.kind, text),
                        Some(Cell::Int(value)) => {
                            known.add(source, column.kind, &value.to_string());
                        }
                        _ => {}
                    }
                }
            }
            if known.is_empty() || piece.whole.is_some() {
                continue;
            }
            found.clear();
            known.find(piece.text(), &mut found);
            for place in &found {
                let value = row.and_then(|row| value_of(columns.get(place.source)?.get(row)?));
                let inner = self.known.get(place.source).and_then(|(_, inner)| *inner);
                spans.push(Span::known(number, place, inner, value));
            }
        }
        Ok(())
    }

    /// What other rows hold and the texts repeat.
    fn dataset_spans(&self, dataset: &Dataset, pieces: &[Piece<'_>], spans: &mut Vec<Span>) {
        let (mut scratch, mut found) = (KnownScratch::default(), Vec::new());
        for (number, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.whole.is_none())
        {
            for (place, value) in dataset.find(piece.text(), &mut scratch, &mut found) {
                let inner = self.known.get(place.source).and_then(|(_, inner)| *inner);
                let KnownSetFinding { start, end, source, .. } = place;
                let place = KnownFinding { start, end, source, is_whole: true };
                spans.push(Span::known(number, &place, inner, Some(value.to_owned())));
            }
        }
    }

    /// What an entity, or a known column, is called in tags.
    fn label(&self, span: &Span) -> &str {
        match span.source {
            span::Source::Entity(entity) => {
                self.entities.get(entity).map_or("", |(name, _)| &**name)
            }
            span::Source::Path(path) => self.labels.get(path).map_or("", |(_, label)| label),
            span::Source::Known(column) => {
                self.known.get(column).map_or("", |(column, _)| &column.entity)
            }
        }
    }

    /// Writes a cell with its findings replaced.
    fn write(
        &self,
        source: &str,
        pieces: &[Piece<'_>],
        first: usize,
        spans: &[Span],
        replaced: &[Result<Replacement, Reason>],
    ) -> Treated {
        let mut out = String::with_capacity(source.len() + 64 * spans.len());
        let (mut done, mut kept) = (0, Vec::new());
        let literal = |text: &str, out: &mut String| {
            if self.is_tagged() { push_literal(text, out) } else { out.push_str(text) }
        };
        for (span, replacement) in spans.iter().zip(replaced) {
            let Some(piece) = pieces.get(span.piece - first) else { continue };
            let place = piece.source_range(span.start..span.end);
            literal(&source[done..place.start], &mut out);
            match replacement {
                Ok(Replacement::Tag(tag)) if piece.is_bare() => {
                    out.extend(["\"", tag, "\""]);
                }
                Ok(Replacement::Tag(tag)) => out.push_str(tag),
                Ok(Replacement::Bare { text, is_kept }) => {
                    let start = out.len();
                    let text = piece::encoded(self.markup, text);
                    let is_number = || serde_json::from_str::<serde_json::Number>(&text).is_ok();
                    if piece.is_bare() && !is_number() {
                        out.extend(["\"", &text, "\""]);
                    } else {
                        out.push_str(&text);
                    }
                    if *is_kept {
                        let original = source.get(place.clone()).unwrap_or_default();
                        kept.push(Kept { start, end: out.len(), original });
                    }
                }
                Err(reason) => return Err(*reason),
            }
            done = place.end;
        }
        literal(&source[done..], &mut out);
        match &self.spans {
            None => Ok(Value::Text(out)),
            Some(_) if kept.is_empty() => Ok(Value::Null),
            Some(marks) => marks.seal_spans(&out, &kept).map(Value::Bytes).ok_or(Reason::Range),
        }
    }

    fn is_tagged(&self) -> bool {
        self.tokens == TokenWriting::Tagged
    }

    fn column_error(&self, source: CellError) -> ActionError {
        ActionError::Column { path: self.path.to_string(), source }
    }
}

/// The rows of cells, and what the columns hold there that are known.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// By cell.
    pub(super) numbers: &'a [usize],
    /// By known column.
    pub(super) known: &'a [ArrayRef],
}

impl Treat for Masking {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        self.treat_in_rows(cells, &[], Rows { numbers: &[], known: &[] })
    }

    fn treat_in_rows(
        &self,
        cells: &[Cell<'_>],
        _: &[Option<i64>],
        rows: Rows<'_>,
    ) -> Result<Vec<Treated>, ActionError> {
        let Pieces { pieces, malformed } = Pieces::of(cells, self.markup, &self.paths);
        let mut spans = self.spans(&pieces, rows)?;
        if self.markup.is_some() {
            spans = apart(&pieces, spans);
        }
        let replaced = self.replacements(&pieces, &spans)?;
        let (mut piece, mut span) = (0, 0);
        let treat = |(number, cell): (usize, &Cell<'_>)| {
            let (Cell::Text(source), false) = (cell, malformed.contains(&number)) else {
                return Err(Reason::Format);
            };
            let first = piece;
            piece += pieces[first..].iter().take_while(|piece| piece.cell == number).count();
            let from = span;
            span += spans[from..].iter().take_while(|span| span.piece < piece).count();
            self.write(
                source,
                &pieces[first..piece],
                first,
                &spans[from..span],
                &replaced[from..span],
            )
        };
        Ok(cells.iter().enumerate().map(treat).collect())
    }

    fn is_function_of_cell(&self) -> bool {
        self.known.is_empty()
    }
}

/// Spans that touch one escape, such as a reference that stands for several characters, are one.
fn apart(pieces: &[Piece<'_>], spans: Vec<Span>) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let piece = pieces.get(span.piece);
        let source = |span: &Span| piece.map(|piece| piece.source_range(span.start..span.end));
        let touches = |last: &&mut Span| {
            let (last, next) = (source(last), source(&span));
            last.zip(next).is_some_and(|(last, next)| next.start < last.end)
        };
        match all.last_mut().filter(|last| last.piece == span.piece).filter(touches) {
            Some(last) => last.swallow(&span),
            None => all.push(span),
        }
    }
    all
}

fn value_of(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.to_owned()),
        Cell::Int(value) => Some(value.to_string()),
        _ => None,
    }
}

fn unsupported(step: &Step) -> ActionError {
    let data_type = step.from.to_string();
    ActionError::Column {
        path: step.path.to_string(),
        source: CellError::Unsupported { data_type },
    }
}

/// The domain of seals that stand for themselves.
const OWN_DOMAIN: &str = "text";
