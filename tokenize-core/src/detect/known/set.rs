//! The values of a whole dataset: names in full, addresses of mail, numbers, by look-up.
//!
//! What a text may name is read at each word: as many words as the longest value that begins with it has, or six letters and digits of a number.
//! So the time grows with the text and not with the number of values.

use std::collections::HashMap;

use super::bound::{is_unspaced, may_begin, may_end};
use super::fold::{Folded, push_value};
use super::judge::{Hit, is_capital, settle};
use super::value::{SEPARATORS, begins_word, stands_alone};
use super::word::{Trust, is_addition, is_placeholder, trust};
use super::{KnownKind, LONGEST_NUMBER, View};

/// Collects the values of a dataset.
pub(crate) struct KnownSetBuilder {
    set: KnownSet,
    bytes: usize,
    most_values: usize,
    most_bytes: usize,
}

/// More values than the limit, or more bytes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more known values than the limit of {most_values} values or {most_bytes} bytes")]
pub(crate) struct TooMany {
    pub(crate) most_values: usize,
    pub(crate) most_bytes: usize,
}

/// The values to look for in the texts of a dataset. Built once, shared by threads.
#[derive(Default)]
pub(crate) struct KnownSet {
    entries: Vec<Entry>,
    /// By what they are compared by, their words joined by spaces for names.
    names: HashMap<Box<[u8]>, usize>,
    emails: HashMap<Box<[u8]>, usize>,
    numbers: HashMap<Box<[u8]>, usize>,
    /// The most words of the names that begin with a word, or with two ideographs.
    heads: HashMap<Box<[u8]>, usize>,
    /// The lengths of the numbers that begin with six characters, as bits.
    number_heads: HashMap<[u8; HEAD], u64>,
}

/// Where a value of a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownSetFinding {
    /// First byte within the text.
    pub(crate) start: usize,
    /// The byte after the last.
    pub(crate) end: usize,
    pub(crate) source: usize,
    /// What was told when the value was first added.
    pub(crate) value_id: u64,
}

/// The buffers of a search, one for each thread.
#[derive(Default)]
pub(crate) struct KnownScratch {
    folded: Folded,
    hits: Vec<Hit>,
    key: Vec<u8>,
    ends: Vec<(usize, usize)>,
}

struct Entry {
    source: usize,
    id: u64,
    needs_capital: bool,
}

impl std::fmt::Debug for KnownSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownSet").finish_non_exhaustive()
    }
}

impl KnownSetBuilder {
    /// A set of at most so many values, of so many bytes in all.
    pub(crate) fn new(most_values: usize, most_bytes: usize) -> Self {
        Self { set: KnownSet::default(), bytes: 0, most_values, most_bytes }
    }

    /// Adds a value of the column `source`. Of equal values the first is kept; what cannot be told from other text is left out.
    ///
    /// Says whether it was added.
    ///
    /// # Errors
    ///
    /// [`TooMany`] beyond the limits; the set is as it was.
    pub(crate) fn add(
        &mut self,
        source: usize,
        kind: KnownKind,
        value: &str,
        id: u64,
    ) -> Result<bool, TooMany> {
        let value = value.trim();
        if value.len() < 2 || value.len() > LONGEST_VALUE {
            return Ok(false);
        }
        let mut fold = Vec::with_capacity(value.len());
        push_value(value, &mut fold);
        if std::str::from_utf8(&fold).is_ok_and(is_placeholder) {
            return Ok(false);
        }
        if self.set.entries.len() >= self.most_values || self.bytes + fold.len() > self.most_bytes {
            return Err(TooMany { most_values: self.most_values, most_bytes: self.most_bytes });
        }
        let before = self.set.entries.len();
        match kind.of(&fold) {
            KnownKind::Email => self.set.add_email(fold, source, id),
            KnownKind::Number => self.set.add_number(&fold, source, id),
            KnownKind::Name | KnownKind::Other => self.set.add_name(&fold, source, id),
        }
        let is_new = self.set.entries.len() > before;
        self.bytes += if is_new { value.len() } else { 0 };
        Ok(is_new)
    }

