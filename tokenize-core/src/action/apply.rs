//! A plan applied to batches: whole ones, or those columns of them that a part has.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use rayon::prelude::*;

use super::part::{Part, column_of, known};
use super::shift_date::{descend, leaf_of};
use super::{ActionError, Reversal, Run, leaf};
use crate::column::nest::{Node, Rows, rebuild};
use crate::column::value_type;
use crate::field::FieldPath;
use crate::manifest::Lost;
use crate::plan::{Direction, Step};
use crate::process::in_pool;

/// What columns of a plan have lost, by their numbers in it.
pub(crate) type Losses = Vec<(usize, Lost)>;

/// What steps take from other columns, by their numbers: the days by which each row's dates move, and values to look for in texts.
#[derive(Default)]
pub(super) struct Moves {
    forth: BTreeMap<usize, Days>,
    /// By which they have moved before a remask.
    back: BTreeMap<usize, Days>,
    /// The columns that a step looks into.
    known: BTreeMap<usize, Vec<ArrayRef>>,
}

/// By rows; `None` where there is no subject.
type Days = Vec<Option<i64>>;

/// An output column, and what its steps have lost.
type Column = (ArrayRef, Vec<(usize, Lost)>);

impl Run {
    /// Treats one batch. `first_row` is the row that the batch starts at, for messages.
    ///
    /// Columns run in parallel; the first error in column order is the one returned.
    pub(crate) fn apply(
        &self,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<(RecordBatch, Losses), ActionError> {
        if batch.schema_ref().fields() != self.plan.input.fields() {
            return Err(ActionError::BatchSchema);
        }
        let (arrays, lost) = self.apply_part(&self.whole, batch, first_row)?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let output = RecordBatch::try_new_with_options(self.plan.output.clone(), arrays, &options)?;
        Ok((output, lost))
    }

    /// Treats the columns of a part. `batch` has its inputs and no others. Gives its columns, then those that come out besides.
    pub(crate) fn apply_part(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<(Vec<ArrayRef>, Losses), ActionError> {
        if batch.num_columns() != part.inputs.len() {
            return Err(ActionError::BatchSchema);
        }
        in_pool(|| self.apply_part_here(part, batch, first_row))?
    }

    fn apply_part_here(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<(Vec<ArrayRef>, Losses), ActionError> {
        let mut moves = Moves { known: self.known(part, batch)?, ..Moves::default() };
        let early = self.columns(part, batch, first_row, &moves)?;
        moves.forth = self.forth(part, batch, first_row, &early)?;
        moves.back = self.back(part, batch)?;
        let late = match moves.forth.is_empty() {
            true => Vec::new(),
            false => self.columns(part, batch, first_row, &moves)?,
        };
        let (mut arrays, mut lost) = (Vec::with_capacity(part.columns.len()), Vec::new());
        // Of two passes each column has come out of one.
        let mut late = late.into_iter();
        for column in early {
            let (array, more) = late.next().flatten().or(column).ok_or(ActionError::BatchSchema)?;
            arrays.push(array);
            lost.extend(more);
        }
        for extra in part.extra.iter().map(|extra| &self.plan.extra[*extra]) {
            let source = leaf_of(batch, &extra.source).ok_or(ActionError::BatchSchema)?;
            let step = &self.plan.steps[extra.step];
            let task = self.task(extra.step, step, &moves, first_row);
            let (array, more) = task.run(&source, &Rows::Same)?;
            arrays.push(array);
            lost.push((extra.step, more));
        }
        Ok((arrays, self.by_column(lost)))
    }

    /// The output columns of a part: those without shifted leaves while there are no `moves` yet, then the others.
    fn columns(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
        moves: &Moves,
    ) -> Result<Vec<Option<Column>>, ActionError> {
        let column = |i: usize| -> Result<Option<Column>, ActionError> {
            if self.is_shifted(i) == moves.forth.is_empty() {
                return Ok(None);
            }
            let array = part.place(i).map(|place| batch.column(place));
            self.column(i, array.ok_or(ActionError::BatchSchema)?, first_row, moves).map(Some)
        };
        let columns: Vec<_> = part.columns.par_iter().map(|i| column(*i)).collect();
        columns.into_iter().collect()
    }

    fn column(
        &self,
        i: usize,
        array: &ArrayRef,
        first_row: u64,
        moves: &Moves,
    ) -> Result<Column, ActionError> {
        let field = &self.plan.output.fields()[self.places[i]];
        let is_entries = matches!(array.data_type(), DataType::Dictionary(..))
            && array.data_type() != self.plan.input.field(i).data_type();
        let mut lost = Vec::new();
        let mut leaf = |number: usize, array: &ArrayRef, rows: &Rows| {
            let step = &self.plan.steps[number];
            let as_entries = is_entries.then(|| of_entries(step));
            let step = as_entries.as_ref().unwrap_or(step);
            let (array, more) = self.task(number, step, moves, first_row).run(array, rows)?;
            lost.push((number, more));
            Ok::<_, ActionError>(array)
        };
        let array = rebuild(&self.plan.nodes[i], field, array, &Rows::Same, &mut leaf);
        Ok((array.map_err(|error| error.at(field.name()))?, lost))
    }

    /// What the columns of the plan have lost, of what its steps have.
    fn by_column(&self, lost: Vec<(usize, Lost)>) -> Losses {
        let column = |step: usize| self.column_of_step.get(step).copied().flatten();
        lost.into_iter().filter_map(|(step, lost)| Some((column(step)?, lost))).collect()
    }

    /// Whether a column holds a leaf that waits for its subject.
    fn is_shifted(&self, column: usize) -> bool {
        fn any(node: &Node, shifted: &dyn Fn(usize) -> bool) -> bool {
            match node {
                Node::Leaf(step) => shifted(*step),
                Node::Fields(nodes) => nodes.iter().any(|node| any(node, shifted)),
                Node::Element(node) => any(node, shifted),
                Node::Entries(both) => any(&both.0, shifted) || any(&both.1, shifted),
                Node::Drop | Node::Keep => false,
            }
        }
        any(&self.plan.nodes[column], &|step| self.shifts[step].is_some())
    }

    /// What is done to one leaf; `step` is that of the number, or one like it.
    pub(super) fn task<'a>(
        &'a self,
        number: usize,
        step: &'a Step,
        moves: &'a Moves,
        first_row: u64,
    ) -> leaf::Task<'a> {
        let reversal = self.reversals.get(number).map(|reversal| leaf::Task {
            step: &self.plan.reversed[number],
            treat: reversal.treatment.as_ref(),
            shifts: moves.back.get(&number).map(Vec::as_slice),
            known: &[],
            reversal: None,
            meter: None,
            first_row,
        });
        leaf::Task {
            step,
            treat: self.treatments[number].as_ref(),
            shifts: moves.forth.get(&number).map(Vec::as_slice),
            known: moves.known.get(&number).map(Vec::as_slice).unwrap_or_default(),
            reversal: reversal.map(Box::new),
            meter: self.meters.get(number),
            first_row,
        }
    }

    /// Whether a step makes of equal cells equal ones, wherever they stand.
    pub(super) fn is_function_of_cell(&self, number: usize) -> bool {
        let moves = Moves::default();
        let is_shifted = self.shifts[number].is_some()
            || self.reversals.get(number).is_some_and(|reversal| reversal.shifts.is_some());
        let step = &self.plan.steps[number];
        !is_shifted && self.task(number, step, &moves, 0).is_function_of_cell()
    }

    /// The days by which the dates of a batch move.
    fn forth(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
        early: &[Option<Column>],
    ) -> Result<BTreeMap<usize, Days>, ActionError> {
        let mut days = BTreeMap::new();
        for &number in &part.steps {
            let Some(shifts) = &self.shifts[number] else { continue };
            let subject = match self.plan.direction {
                Direction::Mask => match self.masked_leaf(&shifts.subject, part, early) {
                    None => self.masked_sibling(batch, first_row, &shifts.subject)?,
                    found => found,
                },
                Direction::Unmask => leaf_of(batch, &shifts.subject),
            };
            let subject = subject.ok_or(ActionError::BatchSchema)?;
            days.insert(number, shifts.by_row(&subject, self.plan.direction)?);
        }
        Ok(days)
    }

    /// The days by which they have moved before a remask.
    fn back(&self, part: &Part, batch: &RecordBatch) -> Result<BTreeMap<usize, Days>, ActionError> {
        let mut days = BTreeMap::new();
        for &number in &part.steps {
            let Some(Reversal { shifts: Some(shifts), .. }) = self.reversals.get(number) else {
                continue;
            };
            let subject = leaf_of(batch, &shifts.subject).ok_or(ActionError::BatchSchema)?;
            days.insert(number, shifts.by_row(&subject, Direction::Unmask)?);
        }
        Ok(days)
    }

    /// The columns that steps look into.
    fn known(
        &self,
        part: &Part,
        batch: &RecordBatch,
    ) -> Result<BTreeMap<usize, Vec<ArrayRef>>, ActionError> {
        let mut found = BTreeMap::new();
        for &number in &part.steps {
            let paths = known(&self.plan.steps[number], self.plan.direction);
            let column = |path: &FieldPath| {
                let leaf = leaf_of(batch, path).ok_or(ActionError::BatchSchema)?;
                Ok::<_, ActionError>(cast(&leaf, value_type(leaf.data_type()))?)
            };
            if !paths.is_empty() {
                found.insert(number, paths.into_iter().map(column).collect::<Result<_, _>>()?);
            }
        }
        Ok(found)
    }

    /// The masked array of a subject in a column that itself waits for its shifts: the leaf alone is treated ahead.
    fn masked_sibling(
        &self,
        batch: &RecordBatch,
        first_row: u64,
        path: &FieldPath,
    ) -> Result<Option<ArrayRef>, ActionError> {
        let clear = leaf_of(batch, path);
        let number = self
            .plan
            .columns
            .iter()
            .find(|column| column.path == *path)
            .and_then(|column| column.step);
        match (clear, number) {
            (Some(clear), Some(number)) => {
                let no_moves = Moves::default();
                let step = &self.plan.steps[number];
                // It is counted where it is treated as a column.
                let task =
                    leaf::Task { meter: None, ..self.task(number, step, &no_moves, first_row) };
                Ok(Some(task.run(&clear, &Rows::Same)?.0))
            }
            (clear, _) => Ok(clear),
        }
    }

    /// The masked array of a subject: the output column that holds it, taken apart down to the leaf.
    fn masked_leaf(
        &self,
        path: &FieldPath,
        part: &Part,
        early: &[Option<Column>],
    ) -> Option<ArrayRef> {
        let column = column_of(&self.plan, path)?;
        let place = part.columns.binary_search(&column).ok()?;
        let (array, _) = early.get(place)?.as_ref()?;
        descend(array.clone(), path.steps().get(1..)?)
    }
}

/// A step whose column comes and goes as a dictionary.
fn of_entries(step: &Step) -> Step {
    let mut step = step.clone();
    step.to = DataType::Dictionary(Box::new(DataType::Int32), Box::new(step.to));
    step
}
