//! `tokenize unmask`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokenize_core::field::PathError;
use tokenize_core::{
    DatasetFailure, DatasetOptions, DatasetReport, Error, FieldPath, FileOptions, Keyring,
    Manifest, Report, UnmaskOptions, Unmasker, unmask_dataset, unmask_file,
};

use super::policy::read;
use super::run::{Extras, RunArgs, Work};
use crate::error::{CliError, Exit, Verb};
use crate::out::Out;

/// Arguments of `unmask`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize unmask <INPUT>... --keyring <KEYRING> --out <OUT> [OPTIONS]",
    after_help = "Examples:
  tokenize unmask masked.parquet --keyring keyring.json --out clear.parquet
  tokenize unmask masked.parquet --keyring keyring.json --out clear.parquet --columns email,a.b
  tokenize unmask masked/ --keyring keyring.json --out clear/
  tokenize unmask bare.parquet --keyring keyring.json --out clear.parquet --manifest m.tokenize.json
  tokenize unmask bare.parquet --keyring keyring.json --out clear.parquet --policy policy.yaml

A masked file says of itself what was done to it, so no policy is needed. The last two examples are for a file that another program has rewritten without that metadata; where rows of several outputs have come together, give the manifest of each."
)]
pub(crate) struct UnmaskArgs {
    /// The keyring that the file was masked with
    #[arg(long)]
    keyring: PathBuf,
    #[command(flatten)]
    run: RunArgs,
    /// Unmask these columns only, by their paths, separated by commas
    #[arg(long, value_name = "PATHS")]
    columns: Vec<Columns>,
    /// The manifest that was written beside an output, for a file that has lost its metadata or that holds cells of other outputs too (may be repeated)
    #[arg(long, value_name = "MANIFEST")]
    manifest: Vec<PathBuf>,
    /// The policy that the file was masked with, for a file that has lost its metadata
    #[arg(long)]
    policy: Option<PathBuf>,
    /// The key version that the file was masked with, where nothing records it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    key_version: Option<u32>,
}

pub(crate) fn run(args: &UnmaskArgs, out: &mut Out) -> Result<Exit, CliError> {
    let columns: Vec<FieldPath> =
        args.columns.iter().flat_map(|columns| columns.0.iter().cloned()).collect();
    let options = UnmaskOptions {
        columns: (!columns.is_empty()).then_some(columns),
        key_version: args.key_version,
    };
    let policy = args.policy.as_deref().map(read).transpose()?;
    let manifests: Vec<Manifest> =
        args.manifest.iter().map(|path| manifest(path)).collect::<Result<_, _>>()?;
    let keyring = Keyring::open(&args.keyring)?;
    let mut unmasker = Unmasker::new(&keyring).manifests(manifests).options(options);
    if let Some(policy) = policy {
        unmasker = unmasker.policy(policy);
    }
    args.run.run(Verb::Unmask, &Extras::default(), &unmasker, out)
}

impl Work for Unmasker {
    fn file(&self, input: &Path, output: &Path, options: &FileOptions) -> Result<Report, Error> {
        unmask_file(self, input, output, options)
    }

    fn dataset(
        &self,
        inputs: &[PathBuf],
        output: &Path,
        options: &DatasetOptions,
    ) -> Result<DatasetReport, DatasetFailure> {
        unmask_dataset(self, inputs, output, options)
    }
}

fn manifest(path: &Path) -> Result<Manifest, CliError> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        // It is there, and no text.
        io::ErrorKind::InvalidData => CliError::NotAManifest { path: path.to_owned() },
        _ => CliError::Manifest { path: path.to_owned(), error },
    })?;
    Manifest::read(&text).map_err(|_| CliError::NotAManifest { path: path.to_owned() })
}

/// Paths separated by commas; a comma in back-ticks belongs to its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(pub(super) Vec<FieldPath>);

impl FromStr for Columns {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut is_quoted = false;
        let parts = text.split(|c| {
            is_quoted ^= c == '`';
            c == ',' && !is_quoted
        });
        parts.map(|part| part.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_split_outside_back_ticks() {
        let read = |text: &str| {
            text.parse::<Columns>()
                .map(|columns| columns.0.iter().map(FieldPath::to_string).collect::<Vec<_>>())
        };
        assert_eq!(read("a,b.c[], `d,e`.f").unwrap(), ["a", "b.c[]", "d,e.f"]);
        assert!(read("a,,b").is_err());
        assert!(read("").is_err());
        assert!(read("`a,b").is_err());
    }
}
