//! Parquet, read and written row group by row group.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ArrowWriter, encode_arrow_schema};
use parquet::basic::{Compression, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use super::location::Location;
use super::publish::Publication;
use super::source::{self, Chunks};
use super::{Damage, IoError, Piece};

/// A Parquet file whose footer has been read.
pub(crate) struct Input {
    location: Location,
    file: Chunks,
    metadata: ArrowReaderMetadata,
}

impl Input {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn open(location: &Location) -> Result<Self, IoError> {
        let (path, file) = (location.path(), Chunks(source::open(location)?));
        let metadata = guarded(|| read_footer(&file));
        let damaged = || IoError::Damaged { path: path.to_owned(), problem: Damage::Footer };
        let metadata = metadata.ok_or_else(|| source::refused(file.0.as_ref(), path, damaged()))?;
        Ok(Self { location: location.clone(), file, metadata })
    }

    /// The Arrow schema, file-level metadata in it.
    pub(crate) fn schema(&self) -> SchemaRef {
        self.metadata.schema().clone()
    }

    /// The number of rows, as the footer has it.
    pub(crate) fn rows(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0)).sum()
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// The batches, with an end after each row group.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Result<Piece, IoError>> + '_ {
        let groups = 0..self.metadata.metadata().num_row_groups();
        groups.flat_map(|group| -> Box<dyn Iterator<Item = Result<Piece, IoError>>> {
            match self.batches(group) {
                Ok(batches) => {
                    let pieces = batches.map(|batch| Ok(Piece::Batch(batch?, None)));
                    Box::new(pieces.chain([Ok(Piece::End)]))
                }
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        })
    }

    /// The batches of one row group.
    fn batches(
        &self,
        row_group: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, IoError>> + '_, IoError> {
        let file = self.file.clone();
        let mut reader: ParquetRecordBatchReader = guarded(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_row_groups(vec![row_group])
                .with_batch_size(BATCH_ROWS)
                .build()
        })
        .ok_or_else(|| self.damaged())?;
        let mut is_over = false;
        Ok(std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            let batch = guarded(|| reader.next().transpose());
            is_over = !matches!(batch, Some(Some(_)));
            batch.map_or_else(|| Some(Err(self.damaged())), |batch| batch.map(Ok))
        }))
    }

    fn damaged(&self) -> IoError {
        let path = self.location.path();
        let damaged = IoError::Damaged { path: path.to_owned(), problem: Damage::Data };
        source::refused(self.file.0.as_ref(), path, damaged)
    }

    /// Each column, with the codec of its first row group.
    fn codecs(&self) -> impl Iterator<Item = (ColumnPath, Compression)> {
        let first = self.metadata.metadata().row_groups().first();
        let columns = first.map(|group| group.columns()).unwrap_or_default();
        columns.iter().map(|column| (column.column_path().clone(), column.compression()))
    }
}

/// A Parquet file in the making.
#[must_use = "the file appears only when it is finished"]
pub(crate) struct Output {
    writer: ArrowWriter<Publication>,
    schema: SchemaRef,
    path: PathBuf,
}

impl Output {
    /// Starts the file. `schema` must not carry what [`Self::finish`] adds.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn start(
        to: &Location,
        replace: bool,
        schema: SchemaRef,
        like: Option<&Input>,
    ) -> Result<Self, IoError> {
        let (path, publication) = (to.path(), Publication::start(to, replace)?);
        // The Arrow schema carries the file's metadata too, so it is written last.
        let options = ArrowWriterOptions::new()
            .with_properties(properties(like))
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(publication, schema.clone(), options)
            .map_err(|error| failed(path, error))?;
        Ok(Self { writer, schema, path: path.to_owned() })
    }

    /// Adds a batch to the row group.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), IoError> {
        self.writer.write(batch).map_err(|error| failed(&self.path, error))
    }

    /// Ends the row group.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn end_row_group(&mut self) -> Result<(), IoError> {
        self.writer.flush().map_err(|error| failed(&self.path, error))
    }

    /// Writes the footer, with `metadata` in it, and puts all on disk; the file has no name yet. The schema's metadata and `metadata` stand in
    /// the footer, where Spark and others look for theirs, and in the Arrow schema, of which Arrow C++ takes them.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn close(mut self, metadata: Vec<(String, String)>) -> Result<Publication, IoError> {
        let mut all: BTreeMap<_, _> = self.schema.metadata().clone().into_iter().collect();
        all.extend(metadata);
        let schema = Schema::new_with_metadata(
            self.schema.fields().clone(),
            all.clone().into_iter().collect(),
        );
        all.insert(ARROW_SCHEMA_META_KEY.to_owned(), encode_arrow_schema(&schema));
        for (key, value) in all {
            self.writer.append_key_value_metadata(KeyValue::new(key, value));
        }
        let publication = self.writer.into_inner().map_err(|error| failed(&self.path, error))?;
        publication.synced()
    }
}

