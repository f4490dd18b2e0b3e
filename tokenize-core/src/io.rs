//! Bytes and batches: reading and writing files. No policy, no key.
//!
//! [`publish`] makes a file appear whole or not at all, [`side`] the file beside an output; [`parquet`] reads and writes Parquet row group by row group.

pub(crate) mod parquet;
pub(crate) mod publish;
pub(crate) mod side;

use std::io::ErrorKind;
use std::path::PathBuf;

/// Why a file could not be read or written. Names the file, never what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The input is damaged.
    #[error("{}: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Damage,
    },
    /// There is a file already.
    #[error("{}: exists already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
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
    /// The output could not be encoded.
    #[error("{}: the output cannot be encoded as Parquet", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
    },
}

/// What is wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// A page, or the Arrow data in it, cannot be decoded.
    #[error(
        "a row group cannot be decoded; the file is damaged, or uses something that this version does not read"
    )]
    Data,
    /// There is no readable Parquet footer.
    #[error("is no Parquet file, or is cut off or damaged")]
    Footer,
}

impl IoError {
    pub(crate) fn system(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::System { doing, path, source }
    }

    /// The next step, where there is one to name.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => {
                Some("choose another --out, or give --force to replace it".to_owned())
            }
            Self::SideFileExists { .. } => Some(
                "keep it with that output and choose another --out, or give --force to replace it"
                    .to_owned(),
            ),
            Self::Overwrite { .. } => {
                Some("write to another file; the input is never replaced".to_owned())
            }
            Self::System { source, .. } if source.kind() == ErrorKind::StorageFull => {
                Some("free some space and run again; nothing has been left behind".to_owned())
            }
            _ => None,
        }
    }
}

/// The system's message without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
