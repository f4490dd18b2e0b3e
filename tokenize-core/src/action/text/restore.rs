//! Texts with tags, brought back.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::inner::inner_step;
use super::piece::encoded;
use super::tag::{Bracket, Held, Marks, Tag, read};
use super::token::to_cell;
use super::{ActionError, Keys, OWN_DOMAIN, Reason, Rows, Treat, Treated, treatment, unsupported};
use crate::column::cell::{Cell, Cells, Value};
use crate::keys::{Keyring, Root};
use crate::plan::{Direction, Step};
use crate::policy::{Action, REST, Text, TextMarkup, TokenWriting, Treatment};

/// Unmasks the texts of one column.
pub(in crate::action) struct Restoring {
    sources: Vec<Source>,
    markup: Option<TextMarkup>,
    /// What opens the spans of natural texts.
    spans: Vec<Marks>,
    is_natural: bool,
    /// Tags that do not verify.
    left: AtomicU64,
}

/// What tags may come from.
struct Source {
    /// `*` where it is for all entities.
    entity: String,
    marks: Marks,
    /// `None` where the original is always sealed.
    treat: Option<Box<dyn Treat>>,
    /// Whether tokens are cells.
    has_cells: bool,
}

/// A tag that is genuine.
struct Found {
    cell: usize,
    place: Range<usize>,
    becomes: Becomes,
}

enum Becomes {
    /// What a source's token stands for.
    Clear { source: usize, token: String },
    /// This, as it stood there.
    Original { text: String },
    /// Without one `~`.
    Literal,
}

impl Restoring {
    pub(in crate::action) fn new(
        step: &Step,
        text: &Text,
        keys: &Keys<'_>,
    ) -> Result<Self, ActionError> {
        let known =
            text.known.iter().filter_map(|known| Some((&*known.entity, known.treatment.as_ref()?)));
        let entities = text.entities.iter().map(|(entity, treatment)| (&**entity, treatment));
        let paths = text.paths.iter();
        let labels: Vec<String> = paths
            .clone()
            .map(|(path, treatment)| crate::policy::label(treatment, &path.to_string()))
            .collect();
        let paths = labels.iter().map(String::as_str).zip(paths.map(|(_, treatment)| treatment));
        let all = entities.chain(known).chain(paths).chain([(REST, &text.rest)]);
        let mut sources = Vec::new();
        for (entity, treatment) in all.filter(|(_, one)| one.action.power().is_some()) {
            for version in versions(text, treatment.key_version, step, keys.keyring) {
                let treatment = Treatment { key_version: Some(version), ..treatment.clone() };
                sources.extend(Source::new(step, entity, &treatment, keys)?);
            }
        }
        if text.is_reversible_required {
            for version in versions(text, step.key.map(|(version, _)| version), step, keys.keyring)
            {
                let root = keys.keyring.unwrap_root(version, Root::Reveal)?;
                let marks = Marks::new(&root, OWN_DOMAIN);
                let entity = REST.to_owned();
                sources.push(Source { entity, marks, treat: None, has_cells: false });
            }
        }
        let is_natural = text.tokens == TokenWriting::Natural;
        let mut spans = Vec::new();
        for version in versions(text, step.key.map(|(version, _)| version), step, keys.keyring) {
            if is_natural {
                let root = keys.keyring.unwrap_root(version, Root::Reveal)?;
                spans.push(Marks::new(&root, OWN_DOMAIN));
            }
        }
        let left = AtomicU64::new(0);
        Ok(Self { sources, markup: text.parse, spans, is_natural, left })
    }

    /// The genuine tags of a cell, and what has a `~` too many.
    fn find(&self, cell: usize, text: &str, found: &mut Vec<Found>) {
        let mut done = 0;
        for at in memchr::memchr_iter(b'[', text.as_bytes()) {
            if at < done {
                continue;
            }
            match read(text, at) {
                Bracket::Other => {}
                Bracket::Escaped => {
                    done = at + 2;
                    found.push(Found { cell, place: at..done, becomes: Becomes::Literal });
                }
                Bracket::Tag { tag, end, is_escaped } => {
                    let before = text.as_bytes().get(at.wrapping_sub(1));
                    let start = at - usize::from(is_escaped && before == Some(&b'\\'));
                    match self.becomes(&tag) {
                        Some((becomes, is_quoted)) => {
                            let place = quoted(text, start..end, is_quoted);
                            done = place.end;
                            found.push(Found { cell, place, becomes });
                        }
                        None => drop(self.left.fetch_add(1, Ordering::Relaxed)),
                    }
                }
            }
        }
    }

    /// What a tag becomes, and whether the quotes around it go too; `None` if it was not made under these keys, or cannot be reversed.
    fn becomes(&self, tag: &Tag) -> Option<(Becomes, bool)> {
        let is_source = |source: &Source| source.entity == tag.entity || source.entity == REST;
        let sources = self.sources.iter().enumerate().filter(|(_, source)| is_source(source));
        for (number, source) in sources {
            match (source.marks.read(tag), &source.treat) {
                (Some(Held::Original { text, is_quoted }), _) => {
                    return Some((Becomes::Original { text }, is_quoted));
                }
                (Some(Held::Token(token)), Some(_)) => {
                    return Some((Becomes::Clear { source: number, token }, false));
                }
                _ => {}
            }
        }
        None
    }

