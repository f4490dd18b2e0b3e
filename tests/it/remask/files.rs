//! Remasked files: whole or not at all, and nothing in clear on the way.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use arrow::array::{AsArray, RecordBatch, StringArray, TimestampSecondArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use serde_json::Value;
use tokenize_core::{Error, FileOptions, Remasker, Unmasker, mask_file, remask_file, unmask_file};

use super::{batch, manifest_of, promote};
use crate::fixture::{Fixture, one, shared, texts};

const CANARY: &str = "Canary Kalamazoo 4815162342";

/// A folder with a masked file, its keyring moved on.
fn masked_file(rules: &str, original: &RecordBatch, group: usize) -> Fixture {
    let mut fixture = Fixture::new();
    write(&fixture.path("in.parquet"), original, group);
    let tokenizer = fixture.tokenizer(rules);
    let options = FileOptions::default();
    mask_file(&tokenizer, &fixture.path("in.parquet"), &fixture.path("old.parquet"), &options)
        .unwrap();
    promote(&mut fixture.keyring);
    fixture
}

fn write(path: &Path, batch: &RecordBatch, group: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn read(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = builder.schema().clone();
    let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&schema, &batches).unwrap()
}

#[test]
fn files_keep_what_was_said_of_them() {
    let rules = "name: { action: encrypt, key: output }
        ssn: { action: tokenize, format: us_ssn, on_invalid: redact }
        gone: { action: drop }
        kept: { action: keep }";
    let ssn = texts([Some("123-45-6789"), Some("none"), None, Some("nobody")]);
    let names = texts([Some(CANARY), None, Some("Jane Doe"), Some("")]);
    let original =
        batch([("name", names), ("ssn", ssn.clone()), ("gone", ssn.clone()), ("kept", ssn)]);
    let mut fixture = masked_file(rules, &original, 2);
    let [input, old, new, clear] =
        ["in", "old", "new", "clear"].map(|name| fixture.path(&format!("{name}.parquet")));
    let options = FileOptions::default();
    let remasker = Remasker::new(&fixture.keyring);
    let dry = FileOptions { dry_run: true, ..options.clone() };
    assert!(!remask_file(&remasker, &old, &new, &dry).unwrap().written && !new.exists());
    let report = remask_file(&remasker, &old, &new, &options).unwrap();
    assert_eq!((report.rows, report.written), (4, true));
    assert!(report.columns.iter().all(|column| column.redacted == 0), "nothing is lost anew");

    let (before, after) = (manifest_of(&read(&old).schema()), manifest_of(&read(&new).schema()));
    assert_eq!(after["policy"], before["policy"]);
    let lost = |manifest: &Value| manifest["columns"][1]["lost"].clone();
    assert_eq!(lost(&after), lost(&before));
    assert_eq!(lost(&after)["redacted"], 2);
    assert_eq!(after["columns"][2], serde_json::json!({ "path": "gone", "action": "drop" }));
    assert_eq!(after["mac"]["key_version"], 2);
    assert_ne!(after["data_keys"], before["data_keys"]);
    let side: Value =
        serde_json::from_slice(&fs::read(fixture.path("new.parquet.tokenize.json")).unwrap())
            .unwrap();
    assert_eq!(side["data_keys"], after["data_keys"]);

    let tokenizer = fixture.tokenizer(rules);
    mask_file(&tokenizer, &input, &fixture.path("fresh.parquet"), &options).unwrap();
    let (fresh, remasked) = (read(&fixture.path("fresh.parquet")), read(&new));
    assert_eq!(remasked.schema().fields(), fresh.schema().fields());
    assert_eq!(remasked.column(1), fresh.column(1));
    fixture.keyring.disable(1).unwrap();
    unmask_file(&Unmasker::new(&fixture.keyring), &new, &clear, &options).unwrap();
    assert_eq!(read(&clear).column(0), original.column(0));

    let again = remask_file(
        &Remasker::new(&fixture.keyring),
        &new,
        &fixture.path("none.parquet"),
        &options,
    );
    let again = again.unwrap();
    assert!(!again.written && again.columns[0].done == "keep encrypt (version 2)");
    assert!(!fixture.path("none.parquet").exists());
    assert!(matches!(remask_file(&remasker, &old, &new, &options), Err(Error::Io(_))), "it exists");
}

