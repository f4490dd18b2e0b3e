//! Bytes that can be read at any place, from several threads at once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

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

/// A source as the Parquet reader takes it.
#[derive(Clone)]
pub(crate) struct Chunks(pub(crate) Arc<dyn ReadAt>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = Stream;

    fn get_read(&self, start: u64) -> Result<Stream, ParquetError> {
        Ok(Stream::new(self.0.clone(), start, self.0.len()))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let len = length as u64;
        // What the file cannot hold is not asked memory for.
        if start.checked_add(len).is_none_or(|end| end > self.0.len()) {
            return Err(ParquetError::EOF("the range ends after the file".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        Stream::new(self.0.clone(), start, start + len).read_to_end(&mut bytes)?;
        if bytes.len() == length {
            Ok(bytes.into())
        } else {
            Err(ParquetError::EOF("the file has become shorter".to_owned()))
        }
    }
}

/// A range of a source, from its first byte to its last.
pub(crate) struct Stream {
    source: Arc<dyn ReadAt>,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    /// What of the buffer has been given out.
    given: usize,
}

impl Stream {
    pub(crate) fn new(source: Arc<dyn ReadAt>, start: u64, end: u64) -> Self {
        Self { source, at: start, end, buffer: Vec::new(), given: 0 }
    }

    fn read_source(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = into.len().min(left);
        let read = self.source.read_at(self.at, &mut into[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.buffer.len() {
            let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(AHEAD);
            let ahead = left.min(AHEAD);
            if into.len() >= ahead {
                return self.read_source(into);
            }
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(ahead, 0);
            let read = self.read_source(&mut buffer);
            buffer.truncate(*read.as_ref().unwrap_or(&0));
            (self.buffer, self.given) = (buffer, 0);
            read?;
        }
        let ready = &self.buffer[self.given..];
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(count)
    }
}

/// How much is read at a time where little is asked for.
const AHEAD: usize = 64 * 1024;
