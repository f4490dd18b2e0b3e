//! Texts into a chunk of plain pages.

use arrow::array::{Array, ArrayRef, AsArray, BooleanBufferBuilder, GenericByteArray};
use arrow::datatypes::{ArrowNativeType, ByteArrayType, DataType};
use bytes::Bytes;
use parquet::basic::{ConvertedType, Encoding, LogicalType, PageType, Type};
use parquet::column::page_store::{PageKey, PageStore};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, LevelHistogram, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::schema::types::ColumnDescPtr;

use super::bounds::Bounds;
use super::chunk::Chunk;
use super::pack::Packer;
use super::{STRIDE, hybrid, stride};
use crate::io::parquet::spill::{Pages, Room};

/// Makes one chunk.
pub(in super::super) struct Writer {
    column: ColumnDescPtr,
    packer: Packer,
    page: Page,
    done: Done,
}

/// The pages so far.
struct Done {
    /// Whether the values are texts, and not any bytes.
    is_text: bool,
    has_index: bool,
    store: Pages,
    keys: Vec<PageKey>,
    totals: Totals,
    bounds: Bounds,
    columns: ColumnIndexBuilder,
    offsets: OffsetIndexBuilder,
}

/// Of a page or of a chunk.
#[derive(Debug, Default, Clone, Copy)]
struct Totals {
    rows: usize,
    nulls: usize,
    /// Of values alone.
    bytes: usize,
    packed: usize,
    unpacked: usize,
}

/// The page in the making.
struct Page {
    /// Room for the levels, then the values; beyond `end`, room for more.
    bytes: Vec<u8>,
    end: usize,
    valid: BooleanBufferBuilder,
    nulls: usize,
    text_bytes: usize,
    bounds: Bounds,
}

impl Writer {
    /// A chunk of a flat column, in pages as `packer` packs them.
    pub(in super::super) fn new(
        column: ColumnDescPtr,
        packer: Packer,
        has_index: bool,
        room: &Room,
    ) -> Self {
        let done = Done {
            is_text: column.logical_type_ref() == Some(&LogicalType::String)
                || column.converted_type() == ConvertedType::UTF8,
            has_index,
            store: room.pages(),
            keys: Vec::new(),
            totals: Totals::default(),
            bounds: Bounds::default(),
            columns: ColumnIndexBuilder::new(Type::BYTE_ARRAY),
            offsets: OffsetIndexBuilder::new(),
        };
        Self { column, packer, page: Page::new(), done }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// A value or a page that the format has no length for, or one that cannot be stored.
    pub(in super::super) fn write(&mut self, array: &ArrayRef) -> Result<()> {
        match array.data_type() {
            DataType::Utf8 => self.add(array.as_string::<i32>()),
            DataType::LargeUtf8 => self.add(array.as_string::<i64>()),
            DataType::Binary => self.add(array.as_binary::<i32>()),
            DataType::LargeBinary => self.add(array.as_binary::<i64>()),
            _ => Err(ParquetError::General("no texts and no bytes".to_owned())),
        }
    }

    fn add<T: ByteArrayType>(&mut self, array: &GenericByteArray<T>) -> Result<()> {
        if array.null_count() > 0 && self.column.max_def_level() == 0 {
            return Err(ParquetError::General("a null in a required column".to_owned()));
        }
        let (bytes, nulls) = (array.value_data(), array.nulls());
        for (row, ends) in array.value_offsets().windows(2).enumerate() {
            if self.page.rows() == PAGE_ROWS || self.page.end >= PAGE_BYTES {
                self.end_page()?;
            }
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                self.page.push_null();
            } else {
                self.page.push(bytes, ends[0].as_usize()..ends[1].as_usize())?;
            }
        }
        Ok(())
    }

