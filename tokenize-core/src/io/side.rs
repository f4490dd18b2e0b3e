//! The file beside an output that says of it what the output cannot, or must not be the only one to: `<output>.tokenize.json`.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::IoError;
use super::location::Location;
use super::publish::Publication;

/// A side file in the making: on disk under a temporary name, so that what it says cannot be lost while its output is written. Dropped
/// before [`SideFile::publish`], it leaves nothing, and an earlier side file is as it was.
#[must_use = "the side file appears only when it is published"]
pub(crate) struct SideFile {
    place: Location,
    staged: Publication,
    replace: bool,
}

impl SideFile {
    /// Refuses an output that has a side file already.
    ///
    /// # Errors
    /// [`IoError::SideFileExists`], [`IoError::Store`].
    pub(crate) fn refuse_taken(output: &Location) -> Result<(), IoError> {
        let place = output.side();
        match place.is_taken()? {
            true => Err(IoError::SideFileExists { path: place.path().to_owned() }),
            false => Ok(()),
        }
    }

    /// Puts the side file of `output` on disk, without its name yet.
    ///
    /// # Errors
    /// [`IoError::SideFileExists`] if there is one already and `replace` is not set, [`IoError::System`].
    pub(crate) fn stage(output: &Location, text: &str, replace: bool) -> Result<Self, IoError> {
        let place = output.side();
        let staged = staged(&place, text, replace)?;
        Ok(Self { place, staged, replace })
    }

    /// Puts another text in its place.
    ///
    /// # Errors
    /// As [`Self::stage`]; the text is as before.
    pub(crate) fn update(&mut self, text: &str) -> Result<(), IoError> {
        self.staged = staged(&self.place, text, self.replace)?;
        Ok(())
    }

    /// Gives it its name. To be called when nothing is left to do but to give the output its own.
    ///
    /// # Errors
    /// [`IoError::SideFileExists`] if another one has taken the name in the meantime, [`IoError::System`].
    pub(crate) fn publish(self) -> Result<PublishedSideFile, IoError> {
        let earlier = if self.replace { self.place.bytes()? } else { None };
        self.staged.publish().map_err(taken)?;
        Ok(PublishedSideFile { place: self.place, earlier })
    }
}

/// A side file whose output is about to appear.
#[must_use = "it is kept, or taken back with its output"]
pub(crate) struct PublishedSideFile {
    place: Location,
    /// What the side file of the output that is replaced held.
    earlier: Option<Vec<u8>>,
}

impl PublishedSideFile {
    /// The output is there. Gives the name of the side file.
    pub(crate) fn keep(self) -> PathBuf {
        self.place.path().to_owned()
    }

    /// The output could not be given its name: what was there before is there again.
    pub(crate) fn take_back(self) {
        // What fails here leaves a side file that its output does not need: the output carries the same.
        match self.earlier {
            Some(bytes) => drop(restore(&self.place, &bytes)),
            None => drop(self.place.remove()),
        }
    }
}

/// What stands beside an output while it is written.
pub(crate) enum Beside {
    /// It is there already, since what goes to standard output cannot be held back until it is.
    Ahead(Location),
    Nothing,
    Staged(SideFile),
}

impl Beside {
    /// The side file of `output`, on disk without its name.
    ///
    /// # Errors
    /// As [`SideFile::stage`].
    pub(crate) fn stage(output: &Location, text: &str, replace: bool) -> Result<Self, IoError> {
        SideFile::stage(output, text, replace).map(Self::Staged)
    }

    /// A file of this name, before anything goes to standard output.
    ///
    /// # Errors
    /// As [`SideFile::stage`].
    pub(crate) fn ahead(place: Location, text: &str, replace: bool) -> Result<Self, IoError> {
        staged(&place, text, replace)?.publish().map_err(taken)?;
        Ok(Self::Ahead(place))
    }

    /// Puts another text in its place.
    ///
    /// # Errors
    /// As [`SideFile::update`].
    pub(crate) fn update(&mut self, text: &str) -> Result<(), IoError> {
        match self {
            Self::Ahead(place) => staged(place, text, true)?.publish(),
            Self::Nothing => Ok(()),
            Self::Staged(file) => file.update(text),
        }
    }

