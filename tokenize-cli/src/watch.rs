//! How far a run has come: a bar on a terminal, or events for programs. Neither shows a value.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokenize_core::FileReport;
use tokenize_core::pipeline::Progress;

use crate::out::{Out, one_line};

/// Is told what is done, and tells it on.
#[derive(Debug)]
pub(crate) struct Watch {
    how: How,
    began: Instant,
    rows: AtomicU64,
    bytes: AtomicU64,
    /// When it was last told, in milliseconds since it began.
    told: AtomicU64,
    run: Mutex<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Bar,
    Events,
    Nothing,
}

#[derive(Debug, Default)]
struct Run {
    files: u64,
    bytes: u64,
    outputs: Vec<PathBuf>,
    done: u64,
}

impl Watch {
    /// Events for programs, a bar for a terminal, nothing in a dry run.
    pub(crate) fn new(json: bool, is_dry_run: bool) -> Self {
        let how = match (is_dry_run, json) {
            (true, _) => How::Nothing,
            (false, true) => How::Events,
            (false, false) if io::stderr().is_terminal() => How::Bar,
            (false, false) => How::Nothing,
        };
        Self {
            how,
            began: Instant::now(),
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            told: AtomicU64::new(0),
            run: Mutex::new(Run::default()),
        }
    }

    /// A run over one file begins.
    pub(crate) fn begin_file(&self, input: &Path) {
        // Of a pipe it is not known.
        let bytes = input.metadata().ok().filter(|it| it.is_file()).map_or(0, |it| it.len());
        self.start(1, bytes);
    }

    /// The run is over.
    pub(crate) fn end(&self, is_done: bool) {
        match self.how {
            How::Bar => say("\r\x1b[K"),
            How::Events if is_done => {
                let files = self.run().files;
                self.event("done", &json!({ "files": files }));
            }
            How::Events | How::Nothing => {}
        }
    }

    /// Says which outputs are there although the run has failed.
    pub(crate) fn tell_written(&self, out: &mut Out) {
        let run = self.run();
        if run.outputs.is_empty() {
            return;
        }
        let verb = if run.outputs.len() == 1 { "is" } else { "are" };
        let shown = run.outputs.iter().take(SHOWN);
        let mut names: Vec<String> =
            shown.map(|output| one_line(&output.display().to_string())).collect();
        if run.outputs.len() > SHOWN {
            names.push("…".to_owned());
        }
        out.say(format_args!(
            "{} of {} outputs {verb} written: {}; --resume goes on with the rest",
            run.outputs.len(),
            run.files,
            names.join(", ")
        ));
    }

    fn run(&self) -> std::sync::MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, event: &str, more: &Value) {
        let mut line = json!({
            "event": event,
            "rows": self.rows.load(Ordering::Relaxed),
            "bytes": self.bytes.load(Ordering::Relaxed),
            "seconds": self.began.elapsed().as_secs_f64(),
        });
        if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
            line.extend(more.clone());
        }
        say(&format!("{line}\n"));
    }

    /// Tells how far it is, if it is time to, and no other thread does.
    fn tick(&self) {
        let every = match self.how {
            How::Bar => BAR,
            How::Events => EVENT,
            How::Nothing => return,
        };
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let told = self.told.load(Ordering::Relaxed);
        let is_due = u128::from(now.saturating_sub(told)) >= every.as_millis();
        let is_mine =
            || self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !is_due || !is_mine() {
            return;
        }
        let (done, files, all) = {
            let run = self.run();
            (run.done, run.files, run.bytes)
        };
        match self.how {
            How::Bar => {
                let width = terminal_size::terminal_size_of(io::stderr());
                let width = width.map_or(PAGE, |(width, _)| usize::from(width.0));
                say(&bar(&self.state(done, files, all), width));
            }
            How::Events => {
                self.event("progress", &json!({ "files_done": done, "bytes_total": all }));
            }
            How::Nothing => {}
        }
    }

    fn state(&self, done: u64, files: u64, all: u64) -> State {
        State {
            rows: self.rows.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed).min(all),
            all,
            seconds: self.began.elapsed().as_secs_f64(),
            done,
            files,
        }
    }
}

