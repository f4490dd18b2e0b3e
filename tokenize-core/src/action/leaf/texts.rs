//! The quick loop: a column of texts, straight into the bytes of the new column.
//!
//! It does what the loop over cells does, value for value and fault for fault; a test holds the two against each other.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayAccessor, ArrayRef, AsArray, GenericBinaryArray, GenericStringArray,
    NullBufferBuilder, OffsetSizeTrait, StringViewArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use super::{CHUNK, Task};
use crate::action::texts::{Results, TreatTexts};
use crate::action::{ActionError, REDACTED};
use crate::column::cell::{CellError, Value};
use crate::column::nest::Rows;
use crate::manifest::Lost;

impl Task<'_> {
    /// Treats a leaf of texts the quick way; `None` if the action, the step or a type has none.
    pub(super) fn run_texts(
        &self,
        array: &ArrayRef,
        rows: &Rows,
    ) -> Option<Result<(ArrayRef, Lost), ActionError>> {
        let treat = self.treat.texts()?;
        if self.reversal.is_some() || !self.step.normalize.is_empty() {
            return None;
        }
        let texts = Texts::new(array)?;
        Some(match self.step.to {
            DataType::Utf8 | DataType::Binary => self.run_chunks::<i32>(treat, &texts, rows),
            DataType::LargeUtf8
            | DataType::LargeBinary
            | DataType::Utf8View
            | DataType::BinaryView => self.run_chunks::<i64>(treat, &texts, rows),
            _ => return None,
        })
    }

    fn run_chunks<O: OffsetSizeTrait>(
        &self,
        treat: &dyn TreatTexts,
        texts: &Texts<'_>,
        rows: &Rows,
    ) -> Result<(ArrayRef, Lost), ActionError> {
        let len = texts.len();
        let mut column = Column::<O>::with_capacity(len, treat.bytes_for(len, texts.bytes()));
        let mut lost = Lost::default();
        for start in (0..len).step_by(CHUNK) {
            let chunk = start..len.min(start + CHUNK);
            self.run_texts_of(treat, texts, chunk, rows, &mut column, &mut lost)?;
        }
        Ok((column.finish(&self.step.to).map_err(|error| self.column_error(error))?, lost))
    }

    fn run_texts_of<O: OffsetSizeTrait>(
        &self,
        treat: &dyn TreatTexts,
        texts: &Texts<'_>,
        chunk: Range<usize>,
        rows: &Rows,
        column: &mut Column<O>,
        lost: &mut Lost,
    ) -> Result<(), ActionError> {
        let (mut roles, mut to_treat) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
        texts.read(chunk.clone(), |text| {
            let role = match text {
                None => Role::Null,
                Some("") => Role::Empty,
                Some(REDACTED) if self.step.has_redacted => Role::Redacted,
                Some(text) => {
                    to_treat.push(text);
                    Role::Treated
                }
            };
            roles.push(role);
        });
        let start = column.bytes.len();
        let mut results = Results::after(std::mem::take(&mut column.bytes));
        let treated = treat.treat_texts(&to_treat, &mut results);
        let Results { bytes, ends, faults } = results;
        column.bytes = bytes;
        treated?;
        if faults.is_empty() && !self.step.has_redacted {
            column.append(&roles, &ends, start);
            return Ok(());
        }
        let (tail, mut from) = (column.bytes.split_off(start), start);
        let (mut ends, mut faults) = (ends.into_iter().zip(0..), faults.into_iter().peekable());
        for (i, role) in chunk.zip(roles) {
            let value = match role {
                Role::Null => Value::Null,
                Role::Empty => Value::Text(String::new()),
                Role::Redacted => self.replaced(1, lost),
                Role::Treated => {
                    let Some((end, cell)) = ends.next() else { continue };
                    let bytes = &tail[from - start..end - start];
                    from = end;
                    match faults.next_if(|(faulty, _)| *faulty == cell) {
                        Some((_, reason)) => self.invalid(reason, rows.of(i), 1, lost)?,
                        None if self.step.has_redacted && bytes == REDACTED.as_bytes() => {
                            self.replaced(1, lost)
                        }
                        None => {
                            column.push(Some(bytes));
                            continue;
                        }
                    }
                }
            };
            column.push(match &value {
                Value::Text(text) => Some(text.as_bytes()),
                _ => None,
            });
        }
        Ok(())
    }
}

