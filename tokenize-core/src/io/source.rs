//! Bytes that can be read at any place, from several threads at once.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::IoError;
use super::location::Location;
use super::store::read::StoredFile;

/// Something of known length that is read by ranges.
pub(crate) trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Reads from `offset` on, as much as there is and `into` takes; 0 only at the end.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    /// What the system said last when a read failed, for callers behind a reader that keeps it to itself. Where it says nothing, what was read
    /// is to blame.
    fn failure(&self) -> Option<io::Error> {
        None
    }
}

/// Opens a file or an object.
///
/// # Errors
/// [`IoError::System`], [`IoError::Store`].
pub(crate) fn open(location: &Location) -> Result<Arc<dyn ReadAt>, IoError> {
    Ok(match location.object() {
        None => Arc::new(LocalFile::open(location.path())?),
        Some(object) => {
            let file = StoredFile::open(object).map_err(IoError::store("open", location.path()))?;
            Arc::new(file)
        }
    })
}

/// What a reader that refused to go on had to say: the system's word if it had one, `damaged` else.
pub(crate) fn refused(source: &dyn ReadAt, path: &Path, damaged: IoError) -> IoError {
    source.failure().map_or(damaged, IoError::system("read", path))
}

/// Something read by ranges, from one place on.
pub(crate) struct Reading {
    source: Arc<dyn ReadAt>,
    at: u64,
}

impl Reading {
    /// From the first byte on, through a buffer.
    pub(crate) fn buffered(source: Arc<dyn ReadAt>) -> BufReader<Self> {
        BufReader::with_capacity(AHEAD, Self { source, at: 0 })
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, into)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.source.len().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
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
