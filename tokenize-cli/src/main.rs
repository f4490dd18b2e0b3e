//! `tokenize`: mask PII columns, and bring them back.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod error;
mod out;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use out::Out;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = Out::new();
    let outcome = cmd::run(args.command, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    let exit = outcome.unwrap_or_else(|error| {
        out.report(&error);
        error.exit()
    });
    ExitCode::from(exit as u8)
}
