//! `tokenize remask`.

use std::path::{Path, PathBuf};

use tokenize_core::{
    DatasetFailure, DatasetOptions, DatasetReport, Error, FileOptions, Keyring, Remasker, Report,
    remask_dataset, remask_file,
};

use super::run::{Extras, RunArgs, Work};
use crate::error::{CliError, Exit, Verb};
use crate::out::Out;

/// Arguments of `remask`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize remask <INPUT>... --keyring <KEYRING> --out <OUT> [OPTIONS]",
    after_help = "Examples:
  tokenize keyring add keyring.json
  tokenize keyring promote keyring.json 2
  tokenize remask masked.parquet --keyring keyring.json --out masked-2.parquet
  tokenize remask masked/ --keyring keyring.json --out remasked/ --leave

What comes out is what a mask of the original under the primary version would have made. Nothing is in clear on disk, and no policy is needed. A file whose columns are all under the primary version already is not written again (of a dataset: it is copied, unless all are); that is no failure.
Pseudonyms are one-way: under an old version they are refused, and so are dates shifted by them; with --leave they stay as they are, under that version."
)]
pub(crate) struct RemaskArgs {
    /// The keyring that the file was masked with
    #[arg(long)]
    keyring: PathBuf,
    #[command(flatten)]
    run: RunArgs,
    /// Where the manifest of what goes to standard output is written
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Leave columns that cannot be brought to the primary version as they are
    #[arg(long)]
    leave: bool,
}

pub(crate) fn run(args: &RemaskArgs, out: &mut Out) -> Result<Exit, CliError> {
    let remasker = Remasker::new(&Keyring::open(&args.keyring)?).leave(args.leave);
    args.run.run(
        Verb::Remask,
        &Extras { manifest: args.manifest.as_deref(), ..Extras::default() },
        &remasker,
        out,
    )
}

impl Work for Remasker {
    fn file(&self, input: &Path, output: &Path, options: &FileOptions) -> Result<Report, Error> {
        remask_file(self, input, output, options)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        remask_dataset(self, inputs, output, options)
    }
}
