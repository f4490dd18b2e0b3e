//! One run over the inputs of `mask`, `unmask` or `remask`: everything that can be refused is refused before the first file is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tokenize_core::pipeline::Preview;
use tokenize_core::{
    DatasetFailure, DatasetOptions, DatasetReport, Error, FileFormat, FileOptions, FileReport,
    Report,
};

use super::formats::ReadArgs;
use crate::error::{CliError, Exit, Verb};
use crate::files::{self, FilesError, Job, is_standard};
use crate::guard::guarded;
use crate::out::Out;
use crate::preview;
use crate::summary::{Done, DoneDataset};
use crate::watch::Watch;

/// Arguments that `mask`, `unmask` and `remask` share.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Files, directories, patterns in quotes such as 'data/**/*.parquet', or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The output: a file for one input, or - for standard output; a directory for several, made if it does not exist
    #[arg(long, required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// The output's format, where its name does not tell; for - that of the input, uncompressed
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<FileFormat>,
    #[command(flatten)]
    read: ReadArgs,
    /// Show what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Replace outputs that exist
    #[arg(long)]
    force: bool,
    /// Go on with a run over a directory, a pattern or several inputs that was killed or has failed: what it has written is not written again
    #[arg(long, conflicts_with_all = ["dry_run", "force"])]
    resume: bool,
    /// Encoded Parquet pages that may wait in memory, such as 64MiB or 1GiB; those beyond it wait in a file without a name beside the output [default: 128MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory_limit: Option<usize>,
    /// Print a report as JSON, for programs; and while running events on stderr, an object in each line
    #[arg(long)]
    json: bool,
}

/// A number of bytes, with a unit.
fn size(text: &str) -> Result<usize, &'static str> {
    const UNITS: [(&str, usize); 4] =
        [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];
    let unit = UNITS.iter().find_map(|(name, size)| Some((text.strip_suffix(name)?, *size)));
    let (number, unit) = unit.ok_or("a size ends in KiB, MiB or GiB")?;
    let number: usize =
        number.trim_end().parse().map_err(|_| "a size begins with a whole number")?;
    number.checked_mul(unit).ok_or("more than this machine can address")
}

/// What else a run writes.
#[derive(Debug, Default)]
pub(crate) struct Extras<'a> {
    /// Keys of the file-level metadata that pass.
    pub(crate) keep_metadata: &'a [String],
    /// Whether outputs may get side files.
    pub(crate) side_files: bool,
    /// Where the manifest of standard output goes.
    pub(crate) manifest: Option<&'a Path>,
}

/// What a verb does.
pub(crate) trait Work {
    /// Treats a file.
    fn file(&self, input: &Path, output: &Path, options: &FileOptions) -> Result<Report, Error>;

    /// Treats a dataset.
    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure>;

    /// The first rows as they would be written, where they may be shown.
    fn preview(&self, _input: &Path, _options: &FileOptions) -> Result<Option<Preview>, Error> {
        Ok(None)
    }
}

impl RunArgs {
    pub(crate) fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// Whether what exists is replaced.
    pub(crate) fn force(&self) -> bool {
        self.force
    }

    /// Treats the inputs, and tells what was done.
    pub(crate) fn run(
        &self,
        verb: Verb,
        extras: &Extras<'_>,
        work: &impl Work,
        out: &mut Out,
    ) -> Result<Exit, CliError> {
        let is_standard = self.out.as_deref().is_some_and(is_standard);
        files::check_standard(is_standard, self.json)?;
        let stores = self.read.options().stores;
        if files::is_dataset(verb, &self.inputs, self.out.as_deref(), &stores)? {
            return self.dataset(verb, extras, work, out);
        }
        if self.resume {
            return Err(FilesError::NotResumable.into());
        }
        let Some(input) = self.inputs.first() else { return Ok(Exit::Done) };
        self.file(verb, input, extras, work, out)
    }

