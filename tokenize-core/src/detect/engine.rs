//! The search: one pass over the bytes of many values, which stops only where something may begin.
//!
//! ```text
//! bytes of all values ─ places ─▶ a digit ─▶ shapes of the word there ─▶ checks ─┐
//!                       │         `@` `:` `=` ─▶ addresses, URLs ────────────────┼▶ hits of one value ─ context, overlaps ─▶ findings
//!                       │         a foreign character ─▶ the value again, folded ┘
//!                       └ literals (`eyJ`, `www.`) ─▶ secrets, URLs
//! ```

use aho_corasick::packed::{FindIter, Searcher};

use super::context::{CONTRARY, Mask};
use super::fold::{Folded, is_foldable};
use super::hit::{Grade, Hit, Reasons, RuleId};
use super::literal::{self, Literal};
use super::rules::{Checker, Finder, Seen};
use super::scan::{BLOCK, places};
use super::table::Table;
use super::words::{before, behind, is_free_before, is_free_behind, is_word, word_end, word_start};
use super::{email, ip, phone, resolve, url};

/// Values that lie one behind another in a buffer.
pub(super) trait Spans {
    /// How many there are.
    fn len(&self) -> usize;
    /// Where one begins and ends; ends ascend.
    fn span(&self, row: usize) -> (usize, usize);
    /// Whether there is none at a row.
    fn is_null(&self, row: usize) -> bool;
}

/// One value.
impl Spans for (usize, usize) {
    fn len(&self) -> usize {
        1
    }

    fn span(&self, _: usize) -> (usize, usize) {
        *self
    }

    fn is_null(&self, _: usize) -> bool {
        false
    }
}

/// Tells `found` each finding of each row, rows ascending, the findings of a row by their places and without overlaps.
pub(super) fn search<S: Spans>(
    table: &Table,
    bytes: &[u8],
    spans: &S,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) {
    let mut run = Run {
        table,
        bytes,
        spans,
        column,
        found,
        row: 0,
        span: (0, 0),
        skip: 0,
        word_done: 0,
        colons_done: 0,
        phones_done: 0,
        hits: Vec::new(),
    };
    run.begin();
    run.all();
}

struct Run<'a, S, F> {
    table: &'a Table,
    bytes: &'a [u8],
    spans: &'a S,
    column: Mask,
    found: &'a mut F,
    /// The row that the search is in, and its bytes.
    row: usize,
    span: (usize, usize),
    /// Nothing before this is looked at.
    skip: usize,
    /// Up to where the words with digits, what has colons, and what may be a phone number are done.
    word_done: usize,
    colons_done: usize,
    phones_done: usize,
    /// What the row holds, relative to its beginning.
    hits: Vec<Hit>,
}

