//! One column of a row group made anew: arrays in, encoded chunks out. Runs in any thread; what comes out does not depend on it.

use std::io::Write;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, FieldRef, Schema};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, Encoding, PageType};
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::SchemaDescriptor;

use super::layout::MadeColumn;
use super::spill::Room;
use super::{created_by, texts, writable};

/// Encodes one column of one row group.
pub(crate) struct Encoder {
    field: FieldRef,
    writers: Writers,
}

enum Writers {
    /// Of a column that is one flat leaf.
    Texts(Box<texts::Writer>),
    /// One for each leaf; `None` for those whose chunks pass as they are.
    Leaves(Vec<Option<ArrowColumnWriter>>),
}

/// The chunks of a column, where they are made.
pub(crate) type Encoded = Vec<Option<Chunk>>;

/// A chunk that was made.
pub(crate) enum Chunk {
    Texts(texts::Chunk),
    Other(ArrowColumnChunk),
}

impl Chunk {
    /// Forgets the page indexes.
    pub(super) fn drop_indexes(&mut self) {
        match self {
            Self::Texts(chunk) => chunk.drop_indexes(),
            Self::Other(chunk) => {
                let close = chunk.close_mut();
                (close.column_index, close.offset_index) = (None, None);
            }
        }
    }

    /// # Errors
    /// What the system says of writing, or of reading what was spilled.
    pub(super) fn append_to<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        match self {
            Self::Texts(chunk) => chunk.append_to(group),
            Self::Other(chunk) => chunk.append_to_row_group(group),
        }
    }
}

/// How a column's chunks are to be encoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether it comes as a dictionary and stays one.
    pub(crate) entries: bool,
    /// Whether the output says of each page what is in it.
    pub(crate) page_index: bool,
}

impl Encoder {
    /// A column of the row group that `group` is of the source: in its codecs, with Bloom filters where it has some.
    ///
    /// # Errors
    /// None that a file could cause.
    pub(crate) fn new(
        column: &MadeColumn,
        group: &RowGroupMetaData,
        style: Style,
        room: &Room,
    ) -> Result<Self> {
        if let Some(writer) = texts_writer(column, group, style, room) {
            return Ok(Self {
                field: column.field.clone(),
                writers: Writers::Texts(Box::new(writer)),
            });
        }
        let field = match style.entries {
            true => Arc::new(of_entries(&column.field)),
            false => column.field.clone(),
        };
        let schema = Arc::new(Schema::new(vec![field.clone()]));
        // Only to make column writers; it writes no file.
        let properties = Arc::new(properties(column, group, style));
        let writer = SerializedFileWriter::new(std::io::sink(), column.schema.clone(), properties)?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, schema)
            .with_page_store_factory(Arc::new(room.clone()));
        let writers = factory.create_column_writers(0)?.into_iter();
        let writers =
            writers.zip(&column.leaves).map(|(writer, (_, is_made))| is_made.then_some(writer));
        Ok(Self { field, writers: Writers::Leaves(writers.collect()) })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// What keeps an array from being encoded, or a page from being stored.
    pub(crate) fn write(&mut self, array: &ArrayRef) -> Result<()> {
        match &mut self.writers {
            Writers::Texts(writer) => writer.write(array),
            Writers::Leaves(writers) => {
                let leaves = compute_leaves(&self.field, array)?;
                let mut pairs = writers.iter_mut().zip(&leaves);
                pairs.try_for_each(|(writer, leaf)| match writer {
                    Some(writer) => writer.write(leaf),
                    None => Ok(()),
                })
            }
        }
    }

    /// Ends the row group.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) fn close(self) -> Result<Encoded> {
        match self.writers {
            Writers::Texts(writer) => Ok(vec![Some(Chunk::Texts(writer.close()?))]),
            Writers::Leaves(writers) => {
                let chunk = |writer: ArrowColumnWriter| writer.close().map(Chunk::Other);
                writers.into_iter().map(|writer| writer.map(chunk).transpose()).collect()
            }
        }
    }
}

/// The short way of a column, if it has one.
fn texts_writer(
    column: &MadeColumn,
    group: &RowGroupMetaData,
    style: Style,
    room: &Room,
) -> Option<texts::Writer> {
    let like = group.column(column.only_leaf()?);
    let made = SchemaDescriptor::new(column.schema.clone()).columns().first()?.clone();
    let is_bytes = matches!(
        column.field.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary
    );
    if style.entries
        || !is_bytes
        || !texts::is_flat(&made)
        || is_all_entries(like)
        || like.bloom_filter_offset().is_some()
    {
        return None;
    }
    let packer = texts::Packer::new(writable(like.compression()))?;
    Some(texts::Writer::new(made, packer, style.page_index, room))
}

fn of_entries(field: &FieldRef) -> arrow::datatypes::Field {
    let entries =
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(field.data_type().clone()));
    field.as_ref().clone().with_data_type(entries)
}

fn properties(column: &MadeColumn, group: &RowGroupMetaData, style: Style) -> WriterProperties {
    let statistics =
        if style.page_index { EnabledStatistics::Page } else { EnabledStatistics::Chunk };
    let mut properties = WriterProperties::builder()
        .set_created_by(created_by())
        .set_statistics_enabled(statistics)
        .set_dictionary_enabled(style.entries)
        .set_compression(
            group
                .columns()
                .first()
                .map_or(Compression::SNAPPY, |like| writable(like.compression())),
        );
    if style.entries {
        // There are no more of them than in the source; the writer's own limit would end in plain pages.
        properties = properties.set_dictionary_page_size_limit(usize::MAX);
    }
    let leaves = SchemaDescriptor::new(column.schema.clone());
    for (leaf, (source, _)) in leaves.columns().iter().zip(&column.leaves) {
        let Some(like) = source.and_then(|source| group.columns().get(source)) else { continue };
        let path = leaf.path().clone();
        properties = properties
            .set_column_compression(path.clone(), writable(like.compression()))
            .set_column_dictionary_enabled(path.clone(), is_all_entries(like));
        if like.bloom_filter_offset().is_some() {
            let rows = u64::try_from(group.num_rows()).unwrap_or(0).max(1);
            properties = properties
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_max_ndv(path, rows);
        }
    }
    properties.build()
}

/// Whether every page of a chunk refers to its dictionary, as far as its metadata says so.
pub(crate) fn is_all_entries(chunk: &ColumnChunkMetaData) -> bool {
    let is_entries = |encoding: Encoding| {
        matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY)
    };
    chunk.dictionary_page_offset().is_some()
        && chunk.page_encoding_stats().is_some_and(|stats| {
            let pages = stats.iter().filter(|page| page.count > 0);
            let mut pages = pages.filter(|page| page.page_type != PageType::DICTIONARY_PAGE);
            pages.all(|page| is_entries(page.encoding))
        })
}
