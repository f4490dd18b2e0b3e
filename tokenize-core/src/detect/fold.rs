//! The slow path: a value in which characters stand for ASCII ones, read as if they were.
//!
//! People paste numbers with no-break spaces, typographic dashes, full-width or Arabic-Indic digits, and with characters that
//! nobody sees. Such a value is rewritten in ASCII, and a map leads from each place of the copy to its place in the value.
//! JSON inside a text has escapes instead, which would hide where a word begins: `\n123`.
//! Values that hold none of these characters never come here.

use super::words::{before, behind, is_word};

/// A value rewritten.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) text: Vec<u8>,
    folds: Vec<Fold>,
}

/// A character rewritten.
#[derive(Debug, Clone, Copy)]
struct Fold {
    /// Where the copy goes on: at the ASCII character, or at what follows one that is not seen.
    copy: usize,
    /// Where the character stands in the value, and its bytes.
    value: usize,
    len: usize,
    /// Bytes of the copy: 1, or 0 for what is not seen.
    copied: usize,
}

impl Folded {
    /// Rewrites a value.
    pub(super) fn new(value: &[u8]) -> Self {
        let mut folded = Self { text: Vec::with_capacity(value.len()), folds: Vec::new() };
        let (mut plain, mut at) = (0, 0);
        while at < value.len() {
            let Some((stands, len)) = stands_for(value, at) else {
                at += 1;
                continue;
            };
            folded.text.extend(value.get(plain..at).unwrap_or_default());
            folded.folds.push(Fold {
                copy: folded.text.len(),
                value: at,
                len,
                copied: usize::from(stands.is_some()),
            });
            folded.text.extend(stands);
            at += len;
            plain = at;
        }
        folded.text.extend(value.get(plain..).unwrap_or_default());
        folded
    }

    /// The place in the value of what begins at `place` of the copy.
    pub(super) fn start(&self, place: usize) -> usize {
        self.byte(place).0
    }

    /// The place in the value where what ends at `place` of the copy ends; unseen characters behind it do not belong to it.
    pub(super) fn end(&self, place: usize) -> usize {
        place.checked_sub(1).map_or(0, |last| self.byte(last).1)
    }

    /// The bytes of the value that byte `place` of the copy stands for.
    fn byte(&self, place: usize) -> (usize, usize) {
        let before = self.folds.partition_point(|fold| fold.copy <= place);
        let Some(fold) = before.checked_sub(1).and_then(|last| self.folds.get(last)) else {
            return (place, place + 1);
        };
        if place < fold.copy + fold.copied {
            return (fold.value, fold.value + fold.len);
        }
        let start = fold.value + fold.len + (place - fold.copy - fold.copied);
        (start, start + 1)
    }
}

/// Whether the character at `at` stands for another, or is not seen, in a place where that matters: dashes, spaces and most other
/// marks of typography do beside digits only, unless rules of users ask for words too.
pub(super) fn is_foldable(value: &[u8], at: usize, has_words: bool) -> bool {
    match stands_for(value, at) {
        None => false,
        Some((_, len)) if value.get(at) == Some(&b'\\') => is_word(behind(value, at + len)),
        Some((Some(byte), len)) if !has_words && !is_word(byte) && !b"@:=".contains(&byte) => {
            let beside = [before(value, at), behind(value, at + len)];
            beside.iter().any(u8::is_ascii_digit) || matches!(beside, [b':' | b'=', _])
        }
        Some(_) => true,
    }
}