/// What becomes of a cell.
enum Role {
    Empty,
    Null,
    Redacted,
    Treated,
}

/// A leaf of texts to read.
enum Texts<'a> {
    Large(&'a GenericStringArray<i64>),
    Small(&'a GenericStringArray<i32>),
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    fn new(array: &'a ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8 => Some(Self::Small(array.as_string())),
            DataType::LargeUtf8 => Some(Self::Large(array.as_string())),
            DataType::Utf8View => Some(Self::View(array.as_string_view())),
            _ => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Large(array) => array.len(),
            Self::Small(array) => array.len(),
            Self::View(array) => array.len(),
        }
    }

    /// How many bytes the texts have; of views, about.
    fn bytes(&self) -> usize {
        fn of<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> usize {
            let offsets = array.value_offsets();
            offsets[array.len()].as_usize() - offsets[0].as_usize()
        }
        match self {
            Self::Large(array) => of(array),
            Self::Small(array) => of(array),
            Self::View(array) => array.len() * 12,
        }
    }

    fn read(&self, range: Range<usize>, each: impl FnMut(Option<&'a str>)) {
        fn of<'a>(
            array: impl ArrayAccessor<Item = &'a str>,
            range: Range<usize>,
            each: impl FnMut(Option<&'a str>),
        ) {
            match array.nulls() {
                None => range.map(|i| Some(array.value(i))).for_each(each),
                Some(nulls) => {
                    range.map(|i| nulls.is_valid(i).then(|| array.value(i))).for_each(each)
                }
            }
        }
        match self {
            Self::Large(array) => of(*array, range, each),
            Self::Small(array) => of(*array, range, each),
            Self::View(array) => of(*array, range, each),
        }
    }
}

/// The new column.
struct Column<O> {
    bytes: Vec<u8>,
    /// Where each cell ends, after a 0. Those of a column too large for `O` are wrong and never used.
    offsets: Vec<O>,
    nulls: NullBufferBuilder,
}

impl<O: OffsetSizeTrait> Column<O> {
    fn with_capacity(cells: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(cells + 1);
        offsets.push(O::usize_as(0));
        let bytes = Vec::with_capacity(bytes);
        Self { bytes, offsets, nulls: NullBufferBuilder::new(cells) }
    }

    /// Cells whose bytes are there already, those of treated ones up to `ends`.
    fn append(&mut self, roles: &[Role], ends: &[usize], start: usize) {
        let (mut at, mut ends) = (start, ends.iter());
        for role in roles {
            if matches!(role, Role::Treated) {
                at = ends.next().copied().unwrap_or(at);
            }
            self.offsets.push(O::usize_as(at));
            self.nulls.append(!matches!(role, Role::Null));
        }
    }

    fn push(&mut self, cell: Option<&[u8]>) {
        self.bytes.extend_from_slice(cell.unwrap_or_default());
        self.offsets.push(O::usize_as(self.bytes.len()));
        self.nulls.append(cell.is_some());
    }

    fn finish(mut self, data_type: &DataType) -> Result<ArrayRef, CellError> {
        let too_large = || CellError::TooLarge { data_type: data_type.to_string() };
        O::from_usize(self.bytes.len()).ok_or_else(too_large)?;
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let (bytes, nulls) = (Buffer::from_vec(self.bytes), self.nulls.finish());
        let wrong_kind = |_| CellError::WrongKind { data_type: data_type.to_string() };
        let array: ArrayRef = match data_type {
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Arc::new(
                GenericBinaryArray::<O>::try_new(offsets, bytes, nulls).map_err(wrong_kind)?,
            ),
            _ => Arc::new(
                GenericStringArray::<O>::try_new(offsets, bytes, nulls).map_err(wrong_kind)?,
            ),
        };
        match data_type {
            DataType::Utf8View | DataType::BinaryView => {
                cast(&array, data_type).map_err(wrong_kind)
            }
            _ => Ok(array),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
