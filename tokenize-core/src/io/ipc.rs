//! Arrow IPC, files and streams, batch by batch.

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

use super::bytes::{Bytes, Origin, Sink};
use super::kind::{FileFormat, Kind};
use super::location::Location;
use super::publish::Publication;
use super::source::{self, ReadAt, Reading};
use super::{Damage, IoError, Piece};

/// A file or stream whose schema has been read.
pub(crate) struct Input {
    location: Location,
    from: Source,
    format: FileFormat,
    schema: SchemaRef,
    /// What can be read only once.
    stream: Option<Mutex<Option<Reader>>>,
}

/// Batches as they come.
enum Reader {
    File(Box<FileReader<BufReader<Reading>>>),
    Stream(Box<StreamReader<Bytes>>),
}

impl Input {
    /// Opens a file or a stream and reads its schema.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn open(location: &Location, format: FileFormat) -> Result<Self, IoError> {
        let from = match format.kind {
            Kind::ArrowFile => Source::File(source::open(location)?),
            _ => Source::Stream(Origin::new(location)?),
        };
        let reader = Reader::open(&from, format, location.path())?;
        let schema = reader.schema();
        let stream = (!from.is_repeatable()).then(|| Mutex::new(Some(reader)));
        Ok(Self { location: location.clone(), from, format, schema, stream })
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
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
            None => Some(Reader::open(&self.from, self.format, self.location.path())?),
            Some(stream) => {
                let reader = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                let gone = || std::io::Error::from(std::io::ErrorKind::NotSeekable);
                let failed = IoError::system("read", self.location.path());
                Some(reader.ok_or_else(gone).map_err(failed)?)
            }
        };
        let batches = std::iter::from_fn(move || {
            let next = guarded(|| reader.as_mut().and_then(Reader::next).transpose());
            if !matches!(next, Some(Some(_))) {
                reader = None;
            }
            let refused = || self.from.refused(self.location.path());
            next.map_or_else(|| Some(Err(refused())), |batch| batch.map(Ok))
        });
        Ok(batches.flat_map(|batch| -> Box<dyn Iterator<Item = Result<Piece, IoError>>> {
            match batch {
                Ok(batch) => Box::new(parts(batch).map(|part| Ok(Piece::Batch(part, None)))),
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        }))
    }
}

/// Where batches come from.
enum Source {
    File(Arc<dyn ReadAt>),
    Stream(Origin),
}

impl Source {
    fn is_repeatable(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Stream(origin) => origin.is_repeatable(),
        }
    }

    /// Why the reader refused to go on.
    fn refused(&self, path: &Path) -> IoError {
        let failure = match self {
            Self::File(file) => file.failure(),
            Self::Stream(origin) => origin.failure(),
        };
        let damaged = IoError::Damaged { path: path.to_owned(), problem: Damage::Arrow };
        failure.map_or(damaged, IoError::system("read", path))
    }
}

impl Reader {
    fn open(from: &Source, format: FileFormat, path: &Path) -> Result<Self, IoError> {
        let reader = match from {
            Source::File(file) => {
                let file = Reading::buffered(file.clone());
                guarded(|| FileReader::try_new(file, None)).map(Box::new).map(Self::File)
            }
            Source::Stream(origin) => {
                let bytes = origin.read(format.packing)?;
                guarded(|| StreamReader::try_new(bytes, None)).map(Box::new).map(Self::Stream)
            }
        };
        reader.ok_or_else(|| from.refused(path))
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
        to: &Location,
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
        let path = to.path();
        let sink = BufWriter::new(Sink::start(to, replace, format.packing)?);
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
        publication.map(Publication::synced).transpose()
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
