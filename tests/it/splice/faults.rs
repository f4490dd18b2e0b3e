//! Errors name the row of the file, and the same one however the work is shared out.

use std::fs;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use parquet::file::properties::WriterProperties;
use rayon::ThreadPoolBuilder;
use tokenize_core::{FileOptions, Unmasker, mask_file, unmask_file};

use super::chunks::{rows, write};
use crate::fixture::{Fixture, texts};

const RULES: &str = "a: { action: tokenize, format: us_ssn }
    b: { action: tokenize, format: us_ssn, domain: other }";

/// Two columns in row groups of `size` rows, with what does not fit in those rows of each.
fn table(groups: usize, size: usize, a: &[usize], b: &[usize]) -> Vec<RecordBatch> {
    let column = |group: usize, misfits: &[usize]| -> ArrayRef {
        let row = |i: usize| match misfits.contains(&(group * size + i)) {
            true => "does not fit".to_owned(),
            false => format!("{:03}-{:02}-{:04}", 100 + i % 500, 1 + i % 98, 1 + i % 9_000),
        };
        let values: Vec<String> = (0..size).map(row).collect();
        texts(values.iter().map(|value| Some(value.as_str())))
    };
    let group = |group| {
        RecordBatch::try_from_iter([("a", column(group, a)), ("b", column(group, b))]).unwrap()
    };
    (0..groups).map(group).collect()
}

/// What a file's masking ends with, in pools of all sizes.
fn failure(fixture: &Fixture, groups: &[RecordBatch], is_dictionary: bool) -> String {
    let properties = WriterProperties::builder().set_dictionary_enabled(is_dictionary);
    write(&fixture.path("in.parquet"), groups, properties);
    let tokenizer = fixture.tokenizer(RULES);
    let fail = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (input, output) = (fixture.path("in.parquet"), fixture.path("masked.parquet"));
        let options = FileOptions::default();
        let error = pool.install(|| mask_file(&tokenizer, &input, &output, &options)).unwrap_err();
        assert!(!output.exists());
        assert_eq!(fs::read_dir(fixture.folder.path()).unwrap().count(), 3);
        error.to_string()
    };
    let alone = fail(1);
    for threads in [2, 7] {
        for _ in 0..4 {
            assert_eq!(fail(threads), alone);
        }
    }
    alone
}

#[test]
fn the_first_row_that_does_not_fit_is_named() {
    let fixture = Fixture::of_vectors();
    for is_dictionary in [true, false] {
        for misfits in
            [vec![0], vec![17, 5_000], vec![1_999, 2_000], vec![2_000, 6_500], vec![7_999]]
        {
            let groups = table(4, 2_000, &misfits, &[]);
            let whole = concat_batches(&groups[0].schema(), &groups).unwrap();
            let plan = fixture.tokenizer(RULES).plan_mask(&whole.schema()).unwrap();
            let expected = plan.mask(&whole).unwrap_err().to_string();
            assert_eq!(failure(&fixture, &groups, is_dictionary), expected);
            assert!(expected.contains(&format!("row {}", misfits[0])), "{expected}");
        }
    }
}

#[test]
fn of_several_columns_the_first_in_order_is_named() {
    let fixture = Fixture::of_vectors();
    for (a, b, expected) in [
        (vec![3_000], vec![2_500], "column a, row 3000"),
        (vec![3_000], vec![1_500], "column b, row 1500"),
        (vec![5], vec![5], "column a, row 5"),
    ] {
        let failed = failure(&fixture, &table(3, 2_000, &a, &b), false);
        assert!(failed.contains(expected), "{failed}");
    }
}

#[test]
fn long_row_groups_count_on() {
    let fixture = Fixture::of_vectors();
    let failed = failure(&fixture, &table(2, 40_000, &[70_001, 75_000], &[]), false);
    assert!(failed.contains("column a, row 70001"), "{failed}");
}

#[test]
fn data_keys_of_an_output_open_all_its_row_groups() {
    let fixture = Fixture::of_vectors();
    let groups = table(5, 500, &[], &[]);
    write(&fixture.path("in.parquet"), &groups, WriterProperties::builder());
    let rules = "a: { action: encrypt, key: output }
        b: { action: encrypt, key: output, output: string }";
    let (masked, clear) = (fixture.path("masked.parquet"), fixture.path("clear.parquet"));
    let options = FileOptions::default();
    let tokenizer = fixture.tokenizer(rules);
    let report = mask_file(&tokenizer, &fixture.path("in.parquet"), &masked, &options).unwrap();
    let side_file = report.side_file.unwrap();
    assert_eq!(side_file, fixture.path("masked.parquet.tokenize.json"));
    let beside = fs::read_to_string(side_file).unwrap();
    let inside = rows(&masked).schema().metadata()["tokenize.manifest"].clone();
    assert_eq!(beside.trim(), inside.trim());
    unmask_file(&Unmasker::new(&fixture.keyring), &masked, &clear, &options).unwrap();
    assert_eq!(rows(&clear).columns(), rows(&fixture.path("in.parquet")).columns());
}
