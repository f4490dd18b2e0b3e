//! A policy made from what a scan found: something to start from, safe as it stands.
//!
//! Every column is named. What is surely of one kind gets the action for that kind; what is unsure is redacted; a text column of which only
//! a sample was looked at is never kept. The draft passes the check of policies, and fits the schema that was scanned.

mod choice;
mod yaml;

use std::collections::HashSet;

use self::choice::Choice;
use crate::detect::{ColumnReport, ScanReport};
use crate::field::{FieldPath, Step};

impl ScanReport {
    /// A policy of this name for what was scanned, in YAML, with the reason for each rule. Read it before you use it.
    ///
    /// It passes [`super::Policy::from_text`] and fits the schema that was scanned.
    #[must_use]
    pub fn policy(&self, name: &str) -> String {
        let choices = choices(&self.columns);
        let mut text = format!(
            "# A draft from a scan of {} rows. Each rule says what the column was taken for and why; read them before you use it.\n\
             version: 1\nname: {}\nunlisted: deny\n",
            self.rows,
            yaml::quoted(name),
        );
        text.push_str(if choices.is_empty() { "columns: {}\n" } else { "columns:\n" });
        for (column, choice) in self.columns.iter().zip(choices) {
            for line in [verdict(column)].iter().chain(&choice.comments) {
                text.push_str(&format!("  # {}\n", yaml::comment(line)));
            }
            let key = yaml::key(&column.path.to_string());
            text.push_str(&format!("  {key}: {{ {} }}\n", choice.rule));
        }
        text
    }
}

/// What is to happen to each column.
fn choices(columns: &[ColumnReport]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = columns.iter().map(choice::of).collect();
    // A map keeps its keys and values together or not at all.
    let dropped: HashSet<FieldPath> = columns
        .iter()
        .zip(&choices)
        .filter(|(_, choice)| choice.is_drop())
        .filter_map(|(column, _)| map_of(&column.path))
        .collect();
    for (column, choice) in columns.iter().zip(&mut choices) {
        if map_of(&column.path).is_some_and(|map| dropped.contains(&map)) && !choice.is_drop() {
            *choice = Choice::drop("the other half of its map cannot be kept");
        }
    }
    choices
}

/// The outermost map that a leaf lies in.
fn map_of(path: &FieldPath) -> Option<FieldPath> {
    let depth = path.steps().iter().position(|step| matches!(step, Step::Key | Step::Value))?;
    Some(path.parent(depth))
}

fn verdict(column: &ColumnReport) -> String {
    let verdict = &column.verdict;
    let reasons: Vec<String> = verdict.reasons.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}, confidence {:.2}: {}",
        verdict.class.name(),
        verdict.confidence,
        reasons.join("; ")
    );
    if let Some(share) = verdict.at_most {
        text.push_str(&format!(
            "; at most {} of all values are otherwise, at 95 %",
            crate::detect::Percent(share)
        ));
    }
    text
}

#[cfg(test)]
mod tests;
