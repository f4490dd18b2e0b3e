//! The short way of numbers: those of a range within 10^18 of zero.

use super::Side;
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::ff1::Modulus;
use crate::format::short::{Shortcut, Span, Taken, power, push_number, read_plain};

/// Multiples of `10^-scale` from `low` to `high`, both in that unit.
#[derive(Debug)]
pub(super) struct Words {
    low: i64,
    high: i64,
    scale: usize,
    domains: ShortDomains,
}

impl Words {
    /// `None` if an end is farther from zero, or too many digits follow the point.
    pub(super) fn new(low: i128, high: i128, scale: i8) -> Option<Self> {
        let word = |end: i128| i64::try_from(end).ok().filter(|end| end.unsigned_abs() <= LIMIT);
        let scale = usize::try_from(scale).ok().filter(|scale| *scale <= PLACES)?;
        let domains = ShortDomains::ranked(high.abs_diff(low))?;
        Some(Self { low: word(low)?, high: word(high)?, scale, domains })
    }

    /// As integers, where the scale is 0.
    pub(super) fn span(&self) -> Span<'_> {
        Span { first: self.low, last: self.high, domains: &self.domains }
    }

    /// The digits of a number without its sign, read in units of the last one. Canonical writing only.
    fn magnitude(&self, digits: &[u8]) -> Option<u64> {
        if digits.len() > DIGITS + 1 {
            return None;
        }
        let (whole, fraction) = match self.scale {
            0 => (digits, 0),
            scale => {
                let (whole, rest) =
                    digits.split_at_checked(digits.len().checked_sub(scale + 1)?)?;
                let (b'.', fraction) = rest.split_first()? else { return None };
                (whole, read_plain(fraction)?)
            }
        };
        if whole.len() > 1 && whole.first() == Some(&b'0') {
            return None;
        }
        let unit = power(self.scale).map_or(1, Modulus::get);
        read_plain(whole)?.checked_mul(unit)?.checked_add(fraction)
    }
}

impl Shortcut for Words {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, _: &mut Vec<u8>) -> Option<Taken> {
        let number = match text.as_bytes() {
            [b'-', digits @ ..] => {
                let magnitude = self.magnitude(digits).filter(|magnitude| *magnitude > 0)?;
                i64::try_from(magnitude).ok()?.checked_neg()?
            }
            digits => i64::try_from(self.magnitude(digits)?).ok()?,
        };
        let is_inside = self.low <= number && number <= self.high;
        is_inside.then(|| Taken { domain: 0, halves: [0, number.abs_diff(self.low)] })
    }

    fn write(&self, _: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let number = self.low.wrapping_add_unsigned(payload.halves[1]);
        if number < 0 {
            out.push(b'-');
        }
        push_number(number.unsigned_abs(), self.scale + 1, out);
        if self.scale > 0 {
            out.insert(out.len() - self.scale, b'.');
        }
    }
}

/// How far from zero the ends may be.
const LIMIT: u64 = 1_000_000_000_000_000_000;

/// The most digits after the point: with one before it, these are what `push_number` can fill up to.
const PLACES: usize = 15;

/// The most digits of a number.
const DIGITS: usize = 19;
