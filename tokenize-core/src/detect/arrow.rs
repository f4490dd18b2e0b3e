//! Arrow arrays to the bytes that are searched.

use arrow::array::{Array, ArrayRef, AsArray, GenericByteArray, OffsetSizeTrait, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ByteArrayType, DataType};

use super::context::Mask;
use super::engine::{Spans, search};
use super::hit::Hit;
use super::table::Table;
use crate::calendar;
use crate::column::cell::{Cell, CellError, Cells};

/// Tells `found` the findings of each row of a leaf, rows ascending; rows of sliced and dictionary arrays are logical ones.
///
/// Numbers, dates and instants are searched as the text that [`text_of`] makes of them.
pub(super) fn search_array(
    table: &Table,
    array: &dyn Array,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) -> Result<(), CellError> {
    match array.data_type() {
        DataType::Null | DataType::Boolean => {}
        DataType::Utf8 => search_bytes(table, array.as_string::<i32>(), column, found),
        DataType::LargeUtf8 => search_bytes(table, array.as_string::<i64>(), column, found),
        DataType::Binary => search_bytes(table, array.as_binary::<i32>(), column, found),
        DataType::LargeBinary => search_bytes(table, array.as_binary::<i64>(), column, found),
        DataType::Utf8View => {
            let values = array.as_string_view().iter().map(|value| value.map(str::as_bytes));
            search_each(table, values, column, found);
        }
        DataType::BinaryView => search_each(table, array.as_binary_view().iter(), column, found),
        DataType::Dictionary(..) => search_dictionary(table, array, column, found)?,
        _ => {
            let cells = Cells::new(array)?;
            let texts: StringArray = (0..cells.len()).map(|row| text_of(cells.get(row)?)).collect();
            search_bytes(table, &texts, column, found);
        }
    }
    Ok(())
}

/// What a cell is searched as: integers and decimals in plain writing, floats that are whole numbers likewise (pandas makes them of
/// integers with nulls), dates and instants in ISO 8601.
pub(super) fn text_of(cell: Cell<'_>) -> Option<String> {
    Some(match cell {
        Cell::Text(text) => text.to_owned(),
        Cell::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Decimal(number, 0) => number.to_string(),
        Cell::Decimal(number, scale) => {
            let width = usize::try_from(scale).unwrap_or(0);
            let sign = if number < 0 { "-" } else { "" };
            let digits = format!("{:0>least$}", number.unsigned_abs(), least = width + 1);
            let (whole, rest) = digits.split_at_checked(digits.len() - width)?;
            let rest = rest.trim_end_matches('0');
            if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
        }
        Cell::Float32(number) => number.to_string(),
        Cell::Float64(number) => number.to_string(),
        Cell::Day(day) => calendar::write_day(day.into())?,
        Cell::Instant(ticks, unit) => calendar::write_day(ticks.div_euclid(unit.per_day()))?,
        Cell::Bool(_) | Cell::Time(..) => return None,
    })
}

fn search_bytes<T: ByteArrayType>(
    table: &Table,
    array: &GenericByteArray<T>,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) {
    let rows = Rows { offsets: array.value_offsets(), nulls: array.nulls() };
    search(table, array.value_data(), &rows, column, found);
}

fn search_each<'a>(
    table: &Table,
    values: impl Iterator<Item = Option<&'a [u8]>>,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) {
    for (row, value) in values.enumerate() {
        if let Some(value) = value {
            search(table, value, &(0, value.len()), column, &mut |_, hit| found(row, hit));
        }
    }
}

/// Each value of a dictionary is searched once.
fn search_dictionary(
    table: &Table,
    array: &dyn Array,
    column: Mask,
    found: &mut impl FnMut(usize, Hit),
) -> Result<(), CellError> {
    let dictionary = array.as_any_dictionary();
    let mut hits: Vec<(usize, Hit)> = Vec::new();
    search_array_of_values(table, dictionary.values(), column, &mut |value, hit| {
        hits.push((value, hit))
    })?;
    if hits.is_empty() {
        return Ok(());
    }
    let keys = dictionary.normalized_keys();
    for (row, key) in keys.into_iter().enumerate().filter(|(row, _)| array.is_valid(*row)) {
        let from = hits.partition_point(|(value, _)| *value < key);
        for (_, hit) in hits.iter().skip(from).take_while(|(value, _)| *value == key) {
            found(row, *hit);
        }
    }
    Ok(())
}

/// The same as [`search_array`] for what a dictionary holds; through a trait object, since dictionaries may nest.
fn search_array_of_values(
    table: &Table,
    values: &ArrayRef,
    column: Mask,
    found: &mut dyn FnMut(usize, Hit),
) -> Result<(), CellError> {
    search_array(table, values, column, &mut |row, hit| found(row, hit))
}

/// The rows of an array of strings or binaries.
struct Rows<'a, O> {
    offsets: &'a [O],
    nulls: Option<&'a NullBuffer>,
}

impl<O: OffsetSizeTrait> Spans for Rows<'_, O> {
    fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn span(&self, row: usize) -> (usize, usize) {
        let offset = |row: usize| self.offsets.get(row).map_or(0, |offset| offset.as_usize());
        (offset(row), offset(row + 1))
    }

    fn is_null(&self, row: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }
}