    fn file(
        &self,
        verb: Verb,
        input: &Path,
        extras: &Extras<'_>,
        work: &impl Work,
        out: &mut Out,
    ) -> Result<Exit, CliError> {
        let of_file = CliError::of_file(verb, input);
        let of_io = |error| of_file(Error::from(error));
        let (out_path, format) = (self.out.as_deref(), self.read.options().format);
        let job = Job::new(input, out_path, format, self.output_format)?;
        let watch = self.watch();
        let options = self.options(extras, &watch);
        job.refuse_taken(self.force, extras.side_files, &options.read.stores).map_err(of_io)?;
        if !self.dry_run {
            job.make_directory().map_err(of_io)?;
        }
        watch.begin_file(input);
        let output = job.output.as_deref().unwrap_or(Path::new(""));
        let report = guarded(|| work.file(input, output, &options).map_err(&of_file));
        watch.end(report.is_ok());
        let report = report.inspect_err(|_| job.remove_empty_directory())?;
        if !report.written {
            job.remove_empty_directory();
        }
        let preview = match self.dry_run {
            true => guarded(|| work.preview(input, &options).map_err(&of_file))?,
            false => None,
        };
        let output = job.output.as_deref().filter(|_| report.written);
        let done = Done { input, output, report: &report, verb };
        if self.json {
            let mut document = json!({ "dry_run": self.dry_run, "files": [done.json()] });
            add_preview(&mut document, preview.as_ref());
            out.data(&format!("{document:#}\n"))?;
            return Ok(Exit::Done);
        }
        self.tell(&done.table(), preview.as_ref(), out)
    }

    fn dataset(
        &self,
        verb: Verb,
        extras: &Extras<'_>,
        work: &impl Work,
        out: &mut Out,
    ) -> Result<Exit, CliError> {
        let watch = self.watch();
        let options = DatasetOptions::new(self.options(extras, &watch)).resume(self.resume);
        let output = self.out.as_deref().unwrap_or(Path::new(""));
        let first = self.inputs.first().map_or(Path::new(""), PathBuf::as_path);
        let report = guarded(|| {
            let done = work.dataset(&self.inputs, output, &options);
            done.map_err(CliError::of_dataset(verb, first))
        });
        watch.end(report.is_ok());
        let report = report.inspect_err(|_| watch.tell_written(out))?;
        let done = DoneDataset { output, report: &report, is_dry_run: self.dry_run, verb };
        if self.json {
            let mut document = json!({
                "dry_run": self.dry_run,
                "files": report.files.iter().map(|file| Done::of(file, verb).json()).collect::<Vec<Value>>(),
                "partitions": report.partitions,
                "resumed": report.resumed,
                "complete": report.written,
            });
            add_preview(&mut document, report.preview.as_ref());
            out.data(&format!("{document:#}\n"))?;
            return Ok(Exit::Done);
        }
        self.tell(&done.table(), report.preview.as_ref(), out)
    }

    fn watch(&self) -> Arc<Watch> {
        Arc::new(Watch::new(self.json, self.dry_run))
    }

    fn options(&self, extras: &Extras<'_>, watch: &Arc<Watch>) -> FileOptions {
        FileOptions {
            replace: self.force,
            keep_metadata: extras.keep_metadata.to_vec(),
            dry_run: self.dry_run,
            read: self.read.options(),
            output_format: self.output_format,
            manifest: extras.manifest.map(Path::to_owned),
            progress: Some(watch.clone()),
            memory_limit: self.memory_limit,
        }
    }

    /// A plan is data, what was done is talk.
    fn tell(&self, table: &str, shown: Option<&Preview>, out: &mut Out) -> Result<Exit, CliError> {
        if !self.dry_run {
            out.say(table.trim_end());
            return Ok(Exit::Done);
        }
        out.data(table)?;
        if let Some(shown) = shown {
            out.data(&preview::table(shown, out.width()))?;
        }
        Ok(Exit::Done)
    }
}

fn add_preview(document: &mut Value, preview: Option<&Preview>) {
    if let Some(preview) = preview {
        document["preview"] = json!(preview.columns);
    }
}

impl<'a> Done<'a> {
    /// What was done to a file of a dataset.
    fn of(file: &'a FileReport, verb: Verb) -> Self {
        Self { input: &file.input, output: file.output.as_deref(), report: &file.report, verb }
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("3 KiB"), Ok(3072));
        assert_eq!(size("7B"), Ok(7));
        for wrong in ["64", "64MB", "MiB", "-1KiB", "1.5GiB", "99999999999999GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
