//! Files, and what was done to them.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use tokenize_core::report::Page;
use tokenize_core::{
    CsvOptions, Error, FileFormat, FileOptions, Inspector, ReadOptions, Remasker,
    Report as CoreReport, Stores, Tokenizer, UnknownFormat, Unmasker,
};

use crate::error::{Failure, detached};
use crate::keyring::Keyring;
use crate::tokenizer::{GivenManifest, options, policy_of, read_manifests};

/// What a call says of its files.
#[derive(FromPyObject)]
pub(crate) struct Files {
    input_format: Option<String>,
    output_format: Option<String>,
    delimiter: Option<char>,
    quote: Option<char>,
    header: bool,
    null: String,
    manifest: Option<PathBuf>,
    force: bool,
}

impl Files {
    fn options(self) -> Result<FileOptions, Failure> {
        let format = |text: Option<String>| -> Result<Option<FileFormat>, UnknownFormat> {
            text.map(|text| text.parse()).transpose()
        };
        // What is no byte is no ASCII either, which is refused when the file is opened.
        let mark = |mark: char| u8::try_from(mark).unwrap_or(u8::MAX);
        let mut csv = CsvOptions::default();
        csv.delimiter = self.delimiter.map(mark);
        csv.quote = self.quote.map(mark);
        csv.header = self.header;
        csv.null = self.null;
        Ok(FileOptions {
            replace: self.force,
            read: ReadOptions {
                format: format(self.input_format)?,
                csv,
                stores: Stores::from_environment(),
            },
            output_format: format(self.output_format)?,
            manifest: self.manifest,
            ..FileOptions::default()
        })
    }
}

#[pyfunction]
pub(crate) fn mask_file(
    py: Python<'_>,
    input: PathBuf,
    output: PathBuf,
    policy: (String, String),
    keyring: &Keyring,
    files: Files,
) -> Result<Report, Failure> {
    let tokenizer = Tokenizer::new(policy_of(py, &policy.0, &policy.1)?, &keyring.core())?;
    let options = files.options()?;
    detached(py, || tokenize_core::mask_file(&tokenizer, &input, &output, &options))
        .map(Report::from)
}

/// As [`mask_file`], with the page of its report.
#[pyfunction]
pub(crate) fn mask_file_inspected(
    py: Python<'_>,
    input: PathBuf,
    output: PathBuf,
    policy: (String, String),
    keyring: &Keyring,
    files: Files,
) -> Result<(Report, String), Failure> {
    let tokenizer = Tokenizer::new(policy_of(py, &policy.0, &policy.1)?, &keyring.core())?;
    let options = files.options()?;
    let (report, page) = detached(py, || {
        let mut inspector = Inspector::new(&tokenizer)?;
        let report = tokenize_core::mask_file_inspected(
            &tokenizer,
            &input,
            &output,
            &options,
            &mut inspector,
        )?;
        let page = Page::of_mask(&inspector.finish(), &[&input]);
        Ok::<_, Error>((report, page.to_html()))
    })?;
    Ok((report.into(), page))
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "the options of one call; the Python face names them"
)]
pub(crate) fn unmask_file(
    py: Python<'_>,
    input: PathBuf,
    output: PathBuf,
    keyring: &Keyring,
    policy: Option<(String, String)>,
    columns: Option<Vec<String>>,
    key_version: Option<u32>,
    manifests: Vec<GivenManifest>,
    files: Files,
) -> Result<Report, Failure> {
    let mut unmasker = Unmasker::new(&keyring.core())
        .options(options(columns, key_version)?)
        .manifests(read_manifests(manifests)?);
    if let Some((policy, kind)) = policy {
        unmasker = unmasker.policy(policy_of(py, &policy, &kind)?);
    }
    let options = files.options()?;
    detached(py, || tokenize_core::unmask_file(&unmasker, &input, &output, &options))
        .map(Report::from)
}

#[pyfunction]
pub(crate) fn remask_file(
    py: Python<'_>,
    input: PathBuf,
    output: PathBuf,
    keyring: &Keyring,
    leave: bool,
    files: Files,
) -> Result<Report, Failure> {
    let remasker = Remasker::new(&keyring.core()).leave(leave);
    let options = files.options()?;
    detached(py, || tokenize_core::remask_file(&remasker, &input, &output, &options))
        .map(Report::from)
}

#[pyclass(frozen, get_all, module = "tokenize_py")]
pub(crate) struct Report {
    rows: u64,
    written: bool,
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
}

impl From<CoreReport> for Report {
    fn from(report: CoreReport) -> Self {
        let column = |column: tokenize_core::pipeline::ColumnReport| ColumnReport {
            column: column.column,
            done: column.done,
            domain: column.domain,
            emptied: column.emptied,
            nullified: column.nullified,
            redacted: column.redacted,
            left_tags: column.left_tags,
        };
        let columns = report.columns.into_iter().map(column);
        let columns =
            Python::attach(|py| columns.filter_map(|column| Py::new(py, column).ok()).collect());
        Self {
            rows: report.rows,
            written: report.written,
            columns,
            side_file: report.side_file.map(PathBuf::into_os_string),
        }
    }
}

#[pymethods]
impl Report {
    fn __repr__(&self) -> String {
        format!("Report({} rows, {} columns)", self.rows, self.columns.len())
    }
}

#[pymethods]
impl ColumnReport {
    fn __repr__(&self) -> String {
        format!("ColumnReport(column='{}', done='{}')", self.column, self.done)
    }
}
