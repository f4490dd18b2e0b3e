//! `pan`: card numbers with a right Luhn sum; kept digits at both ends (5.5).

mod short;

use super::short::Shortcut;
use super::{Built, CheckDigit, FormatOptions, Keep, Misfit, Parsed, Rule, Scalar, Side, Written};
use crate::checksum::luhn;
use crate::crypto::cipher::ShortDomains;
use crate::crypto::domain::{Domain, Payload};
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Debug)]
struct Pan {
    keep: Keep,
    check_digit: CheckDigit,
    domains: ShortDomains,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let keep = options.keep.unwrap_or_default();
    let check_digit = options.check_digit.unwrap_or(CheckDigit::Valid);
    Ok(Arc::new(Pan { keep, check_digit, domains: short::domains() }))
}

impl Pan {
    /// The digits of a number with the right sum for its side.
    fn read(&self, text: &str, side: Side) -> Result<Vec<u8>, Misfit> {
        let mut digits = Vec::with_capacity(text.len().min(LENGTHS.1));
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' if digits.len() < LENGTHS.1 => digits.push(byte - b'0'),
                b'-' | b' ' => {}
                _ => return Err(Misfit),
            }
        }
        if digits.len() < LENGTHS.0 || luhn::sum(&digits) != self.sum(side) {
            Err(Misfit)
        } else {
            Ok(digits)
        }
    }

    /// The Luhn sum that a side has.
    fn sum(&self, side: Side) -> u8 {
        u8::from(side == Side::Token && self.check_digit == CheckDigit::Invalid)
    }

    /// How many digits of a number of `len` digits are payload: neither kept nor the one that balances the sum.
    fn payload_len(&self, len: usize) -> Option<usize> {
        len.checked_sub(self.keep.first.saturating_add(self.keep.last).saturating_add(1))
    }
}

impl Rule for Pan {
    fn name(&self) -> &'static str {
        "pan"
    }

    fn params(&self) -> Map<String, Value> {
        let keep = json!({ "first": self.keep.first, "last": self.keep.last });
        Map::from_iter([
            ("check_digit".to_owned(), self.check_digit.name().into()),
            ("keep".to_owned(), keep),
        ])
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, side: Side) -> Result<Parsed, Misfit> {
        let digits = self.read(scalar.text()?, side)?;
        let len = self.payload_len(digits.len()).ok_or(Misfit)?;
        let numerals =
            digits.iter().skip(self.keep.first).take(len).map(|digit| u16::from(*digit)).collect();
        let kept = digits
            .iter()
            .take(self.keep.first)
            .chain(digits.iter().skip(digits.len() - self.keep.last));
        let tweak = kept.map(|digit| b'0' + digit).collect();
        Ok(Parsed {
            domain: Domain::Direct { radix: 10, len },
            tweak,
            payload: Payload::Numerals(numerals),
        })
    }

    fn render(
        &self,
        original: Scalar<'_>,
        payload: &Payload,
        side: Side,
    ) -> Result<Written, Misfit> {
        let text = original.text()?;
        let other = if side == Side::Token { Side::Value } else { Side::Token };
        let mut digits = self.read(text, other)?;
        let len = self.payload_len(digits.len()).ok_or(Misfit)?;
        let numerals = payload.numerals(10, len)?;
        for (digit, numeral) in digits.iter_mut().skip(self.keep.first).zip(numerals) {
            *digit = u8::try_from(*numeral).map_err(|_| Misfit)?;
        }
        *digits.get_mut(self.keep.first + len).ok_or(Misfit)? = 0;
        let difference = self.sum(side) + 10 - luhn::sum(&digits);
        *digits.get_mut(self.keep.first + len).ok_or(Misfit)? =
            luhn::digit_for(self.keep.last, difference);
        let mut digits = digits.iter();
        let symbol = |symbol: char| match symbol {
            '0'..='9' => digits.next().map_or(symbol, |digit| char::from(b'0' + digit)),
            _ => symbol,
        };
        Ok(Written::Text(text.chars().map(symbol).collect()))
    }

    fn tweaked(&self) -> bool {
        self.keep != Keep::default()
    }

    /// That of a card of 16 digits, the usual length. Shorter ones are measured when they come.
    fn known_size(&self) -> Option<u128> {
        let len = u32::try_from(self.payload_len(USUAL_LENGTH).unwrap_or(0)).ok()?;
        Some(10_u128.pow(len))
    }
}

/// ISO/IEC 7812-1 allows up to 19 digits; shorter than 12 is no card in use.
const LENGTHS: (usize, usize) = (12, 19);

const USUAL_LENGTH: usize = 16;
