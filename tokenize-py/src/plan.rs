//! A plan for one schema: masks or unmasks its batches.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use tokenize_core::field::Step;
use tokenize_core::{Error, FieldPath, MaskPlan, Report, UnmaskPlan};

use crate::error::{Failure, detached};
use crate::table::{ArrowSchema, ArrowTable, Input, batch_of, checked};

#[pyclass(frozen, module = "tokenize_py._core")]
pub(crate) struct Plan(Direction);

enum Direction {
    Mask(Box<MaskPlan>),
    Unmask(Box<UnmaskPlan>),
}

impl Plan {
    pub(crate) fn mask(plan: MaskPlan) -> Self {
        Self(Direction::Mask(Box::new(plan)))
    }

    pub(crate) fn unmask(plan: UnmaskPlan) -> Self {
        Self(Direction::Unmask(Box::new(plan)))
    }

    /// The schema of what comes out. A mask with data keys has none before its manifest has been taken.
    fn output(&self) -> Result<SchemaRef, Error> {
        match &self.0 {
            Direction::Mask(plan) => plan.schema(),
            Direction::Unmask(plan) => Ok(plan.schema()),
        }
    }

    /// Treats every batch of `input`, in order.
    pub(crate) fn run(
        &self,
        input: impl Iterator<Item = Result<RecordBatch, Failure>>,
    ) -> Result<ArrowTable, Failure> {
        // First of all: what cannot be masked is said before any data is read.
        let schema = self.output()?;
        let (mut batches, mut rows) = (Vec::new(), 0);
        for batch in input {
            let batch = batch?;
            batches.push(self.treat(&batch, rows)?);
            rows += batch.num_rows() as u64;
        }
        Ok(ArrowTable::new(schema, batches))
    }

    fn treat(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, Failure> {
        Ok(match &self.0 {
            Direction::Mask(plan) => plan.mask_at(batch, first_row)?,
            Direction::Unmask(plan) => plan.unmask_at(batch, first_row)?,
        })
    }

    fn report(&self) -> Report {
        match &self.0 {
            Direction::Mask(plan) => plan.report(),
            Direction::Unmask(plan) => plan.report(),
        }
    }
}

#[pymethods]
impl Plan {
    #[getter]
    fn schema(&self) -> Result<ArrowSchema, Failure> {
        Ok(ArrowSchema(self.output()?))
    }

    /// The manifest of a mask, whose data keys are made now if they have not been; nothing for an unmask.
    fn manifest(&self, py: Python<'_>) -> Result<Option<String>, Failure> {
        match &self.0 {
            Direction::Mask(plan) => detached(py, || plan.manifest()).map(|it| Some(it.to_text())),
            Direction::Unmask(_) => Ok(None),
        }
    }

    /// Whether its data keys are its own, so that another plan would have others.
    #[getter]
    fn has_data_keys(&self) -> bool {
        match &self.0 {
            Direction::Mask(plan) => plan.needs_data_keys(),
            Direction::Unmask(_) => false,
        }
    }

    /// Columns of the input of which something changes.
    #[getter]
    fn treated(&self) -> BTreeSet<String> {
        let report = self.report();
        let changed = report
            .columns
            .iter()
            .filter(|column| column.done != "keep" && !column.done.starts_with("leave "));
        changed.filter_map(|column| first_name(&column.column)).collect()
    }

    #[pyo3(signature = (batch, first_row = 0))]
    fn apply(
        &self,
        py: Python<'_>,
        batch: &Bound<'_, PyAny>,
        first_row: u64,
    ) -> PyResult<PyRecordBatch> {
        let batch = batch_of(batch)?;
        Ok(detached(py, || self.treat(&checked(batch)?, first_row)).map(PyRecordBatch::new)?)
    }

    fn apply_all(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<ArrowTable> {
        let input = Input::new(data)?;
        Ok(detached(py, || self.run(input))?)
    }
}

fn first_name(path: &str) -> Option<String> {
    let path: FieldPath = path.parse().ok()?;
    path.steps()
        .first()
        .and_then(|step| if let Step::Name(name) = step { Some(name.clone()) } else { None })
}
