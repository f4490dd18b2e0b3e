//! A Parquet file put together from chunks of another and from chunks made anew.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};

use super::encode::Chunk;
use super::footer::is_bounded_index;
use super::layout::{Layout, Origin};
use super::{Input, created_by, failed, footer, guarded};
use crate::io::location::Location;
use crate::io::publish::Publication;
use crate::io::{Damage, IoError};

/// A Parquet file that takes over chunks of a source.
#[must_use = "the file appears only when it is finished"]
pub(crate) struct Assembly<'a> {
    source: &'a Input,
    layout: Layout,
    writer: SerializedFileWriter<BufWriter<Publication>>,
    schema: SchemaRef,
    /// The source's metadata with its page indexes, where every chunk has one: readers and the writer take them for all or for none.
    indexes: Option<ParquetMetaData>,
    to: Location,
}

impl<'a> Assembly<'a> {
    /// Starts the file. `schema` must not carry what [`Self::close`] adds.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::System`], [`IoError::Unwritable`], [`IoError::Damaged`].
    pub(crate) fn start(
        to: &Location,
        replace: bool,
        schema: SchemaRef,
        source: &'a Input,
        layout: Layout,
    ) -> Result<Self, IoError> {
        let indexes = indexes(source, &layout)?;
        let (path, publication) = (to.path(), Publication::start(to, replace)?);
        let properties = WriterProperties::builder().set_created_by(created_by()).build();
        let out = BufWriter::with_capacity(BUFFER, publication);
        let writer = SerializedFileWriter::new(out, layout.schema.clone(), Arc::new(properties))
            .map_err(|error| failed(path, error))?;
        Ok(Self { source, layout, writer, schema, indexes, to: to.clone() })
    }

    /// What is said to whoever hands over rows: they would have no place.
    pub(crate) fn misused(&self) -> IoError {
        IoError::Unwritable { path: self.to.path().to_owned() }
    }

    pub(crate) fn source(&self) -> &'a Input {
        self.source
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The folder that it will be in; for an object, where this system puts what is short-lived.
    pub(crate) fn folder(&self) -> PathBuf {
        if self.to.object().is_some() {
            return std::env::temp_dir();
        }
        let folder = self.to.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_owned()
    }

    /// Whether the output says of each page what is in it, as the source does.
    pub(crate) fn has_page_index(&self) -> bool {
        self.indexes.is_some()
    }

    /// Writes one row group. `next` gives the chunk of a made column's leaf, in the order of the output's leaves, and waits for it if it must.
    ///
    /// # Errors
    /// Those of `next`, [`IoError::System`], [`IoError::Unwritable`], [`IoError::Damaged`].
    pub(crate) fn write_group<E: From<IoError>>(
        &mut self,
        group: usize,
        mut next: impl FnMut(usize, usize) -> Result<Chunk, E>,
        told: impl Fn(u64),
    ) -> Result<(), E> {
        let (source, path) = (self.source, self.to.path());
        let metadata = source.group(group);
        let indexes = self.indexes.as_ref().map(|indexes| (indexes, group));
        let unwritten = |error| failed(path, error);
        let mut writer = self.writer.next_row_group().map_err(unwritten)?;
        for origin in &self.layout.leaves {
            match *origin {
                Origin::Kept(leaf) => {
                    splice(source, metadata, leaf, indexes, &mut writer, path)?;
                    told(u64::try_from(metadata.column(leaf).compressed_size()).unwrap_or(0));
                }
                Origin::Made { column, leaf } => {
                    let mut chunk = next(column, leaf)?;
                    if indexes.is_none() {
                        chunk.drop_indexes();
                    }
                    chunk.append_to(&mut writer).map_err(unwritten)?;
                    let replaced = self.layout.made[column].leaves[leaf].0;
                    let bytes = replaced.map_or(0, |leaf| metadata.column(leaf).compressed_size());
                    told(u64::try_from(bytes).unwrap_or(0));
                }
            }
        }
        writer.close().map_err(unwritten)?;
        Ok(())
    }

    /// Writes the footer, with `metadata` in it, and puts all on disk; the file has no name yet.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn close(mut self, metadata: Vec<(String, String)>) -> Result<Publication, IoError> {
        for entry in footer(&self.schema, metadata) {
            self.writer.append_key_value_metadata(entry);
        }
        let out = self.writer.into_inner().map_err(|error| failed(self.to.path(), error))?;
        let publication = out
            .into_inner()
            .map_err(|error| IoError::system("write", self.to.path())(error.into_error()))?;
        publication.synced()
    }
}