impl<S: Spans, F: FnMut(usize, Hit)> Run<'_, S, F> {
    fn all(&mut self) {
        let Some(last) = self.spans.len().checked_sub(1) else { return };
        let (begin, end) = (self.span.0, self.spans.span(last).1);
        let bytes = self.bytes.get(begin..end).unwrap_or_default();
        let mut literals = Literals::new(self.table.literals.as_ref(), bytes, begin);
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut base = begin;
        for block in blocks {
            self.block(base, block, &mut literals);
            base += BLOCK;
        }
        let mut padded = [b' '; BLOCK];
        for (to, from) in padded.iter_mut().zip(rest) {
            *to = *from;
        }
        self.block(base, &padded, &mut literals);
        self.finish_row();
    }

    /// Looks at the places of a block and the literals that begin in it.
    fn block(&mut self, base: usize, block: &[u8; BLOCK], literals: &mut Literals<'_>) {
        if let Some(places) = places(block) {
            let mut digits = places.digits & !(places.digits << 1);
            let others = places.marks | places.foreign;
            let mut bits = others | digits;
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                let at = base + bits.trailing_zeros() as usize;
                while literals.next < at {
                    self.literal(literals.take());
                }
                if bit & digits != 0 {
                    self.digits(at);
                    digits &= beyond(self.word_done, base);
                } else {
                    self.mark(at);
                }
                bits = (others | digits) & !(bit | (bit - 1)) & beyond(self.skip, base);
            }
        }
        while literals.next < base + BLOCK {
            self.literal(literals.take());
        }
    }

    /// Enters the first row.
    fn begin(&mut self) {
        if self.spans.len() > 0 {
            self.enter(0);
        }
    }

    fn enter(&mut self, row: usize) {
        self.row = row;
        self.span = self.spans.span(row);
        if self.spans.is_null(row) {
            self.skip = self.span.1;
        }
    }

    /// Goes on to the row that holds `at`; false if there is nothing to look at.
    fn reach(&mut self, at: usize) -> bool {
        while at >= self.span.1 {
            self.finish_row();
            if self.row + 1 >= self.spans.len() {
                return false;
            }
            self.enter(self.row + 1);
        }
        at >= self.span.0 && at >= self.skip
    }

    fn value(&self) -> &'_ [u8] {
        self.bytes.get(self.span.0..self.span.1).unwrap_or_default()
    }

    /// What may be around `@`, `:`, `=` or a foreign character.
    fn mark(&mut self, at: usize) {
        if at < self.skip || !self.reach(at) {
            return;
        }
        let byte = before(self.bytes, at + 1);
        let at = at - self.span.0;
        match byte {
            b'@' => self.finder(Finder::Email, |value| email::find(value, at)),
            b':' => self.colon(at),
            b'=' => {}
            _ => self.foreign(at),
        }
    }

    /// The word with a digit at `at`.
    fn digits(&mut self, at: usize) {
        if at < self.word_done || at < self.skip || !self.reach(at) {
            return;
        }
        let at = at - self.span.0;
        let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
        let (mut start, end) = (word_start(value, at), word_end(value, at));
        self.word_done = self.span.0 + end;
        let is_free = is_free_before(value, start);
        if is_free {
            self.shapes(value, start);
        }
        if is_free && start == at && self.span.0 + at >= self.phones_done {
            let (done, found) = phone::find(value, at);
            self.phones_done = self.span.0 + done;
            if let Some((start, end, grade)) = found {
                self.push(Finder::Phone, start, end, grade);
            }
        }
        for _ in 0..WORDS_BEFORE {
            let Some(word) = letters_before(value, start) else { break };
            if is_free_before(value, word) {
                self.shapes(value, word);
            }
            start = word;
        }
    }

    /// The shapes that begin at `start`.
    fn shapes(&mut self, value: &[u8], start: usize) {
        let (table, hits) = (self.table, &mut self.hits);
        table.shapes.run(value, start, |shape, end| {
            let Some(shape) = table.by_shape.get(shape) else { return };
            let is_loose = matches!(shape.checker, Checker::Loose(_));
            if is_word(behind(value, end)) || (!is_loose && !is_free_behind(value, end)) {
                return;
            }
            if let Some(grade) = check(shape.checker, shape.score, value, start, end) {
                hits.push(hit(start, end, shape.rule, grade));
            }
        });
    }

    fn colon(&mut self, at: usize) {
        self.finder(Finder::Url, |value| url::with_scheme(value, at));
        if self.span.0 + at < self.colons_done || !ip::may_go_on(self.value(), at) {
            return;
        }
        let (done, found) = ip::with_colons(self.value(), at);
        self.colons_done = self.span.0 + done;
        if let Some(found) = found {
            let finder = if found.is_mac { Finder::Mac } else { Finder::Ipv6 };
            self.push(finder, found.start, found.end, found.grade);
        }
    }

    fn literal(&mut self, (start, literal): (usize, Option<Literal>)) {
        let Some(literal) = literal else { return };
        if start < self.skip || !self.reach(start) || start + literal.text().len() > self.span.1 {
            return;
        }
        let at = start - self.span.0;
        match literal {
            Literal::Www => self.finder(Finder::Www, |value| url::with_www(value, at)),
            Literal::Domain(_) => self.finder(Finder::BareUrl, |value| url::bare(value, at)),
        }
    }

    fn finder(
        &mut self,
        finder: Finder,
        find: impl FnOnce(&[u8]) -> Option<(usize, usize, Grade)>,
    ) {
        if let Some((start, end, grade)) = find(self.value()) {
            self.push(finder, start, end, grade);
        }
    }

    fn push(&mut self, finder: Finder, start: usize, end: usize, grade: Grade) {
        if let Some(rule) = self.table.finder(finder) {
            self.hits.push(hit(start, end, rule, grade));
        }
    }

    /// A value with a character that stands for another is searched as a whole, rewritten.
    fn foreign(&mut self, at: usize) {
        if !is_foldable(self.value(), at) {
            return;
        }
        self.hits.clear();
        self.skip = self.span.1;
        let folded = Folded::new(self.value());
        let (row, found) = (self.row, &mut *self.found);
        // Through a trait object, or the compiler would never be done with searches inside searches.
        let mut through: Box<dyn FnMut(usize, Hit) + '_> = Box::new(|_, hit: Hit| {
            found(row, Hit { start: folded.start(hit.start), end: folded.end(hit.end), ..hit });
        });
        search(self.table, &folded.text, &(0, folded.text.len()), self.column, &mut through);
    }

    /// Settles what the row holds.
    fn finish_row(&mut self) {
        if self.hits.is_empty() {
            return;
        }
        let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
        self.hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
        self.raise(value);
        resolve::resolve(&mut self.hits);
        for hit in self.hits.drain(..) {
            (self.found)(self.row, hit);
        }
    }

    /// Weighs context, and drops what stays below the least score of its entity.
    fn raise(&mut self, value: &[u8]) {
        let table = self.table;
        let mut known: Option<(usize, usize, Mask)> = None;
        let column = self.column;
        self.hits.retain_mut(|hit| {
            let Some(rule) = table.rules.get(usize::from(hit.rule.0)) else { return false };
            let Some(kind) = table.kinds.get(rule.kind) else { return false };
            if hit.score < SURE {
                let around = match known {
                    Some((start, end, mask)) if (start, end) == (hit.start, hit.end) => mask,
                    _ => table.vocabulary.around(value, hit.start, hit.end),
                };
                known = Some((hit.start, hit.end, around));
                weigh(hit, rule.with_context, kind.mask, around, column);
            }
            hit.score >= kind.min_score
        });
    }
}

