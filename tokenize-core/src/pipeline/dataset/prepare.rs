//! What is known of a dataset before anything is written, and all that is refused by then.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use arrow::datatypes::{Schema, SchemaRef};

use super::partitions::{Partitions, Veil};
use super::work::Work;
use super::{DatasetFailure, DatasetOptions, DatasetReport, FileReport};
use crate::crypto::prf::sha256;
use crate::dataset::drift::Shape;
use crate::dataset::journal::{FileFacts, RunFacts};
use crate::dataset::listing::{Found, Listing, list};
use crate::dataset::partition::Relative;
use crate::dataset::place::{Place, place};
use crate::dataset::{DatasetError, Difference, PartitionProblem};
use crate::error::Error;
use crate::hex::hex;
use crate::io::kind::{FileFormat, Kind};
use crate::io::location::Location;
use crate::io::store::Stores;
use crate::pipeline::{FileOptions, Report, file_schema};

/// A dataset with nothing in it that would be refused.
pub(super) struct Prepared {
    listing: Listing,
    pub(super) items: Vec<Item>,
    pub(super) partitions: Partitions,
    output: PathBuf,
    stores: Stores,
}

/// A file, and what becomes of it.
pub(super) struct Item {
    pub(super) input: Location,
    /// The input, for messages.
    pub(super) shown: PathBuf,
    /// Where its output lies, with `/` between names.
    pub(super) output: String,
    relative: Relative,
    /// The input as it stands.
    pub(super) facts: FileFacts,
    pub(super) planned: Report,
    pub(super) is_due: bool,
}

