//! Parquet to Parquet: what is kept passes byte for byte, what is masked is made anew, and neither depends on threads or memory.

pub(crate) mod chunks;
mod faults;
mod leaks;
mod shapes;
mod threads;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::path::PathBuf;
use tokenize_core::{FileOptions, Unmasker, mask_file, unmask_file};

use self::chunks::{Chunks, KINDS, have_same_rows, rows, write, write_kinds, write_kinds_as};
use crate::fixture::{Fixture, shared, texts};

/// Leaves of [`KINDS`] that the rules below keep.
const KEPT: [&str; 6] = ["id", "amount", "seen", "small", "person.score", "tags.array"];
const RULES: &str = r#"id: { action: keep }
    name: { action: pseudonymize, domain: name }
    amount: { action: keep }
    seen: { action: keep }
    small: { action: keep }
    person.ssn: { action: tokenize, format: us_ssn }
    person.score: { action: keep }
    tags: { action: keep }
    day: { action: shift_date, subject: id, max_days: 30 }"#;

/// Masks `in.parquet` of a fixture.
#[track_caller]
fn masked(fixture: &Fixture, rules: &str) -> PathBuf {
    let output = fixture.path("masked.parquet");
    let options = FileOptions { replace: true, ..FileOptions::default() };
    mask_file(&fixture.tokenizer(rules), &fixture.path("in.parquet"), &output, &options).unwrap();
    output
}

/// Brings `masked.parquet` of a fixture back.
#[track_caller]
fn unmasked(fixture: &Fixture) -> PathBuf {
    let output = fixture.path("clear.parquet");
    let options = FileOptions { replace: true, ..FileOptions::default() };
    let unmasker = Unmasker::new(&fixture.keyring);
    unmask_file(&unmasker, &fixture.path("masked.parquet"), &output, &options).unwrap();
    output
}

#[test]
fn kept_chunks_pass_byte_for_byte() {
    let fixture = Fixture::of_vectors();
    write_kinds(&fixture.path("in.parquet"), 3, 200);
    let source = Chunks::read(&fixture.path("in.parquet"));
    let output = Chunks::read(&masked(&fixture, RULES));
    for path in KEPT {
        output.has_same(&source, path);
        output.has_same_index(&source, path);
        assert!(output.bloom_filter(0, path).is_some());
        assert!(
            output.metadata.offset_index().unwrap()[0][output.leaf(path)].page_locations().len()
                > 2
        );
    }
    for path in ["name", "person.ssn", "day"] {
        let (made, replaced) = (output.chunk(0, path), source.chunk(0, path));
        assert_ne!(output.raw(0, path), source.raw(0, path));
        assert_eq!(made.compression(), replaced.compression());
        assert_eq!(made.num_values(), replaced.num_values());
        assert!(output.bloom_filter(0, path).is_some(), "{path}");
        assert_ne!(output.bloom_filter(0, path), source.bloom_filter(0, path));
        let id = |file: &Chunks| {
            let schema = file.metadata.file_metadata().schema_descr();
            schema.column(file.leaf(path)).self_type().get_basic_info().id()
        };
        assert_eq!(id(&output), id(&source), "{path}");
    }
    for group in 0..3 {
        let rows = |file: &Chunks| file.metadata.row_group(group).num_rows();
        assert_eq!(rows(&output), rows(&source));
    }
    let clear = Chunks::read(&unmasked(&fixture));
    for path in KEPT {
        clear.has_same(&source, path);
    }
    let (clear, original) =
        (rows(&fixture.path("clear.parquet")), rows(&fixture.path("in.parquet")));
    assert_eq!(clear.column_by_name("day"), original.column_by_name("day"));
    assert_eq!(clear.column_by_name("person"), original.column_by_name("person"));
}

