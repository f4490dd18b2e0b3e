//! The short way of IPv4 addresses.

use super::{Ip, Side, V4_LAST};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::Domain;
use crate::format::short::{Shortcut, Taken};

/// The domain of IPv4 addresses.
pub(super) fn domains() -> ShortDomains {
    ShortDomains::new(&[Domain::Ranked { last: V4_LAST.into() }])
        .expect("2^32 addresses are enough for FF1, and ranks of 64 bits")
}

impl Shortcut for Ip {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, _: &mut Vec<u8>) -> Option<Taken> {
        let mut rank = 0;
        let mut parts = text.as_bytes().split(|byte| *byte == b'.');
        for _ in 0..4 {
            rank = (rank << 8) | u64::from(part(parts.next()?)?);
        }
        parts.next().is_none().then_some(Taken { domain: 0, halves: [0, rank] })
    }

    fn write(&self, _: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let [.., a, b, c, d] = payload.halves[1].to_be_bytes();
        push_part(a, out);
        for part in [b, c, d] {
            out.push(b'.');
            push_part(part, out);
        }
    }
}

/// A number below 256 without leading zeros.
fn part(text: &[u8]) -> Option<u8> {
    if !(1..=3).contains(&text.len()) || (text.len() > 1 && text.first() == Some(&b'0')) {
        return None;
    }
    let mut number = 0_u16;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u16::from(byte - b'0');
    }
    u8::try_from(number).ok()
}

fn push_part(number: u8, out: &mut Vec<u8>) {
    if number >= 100 {
        out.push(b'0' + number / 100);
    }
    if number >= 10 {
        out.push(b'0' + number / 10 % 10);
    }
    out.push(b'0' + number % 10);
}
