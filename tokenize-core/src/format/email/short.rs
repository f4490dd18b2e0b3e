//! The short way of addresses: small letters and digits within ASCII, 5 to 24 of them.

use super::{DOMAIN_LIMIT, Email, LABEL_LIMIT, LOCAL_LIMIT, SHORT, Side, rank};
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
        let at = bytes.iter().take(LOCAL_LIMIT + 1).position(|byte| *byte == b'@')?;
        let (local, mail_domain) = (&bytes[..at], &bytes[at + 1..]);
        if local.first() == Some(&b'.') || local.last() == Some(&b'.') {
            return None;
        }
        tweak.push(rank::Class::Lower.letter());
        let (mut numerals, mut len, mut before) = ([0; LONGEST], 0, 0);
        for byte in local {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' => {
                    let small = if byte.is_ascii_digit() { b'0' } else { b'a' - 10 };
                    *numerals.get_mut(len)? = byte - small;
                    len += 1;
                }
                b'.' if before == b'.' => return None,
                b'.' | b'_' | b'-' | b'+' => {
                    tweak.push(*byte);
                    push_number(len, tweak);
                }
                _ => return None,
            }
            before = *byte;
        }
        tweak.push(b'@');
        push_domain(mail_domain, tweak)?;
        let domain = len.checked_sub(SHORT + 1)?;
        let (left, right) = numerals[..len].split_at(len / 2);
        Some(Taken { domain: u8::try_from(domain).ok()?, halves: [number(left), number(right)] })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let mut symbols = [0; LONGEST];
        let len = SHORT + 1 + usize::from(payload.domain);
        let (left, right) = symbols[..len].split_at_mut(len / 2);
        write_symbols(payload.halves[0], left);
        write_symbols(payload.halves[1], right);
        let mut symbols = symbols.iter();
        let at = original.bytes().position(|byte| byte == b'@').unwrap_or(original.len());
        let (local, rest) = original.as_bytes().split_at(at);
        out.extend(local.iter().map(|byte| match byte {
            b'.' | b'_' | b'-' | b'+' => *byte,
            _ => symbols.next().copied().unwrap_or(*byte),
        }));
        out.extend_from_slice(rest);
    }
}

fn number(numerals: &[u8]) -> u64 {
    let radix = u64::from(rank::SMALL);
    numerals.iter().fold(0, |number, numeral| number * radix + u64::from(*numeral))
}

fn write_symbols(mut number: u64, out: &mut [u8]) {
    let radix = u64::from(rank::SMALL);
    for place in out.iter_mut().rev() {
        *place = SYMBOLS[usize::from(byte(number % radix))];
        number /= radix;
    }
}

/// Appends a number below 100 in decimal.
fn push_number(number: usize, out: &mut Vec<u8>) {
    let number = byte(number as u64);
    if number >= 10 {
        out.push(b'0' + number / 10);
    }
    out.push(b'0' + number % 10);
}

/// Appends a mail domain in small letters; `None` if it is none, or not within ASCII.
fn push_domain(mail_domain: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if mail_domain.len() > DOMAIN_LIMIT {
        return None;
    }
    let (mut before, mut label) = (b'.', 0);
    for byte in mail_domain {
        match byte {
            b'.' if matches!(before, b'.' | b'-') => return None,
            b'.' => label = 0,
            b'-' if before == b'.' => return None,
            b'a'..=b'z' | b'0'..=b'9' | b'A'..=b'Z' | b'-' | b'_' if label < LABEL_LIMIT => label += 1,
            _ => return None,
        }
        before = *byte;
    }
    let is_whole = !matches!(before, b'.' | b'-');
    out.extend(mail_domain.iter().map(u8::to_ascii_lowercase));
    is_whole.then_some(())
}

const SYMBOLS: &[u8; rank::SMALL as usize] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The longest payload whose halves fit 64 bits.
const LONGEST: usize = 24;

const _: () = assert!(36_u128.pow(LONGEST as u32 / 2) < 1 << 64);
