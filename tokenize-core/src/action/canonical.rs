//! Canonical values (`docs/format.md`, section 3): the bytes that pseudonyms and shifts are made from.

use crate::calendar::{DAY_SECONDS, write_day, write_instant};
use crate::column::cell::Cell;

/// Appends the canonical value of a cell; `None` if its type has none (or its date is beyond the calendar).
pub(super) fn write(cell: &Cell<'_>, out: &mut Vec<u8>) -> Option<()> {
    match cell {
        Cell::Text(text) => out.extend_from_slice(text.as_bytes()),
        Cell::Bytes(bytes) => out.extend_from_slice(bytes),
        Cell::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Cell::Decimal(unscaled, scale) => {
            out.extend_from_slice(decimal(*unscaled, *scale).as_bytes())
        }
        Cell::Day(day) => out.extend_from_slice(write_day(i64::from(*day))?.as_bytes()),
        Cell::Instant(count, ticks) if ticks.is_date && count % ticks.per_day() == 0 => {
            out.extend_from_slice(write_day(count / ticks.per_second / DAY_SECONDS)?.as_bytes());
        }
        Cell::Instant(count, ticks) => {
            out.extend_from_slice(write_instant(ticks.nanoseconds(*count))?.as_bytes());
            if ticks.is_zoned {
                out.push(b'Z');
            }
        }
        Cell::Bool(_) | Cell::Float32(_) | Cell::Float64(_) | Cell::Time(..) => return None,
    }
    Some(())
}

/// Plain decimal writing without trailing zeros after the point.
fn decimal(unscaled: i128, scale: i8) -> String {
    let digits = unscaled.unsigned_abs().to_string();
    let sign = if unscaled < 0 { "-" } else { "" };
    if unscaled == 0 {
        return "0".to_owned();
    }
    let Ok(scale) = usize::try_from(scale) else {
        return format!("{sign}{digits}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_plain() {
        let cases = [
            (0, 2, "0"),
            (1250, 2, "12.5"),
            (1200, 2, "12"),
            (-5, 3, "-0.005"),
            (42, -2, "4200"),
            (42, 0, "42"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
        ];
        for (unscaled, scale, text) in cases {
            assert_eq!(decimal(unscaled, scale), text);
        }
    }
}
