//! The short way against the parquet crate: what one writes the other reads, and both read the same.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, RecordBatch, RecordBatchReader, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{BoundaryOrder, Compression, Encoding, ZstdLevel};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::file::writer::SerializedFileWriter;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::bounds::Bounds;
use super::hybrid::{Hybrid, levels};
use super::*;
use crate::io::location::Location;
use crate::io::parquet::spill::Room;
use crate::io::parquet::{Input, Survey};

/// Texts of all lengths, many of them equal.
fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
    let text = prop_oneof![
        4 => "[a-c]{0,3}",
        4 => "[ -~]{1,40}",
        1 => "\\PC{0,90}",
        1 => "[a-z]{300,400}",
    ];
    vec(option::weighted(0.9, text), 0..600)
}

fn properties() -> impl Strategy<Value = WriterProperties> {
    let codec = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::LZ4_RAW)
    ];
    (codec, any::<bool>(), any::<bool>(), 1..200_usize, 1..400_usize).prop_map(
        |(codec, is_second, has_dictionary, page, dictionary)| {
            let version = match is_second {
                true => WriterVersion::PARQUET_2_0,
                false => WriterVersion::PARQUET_1_0,
            };
            let base = WriterProperties::builder()
                .set_compression(codec)
                .set_writer_version(version)
                .set_dictionary_enabled(has_dictionary)
                .set_dictionary_page_size_limit(dictionary)
                .set_data_page_row_count_limit(page)
                .set_write_batch_size(7);
            let base = match is_second {
                // Version 2 would have deltas, which are not read here.
                true => base.set_encoding(Encoding::PLAIN),
                false => base,
            };
            base.build()
        },
    )
}

fn schema(data_type: DataType, nullable: bool) -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("text", data_type, nullable)]))
}

