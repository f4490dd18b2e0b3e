//! What a mask tells of itself while it runs, through files: what was there, what was done, what is left.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use parquet::arrow::ArrowWriter;
use tokenize_core::report::{Holds, Outcome, Page};
use tokenize_core::{
    FileOptions, Inspection, Inspector, Tokenizer, mask_file, mask_file_inspected,
};

use crate::fixture::Fixture;

const CANARY: &str = "canary-7f3a";

/// Addresses in a column, at the end of long notes, and in a field of a struct.
fn batch(from: u64, rows: u64) -> RecordBatch {
    let column = |value: &dyn Fn(u64) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((from..from + rows).map(value)))
    };
    let email = |i: u64| format!("user{i}@{CANARY}.org");
    let note = |i: u64| format!("please write to {} as soon as it is there, thank you", email(i));
    let field = Field::new("mail", DataType::Utf8, true);
    let staff = StructArray::new(Fields::from(vec![field]), vec![column(&email)], None);
    RecordBatch::try_from_iter([
        ("contact", column(&email)),
        ("note", column(&note)),
        ("short", column(&note)),
        ("staff", Arc::new(staff)),
        ("code", column(&|i| format!("{}", i % 90 + 10))),
        ("gone", column(&email)),
    ])
    .unwrap()
}

fn write(path: &Path, batch: &RecordBatch) {
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

const RULES: &str = "
  contact: { action: tokenize, format: email }
  note: { action: truncate, keep: { first: 45 } }
  short: { action: truncate, keep: { first: 6 } }
  staff: { action: keep }
  code: { action: tokenize, format: digits, domain: code, small_domain: permute, on_invalid: nullify }
  gone: { action: drop }
";

/// Two files masked under one inspector.
fn inspected(fixture: &Fixture, tokenizer: &Tokenizer) -> Inspection {
    let mut inspector = Inspector::new(tokenizer).unwrap();
    for (name, from) in [("a.parquet", 0), ("b.parquet", 100)] {
        let (input, output) = (fixture.path(name), fixture.path(&format!("masked-{name}")));
        write(&input, &batch(from, 100));
        let options = FileOptions { replace: true, ..FileOptions::default() };
        mask_file_inspected(tokenizer, &input, &output, &options, &mut inspector).unwrap();
    }
    inspector.finish()
}

#[test]
fn a_report_says_what_was_done_and_what_is_left() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer(RULES);
    let inspection = inspected(&fixture, &tokenizer);
    let page = Page::of_mask(&inspection, &[fixture.path("a.parquet"), fixture.path("b.parquet")]);
    let told = page.columns.iter().map(|column| {
        let done = column.done.as_ref().unwrap();
        (column.path.as_str(), column.holds, done.action, column.outcome.unwrap())
    });
    use Holds::{Inside, Nothing, Personal};
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("contact", Personal, "tokenize", Outcome::Protected),
            ("note", Inside, "truncate", Outcome::Exposed),
            ("short", Inside, "truncate", Outcome::Protected),
            ("staff.mail", Personal, "keep", Outcome::Exposed),
            ("code", Nothing, "tokenize", Outcome::Protected),
            ("gone", Personal, "drop", Outcome::Protected),
        ]
    );
    assert_eq!((page.rows, inspection.rows), (200, 200));
    assert_eq!(page.files, ["a.parquet", "b.parquet"]);
    let mask = page.mask.as_ref().unwrap();
    assert_eq!(mask.keyring, fixture.keyring.id().to_string());
    assert_eq!(mask.policy_sha256.len(), 64);
    let contact = page.columns[0].done.as_ref().unwrap();
    assert_eq!((contact.treated, contact.reversible), (200, true));
    assert_eq!(contact.domain.as_deref(), Some("email"));
    assert!(contact.options.contains(&("format".to_owned(), "email".to_owned())));
    let html = page.to_html();
    assert!(html.contains("a.parquet and 1 more") && html.contains("left in clear in 2 columns"));
    for text in [html, serde_json::to_string(&page).unwrap(), format!("{inspection:?}")] {
        assert!(!text.contains(CANARY) && !text.contains("thank you"));
    }
}

#[test]
fn looking_changes_nothing() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer(RULES);
    let first = inspected(&fixture, &tokenizer);
    let (input, bare) = (fixture.path("a.parquet"), fixture.path("bare.parquet"));
    mask_file(&tokenizer, &input, &bare, &FileOptions::default()).unwrap();
    let masked = std::fs::read(fixture.path("masked-a.parquet")).unwrap();
    assert_eq!(masked, std::fs::read(bare).unwrap());
    let none: [&str; 0] = [];
    let again = inspected(&fixture, &tokenizer);
    assert_eq!(Page::of_mask(&first, &none).to_html(), Page::of_mask(&again, &none).to_html());
}

#[test]
fn what_was_lost_is_counted_over_all_files() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer(
        "
  contact: { action: tokenize, format: us_ssn, on_invalid: redact }
  \"*\": { action: drop }
",
    );
    let page = Page::of_mask(&inspected(&fixture, &tokenizer), &["a.parquet"]);
    assert_eq!(page.columns[0].done.as_ref().unwrap().redacted, 200);
    assert_eq!(page.summary.lost, 200);
    assert!(page.to_html().contains("did not fit, redacted"));
}