    pub(crate) fn build(self) -> KnownSet {
        self.set
    }
}

impl KnownSet {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn push(&mut self, source: usize, id: u64, needs_capital: bool) -> usize {
        self.entries.push(Entry { source, id, needs_capital });
        self.entries.len() - 1
    }

    fn add_email(&mut self, fold: Vec<u8>, source: usize, id: u64) {
        let place = fold.iter().position(|byte| *byte == b'@');
        if place.is_none_or(|place| email_span(&fold, place) != (0, fold.len())) {
            return self.add_name(&fold, source, id);
        }
        if !self.emails.contains_key(fold.as_slice()) {
            let entry = self.push(source, id, false);
            self.emails.insert(fold.into(), entry);
        }
    }

    fn add_number(&mut self, fold: &[u8], source: usize, id: u64) {
        let number: Vec<u8> = fold.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        let Some(head) = number.first_chunk().filter(|_| number.len() <= LONGEST_NUMBER) else {
            return;
        };
        if !is_placeholder(&String::from_utf8_lossy(&number))
            && !self.numbers.contains_key(number.as_slice())
        {
            *self.number_heads.entry(*head).or_default() |= 1 << number.len();
            let entry = self.push(source, id, false);
            self.numbers.insert(number.into(), entry);
        }
    }

    /// A name in full. One word alone is no more than a part, and needs a capital.
    fn add_name(&mut self, fold: &[u8], source: usize, id: u64) {
        let words = words_of(fold);
        let (mut key, mut head) = (Vec::new(), None);
        for (number, word) in words.iter().enumerate() {
            push_word(&mut key, word);
            if number + 1 == head_words(words.first().copied().unwrap_or_default()) {
                head = Some(key.clone());
            }
        }
        let alone = words.len() == 1;
        let surest = words.iter().map(|word| trust(word, alone, false)).max();
        let names = words.iter().filter(|word| trust(word, alone, false) != Trust::Never).count();
        let ideographs = words.iter().filter(|word| unspaced(word)).count();
        let is_known = surest == Some(Trust::Sure) || surest > Some(Trust::Never) && names > 1;
        if words.len() > MOST_WORDS || !is_known || self.names.contains_key(key.as_slice()) {
            return;
        }
        let Some(head) = head else { return };
        let most = self.heads.entry(head.into()).or_default();
        *most = words.len().max(*most);
        let needs_capital = ideographs == 0 && (names < 2 || surest != Some(Trust::Sure));
        let entry = self.push(source, id, needs_capital);
        self.names.insert(key.into(), entry);
    }

    /// Adds each place of a value to `found`, ascending and without overlaps: the longest stays, then the first.
    pub(crate) fn find(
        &self,
        text: &str,
        scratch: &mut KnownScratch,
        found: &mut Vec<KnownSetFinding>,
    ) {
        if self.is_empty() {
            return;
        }
        let KnownScratch { folded, hits, key, ends } = scratch;
        hits.clear();
        let view = View::new(text, folded);
        for (at, byte) in view.fold.iter().enumerate() {
            if *byte == b'@' {
                self.find_email(&view, at, key, hits);
            } else if (byte.is_ascii_alphanumeric() || *byte >= 0xC0) && begins_word(view.fold, at)
            {
                self.find_name(&view, at, (key, ends), hits);
                if byte.is_ascii() {
                    self.find_number(&view, at, (key, ends), hits);
                }
            }
        }
        settle(hits, &mut |hit| {
            found.extend(self.entries.get(hit.value).map(|entry| KnownSetFinding {
                start: hit.start,
                end: hit.end,
                source: entry.source,
                value_id: entry.id,
            }));
        });
    }