impl Prepared {
    pub(super) fn new(
        work: &mut dyn Work,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<Self, DatasetFailure> {
        let stores = options.file.read.stores.clone();
        let listing = list(inputs, &stores)?;
        refuse_other_keys(&listing)?;
        let partitions = Partitions::new(work, &listing, &stores)?;
        work.learn(&partitions);
        let output = output.to_owned();
        let mut prepared = Self { listing, items: Vec::new(), partitions, output, stores };
        if !prepared.output.as_os_str().is_empty() {
            prepared.place()?;
        }
        prepared.items = prepared.items(work).map_err(|failure| prepared.shown(failure))?;
        let planned = prepared.planned(work, options);
        let planned = planned.map_err(|failure| prepared.shown(failure))?;
        for (item, planned) in prepared.items.iter_mut().zip(planned) {
            item.is_due = work.is_due(&planned);
            item.planned = planned;
        }
        Ok(prepared)
    }

    /// Where the outputs go.
    pub(super) fn place(&self) -> Result<Box<dyn Place>, DatasetError> {
        place(&self.output, &self.listing, &self.stores)
    }

    /// The names of all outputs.
    pub(super) fn outputs(&self) -> BTreeSet<&str> {
        self.items.iter().map(|item| item.output.as_str()).collect()
    }

    /// Whether anything is to be written.
    pub(super) fn is_due(&self) -> bool {
        let mut partitions = self.partitions.reports.iter();
        self.items.iter().any(|item| item.is_due)
            || partitions
                .any(|report| ["remask ", "unmask "].iter().any(|it| report.done.starts_with(it)))
    }

    /// What the run is.
    pub(super) fn facts(
        &self,
        work: &dyn Work,
        options: &DatasetOptions,
    ) -> Result<RunFacts, Error> {
        let keyring = work.keyring();
        let FileOptions { keep_metadata, read, output_format, .. } = &options.file;
        let version = env!("CARGO_PKG_VERSION");
        let said =
            format!("{version} {keep_metadata:?} {read:?} {output_format:?} {}", work.said());
        Ok(RunFacts {
            version: 1,
            verb: work.verb().to_owned(),
            policy: work.policy(),
            keyring: keyring.id().to_string(),
            key_version: keyring.primary(),
            options: hex(&sha256(said.as_bytes())),
            inputs: self.items.iter().map(|item| item.facts.without_version()).collect(),
        })
    }

    /// What would be done.
    pub(super) fn dry_report(
        &self,
        work: &dyn Work,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        let file = |item: &Item| FileReport {
            input: item.shown.clone(),
            output: None,
            report: item.planned.clone(),
        };
        let preview = match self.items.first() {
            Some(first) if options.file.dry_run => work
                .preview(first.input.path(), &options.file)
                .map_err(|error| DatasetFailure { input: Some(first.shown.clone()), error })?,
            _ => None,
        };
        Ok(DatasetReport {
            files: self.items.iter().map(file).collect(),
            partitions: self.partitions.reports.clone(),
            resumed: 0,
            written: false,
            preview,
        })
    }

    /// A path for messages.
    pub(super) fn shown_path(&self, path: &Path) -> PathBuf {
        let inputs = Veil {
            roots: self.listing.roots.iter().map(|root| root.path.as_path()).collect(),
            keys: &self.partitions.hidden,
        };
        let outputs = Veil { roots: vec![&self.output], keys: &self.partitions.revealed };
        match !self.output.as_os_str().is_empty() && path.starts_with(&self.output) {
            true => outputs.over(path),
            false => inputs.over(path),
        }
    }

    /// A failure that shows no value of a partition which is not in clear on both sides.
    pub(super) fn shown(&self, failure: DatasetFailure) -> DatasetFailure {
        let error = match failure.error {
            Error::Io(error) => error.with_path(|path| self.shown_path(path)).into(),
            Error::Dataset(DatasetError::Symlink { path }) => {
                DatasetError::Symlink { path: self.shown_path(&path) }.into()
            }
            Error::Dataset(DatasetError::Foreign { path }) => {
                DatasetError::Foreign { path: self.shown_path(&path) }.into()
            }
            error => error,
        };
        let input = failure.input.map(|path| self.shown_path(&path));
        DatasetFailure { input, error }
    }

    /// The files with their places, each of its own.
    fn items(&self, work: &dyn Work) -> Result<Vec<Item>, DatasetFailure> {
        let mut taken: HashMap<String, &Found> = HashMap::new();
        let mut items = Vec::new();
        for found in &self.listing.files {
            let output = self.partitions.place(&found.relative);
            if let Some(first) = taken.insert(output.clone(), found) {
                let [first, second] = [first, found].map(|it| self.shown_path(&it.path));
                return Err(DatasetError::Collision { first, second }.into());
            }
            let as_read = found.relative.path_with(|_| None);
            let name = if work.is_masked_by_then() { as_read } else { output.clone() };
            let input = Location::new(&found.path, &self.stores)?;
            items.push(Item {
                shown: self.shown_path(&found.path),
                output,
                relative: found.relative.clone(),
                facts: FileFacts::of(&input, &name)?,
                input,
                planned: Report::empty(),
                is_due: true,
            });
        }
        // By names that are masked: the order of others would tell of them.
        items.sort_by(|a: &Item, b| a.facts.file.cmp(&b.facts.file));
        Ok(items)
    }

    /// What would be done to each file. Refuses files whose columns differ.
    fn planned(
        &self,
        work: &mut dyn Work,
        options: &DatasetOptions,
    ) -> Result<Vec<Report>, DatasetFailure> {
        let plan_only = FileOptions { dry_run: true, progress: None, ..options.file.clone() };
        let is_named = !self.output.as_os_str().is_empty();
        let place = is_named.then(|| self.place()).transpose()?;
        let mut first: Option<(&Path, Shape)> = None;
        let mut before: Option<(SchemaRef, Option<FileFormat>)> = None;
        let mut planned: Vec<Report> = Vec::new();
        for item in &self.items {
            options.file.go_on()?;
            let of = |error| DatasetFailure { input: Some(item.shown.clone()), error };
            let schema = file_schema(item.input.path(), &options.file.read).map_err(of)?;
            self.refuse_two_of_a_name(&schema)?;
            let format =
                options.file.read.format.or_else(|| FileFormat::of_name(item.input.path()));
            let kind = format.map_or(Kind::Text, |format| format.kind);
            let shape = Shape::new(&schema, kind, &item.relative);
            match &first {
                None => first = Some((&item.shown, shape)),
                Some((path, first)) => refuse_drift((path, first), (&item.shown, &shape))?,
            }
            let here = Some((schema, format));
            planned.push(match planned.last().filter(|_| before == here) {
                // Most are like the one before.
                Some(same) => same.clone(),
                None => {
                    let output = place.as_ref().map(|place| place.location(&item.output));
                    let output = output.transpose()?;
                    let output = output.as_ref().map_or(Path::new(""), Location::path);
                    work.file(item.input.path(), output, &plan_only).map_err(of)?
                }
            });
            before = here;
        }
        Ok(planned)
    }

    fn refuse_two_of_a_name(&self, schema: &Schema) -> Result<(), DatasetError> {
        let is_there = |key: &&String| schema.column_with_name(key).is_some();
        match self.partitions.keys.iter().find(is_there) {
            Some(key) => {
                let (column, problem) = (key.clone(), PartitionProblem::InFiles);
                Err(DatasetError::Partition { column, problem })
            }
            None => Ok(()),
        }
    }
}

/// Refuses files that lie under other partitions than the first one.
pub(super) fn refuse_other_keys(listing: &Listing) -> Result<(), DatasetError> {
    let Some(first) = listing.files.first() else { return Ok(()) };
    let keys = |found: &Found| -> Vec<String> {
        found.relative.partitions().map(|(key, _)| key.to_owned()).collect()
    };
    let expected = keys(first);
    let Some(other) = listing.files.iter().find(|found| keys(found) != expected) else {
        return Ok(());
    };
    let all: Vec<String> = expected.iter().cloned().chain(keys(other)).collect();
    let veil =
        Veil { roots: listing.roots.iter().map(|root| root.path.as_path()).collect(), keys: &all };
    let shape = |found: &Found| Shape::new(&Schema::empty(), Kind::Csv, &found.relative);
    let differences: Vec<Difference> = shape(other).differences(&shape(first));
    let (path, first) = (veil.over(&other.path), veil.over(&first.path));
    Err(DatasetError::Drift { path, first, differences })
}

pub(super) fn refuse_drift(
    first: (&Path, &Shape),
    here: (&Path, &Shape),
) -> Result<(), DatasetError> {
    let differences = here.1.differences(first.1);
    if differences.is_empty() {
        return Ok(());
    }
    let (path, first) = (here.0.to_owned(), first.0.to_owned());
    Err(DatasetError::Drift { path, first, differences })
}
