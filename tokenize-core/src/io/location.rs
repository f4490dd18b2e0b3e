//! Where bytes are: in a file, in an object of a store, or on their way through a standard stream.

use std::path::{Path, PathBuf};

use super::IoError;
use super::side::side_path;
use super::store::{Object, Stores};

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