/// What context makes of a score.
fn weigh(hit: &mut Hit, with_context: u8, mask: Mask, around: Mask, column: Mask) {
    let raised = with_context.max(hit.score);
    if mask & around != 0 {
        hit.reasons = hit.reasons | Reasons::CONTEXT;
        hit.score = raised;
    }
    if mask & column != 0 {
        hit.reasons = hit.reasons | Reasons::COLUMN_NAME;
        hit.score = raised;
    }
    if mask & (around | column) == 0 && around & CONTRARY != 0 {
        hit.reasons = hit.reasons | Reasons::CONTRARY;
        hit.score = hit.score.saturating_sub(CONTRARY_LOWERS);
    }
}

/// Checks what has a shape and ends where it may.
fn check(checker: Checker, score: u8, value: &[u8], start: usize, end: usize) -> Option<Grade> {
    let text = value.get(start..end)?;
    let mut buffer = [0_u8; COMPACT];
    let mut len = 0;
    for byte in text {
        // Each byte is written, but only those of words are kept.
        *buffer.get_mut(len)? = byte.to_ascii_uppercase();
        len += usize::from(is_word(*byte));
    }
    let seen = Seen { value, start, end, compact: buffer.get(..len)? };
    match checker {
        Checker::None => Some(Grade::shape(score)),
        Checker::Scheme(scheme) => scheme
            .is_valid(seen.compact)
            .then(|| Grade::checked(score).reserved(scheme.is_reserved(seen.compact))),
        Checker::Custom(grade) | Checker::Loose(grade) => grade(&seen),
    }
}

fn hit(start: usize, end: usize, rule: RuleId, grade: Grade) -> Hit {
    Hit {
        start,
        end,
        rule,
        score: grade.score,
        reasons: grade.reasons(),
        is_reserved: grade.is_reserved,
    }
}

/// Where the short word of letters begins that one separator parts from `start`.
fn letters_before(value: &[u8], start: usize) -> Option<usize> {
    if !matches!(before(value, start), b' ' | b'-' | b'.' | b'/') {
        return None;
    }
    let end = start.checked_sub(1)?;
    let word = value.get(end.saturating_sub(LETTERS + 1)..end)?;
    let len = word.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    ((1..=LETTERS).contains(&len)).then_some(end - len)
}

/// The bits of a block's places that are not before `place`.
fn beyond(place: usize, base: usize) -> u64 {
    match u32::try_from(place.saturating_sub(base)) {
        Ok(done) => u64::MAX.checked_shl(done).unwrap_or(0),
        Err(_) => 0,
    }
}

/// Literals in the order of their places.
struct Literals<'a> {
    found: Option<FindIter<'a, 'a>>,
    begin: usize,
    /// Where the next one begins; the largest number if there is none.
    next: usize,
    literal: Option<Literal>,
}

impl<'a> Literals<'a> {
    fn new(searcher: Option<&'a Searcher>, bytes: &'a [u8], begin: usize) -> Self {
        let found = searcher.map(|searcher| searcher.find_iter(bytes));
        let mut literals = Self { found, begin, next: 0, literal: None };
        literals.take();
        literals
    }

    /// The next one; what comes behind it is the next then.
    fn take(&mut self) -> (usize, Option<Literal>) {
        let taken = (self.next, self.literal);
        match self.found.as_mut().and_then(Iterator::next) {
            Some(found) => {
                self.next = self.begin + found.start();
                self.literal = literal::of(found.pattern().as_usize());
            }
            None => (self.next, self.literal) = (usize::MAX, None),
        }
        taken
    }
}

/// Where a score needs no context any more.
const SURE: u8 = 80;
/// What words that speak against it take from a score.
const CONTRARY_LOWERS: u8 = 30;
/// How many words of letters may stand before the first digit.
const WORDS_BEFORE: usize = 2;
/// How long each may be.
const LETTERS: usize = 8;
/// The longest number without its separators.
const COMPACT: usize = 64;
