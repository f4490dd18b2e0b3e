//! What a run is, and which of its files are done: so that another run goes on where one was killed.
//!
//! `_tokenize.run.json` holds a line for the run and one for each file that is done. Each begins with half of the SHA-256 of the rest, so that a line
//! which was being written when the machine died is known for what it is. No line holds a value.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::error::RunPart;
use super::{DatasetError, JOURNAL};
use crate::crypto::prf::sha256;
use crate::hex::hex;
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::Publication;

/// What a run is. Another one that goes on with it must be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunFacts {
    /// The version of this form.
    pub(crate) version: u32,
    /// What is done.
    pub(crate) verb: String,
    /// The SHA-256 of the policy.
    pub(crate) policy: Option<String>,
    pub(crate) keyring: String,
    pub(crate) key_version: u32,
    /// A SHA-256 of all that has been said besides.
    pub(crate) options: String,
    pub(crate) inputs: Vec<FileFacts>,
}

/// A file as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    /// Where it lies in the dataset, on that side of the run whose names are masked.
    pub(crate) file: String,
    pub(crate) bytes: u64,
    /// In nanoseconds since 1970.
    pub(crate) modified: u64,
}

impl FileFacts {
    /// A file as it stands.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn of(path: &Path, file: &str) -> Result<Self, IoError> {
        let metadata = path.metadata().map_err(IoError::system("open", path))?;
        let modified = metadata.modified().ok();
        let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| u64::try_from(since.as_nanos()).ok());
        let (file, modified) = (file.to_owned(), modified.unwrap_or(0));
        Ok(Self { file, bytes: metadata.len(), modified })
    }
}

/// The journal of a run that is going on. No other run writes to the same place meanwhile.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

/// What the outputs of files that are done looked like, by file.
pub(crate) type DoneFiles = HashMap<String, FileFacts>;

impl Journal {
    /// Whether there is one in a directory.
    pub(crate) fn is_in(root: &Path) -> bool {
        root.join(JOURNAL).symlink_metadata().is_ok()
    }

    /// Begins one in a directory, with what is done already. One that is there is replaced, unless its run is still going on.
    ///
    /// # Errors
    /// [`DatasetError::Locked`], [`IoError::System`].
    pub(crate) fn begin(
        root: &Path,
        run: &RunFacts,
        done: &DoneFiles,
    ) -> Result<Self, DatasetError> {
        let path = root.join(JOURNAL);
        // Held until the new one is.
        let _earlier = if Self::is_in(root) { Some(Self::open(root)?) } else { None };
        let mut text = line(run);
        let mut done: Vec<&FileFacts> = done.values().collect();
        done.sort_by(|a, b| a.file.cmp(&b.file));
        done.into_iter().for_each(|file| text += &line(file));
        let mut publication = Publication::start(&Location::local(&path), true)?;
        publication.write_all(text.as_bytes()).map_err(IoError::system("write", &path))?;
        publication.publish()?;
        Self::open(root)
    }

    fn open(root: &Path) -> Result<Self, DatasetError> {
        let path = root.join(JOURNAL);
        if path.is_symlink() {
            return Err(DatasetError::Symlink { path });
        }
        let file = OpenOptions::new().append(true).open(&path);
        let file = file.map_err(IoError::system("open", &path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(DatasetError::Locked { path: root.to_owned() }),
            // Not every file system has locks.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(Self { path, file }),
        }
    }

    /// Notes that a file is done. It has its name and is on disk by then.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn done(&mut self, file: &FileFacts) -> Result<(), IoError> {
        let written = self.file.write_all(line(file).as_bytes());
        let synced = written.and_then(|()| self.file.sync_data());
        synced.map_err(IoError::system("write", &self.path))
    }
}

