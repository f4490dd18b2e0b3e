use std::sync::Barrier;
use std::sync::atomic::AtomicUsize;
use std::thread;

use super::*;

const KEY: CacheKey = [1; 32];

fn secret() -> Result<Secret, KeyError> {
    Ok(Secret::random().unwrap())
}

/// Takes a key; says whether it was unwrapped for this.
fn is_unwrapped(cache: &KeyCache, name: CacheKey) -> bool {
    let mut unwrapped = false;
    cache
        .take(name, || {
            unwrapped = true;
            secret()
        })
        .unwrap();
    unwrapped
}

#[test]
fn threads_that_ask_at_once_make_one_call() {
    let cache = KeyCache::new(CacheLimits::default());
    let (calls, start) = (AtomicUsize::new(0), Barrier::new(16));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                start.wait();
                let unwrap = || {
                    calls.fetch_add(1, Ordering::SeqCst);
                    secret()
                };
                cache.take(KEY, unwrap).unwrap();
            });
        }
    });
    assert_eq!(calls.into_inner(), 1);
}

#[test]
fn a_call_for_one_key_does_not_hold_up_another() {
    let cache = KeyCache::new(CacheLimits::default());
    cache
        .take(KEY, || {
            assert!(is_unwrapped(&cache, [2; 32]));
            secret()
        })
        .unwrap();
    assert!(!is_unwrapped(&cache, KEY));
    assert!(!is_unwrapped(&cache, [2; 32]));
}

#[test]
fn a_key_is_dropped_after_its_time() {
    static SECONDS: AtomicU64 = AtomicU64::new(0);
    static START: OnceLock<Instant> = OnceLock::new();
    fn clock() -> Instant {
        let start = *START.get_or_init(Instant::now);
        start + Duration::from_secs(SECONDS.load(Ordering::SeqCst))
    }
    let cache = KeyCache::with_clock(CacheLimits { ttl_secs: 10, uses: 100 }, clock);
    assert!(is_unwrapped(&cache, KEY));
    SECONDS.store(9, Ordering::SeqCst);
    assert!(!is_unwrapped(&cache, KEY));
    let held = Arc::downgrade(&cache.take(KEY, secret).unwrap());
    assert!(held.upgrade().is_some());
    SECONDS.store(10, Ordering::SeqCst);
    // A look for any key drops all that are too old; the last holder wipes.
    assert!(is_unwrapped(&cache, [2; 32]));
    assert!(held.upgrade().is_none());
    assert!(is_unwrapped(&cache, KEY));
}

#[test]
fn a_key_is_dropped_after_its_uses() {
    let cache = KeyCache::new(CacheLimits { ttl_secs: 100, uses: 3 });
    let unwrapped: Vec<bool> = (0..7).map(|_| is_unwrapped(&cache, KEY)).collect();
    assert_eq!(unwrapped, [true, false, false, true, false, false, true]);
}

#[test]
fn threads_that_wait_for_a_call_share_its_failure() {
    let cache = KeyCache::new(CacheLimits::default());
    let calls = AtomicUsize::new(0);
    thread::scope(|scope| {
        let ask = || {
            let failed = cache.take(KEY, || {
                calls.fetch_add(1, Ordering::SeqCst);
                // Until all others wait: the map, and each thread, hold the slot.
                while Arc::strong_count(&cache.slots.own().lock().unwrap()[&KEY]) < 9 {
                    thread::yield_now();
                }
                Err(KeyError::ReservedContext)
            });
            assert!(
                matches!(failed, Err(KeyError::Shared(error)) if matches!(*error, KeyError::ReservedContext))
            );
        };
        for _ in 0..8 {
            scope.spawn(ask);
        }
    });
    // Whoever came to hold the slot before the call failed shares it, in whatever order they get to the lock.
    assert_eq!(calls.into_inner(), 1);
    assert!(is_unwrapped(&cache, KEY));
}

#[test]
fn a_failure_is_not_kept() {
    let cache = KeyCache::new(CacheLimits::default());
    let failed = cache.take(KEY, || Err(KeyError::ReservedContext));
    assert!(matches!(failed, Err(KeyError::ReservedContext)));
    assert!(is_unwrapped(&cache, KEY));
    cache.forget(&KEY);
    assert!(is_unwrapped(&cache, KEY));
    assert_eq!(format!("{cache:?}"), "KeyCache(CacheLimits { ttl_secs: 300, uses: 10000 }, ..)");
}
