//! Arrow data on its way out, and on its way in.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, ArrayReader as _, to_schema_pycapsule, to_stream_pycapsule};
use pyo3_arrow::input::{AnyArray, AnyRecordBatch};
use pyo3_arrow::{PyRecordBatch, PySchema};

use crate::error::{Class, Failure};

/// A table that any Arrow library takes: it exports the PyCapsule interface and does nothing else.
#[pyclass(frozen, module = "tokenize_py")]
pub(crate) struct ArrowTable {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl ArrowTable {
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }
}

#[pymethods]
impl ArrowTable {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Field::new_struct("", self.schema.fields().clone(), false)
            .with_metadata(self.schema.metadata().clone());
        let array =
            |batch: &RecordBatch| -> ArrayRef { Arc::new(StructArray::from(batch.clone())) };
        let arrays: Vec<_> = self.batches.iter().map(|batch| Ok(array(batch))).collect();
        Ok(to_stream_pycapsule(
            py,
            Box::new(ArrayIterator::new(arrays, field.into())),
            requested_schema,
        )?)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("ArrowTable({} columns, {} rows)", self.schema.fields().len(), self.__len__())
    }
}

/// A schema that any Arrow library takes.
#[pyclass(frozen, module = "tokenize_py")]
pub(crate) struct ArrowSchema(pub(crate) SchemaRef);

#[pymethods]
impl ArrowSchema {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.0.as_ref())?)
    }

    /// As an Arrow stream without batches; equal schemas give equal bytes.
    fn to_bytes(&self) -> Result<Vec<u8>, Failure> {
        let bytes = StreamWriter::try_new(Vec::new(), &self.0)
            .and_then(|mut stream| stream.finish().and_then(|()| stream.into_inner()));
        bytes.map_err(|_| Failure::new(Class::Data, "schema", "the schema cannot be written"))
    }
}

/// Reads what [`ArrowSchema::to_bytes`] has written.
#[pyfunction]
pub(crate) fn schema_from_bytes(bytes: &[u8]) -> Result<ArrowSchema, Failure> {
    let stream = StreamReader::try_new(bytes, None);
    let stream =
        stream.map_err(|_| Failure::new(Class::Data, "schema", "the schema is damaged"))?;
    Ok(ArrowSchema(stream.schema()))
}

/// The schema of a table that says it by itself, or else by its data, of which nothing is read.
#[pyfunction]
pub(crate) fn schema_of(data: &Bound<'_, PyAny>) -> PyResult<ArrowSchema> {
    if data.hasattr("__arrow_c_schema__")? {
        let schema = data.extract::<PySchema>();
        let schema = schema
            .map_err(|error| own(data.py(), error, "the data cannot be read as an Arrow schema"))?;
        return Ok(ArrowSchema(schema.into_inner()));
    }
    Ok(ArrowSchema(Input::new(data)?.schema))
}

/// Batches as they come, from whatever exports them.
pub(crate) struct Input {
    pub(crate) schema: SchemaRef,
    reader: Box<dyn Iterator<Item = Result<RecordBatch, arrow::error::ArrowError>> + Send>,
    rows: u64,
}

impl Input {
    /// Takes an exporter's stream, or its one batch.
    pub(crate) fn new(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let reader = data.extract::<AnyRecordBatch>().and_then(AnyRecordBatch::into_reader);
        let reader = reader
            .map_err(|error| own(data.py(), error, "the data cannot be read as an Arrow table"))?;
        Ok(Self { schema: reader.schema(), reader: Box::new(reader), rows: 0 })
    }

    /// Takes an exporter's array, or the chunks of one, as a table of one column.
    pub(crate) fn of_array(data: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let reader = data.extract::<AnyArray>().and_then(AnyArray::into_reader);
        let reader = reader
            .map_err(|error| own(data.py(), error, "the data cannot be read as an Arrow array"))?;
        let field = reader.field().as_ref().clone().with_name(name).with_nullable(true);
        let schema = Arc::new(Schema::new(vec![field]));
        let of_batch = Arc::clone(&schema);
        let reader =
            reader.map(move |array| RecordBatch::try_new(Arc::clone(&of_batch), vec![array?]));
        Ok(Self { schema, reader: Box::new(reader), rows: 0 })
    }
}

impl Iterator for Input {
    type Item = Result<RecordBatch, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(match batch {
            Err(_) => {
                let message = format!(
                    "reading the input failed after row {} (the reader's message may quote values and is withheld)",
                    self.rows
                );
                Err(Failure::new(Class::Data, "reader", message))
            }
            Ok(batch) => {
                self.rows += batch.num_rows() as u64;
                checked(batch)
            }
        })
    }
}

/// One batch from an exporter.
pub(crate) fn batch_of(data: &Bound<'_, PyAny>) -> PyResult<RecordBatch> {
    let batch = data.extract::<PyRecordBatch>();
    Ok(batch
        .map_err(|error| own(data.py(), error, "the data cannot be read as an Arrow batch"))?
        .into_inner())
}

/// Foreign memory is believed only once its offsets, its dictionary keys and its UTF-8 have been looked at.
pub(crate) fn checked(batch: RecordBatch) -> Result<RecordBatch, Failure> {
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        if column.to_data().validate_full().is_err() {
            let message = format!(
                "column {}: the Arrow data is not valid (offsets, dictionary keys or UTF-8)",
                field.name()
            );
            return Err(Failure::new(Class::Data, "invalid_arrow", message).in_column(field.name()));
        }
    }
    Ok(batch)
}

/// Our own error in place of one whose text may quote values; interrupts pass.
pub(crate) fn own(py: Python<'_>, error: PyErr, message: &str) -> PyErr {
    if error.is_instance_of::<PyException>(py) {
        Failure::new(Class::Data, "not_arrow", message).into()
    } else {
        error
    }
}
