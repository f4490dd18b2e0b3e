//! Streams of bytes: files and standard streams, packed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::kind::Packing;
use super::location::Location;
use super::publish::Publication;
use super::source::ReadAt;
use super::store::StoreProblem;
use super::store::read::StoredFile;
use super::{Damage, IoError};

/// Bytes that are being read, unpacked.
pub(crate) type Bytes = Box<dyn BufRead + Send>;

/// Whether the path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Where bytes come from, once it has been found to be there.
pub(crate) struct Origin {
    path: PathBuf,
    from: From,
}

enum From {
    File,
    /// A named pipe.
    Pipe,
    Standard,
    /// Each time the same version of it.
    Stored(Arc<StoredFile>),
}

impl Origin {
    /// # Errors
    /// [`IoError::System`], [`IoError::Store`].
    pub(crate) fn new(location: &Location) -> Result<Self, IoError> {
        let path = location.path();
        let from = match location.object() {
            Some(object) => {
                let file = StoredFile::open(object).map_err(IoError::store("open", path))?;
                From::Stored(Arc::new(file))
            }
            None if location.is_standard() => From::Standard,
            None => {
                let metadata = path.metadata().map_err(IoError::system("open", path))?;
                if metadata.is_dir() {
                    return Err(IoError::system("open", path)(io::ErrorKind::IsADirectory.into()));
                }
                if metadata.is_file() { From::File } else { From::Pipe }
            }
        };
        Ok(Self { path: path.to_owned(), from })
    }

    /// Whether it can be read more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self.from, From::File | From::Stored(_))
    }

    /// What the system said last when a read failed.
    pub(crate) fn failure(&self) -> Option<io::Error> {
        if let From::Stored(file) = &self.from { file.failure() } else { None }
    }

    /// Its bytes, unpacked.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn read(&self, packing: Packing) -> Result<Bytes, IoError> {
        let path = &self.path;
        let raw: Box<dyn Read + Send> = match &self.from {
            From::File | From::Pipe => {
                Box::new(File::open(path).map_err(IoError::system("open", path))?)
            }
            From::Standard => Box::new(io::stdin()),
            From::Stored(file) => Box::new(file.stream()),
        };
        unpacked(raw, packing).map_err(IoError::system("read", path))
    }
}

fn unpacked(raw: Box<dyn Read + Send>, packing: Packing) -> io::Result<Bytes> {
    let raw = BufReader::with_capacity(BUFFER, raw);
    Ok(match packing {
        Packing::None => Box::new(raw),
        Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw))),
        Packing::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(raw)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        }
    })
}

/// What a failed read means: the system's word has a number, a store's is of its kind, a decoder's is neither.
pub(crate) fn unread(path: &Path, error: io::Error) -> IoError {
    let is_of_store = error.get_ref().is_some_and(|inner| inner.is::<StoreProblem>());
    if is_of_store || error.raw_os_error().is_some() {
        IoError::system("read", path)(error)
    } else {
        IoError::Damaged { path: path.to_owned(), problem: Damage::Packing }
    }
}

/// Bytes that are being written. A file appears once it is [finished](Self::finish) and published; standard output is written as it comes.
pub(crate) struct Sink(Packer);

enum Packer {
    Gzip(Box<GzEncoder<Raw>>),
    None(Raw),
    Zstd(Box<zstd::stream::write::Encoder<'static, Raw>>),
}

/// The bytes as they leave.
enum Raw {
    File(Publication),
    Standard(io::Stdout),
}

impl Sink {
    /// Starts a file or an object, or standard output.
    ///
    /// # Errors
    /// [`IoError::Exists`], [`IoError::System`], [`IoError::Store`].
    pub(crate) fn start(to: &Location, replace: bool, packing: Packing) -> Result<Self, IoError> {
        let path = to.path();
        let raw = if to.is_standard() {
            Raw::Standard(io::stdout())
        } else {
            Raw::File(Publication::start(to, replace)?)
        };
        Ok(Self(match packing {
            Packing::None => Packer::None(raw),
            Packing::Gzip => Packer::Gzip(Box::new(GzEncoder::new(raw, Compression::default()))),
            Packing::Zstd => {
                let encoder = zstd::stream::write::Encoder::new(raw, 0);
                Packer::Zstd(Box::new(encoder.map_err(IoError::system("write", path))?))
            }
        }))
    }

    /// Ends the stream. Gives the file, which has no name yet; `None` for standard output.
    pub(crate) fn finish(self) -> io::Result<Option<Publication>> {
        let raw = match self.0 {
            Packer::None(raw) => raw,
            Packer::Gzip(encoder) => encoder.finish()?,
            Packer::Zstd(encoder) => encoder.finish()?,
        };
        Ok(match raw {
            Raw::File(file) => Some(file),
            Raw::Standard(mut out) => {
                out.flush()?;
                None
            }
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Packer::Gzip(encoder) => encoder.write(bytes),
            Packer::None(raw) => raw.write(bytes),
            Packer::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Packer::Gzip(encoder) => encoder.flush(),
            Packer::None(raw) => raw.flush(),
            Packer::Zstd(encoder) => encoder.flush(),
        }
    }
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Standard(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Standard(out) => out.flush(),
        }
    }
}

const BUFFER: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const PACKINGS: [Packing; 3] = [Packing::None, Packing::Gzip, Packing::Zstd];

    fn open(path: &Path, packing: Packing) -> Result<Bytes, IoError> {
        Origin::new(&Location::local(path))?.read(packing)
    }

    fn packed(folder: &Path, bytes: &[u8], packing: Packing) -> std::path::PathBuf {
        let path = folder.join(format!("{packing:?}"));
        let mut sink = Sink::start(&Location::local(&path), true, packing).unwrap();
        sink.write_all(bytes).unwrap();
        assert!(!path.exists());
        sink.finish().unwrap().unwrap().publish().unwrap();
        path
    }

    #[test]
    fn what_is_packed_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
        for packing in PACKINGS {
            let path = packed(folder.path(), &bytes, packing);
            let mut read = Vec::new();
            open(&path, packing).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{packing:?}");
        }
    }

    #[test]
    fn what_is_cut_off_or_turned_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        for packing in [Packing::Gzip, Packing::Zstd] {
            let path = packed(folder.path(), &[b'x'; 5_000], packing);
            let whole = std::fs::read(&path).unwrap();
            for end in [1, whole.len() / 2, whole.len() - 1] {
                std::fs::write(&path, &whole[..end]).unwrap();
                let error = open(&path, packing).unwrap().read_to_end(&mut Vec::new()).unwrap_err();
                let error = unread(&path, error);
                assert!(
                    matches!(error, IoError::Damaged { problem: Damage::Packing, .. }),
                    "{error}"
                );
            }
        }
    }
}
