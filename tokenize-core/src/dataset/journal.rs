//! What a run is, and which of its files are done: so that another run goes on where one was killed.
//!
//! `_tokenize.run.json` holds a line for the run and one for each file that is done. Each begins with half of the SHA-256 of the rest, so that a line
//! which was being written when the machine died is known for what it is. No line holds a value.

mod file;
mod object;

use std::collections::HashMap;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use self::file::JournalFile;
use self::object::JournalObject;
use super::DatasetError;
use super::error::RunPart;
use crate::crypto::prf::sha256;
use crate::hex::hex;
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::store::Stat;

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
    /// What a store calls this version of an object. Often a hash of its bytes: that of an input is compared and never written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

impl FileFacts {
    /// A file as it stands.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn of(place: &Location, file: &str) -> Result<Self, IoError> {
        if let Some(Stat { len: bytes, version, modified }) = place.stat()? {
            return Ok(Self { file: file.to_owned(), bytes, modified, version });
        }
        let path = place.path();
        let metadata = path.metadata().map_err(IoError::system("open", path))?;
        let modified = metadata.modified().ok();
        let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| u64::try_from(since.as_nanos()).ok());
        let (file, modified) = (file.to_owned(), modified.unwrap_or(0));
        Ok(Self { file, bytes: metadata.len(), modified, version: None })
    }

    /// What may be written down of an input.
    pub(crate) fn without_version(&self) -> Self {
        Self { version: None, ..self.clone() }
    }
}

/// The journal of a run that is going on. No other run writes to the same place meanwhile.
pub(crate) enum Journal {
    File(JournalFile),
    Object(JournalObject),
}

/// What the outputs of files that are done looked like, by file.
pub(crate) type DoneFiles = HashMap<String, FileFacts>;

impl Journal {
    /// Begins one, with what is done already. One that is there is replaced, unless its run is still going on.
    ///
    /// # Errors
    /// [`DatasetError::Locked`], [`IoError`].
    pub(crate) fn begin(
        place: &Location,
        run: &RunFacts,
        done: &DoneFiles,
    ) -> Result<Self, DatasetError> {
        let mut text = line(run);
        let mut done: Vec<&FileFacts> = done.values().collect();
        done.sort_by(|a, b| a.file.cmp(&b.file));
        done.into_iter().for_each(|file| text += &line(file));
        match place.object() {
            None => JournalFile::begin(place, &text).map(Self::File),
            Some(object) => JournalObject::begin(place, object, text).map(Self::Object),
        }
    }

    /// Notes that a file is done. It has its name and is stored by then.
    ///
    /// # Errors
    /// [`DatasetError::Locked`], [`IoError`].
    pub(crate) fn done(&mut self, file: &FileFacts) -> Result<(), DatasetError> {
        match self {
            Self::File(journal) => Ok(journal.add(&line(file))?),
            Self::Object(journal) => journal.add(&line(file)),
        }
    }

    /// Makes sure that all is stored which has been noted.
    ///
    /// # Errors
    /// As [`Self::done`].
    pub(crate) fn flush(&mut self) -> Result<(), DatasetError> {
        match self {
            Self::File(_) => Ok(()),
            Self::Object(journal) => journal.flush(),
        }
    }
}

/// The files that an earlier run has done, if this one is the same.
///
/// # Errors
/// [`DatasetError::Resume`], [`DatasetError::Journal`], [`IoError::System`].
pub(crate) fn resume(place: &Location, run: &RunFacts) -> Result<DoneFiles, DatasetError> {
    let path = place.path();
    let damaged = || DatasetError::Journal { path: path.to_owned() };
    let text = place.bytes()?.ok_or_else(damaged)?;
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
        let root = path.parent().unwrap_or(path).to_owned();
        return Err(DatasetError::Resume { path: root, part });
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
    use std::fs;

    use super::*;
    use crate::dataset::JOURNAL;

    fn facts(file: &str) -> FileFacts {
        FileFacts { file: file.to_owned(), bytes: 1, modified: 2, version: None }
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
        let at = &Location::local(&folder.path().join(JOURNAL));
        let mut journal = Journal::begin(at, &run(), &DoneFiles::new()).unwrap();
        journal.done(&facts("a")).unwrap();
        journal.done(&facts("b")).unwrap();
        assert!(matches!(
            Journal::begin(at, &run(), &DoneFiles::new()),
            Err(DatasetError::Locked { .. })
        ));
        drop(journal);
        let path = at.path();
        let whole = fs::read(path).unwrap();
        let first_line = whole.iter().position(|byte| *byte == b'\n').unwrap();
        for end in 0..=whole.len() {
            fs::write(path, &whole[..end]).unwrap();
            let ends = whole[..end].iter().filter(|byte| **byte == b'\n').count();
            match resume(at, &run()) {
                Ok(done) => assert_eq!(done.len() + 1, ends, "{end}"),
                Err(_) => assert!(end <= first_line),
            }
        }
        let mut turned = whole;
        turned[first_line + 40] ^= 1;
        fs::write(path, &turned).unwrap();
        assert!(resume(at, &run()).unwrap().is_empty());
    }

    #[test]
    fn another_run_does_not_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let at = &Location::local(&folder.path().join(JOURNAL));
        drop(Journal::begin(at, &run(), &DoneFiles::new()).unwrap());
        let others = [
            (RunPart::Verb, RunFacts { verb: "unmask".to_owned(), ..run() }),
            (RunPart::Policy, RunFacts { policy: Some("0".to_owned()), ..run() }),
            (RunPart::Keyring, RunFacts { key_version: 2, ..run() }),
            (RunPart::Options, RunFacts { options: "0".to_owned(), ..run() }),
            (RunPart::Inputs, RunFacts { inputs: vec![facts("a"), facts("b")], ..run() }),
        ];
        for (expected, other) in others {
            match resume(at, &other) {
                Err(DatasetError::Resume { part, .. }) => assert_eq!(part, expected),
                other => panic!("{other:?}"),
            }
        }
        assert!(resume(at, &run()).unwrap().is_empty());
    }
}
