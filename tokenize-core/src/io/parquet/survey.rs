//! A chunk before it is decoded: what its page headers promise, so that neither a page nor a batch takes more memory than it may.

mod deltas;

use std::io::{self, Read};
use std::sync::Arc;

use parquet::basic::{Compression, Type};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use super::guarded;
use super::thrift::{I32, Message, STRUCT};
use crate::io::source::Chunks;

/// How a chunk may be decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Survey {
    /// How many rows at a time.
    pub(super) rows: usize,
    /// Whether its values are all plain, or keys of a dictionary whose entries are.
    pub(super) is_plain: bool,
}

impl Survey {
    /// Of `most` rows at a time at most; `None` if a page is not as it should be. `entries` if dictionary keys are decoded in the place of what
    /// they stand for.
    pub(super) fn of(
        file: &Chunks,
        chunk: &ColumnChunkMetaData,
        rows: u64,
        most: usize,
        entries: bool,
    ) -> Option<Self> {
        let pages = Pages::of(file, chunk)?;
        if pages.has_lengths {
            deltas::check(file, chunk, usize::try_from(rows).ok()?)?;
        }
        let rows = pages.rows_at_a_time(file, chunk, rows, most, entries)?;
        Some(Self { rows, is_plain: !pages.has_others })
    }
}

/// What the pages of a chunk promise together.
#[derive(Default)]
struct Pages {
    values: u64,
    bytes: u64,
    /// The most bytes that a value has on average in one of the pages without a dictionary.
    longest: u64,
    /// The length of the longest page in which values may repeat the beginning of others.
    stretched: u64,
    dictionary: u64,
    /// Whether a page has anything but plain values, keys, and levels in runs.
    has_others: bool,
    /// Whether a page has lengths of values as deltas.
    has_lengths: bool,
}

impl Pages {
    fn of(file: &Chunks, chunk: &ColumnChunkMetaData) -> Option<Self> {
        let (start, len) = guarded(|| Ok::<_, ()>(chunk.byte_range()))?;
        let all = u64::try_from(chunk.num_values()).ok()?;
        let (mut pages, mut at, end) = (Self::default(), start, start.checked_add(len)?);
        // What follows the last value is not read.
        while at < end && pages.values < all {
            let (header, header_len) = header(file, at, end)?;
            let body = at.checked_add(header_len)?;
            at = body.checked_add(header.packed).filter(|next| *next <= end)?;
            header.check(file, chunk.compression(), body)?;
            pages.add(&header)?;
        }
        Some(pages)
    }

