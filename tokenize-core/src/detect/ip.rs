//! IP_ADDRESS and MAC_ADDRESS.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::hit::Grade;
use super::rules::Seen;
use super::words::{before, behind, is_word};

/// Grades four numbers with dots between them (RFC 6943, section 3.1.1, strict form).
pub(super) fn v4(seen: &Seen<'_>) -> Option<Grade> {
    let mut octets = [0_u8; 4];
    for (octet, text) in octets.iter_mut().zip(seen.text().split(|byte| *byte == b'.')) {
        *octet = number(text)?;
    }
    match behind(seen.value, seen.end) {
        b'.' | b'-' if is_word(behind(seen.value, seen.end + 1)) => return None,
        b'_' => return None,
        byte if is_word(byte) => return None,
        _ => {}
    }
    let address = Ipv4Addr::from(octets);
    // Versions of software have small numbers; public resolvers are addresses all the same.
    let is_version_like = octets.iter().all(|octet| *octet < 20)
        && octets != [1; 4]
        && octets != [8; 4]
        && octets[0] != 10;
    Some(Grade::checked(if is_version_like { 40 } else { 85 }).reserved(is_reserved_v4(address)))
}

/// Whether the word at `start` is the first of four that a user stands before: `root@192.0.2.1`.
pub(super) fn is_host(value: &[u8], start: usize) -> bool {
    if before(value, start) != b'@' || !is_local(before(value, start.saturating_sub(1))) {
        return false;
    }
    let rest = value.get(start..value.len().min(start + V4_LIMIT)).unwrap_or_default();
    let dotted = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    dotted.filter(|byte| **byte == b'.').count() == 3
}

/// What may end the name of a user, or a password before a host.
fn is_local(byte: u8) -> bool {
    byte > b' ' && byte != b'@' && byte != b'/'
}

fn number(text: &[u8]) -> Option<u8> {
    if text.len() > 1 && text.first() == Some(&b'0') {
        return None;
    }
    let number = text.iter().fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
    u8::try_from(number).ok()
}

/// The address or MAC address around the `:` at `at`: where it begins and ends, and whether it is a MAC address.
pub(super) fn with_colons(value: &[u8], at: usize) -> (usize, Option<Colons>) {
    let start = at - back(value, at);
    let rest = value.get(start..value.len().min(start + V6_LIMIT)).unwrap_or_default();
    let len = rest.iter().take_while(|byte| is_part(**byte)).count();
    let mut end = start + len;
    while end > at && value.get(end - 1) == Some(&b'.') {
        end -= 1;
    }
    let text = value.get(start..end).unwrap_or_default();
    let done = end.max(at + 1);
    let colons = text.iter().filter(|byte| **byte == b':').count();
    let doubled = text.windows(2).any(|pair| pair == b"::");
    if colons < 2 || (colons < 5 && !doubled) || len == V6_LIMIT {
        return (done, None);
    }
    let is_free = !matches!(before(value, start), byte if is_word(byte) || byte == b'_' || byte == b':')
        && !matches!(behind(value, end), byte if is_word(byte) || byte == b'_');
    if !is_free {
        return (done, None);
    }
    if is_mac(text) {
        return (done, Some(Colons { start, end, is_mac: true, grade: Grade::checked(80) }));
    }
    (done, v6(value, start, end))
}

/// Whether the `:` at `at` may be one of several of an address.
pub(super) fn may_go_on(value: &[u8], at: usize) -> bool {
    match behind(value, at + 1) {
        b':' => true,
        byte => byte.is_ascii_hexdigit() && (2..6).any(|next| behind(value, at + next) == b':'),
    }
}

