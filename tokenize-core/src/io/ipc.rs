//! Arrow IPC, files and streams, batch by batch.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};

use super::bytes::{self, Bytes, Sink};
use super::kind::{FileFormat, Kind};
use super::publish::Publication;
use super::{Damage, IoError, Piece};

/// A file or stream whose schema has been read.
pub(crate) struct Input {
    path: PathBuf,
    format: FileFormat,
    schema: SchemaRef,
    /// What can be read only once.
    stream: Option<Mutex<Option<Reader>>>,
}

/// Batches as they come.
enum Reader {
    File(Box<FileReader<BufReader<File>>>),
    Stream(Box<StreamReader<Bytes>>),
}

impl Input {
    /// Opens a file or a stream and reads its schema.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn open(path: &Path, format: FileFormat) -> Result<Self, IoError> {
        let is_repeatable = bytes::is_repeatable(path)?;
        let reader = Reader::open(path, format)?;
        let schema = reader.schema();
        let stream = (!is_repeatable).then(|| Mutex::new(Some(reader)));
        Ok(Self { path: path.to_owned(), format, schema, stream })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn kind(&self) -> Kind {
        self.format.kind
    }

    /// The Arrow schema, file-level metadata in it.
    pub(crate) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Whether it can be read only once.
    pub(crate) fn is_stream(&self) -> bool {
        self.stream.is_some()
    }

    /// The batches, large ones in parts.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn pieces(
        &self,
    ) -> Result<impl Iterator<Item = Result<Piece, IoError>> + '_, IoError> {
        let mut reader = match &self.stream {
            None => Some(Reader::open(&self.path, self.format)?),
            Some(stream) => {
                let reader = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                let gone = || std::io::Error::from(std::io::ErrorKind::NotSeekable);
                Some(reader.ok_or_else(gone).map_err(IoError::system("read", &self.path))?)
            }
        };
        let batches = std::iter::from_fn(move || {
            let next = guarded(|| reader.as_mut().and_then(Reader::next).transpose());
            if !matches!(next, Some(Some(_))) {
                reader = None;
            }
            let damaged = || IoError::Damaged { path: self.path.clone(), problem: Damage::Arrow };
            next.map_or_else(|| Some(Err(damaged())), |batch| batch.map(Ok))
        });
        Ok(batches.flat_map(|batch| -> Box<dyn Iterator<Item = Result<Piece, IoError>>> {
            match batch {
                Ok(batch) => Box::new(parts(batch).map(|part| Ok(Piece::Batch(part, None)))),
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        }))
    }
}

impl Reader {
    fn open(path: &Path, format: FileFormat) -> Result<Self, IoError> {
        let damaged = || IoError::Damaged { path: path.to_owned(), problem: Damage::Arrow };
        if format.kind == Kind::ArrowFile {
            let file = File::open(path).map_err(IoError::system("open", path))?;
            let reader = guarded(|| FileReader::try_new(BufReader::new(file), None));
            return Ok(Self::File(Box::new(reader.ok_or_else(damaged)?)));
        }
        let bytes = bytes::open(path, format.packing)?;
        let reader = guarded(|| StreamReader::try_new(bytes, None));
        Ok(Self::Stream(Box::new(reader.ok_or_else(damaged)?)))
    }

    fn schema(&self) -> SchemaRef {
        match self {
            Self::File(reader) => reader.schema(),
            Self::Stream(reader) => reader.schema(),
        }
    }

    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        match self {
            Self::File(reader) => reader.next(),
            Self::Stream(reader) => reader.next(),
        }
    }
}

/// A batch in parts of a size that is good to work with.
fn parts(batch: RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let starts = (0..batch.num_rows().max(1)).step_by(BATCH_ROWS);
    starts.map(move |start| batch.slice(start, BATCH_ROWS.min(batch.num_rows() - start)))
}

/// A file or stream in the making.
#[must_use = "the file appears only when it is closed and published"]
pub(crate) struct Output {
    writer: Writer,
    schema: SchemaRef,
    path: PathBuf,
}

enum Writer {
    File(Box<FileWriter<BufWriter<Sink>>>),
    Stream(Box<StreamWriter<BufWriter<Sink>>>),
}

impl Output {
    /// Starts the output. The schema comes first in it, so `metadata` is what can be said of it by then.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn start(
        path: &Path,
        format: FileFormat,
        replace: bool,
        schema: &SchemaRef,
        metadata: Vec<(String, String)>,
    ) -> Result<Self, IoError> {
        let mut all = schema.metadata().clone();
        all.extend(metadata);
        let is_file = format.kind == Kind::ArrowFile;
        let fields = schema.fields().iter();
        let fields: Vec<FieldRef> = match is_file {
            true => fields.map(plain).collect(),
            false => fields.cloned().collect(),
        };
        let schema = Arc::new(Schema::new_with_metadata(fields, all));
        let sink = BufWriter::new(Sink::start(path, replace, format.packing)?);
        let writer = match is_file {
            true => FileWriter::try_new(sink, &schema).map(Box::new).map(Writer::File),
            false => StreamWriter::try_new(sink, &schema).map(Box::new).map(Writer::Stream),
        };
        let writer = writer.map_err(|error| failed(path, error))?;
        Ok(Self { writer, schema, path: path.to_owned() })
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), IoError> {
        let written = in_schema(batch, &self.schema).and_then(|batch| match &mut self.writer {
            Writer::File(writer) => writer.write(&batch),
            Writer::Stream(writer) => writer.write(&batch),
        });
        written.map_err(|error| failed(&self.path, error))
    }

    /// Puts all on disk; the file has no name yet. `None` for standard output.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn close(self) -> Result<Option<Publication>, IoError> {
        let sink = match self.writer {
            Writer::File(writer) => writer.into_inner(),
            Writer::Stream(writer) => writer.into_inner(),
        };
        let sink = sink.map_err(|error| failed(&self.path, error))?;
        let sink = sink.into_inner().map_err(std::io::IntoInnerError::into_error);
        let publication = sink.and_then(Sink::finish);
        let publication = publication.map_err(IoError::system("write", &self.path))?;
        publication.as_ref().map_or(Ok(()), Publication::sync)?;
        Ok(publication)
    }
}

fn in_schema(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |(column, field): (&ArrayRef, &FieldRef)| match field.data_type() {
        same if same == column.data_type() => Ok(column.clone()),
        other => cast(column, other),
    };
    let columns = batch.columns().iter().zip(schema.fields()).map(column);
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns.collect::<Result<_, _>>()?, &options)
}

/// The field without dictionaries: those of a file are written once, and each batch may come with another one.
fn plain(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain).collect()),
        DataType::List(element) => DataType::List(plain(element)),
        DataType::LargeList(element) => DataType::LargeList(plain(element)),
        DataType::FixedSizeList(element, size) => DataType::FixedSizeList(plain(element), *size),
        DataType::Map(entries, sorted) => DataType::Map(plain(entries), *sorted),
        _ => return field.clone(),
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// What the reader gives, or `None` if it refuses or panics. Its own texts may quote values, so nothing of them is kept.
fn guarded<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

fn failed(path: &Path, error: ArrowError) -> IoError {
    match error {
        ArrowError::IoError(_, source) => IoError::system("write", path)(source),
        _ => IoError::Unwritable { path: path.to_owned() },
    }
}

/// Rows of one batch, as in the other rooms.
const BATCH_ROWS: usize = 16_384;
