//! Calls that take long: an interrupt of the interpreter stops them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{self, Builder};
use std::time::Duration;

use pyo3::prelude::*;
use tokenize_core::pipeline::Progress;

use crate::error::{Failure, internal};

/// Tells a run to stop.
#[derive(Debug, Default)]
pub(crate) struct Stop(AtomicBool);

impl Progress for Stop {
    fn rows(&self, _rows: u64) {}

    fn bytes(&self, _bytes: u64) {}

    fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Calls core detached from the interpreter, on a thread of its own, and looks for signals meanwhile. After `KeyboardInterrupt`, or whatever
/// another handler raises, `work` is told to stop and waited for, so that it leaves nothing half.
pub(crate) fn interruptible<T: Send, E: Into<Failure> + Send>(
    py: Python<'_>,
    work: impl FnOnce(Arc<Stop>) -> Result<T, E> + Send,
) -> PyResult<T> {
    let (interrupt, done) = py.detach(|| {
        let stop = Arc::new(Stop::default());
        let (sender, receiver) = sync_channel(1);
        thread::scope(|scope| {
            let told = stop.clone();
            let run = move || {
                // Nobody waits any more only if this process ends.
                let _ = sender.send(catch_unwind(AssertUnwindSafe(|| work(told))));
            };
            if Builder::new().stack_size(STACK).spawn_scoped(scope, run).is_err() {
                return (None, None);
            }
            let mut interrupt = None;
            loop {
                match receiver.recv_timeout(EVERY) {
                    Ok(done) => return (interrupt, done.ok()),
                    Err(RecvTimeoutError::Disconnected) => return (interrupt, None),
                    Err(RecvTimeoutError::Timeout) => {}
                }
                if let Err(raised) = Python::attach(|py| py.check_signals()) {
                    stop.0.store(true, Ordering::Relaxed);
                    interrupt.get_or_insert(raised);
                }
            }
        })
    });
    match (interrupt, done) {
        (Some(raised), _) => Err(raised),
        (None, Some(done)) => Ok(done.map_err(Into::into)?),
        (None, None) => Err(internal().into()),
    }
}

/// How often is looked for signals: often enough for who presses a key, seldom enough to cost nothing.
const EVERY: Duration = Duration::from_millis(50);
/// As the main thread has, for data that is nested deep.
const STACK: usize = 8 * 1024 * 1024;
