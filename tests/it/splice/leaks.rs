//! Values planted in columns that are masked: found all over the input, nowhere in the output, however deep one looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::ArrayData;
use arrow::array::{
    ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, Engine};
use memchr::memmem;
use parquet::basic::{Compression, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::Page;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use super::chunks::{Chunks, rows, write};
use super::masked;
use crate::fixture::{Fixture, texts};

/// Values of 80 bits and more, in words that no dictionary has; long ones get cut short in statistics.
fn secret(column: usize, i: usize) -> String {
    let mut state = (column * 100_000 + i) as u64 + 0x9E37_79B9_7F4A_7C15;
    let mut text = String::new();
    for _ in 0..if column == 3 { 12 } else { 2 } {
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^= state >> 31;
        text += &format!("{state:016x}");
    }
    text
}

fn number(i: usize) -> i64 {
    i64::from_str_radix(&secret(9, i)[..15], 16).unwrap()
}

const ROWS: usize = 300;

/// Columns of every kind with planted values, few of them where `few`, so that dictionaries are kept.
fn table(few: bool) -> RecordBatch {
    let which = |i: usize| if few { i % 9 } else { i };
    let column = |column: usize| -> ArrayRef {
        let values: Vec<String> = (0..ROWS).map(|i| secret(column, which(i))).collect();
        texts(values.iter().map(|value| Some(value.as_str())))
    };
    let numbers = Int64Array::from_iter_values((0..ROWS).map(|i| number(which(i))));
    let bytes: Vec<String> = (0..ROWS).map(|i| secret(4, which(i))).collect();
    let bytes = BinaryArray::from_iter_values(bytes.iter().map(String::as_bytes));
    let element = Arc::new(Field::new("element", DataType::Utf8, false));
    let list = ListArray::new(element, OffsetBuffer::from_lengths(vec![1; ROWS]), column(5), None);
    let fields = Fields::from(vec![
        Field::new("gone", DataType::Utf8, false),
        Field::new("made", DataType::Utf8, false),
    ]);
    let both = StructArray::new(fields, vec![column(6), column(7)], None);
    let kept = StringArray::from_iter_values((0..ROWS).map(|i| format!("kept {}", i % 4)));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("c0", column(0)),
        ("c1", column(1)),
        ("c2", column(2)),
        ("c3", column(3)),
        ("c4", Arc::new(bytes)),
        ("c5", Arc::new(list)),
        ("c6", Arc::new(both)),
        ("c8", column(8)),
        ("c9", Arc::new(numbers)),
        ("kept", Arc::new(kept)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let metadata = [("hoodie_min_record_key".to_owned(), secret(0, 1))];
    let schema = Schema::clone(&batch.schema()).with_metadata(metadata.into());
    batch.with_schema(Arc::new(schema)).unwrap()
}

const RULES: &str = r#"c0: { action: encrypt, output: string }
    c1: { action: pseudonymize, domain: one }
    c2: { action: tokenize, format: hex, domain: two }
    c3: { action: tokenize, format: alphanumeric, domain: three, on_invalid: redact }
    c4: { action: encrypt, mode: deterministic, domain: four }
    "c5[]": { action: redact }
    c6.gone: { action: drop }
    c6.made: { action: pseudonymize, domain: seven, output: uuid }
    c8: { action: drop }
    c9: { action: pseudonymize, domain: nine, output: int64 }
    kept: { action: keep }"#;

/// A value in every spelling that a file might have it in; of long ones the beginning, as statistics have it.
fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let start = &value[..value.len().min(24)];
    let hex: String = start.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![start.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for skip in 0..3 {
        // What stands in base64 begins at any of three places.
        let whole = &start[skip..skip + (start.len() - skip) / 3 * 3];
        all.push(BASE64_STANDARD.encode(whole).into_bytes());
        all.push(BASE64_URL_SAFE.encode(whole).into_bytes());
    }
    all
}

/// All that is searched: the file as it is, its pages unpacked, and what readers make of its metadata.
fn haystacks(file: &Chunks) -> Vec<Vec<u8>> {
    let mut all = vec![file.bytes.to_vec(), format!("{:?}", file.metadata).into_bytes()];
    for value in file.metadata.file_metadata().key_value_metadata().into_iter().flatten() {
        let text = value.value.clone().unwrap_or_default();
        all.push(BASE64_STANDARD.decode(&text).unwrap_or_default());
        all.push(text.into_bytes());
    }
    let leaves = file.metadata.file_metadata().schema_descr().columns();
    for leaf in leaves {
        for group in 0..file.groups() {
            let pages = file.pages(group, &leaf.path().string());
            all.extend(pages.iter().map(|page| page.buffer().to_vec()));
        }
    }
    // Some encodings write no value as a whole.
    for column in file.rows().columns() {
        buffers(&column.to_data(), &mut all);
    }
    all
}

fn buffers(data: &ArrayData, all: &mut Vec<Vec<u8>>) {
    all.extend(data.buffers().iter().map(|buffer| buffer.to_vec()));
    data.child_data().iter().for_each(|child| buffers(child, all));
}

/// How many of a column's planted values turn up.
fn found(file: &Chunks, few: bool) -> BTreeMap<usize, usize> {
    let haystacks = haystacks(file);
    let count = if few { 9 } else { ROWS };
    let mut found = BTreeMap::new();
    for column in 0..10 {
        for i in (0..count).step_by(if few { 1 } else { 7 }) {
            let mut needles = match column {
                9 => Vec::new(),
                _ => spellings(secret(column, i).as_bytes()),
            };
            if column == 9 {
                let value = number(i);
                needles.extend(spellings(&value.to_le_bytes()));
                needles.extend(spellings(&value.to_be_bytes()));
                needles.push(value.to_string().into_bytes());
            }
            let finders: Vec<_> = needles.iter().map(memmem::Finder::new).collect();
            let is_in =
                |haystack: &Vec<u8>| finders.iter().any(|finder| finder.find(haystack).is_some());
            let is_there = haystacks.iter().any(is_in);
            *found.entry(column).or_default() += usize::from(is_there);
        }
    }
    found
}

fn settings() -> Vec<WriterPropertiesBuilder> {
    let base = || {
        WriterProperties::builder()
            .set_bloom_filter_enabled(true)
            .set_data_page_row_count_limit(100)
            .set_write_batch_size(50)
            .set_write_page_header_statistics(true)
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "record.keys".to_owned(),
                secret(1, 2),
            )]))
    };
    vec![
        base().set_compression(Compression::ZSTD(ZstdLevel::default())),
        base().set_writer_version(WriterVersion::PARQUET_2_0).set_dictionary_enabled(false),
        base().set_statistics_truncate_length(Some(16)).set_column_index_truncate_length(Some(16)),
        base().set_statistics_truncate_length(None).set_column_index_truncate_length(None),
    ]
}

