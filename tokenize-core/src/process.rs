//! What a process has for itself, made anew after a fork.
//!
//! A fork copies memory, and of the threads only the one that forks: a copied pool has no workers, and a copied lock may be held by a thread that is
//! not there. What is copied is therefore neither used nor dropped, but left behind. Knows nothing of what it keeps. Start at [`in_pool`] or [`PerProcess`].

use std::mem;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, RwLock, TryLockError};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Runs `work` where rayon's parallel iterators find threads: in the caller's pool or rayon's own, but after a fork in one that this process starts.
///
/// # Errors
/// [`NoThreads`].
pub(crate) fn in_pool<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, NoThreads> {
    match own_pool()? {
        None => Ok(work()),
        Some(pool) => Ok(pool.install(work)),
    }
}

/// The system gives this process no threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no threads to work in")]
pub struct NoThreads;

/// The pool of a process that was forked after the first use of rayon's own, which cannot be started twice.
fn own_pool() -> Result<Option<Arc<ThreadPool>>, NoThreads> {
    static FIRST: AtomicU32 = AtomicU32::new(0);
    static POOL: PerProcess<ThreadPool> = PerProcess::new();
    let here = process::id();
    let first = FIRST.compare_exchange(0, here, Ordering::Relaxed, Ordering::Relaxed);
    if first.is_ok() || first == Err(here) || rayon::current_thread_index().is_some() {
        return Ok(None);
    }
    POOL.get(|| ThreadPoolBuilder::new().build().map_err(|_| NoThreads)).map(Some)
}

/// A value for each process.
pub(crate) struct PerProcess<T>(RwLock<Option<Kept<T>>>);

struct Kept<T> {
    process: u32,
    value: Arc<T>,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(RwLock::new(None))
    }

    /// The value of this process, from `make` where it has none yet.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        self.get_in(process::id(), make)
    }

    fn get_in<E>(&self, here: u32, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.found(here) {
            return Ok(value);
        }
        let made = Arc::new(make()?);
        let Some(mut kept) = patiently(|| self.0.try_write()) else { return Ok(made) };
        match &*kept {
            // Another thread was faster.
            Some(kept) if kept.process == here => Ok(kept.value.clone()),
            _ => {
                let copied = kept.replace(Kept { process: here, value: made.clone() });
                mem::forget(copied);
                Ok(made)
            }
        }
    }

    fn found(&self, here: u32) -> Option<Arc<T>> {
        let kept = patiently(|| self.0.try_read())?;
        kept.as_ref().filter(|kept| kept.process == here).map(|kept| kept.value.clone())
    }
}

impl<T: Default> PerProcess<T> {
    /// The value of this process, empty at first.
    pub(crate) fn own(&self) -> Arc<T> {
        let Ok(value) = self.get(|| Ok::<_, std::convert::Infallible>(T::default()));
        value
    }
}

impl<T> Default for PerProcess<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let kept = self.0.get_mut().ok().and_then(Option::take);
        if let Some(copied) = kept.filter(|kept| kept.process != process::id()) {
            mem::forget(copied);
        }
    }
}

/// Tries to take a lock that is held for an instant at a time. Whoever holds it longer was not copied by a fork, and will never let go; the
/// caller goes without what the lock guards.
fn patiently<G, P>(try_lock: impl Fn() -> Result<G, TryLockError<P>>) -> Option<G> {
    for _ in 0..TRIES {
        match try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(_)) => return None,
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    }
    None
}

/// Some milliseconds.
const TRIES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn made(value: u32) -> Result<u32, NoThreads> {
        Ok(value)
    }

    #[test]
    fn each_process_has_its_own() {
        let own = PerProcess::new();
        assert_eq!(*own.get_in(1, || made(10)).unwrap(), 10);
        assert_eq!(*own.get_in(1, || made(11)).unwrap(), 10);
        assert_eq!(*own.get_in(2, || made(20)).unwrap(), 20);
        assert_eq!(*own.get_in(2, || made(21)).unwrap(), 20);
    }

    #[test]
    fn what_cannot_be_made_is_asked_for_again() {
        let own = PerProcess::new();
        assert_eq!(own.get_in(1, || Err::<u32, _>(NoThreads)), Err(NoThreads));
        assert_eq!(*own.get_in(1, || made(10)).unwrap(), 10);
    }

    #[test]
    fn what_another_process_left_is_not_dropped() {
        let (own, value) = (PerProcess::new(), Arc::new(()));
        let copy = value.clone();
        own.get_in(process::id() ^ 1, || Ok::<_, NoThreads>(copy)).unwrap();
        own.get(|| Ok::<_, NoThreads>(Arc::new(()))).unwrap();
        drop(own);
        assert_eq!(Arc::strong_count(&value), 2);
    }

    #[test]
    fn a_lock_that_nobody_will_open_is_gone_without() {
        let own = PerProcess::new();
        let _gone = own.0.write().unwrap();
        assert_eq!(*own.get_in(1, || made(10)).unwrap(), 10);
        assert_eq!(*own.get_in(1, || made(11)).unwrap(), 11);
    }

    #[test]
    fn threads_share_one() {
        let own = PerProcess::new();
        let all: Vec<_> = thread::scope(|scope| {
            let got = |i| {
                scope.spawn({
                    let own = &own;
                    move || own.get(|| made(i)).unwrap()
                })
            };
            let threads: Vec<_> = (0..8).map(got).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(all.iter().all(|value| Arc::ptr_eq(value, &all[0])));
    }

    #[test]
    fn a_caller_s_pool_is_kept() {
        let pool = ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| in_pool(rayon::current_num_threads)), Ok(3));
    }
}
