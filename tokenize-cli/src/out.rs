//! stdout is data, stderr is talk.

use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::time::{Duration, Instant};

use crate::error::{CliError, Exit};

/// Where the program writes.
pub(crate) struct Out {
    stdout: BufWriter<StdoutLock<'static>>,
    /// Whether stderr shows colour. It carries no meaning.
    colour: bool,
    /// When progress was last shown, if it is.
    shown: Option<Instant>,
}

impl Out {
    pub(crate) fn new() -> Self {
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        let colour = io::stderr().is_terminal() && !no_colour && !dumb;
        Self { stdout: BufWriter::new(io::stdout().lock()), colour, shown: None }
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

    /// Shows on a terminal how far something has come, a few times in a second.
    pub(crate) fn progress(&mut self, doing: &str, done: u64, of: u64) {
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() >= PROGRESS);
        if is_due && io::stderr().is_terminal() {
            self.shown = Some(Instant::now());
            match done.saturating_mul(100).checked_div(of) {
                Some(percent) => self.ask(&format!("\r{doing}: {percent} % of {of} rows ")),
                None => self.ask(&format!("\r{doing}: {done} rows ")),
            }
        }
    }

    /// Takes the progress off the terminal.
    pub(crate) fn end_progress(&mut self) {
        if self.shown.take().is_some() {
            self.ask("\r\x1b[K");
        }
    }

    /// How wide tables on stdout may be: as the terminal, as the environment says, or as a page.
    pub(crate) fn width(&self) -> usize {
        let of_terminal = || {
            let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
            Some(usize::from(width.0))
        };
        let said = || env::var("COLUMNS").ok()?.parse().ok();
        of_terminal().or_else(said).unwrap_or(PAGE).max(NARROWEST)
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

/// How often progress is shown.
const PROGRESS: Duration = Duration::from_millis(200);
/// How wide a table is where nobody says, and at least.
const PAGE: usize = 120;
const NARROWEST: usize = 40;
