//! Bytes that can be read at any place, from several threads at once.

use std::fs::File;
use std::io;
use std::path::Path;

use super::IoError;

/// Something of known length that is read by ranges.
pub(crate) trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Reads from `offset` on, as much as there is and `into` takes; 0 only at the end.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
}

/// A file on a disk.
#[derive(Debug)]
pub(crate) struct LocalFile {
    file: File,
    len: u64,
}

impl LocalFile {
    /// Opens a file; a directory is none.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn open(path: &Path) -> Result<Self, IoError> {
        let file = File::open(path).map_err(IoError::system("open", path))?;
        let metadata = file.metadata().map_err(IoError::system("open", path))?;
        if metadata.is_dir() {
            return Err(IoError::system("open", path)(io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self { file, len: metadata.len() })
    }
}

impl ReadAt for LocalFile {
    fn len(&self) -> u64 {
        self.len
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, into, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, into, offset)
    }
}
