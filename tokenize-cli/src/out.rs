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

    /// Says something to a person, after the data so far.
    pub(crate) fn say(&mut self, text: impl Display) {
        // If this fails, the data stays and the flush at the end reports it.
        let _ = self.stdout.flush();
        // Nobody is left to be told when stderr is gone.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Asks a person something, to be answered in the same line.
    pub(crate) fn ask(&mut self, text: &str) {
        let _ = self.stdout.flush();
        let _ = write!(io::stderr(), "{text}");
        let _ = io::stderr().flush();
    }

    /// Says what went wrong and what to do next.
    pub(crate) fn report(&mut self, error: &CliError) {
        if error.exit() == Exit::Done {
            return;
        }
        let word = self.marked("error", "1;31");
        self.say(format_args!("{word}: {error}"));
        if let Some(hint) = error.hint() {
            let word = self.marked("hint", "1;36");
            self.say(format_args!("{word}: {hint}"));
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

/// A name for messages: in one line, and without a terminal's control sequences.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
