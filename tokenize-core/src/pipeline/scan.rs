//! Scans: what the columns of files or batches hold.

use std::path::Path;

use arrow::array::RecordBatch;

use crate::detect::{Detector, ScanOptions, ScanReport, Scanner};
use crate::error::Error;
use crate::io::{Input, ReadOptions};

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
    mut progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, Error> {
    let mut scanner = Scanner::new(detector, options);
    let (mut rows, mut inputs) = (Some(0), Vec::new());
    for path in paths {
        let input = Input::open_to_scan(path.as_ref(), read)?;
        scanner.add_schema(&input.schema());
        rows = rows.zip(input.rows()).map(|(sum, more)| sum + more);
        // Opened anew if that keeps it open: as many open files as there are paths could be more than the system allows.
        inputs.push((path, (!matches!(input, Input::Parquet(_))).then_some(input)));
    }
    let mut told = ScanProgress { rows: 0, of: rows.unwrap_or(0) };
    for (path, input) in inputs {
        let input = input.map_or_else(|| Input::open_to_scan(path.as_ref(), read), Ok)?;
        for batch in input.batches()? {
            let batch = batch?;
            scanner.push(&batch)?;
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
