//! Parquet files as their chunks: made of every kind of column, and looked at byte by byte.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayData, ArrayRef, RecordBatch, make_array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::page::{Page, PageReader};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions,
    ParquetMetaDataReader,
};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;

/// A file in memory, with its page indexes.
pub(crate) struct Chunks {
    pub(crate) bytes: Bytes,
    pub(crate) metadata: ParquetMetaData,
}

impl Chunks {
    pub(crate) fn read(path: &Path) -> Self {
        Self::read_bytes(&Bytes::from(fs::read(path).unwrap()))
    }

    pub(crate) fn read_bytes(bytes: &Bytes) -> Self {
        let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
        let reader = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_metadata_options(Some(options));
        let metadata = reader.parse_and_finish(bytes).unwrap();
        Self { bytes: bytes.clone(), metadata }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> RecordBatch {
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.bytes.clone()).unwrap();
        let schema = builder.schema().clone();
        let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
        concat_batches(&schema, &batches).unwrap()
    }

    /// The values of a column, whatever its fields are called.
    pub(crate) fn values(column: &ArrayRef) -> Vec<ArrayRef> {
        fn leaves(data: &ArrayData, all: &mut Vec<ArrayRef>) {
            match data.child_data() {
                [] => all.push(make_array(data.clone())),
                children => children.iter().for_each(|child| leaves(child, all)),
            }
        }
        let mut all = Vec::new();
        leaves(&column.to_data(), &mut all);
        all
    }

    pub(crate) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// The number of the leaf with that path.
    pub(crate) fn leaf(&self, path: &str) -> usize {
        let leaves = self.metadata.file_metadata().schema_descr().columns();
        leaves.iter().position(|leaf| leaf.path().string() == path).unwrap()
    }

    pub(crate) fn chunk(&self, group: usize, path: &str) -> &ColumnChunkMetaData {
        self.metadata.row_group(group).column(self.leaf(path))
    }

    /// The bytes of a chunk.
    pub(crate) fn raw(&self, group: usize, path: &str) -> Bytes {
        let (start, len) = self.chunk(group, path).byte_range();
        let start = usize::try_from(start).unwrap();
        self.bytes.slice(start..start + usize::try_from(len).unwrap())
    }

    /// The bytes of a chunk's Bloom filter.
    pub(crate) fn bloom_filter(&self, group: usize, path: &str) -> Option<Bytes> {
        let chunk = self.chunk(group, path);
        let start = usize::try_from(chunk.bloom_filter_offset()?).unwrap();
        let len = usize::try_from(chunk.bloom_filter_length().unwrap()).unwrap();
        Some(self.bytes.slice(start..start + len))
    }

    /// The pages of a chunk, unpacked.
    pub(crate) fn pages(&self, group: usize, path: &str) -> Vec<Page> {
        let rows = usize::try_from(self.metadata.row_group(group).num_rows()).unwrap();
        let bytes = Arc::new(self.bytes.clone());
        let mut reader =
            SerializedPageReader::new(bytes, self.chunk(group, path), rows, None).unwrap();
        std::iter::from_fn(|| reader.get_next_page().unwrap()).collect()
    }

    /// The entries of a chunk's dictionary.
    pub(crate) fn dictionary(&self, group: usize, path: &str) -> Vec<String> {
        let pages = self.pages(group, path);
        let Some(Page::DictionaryPage { buf, num_values, .. }) = pages.first() else {
            return Vec::new();
        };
        let (mut rest, mut entries) = (&buf[..], Vec::new());
        for _ in 0..*num_values {
            let (len, after) = rest.split_first_chunk().unwrap();
            let (entry, after) = after.split_at(u32::from_le_bytes(*len) as usize);
            entries.push(String::from_utf8(entry.to_vec()).unwrap());
            rest = after;
        }
        entries
    }

