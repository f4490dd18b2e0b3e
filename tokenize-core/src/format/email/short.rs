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
        let (left, right) = numerals[..len].split_at(len / 2);
        Some(Taken { domain: u16::try_from(domain).ok()?, halves: [number(left), number(right)] })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let mut symbols = [0; LONGEST];
        let len = SHORT + 1 + usize::from(payload.domain);
        let (left, right) = symbols[..len].split_at_mut(len / 2);
        write_symbols(payload.halves[0], left);
        write_symbols(payload.halves[1], right);
        let mut symbols = symbols[..len].iter();
        for (at, byte) in original.bytes().enumerate() {
            match byte {
                b'@' => return out.extend_from_slice(&original.as_bytes()[at..]),
                b'.' | b'_' | b'-' | b'+' => out.push(byte),
                _ => out.extend(symbols.next()),
            }
        }
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
        let small = byte.to_ascii_lowercase();
        match ROLES[usize::from(small)] {
            FOREIGN => return None,
            _ if small == b'.' => {
                if matches!(before, b'.' | b'-') {
                    return None;
                }
                label = 0;
            }
            _ if small == b'+' || (small == b'-' && before == b'.') || label == LABEL_LIMIT => {
                return None;
            }
            _ => label += 1,
        }
        out.push(small);
        before = small;
    }
    (!matches!(before, b'.' | b'-')).then_some(())
}

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
