//! Words around a finding, and in the name of its column, that speak for an entity or against it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Entities by the place of their bit.
pub(super) type Mask = u128;

/// The bit for words that say what a number is, when it is no PII: an order, a version, a time.
pub(super) const CONTRARY: Mask = 1 << 127;

/// All words and phrases, and the entities they speak for.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// By the hash of a phrase, or of the first words of one.
    phrases: HashMap<u64, Meaning, BuildHasherDefault<Hashed>>,
    /// A quick no for most words: a bit for some bits of the hash.
    seen: Vec<u64>,
    /// Phrases of scripts that are written without spaces between words.
    unspaced: Vec<(Box<[u8]>, Mask)>,
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
        if phrase.bytes().any(is_unspaced) {
            self.unspaced.push((phrase.as_bytes().into(), mask));
            return;
        }
        let mut hash = EMPTY;
        let mut words = words(phrase.as_bytes()).peekable();
        while let Some(word) = words.next() {
            let seen = seen(hash_of(word.text));
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
        self.ahead(value, start) | self.behind(value, end) | self.within(value, start, end)
    }

    /// What phrases of scripts without spaces speak for, nearby.
    fn within(&self, value: &[u8], start: usize, end: usize) -> Mask {
        let ahead = value.get(start.saturating_sub(AHEAD)..start).unwrap_or_default();
        let behind = value.get(end..value.len().min(end + BEHIND)).unwrap_or_default();
        let find = |window: &[u8]| {
            let phrases = self.unspaced.iter().filter(|(phrase, _)| {
                window.windows(phrase.len()).any(|part| part == phrase.as_ref())
            });
            phrases.fold(0, |all, (_, mask)| all | mask)
        };
        let is_any =
            |window: &[u8]| !window.is_ascii() && window.iter().any(|byte| is_unspaced(*byte));
        (if is_any(ahead) { find(ahead) } else { 0 })
            | (if is_any(behind) { find(behind) & !CONTRARY } else { 0 })
    }

    /// What a column's name speaks for.
    pub(super) fn of_name(&self, name: &str) -> Mask {
        let hashes: Vec<u64> = split_name(name).iter().map(|word| hash_of(word)).collect();
        let unspaced = self.within(name.as_bytes(), name.len(), name.len());
        (0..hashes.len()).fold(unspaced, |mask, first| {
            mask | self.meaning(hashes.get(first..).unwrap_or_default())
        })
    }

    /// The words before: the nearest few, not beyond another number that they belong to.
    fn ahead(&self, value: &[u8], start: usize) -> Mask {
        let from = start.saturating_sub(AHEAD);
        let window = value.get(from..start).unwrap_or_default();
        let mut near = Near::default();
        let (mut hash, mut stops, mut crossed_number) = (NO_WORD, 0, false);
        // The hash before the last byte, and before the last but one.
        let mut older = [NO_WORD; 2];
        for byte in window.iter().rev() {
            let class = CLASSES[usize::from(*byte)];
            if class > LAST_STOP {
                // The first byte of a word, from behind, tells whether the clause went on to here.
                if hash == NO_WORD && stops != 0 {
                    let stop = if crossed_number { STOP_BEYOND_NUMBER } else { STOP };
                    if stops & stop != 0 && near.count > 0 {
                        return near.mask;
                    }
                    stops = 0;
                }
                crossed_number |= byte.is_ascii_digit();
                // `call 030 123456 about order 12345678`: what stands beyond a number that it belongs to.
                if crossed_number && near.mask & CONTRARY != 0 {
                    return near.mask;
                }
                // A character of a script without spaces is no part of the word behind it.
                if is_unspaced(*byte) {
                    if older[1] != NO_WORD && self.take(&mut near, older[1]) {
                        return near.mask;
                    }
                    (hash, older) = (NO_WORD, [NO_WORD; 2]);
                    continue;
                }
                older = [hash, older[0]];
                hash = mix(hash, class);
            } else {
                stops |= class;
                if hash != NO_WORD && self.take(&mut near, hash) {
                    return near.mask;
                }
                (hash, older) = (NO_WORD, [NO_WORD; 2]);
            }
        }
        // A word cut off by the window is not whole.
        if hash != NO_WORD && from == 0 {
            self.take(&mut near, hash);
        }
        near.mask
    }

    /// Takes in one more word before the others; true if that is far enough.
    fn take(&self, near: &mut Near, hash: u64) -> bool {
        near.count += 1;
        let Some(first) = near.hashes.len().checked_sub(near.count) else { return true };
        if let (true, Some(place)) = (self.may_hold(hash), near.hashes.get_mut(first)) {
            *place = hash;
            let found = self.meaning(near.hashes.get(first..).unwrap_or_default());
            // Only what stands right before a number says that it is something else.
            near.mask |= if near.count <= CONTRARY_WORDS { found } else { found & !CONTRARY };
        }
        first == 0
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
            *hash = Some(hash_of(word.text)).filter(|hash| self.may_hold(*hash)).unwrap_or(0);
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

    fn may_hold(&self, word: u64) -> bool {
        let seen = seen(word);
        self.seen.get(seen / 64).is_some_and(|bits| bits >> (seen % 64) & 1 != 0)
    }
}

/// Lead bytes of Chinese, Japanese, Korean and Thai characters.
fn is_unspaced(byte: u8) -> bool {
    (0xE3..=0xED).contains(&byte)
}

/// The words before a number.
#[derive(Debug, Default)]
struct Near {
    /// The hashes of those looked at, the nearest last; 0 for one that is in no phrase.
    hashes: [u64; WORDS_AHEAD],
    count: usize,
    mask: Mask,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    start: usize,
    text: &'a [u8],
}

/// Letters and digits, and whatever is beyond ASCII.
fn is_part(byte: u8) -> bool {
    CLASSES[usize::from(byte)] > LAST_STOP
}

/// Bytes of words in lower case; what other bytes end. Letters of Latin-1 have their case in their second byte, which is folded whatever
/// the first one is: no two words of the vocabulary differ by that alone.
static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter @ b'A'..=b'Z' => letter + 0x20,
            second @ (0x80..=0x96 | 0x98..=0x9E) => second + 0x20,
            part @ (b'0'..=b'9' | b'a'..=b'z' | 0x80..) => part,
            b';' | b'|' => STOP | STOP_BEYOND_NUMBER,
            b',' | b'\n' | b'\t' => STOP_BEYOND_NUMBER,
            _ => 0,
        };
        byte += 1;
    }
    table
};
const STOP: u8 = 1;
const STOP_BEYOND_NUMBER: u8 = 2;
const LAST_STOP: u8 = 3;

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

/// The place in `seen` of words of this hash.
fn seen(word: u64) -> usize {
    (word >> 40) as usize % SEEN
}

/// The hash of a word in lower case (FNV-1a from its last byte to its first), since words before a number are read from behind. Never
/// 0. Two words of one hash would share their meaning, which does no harm.
fn hash_of(word: &[u8]) -> u64 {
    word.iter().rev().fold(NO_WORD, |hash, byte| mix(hash, CLASSES[usize::from(*byte)]))
}

fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3) | 1
}

/// The hash before the first byte of a word.
const NO_WORD: u64 = 0xCBF2_9CE4_8422_2325;

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