    /// Whether both files have that leaf in the same bytes, and say the same of it.
    #[track_caller]
    pub(crate) fn has_same(&self, source: &Self, path: &str) {
        assert_eq!(self.groups(), source.groups());
        let descriptor =
            |file: &Self| file.metadata.file_metadata().schema_descr().column(file.leaf(path));
        assert_eq!(descriptor(self).self_type(), descriptor(source).self_type(), "{path}");
        for group in 0..self.groups() {
            let (ours, theirs) = (self.chunk(group, path), source.chunk(group, path));
            assert!(self.raw(group, path) == source.raw(group, path), "{path}, group {group}");
            assert!(self.bloom_filter(group, path) == source.bloom_filter(group, path), "{path}");
            assert_eq!(without_places(ours), without_places(theirs), "{path}, group {group}");
        }
    }

    /// Whether both files have the same page index for that leaf.
    #[track_caller]
    pub(crate) fn has_same_index(&self, source: &Self, path: &str) {
        for group in 0..self.groups() {
            let index = |file: &Self| {
                let leaf = file.leaf(path);
                let start = i64::try_from(file.chunk(group, path).byte_range().0).unwrap();
                let pages = file.metadata.offset_index().unwrap()[group][leaf].page_locations();
                let pages = pages.iter().map(|page| {
                    (page.offset - start, page.compressed_page_size, page.first_row_index)
                });
                let column = file.metadata.column_index().unwrap()[group][leaf].clone();
                (pages.collect::<Vec<_>>(), column)
            };
            assert_eq!(index(self), index(source), "{path}, group {group}");
        }
    }
}

/// What is said of a chunk, but for where it stands.
fn without_places(chunk: &ColumnChunkMetaData) -> ColumnChunkMetaData {
    let data = chunk.data_page_offset() - i64::try_from(chunk.byte_range().0).unwrap();
    let dictionary = chunk.dictionary_page_offset().map(|_| 0);
    let length = chunk.bloom_filter_length();
    chunk
        .clone()
        .into_builder()
        .set_data_page_offset(data)
        .set_dictionary_page_offset(dictionary)
        .set_bloom_filter_offset(None)
        .set_bloom_filter_length(length)
        .set_column_index_offset(None)
        .set_column_index_length(None)
        .set_offset_index_offset(None)
        .set_offset_index_length(None)
        .build()
        .unwrap()
}

/// A file of one batch for each row group.
pub(crate) fn write(path: &Path, groups: &[RecordBatch], properties: WriterPropertiesBuilder) {
    let file = File::create(path).unwrap();
    let properties = properties.build();
    let mut writer = ArrowWriter::try_new(file, groups[0].schema(), Some(properties)).unwrap();
    for group in groups {
        writer.write(group).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

/// All rows of a file.
pub(crate) fn rows(path: &Path) -> RecordBatch {
    Chunks::read(path).rows()
}

/// Whether both files hold the same values. An instant is the same in INT96 and in microseconds.
#[track_caller]
pub(crate) fn have_same_rows(one: &Path, other: &Path) {
    let (one, other) = (rows(one), rows(other));
    assert_eq!(one.num_columns(), other.num_columns());
    let schema = one.schema();
    for (field, (one, other)) in
        schema.fields().iter().zip(one.columns().iter().zip(other.columns()))
    {
        let same = |column: &ArrayRef| match column.data_type() {
            DataType::Timestamp(..) => {
                cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None)).unwrap()
            }
            _ => column.clone(),
        };
        assert_eq!(&same(one), &same(other), "{}", field.name());
    }
}

/// Columns that Arrow would write otherwise: decimals in fixed bytes, INT96, lists of two levels; with field numbers. No Arrow schema with them.
pub(crate) const KINDS: &str = "message kinds {
    required int64 id = 1;
    optional binary name (STRING) = 2;
    optional fixed_len_byte_array(9) amount (DECIMAL(20,2)) = 3;
    optional int96 seen = 4;
    optional int32 small (DECIMAL(7,2)) = 5;
    required group person = 6 { required binary ssn (STRING) = 7; optional double score = 8; }
    optional group tags (LIST) = 9 { repeated binary array (STRING); }
    optional int32 day (DATE) = 12;
}";

