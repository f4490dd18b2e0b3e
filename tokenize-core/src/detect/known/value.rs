//! The values of a row, cut into what is looked for, and the search for them.

use super::bound::{is_boundary, is_unspaced, may_begin, may_end};
use super::fold::push_value;
use super::judge::{Hit, is_capital, needs_no_capital};
use super::word::{Trust, is_addition, is_placeholder, trust};
use super::{KnownKind, View};
use crate::detect::names;

/// All values of a row.
#[derive(Default)]
pub(super) struct Values {
    folds: Vec<u8>,
    values: Vec<Value>,
    needles: Vec<Needle>,
    filter: Filter,
}

struct Value {
    source: usize,
    kind: KnownKind,
    /// Its needles, from the first to behind the last.
    first: usize,
    end: usize,
    /// Not known before it is met: most values are in no text.
    is_placeholder: Option<bool>,
}

/// A part of a name, or a whole value of another kind.
struct Needle {
    start: usize,
    end: usize,
    value: usize,
    /// Nothing need part it from the next: `Anne-Marie` is `Annemarie`, too.
    joined: bool,
    trust: Option<Trust>,
}

/// Which pairs of bytes values begin with; the case of letters is not seen.
struct Filter([bool; 1 << 10]);

impl Default for Filter {
    fn default() -> Self {
        Self([false; 1 << 10])
    }
}

impl Filter {
    fn add(&mut self, first: u8, second: u8) {
        if let Some(pair) = self.0.get_mut(Self::key(first, second)) {
            *pair = true;
        }
    }

    #[inline]
    fn has(&self, first: u8, second: u8) -> bool {
        self.0[Self::key(first, second)]
    }

    #[inline]
    fn key(first: u8, second: u8) -> usize {
        usize::from(first & 31) << 5 | usize::from(second & 31)
    }
}

impl Values {
    pub(super) fn clear(&mut self) {
        self.folds.clear();
        self.values.clear();
        self.needles.clear();
        self.filter = Filter::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    pub(super) fn add(&mut self, source: usize, kind: KnownKind, value: &str) {
        let value = value.trim();
        if value.len() > LONGEST_VALUE || value.len() < 2 {
            return;
        }
        let (first, start) = (self.needles.len(), self.folds.len());
        push_value(value, &mut self.folds);
        let kind = kind.of(self.folds.get(start..).unwrap_or_default());
        match kind {
            KnownKind::Name => self.add_parts(start),
            KnownKind::Number => self.add_number(start),
            KnownKind::Email | KnownKind::Other if self.is_long(start) => {
                self.add_needle(start, self.folds.len());
            }
            KnownKind::Email | KnownKind::Other => {}
        }
        let end = self.needles.len();
        if end == first {
            self.folds.truncate(start);
            return;
        }
        self.values.push(Value { source, kind, first, end, is_placeholder: None });
    }

    /// The words of a name.
    fn add_parts(&mut self, start: usize) {
        let mut from = start;
        let before = self.needles.len();
        while let Some(rest) = self.folds.get(from..).filter(|rest| !rest.is_empty()) {
            let begin = from + rest.iter().take_while(|byte| !is_letter(**byte)).count();
            let part = self.folds.get(begin..).unwrap_or_default();
            let len = part.iter().take_while(|byte| is_letter(**byte) || **byte == b'\'').count();
            if len == 0 || self.needles.len() - before >= MOST_PARTS {
                return;
            }
            self.add_needle(begin, begin + len);
            from = begin + len;
            let joined = self.folds.get(from) == Some(&b'-');
            if let Some(needle) = self.needles.last_mut() {
                needle.joined = joined;
            }
        }
    }

    /// A number without what parts its digits.
    fn add_number(&mut self, start: usize) {
        let mut end = start;
        for at in start..self.folds.len() {
            if let Some(byte) = self.folds.get(at).copied().filter(u8::is_ascii_alphanumeric) {
                if let Some(place) = self.folds.get_mut(end) {
                    *place = byte;
                }
                end += 1;
            }
        }
        self.folds.truncate(end);
        if !self.is_long(start) {
            return;
        }
        let first = self.folds.get(start).copied().unwrap_or_default();
        SEPARATORS.iter().for_each(|separator| self.filter.add(first, *separator));
        self.add_needle(start, end);
    }

    fn add_needle(&mut self, start: usize, end: usize) {
        if self.needles.len() >= MOST_NEEDLES {
            return;
        }
        if let Some([first, second, ..]) = self.folds.get(start..end) {
            self.filter.add(*first, *second);
        }
        let value = self.values.len();
        self.needles.push(Needle { start, end, value, joined: false, trust: None });
    }

    /// Whether a value has as many letters or digits as it takes to be told from other text.
    fn is_long(&self, start: usize) -> bool {
        let fold = self.folds.get(start..).unwrap_or_default();
        let digits = fold.iter().filter(|byte| byte.is_ascii_digit()).count();
        let letters = fold.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte >= 0xC0);
        digits >= FEWEST_DIGITS
            || letters.count() >= FEWEST_LETTERS
            || std::str::from_utf8(fold)
                .is_ok_and(|fold| fold.chars().filter(|char| is_unspaced(*char)).count() > 1)
    }