    fn add(&mut self, header: &PageHeader) -> Option<()> {
        self.bytes = self.bytes.checked_add(header.unpacked)?;
        match header.kind {
            DICTIONARY_PAGE => {
                // Each entry takes a bit at least.
                if header.values > header.unpacked.saturating_mul(8) {
                    return None;
                }
                self.dictionary = self.dictionary.max(header.unpacked);
            }
            DATA_PAGE | DATA_PAGE_V2 => {
                self.values = self.values.checked_add(header.values)?;
                let is_plain = matches!(header.encoding, PLAIN | PLAIN_DICTIONARY | RLE_DICTIONARY);
                self.has_others |= !is_plain || !header.has_runs;
                self.has_lengths |=
                    matches!(header.encoding, DELTA_LENGTH_BYTE_ARRAY | DELTA_BYTE_ARRAY);
                match header.encoding {
                    PLAIN_DICTIONARY | RLE_DICTIONARY => {}
                    DELTA_BYTE_ARRAY => self.stretched = self.stretched.max(header.unpacked),
                    _ => {
                        let longest = header.unpacked.div_ceil(header.values.max(1));
                        self.longest = self.longest.max(longest);
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    fn rows_at_a_time(
        &self,
        file: &Chunks,
        chunk: &ColumnChunkMetaData,
        rows: u64,
        most: usize,
        entries: bool,
    ) -> Option<usize> {
        let longest = match chunk.column_descr().physical_type() {
            Type::FIXED_LEN_BYTE_ARRAY => {
                u64::try_from(chunk.column_descr().type_length()).unwrap_or(0)
            }
            Type::BYTE_ARRAY => {
                let entry = if entries { 0 } else { self.longest_entry(file, chunk, rows, most)? };
                entry.max(self.longest).max(self.stretched.div_ceil(STRETCH))
            }
            _ => 0,
        };
        let values = (BATCH_BYTES / longest.max(1)).max(1);
        if chunk.column_descr().max_rep_level() == 0 {
            return Some(usize::try_from(values).map_or(most, |values| values.min(most)));
        }
        let per_row = self.values.div_ceil(rows.max(1)).max(1);
        // Values in the dark: levels and keys of no length, of which a single row might have all.
        if self.values > FREE_VALUES && self.values / VALUES_PER_BYTE > self.bytes {
            return None;
        }
        let rows = values.min(NESTED_VALUES.max(most as u64)) / per_row;
        Some(usize::try_from(rows.max(1)).map_or(most, |rows| rows.min(most)))
    }

    /// The length of the longest entry of the dictionary, or something above it that is short enough.
    fn longest_entry(
        &self,
        file: &Chunks,
        chunk: &ColumnChunkMetaData,
        rows: u64,
        most: usize,
    ) -> Option<u64> {
        if self.dictionary.saturating_mul(most as u64) <= BATCH_BYTES {
            return Some(self.dictionary);
        }
        let rows = usize::try_from(rows).ok()?;
        let page = guarded(|| {
            SerializedPageReader::new(Arc::new(file.clone()), chunk, rows, None)?.get_next_page()
        });
        match page? {
            Some(Page::DictionaryPage { buf, num_values, .. }) => longest_of(&buf, num_values),
            // It stands elsewhere than at the beginning, and would not be used.
            _ => Some(0),
        }
    }
}

/// The length of the longest of texts that each have their length before them.
fn longest_of(mut bytes: &[u8], count: u32) -> Option<u64> {
    let mut longest = 0;
    for _ in 0..count {
        let (len, rest) = bytes.split_first_chunk()?;
        let len = u32::from_le_bytes(*len);
        bytes = rest.get(usize::try_from(len).ok()?..)?;
        longest = longest.max(u64::from(len));
    }
    Some(longest)
}

/// What a page says of itself.
#[derive(Default)]
struct PageHeader {
    kind: i64,
    unpacked: u64,
    packed: u64,
    values: u64,
    encoding: i64,
    /// The length of what stands unpacked before the rest.
    levels: u64,
    is_packed: bool,
    /// Whether its levels are in runs.
    has_runs: bool,
}

impl PageHeader {
    fn read(bytes: &[u8]) -> Option<(Self, u64)> {
        let mut header = Self { kind: -1, is_packed: true, has_runs: true, ..Self::default() };
        let mut message = Message::new(bytes);
        message.fields(|message, field| match field {
            (1, I32) => set(&mut header.kind, message.number()),
            (2, I32) => set(&mut header.unpacked, unsigned(message)),
            (3, I32) => set(&mut header.packed, unsigned(message)),
            (1..=3, _) => None,
            (5 | 7, STRUCT) => message.fields(|message, field| match field {
                (1, I32) => set(&mut header.values, unsigned(message)),
                (2, I32) => set(&mut header.encoding, message.number()),
                (3, I32) => {
                    header.has_runs = message.number()? == RLE;
                    Some(())
                }
                (_, kind) => message.skip(kind),
            }),
            (8, STRUCT) => message.fields(|message, field| match field {
                (1, I32) => set(&mut header.values, unsigned(message)),
                (4, I32) => set(&mut header.encoding, message.number()),
                (5 | 6, I32) => {
                    header.levels += unsigned(message)?;
                    Some(())
                }
                (7, kind) => {
                    header.is_packed = kind == 1;
                    message.skip(kind)
                }
                (_, kind) => message.skip(kind),
            }),
            (5 | 7 | 8, _) => None,
            (_, kind) => message.skip(kind),
        })?;
        Some((header, (bytes.len() - message.left()) as u64))
    }

    /// Whether the page unpacks to no more than it says, and says no more than it can unpack to: codecs reserve what is said, and some of them
    /// unpack whatever there is.
    fn check(&self, file: &Chunks, codec: Compression, body: u64) -> Option<()> {
        if self.unpacked > MOST_PAGE || self.levels > self.unpacked.min(self.packed) {
            return None;
        }
        if !self.is_packed {
            return Some(());
        }
        let packed = self.packed - self.levels;
        let most = match codec {
            Compression::UNCOMPRESSED => return (self.unpacked <= self.packed).then_some(()),
            Compression::SNAPPY => 24,
            Compression::LZ4 | Compression::LZ4_RAW => 256,
            Compression::GZIP(_) => 1_040,
            // It reserves, and does not touch, what is said.
            _ => u64::MAX,
        };
        let most = packed.saturating_mul(most).saturating_add(64);
        let is_endless =
            matches!(codec, Compression::LZ4 | Compression::GZIP(_)) && most > MOST_PAGE;
        let is_measured = is_endless || matches!(codec, Compression::BROTLI(_));
        if self.unpacked - self.levels > most || (is_endless && codec == Compression::LZ4) {
            return None;
        }
        if is_measured {
            let from = file.get_bytes(body + self.levels, usize::try_from(packed).ok()?).ok()?;
            let unpacked = self.unpacked - self.levels;
            return (unpacks_to(codec, &from, unpacked)? <= unpacked).then_some(());
        }
        Some(())
    }
}

/// The header of a page that begins there, and its length.
fn header(file: &Chunks, at: u64, end: u64) -> Option<(PageHeader, u64)> {
    let mut len = HEADER;
    loop {
        let most = len.min(end - at);
        let bytes = file.get_bytes(at, usize::try_from(most).ok()?).ok()?;
        match PageHeader::read(&bytes) {
            None if most < end - at && len < MOST_HEADER => len *= 8,
            header => return header,
        }
    }
}

/// How much something unpacks to: what is said, or a byte more if there is more.
fn unpacks_to(codec: Compression, from: &[u8], said: u64) -> Option<u64> {
    let count = |mut reader: io::Take<&mut dyn Read>| io::copy(&mut reader, &mut io::sink()).ok();
    match codec {
        Compression::GZIP(_) => {
            let reader: &mut dyn Read = &mut flate2::read::MultiGzDecoder::new(from);
            count(reader.take(said + 1))
        }
        _ => {
            let reader: &mut dyn Read = &mut brotli::Decompressor::new(from, BUFFER);
            count(reader.take(said + 1))
        }
    }
}

fn set<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

fn unsigned(message: &mut Message<'_>) -> Option<u64> {
    u64::try_from(message.number()?).ok()
}

/// How many bytes of one column a batch may have.
const BATCH_BYTES: u64 = 256 << 20;
/// No page is longer when it is unpacked; those of the usual writers have a megabyte, the largest a hundred.
const MOST_PAGE: u64 = 1 << 30;
/// How much of a page with shared beginnings one value is taken to be.
const STRETCH: u64 = 16;
/// Values of a nested column in a batch.
const NESTED_VALUES: u64 = 1 << 20;
/// Values of a nested chunk that are read however little they take.
const FREE_VALUES: u64 = 1 << 26;
/// Beyond that, no chunk has more values for each byte.
const VALUES_PER_BYTE: u64 = 64;

/// How much is read for a header at first; statistics may make it longer.
const HEADER: u64 = 256;
const MOST_HEADER: u64 = 64 << 20;
const BUFFER: usize = 64 * 1024;

// `PageType` and `Encoding` (parquet.thrift).
const DATA_PAGE: i64 = 0;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const DELTA_LENGTH_BYTE_ARRAY: i64 = 6;
const DELTA_BYTE_ARRAY: i64 = 7;
const RLE_DICTIONARY: i64 = 8;