#[test]
fn no_planted_value_is_anywhere_in_the_output() {
    for few in [true, false] {
        let batch = table(few);
        for properties in settings() {
            let fixture = Fixture::of_vectors();
            let groups = [batch.slice(0, 200), batch.slice(200, 100)];
            write(&fixture.path("in.parquet"), &groups, properties);
            let (source, output) =
                (Chunks::read(&fixture.path("in.parquet")), Chunks::read(&masked(&fixture, RULES)));
            let planted = if few { 9 } else { ROWS.div_ceil(7) };
            assert!(found(&source, few).values().all(|count| *count == planted));
            assert_eq!(found(&output, few).values().sum::<usize>(), 0, "{:?}", found(&output, few));
            let entries = output.metadata.file_metadata().key_value_metadata().unwrap();
            let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
            assert_eq!(keys, ["ARROW:schema", "tokenize.manifest"]);
            output.has_same(&source, "kept");
        }
    }
}

#[test]
fn bloom_filters_know_tokens_and_no_values() {
    let fixture = Fixture::of_vectors();
    write(&fixture.path("in.parquet"), &[table(false)], settings().remove(1));
    let (source, output) =
        (Chunks::read(&fixture.path("in.parquet")), Chunks::read(&masked(&fixture, RULES)));
    let known = |file: &Chunks, path: &str, column: usize| {
        let filter =
            Sbbf::read_from_column_chunk(file.chunk(0, path), &file.bytes).unwrap().unwrap();
        (0..ROWS).filter(|i| filter.check(secret(column, *i).as_str())).count()
    };
    let tokens = rows(&fixture.path("masked.parquet"));
    for (path, column) in [("c0", 0), ("c1", 1), ("c2", 2)] {
        assert_eq!(known(&source, path, column), ROWS);
        assert!(known(&output, path, column) < ROWS / 5, "{path}");
        let filter =
            Sbbf::read_from_column_chunk(output.chunk(0, path), &output.bytes).unwrap().unwrap();
        let tokens = tokens.column_by_name(path).unwrap();
        let tokens = arrow::array::AsArray::as_string::<i32>(tokens);
        assert!(tokens.iter().flatten().all(|token| filter.check(token)), "{path}");
    }
}

#[test]
fn short_values_are_replaced_row_by_row() {
    let fixture = Fixture::of_vectors();
    let ssns: Vec<String> = (0..5_000)
        .map(|i| format!("{:03}-{:02}-{:04}", 100 + i % 500, 1 + i % 98, 1 + i))
        .collect();
    let column = texts(ssns.iter().map(|ssn| Some(ssn.as_str())));
    let batch = RecordBatch::try_from_iter([("v", column.clone())]).unwrap();
    write(&fixture.path("in.parquet"), &[batch], WriterProperties::builder());
    let output = Chunks::read(&masked(&fixture, "v: { action: tokenize, format: us_ssn }"));
    let masked = rows(&fixture.path("masked.parquet"));
    let tokens = arrow::array::AsArray::as_string::<i32>(masked.column(0));
    assert!(tokens.iter().flatten().zip(&ssns).all(|(token, ssn)| token != ssn));
    // What the footer says is the least and the greatest is so of the tokens.
    let statistics = output.chunk(0, "v").statistics().unwrap();
    let (least, greatest) = (tokens.iter().flatten().min(), tokens.iter().flatten().max());
    assert_eq!(statistics.min_bytes_opt(), least.map(str::as_bytes));
    assert_eq!(statistics.max_bytes_opt(), greatest.map(str::as_bytes));
    assert!(matches!(output.pages(0, "v").last(), Some(Page::DataPage { .. })));
}
