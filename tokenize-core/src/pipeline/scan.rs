//! Scans: what the columns of files or batches hold.

use std::path::Path;

use arrow::array::RecordBatch;

use crate::detect::{Detector, ScanOptions, ScanReport, Scanner};
use crate::error::Error;
use crate::io::parquet::Input;

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanProgress {
    /// Rows looked at.
    pub rows: u64,
    /// Rows of all files, as far as they have been opened.
    pub of: u64,
}

/// Scans a Parquet file. Memory does not grow with the number of rows.
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
    scan_files(&[path], detector, options, progress)
}

/// Scans Parquet files as one table: columns are joined by their paths, and a column need not be in all files.
///
/// All files are opened before the first row is read, so that a wrong path shows at once.
///
/// # Errors
/// As [`scan_file`].
pub fn scan_files<P: AsRef<Path>>(
    paths: &[P],
    detector: &Detector,
    options: ScanOptions,
    mut progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, Error> {
    let mut scanner = Scanner::new(detector, options);
    let mut told = ScanProgress { rows: 0, of: 0 };
    for path in paths {
        let input = Input::open(path.as_ref())?;
        scanner.add_schema(&input.schema());
        told.of += input.rows();
    }
    for path in paths {
        // Opened anew: as many open files as there are paths could be more than the system allows.
        let input = Input::open(path.as_ref())?;
        for group in 0..input.row_groups() {
            for batch in input.batches(group)? {
                let batch = batch?;
                scanner.push(&batch)?;
                told.rows += batch.num_rows() as u64;
                progress(told);
            }
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
