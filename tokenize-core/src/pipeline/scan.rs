//! Scans: what the columns of files or batches hold.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};

use crate::action::ActionError;
use crate::detect::{Detector, ScanOptions, ScanReport, Scanner};
use crate::error::Error;
use crate::io::{Input, IoError, ReadOptions};

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanProgress {
    /// Rows looked at.
    pub rows: u64,
    /// Rows of all files; 0 where they do not say it, as only Parquet does.
    pub of: u64,
}

/// Scans a file. Memory does not grow with the number of rows.
///
/// `progress` is told after each batch; `|_| ()` for no one to tell.
///
/// # Errors
/// [`Error::Io`], [`Error::Detect`].
pub fn scan_file(
    path: &Path,
    detector: &Detector,
    options: ScanOptions,
    progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, Error> {
    scan_files(&[path], &ReadOptions::default(), detector, options, progress)
}

/// Scans files as one table: columns are joined by their paths, and a column need not be in all files.
///
/// All files are opened before the first row is read, so that a wrong path shows at once.
///
/// # Errors
/// As [`scan_file`].
pub fn scan_files<P: AsRef<Path>>(
    paths: &[P],
    read: &ReadOptions,
    detector: &Detector,
    options: ScanOptions,
    progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, Error> {
    let file = |path: &P| Scanned { path: path.as_ref().to_owned(), partitions: Vec::new() };
    let files: Vec<Scanned> = paths.iter().map(file).collect();
    scan_each(&files, read, detector, options, progress).map_err(|(_, error)| error)
}

/// A file that is scanned, with the columns that stand in its path.
pub(super) struct Scanned {
    pub(super) path: PathBuf,
    pub(super) partitions: Vec<(String, Option<String>)>,
}

impl Scanned {
    fn schema(&self, input: &Input) -> SchemaRef {
        let schema = input.schema();
        let partitions =
            self.partitions.iter().map(|(key, _)| Arc::new(Field::new(key, DataType::Utf8, true)));
        let fields: Vec<FieldRef> = partitions.chain(schema.fields().iter().cloned()).collect();
        Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
    }

    /// A batch with the columns of the path before its own.
    fn whole(&self, batch: RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, Error> {
        if self.partitions.is_empty() {
            return Ok(batch);
        }
        let rows = batch.num_rows();
        let column = |(_, value): &(String, Option<String>)| -> ArrayRef {
            Arc::new(StringArray::from_iter(std::iter::repeat_n(value.as_deref(), rows)))
        };
        let columns = self.partitions.iter().map(column).chain(batch.columns().iter().cloned());
        let whole = RecordBatch::try_new(schema.clone(), columns.collect());
        Ok(whole.map_err(ActionError::from)?)
    }
}

/// Scans files, and says which one a failure is about.
pub(super) fn scan_each<'a>(
    files: &'a [Scanned],
    read: &ReadOptions,
    detector: &Detector,
    options: ScanOptions,
    mut progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, (Option<&'a Path>, Error)> {
    let mut scanner = Scanner::new(detector, options);
    let (mut rows, mut inputs) = (Some(0), Vec::new());
    for file in files {
        let of = |error: IoError| (Some(file.path.as_path()), error.into());
        let input = Input::open_to_scan(&file.path, read).map_err(of)?;
        scanner.add_schema(&file.schema(&input));
        rows = rows.zip(input.rows()).map(|(sum, more)| sum + more);
        // Opened anew if that keeps it open: as many open files as there are paths could be more than the system allows.
        inputs.push((file, (!matches!(input, Input::Parquet(_))).then_some(input)));
    }
    let mut told = ScanProgress { rows: 0, of: rows.unwrap_or(0) };
    for (file, input) in inputs {
        let path = Some(file.path.as_path());
        let of = |error: IoError| (path, error.into());
        let input = input.map_or_else(|| Input::open_to_scan(&file.path, read), Ok).map_err(of)?;
        let schema = file.schema(&input);
        for batch in input.batches().map_err(of)? {
            let batch = file.whole(batch.map_err(of)?, &schema).map_err(|error| (path, error))?;
            scanner.push(&batch).map_err(|error| (path, error.into()))?;
            told.rows += batch.num_rows() as u64;
            progress(told);
        }
    }
    Ok(scanner.finish())
}

/// Scans batches in memory as one table.
///
/// # Errors
/// [`Error::Detect`].
pub fn scan_batches<'a>(
    batches: impl IntoIterator<Item = &'a RecordBatch>,
    detector: &Detector,
    options: ScanOptions,
) -> Result<ScanReport, Error> {
    let mut scanner = Scanner::new(detector, options);
    for batch in batches {
        scanner.push(batch)?;
    }
    Ok(scanner.finish())
}
