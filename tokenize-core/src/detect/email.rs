//! EMAIL_ADDRESS, from its `@` (RFC 5321, section 4.1.2, as mail providers allow it: no quoted local parts, no address literals).

use super::domain;
use super::hit::Grade;
use super::words::is_word;

/// The address around the `@` at `at`.
pub(super) fn find(value: &[u8], at: usize) -> Option<(usize, usize, Grade)> {
    let start = local_start(value, at)?;
    let host = domain::parse(value, at + 1)?;
    let name = value.get(at + 1..host.end)?;
    if is_repository(value, start, at, host.end) {
        return None;
    }
    let score = if host.is_known { 95 } else { UNKNOWN_DOMAIN };
    Some((start, host.end, Grade::checked(score).reserved(domain::is_reserved(name))))
}

/// Where the local part begins that ends before the `@`.
fn local_start(value: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(LOCAL_LIMIT);
    let mut start = at;
    while start > floor {
        let byte = *value.get(start - 1)?;
        let is_dot = byte == b'.';
        let doubled = is_dot && value.get(start) == Some(&b'.');
        if doubled || !(is_local(byte) || (0x80..0xE0).contains(&byte)) {
            break;
        }
        start -= 1;
    }
    // What an address cannot begin with belongs to the text before it.
    while start < at && value.get(start).is_some_and(|byte| !is_first(*byte)) {
        start += 1;
    }
    let last = *value.get(at.checked_sub(1)?)?;
    let is_whole = start > floor || start == 0 || !is_local(*value.get(start - 1)?);
    (start < at && last != b'.' && is_whole).then_some(start)
}

/// `git@host:path` names a repository.
fn is_repository(value: &[u8], start: usize, at: usize, end: usize) -> bool {
    value.get(start..at) == Some(b"git") && value.get(end) == Some(&b':')
}

fn is_local(byte: u8) -> bool {
    is_word(byte)
        || matches!(
            byte,
            b'.' | b'_'
                | b'%'
                | b'+'
                | b'-'
                | b'\''
                | b'&'
                | b'~'
                | b'!'
                | b'#'
                | b'$'
                | b'*'
                | b'^'
        )
}

/// Letters with diacritics have a lead byte from 0xC3 on; bytes from 0x80 to 0xBF go on with a character cut off.
fn is_first(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || (0xC3..0xE0).contains(&byte)
}

/// Longest local part (RFC 5321, section 4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;
/// An address whose top-level domain is not known is more likely a file name or a handle.
const UNKNOWN_DOMAIN: u8 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let at = text.find('@').unwrap();
        let found = find(text.as_bytes(), at).filter(|(_, _, grade)| grade.score >= 50);
        assert_eq!(found.map(|(start, end, _)| &text[start..end]), expected, "{text}");
    }

    #[test]
    fn addresses() {
        check("mail a@b.co now", Some("a@b.co"));
        check("<jane.doe+tag@mail.example.com>", Some("jane.doe+tag@mail.example.com"));
        check("'o'brien@example.org'", Some("o'brien@example.org"));
        check("mailto:x_1@sub.domain.co.uk.", Some("x_1@sub.domain.co.uk"));
        check("联系test@example.com。", Some("test@example.com"));
        check("jürgen@example.de", Some("jürgen@example.de"));
        check("..a.b@example.com", Some("a.b@example.com"));
        check("email=a@example.com&x=1", Some("a@example.com"));
        check("UPPER@EXAMPLE.COM", Some("UPPER@EXAMPLE.COM"));
        check("to a.b@example.org.Please call", Some("a.b@example.org"));
        check("A.b@Mail.Example.Org", Some("A.b@Mail.Example.Org"));
        check("a@xn--bcher-kva.example", Some("a@xn--bcher-kva.example"));
    }

    #[test]
    fn no_addresses() {
        check("@media screen", None);
        check("user@", None);
        check("npm i react@18.2.0", None);
        check("photo@2x.png", None);
        check("a.@example.com", None);
        check("a@example", None);
        check("a@-x.com", None);
        check("a @ b.com", None);
        check("git@github.com:owner/name.git", None);
    }
}
