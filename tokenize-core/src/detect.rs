//! Finds personal data in text and in columns: findings out, with place, entity, score and reasons.
//!
//! A [`Detector`] is built once from a [`Detection`] and shared between threads. It knows no policy and no key, changes nothing, and
//! holds no value: a finding is a place. How it works is `docs/detection.md`.
//!
//! ```
//! use tokenize_core::Detector;
//!
//! let text = "write to jane.doe@example.com";
//! let findings = Detector::standard().detect(text);
//! assert_eq!(&*findings[0].entity, "EMAIL_ADDRESS");
//! assert_eq!(&text[findings[0].start..findings[0].end], "jane.doe@example.com");
//! assert!(findings[0].reserved); // example.com belongs to nobody
//! ```

mod arrow;
mod below;
mod bic;
mod card;
pub(crate) mod check;
mod column;
mod config;
mod context;
mod domain;
mod email;
mod engine;
mod fault;
mod findings;
mod fold;
mod header;
mod hit;
mod ip;
mod known;
mod literal;
mod names;
mod phone;
mod resolve;
mod rules;
mod scan;
mod secret;
mod shape;
mod sight;
mod table;
mod texts;
mod url;
mod user;
mod words;

pub use column::{
    Class, ColumnReport, Distinct, EntityShare, Reason, ScanOptions, ScanReport, Scanner,
    ValueShape, Verdict, Writing,
};
pub(crate) use column::{Percent, entities_of_name};
pub use config::{Denied, Detection, EntityOptions, Pattern, UserRule};
pub use fault::{DetectionFault, DetectionFaultKind, PatternFault};
pub use findings::{Finding, findings_schema};
pub use hit::Reasons;
pub(crate) use known::{
    Known, KnownFinding, KnownKind, KnownScratch, KnownSet, KnownSetBuilder, KnownSetFinding,
    TooMany,
};
pub(crate) use texts::{Spot, Texts, in_ascii};

use std::sync::{Arc, LazyLock};

use ::arrow::array::{Array, ArrayRef, RecordBatch};
use ::arrow::error::ArrowError;

use crate::column::cell::CellError;
use crate::column::nest::{self, Rows};
use crate::column::{Leaf, leaves};
use crate::field::FieldPath;
use findings::Builder;
use hit::Hit;
use table::Table;

/// Looks for personal data. Cheap to clone, `Send + Sync`.
#[derive(Debug, Clone)]
pub struct Detector {
    table: Arc<Table>,
}

impl Detector {
    /// Compiles a configuration.
    ///
    /// # Errors
    ///
    /// [`DetectError::Configuration`] with everything that is wrong: a pattern that is none, an entity that does not exist.
    pub fn new(detection: &Detection) -> Result<Self, DetectError> {
        let faults = detection.faults();
        if !faults.is_empty() {
            return Err(DetectError::Configuration { faults });
        }
        Ok(Self { table: Arc::new(Table::new(detection)?) })
    }

    /// The detector of the default configuration, built on first use.
    #[must_use]
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Detector> = LazyLock::new(|| {
            Detector::new(&Detection::default())
                .expect("the built-in rules compile: a test builds them")
        });
        &STANDARD
    }

    /// The entities that are looked for, by name.
    pub fn entities(&self) -> impl Iterator<Item = &str> {
        self.table.kinds.iter().map(|kind| &*kind.name)
    }

    /// The findings in one text, by their places, without overlaps.
    #[must_use]
    pub fn detect(&self, text: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        engine::search(&self.table, text.as_bytes(), &(0, text.len()), 0, &mut |_, hit| {
            found.extend(Finding::new(&self.table, hit));
        });
        found
    }

    /// The findings in one leaf as a table of [`findings_schema`]; the words of `path` count as context.
    ///
    /// # Errors
    ///
    /// [`DetectError::Cells`] for a type that holds no values to look at, such as a union.
    pub fn detect_array(
        &self,
        path: &FieldPath,
        array: &dyn Array,
    ) -> Result<RecordBatch, DetectError> {
        let mut builder = Builder::default();
        builder.begin(path);
        self.search(path, array, &mut |row, hit| builder.push(row, hit))?;
        Ok(builder.finish(&self.table)?)
    }

    /// The findings in all leaves of a batch as one table of [`findings_schema`], leaf by leaf.
    ///
    /// # Errors
    ///
    /// As [`Self::detect_array`]. Leaves of types that hold no values to look at are passed over.
    pub fn detect_batch(&self, batch: &RecordBatch) -> Result<RecordBatch, DetectError> {
        self.detect_batch_at(batch, 0)
    }

    /// The same for a batch that begins at a row of something longer.
    ///
    /// # Errors
    ///
    /// As [`Self::detect_batch`].
    pub fn detect_batch_at(
        &self,
        batch: &RecordBatch,
        first_row: usize,
    ) -> Result<RecordBatch, DetectError> {
        let mut builder = Builder::default();
        for_each_leaf(batch, &mut |leaf, array, rows| {
            builder.begin(&leaf.path);
            let push = &mut |element, hit| builder.push(first_row + rows.of(element), hit);
            match self.search(&leaf.path, array, push) {
                Ok(()) | Err(DetectError::Cells(_)) => Ok(()),
                Err(error) => Err(error),
            }
        })?;
        Ok(builder.finish(&self.table)?)
    }

    /// Tells `found` each finding of a leaf by its element, elements ascending.
    fn search(
        &self,
        path: &FieldPath,
        array: &dyn Array,
        found: &mut impl FnMut(usize, Hit),
    ) -> Result<(), DetectError> {
        let column = self.table.names.of_name(&path.to_string());
        Ok(arrow::search_array(&self.table, array, column, found)?)
    }
}

/// The entities that findings may have under a configuration, ours and those of its rules.
pub(crate) fn entity_names(detection: &Detection) -> Vec<String> {
    let own = detection.own_entities().map(str::to_owned);
    rules::entities().map(str::to_owned).chain(own).collect()
}

/// Hands out each leaf of a batch as one array without what lies under nulls, with the rows that its elements belong to.
fn for_each_leaf(
    batch: &RecordBatch,
    each: &mut impl FnMut(&Leaf, &ArrayRef, &Rows) -> Result<(), DetectError>,
) -> Result<(), DetectError> {
    let schema = batch.schema();
    let all = leaves(schema.fields());
    let mut number = 0;
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let node = nest::Node::of(field.data_type(), &mut number);
        nest::rebuild::<DetectError>(
            &node,
            field,
            column,
            &Rows::Same,
            &mut |leaf, array, rows| {
                if let Some(leaf) = all.get(leaf) {
                    each(leaf, array, rows)?;
                }
                Ok(array.clone())
            },
        )?;
    }
    Ok(())
}

/// Why a detector cannot be built, or a column not be searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// Arrow arrays that do not hold together, or a table of findings too large for one batch.
    #[error("{0}")]
    Arrow(#[from] ArrowError),
    /// A configuration that is wrong: everything that is wrong with it.
    #[error("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Configuration {
        /// At least one.
        faults: Vec<DetectionFault>,
    },
    /// A type that holds no values to look at.
    #[error("{0}")]
    Cells(#[from] CellError),
    /// The shapes of all rules together make too large an automaton, or there are too many of them.
    #[error("the shapes of the rules do not fit into one automaton")]
    Shapes,
}