/// The files that an earlier run has done, if this one is the same.
///
/// # Errors
/// [`DatasetError::Resume`], [`DatasetError::Journal`], [`IoError::System`].
pub(crate) fn resume(root: &Path, run: &RunFacts) -> Result<DoneFiles, DatasetError> {
    let path = root.join(JOURNAL);
    let text = fs::read(&path).map_err(IoError::system("open", &path))?;
    let damaged = || DatasetError::Journal { path: path.clone() };
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let earlier: RunFacts = lines.next().and_then(read).ok_or_else(damaged)?;
    let parts = [
        (RunPart::Verb, earlier.verb == run.verb),
        (RunPart::Policy, earlier.policy == run.policy),
        (
            RunPart::Keyring,
            earlier.keyring == run.keyring && earlier.key_version == run.key_version,
        ),
        (RunPart::Options, earlier.options == run.options && earlier.version == run.version),
        (RunPart::Inputs, earlier.inputs == run.inputs),
    ];
    if let Some((part, _)) = parts.into_iter().find(|(_, is_same)| !is_same) {
        return Err(DatasetError::Resume { path: root.to_owned(), part });
    }
    // After a line that is not whole nothing was written that counts.
    let done = lines.map_while(read::<FileFacts>);
    Ok(done.map(|facts| (facts.file.clone(), facts)).collect())
}

fn line(what: &impl Serialize) -> String {
    let text = serde_json::to_string(what).unwrap_or_default();
    format!("{} {text}\n", sum(&text))
}

fn read<T: for<'a> Deserialize<'a>>(line: &[u8]) -> Option<T> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (found, text) = line.split_once(' ')?;
    (found == sum(text)).then(|| serde_json::from_str(text).ok())?
}

fn sum(text: &str) -> String {
    hex(&sha256(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(file: &str) -> FileFacts {
        FileFacts { file: file.to_owned(), bytes: 1, modified: 2 }
    }

    fn run() -> RunFacts {
        RunFacts {
            version: 1,
            verb: "mask".to_owned(),
            policy: None,
            keyring: "kr-1".to_owned(),
            key_version: 1,
            options: String::new(),
            inputs: vec![facts("a"), facts("b"), facts("c")],
        }
    }

    #[test]
    fn what_is_done_is_remembered_but_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let mut journal = Journal::begin(at, &run(), &DoneFiles::new()).unwrap();
        journal.done(&facts("a")).unwrap();
        journal.done(&facts("b")).unwrap();
        assert!(matches!(
            Journal::begin(at, &run(), &DoneFiles::new()),
            Err(DatasetError::Locked { .. })
        ));
        drop(journal);
        let path = at.join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        let first_line = whole.iter().position(|byte| *byte == b'\n').unwrap();
        for end in 0..=whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let ends = whole[..end].iter().filter(|byte| **byte == b'\n').count();
            match resume(at, &run()) {
                Ok(done) => assert_eq!(done.len() + 1, ends, "{end}"),
                Err(_) => assert!(end <= first_line),
            }
        }
        let mut turned = whole;
        turned[first_line + 40] ^= 1;
        fs::write(&path, &turned).unwrap();
        assert!(resume(at, &run()).unwrap().is_empty());
    }

    #[test]
    fn another_run_does_not_go_on() {
        let folder = tempfile::tempdir().unwrap();
        drop(Journal::begin(folder.path(), &run(), &DoneFiles::new()).unwrap());
        let others = [
            (RunPart::Verb, RunFacts { verb: "unmask".to_owned(), ..run() }),
            (RunPart::Policy, RunFacts { policy: Some("0".to_owned()), ..run() }),
            (RunPart::Keyring, RunFacts { key_version: 2, ..run() }),
            (RunPart::Options, RunFacts { options: "0".to_owned(), ..run() }),
            (RunPart::Inputs, RunFacts { inputs: vec![facts("a"), facts("b")], ..run() }),
        ];
        for (expected, other) in others {
            match resume(folder.path(), &other) {
                Err(DatasetError::Resume { part, .. }) => assert_eq!(part, expected),
                other => panic!("{other:?}"),
            }
        }
        assert!(resume(folder.path(), &run()).unwrap().is_empty());
    }
}
