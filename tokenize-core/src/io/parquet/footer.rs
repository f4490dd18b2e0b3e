//! A footer before it is trusted: no length in it may cost more than the file has bytes, and what passes as bytes must hold its own column and
//! nothing else.

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};

use super::thrift::{I32, LIST, Message, STRUCT};
use crate::io::source::Chunks;

/// Where the footer stands, if it can be decoded within bounds. The reader of parquet 59 reserves memory for as many row groups and fields as are
/// promised, follows a schema as deep as it goes, and passes over encryption that it does not know.
pub(super) fn place(file: &Chunks) -> Option<(u64, u64)> {
    let end = file.len().checked_sub(TAIL)?;
    let tail = file.get_bytes(end, usize::try_from(TAIL).ok()?).ok()?;
    let len = u64::from(u32::from_le_bytes(*tail.first_chunk()?));
    let start = end.checked_sub(len).filter(|_| len <= MOST_BYTES)?;
    let bytes = file.get_bytes(start, usize::try_from(len).ok()?).ok()?;
    is_bounded(&bytes).then_some((start, file.len()))
}

fn is_bounded(footer: &[u8]) -> bool {
    let field = |message: &mut Message<'_>, (id, kind)| match (id, kind) {
        (SCHEMA, LIST) => schema(message),
        (GROUPS, LIST) => {
            let (count, kind) = message.list()?;
            let is_usual = kind == STRUCT && count <= MOST_GROUPS;
            (0..count).filter(|_| is_usual).try_for_each(|_| message.skip(kind))?;
            (is_usual || count == 0).then_some(())
        }
        (SCHEMA | GROUPS | ENCRYPTION, _) => None,
        (_, kind) => message.skip(kind),
    };
    Message::new(footer).fields(field).is_some()
}

/// The elements of a schema, each group before its fields.
fn schema(message: &mut Message<'_>) -> Option<()> {
    let (count, kind) = message.list()?;
    if kind != STRUCT || count > MOST_NODES {
        return None;
    }
    // How many fields are to come, of each group that is open.
    let mut open: Vec<usize> = Vec::new();
    for number in 0..count {
        let mut children = 0;
        message.fields(|message, (id, kind)| match (id, kind) {
            (CHILDREN, I32) => {
                children = usize::try_from(message.number()?).ok()?;
                (children < count - number).then_some(())
            }
            (CHILDREN, _) => None,
            (_, kind) => message.skip(kind),
        })?;
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(fields) = open.last_mut() {
            *fields -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > MOST_DEEP {
            return None;
        }
    }
    Some(())
}

/// Whether every chunk lies in the file and none over another, or over a Bloom filter, a page index or the footer, and neither do they.
pub(super) fn is_sound(metadata: &ParquetMetaData, footer: (u64, u64), file: &Chunks) -> bool {
    if metadata.file_metadata().schema_descr().num_columns() > MOST_COLUMNS {
        return false;
    }
    let mut ranges = vec![(0, MAGIC), footer];
    for group in metadata.row_groups() {
        let mut chunks = group.columns().iter();
        if !chunks.all(|chunk| add(chunk, group, file, &mut ranges).is_some()) {
            return false;
        }
    }
    ranges.retain(|(start, end)| start < end);
    ranges.sort_unstable();
    ranges.last().is_none_or(|(_, end)| *end <= file.len())
        && ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0)
}

/// Adds the ranges of a chunk and of what belongs to it; `None` if they contradict each other.
fn add(
    chunk: &ColumnChunkMetaData,
    group: &RowGroupMetaData,
    file: &Chunks,
    ranges: &mut Vec<(u64, u64)>,
) -> Option<()> {
    let first = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let (start, end) = range(first, chunk.compressed_size())?;
    let data = u64::try_from(chunk.data_page_offset()).ok()?;
    let is_flat = chunk.column_descr().max_rep_level() == 0;
    // Where there are no values there need be no page.
    let is_whole = chunk.num_values() == 0 || (start..end).contains(&data);
    if !is_whole
        || chunk.file_path().is_some()
        || group.num_rows() < 0
        || (is_flat && chunk.num_values() != group.num_rows())
    {
        return None;
    }
    ranges.push((start, end));
    if let Some(offset) = chunk.bloom_filter_offset() {
        let len = match chunk.bloom_filter_length() {
            Some(len) => i64::from(len),
            None => bloom_filter_len(offset, file)?,
        };
        ranges.push(range(offset, len)?);
    }
    let indexes = [
        (chunk.column_index_offset(), chunk.column_index_length()),
        (chunk.offset_index_offset(), chunk.offset_index_length()),
    ];
    for (offset, len) in indexes {
        if let (Some(offset), Some(len)) = (offset, len) {
            ranges.push(range(offset, len.into())?);
        }
    }
    Some(())
}

/// The length of a Bloom filter whose chunk does not say it: that of its header, and what that says.
fn bloom_filter_len(offset: i64, file: &Chunks) -> Option<i64> {
    let offset = u64::try_from(offset).ok()?;
    let most = file.len().checked_sub(offset)?.min(BLOOM_HEADER);
    let bytes = file.get_bytes(offset, usize::try_from(most).ok()?).ok()?;
    let (mut message, mut bits) = (Message::new(&bytes), None);
    message.fields(|message, (id, kind)| match (id, kind) {
        (1, I32) => {
            bits = Some(message.number()?);
            Some(())
        }
        (_, kind) => message.skip(kind),
    })?;
    i64::try_from(bytes.len() - message.left()).ok()?.checked_add(bits?)
}

fn range(start: i64, len: i64) -> Option<(u64, u64)> {
    let (start, len) = (u64::try_from(start).ok()?, u64::try_from(len).ok()?);
    Some((start, start.checked_add(len)?))
}

/// Whether a reader of an offset index would reserve no more than its bytes can hold.
pub(super) fn is_bounded_index(bytes: &[u8]) -> bool {
    Message::new(bytes).skip(STRUCT).is_some()
}

/// The length of a footer, and the magic bytes after it.
const TAIL: u64 = 8;
/// The length of the magic bytes.
const MAGIC: u64 = 4;
/// As much as the reader takes for a Bloom filter's header.
const BLOOM_HEADER: u64 = 20;

/// A footer of that length tells of millions of chunks.
const MOST_BYTES: u64 = 256 << 20;
/// Row groups are numbered by 16 bits.
const MOST_GROUPS: usize = 32_768;
/// More columns than any table has: a file that has more is not read.
const MOST_COLUMNS: usize = 65_536;
/// Columns, and the groups that they are in.
const MOST_NODES: usize = 4 * MOST_COLUMNS;
/// How deep a schema may go.
const MOST_DEEP: usize = 64;

// Fields of `FileMetaData` and `SchemaElement` (parquet.thrift).
const SCHEMA: i64 = 2;
const GROUPS: i64 = 4;
const ENCRYPTION: i64 = 8;
const CHILDREN: i64 = 5;
