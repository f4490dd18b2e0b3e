//! Parquet, read and written row group by row group.

mod assemble;
mod encode;
mod footer;
mod layout;
mod spill;
mod survey;
mod texts;
mod thrift;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ArrowWriter, ProjectionMask, encode_arrow_schema};
use parquet::basic::{Compression, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

pub(crate) use self::assemble::Assembly;
pub(crate) use self::encode::{Chunk, Encoded, Encoder, Style};
pub(crate) use self::layout::{Layout, MadeColumn};
pub(crate) use self::spill::Room;
use self::survey::Survey;
use super::location::Location;
use super::publish::Publication;
use super::source::{self, Chunks};
use super::{Damage, IoError, Piece, spark};

/// A Parquet file whose footer has been read.
pub(crate) struct Input {
    location: Location,
    chunks: Chunks,
    metadata: ArrowReaderMetadata,
    /// The same with dictionaries in the place of texts and bytes, once somebody has asked for it.
    entries: OnceLock<Option<ArrowReaderMetadata>>,
}

impl Input {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn open(location: &Location) -> Result<Self, IoError> {
        let (path, chunks) = (location.path(), Chunks(source::open(location)?));
        let metadata = footer::place(&chunks).and_then(|place| {
            let read = guarded(|| read_footer(&chunks));
            read.filter(|read| footer::is_sound(read.metadata(), place, &chunks))
        });
        let damaged = || IoError::Damaged { path: path.to_owned(), problem: Damage::Footer };
        let metadata =
            metadata.ok_or_else(|| source::refused(chunks.0.as_ref(), path, damaged()))?;
        Ok(Self { location: location.clone(), chunks, metadata, entries: OnceLock::new() })
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
            match self.batches(group, None, BATCH_ROWS, false) {
                Ok(batches) => {
                    let pieces = batches.map(|batch| Ok(Piece::Batch(batch?, None)));
                    Box::new(pieces.chain([Ok(Piece::End)]))
                }
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        })
    }

    /// The batches of one row group, of `rows` rows at most: of those columns, or of all; with dictionaries in the place of texts and bytes if `entries`.
    pub(crate) fn batches(
        &self,
        group: usize,
        columns: Option<&[usize]>,
        rows: usize,
        entries: bool,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, IoError>> + '_, IoError> {
        let survey = self.survey(group, columns, rows, entries).ok_or_else(|| self.damaged())?;
        let mut next: Box<dyn FnMut() -> Option<Option<RecordBatch>>> =
            match self.texts(group, columns, &survey).filter(|_| !entries) {
                Some(mut texts) => Box::new(move || {
                    let batch = guarded(|| texts.batch().ok_or(()))?;
                    Some((batch.num_rows() > 0).then_some(batch))
                }),
                None => {
                    let reader = self.reader(group, columns, survey.rows, entries);
                    let mut reader = reader.ok_or_else(|| self.damaged())?;
                    Box::new(move || guarded(|| reader.next().transpose()))
                }
            };
        let mut is_over = false;
        Ok(std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            let batch = next();
            is_over = !matches!(batch, Some(Some(_)));
            batch.map_or_else(|| Some(Err(self.damaged())), |batch| batch.map(Ok))
        }))
    }

    fn reader(
        &self,
        group: usize,
        columns: Option<&[usize]>,
        rows: usize,
        entries: bool,
    ) -> Option<ParquetRecordBatchReader> {
        let metadata = match entries {
            true => self.entries.get_or_init(|| self.with_entries()).as_ref()?,
            false => &self.metadata,
        };
        guarded(|| {
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(self.chunks(), metadata.clone());
            let schema = metadata.parquet_schema();
            let mask = columns.map_or_else(ProjectionMask::all, |columns| {
                ProjectionMask::roots(schema, columns.iter().copied())
            });
            builder.with_row_groups(vec![group]).with_projection(mask).with_batch_size(rows).build()
        })
    }

    /// The short way to the batches, if they are of one column and it has one.
    fn texts(
        &self,
        group: usize,
        columns: Option<&[usize]>,
        survey: &Survey,
    ) -> Option<texts::Reader> {
        let &[column] = columns? else { return None };
        let schema = self.schema();
        let parquet = self.parquet_schema();
        let leaf =
            (0..parquet.num_columns()).find(|leaf| parquet.get_column_root_idx(*leaf) == column)?;
        let is_short = survey.is_plain
            && *schema.fields().get(column)?.data_type() == DataType::Utf8
            && parquet.get_column_root(leaf).is_primitive()
            && texts::is_flat(&parquet.column(leaf));
        if !is_short {
            return None;
        }
        let (group, schema) = (self.group(group), Arc::new(schema.project(&[column]).ok()?));
        let rows = usize::try_from(group.num_rows()).ok()?;
        texts::Reader::new(&self.chunks, group.column(leaf), rows, schema, survey.rows)
    }

    /// How those columns may be decoded; `None` if a page of theirs is not as it should be.
    fn survey(
        &self,
        group: usize,
        columns: Option<&[usize]>,
        most: usize,
        entries: bool,
    ) -> Option<Survey> {
        let schema = self.parquet_schema();
        let group = self.group(group);
        let rows = u64::try_from(group.num_rows()).ok()?;
        let is_read = |leaf: &usize| {
            columns.is_none_or(|columns| columns.contains(&schema.get_column_root_idx(*leaf)))
        };
        let all = Survey { rows: most, is_plain: true };
        (0..group.num_columns()).filter(is_read).try_fold(all, |all, leaf| {
            let one = Survey::of(&self.chunks, group.column(leaf), rows, all.rows, entries)?;
            Some(Survey { rows: one.rows, is_plain: all.is_plain && one.is_plain })
        })
    }

    fn with_entries(&self) -> Option<ArrowReaderMetadata> {
        let schema = self.metadata.schema();
        let field = |field: &FieldRef| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => {
                let values = Box::new(field.data_type().clone());
                let entries = DataType::Dictionary(Box::new(DataType::Int32), values);
                Arc::new(field.as_ref().clone().with_data_type(entries))
            }
            _ => field.clone(),
        };
        let fields: Fields = schema.fields().iter().map(field).collect();
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        guarded(|| ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options))
    }

    /// Whether all pages of a leaf refer to the chunk's dictionary.
    pub(crate) fn is_all_entries(&self, group: usize, leaf: usize) -> bool {
        encode::is_all_entries(self.group(group).column(leaf))
    }

    /// The bytes of the file.
    pub(crate) fn len(&self) -> u64 {
        self.chunks.0.len()
    }

    pub(crate) fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    pub(crate) fn group(&self, group: usize) -> &RowGroupMetaData {
        self.metadata.metadata().row_group(group)
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata.metadata()
    }

    /// The Parquet schema.
    pub(crate) fn parquet_schema(&self) -> &SchemaDescriptor {
        self.metadata.parquet_schema()
    }

    fn chunks(&self) -> Chunks {
        self.chunks.clone()
    }

    /// Whether the system, and not the file, is to blame for what cannot be read.
    pub(crate) fn has_failed(&self) -> bool {
        self.chunks.0.failure().is_some()
    }

    /// Why the source cannot be read: it is damaged, if the system does not say anything else.
    pub(crate) fn damaged(&self) -> IoError {
        let path = self.location.path();
        let damaged = IoError::Damaged { path: path.to_owned(), problem: Damage::Data };
        source::refused(self.chunks.0.as_ref(), path, damaged)
    }

    /// What keeps values that were read from being encoded again.
    pub(crate) fn unencoded(&self, error: ParquetError) -> IoError {
        failed(self.location.path(), error)
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
        for entry in footer(&self.schema, metadata) {
            self.writer.append_key_value_metadata(entry);
        }
        let publication = self.writer.into_inner().map_err(|error| failed(&self.path, error))?;
        publication.synced()
    }
}

