//! A leaf array as cells, and values as a new leaf array.
//!
//! [`Cells`] reads any supported leaf type by index; [`build`] makes an array of a given type from owned values. Arrays that come out
//! are built afresh: no buffer of the input, and nothing that lay under its nulls, survives in them.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BooleanArray, GenericBinaryArray,
    GenericStringArray, OffsetSizeTrait, PrimitiveArray, StringViewArray, new_null_array,
};
use arrow::array::{
    FixedSizeBinaryArray, FixedSizeBinaryBuilder, GenericBinaryBuilder, GenericStringBuilder,
};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};

/// One cell that is not null.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    Bool(bool),
    Bytes(&'a [u8]),
    /// Days since 1970-01-01 (date32).
    Day(i32),
    Decimal(i128, i8),
    Float32(f32),
    Float64(f64),
    Int(i128),
    /// Units since 1970-01-01T00:00:00 (timestamps, date64).
    Instant(i64, Ticks),
    Text(&'a str),
    /// Units since midnight.
    Time(i64, Ticks),
}

/// The unit of an instant or a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    /// Ticks of one second.
    pub(crate) per_second: i64,
    /// Whether the instant is in UTC (a timestamp with a zone).
    pub(crate) is_zoned: bool,
    /// Whether the type is date64.
    pub(crate) is_date: bool,
}

impl Ticks {
    fn new(unit: TimeUnit, is_zoned: bool) -> Self {
        Self { per_second: ticks_per_second(unit), is_zoned, is_date: false }
    }

    /// Nanoseconds of `ticks`.
    pub(crate) fn nanoseconds(self, ticks: i64) -> i128 {
        i128::from(ticks) * i128::from(1_000_000_000 / self.per_second)
    }

    /// Ticks of `nanoseconds`, if they are whole and fit.
    pub(crate) fn of_nanoseconds(self, nanoseconds: i128) -> Option<i64> {
        let per_tick = i128::from(1_000_000_000 / self.per_second);
        (nanoseconds % per_tick == 0).then(|| i64::try_from(nanoseconds / per_tick).ok()).flatten()
    }

    /// Ticks of a day.
    pub(crate) fn per_day(self) -> i64 {
        self.per_second * crate::calendar::DAY_SECONDS
    }
}

pub(crate) fn ticks_per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// The unit of a temporal type that counts ticks.
pub(crate) fn ticks_of(data_type: &DataType) -> Option<Ticks> {
    match data_type {
        DataType::Timestamp(unit, zone) => Some(Ticks::new(*unit, zone.is_some())),
        DataType::Time32(unit) | DataType::Time64(unit) => Some(Ticks::new(*unit, false)),
        DataType::Date64 => Some(Ticks { per_second: 1_000, is_zoned: false, is_date: true }),
        _ => None,
    }
}

/// An owned cell for [`build`]; `Null` where there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    Bytes(Vec<u8>),
    Day(i32),
    Decimal(i128),
    Float32(f32),
    Float64(f64),
    Int(i128),
    Null,
    Text(String),
    /// Ticks of an instant or a time of day.
    Ticks(i64),
}

/// Why an array could not be read or built. Misuse between our rooms or an array too large for its type; never about a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// The offsets of the type cannot address so many bytes.
    #[error("the result is too large for one array of type {data_type}; use smaller batches")]
    TooLarge {
        /// The Arrow type.
        data_type: String,
    },
    /// The type is not one that the action takes.
    #[error("type {data_type} is not supported here")]
    Unsupported {
        /// The Arrow type.
        data_type: String,
    },
    /// A value does not belong into the type.
    #[error("a result does not belong into an array of type {data_type}")]
    WrongKind {
        /// The Arrow type.
        data_type: String,
    },
}

type Getter<'a> = Box<dyn Fn(usize) -> Cell<'a> + Send + Sync + 'a>;

/// The cells of one leaf array.
pub(crate) struct Cells<'a> {
    array: &'a dyn Array,
    get: Getter<'a>,
}

