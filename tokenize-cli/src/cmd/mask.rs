//! `tokenize mask`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use tokenize_core::keys::Power;
use tokenize_core::pipeline::Preview;
use tokenize_core::report::Page;
use tokenize_core::{
    DatasetFailure, DatasetOptions, DatasetReport, Error, FileOptions, Inspector, Keyring, Report,
    Tokenizer, mask_dataset, mask_dataset_inspected, mask_file, mask_file_inspected, preview_file,
};

use super::policy::read;
use super::run::{Extras, RunArgs, Work};
use crate::error::{CliError, Exit, Verb};
use crate::out::{Out, one_line};
use crate::texts;

/// Arguments of `mask`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize mask <INPUT>... --policy <POLICY> --keyring <KEYRING> --out <OUT> [OPTIONS]",
    after_help = "Examples:
  tokenize mask in.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet
  tokenize mask in.parquet --policy policy.yaml --keyring keyring.json --dry-run
  tokenize mask data/ --policy policy.yaml --keyring keyring.json --out masked/
  tokenize mask 'data/**/*.parquet' --policy policy.yaml --keyring keyring.json --out masked/ --resume
  tokenize mask in.parquet --policy p.yaml --keyring k.json --out m.parquet --report m.html
  tokenize mask events.ndjson.gz --policy policy.yaml --keyring keyring.json --out masked.ndjson.gz
  tokenize mask s3://raw/x.parquet --policy p.yaml --keyring k.json --out s3://masked/x.parquet
  tokenize mask - --input-format text --policy policy.yaml --keyring keyring.json --out - --manifest m.json

An output appears whole or not at all; a directory of outputs is complete when it holds _SUCCESS. A value that does not fit its rule stops the run, unless the rule's on_invalid says otherwise.
Parquet and Arrow IPC say of themselves what was done. For CSV, NDJSON and plain text that is written beside the output, to OUT.tokenize.json: keep it with the output.
Where the policy has `encrypt` with `key: output`, the wrapped data keys are written beside the output before any data, to OUT.tokenize.json: keep that file."
)]
pub(crate) struct MaskArgs {
    /// The policy: what is to happen to each column
    #[arg(long)]
    policy: PathBuf,
    /// The keyring, or a writer file of it
    #[arg(long)]
    keyring: PathBuf,
    #[command(flatten)]
    run: RunArgs,
    /// Where the manifest of what goes to standard output is written; unmask takes it
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Let this key of the file-level metadata pass (may be repeated); others are dropped, as they may hold values
    #[arg(long, value_name = "KEY")]
    keep_metadata: Vec<String>,
    /// Write a page for a browser to this file: what each column held, what was done, and what is left in clear
    #[arg(long, value_name = "FILE.html", value_parser = page_path, conflicts_with_all = ["dry_run", "resume"])]
    report: Option<PathBuf>,
}

/// Data, keyrings and policies have other names: a report never comes over one of them.
fn page_path(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("html" | "htm") => Ok(path),
        _ => Err("the name of a report ends in .html"),
    }
}

pub(crate) fn run(args: &MaskArgs, out: &mut Out) -> Result<Exit, CliError> {
    let tokenizer = Tokenizer::new(read(&args.policy)?, &Keyring::open(&args.keyring)?)?;
    let (policy, keyring) = (tokenizer.policy(), tokenizer.keyring());
    let extras = Extras {
        keep_metadata: &args.keep_metadata,
        manifest: args.manifest.as_deref(),
        side_files: policy.needs().iter().any(|need| need.power == Power::DataKey),
    };
    if let Some(path) = &args.report {
        texts::refuse_taken(path, args.run.force(), REPORT)?;
    }
    let of_policy = |error| CliError::of_file(Verb::Mask, &args.policy)(error);
    let inspector = args.report.as_ref().map(|_| Inspector::new(&tokenizer)).transpose();
    let inspector = RefCell::new(inspector.map_err(of_policy)?);
    let masking = Masking { tokenizer: &tokenizer, inspector };
    let exit = args.run.run(Verb::Mask, &extras, &masking, out);
    let exit = exit.map_err(|error| error.of_mask(policy, keyring))?;
    if let (Some(path), Some(inspector)) = (&args.report, masking.inspector.into_inner()) {
        let page = Page::of_mask(&inspector.finish(), args.run.inputs());
        texts::write(path, &page.to_html(), args.run.force(), REPORT)?;
        out.say(format_args!("report written to {}", one_line(&path.display().to_string())));
    }
    Ok(exit)
}

struct Masking<'a> {
    tokenizer: &'a Tokenizer,
    inspector: RefCell<Option<Inspector>>,
}

impl Work for Masking<'_> {
    fn file(&self, input: &Path, output: &Path, options: &FileOptions) -> Result<Report, Error> {
        match &mut *self.inspector.borrow_mut() {
            Some(it) => mask_file_inspected(self.tokenizer, input, output, options, it),
            None => mask_file(self.tokenizer, input, output, options),
        }
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        match &mut *self.inspector.borrow_mut() {
            Some(it) => mask_dataset_inspected(self.tokenizer, inputs, output, options, it),
            None => mask_dataset(self.tokenizer, inputs, output, options),
        }
    }

    fn preview(&self, input: &Path, options: &FileOptions) -> Result<Option<Preview>, Error> {
        preview_file(self.tokenizer, input, options, Preview::ROWS)
    }
}

const REPORT: &str = "--report";