/// Whether the `:` at `at` is the first of a time of day, `08:18:14.608`, and of nothing longer.
pub(super) fn is_time(value: &[u8], at: usize) -> bool {
    let text = at.checked_sub(2).and_then(|start| value.get(start..at + 6));
    let Some([a, b, b':', c, d, b':', e, f]) = text else { return false };
    if ![a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let rest = value.get(at + 6..).unwrap_or_default();
    let rest = rest.strip_prefix(b".").unwrap_or(rest);
    let digits = rest.iter().take(FRACTION).take_while(|byte| byte.is_ascii_digit()).count();
    !is_part(before(value, at - 2)) && !is_part(behind(rest, digits))
}

/// What [`with_colons`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colons {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_mac: bool,
    pub(super) grade: Grade,
}

/// An address in a form of RFC 4291, section 2.2; a `:` of the sentence behind it does not belong to it.
fn v6(value: &[u8], start: usize, end: usize) -> Option<Colons> {
    let parse = |end: usize| {
        let text = std::str::from_utf8(value.get(start..end)?).ok()?;
        text.parse::<Ipv6Addr>().ok()
    };
    let (address, end) = match parse(end) {
        Some(address) => (address, end),
        // A colon of the sentence, or a port.
        None => {
            let last = value.get(start..end)?.iter().rposition(|byte| *byte == b':')? + start;
            let rest = value.get(last + 1..end)?;
            if !matches!(rest.len(), 0 | 5) || !rest.iter().all(u8::is_ascii_digit) {
                return None;
            }
            (parse(last)?, last)
        }
    };
    let text = value.get(start..end)?;
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let groups = text.split(|byte| *byte == b':').filter(|group| !group.is_empty()).count();
    // `a::b` is a name in many programming languages.
    let score = match (has_digit, groups) {
        (true, 2..) => 85,
        (true, 1) if text.len() > 3 || address == Ipv6Addr::LOCALHOST => 60,
        (false, 4..) => 75,
        _ => return None,
    };
    Some(Colons {
        start,
        end,
        is_mac: false,
        grade: Grade::checked(score).reserved(is_reserved_v6(address)),
    })
}

fn is_mac(text: &[u8]) -> bool {
    text.len() == 17
        && text
            .split(|byte| *byte == b':')
            .all(|pair| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit))
}

/// Grades six pairs, or three groups of four, of hexadecimal digits (IEEE 802, clause 8).
pub(super) fn mac(seen: &Seen<'_>) -> Option<Grade> {
    let is_joined = |byte: u8| matches!(byte, b'.' | b'-' | b':');
    if is_joined(before(seen.value, seen.start))
        || is_joined(behind(seen.value, seen.end)) && is_word(behind(seen.value, seen.end + 1))
    {
        return None;
    }
    let letters = seen.compact.iter().any(u8::is_ascii_alphabetic);
    let is_blank = seen.compact.iter().all(|byte| *byte == b'0');
    // Digits alone may be a date with a time, or a number.
    (!is_blank).then(|| Grade::checked(if letters { 75 } else { 45 }))
}

/// Grades twelve hexadecimal digits.
pub(super) fn mac_bare(seen: &Seen<'_>) -> Option<Grade> {
    let text = seen.text();
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    (!mixed && text.iter().any(u8::is_ascii_alphabetic)).then_some(Grade::shape(20))
}

/// How many characters of an address stand before `at`.
fn back(value: &[u8], at: usize) -> usize {
    let before = value.get(at.saturating_sub(V6_LIMIT)..at).unwrap_or_default();
    before.iter().rev().take_while(|byte| is_part(**byte)).count()
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':' || byte == b'.'
}

/// TEST-NET-1 to 3 (RFC 5737).
fn is_reserved_v4(address: Ipv4Addr) -> bool {
    address.is_documentation()
}

/// 2001:db8::/32 (RFC 3849) and 3fff::/20 (RFC 9637).
fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    segments[..2] == [0x2001, 0x0db8] || (segments[0] == 0x3fff && segments[1] < 0x1000)
}

/// The longest writing of four numbers.
const V4_LIMIT: usize = 15;
/// The digits of a fraction of a second.
const FRACTION: usize = 9;
/// The longest writing of an address: eight groups of four, or six and a dotted IPv4 address.
const V6_LIMIT: usize = 46;
