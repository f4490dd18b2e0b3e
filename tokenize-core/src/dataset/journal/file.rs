//! A journal on a disk: lines are added to it, and it is locked while its run goes on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::dataset::DatasetError;
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::Publication;

pub(crate) struct JournalFile {
    path: PathBuf,
    file: File,
}

impl JournalFile {
    /// Begins one with this text. One that is there is replaced, unless its run is still going on.
    pub(super) fn begin(place: &Location, text: &str) -> Result<Self, DatasetError> {
        let path = place.path();
        // Held until the new one is.
        let _earlier = if place.is_taken()? { Some(Self::open(path)?) } else { None };
        let mut publication = Publication::start(place, true)?;
        publication.write_all(text.as_bytes()).map_err(IoError::system("write", path))?;
        publication.publish()?;
        Self::open(path)
    }

    fn open(path: &Path) -> Result<Self, DatasetError> {
        let path = path.to_owned();
        if path.is_symlink() {
            return Err(DatasetError::Symlink { path });
        }
        let file = OpenOptions::new().append(true).open(&path);
        let file = file.map_err(IoError::system("open", &path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let root = path.parent().unwrap_or(&path).to_owned();
                Err(DatasetError::Locked { path: root })
            }
            // Not every file system has locks.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(Self { path, file }),
        }
    }

    /// Adds a line, on disk.
    pub(super) fn add(&mut self, line: &str) -> Result<(), IoError> {
        let written = self.file.write_all(line.as_bytes());
        let synced = written.and_then(|()| self.file.sync_data());
        synced.map_err(IoError::system("write", &self.path))
    }
}