fn write(path: &Path, batch: &RecordBatch, properties: WriterProperties) {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn read_by_crate(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let schema = reader.schema();
    concat_batches(&schema, &reader.map(Result::unwrap).collect::<Vec<_>>()).unwrap()
}

/// Reads the only row group by the short way.
fn read(path: &Path, batch_rows: usize) -> RecordBatch {
    let input = Input::open(&Location::local(path)).unwrap();
    let survey = input.survey(0, Some(&[0]), batch_rows, false).unwrap();
    assert!(survey.rows <= batch_rows);
    let mut reader = input.texts(0, Some(&[0]), &survey).expect("a short way");
    let mut batches = Vec::new();
    loop {
        let batch = reader.batch().unwrap();
        if batch.num_rows() == 0 {
            break;
        }
        assert!(batch.num_rows() <= batch_rows);
        batches.push(batch);
    }
    concat_batches(&input.schema(), &batches).unwrap()
}

/// Writes one row group of one column by the short way, in batches of that many rows.
fn write_short(path: &Path, array: &ArrayRef, nullable: bool, codec: Compression, batch: usize) {
    let schema = schema(array.data_type().clone(), nullable);
    let parquet = ArrowSchemaConverter::new().convert(&schema).unwrap();
    let room = Room::new(1 << 10, path.parent().unwrap().to_owned());
    let packer = Packer::new(codec).unwrap();
    let mut writer = Writer::new(parquet.column(0), packer, true, &room);
    for start in (0..array.len()).step_by(batch) {
        writer.write(&array.slice(start, batch.min(array.len() - start))).unwrap();
    }
    let file = std::fs::File::create(path).unwrap();
    let mut output =
        SerializedFileWriter::new(file, parquet.root_schema_ptr(), Arc::default()).unwrap();
    let mut group = output.next_row_group().unwrap();
    writer.close().unwrap().append_to(&mut group).unwrap();
    group.close().unwrap();
    output.close().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_the_crate_writes_is_read(
        texts in texts(), properties in properties(), batch_rows in 1..300_usize, nullable: bool,
    ) {
        let texts: Vec<_> = match nullable {
            true => texts,
            false => texts.into_iter().map(|text| Some(text.unwrap_or_default())).collect(),
        };
        prop_assume!(!texts.is_empty());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let array: ArrayRef = Arc::new(StringArray::from(texts));
        let batch = RecordBatch::try_new(schema(DataType::Utf8, nullable), vec![array]).unwrap();
        write(&path, &batch, properties);
        let found = read(&path, batch_rows);
        prop_assert_eq!(found.column(0), batch.column(0));
    }

    #[test]
    fn what_is_written_the_crate_reads(
        texts in texts(), batch in 1..300_usize, has_nulls: bool,
        codec in prop_oneof![
            Just(Compression::UNCOMPRESSED),
            Just(Compression::SNAPPY),
            Just(Compression::ZSTD(ZstdLevel::default())),
        ],
    ) {
        let texts: Vec<_> = match has_nulls {
            true => texts,
            false => texts.into_iter().map(|text| Some(text.unwrap_or_default())).collect(),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let array: ArrayRef = Arc::new(StringArray::from(texts));
        write_short(&path, &array, has_nulls, codec, batch);
        let found = read_by_crate(&path);
        prop_assert_eq!(found.column(0), &array);
        if !array.is_empty() {
            let found = read(&path, batch);
            prop_assert_eq!(found.column(0), &array);
        }
    }

    #[test]
    fn levels_are_read_as_they_were_packed(bits in vec(any::<bool>(), 1..500)) {
        let mut packed = arrow::array::BooleanBufferBuilder::new(0);
        packed.append_slice(&bits);
        let ones = bits.iter().filter(|bit| **bit).count();
        let bytes = levels(packed.as_slice(), bits.len(), ones);
        let (mut hybrid, mut found) =
            (Hybrid::new(bytes.into(), 1).unwrap(), arrow::array::BooleanBufferBuilder::new(0));
        let half = bits.len() / 2;
        let valid = hybrid.levels(half, &mut found).unwrap()
            + hybrid.levels(bits.len() - half, &mut found).unwrap();
        prop_assert_eq!(valid, ones);
        prop_assert_eq!(found.finish().iter().collect::<Vec<_>>(), bits);
    }

    #[test]
    fn bounds_hold_all_texts(texts in vec("[a-b\\x7Eé𝄞]{0,80}", 1..20), is_text: bool) {
        let mut bounds = Bounds::default();
        texts.iter().for_each(|text| bounds.add(text.as_bytes()));
        if let Some(((least, is_least), (greatest, is_greatest))) = bounds.short(is_text) {
            prop_assert!(least.len() <= 64 && greatest.len() <= 64);
            prop_assert!(texts.iter().all(|text| least.as_slice() <= text.as_bytes()));
            prop_assert!(texts.iter().all(|text| text.as_bytes() <= greatest.as_slice()));
            prop_assert_eq!(is_least, texts.iter().any(|text| text.as_bytes() == least));
            prop_assert_eq!(is_greatest, texts.iter().any(|text| text.as_bytes() == greatest));
            if is_text {
                prop_assert!(String::from_utf8(least).is_ok() && String::from_utf8(greatest).is_ok());
            }
        } else {
            prop_assert!(is_text, "bytes can be raised here");
        }
    }
}

/// Several pages, each told of in the indexes as the crate tells of it.
#[test]
fn statistics_and_indexes_are_the_crates() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let text = |i: usize| match i {
        0..20_000 | 60_000..80_000 if i.is_multiple_of(7) || i < 60_000 => None,
        _ if i.is_multiple_of(1_000) => Some(format!("{:064}{i}", i * 7919 % 100_000)),
        _ => Some(format!("{:030}", i * 7919 % 100_000)),
    };
    let array: ArrayRef = Arc::new(StringArray::from_iter((0..90_000).map(text)));
    write_short(&ours, &array, true, Compression::SNAPPY, 16_384);
    let batch = RecordBatch::try_new(schema(DataType::Utf8, true), vec![array]).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page);
    write(&theirs, &batch, split_like_ours(properties));
    let (ours, theirs) = (metadata(&ours), metadata(&theirs));
    let (chunk, other) = (ours.row_group(0).column(0), theirs.row_group(0).column(0));
    assert_eq!(chunk.statistics(), other.statistics());
    assert_eq!(chunk.num_values(), other.num_values());
    assert_eq!(chunk.unencoded_byte_array_data_bytes(), other.unencoded_byte_array_data_bytes());
    assert_eq!(chunk.definition_level_histogram(), other.definition_level_histogram());
    assert_eq!(chunk.encodings().collect::<Vec<_>>(), other.encodings().collect::<Vec<_>>());
    let index = |metadata: &parquet::file::metadata::ParquetMetaData| {
        let column = metadata.column_index().unwrap()[0][0].clone();
        let offsets = metadata.offset_index().unwrap()[0][0].clone();
        let rows: Vec<i64> =
            offsets.page_locations().iter().map(|page| page.first_row_index).collect();
        (column, rows, offsets.unencoded_byte_array_data_bytes().cloned())
    };
    let (ours, theirs) = (index(&ours), index(&theirs));
    assert_eq!((ours.1.len(), &ours.1, &ours.2), (5, &theirs.1, &theirs.2));
    let pages = |index: &parquet::file::page_index::column_index::ColumnIndexMetaData| {
        (0..5).map(|page| (index.is_null_page(page), index.null_count(page))).collect::<Vec<_>>()
    };
    assert_eq!(pages(&ours.0), pages(&theirs.0));
    assert_eq!(ours.0.get_boundary_order(), Some(BoundaryOrder::UNORDERED));
}

