//! What was typed. Each verb's own arguments are in its file under `cmd/`.

use clap::{Parser, Subcommand};

use crate::cmd::{completions::CompletionsArgs, keyring::KeyringCommand};

/// Mask PII columns in Parquet, Arrow, CSV and NDJSON, and bring them back
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
    /// Make, list and change keyrings
    #[command(subcommand)]
    Keyring(KeyringCommand),
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 a check said no, 2 usage, policy or keyring wrong, 3 bad input data, 4 files or KMS failed.
Data goes to stdout, everything else to stderr.";