#[test]
fn a_run_that_fails_in_the_middle_leaves_nothing() {
    let rules = "v: { action: encrypt, key: output, output: string }";
    let names: Vec<String> = (0..300).map(|i| format!("{CANARY} {i}")).collect();
    let fixture =
        masked_file(rules, &one(&texts(names.iter().map(|name| Some(name.as_str())))), 100);
    let old = read(&fixture.path("old.parquet"));
    let cells = old.column(0).as_string::<i32>().iter().enumerate();
    let cells: StringArray =
        cells.map(|(i, cell)| if i == 250 { Some("x") } else { cell }).collect();
    let altered = RecordBatch::try_new(old.schema(), vec![Arc::new(cells)]).unwrap();
    write(&fixture.path("old.parquet"), &altered, 100);
    fs::remove_file(fixture.path("in.parquet")).unwrap();
    let names = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let before = names(fixture.folder.path());
    let remasker = Remasker::new(&fixture.keyring);
    let new = fixture.path("new.parquet");
    let error = remask_file(&remasker, &fixture.path("old.parquet"), &new, &FileOptions::default());
    assert!(error.unwrap_err().to_string().starts_with("column v, row 250: "));
    assert_eq!(names(fixture.folder.path()), before);
}

#[test]
fn no_file_ever_holds_a_clear_value() {
    let rules = "v: { action: encrypt }\nw: { action: tokenize, format: letters, domain: w }";
    let names: Vec<String> = (0..60_000).map(|i| format!("{CANARY} {i}")).collect();
    let names = texts(names.iter().map(|name| Some(name.as_str())));
    let words = texts((0..60_000).map(|_| Some("KalamazooCanary")));
    let fixture = masked_file(rules, &batch([("v", names), ("w", words)]), 2_000);
    fs::remove_file(fixture.path("in.parquet")).unwrap();
    let (is_done, folder) = (AtomicBool::new(false), fixture.folder.path());
    let sightings = thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut sightings = 0;
            while !is_done.load(Ordering::SeqCst) {
                sightings += look_for_canary(folder);
                thread::yield_now();
            }
            sightings + look_for_canary(folder)
        });
        let remasker = Remasker::new(&fixture.keyring);
        let [old, new] = ["old.parquet", "new.parquet"].map(|name| fixture.path(name));
        let report = remask_file(&remasker, &old, &new, &FileOptions::default());
        is_done.store(true, Ordering::SeqCst);
        assert!(report.unwrap().written);
        watcher.join().unwrap()
    });
    assert!(sightings > 0, "the file in the making has been looked at");
}

/// Fails if a file holds the canary; gives how many files were in the making.
fn look_for_canary(folder: &Path) -> usize {
    let mut partial = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        for canary in ["Kalamazoo", "KalamazooCanary"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
        }
        partial += usize::from(entry.file_name().to_string_lossy().ends_with(".partial"));
    }
    partial
}

#[test]
fn a_timestamp_that_parquet_holds_in_another_unit_comes_along() {
    let seconds = TimestampSecondArray::from(vec![Some(86_401), None]);
    let rules = "v: { action: tokenize, domain: day, format: date, small_domain: permute }
        w: { action: encrypt }";
    let original = batch([("v", shared(seconds.clone())), ("w", shared(seconds))]);
    let fixture = masked_file(rules, &original, 10);
    let options = FileOptions::default();
    let [old, new, clear, clear_old] =
        ["old", "new", "clear", "clear_old"].map(|name| fixture.path(&format!("{name}.parquet")));
    remask_file(&Remasker::new(&fixture.keyring), &old, &new, &options).unwrap();
    let unmasker = Unmasker::new(&fixture.keyring);
    unmask_file(&unmasker, &new, &clear, &options).unwrap();
    unmask_file(&unmasker, &old, &clear_old, &options).unwrap();
    assert_eq!(read(&clear), read(&clear_old));
    assert!(matches!(
        read(&clear).column(0).data_type(),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, None)
    ));
}
