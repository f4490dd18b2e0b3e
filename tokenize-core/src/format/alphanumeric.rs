//! `alphanumeric`: letters and digits, each position keeping its class (5.2).

mod short;

use super::{
    Built, FormatOptions, Misfit, Parsed, Rule, Scalar, Shortcut, Side, WIDTH_LIMIT, Written,
    is_generic_separator,
};
use crate::crypto::domain::Payload;
use crate::crypto::natural::Natural;
use serde_json::{Map, Value};
use short::{SHAPES, Shapes};
use std::sync::Arc;

#[derive(Debug)]
struct Alphanumeric {
    /// For the short way.
    shapes: &'static Shapes,
}

/// What a position holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Lower,
    Upper,
}

pub(super) fn build(_: &FormatOptions) -> Built {
    Ok(Arc::new(Alphanumeric { shapes: &SHAPES }))
}

impl Class {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            b'0'..=b'9' => Some(Self::Digit),
            b'A'..=b'Z' => Some(Self::Upper),
            b'a'..=b'z' => Some(Self::Lower),
            _ => None,
        }
    }

    /// The letter of the class pattern.
    fn letter(self) -> u8 {
        match self {
            Self::Digit => b'd',
            Self::Lower => b'l',
            Self::Upper => b'u',
        }
    }

    fn first(self) -> u8 {
        match self {
            Self::Digit => b'0',
            Self::Lower => b'a',
            Self::Upper => b'A',
        }
    }

    fn radix(self) -> u64 {
        if self == Self::Digit { 10 } else { 26 }
    }
}

impl Rule for Alphanumeric {
    fn name(&self) -> &'static str {
        "alphanumeric"
    }

    fn params(&self) -> Map<String, Value> {
        Map::new()
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let text = scalar.text()?;
        let (mut rank, mut last) = (Natural::ZERO, Natural::ZERO);
        let mut tweak = Vec::with_capacity(text.len());
        for byte in text.bytes() {
            if let Some(class) = Class::of(byte) {
                rank.mul_add(class.radix(), u64::from(byte - class.first()));
                last.mul_add(class.radix(), class.radix() - 1);
                tweak.push(class.letter());
                // Keeps the work on a very long text small: it cannot fit any more.
                if tweak.len() > WIDTH_LIMIT / 3 {
                    return Err(Misfit);
                }
            } else if !is_generic_separator(byte) {
                return Err(Misfit);
            }
        }
        if tweak.is_empty() {
            return Err(Misfit);
        }
        Ok(Parsed::ranked(rank, last, tweak))
    }

    fn render(
        &self,
        original: Scalar<'_>,
        payload: &Payload,
        side: Side,
    ) -> Result<Written, Misfit> {
        let parsed = self.parse(original, side)?;
        let mut rank = payload.rank(parsed.last()?)?.clone();
        let mut bytes = original.text()?.as_bytes().to_vec();
        for byte in bytes.iter_mut().rev() {
            if let Some(class) = Class::of(*byte) {
                *byte = class.first()
                    + u8::try_from(rank.div_rem(class.radix())).map_err(|_| Misfit)?;
            }
        }
        String::from_utf8(bytes).map(Written::Text).map_err(|_| Misfit)
    }

    fn tweaked(&self) -> bool {
        true
    }
}
