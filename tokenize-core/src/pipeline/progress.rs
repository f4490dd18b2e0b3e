//! How far a run has come, told while it goes on.

use std::fmt::Debug;

use super::dataset::FileReport;
use crate::io::Input;
use crate::io::frame::Frame;

/// Is told what has been done, from any thread; counts only.
///
/// Meant to be implemented by callers, say to draw a bar. It is called often and must not block.
pub trait Progress: Debug + Send + Sync {
    /// So many more rows have been treated.
    fn rows(&self, rows: u64);

    /// So many more bytes of input have been dealt with.
    fn bytes(&self, bytes: u64);

    /// A run begins, over so many files of so many bytes together.
    fn start(&self, _files: u64, _bytes: u64) {}

    /// Whether the run is to stop, which ends it as a failure does: with [`Error::Stopped`](crate::Error::Stopped). Asked often, from any thread.
    fn is_stopped(&self) -> bool {
        false
    }

    /// A file of a dataset is done.
    fn file_done(&self, _file: &FileReport) {}
}

/// Tells how many bytes of an input have been dealt with: of Parquet by its rows, of records by theirs, of what is packed at the end.
pub(super) struct InputBytes<'a> {
    progress: Option<&'a dyn Progress>,
    len: u64,
    rows: Option<u64>,
    told: u64,
}

impl<'a> InputBytes<'a> {
    pub(super) fn new(input: &Input, progress: Option<&'a dyn Progress>) -> Self {
        let len = progress.and_then(|_| {
            let place = input.location();
            // What is told of how far a run has come is not worth a failure.
            Some(match place.stat().ok()? {
                Some(stat) => stat.len,
                None => place.path().metadata().ok()?.len(),
            })
        });
        Self { progress, len: len.unwrap_or(0), rows: input.rows(), told: 0 }
    }

    /// So many rows of the input are done, the last of them in these records.
    pub(super) fn tell(&mut self, rows: u64, frame: Option<&Frame>) {
        let done = match (self.rows, frame) {
            (Some(all), _) => {
                let share = u128::from(self.len) * u128::from(rows) / u128::from(all.max(1));
                u64::try_from(share).unwrap_or(self.len)
            }
            (None, Some(frame)) => self.told + frame.len() as u64,
            (None, None) => self.told,
        };
        self.tell_up_to(done);
    }

    /// All of it is done.
    pub(super) fn end(mut self) {
        self.tell_up_to(self.len);
    }

    fn tell_up_to(&mut self, done: u64) {
        let more = done.min(self.len).saturating_sub(self.told);
        if let Some(progress) = self.progress.filter(|_| more > 0) {
            self.told += more;
            progress.bytes(more);
        }
    }
}
