//! Character references: `&amp;`, `&#64;`, `&#x40` (WHATWG HTML, section 13.2.5.72 and following).

use std::ops::Range;
use std::sync::LazyLock;

use crate::markup::text::{Decoder, Text};

/// A part of the source with its references decoded. In attributes some that lack a semicolon are none.
pub(super) fn decode(source: &str, raw: Range<usize>, in_attribute: bool) -> Text<'_> {
    let mut decoder = Decoder::new(source, raw.start);
    let mut at = raw.start;
    while let Some(ampersand) = source[at..raw.end].find('&').map(|found| at + found) {
        at = ampersand + 1;
        if let Some((length, chars)) = reference(&source[at..raw.end], in_attribute) {
            at += length;
            decoder.escape(ampersand..at, chars.into_iter().flatten());
        }
    }
    decoder.finish(raw.end)
}

/// What a reference stands for.
type Chars = [Option<char>; 2];

/// The reference that follows an ampersand, and its length.
fn reference(text: &str, in_attribute: bool) -> Option<(usize, Chars)> {
    match text.strip_prefix('#') {
        Some(number) => numeric(number).map(|(length, c)| (length + 1, [Some(c), None])),
        None => named(text, in_attribute),
    }
}

fn numeric(text: &str) -> Option<(usize, char)> {
    let (radix, digits) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits),
        None => (10, text),
    };
    let count = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let (digits, rest) = digits.split_at_checked(count).filter(|_| count > 0)?;
    let value = digits
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0_u32, |sum, digit| sum.saturating_mul(radix).saturating_add(digit));
    let length = text.len() - rest.len() + usize::from(rest.starts_with(';'));
    Some((length, code_point(value)))
}

/// The character of a number; C1 controls are read as windows-1252.
fn code_point(value: u32) -> char {
    let position = value.checked_sub(0x80).and_then(|at| usize::try_from(at).ok());
    match position.and_then(|at| WINDOWS_1252.get(at)) {
        Some(c) => *c,
        None => char::from_u32(value).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn named(text: &str, in_attribute: bool) -> Option<(usize, Chars)> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric();
    let run = text.bytes().take(LONGEST + 1).take_while(is_name).count();
    if text.as_bytes().get(run) == Some(&b';')
        && let Some(entity) = entity(&text[..run])
    {
        return Some((run + 1, entity.chars));
    }
    for length in (2..=run.min(LONGEST_BARE)).rev() {
        if let Some(entity) = entity(&text[..length]).filter(|entity| entity.is_bare) {
            let next = text.as_bytes().get(length);
            let is_query = next.is_some_and(|byte| is_name(byte) || *byte == b'=');
            return (!in_attribute || !is_query).then_some((length, entity.chars));
        }
    }
    None
}

struct Entity {
    name: &'static str,
    chars: Chars,
    is_bare: bool,
}

fn entity(name: &str) -> Option<&'static Entity> {
    let at = ENTITIES.binary_search_by_key(&name, |entity| entity.name).ok()?;
    ENTITIES.get(at)
}

static ENTITIES: LazyLock<Vec<Entity>> = LazyLock::new(|| {
    let table = include_str!("../../../data/html_entities.tsv");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(read_line).collect()
});

fn read_line(line: &'static str) -> Option<Entity> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let mut points = columns.next()?.split(' ');
    let mut next = || char::from_u32(u32::from_str_radix(points.next()?, 16).ok()?);
    let chars = [next(), next()];
    Some(Entity { name, chars, is_bare: columns.next() == Some("bare") })
}

/// The longest name.
const LONGEST: usize = 31;
/// The longest name that may lack its semicolon.
const LONGEST_BARE: usize = 6;

/// What 80 to 9F stand for (section 13.2.5.80); five of them for themselves.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert_eq!(ENTITIES.len(), 2125);
        assert!(ENTITIES.is_sorted_by(|a, b| a.name < b.name));
        assert!(ENTITIES.iter().all(|entity| entity.chars[0].is_some()));
        assert_eq!(ENTITIES.iter().map(|entity| entity.name.len()).max(), Some(LONGEST));
        let bare = ENTITIES.iter().filter(|entity| entity.is_bare);
        assert_eq!(bare.map(|entity| entity.name.len()).max(), Some(LONGEST_BARE));
    }

    #[test]
    fn references_are_read_as_browsers_read_them() {
        let cases = [
            ("&amp;&AMP&lt;&gt;&quot;&apos;", "&&<>\"'"),
            ("jane&commat;example&period;org", "jane@example.org"),
            ("jane&#64;example&#46org &#x40;&#X40", "jane@example.org @@"),
            ("AT&T &unknown; &; & &# &#; &#x; &#xg;", "AT&T &unknown; &; & &# &#; &#x; &#xg;"),
            ("&notit; &notin; &ampamp; &AMPamp;", "¬it; ∉ &amp; &amp;"),
            ("&fjlig;&nbsp;&shy;&zwj;&zwnj;&hyphen;", "fj\u{a0}\u{ad}\u{200d}\u{200c}‐"),
            ("&#128;&#x9F;&#x81;&#150;", "€Ÿ\u{81}–"),
            ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("&CounterClockwiseContourIntegral;&eacute", "∳é"),
            ("&#128512;&#x1F600;", "😀😀"),
            ("&é;&größe;", "&é;&größe;"),
        ];
        for (raw, text) in cases {
            assert_eq!(decode(raw, 0..raw.len(), false).text, text, "{raw}");
        }
    }

    #[test]
    fn in_attributes_queries_stay() {
        let cases = [
            ("?a=1&copy=2&reg_id=3&not;", "?a=1&copy=2&reg_id=3¬"),
            ("?a&copy", "?a©"),
            ("?a&copy1&copy-1", "?a&copy1©-1"),
            ("&#64jane", "@jane"),
        ];
        for (raw, text) in cases {
            let expected = text.replace("&reg_", "®_");
            assert_eq!(decode(raw, 0..raw.len(), true).text, expected, "{raw}");
        }
    }
}
