//! Numbers: the word around a digit, the shapes and the phone number that begin there, and what is checked of them.

use super::{Run, SURE, Spans, Wanted, hit, weigh};
use crate::detect::context::Mask;
use crate::detect::header::Header;
use crate::detect::hit::{Grade, Hit};
use crate::detect::rules::{Checker, Finder, Seen};
use crate::detect::sight::{Sight, Window};
use crate::detect::table::Shape;
use crate::detect::words::{
    before as byte_before, is_free_before, is_free_behind, word_end, word_start,
};
use crate::detect::{ip, phone, secret};

impl<'a, S: Spans, F: FnMut(usize, Hit)> Run<'a, S, F> {
    /// Looks at the word with its first digit at `place` of all bytes.
    #[inline]
    pub(super) fn word(&mut self, place: usize, sight: &Sight) {
        let value = self.value();
        let at = place - self.span.0;
        let (mut start, end) = match sight.word(place) {
            Some((back, on)) => (at.saturating_sub(back), (at + on).min(value.len())),
            None => (word_start(value, at), word_end(value, at)),
        };
        self.word_done = self.span.0 + end;
        if secret::may_be_around(value, start, end)
            && let Some(found) = secret::around_word(value, start)
        {
            return self.secret(Some(found));
        }
        let is_free = match sight.is_bound(self.span.0, self.span.0 + start) {
            Some(is_bound) => !is_bound && !matches!(byte_before(value, start), b'_' | b'$' | b'@'),
            None => is_free_before(value, start),
        };
        let is_free = is_free || ip::is_host(value, start);
        // What a number goes on to has no letters of its own before it.
        if !is_free {
            return;
        }
        let window = self.window(start, sight);
        self.shapes(start, window);
        if start == at && place >= self.phones_done {
            self.phone(at, window);
        }
        for _ in 0..WORDS_BEFORE {
            let Some(word) = letters_before(value, start) else { break };
            if is_free_before(value, word) {
                self.shapes(word, self.window(word, sight));
            }
            start = word;
        }
    }

    /// The window at `start` of the row.
    #[inline]
    fn window(&self, start: usize, sight: &Sight) -> Window {
        let value = self.value();
        let window = sight.at(self.span.0 + start).unwrap_or_else(|| Window::of(value, start));
        window.cut(value.len().saturating_sub(start))
    }

    fn phone(&mut self, at: usize, window: Window) {
        let value = self.value();
        let (done, found) = phone::find(value, at, window);
        self.phones_done = self.span.0 + done;
        if let Some((start, end, grade)) = found {
            self.push(Finder::Phone, start, end, grade);
        }
    }

    /// Looks for the shapes that begin at `start` of the row, with the window there.
    pub(super) fn shapes(&mut self, start: usize, window: Window) {
        let (table, value) = (self.table, self.value());
        let digits = start + window.digit_count(0);
        table.shapes.find(value, start, window, |end, list| {
            self.ended(Seen { value, start, end, compact: &[] }, end <= digits, list);
        });
    }

    /// Checks what has the shapes of a list.
    fn ended(&mut self, seen: Seen<'_>, is_bare: bool, list: usize) {
        let Seen { value, start, end, .. } = seen;
        let Some(ending) = self.table.endings.get(list) else { return };
        let is_free = is_free_behind(value, end);
        if !is_free && !ending.may_touch {
            return;
        }
        let mut around: Option<Mask> = None;
        // Most numbers are no PII: words are looked at before check digits are computed.
        let needs_words = self.wanted == Wanted::Findings;
        if needs_words && ending.needs_context && ending.mask & self.column == 0 {
            let words = self.words(value, start, end);
            if ending.mask & words == 0 {
                return;
            }
            around = Some(words);
        }
        let goes_on = is_in_row(value, start, end);
        let mut buffer = [0; COMPACT];
        let text = seen.text();
        let compact = if is_bare { Some(text) } else { compact(text, &mut buffer) };
        let Some(compact) = compact else { return };
        let seen = Seen { compact, ..seen };
        for shape in &ending.shapes {
            let may_end = match shape.checker {
                Checker::Loose(_) => true,
                Checker::Scheme(_) => is_free && !goes_on,
                Checker::Custom(_) => is_free,
            };
            if !may_end {
                continue;
            }
            if needs_words && shape.needs_context && shape.mask & self.column == 0 {
                let words = *around.get_or_insert_with(|| self.words(value, start, end));
                if shape.mask & words == 0 {
                    continue;
                }
            }
            let Some(grade) = check(shape, &seen) else { continue };
            let mut hit = hit(start, end, shape.rule, grade);
            if hit.score < SURE {
                let words = *around.get_or_insert_with(|| self.words(value, start, end));
                weigh(self.table, &mut hit, words, self.column);
            }
            self.hits.push(hit);
        }
    }

    /// What words nearby and those of a header above speak for.
    fn words(&mut self, value: &[u8], start: usize, end: usize) -> Mask {
        let table = self.table;
        let header = self.header.get_or_insert_with(|| Header::of(&table.names, value));
        let above = header.as_ref().map_or(0, |header| header.at(value, start));
        above | table.vocabulary.around(value, start, end)
    }
}

/// Whether groups of digits with spaces between them have one more before or behind.
fn is_in_row(value: &[u8], start: usize, end: usize) -> bool {
    let goes_on =
        byte_before(value, end + 1) == b' ' && byte_before(value, end + 2).is_ascii_digit();
    let comes_from = byte_before(value, start) == b' '
        && start > 1
        && byte_before(value, start - 1).is_ascii_digit();
    (goes_on || comes_from) && value.get(start..end).is_some_and(|text| text.contains(&b' '))
}

/// What is left without separators, in upper case; `None` if that is longer than any number.
fn compact<'b>(text: &[u8], buffer: &'b mut [u8; COMPACT]) -> Option<&'b [u8]> {
    let mut len = 0;
    for byte in text {
        // Each byte is written, but only those of words are kept.
        let kept = CAPITALS[usize::from(*byte)];
        *buffer.get_mut(len)? = kept;
        len += usize::from(kept != 0);
    }
    buffer.get(..len)
}

/// Digits and capital letters, from letters of either case; 0 for what no word holds.
static CAPITALS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_uppercase();
        }
        byte += 1;
    }
    table
};

/// Checks what has a shape.
fn check(shape: &Shape, seen: &Seen<'_>) -> Option<Grade> {
    match shape.checker {
        Checker::Scheme(scheme) => scheme
            .is_valid(seen.compact)
            .then(|| Grade::checked(shape.score).reserved(scheme.is_reserved(seen.compact))),
        Checker::Custom(grade) | Checker::Loose(grade) => grade(seen),
    }
}

/// Where the word of letters begins that one separator parts from `start`, if it is as long as one that a number begins with.
fn letters_before(value: &[u8], start: usize) -> Option<usize> {
    let separator = byte_before(value, start);
    if !matches!(separator, b' ' | b'-' | b'.') {
        return None;
    }
    let end = start.checked_sub(1).filter(|end| byte_before(value, *end).is_ascii_alphabetic())?;
    let word = value.get(end.saturating_sub(LETTERS + 1)..end)?;
    let len = word.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let is_start = if separator == b'.' { len == 4 } else { matches!(len, 1..=3 | LETTERS) };
    is_start.then_some(end - len)
}

/// How many words of letters may stand before the first digit.
const WORDS_BEFORE: usize = 2;
/// The longest of them: `RSSMRA 85T10 A562S`.
const LETTERS: usize = 6;
/// The longest number without its separators.
const COMPACT: usize = 96;
