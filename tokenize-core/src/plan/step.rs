//! One leaf's treatment: which types an action takes, what comes out, and which key it needs.

use arrow::datatypes::{DataType, TimeUnit};

use super::fault::PlanFaultKind;
use crate::column::cell::ticks_of;
use crate::column::{is_text, value_type};
use crate::field::FieldPath;
use crate::format::{Format, Kind};
use crate::keys::Power;
use crate::policy::{Action, CellOutput, Generalize, Normalize, OnInvalid, PseudonymOutput};

/// What happens to one leaf.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) path: FieldPath,
    /// The action, its domain filled in and its format fitted to the type.
    pub(crate) action: Action,
    pub(crate) normalize: Vec<Normalize>,
    /// What happens to a value that does not fit. Always `fail` in an unmask, which must not destroy what it cannot read.
    pub(crate) on_invalid: OnInvalid,
    /// Whether the text `[REDACTED]` stands for a value that was redacted because it did not fit.
    pub(crate) has_redacted: bool,
    /// Key version, and what is needed of it.
    pub(crate) key: Option<(u32, Power)>,
    pub(crate) from: DataType,
    pub(crate) to: DataType,
    /// What kind of plaintext an `encrypt` cell holds.
    pub(crate) logical: Option<Logical>,
}

/// Which way a plan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Mask,
    Unmask,
}

/// The logical type of an `encrypt` cell (`docs/format.md`, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logical {
    Binary,
    Bool,
    Date,
    Decimal,
    Float32,
    Float64,
    Int,
    String,
    Time,
    Timestamp,
}

impl Logical {
    pub(crate) const ALL: [Self; 10] = [
        Self::String,
        Self::Int,
        Self::Binary,
        Self::Decimal,
        Self::Float64,
        Self::Float32,
        Self::Bool,
        Self::Date,
        Self::Timestamp,
        Self::Time,
    ];

