//! `tokenize completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::error::{CliError, Exit};
use crate::out::Out;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tokenize completions bash > ~/.local/share/bash-completion/completions/tokenize
  tokenize completions zsh  > \"${fpath[1]}/_tokenize\"
  tokenize completions fish > ~/.config/fish/completions/tokenize.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs, out: &mut Out) -> Result<Exit, CliError> {
    // Not straight to stdout: clap_complete panics where a pipe breaks.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "tokenize", &mut script);
    out.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
