//! `tokenize scan`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use serde_json::{Value, json};
use tokenize_core::detect::DetectionFaultKind;
use tokenize_core::report::Page;
use tokenize_core::{
    DetectError, Detection, Detector, FieldPath, ScanOptions, ScanProgress, ScanReport,
    detection_from_path, scan_dataset, scan_files,
};

use super::formats::ReadArgs;
use super::unmask::Columns;
use crate::error::{CliError, Exit, Verb};
use crate::files::{check_inputs, has_many};
use crate::guard::guarded;
use crate::out::{Out, one_line};
use crate::{texts, verdicts};

/// Arguments of `scan`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tokenize scan <INPUT>... [OPTIONS]",
    after_help = "Examples:
  tokenize scan customers.parquet
  tokenize scan customers.parquet --policy-out policy.yaml
  tokenize scan day1.parquet day2.parquet --sample 10000 --format json
  tokenize scan data/ --format html > data.html
  tokenize scan 's3://raw/**/*.parquet'
  tokenize scan export.parquet --rules rules.yaml --fail-on EMAIL_ADDRESS --fail-on US_SSN:0.8

Several inputs are scanned as one table. No value is shown: the table goes to stdout and holds counts, shares and reasons. A policy that is drafted is a start: read it before you use it. --fail-on names an entity, and how sure a finding has to be; exit code 1 if a column is taken for it, or a value is one or holds one."
)]
pub(crate) struct ScanArgs {
    /// Files, directories, patterns in quotes, objects and prefixes of a store, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    /// How the result is written: a table, a page for a browser, or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write a draft of a policy for the columns to this file
    #[arg(long, value_name = "FILE")]
    policy_out: Option<PathBuf>,
    /// Replace the policy if it exists
    #[arg(long, requires = "policy_out")]
    force: bool,
    /// Look at so many values of each column, drawn at random; all of them if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// What to look for, and what not: the tree that a policy has under `detection`, in YAML or JSON
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Exit with 1 if this entity is found, with this score or more, such as US_SSN:0.8 (may be repeated)
    #[arg(long, value_name = "ENTITY[:SCORE]")]
    fail_on: Vec<Limit>,
    /// Show these columns only, by their paths, separated by commas
    #[arg(long, value_name = "PATHS")]
    columns: Vec<Columns>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    Html,
    Json,
    #[default]
    Table,
}

pub(crate) fn run(args: &ScanArgs, out: &mut Out) -> Result<Exit, CliError> {
    let read = args.read.options();
    let is_dataset = has_many(Verb::Scan, &args.inputs, &read.stores)?;
    if !is_dataset {
        check_inputs(&args.inputs, read.format)?;
    }
    let first = args.inputs.first().map_or(Path::new(""), PathBuf::as_path);
    let of_file = CliError::of_file(Verb::Scan, first);
    if let Some(path) = &args.policy_out {
        texts::refuse_taken(path, args.force, POLICY_OUT)?;
    }
    let detection = args.rules.as_deref().map(rules).transpose()?.unwrap_or_default();
    args.fail_on.iter().try_for_each(|limit| limit.check(&detection))?;
    let detector = Detector::new(&detection).map_err(|error| of_file(error.into()))?;
    let mut options = ScanOptions::default();
    options.sample = args.sample.and_then(|values| usize::try_from(values).ok());
    let inputs: Vec<&Path> = args.inputs.iter().map(PathBuf::as_path).collect();
    let report = guarded(|| {
        let tell = |done: ScanProgress| out.progress("scanning", done.rows, done.of);
        match is_dataset {
            true => scan_dataset(&inputs, &read, &detector, options, tell)
                .map_err(CliError::of_dataset(Verb::Scan, first)),
            false => scan_files(&inputs, &read, &detector, options, tell).map_err(&of_file),
        }
    });
    out.end_progress();
    let mut report = report?;
    if let Some(path) = &args.policy_out {
        let text = report.policy(&name_of(first));
        texts::write(path, &text, args.force, POLICY_OUT)?;
    }
    let reached: Vec<Reached> = args.fail_on.iter().map(|limit| limit.reached(&report)).collect();
    show_only(&mut report, &args.columns)?;
    match if args.json { Format::Json } else { args.format } {
        Format::Html => out.data(&Page::of_scan(&report, &inputs).to_html())?,
        Format::Json => out.data(&format!("{:#}\n", as_json(&report, &inputs, &reached)))?,
        Format::Table => {
            out.data(&verdicts::table(&report, out.width()))?;
            out.say(verdicts::summary(&report));
        }
    }
    if let Some(path) = &args.policy_out {
        let path = one_line(&path.display().to_string());
        out.say(format_args!(
            "a draft of a policy is written to {path}: read it before you use it"
        ));
    }
    refuse(&reached)
}

