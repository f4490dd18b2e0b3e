//! The quick loop of integers and days: an array of words to another of the same type.
//!
//! It does what the loop over cells does, value for value and fault for fault; a test holds the two against each other.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, NullBufferBuilder, PrimitiveArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type,
};

use super::{CHUNK, Task};
use crate::action::numbers::TreatNumbers;
use crate::action::{ActionError, Reason};
use crate::column::cell::Cell;
use crate::column::nest::Rows;
use crate::manifest::Lost;

type ToCell = fn(i64) -> Cell<'static>;

impl Task<'_> {
    /// Treats a leaf of numbers the quick way; `None` if the action, the step or the type has none.
    pub(super) fn run_numbers(
        &self,
        array: &ArrayRef,
        rows: &Rows,
    ) -> Option<Result<(ArrayRef, Lost), ActionError>> {
        let treat = self.treat.numbers()?;
        if self.reversal.is_some() || *array.data_type() != self.step.to {
            return None;
        }
        let words =
            Words { task: self, treat, cell: |number| Cell::Int(number.into()), array, rows };
        Some(match array.data_type() {
            DataType::Date32 => {
                let cell: ToCell = |day| i32::try_from(day).map_or(Cell::Int(0), Cell::Day);
                Words { cell, ..words }.run::<Date32Type>()
            }
            DataType::Int8 => words.run::<Int8Type>(),
            DataType::Int16 => words.run::<Int16Type>(),
            DataType::Int32 => words.run::<Int32Type>(),
            DataType::Int64 => words.run::<Int64Type>(),
            DataType::UInt8 => words.run::<UInt8Type>(),
            DataType::UInt16 => words.run::<UInt16Type>(),
            DataType::UInt32 => words.run::<UInt32Type>(),
            _ => return None,
        })
    }
}

/// A leaf of numbers of at most 64 bits, and what treats them.
struct Words<'a> {
    task: &'a Task<'a>,
    treat: &'a dyn TreatNumbers,
    cell: ToCell,
    array: &'a ArrayRef,
    rows: &'a Rows,
}

impl Words<'_> {
    fn run<T: ArrowPrimitiveType<Native: Into<i64> + TryFrom<i64>>>(
        &self,
    ) -> Result<(ArrayRef, Lost), ActionError> {
        let array = self.array.as_primitive::<T>();
        let mut column = Column {
            values: Vec::with_capacity(array.len()),
            nulls: NullBufferBuilder::new(array.len()),
        };
        let mut lost = Lost::default();
        for start in (0..array.len()).step_by(CHUNK) {
            let chunk = start..array.len().min(start + CHUNK);
            self.run_chunk(array, chunk, &mut column, &mut lost)?;
        }
        let Column { values, mut nulls } = column;
        Ok((Arc::new(PrimitiveArray::<T>::new(values.into(), nulls.finish())), lost))
    }

    fn run_chunk<T: ArrowPrimitiveType<Native: Into<i64> + TryFrom<i64>>>(
        &self,
        array: &PrimitiveArray<T>,
        chunk: Range<usize>,
        column: &mut Column<T>,
        lost: &mut Lost,
    ) -> Result<(), ActionError> {
        let valid = |i: &usize| array.is_valid(*i);
        let mut numbers: Vec<i64> =
            chunk.clone().filter(valid).map(|i| array.value(i).into()).collect();
        let faults = self.treat.treat_numbers(&mut numbers, self.cell)?;
        let mut faults = faults.into_iter().peekable();
        let mut treated = numbers.into_iter().enumerate();
        for i in chunk {
            let Some((place, number)) = array.is_valid(i).then(|| treated.next()).flatten() else {
                column.push(None);
                continue;
            };
            let value = match faults.next_if(|(faulty, _)| *faulty == place) {
                Some((_, reason)) => Err(reason),
                None => T::Native::try_from(number).map_err(|_| Reason::Range),
            };
            // A number that is lost is null, whatever `on_invalid` writes into texts.
            if let Err(reason) = value {
                self.task.invalid(reason, self.rows.of(i), 1, lost)?;
            }
            column.push(value.ok());
        }
        Ok(())
    }
}

/// The new column.
struct Column<T: ArrowPrimitiveType> {
    values: Vec<T::Native>,
    nulls: NullBufferBuilder,
}

impl<T: ArrowPrimitiveType> Column<T> {
    fn push(&mut self, value: Option<T::Native>) {
        self.values.push(value.unwrap_or_default());
        self.nulls.append(value.is_some());
    }
}

#[cfg(test)]
mod tests;