impl<'a> Cells<'a> {
    /// Reads `array`, which must not be dictionary-encoded.
    pub(crate) fn new(array: &'a dyn Array) -> Result<Self, CellError> {
        Ok(Self { array, get: getter(array)? })
    }

    /// The number of cells, nulls included.
    pub(crate) fn len(&self) -> usize {
        self.array.len()
    }

    /// The cell at `index`, or `None` if it is null.
    pub(crate) fn get(&self, index: usize) -> Option<Cell<'a>> {
        self.array.is_valid(index).then(|| (self.get)(index))
    }
}

fn getter<'a>(array: &'a dyn Array) -> Result<Getter<'a>, CellError> {
    if let Some(ticks) = ticks_of(array.data_type()) {
        return temporal_getter(array, ticks);
    }
    Ok(match array.data_type() {
        DataType::Utf8 => texts(array.as_string::<i32>()),
        DataType::LargeUtf8 => texts(array.as_string::<i64>()),
        DataType::Utf8View => boxed(array.as_string_view(), |a, i| Cell::Text(a.value(i))),
        DataType::Binary => binaries(array.as_binary::<i32>()),
        DataType::LargeBinary => binaries(array.as_binary::<i64>()),
        DataType::BinaryView => boxed(array.as_binary_view(), |a, i| Cell::Bytes(a.value(i))),
        DataType::FixedSizeBinary(_) => {
            boxed(array.as_fixed_size_binary(), |a, i| Cell::Bytes(a.value(i)))
        }
        DataType::Boolean => boxed(array.as_boolean(), |a, i| Cell::Bool(a.value(i))),
        DataType::Int8 => ints::<Int8Type>(array),
        DataType::Int16 => ints::<Int16Type>(array),
        DataType::Int32 => ints::<Int32Type>(array),
        DataType::Int64 => ints::<Int64Type>(array),
        DataType::UInt8 => ints::<UInt8Type>(array),
        DataType::UInt16 => ints::<UInt16Type>(array),
        DataType::UInt32 => ints::<UInt32Type>(array),
        DataType::UInt64 => ints::<UInt64Type>(array),
        DataType::Float32 => primitives::<Float32Type>(array, Cell::Float32),
        DataType::Float64 => primitives::<Float64Type>(array, Cell::Float64),
        DataType::Date32 => primitives::<Date32Type>(array, Cell::Day),
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            primitives::<Decimal128Type>(array, move |unscaled| Cell::Decimal(unscaled, scale))
        }
        other => return Err(CellError::Unsupported { data_type: other.to_string() }),
    })
}

fn temporal_getter<'a>(array: &'a dyn Array, ticks: Ticks) -> Result<Getter<'a>, CellError> {
    let instant = move |count: i64| Cell::Instant(count, ticks);
    let time = move |count: i64| Cell::Time(count, ticks);
    Ok(match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => {
            primitives::<TimestampSecondType>(array, instant)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            primitives::<TimestampMillisecondType>(array, instant)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            primitives::<TimestampMicrosecondType>(array, instant)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            primitives::<TimestampNanosecondType>(array, instant)
        }
        DataType::Date64 => primitives::<Date64Type>(array, instant),
        DataType::Time32(TimeUnit::Second) => {
            primitives::<Time32SecondType>(array, move |count| time(count.into()))
        }
        DataType::Time32(TimeUnit::Millisecond) => {
            primitives::<Time32MillisecondType>(array, move |count| time(count.into()))
        }
        DataType::Time64(TimeUnit::Microsecond) => primitives::<Time64MicrosecondType>(array, time),
        DataType::Time64(TimeUnit::Nanosecond) => primitives::<Time64NanosecondType>(array, time),
        other => return Err(CellError::Unsupported { data_type: other.to_string() }),
    })
}

fn boxed<'a, A: Sync>(
    array: &'a A,
    get: impl Fn(&'a A, usize) -> Cell<'a> + Send + Sync + 'a,
) -> Getter<'a> {
    Box::new(move |index| get(array, index))
}

fn texts<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> Getter<'_> {
    boxed(array, |array, index| Cell::Text(array.value(index)))
}