#[test]
fn every_codec_version_and_encoding() {
    let fixture = Fixture::of_vectors();
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        for (version, is_dictionary) in [
            (WriterVersion::PARQUET_1_0, true),
            (WriterVersion::PARQUET_1_0, false),
            (WriterVersion::PARQUET_2_0, true),
            (WriterVersion::PARQUET_2_0, false),
        ] {
            let properties = WriterProperties::builder()
                .set_compression(codec)
                .set_writer_version(version)
                .set_dictionary_enabled(is_dictionary);
            write_kinds_as(&fixture.path("in.parquet"), 2, 50, properties);
            let source = Chunks::read(&fixture.path("in.parquet"));
            let output = Chunks::read(&masked(&fixture, RULES));
            KEPT.iter().for_each(|path| output.has_same(&source, path));
            assert_eq!(output.chunk(1, "name").compression(), codec);
            assert_eq!(output.dictionary(1, "name").is_empty(), !is_dictionary);
            unmasked(&fixture);
            let (clear, original) =
                (rows(&fixture.path("clear.parquet")), rows(&fixture.path("in.parquet")));
            assert_eq!(clear.column_by_name("person"), original.column_by_name("person"));
        }
    }
}

#[test]
fn page_indexes_of_some_chunks_only() {
    let fixture = Fixture::of_vectors();
    for (indexed, level) in [
        (vec!["id"], EnabledStatistics::Chunk),
        (vec!["name"], EnabledStatistics::Chunk),
        (vec![], EnabledStatistics::None),
        (vec![], EnabledStatistics::Chunk),
        (vec!["id", "name"], EnabledStatistics::None),
    ] {
        for is_index_disabled in [true, false] {
            let mut properties = WriterProperties::builder()
                .set_statistics_enabled(level)
                .set_offset_index_disabled(is_index_disabled);
            for path in &indexed {
                properties = properties.set_column_statistics_enabled(
                    ColumnPath::from(*path),
                    EnabledStatistics::Page,
                );
            }
            write_kinds_as(&fixture.path("in.parquet"), 2, 60, properties);
            let source = Chunks::read(&fixture.path("in.parquet"));
            let output = Chunks::read(&masked(&fixture, RULES));
            KEPT.iter().for_each(|path| output.has_same(&source, path));
            let original = rows(&fixture.path("in.parquet"));
            assert_eq!(rows(&fixture.path("masked.parquet")).column(2), original.column(2));
            unmasked(&fixture);
        }
    }
    let without = fixture.path("in.parquet");
    strip_offset_indexes(&without, "small");
    let source = Chunks::read(&without);
    let output = Chunks::read(&masked(&fixture, RULES));
    KEPT.iter().for_each(|path| output.has_same(&source, path));
}

/// Takes the place of one leaf's indexes out of the footer.
fn strip_offset_indexes(path: &std::path::Path, leaf: &str) {
    let file = Chunks::read(path);
    let number = file.leaf(leaf);
    let footer = crate::hostile::Footer::of(&file.bytes);
    let edited = footer.with_chunks(|leaf, chunk| {
        if leaf != number {
            return chunk;
        }
        let chunk = chunk.set_offset_index_offset(None).set_offset_index_length(None);
        chunk.set_column_index_offset(None).set_column_index_length(None)
    });
    std::fs::write(path, edited).unwrap();
}

#[test]
fn nothing_or_everything_changes() {
    let fixture = Fixture::of_vectors();
    write_kinds(&fixture.path("in.parquet"), 2, 100);
    let source = Chunks::read(&fixture.path("in.parquet"));
    let keep = "\"*\": { action: keep }";
    let output = Chunks::read(&masked(&fixture, keep));
    let leaves = source.metadata.file_metadata().schema_descr().columns();
    for leaf in leaves {
        output.has_same(&source, &leaf.path().string());
        output.has_same_index(&source, &leaf.path().string());
    }
    have_same_rows(&fixture.path("masked.parquet"), &fixture.path("in.parquet"));

    let all = r#"id: { action: encrypt, mode: deterministic, domain: a }
        name: { action: encrypt, mode: deterministic, domain: b }
        amount: { action: encrypt, mode: deterministic, domain: c }
        seen: { action: encrypt, mode: deterministic, domain: d }
        small: { action: encrypt, mode: deterministic, domain: e }
        person.ssn: { action: encrypt, mode: deterministic, domain: f }
        person.score: { action: encrypt, mode: deterministic, domain: g }
        "tags[]": { action: encrypt, mode: deterministic, domain: h }
        day: { action: encrypt, mode: deterministic, domain: i }"#;
    masked(&fixture, all);
    unmasked(&fixture);
    have_same_rows(&fixture.path("clear.parquet"), &fixture.path("in.parquet"));
}

