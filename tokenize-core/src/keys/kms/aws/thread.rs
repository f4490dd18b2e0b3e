//! The thread that the SDK's runtime lives on.
//!
//! ```text
//! caller ── job, by a Tokio channel ──▶ thread: current-thread runtime, one task for each job
//!    ▲                                                          │
//!    └── blocks on a std channel ◀── outcome ──────────────────┘
//! ```
//!
//! A runtime of the caller's own must not be used: core starts none, and a caller that blocks in a runtime with one thread would wait for itself.

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

use super::AwsLimits;
use super::client::{AwsClient, Source};
use super::failure::timed_out;
use crate::keys::kms::KmsError;

/// Runs requests on a thread of its own, which starts with the first of them and ends when this is dropped.
pub(super) struct ClientThread {
    source: Source,
    limits: AwsLimits,
    /// Held while a job is handed over or the thread started, never while one is waited for.
    running: Mutex<Option<Running>>,
}

impl ClientThread {
    pub(super) fn new(source: Source, limits: AwsLimits) -> Self {
        Self { source, limits, running: Mutex::default() }
    }

    /// Runs `work` and waits for its outcome, within the limit of a call.
    pub(super) fn call<T, F>(
        &self,
        work: impl FnOnce(Arc<AwsClient>) -> F + Send + 'static,
    ) -> Result<T, KmsError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, KmsError>> + Send + 'static,
    {
        let limit = self.limits.call;
        let (answer, answered) = sync_channel(1);
        self.submit(Box::new(move |client| {
            Box::pin(async move {
                let outcome = tokio::time::timeout(limit, work(client)).await;
                // Nobody listens any more if the caller was faster to see the limit pass.
                let _ = answer.send(outcome.unwrap_or_else(|_| Err(timed_out(limit))));
            })
        }))?;
        // The limit a second time: what blocks the thread also keeps it from looking at its clock.
        match answered.recv_timeout(limit) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => Err(timed_out(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(KmsError::ClientThread),
        }
    }

    fn submit(&self, mut job: Job) -> Result<(), KmsError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|thread| thread.process != process::id()) {
            // A fork copies this handle, but no thread. Waking or joining what is not there could wait for ever.
            mem::forget(running.take());
        }
        // The second time is for a thread that has ended since the last call.
        for _ in 0..2 {
            let thread = match running.take() {
                Some(thread) => thread,
                None => Running::start(self.source.clone(), self.limits)?,
            };
            match thread.jobs.send(job) {
                Ok(()) => {
                    *running = Some(thread);
                    return Ok(());
                }
                Err(SendError(unsent)) => job = unsent,
            }
        }
        Err(KmsError::ClientThread)
    }
}

impl Drop for ClientThread {
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

/// What runs on the thread, once.
type Job = Box<dyn FnOnce(Arc<AwsClient>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A thread that has been started.
struct Running {
    jobs: UnboundedSender<Job>,
    /// Disconnected when the thread is about to end.
    ended: Receiver<()>,
    handle: JoinHandle<()>,
    /// The process that has the thread.
    process: u32,
}

impl Running {
    fn start(source: Source, limits: AwsLimits) -> Result<Self, KmsError> {
        let (jobs, waiting) = unbounded_channel();
        let (end, ended) = sync_channel(0);
        let client = AwsClient::new(source, limits);
        let handle = Builder::new()
            .name(THREAD_NAME.to_owned())
            .spawn(move || serve(client, waiting, end))
            .map_err(|_| KmsError::ClientThread)?;
        Ok(Self { jobs, ended, handle, process: process::id() })
    }
}

/// The thread: takes jobs until nobody can send any more, then drops what is unfinished.
fn serve(client: AwsClient, mut jobs: UnboundedReceiver<Job>, end: SyncSender<()>) {
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

/// At most 15 bytes, or Linux shows no name at all.
const THREAD_NAME: &str = "tokenize-kms";
/// How long the end of a client waits for its thread: a matter of microseconds, unless something blocks it.
const END_LIMIT: Duration = Duration::from_secs(1);

const _: () = assert!(THREAD_NAME.len() <= 15);
