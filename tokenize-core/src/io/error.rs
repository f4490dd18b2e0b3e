//! Why files cannot be read or written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::store::StoreProblem;
use super::store::url::UrlProblem;
use crate::process::NoThreads;

/// Why a file could not be read or written. Names the file and the place in it, never what stands there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The format has no way to write bytes.
    #[error("{}: {format} cannot hold the binary values of column {column}", .path.display())]
    Binary {
        /// The output.
        path: PathBuf,
        /// The column.
        column: String,
        /// The output's format.
        format: &'static str,
    },
    /// The input is damaged.
    #[error("{}: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Damage,
    },
    /// The delimiter, the quote and the spelling of null cannot be told apart.
    #[error("{}: delimiter, quote and null must be different, of ASCII and in one line", .path.display())]
    Dialect {
        /// The file.
        path: PathBuf,
    },
    /// There is a file already.
    #[error("{}: exists already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The output's format would lose something that the input's has.
    #[error("{}: {from} cannot become {to} without loss", .path.display())]
    Lossy {
        /// The output.
        path: PathBuf,
        /// The input's format.
        from: &'static str,
        /// The output's format.
        to: &'static str,
    },
    /// A place was given for the manifest of an output that has one.
    #[error("{}: its manifest is in the file or beside it, and has no other place", .path.display())]
    ManifestPlace {
        /// The output.
        path: PathBuf,
    },
    /// A result cannot be written as a value of the output's format.
    #[error("{}: a result cannot be written, such as a text of several lines as one line", .path.display())]
    Misfit {
        /// The output.
        path: PathBuf,
    },
    /// There is no durable place for wrapped data keys.
    #[error("standard output cannot keep the data keys of `key: output`")]
    NoPlaceForKeys,
    /// The system gives this process no threads.
    #[error(transparent)]
    NoThreads(#[from] NoThreads),
    /// Standard input and output cannot carry the format.
    #[error("-: standard input and output cannot carry {format}")]
    NotStreamed {
        /// The format.
        format: &'static str,
    },
    /// Input and output are one file.
    #[error("{}: is the input itself", .path.display())]
    Overwrite {
        /// The file.
        path: PathBuf,
    },
    /// There is a side file already, which may hold the only copy of another output's data keys.
    #[error("{}: exists already, and may hold the data keys of another output", .path.display())]
    SideFileExists {
        /// The file.
        path: PathBuf,
    },
    /// An object store refused.
    #[error("{}: cannot {doing}: {problem}", .path.display())]
    Store {
        /// What was being done.
        doing: &'static str,
        /// The object's URL.
        path: PathBuf,
        /// Why.
        problem: StoreProblem,
    },
    /// The operating system refused.
    #[error("{}: cannot {doing}: {}", .path.display(), reason(.source))]
    System {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// The name says no format, and nobody has.
    #[error("{}: its name does not tell its format", .path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A URL leads nowhere.
    #[error("{}: {problem}", .path.display())]
    Url {
        /// The URL, without what may be a credential.
        path: PathBuf,
        /// What is wrong with it.
        problem: UrlProblem,
    },
    /// The output could not be encoded.
    #[error("{}: the output cannot be encoded", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
    },
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The Arrow IPC messages cannot be decoded.
    #[error(
        "is no Arrow IPC of its kind, or is cut off or damaged, or uses something that this version does not read"
    )]
    Arrow,
    /// A page, or the Arrow data in it, cannot be decoded.
    #[error(
        "a row group cannot be decoded; the file is damaged, or uses something that this version does not read"
    )]
    Data,
    /// There is no readable Parquet footer.
    #[error("is no Parquet file, or is cut off or damaged")]
    Footer,
    /// A line, or the record that begins there, is not as it should be.
    #[error("line {line}: {problem}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        problem: LineDamage,
    },
    /// The compressed bytes are no whole stream.
    #[error("cannot be unpacked: it is cut off or damaged, or not compressed as its format says")]
    Packing,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineDamage {
    /// A carriage return that ends no line stands outside quotes.
    #[error("a carriage return outside quotes that does not end the line")]
    BareReturn,
    /// The bytes are no UTF-8.
    #[error("is not UTF-8")]
    Encoding,
    /// It is no JSON.
    #[error("is no valid JSON")]
    Json,
    /// A field has appeared that was not there when the columns were learned.
    #[error("field {column} does not appear in what was read ahead to learn the columns")]
    NewField {
        /// Its path.
        column: String,
    },
    /// There is no line with the names of the columns.
    #[error("there is no header")]
    NoColumns,
    /// It is JSON, but no object.
    #[error("is no JSON object")]
    NoObject,
    /// A number that is to be replaced has more digits than 64 bits hold.
    #[error(
        "a number in {column} has more digits than can be masked; keep the column, or write it as a string"
    )]
    Number {
        /// Its path.
        column: String,
    },
    /// A quoted field does not end.
    #[error("a quoted field begins and does not end")]
    OpenQuote,
    /// A value is of another type than the column.
    #[error("a value in {column} is of another type than what was read ahead to learn the columns")]
    OtherType {
        /// Its path.
        column: String,
    },
    /// Something follows a closing quote.
    #[error("a quoted field is followed by something else than a delimiter")]
    Quote,
    /// A record has more or fewer fields than there are columns.
    #[error("has {found} fields, and there are {expected} columns")]
    Ragged {
        /// Its fields.
        found: usize,
        /// The columns.
        expected: usize,
    },
    /// Two columns, or two members of an object, have one name.
    #[error("a name stands twice")]
    SameName,
    /// A string names half of a surrogate pair, which is no character.
    #[error("a string holds half of a surrogate pair")]
    Surrogate,
    /// Objects and arrays lie too deep in each other.
    #[error("is nested too deep")]
    TooDeep,
    /// It is longer than any record may be.
    #[error("is too long: a record has no more than 64 MiB")]
    TooLong,
    /// There are too many different names.
    #[error("there are more than 10,000 different names; names seem to be data")]
    TooManyNames,
}

