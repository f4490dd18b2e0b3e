//! Words around a finding, and in the name of its column, that speak for an entity or against it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::words::is_word;

/// Entities by the place of their bit.
pub(super) type Mask = u128;

/// The bit for words that say what a number is, when it is no PII: an order, a version, a time.
pub(super) const CONTRARY: Mask = 1 << 127;

/// All words and phrases, and the entities they speak for.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// By the hash of a phrase, or of the first words of one.
    phrases: HashMap<u64, Meaning, BuildHasherDefault<Hashed>>,
    /// A quick no for most words: a bit for each first byte, last byte and length.
    seen: Vec<u64>,
}

/// What a phrase, or the beginning of one, means.
#[derive(Debug, Clone, Copy, Default)]
struct Meaning {
    mask: Mask,
    /// Whether more words may follow.
    is_open: bool,
}

impl Vocabulary {
    /// Adds phrases separated by `|`, in lower case. English plurals come with them.
    pub(super) fn add(&mut self, phrases: &str, mask: Mask) {
        self.seen.resize(SEEN / 64, 0);
        for phrase in phrases.split('|').filter(|phrase| !phrase.is_empty()) {
            self.add_phrase(phrase, mask);
            if phrase.len() > 3
                && phrase.bytes().last().is_some_and(|byte| byte.is_ascii_lowercase())
            {
                self.add_phrase(&format!("{phrase}s"), mask);
            }
        }
    }

    fn add_phrase(&mut self, phrase: &str, mask: Mask) {
        let mut hash = EMPTY;
        let mut words = words(phrase.as_bytes()).peekable();
        while let Some(word) = words.next() {
            let seen = seen(word.text);
            if let Some(bits) = self.seen.get_mut(seen / 64) {
                *bits |= 1 << (seen % 64);
            }
            hash = join(hash, hash_of(word.text));
            let meaning = self.phrases.entry(hash).or_default();
            if words.peek().is_some() {
                meaning.is_open = true;
            } else {
                meaning.mask |= mask;
            }
        }
    }

    /// What the words around `start..end` of a value speak for.
    pub(super) fn around(&self, value: &[u8], start: usize, end: usize) -> Mask {
        self.ahead(value, start) | self.behind(value, end)
    }

    /// What a column's name speaks for.
    pub(super) fn of_name(&self, name: &str) -> Mask {
        let hashes: Vec<u64> = split_name(name).iter().map(|word| hash_of(word)).collect();
        (0..hashes.len())
            .fold(0, |mask, first| mask | self.meaning(hashes.get(first..).unwrap_or_default()))
    }

    /// The words before: the nearest few, not beyond another number that they belong to.
    fn ahead(&self, value: &[u8], start: usize) -> Mask {
        let from = start.saturating_sub(AHEAD);
        let window = value.get(from..start).unwrap_or_default();
        // The words looked at, the nearest last; 0 for one that is in no phrase.
        let mut hashes = [0; WORDS_AHEAD];
        let (mut mask, mut end, mut crossed_number) = (0, window.len(), false);
        for count in 0..WORDS_AHEAD {
            let Some(word) = last_word(window, end) else { break };
            // A word cut off by the window is not whole.
            if word.start == 0 && from > 0 {
                break;
            }
            let gap = window.get(word.start + word.text.len()..end).unwrap_or_default();
            let stops: &[u8] = if crossed_number { b",;|\n\t" } else { b";|" };
            if (count > 0 || crossed_number) && gap.iter().any(|byte| stops.contains(byte)) {
                break;
            }
            crossed_number |= word.text.iter().any(u8::is_ascii_digit);
            end = word.start;
            let Some(from) = hashes.len().checked_sub(count + 1) else { break };
            if let (true, Some(hash)) = (self.may_hold(word.text), hashes.get_mut(from)) {
                *hash = hash_of(word.text);
                let found = self.meaning(hashes.get(from..).unwrap_or_default());
                // Only what stands right before a number says that it is something else.
                mask |= if count < CONTRARY_WORDS { found } else { found & !CONTRARY };
            }
        }
        mask
    }