#[test]
fn files_without_rows_or_row_groups() {
    let fixture = Fixture::of_vectors();
    for groups in [0, 1, 2] {
        write_kinds(&fixture.path("in.parquet"), groups, 0);
        for rules in [RULES, "\"*\": { action: keep }"] {
            let output = Chunks::read(&masked(&fixture, rules));
            assert_eq!(output.groups(), groups);
            assert_eq!(rows(&fixture.path("masked.parquet")).num_rows(), 0);
        }
        masked(&fixture, RULES);
        assert_eq!(Chunks::read(&unmasked(&fixture)).groups(), groups);
    }
}

#[test]
fn columns_and_fields_are_dropped() {
    let fixture = Fixture::of_vectors();
    write_kinds(&fixture.path("in.parquet"), 2, 100);
    let source = Chunks::read(&fixture.path("in.parquet"));
    let rules = r#"id: { action: drop }
        name: { action: drop }
        amount: { action: keep }
        seen: { action: drop }
        small: { action: keep }
        person.ssn: { action: drop }
        person.score: { action: keep }
        tags: { action: keep }
        day: { action: redact }"#;
    let output = Chunks::read(&masked(&fixture, rules));
    for path in ["amount", "small", "person.score", "tags.array"] {
        output.has_same(&source, path);
    }
    assert_eq!(output.metadata.file_metadata().schema_descr().num_columns(), 5);
    let left = rows(&fixture.path("masked.parquet"));
    assert_eq!(left.column_by_name("day").unwrap().null_count(), left.num_rows());
    assert!(KINDS.contains("person"));
}

#[test]
fn dictionaries_have_one_entry_for_each_token() {
    let fixture = Fixture::of_vectors();
    let names: Vec<String> =
        (0..3_000).map(|i| format!("{:03}-45-6789", 100 + i * 7 % 90)).collect();
    let column =
        texts(names.iter().enumerate().map(|(i, name)| (i % 11 != 0).then_some(name.as_str())));
    let batch = RecordBatch::try_from_iter([("v", column)]).unwrap();
    write(
        &fixture.path("in.parquet"),
        &[batch.clone(), batch.slice(5, 50)],
        WriterProperties::builder(),
    );
    let rule = "v: { action: tokenize, format: us_ssn }";
    let output = Chunks::read(&masked(&fixture, rule));
    let source = Chunks::read(&fixture.path("in.parquet"));
    let tokens = rows(&fixture.path("masked.parquet"));
    let mut first = 0;
    for (group, count) in [(0, 3_000), (1, 50)] {
        assert_eq!(output.dictionary(group, "v").len(), source.dictionary(group, "v").len());
        let column = cast(tokens.column(0), &DataType::Utf8).unwrap().slice(first, count);
        let column = arrow::array::AsArray::as_string::<i32>(&column);
        let mut distinct: Vec<String> = Vec::new();
        for token in column.iter().flatten() {
            if !distinct.iter().any(|other| other == token) {
                distinct.push(token.to_owned());
            }
        }
        assert_eq!(output.dictionary(group, "v"), distinct, "in order of first row");
        first += count;
    }
    // One token for many values.
    let output = Chunks::read(&masked(&fixture, "v: { action: truncate, keep: { first: 1 } }"));
    assert_eq!(output.dictionary(0, "v").len(), 1);
}

