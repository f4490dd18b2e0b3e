//! `generalize`: a coarser value (`docs/format.md`, section 9).

use arrow::datatypes::DataType;
use chrono::{Datelike, NaiveDate};

use super::tokenize::day_value;
use super::{ActionError, Reason, Treat, Treated};
use crate::calendar::{date_of, day_of, read_text};
use crate::column::cell::{Cell, Ticks, Value, ticks_of};
use crate::column::value_type;
use crate::policy::{Decimal, Generalize};

/// What makes one column coarser.
pub(super) struct Coarser {
    how: Generalize,
    ticks: Option<Ticks>,
    scale: i8,
    precision: u8,
}

impl Coarser {
    pub(super) fn new(how: Generalize, to: &DataType) -> Self {
        let (precision, scale) = match value_type(to) {
            DataType::Decimal128(precision, scale) => (*precision, *scale),
            _ => (38, 0),
        };
        Self { how, ticks: ticks_of(value_type(to)), scale, precision }
    }

    fn coarsen(&self, cell: &Cell<'_>) -> Treated {
        match &self.how {
            Generalize::Year => {
                self.first_day(cell, |date| NaiveDate::from_ymd_opt(date.year(), 1, 1), 4)
            }
            Generalize::Month => self.first_day(
                cell,
                |date| NaiveDate::from_ymd_opt(date.year(), date.month(), 1),
                7,
            ),
            Generalize::Zip3 => zip3(cell),
            Generalize::AgeBand { as_of, size } => age_band(cell, *as_of, *size),
            Generalize::Bucket { size } => self.multiple(cell, *size, |whole, _| whole),
            Generalize::Round { size } => self.multiple(cell, *size, |whole, is_nearer_to_next| {
                whole + i128::from(is_nearer_to_next)
            }),
        }
    }

    fn first_day(
        &self,
        cell: &Cell<'_>,
        first: impl Fn(NaiveDate) -> Option<NaiveDate>,
        text_len: usize,
    ) -> Treated {
        if let Cell::Text(text) = cell {
            read_text(text).ok_or(Reason::Format)?;
            return Ok(Value::Text(text[..text_len].to_owned()));
        }
        let day = day_in(cell).ok_or(Reason::Format)?;
        let first = date_of(day).and_then(first).map(day_of).ok_or(Reason::Range)?;
        let midnight = match cell {
            Cell::Instant(_, ticks) => Cell::Instant(0, *ticks),
            other => *other,
        };
        day_value(first, &midnight, self.ticks).ok_or(Reason::Range)
    }

    /// A multiple of `size`: the one below, or the next if `choose` says so. `choose` gets the quotient and whether the rest is
    /// at least half of `size` (more than half for a negative number, whose quotient is rounded down too).
    fn multiple(
        &self,
        cell: &Cell<'_>,
        size: Decimal,
        choose: impl Fn(i128, bool) -> i128,
    ) -> Treated {
        if let Cell::Float32(number) = cell {
            let result = float_multiple(f64::from(*number), size, &choose).ok_or(Reason::Range)?;
            #[expect(clippy::cast_possible_truncation, reason = "the column holds 32-bit floats")]
            let result = result as f32;
            return if result.is_finite() {
                Ok(Value::Float32(result))
            } else {
                Err(Reason::Range)
            };
        }
        if let Cell::Float64(number) = cell {
            return float_multiple(*number, size, &choose).map(Value::Float64).ok_or(Reason::Range);
        }
        let (unscaled, is_decimal) = match cell {
            Cell::Int(number) => (*number, false),
            Cell::Decimal(unscaled, _) => (*unscaled, true),
            _ => return Err(Reason::Format),
        };
        let step = size.units(self.scale).ok_or(Reason::Format)?;
        let (whole, rest) = (unscaled.div_euclid(step), unscaled.rem_euclid(step));
        let is_nearer_to_next =
            if unscaled >= 0 { rest >= step - rest } else { rest > step - rest };
        let result = choose(whole, is_nearer_to_next).checked_mul(step).ok_or(Reason::Range)?;
        if !is_decimal {
            return Ok(Value::Int(result));
        }
        let limit = 10_u128.checked_pow(u32::from(self.precision)).ok_or(Reason::Range)?;
        if result.unsigned_abs() < limit { Ok(Value::Decimal(result)) } else { Err(Reason::Range) }
    }
}

impl Treat for Coarser {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        Ok(cells.iter().map(|cell| self.coarsen(cell)).collect())
    }
}

fn day_in(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Day(day) => Some(i64::from(*day)),
        Cell::Instant(count, ticks) => Some(count.div_euclid(ticks.per_day())),
        Cell::Text(text) => read_text(text).map(|(day, _)| day),
        _ => None,
    }
}

fn zip3(cell: &Cell<'_>) -> Treated {
    let Cell::Text(text) = cell else { return Err(Reason::Format) };
    let bytes = text.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let is_zip = match bytes.len() {
        5 | 9 => digits(bytes),
        10 => bytes[5] == b'-' && digits(&bytes[..5]) && digits(&bytes[6..]),
        _ => false,
    };
    if !is_zip {
        return Err(Reason::Format);
    }
    let prefix = &text[..3];
    Ok(Value::Text(if RESTRICTED_ZIP3.contains(&prefix) { "000" } else { prefix }.to_owned()))
}

fn age_band(cell: &Cell<'_>, as_of: NaiveDate, size: u32) -> Treated {
    let birth = day_in(cell).ok_or(Reason::Format)?;
    let birth = date_of(birth).ok_or(Reason::Range)?;
    // years_since counts a 29 February birthday on 1 March of common years.
    let age = as_of.years_since(birth).ok_or(Reason::Range)?;
    if age >= OLDEST_BAND {
        return Ok(Value::Text(format!("{OLDEST_BAND}+")));
    }
    let from = age - age % size.max(1);
    let to = (from + size.max(1) - 1).min(OLDEST_BAND - 1);
    Ok(Value::Text(format!("{from}-{to}")))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the column holds floats; whole multiples are exact enough"
)]
fn float_multiple(number: f64, size: Decimal, choose: &impl Fn(i128, bool) -> i128) -> Option<f64> {
    // Kept as two numbers: a size such as 0.1 is no float, and 3 * 0.1 is not 0.3.
    let (unscaled, power) = (size.unscaled() as f64, 10_f64.powi(i32::from(size.scale())));
    if !number.is_finite() {
        return None;
    }
    let quotient = number * power / unscaled;
    // Every float so large is a whole number, so it is the multiple already, as near as a float can tell.
    if quotient.abs() >= WHOLE_FLOATS {
        return Some(number);
    }
    let whole = quotient.floor();
    let rest = quotient - whole;
    let is_nearer_to_next = if number >= 0.0 { rest >= 0.5 } else { rest > 0.5 };
    let result = choose(whole as i128, is_nearer_to_next) as f64 * unscaled / power;
    result.is_finite().then_some(result)
}

/// 2^53: floats from here on have no fraction.
const WHOLE_FLOATS: f64 = 9_007_199_254_740_992.0;

/// Ages over 89 are one category: 45 CFR 164.514(b)(2)(i)(C).
const OLDEST_BAND: u32 = 90;

/// Version `2000`: three-digit ZIP areas of at most 20,000 people in the Census of 2000; HHS, "Guidance Regarding Methods for
/// De-identification of Protected Health Information", on 45 CFR 164.514(b)(2)(i)(B).
const RESTRICTED_ZIP3: [&str; 17] = [
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878",
    "879", "884", "890", "893",
];
