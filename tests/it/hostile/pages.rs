//! Pages that are damaged, or unpack to more than anybody has.

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, StringArray};
use bytes::Bytes;
use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Footer, Ward, with_footer};
use crate::fixture::{Fixture, texts};
use crate::splice::chunks::{Chunks, rows, write, write_kinds_as};

const RULE: &str = "v: { action: redact }";

fn file(batch: &RecordBatch, codec: Compression) -> Bytes {
    let fixture = Fixture::of_vectors();
    let properties = WriterProperties::builder().set_compression(codec);
    let properties = properties.set_dictionary_page_size_limit(1 << 30);
    write(&fixture.path("a.parquet"), std::slice::from_ref(batch), properties);
    fs::read(fixture.path("a.parquet")).unwrap().into()
}

fn names() -> RecordBatch {
    let values = ["anna", "bert", "carl"];
    RecordBatch::try_from_iter([("v", texts((0..500).map(|i| Some(values[i % 3]))))]).unwrap()
}

#[test]
fn bytes_of_pages_flipped() {
    let ward = Ward::new(
        "name: { action: pseudonymize, domain: name }
        amount: { action: encrypt }
        person.ssn: { action: tokenize, format: us_ssn, on_invalid: redact }
        \"tags[]\": { action: redact }
        \"*\": { action: keep }",
    );
    let fixture = Fixture::of_vectors();
    for (codec, step) in [(Compression::UNCOMPRESSED, 3), (Compression::SNAPPY, 5)] {
        let properties = WriterProperties::builder().set_compression(codec);
        write_kinds_as(&fixture.path("a.parquet"), 1, 20, properties);
        let bytes = fs::read(fixture.path("a.parquet")).unwrap();
        for place in (4..super::footer_start(&bytes)).step_by(step) {
            let mut bytes = bytes.clone();
            bytes[place] ^= [0x80, 0x01, 0xFF][place % 3];
            if ward.mask(&bytes).is_ok() {
                ward.clear();
            }
        }
    }
}

/// The file with another header in front of the first page of its only chunk, which is a dictionary.
fn with_header(bytes: &Bytes, edit: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let file = Chunks::read_bytes(bytes);
    let chunk = file.metadata.row_group(0).column(0);
    let (start, len) = chunk.byte_range();
    let (start, len) = (usize::try_from(start).unwrap(), usize::try_from(len).unwrap());
    let page = edit(&bytes[start..start + len]);
    let grown = i64::try_from(page.len()).unwrap() - i64::try_from(len).unwrap();
    let mut data = bytes[..start].to_vec();
    data.extend(page);
    let footer = Footer::of(bytes).with_chunks(|_, chunk| {
        let data = file.metadata.row_group(0).column(0).data_page_offset();
        let chunk = chunk
            .set_total_compressed_size(i64::try_from(len).unwrap() + grown)
            .set_data_page_offset(data + grown);
        let chunk = chunk.set_column_index_offset(None).set_column_index_length(None);
        chunk.set_offset_index_offset(None).set_offset_index_length(None)
    });
    let footer = &footer[super::footer_start(&footer)..footer.len() - 8];
    with_footer(&data, footer)
}

fn zigzag(value: i32) -> Vec<u8> {
    let mut coded = ((value << 1) ^ (value >> 31)).cast_unsigned();
    let mut bytes = Vec::new();
    while coded > 0x7F {
        bytes.push(u8::try_from(coded & 0x7F).unwrap() | 0x80);
        coded >>= 7;
    }
    bytes.push(u8::try_from(coded).unwrap());
    bytes
}

/// The header of a dictionary page.
fn dictionary_header(unpacked: i32, packed: i32, entries: i32) -> Vec<u8> {
    let mut header = vec![0x15, 0x04, 0x15];
    header.extend(zigzag(unpacked));
    header.push(0x15);
    header.extend(zigzag(packed));
    header.extend([0x4C, 0x15]);
    header.extend(zigzag(entries));
    header.extend([0x15, 0x00, 0x00, 0x00]);
    header
}

