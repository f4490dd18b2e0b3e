//! A plan for one schema: masks or unmasks its batches.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use tokenize_core::field::Step;
use tokenize_core::{ColumnGroup, Error, FieldPath, MaskPlan, Report, UnmaskPlan};

use crate::error::{Class, Failure, detached};
use crate::table::{ArrowSchema, ArrowTable, Input, batch_of, checked};

#[pyclass(frozen, module = "tokenize_py._core")]
pub(crate) struct Plan {
    direction: Direction,
    groups: Vec<ColumnGroup>,
}

enum Direction {
    Mask(Box<MaskPlan>),
    Unmask(Box<UnmaskPlan>),
}

impl Plan {
    pub(crate) fn mask(plan: MaskPlan) -> Self {
        Self { groups: plan.groups(), direction: Direction::Mask(Box::new(plan)) }
    }

    pub(crate) fn unmask(plan: UnmaskPlan) -> Self {
        Self { groups: plan.groups(), direction: Direction::Unmask(Box::new(plan)) }
    }

    /// The schema of what comes out. A mask with data keys has none before its manifest has been taken.
    fn output(&self) -> Result<SchemaRef, Error> {
        match &self.direction {
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
        Ok(match &self.direction {
            Direction::Mask(plan) => plan.mask_at(batch, first_row)?,
            Direction::Unmask(plan) => plan.unmask_at(batch, first_row)?,
        })
    }

    fn treat_group(
        &self,
        number: usize,
        batch: &RecordBatch,
        first_row: u64,
        task: Option<&[u8]>,
    ) -> Result<RecordBatch, Failure> {
        let group = self.groups.get(number).ok_or_else(|| {
            Failure::new(Class::Data, "not_arrow", "the plan has no such group of columns")
        })?;
        Ok(match &self.direction {
            Direction::Mask(plan) => plan.mask_group(group, batch, first_row, task)?,
            Direction::Unmask(plan) => plan.unmask_group(group, batch, first_row)?,
        })
    }

    fn report(&self) -> Report {
        match &self.direction {
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
        match &self.direction {
            Direction::Mask(plan) => detached(py, || plan.manifest()).map(|it| Some(it.to_text())),
            Direction::Unmask(_) => Ok(None),
        }
    }

    /// Whether its data keys are its own, so that another plan would have others.
    #[getter]
    fn has_data_keys(&self) -> bool {
        match &self.direction {
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

    /// The columns that have to go together: those of the input that each group reads, and those of the output that it gives.
    fn groups(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let pair = |group: &ColumnGroup| (group.inputs().to_vec(), group.outputs().to_vec());
        self.groups.iter().map(pair).collect()
    }

    /// `task` names what may be done again and then has to give the same cells.
    fn apply_group(
        &self,
        py: Python<'_>,
        number: usize,
        batch: &Bound<'_, PyAny>,
        first_row: u64,
        task: Option<&[u8]>,
    ) -> PyResult<PyRecordBatch> {
        let batch = batch_of(batch)?;
        let treated = detached(py, || self.treat_group(number, &checked(batch)?, first_row, task));
        Ok(treated.map(PyRecordBatch::new)?)
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