fn binaries<O: OffsetSizeTrait>(array: &GenericBinaryArray<O>) -> Getter<'_> {
    boxed(array, |array, index| Cell::Bytes(array.value(index)))
}

fn primitives<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    cell: impl Fn(T::Native) -> Cell<'a> + Send + Sync + 'a,
) -> Getter<'a> {
    boxed(array.as_primitive::<T>(), move |array: &PrimitiveArray<T>, index| {
        cell(array.value(index))
    })
}

fn ints<'a, T: ArrowPrimitiveType<Native: Into<i128>>>(array: &'a dyn Array) -> Getter<'a> {
    primitives::<T>(array, |number| Cell::Int(number.into()))
}

/// Builds an array of `data_type` from `values`.
///
/// # Errors
/// [`CellError::WrongKind`] if a value is of another kind or out of the type's range, [`CellError::TooLarge`] if the bytes do not fit.
pub(crate) fn build(data_type: &DataType, values: &[Value]) -> Result<ArrayRef, CellError> {
    let array = match data_type {
        DataType::Utf8 => build_text::<i32>(data_type, values)?,
        DataType::LargeUtf8 => build_text::<i64>(data_type, values)?,
        DataType::Utf8View => {
            Arc::new(StringViewArray::from_iter(collect(data_type, values, as_text)?))
        }
        DataType::Binary => build_bytes::<i32>(data_type, values)?,
        DataType::LargeBinary => build_bytes::<i64>(data_type, values)?,
        DataType::BinaryView => {
            Arc::new(BinaryViewArray::from_iter(collect(data_type, values, as_bytes)?))
        }
        DataType::FixedSizeBinary(size) => build_fixed(data_type, *size, values)?,
        DataType::Boolean => {
            Arc::new(BooleanArray::from(collect(data_type, values, |value| match value {
                Value::Bool(bool) => Some(*bool),
                _ => None,
            })?))
        }
        DataType::Int8 => build_ints::<Int8Type>(data_type, values)?,
        DataType::Int16 => build_ints::<Int16Type>(data_type, values)?,
        DataType::Int32 => build_ints::<Int32Type>(data_type, values)?,
        DataType::Int64 => build_ints::<Int64Type>(data_type, values)?,
        DataType::UInt8 => build_ints::<UInt8Type>(data_type, values)?,
        DataType::UInt16 => build_ints::<UInt16Type>(data_type, values)?,
        DataType::UInt32 => build_ints::<UInt32Type>(data_type, values)?,
        DataType::UInt64 => build_ints::<UInt64Type>(data_type, values)?,
        DataType::Float32 => {
            build_primitive::<Float32Type>(data_type, values, |value| match value {
                Value::Float32(number) => Some(*number),
                _ => None,
            })?
        }
        DataType::Float64 => {
            build_primitive::<Float64Type>(data_type, values, |value| match value {
                Value::Float64(number) => Some(*number),
                _ => None,
            })?
        }
        DataType::Date32 => {
            build_primitive::<Date32Type>(data_type, values, |value| match value {
                Value::Day(day) => Some(*day),
                _ => None,
            })?
        }
        DataType::Decimal128(..) => {
            build_primitive::<Decimal128Type>(data_type, values, |value| match value {
                Value::Decimal(unscaled) => Some(*unscaled),
                _ => None,
            })?
        }
        DataType::Null => new_null_array(&DataType::Null, values.len()),
        _ => build_temporal(data_type, values)?,
    };
    Ok(array)
}

