//! Datasets: many files in, a directory of files out, file by file, so that a run that is killed can go on.
//!
//! ```text
//! list ─▶ hold columns against each other ─▶ plan partitions ─▶ plan files ─▶ journal ─▶ each file ─▶ _SUCCESS
//! └───────────── whatever can be refused is refused here ─────────────┘
//! ```

mod look;
mod partitions;
mod prepare;
mod work;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use self::look::{check_dataset, scan_dataset};
use self::prepare::{Item, Prepared};
use self::work::{Masking, Remasking, Unmasking, Work};
use super::{ColumnReport, FileOptions, Inspector, Preview, Remasker, Report, Tokenizer, Unmasker};
use crate::dataset::journal::{self, DoneFiles, FileFacts, Journal};
use crate::dataset::place::Place;
use crate::dataset::{DatasetError, JOURNAL, MANIFEST, SUCCESS};
use crate::error::Error;
use crate::io::location::Location;
use crate::io::publish::Publication;
use crate::io::side::{self, SideFile};
use crate::io::source::{self, Reading};
use crate::io::{Input, IoError};

/// What a caller says about datasets.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DatasetOptions {
    /// What is said about each file. `replace` is for the whole dataset; there is no `manifest`, for nothing goes to standard output.
    pub file: FileOptions,
    /// Go on with a run that was killed or has failed: files that it has done are not treated again. Refused if inputs, policy, keyring or options
    /// have changed since. Where there is no such run, one begins.
    pub resume: bool,
}

impl DatasetOptions {
    /// Options for files, and nothing else.
    #[must_use]
    pub fn new(file: FileOptions) -> Self {
        Self { file, resume: false }
    }

    /// Whether to go on with a run that has not come to its end.
    #[must_use]
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }
}

/// What a run did to a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatasetReport {
    /// The files, in the order in which they were treated; not those that an earlier run had done.
    pub files: Vec<FileReport>,
    /// The partition columns; empty where there are none.
    pub partitions: Vec<ColumnReport>,
    /// How many files an earlier run had done.
    pub resumed: u64,
    /// Whether a complete dataset has been written: not in a dry run, nor where a remask found nothing to do.
    pub written: bool,
    /// In a dry run of a mask: the first rows of the first file, masked.
    pub preview: Option<Preview>,
}

/// What a run did to one file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileReport {
    /// The file, with `…` for the values of partitions that are masked in the output.
    pub input: PathBuf,
    /// Where it was written, with `…` for the values of partitions that are in clear there and not in the input. `None` in a dry run.
    pub output: Option<PathBuf>,
    /// What was done.
    pub report: Report,
}

/// Why a dataset was not treated to its end. What was written by then stays, without `_SUCCESS`.
#[derive(Debug)]
#[non_exhaustive]
pub struct DatasetFailure {
    /// The file that it is about, if it is about one.
    pub input: Option<PathBuf>,
    /// What went wrong.
    pub error: Error,
}