    fn end_page(&mut self) -> Result<()> {
        let page = &mut self.page;
        let (rows, nulls) = (page.rows(), page.nulls);
        let start = match self.column.max_def_level() {
            0 => LEVELS,
            _ => page.put_levels(),
        };
        let body = &page.bytes[start..page.end];
        let packed = self.packer.pack(body)?;
        let mut header = header(body.len(), packed.len(), rows)?;
        let head = header.len();
        header.extend_from_slice(packed);
        let totals = Totals {
            rows,
            nulls,
            bytes: page.text_bytes,
            packed: header.len(),
            unpacked: head + body.len(),
        };
        self.done.put(header.into(), totals, &page.bounds)?;
        page.clear();
        Ok(())
    }

    /// Ends the chunk.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(in super::super) fn close(mut self) -> Result<Chunk> {
        if self.page.rows() > 0 {
            self.end_page()?;
        }
        let metadata = self.metadata()?;
        let Done { has_index, store, keys, totals, columns, offsets, .. } = self.done;
        let column_index = (has_index && columns.valid()).then(|| columns.build());
        let close = ColumnCloseResult {
            bytes_written: totals.packed as u64,
            rows_written: totals.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: column_index.transpose()?,
            offset_index: has_index.then(|| offsets.build()),
        };
        Ok(Chunk::new(store, keys, close))
    }

    fn metadata(&self) -> Result<ColumnChunkMetaData> {
        let (totals, column) = (self.done.totals, &self.column);
        let pages = PageEncodingStats {
            page_type: PageType::DATA_PAGE,
            encoding: Encoding::PLAIN,
            count: self.done.keys.len().try_into()?,
        };
        let levels = (column.max_def_level() > 0).then(|| {
            LevelHistogram::from(vec![long(totals.nulls), long(totals.rows - totals.nulls)])
        });
        ColumnChunkMetaData::builder(column.clone())
            .set_compression(self.packer.codec())
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE])
            .set_page_encoding_stats(vec![pages])
            .set_total_compressed_size(long(totals.packed))
            .set_total_uncompressed_size(long(totals.unpacked))
            .set_num_values(long(totals.rows))
            .set_data_page_offset(0)
            .set_statistics(statistics(&self.done.bounds, totals.nulls, self.done.is_text))
            .set_unencoded_byte_array_data_bytes(Some(long(totals.bytes)))
            .set_definition_level_histogram(levels)
            .build()
    }
}

impl Done {
    fn put(&mut self, bytes: Bytes, page: Totals, bounds: &Bounds) -> Result<()> {
        if self.has_index {
            let packed = page.packed.try_into()?;
            self.offsets.append_row_count(long(page.rows));
            self.offsets.append_offset_and_size(long(self.totals.packed), packed);
            self.offsets.append_unencoded_byte_array_data_bytes(Some(long(page.bytes)));
            let is_null = page.nulls == page.rows;
            match bounds.short(self.is_text) {
                Some(((least, _), (greatest, _))) => {
                    self.columns.append(is_null, least, greatest, long(page.nulls));
                }
                None if is_null => {
                    self.columns.append(is_null, Vec::new(), Vec::new(), long(page.nulls));
                }
                None => self.columns.to_invalid(),
            }
        }
        self.bounds.join(bounds);
        self.totals.add(page);
        self.keys.push(self.store.put(bytes)?);
        Ok(())
    }
}

impl Totals {
    fn add(&mut self, page: Self) {
        self.rows += page.rows;
        self.nulls += page.nulls;
        self.bytes += page.bytes;
        self.packed += page.packed;
        self.unpacked += page.unpacked;
    }
}

impl Page {
    fn new() -> Self {
        Self {
            bytes: vec![0; LEVELS + PAGE_BYTES / 8],
            end: LEVELS,
            valid: BooleanBufferBuilder::new(PAGE_ROWS),
            nulls: 0,
            text_bytes: 0,
            bounds: Bounds::default(),
        }
    }

    fn rows(&self) -> usize {
        self.valid.len()
    }

    fn push_null(&mut self) {
        self.valid.append(false);
        self.nulls += 1;
    }

