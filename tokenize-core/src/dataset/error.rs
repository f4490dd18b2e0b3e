//! Why a dataset cannot be read or written as one.

use std::fmt;
use std::path::PathBuf;

use super::drift::Difference;
use crate::io::IoError;

/// Why files cannot be treated as one dataset. Names files and columns; of a path it hides what partitions hold, unless that is in clear anyway.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A pattern cannot be read.
    #[error("{}: is no pattern: ** stands for whole names only, and [ needs its ]", .path.display())]
    BadPattern {
        /// The pattern.
        path: PathBuf,
    },
    /// A file was written to while it was read.
    #[error("{}: has changed while it was read", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Two inputs would become one output.
    #[error("{} and {}: their outputs would be one file", .first.display(), .second.display())]
    Collision {
        /// One input.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Another file of the dataset has other columns.
    #[error("{}: differs from {}: {}", .path.display(), .first.display(), told(.differences))]
    Drift {
        /// The file.
        path: PathBuf,
        /// The one that it is held against.
        first: PathBuf,
        /// What differs.
        differences: Vec<Difference>,
    },
    /// There is no data file.
    #[error("{}: there are no files in it, but hidden ones", .path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// The run that wrote it has not come to its end.
    #[error("{}: is not complete: the run that writes it has not come to its end", .path.display())]
    Incomplete {
        /// The directory.
        path: PathBuf,
    },
    /// A file in the output directory would be taken for a part of the dataset.
    #[error("{}: lies in the output directory, and is no output of this run", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A dataset lies inside another one.
    #[error("{}: is a dataset of its own, with masked partitions", .path.display())]
    Inner {
        /// The inner one.
        path: PathBuf,
    },
    /// The journal of a run cannot be read.
    #[error("{}: is no journal of a run, or damaged", .path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
    },
    /// Another process is writing the dataset.
    #[error("{}: another run is writing it", .path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// A name in a dataset cannot be read as text.
    #[error("{}: its name is no UTF-8", .path.display())]
    Name {
        /// The file or directory.
        path: PathBuf,
    },
    /// Nothing matches a pattern.
    #[error("{}: no file matches", .path.display())]
    NoMatch {
        /// The pattern.
        path: PathBuf,
    },
    /// Inputs and outputs would lie in each other.
    #[error("{}: outputs and inputs would lie in each other", .path.display())]
    Nested {
        /// The output directory.
        path: PathBuf,
    },
    /// What lies in a dataset is neither a file nor a directory.
    #[error("{}: is neither a file nor a directory", .path.display())]
    NoFile {
        /// What it is.
        path: PathBuf,
    },
    /// The output is no directory.
    #[error("{}: is no directory, and a dataset is one", .path.display())]
    NotDirectory {
        /// The output.
        path: PathBuf,
    },
    /// A partition column cannot be treated.
    #[error("partition column {column}: {problem}")]
    Partition {
        /// The column.
        column: String,
        /// Why.
        problem: PartitionProblem,
    },
    /// Something has changed since the run was begun.
    #[error("{}: cannot be resumed: {} since it was begun", .path.display(), .part)]
    Resume {
        /// The directory.
        path: PathBuf,
        /// What.
        part: RunPart,
    },
    /// Symbolic links lead to a directory twice.
    #[error("{}: symbolic links lead to this directory more than once", .path.display())]
    Round {
        /// The directory.
        path: PathBuf,
    },
    /// Where an output would go there is a symbolic link.
    #[error("{}: is a symbolic link, and none is followed to write", .path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// An earlier run has begun to write here.
    #[error("{}: an earlier run has not come to its end", .path.display())]
    Unfinished {
        /// The directory.
        path: PathBuf,
    },
}

/// Why a partition column cannot be treated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartitionProblem {
    /// The action cannot be done to the name of a directory.
    #[error("{action} cannot be done to the name of a directory: {why}")]
    Action {
        /// The action.
        action: String,
        /// Why.
        why: &'static str,
    },
    /// The files have a column of this name too.
    #[error("is a column of the files too")]
    InFiles,
    /// Several inputs say differently what was done to it.
    #[error("several inputs say what was done to it; treat them one by one")]
    Several,
    /// A directory names it twice.
    #[error("a file lies under it twice")]
    Twice,
    /// A value cannot be treated.
    #[error("a value {0}")]
    Value(crate::action::Reason),
}

/// What a run that is resumed must not have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunPart {
    /// The inputs: their number, a name, a size or a time.
    Inputs,
    /// The keyring, or its primary version.
    Keyring,
    /// The options, or the version of this program.
    Options,
    /// The policy.
    Policy,
    /// What is done.
    Verb,
}

impl fmt::Display for RunPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inputs => "an input has changed, or there are others,",
            Self::Keyring => "the keyring or its primary version has changed",
            Self::Options => "the options or the version of this program have changed",
            Self::Policy => "the policy has changed",
            Self::Verb => "it does something else, as has been said",
        })
    }
}

impl DatasetError {
    /// The next step, where there is one to name.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Collision { .. } => {
                "run once for each, or rename one; in a directory or a quoted pattern files keep their directories"
            }
            Self::Drift { .. } => {
                "bring the files to the same columns, or treat those that differ in a run of their own"
            }
            Self::Foreign { .. } => "choose another --out, or take away what is there",
            Self::Incomplete { .. } => {
                "finish that run with --resume, then use what it has written"
            }
            Self::Inner { .. } => "name that dataset itself, in a run of its own",
            Self::Nested { .. } => "choose an --out beside the inputs",
            Self::Partition { problem: PartitionProblem::Action { .. }, .. } => {
                "use tokenize, pseudonymize, deterministic encrypt with output: string, keep or drop"
            }
            Self::Partition { problem: PartitionProblem::Value(_), .. } => {
                "look at the directories' names, or let the column's rule say what becomes of such values (on_invalid: nullify or redact)"
            }
            Self::Resume { .. } | Self::Journal { .. } => {
                "give --force instead of --resume to begin anew, or choose another --out"
            }
            Self::Unfinished { .. } => {
                "give --resume to go on with it, --force to begin anew, or choose another --out"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

fn told(differences: &[Difference]) -> String {
    let mut told: Vec<String> = differences.iter().take(SHOWN).map(Difference::to_string).collect();
    if differences.len() > SHOWN {
        told.push(format!("and {} more", differences.len() - SHOWN));
    }
    told.join("; ")
}

const SHOWN: usize = 8;
