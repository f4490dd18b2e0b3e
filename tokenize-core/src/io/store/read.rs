//! Objects read by ranges, all of one version.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};

use super::{Fetch, Object, Stat, StoreProblem};
use crate::io::source::ReadAt;

/// An object that is being read. What replaces it meanwhile is never mixed with it: reads fail instead.
pub(crate) struct StoredFile {
    object: Object,
    stat: Stat,
    /// What was fetched beyond what was asked for, the latest last.
    blocks: Mutex<VecDeque<(u64, Bytes)>>,
    failure: Mutex<Option<StoreProblem>>,
}

impl StoredFile {
    /// Finds out which version there is.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn open(object: &Object) -> Result<Self, StoreProblem> {
        let stat = object.store.stat(&object.url)?;
        let object = object.clone();
        Ok(Self { object, stat, blocks: Mutex::default(), failure: Mutex::default() })
    }

    /// All its bytes from the first on; those that come next are on their way while others are worked on.
    pub(crate) fn stream(self: &Arc<Self>) -> impl Read + Send + 'static {
        Stream { file: self.clone(), asked: 0, coming: VecDeque::new(), here: Bytes::new() }
    }

    fn fetch(&self, from: u64, len: u64) -> Fetch {
        let end = self.stat.len.min(from.saturating_add(len));
        self.object.store.fetch(&self.object.url, from..end, &self.stat)
    }

    fn failed(&self, problem: StoreProblem) -> io::Error {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem.clone());
        problem.into()
    }

    /// The bytes of a block that is here already, from `offset` on.
    fn kept(&self, offset: u64) -> Option<Bytes> {
        let blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.iter().rev().find_map(|(start, block)| {
            let skipped = usize::try_from(offset.checked_sub(*start)?).ok()?;
            (skipped < block.len()).then(|| block.slice(skipped..))
        })
    }

    fn keep(&self, start: u64, block: Bytes) {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() == BLOCKS {
            blocks.pop_front();
        }
        blocks.push_back((start, block));
    }
}

impl ReadAt for StoredFile {
    fn len(&self) -> u64 {
        self.stat.len
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        if offset >= self.stat.len || into.is_empty() {
            return Ok(0);
        }
        let found = match self.kept(offset) {
            Some(found) => found,
            None if into.len() as u64 >= BLOCK => {
                let fetch = self.fetch(offset, (into.len() as u64).min(LONGEST));
                fetch.wait().map_err(|problem| self.failed(problem))?
            }
            None => {
                // A footer is read from its end: a little, then what stands before it.
                let start = offset.min(self.stat.len.saturating_sub(TAIL));
                let block = self.fetch(start, BLOCK.max(offset - start + into.len() as u64));
                let block = block.wait().map_err(|problem| self.failed(problem))?;
                self.keep(start, block.clone());
                block.slice(
                    usize::try_from(offset - start).unwrap_or(block.len()).min(block.len())..,
                )
            }
        };
        let count = found.len().min(into.len());
        into[..count].copy_from_slice(&found[..count]);
        Ok(count)
    }

    fn failure(&self) -> Option<io::Error> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.clone().map(io::Error::from)
    }
}

/// The bytes of an object in order.
struct Stream {
    file: Arc<StoredFile>,
    /// Up to where ranges have been asked for.
    asked: u64,
    coming: VecDeque<Fetch>,
    here: Bytes,
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.here.is_empty() {
            while self.coming.len() < AHEAD && self.asked < self.file.stat.len {
                self.coming.push_back(self.file.fetch(self.asked, STEP));
                self.asked = self.asked.saturating_add(STEP);
            }
            let Some(next) = self.coming.pop_front() else { return Ok(0) };
            self.here = next.wait().map_err(|problem| self.file.failed(problem))?;
        }
        let count = self.here.len().min(into.len());
        self.here.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// What is fetched where less is asked for: the answer to a request takes as long to come as a megabyte or two.
const BLOCK: u64 = 2 * 1024 * 1024;
/// How many of them are kept: one for each column of many tables, at most 64 MiB.
const BLOCKS: usize = 32;
/// How much of the end of an object is fetched with any part of it.
const TAIL: u64 = 64 * 1024;
/// The most that one request asks for, so that a broken one costs little.
const LONGEST: u64 = 16 * 1024 * 1024;
/// What a stream asks for at once, and how often before it needs it.
const STEP: u64 = 4 * 1024 * 1024;
const AHEAD: usize = 3;
