//! What actions do to whole numbers and days whose results are such: as words, without a cell for each.

use super::{ActionError, Reason};
use crate::column::cell::Cell;

/// The quick way of one action. Says of each number what [`super::Treat::treat`] would say of its cell.
pub(super) trait TreatNumbers: Send + Sync {
    /// Puts its result in place of each number, and returns those that have none, ascending. `cell` makes the cell of a number.
    fn treat_numbers(
        &self,
        numbers: &mut [i64],
        cell: fn(i64) -> Cell<'static>,
    ) -> Result<Vec<(usize, Reason)>, ActionError>;
}
