//! Which files a dataset has, where each goes, and what of a run is done. No policy, no key, no value.
//!
//! [`listing`] finds the files, [`partition`] reads what their directories say (`country=DE`), [`drift`] tells where their columns differ,
//! [`place`] guards the directory or the prefix that the outputs lie in, and [`journal`] remembers there what is done. The loop over the files is in `pipeline`.

pub(crate) mod drift;
mod error;
pub(crate) mod journal;
pub(crate) mod listing;
pub(crate) mod partition;
pub(crate) mod place;

pub use self::drift::Difference;
pub use self::error::{DatasetError, PartitionProblem, RunPart};

/// An empty file in the root of a dataset, written when all others are there. Hadoop and Spark know it.
pub(crate) const SUCCESS: &str = "_SUCCESS";
/// The manifest of the partition columns, in the root of a dataset.
pub(crate) const MANIFEST: &str = "_tokenize.json";
/// What a run has done, in the root of the dataset that it writes.
pub(crate) const JOURNAL: &str = "_tokenize.run.json";
