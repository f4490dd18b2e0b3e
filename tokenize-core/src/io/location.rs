//! Where bytes are: in a file, in an object of a store, or on their way through a standard stream.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::IoError;
use super::side::side_path;
use super::store::{Object, Stat, Stores};

/// What a path stands for, found out once.
#[derive(Clone)]
pub(crate) struct Location {
    path: PathBuf,
    object: Option<Object>,
}

impl Location {
    /// The place of a path or URL.
    ///
    /// # Errors
    /// [`IoError::Url`].
    pub(crate) fn new(path: &Path, stores: &Stores) -> Result<Self, IoError> {
        Ok(Self { path: path.to_owned(), object: stores.object(path)? })
    }

    /// A file of this machine, whatever its name looks like.
    pub(crate) fn local(path: &Path) -> Self {
        Self { path: path.to_owned(), object: None }
    }

    /// As it was written, for messages and for what names tell.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The object, if it is in a store.
    pub(crate) fn object(&self) -> Option<&Object> {
        self.object.as_ref()
    }

    /// Whether it stands for standard input or output.
    pub(crate) fn is_standard(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Where its side file is.
    pub(crate) fn side(&self) -> Self {
        let object = self.object.as_ref().map(|object| {
            object.with_key(side_path(Path::new(&object.url.key)).to_string_lossy().into_owned())
        });
        Self { path: side_path(&self.path), object }
    }

    /// All that is there, of something small; `None` if nothing is.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn bytes(&self) -> Result<Option<Vec<u8>>, IoError> {
        let path = &self.path;
        if let Some(object) = &self.object {
            return object.read().map_err(IoError::store("read", path));
        }
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(IoError::system("read", path)(error)),
        }
    }

    /// Whether there is something, be it a symbolic link that leads nowhere.
    ///
    /// # Errors
    /// [`IoError::Store`].
    pub(crate) fn is_taken(&self) -> Result<bool, IoError> {
        match &self.object {
            None => Ok(self.path.symlink_metadata().is_ok()),
            Some(object) => object.exists().map_err(IoError::store("open", &self.path)),
        }
    }

    /// Removes what is there, if anything is.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn remove(&self) -> Result<(), IoError> {
        let path = &self.path;
        if let Some(object) = &self.object {
            return object.delete().map_err(IoError::store("remove", path));
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(IoError::system("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// What the store says of it, if it is in one.
    ///
    /// # Errors
    /// [`IoError::Store`].
    pub(crate) fn stat(&self) -> Result<Option<Stat>, IoError> {
        let stat = self.object.as_ref().map(Object::stat).transpose();
        stat.map_err(IoError::store("open", &self.path))
    }

    /// Whether both are one object, or one file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.object, &other.object) {
            (None, None) => {
                let (own, other) = (self.path.canonicalize(), other.path.canonicalize());
                own.is_ok_and(|own| other.is_ok_and(|other| own == other))
            }
            (Some(own), Some(other)) => own.url == other.url,
            _ => false,
        }
    }
}
