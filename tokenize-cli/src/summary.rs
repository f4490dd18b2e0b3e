//! What a run did, for people and for programs: names and counts, never values.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokenize_core::pipeline::ColumnReport;
use tokenize_core::{DatasetReport, Report};

use crate::error::Verb;
use crate::out::one_line;

/// What was done to one file.
pub(crate) struct Done<'a> {
    pub(crate) input: &'a Path,
    /// `None` if nothing has been written.
    pub(crate) output: Option<&'a Path>,
    pub(crate) report: &'a Report,
    pub(crate) verb: Verb,
}

impl Done<'_> {
    /// The columns as a table, then what cannot be had back, then the rows and where they are.
    pub(crate) fn table(&self) -> String {
        let rows = self.output.map(|_| self.report.rows);
        let lines: Vec<Line> =
            self.report.columns.iter().map(|column| Line::of(column, rows)).collect();
        let mut text = table(&lines, rows.is_some()) + &left(&lines, self.verb);
        let input = shown(self.input);
        if let Some(side) = &self.report.side_file {
            text += &format!("manifest written to {}: keep it with the output\n", shown(side));
        }
        text += &match self.output {
            Some(output) => {
                format!(
                    "{} of {input} written to {}\n",
                    count(self.report.rows, "row"),
                    shown(output)
                )
            }
            None if self.verb == Verb::Remask && !lines.iter().any(Line::is_remasked) => {
                format!(
                    "{input} is under the primary key version already: nothing has been written\n"
                )
            }
            None => format!("dry run: nothing of {input} has been written\n"),
        };
        text
    }

    /// The report of core, with the file names.
    pub(crate) fn json(&self) -> Value {
        let output = self.output.map(|output| output.to_string_lossy());
        let side_file = self.report.side_file.as_ref().map(|path| path.to_string_lossy());
        json!({
            "input": self.input.to_string_lossy(),
            "output": output,
            "side_file": side_file,
            "rows": self.report.rows,
            "columns": self.report.columns,
        })
    }
}

/// What was done to a dataset.
pub(crate) struct DoneDataset<'a> {
    pub(crate) output: &'a Path,
    pub(crate) report: &'a DatasetReport,
    pub(crate) is_dry_run: bool,
    pub(crate) verb: Verb,
}

impl DoneDataset<'_> {
    /// The columns of all files as one table, then what cannot be had back, then how much has been written and where.
    pub(crate) fn table(&self) -> String {
        let report = self.report;
        let mut lines: Vec<Line> = Vec::new();
        for column in &report.partitions {
            lines.push(Line { rows: None, nulls: None, time: None, ..Line::of(column, None) });
        }
        for file in &report.files {
            let rows = report.written.then_some(file.report.rows);
            for line in file.report.columns.iter().map(|column| Line::of(column, rows)) {
                match lines.iter_mut().find(|known| known.is_like(&line)) {
                    Some(known) => known.add(line),
                    None => lines.push(line),
                }
            }
        }
        let mut text = table(&lines, report.written) + &left(&lines, self.verb);
        let side_files = report.files.iter().filter(|file| file.report.side_file.is_some()).count();
        if side_files > 0 {
            let files = count(side_files as u64, "output");
            text += &format!("manifests written beside {files}: keep them together\n");
        }
        text + &self.last_line(&lines)
    }

    fn last_line(&self, lines: &[Line]) -> String {
        let report = self.report;
        let files = count(report.files.len() as u64, "file");
        if report.written {
            let rows = report.files.iter().map(|file| file.report.rows).sum();
            let before = match report.resumed {
                0 => String::new(),
                resumed => format!("; {} had been written before", count(resumed, "file")),
            };
            let (rows, output) = (count(rows, "row"), shown(self.output));
            if report.files.is_empty() {
                let files = count(report.resumed, "file");
                return format!("{output} is complete: {files} had been written before\n");
            }
            return format!("{rows} of {files} written to {output}{before}\n");
        }
        if !self.is_dry_run && !lines.iter().any(Line::is_remasked) {
            return format!(
                "{files} under the primary key version already: nothing has been written\n"
            );
        }
        format!("dry run: nothing of {files} has been written\n")
    }
}

/// What was done to a column, in one file or in all.
struct Line {
    column: String,
    done: String,
    domain: Option<String>,
    rows: Option<u64>,
    nulls: Option<u64>,
    lost: [u64; 4],
    time: Option<Duration>,
}

impl Line {
    fn of(column: &ColumnReport, rows: Option<u64>) -> Self {
        Self {
            column: column.column.clone(),
            done: column.done.clone(),
            domain: column.domain.clone(),
            rows: column.values.or(rows),
            nulls: column.nulls,
            lost: [column.emptied, column.nullified, column.redacted, column.left_tags],
            time: column.time,
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        (&self.column, &self.done, &self.domain) == (&other.column, &other.done, &other.domain)
    }

    fn add(&mut self, other: Self) {
        let sum = |a: Option<u64>, b: Option<u64>| a.or(b).map(|_| a.unwrap_or(0) + b.unwrap_or(0));
        self.rows = sum(self.rows, other.rows);
        self.nulls = sum(self.nulls, other.nulls);
        self.lost.iter_mut().zip(other.lost).for_each(|(sum, more)| *sum += more);
        let time = |a: Option<Duration>| a.unwrap_or_default();
        self.time = self.time.or(other.time).map(|_| time(self.time) + time(other.time));
    }

    fn is_remasked(&self) -> bool {
        self.done.starts_with("remask ")
    }

    /// A column that an unmask or a remask leaves because nothing can reverse it, or its subject.
    fn is_one_way(&self) -> bool {
        let is_left = self.done.ends_with("(one-way)") || self.done.contains("(version ");
        self.done.starts_with("leave ") && is_left
    }

    fn cells(&self) -> [String; 7] {
        let number = |it: Option<u64>| it.map_or("-".to_owned(), |it| it.to_string());
        let told = self.lost.iter().zip(LOST).filter(|(count, _)| **count > 0);
        let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
        [
            one_line(&self.column),
            one_line(&self.done),
            self.domain.as_deref().map_or("-".to_owned(), one_line),
            number(self.rows),
            number(self.nulls),
            if told.is_empty() { "-".to_owned() } else { told.join(", ") },
            self.time.map_or("-".to_owned(), |time| format!("{:.2}", time.as_secs_f64())),
        ]
    }
}

/// The columns as a table; with what was counted, if anything was.
fn table(lines: &[Line], is_counted: bool) -> String {
    let head =
        ["COLUMN", "DONE", "DOMAIN", "ROWS", "NULLS", "INVALID", "SECONDS"].map(str::to_owned);
    let shown = if is_counted { head.len() } else { 3 };
    let rows: Vec<_> = std::iter::once(head).chain(lines.iter().map(Line::cells)).collect();
    let widths: [usize; 7] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(widths).take(shown);
        let line: String = cells.map(|(cell, width)| format!("{cell:width$}  ")).collect();
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

fn left(lines: &[Line], verb: Verb) -> String {
    let left: Vec<String> =
        lines.iter().filter(|line| line.is_one_way()).map(|line| one_line(&line.column)).collect();
    let why = match verb {
        Verb::Remask => "under an old key version",
        Verb::Check | Verb::Mask | Verb::Scan | Verb::Unmask => "one-way",
    };
    match left.is_empty() {
        true => String::new(),
        false => format!("left as they are, {why}: {}\n", left.join(", ")),
    }
}

fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
}

fn count(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What is counted in `lost`.
const LOST: [&str; 4] = ["emptied", "nullified", "redacted", "tags left"];
