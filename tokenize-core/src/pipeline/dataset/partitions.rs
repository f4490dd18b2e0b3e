//! Partition columns: what stands in the names of directories, treated as a column is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::work::Work;
use crate::action::ActionError;
use crate::dataset::listing::{Found, Listing, Root, hidden_if, with_names};
use crate::dataset::partition::{Relative, directory_name};
use crate::dataset::{DatasetError, MANIFEST as FILE, PartitionProblem};
use crate::error::Error;
use crate::io::location::Location;
use crate::io::side;
use crate::io::store::Stores;
use crate::manifest::Manifest;
use crate::pipeline::file::signed;
use crate::pipeline::unmask::told_by;
use crate::pipeline::{ColumnReport, MaskPlan, UnmaskPlan};
use crate::plan::Plan;
use crate::plan::tags::MANIFEST;
use crate::policy::{Action, CellOutput, Mode};

/// What becomes of partition columns.
#[derive(Debug, Default)]
pub(super) struct Partitions {
    /// The columns, outermost first.
    pub(super) keys: Vec<String>,
    /// For each combination of values, the names of the directories; `None` for one that is left out. Empty if all stay as they are.
    names: HashMap<Values, Vec<Option<String>>>,
    /// What says so of the output.
    pub(super) manifest: Option<String>,
    pub(super) reports: Vec<ColumnReport>,
    /// The columns whose values the output does not show.
    pub(super) hidden: Vec<String>,
    /// Those whose values the input does not show.
    pub(super) revealed: Vec<String>,
}

/// The values of a file's partitions.
type Values = Vec<Option<String>>;

/// Partition columns, treated.
pub(super) struct TreatedColumns {
    /// Without those that are left out.
    columns: RecordBatch,
    manifest: Option<String>,
    reports: Vec<ColumnReport>,
}

impl TreatedColumns {
    /// Columns that stay as they are, masked or not.
    pub(super) fn unchanged(values: &RecordBatch, manifest: &str) -> Self {
        let schema = values.schema();
        let reports = schema.fields().iter().map(|field| kept(field.name())).collect();
        Self { columns: values.clone(), manifest: Some(manifest.to_owned()), reports }
    }
}

impl Partitions {
    /// Treats the partitions of all files.
    pub(super) fn new(work: &dyn Work, listing: &Listing, stores: &Stores) -> Result<Self, Error> {
        let (files, roots) = (&listing.files, &listing.roots);
        let keys = keys_of(files)?;
        let manifest = manifest_of(roots, stores)?;
        let Some(first) = keys.first() else { return Ok(Self::default()) };
        if manifest.is_some() && roots.len() > 1 {
            let (column, problem) = (first.clone(), PartitionProblem::Several);
            return Err(DatasetError::Partition { column, problem }.into());
        }
        let values = distinct(files);
        let batch = batch_of(&keys, &values, manifest.as_ref())?;
        let treated = work.partitions(&batch).map_err(of_value)?;
        let mut partitions = Self { keys, ..Self::default() };
        let Some(treated) = treated else {
            partitions.reports = partitions.keys.iter().map(|key| kept(key)).collect();
            return Ok(partitions);
        };
        for (row, values) in values.into_iter().enumerate() {
            let name = |key: &String| name_of(&treated.columns, key, row);
            let names = partitions.keys.iter().map(name).collect::<Result<_, _>>()?;
            partitions.names.insert(values, names);
        }
        let unmasked = treated.reports.iter().filter(|report| report.done.starts_with("unmask "));
        partitions.revealed = unmasked.map(|report| report.column.clone()).collect();
        let stays = |report: &&ColumnReport| {
            ["keep", "leave ", "remask ", "unmask "]
                .iter()
                .all(|word| !report.done.starts_with(word))
        };
        let hidden = treated.reports.iter().filter(stays).map(|report| report.column.clone());
        partitions.hidden = hidden.collect();
        partitions.manifest = treated.manifest;
        partitions.reports = treated.reports;
        Ok(partitions)
    }

    /// Where a file's output lies.
    pub(super) fn place(&self, relative: &Relative) -> String {
        let values: Values =
            relative.partitions().map(|(_, value)| value.map(str::to_owned)).collect();
        let names = self.names.get(&values);
        relative.path_with(|key| {
            let i = self.keys.iter().position(|known| known == key)?;
            match names?.get(i)? {
                // As it is written, if it says the same.
                Some(name) if relative.says(key, name) => None,
                name => Some(name.clone()),
            }
        })
    }
}

/// The partition columns, which all files must have alike; where they do not, `drift` tells.
pub(super) fn keys_of(files: &[Found]) -> Result<Vec<String>, DatasetError> {
    let Some(first) = files.first() else { return Ok(Vec::new()) };
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in first.relative.partitions() {
        if keys.iter().any(|known| known == key) {
            let (column, problem) = (key.to_owned(), PartitionProblem::Twice);
            return Err(DatasetError::Partition { column, problem });
        }
        keys.push(key.to_owned());
    }
    Ok(keys)
}

