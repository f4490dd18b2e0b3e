//! `integer` and `decimal`: numbers within a range (5.12, 5.13).

mod short;

use super::short::Span;
use super::{
    Built, FormatFault, FormatOptions, FormatReason, Kind, Misfit, Parsed, Rule, Scalar, Shortcut,
    Side, Written,
};
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use short::Words;
use std::sync::Arc;

/// Integers from `low` to `high`.
#[derive(Debug)]
struct Integer {
    low: i128,
    high: i128,
    words: Option<Words>,
}

/// Multiples of `10^-scale` from `low` to `high`, both in that unit.
#[derive(Debug)]
struct Decimal {
    low: i128,
    high: i128,
    scale: i8,
    /// Whether the ends say the scale; otherwise the column does.
    written_scale: bool,
    words: Option<Words>,
}

pub(super) fn integer(options: &FormatOptions) -> Built {
    let [low, high] = ends(
        options,
        "integer",
        |text| read(text, 0).filter(|n| n.unsigned_abs() <= LIMIT),
        INTEGER_END,
    )?;
    Ok(Arc::new(Integer { low, high, words: Words::new(low, high, 0) }))
}

pub(super) fn decimal(options: &FormatOptions) -> Built {
    let places = |text: &String| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = options.range.iter().flatten().map(places).max().unwrap_or(0);
    // A scale beyond this one has no number that an end could be.
    let scale = i8::try_from(scale).unwrap_or(i8::MAX);
    let [low, high] = ends(options, "decimal", |text| read_end(text, scale), DECIMAL_END)?;
    Ok(Arc::new(Decimal::new(low, high, scale, scale > 0)))
}

fn ends(
    options: &FormatOptions,
    format: &'static str,
    read: impl Fn(&str) -> Option<i128>,
    expected: &'static str,
) -> Result<[i128; 2], Vec<FormatFault>> {
    let Some([low, high]) = &options.range else {
        return Err(vec![FormatFault::new("range", FormatReason::Missing { format })]);
    };
    let fault = |end| FormatFault::new("range", FormatReason::RangeEnd { end, expected });
    match (read(low), read(high)) {
        (Some(low), Some(high)) if low < high => Ok([low, high]),
        (Some(_), Some(_)) => Err(vec![FormatFault::new("range", FormatReason::RangeOrder)]),
        (low, high) => {
            let faults =
                [(low, "first"), (high, "last")].into_iter().filter(|(read, _)| read.is_none());
            Err(faults.map(|(_, end)| fault(end)).collect())
        }
    }
}

/// An end of a decimal range: at most `scale` digits after the point.
fn read_end(text: &str, scale: i8) -> Option<i128> {
    let places = match text.split_once('.') {
        Some((_, "")) => return None,
        Some((_, fraction)) => i8::try_from(fraction.len()).ok()?,
        None => 0,
    };
    scaled(read(text, places)?, scale.checked_sub(places)?)
        .filter(|unscaled| unscaled.unsigned_abs() <= LIMIT)
}

/// Reads a number with exactly `scale` digits after the point, in units of `10^-scale`. Canonical writing only.
fn read(text: &str, scale: i8) -> Option<i128> {
    let scale = usize::try_from(scale).ok()?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.as_bytes()),
        None => (false, text.as_bytes()),
    };
    let whole = digits.len().checked_sub(if scale == 0 { 0 } else { scale + 1 })?;
    if whole == 0 || (whole > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let mut number = 0_i128;
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'.' if place == whole => {}
            b'0'..=b'9' if place != whole => {
                number = number.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?
            }
            _ => return None,
        }
    }
    match (negative, number) {
        (true, 0) => None,
        (true, number) => Some(-number),
        (false, number) => Some(number),
    }
}

fn write(number: i128, scale: i8) -> String {
    let scale = usize::try_from(scale).unwrap_or(0);
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", number.unsigned_abs(), width = scale + 1);
    match digits.split_at_checked(digits.len() - scale) {
        Some((whole, fraction)) if scale > 0 => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

/// `number * 10^places`.
fn scaled(number: i128, places: i8) -> Option<i128> {
    number.checked_mul(10_i128.checked_pow(u32::try_from(places).ok()?)?)
}

/// How far `number` lies above `low`; `None` outside of the range. No range is wider than 2 * 10^37.
fn rank(number: i128, low: i128, high: i128) -> Result<u128, Misfit> {
    if number < low || number > high { Err(Misfit) } else { Ok(number.abs_diff(low)) }
}

fn unrank(payload: &Payload, low: i128, high: i128) -> Result<i128, Misfit> {
    let rank = payload.small_rank(high.abs_diff(low))?;
    low.checked_add_unsigned(rank).ok_or(Misfit)
}

fn range_params(low: i128, high: i128, scale: i8) -> Map<String, Value> {
    let ends = vec![Value::from(write(low, scale)), Value::from(write(high, scale))];
    Map::from_iter([("range".to_owned(), Value::Array(ends))])
}

impl Decimal {
    fn new(low: i128, high: i128, scale: i8, written_scale: bool) -> Self {
        Self { low, high, scale, written_scale, words: Words::new(low, high, scale) }
    }
}

impl Rule for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn params(&self) -> Map<String, Value> {
        range_params(self.low, self.high, 0)
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        self.words.as_ref().map(|words| words as &dyn Shortcut)
    }

    fn span(&self) -> Option<Span<'_>> {
        self.words.as_ref().map(Words::span)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let number = match scalar {
            Scalar::Int(number) => number,
            Scalar::Text(text) => read(text, 0).ok_or(Misfit)?,
            _ => return Err(Misfit),
        };
        Ok(Parsed::ranked(
            rank(number, self.low, self.high)?,
            self.high.abs_diff(self.low),
            Vec::new(),
        ))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let number = unrank(payload, self.low, self.high)?;
        match original {
            Scalar::Int(_) => Ok(Written::Int(number)),
            Scalar::Text(_) => Ok(Written::Text(number.to_string())),
            _ => Err(Misfit),
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Int, Kind::Text]
    }

    fn known_size(&self) -> Option<u128> {
        Some(self.high.abs_diff(self.low) + 1)
    }

    fn int_bounds(&self) -> Option<(i128, i128)> {
        Some((self.low, self.high))
    }
}

