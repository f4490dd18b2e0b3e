//! Calls from many threads, from Tokio runtimes of the caller's, and the thread behind them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, future};
use tokenize_core::keys::kms::aws::AwsLimits;
use tokenize_core::keys::{Kms, KmsError, Wrapped};
use tokio::runtime::Builder;

use super::{Bench, context, key, quick};

/// A client that can be moved into tasks, and what it is to unwrap.
fn shared(bench: &Bench) -> (Arc<dyn Kms>, Wrapped) {
    (bench.open("alias/tokenize").into(), bench.wrapped())
}

fn unwraps(kms: &dyn Kms, wrapped: &Wrapped) {
    assert!(kms.unwrap(wrapped, &context("reveal")).unwrap().same_as(&key()));
}

#[test]
fn calls_at_once_are_requests_at_once() {
    let bench = Bench::new();
    let (kms, wrapped) = shared(&bench);
    bench.service.gather(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| unwraps(kms.as_ref(), &wrapped));
        }
    });
}

#[test]
fn from_a_runtime_with_one_thread() {
    let bench = Bench::new();
    let (kms, wrapped) = shared(&bench);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        unwraps(kms.as_ref(), &wrapped);
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let (kms, wrapped) = (kms.clone(), wrapped.clone());
                tokio::spawn(async move { unwraps(kms.as_ref(), &wrapped) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        bench.service.gather(4);
        blocking(&kms, &wrapped, 4).await;
        // The end of a client joins its thread, which a runtime would not be allowed to.
        drop(kms);
    });
}

#[test]
fn from_a_runtime_with_many_threads() {
    let bench = Bench::new();
    let (kms, wrapped) = shared(&bench);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        // As many calls as workers: none is left for anything else.
        bench.service.gather(2);
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let (kms, wrapped) = (kms.clone(), wrapped.clone());
                tokio::spawn(async move { unwraps(kms.as_ref(), &wrapped) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        bench.service.gather(4);
        blocking(&kms, &wrapped, 4).await;
        drop(kms);
    });
}

/// Several calls at once on the runtime's threads for what blocks.
async fn blocking(kms: &Arc<dyn Kms>, wrapped: &Wrapped, calls: usize) {
    let tasks: Vec<_> = (0..calls)
        .map(|_| {
            let (kms, wrapped) = (kms.clone(), wrapped.clone());
            tokio::task::spawn_blocking(move || unwraps(kms.as_ref(), &wrapped))
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Credentials that do something first.
#[derive(Clone)]
struct Before<F>(Arc<F>);

impl<F> std::fmt::Debug for Before<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Before")
    }
}

impl<F: Fn() + Send + Sync> ProvideCredentials for Before<F> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            (self.0)();
            Ok(Credentials::new("AKIDEXAMPLE", "example", None, None, "test"))
        })
    }
}

#[test]
fn a_dropped_client_leaves_nothing_behind() {
    let credentials = Before(Arc::new(|| ()));
    let held = Arc::downgrade(&credentials.0);
    let Bench { service, provider, kms, .. } = Bench::with_credentials(credentials, quick());
    kms.generate(&context("reveal")).unwrap();
    drop((kms, provider));
    // Neither the thread, which held them, nor its connections.
    assert!(held.upgrade().is_none());
    service.wait_until_disconnected();
}

#[test]
fn a_panic_in_the_sdk_is_an_error() {
    let first = AtomicBool::new(true);
    let credentials = Before(Arc::new(move || {
        // Not by a panic hook's way to stderr: that is the report of somebody's bug.
        if first.swap(false, Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("a bug in a provider"));
        }
    }));
    let bench = Bench::with_credentials(credentials, quick());
    let error = bench.kms.generate(&context("reveal")).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::ClientThread), "{error:?}");
    assert_eq!(error.to_string(), "the thread of the KMS client cannot be started, or has ended");
    bench.kms.generate(&context("reveal")).unwrap();
}

#[test]
fn a_thread_that_is_blocked_does_not_block_its_callers() {
    let (go, gate) = channel::<()>();
    let gate: Mutex<Receiver<()>> = Mutex::new(gate);
    let credentials = Before(Arc::new(move || {
        let _ = gate.lock().unwrap().recv();
    }));
    let limits = AwsLimits { call: Duration::from_millis(300), ..quick() };
    let bench = Bench::with_credentials(credentials, limits);
    for _ in 0..2 {
        let error = bench.kms.generate(&context("reveal")).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::TimedOut { .. }), "{error:?}");
    }
    drop(go);
}
