//! Files of records: CSV, NDJSON and plain text. Read batch by batch together with their bytes, and written as those bytes with some
//! values replaced.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};

use super::bytes::{Bytes, Origin, Sink};
use super::csv::{self, Dialect};
use super::frame::{Frame, treated_leaves};
use super::kind::{FileFormat, Kind};
use super::lines::Lines;
use super::location::Location;
use super::publish::Publication;
use super::value::Writing;
use super::{IoError, Piece, ReadOptions, ndjson, text};
use crate::column::leaves;
use crate::column::nest::Node;

/// A file of records whose columns are known.
pub(crate) struct Input {
    location: Location,
    origin: Origin,
    format: FileFormat,
    layout: Layout,
    schema: SchemaRef,
    /// What can be read only once: a pipe, from its first byte on.
    stream: Option<Mutex<Option<Bytes>>>,
}

/// How records are taken apart.
enum Layout {
    Csv(Dialect),
    Ndjson(ndjson::Layout),
    Text,
}

impl Input {
    /// Opens a file or a pipe and learns which columns it has: from the header of CSV, from all lines of an NDJSON file, from the first lines
    /// of an NDJSON pipe.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`], [`IoError::Dialect`].
    pub(crate) fn open(
        location: &Location,
        format: FileFormat,
        options: &ReadOptions,
    ) -> Result<Self, IoError> {
        let (path, origin) = (location.path(), Origin::new(location)?);
        let is_repeatable = origin.is_repeatable();
        let lines = Lines::new(origin.read(format.packing)?, path);
        let mut read = Vec::new();
        let (layout, schema, rest) = match format.kind {
            Kind::Csv => {
                let dialect = Dialect::new(&options.csv, is_tsv(path))
                    .ok_or_else(|| IoError::Dialect { path: path.to_owned() })?;
                let (schema, lines) = csv::learn(lines, &dialect, &mut read)?;
                (Layout::Csv(dialect), schema, Some(lines))
            }
            Kind::Ndjson => {
                let (learned, rest) = learn_ndjson(lines, is_repeatable, &mut read)?;
                let schema = learned.schema();
                (Layout::Ndjson(learned), schema, rest)
            }
            _ => (Layout::Text, text::schema(), Some(lines)),
        };
        let stream = rest.filter(|_| !is_repeatable).map(|rest| {
            let whole: Bytes = Box::new(Cursor::new(read).chain(rest.into_rest()));
            Mutex::new(Some(whole))
        });
        Ok(Self { location: location.clone(), origin, format, layout, schema, stream })
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    pub(crate) fn format(&self) -> FileFormat {
        self.format
    }

    /// The schema, with what [`Self::tag`] has given it.
    pub(crate) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Shows all values to whoever only looks, also those of columns that no action takes.
    pub(crate) fn show_all(&mut self) {
        if let Layout::Ndjson(layout) = &mut self.layout {
            layout.show_mixed();
            self.schema = layout.schema();
        }
    }

    /// Gives it a schema with the same columns and other metadata.
    pub(crate) fn tag(&mut self, schema: SchemaRef) {
        self.schema = schema;
    }

    /// Whether it can be read only once.
    pub(crate) fn is_stream(&self) -> bool {
        self.stream.is_some()
    }

    /// The batches, with their bytes marked for a plan with these nodes. So many `threads` take lines apart, where that can be shared.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn pieces(&self, nodes: Option<&[Node]>, threads: usize) -> Result<Reader, IoError> {
        let bytes = match &self.stream {
            None => self.origin.read(self.format.packing)?,
            Some(stream) => {
                let bytes = stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                let gone = || std::io::Error::from(std::io::ErrorKind::NotSeekable);
                bytes.ok_or_else(gone).map_err(IoError::system("read", self.location.path()))?
            }
        };
        let (lines, schema) = (Lines::new(bytes, self.location.path()), self.schema.clone());
        Ok(match &self.layout {
            Layout::Csv(dialect) => Reader::Csv(csv::Reader::new(lines, dialect, schema, nodes)),
            Layout::Ndjson(layout) => {
                Reader::Ndjson(Box::new(ndjson::Reader::new(lines, layout, schema, nodes, threads)))
            }
            Layout::Text => Reader::Text(text::Reader::new(lines, schema, nodes)),
        })
    }
}