    /// The logical type of an Arrow leaf type.
    pub(crate) fn of(data_type: &DataType) -> Option<Self> {
        Some(match value_type(data_type) {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::String,
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => Self::Binary,
            other if other.is_integer() => Self::Int,
            DataType::Decimal128(..) => Self::Decimal,
            DataType::Float32 => Self::Float32,
            DataType::Float64 => Self::Float64,
            DataType::Boolean => Self::Bool,
            DataType::Date32 => Self::Date,
            DataType::Timestamp(..) | DataType::Date64 => Self::Timestamp,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Decimal => "decimal",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Int => "int",
            Self::String => "string",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|logical| logical.name() == name)
    }

    /// The Arrow type that cells of this kind are given back in when nothing recorded the original one.
    pub(crate) fn usual_type(self) -> DataType {
        match self {
            Self::Binary => DataType::Binary,
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Decimal => DataType::Decimal128(38, 10),
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Int => DataType::Int64,
            Self::String => DataType::Utf8,
            Self::Time => DataType::Time64(TimeUnit::Nanosecond),
            Self::Timestamp => DataType::Timestamp(TimeUnit::Nanosecond, None),
        }
    }
}

/// Fits an action to a leaf type: the action as it will run (a `decimal` format learns its scale) and the type that comes out.
pub(crate) fn fit(
    action: &Action,
    data_type: &DataType,
) -> Result<(Action, DataType), PlanFaultKind> {
    let unsupported = || PlanFaultKind::UnsupportedType {
        action: described(action),
        data_type: data_type.to_string(),
    };
    let to = match action {
        Action::Tokenize { domain, format } => {
            let format = fit_format(format, data_type)?;
            return Ok((Action::Tokenize { domain: domain.clone(), format }, data_type.clone()));
        }
        Action::Pseudonymize { output, .. } => pseudonym_type(*output, data_type),
        Action::Encrypt { output, .. } => {
            Logical::of(data_type).map(|_| cell_type(*output, data_type))
        }
        Action::Redact { .. } | Action::Keep | Action::Drop => Some(data_type.clone()),
        Action::Surrogate { .. } | Action::Text(_) | Action::Truncate { .. } => {
            is_text(data_type).then(|| data_type.clone())
        }
        Action::Generalize(how) => {
            check_size(how, value_type(data_type))?;
            generalized_type(how, data_type)
        }
        // A shifted dictionary could outgrow its keys, so it becomes a plain column.
        Action::ShiftDate { .. } => is_day_like(data_type).then(|| value_type(data_type).clone()),
    };
    to.map(|to| (action.clone(), to)).ok_or_else(unsupported)
}

fn fit_format(format: &Format, data_type: &DataType) -> Result<Format, PlanFaultKind> {
    let unsupported = || PlanFaultKind::UnsupportedType {
        action: format!("tokenize, format {}", format.name()),
        data_type: data_type.to_string(),
    };
    let narrow = || PlanFaultKind::Narrow { data_type: data_type.to_string() };
    let values = value_type(data_type);
    let kind = kind_of(values).filter(|kind| format.supports(*kind)).ok_or_else(unsupported)?;
    let format = match (kind, values) {
        (Kind::Decimal, DataType::Decimal128(_, scale)) => format.with_column_scale(*scale),
        _ => format.with_text_scale(),
    };
    let format = format.map_err(PlanFaultKind::Format)?;
    let holds = |bounds: Option<(i128, i128)>, (low, high): (i128, i128)| {
        bounds.is_some_and(|(from, to)| low <= from && to <= high)
    };
    let is_wide_enough = match (kind, values) {
        (Kind::Int, _) => int_range(values).is_some_and(|range| holds(format.int_bounds(), range)),
        (Kind::Decimal, DataType::Decimal128(precision, scale)) => {
            let limit = 10_i128.pow(u32::from(*precision)) - 1;
            holds(format.decimal_bounds(*scale), (-limit, limit))
        }
        (Kind::Day, _) => {
            let bounds = format.day_bounds().map(|(from, to)| (from.into(), to.into()));
            holds(bounds, day_range(values))
        }
        _ => true,
    };
    if is_wide_enough { Ok(format) } else { Err(narrow()) }
}

/// The kind of values that a format sees in a column of this type.
pub(crate) fn kind_of(data_type: &DataType) -> Option<Kind> {
    Some(match data_type {
        other if is_text(other) => Kind::Text,
        other if other.is_integer() => Kind::Int,
        DataType::Decimal128(..) => Kind::Decimal,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Kind::Day,
        DataType::FixedSizeBinary(16) => Kind::Bytes,
        _ => return None,
    })
}

fn int_range(data_type: &DataType) -> Option<(i128, i128)> {
    Some(match data_type {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 => (i32::MIN.into(), i32::MAX.into()),
        DataType::Int64 => (i64::MIN.into(), i64::MAX.into()),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::UInt64 => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// The whole days that a type holds with any time of day.
fn day_range(data_type: &DataType) -> (i128, i128) {
    match ticks_of(data_type) {
        Some(ticks) => {
            let per_day = i128::from(ticks.per_day());
            (
                i128::from(i64::MIN).div_euclid(per_day) + 1,
                i128::from(i64::MAX).div_euclid(per_day) - 1,
            )
        }
        None => (i32::MIN.into(), i32::MAX.into()),
    }
}

fn pseudonym_type(output: PseudonymOutput, data_type: &DataType) -> Option<DataType> {
    if !has_canonical_values(data_type) {
        return None;
    }
    Some(match (output, value_type(data_type)) {
        (PseudonymOutput::Int64, _) => DataType::Int64,
        (PseudonymOutput::Uuid, DataType::FixedSizeBinary(16)) => data_type.clone(),
        _ if is_text(data_type) => data_type.clone(),
        _ => DataType::Utf8,
    })
}

/// Whether cells of the type have a canonical value (`docs/format.md`, section 3).
pub(crate) fn has_canonical_values(data_type: &DataType) -> bool {
    !matches!(
        Logical::of(data_type),
        None | Some(Logical::Bool | Logical::Float32 | Logical::Float64 | Logical::Time)
    )
}

fn cell_type(output: CellOutput, data_type: &DataType) -> DataType {
    let is_large = matches!(value_type(data_type), DataType::LargeUtf8 | DataType::LargeBinary);
    match (output, is_large) {
        (CellOutput::String, false) => DataType::Utf8,
        (CellOutput::String, true) => DataType::LargeUtf8,
        (_, false) => DataType::Binary,
        (_, true) => DataType::LargeBinary,
    }
}

/// A step of one unit or less would leave every number as it is.
fn check_size(how: &Generalize, values: &DataType) -> Result<(), PlanFaultKind> {
    let (Generalize::Bucket { size } | Generalize::Round { size }) = how else { return Ok(()) };
    let scale = match values {
        DataType::Decimal128(_, scale) => *scale,
        other if other.is_integer() => 0,
        _ => return Ok(()),
    };
    let is_finer = i32::from(size.scale()) > i32::from(scale);
    if is_finer || size.units(scale) == Some(1) {
        let (size, data_type) = (size.to_string(), values.to_string());
        return Err(PlanFaultKind::SizeTooFine { size, data_type });
    }
    Ok(())
}

fn generalized_type(how: &Generalize, data_type: &DataType) -> Option<DataType> {
    let values = value_type(data_type);
    let stays = || Some(data_type.clone());
    match how {
        Generalize::Year | Generalize::Month if is_day_like(data_type) => stays(),
        Generalize::Zip3 if is_text(data_type) => stays(),
        Generalize::AgeBand { .. } if is_text(data_type) => stays(),
        Generalize::AgeBand { .. } if is_day_like(data_type) => Some(DataType::Utf8),
        Generalize::Bucket { .. } | Generalize::Round { .. } => {
            let is_number = values.is_integer()
                || matches!(
                    values,
                    DataType::Decimal128(..) | DataType::Float32 | DataType::Float64
                );
            is_number.then(stays).flatten()
        }
        _ => None,
    }
}

/// Dates, timestamps and texts that may hold them.
fn is_day_like(data_type: &DataType) -> bool {
    matches!(kind_of(value_type(data_type)), Some(Kind::Day | Kind::Text))
}

/// Whether a step can turn a value into null where there was none.
pub(crate) fn can_make_null(
    action: &Action,
    on_invalid: OnInvalid,
    from: &DataType,
    to: &DataType,
) -> bool {
    let text = is_text(to);
    match action {
        Action::Redact { .. } => !text,
        Action::Pseudonymize { output: PseudonymOutput::Int64, .. } => {
            is_text(from)
                || Logical::of(from) == Some(Logical::Binary)
                || on_invalid != OnInvalid::Fail
        }
        _ => on_invalid == OnInvalid::Nullify || (on_invalid == OnInvalid::Redact && !text),
    }
}

/// The action for a message: with its format or kind where it has one.
pub(crate) fn described(action: &Action) -> String {
    match action {
        Action::Tokenize { format, .. } => format!("tokenize, format {}", format.name()),
        Action::Surrogate { kind, .. } => format!("surrogate, kind {}", kind.name()),
        Action::Generalize(how) => format!("generalize, to {}", how.name()),
        other => other.name().to_owned(),
    }
}
