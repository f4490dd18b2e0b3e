//! Dates of birth: a date beside a word of birth.

use super::scan::Scan;
use super::words::{self, Word};
use super::{NameFinding, NameKind};

/// Years that a living person, or one whose records are kept, was born in.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2025;

/// A date that begins with a number.
pub(super) fn number_first(scan: &Scan<'_>, at: usize) -> Option<NameFinding> {
    let end = numeric(scan.text, at).or_else(|| worded(scan, at))?;
    finding(scan, at, end)
}

/// `March 12, 1980`, among the words of a run.
pub(super) fn month_first(scan: &Scan<'_>, run: &[Word]) -> Option<NameFinding> {
    run.iter().find_map(|word| {
        if !word.is_full() || !follows_digit(scan.text, word.end) {
            return None;
        }
        scan.cues.month(word.of(scan.text))?;
        let mut reader = Reader { text: scan.text, at: word.end };
        reader.skip(&['.', ' ']);
        let day = reader.number(2)?;
        reader.ordinal();
        reader.skip(&[',', ' ']);
        let year = reader.number(4).filter(|year| YEARS.contains(year))?;
        (day_is_sound(day) && year > 0 && reader.is_free()).then_some(())?;
        finding(scan, word.start, reader.at)
    })
}

fn follows_digit(text: &str, at: usize) -> bool {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter().take(3).any(u8::is_ascii_digit)
}

fn finding(scan: &Scan<'_>, start: usize, end: usize) -> Option<NameFinding> {
    let kind = NameKind::DateOfBirth;
    scan.cues.birth(scan.text, start, end).then_some(NameFinding {
        start,
        end,
        kind,
        score: 85,
        cue: true,
        dictionary: false,
    })
}

/// `1980-03-12`, `12/03/1980`, `12.3.80`, `1980年3月12日`
fn numeric(text: &str, at: usize) -> Option<usize> {
    let mut reader = Reader { text, at };
    let first = reader.digits()?;
    let separator = reader.char()?;
    if !matches!(separator, '-' | '/' | '.' | '年') {
        return None;
    }
    reader.skip(&[' ']);
    let second = reader.number(2)?;
    let separator_second = reader.char()?;
    if separator_second != separator && separator_second != '月' {
        return None;
    }
    reader.skip(&[' ']);
    let (third, width) = reader.digits()?;
    if separator_second == '月' && reader.char() != Some('日') {
        return None;
    }
    let sound = match (first, width) {
        ((year, 4), 1 | 2) => {
            YEARS.contains(&year) && (1..=12).contains(&second) && day_is_sound(third)
        }
        ((day, 1 | 2), 4) => YEARS.contains(&third) && day_and_month(day, second),
        ((day, 1 | 2), 2) => day_and_month(day, second),
        _ => false,
    };
    (sound && reader.is_free()).then_some(reader.at)
}

/// In either order.
fn day_and_month(first: u32, second: u32) -> bool {
    day_is_sound(first) && day_is_sound(second) && (first <= 12 || second <= 12)
}

fn day_is_sound(day: u32) -> bool {
    (1..=31).contains(&day)
}

/// `12 March 1980`, `12. März 1980`, `12 de marzo de 1980`, `12-Mar-1980`
fn worded(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let mut reader = Reader { text: scan.text, at };
    let day = reader.number(2)?;
    reader.ordinal();
    reader.skip(&['.', ' ', '-', '/']);
    for joint in ["de ", "of ", "di "] {
        reader.take(joint);
    }
    let month = reader.word();
    if month.is_empty() {
        return None;
    }
    scan.cues.month(month)?;
    reader.skip(&['.', ',', ' ', '-', '/']);
    for joint in ["de ", "del ", "of "] {
        reader.take(joint);
    }
    let year = reader.number(4)?;
    (day_is_sound(day) && YEARS.contains(&year) && reader.is_free()).then_some(reader.at)
}

/// Reads forward; every step is of bounded length.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn char(&mut self) -> Option<char> {
        let char = words::char_at(self.text, self.at)?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// A number of one to four digits, and how many.
    fn digits(&mut self) -> Option<(u32, usize)> {
        let width = self.rest().bytes().take(5).take_while(u8::is_ascii_digit).count();
        let number = self.rest().get(..width).filter(|_| width <= 4)?.parse().ok()?;
        self.at += width;
        Some((number, width))
    }

    /// A number of at most `most` digits.
    fn number(&mut self, most: usize) -> Option<u32> {
        self.digits().filter(|(_, width)| *width <= most).map(|(number, _)| number)
    }

    /// `st`, `er`, `º`
    fn ordinal(&mut self) {
        for end in ["st", "nd", "rd", "th", "er", "º", "ª"] {
            if self.take(end) {
                break;
            }
        }
    }

    fn take(&mut self, what: &str) -> bool {
        let taken = self.rest().starts_with(what);
        self.at += if taken { what.len() } else { 0 };
        taken
    }

    /// At most three of `chars`.
    fn skip(&mut self, chars: &[char]) {
        for _ in 0..3 {
            let Some(char) = self.rest().chars().next().filter(|char| chars.contains(char)) else {
                break;
            };
            self.at += char.len_utf8();
        }
    }

    /// The letters here, if they are no more than a month's.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let length: usize =
            rest.chars().take(14).take_while(|char| char.is_alphabetic()).map(char::len_utf8).sum();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn is_free(&self) -> bool {
        !self.rest().starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
    }
}
