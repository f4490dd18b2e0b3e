//! What a scan found, as a table for people: names, counts and shares, never values.

use tokenize_core::ScanReport;
use tokenize_core::detect::{Class, ColumnReport, Reason};

use crate::out::one_line;

/// The columns as a table that is `width` characters wide. Where the reasons would have too little room beside the rest, they stand
/// below it.
pub(crate) fn table(report: &ScanReport, width: usize) -> String {
    let rows: Vec<Row> = report.columns.iter().map(Row::of).collect();
    let head = HEAD.map(str::to_owned);
    let widths: [usize; CELLS] = std::array::from_fn(|i| {
        let cells = rows.iter().map(|row| &row.cells).chain([&head]);
        cells.map(|cells| cells[i].chars().count()).max().unwrap_or(0)
    });
    let left: usize = widths.iter().map(|width| width + GAP).sum();
    let is_beside = width >= left + LEAST_REASONS;
    let mut text = line(&head, &widths, if is_beside { "REASONS" } else { "" });
    for row in &rows {
        let room = if is_beside { width - left } else { width.saturating_sub(INDENT) };
        let mut reasons = wrapped(&row.reasons, room).into_iter();
        let first = if is_beside { reasons.next() } else { None };
        text += &line(&row.cells, &widths, &first.unwrap_or_default());
        for rest in reasons {
            text +=
                &format!("{:indent$}{rest}\n", "", indent = if is_beside { left } else { INDENT });
        }
    }
    text
}

/// What was looked at, and how much of it is something.
pub(crate) fn summary(report: &ScanReport) -> String {
    let count = |is: fn(&Class) -> bool| {
        report.columns.iter().filter(|column| is(&column.verdict.class)).count()
    };
    let sampled: Vec<u64> = report
        .columns
        .iter()
        .filter(|column| !column.is_full())
        .map(|column| column.looked_at)
        .collect();
    let looked = match sampled.iter().max() {
        None => "every value was looked at".to_owned(),
        Some(values) => {
            format!("of {} a sample of {values} values was looked at", columns(sampled.len()))
        }
    };
    format!(
        "{} of {}: {} of personal data, {} of free text, {} of neither; {looked}",
        columns(report.columns.len()),
        if report.rows == 1 { "1 row".to_owned() } else { format!("{} rows", report.rows) },
        count(|class| matches!(class, Class::Entity(_))),
        count(|class| matches!(class, Class::Text)),
        count(|class| matches!(class, Class::None)),
    )
}

/// One column.
struct Row {
    cells: [String; CELLS],
    reasons: String,
}

impl Row {
    fn of(column: &ColumnReport) -> Self {
        let verdict = &column.verdict;
        let share = match &verdict.class {
            Class::None => None,
            _ => verdict.reasons.iter().find_map(share_of),
        };
        let nulls = if column.rows == 0 { None } else { Some(ratio(column.nulls, column.rows)) };
        let cells = [
            shortened(&one_line(&column.path.to_string())),
            column.type_word(),
            verdict.class.name().to_owned(),
            format!("{:.2}", verdict.confidence),
            share.map_or_else(|| "-".to_owned(), percent),
            nulls.map_or_else(|| "-".to_owned(), percent),
        ];
        Self { cells, reasons: reasons(column) }
    }
}

/// The reasons but for how much was looked at, which the summary says; and what free text holds.
fn reasons(column: &ColumnReport) -> String {
    let verdict = &column.verdict;
    let is_told = |reason: &&Reason| !matches!(reason, Reason::FullScan | Reason::Sample { .. });
    let mut told: Vec<String> =
        verdict.reasons.iter().filter(is_told).map(ToString::to_string).collect();
    if verdict.class == Class::Text {
        let inside = column.entities.iter().filter(|entity| entity.inside + entity.sure > 0.0);
        told.extend(inside.take(MOST_INSIDE).map(|entity| {
            format!("{} in {}", entity.entity, percent((entity.inside + entity.sure).min(1.0)))
        }));
    }
    if let Some(share) = verdict.at_most {
        let percent = (share * 1000.0).ceil() / 10.0;
        told.push(format!("at most {percent} % of all values are otherwise, at 95 %"));
    }
    one_line(&told.join("; "))
}

/// The share of the values that a verdict rests on.
fn share_of(reason: &Reason) -> Option<f64> {
    match reason {
        Reason::Inside { share }
        | Reason::Looks { share }
        | Reason::Prose { share }
        | Reason::Whole { share } => Some(*share),
        _ => None,
    }
}

/// A long path without its middle.
fn shortened(path: &str) -> String {
    let count = path.chars().count();
    if count <= LONGEST_PATH {
        return path.to_owned();
    }
    let half = (LONGEST_PATH - 1) / 2;
    let (first, last): (String, String) =
        (path.chars().take(half).collect(), path.chars().skip(count - half).collect());
    format!("{first}…{last}")
}

fn line(cells: &[String; CELLS], widths: &[usize; CELLS], reasons: &str) -> String {
    let mut line = String::new();
    for (i, (cell, width)) in cells.iter().zip(widths).enumerate() {
        line += &match i < NAMES {
            true => format!("{cell:width$}"),
            false => format!("{cell:>width$}"),
        };
        line += "  ";
    }
    line += reasons;
    format!("{}\n", line.trim_end())
}

/// A text in lines of at most `width` characters, broken between words, but not before a percent sign.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let text = text.replace(" %", "\u{a0}%");
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| line.replace('\u{a0}', " ")).collect()
}

fn columns(count: usize) -> String {
    if count == 1 { "1 column".to_owned() } else { format!("{count} columns") }
}

/// In whole percent, but neither nothing nor all where that is not so.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 {
        "<1 %".to_owned()
    } else if percent > 99.0 && percent < 100.0 {
        ">99 %".to_owned()
    } else {
        format!("{percent:.0} %")
    }
}

#[expect(clippy::cast_precision_loss, reason = "told in percent")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

const HEAD: [&str; CELLS] = ["COLUMN", "TYPE", "VERDICT", "CONFIDENCE", "SHARE", "NULLS"];
const CELLS: usize = 6;
/// The cells before the numbers.
const NAMES: usize = 3;
const GAP: usize = 2;
/// The room that reasons need beside the rest, and how far they are set in below it.
const LEAST_REASONS: usize = 36;
const INDENT: usize = 4;
/// The longest path.
const LONGEST_PATH: usize = 36;
/// How many entities are told that free text holds.
const MOST_INSIDE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(
            wrapped("by its name; 88 % of the values", 14),
            ["by its name;", "88 % of the", "values"]
        );
        assert_eq!(wrapped("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrapped("", 4), Vec::<String>::new());
    }

    #[test]
    fn paths_are_shortened_in_the_middle() {
        assert_eq!(shortened("contacts[].mail"), "contacts[].mail");
        let long = format!("{}.{}", "a".repeat(40), "b".repeat(40));
        assert_eq!(shortened(&long), format!("{}…{}", "a".repeat(17), "b".repeat(17)));
    }

    #[test]
    fn shares_round_to_neither_nothing_nor_all() {
        for (share, told) in
            [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")]
        {
            assert_eq!(percent(share), told);
        }
    }
}
