//! What the columns of a table hold.

use pyo3::prelude::*;
use tokenize_core::report::Page;
use tokenize_core::{ScanOptions, ScanReport as CoreReport, Scanner};

use crate::detect::{Detector, input};
use crate::error::{Failure, detached};

/// What `tokenize_py.ScanReport` shows.
#[pyclass(frozen, module = "tokenize_py._core")]
pub(crate) struct ScanReport(CoreReport);

#[pymethods]
impl ScanReport {
    fn to_json(&self) -> String {
        self.0.to_json().to_string()
    }

    fn to_html(&self) -> String {
        Page::of_scan::<&str>(&self.0, &[]).to_html()
    }

    fn policy(&self, name: &str) -> String {
        self.0.policy(name)
    }
}

/// `name` is that of an array; a table has names of its own.
#[pyfunction]
pub(crate) fn scan(
    py: Python<'_>,
    detector: &Detector,
    data: &Bound<'_, PyAny>,
    name: Option<&str>,
    sample: Option<usize>,
) -> PyResult<ScanReport> {
    let input = input(data, name)?;
    Ok(detached(py, || {
        let mut options = ScanOptions::default();
        options.sample = sample;
        let mut scanner = Scanner::new(&detector.0, options);
        scanner.add_schema(&input.schema);
        for batch in input {
            scanner.push(&batch?)?;
        }
        Ok::<_, Failure>(ScanReport(scanner.finish()))
    })?)
}