    #[inline]
    fn push(&mut self, bytes: &[u8], range: std::ops::Range<usize>) -> Result<()> {
        let text = &bytes[range.clone()];
        let len = u32::try_from(text.len()).map_err(|_| too_large())?;
        let (start, end) = (self.end + 4, self.end + 4 + text.len());
        let most = end.max(start + STRIDE);
        if most > self.bytes.len() {
            self.bytes.resize(most.max(2 * self.bytes.len()), 0);
        }
        self.bytes[self.end..start].copy_from_slice(&len.to_le_bytes());
        match stride(bytes, range.start) {
            // What is copied besides is written over by the next text, or is no part of the page.
            Some(stride) if text.len() <= STRIDE => {
                self.bytes[start..start + STRIDE].copy_from_slice(stride);
            }
            _ => self.bytes[start..end].copy_from_slice(text),
        }
        self.end = end;
        self.text_bytes += text.len();
        self.valid.append(true);
        self.bounds.add(text);
        Ok(())
    }

    /// Puts the levels before the values, and gives where they begin.
    fn put_levels(&mut self) -> usize {
        let rows = self.rows();
        let levels = hybrid::levels(self.valid.as_slice(), rows, rows - self.nulls);
        let start = LEVELS - levels.len();
        self.bytes[start..LEVELS].copy_from_slice(&levels);
        let len = u32::try_from(levels.len()).unwrap_or(u32::MAX);
        self.bytes[start - 4..start].copy_from_slice(&len.to_le_bytes());
        start - 4
    }

    fn clear(&mut self) {
        self.bytes.truncate(LEVELS + 2 * PAGE_BYTES);
        self.end = LEVELS;
        self.valid.truncate(0);
        (self.nulls, self.text_bytes) = (0, 0);
        self.bounds = Bounds::default();
    }
}

fn statistics(bounds: &Bounds, nulls: usize, is_text: bool) -> Statistics {
    let bound = |bytes: Vec<u8>| ByteArray::from(bytes);
    let nulls = Some(nulls as u64);
    let statistics = match bounds.short(is_text) {
        None => ValueStatistics::new(None, None, None, nulls, false),
        Some(((least, is_least), (greatest, is_greatest))) => {
            ValueStatistics::new(Some(bound(least)), Some(bound(greatest)), None, nulls, false)
                .with_min_is_exact(is_least)
                .with_max_is_exact(is_greatest)
        }
    };
    Statistics::ByteArray(statistics)
}

/// A page's header (`PageHeader` of parquet.thrift, in Thrift's compact protocol), with room for the page after it.
fn header(unpacked: usize, packed: usize, rows: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER + packed);
    put_fields(&[DATA_PAGE, unpacked, packed], &mut bytes)?;
    bytes.push(DATA_PAGE_HEADER);
    put_fields(&[rows, PLAIN, RLE, RLE], &mut bytes)?;
    bytes.extend_from_slice(&[END, END]);
    Ok(bytes)
}

/// Fields of 32 bits, one after the other.
fn put_fields(values: &[usize], to: &mut Vec<u8>) -> Result<()> {
    values.iter().try_for_each(|value| {
        i32::try_from(*value).map_err(|_| too_large())?;
        to.push(NEXT_I32);
        hybrid::put_varint(value << 1, to);
        Ok(())
    })
}

fn too_large() -> ParquetError {
    ParquetError::General("a value or a page is beyond what its length can say".to_owned())
}

fn long(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Rows of a page at most; the parquet crate's default.
const PAGE_ROWS: usize = 20_000;
/// A page ends with the value that reaches so many bytes; the crate's default.
const PAGE_BYTES: usize = 1 << 20;
/// Room for the levels of a page: their length, the head of their run, a bit for each row.
const LEVELS: usize = 4 + 5 + PAGE_ROWS.div_ceil(8);
/// As long as a header becomes.
const HEADER: usize = 48;

// Of parquet.thrift: values of `PageType` and `Encoding`.
const DATA_PAGE: usize = 0;
const PLAIN: usize = 0;
const RLE: usize = 3;
// Of the compact protocol: the next field, of 32 bits; the field after the next, `data_page_header`, a struct; the end of a struct.
const NEXT_I32: u8 = 0x15;
const DATA_PAGE_HEADER: u8 = 0x2C;
const END: u8 = 0;