impl Progress for Watch {
    fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.tick();
    }

    fn bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.tick();
    }

    fn start(&self, files: u64, bytes: u64) {
        {
            let mut run = self.run();
            (run.files, run.bytes) = (files, bytes);
        }
        if self.how == How::Events {
            self.event("start", &json!({ "files": files, "bytes_total": bytes }));
        }
    }

    fn file_done(&self, file: &FileReport) {
        {
            let mut run = self.run();
            run.done += 1;
            run.outputs.extend(file.output.clone());
        }
        if self.how == How::Events {
            let output = file.output.as_ref().map(|output| output.to_string_lossy());
            let input = file.input.to_string_lossy();
            let more = json!({ "input": input, "output": output, "file_rows": file.report.rows });
            self.event("file_done", &more);
        }
    }
}

/// How far a run is.
struct State {
    rows: u64,
    bytes: u64,
    all: u64,
    seconds: f64,
    done: u64,
    files: u64,
}

/// The bar, over what was there, in one line of so many characters.
fn bar(state: &State, width: usize) -> String {
    let share = if state.all == 0 { 0.0 } else { state.bytes as f64 / state.all as f64 };
    let seconds = state.seconds.max(0.001);
    let full = (0..WIDTH).filter(|i| (*i as f64) < share * WIDTH as f64).count();
    let files = match state.files {
        1 => String::new(),
        files => format!("  file {} of {files}", (state.done + 1).min(files)),
    };
    let left = match share {
        share if share > 0.0 => format!("  {} left", clock(seconds / share - seconds)),
        _ => String::new(),
    };
    let line = format!(
        "[{}{}] {:3.0} %  {} rows/s  {}B/s{left}{files}",
        "=".repeat(full),
        " ".repeat(WIDTH - full),
        share * 100.0,
        short(state.rows as f64 / seconds).trim_end(),
        short(state.bytes as f64 / seconds),
    );
    // A terminal begins another line after its last column.
    let line: String = line.chars().take(width.saturating_sub(1)).collect();
    format!("\r{line}\x1b[K")
}

/// A number in at most three digits and a letter.
fn short(number: f64) -> String {
    let letters = ["", "k", "M", "G", "T"];
    let (mut number, mut i) = (number, 0);
    while number >= 999.5 && i + 1 < letters.len() {
        number /= 1000.0;
        i += 1;
    }
    format!("{number:.0} {}", letters[i])
}

fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    match minutes {
        minutes if minutes >= 60.0 => {
            format!("{:.0}:{:02.0} h", (minutes / 60.0).floor(), minutes % 60.0)
        }
        minutes => format!("{minutes:.0}:{:02.0}", (seconds % 60.0).floor()),
    }
}

fn say(text: &str) {
    // Nobody is left to be told when stderr is gone.
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

const BAR: Duration = Duration::from_millis(200);
const EVENT: Duration = Duration::from_secs(1);
const WIDTH: usize = 16;
/// How wide a terminal is that does not say it.
const PAGE: usize = 80;
const SHOWN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_how_far_how_fast_how_long() {
        let state =
            State { rows: 3_000_000, bytes: 250, all: 1000, seconds: 2.0, done: 1, files: 3 };
        let expected =
            "\r[====            ]  25 %  2 M rows/s  125 B/s  0:06 left  file 2 of 3\x1b[K";
        assert_eq!(bar(&state, 80), expected);
        assert_eq!(bar(&state, 10), "\r[====    \x1b[K");
        let none = State { rows: 0, bytes: 0, all: 0, seconds: 0.0, done: 0, files: 1 };
        assert_eq!(bar(&none, 80), format!("\r[{}]   0 %  0 rows/s  0 B/s\x1b[K", " ".repeat(16)));
    }

    #[test]
    fn numbers_and_times_are_short() {
        let numbers = [0.4, 999.0, 999.9, 1.2e6, 4.0e15].map(short);
        assert_eq!(numbers, ["0 ", "999 ", "1 k", "1 M", "4000 T"]);
        let times = [0.4, 59.9, 61.0, 3599.0, 7260.0].map(clock);
        assert_eq!(times, ["0:00", "0:59", "1:01", "59:59", "2:01 h"]);
    }
}