    /// The name that begins with the word at `at`.
    fn find_name(
        &self,
        view: &View<'_>,
        at: usize,
        (key, ends): (&mut Vec<u8>, &mut Vec<(usize, usize)>),
        hits: &mut Vec<Hit>,
    ) {
        key.clear();
        ends.clear();
        let mut most = 0;
        let head = head_words(view.fold.get(at..).unwrap_or_default());
        let mut next = word_at(view.fold, at);
        while let Some(word) = next {
            let Some(bytes) = view.fold.get(word.0..word.1) else { return };
            push_word(key, bytes);
            ends.push((word.1, key.len()));
            if ends.len() == head {
                match self.heads.get(key.as_slice()) {
                    Some(words) => most = *words,
                    None => return,
                }
            }
            if most > 0 && ends.len() >= most {
                break;
            }
            next = next_word(view.fold, word.1);
        }
        let Some(start) = view.place(at).filter(|start| may_begin(view.text, *start)) else {
            return;
        };
        for (end, len) in ends.iter().rev() {
            let Some(entry) = key.get(..*len).and_then(|key| self.names.get(key)).copied() else {
                continue;
            };
            let Some(end) = view.place(*end).filter(|end| may_end(view.text, *end)) else {
                continue;
            };
            let needs_capital = self.entries.get(entry).is_some_and(|entry| entry.needs_capital);
            if !needs_capital || has_capitals(view.text, start, end) {
                return hits.push(hit(start, end, entry));
            }
        }
    }

    /// The number that begins at `at`.
    fn find_number(
        &self,
        view: &View<'_>,
        at: usize,
        (key, ends): (&mut Vec<u8>, &mut Vec<(usize, usize)>),
        hits: &mut Vec<Hit>,
    ) {
        let near = view.fold.get(at..).unwrap_or_default().iter().take(3 * HEAD);
        if self.numbers.is_empty()
            || !near.take_while(|byte| **byte != b' ').any(u8::is_ascii_digit)
        {
            return;
        }
        key.clear();
        ends.clear();
        let mut place = at;
        let mut lengths = 0;
        while let Some(byte) = view.fold.get(place).filter(|byte| byte.is_ascii_alphanumeric()) {
            key.push(byte.to_ascii_lowercase());
            ends.push((place + 1, key.len()));
            if let Ok(head) = <&[u8; HEAD]>::try_from(key.as_slice()) {
                match self.number_heads.get(head) {
                    Some(of_head) => lengths = *of_head,
                    None => return,
                }
            }
            if key.len() >= LONGEST_NUMBER {
                break;
            }
            let rest = view.fold.get(place + 1..).unwrap_or_default();
            place += 1 + rest.iter().take(3).take_while(|byte| SEPARATORS.contains(byte)).count();
        }
        let Some(start) = view.place(at) else { return };
        for (end, len) in ends.iter().rev().filter(|(_, len)| lengths >> len & 1 == 1) {
            let Some(entry) = key.get(..*len).and_then(|key| self.numbers.get(key)).copied() else {
                continue;
            };
            let Some(end) = view.place(*end) else { continue };
            if stands_alone(view.text, KnownKind::Number, start, end) {
                return hits.push(hit(start, end, entry));
            }
        }
    }

    /// The address around the `@` at `at`.
    fn find_email(&self, view: &View<'_>, at: usize, key: &mut Vec<u8>, hits: &mut Vec<Hit>) {
        let (start, end) = email_span(view.fold, at);
        key.clear();
        key.extend(
            view.fold.get(start..end).unwrap_or_default().iter().map(u8::to_ascii_lowercase),
        );
        let Some(entry) = self.emails.get(key.as_slice()).copied() else { return };
        if let Some((start, end)) = view.place(start).zip(view.place(end)) {
            hits.push(hit(start, end, entry));
        }
    }
}

fn hit(start: usize, end: usize, entry: usize) -> Hit {
    Hit { start, end, source: 0, value: entry, trust: Trust::Sure, is_whole: true, is_name: false }
}

