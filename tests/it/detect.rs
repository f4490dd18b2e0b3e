//! Detection held against the labelled data of `tests/detect`: what it must find, and what it must not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokenize_core::{Detector, Finding};

/// Labels and predictions of one entity.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    labels: usize,
    found: usize,
    wrong: usize,
    /// Texts without PII in which it was found.
    alarms: usize,
}

impl Tally {
    fn recall(self) -> f64 {
        self.found as f64 / self.labels.max(1) as f64
    }

    fn precision(self) -> f64 {
        self.found as f64 / (self.found + self.wrong).max(1) as f64
    }

    fn f1(self) -> f64 {
        2.0 * self.found as f64 / (self.labels + self.found + self.wrong).max(1) as f64
    }
}

/// Every label and every look of `score.py`, which counts the same way.
fn tallies() -> BTreeMap<String, Tally> {
    let mut all: BTreeMap<String, Tally> = BTreeMap::new();
    for path in files("labelled") {
        for record in records(&path) {
            let (text, labels) = (string(&record["text"]), labels(&record));
            let findings = Detector::standard().detect(&text);
            tally(&mut all, &labels, &spans(&text, &findings));
        }
    }
    for record in records(&data().join("negative.jsonl")) {
        let mut entities: Vec<String> = Detector::standard()
            .detect(&string(&record["text"]))
            .iter()
            .map(|finding| finding.entity.to_string())
            .collect();
        entities.dedup();
        for entity in entities {
            all.entry(entity).or_default().alarms += 1;
        }
    }
    all
}

/// A label or a finding, in code points; marked labels count neither way.
#[derive(Debug, Clone)]
struct Span {
    entity: String,
    start: usize,
    end: usize,
    is_marked: bool,
}

impl Span {
    /// Whether the common stretch is at least half of each.
    fn matches(&self, other: &Self) -> bool {
        let common = self.end.min(other.end).saturating_sub(self.start.max(other.start));
        self.entity == other.entity
            && 2 * common >= self.end - self.start
            && 2 * common >= other.end - other.start
    }
}

fn tally(all: &mut BTreeMap<String, Tally>, labels: &[Span], findings: &[Span]) {
    let mut free: Vec<&Span> = findings.iter().collect();
    for label in labels {
        let tally = all.entry(label.entity.clone()).or_default();
        let found = free.iter().position(|finding| label.matches(finding));
        if let Some(place) = found {
            free.remove(place);
        }
        if !label.is_marked {
            tally.labels += 1;
            tally.found += usize::from(found.is_some());
        }
    }
    for finding in free {
        all.entry(finding.entity.clone()).or_default().wrong += 1;
    }
}

