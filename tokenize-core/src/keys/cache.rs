//! Unwrapped keys, kept for a while: one call to the KMS where many plans and threads need the same key.
//!
//! Holds keys by what they were unwrapped from, so that a changed keyring never meets an old key. Nothing is written
//! anywhere, and no key is handed out but to this room.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::error::KeyError;
use crate::process::PerProcess;
use crate::secret::Secret;

/// Unwrapped keys of one process, wiped when they are too old, used up, or nobody holds the cache any more.
///
/// Keyrings opened by [`Keyring::open`](super::Keyring::open) share the process's own cache; give others theirs with
/// [`Keyring::with_cache`](super::Keyring::with_cache). A plan keeps the keys that it was made with, however old they get.
pub struct KeyCache {
    limits: CacheLimits,
    clock: fn() -> Instant,
    /// Not those that a fork has copied: a key may be on its way in them, and nobody there to bring it.
    slots: PerProcess<Mutex<HashMap<CacheKey, Arc<Slot>>>>,
}

/// How long and how often an unwrapped key is handed out before the KMS is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// Seconds from unwrapping a key until it is dropped.
    pub ttl_secs: u64,
    /// How many times a key is handed out; a plan takes each key that it needs a few times.
    pub uses: u64,
}

impl Default for CacheLimits {
    /// Five minutes: a right that is taken away at the KMS ends within that. Ten thousand uses.
    fn default() -> Self {
        Self { ttl_secs: 300, uses: 10_000 }
    }
}

impl KeyCache {
    /// An empty cache.
    #[must_use]
    pub fn new(limits: CacheLimits) -> Arc<Self> {
        Self::with_clock(limits, Instant::now)
    }

    /// [`KeyCache::new`] with a clock of your own, for tests of what happens later.
    #[must_use]
    pub fn with_clock(limits: CacheLimits, clock: fn() -> Instant) -> Arc<Self> {
        Arc::new(Self { limits, clock, slots: PerProcess::new() })
    }

    /// The cache that keyrings of this process share.
    pub(super) fn of_process() -> Arc<Self> {
        static SHARED: OnceLock<Arc<KeyCache>> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(CacheLimits::default())).clone()
    }

    /// The key of `name`, from the cache or else from `unwrap`. Threads that ask at once for one key make one call and share what comes of
    /// it; those that ask for other keys do not wait.
    pub(super) fn take(
        &self,
        name: CacheKey,
        unwrap: impl FnOnce() -> Result<Secret, KeyError>,
    ) -> Result<Arc<Secret>, KeyError> {
        let (slot, failures) = self.slot(name);
        // Held while the KMS works. A thread that panicked in between has left no half key behind.
        let mut held = slot.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = held.kept.as_mut().filter(|kept| !self.is_spent(kept)) {
            kept.uses += 1;
            return Ok(kept.key.clone());
        }
        if let Some(failure) = &held.failure
            && slot.failures.load(Ordering::SeqCst) != failures
        {
            // Asking again would make each of many threads wait for the KMS's time limit, one after the other.
            return Err(KeyError::Shared(failure.clone()));
        }
        *held = Held::default();
        match unwrap() {
            Ok(key) => {
                let key = Arc::new(key);
                held.kept = Some(Kept { key: key.clone(), since: (self.clock)(), uses: 1 });
                Ok(key)
            }
            // The map and this thread hold the slot; who else does is waiting.
            Err(error) if Arc::strong_count(&slot) <= 2 => Err(error),
            Err(error) => {
                let error = Arc::new(error);
                held.failure = Some(error.clone());
                slot.failures.fetch_add(1, Ordering::SeqCst);
                Err(KeyError::Shared(error))
            }
        }
    }

    /// Drops a key.
    pub(super) fn forget(&self, name: &CacheKey) {
        self.slots.own().lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// The place of one key, and how many calls had failed there. Old keys of all places are dropped on the way.
    fn slot(&self, name: CacheKey) -> (Arc<Slot>, u64) {
        let slots = self.slots.own();
        let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|other, slot| {
            // A place that somebody else holds is being filled, or about to be.
            let Some(Ok(held)) = (Arc::strong_count(slot) == 1).then(|| slot.held.try_lock())
            else {
                return true;
            };
            *other == name || held.kept.as_ref().is_some_and(|kept| !self.is_spent(kept))
        });
        let slot = slots.entry(name).or_default();
        // Counted before it is held: whoever fails and sees it held knows that this thread is one that waits.
        let failures = slot.failures.load(Ordering::SeqCst);
        (slot.clone(), failures)
    }

    fn is_spent(&self, kept: &Kept) -> bool {
        let age = (self.clock)().saturating_duration_since(kept.since);
        kept.uses >= self.limits.uses || age >= Duration::from_secs(self.limits.ttl_secs)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCache({:?}, ..)", self.limits)
    }
}

/// What a key was unwrapped from: a hash of reference, wrapped key and context.
pub(super) type CacheKey = [u8; 32];

/// The place of one key.
#[derive(Default)]
struct Slot {
    held: Mutex<Held>,
    /// How many calls have failed while others waited for them.
    failures: AtomicU64,
}

#[derive(Default)]
struct Held {
    kept: Option<Kept>,
    failure: Option<Arc<KeyError>>,
}

struct Kept {
    key: Arc<Secret>,
    since: Instant,
    uses: u64,
}

#[cfg(test)]
mod tests;
