//! PRIVATE_KEY: PEM (RFC 7468) and what is written like it (OpenSSH, RFC 9580 for OpenPGP), as files and as strings in code.

use super::Found;
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;

/// The key whose first line holds the `PRIVATE KEY` at `at`.
pub(in crate::detect) fn around(value: &[u8], at: usize) -> Option<Found> {
    let start = label_start(value, at)?;
    let behind = value.get(at + WORDS.len()..)?;
    let behind = behind.strip_prefix(b" BLOCK").unwrap_or(behind);
    let body = value.len() - behind.strip_prefix(dashes(behind)?)?.len();
    let window = value.get(body..value.len().min(body + LIMIT))?;
    let (len, longest) = body_of(window);
    if longest < LEAST_LINE {
        return None;
    }
    let found =
        |end, score| Some(Found::new(Finder::PrivateKey, start, end, Grade::checked(score)));
    match end_line(window, len) {
        Some(end) => found(body + end, 99),
        None => found(body + trimmed(window.get(..len)?), 95),
    }
}

/// Where `-----BEGIN RSA ` begins that ends at `at`.
fn label_start(value: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(LABEL);
    let label = value.get(from..at)?;
    let begin = label.windows(BEGIN.len()).rposition(|window| window == BEGIN)?;
    let kind = label.get(begin + BEGIN.len()..)?;
    let is_kind = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    // `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----` has spaces (RFC 4716, section 3.1).
    let before = label.get(..begin)?;
    let line = before.strip_suffix(b" ").unwrap_or(before);
    let dashes = line.iter().rev().take(5).take_while(|byte| **byte == b'-').count();
    (dashes >= 4 && kind.iter().all(is_kind)).then_some(from + line.len() - dashes)
}

/// The dashes that close a line.
fn dashes(rest: &[u8]) -> Option<&[u8]> {
    let spaced = usize::from(rest.first() == Some(&b' '));
    let count = rest.get(spaced..)?.iter().take(5).take_while(|byte| **byte == b'-').count();
    if count >= 4 { rest.get(..spaced + count) } else { None }
}

/// Where the body ends, and its longest line of base64. Lines of headers (RFC 1421, section 4.6) and the quotes, signs and escapes
/// around strings in code belong to it; two dashes do not, so that no body is read for two keys.
fn body_of(window: &[u8]) -> (usize, usize) {
    let (mut run, mut longest, mut is_header) = (0, 0, false);
    for (at, byte) in window.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'+' | b'=' => run += 1,
            b'-' if window.get(at + 1) == Some(&b'-') => return (at, longest),
            b':' => (run, is_header) = (0, true),
            b'\n' => (run, is_header) = (0, false),
            // Text is no body, unless it is a header's.
            b' ' | b'.' | b',' | b'(' | b')' | b'-' | b'@' if is_header => run = 0,
            b' ' | b'\t' | b'\r' | b'\\' | b'"' | b'\'' | b',' | b'-' => run = 0,
            _ if is_header => run = 0,
            _ => return (at, longest),
        }
        longest = longest.max(run);
        if longest < LEAST_LINE && !is_header && at > LONGEST_HEADERS {
            return (at, 0);
        }
    }
    (window.len(), longest)
}

/// Where the line ends that begins at `at`, if it closes the block.
fn end_line(window: &[u8], at: usize) -> Option<usize> {
    let rest = window.get(at..window.len().min(at + LABEL))?;
    let open = dashes(rest)?;
    let label = rest.get(open.len()..)?.trim_ascii_start();
    let words = label.strip_prefix(b"END ")?;
    let len = words.windows(WORDS.len()).position(|window| window == WORDS)?;
    let behind = words.get(len + WORDS.len()..)?;
    let behind = behind.strip_prefix(b" BLOCK").unwrap_or(behind);
    let close = dashes(behind)?;
    Some(at + rest.len() - behind.len() + close.len())
}

/// The length up to the last character of base64; the `n` of an escaped line break is none.
fn trimmed(body: &[u8]) -> usize {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'=');
    let mut len = body.len();
    while let Some(last) = body.get(..len).and_then(|body| body.iter().rposition(is_digit)) {
        let is_escape = last > 0 && body.get(last - 1) == Some(&b'\\');
        len = last + 1;
        if !is_escape {
            break;
        }
        len = last - 1;
    }
    len
}

const WORDS: &[u8] = b"PRIVATE KEY";
const BEGIN: &[u8] = b"BEGIN ";
/// The longest line of dashes and label.
const LABEL: usize = 56;
/// The longest body: RSA keys of 16 kbit have 12,500 characters.
const LIMIT: usize = 16 << 10;
/// A block that has no line as long as this is an example.
const LEAST_LINE: usize = 24;
/// Where the first line of base64 is looked for, headers left out.
const LONGEST_HEADERS: usize = 512;
