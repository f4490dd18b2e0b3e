//! Footers that lie about where things are, how many there are, and how deep they go.

use std::fs;

use bytes::Bytes;
use parquet::file::metadata::ColumnChunkMetaDataBuilder;
use parquet::file::properties::WriterProperties;

use super::{Footer, Ward, footer_start, with_footer};
use crate::fixture::Fixture;
use crate::splice::chunks::{write_kinds, write_kinds_as};

/// `name` is masked, everything else passes as bytes.
const RULES: &str = "name: { action: pseudonymize, domain: name }
    person.ssn: { action: tokenize, format: us_ssn }
    \"*\": { action: keep }";

/// The leaf of `name`, and one that is kept.
const MASKED: usize = 1;
const KEPT: usize = 6;

fn kinds() -> Bytes {
    let fixture = Fixture::of_vectors();
    write_kinds(&fixture.path("a.parquet"), 2, 40);
    fs::read(fixture.path("a.parquet")).unwrap().into()
}

fn varint(mut value: u64, bytes: &mut Vec<u8>) {
    while value > 0x7F {
        bytes.push(u8::try_from(value & 0x7F).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
}

/// The beginning of a footer: version 1, and a schema of so many elements.
fn schema_of(count: u64) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02, 0x19, 0xFC];
    varint(count, &mut footer);
    footer
}

/// A group of a schema, or the root: a name, and so many fields.
fn group(fields: u64, is_root: bool, footer: &mut Vec<u8>) {
    // 3: repetition, 4: name, 5: number of children.
    footer.extend(if is_root { &[0x48][..] } else { &[0x35, 0x00, 0x18] });
    footer.extend([0x01, b'g', 0x15]);
    varint(fields * 2, footer);
    footer.push(0);
}

/// A column of 32 bits.
fn leaf(footer: &mut Vec<u8>) {
    footer.extend([0x15, 0x02, 0x25, 0x00, 0x18, 0x01, b'l', 0x00]);
}

/// The end of a footer: no rows, no row groups.
fn no_rows(footer: &mut Vec<u8>) {
    footer.extend([0x16, 0x00, 0x19, 0x0C, 0x00]);
}

#[test]
fn cut_off_anywhere() {
    let ward = Ward::new(RULES);
    let bytes = kinds();
    for end in (0..bytes.len()).step_by(97).chain(bytes.len() - 20..bytes.len()) {
        ward.refuses(&bytes[..end], &format!("{end} bytes"));
        let mut tail = bytes[..end].to_vec();
        tail.extend(&bytes[bytes.len() - 8..]);
        if tail != bytes {
            ward.refuses(&tail, &format!("{end} bytes with a tail"));
        }
    }
}

#[test]
fn every_byte_of_a_footer_flipped() {
    let ward = Ward::new(RULES);
    let fixture = Fixture::of_vectors();
    let properties = WriterProperties::builder();
    write_kinds_as(&fixture.path("a.parquet"), 1, 10, properties);
    let bytes = fs::read(fixture.path("a.parquet")).unwrap();
    for place in footer_start(&bytes)..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[place] ^= [0x01, 0x80, 0xFF, 0x10][place % 4];
        if ward.mask(&bytes).is_ok() {
            ward.clear();
        }
    }
}

#[test]
fn chunks_that_lie_elsewhere() {
    let ward = Ward::new(RULES);
    let bytes = kinds();
    let footer = Footer::of(&bytes);
    ward.mask(&footer.with_chunks(|_, chunk| chunk)).unwrap();
    ward.clear();
    let file = crate::splice::chunks::Chunks::read_bytes(&bytes);
    let masked = file.metadata.row_group(0).column(MASKED).clone();
    let (start, len) = masked.byte_range();
    let (start, len) = (i64::try_from(start).unwrap(), i64::try_from(len).unwrap());
    let end = i64::try_from(bytes.len()).unwrap();
    let at_footer = i64::try_from(footer_start(&bytes)).unwrap();
    type Edit = Box<dyn Fn(ColumnChunkMetaDataBuilder) -> ColumnChunkMetaDataBuilder>;
    let place = |start: i64, len: i64| -> Edit {
        Box::new(move |chunk| {
            let chunk = chunk.set_dictionary_page_offset(None).set_data_page_offset(start);
            chunk.set_total_compressed_size(len)
        })
    };
    let bloom = masked.bloom_filter_offset().unwrap();
    let (index, index_len) =
        (masked.column_index_offset().unwrap(), masked.column_index_length().unwrap());
    let edits: Vec<(&str, Edit)> = vec![
        ("another column's chunk", place(start, len)),
        ("a part of another column's chunk", place(start + len / 2, 10)),
        ("into another column's chunk", place(start - 1, 2)),
        ("the footer", place(at_footer + 5, 50)),
        ("over the end", place(end - 4, 100)),
        ("all of the file", place(0, end)),
        ("before the beginning", place(-1, 100)),
        ("less than nothing", place(start, -5)),
        ("far away", place(i64::MAX - 1, 10)),
        ("nothing", place(start, 0)),
        ("another's Bloom filter", place(bloom, 40)),
        ("another's page index", place(index, i64::from(index_len))),
        (
            "a Bloom filter in another column's chunk",
            Box::new(move |chunk| {
                chunk.set_bloom_filter_offset(Some(start)).set_bloom_filter_length(Some(40))
            }),
        ),
        (
            "another's Bloom filter for its own",
            Box::new(move |chunk| {
                chunk.set_bloom_filter_offset(Some(bloom)).set_bloom_filter_length(None)
            }),
        ),
        (
            "a Bloom filter of negative length",
            Box::new(move |chunk| chunk.set_bloom_filter_length(Some(-1))),
        ),
        (
            "another's column index for its own",
            Box::new(move |chunk| {
                chunk.set_column_index_offset(Some(index)).set_column_index_length(Some(index_len))
            }),
        ),
        (
            "an offset index of negative length",
            Box::new(move |chunk| chunk.set_offset_index_length(Some(-1))),
        ),
        (
            "an offset index in another column's chunk",
            Box::new(move |chunk| {
                chunk.set_offset_index_offset(Some(start)).set_offset_index_length(Some(20))
            }),
        ),
        ("data before its chunk", Box::new(move |chunk| chunk.set_data_page_offset(start))),
        ("fewer values than rows", Box::new(|chunk| chunk.set_num_values(3))),
        ("in another file", Box::new(|chunk| chunk.set_file_path("other".to_owned()))),
    ];
    for (what, edit) in edits {
        let edited =
            footer.with_chunks(|leaf, chunk| if leaf == KEPT { edit(chunk) } else { chunk });
        ward.refuses(&edited, what);
    }
}

