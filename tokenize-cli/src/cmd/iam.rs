//! `tokenize iam`.

use std::path::PathBuf;

use clap::ValueEnum;
use tokenize_core::Keyring;
use tokenize_core::iam::{Role, permissions};

use super::policy::read;
use crate::error::{CliError, Exit};
use crate::out::{Out, one_line};

/// Arguments of `iam`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tokenize iam --policy policy.yaml --keyring keyring.json --role writer
  tokenize iam --policy policy.yaml --keyring keyring.json --role revealer --document iam > revealer.json

Nothing is asked of AWS, and no key is unwrapped. The documents go to stdout; why each permission is needed, and what else comes with it, to stderr. A remask takes what a writer and a revealer have together.")]
pub(crate) struct IamArgs {
    /// The policy: what is to happen to each column
    #[arg(long)]
    policy: PathBuf,
    /// The keyring
    #[arg(long)]
    keyring: PathBuf,
    /// Who is to be allowed something
    #[arg(long)]
    role: RoleName,
    /// Print this document alone
    #[arg(long)]
    document: Option<Document>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// Masks by the policy
    Writer,
    /// Unmasks what the policy masks
    Revealer,
    /// Makes keyrings, adds versions, moves keys to other wrapping keys
    Admin,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// The IAM policy, for the role
    Iam,
    /// The statements for key policies, by the ARN of the key
    KeyPolicy,
}

pub(crate) fn run(args: &IamArgs, out: &mut Out) -> Result<Exit, CliError> {
    let role = match args.role {
        RoleName::Admin => Role::Admin,
        RoleName::Revealer => Role::Revealer,
        RoleName::Writer => Role::Writer,
    };
    let permissions = permissions(&read(&args.policy)?, &Keyring::open(&args.keyring)?, role)?;
    out.data(&match args.document {
        None => permissions.to_json(),
        Some(Document::Iam) => permissions.iam_policy(),
        Some(Document::KeyPolicy) => permissions.key_policy_statements(),
    })?;
    for note in permissions.notes() {
        out.say(format_args!("note: {}", one_line(note)));
    }
    Ok(Exit::Done)
}