#[test]
fn labelled_texts() {
    let all = tallies();
    let mut failures = Vec::new();
    for (entity, tally) in &all {
        let bar = BARS
            .iter()
            .find(|(name, _, _)| name == entity)
            .map_or((0.95, 0.97), |bar| (bar.1, bar.2));
        if tally.f1() < bar.0 || tally.precision() < bar.1 || tally.alarms > ALARMS {
            failures.push(format!(
                "{entity}: F1 {:.3} (at least {:.3}), precision {:.3} (at least {:.3}), recall {:.3}, in {} texts without PII",
                tally.f1(),
                bar.0,
                tally.precision(),
                bar.1,
                tally.recall(),
                tally.alarms
            ));
        }
    }
    assert!(all.len() >= 60, "only {} entities", all.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// At most one miss and one false alarm.
#[test]
fn entities_that_banks_trust() {
    let all = tallies();
    for entity in ["EMAIL_ADDRESS", "IP_ADDRESS", "IBAN_CODE", "US_SSN"] {
        let tally = all[entity];
        assert!(
            tally.labels >= 150 && tally.labels - tally.found <= 1 && tally.wrong <= 1,
            "{entity}: {tally:?}"
        );
    }
}

#[test]
fn look_alikes() {
    let mut failures = Vec::new();
    for path in files("lookalikes") {
        let entity = stem(&path);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.len() >= 30, "{entity}");
        let taken: Vec<&str> =
            lines.into_iter().filter(|line| !found(line, &entity).is_empty()).collect();
        if taken.len() > known(&LOOK_ALIKES, &entity) {
            failures.push(format!("{entity}: {taken:?}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn twins() {
    let mut failures = Vec::new();
    for path in files("twins") {
        let entity = stem(&path);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.len() >= 10, "{entity}");
        let missed: Vec<&str> =
            lines.into_iter().filter(|line| !is_covered(line, &entity)).collect();
        if missed.len() > known(&TWINS, &entity) {
            failures.push(format!("{entity}: {missed:?}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Whether a finding covers the second field of a line in its first.
fn is_covered(line: &str, entity: &str) -> bool {
    let mut fields = line
        .split('\t')
        .map(|field| if SECRETS.contains(&entity) { unescape(field) } else { field.to_owned() });
    let (text, wanted) = (fields.next().unwrap(), fields.next().unwrap());
    let start = text.find(&wanted).unwrap();
    found(&text, entity)
        .iter()
        .any(|finding| finding.start <= start && start + wanted.len() <= finding.end)
}

/// `\x{2d}` as the character.
fn unescape(field: &str) -> String {
    let mut parts = field.split("\\x{");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        text.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap());
        text.push_str(rest);
    }
    text
}

fn found(text: &str, entity: &str) -> Vec<Finding> {
    let mut findings = Detector::standard().detect(text);
    findings.retain(|finding| &*finding.entity == entity);
    findings
}

fn known(table: &[(&str, usize)], entity: &str) -> usize {
    table.iter().find(|(name, _)| *name == entity).map_or(0, |(_, count)| *count)
}

fn labels(record: &Value) -> Vec<Span> {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    record["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| Span {
            entity: string(&label["entity"]),
            start: number(&label["start"]),
            end: number(&label["end"]),
            is_marked: label.get("bare").is_some() || label.get("unassigned").is_some(),
        })
        .collect()
}

fn spans(text: &str, findings: &[Finding]) -> Vec<Span> {
    let code_points = |at: usize| text[..at].chars().count();
    let span = |finding: &Finding| Span {
        entity: finding.entity.to_string(),
        start: code_points(finding.start),
        end: code_points(finding.end),
        is_marked: false,
    };
    findings.iter().map(span).collect()
}

fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(data().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detect")
}

const SECRETS: [&str; 7] = [
    "AWS_ACCESS_KEY",
    "GENERIC_SECRET",
    "GITHUB_TOKEN",
    "GOOGLE_API_KEY",
    "JWT",
    "PRIVATE_KEY",
    "SLACK_TOKEN",
];

/// The least F1 and precision where they are not 0.95 and 0.97.
const BARS: [(&str, f64, f64); 8] = [
    ("ADDRESS", 0.95, 0.98),
    ("CREDIT_CARD", 0.99, 0.99),
    ("EMAIL_ADDRESS", 0.99, 0.99),
    ("IBAN_CODE", 0.99, 0.99),
    ("LOCATION", 0.91, 0.95),
    ("PERSON", 0.90, 0.97),
    ("PHONE_NUMBER", 0.96, 0.95),
    ("URL", 0.99, 0.99),
];

/// In how many of the 1,500 texts without PII each entity may be found: 1 %.
const ALARMS: usize = 15;

/// Look-alikes that are taken for the real thing, and twins that are missed: known, and not to become more.
const LOOK_ALIKES: [(&str, usize); 3] = [("DATE_OF_BIRTH", 1), ("LOCATION", 1), ("PERSON", 5)];
const TWINS: [(&str, usize); 5] =
    [("ADDRESS", 1), ("DATE_OF_BIRTH", 1), ("GENERIC_SECRET", 4), ("LOCATION", 2), ("PERSON", 2)];

/// Sizes that nobody expects; each is over in seconds, and none panics.
mod hostile {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, BinaryArray, ListArray, RecordBatch, StringArray};
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::Field;
    use tokenize_core::{Detector, FieldPath};

    #[track_caller]
    fn count(array: &dyn Array) -> usize {
        Detector::standard().detect_array(&FieldPath::column("value"), array).unwrap().num_rows()
    }

    #[test]
    fn a_hundred_megabytes_in_one_value() {
        let mut text = "x".repeat(100 << 20);
        text.push_str(" jane@example.org");
        assert_eq!(count(&StringArray::from(vec![text])), 1);
    }

    #[test]
    fn runs_of_what_begins_something() {
        for piece in [
            "1", "1 ", "1-", "@", "a@", ":", "://", "a:", "=", "(", "+1 ", "A", "Mr. ", "eyJ",
            "x=", "1.", "\\n1", "\u{a0}1", "1,\n",
        ] {
            count(&StringArray::from(vec![piece.repeat((1 << 18) / piece.len())]));
        }
    }

    #[test]
    fn ten_million_empty_strings() {
        let offsets = OffsetBuffer::<i32>::new_zeroed(10_000_000);
        let empty = StringArray::new(offsets, arrow::buffer::Buffer::from(Vec::<u8>::new()), None);
        assert_eq!(count(&empty), 0);
    }

    #[test]
    fn bytes_that_are_no_text() {
        let mut bytes: Vec<u8> = (0..=255_u8).cycle().take(1 << 16).collect();
        bytes.extend(b" jane@example.org \xFF\xC3\xE2\x80");
        assert_eq!(count(&BinaryArray::from_vec(vec![&bytes])), 1);
        for byte in 0x80..=0xFF {
            count(&BinaryArray::from_vec(vec![&[byte; 100], &[b'1', byte], &[byte]]));
        }
    }

    #[test]
    fn lists_a_hundred_deep() {
        let mut column: ArrayRef = Arc::new(StringArray::from(vec!["jane@example.org"]));
        for _ in 0..100 {
            let field = Arc::new(Field::new_list_field(column.data_type().clone(), true));
            column = Arc::new(ListArray::new(field, OffsetBuffer::from_lengths([1]), column, None));
        }
        let batch = RecordBatch::try_from_iter([("deep", column)]).unwrap();
        assert_eq!(Detector::standard().detect_batch(&batch).unwrap().num_rows(), 1);
    }
}
