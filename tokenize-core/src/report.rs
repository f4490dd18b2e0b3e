//! Reports that people read: a page of HTML from a scan, or from a mask.
//!
//! ```text
//! ScanReport ──────────▶ Page (data, serialisable) ─ template ─▶ one file of HTML
//! Inspection of a mask ─▶
//! ```
//!
//! Pure: no clock, no file, no network; equal reports give equal bytes. A page holds names, counts, shares and shapes, never a value.
//! Names are anybody's: they are escaped by the template, and what cannot be seen of them is spelled out.

mod bar;
mod column;
mod html;
mod name;

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

pub use self::column::{Column, Done, Found, Holds, Outcome, Shape};
use crate::detect::ScanReport;
use crate::field::FieldPath;
use crate::pipeline::{Inspection, Treatment};

/// What a page shows. [`Self::to_html`] writes it; as data it serialises to JSON.
///
/// ```
/// use std::path::Path;
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, RecordBatch, StringArray};
/// use tokenize_core::report::Page;
/// use tokenize_core::{Detector, ScanOptions, scan_batches};
///
/// let emails: ArrayRef = Arc::new(StringArray::from(vec!["a.b@mail.org", "c.d@mail.org"]));
/// let batch = RecordBatch::try_from_iter([("<img>contact", emails)]).unwrap();
/// let report = scan_batches([&batch], Detector::standard(), ScanOptions::default())?;
/// let html = Page::of_scan(&report, &[Path::new("folder/people.parquet")]).to_html();
/// assert!(html.contains("people.parquet") && !html.contains("folder"));
/// assert!(html.contains("EMAIL_ADDRESS") && !html.contains("mail.org") && !html.contains("<img"));
/// # Ok::<(), tokenize_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page {
    /// The program and its version.
    pub tool: String,
    /// The names of the files, without their folders; none for a table in memory.
    pub files: Vec<String>,
    /// Rows of all files.
    pub rows: u64,
    /// How many values of a column were looked at at most, where not all were.
    pub sample: Option<u64>,
    /// The policy and the keyring, where there was a mask.
    pub mask: Option<MaskedBy>,
    /// Counts of the columns.
    pub summary: Summary,
    /// Every leaf, in schema order.
    pub columns: Vec<Column>,
}

/// What a mask was done by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MaskedBy {
    /// The policy's name.
    pub policy: String,
    /// Its SHA-256, in hexadecimal.
    pub policy_sha256: String,
    /// The keyring's id.
    pub keyring: String,
}

/// Columns, counted by what they hold and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// All of them.
    pub columns: usize,
    /// Those with personal data: as a whole, inside a text, or in some values.
    pub personal: usize,
    /// Those that may hold some: free text, a name that says so, a type that cannot be looked into.
    pub doubtful: usize,
    /// Those in which nothing was found, and those that were masked before.
    pub quiet: usize,
    /// Columns whose values were replaced or left out, or were masked before.
    pub protected: usize,
    /// Columns in whose output personal data stands in clear.
    pub exposed: usize,
    /// Columns kept that may hold some.
    pub unsure: usize,
    /// Values that were lost, as they did not fit their rule.
    pub lost: u64,
}

impl Page {
    /// The page of a scan of these files, or of a table in memory.
    #[must_use]
    pub fn of_scan<P: AsRef<Path>>(report: &ScanReport, files: &[P]) -> Self {
        let columns = report.columns.iter().map(Column::of_scan).collect();
        Self::new(report, files, None, columns)
    }

    /// The page of a mask of these files.
    #[must_use]
    pub fn of_mask<P: AsRef<Path>>(inspection: &Inspection, files: &[P]) -> Self {
        let treatments: HashMap<&FieldPath, &Treatment> =
            inspection.columns.iter().map(|column| (&column.path, column)).collect();
        let after: HashMap<&FieldPath, _> =
            inspection.after.columns.iter().map(|column| (&column.path, column)).collect();
        let columns = inspection.before.columns.iter().map(|before| {
            let after = after.get(&before.path).copied();
            match treatments.get(&before.path) {
                Some(treatment) => Column::of_mask(before, treatment, after),
                None => Column::of_scan(before),
            }
        });
        let mask = MaskedBy {
            policy: inspection.policy.clone(),
            policy_sha256: inspection.policy_sha256.clone(),
            keyring: inspection.keyring.clone(),
        };
        Self::new(&inspection.before, files, Some(mask), columns.collect())
    }

    fn new<P: AsRef<Path>>(
        report: &ScanReport,
        files: &[P],
        mask: Option<MaskedBy>,
        columns: Vec<Column>,
    ) -> Self {
        let sampled = report.columns.iter().filter(|column| !column.is_full());
        Self {
            tool: TOOL.to_owned(),
            files: files.iter().map(|file| file_name(file.as_ref())).collect(),
            rows: report.rows,
            sample: sampled.map(|column| column.looked_at).max(),
            mask,
            summary: Summary::of(&columns),
            columns,
        }
    }

    /// The page: one file that loads nothing, runs no script but its own, and reads without any.
    #[must_use]
    pub fn to_html(&self) -> String {
        html::render(self)
    }
}

impl Summary {
    fn of(columns: &[Column]) -> Self {
        let holding = |is: fn(Holds) -> bool| columns.iter().filter(|it| is(it.holds)).count();
        let became = |outcome| columns.iter().filter(|it| it.outcome == Some(outcome)).count();
        let lost = columns.iter().filter_map(|it| it.done.as_ref()).map(Done::lost);
        Self {
            columns: columns.len(),
            personal: holding(Holds::is_personal),
            doubtful: holding(Holds::is_doubtful),
            quiet: holding(|it| !it.is_personal() && !it.is_doubtful()),
            protected: became(Outcome::Protected),
            exposed: became(Outcome::Exposed),
            unsure: became(Outcome::Unsure),
            lost: lost.sum(),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

const TOOL: &str = concat!("tokenize ", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests;
