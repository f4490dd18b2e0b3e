//! The values that the protected columns of a whole dataset hold, to be found in all its texts.

use arrow::array::RecordBatch;
use arrow::compute::cast;

use super::value_of;
use crate::action::ActionError;
use crate::action::shift_date::leaf_of;
use crate::column::cell::Cells;
use crate::column::value_type;
use crate::detect::{KnownScratch, KnownSet, KnownSetBuilder, KnownSetFinding, TooMany};
use crate::policy::KnownColumn;

/// Values by the column that holds them; of equal ones the first.
pub(crate) struct Dataset {
    set: KnownSet,
    /// By number.
    values: Vec<String>,
}

/// Collects the values of a dataset, batch by batch.
pub(crate) struct DatasetBuilder {
    columns: Vec<KnownColumn>,
    set: KnownSetBuilder,
    values: Vec<String>,
}

/// Why a dataset's values could not be collected.
#[derive(Debug)]
pub(crate) enum DatasetError {
    Action(ActionError),
    TooMany(TooMany),
}

impl DatasetBuilder {
    /// Collects what these columns hold.
    pub(crate) fn new(columns: &[KnownColumn]) -> Self {
        let set = KnownSetBuilder::new(MOST_VALUES, MOST_BYTES);
        Self { columns: columns.to_vec(), set, values: Vec::new() }
    }

    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), DatasetError> {
        for (source, column) in self.columns.iter().enumerate() {
            let error = |source| ActionError::Column { path: column.path.to_string(), source };
            let leaf = leaf_of(batch, &column.path)
                .ok_or(DatasetError::Action(ActionError::BatchSchema))?;
            let plain = cast(&leaf, value_type(leaf.data_type()))
                .map_err(|error| DatasetError::Action(error.into()))?;
            let cells = Cells::new(plain.as_ref());
            let cells = cells.map_err(|kind| DatasetError::Action(error(kind)))?;
            for value in (0..cells.len()).filter_map(|row| value_of(cells.get(row)?)) {
                let number = self.values.len() as u64;
                let is_new = self.set.add(source, column.kind, &value, number);
                if is_new.map_err(DatasetError::TooMany)? {
                    self.values.push(value);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn build(self) -> Dataset {
        Dataset { set: self.set.build(), values: self.values }
    }
}

impl Dataset {
    /// The places of values in a text, and the values.
    pub(super) fn find<'a>(
        &'a self,
        text: &str,
        scratch: &mut KnownScratch,
        found: &mut Vec<KnownSetFinding>,
    ) -> impl Iterator<Item = (KnownSetFinding, &'a str)> {
        found.clear();
        self.set.find(text, scratch, found);
        let value = |place: &KnownSetFinding| {
            let number = usize::try_from(place.value_id).ok()?;
            Some((*place, self.values.get(number)?.as_str()))
        };
        let places: Vec<_> = found.iter().filter_map(value).collect();
        places.into_iter()
    }
}

/// What is held in memory at most.
const MOST_VALUES: usize = 5_000_000;
const MOST_BYTES: usize = 256 << 20;
