//! A journal in an object store, where nothing can be added to an object: it is made anew with each line, or with several once it is long.
//!
//! There are no locks either. Each time it is made in the place of the version that this run has made: another run that has come meanwhile ends
//! this one.

use std::path::PathBuf;

use bytes::Bytes;

use crate::dataset::DatasetError;
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::store::{Object, Over, StoreProblem};

pub(crate) struct JournalObject {
    path: PathBuf,
    object: Object,
    text: String,
    /// Lines that the store has.
    stored: usize,
    /// Lines that it has not.
    waiting: usize,
    /// What the store calls what it has, if it says so.
    version: Option<String>,
}

impl JournalObject {
    /// Begins one with this text, in the place of one that is there.
    pub(super) fn begin(
        place: &Location,
        object: &Object,
        text: String,
    ) -> Result<Self, DatasetError> {
        let (path, object) = (place.path().to_owned(), object.clone());
        let earlier = match object.stat() {
            Ok(stat) => stat.version.map_or(Over::Anything, Over::Version),
            Err(StoreProblem::Missing) => Over::Nothing,
            Err(problem) => return Err(IoError::store("open", path)(problem).into()),
        };
        let stored = text.lines().count();
        let mut journal = Self { path, object, text, stored, waiting: 0, version: None };
        journal.put(earlier)?;
        Ok(journal)
    }

    /// Adds a line. It is stored by and by: at once while there are few, later with as many others as make it a hundredth longer.
    pub(super) fn add(&mut self, line: &str) -> Result<(), DatasetError> {
        self.text += line;
        self.waiting += 1;
        if self.waiting > self.stored / PART { self.flush() } else { Ok(()) }
    }

    /// Stores what is not stored yet.
    pub(super) fn flush(&mut self) -> Result<(), DatasetError> {
        if self.waiting == 0 {
            return Ok(());
        }
        let over = self.version.clone().map_or(Over::Anything, Over::Version);
        self.put(over)?;
        self.stored += std::mem::take(&mut self.waiting);
        Ok(())
    }

    fn put(&mut self, over: Over) -> Result<(), DatasetError> {
        let bytes = Bytes::copy_from_slice(self.text.as_bytes());
        self.version = self.object.put_over(bytes, over).map_err(|problem| match problem {
            StoreProblem::Exists | StoreProblem::Missing => {
                let root = self.path.parent().unwrap_or(&self.path).to_owned();
                DatasetError::Locked { path: root }
            }
            problem => IoError::store("write", &self.path)(problem).into(),
        })?;
        Ok(())
    }
}

/// What part of all lines may wait. So a run over ten thousand files sends some hundred megabytes of journal, not ten thousand times all of it.
const PART: usize = 100;
