//! `tokenize policy`: check, explain, and what a policy may say.

use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use clap::Subcommand;
use serde_json::json;
use tokenize_core::policy::schema;
use tokenize_core::{Policy, ReadOptions, check_dataset, check_schema, file_schema};

use super::formats::ReadArgs;
use crate::error::{CliError, Exit, Verb};
use crate::files::{check_inputs, has_many};
use crate::guard::guarded;
use crate::out::{Out, one_line};

/// The verbs of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say everything that is wrong with a policy; exit code 1 if anything is
    #[command(after_help = "Examples:
  tokenize policy check policy.yaml
  tokenize policy check policy.yaml --schema customers.parquet
  tokenize policy check policy.yaml --schema data/

No keyring is needed. Of Parquet, Arrow IPC and CSV no row is read; the columns of NDJSON are learned from its lines.")]
    Check {
        /// The policy
        policy: PathBuf,
        /// A file, directory, pattern or prefix whose columns the policy must fit
        #[arg(long, value_name = "INPUT")]
        schema: Option<PathBuf>,
        #[command(flatten)]
        read: ReadArgs,
    },
    /// Show what each rule promises and what its column still shows
    #[command(after_help = "Examples:
  tokenize policy explain policy.yaml
  tokenize policy explain policy.yaml --json")]
    Explain {
        /// The policy
        policy: PathBuf,
        /// Print JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of policies, for editors
    #[command(after_help = "Examples:
  tokenize policy schema > policy.schema.json")]
    Schema,
}

pub(crate) fn run(command: PolicyCommand, out: &mut Out) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Check { policy, schema, read } => {
            check(&policy, schema.as_deref(), &read.options(), out)?;
        }
        PolicyCommand::Explain { policy, json } => {
            let explanation = read(&policy)?.explain();
            out.data(&if json {
                format!("{:#}\n", json!(explanation))
            } else {
                explanation.to_string()
            })?;
        }
        PolicyCommand::Schema => out.data(&format!("{:#}\n", schema()))?,
    }
    Ok(Exit::Done)
}

/// Reads a policy from a file.
pub(super) fn read(path: &Path) -> Result<Policy, CliError> {
    Policy::from_path(path).map_err(|error| CliError::Policy { path: path.to_owned(), error })
}

fn check(
    path: &Path,
    input: Option<&Path>,
    options: &ReadOptions,
    out: &mut Out,
) -> Result<(), CliError> {
    let policy = read(path).map_err(CliError::of_check)?;
    let rules = match policy.rules().len() {
        1 => "1 rule".to_owned(),
        n => format!("{n} rules"),
    };
    let mut line = format!("{}: OK, policy {}, {rules}", path.display(), policy.name());
    if let Some(input) = input {
        let schema = guarded(|| fitting(&policy, input, options))?;
        let columns = match schema.fields().len() {
            1 => "the 1 column".to_owned(),
            n => format!("all {n} columns"),
        };
        line += &format!(", fits {columns} of {}", input.display());
    }
    out.data(&format!("{}\n", one_line(&line)))?;
    Ok(())
}

/// The columns of an input, if a policy fits them.
fn fitting(policy: &Policy, input: &Path, options: &ReadOptions) -> Result<SchemaRef, CliError> {
    let inputs = [input.to_owned()];
    if has_many(Verb::Check, &inputs, &options.stores)? {
        let schema = check_dataset(policy, &inputs, options);
        return schema.map_err(|error| CliError::of_dataset(Verb::Check, input)(error).of_check());
    }
    check_inputs(&inputs, options.format)?;
    let of_file = CliError::of_file(Verb::Check, input);
    let schema = file_schema(input, options).map_err(&of_file)?;
    check_schema(policy, &schema).map_err(|error| of_file(error.into()).of_check())?;
    Ok(schema)
}