#[test]
fn unused_entries_of_a_dictionary_are_gone() {
    let fixture = Fixture::of_vectors();
    let values = ["111-45-6789", "222-45-6789", "333-45-6789"];
    let column = texts((0..600).map(|i| Some(values[i % 3])));
    let batch = RecordBatch::try_from_iter([("v", column)]).unwrap();
    // Keys of 2 bits each, packed: 0, 1, 2, 0, .. become 0, 0, 2, 0, .. so that the second entry is not used any more.
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    write(&fixture.path("in.parquet"), &[batch], properties);
    let path = fixture.path("in.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    let (packed, unused) = ([0x24_u8, 0x49, 0x92], [0x20_u8, 0x08, 0x82]);
    let places: Vec<usize> = (0..bytes.len() - 3).filter(|i| bytes[*i..*i + 3] == packed).collect();
    assert!(places.len() > 40);
    for place in places {
        bytes[place..place + 3].copy_from_slice(&unused);
    }
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(Chunks::read(&path).dictionary(0, "v").len(), 3);
    let output = Chunks::read(&masked(&fixture, "v: { action: tokenize, format: us_ssn }"));
    assert_eq!(output.dictionary(0, "v").len(), 2);
    let tokens: std::collections::BTreeSet<String> =
        output.dictionary(0, "v").into_iter().collect();
    assert_eq!(tokens.len(), 2);
}

#[test]
fn values_that_do_not_fit_are_counted_by_use() {
    let fixture = Fixture::of_vectors();
    let values = ["123-45-6789", "no", "nobody", "234-45-6789"];
    let column = texts((0..4_000).map(|i| (i % 10 != 0).then_some(values[i % 4])));
    let misfits = (0..4_000).filter(|i| i % 10 != 0 && (i % 4 == 1 || i % 4 == 2)).count() as u64;
    let batch = RecordBatch::try_from_iter([("v", column)]).unwrap();
    for is_dictionary in [true, false] {
        let properties = WriterProperties::builder().set_dictionary_enabled(is_dictionary);
        write(&fixture.path("in.parquet"), &[batch.clone(), batch.clone()], properties);
        for (misfit, is_null) in [("nullify", true), ("redact", false)] {
            let rule = format!("v: {{ action: tokenize, format: us_ssn, on_invalid: {misfit} }}");
            let options = FileOptions { replace: true, ..FileOptions::default() };
            let (input, output) = (fixture.path("in.parquet"), fixture.path("masked.parquet"));
            let report = mask_file(&fixture.tokenizer(&rule), &input, &output, &options).unwrap();
            let (nullified, redacted) = if is_null { (2 * misfits, 0) } else { (0, 2 * misfits) };
            assert_eq!(report.columns[0].nullified, nullified, "{misfit} {is_dictionary}");
            assert_eq!(report.columns[0].redacted, redacted, "{misfit} {is_dictionary}");
            let nulls = rows(&output).column(0).null_count();
            assert_eq!(nulls as u64, 800 + nullified);
        }
    }
}

/// A table of texts and numbers: `groups` row groups of `size` rows each.
fn table(groups: usize, size: usize) -> Vec<RecordBatch> {
    let group = |group: usize| {
        let row = |i: usize| group * size + i;
        let column = |of: &dyn Fn(usize) -> String| -> ArrayRef {
            let values: Vec<String> = (0..size).map(|i| of(row(i))).collect();
            texts(values.iter().map(|value| Some(value.as_str())))
        };
        let ids = Int64Array::from_iter_values((0..size).map(|i| row(i) as i64));
        let date = |i: usize, first: usize| format!("20{:02}-{:02}-11", first + i % 9, 1 + i % 12);
        RecordBatch::try_from_iter([
            ("id", shared(ids)),
            (
                "ssn",
                column(&|i| format!("{:03}-{:02}-{:04}", 100 + i % 500, 1 + i % 98, 1 + i % 9_000)),
            ),
            ("city", column(&|i| format!("town {}", i % 40))),
            ("mail", column(&|i| format!("person.{i}@mail.example"))),
            ("begun", column(&|i| date(i, 10))),
            ("ended", column(&|i| date(i, 20))),
        ])
        .unwrap()
    };
    (0..groups).map(group).collect()
}

const TABLE_RULES: &str = r#"id: { action: keep }
    ssn: { action: tokenize, format: us_ssn }
    city: { action: pseudonymize, domain: city }
    mail: { action: tokenize, format: email }
    begun: { action: shift_date, subject: ssn, max_days: 30 }
    ended: { action: shift_date, subject: id, max_days: 30 }"#;
