//! Nested columns, texts with the names of their rows, and remasking, chunk by chunk.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Float64Array, Int32Array, ListArray, MapArray, RecordBatch, StringArray,
    StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use parquet::file::properties::WriterProperties;
use tokenize_core::{FileOptions, Remasker, mask_file, remask_file};

use super::chunks::{Chunks, OLD_LISTS, have_same_rows, rows, write, write_kinds, write_message};
use super::{KEPT, RULES, masked, unmasked};
use crate::fixture::{Fixture, shared, texts};

fn ssn(i: usize) -> String {
    format!("{:03}-{:02}-{:04}", 100 + i % 500, 1 + i % 98, 1 + i % 9_000)
}

fn ssns(count: usize) -> ArrayRef {
    Arc::new((0..count).map(|i| (i % 6 != 0).then(|| ssn(i))).collect::<StringArray>())
}

/// Lists of structs, maps, and structs in structs, with nulls on every level.
fn nested(rows: usize) -> RecordBatch {
    let fields = Fields::from(vec![
        Field::new("ssn", DataType::Utf8, true),
        Field::new("score", DataType::Float64, true),
    ]);
    let scores = |count: usize| -> ArrayRef {
        Arc::new((0..count).map(|i| (i % 4 != 1).then_some(i as f64)).collect::<Float64Array>())
    };
    let people = |count: usize| {
        let nulls = NullBuffer::from_iter((0..count).map(|i| i % 7 != 3));
        StructArray::new(fields.clone(), vec![ssns(count), scores(count)], Some(nulls))
    };
    let offsets = |step: usize| {
        let ends =
            (0..=rows).map(|i| i32::try_from(i * step - i % 2 * usize::from(step > 0)).unwrap());
        OffsetBuffer::new(ends.collect::<Vec<_>>().into())
    };
    let item = Field::new("element", DataType::Struct(fields.clone()), true);
    let nulls = NullBuffer::from_iter((0..rows).map(|i| i % 9 != 4));
    let list = ListArray::new(Arc::new(item), offsets(2), Arc::new(people(2 * rows)), Some(nulls));
    let keys: ArrayRef =
        Arc::new(StringArray::from_iter_values((0..2 * rows).map(|i| format!("key {}", i % 5))));
    let entry = Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", DataType::Utf8, true),
    ]);
    let entries = StructArray::new(entry.clone(), vec![keys, ssns(2 * rows)], None);
    let entries_field = Arc::new(Field::new("key_value", DataType::Struct(entry), false));
    let map = MapArray::new(entries_field, offsets(2), entries, None, false);
    let outer = Fields::from(vec![
        Field::new("inner", DataType::Struct(fields.clone()), true),
        Field::new("number", DataType::Int32, false),
    ]);
    let numbers: ArrayRef =
        Arc::new((0..rows).map(|i| i32::try_from(i).unwrap()).collect::<Int32Array>());
    let outer = StructArray::new(outer, vec![Arc::new(people(rows)), numbers], None);
    RecordBatch::try_from_iter([
        ("list", shared(list)),
        ("map", shared(map)),
        ("outer", shared(outer)),
    ])
    .unwrap()
}

#[test]
fn kept_leaves_beside_masked_ones() {
    let fixture = Fixture::of_vectors();
    let batch = nested(500);
    let groups = [batch.slice(0, 200), batch.slice(200, 300)];
    write(&fixture.path("in.parquet"), &groups, WriterProperties::builder());
    let source = Chunks::read(&fixture.path("in.parquet"));
    let rules = r#""list[].ssn": { action: tokenize, format: us_ssn }
        "list[].score": { action: keep }
        "map{key}": { action: keep }
        "map{value}": { action: tokenize, format: us_ssn, domain: other }
        outer.inner.ssn: { action: encrypt, mode: deterministic, domain: e }
        outer.inner.score: { action: keep }
        outer.number: { action: keep }"#;
    let output = Chunks::read(&masked(&fixture, rules));
    for path in
        ["list.list.element.score", "map.key_value.key", "outer.inner.score", "outer.number"]
    {
        output.has_same(&source, path);
        output.has_same_index(&source, path);
    }
    assert_ne!(rows(&fixture.path("masked.parquet")).column(0), batch.column(0));
    unmasked(&fixture);
    let clear = rows(&fixture.path("clear.parquet"));
    assert_eq!(clear, rows(&fixture.path("in.parquet")));
}

#[test]
fn fields_of_structs_are_dropped() {
    let fixture = Fixture::of_vectors();
    write(&fixture.path("in.parquet"), &[nested(100), nested(70)], WriterProperties::builder());
    let source = Chunks::read(&fixture.path("in.parquet"));
    let rules = r#""list[].ssn": { action: drop }
        "list[].score": { action: keep }
        "map{key}": { action: keep }
        "map{value}": { action: redact }
        outer.inner: { action: drop }
        outer.number: { action: keep }"#;
    let output = Chunks::read(&masked(&fixture, rules));
    for path in ["list.list.element.score", "map.key_value.key", "outer.number"] {
        output.has_same(&source, path);
    }
    let left = output.metadata.file_metadata().schema_descr().num_columns();
    assert_eq!(left, 4);
    let (masked, original) =
        (rows(&fixture.path("masked.parquet")), rows(&fixture.path("in.parquet")));
    let numbers = |batch: &RecordBatch| {
        let outer = batch.column(2).as_any().downcast_ref::<StructArray>().unwrap();
        outer.column_by_name("number").unwrap().clone()
    };
    assert_eq!(&numbers(&masked), &numbers(&original));
    assert_eq!(masked.column(0).nulls(), original.column(0).nulls());
}

