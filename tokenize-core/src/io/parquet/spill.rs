//! Where encoded pages wait until their turn to be written: in memory while there is room, else in a file that has no name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use parquet::column::page_store::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::errors::{ParquetError, Result};

/// How many bytes of pages may be in memory, over all columns.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    taken: Arc<AtomicUsize>,
    limit: usize,
    /// Where the files are.
    folder: Arc<PathBuf>,
}

impl Room {
    pub(crate) fn new(limit: usize, folder: PathBuf) -> Self {
        Self { taken: Arc::default(), limit, folder: Arc::new(folder) }
    }

    /// Where the pages of one chunk wait.
    pub(super) fn pages(&self) -> Pages {
        Pages { room: self.clone(), pages: Vec::new(), spilled: None }
    }

    fn take(&self, bytes: usize) -> bool {
        let taken = self.taken.fetch_add(bytes, Ordering::Relaxed);
        if taken.saturating_add(bytes) <= self.limit {
            return true;
        }
        self.give(bytes);
        false
    }

    fn give(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl PageStoreFactory for Room {
    fn create(&self, _: &PageStoreArgs<'_>) -> Result<Box<dyn PageStore>> {
        Ok(Box::new(self.pages()))
    }
}

/// The pages of one chunk. What is spilled holds what the output will hold, and nothing else.
pub(super) struct Pages {
    room: Room,
    pages: Vec<Page>,
    spilled: Option<Spilled>,
}

enum Page {
    Held(Bytes),
    Spilled { offset: u64, len: usize },
}

struct Spilled {
    file: File,
    end: u64,
}

impl PageStore for Pages {
    fn put(&mut self, value: Bytes) -> Result<PageKey> {
        let page = match self.room.take(value.len()) {
            true => Page::Held(value),
            false => self.spill(&value)?,
        };
        self.pages.push(page);
        Ok(PageKey::new(self.pages.len() as u64 - 1))
    }

    fn take(&mut self, key: PageKey) -> Result<Bytes> {
        let place = usize::try_from(key.get()).ok().and_then(|i| self.pages.get_mut(i));
        let page = place.map(|page| std::mem::replace(page, Page::Held(Bytes::new())));
        match page.ok_or_else(|| ParquetError::General("no such page".to_owned()))? {
            Page::Held(bytes) => {
                self.room.give(bytes.len());
                Ok(bytes)
            }
            Page::Spilled { offset, len } => self.unspill(offset, len),
        }
    }

    fn memory_size(&self) -> usize {
        self.held()
    }
}

impl Pages {
    fn held(&self) -> usize {
        let held = |page: &Page| match page {
            Page::Held(bytes) => bytes.len(),
            Page::Spilled { .. } => 0,
        };
        self.pages.iter().map(held).sum()
    }

    fn spill(&mut self, bytes: &[u8]) -> Result<Page> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => {
                none.insert(Spilled { file: tempfile::tempfile_in(&*self.room.folder)?, end: 0 })
            }
        };
        let offset = spilled.end;
        spilled.file.seek(SeekFrom::Start(offset))?;
        spilled.file.write_all(bytes)?;
        spilled.end += bytes.len() as u64;
        Ok(Page::Spilled { offset, len: bytes.len() })
    }

    fn unspill(&mut self, offset: u64, len: usize) -> Result<Bytes> {
        let lost = || ParquetError::General("a spilled page is gone".to_owned());
        let file = &mut self.spilled.as_mut().ok_or_else(lost)?.file;
        let mut bytes = vec![0; len];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.room.give(self.held());
    }
}
