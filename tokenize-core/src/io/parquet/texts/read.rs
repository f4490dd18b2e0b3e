//! A chunk of texts, page by page into batches.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBufferBuilder, RecordBatch, StringArray};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::SchemaRef;
use arrow::util::bit_util::get_bit;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page as RawPage, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use super::hybrid::Hybrid;
use super::{STRIDE, stride};
use crate::io::source::Chunks;

/// Reads a chunk whose pages have their values plain or as keys of its dictionary. Every method gives `None` where the chunk is not as it
/// should be.
pub(in super::super) struct Reader {
    pages: SerializedPageReader<Chunks>,
    /// Of the one column.
    schema: SchemaRef,
    /// Whether pages say which rows are null.
    has_levels: bool,
    dictionary: Entries,
    page: Option<Page>,
    batch_rows: usize,
}

impl Reader {
    /// `schema` has the one column, of texts.
    pub(in super::super) fn new(
        file: &Chunks,
        chunk: &ColumnChunkMetaData,
        rows: usize,
        schema: SchemaRef,
        batch_rows: usize,
    ) -> Option<Self> {
        let pages = SerializedPageReader::new(Arc::new(file.clone()), chunk, rows, None).ok()?;
        let has_levels = chunk.column_descr().max_def_level() > 0;
        Some(Self {
            pages,
            schema,
            has_levels,
            dictionary: Entries::default(),
            page: None,
            batch_rows,
        })
    }

    /// The next batch; one of no rows at the end.
    pub(in super::super) fn batch(&mut self) -> Option<RecordBatch> {
        let mut rows = Rows::with_capacity(self.batch_rows);
        while rows.len() < self.batch_rows {
            let Some(page) = self.page.as_mut().filter(|page| page.left > 0) else {
                if !self.next_page()? {
                    break;
                }
                continue;
            };
            page.read(self.batch_rows - rows.len(), &self.dictionary, &mut rows)?;
        }
        RecordBatch::try_new(self.schema.clone(), vec![rows.finish()?]).ok()
    }

    /// Goes on to the next data page, and says whether there is one.
    fn next_page(&mut self) -> Option<bool> {
        while let Some(page) = self.pages.get_next_page().ok()? {
            if let RawPage::DictionaryPage { buf, num_values, .. } = page {
                self.dictionary = Entries::new(buf, num_values)?;
                continue;
            }
            self.page = Some(Page::new(page, self.has_levels)?);
            return Some(true);
        }
        Some(false)
    }
}

/// The texts of a dictionary.
#[derive(Default)]
struct Entries {
    bytes: Bytes,
    ranges: Vec<Range<usize>>,
}

impl Entries {
    fn new(bytes: Bytes, count: u32) -> Option<Self> {
        let mut at = 0;
        let ranges = (0..count).map(|_| plain(&bytes, &mut at)).collect::<Option<_>>()?;
        Some(Self { bytes, ranges })
    }

    #[inline]
    fn get(&self, key: u32) -> Option<Range<usize>> {
        self.ranges.get(usize::try_from(key).ok()?).cloned()
    }
}

/// What is left of a data page.
struct Page {
    /// Rows.
    left: usize,
    levels: Option<Hybrid>,
    values: Values,
}

enum Values {
    Plain { bytes: Bytes, at: usize },
    Keys(Hybrid),
}

impl Page {
    fn new(page: RawPage, has_levels: bool) -> Option<Self> {
        let encoding = page.encoding();
        let left = usize::try_from(page.num_values()).ok()?;
        let (levels, values) = match page {
            RawPage::DataPage { buf, .. } if has_levels => {
                let len = u32::from_le_bytes(*buf.first_chunk()?);
                let end = usize::try_from(len).ok()?.checked_add(4)?;
                (end <= buf.len()).then(|| (buf.slice(4..end), buf.slice(end..)))?
            }
            RawPage::DataPage { buf, .. } => (Bytes::new(), buf),
            RawPage::DataPageV2 { buf, rep_levels_byte_len: 0, def_levels_byte_len, .. } => {
                let end = usize::try_from(def_levels_byte_len).ok()?;
                (end <= buf.len()).then(|| (buf.slice(..end), buf.slice(end..)))?
            }
            _ => return None,
        };
        let levels = match has_levels {
            true => Some(Hybrid::new(levels, 1)?),
            false => None,
        };
        Some(Self { left, levels, values: Values::new(values, encoding)? })
    }

