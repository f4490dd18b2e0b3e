//! The file beside an output that says of it what the output cannot, or must not be the only one to: `<output>.tokenize.json`.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::IoError;
use super::publish::Publication;

/// A side file that is there before its output. Dropped before [`SideFile::keep`], it leaves what was there before.
#[must_use = "the side file stays only when it is kept"]
pub(crate) struct SideFile {
    path: PathBuf,
    /// What a side file of an earlier output held.
    earlier: Option<Vec<u8>>,
    is_kept: bool,
}

impl SideFile {
    /// Refuses an output that has a side file already.
    ///
    /// # Errors
    /// [`IoError::SideFileExists`].
    pub(crate) fn refuse_taken(output: &Path) -> Result<(), IoError> {
        let path = side_path(output);
        match path.symlink_metadata() {
            Ok(_) => Err(IoError::SideFileExists { path }),
            Err(_) => Ok(()),
        }
    }

    /// Publishes the side file of `output`.
    ///
    /// # Errors
    /// [`IoError::SideFileExists`] if there is one already and `replace` is not set, [`IoError::System`].
    pub(crate) fn publish(output: &Path, text: &str, replace: bool) -> Result<Self, IoError> {
        if !replace {
            Self::refuse_taken(output)?;
        }
        let path = side_path(output);
        let earlier = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(IoError::system("read", path)(error)),
        };
        write(&path, text.as_bytes())?;
        Ok(Self { path, earlier, is_kept: false })
    }

    /// Puts another text in its place.
    ///
    /// # Errors
    /// [`IoError::System`]; the text is as before.
    pub(crate) fn update(&self, text: &str) -> Result<(), IoError> {
        write(&self.path, text.as_bytes())
    }

    /// The output is there: the side file stays. Gives its name.
    pub(crate) fn keep(mut self) -> PathBuf {
        self.is_kept = true;
        self.path.clone()
    }
}

impl Drop for SideFile {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // What fails here leaves a side file of an output that does not exist: of no use, and no harm.
        match &self.earlier {
            Some(bytes) => drop(write(&self.path, bytes)),
            None => drop(fs::remove_file(&self.path)),
        }
    }
}

/// The side file of an output: `<output>.tokenize.json`.
#[must_use]
pub fn side_path(output: &Path) -> PathBuf {
    let mut name: OsString = output.as_os_str().to_owned();
    name.push(".tokenize.json");
    PathBuf::from(name)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    let mut file = Publication::start(path, true)?;
    file.write_all(bytes).map_err(IoError::system("write", path))?;
    file.publish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_file_given_up_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out.parquet");
        let path = folder.path().join("out.parquet.tokenize.json");

        let side = SideFile::publish(&output, "first", false).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        side.update("second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        drop(side);
        assert!(!path.exists());

        assert_eq!(SideFile::publish(&output, "kept", false).unwrap().keep(), path);
        assert!(matches!(
            SideFile::publish(&output, "other", false),
            Err(IoError::SideFileExists { .. })
        ));
        drop(SideFile::publish(&output, "other", true).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
