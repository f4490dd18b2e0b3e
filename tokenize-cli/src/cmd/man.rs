//! `tokenize man`, for whoever packs the program: manual pages of all verbs.

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::Args;
use crate::error::{CliError, Exit};
use crate::out::Out;

pub(crate) fn run(out: &mut Out) -> Result<Exit, CliError> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    write(&command, &mut page).map_err(|_| CliError::Internal { place: None })?;
    out.data(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

/// The page of a command, and those of the commands below it.
fn write(command: &Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    Man::new(command.clone()).title(name).render(page)?;
    command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
        .try_for_each(|it| write(it, page))
}