/// What the reader gives, or `None` if it refuses or panics, as parquet 59 does on some damaged files. Its own texts may quote values,
/// so nothing of them is kept.
fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

fn read_footer(file: &Chunks) -> Result<ArrowReaderMetadata, ParquetError> {
    let loaded = ArrowReaderMetadata::load(file, ArrowReaderOptions::new())?;
    match with_readable_instants(loaded.schema(), loaded.parquet_schema()) {
        None => Ok(loaded),
        Some(schema) => ArrowReaderMetadata::try_new(
            loaded.metadata().clone(),
            ArrowReaderOptions::new().with_schema(schema),
        ),
    }
}

/// How an output is written: each column in its source's codec, if the source is Parquet.
fn properties(like: Option<&Input>) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("tokenize ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(like.is_none().then_some(GROUP_ROWS));
    if like.is_none() {
        properties = properties.set_compression(Compression::SNAPPY);
    }
    for (column, codec) in like.iter().flat_map(|like| like.codecs()) {
        properties = properties.set_column_compression(column, writable(codec));
    }
    properties.build()
}

fn failed(path: &Path, error: ParquetError) -> IoError {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => IoError::system("write", path)(*source),
            Err(_) => IoError::Unwritable { path: path.to_owned() },
        },
        _ => IoError::Unwritable { path: path.to_owned() },
    }
}

/// The codec to write what was read in `compression`: the old LZ4 framing is read only, LZO not at all.
fn writable(compression: Compression) -> Compression {
    match compression {
        Compression::LZ4 | Compression::LZO => Compression::LZ4_RAW,
        other => other,
    }
}

/// The schema with INT96 columns as microseconds in UTC, `None` if there are none. That is what Spark and Hive, who write INT96, mean
/// by it; nanoseconds, Arrow's default, would lose every date before 1677 or after 2262.
fn with_readable_instants(schema: &SchemaRef, parquet: &SchemaDescriptor) -> Option<SchemaRef> {
    if parquet.columns().iter().all(|column| column.physical_type() != Type::INT96) {
        return None;
    }
    let mut columns = parquet.columns().iter().map(|column| column.physical_type() == Type::INT96);
    let fields: Fields =
        schema.fields().iter().map(|field| readable(field, &mut columns)).collect();
    Some(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

fn readable(field: &FieldRef, is_int96: &mut dyn Iterator<Item = bool>) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| readable(field, is_int96)).collect())
        }
        DataType::List(element) => DataType::List(readable(element, is_int96)),
        DataType::LargeList(element) => DataType::LargeList(readable(element, is_int96)),
        DataType::FixedSizeList(element, size) => {
            DataType::FixedSizeList(readable(element, is_int96), *size)
        }
        DataType::Map(entries, sorted) => DataType::Map(readable(entries, is_int96), *sorted),
        leaf => match is_int96.next() {
            Some(true) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => leaf.clone(),
        },
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// Rows of one batch: enough to keep every kernel busy, few enough for the cache.
const BATCH_ROWS: usize = 16_384;
/// Rows of a row group where the source has none.
const GROUP_ROWS: usize = 1024 * 1024;