fn build_temporal(data_type: &DataType, values: &[Value]) -> Result<ArrayRef, CellError> {
    let long = |value: &Value| match value {
        Value::Ticks(ticks) => Some(*ticks),
        _ => None,
    };
    let short = |value: &Value| long(value).and_then(|ticks| i32::try_from(ticks).ok());
    match data_type {
        DataType::Timestamp(TimeUnit::Second, _) => {
            build_primitive::<TimestampSecondType>(data_type, values, long)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            build_primitive::<TimestampMillisecondType>(data_type, values, long)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            build_primitive::<TimestampMicrosecondType>(data_type, values, long)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            build_primitive::<TimestampNanosecondType>(data_type, values, long)
        }
        DataType::Date64 => build_primitive::<Date64Type>(data_type, values, long),
        DataType::Time32(TimeUnit::Second) => {
            build_primitive::<Time32SecondType>(data_type, values, short)
        }
        DataType::Time32(TimeUnit::Millisecond) => {
            build_primitive::<Time32MillisecondType>(data_type, values, short)
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            build_primitive::<Time64MicrosecondType>(data_type, values, long)
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            build_primitive::<Time64NanosecondType>(data_type, values, long)
        }
        other => Err(CellError::Unsupported { data_type: other.to_string() }),
    }
}

/// Each value through `read`; nulls stay, anything that `read` does not take is of the wrong kind.
fn collect<'a, T>(
    data_type: &DataType,
    values: &'a [Value],
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Vec<Option<T>>, CellError> {
    let wrong_kind = || CellError::WrongKind { data_type: data_type.to_string() };
    let read = |value: &'a Value| match value {
        Value::Null => Ok(None),
        other => read(other).map(Some).ok_or_else(wrong_kind),
    };
    values.iter().map(read).collect()
}

fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn as_bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn build_text<O: OffsetSizeTrait>(
    data_type: &DataType,
    values: &[Value],
) -> Result<ArrayRef, CellError> {
    let texts = collect(data_type, values, as_text)?;
    let size = checked_size::<O>(data_type, texts.iter().flatten().map(|text| text.len()))?;
    let mut builder = GenericStringBuilder::<O>::with_capacity(texts.len(), size);
    builder.extend(texts);
    Ok(Arc::new(builder.finish()))
}

fn build_bytes<O: OffsetSizeTrait>(
    data_type: &DataType,
    values: &[Value],
) -> Result<ArrayRef, CellError> {
    let cells = collect(data_type, values, as_bytes)?;
    let size = checked_size::<O>(data_type, cells.iter().flatten().map(|bytes| bytes.len()))?;
    let mut builder = GenericBinaryBuilder::<O>::with_capacity(cells.len(), size);
    builder.extend(cells);
    Ok(Arc::new(builder.finish()))
}

/// The sum of `sizes`, if offsets of type `O` can address it: Arrow's builders panic beyond.
fn checked_size<O: OffsetSizeTrait>(
    data_type: &DataType,
    sizes: impl Iterator<Item = usize>,
) -> Result<usize, CellError> {
    let size = sizes.sum();
    match O::from_usize(size) {
        Some(_) => Ok(size),
        None => Err(CellError::TooLarge { data_type: data_type.to_string() }),
    }
}

fn build_fixed(data_type: &DataType, size: i32, values: &[Value]) -> Result<ArrayRef, CellError> {
    let wrong_kind = |_| CellError::WrongKind { data_type: data_type.to_string() };
    let mut builder = FixedSizeBinaryBuilder::with_capacity(values.len(), size);
    for cell in collect(data_type, values, as_bytes)? {
        match cell {
            Some(bytes) => builder.append_value(bytes).map_err(wrong_kind)?,
            None => builder.append_null(),
        }
    }
    let array: FixedSizeBinaryArray = builder.finish();
    Ok(Arc::new(array))
}

fn build_primitive<T: ArrowPrimitiveType>(
    data_type: &DataType,
    values: &[Value],
    read: impl Fn(&Value) -> Option<T::Native>,
) -> Result<ArrayRef, CellError> {
    let array: PrimitiveArray<T> = collect(data_type, values, read)?.into_iter().collect();
    Ok(Arc::new(array.with_data_type(data_type.clone())))
}

fn build_ints<T: ArrowPrimitiveType<Native: TryFrom<i128>>>(
    data_type: &DataType,
    values: &[Value],
) -> Result<ArrayRef, CellError> {
    build_primitive::<T>(data_type, values, |value| match value {
        Value::Int(number) => T::Native::try_from(*number).ok(),
        _ => None,
    })
}
