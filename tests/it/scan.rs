//! Scans through the public API: tables with known truth, files, drafts of policies.

mod tables;

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use tokenize_core::{
    Detector, FieldPath, Policy, ReadOptions, ScanOptions, ScanReport, Tokenizer, check_schema,
    scan_batches, scan_file, scan_files,
};

use crate::customers::Customers;
use crate::fixture::Fixture;
use tables::{Figures, Table, all_tables};

fn scan(batch: &RecordBatch) -> ScanReport {
    scan_batches([batch], Detector::standard(), ScanOptions::default()).unwrap()
}

/// The draft of a policy, which must pass and fit.
#[track_caller]
fn draft(report: &ScanReport, batch: &RecordBatch) -> Policy {
    let text = report.policy("draft");
    let policy = Policy::from_text(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    check_schema(&policy, &batch.schema()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    policy
}

#[test]
fn tables_are_known_by_their_columns() {
    let known: Vec<&str> = Detector::standard().entities().collect();
    let mut figures = Figures::default();
    for table in all_tables() {
        figures.add(&table, &scan(&table.batch), &known);
    }
    let (named, opaque) = (&figures.named, &figures.opaque);
    assert!(named.macro_f1(&["checksum", "opaque", "shape"]) >= 0.97, "{figures}");
    assert!(opaque.macro_f1(&["checksum", "shape"]) >= 0.90, "{figures}");
    assert_eq!((named.alarms, opaque.alarms), (0, 0), "{figures}");
}

#[test]
fn drafts_of_all_tables_pass_and_mask_them() {
    let fixture = Fixture::new();
    for Table { name, batch, .. } in all_tables() {
        let policy = draft(&scan(&batch), &batch);
        let plan = Tokenizer::new(policy, &fixture.keyring).unwrap();
        let plan = plan.plan_mask(&batch.schema()).unwrap();
        plan.mask(&batch).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn no_text_column_of_which_a_sample_was_seen_is_kept() {
    for Table { name, batch, .. } in all_tables() {
        let options = ScanOptions::default().sample(40);
        let report = scan_batches([&batch], Detector::standard(), options).unwrap();
        let policy = draft(&report, &batch);
        for rule in policy.rules() {
            assert_ne!(rule.action.name(), "keep", "{name}: {}", rule.column);
        }
    }
}

#[test]
fn typed_columns_are_drafted_too() {
    let table = Customers::new(7).rows(0, 500).unwrap();
    let report = scan(&table);
    let policy = draft(&report, &table);
    let fixture = Fixture::new();
    let plan = Tokenizer::new(policy, &fixture.keyring).unwrap();
    plan.plan_mask(&table.schema()).unwrap().mask(&table).unwrap();
    let verdict = |path: &str| {
        let path: FieldPath = path.parse().unwrap();
        let column = report.columns().iter().find(|column| column.path == path).unwrap();
        column.verdict.class.name().to_owned()
    };
    assert_eq!(verdict("email"), "EMAIL_ADDRESS");
    assert_eq!(verdict("amount"), "none");
}

/// A file of one text column in row groups of 100.
fn write(folder: &Fixture, name: &str, column: &str, values: ArrayRef) -> std::path::PathBuf {
    let path = folder.path(name);
    let batch = RecordBatch::try_from_iter([(column, values)]).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(100)).build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

fn emails(from: usize) -> ArrayRef {
    let mails = (from..from + 250).map(|n| Some(format!("user{n}@mail.example.org")));
    Arc::new(mails.collect::<StringArray>())
}

#[test]
fn files_are_scanned_as_one_table() {
    let fixture = Fixture::new();
    let one = write(&fixture, "one.parquet", "c1", emails(0));
    let two = write(&fixture, "two.parquet", "c1", emails(250));
    let other = write(&fixture, "other.parquet", "c2", emails(0));
    let empty =
        write(&fixture, "empty.parquet", "c3", arrow::array::new_empty_array(&DataType::Utf8));
    let mut told = Vec::new();
    let report = scan_files(
        &[one, two, other, empty],
        &ReadOptions::default(),
        Detector::standard(),
        ScanOptions::default(),
        |progress| {
            told.push((progress.rows, progress.of));
        },
    )
    .unwrap();
    assert_eq!(report.rows, 750);
    let columns = report.columns().iter().map(|column| (column.path.to_string(), column.rows));
    assert_eq!(
        columns.collect::<Vec<_>>(),
        [("c1".into(), 500), ("c2".into(), 250), ("c3".into(), 0)]
    );
    assert_eq!(told.last(), Some(&(750, 750)));
}

#[test]
fn a_sample_is_drawn_from_every_row_group() {
    let fixture = Fixture::new();
    let mut values: Vec<String> = (0..2_000).map(|n| format!("X-{n}")).collect();
    values.splice(1_900.., (0..100).map(|n| format!("user{n}@mail.example.org")));
    let values: ArrayRef = Arc::new(values.iter().map(Some).collect::<StringArray>());
    let path = write(&fixture, "late.parquet", "c1", values);
    let options = ScanOptions::default().sample(400);
    let report = scan_file(&path, Detector::standard(), options, |_| ()).unwrap();
    let found = report.columns()[0].entities.iter().find(|found| &*found.entity == "EMAIL_ADDRESS");
    let share = found.unwrap().whole;
    assert!((0.02..0.09).contains(&share), "{share}");
    let again = scan_file(&path, Detector::standard(), options, |_| ()).unwrap();
    assert_eq!(report, again);
}

#[test]
fn reports_have_a_form_for_programs() {
    let batch = RecordBatch::try_from_iter([("mail", emails(0))]).unwrap();
    let json = scan(&batch).to_json();
    let column = &json["columns"][0];
    assert_eq!(json["version"], 1);
    assert_eq!(column["path"], "mail");
    assert_eq!(column["verdict"]["class"], "EMAIL_ADDRESS");
    assert_eq!(column["verdict"]["reasons"][0]["code"], "name");
    assert_eq!(column["looked_at"], 250);
    assert_eq!(column["distinct"]["count"], 250);
    assert_eq!(column["shapes"][0]["shape"], "aaaa999@aaaa.aaaa.aaa");
}

#[test]
fn every_row_of_a_column_of_bare_numbers_is_searched() {
    // No byte parts the rows of an Arrow column from each other.
    let card = "4111111111111111";
    for nulls in [false, true] {
        let values = (0..100).map(|row| (!nulls || row % 3 != 0).then_some(card));
        let values = values.collect::<StringArray>();
        let path = FieldPath::column("card");
        let found = Detector::standard().detect_array(&path, &values).unwrap();
        assert_eq!(found.num_rows(), if nulls { 66 } else { 100 });
    }
}