/// Appends the chunk of a leaf as it is.
fn splice(
    source: &Input,
    group: &RowGroupMetaData,
    leaf: usize,
    indexes: Option<(&ParquetMetaData, usize)>,
    writer: &mut SerializedRowGroupWriter<'_, BufWriter<Publication>>,
    path: &Path,
) -> Result<(), IoError> {
    let chunks = source.chunks();
    let chunk = group.column(leaf);
    let bloom_filter = guarded(|| Sbbf::read_from_column_chunk(chunk, &chunks));
    let damaged = || source.damaged();
    let index = |(all, group): (&ParquetMetaData, usize)| {
        let column = all.column_index()?.get(group)?.get(leaf)?.clone();
        Some((column, all.offset_index()?.get(group)?.get(leaf)?.clone()))
    };
    let (column_index, offset_index) = indexes.and_then(index).unzip();
    let close = ColumnCloseResult {
        bytes_written: u64::try_from(chunk.compressed_size()).map_err(|_| damaged())?,
        rows_written: u64::try_from(group.num_rows()).map_err(|_| damaged())?,
        metadata: chunk.clone(),
        bloom_filter: bloom_filter.ok_or_else(damaged)?,
        column_index,
        offset_index,
    };
    writer.append_column(&chunks, close).map_err(|error| match error {
        ParquetError::External(_) if source.has_failed() => damaged(),
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => IoError::system("write", path)(*source),
            Err(_) => damaged(),
        },
        // What was promised is not there.
        _ => damaged(),
    })
}

/// The page indexes of a source, if each of its chunks has one and some chunks pass as they are.
fn indexes(source: &Input, layout: &Layout) -> Result<Option<ParquetMetaData>, IoError> {
    let metadata = source.metadata();
    let has_index = |chunk: &ColumnChunkMetaData| {
        chunk.offset_index_offset().is_some() && chunk.offset_index_length().is_some()
    };
    let mut chunks = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    if metadata.num_row_groups() == 0 || layout.leaves.is_empty() || !chunks.all(has_index) {
        return Ok(None);
    }
    if !is_readable(source) {
        return Err(source.damaged());
    }
    let read = guarded(|| {
        let mut reader = ParquetMetaDataReader::new_with_metadata(metadata.clone())
            .with_page_index_policy(PageIndexPolicy::Optional);
        reader.read_page_indexes(&source.chunks())?;
        reader.finish()
    });
    let read = read.ok_or_else(|| source.damaged())?;
    let of_groups = read.offset_index().into_iter().flatten().zip(read.row_groups());
    for (indexes, group) in of_groups {
        let mut pairs = indexes.iter().zip(group.columns());
        if !pairs.all(|(index, chunk)| lies_in(index, chunk)) {
            return Err(IoError::Damaged {
                path: source.location().path().to_owned(),
                problem: Damage::Footer,
            });
        }
    }
    Ok(read.offset_index().is_some().then_some(read))
}

/// Whether the reader can take the offset indexes without reserving memory for more than there is.
fn is_readable(source: &Input) -> bool {
    let mut chunks = source.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns);
    chunks.all(|chunk| {
        let offset = chunk.offset_index_offset().and_then(|offset| u64::try_from(offset).ok());
        let len = chunk.offset_index_length().and_then(|len| usize::try_from(len).ok());
        let bytes = offset.zip(len).map(|(offset, len)| source.chunks().get_bytes(offset, len));
        matches!(bytes, Some(Ok(bytes)) if is_bounded_index(&bytes))
    })
}

/// Whether the pages that an index tells of are in their chunk.
fn lies_in(index: &OffsetIndexMetaData, chunk: &ColumnChunkMetaData) -> bool {
    let (start, len) = chunk.byte_range();
    let end = start.saturating_add(len);
    index.page_locations().iter().all(|page| {
        let offset = u64::try_from(page.offset).ok();
        let size = u64::try_from(page.compressed_page_size).ok();
        let page_end = offset.zip(size).and_then(|(offset, size)| offset.checked_add(size));
        offset.is_some_and(|offset| offset >= start) && page_end.is_some_and(|page| page <= end)
    })
}

/// How much is gathered before it is written.
const BUFFER: usize = 1 << 20;
