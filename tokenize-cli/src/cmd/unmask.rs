//! `tokenize unmask`.

use std::path::PathBuf;
use std::str::FromStr;

use tokenize_core::field::PathError;
use tokenize_core::{FieldPath, Keyring, UnmaskOptions, Unmasker, unmask_file};

use super::policy::read;
use super::run::RunArgs;
use crate::error::{CliError, Exit, Verb};
use crate::out::Out;

/// Arguments of `unmask`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize unmask <INPUT>... --keyring <KEYRING> --out <OUT> [OPTIONS]",
    after_help = "Examples:
  tokenize unmask masked.parquet --keyring keyring.json --out clear.parquet
  tokenize unmask masked.parquet --keyring keyring.json --out clear.parquet --columns email,a.b
  tokenize unmask bare.parquet --keyring keyring.json --out clear.parquet --policy policy.yaml

A masked file says of itself what was done to it, so no policy is needed. The last example is for a file that another program has rewritten without that metadata."
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
    let mut unmasker = Unmasker::new(&Keyring::open(&args.keyring)?).options(options);
    if let Some(policy) = policy {
        unmasker = unmasker.policy(policy);
    }
    args.run.run(
        Verb::Unmask,
        &[],
        |input, output, options| unmask_file(&unmasker, input, output, options),
        out,
    )
}

/// Paths separated by commas; a comma in back-ticks belongs to its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Columns(Vec<FieldPath>);

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
