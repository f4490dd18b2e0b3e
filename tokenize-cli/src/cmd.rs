//! The verbs: typed arguments to a call of core.

pub(crate) mod completions;
pub(crate) mod formats;
pub(crate) mod iam;
pub(crate) mod keyring;
pub(crate) mod man;
pub(crate) mod mask;
pub(crate) mod policy;
pub(crate) mod remask;
pub(crate) mod run;
pub(crate) mod scan;
pub(crate) mod unmask;

use crate::args::Command;
use crate::error::{CliError, Exit};
use crate::out::Out;

/// Does what was asked for.
pub(crate) fn run(command: Command, out: &mut Out) -> Result<Exit, CliError> {
    match command {
        Command::Completions(args) => completions::run(&args, out),
        Command::Iam(args) => iam::run(&args, out),
        Command::Keyring(command) => keyring::run(command, out),
        Command::Man => man::run(out),
        Command::Mask(args) => mask::run(&args, out),
        Command::Policy(command) => policy::run(command, out),
        Command::Remask(args) => remask::run(&args, out),
        Command::Scan(args) => scan::run(&args, out),
        Command::Unmask(args) => unmask::run(&args, out),
    }
}