/// The crate ends a page after the batch that reaches the limit.
fn split_like_ours(properties: WriterPropertiesBuilder) -> WriterProperties {
    properties.set_data_page_row_count_limit(20_000).set_write_batch_size(1_000).build()
}

fn metadata(path: &Path) -> Arc<parquet::file::metadata::ParquetMetaData> {
    let file = std::fs::File::open(path).unwrap();
    let options = parquet::arrow::arrow_reader::ArrowReaderOptions::new()
        .with_page_index_policy(PageIndexPolicy::Required);
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap().metadata().clone()
}

#[test]
fn bytes_and_long_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let long: Vec<u8> = (0..3_000_000_u32).map(|i| i.to_le_bytes()[1]).collect();
    let values: Vec<Option<&[u8]>> = vec![Some(&long), None, Some(b"\xFF\x00"), Some(&long[..70])];
    let array: ArrayRef = Arc::new(BinaryArray::from(values));
    write_short(&path, &array, true, Compression::SNAPPY, 3);
    assert_eq!(read_by_crate(&path).column(0), &array);
    let input = Input::open(&Location::local(&path)).unwrap();
    let survey = Survey { rows: 10, is_plain: true };
    assert!(input.texts(0, Some(&[0]), &survey).is_none(), "bytes are read by the crate");
}

/// A page that promises more rows than it has is refused where they end.
#[test]
fn runs_that_end_early_are_refused() {
    let mut to = Vec::new();
    let keys = |bytes: &'static [u8], width| Hybrid::new(bytes.into(), width).unwrap();
    assert!(keys(&[], 3).values(1, &mut to).is_none());
    assert!(keys(&[0x80], 3).values(1, &mut to).is_none());
    assert!(keys(&[0x00, 0x01, 0x00, 0x01], 3).values(1, &mut to).is_none());
    assert!(keys(&[0x03, 0xFF], 3).values(8, &mut to).is_none());
    assert!(Hybrid::new(Default::default(), 33).is_none());
    to.clear();
    assert!(keys(&[0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010], 3).values(8, &mut to).is_some());
    assert_eq!(to, [0, 1, 2, 3, 4, 5, 6, 7], "as in the format's own example");
}
