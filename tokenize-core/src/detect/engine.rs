//! The search: one pass over the bytes of many values, which stops only where something may begin.
//!
//! ```text
//! bytes of all values ─ places ─▶ a digit ─▶ shapes of the word there ─▶ checks ─┐
//!                       │         `@` `:` `=` ─▶ addresses, URLs ────────────────┼▶ hits of one value ─ context, overlaps ─▶ findings
//!                       │         a foreign character ─▶ the value again, folded ┘
//!                       └ literals (`eyJ`, `www.`) ─▶ secrets, URLs
//! ```

mod number;

use super::context::{CONTRARY, Mask};
use super::fold::{Folded, is_foldable};
use super::header::Header;
use super::hit::{Grade, Hit, Reasons, RuleId};
use super::literal::{Literal, Literals};
use super::names::{NameFinding, NameKind};
use super::rules::Finder;
use super::scan::{BLOCK, Places, places};
use super::secret::Found;
use super::sight::{Detail, Sight, Window};
use super::table::Table;
use super::user::{Searching, UserRules};
use super::words::before;
use super::{below, bic, email, ip, resolve, secret, url};

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
    search_for(Wanted::Findings, table, bytes, spans, column, found);
}

/// Tells `found` everything that has a shape and passes its check, however low its score and whatever it overlaps: what a column is
/// can be told from many weak hits.
pub(super) fn search_candidates<S: Spans>(
    table: &Table,
    bytes: &[u8],
    spans: &S,
    found: &mut impl FnMut(usize, Hit),
) {
    search_for(Wanted::Candidates, table, bytes, spans, 0, found);
}

/// What a search hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Every hit of a row, sure or not, by its place.
    Candidates,
    /// Hits that are sure enough, without overlaps.
    Findings,
}

fn search_for<S: Spans>(
    wanted: Wanted,
    table: &Table,
    bytes: &[u8],
    spans: &S,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) {
    let mut run = Run {
        wanted,
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
        user: table.user.as_ref().map(UserRules::searching),
        asks_user: false,
        header: None,
        phones_done: 0,
        url: usize::MAX,
        has_secret: false,
        hits: Vec::new(),
        names: Vec::new(),
    };
    run.begin();
    run.all();
}

struct Run<'a, S, F> {
    wanted: Wanted,
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
    /// The rules of users, and whether the row is still to be searched for them.
    user: Option<Searching<'a>>,
    asks_user: bool,
    /// What the first line says of the fields below, once asked for.
    header: Option<Option<Header>>,
    phones_done: usize,
    /// Where the last `//` behind a `:` ends.
    url: usize,
    /// Whether any hit of the row is a secret.
    has_secret: bool,
    /// What the row holds, relative to its beginning.
    hits: Vec<Hit>,
    names: Vec<NameFinding>,
}

impl<'a, S: Spans, F: FnMut(usize, Hit)> Run<'a, S, F> {
    fn all(&mut self) {
        let Some(last) = self.spans.len().checked_sub(1) else { return };
        let (begin, end) = (self.span.0, self.spans.span(last).1);
        let bytes = self.bytes.get(begin..end).unwrap_or_default();
        let mut literals = Literals::new(self.table.literals.as_ref(), bytes, begin);
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut padded = [b' '; BLOCK];
        for (to, from) in padded.iter_mut().zip(rest) {
            *to = *from;
        }
        let mut before = Block::new(&[b' '; BLOCK]);
        let mut here = Block::new(blocks.first().unwrap_or(&padded));
        let mut base = begin;
        for next in 0..=blocks.len() {
            let mut behind = Block::new(blocks.get(next + 1).unwrap_or(&padded));
            if let Some(places) = here.places {
                let sight = if places.digits == 0 {
                    Sight::default()
                } else {
                    Sight::new(base, [before.detail(), here.detail(), behind.detail()])
                };
                self.block(base, places, &sight, &mut literals);
            }
            while literals.next < base + BLOCK {
                self.literal(literals.take());
            }
            (before, here) = (here, behind);
            base += BLOCK;
        }
        self.finish_row();
        while (self.table.people.is_some() || self.user.is_some())
            && self.row + 1 < self.spans.len()
        {
            self.enter(self.row + 1);
            self.finish_row();
        }
    }

    /// What dictionaries and cues find in the row, which may have no digit and no mark.
    fn people(&mut self) {
        let Some(people) = &self.table.people else { return };
        let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(value) else { return };
        people.find(text, &mut self.names);
        for name in self.names.drain(..) {
            let finder = match name.kind {
                NameKind::Address => Finder::Address,
                NameKind::DateOfBirth => Finder::DateOfBirth,
                NameKind::Location => Finder::Location,
                NameKind::Person => Finder::Person,
            };
            let Some(rule) = self.table.finder(finder) else { continue };
            let mut hit = hit(name.start, name.end, rule, Grade::shape(name.score));
            if name.cue {
                hit.reasons = hit.reasons | Reasons::CONTEXT;
            }
            if name.dictionary {
                hit.reasons = hit.reasons | Reasons::DICTIONARY;
            }
            let header = self.header.get_or_insert_with(|| Header::of(&self.table.names, value));
            let above = header.as_ref().map_or(0, |header| header.at(value, name.start));
            weigh(self.table, &mut hit, above, self.column);
            self.hits.push(hit);
        }
    }

