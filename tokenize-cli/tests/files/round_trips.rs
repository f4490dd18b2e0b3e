//! Mask, then unmask: what was there is there again.

use std::fs;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, MapArray, RecordBatch, StringArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};

use crate::desk::{Desk, MASK, UNMASK, people, reversible, rules};

/// Masks and unmasks `in.parquet`, which must come back; gives the masked rows.
fn assert_round_trip(desk: &Desk) -> RecordBatch {
    desk.done(MASK);
    desk.done(UNMASK);
    let (given, clear, masked) =
        (desk.read("in.parquet"), desk.read("clear.parquet"), desk.read("masked.parquet"));
    assert_eq!(given, clear);
    assert_eq!(given.schema().metadata(), clear.schema().metadata());
    masked
}

fn assert_differs_in(names: &[&str], given: &RecordBatch, masked: &RecordBatch) {
    for field in given.schema().fields() {
        let same = given.column_by_name(field.name()) == masked.column_by_name(field.name());
        assert_eq!(same, !names.contains(&field.name().as_str()), "{}", field.name());
    }
}

#[test]
fn people_come_back() {
    let desk = Desk::without_files();
    desk.policy(&reversible());
    desk.write("in.parquet", &people(500, 1));
    let masked = assert_round_trip(&desk);
    assert_differs_in(
        &["id", "email", "ssn", "card", "name", "points"],
        &desk.read("in.parquet"),
        &masked,
    );
}

#[test]
fn files_of_no_row_one_row_and_many_row_groups_come_back() {
    for (rows, group) in [(0, 10), (1, 10), (95, 10)] {
        let desk = Desk::without_files();
        desk.policy(&reversible());
        desk.write_as("in.parquet", &people(rows, 2), Compression::SNAPPY, group);
        assert_round_trip(&desk);
        let groups = |name: &str| desk.open(name).metadata().num_row_groups();
        assert_eq!(
            (groups("masked.parquet"), groups("clear.parquet")),
            (rows.div_ceil(group), rows.div_ceil(group))
        );
    }
}

#[test]
fn every_codec_is_read_and_written() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        let desk = Desk::without_files();
        desk.policy(&reversible());
        desk.write_as("in.parquet", &people(100, 3), codec, 1000);
        assert_round_trip(&desk);
        let written = desk.open("masked.parquet").metadata().row_group(0).column(1).compression();
        assert_eq!(written, if codec == Compression::LZ4 { Compression::LZ4_RAW } else { codec });
    }
}

#[test]
fn some_columns_may_be_unmasked_alone() {
    let desk = Desk::masked();
    let said = desk.done(&format!("{UNMASK} --columns email,ssn")).stderr;
    assert!(
        said.contains("email   unmask tokenize") && said.contains("card    leave tokenize"),
        "{said}"
    );
    let (given, masked, clear) =
        (desk.read("in.parquet"), desk.read("masked.parquet"), desk.read("clear.parquet"));
    assert_differs_in(&["email", "ssn"], &masked, &clear);
    assert_differs_in(&["id", "card", "name", "points"], &given, &clear);
    desk.done("unmask clear.parquet --keyring keyring.json --out all.parquet");
    assert_differs_in(&["id"], &given, &desk.read("all.parquet"));
}

#[test]
fn what_is_one_way_is_listed() {
    let desk = Desk::masked();
    let said = desk.done(UNMASK).stderr;
    assert!(
        said.contains(
            "left as they are, one-way: id\n20 rows of masked.parquet written to clear.parquet\n"
        ),
        "{said}"
    );
}

#[test]
fn nested_columns_come_back() {
    let desk = Desk::without_files();
    desk.policy("  person.email: { action: tokenize, format: email }\n  person.id: { action: keep }\n  mails[]: { action: encrypt }\n  by_kind{key}: { action: keep }\n  by_kind{value}: { action: tokenize, format: email }\n");
    desk.write("in.parquet", &nested());
    let masked = assert_round_trip(&desk);
    assert_differs_in(&["person", "mails", "by_kind"], &desk.read("in.parquet"), &masked);
}

/// A struct, a list and a map, with nulls and empty ones among them.
fn nested() -> RecordBatch {
    let people = people(12, 9);
    let (email, id) =
        (people.column_by_name("email").unwrap(), people.column_by_name("id").unwrap());
    let four = |from: usize| email.slice(from, 4);
    let text = |name: &str| Arc::new(Field::new(name, DataType::Utf8, true));
    let nulls = || Some(NullBuffer::from(vec![true, false, true, true]));
    let fields = Fields::from(vec![text("email"), text("id")]);
    let person: ArrayRef =
        Arc::new(StructArray::new(fields, vec![four(0), id.slice(0, 4)], nulls()));
    let offsets = || OffsetBuffer::new(vec![0, 2, 2, 2, 4].into());
    let mails: ArrayRef = Arc::new(ListArray::new(text("item"), offsets(), four(4), nulls()));
    let key = Arc::new(Field::new("keys", DataType::Utf8, false));
    let kinds: ArrayRef = Arc::new(StringArray::from(vec!["home", "work", "home", "work"]));
    let entries =
        StructArray::new(Fields::from(vec![key, text("values")]), vec![kinds, four(8)], None);
    let entry = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let by_kind: ArrayRef = Arc::new(MapArray::new(entry, offsets(), entries, nulls(), false));
    RecordBatch::try_from_iter([("person", person), ("mails", mails), ("by_kind", by_kind)])
        .unwrap()
}

#[test]
fn two_runs_of_a_deterministic_policy_give_the_same_bytes() {
    let desk = Desk::new();
    desk.policy(&rules(&[("name", "{ action: encrypt, mode: deterministic }")]));
    desk.write_as("in.parquet", &people(300, 4), Compression::SNAPPY, 100);
    desk.done(MASK);
    desk.done(&MASK.replace("masked.parquet", "again.parquet"));
    assert!(
        fs::read(desk.path("masked.parquet")).unwrap()
            == fs::read(desk.path("again.parquet")).unwrap()
    );
}

/// The transcripts in `tests/cli` use this file; were it lost, this is how to write it again.
#[test]
fn the_file_of_the_transcripts_is_made_here() {
    let desk = Desk::without_files();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/mask.in/customers.parquet");
    fs::copy(path, desk.path("customers.parquet")).unwrap();
    assert_eq!(desk.read("customers.parquet"), people(3, 1));
}

#[test]
fn nothing_of_a_masked_value_stays_in_the_file() {
    let desk = Desk::new();
    desk.done(MASK);
    let given = desk.read("in.parquet");
    for name in ["id", "email", "ssn", "card", "name"] {
        let texts =
            given.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().unwrap();
        for text in texts.iter().flatten() {
            let value = text.split('@').next().unwrap().as_bytes();
            assert!(
                desk.has_bytes("in.parquet", value) && !desk.has_bytes("masked.parquet", value),
                "{name}"
            );
        }
    }
}