    /// Tells `hits` each place of a needle, ascending.
    pub(super) fn search(&mut self, view: &View<'_>, hits: &mut Vec<Hit>) {
        for (at, pair) in view.fold.windows(2).enumerate() {
            if let [first, second] = *pair
                && self.filter.has(first, second)
                && begins_word(view.fold, at)
            {
                self.search_at(view, at, hits);
            }
        }
    }

    /// The needles that stand at `at` of the fold.
    fn search_at(&mut self, view: &View<'_>, at: usize, hits: &mut Vec<Hit>) {
        let mut begins = None;
        for number in 0..self.needles.len() {
            let Some(end) = self.needle_end(view.fold, at, number) else { continue };
            let begin = begins
                .get_or_insert_with(|| view.place(at).filter(|start| may_begin(view.text, *start)));
            let Some(start) = *begin else { return };
            self.push_hits(view, (start, at), (number, end), hits);
        }
    }

    /// Where needle `number` ends, if it stands at `at`.
    fn needle_end(&self, fold: &[u8], at: usize, number: usize) -> Option<usize> {
        let needle = self.needles.get(number)?;
        let bytes = self.folds.get(needle.start..needle.end)?;
        if !fold.get(at)?.eq_ignore_ascii_case(bytes.first()?) {
            return None;
        }
        if self.values.get(needle.value)?.kind == KnownKind::Number {
            return number_end(fold, at, bytes);
        }
        let end = at + bytes.len();
        fold.get(at..end)?.eq_ignore_ascii_case(bytes).then_some(end)
    }

    /// What a needle that stands somewhere says: by itself, and as the beginning of a whole name.
    fn push_hits(
        &mut self,
        view: &View<'_>,
        (start, at): (usize, usize),
        (number, fold_end): (usize, usize),
        hits: &mut Vec<Hit>,
    ) {
        let Some(needle) = self.needles.get(number) else { return };
        let Some(value) = self.values.get(needle.value) else { return };
        let (value_number, kind, source) = (needle.value, value.kind, value.source);
        let hit = |place: usize, trust, is_whole| Hit {
            start,
            end: place,
            source,
            value: value_number,
            trust,
            is_whole,
            is_name: kind == KnownKind::Name,
        };
        if kind != KnownKind::Name {
            let end = view.place(fold_end).filter(|end| stands_alone(view.text, kind, start, *end));
            if let Some(end) = end.filter(|_| !self.is_placeholder(value_number)) {
                hits.push(hit(end, Trust::Sure, true));
            }
            return;
        }
        if let Some((last, surest)) = self.whole_end(view, number, at, fold_end)
            && let Some(end) = view.place(last).filter(|end| may_end(view.text, *end))
            && !self.is_placeholder(value_number)
        {
            hits.push(hit(end, surest, true));
        }
        if let Some(end) = view.place(fold_end).filter(|end| may_end(view.text, *end))
            && let Some(trust) = self.trust_at(view, number, start, end)
        {
            hits.push(hit(end, trust, false));
        }
    }

