//! Files, directories, patterns and prefixes.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use tokenize_core::report::Page;
use tokenize_core::{
    CsvOptions, DatasetFailure, DatasetOptions, DatasetReport, Error, FileFormat, FileOptions,
    Inspector, IoError, ReadOptions, Remasker, Report as CoreReport, Stores, Tokenizer,
    UnknownFormat, Unmasker, is_single_file, mask_dataset, mask_dataset_inspected, remask_dataset,
    unmask_dataset,
};

use crate::error::{Class, Failure, detached};
use crate::interrupt::interruptible;
use crate::keyring::Keyring;
use crate::report::Report;
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

/// What goes in, and where it goes.
#[derive(FromPyObject)]
pub(crate) struct Places {
    inputs: Vec<PathBuf>,
    output: PathBuf,
    resume: bool,
}

/// What can be done to a file, and to many.
trait Work: Sync {
    fn file(&self, input: &Path, output: &Path, options: &FileOptions)
    -> Result<CoreReport, Error>;

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure>;
}

enum Done {
    File(CoreReport),
    Dataset(DatasetReport),
}

impl Places {
    /// Whether the inputs are one file.
    fn is_file(&self, options: &FileOptions) -> Result<bool, Failure> {
        let is_standard = |path: &PathBuf| path.as_os_str() == "-";
        if let [input] = &self.inputs[..]
            && (is_standard(input) || is_single_file(input, &options.read.stores)?)
        {
            return match self.resume {
                false => Ok(true),
                true => Err(Failure::new(
                    Class::Tokenize,
                    "not_resumable",
                    "resume goes on with a dataset, and this is one file",
                )),
            };
        }
        if self.inputs.iter().any(is_standard) || is_standard(&self.output) {
            return Err(IoError::NotStreamed { format: "a dataset" }.into());
        }
        Ok(false)
    }

    fn treat(
        &self,
        py: Python<'_>,
        work: &(impl Work + ?Sized),
        options: FileOptions,
    ) -> PyResult<Report> {
        let done = interruptible(py, |stop| {
            let options = FileOptions { progress: Some(stop), ..options };
            if self.is_file(&options)? {
                let input = self.inputs.first().map_or(Path::new(""), PathBuf::as_path);
                return Ok::<_, Failure>(Done::File(work.file(input, &self.output, &options)?));
            }
            let options = DatasetOptions::new(options).resume(self.resume);
            Ok(Done::Dataset(work.dataset(&self.inputs, &self.output, &options)?))
        })?;
        match (done, &self.inputs[..]) {
            (Done::File(report), [input, ..]) => Report::of_file(py, input, &self.output, report),
            (Done::File(report), []) => Report::of_file(py, Path::new(""), &self.output, report),
            (Done::Dataset(report), _) => Report::of_dataset(py, &report),
        }
    }
}

#[pyfunction]
pub(crate) fn mask_file(
    py: Python<'_>,
    places: Places,
    policy: (String, String),
    keyring: &Keyring,
    files: Files,
) -> PyResult<Report> {
    let tokenizer = Tokenizer::new(policy_of(py, &policy.0, &policy.1)?, &keyring.core())
        .map_err(Failure::from)?;
    places.treat(py, &tokenizer, files.options()?)
}

impl Work for Tokenizer {
    fn file(
        &self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<CoreReport, Error> {
        tokenize_core::mask_file(self, input, output, options)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        mask_dataset(self, inputs, output, options)
    }
}

/// As [`mask_file`], with the page of its report.
#[pyfunction]
pub(crate) fn mask_file_inspected(
    py: Python<'_>,
    places: Places,
    policy: (String, String),
    keyring: &Keyring,
    files: Files,
) -> PyResult<(Report, String)> {
    let tokenizer = Tokenizer::new(policy_of(py, &policy.0, &policy.1)?, &keyring.core())
        .map_err(Failure::from)?;
    let inspector = Mutex::new(detached(py, || Inspector::new(&tokenizer))?);
    let work = Inspected { tokenizer: &tokenizer, inspector: &inspector };
    let report = places.treat(py, &work, files.options()?)?;
    let inspector = inspector.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((report, Page::of_mask(&inspector.finish(), &places.inputs).to_html()))
}

/// A mask that is looked at. Nobody else waits for the inspector.
struct Inspected<'a> {
    tokenizer: &'a Tokenizer,
    inspector: &'a Mutex<Inspector>,
}

impl Work for Inspected<'_> {
    fn file(
        &self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<CoreReport, Error> {
        let mut inspector = self.inspector.lock().unwrap_or_else(PoisonError::into_inner);
        tokenize_core::mask_file_inspected(self.tokenizer, input, output, options, &mut inspector)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        let mut inspector = self.inspector.lock().unwrap_or_else(PoisonError::into_inner);
        mask_dataset_inspected(self.tokenizer, inputs, output, options, &mut inspector)
    }
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "the options of one call; the Python face names them"
)]
pub(crate) fn unmask_file(
    py: Python<'_>,
    places: Places,
    keyring: &Keyring,
    policy: Option<(String, String)>,
    columns: Option<Vec<String>>,
    key_version: Option<u32>,
    manifests: Vec<GivenManifest>,
    files: Files,
) -> PyResult<Report> {
    let mut unmasker = Unmasker::new(&keyring.core())
        .options(options(columns, key_version)?)
        .manifests(read_manifests(manifests)?);
    if let Some((policy, kind)) = policy {
        unmasker = unmasker.policy(policy_of(py, &policy, &kind)?);
    }
    places.treat(py, &unmasker, files.options()?)
}

impl Work for Unmasker {
    fn file(
        &self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<CoreReport, Error> {
        tokenize_core::unmask_file(self, input, output, options)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        unmask_dataset(self, inputs, output, options)
    }
}

#[pyfunction]
pub(crate) fn remask_file(
    py: Python<'_>,
    places: Places,
    keyring: &Keyring,
    leave: bool,
    files: Files,
) -> PyResult<Report> {
    let remasker = Remasker::new(&keyring.core()).leave(leave);
    places.treat(py, &remasker, files.options()?)
}

impl Work for Remasker {
    fn file(
        &self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<CoreReport, Error> {
        tokenize_core::remask_file(self, input, output, options)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        remask_dataset(self, inputs, output, options)
    }
}