    /// Gives an output its name, and its side file before it.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::SideFileExists`], [`IoError::System`]; then neither is there.
    pub(crate) fn publish(self, output: Option<Publication>) -> Result<Option<PathBuf>, IoError> {
        let side = match self {
            Self::Ahead(place) => return Ok(Some(place.path().to_owned())),
            Self::Nothing => None,
            Self::Staged(file) => Some(file.publish()?),
        };
        match (output.map_or(Ok(()), Publication::publish), side) {
            (Ok(()), side) => Ok(side.map(PublishedSideFile::keep)),
            (Err(error), side) => {
                if let Some(side) = side {
                    side.take_back();
                }
                Err(error)
            }
        }
    }
}

/// The text of the side file of `output`, if there is one.
///
/// # Errors
/// [`IoError::System`], [`IoError::Store`].
pub(crate) fn read(output: &Location) -> Result<Option<String>, IoError> {
    read_if_there(&output.side())
}

/// The text of a manifest's file, if there is one.
///
/// # Errors
/// [`IoError::System`], [`IoError::Store`].
pub(crate) fn read_if_there(place: &Location) -> Result<Option<String>, IoError> {
    // Where it is there and no text, its reader will say so.
    let text = |bytes| String::from_utf8(bytes).unwrap_or_default();
    place.bytes().map(|bytes| bytes.map(text))
}

/// Removes the side file of an output that has been replaced by one that needs none: it would speak of what is gone.
///
/// # Errors
/// [`IoError::System`], [`IoError::Store`].
pub(crate) fn remove(output: &Location) -> Result<(), IoError> {
    output.side().remove()
}

fn staged(place: &Location, text: &str, replace: bool) -> Result<Publication, IoError> {
    let mut file = Publication::start(place, replace).map_err(taken)?;
    file.write_all(text.as_bytes()).map_err(IoError::system("write", place.path()))?;
    file.kept()
}

fn restore(place: &Location, bytes: &[u8]) -> Result<(), IoError> {
    let mut file = Publication::start(place, true)?;
    file.write_all(bytes).map_err(IoError::system("write", place.path()))?;
    file.publish()
}

fn taken(error: IoError) -> IoError {
    match error {
        IoError::Exists { path } => IoError::SideFileExists { path },
        other => other,
    }
}

/// The side file of an output: `<output>.tokenize.json`.
#[must_use]
pub fn side_path(output: &Path) -> PathBuf {
    let mut name: OsString = output.as_os_str().to_owned();
    name.push(".tokenize.json");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_side_file_given_up_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let output = Location::local(&folder.path().join("out.parquet"));
        let path = folder.path().join("out.parquet.tokenize.json");
        let names = || fs::read_dir(folder.path()).unwrap().count();

        let mut side = SideFile::stage(&output, "first", false).unwrap();
        side.update("second").unwrap();
        assert!(!path.exists());
        assert_eq!(names(), 1, "on disk, under another name");
        drop(side);
        assert_eq!(names(), 0);

        let mut side = SideFile::stage(&output, "first", false).unwrap();
        side.update("kept").unwrap();
        assert_eq!(side.publish().unwrap().keep(), path);
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert!(matches!(
            SideFile::stage(&output, "other", false),
            Err(IoError::SideFileExists { .. })
        ));
        drop(SideFile::stage(&output, "other", true).unwrap());
        SideFile::stage(&output, "other", true).unwrap().publish().unwrap().take_back();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(names(), 1);
    }

    #[test]
    fn a_name_taken_meanwhile_is_left_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let output = Location::local(&folder.path().join("out.parquet"));
        let (ours, theirs) = (
            SideFile::stage(&output, "ours", false).unwrap(),
            SideFile::stage(&output, "theirs", false).unwrap(),
        );
        theirs.publish().unwrap().keep();
        assert!(matches!(ours.publish(), Err(IoError::SideFileExists { .. })));
        assert_eq!(fs::read(side_path(output.path())).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
