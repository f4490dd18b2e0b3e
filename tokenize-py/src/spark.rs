//! Masking metadata as Spark's columns carry it, and the way back.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3_arrow::PySchema;
use serde_json::{Map, Value};
use tokenize_core::spark;

use crate::error::{Class, Failure};
use crate::table::ArrowSchema;

/// What each masked column of a schema carries in Spark, as JSON.
#[pyfunction]
pub(crate) fn spark_columns(schema: PySchema) -> BTreeMap<String, String> {
    spark::of_columns(&schema.into_inner())
}

/// The schema with what Spark wrote of its columns into the Parquet file that it comes from.
#[pyfunction]
pub(crate) fn spark_parquet(schema: PySchema) -> ArrowSchema {
    let schema = schema.into_inner();
    ArrowSchema(spark::read_parquet(&schema).unwrap_or(schema))
}

/// The schema with what its columns carry in Spark.
#[pyfunction]
pub(crate) fn spark_schema(
    schema: PySchema,
    columns: BTreeMap<String, String>,
) -> Result<ArrowSchema, Failure> {
    let read = |(name, text): (String, String)| {
        let metadata: Map<String, Value> = serde_json::from_str(&text).ok()?;
        Some((name, metadata))
    };
    let columns: Option<BTreeMap<_, _>> = columns.into_iter().map(read).collect();
    let columns = columns.ok_or_else(|| {
        Failure::new(Class::Policy, "manifest", "the masking metadata of the table cannot be read")
    })?;
    Ok(ArrowSchema(spark::with_columns(&schema.into_inner(), &columns)))
}
