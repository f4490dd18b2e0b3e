//! The short way of letters and digits: up to 26 of them, as two numbers of at most 13 positions.

use std::sync::LazyLock;

use super::{Alphanumeric, Class, Side};
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::crypto::domain::Domain;
use crate::crypto::ff1::Modulus;
use crate::format::short::{Shortcut, Taken, byte};
use crate::format::{FLOOR, is_generic_separator};

/// What follows from how many digits and letters a text has.
#[derive(Debug)]
pub(super) struct Shapes {
    /// By digits and letters the place of a domain; [`NONE`] if it is below the floor.
    places: [[u16; LONGEST + 1]; LONGEST + 1],
    /// For each domain how many symbols its texts have.
    lengths: Vec<usize>,
    /// By digits and letters, `10^digits · 26^letters`.
    parts: [[Option<Modulus>; PART + 1]; PART + 1],
    domains: ShortDomains,
}

impl Shapes {
    fn new() -> Self {
        let size = |digits, letters| 10_u128.pow(digits as u32) * 26_u128.pow(letters as u32);
        let (mut lengths, mut domains) = (Vec::new(), Vec::new());
        let mut places = [[NONE; LONGEST + 1]; LONGEST + 1];
        let mut parts = [[None; PART + 1]; PART + 1];
        for len in 1..=LONGEST {
            for digits in 0..=len {
                let size = size(digits, len - digits);
                if len <= PART {
                    parts[digits][len - digits] = Modulus::new(size);
                }
                if size >= FLOOR {
                    places[digits][len - digits] = u16::try_from(domains.len()).unwrap_or(NONE);
                    lengths.push(len);
                    domains.push(Domain::Ranked { last: (size - 1).into() });
                }
            }
        }
        let domains = ShortDomains::new(&domains).expect("26 letters have ranks below 2^128");
        Self { places, lengths, parts, domains }
    }
}

/// Some symbols as a number.
#[derive(Default)]
struct Part {
    number: u64,
    digits: usize,
    letters: usize,
}

impl Part {
    fn push(&mut self, class: Class, symbol: u8) {
        let symbol = u64::from(symbol - class.first());
        if class == Class::Digit {
            self.number = self.number * 10 + symbol;
            self.digits += 1;
        } else {
            self.number = self.number * 26 + symbol;
            self.letters += 1;
        }
    }
}

impl Shortcut for Alphanumeric {
    fn domains(&self) -> &ShortDomains {
        &self.shapes.domains
    }

    fn read(&self, text: &str, _: Side, tweak: &mut Vec<u8>) -> Option<Taken> {
        let (mut pattern, mut len) = ([0; LONGEST], 0);
        let [mut first, mut last] = [Part::default(), Part::default()];
        for symbol in text.bytes() {
            let Some(class) = Class::of(symbol) else {
                if is_generic_separator(symbol) {
                    continue;
                }
                return None;
            };
            *pattern.get_mut(len)? = class.letter();
            if len < PART { &mut first } else { &mut last }.push(class, symbol);
            len += 1;
        }
        let domain = self.shapes.places[first.digits + last.digits][first.letters + last.letters];
        tweak.extend_from_slice(&pattern[..len]);
        let halves = match self.shapes.parts.get(last.digits)?.get(last.letters)? {
            None => [0, first.number],
            Some(part) => {
                let above = u128::from(first.number) * u128::from(part.get());
                split(above + u128::from(last.number))
            }
        };
        (domain != NONE).then_some(Taken { domain, halves })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let Some(len) = self.shapes.lengths.get(usize::from(payload.domain)) else { return };
        let start = out.len();
        out.extend_from_slice(original.as_bytes());
        let mut rest = out[start..].iter_mut().rev();
        let mut write = |mut number: u64, count| {
            let symbols =
                rest.by_ref().filter_map(|byte| Class::of(*byte).map(|class| (class, byte)));
            for (class, place) in symbols.take(count) {
                let (above, symbol) = match class {
                    Class::Digit => (number / 10, number % 10),
                    Class::Lower | Class::Upper => (number / 26, number % 26),
                };
                *place = class.first() + byte(symbol);
                number = above;
            }
        };
        let behind = len.saturating_sub(PART);
        match self.part(original, behind) {
            None => write(payload.halves[1], *len),
            Some(part) => {
                let (first, last) = part.div_rem_longer(payload.rank());
                write(last, behind);
                write(first, PART);
            }
        }
    }
}

impl Alphanumeric {
    /// How many texts there are like the last `len` symbols of a text; `None` for none.
    fn part(&self, text: &str, len: usize) -> Option<&Modulus> {
        let classes = text.bytes().rev().filter_map(Class::of).take(len);
        let digits = classes.filter(|class| *class == Class::Digit).count();
        self.shapes.parts.get(digits)?.get(len - digits)?.as_ref()
    }
}

/// The most symbols that are read as one number.
const PART: usize = 13;

/// The most symbols.
const LONGEST: usize = 2 * PART;

const NONE: u16 = u16::MAX;

const _: () = assert!(26_u128.pow(PART as u32) < 1 << 64);

pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(Shapes::new);
