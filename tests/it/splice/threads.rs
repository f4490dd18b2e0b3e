//! One output, whatever the threads, the memory and the row groups.

use std::fs;

use parquet::file::properties::WriterProperties;
use rayon::ThreadPoolBuilder;
use tokenize_core::{FileOptions, mask_file};

use super::chunks::{Chunks, rows, write, write_kinds};
use super::{RULES, TABLE_RULES, masked, table, unmasked};
use crate::fixture::Fixture;

/// The bytes of `in.parquet` masked in a pool of so many threads.
fn masked_by(
    fixture: &Fixture,
    rules: &str,
    threads: usize,
    memory_limit: Option<usize>,
) -> Vec<u8> {
    let output = fixture.path("masked.parquet");
    let options = FileOptions { replace: true, memory_limit, ..FileOptions::default() };
    let tokenizer = fixture.tokenizer(rules);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| mask_file(&tokenizer, &fixture.path("in.parquet"), &output, &options)).unwrap();
    fs::read(output).unwrap()
}

#[test]
fn threads_and_memory_change_no_byte() {
    let fixture = Fixture::of_vectors();
    let input = fixture.path("in.parquet");
    for shape in 0..3 {
        let rules = match shape {
            0 => {
                write_kinds(&input, 5, 300);
                RULES
            }
            shape => {
                let groups = if shape == 1 { table(4, 1_500) } else { table(1, 18_000) };
                write(&input, &groups, WriterProperties::builder());
                TABLE_RULES
            }
        };
        let expected = masked_by(&fixture, rules, 1, None);
        for (threads, limit) in
            [(2, None), (7, None), (1, Some(1)), (7, Some(1)), (2, Some(50_000))]
        {
            let masked = masked_by(&fixture, rules, threads, limit);
            assert!(masked == expected, "{threads} {limit:?}");
        }
        unmasked(&fixture);
        if shape == 0 {
            let (clear, original) = (rows(&fixture.path("clear.parquet")), rows(&input));
            assert_eq!(clear.column_by_name("person"), original.column_by_name("person"));
        }
    }
}

#[test]
fn nothing_is_left_of_what_was_spilled() {
    let fixture = Fixture::of_vectors();
    write(&fixture.path("in.parquet"), &table(3, 2_000), WriterProperties::builder());
    masked_by(&fixture, TABLE_RULES, 2, Some(1));
    let mut names: Vec<_> = fs::read_dir(fixture.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["in.parquet", "kek.key", "keyring.json", "masked.parquet"]);
}

#[test]
fn ten_thousand_row_groups() {
    let fixture = Fixture::of_vectors();
    let input = fixture.path("in.parquet");
    let groups: Vec<_> =
        table(10_000, 2).iter().map(|group| group.project(&[0, 2]).unwrap()).collect();
    write(&input, &groups, WriterProperties::builder());
    let source = Chunks::read(&input);
    let rules = "id: { action: keep }
        city: { action: pseudonymize, domain: city }";
    let output = Chunks::read(&masked(&fixture, rules));
    assert_eq!(output.groups(), 10_000);
    output.has_same(&source, "id");
    let plan = fixture.tokenizer(rules).plan_mask(&groups[0].schema()).unwrap();
    assert_eq!(output.rows().columns(), plan.mask(&source.rows()).unwrap().columns());
}

#[test]
fn many_runs_share_a_pool() {
    // A run that waits for another's turn on its own stack would wait for ever.
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let fixture = Fixture::of_vectors();
    let input = fixture.path("in.parquet");
    write(&input, &table(12, 600), WriterProperties::builder());
    let expected = masked_by(&fixture, TABLE_RULES, 1, None);
    std::thread::scope(|scope| {
        for run in 0..4 {
            let (pool, fixture, input, expected) = (&pool, &fixture, &input, &expected);
            scope.spawn(move || {
                let tokenizer = fixture.tokenizer(TABLE_RULES);
                let output = fixture.path(&format!("masked.{run}.parquet"));
                let options = FileOptions::default();
                pool.install(|| mask_file(&tokenizer, input, &output, &options)).unwrap();
                assert!(fs::read(output).unwrap() == *expected);
            });
        }
    });
}
