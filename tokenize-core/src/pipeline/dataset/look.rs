//! Datasets for whoever only looks: whether a policy fits their columns, and what these hold.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::DatasetFailure;
use super::partitions::{Veil, keys_of, refuse_untreatable};
use super::prepare::{refuse_drift, refuse_other_keys};
use crate::dataset::drift::Shape;
use crate::dataset::listing::{Found, Listing, list};
use crate::dataset::{DatasetError, PartitionProblem};
use crate::detect::{Detector, ScanOptions, ScanReport};
use crate::error::Error;
use crate::field::FieldPath;
use crate::io::ReadOptions;
use crate::io::kind::{FileFormat, Kind};
use crate::pipeline::scan::{Scanned, scan_each};
use crate::pipeline::{ScanProgress, any_plan, check_schema, file_schema};
use crate::policy::{Policy, Rule};

/// Whether a policy can mask a dataset, as far as can be told without a keyring and without the names of partitions: files, directories, prefixes
/// and patterns, as [`mask_dataset`](super::mask_dataset) takes them. Gives the columns: partitions first, then those of the files, which must be
/// alike.
///
/// # Errors
/// [`DatasetFailure`].
pub fn check_dataset<P: AsRef<Path>>(
    policy: &Policy,
    inputs: &[P],
    read: &ReadOptions,
) -> Result<SchemaRef, DatasetFailure> {
    let seen = Seen::new(inputs, read)?;
    let schema = seen.schema(read)?;
    let fields: Vec<Field> = seen.keys.iter().map(partition).collect();
    let partitions: SchemaRef = Arc::new(Schema::new(fields.clone()));
    refuse_untreatable(&any_plan(&policy.with_optional(|_| true), &partitions)?)?;
    let paths: Vec<FieldPath> = seen.keys.iter().map(|key| FieldPath::column(key)).collect();
    let is_partition = |rule: &Rule| paths.iter().any(|path| rule.column.matches(path));
    check_schema(&policy.with_optional(is_partition), &schema)?;
    let all = fields.into_iter().map(Arc::new).chain(schema.fields().iter().cloned());
    Ok(Arc::new(Schema::new(all.collect::<Vec<_>>())))
}

/// Scans a dataset as one table: files, directories, prefixes and patterns. Partitions are columns of it; files need not have the same columns.
///
/// # Errors
/// [`DatasetFailure`], in which partitions have no values.
pub fn scan_dataset<P: AsRef<Path>>(
    inputs: &[P],
    read: &ReadOptions,
    detector: &Detector,
    options: ScanOptions,
    progress: impl FnMut(ScanProgress),
) -> Result<ScanReport, DatasetFailure> {
    let seen = Seen::new(inputs, read)?;
    let scanned = |found: &Found| {
        let values = found.relative.partitions();
        let partitions = values.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)));
        Scanned { path: found.path.clone(), partitions: partitions.collect() }
    };
    let files: Vec<Scanned> = seen.listing.files.iter().map(scanned).collect();
    scan_each(&files, read, detector, options, progress).map_err(|(path, error)| match path {
        Some(path) => seen.failed(path, error),
        None => error.into(),
    })
}

/// The files of a dataset, with their partition columns.
struct Seen {
    listing: Listing,
    keys: Vec<String>,
}

impl Seen {
    fn new<P: AsRef<Path>>(inputs: &[P], read: &ReadOptions) -> Result<Self, DatasetFailure> {
        let inputs: Vec<PathBuf> = inputs.iter().map(|input| input.as_ref().to_owned()).collect();
        let listing = list(&inputs, &read.stores)?;
        refuse_other_keys(&listing)?;
        let keys = keys_of(&listing.files)?;
        Ok(Self { listing, keys })
    }

    /// The columns of the files. Refuses files whose columns differ.
    fn schema(&self, read: &ReadOptions) -> Result<SchemaRef, DatasetFailure> {
        let mut first: Option<(PathBuf, Shape, SchemaRef)> = None;
        for found in &self.listing.files {
            let of = |error| self.failed(&found.path, error);
            let schema = file_schema(&found.path, read).map_err(of)?;
            if let Some(key) = self.keys.iter().find(|key| schema.index_of(key).is_ok()) {
                let (column, problem) = (key.clone(), PartitionProblem::InFiles);
                return Err(DatasetError::Partition { column, problem }.into());
            }
            let format = read.format.or_else(|| FileFormat::of_name(&found.path));
            let kind = format.map_or(Kind::Text, |format| format.kind);
            let shape = Shape::new(&schema, kind, &found.relative);
            let shown = self.shown(&found.path);
            match &first {
                None => first = Some((shown, shape, schema)),
                Some((path, first, _)) => refuse_drift((path, first), (&shown, &shape))?,
            }
        }
        Ok(first.map_or_else(|| Arc::new(Schema::empty()), |(_, _, schema)| schema))
    }

    /// A path without the values of partitions: nobody has said yet that they are harmless.
    fn shown(&self, path: &Path) -> PathBuf {
        let roots = self.listing.roots.iter().map(|root| root.path.as_path()).collect();
        Veil { roots, keys: &self.keys }.over(path)
    }

    fn failed(&self, path: &Path, error: Error) -> DatasetFailure {
        let error = match error {
            Error::Io(error) => error.with_path(|path| self.shown(path)).into(),
            error => error,
        };
        DatasetFailure { input: Some(self.shown(path)), error }
    }
}

fn partition(key: &String) -> Field {
    Field::new(key, DataType::Utf8, true)
}