fn rules(path: &Path) -> Result<Detection, CliError> {
    detection_from_path(path).map_err(|error| CliError::Policy { path: path.to_owned(), error })
}

/// What a policy for a file is called.
fn name_of(input: &Path) -> String {
    input.file_stem().map_or_else(|| "draft".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn as_json(report: &ScanReport, inputs: &[&Path], reached: &[Reached]) -> Value {
    let mut tree = report.to_json();
    tree["inputs"] = inputs.iter().map(|input| input.to_string_lossy()).collect();
    tree["fail_on"] = reached.iter().map(Reached::to_json).collect();
    tree
}

/// Leaves the columns asked for.
fn show_only(report: &mut ScanReport, columns: &[Columns]) -> Result<(), CliError> {
    let wanted: Vec<&FieldPath> = columns.iter().flat_map(|columns| &columns.0).collect();
    let is_there = |path: &FieldPath| report.columns.iter().any(|column| column.path == *path);
    if let Some(path) = wanted.iter().find(|path| !is_there(path)) {
        return Err(CliError::NoColumn { path: path.to_string() });
    }
    if !wanted.is_empty() {
        report.columns.retain(|column| wanted.contains(&&column.path));
    }
    Ok(())
}

/// An entity that must not be found, and how sure it has to be.
#[derive(Debug, Clone, PartialEq)]
struct Limit {
    entity: String,
    score: f64,
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (entity, score) = text.split_once(':').unwrap_or((text, "0"));
        match score.parse() {
            Ok(score) if (0.0..=1.0).contains(&score) && !entity.is_empty() => {
                Ok(Self { entity: entity.to_owned(), score })
            }
            _ => Err("an entity, or an entity and a score of 0 to 1, such as US_SSN:0.8"),
        }
    }
}

impl Limit {
    /// Refuses an entity that is never found: a check that cannot say no is worse than none.
    fn check(&self, detection: &Detection) -> Result<(), CliError> {
        let is_off = detection.entities.get(&self.entity).is_some_and(|options| options.off);
        match detection.clone().only([&*self.entity]) {
            Ok(_) if is_off => Err(CliError::FailOn { entity: self.entity.clone(), kind: None }),
            Ok(_) => Ok(()),
            Err(DetectError::Configuration { faults }) => {
                let kind: Option<DetectionFaultKind> = faults.into_iter().next().map(|it| it.kind);
                Err(CliError::FailOn { entity: self.entity.clone(), kind })
            }
            Err(_) => Err(CliError::FailOn { entity: self.entity.clone(), kind: None }),
        }
    }

    fn reached<'a>(&'a self, report: &ScanReport) -> Reached<'a> {
        let sure = report
            .columns
            .iter()
            .map(|column| (column.path.to_string(), column.sureness_of(&self.entity)));
        let columns = sure.filter(|(_, score)| *score > 0.0 && *score + 1e-9 >= self.score);
        Reached { limit: self, columns: columns.collect() }
    }
}

/// The columns in which an entity was found.
struct Reached<'a> {
    limit: &'a Limit,
    columns: Vec<(String, f64)>,
}

impl Reached<'_> {
    fn to_json(&self) -> Value {
        let column = |(path, score): &(String, f64)| json!({ "path": path, "score": score });
        let columns: Vec<_> = self.columns.iter().map(column).collect();
        json!({ "entity": self.limit.entity, "score": self.limit.score, "columns": columns })
    }
}

fn refuse(reached: &[Reached<'_>]) -> Result<Exit, CliError> {
    let told: Vec<String> = reached
        .iter()
        .filter(|reached| !reached.columns.is_empty())
        .map(|reached| {
            let columns: Vec<_> = reached
                .columns
                .iter()
                .map(|(path, score)| format!("{path} ({score:.2})"))
                .collect();
            format!("{} in {}", reached.limit.entity, columns.join(", "))
        })
        .collect();
    if told.is_empty() { Ok(Exit::Done) } else { Err(CliError::Found { told }) }
}

const POLICY_OUT: &str = "--policy-out";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        let read = |text: &str| text.parse::<Limit>().map(|limit| (limit.entity, limit.score));
        assert_eq!(read("US_SSN"), Ok(("US_SSN".to_owned(), 0.0)));
        assert_eq!(read("US_SSN:0.8"), Ok(("US_SSN".to_owned(), 0.8)));
        for wrong in ["", ":0.8", "US_SSN:", "US_SSN:high", "US_SSN:1.1", "US_SSN:-1", "A:0:1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
