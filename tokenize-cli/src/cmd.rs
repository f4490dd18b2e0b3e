//! The verbs: typed arguments to a call of core.

pub(crate) mod completions;
pub(crate) mod keyring;

use crate::args::Command;
use crate::error::{CliError, Exit};
use crate::out::Out;

/// Does what was asked for.
pub(crate) fn run(command: Command, out: &mut Out) -> Result<Exit, CliError> {
    match command {
        Command::Completions(args) => completions::run(&args, out),
        Command::Keyring(command) => keyring::run(command, out),
    }
}