    /// Looks at the places of a block and the literals that begin between them.
    fn block(&mut self, base: usize, places: Places, sight: &Sight, literals: &mut Literals<'_>) {
        let (mut digits, mut others) = (places.digits, places.marks | places.foreign);
        while digits | others != 0 {
            let first = (digits | others).trailing_zeros();
            let at = base + first as usize;
            while literals.next < at {
                self.literal(literals.take());
            }
            if digits >> first & 1 != 0 {
                if at >= self.word_done && at >= self.skip && self.reach(at) {
                    self.word(at, sight);
                }
                digits &= beyond(self.word_done.max(at + 1), base);
            } else {
                self.mark(at);
            }
            others &= u64::MAX << first << 1;
            let left = beyond(self.skip, base);
            (digits, others) = (digits & left, others & left);
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
        self.header = None;
        self.asks_user = self.user.is_some();
        if self.spans.is_null(row) {
            self.skip = self.span.1;
            self.asks_user = false;
        } else if self.column != 0 || self.wanted == Wanted::Candidates {
            // Where the column's name speaks for something, it need not have a digit, `DEUTDEFF`.
            self.shapes(0, Window::of(self.value(), 0));
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

    #[inline]
    fn value(&self) -> &'a [u8] {
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
            b'@' => {
                self.finder(Finder::Email, |value| email::find(value, at));
                self.userinfo(at);
            }
            b':' => self.colon(at),
            b'=' => self.secret(secret::at_mark(self.value(), at)),
            _ => self.foreign(at),
        }
    }

    fn colon(&mut self, at: usize) {
        if self.value().get(at + 1..at + 3) == Some(b"//") {
            self.url = self.span.0 + at + 3;
            return self.finder(Finder::Url, |value| url::with_scheme(value, at));
        }
        self.secret(secret::at_mark(self.value(), at));
        let value = self.value();
        let is_done = self.span.0 + at < self.colons_done;
        if is_done || !ip::may_go_on(value, at) || ip::is_time(value, at) {
            return;
        }
        let (done, found) = ip::with_colons(self.value(), at);
        self.colons_done = self.span.0 + done;
        if let Some(found) = found {
            let finder = if found.is_mac { Finder::Mac } else { Finder::Ipv6 };
            self.push(finder, found.start, found.end, found.grade);
        }
    }

    /// User and password of the URL that holds the `@` at `at`.
    fn userinfo(&mut self, at: usize) {
        let end = self.span.0 + at;
        if (self.span.0..end).contains(&self.url) && end - self.url < USERINFO {
            self.secret(secret::userinfo(self.value(), self.url - self.span.0, at));
        }
    }

    fn secret(&mut self, found: Option<Found>) {
        let Some(found) = found else { return };
        if self.table.finder(found.finder).is_some() {
            self.has_secret = true;
            self.push(found.finder, found.start, found.end, found.grade);
            if found.is_structural() {
                self.skip = self.skip.max(self.span.0 + found.end);
            }
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
            Literal::Domain(_) => {
                self.finder(Finder::BareUrl, |value| url::bare(value, at));
                self.secret(secret::webhook(self.value(), at));
            }
            Literal::LetterToken(_) => self.secret(secret::letters_only(self.value(), at)),
            Literal::Bank(name) => self.bic(at, name),
            Literal::Password(name) => {
                self.secret(secret::behind_password(self.value(), at));
                let bytes = self.bytes;
                let value = bytes.get(self.span.0..self.span.1).unwrap_or_default();
                for (start, end) in below::fields(value, at, name.as_bytes()) {
                    self.secret(secret::in_column(value, start, end));
                }
            }
            Literal::PrivateKey => self.secret(secret::private_key(self.value(), at)),
        }
    }

    /// Codes of letters alone, which nothing else would stop at: behind the word that announces them, and in its column.
    fn bic(&mut self, at: usize, name: &str) {
        let bytes = self.bytes;
        let value = bytes.get(self.span.0..self.span.1).unwrap_or_default();
        for start in bic::behind(value, at + name.len()) {
            self.shapes(start, Window::of(value, start));
        }
        for (start, end) in below::fields(value, at, name.as_bytes()) {
            if bic::is_letters(value, start, end) {
                self.shapes(start, Window::of(value, start));
            }
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
        let Some(rule) = self.table.finder(finder) else { return };
        let mut hit = hit(start, end, rule, grade);
        if hit.score < SURE {
            let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
            let header =
                self.header.get_or_insert_with(|| Header::of(&self.table.names, value)).as_ref();
            // A field named after something else speaks against whatever is in it.
            let above = header.map_or(0, |header| header.at(value, start));
            let around = above | if above == 0 { 0 } else { CONTRARY };
            let around = around | self.table.vocabulary.around(value, start, end);
            weigh(self.table, &mut hit, around, self.column);
        }
        self.hits.push(hit);
    }

    /// A value with a character that stands for another is searched as a whole, rewritten.
    fn foreign(&mut self, at: usize) {
        if !is_foldable(self.value(), at, self.user.is_some()) {
            return;
        }
        self.has_secret = false;
        self.skip = self.span.1;
        let folded = Folded::new(self.value());
        let mut hits = Vec::new();
        // Through a trait object, or the compiler would never be done with searches inside searches.
        let mut through: Box<dyn FnMut(usize, Hit) + '_> = Box::new(|_, hit: Hit| {
            hits.push(Hit { start: folded.start(hit.start), end: folded.end(hit.end), ..hit });
        });
        let span = (0, folded.text.len());
        search_for(self.wanted, self.table, &folded.text, &span, self.column, &mut through);
        drop(through);
        self.hits = hits;
    }

