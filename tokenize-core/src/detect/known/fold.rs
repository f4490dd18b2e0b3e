//! Texts and values as they are compared: small letters without diacritics, one apostrophe, one hyphen, ASCII digits.
//!
//! Canonically equal texts have one fold, whether composed or not. A map leads from places of the fold back to the text.

use unicode_normalization::char::decompose_canonical;

/// A text folded; the buffers are kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) bytes: Vec<u8>,
    folds: Vec<Fold>,
}

/// Characters whose fold has another length.
#[derive(Debug, Clone, Copy)]
struct Fold {
    copy: usize,
    copied: usize,
    value: usize,
    len: usize,
}

impl Folded {
    /// Folds `text`, which was not ASCII.
    pub(super) fn read(&mut self, text: &str) {
        self.bytes.clear();
        self.folds.clear();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            self.bytes.extend_from_slice(rest.get(..plain).unwrap_or_default().as_bytes());
            let copy = self.bytes.len();
            let len = push_first(rest.get(plain..).unwrap_or_default(), &mut self.bytes);
            let copied = self.bytes.len() - copy;
            if copied != len {
                self.folds.push(Fold { copy, copied, value: at + plain, len });
            }
            at += plain + len;
        }
    }

    /// The place in the text of `place`; what has no fold belongs to what stands before it. `None` within a fold.
    pub(super) fn place(&self, place: usize) -> Option<usize> {
        let before = self.folds.partition_point(|fold| fold.copy <= place);
        let Some(fold) = before.checked_sub(1).and_then(|last| self.folds.get(last)) else {
            return Some(place);
        };
        match place - fold.copy {
            0 if fold.copied > 0 => Some(fold.value),
            within if within < fold.copied => None,
            within => Some(fold.value + fold.len + within - fold.copied),
        }
    }
}

/// Adds the fold of a value; its capitals in ASCII become small, too.
pub(super) fn push_value(value: &str, fold: &mut Vec<u8>) {
    if value.is_ascii() {
        let start = fold.len();
        fold.extend_from_slice(value.as_bytes());
        return fold.get_mut(start..).unwrap_or_default().make_ascii_lowercase();
    }
    let mut rest = value;
    while let Some(first) = rest.as_bytes().first() {
        let len = if first.is_ascii() {
            fold.push(first.to_ascii_lowercase());
            1
        } else {
            push_first(rest, fold)
        };
        rest = rest.get(len..).unwrap_or_default();
    }
}

/// Adds the fold of the first character of `text`, which is not ASCII, and tells how many bytes it has.
fn push_first(text: &str, fold: &mut Vec<u8>) -> usize {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return 0 };
    match first {
        '\u{ac00}'..='\u{d7a3}' => push(first, fold),
        '\u{1100}'..='\u{1112}' => match syllable(text) {
            Some((syllable, len)) => {
                push(syllable, fold);
                return len;
            }
            None => push(first, fold),
        },
        _ if is_unseen(first) => {}
        _ => decompose_canonical(first, |char| push_small(char, fold)),
    }
    first.len_utf8()
}

/// The Hangul syllable that the letters at the beginning make up, and their bytes.
fn syllable(text: &str) -> Option<(char, usize)> {
    let mut letters = text.chars().map(u32::from);
    let lead = letters.next()?.checked_sub(0x1100)?;
    let vowel = letters.next()?.checked_sub(0x1161).filter(|vowel| *vowel < 21)?;
    let tail = letters
        .next()
        .and_then(|tail| tail.checked_sub(0x11a7))
        .filter(|tail| (1..28).contains(tail));
    let syllable = char::from_u32(0xac00 + (lead * 21 + vowel) * 28 + tail.unwrap_or(0))?;
    Some((syllable, if tail.is_some() { 9 } else { 6 }))
}

fn push_small(char: char, fold: &mut Vec<u8>) {
    if is_mark(char) {
        return;
    }
    for char in char.to_lowercase().filter(|char| !is_mark(*char)) {
        match stands_for(char) {
            Ok(char) => push(char, fold),
            Err(letters) => fold.extend_from_slice(letters.as_bytes()),
        }
    }
}

/// The character that stands for a small one, or the letters that do.
fn stands_for(char: char) -> Result<char, &'static str> {
    Ok(match char {
        'ß' | 'ẞ' => return Err("ss"),
        'æ' => return Err("ae"),
        'œ' => return Err("oe"),
        'þ' => return Err("th"),
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        'ſ' => 's',
        'ς' => 'σ',
        '\u{b4}' | '\u{2b9}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{5f3}' => '\'',
        '\u{b7}' | '\u{5be}' | '\u{2010}'..='\u{2015}' | '\u{2027}' | '\u{2212}' | '\u{30fb}' => {
            '-'
        }
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ' '
        }
        '\u{ff01}'..='\u{ff5e}' => ascii(char, '\u{ff01}', '!').to_ascii_lowercase(),
        '\u{660}'..='\u{669}' => ascii(char, '\u{660}', '0'),
        '\u{6f0}'..='\u{6f9}' => ascii(char, '\u{6f0}', '0'),
        '\u{966}'..='\u{96f}' => ascii(char, '\u{966}', '0'),
        '\u{9e6}'..='\u{9ef}' => ascii(char, '\u{9e6}', '0'),
        '\u{e50}'..='\u{e59}' => ascii(char, '\u{e50}', '0'),
        _ => char,
    })
}

fn ascii(char: char, first: char, stands: char) -> char {
    let code = u32::from(char) - u32::from(first) + u32::from(stands);
    char::from_u32(code).unwrap_or(char)
}

/// Diacritics, and the vowel points of Hebrew and Arabic: many people leave them out.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// What nobody sees: zero width, directions, joiners, selectors.
fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn push(char: char, fold: &mut Vec<u8>) {
    fold.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}