#[test]
fn lists_of_two_levels_and_of_one() {
    let fixture = Fixture::of_vectors();
    let (input, properties) = (fixture.path("in.parquet"), WriterProperties::builder());
    write_message(&input, OLD_LISTS, 2, 60, properties);
    let source = Chunks::read(&input);
    let rules = r#""tags[]": { action: encrypt, mode: deterministic, domain: t }
        "people[].ssn": { action: encrypt, mode: deterministic, domain: p }
        "people[].score": { action: keep }
        "nick[]": { action: encrypt, mode: deterministic, domain: n }
        plain: { action: keep }"#;
    let output = Chunks::read(&masked(&fixture, rules));
    output.has_same(&source, "plain.array");
    output.has_same(&source, "people.array.score");
    let clear = Chunks::read(&unmasked(&fixture));
    clear.has_same(&source, "plain.array");
    clear.has_same(&source, "people.array.score");
    for (clear, original) in clear.rows().columns().iter().zip(source.rows().columns()) {
        // Elements have another name where a list has got its third level.
        let texts = |column| format!("{:?}", Chunks::values(column));
        assert_eq!(texts(clear), texts(original));
    }
}

#[test]
fn texts_know_the_names_of_their_rows() {
    let fixture = Fixture::of_vectors();
    let names = ["Zoe Quist", "Ada Byron", "Tom Riddle"];
    let row = |i: usize| {
        format!(
            "Note {i}: {} wrote to person{i}@mail.example, says {}.",
            names[i % 3],
            names[i % 3]
        )
    };
    let notes: Vec<String> = (0..900).map(row).collect();
    let batch = RecordBatch::try_from_iter([
        ("name", texts((0..900).map(|i| Some(names[i % 3])))),
        ("notes", texts(notes.iter().map(|note| Some(note.as_str())))),
        ("natural", texts(notes.iter().map(|note| Some(note.as_str())))),
        ("count", shared(Int32Array::from_iter_values(0..900))),
    ])
    .unwrap();
    let groups = [batch.slice(0, 400), batch.slice(400, 500)];
    write(&fixture.path("in.parquet"), &groups, WriterProperties::builder());
    let rules = r#"name: { action: encrypt, mode: deterministic, domain: n, output: string }
        notes: { action: text, entities: { PERSON: { as: name }, "*": { action: encrypt } } }
        natural: { action: text, tokens: natural, entities: { EMAIL_ADDRESS: { action: tokenize, format: email }, "*": { action: keep } } }
        count: { action: keep }"#;
    let output = Chunks::read(&masked(&fixture, rules));
    output.has_same(&Chunks::read(&fixture.path("in.parquet")), "count");
    let masked = rows(&fixture.path("masked.parquet"));
    assert!(masked.schema().field_with_name("natural__spans").is_ok());
    // Through the pieces of a file, and through a table in memory: the same.
    let plan = fixture.tokenizer(rules).plan_mask(&batch.schema()).unwrap();
    assert_eq!(masked.columns(), plan.mask(&batch).unwrap().columns());
    unmasked(&fixture);
    assert_eq!(rows(&fixture.path("clear.parquet")).columns(), batch.columns());
}

#[test]
fn remasked_files_keep_their_chunks() {
    let mut fixture = Fixture::new();
    write_kinds(&fixture.path("in.parquet"), 3, 150);
    let rules = RULES.replace(
        "{ action: pseudonymize, domain: name }",
        "{ action: encrypt, mode: deterministic }",
    );
    let source = Chunks::read(&fixture.path("in.parquet"));
    masked(&fixture, &rules);
    let version = fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    fixture.keyring.promote(version).unwrap();
    let options = FileOptions::default();
    let (old, new) = (fixture.path("masked.parquet"), fixture.path("remasked.parquet"));
    let remasker = Remasker::new(&fixture.keyring);
    assert!(remask_file(&remasker, &old, &new, &options).unwrap().written);
    let remasked = Chunks::read(&new);
    KEPT.iter().for_each(|path| remasked.has_same(&source, path));
    assert_ne!(remasked.raw(0, "person.ssn"), Chunks::read(&old).raw(0, "person.ssn"));
    // As if it had been masked under the new version.
    let direct = fixture.path("direct.parquet");
    mask_file(&fixture.tokenizer(&rules), &fixture.path("in.parquet"), &direct, &options).unwrap();
    assert_eq!(rows(&new).columns(), rows(&direct).columns());
    std::fs::rename(&new, &old).unwrap();
    unmasked(&fixture);
    have_same_rows(&fixture.path("clear.parquet"), &fixture.path("in.parquet"));
}
