//! Where a value may begin and end: at word boundaries of UAX 29, and where that is too strict for names.

use unicode_segmentation::UnicodeSegmentation;

/// Whether UAX 29 has a word boundary at `at`, a place between characters; read from a few characters on both sides.
pub(super) fn is_boundary(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(before), Some(after)) =
        (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at))
    else {
        return true;
    };
    if !before.is_ascii() || !after.is_ascii() {
        return is_segment(text, at);
    }
    let farther = |byte: Option<&u8>, joins: fn(&u8) -> bool| match byte {
        Some(byte) if !byte.is_ascii() => is_segment(text, at),
        byte => !byte.is_some_and(joins),
    };
    match (before, after) {
        (b' ', b' ') | (b'\r', b'\n') => false,
        (before, after) if is_core(*before) && is_core(*after) => false,
        (b'a'..=b'z' | b'A'..=b'Z', b'.' | b':' | b'\'') => {
            farther(bytes.get(at + 1), u8::is_ascii_alphabetic)
        }
        (b'0'..=b'9', b'.' | b',' | b';' | b'\'') => farther(bytes.get(at + 1), u8::is_ascii_digit),
        (b'.' | b':' | b'\'', b'a'..=b'z' | b'A'..=b'Z') => {
            farther(at.checked_sub(2).and_then(|at| bytes.get(at)), u8::is_ascii_alphabetic)
        }
        (b'.' | b',' | b';' | b'\'', b'0'..=b'9') => {
            farther(at.checked_sub(2).and_then(|at| bytes.get(at)), u8::is_ascii_digit)
        }
        _ => true,
    }
}

/// Whether a name may begin at `at`.
///
/// UAX 29 lets locales part words at colons, full stops and apostrophes; `name:Zoe`, `Thanks.Zoe` and `d'Anne` are so parted here. The `n` of an
/// escaped line break, `\nZoe`, is no letter.
pub(super) fn may_begin(text: &str, at: usize) -> bool {
    let head = text.get(..at).unwrap_or_default();
    let Some(last) = head.chars().next_back() else { return true };
    let next = text.get(at..).unwrap_or_default().chars().next();
    if next.is_some_and(is_unspaced) || is_boundary(text, at) {
        return true;
    }
    match last {
        '.' | ':' => true,
        '\'' | '’' => is_elided(head.get(..head.len() - last.len_utf8()).unwrap_or_default()),
        'n' | 'r' | 't' => head.as_bytes().iter().nth_back(1) == Some(&b'\\'),
        _ => false,
    }
}

/// Whether a name may end at `at`; an apostrophe and an ending may follow, as in `Zoe's` and `Zeynep'in`.
pub(super) fn may_end(text: &str, at: usize) -> bool {
    let mut tail = text.get(at..).unwrap_or_default().chars();
    let Some(next) = tail.next() else { return true };
    let last = text.get(..at).unwrap_or_default().chars().next_back();
    if last.is_some_and(is_unspaced) || is_boundary(text, at) {
        return true;
    }
    match next {
        '.' | ':' => true,
        '\'' | '’' => {
            tail.take(LONGEST_ENDING + 1).take_while(|char| char.is_alphabetic()).count()
                <= LONGEST_ENDING
        }
        _ => false,
    }
}

/// Characters of names that no space parts from what is around them. Katakana is not among them: UAX 29 keeps its words together.
pub(super) fn is_unspaced(char: char) -> bool {
    matches!(char, '々' | '\u{3041}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether `head` ends with a word that loses its vowel before a name.
fn is_elided(head: &str) -> bool {
    let start = head
        .char_indices()
        .rev()
        .take(LONGEST_ELIDED + 1)
        .take_while(|(_, char)| char.is_alphabetic())
        .last();
    let word = start.and_then(|(start, _)| head.get(start..)).unwrap_or_default();
    ELIDED.iter().any(|elided| elided.eq_ignore_ascii_case(word))
}

/// The slow way: the words of a window are parted in full.
fn is_segment(text: &str, at: usize) -> bool {
    let (head, tail) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let mut start = at;
    for (place, char) in head.char_indices().rev().take(WINDOW) {
        start = place;
        if parts(char) {
            break;
        }
    }
    let mut end = at;
    for (place, char) in tail.char_indices().take(WINDOW) {
        end = at + place + char.len_utf8();
        if parts(char) {
            break;
        }
    }
    let window = text.get(start..end).unwrap_or_default();
    let mut bounds = window.split_word_bound_indices().map(|(place, _)| start + place);
    bounds.find(|place| *place >= at) == Some(at)
}

/// Whether no rule of UAX 29 looks beyond a character.
fn parts(char: char) -> bool {
    let mark = char.is_ascii() && !char.is_ascii_alphanumeric();
    mark && !matches!(char, '_' | '\'' | '.' | ':' | ',' | ';' | '"')
}

fn is_core(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Words of French, Italian, Catalan and Portuguese that end with an apostrophe.
const ELIDED: &[&str] = &[
    "c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "un",
    "all", "dall", "dell", "nell", "sull", "coll", "quest", "quell", "sant",
];
const LONGEST_ELIDED: usize = 6;

/// Letters of an ending behind an apostrophe.
const LONGEST_ENDING: usize = 5;

/// Characters on each side, should nothing end the window before: more than any word and its marks, and a bound on the time.
const WINDOW: usize = 96;