    /// Gives `most` rows at most to `rows`.
    fn read(&mut self, most: usize, dictionary: &Entries, rows: &mut Rows) -> Option<()> {
        let count = self.left.min(most);
        self.left -= count;
        let from = rows.len();
        let valid = match &mut self.levels {
            Some(levels) => levels.levels(count, &mut rows.valid)?,
            None => {
                rows.valid.append_n(count, true);
                count
            }
        };
        match &mut self.values {
            Values::Plain { bytes, at } => rows.extend(from, bytes, || plain(bytes, at)),
            Values::Keys(keys) => {
                let mut numbers = Vec::with_capacity(valid);
                keys.values(valid, &mut numbers)?;
                let mut numbers = numbers.into_iter();
                rows.extend(from, &dictionary.bytes, || dictionary.get(numbers.next()?))
            }
        }
    }
}

impl Values {
    fn new(bytes: Bytes, encoding: Encoding) -> Option<Self> {
        match encoding {
            Encoding::PLAIN => Some(Self::Plain { bytes, at: 0 }),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                // A page of nulls has no keys, nor need it say how wide they are.
                let width = bytes.first().copied().unwrap_or(0);
                Hybrid::new(bytes.slice(bytes.len().min(1)..), width.into()).map(Self::Keys)
            }
            _ => None,
        }
    }
}

/// Where the value is whose length stands there.
#[inline]
fn plain(bytes: &[u8], at: &mut usize) -> Option<Range<usize>> {
    let start = at.checked_add(4)?;
    let len = u32::from_le_bytes(*bytes.get(*at..start)?.first_chunk()?);
    *at = start.checked_add(usize::try_from(len).ok()?)?;
    (*at <= bytes.len()).then_some(start..*at)
}

/// Rows of a batch in the making.
struct Rows {
    bytes: Vec<u8>,
    /// Where each row ends, after a 0; those of a batch too large are wrong and never used.
    ends: Vec<i32>,
    valid: BooleanBufferBuilder,
}

impl Rows {
    fn with_capacity(rows: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self { bytes: Vec::new(), ends, valid: BooleanBufferBuilder::new(rows) }
    }

    fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// Adds a value for each row from `from` on that is not null: `next` says where it is in `values`.
    #[inline]
    fn extend(
        &mut self,
        from: usize,
        values: &[u8],
        mut next: impl FnMut() -> Option<Range<usize>>,
    ) -> Option<()> {
        for row in from..self.valid.len() {
            if get_bit(self.valid.as_slice(), row) {
                let range = next()?;
                match stride(values, range.start) {
                    Some(stride) if range.len() <= STRIDE => {
                        let end = self.bytes.len() + range.len();
                        self.bytes.extend_from_slice(stride);
                        self.bytes.truncate(end);
                    }
                    _ => self.bytes.extend_from_slice(values.get(range)?),
                }
            }
            self.ends.push(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX));
        }
        Some(())
    }

    fn finish(mut self) -> Option<ArrayRef> {
        i32::try_from(self.bytes.len()).ok()?;
        let nulls = NullBuffer::new(self.valid.finish());
        let nulls = (nulls.null_count() > 0).then_some(nulls);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        let array = StringArray::try_new(offsets, Buffer::from_vec(self.bytes), nulls);
        Some(Arc::new(array.ok()?))
    }
}
