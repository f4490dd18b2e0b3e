//! The loop that all actions share.

mod dictionary;
mod numbers;
mod texts;

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::{cast, concat};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::{ActionError, REDACTED, Reason, Treat, Treated, is_redacted_text, text};
use crate::column::cell::{Cell, CellError, Cells, Value, build};
use crate::column::nest::Rows;
use crate::column::{is_text, value_type};
use crate::manifest::Lost;
use crate::plan::Step;
use crate::policy::{Action, Normalize, OnInvalid};

/// What is done to one leaf.
pub(super) struct Task<'a> {
    pub(super) step: &'a Step,
    pub(super) treat: &'a dyn Treat,
    /// By the batch's rows.
    pub(super) shifts: Option<&'a [Option<i64>]>,
    /// Columns whose values are looked for in this one's texts, by the batch's rows.
    pub(super) known: &'a [ArrayRef],
    /// In a remask, what brings the cells back first. Clear values live from there to `treat`, a chunk at a time.
    pub(super) reversal: Option<Box<Task<'a>>>,
    pub(super) first_row: u64,
}

impl Task<'_> {
    /// Treats one leaf array.
    pub(super) fn run(
        &self,
        array: &ArrayRef,
        rows: &Rows,
    ) -> Result<(ArrayRef, Lost), ActionError> {
        let step = self.step;
        match array.data_type() {
            // Null whatever is in it, also in types whose cells nothing else here reads.
            _ if matches!(step.action, Action::Redact { .. }) && !is_text(&step.to) => {
                Ok((new_null_array(&step.to, array.len()), Lost::default()))
            }
            DataType::Dictionary(..) if self.is_function_of_cell() => {
                self.run_dictionary(array, rows)
            }
            DataType::Dictionary(_, values) => self.run_plain(&cast(array, values)?, rows),
            _ => self.run_plain(array, rows),
        }
    }

    pub(super) fn is_function_of_cell(&self) -> bool {
        let is_reversal = self.reversal.as_ref().is_none_or(|task| task.is_function_of_cell());
        self.treat.is_function_of_cell() && is_reversal
    }

    fn run_plain(&self, array: &ArrayRef, rows: &Rows) -> Result<(ArrayRef, Lost), ActionError> {
        if !matches!(self.step.to, DataType::Dictionary(..)) {
            return self.run_pieces(array, rows);
        }
        let (_, values, lost) = self.run_values(array, rows, None)?;
        let entries: Vec<Option<usize>> = (0..values.len()).map(Some).collect();
        Ok((self.encode(&values, &entries)?, lost))
    }

    /// Treats a leaf that does not become a dictionary, pieces of it at once where there are threads for them. What becomes of a
    /// cell does not depend on its piece.
    fn run_pieces(&self, array: &ArrayRef, rows: &Rows) -> Result<(ArrayRef, Lost), ActionError> {
        let run = |array: &ArrayRef, rows: &Rows| {
            let quick = self.run_texts(array, rows).or_else(|| self.run_numbers(array, rows));
            quick.unwrap_or_else(|| {
                self.run_values(array, rows, None).map(|(array, _, lost)| (array, lost))
            })
        };
        let pieces = array.len().div_ceil(PIECE).min(MOST_PIECES);
        if pieces < 2 || rayon::current_num_threads() < 2 {
            return run(array, rows);
        }
        let len = array.len().div_ceil(pieces).next_multiple_of(CHUNK);
        let piece = |start: usize| {
            let len = len.min(array.len() - start);
            run(&array.slice(start, len), &rows.part(start..start + len))
        };
        let starts: Vec<usize> = (0..array.len()).step_by(len).collect();
        let done: Vec<_> = starts.into_par_iter().map(piece).collect();
        let done: Vec<(ArrayRef, Lost)> = done.into_iter().collect::<Result<_, _>>()?;
        let mut lost = Lost::default();
        done.iter().for_each(|(_, more)| lost.add(*more));
        let arrays: Vec<&dyn Array> = done.iter().map(|(array, _)| array.as_ref()).collect();
        Ok((self.joined(&arrays)?, lost))
    }

    fn joined(&self, arrays: &[&dyn Array]) -> Result<ArrayRef, ActionError> {
        let data_type = || self.step.to.to_string();
        concat(arrays).map_err(|error| match error {
            ArrowError::OffsetOverflowError(_) => {
                self.column_error(CellError::TooLarge { data_type: data_type() })
            }
            error => error.into(),
        })
    }

    /// The values of a plain array, treated: as an array of the target's value type, and as they are.
    /// `uses` says how many rows stand behind each value, where that is not one.
    fn run_values(
        &self,
        array: &ArrayRef,
        rows: &Rows,
        uses: Option<&[u64]>,
    ) -> Result<(ArrayRef, Vec<Value>, Lost), ActionError> {
        let cells = Cells::new(array.as_ref()).map_err(|error| self.column_error(error))?;
        let mut values = Vec::with_capacity(cells.len());
        let mut lost = Lost::default();
        while values.len() < cells.len() {
            let chunk = values.len()..cells.len().min(values.len() + CHUNK);
            self.run_chunk(&cells, chunk, rows, uses, &mut values, &mut lost)?;
        }
        let array =
            build(value_type(&self.step.to), &values).map_err(|error| self.column_error(error))?;
        Ok((array, values, lost))
    }

    fn run_chunk(
        &self,
        cells: &Cells<'_>,
        chunk: std::ops::Range<usize>,
        rows: &Rows,
        uses: Option<&[u64]>,
        values: &mut Vec<Value>,
        lost: &mut Lost,
    ) -> Result<(), ActionError> {
        let base = chunk.start;
        let uses_of = |i: usize| uses.map_or(1, |uses| uses[i]);
        let texts: Vec<Option<Cow<'_, str>>> = match self.step.normalize.as_slice() {
            [] => Vec::new(),
            steps => chunk.clone().map(|i| normal_form(cells.get(i), steps)).collect(),
        };
        let (mut places, mut to_treat) = (Vec::new(), Vec::new());
        for i in chunk {
            let cell = match texts.get(i - base).and_then(Option::as_deref) {
                Some(text) => Some(Cell::Text(text)),
                None => cells.get(i),
            };
            let value = match cell {
                None => Value::Null,
                Some(Cell::Text("") | Cell::Bytes([])) => self.empty(uses_of(i), lost),
                // Lost long ago, and counted then.
                Some(cell) if self.reversal.is_some() && is_redacted_text(self.step, &cell) => {
                    self.redacted()
                }
                Some(cell) if is_redacted_text(self.step, &cell) => self.replaced(uses_of(i), lost),
                Some(cell) => {
                    places.push(i);
                    to_treat.push(cell);
                    Value::Null
                }
            };
            values.push(value);
        }
        let treated = self.treated(&to_treat, &places, rows)?;
        for (place, treated) in places.into_iter().zip(treated) {
            values[place] = match treated {
                Ok(Value::Text(text)) if is_redacted_text(self.step, &Cell::Text(&text)) => {
                    self.replaced(uses_of(place), lost)
                }
                Ok(value) => value,
                Err(reason) => self.invalid(reason, rows.of(place), uses_of(place), lost)?,
            };
        }
        Ok(())
    }

    /// The results of cells, of which `places` says where in the leaf they are.
    fn treated(
        &self,
        cells: &[Cell<'_>],
        places: &[usize],
        rows: &Rows,
    ) -> Result<Vec<Treated>, ActionError> {
        let shifts = self.shifts.map(|shifts| places.iter().map(|i| shifts[rows.of(*i)]).collect());
        let shifts: Vec<_> = shifts.unwrap_or_default();
        let Some(reversal) = &self.reversal else {
            let numbers: Vec<usize> = match self.known {
                [] => Vec::new(),
                _ => places.iter().map(|i| rows.of(*i)).collect(),
            };
            let rows = text::Rows { numbers: &numbers, known: self.known };
            return self.treat.treat_in_rows(cells, &shifts, rows);
        };
        let clear = reversal.clear(cells, places, rows)?;
        let clear = Cells::new(clear.as_ref()).map_err(|error| self.column_error(error))?;
        let cells: Option<Vec<_>> = (0..clear.len()).map(|i| clear.get(i)).collect();
        let wrong = || CellError::WrongKind { data_type: reversal.step.to.to_string() };
        self.treat.treat(&cells.ok_or_else(|| self.column_error(wrong()))?, &shifts)
    }

    /// The values behind cells that are to be masked anew. One that cannot be had stops the run, whatever `on_invalid` is.
    fn clear(
        &self,
        cells: &[Cell<'_>],
        places: &[usize],
        rows: &Rows,
    ) -> Result<ArrayRef, ActionError> {
        let treated = self.treated(cells, places, rows)?.into_iter().zip(places);
        let values: Result<Vec<_>, _> = treated
            .map(|(value, place)| value.map_err(|reason| self.misfit(reason, rows.of(*place))))
            .collect();
        build(value_type(&self.step.to), &values?).map_err(|error| self.column_error(error))
    }

    /// What an empty string becomes: empty, or null where the type has nothing empty.
    fn empty(&self, uses: u64, lost: &mut Lost) -> Value {
        match value_type(&self.step.to) {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Value::Text(String::new()),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                Value::Bytes(Vec::new())
            }
            _ => {
                lost.emptied += uses;
                Value::Null
            }
        }
    }

    fn invalid(
        &self,
        reason: Reason,
        row: usize,
        uses: u64,
        lost: &mut Lost,
    ) -> Result<Value, ActionError> {
        match self.step.on_invalid {
            OnInvalid::Nullify => {
                lost.nullified += uses;
                Ok(Value::Null)
            }
            OnInvalid::Redact => Ok(self.replaced(uses, lost)),
            OnInvalid::Fail => Err(self.misfit(reason, row)),
        }
    }

    fn misfit(&self, reason: Reason, row: usize) -> ActionError {
        let row = self.first_row + row as u64;
        ActionError::Invalid { path: self.step.path.to_string(), row, reason }
    }

    fn replaced(&self, uses: u64, lost: &mut Lost) -> Value {
        lost.redacted += uses;
        self.redacted()
    }

    fn redacted(&self) -> Value {
        if is_text(&self.step.to) { Value::Text(REDACTED.to_owned()) } else { Value::Null }
    }

    fn column_error(&self, source: CellError) -> ActionError {
        ActionError::Column { path: self.step.path.to_string(), source }
    }
}

pub(super) fn normal_form<'a>(cell: Option<Cell<'a>>, steps: &[Normalize]) -> Option<Cow<'a, str>> {
    let Some(Cell::Text(text)) = cell else { return None };
    let mut text = Cow::Borrowed(text);
    for step in steps {
        text = match step {
            Normalize::Lower => text.to_lowercase().into(),
            Normalize::Nfc => text.nfc().collect(),
            Normalize::Trim => match text {
                Cow::Borrowed(text) => text.trim().into(),
                Cow::Owned(text) => text.trim().to_owned().into(),
            },
        };
    }
    Some(text)
}

/// Values per round: enough for FF1 to work on many at once, few enough to stay in the cache.
const CHUNK: usize = 4096;

/// The fewest values that are worth a thread, and how many pieces a leaf has at most.
const PIECE: usize = 4 * CHUNK;
const MOST_PIECES: usize = 256;
