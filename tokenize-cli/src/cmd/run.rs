//! One run over the inputs of `mask`, `unmask` or `remask`: everything that can be refused is refused before the first file is written.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokenize_core::{Error, FileFormat, FileOptions, Report};

use super::formats::ReadArgs;
use crate::error::{CliError, Exit, Verb};
use crate::files::{self, Jobs, is_standard};
use crate::guard::guarded;
use crate::out::{Out, one_line};
use crate::summary::Done;

/// Arguments that `mask`, `unmask` and `remask` share.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Files, or - for standard input
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
    /// Print a report as JSON, for programs
    #[arg(long)]
    json: bool,
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

impl RunArgs {
    pub(crate) fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// Whether what exists is replaced.
    pub(crate) fn force(&self) -> bool {
        self.force
    }

    /// Treats each input with `treat`, and tells what was done.
    pub(crate) fn run(
        &self,
        verb: Verb,
        extras: &Extras<'_>,
        treat: impl Fn(&Path, &Path, &FileOptions) -> Result<Report, Error>,
        out: &mut Out,
    ) -> Result<Exit, CliError> {
        let read = self.read.options();
        let files = Jobs::new(&self.inputs, self.out.as_deref(), read.format, self.output_format)?;
        let is_standard = self.out.as_deref().is_some_and(is_standard);
        files::check_standard(is_standard, self.json)?;
        let options = FileOptions {
            replace: self.force,
            keep_metadata: extras.keep_metadata.to_vec(),
            dry_run: self.dry_run,
            read,
            output_format: self.output_format,
            manifest: extras.manifest.map(Path::to_owned),
            progress: None,
            memory_limit: None,
        };
        let plan_only = FileOptions { dry_run: true, ..options.clone() };
        let one = |input: &Path, output: Option<&Path>, options: &FileOptions| {
            guarded(|| {
                treat(input, output.unwrap_or(Path::new("")), options)
                    .map_err(CliError::of_file(verb, input))
            })
        };
        if let Some(first) = self.inputs.first() {
            files
                .refuse_taken(self.force, extras.side_files, &options.read.stores)
                .map_err(Error::from)
                .map_err(CliError::of_file(verb, first))?;
        }
        if self.inputs.len() > 1 && !self.dry_run {
            files
                .jobs
                .iter()
                .try_for_each(|job| one(&job.input, job.output.as_deref(), &plan_only).map(drop))?;
        }
        let mut done = Vec::new();
        for job in &files.jobs {
            if !self.dry_run {
                files
                    .make_directory()
                    .map_err(Error::from)
                    .map_err(CliError::of_file(verb, &job.input))?;
            }
            let report = one(&job.input, job.output.as_deref(), &options).inspect_err(|_| {
                files.remove_empty_directory();
                tell_written(&done, files.jobs.len(), out);
            })?;
            let output = job.output.as_deref().filter(|_| report.written);
            let file = Done { input: &job.input, output, report, verb };
            self.tell(&file, out)?;
            done.push(file);
        }
        if done.iter().all(|file| file.output.is_none()) {
            files.remove_empty_directory();
        }
        if self.json {
            out.data(&format!("{:#}\n", json!({ "dry_run": self.dry_run, "files": done.iter().map(Done::json).collect::<Vec<Value>>() })))?;
        }
        Ok(Exit::Done)
    }

    fn tell(&self, file: &Done<'_>, out: &mut Out) -> Result<(), CliError> {
        match (self.json, self.dry_run) {
            (true, _) => {}
            (false, true) => out.data(&file.table())?,
            (false, false) => out.say(file.table().trim_end()),
        }
        Ok(())
    }
}

/// Says what is there although the run has failed.
fn tell_written(done: &[Done<'_>], inputs: usize, out: &mut Out) {
    let written: Vec<String> = done
        .iter()
        .filter_map(|file| Some(one_line(&file.output?.display().to_string())))
        .collect();
    if !written.is_empty() {
        let verb = if written.len() == 1 { "is" } else { "are" };
        out.say(format_args!(
            "{} of {inputs} outputs {verb} written: {}",
            written.len(),
            written.join(", ")
        ));
    }
}