    /// Where a whole name ends that begins with the needle `number`, and how far it can be trusted. Titles may be missing.
    fn whole_end(
        &mut self,
        view: &View<'_>,
        number: usize,
        at: usize,
        end: usize,
    ) -> Option<(usize, Trust)> {
        let value = self.needles.get(number)?.value;
        let (first, behind) = self.values.get(value).map(|value| (value.first, value.end))?;
        if !(first..number).all(|number| self.is_addition(number)) || self.is_addition(number) {
            return None;
        }
        let (mut last, mut joined) = (end, self.needles.get(number)?.joined);
        let mut capital = is_capital_at(view, at);
        let (mut surest, mut parts) = (self.trust(number), 1);
        for next in number + 1..behind {
            let part = gap(view.fold, last, joined)
                .and_then(|gap| Some((last + gap, self.needle_end(view.fold, last + gap, next)?)));
            let Some((begin, end)) = part else {
                if self.is_addition(next) {
                    continue;
                }
                return None;
            };
            capital &= is_capital_at(view, begin) || self.trust(next) == Trust::Never;
            surest = surest.max(self.trust(next));
            joined = self.needles.get(next)?.joined;
            last = end;
            parts += 1;
        }
        if parts == 1 {
            let (start, end) = (view.place(at)?, view.place(last)?);
            return Some((last, self.trust_at(view, number, start, end)?));
        }
        match surest {
            Trust::Never => None,
            Trust::Short | Trust::Common => capital.then_some((last, Trust::Sure)),
            Trust::Sure => Some((last, Trust::Sure)),
        }
    }

    /// How far a part can be trusted where it stands; `None` if not even beside another.
    fn trust_at(
        &mut self,
        view: &View<'_>,
        number: usize,
        start: usize,
        end: usize,
    ) -> Option<Trust> {
        let trust = self.trust(number);
        let is_unspaced = view.text.get(start..end)?.chars().all(is_unspaced);
        match trust {
            Trust::Never => None,
            Trust::Sure => Some(trust),
            Trust::Short | Trust::Common if is_unspaced => {
                Some(if names::is_honoured(view.text, end) { Trust::Sure } else { trust })
            }
            Trust::Short | Trust::Common if !is_capital(view.text, start, end) => None,
            Trust::Common if needs_no_capital(view.text, start) => Some(Trust::Sure),
            Trust::Short | Trust::Common => Some(trust),
        }
    }

    fn trust(&mut self, number: usize) -> Trust {
        let Some(needle) = self.needles.get(number) else { return Trust::Never };
        if let Some(trust) = needle.trust {
            return trust;
        }
        let alone = self.values.get(needle.value).is_some_and(|value| value.end - value.first == 1);
        let first = self.values.get(needle.value).is_some_and(|value| value.first == number);
        let trust = trust(self.fold(number), alone, first);
        if let Some(needle) = self.needles.get_mut(number) {
            needle.trust = Some(trust);
        }
        trust
    }

    fn is_addition(&self, number: usize) -> bool {
        let alone = |value: &Value| value.end - value.first == 1;
        let value = self.needles.get(number).and_then(|needle| self.values.get(needle.value));
        !value.is_some_and(alone) && is_addition(self.fold(number))
    }

