//! Bytes and batches: reading and writing files. No policy, no key.
//!
//! [`Input`] and [`Output`] stand for a file of any format: [`parquet`] and [`ipc`] hold columns, [`rows`] records of text (`csv`, `ndjson`,
//! `text`), of which all bytes but the replaced values pass. [`publish`] makes a file appear whole or not at all, [`side`] the file beside it.
//! [`location`] tells files from objects, which [`store`] reads and makes; [`source`] is either, read by ranges.

pub(crate) mod bytes;
pub(crate) mod csv;
mod error;
pub(crate) mod frame;
mod ipc;
pub(crate) mod kind;
mod lines;
pub(crate) mod location;
mod ndjson;
pub(crate) mod parquet;
pub(crate) mod publish;
mod rows;
pub(crate) mod side;
pub(crate) mod source;
pub mod spark;
pub(crate) mod store;
mod text;
mod value;

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

pub use self::error::{Damage, IoError, LineDamage};
use self::frame::Frame;
use self::kind::{FileFormat, Kind};
use self::location::Location;
use self::parquet::Layout;
use self::publish::Publication;
use self::store::Stores;
use crate::column::nest::Node;

/// What a caller says of an input.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Its format; if `None`, its name tells.
    pub format: Option<FileFormat>,
    /// How it is written if it is CSV.
    pub csv: csv::CsvOptions,
    /// Where URLs lead, those of outputs too.
    pub stores: Stores,
}

/// A file to be read.
pub(crate) enum Input {
    Ipc(ipc::Input),
    Parquet(parquet::Input),
    Rows(rows::Input),
}

/// What comes out of an input.
pub(crate) enum Piece {
    /// Rows, and their bytes where they are records of text.
    Batch(RecordBatch, Option<Frame>),
    /// The end of a row group.
    End,
}

/// The pieces of an input, in order.
type Pieces<'a> = Box<dyn Iterator<Item = Result<Piece, IoError>> + 'a>;

impl Input {
    /// Opens a file, or standard input where the path is `-`, and learns which columns it has.
    ///
    /// # Errors
    /// [`IoError::UnknownFormat`], [`IoError::NotStreamed`], [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Self, IoError> {
        let location = Location::new(path, &options.stores)?;
        let format = format_of(path, options.format)?;
        Ok(match format.kind {
            Kind::Parquet => Self::Parquet(parquet::Input::open(&location)?),
            Kind::ArrowFile | Kind::ArrowStream => Self::Ipc(ipc::Input::open(&location, format)?),
            Kind::Csv | Kind::Ndjson | Kind::Text => {
                Self::Rows(rows::Input::open(&location, format, options)?)
            }
        })
    }

    /// Whether it is plain text, which has the one column `text`.
    pub(crate) fn is_plain_text(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.format().kind == Kind::Text)
    }

    /// As [`Self::open`], for a scan: values of several types in one place, which no action takes, come as texts.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn open_to_scan(path: &Path, options: &ReadOptions) -> Result<Self, IoError> {
        let mut input = Self::open(path, options)?;
        if let Self::Rows(rows) = &mut input {
            rows.show_all();
        }
        Ok(input)
    }

    /// The Arrow schema, file-level metadata in it.
    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            Self::Ipc(input) => input.schema(),
            Self::Parquet(input) => input.schema(),
            Self::Rows(input) => input.schema(),
        }
    }

    /// The number of rows, where the file says it.
    pub(crate) fn rows(&self) -> Option<u64> {
        match self {
            Self::Parquet(input) => Some(input.rows()),
            Self::Ipc(_) | Self::Rows(_) => None,
        }
    }

    /// Whether it can be read only once.
    pub(crate) fn is_stream(&self) -> bool {
        match self {
            Self::Ipc(input) => input.is_stream(),
            Self::Parquet(_) => false,
            Self::Rows(input) => input.is_stream(),
        }
    }

    /// The pieces, for a plan with these nodes. So many `threads` make them, where that can be shared.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn pieces(
        &self,
        nodes: Option<&[Node]>,
        threads: usize,
    ) -> Result<Pieces<'_>, IoError> {
        Ok(match self {
            Self::Ipc(input) => Box::new(input.pieces()?),
            Self::Parquet(input) => Box::new(input.pieces()),
            Self::Rows(input) => Box::new(input.pieces(nodes, threads)?),
        })
    }

    /// The batches, for whoever only looks.
    ///
    /// # Errors
    /// As [`Self::pieces`].
    pub(crate) fn batches(
        &self,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, IoError>> + '_, IoError> {
        Ok(self.pieces(None, 1)?.filter_map(|piece| match piece {
            Ok(Piece::Batch(batch, _)) => Some(Ok(batch)),
            Ok(Piece::End) => None,
            Err(error) => Some(Err(error)),
        }))
    }

    /// The file, if what was done to it is said by the file beside it.
    pub(crate) fn told_beside(&mut self) -> Option<&mut rows::Input> {
        match self {
            Self::Rows(input) if !input.location().is_standard() => Some(input),
            _ => None,
        }
    }

    pub(crate) fn location(&self) -> &Location {
        match self {
            Self::Ipc(input) => input.location(),
            Self::Parquet(input) => input.location(),
            Self::Rows(input) => input.location(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Ipc(input) => input.kind(),
            Self::Parquet(_) => Kind::Parquet,
            Self::Rows(input) => input.format().kind,
        }
    }
}

/// Where an output goes and in which format.
pub(crate) struct Target {
    pub(crate) location: Location,
    pub(crate) format: FileFormat,
    pub(crate) replace: bool,
}

