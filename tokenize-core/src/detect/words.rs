//! Words: where they begin and end, and what may stand beside a number.

/// Whether a byte belongs to a word of ASCII letters and digits.
pub(super) fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

/// Where the word around `at` begins.
pub(super) fn word_start(value: &[u8], at: usize) -> usize {
    let before = value.get(..at).unwrap_or_default();
    at - before.iter().rev().take_while(|byte| is_word(**byte)).count()
}

/// Where the word around `at` ends.
pub(super) fn word_end(value: &[u8], at: usize) -> usize {
    at + value.get(at..).unwrap_or_default().iter().take_while(|byte| is_word(**byte)).count()
}

/// The byte before `at`; a space at the beginning.
pub(super) fn before(value: &[u8], at: usize) -> u8 {
    at.checked_sub(1).and_then(|at| value.get(at)).copied().unwrap_or(b' ')
}

/// The byte at `at`; a space at the end.
pub(super) fn behind(value: &[u8], at: usize) -> u8 {
    value.get(at).copied().unwrap_or(b' ')
}

/// Whether something may begin at `start`: it is not the rest of a longer word, number, time or key.
pub(super) fn is_free_before(value: &[u8], start: usize) -> bool {
    let byte = before(value, start);
    match BEFORE[usize::from(byte)] {
        Before::Free => true,
        Before::Bound => false,
        // `12:34`, but not `id:34`.
        Before::Colon => start < 2 || !before(value, start - 1).is_ascii_digit(),
        Before::Joint => start < 2 || !follows_number(value, start - 1),
    }
}

/// What a byte before something means for it.
#[derive(Debug, Clone, Copy)]
enum Before {
    /// It belongs to the same word.
    Bound,
    Colon,
    Free,
    /// It joins numbers, and words too.
    Joint,
}

static BEFORE: [Before; 256] = {
    let mut table = [Before::Free; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'_' | b'$' | b'@' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Before::Bound,
            b':' => Before::Colon,
            b'-' | b'.' | b'/' => Before::Joint,
            _ => Before::Free,
        };
        byte += 1;
    }
    table
};

/// Whether the word that ends at `end` holds a digit.
fn follows_number(value: &[u8], end: usize) -> bool {
    let before = value.get(end.saturating_sub(NEAR)..end).unwrap_or_default();
    before.iter().rev().take_while(|byte| is_word(**byte)).any(u8::is_ascii_digit)
}

/// Whether something may end at `end`: it is not the beginning of a longer word or number.
pub(super) fn is_free_behind(value: &[u8], end: usize) -> bool {
    match behind(value, end) {
        b'_' | b'@' | b'%' => false,
        b'-' | b'.' | b'/' => !behind(value, end + 1).is_ascii_digit(),
        byte => !is_word(byte),
    }
}

/// Which bytes belong to words; one load instead of six comparisons.
static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// How far back a word is read to see whether it holds a digit.
const NEAR: usize = 16;
