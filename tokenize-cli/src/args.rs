//! What was typed. Each verb's own arguments are in its file under `cmd/`.

use clap::{Parser, Subcommand};

use crate::cmd::completions::CompletionsArgs;
use crate::cmd::iam::IamArgs;
use crate::cmd::keyring::KeyringCommand;
use crate::cmd::mask::MaskArgs;
use crate::cmd::policy::PolicyCommand;
use crate::cmd::remask::RemaskArgs;
use crate::cmd::scan::ScanArgs;
use crate::cmd::unmask::UnmaskArgs;

/// Find PII columns in Parquet files, mask them, and bring them back
#[derive(Debug, Parser)]
#[command(name = "tokenize", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print what a role has to be allowed at AWS
    Iam(IamArgs),
    /// Make, list and change keyrings
    #[command(
        subcommand,
        after_help = "Examples:
  tokenize keyring create keyring.json --kms local:kek.key
  tokenize keyring list keyring.json"
    )]
    Keyring(KeyringCommand),
    /// Print the manual pages of all verbs, in roff
    #[command(
        hide = true,
        after_help = "Examples:
  tokenize man > tokenize.1"
    )]
    Man,
    /// Do to each column what a policy says
    Mask(MaskArgs),
    /// Check, explain and describe policies
    #[command(
        subcommand,
        after_help = "Examples:
  tokenize policy check policy.yaml --schema customers.parquet
  tokenize policy explain policy.yaml"
    )]
    Policy(PolicyCommand),
    /// Bring masked files from old key versions to the primary one
    Remask(RemaskArgs),
    /// Find what is PII, and draft a policy for it
    Scan(ScanArgs),
    /// Reverse what can be reversed in masked files
    Unmask(UnmaskArgs),
}

const EXIT_CODES: &str = "\
Examples:
  tokenize scan customers.parquet --policy-out policy.yaml
  tokenize keyring create keyring.json --kms local:kek.key
  tokenize policy check policy.yaml --schema customers.parquet
  tokenize mask customers.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet
  tokenize unmask masked.parquet --keyring keyring.json --out clear.parquet

Exit codes: 0 done, 1 a check said no, 2 usage, policy or keyring wrong, 3 bad input data, 4 files or KMS failed.
Data goes to stdout, everything else to stderr.";

#[cfg(test)]
mod tests;
