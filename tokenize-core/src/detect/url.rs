//! URL: with a scheme (RFC 3986), with `www.`, or a bare domain name of the commonest kinds.

use super::domain;
use super::hit::Grade;
use super::words::{before, is_free_before};

/// The URL whose scheme ends at the `:` at `at`.
pub(super) fn with_scheme(value: &[u8], at: usize) -> Option<(usize, usize, Grade)> {
    if value.get(at + 1..at + 3)? != b"//" {
        return None;
    }
    let letters = value.get(at.saturating_sub(SCHEME_LIMIT)..at)?.iter().rev();
    let start = at - letters.take_while(|byte| is_scheme(**byte)).count();
    let scheme = value.get(start..at)?;
    if scheme.len() < 2 || !scheme.first()?.is_ascii_alphabetic() || is_scheme(before(value, start))
    {
        return None;
    }
    let host = at + 3;
    let end = url_end(value, host);
    let first = *value.get(host).filter(|_| end > host)?;
    if !(first.is_ascii_alphanumeric() || first == b'[' || first >= 0x80 || first == b'/') {
        return None;
    }
    let is_web =
        [&b"http"[..], b"https", b"ftp"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let grade = Grade::checked(if is_web { 95 } else { 80 });
    Some((start, end, grade.reserved(is_reserved(value, host, end))))
}

/// The URL that begins with the `www.` at `at`.
pub(super) fn with_www(value: &[u8], at: usize) -> Option<(usize, usize, Grade)> {
    if !is_free_before(value, at) || matches!(before(value, at), b'/' | b'.' | b'-') {
        return None;
    }
    let name = domain::parse(value, at)?;
    let is_domain =
        name.is_known && value.get(at..name.end)?.iter().filter(|b| **b == b'.').count() > 1;
    let end = path_end(value, name.end);
    is_domain.then(|| (at, end, Grade::checked(85).reserved(is_reserved(value, at, end))))
}

/// The bare domain name in which `at` is the dot before a common top-level domain.
pub(super) fn bare(value: &[u8], at: usize) -> Option<(usize, usize, Grade)> {
    let labels = value.get(at.saturating_sub(NAME_LIMIT)..at)?.iter().rev();
    let start = at
        - labels
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-' || **byte == b'.')
            .count();
    if !is_free_before(value, start) || matches!(before(value, start), b'/' | b'\\') {
        return None;
    }
    let name = domain::parse(value, start)?;
    if name.end <= at || !name.is_known {
        return None;
    }
    let end = path_end(value, name.end);
    let score = if end > name.end { 70 } else { 55 };
    Some((start, end, Grade::checked(score).reserved(is_reserved(value, start, end))))
}

/// Where a URL ends that goes on with port, path, query or fragment after its host, if it does.
fn path_end(value: &[u8], host_end: usize) -> usize {
    match value.get(host_end) {
        Some(b'/' | b'?' | b'#') => url_end(value, host_end),
        Some(b':') if value.get(host_end + 1).is_some_and(u8::is_ascii_digit) => {
            url_end(value, host_end)
        }
        _ => host_end,
    }
}

/// Where the URL that goes on at `start` ends: before white space, quotes and brackets, without the punctuation of the sentence.
fn url_end(value: &[u8], start: usize) -> usize {
    let rest = value.get(start..).unwrap_or_default();
    let mut len = 0;
    while let Some(byte) = rest.get(len) {
        // Punctuation of East Asian sentences (U+3000 to U+303F, U+FF00 to U+FFEF) ends it, letters do not.
        if ENDS[usize::from(*byte)]
            && match byte {
                0xE2 | 0xE3 => rest.get(len + 1) == Some(&0x80),
                0xEF => matches!(rest.get(len + 1), Some(0xBC | 0xBD)),
                _ => true,
            }
        {
            break;
        }
        len += 1;
    }
    start + trimmed(rest.get(..len).unwrap_or_default())
}

/// The length without punctuation of the sentence at the end; a closing bracket stays if it was opened inside.
fn trimmed(url: &[u8]) -> usize {
    let mut len = url.len();
    // Brackets are counted once, so that a long run of them costs no more than its length.
    let mut spare: Option<(usize, usize)> = None;
    while let Some(last) = len.checked_sub(1).and_then(|last| url.get(last)) {
        match last {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' => {}
            b')' | b']' => {
                let (round, square) = spare
                    .get_or_insert_with(|| (surplus(url, b'(', b')'), surplus(url, b'[', b']')));
                let spare = if *last == b')' { round } else { square };
                if *spare == 0 {
                    break;
                }
                *spare -= 1;
            }
            _ => break,
        }
        len -= 1;
    }
    len
}

/// How many more closing than opening brackets there are.
fn surplus(url: &[u8], opening: u8, closing: u8) -> usize {
    let count = |wanted: u8| url.iter().filter(|byte| **byte == wanted).count();
    count(closing).saturating_sub(count(opening))
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')
}

fn is_reserved(value: &[u8], host: usize, end: usize) -> bool {
    let url = value.get(host..end).unwrap_or_default();
    let name = url.iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#' | b':')).count();
    domain::is_reserved(url.get(..name).unwrap_or_default())
}

/// Bytes that end a URL, and those that begin a character which may.
static ENDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            0..=b' '
                | b'"'
                | b'<'
                | b'>'
                | b'\\'
                | b'^'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | 0x7F
                | 0xE2
                | 0xE3
                | 0xEF
        );
        byte += 1;
    }
    table
};

const SCHEME_LIMIT: usize = 20;
const NAME_LIMIT: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = match (text.find("://"), text.find("www."), text.find(".com")) {
            (Some(at), _, _) => with_scheme(text.as_bytes(), at),
            (_, Some(at), _) => with_www(text.as_bytes(), at),
            (_, _, Some(at)) => bare(text.as_bytes(), at),
            _ => None,
        };
        assert_eq!(found.map(|(start, end, _)| &text[start..end]), expected, "{text}");
    }

    #[test]
    fn urls() {
        check("see https://a.example/b?c=d#e.", Some("https://a.example/b?c=d#e"));
        check("(http://x.org/a_(b))", Some("http://x.org/a_(b)"));
        check("<a href=\"https://x.org:8080/\">", Some("https://x.org:8080/"));
        check("[x](https://x.org/y)", Some("https://x.org/y"));
        check("于https://x.org/路径。完", Some("https://x.org/路径"));
        check("postgres://u:p@h:5432/db", Some("postgres://u:p@h:5432/db"));
        check("http://[2001:db8::1]:80/", Some("http://[2001:db8::1]:80/"));
        check("go to www.example.org/a, now", Some("www.example.org/a"));
        check("www.example.co.uk!", Some("www.example.co.uk"));
        check("at shop.example.com:443/x today", Some("shop.example.com:443/x"));
        check("at example.com.", Some("example.com"));
    }

    #[test]
    fn no_urls() {
        check("a://", None);
        check("http:// broken", None);
        check("www.com", None);
        check("www. example.org", None);
        check("x.command", None);
        check("mail@example.com", None);
    }
}