    /// Adds what rules and lists of users find in the row as it stands, whether or not it was rewritten too. No word speaks against that.
    fn ask_user(&mut self) {
        let (table, column, found) = (self.table, self.column, self.hits.len());
        let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
        let Some(user) = &mut self.user else { return };
        user.find(value, &mut self.hits);
        for hit in self.hits.iter_mut().skip(found).filter(|hit| hit.score < SURE) {
            let header = self.header.get_or_insert_with(|| Header::of(&table.names, value));
            let above = header.as_ref().map_or(0, |header| header.at(value, hit.start));
            let around = above | table.vocabulary.around(value, hit.start, hit.end);
            weigh(table, hit, around & !CONTRARY, column);
        }
    }

    /// Settles what the row holds: drops what stays below the least score of its entity, and what overlaps something better.
    fn finish_row(&mut self) {
        if self.skip < self.span.1 {
            self.people();
        }
        if std::mem::take(&mut self.asks_user) {
            self.ask_user();
        }
        if self.hits.is_empty() {
            return;
        }
        let table = self.table;
        self.hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
        let has_secret = std::mem::take(&mut self.has_secret);
        if self.wanted == Wanted::Findings {
            self.hits
                .retain(|hit| table.kind(hit.rule).is_some_and(|kind| hit.score >= kind.min_score));
            if has_secret {
                let rules = &self.table.rules;
                resolve::give_way(&mut self.hits, |hit| {
                    rules.get(usize::from(hit.rule.0)).is_some_and(|rule| rule.is_secret)
                });
            }
            resolve::resolve(&mut self.hits);
        }
        if let Some(user) = &table.user {
            let value = self.bytes.get(self.span.0..self.span.1).unwrap_or_default();
            user.drop_allowed(value, &mut self.hits);
        }
        for hit in self.hits.drain(..) {
            (self.found)(self.row, hit);
        }
    }
}

/// A block of bytes with what is known of it; details are worked out when a digit is near.
struct Block<'b> {
    bytes: &'b [u8; BLOCK],
    places: Option<Places>,
    detail: Option<Detail>,
}

impl<'b> Block<'b> {
    fn new(bytes: &'b [u8; BLOCK]) -> Self {
        Self { bytes, places: places(bytes), detail: None }
    }

    fn detail(&mut self) -> Detail {
        let digits = self.places.map_or(0, |places| places.digits);
        *self.detail.get_or_insert_with(|| Detail::of(self.bytes, digits))
    }
}

/// What context makes of a score.
fn weigh(table: &Table, hit: &mut Hit, around: Mask, column: Mask) {
    let Some(rule) = table.rules.get(usize::from(hit.rule.0)) else { return };
    let mask = table.kind(hit.rule).map_or(0, |kind| kind.mask);
    let raised = rule.with_context.max(hit.score);
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

/// The bits of a block's places that are not before `place`.
fn beyond(place: usize, base: usize) -> u64 {
    let done = place.saturating_sub(base);
    if done < BLOCK { u64::MAX << done } else { 0 }
}

/// The longest user and password of a URL.
const USERINFO: usize = 160;
/// Where a score needs no context any more.
const SURE: u8 = 80;
/// What words that speak against it take from a score.
const CONTRARY_LOWERS: u8 = 30;

#[cfg(test)]
mod tests {
    use arrow::array::StringArray;

    use crate::detect::Detector;
    use crate::field::FieldPath;

    /// Values lie one behind another with nothing between them, and blocks end anywhere.
    #[test]
    fn a_row_is_searched_as_if_it_were_alone() {
        let values = ["4111 1111 1111 1111", "5", "05-00760201", "123", "", "10.24.7.21", "a1"];
        for shift in 0..64 {
            let mut rows = vec!["7".repeat(shift)];
            rows.extend(values.iter().cycle().take(40).map(|value| (*value).to_owned()));
            let alone: usize = rows.iter().map(|row| Detector::standard().detect(row).len()).sum();
            let array = StringArray::from(rows);
            let path = FieldPath::column("value");
            let found = Detector::standard().detect_array(&path, &array).unwrap();
            assert_eq!((found.num_rows(), alone > 10), (alone, true), "{shift}");
        }
    }
}