impl IoError {
    pub(crate) fn system(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| match source.downcast::<StoreProblem>() {
            Ok(problem) => Self::store(doing, path)(problem),
            Err(source) => Self::System { doing, path, source },
        }
    }

    pub(crate) fn store(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(StoreProblem) -> Self {
        let path = path.into();
        move |problem| match problem {
            StoreProblem::Exists => Self::Exists { path },
            problem => Self::Store { doing, path, problem },
        }
    }

    /// The error with another name for its file.
    pub(crate) fn with_path(mut self, name: impl Fn(&Path) -> PathBuf) -> Self {
        match &mut self {
            Self::NoPlaceForKeys | Self::NoThreads(_) | Self::NotStreamed { .. } => {}
            Self::Binary { path, .. }
            | Self::Damaged { path, .. }
            | Self::Dialect { path }
            | Self::Exists { path }
            | Self::Lossy { path, .. }
            | Self::ManifestPlace { path }
            | Self::Misfit { path }
            | Self::Overwrite { path }
            | Self::SideFileExists { path }
            | Self::Store { path, .. }
            | Self::System { path, .. }
            | Self::UnknownFormat { path }
            | Self::Unwritable { path }
            | Self::Url { path, .. } => *path = name(path),
        }
        self
    }

    /// The next step, where there is one to name.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Binary { .. } => "give the column's rule output: string",
            Self::Exists { .. } => "choose another --out, or give --force to replace it",
            Self::Lossy { .. } => {
                "Parquet and Arrow IPC become each other, CSV and text become them too; CSV, NDJSON and text come from their own kind only"
            }
            Self::ManifestPlace { .. } => {
                "say where the manifest goes (--manifest) only for standard output"
            }
            Self::NoPlaceForKeys => {
                "say where the manifest with them goes: --manifest FILE, or write to a file"
            }
            Self::NotStreamed { .. } => "use arrow-stream, csv, ndjson or text there, or a file",
            Self::SideFileExists { .. } => {
                "keep it with that output and choose another --out, or give --force to replace it"
            }
            Self::Overwrite { .. } => "write to another file; the input is never replaced",
            Self::Store { problem, .. } => return problem.hint().map(str::to_owned),
            Self::System { source, .. } if source.kind() == ErrorKind::StorageFull => {
                "free some space and run again; nothing has been left behind"
            }
            Self::UnknownFormat { .. } => {
                "say it: --input-format or --output-format parquet, arrow, arrow-stream, csv, ndjson or text"
            }
            Self::Url { problem: UrlProblem::NoStores, .. } => {
                "in Rust build with the feature `stores` and set ReadOptions::stores; or copy the file"
            }
            Self::Url { problem: UrlProblem::OneSlash, .. } => {
                "give URLs as text, not as a path: s3://bucket/key"
            }
            Self::Url { problem: UrlProblem::Query | UrlProblem::UserInfo, .. } => {
                "give credentials by the environment, not in the URL"
            }
            Self::Url { .. } => "name one object, as in s3://bucket/folder/data.parquet",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// The system's message without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