/// The first page of a chunk: how long its header and its body are.
fn first_page(bytes: &Bytes, chunk: &[u8]) -> (usize, usize) {
    let data = Chunks::read_bytes(bytes);
    let chunk_metadata = data.metadata.row_group(0).column(0);
    let whole =
        chunk_metadata.data_page_offset() - chunk_metadata.dictionary_page_offset().unwrap();
    let whole = usize::try_from(whole).unwrap();
    // The dictionary of the file is so short that its header is found by its end: one stop, then one more.
    let header = (4..whole).find(|end| chunk[..*end].ends_with(&[0x15, 0x00, 0x12, 0x00, 0x00]));
    let header = header.or_else(|| (4..whole).find(|end| chunk[..*end].ends_with(&[0x00, 0x00])));
    (header.unwrap(), whole - header.unwrap())
}

#[test]
fn pages_that_promise_more_than_there_is() {
    let ward = Ward::new(RULE);
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let bytes = file(&names(), codec);
        ward.mask(&bytes).unwrap();
        ward.clear();
        for (unpacked, packed, entries) in [
            (i32::MAX, None, 3),
            (-1, None, 3),
            (24, Some(i32::MAX), 3),
            (24, Some(-1), 3),
            (24, None, i32::MAX),
            (24, None, -1),
            (1 << 29, None, 1 << 28),
        ] {
            let edited = with_header(&bytes, |chunk| {
                let (header, body) = first_page(&bytes, chunk);
                let packed = packed.unwrap_or(i32::try_from(body).unwrap());
                let mut page = dictionary_header(unpacked, packed, entries);
                page.extend(&chunk[header..]);
                page
            });
            ward.refuses(&edited, &format!("{codec}: {unpacked} {packed:?} {entries}"));
        }
    }
}

#[test]
fn more_lengths_than_values() {
    let ward = Ward::new(RULE);
    let fixture = Fixture::of_vectors();
    let values = (0..20_000).map(|i| Some(["anna", "bert", "carl"][i % 3]));
    let batch = RecordBatch::try_from_iter([("v", texts(values))]).unwrap();
    for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
        let properties =
            WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding);
        write(&fixture.path("a.parquet"), std::slice::from_ref(&batch), properties);
        let mut bytes = fs::read(fixture.path("a.parquet")).unwrap();
        ward.mask(&bytes).unwrap();
        ward.clear();
        // Blocks of 128 in 4 parts, 20,000 lengths.
        let head = [0x80, 0x01, 0x04, 0xA0, 0x9C, 0x01];
        let place = bytes.windows(head.len()).position(|bytes| bytes == head).unwrap();
        bytes[place + 3..place + 6].copy_from_slice(&[0xFF, 0xFF, 0x7F]);
        ward.refuses(&bytes, &format!("{encoding}"));
    }
}

#[test]
fn long_entries_of_a_dictionary_used_often() {
    // Four thousand times a mebibyte: decoded at once this would be more than an array of texts can hold.
    let entry = "x".repeat(1 << 20);
    let entries: ArrayRef = Arc::new(StringArray::from(vec![entry.as_str()]));
    let keys = Int32Array::from(vec![0; 4_096]);
    let column: ArrayRef = Arc::new(DictionaryArray::new(keys, entries));
    let batch = RecordBatch::try_from_iter([("v", column)]).unwrap();
    let fixture = Fixture::of_vectors();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_page_size_limit(1 << 30);
    let path = fixture.path("a.parquet");
    let options = parquet::arrow::arrow_writer::ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true);
    let out = fs::File::create(&path).unwrap();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new_with_options(out, batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let bytes: Bytes = fs::read(&path).unwrap().into();
    assert!(bytes.len() < 1 << 20);
    let ward = Ward::new(RULE);
    // As a dictionary, and, where nothing says that it is one throughout, as texts.
    let plain = Footer::of(&bytes).with_chunks(|_, chunk| chunk.clear_page_encoding_stats());
    for bytes in [bytes.to_vec(), plain] {
        let output = rows(&ward.mask(&bytes).unwrap());
        let column = arrow::compute::cast(output.column(0), &arrow::datatypes::DataType::Utf8);
        let column = column.unwrap();
        assert_eq!(column.len(), 4_096);
        assert!(column.as_string::<i32>().iter().all(|text| text == Some("[REDACTED]")));
        ward.clear();
    }
}
