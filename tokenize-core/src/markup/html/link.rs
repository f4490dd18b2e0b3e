//! Links that hold an address or a number: `mailto:` (RFC 6068), `tel:` (RFC 3966) and their kin.

use std::ops::Range;

use crate::markup::text::Text;

/// The parts of a link that somebody may be reached at or that tell something, each in percent-encoding; none for other texts.
///
/// What is no part is the scheme, the names of fields, and what separates.
pub(super) fn parts(link: &Text<'_>) -> Option<Vec<Range<usize>>> {
    let text = link.text.as_ref();
    let start = text.len() - text.trim_start_matches(|c: char| c <= ' ').len();
    let colon = start + text[start..].find(':')?;
    if !SCHEMES.iter().any(|scheme| text[start..colon].eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let question = text[colon..].find('?').map_or(text.len(), |at| colon + at);
    let mut parts = Vec::new();
    for part in split(text, colon + 1..question, |byte| matches!(byte, b',' | b';')) {
        parts.push(field(text, part.clone()).map_or(part, |(_, value)| value));
    }
    for query in queries(text, question..text.len()) {
        match field(text, query.clone()) {
            Some((name, value)) if ADDRESSES.iter().any(|it| name.eq_ignore_ascii_case(it)) => {
                parts.extend(split(text, value, |byte| matches!(byte, b',' | b';')));
            }
            Some((_, value)) => parts.push(value),
            None => parts.push(query),
        }
    }
    // A reference may stand for a separator and more. Nobody writes that; the value is a text then.
    let are_whole =
        parts.iter().all(|part| !link.is_inside(part.start) && !link.is_inside(part.end));
    are_whole.then_some(parts)
}

/// The fields behind `?`. An ampersand that no name follows separates nothing.
fn queries(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    if range.is_empty() {
        return Vec::new();
    }
    let mut queries: Vec<Range<usize>> = Vec::new();
    for part in split(text, range.start + 1..range.end, |byte| byte == b'&') {
        match queries.last_mut() {
            Some(last) if field(text, part.clone()).is_none() => last.end = part.end,
            _ => queries.push(part),
        }
    }
    queries
}

/// A name of letters, and what is behind the `=` that follows it.
fn field(text: &str, range: Range<usize>) -> Option<(&str, Range<usize>)> {
    let (name, _) = text[range.clone()].split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'-');
    is_name.then_some((name, range.start + name.len() + 1..range.end))
}

fn split(text: &str, range: Range<usize>, at: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = range.start;
    for (i, byte) in text[range.clone()].bytes().enumerate() {
        if at(byte) {
            parts.push(start..range.start + i);
            start = range.start + i + 1;
        }
    }
    parts.push(start..range.end);
    parts
}

/// A part of `text` with its percent-encoding decoded; what is not UTF-8 then stays.
pub(super) fn decode<'a>(text: &Text<'a>, range: Range<usize>) -> Text<'a> {
    if !text.text[range.clone()].contains('%') {
        return text.part(range);
    }
    let mut out = text.part(range.start..range.start);
    let (mut at, mut copied) = (range.start, range.start);
    while at < range.end {
        let bytes = encoded_bytes(text, at..range.end);
        if bytes.is_empty() {
            at += 1;
            continue;
        }
        out.append(text.part(copied..at));
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                let end = at + 3 * c.len_utf8();
                out.append(Text::escape(text.source_range(at..end), c.to_string()));
                at = end;
            }
            let end = at + 3 * chunk.invalid().len();
            out.append(text.part(at..end));
            at = end;
        }
        copied = at;
    }
    out.append(text.part(copied..range.end));
    out
}

/// The bytes that begin `range` in percent-encoding. A reference that stands for several characters is not cut.
fn encoded_bytes(text: &Text<'_>, range: Range<usize>) -> Vec<u8> {
    let digits =
        text.text.as_bytes()[range.clone()].chunks_exact(3).map_while(|chunk| match chunk {
            [b'%', high, low] => {
                Some((char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?))
            }
            _ => None,
        });
    let bytes = digits.enumerate().map_while(|(i, (high, low))| {
        let is_cut = text.is_inside(range.start + 3 * (i + 1));
        u8::try_from(high * 16 + low).ok().filter(|_| !is_cut)
    });
    bytes.collect()
}

/// Fields whose values are lists of addresses.
const ADDRESSES: [&str; 3] = ["bcc", "cc", "to"];

const SCHEMES: [&str; 6] = ["callto", "mailto", "sip", "sips", "sms", "tel"];
