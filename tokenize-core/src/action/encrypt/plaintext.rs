//! Values as the plaintext of cells (`docs/format.md`, section 7).

use arrow::datatypes::DataType;

use crate::column::cell::{Cell, Ticks, Value};
use crate::plan::Logical;

/// The plaintext of a cell; `None` if a decimal of negative scale exceeds its 16 bytes.
pub(super) fn plaintext(cell: &Cell<'_>) -> Option<Vec<u8>> {
    Some(match cell {
        Cell::Text(text) => text.as_bytes().to_vec(),
        Cell::Bytes(bytes) => bytes.to_vec(),
        Cell::Int(number) => number.to_be_bytes().to_vec(),
        Cell::Decimal(unscaled, scale) => {
            let (unscaled, scale) = reduced(*unscaled, *scale)?;
            let mut bytes = scale.to_be_bytes().to_vec();
            bytes.extend_from_slice(&unscaled.to_be_bytes());
            bytes
        }
        Cell::Float32(number) => number.to_bits().to_be_bytes().to_vec(),
        Cell::Float64(number) => number.to_bits().to_be_bytes().to_vec(),
        Cell::Bool(bool) => vec![u8::from(*bool)],
        Cell::Day(day) => i64::from(*day).to_be_bytes().to_vec(),
        Cell::Instant(count, ticks) => ticks.nanoseconds(*count).to_be_bytes().to_vec(),
        Cell::Time(count, ticks) => {
            i64::try_from(ticks.nanoseconds(*count)).ok()?.to_be_bytes().to_vec()
        }
    })
}

/// The value in a plaintext, for a column of type `to`.
pub(super) fn value(
    plaintext: &[u8],
    logical: Logical,
    to: &DataType,
    ticks: Option<Ticks>,
) -> Option<Value> {
    Some(match logical {
        Logical::String => Value::Text(String::from_utf8(plaintext.to_vec()).ok()?),
        Logical::Binary => Value::Bytes(plaintext.to_vec()),
        Logical::Int => Value::Int(i128::from_be_bytes(plaintext.try_into().ok()?)),
        Logical::Decimal => {
            let (scale, unscaled) = plaintext.split_first()?;
            let (scale, unscaled) =
                (i8::from_be_bytes([*scale]), i128::from_be_bytes(unscaled.try_into().ok()?));
            let DataType::Decimal128(precision, to_scale) = to else { return None };
            let rescaled = rescaled(unscaled, scale, *to_scale)?;
            (rescaled.unsigned_abs() < 10_u128.checked_pow(u32::from(*precision))?)
                .then_some(Value::Decimal(rescaled))?
        }
        Logical::Float32 => {
            Value::Float32(f32::from_bits(u32::from_be_bytes(plaintext.try_into().ok()?)))
        }
        Logical::Float64 => {
            Value::Float64(f64::from_bits(u64::from_be_bytes(plaintext.try_into().ok()?)))
        }
        Logical::Bool => match plaintext {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            _ => return None,
        },
        Logical::Date => {
            Value::Day(i64::from_be_bytes(plaintext.try_into().ok()?).try_into().ok()?)
        }
        Logical::Timestamp => {
            Value::Ticks(ticks?.of_nanoseconds(i128::from_be_bytes(plaintext.try_into().ok()?))?)
        }
        Logical::Time => Value::Ticks(
            ticks?.of_nanoseconds(i64::from_be_bytes(plaintext.try_into().ok()?).into())?,
        ),
    })
}

/// The same number with no trailing zeros after the point.
fn reduced(mut unscaled: i128, mut scale: i8) -> Option<(i128, i8)> {
    while scale < 0 {
        unscaled = unscaled.checked_mul(10)?;
        scale += 1;
    }
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    Some((unscaled, scale))
}

fn rescaled(unscaled: i128, from: i8, to: i8) -> Option<i128> {
    let power = i32::from(to) - i32::from(from);
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 {
        return unscaled.checked_mul(factor);
    }
    (unscaled % factor == 0).then(|| unscaled / factor)
}
