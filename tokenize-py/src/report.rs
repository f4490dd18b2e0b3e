//! What a run over files did: names and counts.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use tokenize_core::pipeline::ColumnReport as CoreColumn;
use tokenize_core::{DatasetReport, FileReport as CoreFile, Report as CoreReport};

#[pyclass(frozen, get_all, module = "tokenize_py")]
pub(crate) struct Report {
    rows: u64,
    written: bool,
    columns: Vec<Py<ColumnReport>>,
    side_file: Option<OsString>,
    files: Vec<Py<FileReport>>,
    partitions: Vec<Py<ColumnReport>>,
    resumed: u64,
}

#[pyclass(frozen, get_all, module = "tokenize_py")]
pub(crate) struct FileReport {
    input: OsString,
    output: Option<OsString>,
    rows: u64,
    columns: Vec<Py<ColumnReport>>,
    side_file: Option<OsString>,
}

#[pyclass(frozen, get_all, module = "tokenize_py")]
pub(crate) struct ColumnReport {
    column: String,
    done: String,
    domain: Option<String>,
    emptied: u64,
    nullified: u64,
    redacted: u64,
    left_tags: u64,
    values: Option<u64>,
    nulls: Option<u64>,
    seconds: Option<f64>,
}

impl Report {
    /// What was done to one file.
    pub(crate) fn of_file(
        py: Python<'_>,
        input: &Path,
        output: &Path,
        report: CoreReport,
    ) -> PyResult<Self> {
        let written = report.written;
        Ok(Self {
            rows: report.rows,
            written,
            columns: columns(py, &report.columns)?,
            side_file: report.side_file.clone().map(PathBuf::into_os_string),
            files: vec![file(py, input, written.then_some(output), &report)?],
            partitions: Vec::new(),
            resumed: 0,
        })
    }

    /// What was done to a dataset, its columns summed up over the files.
    pub(crate) fn of_dataset(py: Python<'_>, report: &DatasetReport) -> PyResult<Self> {
        let mut merged: Vec<CoreColumn> = report.partitions.clone();
        for column in report.files.iter().flat_map(|file| &file.report.columns) {
            let is_like = |other: &&mut CoreColumn| {
                (&other.column, &other.done, &other.domain)
                    == (&column.column, &column.done, &column.domain)
            };
            match merged.iter_mut().find(is_like) {
                Some(sum) => add(sum, column),
                None => merged.push(column.clone()),
            }
        }
        let files = report
            .files
            .iter()
            .map(|done: &CoreFile| file(py, &done.input, done.output.as_deref(), &done.report));
        Ok(Self {
            rows: report.files.iter().map(|file| file.report.rows).sum(),
            written: report.written,
            columns: columns(py, &merged)?,
            side_file: None,
            files: files.collect::<PyResult<_>>()?,
            partitions: columns(py, &report.partitions)?,
            resumed: report.resumed,
        })
    }
}

fn file(
    py: Python<'_>,
    input: &Path,
    output: Option<&Path>,
    report: &CoreReport,
) -> PyResult<Py<FileReport>> {
    let report = FileReport {
        input: input.as_os_str().to_owned(),
        output: output.map(|path| path.as_os_str().to_owned()),
        rows: report.rows,
        columns: columns(py, &report.columns)?,
        side_file: report.side_file.clone().map(PathBuf::into_os_string),
    };
    Py::new(py, report)
}

fn columns(py: Python<'_>, columns: &[CoreColumn]) -> PyResult<Vec<Py<ColumnReport>>> {
    let column = |column: &CoreColumn| ColumnReport {
        column: column.column.clone(),
        done: column.done.clone(),
        domain: column.domain.clone(),
        emptied: column.emptied,
        nullified: column.nullified,
        redacted: column.redacted,
        left_tags: column.left_tags,
        values: column.values,
        nulls: column.nulls,
        seconds: column.time.map(|time| time.as_secs_f64()),
    };
    columns.iter().map(|it| Py::new(py, column(it))).collect()
}

fn add(sum: &mut CoreColumn, more: &CoreColumn) {
    let added = |a: Option<u64>, b: Option<u64>| a.map_or(b, |a| Some(a + b.unwrap_or(0)));
    sum.emptied += more.emptied;
    sum.nullified += more.nullified;
    sum.redacted += more.redacted;
    sum.left_tags += more.left_tags;
    sum.values = added(sum.values, more.values);
    sum.nulls = added(sum.nulls, more.nulls);
    sum.time = sum.time.map_or(more.time, |time| Some(time + more.time.unwrap_or_default()));
}

#[pymethods]
impl Report {
    fn __repr__(&self) -> String {
        let files = match self.files.len() {
            1 => String::new(),
            files => format!(" of {files} files"),
        };
        format!("Report({} rows{files}, {} columns)", self.rows, self.columns.len())
    }
}

#[pymethods]
impl FileReport {
    fn __repr__(&self) -> String {
        format!("FileReport('{}', {} rows)", self.input.to_string_lossy(), self.rows)
    }
}

#[pymethods]
impl ColumnReport {
    fn __repr__(&self) -> String {
        format!("ColumnReport(column='{}', done='{}')", self.column, self.done)
    }
}
