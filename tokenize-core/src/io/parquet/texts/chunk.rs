//! A chunk that waits for its turn.

use std::io::{self, Read, Write};
use std::sync::Mutex;

use bytes::{Buf, Bytes};
use parquet::column::page_store::{PageKey, PageStore};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::writer::SerializedRowGroupWriter;

use crate::io::parquet::spill::Pages;

/// The pages of a chunk, and what there is to say of them.
pub(crate) struct Chunk {
    pages: Stored,
    close: ColumnCloseResult,
}

impl Chunk {
    pub(super) fn new(store: Pages, keys: Vec<PageKey>, close: ColumnCloseResult) -> Self {
        let pages = Waiting { store, keys: keys.into_iter(), page: Bytes::new() };
        Self { pages: Stored { len: close.bytes_written, pages: Mutex::new(Some(pages)) }, close }
    }

    /// Forgets the page indexes.
    pub(in super::super) fn drop_indexes(&mut self) {
        (self.close.column_index, self.close.offset_index) = (None, None);
    }

    /// # Errors
    /// What the system says of writing, or of reading what was spilled.
    pub(in super::super) fn append_to<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        group.append_column(&self.pages, self.close)
    }
}

/// Pages as the writer takes them: read once, from the first byte to the last.
struct Stored {
    len: u64,
    pages: Mutex<Option<Waiting>>,
}

struct Waiting {
    store: Pages,
    keys: std::vec::IntoIter<PageKey>,
    page: Bytes,
}

impl Length for Stored {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Stored {
    type T = Waiting;

    fn get_read(&self, _: u64) -> Result<Waiting> {
        let pages = self.pages.lock().ok().and_then(|mut pages| pages.take());
        pages.ok_or_else(|| ParquetError::General("pages are read once".to_owned()))
    }

    fn get_bytes(&self, _: u64, _: usize) -> Result<Bytes> {
        Err(ParquetError::General("pages are read one after the other".to_owned()))
    }
}

impl Read for Waiting {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.page.is_empty() {
            let Some(key) = self.keys.next() else { return Ok(0) };
            self.page = self.store.take(key).map_err(io::Error::other)?;
        }
        let count = into.len().min(self.page.len());
        self.page.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}