/// What the character at `at` stands for, `None` if it is not seen, and how many bytes it has.
fn stands_for(value: &[u8], at: usize) -> Option<(Option<u8>, usize)> {
    let digit = |first: u8, byte: u8| Some(b'0' + (byte - first));
    let (stands, len) = match value.get(at..)? {
        [b'\\', b'n' | b'r', ..] => (Some(b'\n'), 2),
        [b'\\', b't', ..] => (Some(b' '), 2),
        [b'\\', b'u', b'0', b'0', high @ b'2'..=b'7', low, ..] => (hex_digit(*high, *low), 6),
        [0xC2, 0xA0, ..] => (Some(b' '), 2), // no-break space
        [0xC2, 0xAD, ..] => (None, 2),       // soft hyphen
        [0xD9, byte @ 0xA0..=0xA9, ..] => (digit(0xA0, *byte), 2), // Arabic-Indic digits
        [0xDB, byte @ 0xB0..=0xB9, ..] => (digit(0xB0, *byte), 2), // Persian and Urdu digits
        [0xE0, 0xA5, byte @ 0xA6..=0xAF, ..] => (digit(0xA6, *byte), 3), // Devanagari digits
        [0xE0, 0xA7, byte @ 0xA6..=0xAF, ..] => (digit(0xA6, *byte), 3), // Bengali digits
        [0xE0, 0xB9, byte @ 0x90..=0x99, ..] => (digit(0x90, *byte), 3), // Thai digits
        [0xE1, 0x85, 0x9F | 0xA0, ..] => (None, 3), // Hangul fillers
        [0xE1, 0xA0, 0x8E, ..] => (None, 3), // Mongolian vowel separator
        [0xE2, 0x80, 0x80..=0x8A | 0xAF, ..] => (Some(b' '), 3), // typographic spaces
        [0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE, ..] => (None, 3), // zero width, directions
        [0xE2, 0x80, 0x90..=0x95, ..] => (Some(b'-'), 3), // hyphens and dashes
        [0xE2, 0x81, 0x9F, ..] => (Some(b' '), 3), // mathematical space
        [0xE2, 0x81, 0xA0..=0xA4 | 0xA6..=0xA9, ..] => (None, 3), // joiners, isolates
        [0xE2, 0x88, 0x92, ..] => (Some(b'-'), 3), // minus
        [0xE3, 0x80, 0x80, ..] => (Some(b' '), 3), // ideographic space
        [0xEF, 0xB9, 0x98 | 0xA3, ..] => (Some(b'-'), 3), // small dashes
        [0xEF, 0xBB, 0xBF, ..] => (None, 3), // byte order mark
        [0xEF, 0xBC, byte @ 0x81..=0xBF, ..] => (Some(byte - 0x81 + b'!'), 3), // full width ! to _
        [0xEF, 0xBD, byte @ 0x80..=0x9E, ..] => (Some(byte - 0x80 + b'`'), 3), // full width ` to ~
        _ => return None,
    };
    Some((stands, len))
}

/// The ASCII character of two hexadecimal digits; `None`, as if unseen, for others.
fn hex_digit(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?).filter(|byte| *byte != 0x7F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, found: &str, covered: &str) {
        let folded = Folded::new(value.as_bytes());
        let text = std::str::from_utf8(&folded.text).unwrap();
        let start = text.find(found).unwrap();
        let (start, end) = (folded.start(start), folded.end(start + found.len()));
        assert_eq!(&value[start..end], covered);
    }

    #[test]
    fn spans_lead_back() {
        check("plain", "lain", "lain");
        check("id 123\u{a0}45\u{2011}67!", "123 45-67", "123\u{a0}45\u{2011}67");
        check("\u{200b}12\u{200b}34\u{200b}", "1234", "12\u{200b}34");
        check("№\u{ff11}\u{ff12}\u{ff13}号", "123", "\u{ff11}\u{ff12}\u{ff13}");
        check("\u{ff11}\u{200b}\u{200d}\u{ff12}", "12", "\u{ff11}\u{200b}\u{200d}\u{ff12}");
        check(r"x\n12\u002d3\t4", "12-3", r"12\u002d3");
        check("a\u{ff20}b\u{ff0e}c", "a@b.c", "a\u{ff20}b\u{ff0e}c");
        check("٠١٢٣ ۴۵ ०१ à", "0123 45 01 ", "٠١٢٣ ۴۵ ०१ ");
    }

    #[test]
    fn every_character_that_folds_begins_with_a_byte_that_the_scan_reports() {
        for character in (0x80..=0x10_FFFF).filter_map(char::from_u32) {
            let text = character.to_string();
            if stands_for(text.as_bytes(), 0).is_some() {
                let mut block = [b'x'; super::super::scan::BLOCK];
                block[..text.len()].copy_from_slice(text.as_bytes());
                let places = super::super::scan::places(&block).unwrap();
                assert_eq!(places.foreign & 1, 1, "{character:?}");
                let (stands, len) = stands_for(text.as_bytes(), 0).unwrap();
                assert_eq!(len, text.len());
                assert!(stands.is_none_or(|byte| byte.is_ascii_graphic() || byte == b' '));
            }
        }
    }
}