/// The file-level metadata of an output: its schema's, `metadata`, and the Arrow schema with all of that in it.
fn footer(schema: &SchemaRef, metadata: Vec<(String, String)>) -> Vec<KeyValue> {
    let mut all: BTreeMap<_, _> = schema.metadata().clone().into_iter().collect();
    all.extend(metadata);
    let schema =
        Schema::new_with_metadata(schema.fields().clone(), all.clone().into_iter().collect());
    all.insert(ARROW_SCHEMA_META_KEY.to_owned(), encode_arrow_schema(&schema));
    all.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect()
}

/// What the reader gives, or `None` if it refuses or panics, as parquet 59 does on some damaged files. Its own texts may quote values,
/// so nothing of them is kept.
fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

fn read_footer(file: &Chunks) -> Result<ArrowReaderMetadata, ParquetError> {
    // What kept chunks say of their pages is written again.
    let options = ArrowReaderOptions::new().with_encoding_stats_as_mask(false);
    let loaded = ArrowReaderMetadata::load(file, options)?;
    let readable = with_readable_instants(loaded.schema(), loaded.parquet_schema());
    let tagged = spark::read_parquet(readable.as_ref().unwrap_or(loaded.schema()));
    match tagged.or(readable) {
        None => Ok(loaded),
        Some(schema) => ArrowReaderMetadata::try_new(
            loaded.metadata().clone(),
            ArrowReaderOptions::new().with_schema(schema),
        ),
    }
}

fn created_by() -> String {
    concat!("tokenize ", env!("CARGO_PKG_VERSION")).to_owned()
}

/// How an output is written: each column in its source's codec, if the source is Parquet.
fn properties(like: Option<&Input>) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(created_by())
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
pub(crate) const BATCH_ROWS: usize = 16_384;
/// Rows of a row group where the source has none.
const GROUP_ROWS: usize = 1024 * 1024;
