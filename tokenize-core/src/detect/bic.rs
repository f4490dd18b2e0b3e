//! Codes of banks (ISO 9362) that hold no digit: words in capitals near a word that announces them.

use super::words::{self, before, is_word};

/// Where the words of 8 or 11 capitals begin that stand in the same line as, and close behind, an announcement that ends at `end`.
pub(super) fn behind(value: &[u8], end: usize) -> impl Iterator<Item = usize> {
    let window = value.get(end..value.len().min(end + REACH)).unwrap_or_default();
    let window = window.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut at = end;
    window.split(|byte| !is_word(*byte)).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        is_letters(value, start, start + word.len()).then_some(start)
    })
}

/// Whether a stretch is such a word. Those with a digit are found as all words with digits are.
pub(super) fn is_letters(value: &[u8], start: usize, end: usize) -> bool {
    let word = value.get(start..end).unwrap_or_default();
    matches!(word.len(), 8 | 11)
        && word.iter().all(u8::is_ascii_uppercase)
        && !is_word(before(value, start))
        && !is_word(words::behind(value, end))
        && !WORDS.contains(&word)
}

/// How far behind its announcement a code stands.
const REACH: usize = 64;
/// Words that have the form of one.
const WORDS: &[&[u8]] = &[
    b"BUSINESS",
    b"CUSTOMER",
    b"DELIVERY",
    b"DOCUMENT",
    b"DOMESTIC",
    b"INCREASE",
    b"LANGUAGE",
    b"MESSAGES",
    b"OVERSEAS",
    b"PLATFORM",
    b"PROVIDER",
    b"PURCHASE",
    b"REGISTER",
    b"REQUIRED",
    b"RESIDENT",
    b"SECURITY",
    b"SOFTWARE",
    b"STANDARD",
    b"TRANSACT",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_behind() {
        let text = b"BIC: COBADEFF or PKOPPLPWXXX, not BARCGB22 of a CUSTOMER\nDABADKKK";
        let found: Vec<usize> = behind(text, 3).collect();
        assert_eq!(found, [5, 17]);
        assert_eq!(behind(text, text.len() + 1).count(), 0);
    }
}
