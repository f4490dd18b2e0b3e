//! The short way of alphabets within ASCII.

use super::{Role, Side};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::Domain;
use crate::crypto::ff1::Modulus;
use crate::format::reaches_floor;
use crate::format::short::{Shortcut, Taken, byte, push_digits, read_plain};

/// An alphabet of ASCII characters.
#[derive(Debug)]
pub(super) struct Ascii {
    /// What each byte is: the number of a symbol, [`SEPARATOR`] or [`FOREIGN`].
    roles: [u8; 256],
    symbols: [u8; 128],
    radix: Modulus,
    /// Of decimal digits, for each domain what the halves of a whole number are parted by.
    parts: Vec<Modulus>,
    /// The fewest symbols of a payload; its domain comes first.
    shortest: usize,
    domains: ShortDomains,
}

impl Ascii {
    /// `None` if a symbol is none of ASCII.
    pub(super) fn new(symbols: &[char], ascii: &[Role; 128]) -> Option<Self> {
        let mut table = [0; 128];
        for (place, symbol) in table.iter_mut().zip(symbols) {
            *place = u8::try_from(*symbol).ok().filter(u8::is_ascii)?;
        }
        let radix = u32::try_from(symbols.len()).ok()?;
        let mut roles = [FOREIGN; 256];
        for (to, role) in roles.iter_mut().zip(ascii) {
            *to = match role {
                Role::Foreign => FOREIGN,
                Role::Separator => SEPARATOR,
                Role::Symbol(number) => u8::try_from(*number).ok()?,
            };
        }
        let shortest = (1..).find(|len| reaches_floor(radix, *len))?;
        let of = |len| Domain::Direct { radix, len };
        let longest =
            (shortest..=LONGEST).take_while(|len| ShortDomains::new(&[of(*len)]).is_some());
        let domains: Vec<Domain> = longest.map(of).collect();
        let domains = ShortDomains::new(&domains)?;
        let radix = Modulus::new(u128::from(radix))?;
        let is_decimal = table.starts_with(b"0123456789") && radix.get() == 10;
        let part = |len: usize| Modulus::new(10_u128.pow(u32::try_from(len.div_ceil(2)).ok()?));
        let lengths = if is_decimal { shortest..WHOLE + 1 } else { 0..0 };
        let parts = lengths.map(part).collect::<Option<_>>()?;
        Some(Self { roles, symbols: table, radix, parts, shortest, domains })
    }

    /// The short way of decimal digits without separators, as one number.
    fn read_whole(&self, text: &str) -> Option<Taken> {
        let domain = text.len().checked_sub(self.shortest)?;
        let (left, right) = self.parts.get(domain)?.div_rem(read_plain(text.as_bytes())?);
        Some(Taken { domain: u16::try_from(domain).ok()?, halves: [left, right] })
    }

    fn number(&self, numerals: &[u8]) -> u64 {
        let radix = self.radix.get();
        numerals.iter().fold(0, |number, numeral| number * radix + u64::from(*numeral))
    }

    fn numerals(&self, mut number: u64, out: &mut [u8]) {
        for place in out.iter_mut().rev() {
            let (rest, numeral) = self.radix.div_rem(number);
            number = rest;
            *place = byte(numeral);
        }
    }
}

impl Shortcut for Ascii {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, _: &mut Vec<u8>) -> Option<Taken> {
        if let Some(whole) = self.read_whole(text) {
            return Some(whole);
        }
        let mut numerals = [0; LONGEST];
        let mut len = 0;
        for byte in text.bytes() {
            match self.roles[usize::from(byte)] {
                SEPARATOR => {}
                FOREIGN => return None,
                numeral => {
                    *numerals.get_mut(len)? = numeral;
                    len += 1;
                }
            }
        }
        let domain = len.checked_sub(self.shortest).filter(|place| *place < self.domains.len())?;
        let (left, right) = numerals[..len].split_at(len / 2);
        let halves = [self.number(left), self.number(right)];
        Some(Taken { domain: u16::try_from(domain).ok()?, halves })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let len = self.shortest + usize::from(payload.domain);
        if let Some(part) = self.parts.get(usize::from(payload.domain))
            && len == original.len()
        {
            let [left, right] = payload.halves;
            return push_digits(left * part.get() + right, len, out);
        }
        let mut numerals = [0; LONGEST];
        let numerals = &mut numerals[..len.min(LONGEST)];
        let (left, right) = numerals.split_at_mut(len / 2);
        self.numerals(payload.halves[0], left);
        self.numerals(payload.halves[1], right);
        let mut symbols = numerals.iter().map(|numeral| self.symbols[usize::from(*numeral) % 128]);
        if len == original.len() {
            out.extend(symbols);
            return;
        }
        out.extend(original.bytes().map(|byte| match self.roles[usize::from(byte)] {
            SEPARATOR | FOREIGN => byte,
            _ => symbols.next().unwrap_or(byte),
        }));
    }
}

const SEPARATOR: u8 = 254;
const FOREIGN: u8 = 255;

/// The most symbols whose halves fit 64 bits: those of an alphabet of two.
const LONGEST: usize = 128;

/// The most decimal digits that are read and written as one number.
const WHOLE: usize = 16;
