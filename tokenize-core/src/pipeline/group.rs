//! Columns that go together, for engines that hold a table and give out only those of its columns that change.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};

use super::{MaskPlan, UnmaskPlan};
use crate::action::{ActionError, Part, Run};
use crate::error::Error;

/// Columns of a plan that are treated together, as what becomes of one depends on what becomes of another. All columns that change are in
/// some group; of one group nothing depends on another.
#[derive(Debug, Clone)]
pub struct ColumnGroup {
    part: Part,
    outputs: Vec<usize>,
    input: SchemaRef,
    output: SchemaRef,
}

impl ColumnGroup {
    fn all(run: &Run) -> Vec<Self> {
        let (input, output) = (&run.plan().input, &run.plan().output);
        let group = |part: Part| {
            let outputs = run.outputs(&part);
            let (input, output) = (project(input, &part.inputs), project(output, &outputs));
            Self { part, outputs, input, output }
        };
        run.parts().into_iter().map(group).collect()
    }

    /// The columns of the plan's input that it reads, ascending: those that change, and those that they look into.
    #[must_use]
    pub fn inputs(&self) -> &[usize] {
        &self.part.inputs
    }

    /// The columns of the plan's output that it gives, by their numbers.
    #[must_use]
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }

    /// What comes out of [`Run::apply_part`], as a batch; what goes in has to have the types that were planned.
    fn apply(
        &self,
        batch: &RecordBatch,
        treat: impl FnOnce(&Part) -> Result<Vec<ArrayRef>, Error>,
    ) -> Result<RecordBatch, Error> {
        let given = batch.schema_ref().fields().iter().map(|field| field.data_type());
        if !given.eq(self.input.fields().iter().map(|field| field.data_type())) {
            return Err(ActionError::BatchSchema.into());
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let arrays = treat(&self.part)?;
        let treated = RecordBatch::try_new_with_options(self.output.clone(), arrays, &options);
        Ok(treated.map_err(ActionError::from)?)
    }
}

impl MaskPlan {
    /// The columns that change, in the fewest that have to go together.
    #[must_use]
    pub fn groups(&self) -> Vec<ColumnGroup> {
        ColumnGroup::all(&self.run)
    }

    /// Masks one batch of a group's inputs and gives its outputs; `first_row` is its first row's number.
    ///
    /// Where a `task` is named, cells of randomized `encrypt` are those of task, row and column: a task that is done again, with the same rows in
    /// the same batches and one thread, gives the same cells. Names must never be used for anything else, so have a random part in them.
    ///
    /// # Errors
    /// [`Error::Action`], naming the column and the row.
    pub fn mask_group(
        &self,
        group: &ColumnGroup,
        batch: &RecordBatch,
        first_row: u64,
        task: Option<&[u8]>,
    ) -> Result<RecordBatch, Error> {
        if let Some(task) = task {
            self.run.sealing().begin(task, first_row);
        }
        group.apply(batch, |part| self.mask_part(part, batch, first_row))
    }
}

impl UnmaskPlan {
    /// The columns that change, in the fewest that have to go together.
    #[must_use]
    pub fn groups(&self) -> Vec<ColumnGroup> {
        ColumnGroup::all(&self.run)
    }

    /// Unmasks one batch of a group's inputs and gives its outputs; `first_row` is its first row's number, for messages.
    ///
    /// # Errors
    /// [`Error::Action`], naming the column and the row.
    pub fn unmask_group(
        &self,
        group: &ColumnGroup,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<RecordBatch, Error> {
        group.apply(batch, |part| self.unmask_part(part, batch, first_row))
    }
}

fn project(schema: &Schema, columns: &[usize]) -> SchemaRef {
    let fields: Vec<_> = columns.iter().map(|column| schema.fields()[*column].clone()).collect();
    Arc::new(Schema::new(fields))
}
