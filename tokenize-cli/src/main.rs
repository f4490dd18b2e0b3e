//! `tokenize`: find PII columns, mask them, and bring them back.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod error;
mod files;
mod guard;
mod out;
mod preview;
mod summary;
mod texts;
mod verdicts;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use guard::{guarded, keep_panics_quiet};
use out::Out;

fn main() -> ExitCode {
    keep_panics_quiet();
    let args = Args::parse();
    let mut out = Out::new();
    let outcome = guarded(|| cmd::run(args.command, &mut out)).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    let exit = outcome.unwrap_or_else(|error| {
        out.report(&error);
        error.exit()
    });
    ExitCode::from(exit as u8)
}