/// What lines hold: all of them where they can be read again, the first of them else. Then the others are given back.
fn learn_ndjson(
    mut lines: Lines,
    is_repeatable: bool,
    read: &mut Vec<u8>,
) -> Result<(ndjson::Layout, Option<Lines>), IoError> {
    if is_repeatable {
        return Ok((ndjson::Layout::learn(lines)?, None));
    }
    let learned = ndjson::Layout::learn_first(&mut lines, SAMPLE, read)?;
    Ok((learned, Some(lines)))
}

/// The batches of a file of records.
pub(crate) enum Reader {
    Csv(csv::Reader),
    Ndjson(Box<ndjson::Reader>),
    /// An error has been given, or the end.
    Over,
    Text(text::Reader),
}

impl Iterator for Reader {
    type Item = Result<Piece, IoError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self {
            Self::Csv(reader) => reader.next(BATCH_ROWS, BATCH_BYTES),
            Self::Ndjson(reader) => reader.next(),
            Self::Text(reader) => reader.next(BATCH_ROWS, BATCH_BYTES),
            Self::Over => return None,
        };
        if !matches!(next, Ok(Some(_))) {
            *self = Self::Over;
        }
        next.transpose()
    }
}

/// A file of records in the making.
#[must_use = "the file appears only when it is finished"]
pub(crate) struct Output {
    sink: Sink,
    path: PathBuf,
    writing: Writing,
    nodes: Vec<Node>,
    filled: Vec<u8>,
}

impl Output {
    /// Starts the file, written like `like`.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::System`].
    pub(crate) fn start(
        to: &Location,
        format: FileFormat,
        replace: bool,
        nodes: &[Node],
        like: &Input,
    ) -> Result<Self, IoError> {
        let writing = match &like.layout {
            Layout::Csv(dialect) => Writing::Csv(dialect.clone()),
            Layout::Ndjson(_) => Writing::Json,
            Layout::Text => Writing::Line,
        };
        let sink = Sink::start(to, replace, format.packing)?;
        Ok(Self {
            sink,
            path: to.path().to_owned(),
            writing,
            nodes: nodes.to_vec(),
            filled: Vec::new(),
        })
    }

    /// Adds records: the bytes of `frame`, with the values of `batch` where it says so.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Misfit`].
    pub(crate) fn write(&mut self, batch: &RecordBatch, frame: &Frame) -> Result<(), IoError> {
        let leaves = treated_leaves(&self.nodes, batch);
        self.filled.clear();
        frame
            .fill(&leaves, &self.writing, &mut self.filled)
            .map_err(|_| IoError::Misfit { path: self.path.clone() })?;
        self.sink.write_all(&self.filled).map_err(IoError::system("write", &self.path))
    }

    /// Puts all on disk; the file has no name yet. `None` for standard output.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn close(self) -> Result<Option<Publication>, IoError> {
        let publication = self.sink.finish().map_err(IoError::system("write", &self.path))?;
        publication.map(Publication::synced).transpose()
    }
}

/// The first leaf that a file of records cannot hold.
pub(crate) fn first_binary(output: &SchemaRef) -> Option<String> {
    let is_binary = |data_type: &DataType| {
        matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
    };
    let mut leaves = leaves(output.fields()).into_iter();
    leaves.find(|leaf| is_binary(leaf.field.data_type())).map(|leaf| leaf.path.to_string())
}

fn is_tsv(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    [".tsv", ".tsv.gz", ".tsv.zst"].iter().any(|ending| name.ends_with(ending))
}

/// Rows and bytes of one batch: enough to keep every kernel busy, few enough for the cache.
const BATCH_ROWS: usize = 16_384;
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// How much of a pipe is read ahead to learn its columns.
const SAMPLE: usize = 4 * 1024 * 1024;
