//! The tables of `tests/detect/tables`, and figures over them as `tests/detect/score.py` makes them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use serde_json::Value;
use tokenize_core::ScanReport;

/// A table and what is in its columns: entity and class.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) batch: RecordBatch,
    truth: Vec<(String, String)>,
}

/// All tables, with their names and with opaque ones.
pub(crate) fn all_tables() -> impl Iterator<Item = Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detect/tables");
    let truth: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("truth.json")).unwrap()).unwrap();
    let truth = truth.as_object().unwrap().clone();
    assert!(truth.len() >= 68, "{} tables", truth.len());
    truth.into_iter().map(move |(name, columns)| {
        let rows = read_csv(&folder.join(&name));
        let (header, rows) = rows.split_first().unwrap();
        let columns_of = &columns["columns"];
        let text =
            |column: &String, key: &str| columns_of[column][key].as_str().unwrap().to_owned();
        let arrays = header.iter().enumerate().map(|(at, column)| {
            let values = rows.iter().map(|row| Some(row[at].as_str()));
            let array: ArrayRef = Arc::new(values.collect::<StringArray>());
            (column.clone(), array)
        });
        Table {
            batch: RecordBatch::try_from_iter(arrays).unwrap(),
            truth: header.iter().map(|c| (text(c, "entity"), text(c, "class"))).collect(),
            name,
        }
    })
}

/// RFC 4180, with line feeds.
fn read_csv(path: &PathBuf) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let (mut rows, mut row, mut cell, mut is_quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}

/// What was found over all tables.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) named: Rendering,
    pub(crate) opaque: Rendering,
}

/// The same for one rendering.
#[derive(Default)]
pub(crate) struct Rendering {
    entities: BTreeMap<String, Tally>,
    /// Entities that no detector looks for: not counted.
    unknown: BTreeMap<String, u32>,
    clean: u32,
    pub(crate) alarms: u32,
    wrong: Vec<String>,
}

#[derive(Default)]
struct Tally {
    class: String,
    found: u32,
    missed: u32,
    false_alarms: u32,
}

impl Figures {
    /// Counts the verdicts on a table in; `known` are the entities of the detector.
    pub(crate) fn add(&mut self, table: &Table, report: &ScanReport, known: &[&str]) {
        let is_opaque = table.name.starts_with("opaque/");
        let rendering = if is_opaque { &mut self.opaque } else { &mut self.named };
        for (column, (entity, class)) in report.columns().iter().zip(&table.truth) {
            let guess = column.verdict.class.name();
            rendering.add(entity, class, guess, known);
            if entity != guess && known.contains(&entity.as_str()) {
                rendering
                    .wrong
                    .push(format!("{} {}: {entity}, not {guess}", table.name, column.path));
            }
        }
    }
}

impl Rendering {
    fn add(&mut self, entity: &str, class: &str, guess: &str, known: &[&str]) {
        let is_clean = |name: &str| name == "none" || name == "text";
        if entity == "text" {
            return;
        }
        self.clean += u32::from(entity == "none");
        self.alarms += u32::from(entity == "none" && !is_clean(guess));
        let is_known = known.contains(&entity) || class == "opaque";
        if !is_known && entity != "none" {
            *self.unknown.entry(entity.to_owned()).or_default() += 1;
            return;
        }
        if entity != "none" {
            let tally = self.entities.entry(entity.to_owned()).or_default();
            class.clone_into(&mut tally.class);
            tally.found += u32::from(guess == entity);
            tally.missed += u32::from(guess != entity);
        }
        if !is_clean(guess) && guess != entity {
            self.entities.entry(guess.to_owned()).or_default().false_alarms += 1;
        }
    }

    /// The mean of the F1 of the entities of some classes.
    pub(crate) fn macro_f1(&self, classes: &[&str]) -> f64 {
        let of = self.entities.values().filter(|tally| classes.contains(&tally.class.as_str()));
        let all: Vec<f64> = of.map(Tally::f1).collect();
        all.iter().sum::<f64>() / f64::from(u32::try_from(all.len()).unwrap().max(1))
    }
}

impl Tally {
    fn f1(&self) -> f64 {
        let whole = 2 * self.found + self.missed + self.false_alarms;
        if whole == 0 { 0.0 } else { f64::from(2 * self.found) / f64::from(whole) }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, rendering) in [("named", &self.named), ("opaque", &self.opaque)] {
            writeln!(
                f,
                "{name}: {} of {} clean columns alarmed",
                rendering.alarms, rendering.clean
            )?;
            for class in ["checksum", "shape", "opaque"] {
                writeln!(f, "  {class}: macro F1 {:.3}", rendering.macro_f1(&[class]))?;
            }
            for (entity, tally) in rendering.entities.iter().filter(|(_, tally)| tally.f1() < 1.0) {
                writeln!(f, "  {entity} {:.3}", tally.f1())?;
            }
            writeln!(f, "  not measured: {:?}", rendering.unknown.keys())?;
            for wrong in &rendering.wrong {
                writeln!(f, "  {wrong}")?;
            }
        }
        Ok(())
    }
}
