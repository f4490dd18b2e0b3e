//! stdout is data, stderr is talk.

use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use crate::error::{CliError, Exit};

/// Where the program writes.
pub(crate) struct Out {
    stdout: BufWriter<StdoutLock<'static>>,
    /// Whether stderr shows colour. It carries no meaning.
    colour: bool,
}

impl Out {
    pub(crate) fn new() -> Self {
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        let colour = io::stderr().is_terminal() && !no_colour && !dumb;
        Self { stdout: BufWriter::new(io::stdout().lock()), colour }
    }

    /// Writes data.
    pub(crate) fn data(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())
    }

    /// Says something to a person.
    pub(crate) fn say(&self, text: impl Display) {
        // Nobody is left to be told when stderr is gone.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Says what went wrong and what to do next.
    pub(crate) fn report(&self, error: &CliError) {
        if error.exit() == Exit::Done {
            return;
        }
        self.say(format_args!("{}: {error}", self.marked("error", "1;31")));
        if let Some(hint) = error.hint() {
            self.say(format_args!("{}: {hint}", self.marked("hint", "1;36")));
        }
    }

    /// Sees the data written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    fn marked(&self, word: &str, style: &str) -> String {
        if self.colour { format!("\x1b[{style}m{word}\x1b[0m") } else { word.to_owned() }
    }
}