impl Target {
    /// An output for what comes of `source`. Its format is the one given, or that of its name.
    ///
    /// # Errors
    /// What is refused before anything is written: [`IoError::UnknownFormat`], [`IoError::NotStreamed`], [`IoError::Lossy`], [`IoError::Url`].
    pub(crate) fn new(
        location: Location,
        format: Option<FileFormat>,
        replace: bool,
        source: &Input,
    ) -> Result<Self, IoError> {
        let path = location.path();
        // What is read is written again where nobody says otherwise.
        let same = FileFormat { kind: source.kind(), packing: kind::Packing::None };
        let format = format_of(path, format.or(bytes::is_standard(path).then_some(same)))?;
        let (from, to) = (source.kind(), format.kind);
        if !from.can_become(to) {
            return Err(IoError::Lossy { path: path.to_owned(), from: from.name(), to: to.name() });
        }
        Ok(Self { location, format, replace })
    }

    /// Refuses columns that the format cannot hold.
    ///
    /// # Errors
    /// [`IoError::Binary`].
    pub(crate) fn check(&self, schema: &SchemaRef) -> Result<(), IoError> {
        match rows::first_binary(schema).filter(|_| self.format.kind.is_rows()) {
            Some(column) => {
                let format = self.format.kind.name();
                Err(IoError::Binary { path: self.location.path().to_owned(), column, format })
            }
            None => Ok(()),
        }
    }

    /// Whether metadata comes first in it, before any row.
    pub(crate) fn begins_with_schema(&self) -> bool {
        matches!(self.format.kind, Kind::ArrowFile | Kind::ArrowStream)
    }

    /// Whether it is standard output.
    pub(crate) fn is_standard(&self) -> bool {
        self.location.is_standard()
    }
}

/// A file in the making.
#[must_use = "the file appears only when it is closed and published"]
pub(crate) enum Output<'a> {
    /// Parquet that is made of Parquet: it is written column by column.
    Assembled(Box<parquet::Assembly<'a>>),
    Ipc(ipc::Output),
    Parquet(Box<parquet::Output>),
    Rows(Box<rows::Output>),
}

impl<'a> Output<'a> {
    /// Starts the file for what a plan with these nodes makes of `like`. `schema` must not carry what [`Self::close`] adds; `early` is as much of that as
    /// can be said by now, for formats that begin with it.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::Overwrite`], [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn start(
        target: &Target,
        schema: SchemaRef,
        nodes: &[Node],
        like: &'a Input,
        early: Vec<(String, String)>,
    ) -> Result<Self, IoError> {
        let (to, replace) = (&target.location, target.replace);
        publish::refuse_same(to, like.location())?;
        Ok(match like {
            Input::Rows(like) if target.format.kind.is_rows() => {
                let output = rows::Output::start(to, target.format, replace, nodes, like)?;
                Self::Rows(Box::new(output))
            }
            _ if target.format.kind != Kind::Parquet => {
                Self::Ipc(ipc::Output::start(to, target.format, replace, &schema, early)?)
            }
            _ => {
                let like = if let Input::Parquet(like) = like { Some(like) } else { None };
                let layout = like.and_then(|like| {
                    let layout = Layout::new(like.parquet_schema(), &like.schema(), nodes, &schema);
                    layout.map(|layout| (like, layout))
                });
                match layout {
                    Some((like, layout)) => {
                        let start = parquet::Assembly::start(to, replace, schema, like, layout);
                        Self::Assembled(Box::new(start?))
                    }
                    None => {
                        Self::Parquet(Box::new(parquet::Output::start(to, replace, schema, like)?))
                    }
                }
            }
        })
    }

    /// Adds a piece, treated; not to what is written column by column.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`], [`IoError::Misfit`].
    pub(crate) fn write(
        &mut self,
        batch: &RecordBatch,
        frame: Option<&Frame>,
    ) -> Result<(), IoError> {
        match (self, frame) {
            (Self::Assembled(output), _) => Err(output.misused()),
            (Self::Ipc(output), _) => output.write(batch),
            (Self::Parquet(output), _) => output.write(batch),
            (Self::Rows(output), Some(frame)) => output.write(batch, frame),
            (Self::Rows(_), None) => Ok(()),
        }
    }

    /// Ends the row group.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn end_group(&mut self) -> Result<(), IoError> {
        match self {
            Self::Parquet(output) => output.end_row_group(),
            Self::Assembled(_) | Self::Ipc(_) | Self::Rows(_) => Ok(()),
        }
    }

    /// Puts all on disk, with `metadata` where the format has a place for it; the file has no name yet. `None` for standard output.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Unwritable`].
    pub(crate) fn close(
        self,
        metadata: Vec<(String, String)>,
    ) -> Result<Option<Publication>, IoError> {
        match self {
            Self::Assembled(output) => output.close(metadata).map(Some),
            Self::Ipc(output) => output.close(),
            Self::Parquet(output) => output.close(metadata).map(Some),
            Self::Rows(output) => output.close(),
        }
    }
}

/// The format of a path: the one given, or the one its name ends in.
fn format_of(path: &Path, given: Option<FileFormat>) -> Result<FileFormat, IoError> {
    let unknown = || IoError::UnknownFormat { path: path.to_owned() };
    let format = given.or_else(|| FileFormat::of_name(path)).ok_or_else(unknown)?;
    if bytes::is_standard(path) && !format.is_streamed() {
        return Err(IoError::NotStreamed { format: format.kind.name() });
    }
    Ok(format)
}