    /// What stood in the places, source by source; `None` where a token is none.
    fn clear(&self, found: &[Found]) -> Result<Vec<Option<String>>, ActionError> {
        let mut clear: Vec<Option<String>> = found.iter().map(|_| None).collect();
        for (number, source) in self.sources.iter().enumerate() {
            let Some(treat) = &source.treat else { continue };
            let tokens: Vec<(usize, Token<'_>)> = found
                .iter()
                .enumerate()
                .filter_map(|(place, found)| match &found.becomes {
                    Becomes::Clear { source, token } if *source == number => Some((place, token)),
                    _ => None,
                })
                .filter_map(|(place, token)| {
                    Some((place, Token::of(token, self.has_cells(number))?))
                })
                .collect();
            let cells: Vec<Cell<'_>> = tokens.iter().map(|(_, token)| token.cell()).collect();
            for ((place, _), value) in tokens.iter().zip(treat.treat(&cells, &[])?) {
                if let Ok(Value::Text(text)) = value {
                    clear[*place] = Some(text);
                }
            }
        }
        Ok(clear)
    }

    fn has_cells(&self, source: usize) -> bool {
        self.sources.get(source).is_some_and(|source| source.has_cells)
    }
}

/// The place of a tag, with the quotes around it if they go with it and are there.
fn quoted(text: &str, place: Range<usize>, is_quoted: bool) -> Range<usize> {
    let is_quote = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)) == Some(&b'"');
    if is_quoted && is_quote(place.start.checked_sub(1)) && is_quote(Some(place.end)) {
        return place.start - 1..place.end + 1;
    }
    place
}

/// A token as the cell that it is.
enum Token<'a> {
    Text(&'a str),
    Cell(Vec<u8>),
}

impl<'a> Token<'a> {
    fn of(token: &'a str, is_cell: bool) -> Option<Self> {
        if is_cell { to_cell(token).map(Self::Cell) } else { Some(Self::Text(token)) }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Cell(bytes) => Cell::Bytes(bytes),
        }
    }
}

impl Source {
    /// `None` where nothing can be had back.
    fn new(
        step: &Step,
        entity: &str,
        treatment_: &Treatment,
        keys: &Keys<'_>,
    ) -> Result<Option<Self>, ActionError> {
        let Some(inner) = inner_step(step, treatment_) else { return Err(unsupported(step)) };
        let (Some((version, _)), true) = (inner.key, inner.action.is_reversible()) else {
            return Ok(None);
        };
        let root = keys.keyring.unwrap_root(version, Root::Reveal)?;
        let domain = treatment_.domain().unwrap_or_default();
        let has_cells = matches!(inner.action, Action::Encrypt { .. }) && !is_text(&inner);
        let (from, to) = (inner.to.clone(), inner.from.clone());
        let inner = Step { from, to, ..inner };
        let treat = treatment(&inner, Direction::Unmask, keys)?;
        let marks = Marks::new(&root, domain);
        Ok(Some(Self { entity: entity.to_owned(), marks, treat: Some(treat), has_cells }))
    }
}

fn is_text(step: &Step) -> bool {
    crate::column::is_text(&step.to)
}

/// The key versions that tags may be under.
fn versions(text: &Text, known: Option<u32>, step: &Step, keyring: &Keyring) -> Vec<u32> {
    if text.is_of_any_version {
        let usable = |version: &u32| keyring.check_usable(*version).is_ok();
        return keyring.versions().iter().map(|known| known.version()).filter(usable).collect();
    }
    known.or(step.key.map(|(version, _)| version)).into_iter().collect()
}

impl Restoring {
    /// Texts with bare tokens, by their spans.
    fn by_spans(&self, cells: &[Cell<'_>], rows: Rows<'_>) -> Result<Vec<Treated>, ActionError> {
        let Some(spans) = rows.known.first() else { return Err(ActionError::BatchSchema) };
        let spans = Cells::new(spans.as_ref()).map_err(|_| ActionError::BatchSchema)?;
        let treat = |(cell, row): (&Cell<'_>, &usize)| {
            let Cell::Text(text) = cell else { return Err(Reason::Format) };
            match spans.get(*row) {
                None | Some(Cell::Bytes([])) => Ok(Value::Text((*text).to_owned())),
                Some(Cell::Bytes(sealed)) => {
                    let clear = self.spans.iter().find_map(|marks| marks.restore(text, sealed));
                    clear.map(Value::Text).ok_or(Reason::Cell)
                }
                Some(_) => Err(Reason::Cell),
            }
        };
        Ok(cells.iter().zip(rows.numbers).map(treat).collect())
    }
}

impl Treat for Restoring {
    fn treat_in_rows(
        &self,
        cells: &[Cell<'_>],
        shifts: &[Option<i64>],
        rows: Rows<'_>,
    ) -> Result<Vec<Treated>, ActionError> {
        if self.is_natural { self.by_spans(cells, rows) } else { self.treat(cells, shifts) }
    }

    fn is_function_of_cell(&self) -> bool {
        !self.is_natural
    }

    fn left_tags(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let mut found = Vec::new();
        for (number, cell) in cells.iter().enumerate() {
            if let Cell::Text(text) = cell {
                self.find(number, text, &mut found);
            }
        }
        let clear = self.clear(&found)?;
        let mut next = 0;
        let treat = |(number, cell): (usize, &Cell<'_>)| {
            let Cell::Text(text) = cell else { return Err(Reason::Format) };
            let (mut out, mut done) = (String::with_capacity(text.len()), 0);
            while let Some(one) = found.get(next).filter(|one| one.cell == number) {
                let becomes = match &one.becomes {
                    Becomes::Literal => Some("[".into()),
                    Becomes::Original { text } => Some(text.as_str().into()),
                    Becomes::Clear { .. } => {
                        clear[next].as_deref().map(|text| encoded(self.markup, text))
                    }
                };
                if let Some(becomes) = becomes {
                    out.push_str(&text[done..one.place.start]);
                    out.push_str(&becomes);
                    done = one.place.end;
                }
                next += 1;
            }
            out.push_str(&text[done..]);
            Ok(Value::Text(out))
        };
        Ok(cells.iter().enumerate().map(treat).collect())
    }
}
