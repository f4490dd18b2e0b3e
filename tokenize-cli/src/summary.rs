//! What a run did, for people and for programs: names and counts, never values.

use std::path::Path;

use serde_json::{Value, json};
use tokenize_core::Report;
use tokenize_core::pipeline::ColumnReport;

use crate::error::Verb;
use crate::out::one_line;

/// What was done to one file.
pub(crate) struct Done<'a> {
    pub(crate) input: &'a Path,
    /// `None` if nothing has been written.
    pub(crate) output: Option<&'a Path>,
    pub(crate) report: Report,
    pub(crate) verb: Verb,
}

impl Done<'_> {
    /// The columns as a table, then what cannot be had back, then the rows and where they are.
    pub(crate) fn table(&self) -> String {
        let mut text = columns(&self.report.columns);
        let left: Vec<String> = self.report.columns.iter().filter_map(one_way).collect();
        if !left.is_empty() {
            let why = match self.verb {
                Verb::Remask => "under an old key version",
                Verb::Check | Verb::Mask | Verb::Scan | Verb::Unmask => "one-way",
            };
            text += &format!("left as they are, {why}: {}\n", left.join(", "));
        }
        let input = one_line(&self.input.display().to_string());
        if let Some(side) = &self.report.side_file {
            text += &format!(
                "manifest written to {}: keep it with the output\n",
                one_line(&side.display().to_string())
            );
        }
        text += &match self.output {
            Some(output) => format!(
                "{} of {input} written to {}\n",
                rows(self.report.rows),
                one_line(&output.display().to_string())
            ),
            None if self.is_idle() => {
                format!(
                    "{input} is under the primary key version already: nothing has been written\n"
                )
            }
            None => format!("dry run: nothing of {input} has been written\n"),
        };
        text
    }

    /// Whether a remask has nothing to bring along.
    fn is_idle(&self) -> bool {
        let is_brought = |column: &ColumnReport| column.done.starts_with("remask ");
        self.verb == Verb::Remask && !self.report.columns.iter().any(is_brought)
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

fn columns(columns: &[ColumnReport]) -> String {
    let has_lost = columns.iter().any(|column| !lost(column).is_empty());
    let head = ["COLUMN", "DONE", "DOMAIN", if has_lost { "LOST" } else { "" }].map(str::to_owned);
    let row = |column: &ColumnReport| {
        let domain = column.domain.as_deref().map_or("-".to_owned(), one_line);
        [one_line(&column.column), one_line(&column.done), domain, lost(column)]
    };
    let rows: Vec<_> = std::iter::once(head).chain(columns.iter().map(row)).collect();
    let widths: [usize; 4] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 4]| {
        let line: String =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

fn lost(column: &ColumnReport) -> String {
    let counts = [
        (column.emptied, "emptied"),
        (column.nullified, "nullified"),
        (column.redacted, "redacted"),
        (column.left_tags, "tags left"),
    ];
    let told: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    told.join(", ")
}

/// A column that an unmask or a remask leaves because nothing can reverse it, or its subject.
fn one_way(column: &ColumnReport) -> Option<String> {
    let is_left = column.done.ends_with("(one-way)") || column.done.contains("(version ");
    (column.done.starts_with("leave ") && is_left).then(|| one_line(&column.column))
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
