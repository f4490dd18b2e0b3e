//! `tokenize mask`.

use std::path::PathBuf;

use tokenize_core::keys::Power;
use tokenize_core::{Keyring, Tokenizer, mask_file};

use super::policy::read;
use super::run::{Extras, RunArgs};
use crate::error::{CliError, Exit, Verb};
use crate::out::Out;

/// Arguments of `mask`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize mask <INPUT>... --policy <POLICY> --keyring <KEYRING> --out <OUT> [OPTIONS]",
    after_help = "Examples:
  tokenize mask in.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet
  tokenize mask in.parquet --policy policy.yaml --keyring keyring.json --dry-run
  tokenize mask data/*.parquet --policy policy.yaml --keyring keyring.json --out masked/
  tokenize mask events.ndjson.gz --policy policy.yaml --keyring keyring.json --out masked.ndjson.gz
  tokenize mask - --input-format text --policy policy.yaml --keyring keyring.json --out - --manifest m.json

An output appears whole or not at all. A value that does not fit its rule stops the run, unless the rule's on_invalid says otherwise.
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
}

pub(crate) fn run(args: &MaskArgs, out: &mut Out) -> Result<Exit, CliError> {
    let tokenizer = Tokenizer::new(read(&args.policy)?, &Keyring::open(&args.keyring)?)?;
    let (policy, keyring) = (tokenizer.policy(), tokenizer.keyring());
    let extras = Extras {
        keep_metadata: &args.keep_metadata,
        manifest: args.manifest.as_deref(),
        side_files: policy.needs().iter().any(|need| need.power == Power::DataKey),
    };
    args.run
        .run(
            Verb::Mask,
            &extras,
            |input, output, options| mask_file(&tokenizer, input, output, options),
            out,
        )
        .map_err(|error| error.of_mask(policy, keyring))
}
