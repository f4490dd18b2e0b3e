//! What treating a leaf took: cells, nulls, time. Told from any thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arrow::array::Array;

/// Counts of one step.
#[derive(Debug, Default)]
pub(super) struct Meter {
    cells: AtomicU64,
    nulls: AtomicU64,
    nanos: AtomicU64,
}

/// What a [`Meter`] has counted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Metered {
    pub(crate) cells: u64,
    pub(crate) nulls: u64,
    /// Summed over threads.
    pub(crate) time: Duration,
}

impl Meter {
    pub(super) fn count(&self, leaf: &dyn Array) {
        self.cells.fetch_add(leaf.len() as u64, Ordering::Relaxed);
        self.nulls.fetch_add(leaf.null_count() as u64, Ordering::Relaxed);
    }

    /// Does `work`, which must not wait for other threads, and counts its time.
    pub(super) fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
        done
    }

    pub(super) fn read(&self) -> Metered {
        Metered {
            cells: self.cells.load(Ordering::Relaxed),
            nulls: self.nulls.load(Ordering::Relaxed),
            time: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
        }
    }
}
