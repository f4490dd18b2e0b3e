//! The short way of addresses: small letters and digits within ASCII, 5 to 24 of them.

use super::{Email, LABEL_LIMIT, LOCAL_LIMIT, SHORT, Side, rank};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::Domain;
use crate::format::short::{Shortcut, Taken, byte};

/// Domains of payloads of `SHORT + 1` to [`LONGEST`] characters.
pub(super) fn domains() -> ShortDomains {
    let of = |len| Domain::Direct { radix: u32::from(rank::SMALL), len };
    ShortDomains::new(&(SHORT + 1..=LONGEST).map(of).collect::<Vec<_>>())
        .expect("5 to 24 characters are enough for FF1 and halves of 64 bits")
}

impl Shortcut for Email {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, tweak: &mut Vec<u8>) -> Option<Taken> {
        let bytes = text.as_bytes();
        tweak.push(rank::Class::Lower.letter());
        let (mut numerals, mut len, mut at) = ([0; LONGEST], 0, 0);
        for byte in bytes {
            let role = ROLES[usize::from(*byte)];
            if role < rank::SMALL {
                *numerals.get_mut(len)? = role;
                len += 1;
            } else if role == SEPARATOR {
                if *byte == b'.'
                    && (at == 0 || matches!(bytes.get(at + 1), None | Some(b'.' | b'@')))
                {
                    return None;
                }
                tweak.push(*byte);
                push_number(len, tweak);
            } else {
                break;
            }
            at += 1;
        }
        let (b'@', mail_domain) = bytes.get(at..)?.split_first()? else { return None };
        if at > LOCAL_LIMIT {
            return None;
        }
        tweak.push(b'@');
        push_domain(mail_domain, tweak)?;
        let domain = len.checked_sub(SHORT + 1)?;
        Some(Taken { domain: u16::try_from(domain).ok()?, halves: halves(&numerals[..len]) })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let symbols = symbols(payload.halves, SHORT + 1 + usize::from(payload.domain));
        let (start, mut at) = (out.len(), 0);
        out.extend_from_slice(original.as_bytes());
        for byte in &mut out[start..] {
            if *byte == b'@' {
                return;
            }
            let is_symbol = ROLES[usize::from(*byte)] < rank::SMALL;
            *byte = if is_symbol { symbols[at % LONGEST] } else { *byte };
            at += usize::from(is_symbol);
        }
    }
}

/// The numbers of both halves, the right one the longer if one is.
fn halves(numerals: &[u8]) -> [u64; 2] {
    let radix = u64::from(rank::SMALL);
    let (left, right) = numerals.split_at(numerals.len() / 2);
    let (right, last) = right.split_at(left.len());
    let mut numbers = [0, 0];
    // Side by side, since each step waits for the one before.
    for (left, right) in left.iter().zip(right) {
        numbers = [numbers[0] * radix + u64::from(*left), numbers[1] * radix + u64::from(*right)];
    }
    match last {
        [last] => [numbers[0], numbers[1] * radix + u64::from(*last)],
        _ => numbers,
    }
}

/// The way back from [`halves`], as characters.
fn symbols([mut left, mut right]: [u64; 2], len: usize) -> [u8; LONGEST] {
    let radix = u64::from(rank::SMALL);
    let symbol = |number: u64| SYMBOLS[usize::from(byte(number % radix))];
    let mut symbols = [0; LONGEST];
    let (first, second) = symbols[..len.min(LONGEST)].split_at_mut(len / 2);
    if let Some(place) = second.get_mut(first.len()) {
        *place = symbol(right);
        right /= radix;
    }
    for (first, second) in first.iter_mut().rev().zip(second[..len / 2].iter_mut().rev()) {
        [*first, *second] = [symbol(left), symbol(right)];
        [left, right] = [left / radix, right / radix];
    }
    symbols
}

/// Appends a number below 100 in decimal.
fn push_number(number: usize, out: &mut Vec<u8>) {
    let number = byte(number as u64);
    if number >= 10 {
        out.push(b'0' + number / 10);
    }
    out.push(b'0' + number % 10);
}

/// Appends a mail domain in small letters; `None` if it is none, is longer than a label, or not within ASCII.
fn push_domain(mail_domain: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if mail_domain.len() > LABEL_LIMIT {
        return None;
    }
    let start = out.len();
    out.extend_from_slice(mail_domain);
    let small = &mut out[start..];
    small.make_ascii_lowercase();
    let (mut before, mut wrong) = (DOT, 0);
    for byte in small {
        let part = PARTS[usize::from(*byte)];
        // A dot after a dot or a hyphen, a hyphen after a dot.
        wrong |= part & OTHER | part & DOT & (before | before >> 1) | part >> 1 & before & DOT;
        before = part;
    }
    (wrong == 0 && before == LABEL).then_some(())
}

/// What each byte is in a mail domain: [`LABEL`], [`DOT`], [`HYPHEN`] or [`OTHER`].
const PARTS: [u8; 256] = {
    let mut parts = [OTHER; 256];
    let mut number = 0;
    while number < rank::SMALL {
        parts[SYMBOLS[number as usize] as usize] = LABEL;
        number += 1;
    }
    parts[b'_' as usize] = LABEL;
    parts[b'.' as usize] = DOT;
    parts[b'-' as usize] = HYPHEN;
    parts
};
const LABEL: u8 = 0;
const DOT: u8 = 1;
const HYPHEN: u8 = 2;
const OTHER: u8 = 4;

/// What each byte is: the number of a small letter or digit, [`SEPARATOR`] or [`FOREIGN`].
const ROLES: [u8; 256] = {
    let mut roles = [FOREIGN; 256];
    let mut number = 0;
    while number < rank::SMALL {
        roles[SYMBOLS[number as usize] as usize] = number;
        number += 1;
    }
    roles[b'.' as usize] = SEPARATOR;
    roles[b'_' as usize] = SEPARATOR;
    roles[b'-' as usize] = SEPARATOR;
    roles[b'+' as usize] = SEPARATOR;
    roles
};
const SEPARATOR: u8 = 254;
const FOREIGN: u8 = 255;

const SYMBOLS: &[u8; rank::SMALL as usize] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The longest payload whose halves fit 64 bits.
const LONGEST: usize = 24;

const _: () = assert!(36_u128.pow(LONGEST as u32 / 2) < 1 << 64);
