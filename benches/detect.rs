//! How fast detection finds, beside plain regex-automata with 22 rules in the same run, on one core.
//!
//! ```text
//! python3 tests/detect/make_corpora.py 24 target/corpora
//! cargo bench --bench detect -- target/corpora
//! ```
//!
//! The yardstick is one search for 22 patterns over the whole text (leftmost first, ASCII classes, 64 MB for its cache): no check digits,
//! no context, no rows. Ours searches an Arrow array with a line in each row and makes a table of validated findings. Runs of both
//! take turns; figures are medians, ratios medians of the ratios of neighbours.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, StringArray};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use tokenize_core::{Detection, Detector, FieldPath};

const CORPORA: [&str; 5] = ["prose", "sparse", "dense", "logs", "short"];
const RUNS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.ok_or("the folder that make_corpora.py wrote to is missing")?;
    let (yardstick, all, few) = (yardstick()?, detector(PATTERNS)?, detector(YARDSTICK_ENTITIES)?);
    println!(
        "{:8} {:>10} {:>10} {:>9} {:>12} {:>12}",
        "", "yardstick", "ours", "ratio", "all / 22", "findings/MB"
    );
    for corpus in CORPORA {
        let text = std::fs::read_to_string(Path::new(&folder).join(format!("{corpus}.txt")))?;
        let lines: ArrayRef = Arc::new(text.lines().map(Some).collect::<StringArray>());
        let megabytes = text.len() as f64 / 1e6;
        let mut runs = Vec::new();
        let mut findings = 0;
        for _ in 0..RUNS {
            let base = seconds(|| yardstick.find_iter(&text).count());
            let ours = seconds(|| findings = all.count(&lines));
            let small = seconds(|| few.count(&lines));
            runs.push([megabytes / base, megabytes / ours, base / ours, ours / small]);
        }
        let median = |place: usize| {
            let mut figures: Vec<f64> = runs.iter().map(|run| run[place]).collect();
            figures.sort_by(f64::total_cmp);
            figures[RUNS / 2]
        };
        println!(
            "{corpus:8} {:5.0} MB/s {:5.0} MB/s {:8.2}x {:11.2}x {:12.0}",
            median(0),
            median(1),
            median(2),
            median(3),
            findings as f64 / megabytes
        );
    }
    Ok(())
}

/// A detector with the column that it looks at.
struct Looking {
    detector: Detector,
    path: FieldPath,
}

impl Looking {
    fn count(&self, lines: &ArrayRef) -> usize {
        let findings = self.detector.detect_array(&self.path, lines);
        findings.expect("strings can be searched").num_rows()
    }
}

fn detector(takes: fn(&str) -> bool) -> Result<Looking, Box<dyn std::error::Error>> {
    let mut detection = Detection::default();
    for entity in Detector::standard().entities().filter(|entity| !takes(entity)) {
        let options = detection.entities.entry(entity.to_owned()).or_default();
        options.off = true;
    }
    Ok(Looking { detector: Detector::new(&detection)?, path: FieldPath::column("value") })
}

/// The entities found by shape and check; names, places and dates of birth are a stage of their own.
const PATTERNS: fn(&str) -> bool =
    |entity| !["PERSON", "LOCATION", "ADDRESS", "DATE_OF_BIRTH"].contains(&entity);

/// Those that the yardstick looks for.
const YARDSTICK_ENTITIES: fn(&str) -> bool = |entity| {
    [
        "EMAIL_ADDRESS",
        "URL",
        "IP_ADDRESS",
        "MAC_ADDRESS",
        "CREDIT_CARD",
        "IBAN_CODE",
        "US_SSN",
        "US_ITIN",
        "PHONE_NUMBER",
        "UK_NHS",
        "UK_NINO",
        "IN_AADHAAR",
        "BR_CPF",
        "IT_FISCAL_CODE",
        "ES_NIF",
        "ES_NIE",
        "JWT",
        "AWS_ACCESS_KEY",
        "GITHUB_TOKEN",
    ]
    .contains(&entity)
};

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64()
}

fn yardstick() -> Result<Regex, Box<dyn std::error::Error>> {
    let config = Regex::config().hybrid_cache_capacity(64 << 20).utf8_empty(false);
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    Ok(Regex::builder().syntax(syntax).configure(config).build_many(&RULES)?)
}

/// What people write for these entities, with bounds that let a lazy DFA be fast.
const RULES: [&str; 22] = [
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}",
    r"https?://[^\s<>]{3,2000}",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
    r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b",
    r"\b[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\b",
    r"\b[A-Z]{2}[0-9]{2}[ ]?[A-Z0-9]{4}(?:[ ]?[A-Z0-9]{4}){2,6}(?:[ ]?[A-Z0-9]{1,3})?\b",
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b9[0-9]{2}-[0-9]{2}-[0-9]{4}\b",
    r"\+[0-9]{1,3}[ .-]?(?:\([0-9]{1,4}\)[ .-]?)?[0-9]{2,4}(?:[ .-]?[0-9]{2,4}){1,4}\b",
    r"\b\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
    r"\b[0-9]{3} [0-9]{3} [0-9]{4}\b",
    r"\b[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b",
    r"\b[2-9][0-9]{3} [0-9]{4} [0-9]{4}\b",
    r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b",
    r"\b[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]\b",
    r"\b[0-9]{8}[A-Z]\b",
    r"\b[XYZ][0-9]{7}[A-Z]\b",
    r"\beyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,1000}",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b",
];
