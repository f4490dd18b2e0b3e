//! A thread with an asynchronous runtime, for the clients of services: they are asynchronous, and nothing else here is.
//!
//! ```text
//! caller ── job, by a Tokio channel ──▶ thread: current-thread runtime, one task for each job
//!    ▲                                                          │
//!    └── blocks on a std channel ◀── outcome ──────────────────┘
//! ```
//!
//! A runtime of the caller's own must not be used: core starts none, and a caller that blocks in a runtime with one thread would wait for itself.
//! Knows no service. Start at [`RuntimeThread::call`].

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::process;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, error::SendError, unbounded_channel};

/// Runs requests of a client on a thread of its own, which starts with the first of them and ends when this is dropped. Each thread gets a
/// client of its own, since connections belong to the runtime that made them.
pub(crate) struct RuntimeThread<C> {
    name: &'static str,
    client: Box<dyn Fn() -> C + Send + Sync>,
    /// Held while a job is handed over or the thread started, never while one is waited for.
    running: Mutex<Option<Running<C>>>,
}

/// Why there is no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The thread cannot be started, or ended under way.
    Ended,
    /// The limit passed.
    Limit,
}

impl<C: Send + Sync + 'static> RuntimeThread<C> {
    /// `name` has at most 15 bytes, or Linux shows no name at all.
    pub(crate) fn new(name: &'static str, client: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self { name, client: Box::new(client), running: Mutex::default() }
    }

    /// Runs `work` and waits for its outcome, within a limit.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(crate) fn call<T, F>(
        &self,
        limit: Duration,
        work: impl FnOnce(Arc<C>) -> F + Send + 'static,
    ) -> Result<T, Stopped>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.start(limit, work)?.wait()
    }

    /// Runs `work` and does not wait; what it gives is waited for later.
    ///
    /// # Errors
    /// [`Stopped::Ended`].
    pub(crate) fn start<T, F>(
        &self,
        limit: Duration,
        work: impl FnOnce(Arc<C>) -> F + Send + 'static,
    ) -> Result<Pending<T>, Stopped>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (answer, answered) = sync_channel(1);
        self.submit(Box::new(move |client| {
            Box::pin(async move {
                let outcome = tokio::time::timeout(limit, work(client)).await;
                // Nobody listens any more if the caller was faster to see the limit pass.
                let _ = answer.send(outcome.map_err(|_| Stopped::Limit));
            })
        }))?;
        Ok(Pending { answered, limit })
    }

    fn submit(&self, mut job: Job<C>) -> Result<(), Stopped> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|thread| thread.process != process::id()) {
            // A fork copies this handle, but no thread. Waking or joining what is not there could wait for ever.
            mem::forget(running.take());
        }
        // The second time is for a thread that has ended since the last call.
        for _ in 0..2 {
            let thread = match running.take() {
                Some(thread) => thread,
                None => Running::start(self.name, (self.client)())?,
            };
            match thread.jobs.send(job) {
                Ok(()) => {
                    *running = Some(thread);
                    return Ok(());
                }
                Err(SendError(unsent)) => job = unsent,
            }
        }
        Err(Stopped::Ended)
    }
}

impl<C> Drop for RuntimeThread<C> {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { jobs, ended, handle, process }) = running else { return };
        if process != process::id() {
            mem::forget((jobs, ended, handle));
            return;
        }
        drop(jobs);
        // So that nothing of the client is left behind; but a thread that something blocks is not waited for.
        if ended.recv_timeout(END_LIMIT) == Err(RecvTimeoutError::Disconnected) {
            // A panic of the thread has nobody left to matter to.
            let _ = handle.join();
        }
    }
}

/// What a job will give.
#[must_use = "a job's outcome is waited for"]
pub(crate) struct Pending<T> {
    answered: Receiver<Result<T, Stopped>>,
    limit: Duration,
}

impl<T> Pending<T> {
    /// Waits for it.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(crate) fn wait(self) -> Result<T, Stopped> {
        // The limit a second time: what blocks the thread also keeps it from looking at its clock.
        match self.answered.recv_timeout(self.limit) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => Err(Stopped::Limit),
            Err(RecvTimeoutError::Disconnected) => Err(Stopped::Ended),
        }
    }
}

/// What runs on the thread, once.
type Job<C> = Box<dyn FnOnce(Arc<C>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A thread that has been started.
struct Running<C> {
    jobs: UnboundedSender<Job<C>>,
    /// Disconnected when the thread is about to end.
    ended: Receiver<()>,
    handle: JoinHandle<()>,
    /// The process that has the thread.
    process: u32,
}

impl<C: Send + Sync + 'static> Running<C> {
    fn start(name: &'static str, client: C) -> Result<Self, Stopped> {
        let (jobs, waiting) = unbounded_channel();
        let (end, ended) = sync_channel(0);
        let handle = Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(client, waiting, end))
            .map_err(|_| Stopped::Ended)?;
        Ok(Self { jobs, ended, handle, process: process::id() })
    }
}

/// The thread: takes jobs until nobody can send any more, then drops what is unfinished.
fn serve<C: Send + Sync + 'static>(
    client: C,
    mut jobs: UnboundedReceiver<Job<C>>,
    end: SyncSender<()>,
) {
    // Without a runtime the jobs are dropped, which tells their callers.
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else { return };
    let client = Arc::new(client);
    runtime.block_on(async {
        while let Some(job) = jobs.recv().await {
            tokio::spawn(job(client.clone()));
        }
    });
    drop(client);
    // Does not wait for a name that is still being looked up.
    runtime.shutdown_background();
    drop(end);
}

/// How long the end of a client waits for its thread: a matter of microseconds, unless something blocks it.
const END_LIMIT: Duration = Duration::from_secs(1);