    /// The words behind, up to the end of the clause; a word that introduces another number does not count.
    fn behind(&self, value: &[u8], end: usize) -> Mask {
        let window = value.get(end..value.len().min(end + BEHIND)).unwrap_or_default();
        let is_cut = end + BEHIND < value.len();
        let mut hashes = [0; WORDS_BEHIND];
        let (mut count, mut from) = (0, 0);
        for word in words(window) {
            let gap = window.get(from..word.start).unwrap_or_default();
            let Some(hash) = hashes.get_mut(count) else { break };
            if gap.iter().any(|byte| b",;|\n\t.".contains(byte)) {
                break;
            }
            if word.text.iter().any(u8::is_ascii_digit)
                || gap.iter().any(|byte| b"=:#".contains(byte))
            {
                count = count.saturating_sub(1);
                break;
            }
            from = word.start + word.text.len();
            if is_cut && from == window.len() {
                break;
            }
            *hash = if self.may_hold(word.text) { hash_of(word.text) } else { 0 };
            count += 1;
        }
        if window.get(from).is_some_and(|byte| b"=:#".contains(byte)) {
            count = count.saturating_sub(1);
        }
        let known = hashes.get(..count).unwrap_or_default();
        let all = (0..count)
            .fold(0, |mask, first| mask | self.meaning(known.get(first..).unwrap_or_default()));
        all & !CONTRARY
    }

    /// What the phrases mean that begin with the first of some words.
    fn meaning(&self, hashes: &[u64]) -> Mask {
        let (mut hash, mut mask) = (EMPTY, 0);
        for word in hashes {
            hash = join(hash, *word);
            let Some(meaning) = self.phrases.get(&hash) else { break };
            mask |= meaning.mask;
            if !meaning.is_open {
                break;
            }
        }
        mask
    }

    fn may_hold(&self, word: &[u8]) -> bool {
        let seen = seen(word);
        self.seen.get(seen / 64).is_some_and(|bits| bits >> (seen % 64) & 1 != 0)
    }
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    start: usize,
    text: &'a [u8],
}

/// Letters and digits, and whatever is beyond ASCII.
fn is_part(byte: u8) -> bool {
    is_word(byte) || byte >= 0x80
}

fn words(text: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.iter().position(|byte| is_part(*byte))?;
        let rest = text.get(start..)?;
        let len = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
        at = start + len;
        Some(Word { start, text: rest.get(..len)? })
    })
}

fn last_word(text: &[u8], end: usize) -> Option<Word<'_>> {
    let text = text.get(..end)?;
    let last = text.iter().rposition(|byte| is_part(*byte))?;
    let text = text.get(..=last)?;
    let start = text.iter().rposition(|byte| !is_part(*byte)).map_or(0, |before| before + 1);
    Some(Word { start, text: text.get(start..)? })
}

/// The words of a column's name: `custEmailAddr`, `CUST_EMAIL`, `cust-email.addr`, `SSN2`.
pub(super) fn split_name(name: &str) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut word = String::new();
    let mut close = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word).to_lowercase().into_bytes());
        }
    };
    let characters: Vec<char> = name.chars().collect();
    for (i, character) in characters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| characters.get(i)).copied().unwrap_or(' ');
        let next = characters.get(i + 1).copied().unwrap_or(' ');
        let begins = character.is_uppercase()
            && (before.is_lowercase() || next.is_lowercase() && before.is_uppercase());
        if !character.is_alphanumeric() || begins || character.is_numeric() != before.is_numeric() {
            close(&mut word);
        }
        if character.is_alphanumeric() {
            word.push(*character);
        }
    }
    close(&mut word);
    words
}

/// The place in `seen` of words like this one; the same in upper and lower case of ASCII.
fn seen(word: &[u8]) -> usize {
    let [first, last] =
        [word.first(), word.last()].map(|byte| usize::from(byte.map_or(0, u8::to_ascii_lowercase)));
    (first * 64 + last + word.len() * 4099) % SEEN
}

/// The hash of a word (FNV-1a), in lower case of ASCII and of Latin-1. Never 0. Two words of one hash would share their meaning, which does no harm.
fn hash_of(word: &[u8]) -> u64 {
    let mut lead = 0;
    let hash = word.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        let is_latin_capital = lead == 0xC3 && (0x80..=0x9E).contains(byte) && *byte != 0x97;
        lead = *byte;
        let byte = if is_latin_capital { byte + 0x20 } else { byte.to_ascii_lowercase() };
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    hash | 1
}

/// The hash of a phrase and one word more.
fn join(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// What is a hash already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The hash of no word.
const EMPTY: u64 = 0;
/// How far words reach, in bytes and in words.
const AHEAD: usize = 80;
const WORDS_AHEAD: usize = 7;
const BEHIND: usize = 40;
const WORDS_BEHIND: usize = 4;
const CONTRARY_WORDS: usize = 2;
/// Bits of the quick check.
const SEEN: usize = 1 << 16;