#[test]
fn offset_indexes_that_promise_more_than_there_is() {
    let ward = Ward::new(RULES);
    let bytes = kinds();
    let file = crate::splice::chunks::Chunks::read_bytes(&bytes);
    let place = file.metadata.row_group(0).column(KEPT).offset_index_offset().unwrap();
    let place = usize::try_from(place).unwrap();
    let mut edited = bytes.to_vec();
    edited[place..place + 8].copy_from_slice(&[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00]);
    ward.refuses(&edited, "two thousand million pages");
    let mut edited = bytes.to_vec();
    edited[place + 4] ^= 0x55;
    ward.refuses(&edited, "a page elsewhere");
}

#[test]
fn footers_that_promise_more_than_there_is() {
    let ward = Ward::new("\"*\": { action: keep }");
    let mut good = schema_of(2);
    group(1, true, &mut good);
    leaf(&mut good);
    let schema_end = good.len();
    no_rows(&mut good);
    ward.mask(&with_footer(b"PAR1", &good)).unwrap();
    ward.clear();

    let mut groups = good[..schema_end].to_vec();
    groups.extend([0x16, 0x00, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00]);
    ward.refuses(&with_footer(b"PAR1", &groups), "two thousand million row groups");

    let mut children = schema_of(2);
    group(0x3FFF_FFFF, true, &mut children);
    leaf(&mut children);
    no_rows(&mut children);
    ward.refuses(&with_footer(b"PAR1", &children), "a thousand million fields");

    let mut elements = schema_of(0x7FFF_FFFF);
    group(1, true, &mut elements);
    no_rows(&mut elements);
    ward.refuses(&with_footer(b"PAR1", &elements), "two thousand million elements");

    for deep in [80, 100_000] {
        let mut footer = schema_of(deep + 2);
        group(1, true, &mut footer);
        (0..deep).for_each(|_| group(1, false, &mut footer));
        leaf(&mut footer);
        no_rows(&mut footer);
        ward.refuses(&with_footer(b"PAR1", &footer), "a deep schema");
    }

    let mut wide = schema_of(100_001);
    group(100_000, true, &mut wide);
    (0..100_000).for_each(|_| leaf(&mut wide));
    no_rows(&mut wide);
    ward.refuses(&with_footer(b"PAR1", &wide), "100,000 columns");

    let mut structs = good.clone();
    structs.pop();
    structs.extend([0x5C; 200_000]);
    ward.refuses(&with_footer(b"PAR1", &structs), "structs in structs");

    let mut long = with_footer(b"PAR1", &good);
    let tail = long.len() - 8;
    for len in
        [1 << 30, u32::MAX, 0, u32::try_from(tail).unwrap(), u32::try_from(tail + 1).unwrap()]
    {
        long[tail..tail + 4].copy_from_slice(&len.to_le_bytes());
        ward.refuses(&long, &format!("a footer of {len} bytes"));
    }
}

#[test]
fn columns_under_keys_of_their_own() {
    // What such a column holds could not be opened once it stands in another file.
    let ward = Ward::new("\"*\": { action: keep }");
    let mut footer = schema_of(2);
    group(1, true, &mut footer);
    leaf(&mut footer);
    footer.extend([0x16, 0x00, 0x19, 0x0C]);
    // 8: the algorithm, a union of empty structs.
    footer.extend([0x4C, 0x1C, 0x00, 0x00, 0x00]);
    ward.refuses(&with_footer(b"PAR1", &footer), "encrypted columns");
}
