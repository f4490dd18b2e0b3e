//! `shift_date`: all dates of one subject move by the same secret number of days (`docs/format.md`, section 8).

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StructArray};
use arrow::compute::{cast, nullif};
use arrow::datatypes::DataType;

use super::tokenize::day_value;
use super::{ActionError, Reason, Treat, Treated, canonical};
use crate::calendar::{read_text, write_day};
use crate::column::cell::{Cell, Cells, Ticks, Value, ticks_of};
use crate::column::value_type;
use crate::crypto::kdf::Purpose;
use crate::crypto::prf::Prf;
use crate::field::{FieldPath, Step as PathStep};
use crate::keys::Keyring;
use crate::plan::{Direction, Step};
use crate::policy::Action;

/// The shifts of one column's dates, by the masked cells of its subject.
pub(super) struct Shifts {
    pub(super) subject: FieldPath,
    prf: Prf,
    max_days: u32,
}

impl Shifts {
    /// The shifts of a step, `None` if it moves no dates.
    pub(super) fn new(step: &Step, keyring: &Keyring) -> Result<Option<Self>, ActionError> {
        let Action::ShiftDate { max_days, subject } = &step.action else { return Ok(None) };
        let Some(key) = super::root_of(step, keyring)? else { return Ok(None) };
        let prf = Prf::new(&key.subkey(Purpose::ShiftDate, &[max_days.to_string().as_bytes()]));
        Ok(Some(Self { subject: subject.clone(), prf, max_days: *max_days }))
    }

    /// The days to add in each row; `None` where there is no subject.
    pub(super) fn by_row(
        &self,
        subject: &ArrayRef,
        direction: Direction,
    ) -> Result<Vec<Option<i64>>, ActionError> {
        let plain = cast(subject, value_type(subject.data_type()))?;
        let cells = Cells::new(plain.as_ref())
            .map_err(|source| ActionError::Column { path: self.subject.to_string(), source })?;
        let mut message = Vec::new();
        let mut days = |i: usize| {
            message.clear();
            canonical::write(&cells.get(i)?, &mut message)?;
            let days = (!message.is_empty()).then(|| self.days(&message))?;
            Some(if direction == Direction::Mask { days } else { -days })
        };
        Ok((0..cells.len()).map(&mut days).collect())
    }

    /// 1 to `max_days`, either way.
    fn days(&self, subject: &[u8]) -> i64 {
        let [high @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.prf.tag(subject);
        let max_days = u128::from(self.max_days);
        let drawn = u128::from_be_bytes(high) % (2 * max_days);
        let (size, sign) =
            if drawn < max_days { (drawn + 1, 1) } else { (drawn - max_days + 1, -1) };
        sign * i64::try_from(size).unwrap_or(0)
    }
}

/// The leaf array of a subject: no list or map is above it.
pub(super) fn leaf_of(batch: &RecordBatch, path: &FieldPath) -> Option<ArrayRef> {
    let [PathStep::Name(name), inner @ ..] = path.steps() else { return None };
    descend(batch.column_by_name(name)?.clone(), inner)
}

/// The leaf array under `steps` of a column, null where a parent is.
pub(super) fn descend(array: ArrayRef, steps: &[PathStep]) -> Option<ArrayRef> {
    let mut array = array;
    for step in steps {
        let PathStep::Name(name) = step else { return None };
        let parent = array.as_any().downcast_ref::<StructArray>()?;
        let child = parent.column_by_name(name)?.clone();
        array = match parent.nulls() {
            Some(nulls) => {
                let under_null = BooleanArray::new(!nulls.inner(), None);
                nullif(&child, &under_null).ok()?
            }
            None => child,
        };
    }
    Some(array)
}

/// Moves the dates of one column.
pub(super) struct Shifting {
    ticks: Option<Ticks>,
}

impl Shifting {
    pub(super) fn new(to: &DataType) -> Self {
        Self { ticks: ticks_of(value_type(to)) }
    }

    fn shift(&self, cell: &Cell<'_>, days: i64) -> Treated {
        match cell {
            Cell::Day(day) => {
                day_value(i64::from(*day) + days, cell, self.ticks).ok_or(Reason::Range)
            }
            Cell::Instant(count, from) => {
                day_value(count.div_euclid(from.per_day()) + days, cell, self.ticks)
                    .ok_or(Reason::Range)
            }
            Cell::Text(text) => {
                let (day, time) = read_text(text).ok_or(Reason::Format)?;
                let shifted = write_day(day + days).map(|date| date + time).ok_or(Reason::Range)?;
                // Years outside 0001..9999 could not be read back.
                read_text(&shifted).map(|_| Value::Text(shifted.clone())).ok_or(Reason::Range)
            }
            _ => Err(Reason::Format),
        }
    }
}

impl Treat for Shifting {
    fn treat(
        &self,
        cells: &[Cell<'_>],
        shifts: &[Option<i64>],
    ) -> Result<Vec<Treated>, ActionError> {
        let treat = |(cell, days): (&Cell<'_>, &Option<i64>)| {
            self.shift(cell, days.ok_or(Reason::Subject)?)
        };
        Ok(cells.iter().zip(shifts).map(treat).collect())
    }

    fn is_function_of_cell(&self) -> bool {
        false
    }
}