impl Rule for Decimal {
    fn name(&self) -> &'static str {
        "decimal"
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = range_params(self.low, self.high, self.scale);
        params.insert("scale".to_owned(), self.scale.into());
        params
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        self.words.as_ref().map(|words| words as &dyn Shortcut)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let number = match scalar {
            Scalar::Decimal { unscaled, scale } => {
                let unit = scale
                    .checked_sub(self.scale)
                    .and_then(|places| scaled(1, places))
                    .ok_or(Misfit)?;
                if unscaled % unit != 0 {
                    return Err(Misfit);
                }
                unscaled / unit
            }
            Scalar::Text(text) => read(text, self.scale).ok_or(Misfit)?,
            _ => return Err(Misfit),
        };
        Ok(Parsed::ranked(
            rank(number, self.low, self.high)?,
            self.high.abs_diff(self.low),
            Vec::new(),
        ))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let number = unrank(payload, self.low, self.high)?;
        match original {
            Scalar::Decimal { scale, .. } => {
                let unscaled = scale
                    .checked_sub(self.scale)
                    .and_then(|places| scaled(number, places))
                    .ok_or(Misfit)?;
                Ok(Written::Decimal { unscaled, scale })
            }
            Scalar::Text(_) => Ok(Written::Text(write(number, self.scale))),
            _ => Err(Misfit),
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Decimal, Kind::Text]
    }

    fn known_size(&self) -> Option<u128> {
        self.written_scale.then(|| self.high.abs_diff(self.low) + 1)
    }

    fn with_column_scale(&self, column: Option<i8>) -> Option<Result<Arc<dyn Rule>, FormatReason>> {
        let scale = if self.written_scale { self.scale } else { column.unwrap_or(0) };
        if let Some(column) = column.filter(|column| scale < 0 || *column < scale) {
            return Some(Err(FormatReason::Scale { range: self.scale, column }));
        }
        let end = |number: i128, end| {
            let unscaled = scaled(number, scale - self.scale)
                .filter(|unscaled| unscaled.unsigned_abs() <= LIMIT);
            unscaled.ok_or(FormatReason::RangeEnd { end, expected: DECIMAL_END })
        };
        Some(end(self.low, "first").and_then(|low| {
            let high = end(self.high, "last")?;
            Ok(Arc::new(Self::new(low, high, scale, true)) as Arc<dyn Rule>)
        }))
    }

    fn decimal_bounds(&self, scale: i8) -> Option<(i128, i128)> {
        let places = scale.checked_sub(self.scale)?;
        Some((scaled(self.low, places)?, scaled(self.high, places)?))
    }
}

/// How far the ends may be from zero, in units of the last digit (`docs/format.md`, section 5.12).
const LIMIT: u128 = 10_u128.pow(37);
const INTEGER_END: &str = "an integer between -10^37 and 10^37, in plain digits";
const DECIMAL_END: &str =
    "a number in plain digits, at most 10^37 units of the last digit from zero";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        let cases = [
            ("0", 0, 0),
            ("-1", -1, 0),
            ("170141183460469231731687303715884105727", i128::MAX, 0),
            ("0.00", 0, 2),
            ("-0.01", -1, 2),
            ("0.10", 10, 2),
            ("-12.30", -1230, 2),
        ];
        for (text, number, scale) in cases {
            assert_eq!(read(text, scale), Some(number), "{text}");
            assert_eq!(write(number, scale), text);
        }
    }

    #[test]
    fn other_writings_are_not_read() {
        for text in [
            "",
            "-",
            "+1",
            "00",
            "01",
            "-0",
            "1.",
            "1.5",
            " 1",
            "1 ",
            "1e3",
            "0x1",
            "170141183460469231731687303715884105728",
        ] {
            assert_eq!(read(text, 0), None, "{text}");
        }
        for text in
            ["1", "1.5", "1.555", ".55", "-.55", "-0.00", "00.50", "1,55", "1.5.", "1..5", "1.55-"]
        {
            assert_eq!(read(text, 2), None, "{text}");
        }
    }
}