/// The words of a value but titles and the like; each ideograph is one.
fn words_of(fold: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    let mut next = (0..fold.len()).find_map(|at| word_at(fold, at));
    while let Some((start, end)) = next {
        words.extend(fold.get(start..end));
        next = (end..fold.len()).find_map(|at| word_at(fold, at));
    }
    if words.iter().any(|word| !is_addition(word)) && words.len() > 1 {
        words.retain(|word| !is_addition(word));
    }
    words
}

/// The word that begins at `at`.
fn word_at(fold: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = fold.get(at..)?;
    let first = rest.first().filter(|byte| byte.is_ascii_alphanumeric() || **byte >= 0xC0)?;
    if !first.is_ascii() && unspaced(rest) {
        return Some((
            at,
            at + rest.iter().skip(1).take_while(|byte| (0x80..0xC0).contains(*byte)).count() + 1,
        ));
    }
    let mut len = 1;
    while let Some(byte) = rest.get(len).filter(|_| len < LONGEST_WORD) {
        let goes_on = byte.is_ascii_alphanumeric()
            || (0x80..0xC0).contains(byte)
            || *byte >= 0xC0 && !unspaced(rest.get(len..).unwrap_or_default());
        if !goes_on {
            break;
        }
        len += 1;
    }
    Some((at, at + len))
}

/// The word behind the one that ends at `at`.
fn next_word(fold: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = fold.get(at..)?;
    let gap = rest
        .iter()
        .take(LONGEST_GAP + 1)
        .take_while(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
    let gap = gap.count();
    word_at(fold, at + gap).filter(|_| gap <= LONGEST_GAP)
}

/// How many words of a name that `fold` begins with are looked up first.
fn head_words(fold: &[u8]) -> usize {
    if unspaced(fold) { 2 } else { 1 }
}

/// Whether an ideograph begins `fold`.
fn unspaced(fold: &[u8]) -> bool {
    let first = fold.get(..fold.len().min(4)).unwrap_or_default();
    first.first().is_some_and(|byte| *byte >= 0xE3)
        && first
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next())
            .is_some_and(is_unspaced)
}

fn push_word(key: &mut Vec<u8>, word: &[u8]) {
    if !key.is_empty() && !unspaced(word) {
        key.push(b' ');
    }
    key.extend(word.iter().map(u8::to_ascii_lowercase));
}

/// Whether each word but particles begins with a capital, or with a letter that has none.
fn has_capitals(text: &str, start: usize, end: usize) -> bool {
    let name = text.get(start..end).unwrap_or_default();
    let first = name.chars().find(|char| char.is_alphabetic());
    let last = name.rsplit(|char: char| !char.is_alphanumeric()).find(|word| !word.is_empty());
    let last = last.and_then(|word| word.chars().next());
    let is_capital_or_none = |char: Option<char>| char.is_some_and(|char| !char.is_lowercase());
    let is_one = !name.contains(|char: char| !char.is_alphabetic());
    is_capital_or_none(first)
        && is_capital_or_none(last)
        && (!is_one || is_capital(text, start, end))
}

/// The address of mail around the `@` at `at`, as far as it may go.
fn email_span(fold: &[u8], at: usize) -> (usize, usize) {
    let head = fold.get(..at).unwrap_or_default().iter().rev().take(LONGEST_LOCAL);
    let local =
        head.take_while(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte)).count();
    let tail = fold.get(at + 1..).unwrap_or_default();
    let is_domain = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let mut end = tail.iter().take(LONGEST_DOMAIN).take_while(is_domain).count();
    while end > 0 && tail.get(end - 1).is_some_and(|byte| b".-".contains(byte)) {
        end -= 1;
    }
    (at - local, at + 1 + end)
}

/// Characters of a number that are looked up first.
const HEAD: usize = 6;

const LONGEST_VALUE: usize = 512;
const LONGEST_WORD: usize = 64;
const MOST_WORDS: usize = 16;
const LONGEST_GAP: usize = 3;

/// RFC 5321, section 4.5.3.1; bytes.
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;
