//! A file or an object that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::IoError;
use super::location::Location;
use super::store::write::Draft;
use crate::hex::hex;
use crate::secret::random_bytes;

/// A file or an object in the making. Dropped before [`Publication::publish`], it leaves nothing.
#[must_use = "the file appears only when it is published"]
pub(crate) struct Publication {
    path: PathBuf,
    making: Making,
}

enum Making {
    File(Hidden),
    Object(Box<Draft>),
}

impl Publication {
    /// Starts what will be at `to`.
    ///
    /// # Errors
    /// [`IoError::Exists`] if there is something already and `replace` is not set, [`IoError::System`], [`IoError::Store`].
    pub(crate) fn start(to: &Location, replace: bool) -> Result<Self, IoError> {
        let path = to.path();
        let making = match to.object() {
            None => Making::File(Hidden::start(path, replace)?),
            Some(object) => {
                let draft =
                    Draft::start(object, replace).map_err(IoError::store("create", path))?;
                Making::Object(Box::new(draft))
            }
        };
        Ok(Self { path: path.to_owned(), making })
    }

    /// Everything written is on disk, or at the store as far as it can be without a name.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn synced(mut self) -> Result<Self, IoError> {
        match &mut self.making {
            Making::File(file) => file.sync()?,
            Making::Object(draft) => draft.sync().map_err(IoError::store("write", &self.path))?,
        }
        Ok(self)
    }

    /// Everything written outlives this process, under another name until it is published. For what is small.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn kept(mut self) -> Result<Self, IoError> {
        match &mut self.making {
            Making::File(file) => file.sync()?,
            Making::Object(draft) => draft.keep().map_err(IoError::store("write", &self.path))?,
        }
        Ok(self)
    }

    /// Makes it appear.
    ///
    /// # Errors
    /// [`IoError::Exists`] if something has taken the name in the meantime, [`IoError::System`], [`IoError::Store`].
    pub(crate) fn publish(self) -> Result<(), IoError> {
        match self.making {
            Making::File(file) => file.publish(),
            Making::Object(draft) => draft.publish().map_err(IoError::store("write", self.path)),
        }
    }
}

impl Write for Publication {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.making {
            Making::File(file) => file.write(bytes),
            Making::Object(draft) => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.making {
            Making::File(file) => file.flush(),
            Making::Object(draft) => draft.flush(),
        }
    }
}

/// A file in the making, under a temporary name beside its own. Dropped before [`Hidden::publish`], it leaves nothing.
struct Hidden {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<File>,
    replace: bool,
}

impl Hidden {
    /// Starts a file that will be `target`.
    ///
    /// # Errors
    /// [`IoError::Exists`] if there is one already and `replace` is not set, [`IoError::System`].
    fn start(target: &Path, replace: bool) -> Result<Self, IoError> {
        if !replace && target.symlink_metadata().is_ok() {
            return Err(IoError::Exists { path: target.to_owned() });
        }
        let mut tail = [0; 8];
        random_bytes(&mut tail)
            .map_err(|error| IoError::system("create", target)(io::Error::other(error)))?;
        let name = partial_of(target)
            .ok_or_else(|| IoError::system("create", target)(io::ErrorKind::InvalidInput.into()))?;
        let temporary = target.with_file_name(format!(".{name}.{}.partial", hex(&tail)));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(IoError::system("create", target))?;
        let hidden = Self { target: target.to_owned(), temporary, file: Some(file), replace };
        if let (Some(file), Ok(replaced)) = (&hidden.file, target.symlink_metadata()) {
            narrow(file, &replaced).map_err(IoError::system("create", target))?;
        }
        Ok(hidden)
    }

    /// Puts everything written so far on disk.
    ///
    /// # Errors
    /// [`IoError::System`].
    fn sync(&self) -> Result<(), IoError> {
        let sync = |file: &File| file.sync_all().map_err(IoError::system("write", &self.target));
        self.file.as_ref().map_or(Ok(()), sync)
    }

    /// Puts everything on disk and gives the file its name.
    ///
    /// # Errors
    /// [`IoError::Exists`] if another file has taken the name in the meantime, [`IoError::System`].
    fn publish(mut self) -> Result<(), IoError> {
        let failed = |doing| IoError::system(doing, &self.target);
        if let Some(file) = self.file.take() {
            file.sync_all().map_err(failed("write"))?;
        }
        if self.replace {
            fs::rename(&self.temporary, &self.target).map_err(failed("write"))?;
        } else {
            // A hard link fails where the name is taken, which a rename would overwrite.
            match fs::hard_link(&self.temporary, &self.target) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(IoError::Exists { path: self.target.clone() });
                }
                Err(_) if self.target.symlink_metadata().is_err() => {
                    fs::rename(&self.temporary, &self.target).map_err(failed("write"))?;
                }
                Err(error) => return Err(failed("write")(error)),
                Ok(()) => {}
            }
        }
        let folder = self
            .target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        // Not every file system lets a directory be synced; the file itself is on disk already.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Write for Hidden {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Err(io::ErrorKind::BrokenPipe.into()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// What stands for a file's name in its temporary one: not the whole name, which may be as long as a name can be.
pub(crate) fn partial_of(target: &Path) -> Option<String> {
    Some(target.file_name()?.to_string_lossy().chars().take(32).collect())
}

/// Refuses an output that is the input.
///
/// # Errors
/// [`IoError::Overwrite`].
pub(crate) fn refuse_same(output: &Location, input: &Location) -> Result<(), IoError> {
    if output.is_same(input) {
        return Err(IoError::Overwrite { path: output.path().to_owned() });
    }
    Ok(())
}

/// Lets nobody read or write a new file who could not the file that it replaces.
#[cfg(unix)]
fn narrow(file: &File, replaced: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    if replaced.is_file() {
        file.set_permissions(fs::Permissions::from_mode(mode & replaced.permissions().mode()))
    } else {
        Ok(())
    }
}

/// Without modes there is nothing to take: access is a matter of the directory.
#[cfg(not(unix))]
fn narrow(_file: &File, _replaced: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(target: &Path, replace: bool) -> Result<Publication, IoError> {
        Publication::start(&Location::local(target), replace)
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_appears_when_it_is_published() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out");
        let mut file = start(&target, false).unwrap();
        file.write_all(b"whole").unwrap();
        assert!(!target.exists());
        file.publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn a_file_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = start(&folder.path().join("out"), false).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_name_taken_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out");
        let file = start(&target, false).unwrap();
        fs::write(&target, b"other").unwrap();
        assert!(matches!(file.publish(), Err(IoError::Exists { .. })));
        assert!(matches!(start(&target, false), Err(IoError::Exists { .. })));
        assert_eq!(fs::read(&target).unwrap(), b"other");
        start(&target, true).unwrap().publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"");
        assert_eq!(names(folder.path()), ["out"]);
    }
}
