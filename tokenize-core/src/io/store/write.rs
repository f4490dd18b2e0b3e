//! Objects that appear whole or not at all.
//!
//! A store shows an object only when it is complete, so an object in the making needs no other name: it is a buffer while it is small, and an
//! upload of parts when it grows. What must outlive the process before that ([`Draft::keep`]) stands under a hidden name beside it meanwhile.

use std::io::{self, Write};
use std::mem;
use std::process;

use bytes::Bytes;

use super::{Object, StoreProblem, Upload};
use crate::hex::hex;
use crate::secret::random_bytes;

/// An object in the making. Dropped before [`Draft::publish`], it leaves nothing.
#[must_use = "the object appears only when it is published"]
pub(crate) struct Draft {
    object: Object,
    replace: bool,
    buffer: Vec<u8>,
    upload: Option<Box<dyn Upload>>,
    /// How many parts have been sent.
    parts: usize,
    /// Where the same bytes are kept.
    hidden: Option<Object>,
    /// The process that makes it; a fork of it must not take back what it has sent.
    process: u32,
}

impl Draft {
    /// Starts an object.
    ///
    /// # Errors
    /// [`StoreProblem::Exists`] if there is one already and `replace` is not set, and any other [`StoreProblem`].
    pub(crate) fn start(object: &Object, replace: bool) -> Result<Self, StoreProblem> {
        if !replace && object.exists()? {
            return Err(StoreProblem::Exists);
        }
        Ok(Self {
            object: object.clone(),
            replace,
            buffer: Vec::new(),
            upload: None,
            parts: 0,
            hidden: None,
            process: process::id(),
        })
    }

    /// Waits until the store has all that was written, as far as it can without the object.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn sync(&mut self) -> Result<(), StoreProblem> {
        if self.upload.is_none() {
            return Ok(());
        }
        if !self.buffer.is_empty() {
            self.send()?;
        }
        self.upload.as_mut().map_or(Ok(()), |upload| upload.flush())
    }

    /// Puts what was written under a hidden name, from where it can be had whatever becomes of this process. For what is small.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn keep(&mut self) -> Result<(), StoreProblem> {
        if self.upload.is_some() {
            return Err(StoreProblem::TooLarge);
        }
        let hidden = self.object.with_key(hidden_key(&self.object.url.key)?);
        hidden.put(Bytes::from(self.buffer.clone()), false)?;
        self.hidden = Some(hidden);
        Ok(())
    }

    /// Makes the object.
    ///
    /// # Errors
    /// [`StoreProblem::Exists`] if there is one by now and `replace` was not set, and any other [`StoreProblem`].
    pub(crate) fn publish(mut self) -> Result<(), StoreProblem> {
        self.sync()?;
        if self.upload.is_none() {
            return self.object.put(Bytes::from(mem::take(&mut self.buffer)), self.replace);
        }
        // Asked once more, since not every store can be told to make an object of parts only if there is none.
        if !self.replace && self.object.exists()? {
            return Err(StoreProblem::Exists);
        }
        let completed = self.upload.as_mut().map_or(Ok(()), |upload| upload.complete());
        if completed.is_ok() {
            self.upload = None;
        }
        completed
    }

    /// Sends the buffer as a part.
    fn send(&mut self) -> Result<(), StoreProblem> {
        if self.parts == MAX_PARTS {
            return Err(StoreProblem::TooLarge);
        }
        if self.upload.is_none() {
            self.upload = Some(self.object.store.upload(&self.object.url, self.replace)?);
        }
        self.parts += 1;
        let part = Bytes::from(mem::take(&mut self.buffer));
        self.upload.as_mut().map_or(Ok(()), |upload| upload.part(part))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = part_size(self.parts);
        if self.buffer.len() >= size {
            self.send()?;
        }
        let taken = bytes.len().min(part_size(self.parts).saturating_sub(self.buffer.len()));
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.process != process::id() {
            mem::forget(self.upload.take());
            return;
        }
        if let Some(mut upload) = self.upload.take() {
            upload.abort();
        }
        if let Some(hidden) = &self.hidden {
            // What stays if that fails is no data, and says whose it was.
            let _ = hidden.delete();
        }
    }
}

/// A name beside a key, which engines that read a whole prefix pass over.
fn hidden_key(key: &str) -> Result<String, StoreProblem> {
    let mut tail = [0; 8];
    random_bytes(&mut tail).map_err(|_| StoreProblem::Client)?;
    let (folder, name) = key.rsplit_once('/').map_or(("", key), |(folder, name)| (folder, name));
    let name: String = name.chars().take(32).collect();
    let slash = if folder.is_empty() { "" } else { "/" };
    Ok(format!("{folder}{slash}.{name}.{}.partial", hex(&tail)))
}

/// How many bytes a part has. They grow, slowly, since there may be only so many of them.
fn part_size(index: usize) -> usize {
    PART * (1 + index / SAME_SIZE)
}

/// The smallest part: large enough that a request is not most of its time, small enough for several in memory.
const PART: usize = 8 * 1024 * 1024;
/// How many parts have one size.
const SAME_SIZE: usize = 500;
/// No store takes more parts; with sizes as above they hold 820 GiB.
const MAX_PARTS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_so_that_large_objects_fit() {
        assert_eq!(part_size(0), part_size(499));
        assert_eq!(part_size(500), 2 * PART);
        let all: u64 = (0..MAX_PARTS).map(|index| part_size(index) as u64).sum();
        assert_eq!(all >> 30, 820);
    }

    #[test]
    fn hidden_names_stand_beside_their_own() {
        let hidden = hidden_key("a/b/out.csv.tokenize.json").unwrap();
        assert!(hidden.starts_with("a/b/.out.csv.tokenize.json.") && hidden.ends_with(".partial"));
        assert!(hidden_key("out.csv").unwrap().starts_with(".out.csv."));
    }
}