    fn is_placeholder(&mut self, number: usize) -> bool {
        let Some(value) = self.values.get(number) else { return true };
        if let Some(known) = value.is_placeholder {
            return known;
        }
        let start = self.needles.get(value.first).map(|needle| needle.start);
        let end = self.needles.get(value.end.saturating_sub(1)).map(|needle| needle.end);
        let fold =
            start.zip(end).and_then(|(start, end)| self.folds.get(start..end)).unwrap_or_default();
        let is_placeholder = std::str::from_utf8(fold).is_ok_and(is_placeholder);
        if let Some(value) = self.values.get_mut(number) {
            value.is_placeholder = Some(is_placeholder);
        }
        is_placeholder
    }

    fn fold(&self, number: usize) -> &[u8] {
        let needle = self.needles.get(number);
        needle.and_then(|needle| self.folds.get(needle.start..needle.end)).unwrap_or_default()
    }
}

/// Whether a number, address of mail or other value stands by itself. Addresses that end with it are others.
pub(super) fn stands_alone(text: &str, kind: KnownKind, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    match kind {
        KnownKind::Email => {
            let longer = before.is_some_and(|char| matches!(char, '.' | '-' | '+' | '_' | '%'));
            let behind = text.get(end..).unwrap_or_default().as_bytes();
            let goes_on = matches!(behind, [b'.' | b'-', next, ..] if next.is_ascii_lowercase());
            !longer && !goes_on && may_begin(text, start) && may_end(text, end)
        }
        KnownKind::Number => is_boundary(text, start) && is_boundary(text, end),
        KnownKind::Name | KnownKind::Other => may_begin(text, start) && may_end(text, end),
    }
}

/// Where a number ends whose digits and letters are `bytes`, at most two separators between them.
fn number_end(fold: &[u8], at: usize, bytes: &[u8]) -> Option<usize> {
    let mut end = at;
    for (number, byte) in bytes.iter().enumerate() {
        let rest = fold.get(end..)?;
        let gap = rest.iter().take(3).take_while(|byte| SEPARATORS.contains(byte)).count();
        let gap = if number == 0 { 0 } else { gap };
        if !rest.get(gap)?.eq_ignore_ascii_case(byte) {
            return None;
        }
        end += gap + 1;
    }
    Some(end)
}

/// How many bytes part two words of a name at `at`; none is enough where `joined` says so, or between ideographs.
fn gap(fold: &[u8], at: usize, joined: bool) -> Option<usize> {
    let rest = fold.get(at..)?;
    let gap =
        rest.iter().take(LONGEST_GAP + 1).take_while(|byte| b" -.,'\t\r\n".contains(byte)).count();
    let is_parted = gap > 0 || joined || rest.first().is_some_and(|byte| *byte >= 0xE3);
    (gap <= LONGEST_GAP && is_parted).then_some(gap)
}

/// Whether a word begins at `at` of a fold, as far as ASCII tells.
pub(super) fn begins_word(fold: &[u8], at: usize) -> bool {
    let Some(byte) = fold.get(at) else { return false };
    let before = |back: usize| at.checked_sub(back).and_then(|at| fold.get(at));
    match byte {
        0x80..=0xBF => false,
        0xC0.. => true,
        _ => !before(1).is_some_and(u8::is_ascii_alphanumeric) || before(2) == Some(&b'\\'),
    }
}

fn is_capital_at(view: &View<'_>, at: usize) -> bool {
    let char = view.place(at).and_then(|place| view.text.get(place..)?.chars().next());
    char.is_some_and(|char| !char.is_lowercase())
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// What may part the digits of a number.
pub(super) const SEPARATORS: &[u8] = b" -./()";

/// Separators between two words of a name: a comma, a line break and a space.
const LONGEST_GAP: usize = 4;

/// Fewer digits or letters are in texts by chance.
const FEWEST_DIGITS: usize = 6;
const FEWEST_LETTERS: usize = 3;

/// Bounds on the time that one place in a text may take.
const LONGEST_VALUE: usize = 512;
const MOST_PARTS: usize = 16;
const MOST_NEEDLES: usize = 96;