/// What the roots say was done to their partitions.
fn manifest_of(roots: &[Root], stores: &Stores) -> Result<Option<Manifest>, Error> {
    for root in roots {
        let place = Location::new(&root.path.join(FILE), stores)?;
        if let Some(text) = side::read_if_there(&place)? {
            return Ok(Some(Manifest::read(&text)?));
        }
    }
    Ok(None)
}

fn distinct(files: &[Found]) -> Vec<Values> {
    let of = |found: &Found| -> Values {
        found.relative.partitions().map(|(_, value)| value.map(str::to_owned)).collect()
    };
    let mut values: Vec<Values> = files.iter().map(of).collect();
    values.sort();
    values.dedup();
    values
}

fn batch_of(
    keys: &[String],
    values: &[Values],
    manifest: Option<&Manifest>,
) -> Result<RecordBatch, Error> {
    let field = |key: &String| Field::new(key, DataType::Utf8, true);
    let schema: SchemaRef = Arc::new(Schema::new(keys.iter().map(field).collect::<Vec<_>>()));
    let schema = match manifest {
        Some(manifest) => told_by(&schema, manifest)?,
        None => schema,
    };
    let column = |i: usize| -> ArrayRef {
        let cells = values.iter().map(|row| row.get(i).and_then(Option::as_deref));
        Arc::new(StringArray::from_iter(cells))
    };
    let columns = (0..keys.len()).map(column).collect();
    Ok(RecordBatch::try_new(schema, columns).map_err(ActionError::from)?)
}

/// The name of a directory, once its column has been treated; `None` if that is left out.
fn name_of(treated: &RecordBatch, key: &str, row: usize) -> Result<Option<String>, Error> {
    let Some(column) = treated.column_by_name(key) else { return Ok(None) };
    let texts = cast(column, &DataType::Utf8).map_err(ActionError::from)?;
    let texts = texts.as_string::<i32>();
    let value = texts.is_valid(row).then(|| texts.value(row));
    Ok(Some(directory_name(key, value)))
}

/// Treats partition columns by a plan to mask, or to mask anew.
pub(super) fn of_mask(
    plan: &MaskPlan,
    values: &RecordBatch,
    has_manifest: bool,
) -> Result<TreatedColumns, Error> {
    let columns = plan.mask_bare(values, 0)?;
    let manifest = has_manifest.then(|| signed(plan)).transpose()?;
    Ok(TreatedColumns { columns, manifest, reports: plan.report().columns })
}

/// Treats partition columns by a plan to unmask.
pub(super) fn of_unmask(plan: &UnmaskPlan, values: &RecordBatch) -> Result<TreatedColumns, Error> {
    let columns = plan.unmask(values)?;
    let manifest = plan.schema().metadata().get(MANIFEST).cloned();
    Ok(TreatedColumns { columns, manifest, reports: plan.report().columns })
}

/// Refuses actions that cannot be done to the name of a directory: those of which one value does not give one text, and those that look at more than
/// that value.
pub(super) fn refuse_untreatable(plan: &Plan) -> Result<(), DatasetError> {
    for step in &plan.steps {
        let why = match &step.action {
            Action::Encrypt { mode: Mode::Randomized, .. } => {
                "it would give another one in each run"
            }
            Action::Encrypt { output: CellOutput::Binary, .. } => "it gives bytes, not text",
            Action::Redact { .. } => "all directories would become one",
            Action::ShiftDate { .. } => "its subject is in the rows",
            Action::Text(_) => "it is for texts in rows",
            _ => continue,
        };
        let problem = PartitionProblem::Action { action: step.action.name().to_owned(), why };
        return Err(DatasetError::Partition { column: step.path.to_string(), problem });
    }
    Ok(())
}

/// A value has no row here.
fn of_value(error: Error) -> Error {
    match error {
        Error::Action(ActionError::Invalid { path, reason, .. }) => {
            let problem = PartitionProblem::Value(reason);
            DatasetError::Partition { column: path, problem }.into()
        }
        error => error,
    }
}

/// A column that stays as it is.
fn kept(key: &str) -> ColumnReport {
    ColumnReport::kept(&crate::field::FieldPath::column(key).to_string())
}

/// The values of these columns are not shown in paths below these roots.
pub(super) struct Veil<'a> {
    pub(super) roots: Vec<&'a Path>,
    pub(super) keys: &'a [String],
}

impl Veil<'_> {
    pub(super) fn over(&self, path: &Path) -> PathBuf {
        let depth = self.roots.iter().filter(|root| path.starts_with(root));
        let Some(depth) = depth.map(|root| root.components().count()).max() else {
            return path.to_owned();
        };
        let is_secret = |key: &str| self.keys.iter().any(|known| known == key);
        with_names(path, |i, part| hidden_if(part, i >= depth, is_secret))
    }
}
