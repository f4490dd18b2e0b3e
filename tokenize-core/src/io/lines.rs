//! Lines of bounded length, counted.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use memchr::memchr;

use super::bytes::{Bytes, unread};
use super::{Damage, IoError, LineDamage};

/// A stream of bytes, taken line by line.
pub(crate) struct Lines {
    bytes: Bytes,
    path: PathBuf,
    /// The number of the line read last; the first is 1.
    number: u64,
}

impl Lines {
    pub(crate) fn new(bytes: Bytes, path: &Path) -> Self {
        Self { bytes, path: path.to_owned(), number: 0 }
    }

    /// Appends the next line to `buffer`, its end included; `false` if there is none. `room` is how long it may be.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`] if it is longer, or if the stream is.
    pub(crate) fn append(&mut self, buffer: &mut Vec<u8>, room: usize) -> Result<bool, IoError> {
        let start = buffer.len();
        loop {
            let read = self.bytes.fill_buf().map_err(|error| unread(&self.path, error))?;
            if read.is_empty() {
                self.number += u64::from(buffer.len() > start);
                return Ok(buffer.len() > start);
            }
            let end = memchr(b'\n', read);
            let taken = end.map_or(read.len(), |end| end + 1);
            if buffer.len() - start + taken > room {
                self.number += 1;
                return Err(self.damaged(LineDamage::TooLong));
            }
            buffer.extend_from_slice(&read[..taken]);
            self.bytes.consume(taken);
            if end.is_some() {
                self.number += 1;
                return Ok(true);
            }
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// What is left of the stream.
    pub(crate) fn into_rest(self) -> Bytes {
        self.bytes
    }

    /// The error of the line read last.
    pub(crate) fn damaged(&self, problem: LineDamage) -> IoError {
        self.damaged_at(self.number, problem)
    }

    pub(crate) fn damaged_at(&self, line: u64, problem: LineDamage) -> IoError {
        IoError::Damaged { path: self.path.clone(), problem: Damage::Line { line, problem } }
    }
}

/// A line without its end.
pub(crate) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How long a record may be, in bytes: what is longer is hostile, or no record.
pub(crate) const LONGEST: usize = 64 * 1024 * 1024;
/// The bytes that mark UTF-8 at the start of a file.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_one_by_one() {
        let text = b"a\r\n\nlong\nend";
        let mut lines = Lines::new(Box::new(&text[..]), Path::new("x"));
        let mut found = Vec::new();
        let mut buffer = Vec::new();
        while lines.append(&mut buffer, 5).unwrap() {
            found.push((lines.number(), buffer.clone()));
            buffer.clear();
        }
        let expected: [(u64, &[u8]); 4] = [(1, b"a\r\n"), (2, b"\n"), (3, b"long\n"), (4, b"end")];
        assert_eq!(found, expected.map(|(number, line)| (number, line.to_vec())));
        assert_eq!(content(b"a\r\n"), b"a");
        assert_eq!(content(b"a\r"), b"a");
        assert_eq!(content(b"a\r\r\n"), b"a\r");
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let mut lines =
            Lines::new(Box::new(std::io::BufReader::new(std::io::repeat(0))), Path::new("x"));
        let error = lines.append(&mut Vec::new(), 10_000).unwrap_err();
        let IoError::Damaged { problem, .. } = error else { panic!("{error}") };
        assert_eq!(problem, Damage::Line { line: 1, problem: LineDamage::TooLong });
    }
}