/// Lists of two levels and of one, of texts and of structs.
pub(crate) const OLD_LISTS: &str = "message old {
    optional group tags (LIST) { repeated binary array (STRING); }
    optional group people (LIST) { repeated group array { required binary ssn (STRING); optional double score; } }
    repeated binary nick (STRING);
    optional group plain (LIST) { repeated binary array (STRING); }
}";

/// A file of [`KINDS`], with Bloom filters and several pages in each chunk.
pub(crate) fn write_kinds(path: &Path, groups: usize, rows: usize) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_data_page_row_count_limit(rows / 3)
        .set_write_batch_size(16)
        .set_bloom_filter_enabled(true);
    write_kinds_as(path, groups, rows, properties);
}

pub(crate) fn write_kinds_as(
    path: &Path,
    groups: usize,
    rows: usize,
    properties: WriterPropertiesBuilder,
) {
    write_message(path, KINDS, groups, rows, properties);
}

pub(crate) fn write_message(
    path: &Path,
    message: &str,
    groups: usize,
    rows: usize,
    properties: WriterPropertiesBuilder,
) {
    let schema = Arc::new(parse_message_type(message).unwrap());
    let file = File::create(path).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, schema.clone(), Arc::new(properties.build())).unwrap();
    let leaves = SchemaDescriptor::new(schema);
    for group in 0..groups {
        let mut columns = writer.next_row_group().unwrap();
        let mut number = 0;
        while let Some(mut column) = columns.next_column().unwrap() {
            let optional = leaves.column(number).max_def_level();
            // Every fifth is null where it may be; lists have one element.
            let def: Vec<i16> = (0..rows).map(|i| if i % 5 == 4 { 0 } else { optional }).collect();
            let def = (optional > 0).then_some(def.as_slice());
            let rep = vec![0; rows];
            let rep = (leaves.column(number).max_rep_level() > 0).then_some(rep.as_slice());
            let is_there = |i: &usize| optional == 0 || i % 5 != 4;
            let values: Vec<usize> = (0..rows).filter(is_there).map(|i| group * rows + i).collect();
            fill(column.untyped(), number, &values, def, rep);
            column.close().unwrap();
            number += 1;
        }
        columns.close().unwrap();
    }
    writer.close().unwrap();
}

fn fill(
    writer: &mut ColumnWriter<'_>,
    column: usize,
    values: &[usize],
    def: Option<&[i16]>,
    rep: Option<&[i16]>,
) {
    let int = |i: &usize| i32::try_from(*i).unwrap();
    match writer {
        ColumnWriter::Int64ColumnWriter(writer) => {
            let values: Vec<i64> = values.iter().map(|i| *i as i64).collect();
            writer.write_batch(&values, def, rep).unwrap();
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let values: Vec<i32> = values.iter().map(int).collect();
            writer.write_batch(&values, def, rep).unwrap();
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let values: Vec<f64> = values.iter().map(|i| f64::from(int(i)) / 8.0).collect();
            writer.write_batch(&values, def, rep).unwrap();
        }
        ColumnWriter::Int96ColumnWriter(writer) => {
            let mut at = Int96::new();
            let values = values.iter().map(|i| {
                at.set_data(u32::try_from(*i).unwrap() * 1_000, 0, 2_440_588);
                at
            });
            writer.write_batch(&values.collect::<Vec<_>>(), def, rep).unwrap();
        }
        ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
            let value =
                |i: &usize| FixedLenByteArray::from((*i as u128).to_be_bytes()[7..].to_vec());
            let values: Vec<_> = values.iter().map(value).collect();
            writer.write_batch(&values, def, rep).unwrap();
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let text = |i: &usize| match column {
                1 => format!("name {}", i % 7),
                5 => format!("{:03}-{:02}-{:04}", 100 + i % 500, 1 + i % 98, 1 + i % 9_000),
                _ => format!("tag {}", i % 3),
            };
            let values: Vec<ByteArray> =
                values.iter().map(|i| ByteArray::from(text(i).into_bytes())).collect();
            writer.write_batch(&values, def, rep).unwrap();
        }
        _ => unreachable!("no such column"),
    }
}