impl fmt::Display for DatasetFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.input, &self.error) {
            (Some(input), error) if !matches!(error, Error::Io(_)) => {
                write!(f, "{}: {error}", input.display())
            }
            (_, error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DatasetFailure {}

impl<E: Into<Error>> From<E> for DatasetFailure {
    fn from(error: E) -> Self {
        Self { input: None, error: error.into() }
    }
}

/// Masks a dataset: files, directories and patterns (`data/**/*.parquet`) into a directory, in which files keep their places. Each is treated as
/// [`mask_file`](super::mask_file) does. An empty file `_SUCCESS` is written when all others are there.
///
/// Directories such as `country=DE` are columns under the policy, and what it does to them is done to their names; `_tokenize.json` says what that was.
///
/// # Examples
/// ```
/// use tokenize_core::{
///     DatasetOptions, FileOptions, Keyring, KeyringOptions, Policy, Tokenizer, Unmasker, UtcTime, mask_dataset, unmask_dataset,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let at = |name: &str| folder.path().join(name);
/// # let now: UtcTime = "2026-01-02T03:04:05Z".parse()?;
/// let keyring = Keyring::create(at("keyring.json"), KeyringOptions::new("local:kek.key".parse()?, now))?;
/// std::fs::create_dir_all(at("data/country=DE"))?;
/// std::fs::write(at("data/country=DE/people.csv"), "email\nann@example.com\n")?;
///
/// let policy = "version: 1\nname: people\ncolumns:\n  email: { action: tokenize, format: email }\n  country: { action: keep }\n";
/// let tokenizer = Tokenizer::new(Policy::from_text(policy)?, &keyring)?;
/// // Given again after a kill, it goes on where it was.
/// let options = DatasetOptions::new(FileOptions::default()).resume(true);
/// let report = mask_dataset(&tokenizer, &[at("data")], &at("masked"), &options)?;
/// assert_eq!(report.files.len(), 1);
/// assert!(at("masked/_SUCCESS").exists());
///
/// unmask_dataset(&Unmasker::new(&keyring), &[at("masked")], &at("clear"), &options)?;
/// assert_eq!(std::fs::read(at("clear/country=DE/people.csv"))?, std::fs::read(at("data/country=DE/people.csv"))?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`DatasetFailure`].
pub fn mask_dataset<P: AsRef<Path>>(
    tokenizer: &Tokenizer,
    inputs: &[P],
    output: &Path,
    options: &DatasetOptions,
) -> Result<DatasetReport, DatasetFailure> {
    run(&mut Masking::new(tokenizer, None), inputs, output, options)
}

/// Masks a dataset as [`mask_dataset`] does, and lets `inspector` look at what goes in and what is left.
///
/// # Errors
/// As [`mask_dataset`].
pub fn mask_dataset_inspected<P: AsRef<Path>>(
    tokenizer: &Tokenizer,
    inputs: &[P],
    output: &Path,
    options: &DatasetOptions,
    inspector: &mut Inspector,
) -> Result<DatasetReport, DatasetFailure> {
    run(&mut Masking::new(tokenizer, Some(inspector)), inputs, output, options)
}

/// Unmasks a dataset, the names of its partitions too. Each file is treated as [`unmask_file`](super::unmask_file) does, by what it says of itself.
///
/// # Errors
/// As [`mask_dataset`].
pub fn unmask_dataset<P: AsRef<Path>>(
    unmasker: &Unmasker,
    inputs: &[P],
    output: &Path,
    options: &DatasetOptions,
) -> Result<DatasetReport, DatasetFailure> {
    run(&mut Unmasking::new(unmasker), inputs, output, options)
}

/// Remasks a dataset. Files that are under the primary key version already are copied, unless all are: then nothing is written.
///
/// # Errors
/// As [`mask_dataset`].
pub fn remask_dataset<P: AsRef<Path>>(
    remasker: &Remasker,
    inputs: &[P],
    output: &Path,
    options: &DatasetOptions,
) -> Result<DatasetReport, DatasetFailure> {
    run(&mut Remasking::new(remasker), inputs, output, options)
}

fn run<P: AsRef<Path>>(
    work: &mut dyn Work,
    inputs: &[P],
    output: &Path,
    options: &DatasetOptions,
) -> Result<DatasetReport, DatasetFailure> {
    let inputs: Vec<PathBuf> = inputs.iter().map(|input| input.as_ref().to_owned()).collect();
    let prepared = Prepared::new(work, &inputs, output, options)?;
    let shown = |error: DatasetFailure| prepared.shown(error);
    if options.file.dry_run || !prepared.is_due() {
        return prepared.dry_report(work, options).map_err(shown);
    }
    let mut writing = Writing::start(&prepared, work, options).map_err(shown)?;
    let outcome = writing.all(&prepared, work, options);
    if outcome.is_err() {
        writing.give_up();
    }
    outcome.map_err(shown)
}

/// A run that has begun to write.
struct Writing {
    place: Box<dyn Place>,
    journal: Journal,
    done: DoneFiles,
    options: FileOptions,
    /// Whether nothing was there before that has to stay if nothing is written.
    is_fresh: bool,
}

impl Writing {
    /// Refuses what is there already, goes on with what is to be resumed, and begins the journal.
    fn start(
        prepared: &Prepared,
        work: &dyn Work,
        options: &DatasetOptions,
    ) -> Result<Self, DatasetFailure> {
        let mut place = prepared.place()?;
        let root = place.root().to_owned();
        let facts = prepared.facts(work, options)?;
        let journal = place.location(JOURNAL)?;
        let is_begun = place.is_taken(JOURNAL)?;
        let is_resumed = options.resume && is_begun;
        let replace = options.file.replace || is_resumed;
        let done = match is_resumed {
            true => unchanged(&*place, &prepared.items, journal::resume(&journal, &facts)?)?,
            false => DoneFiles::new(),
        };
        prepared.items.iter().try_for_each(|item| place.refuse_symlinks(&item.output))?;
        if !replace {
            let has_keys = work.has_data_keys();
            prepared
                .items
                .iter()
                .try_for_each(|item| refuse_taken(&*place, item, has_keys, options))?;
            if is_begun {
                return Err(DatasetError::Unfinished { path: root }.into());
            }
            for name in [SUCCESS, MANIFEST] {
                if place.is_taken(name)? {
                    let path = place.location(name)?.path().to_owned();
                    return Err(IoError::Exists { path }.into());
                }
            }
        }
        let outputs = prepared.outputs();
        place.refuse_foreign(&outputs)?;
        let is_fresh = !replace;
        place.make_directories("")?;
        let journal = Journal::begin(&journal, &facts, &done);
        let journal = journal.inspect_err(|_| place.remove_empty())?;
        // Before anything of a complete dataset changes.
        if place.is_taken(SUCCESS)? {
            place.remove(SUCCESS)?;
        }
        // One that was killed while it began has left no journal.
        if replace || options.resume {
            place.clean(&outputs)?;
        }
        let options = FileOptions { replace, dry_run: false, ..options.file.clone() };
        Ok(Self { place, journal, done, options, is_fresh })
    }

    /// Treats all files that are not done, and marks the dataset as complete.
    fn all(
        &mut self,
        prepared: &Prepared,
        work: &mut dyn Work,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        match &prepared.partitions.manifest {
            Some(text) => write_whole(&self.place.location(MANIFEST)?, text, self.options.replace)?,
            None if self.place.is_taken(MANIFEST)? => self.place.remove(MANIFEST)?,
            None => {}
        }
        let resumed = self.done.len() as u64;
        let due = || prepared.items.iter().filter(|item| !self.done.contains_key(&item.facts.file));
        let due: Vec<&Item> = due().collect();
        if let Some(progress) = &options.file.progress {
            let bytes = due.iter().map(|item| item.facts.bytes).sum();
            progress.start(due.len() as u64, bytes);
        }
        let mut files = Vec::new();
        for item in due {
            let report = self.one(item, work).map_err(|failure| failure.of(&item.shown))?;
            let output = Some(prepared.shown_path(self.place.location(&item.output)?.path()));
            let side_file = report.side_file.as_ref().map(|path| prepared.shown_path(path));
            let report = Report { side_file, ..report };
            let file = FileReport { input: item.shown.clone(), output, report };
            if let Some(progress) = &options.file.progress {
                progress.file_done(&file);
            }
            files.push(file);
        }
        self.journal.flush()?;
        self.place.mark(&prepared.outputs())?;
        let partitions = prepared.partitions.reports.clone();
        Ok(DatasetReport { files, partitions, resumed, written: true, preview: None })
    }

    /// Treats one file, and notes that it is done once it has its name.
    fn one(&mut self, item: &Item, work: &mut dyn Work) -> Result<Report, DatasetFailure> {
        self.options.go_on()?;
        self.place.make_directories(&item.output)?;
        let output = self.place.location(&item.output)?;
        let report = match item.is_due {
            true => work.file(item.input.path(), output.path(), &self.options)?,
            false => {
                copy(&item.input, &output, self.options.replace)?;
                self.copied(item)?
            }
        };
        // It could have become another one while it was read.
        if FileFacts::of(&item.input, &item.facts.file)? != item.facts {
            return Err(DatasetError::Changed { path: item.shown.clone() }.into());
        }
        let facts = FileFacts::of(&output, &item.facts.file)?;
        self.journal.done(&facts)?;
        self.done.insert(facts.file.clone(), facts);
        Ok(report)
    }

    /// What is told of a file that stays as it is.
    fn copied(&self, item: &Item) -> Result<Report, IoError> {
        let rows = Input::open(item.input.path(), &self.options.read)?.rows().unwrap_or(0);
        if let Some(progress) = &self.options.progress {
            progress.rows(rows);
            progress.bytes(item.facts.bytes);
        }
        Ok(Report { rows, written: true, ..item.planned.clone() })
    }

    /// Takes everything away that was made in vain.
    fn give_up(&mut self) {
        // What is not noted is done again.
        let _ = self.journal.flush();
        if self.is_fresh && self.done.is_empty() {
            // What stays is harmless: it says that a run was begun.
            let _ = self.place.remove(MANIFEST).and_then(|()| self.place.remove(JOURNAL));
            self.place.remove_empty();
        }
    }
}

impl DatasetFailure {
    fn of(self, input: &Path) -> Self {
        Self { input: Some(input.to_owned()), ..self }
    }
}

/// The files that are done and still as they were left.
///
/// # Errors
/// [`IoError::Url`].
fn unchanged(place: &dyn Place, items: &[Item], mut done: DoneFiles) -> Result<DoneFiles, IoError> {
    let mut kept = DoneFiles::new();
    for item in items {
        let Some(earlier) = done.remove(&item.facts.file) else { continue };
        let now = FileFacts::of(&place.location(&item.output)?, &item.facts.file);
        if now.is_ok_and(|now| now == earlier) {
            kept.insert(earlier.file.clone(), earlier);
        }
    }
    Ok(kept)
}

fn refuse_taken(
    place: &dyn Place,
    item: &Item,
    has_data_keys: bool,
    options: &DatasetOptions,
) -> Result<(), Error> {
    let output = place.location(&item.output)?;
    if place.is_taken(&item.output)? {
        return Err(IoError::Exists { path: output.path().to_owned() }.into());
    }
    let format = options.file.output_format.or_else(|| crate::FileFormat::of_name(output.path()));
    if has_data_keys || format.is_some_and(crate::FileFormat::needs_side_file) {
        SideFile::refuse_taken(&output)?;
    }
    Ok(())
}

/// A file that stays as it is, and what stands beside it.
fn copy(input: &Location, output: &Location, replace: bool) -> Result<(), IoError> {
    if let Some(text) = side::read(input)? {
        write_whole(&output.side(), &text, replace)?;
    }
    let mut from = Reading::buffered(source::open(input)?);
    let mut publication = Publication::start(output, replace)?;
    io::copy(&mut from, &mut publication).map_err(IoError::system("write", output.path()))?;
    publication.publish()
}

fn write_whole(place: &Location, text: &str, replace: bool) -> Result<(), IoError> {
    let mut publication = Publication::start(place, replace)?;
    publication.write_all(text.as_bytes()).map_err(IoError::system("write", place.path()))?;
    publication.publish()
}
