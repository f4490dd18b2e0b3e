//! A file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::IoError;
use crate::hex::hex;
use crate::secret::random_bytes;

/// A file in the making, under a temporary name beside its own. Dropped before [`Publication::publish`], it leaves nothing.
#[must_use = "the file appears only when it is published"]
pub(crate) struct Publication {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<File>,
    replace: bool,
}

impl Publication {
    /// Starts a file that will be `target`.
    ///
    /// # Errors
    /// [`IoError::Exists`] if there is one already and `replace` is not set, [`IoError::System`].
    pub(crate) fn start(target: &Path, replace: bool) -> Result<Self, IoError> {
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
        let publication = Self { target: target.to_owned(), temporary, file: Some(file), replace };
        if let (Some(file), Ok(replaced)) = (&publication.file, target.symlink_metadata()) {
            narrow(file, &replaced).map_err(IoError::system("create", target))?;
        }
        Ok(publication)
    }

    /// Puts everything written so far on disk.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn sync(&self) -> Result<(), IoError> {
        let sync = |file: &File| file.sync_all().map_err(IoError::system("write", &self.target));
        self.file.as_ref().map_or(Ok(()), sync)
    }

    /// Puts everything on disk and gives the file its name.
    ///
    /// # Errors
    /// [`IoError::Exists`] if another file has taken the name in the meantime, [`IoError::System`].
    pub(crate) fn publish(mut self) -> Result<(), IoError> {
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

impl Write for Publication {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Err(io::ErrorKind::BrokenPipe.into()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for Publication {
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
pub(crate) fn refuse_same_file(output: &Path, input: &Path) -> Result<(), IoError> {
    let (Ok(output_file), Ok(input_file)) = (output.canonicalize(), input.canonicalize()) else {
        return Ok(());
    };
    if output_file == input_file {
        Err(IoError::Overwrite { path: output.to_owned() })
    } else {
        Ok(())
    }
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
        let mut file = Publication::start(&target, false).unwrap();
        file.write_all(b"whole").unwrap();
        assert!(!target.exists());
        file.publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn a_file_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Publication::start(&folder.path().join("out"), false).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_name_taken_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out");
        let file = Publication::start(&target, false).unwrap();
        fs::write(&target, b"other").unwrap();
        assert!(matches!(file.publish(), Err(IoError::Exists { .. })));
        assert!(matches!(Publication::start(&target, false), Err(IoError::Exists { .. })));
        assert_eq!(fs::read(&target).unwrap(), b"other");
        Publication::start(&target, true).unwrap().publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"");
        assert_eq!(names(folder.path()), ["out"]);
    }
}
