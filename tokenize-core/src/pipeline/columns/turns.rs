//! Work that many threads do and one takes, in order: nobody runs far ahead, and the first failure in that order is the one that counts.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Numbered pieces of work, begun in order.
pub(super) struct Turns<T, E> {
    count: usize,
    /// How many pieces may be begun beyond the one that is waited for.
    ahead: usize,
    state: Mutex<State<T, E>>,
    changed: Condvar,
}

struct State<T, E> {
    next: usize,
    /// The pieces below this may be begun.
    limit: usize,
    done: HashMap<usize, T>,
    failed: Option<(usize, E)>,
    is_stopped: bool,
}

/// Why the one who takes stops.
#[derive(Debug)]
pub(super) enum Failure<E> {
    /// A failure of its own.
    Own(E),
    /// A piece of work has failed; [`Turns::failure`] tells.
    Work,
}

impl<T: Send, E: Send> Turns<T, E> {
    pub(super) fn new(count: usize, ahead: usize) -> Self {
        let state = State {
            next: 0,
            limit: ahead.max(1),
            done: HashMap::new(),
            failed: None,
            is_stopped: false,
        };
        Self { count, ahead, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Does the work, in `threads` threads; back when all is done, or one has failed. They are none of a pool: there, one that waits for a piece of its
    /// task may begin whatever else there is to do, and would wait in it for a turn that comes only after what it has left.
    pub(super) fn work(&self, threads: usize, task: &(impl Fn(usize) -> Result<T, E> + Sync)) {
        std::thread::scope(|scope| {
            for _ in 0..threads.min(self.count) {
                scope.spawn(|| self.work_alone(task));
            }
        });
    }

    fn work_alone(&self, task: &impl Fn(usize) -> Result<T, E>) {
        // A panic must not leave the others waiting.
        let on_panic = self.stop_at_end();
        while let Some(number) = self.begin() {
            let result = task(number);
            let mut state = self.state();
            match result {
                Ok(done) => {
                    state.done.insert(number, done);
                }
                Err(error) if state.failed.as_ref().is_none_or(|(first, _)| number < *first) => {
                    state.failed = Some((number, error));
                }
                Err(_) => {}
            }
            drop(state);
            self.changed.notify_all();
        }
        std::mem::forget(on_panic);
    }

    /// The next piece of work, once its turn has come; `None` if there is no more to do.
    fn begin(&self) -> Option<usize> {
        let mut state = self.state();
        loop {
            if state.is_stopped || state.failed.is_some() || state.next == self.count {
                return None;
            }
            if state.next < state.limit {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What has come of a piece of work. To be asked for in ascending order, more or less: nothing far beyond it is begun before.
    ///
    /// # Errors
    /// [`Failure::Work`].
    pub(super) fn wait_for(&self, number: usize) -> Result<T, Failure<E>> {
        let mut state = self.state();
        state.limit = state.limit.max(number.saturating_add(self.ahead).saturating_add(1));
        self.changed.notify_all();
        loop {
            if let Some(done) = state.done.remove(&number) {
                return Ok(done);
            }
            if state.failed.is_some() || state.is_stopped {
                return Err(Failure::Work);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Once this is dropped no more work is begun: whoever takes must not leave the others waiting.
    pub(super) fn stop_at_end(&self) -> impl Drop + '_ {
        StopAtEnd(self)
    }

    fn stop(&self) {
        self.state().is_stopped = true;
        self.changed.notify_all();
    }

    /// The failure of the first piece that failed. All before it have been done.
    pub(super) fn failure(&self) -> Option<E> {
        self.state().failed.take().map(|(_, error)| error)
    }

    fn state(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct StopAtEnd<'a, T: Send, E: Send>(&'a Turns<T, E>);

impl<T: Send, E: Send> Drop for StopAtEnd<'_, T, E> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// What comes of `count` pieces, taken by one thread while others work.
    fn all(
        count: usize,
        ahead: usize,
        task: impl Fn(usize) -> Result<usize, usize> + Sync,
    ) -> Result<Vec<usize>, Option<usize>> {
        let turns = Turns::new(count, ahead);
        let taken = std::thread::scope(|scope| {
            let taken = scope
                .spawn(|| (0..count).map(|i| turns.wait_for(i)).collect::<Result<Vec<_>, _>>());
            turns.work(3, &task);
            taken.join().unwrap()
        });
        taken.map_err(|_| turns.failure())
    }

    #[test]
    fn results_come_in_order() {
        assert_eq!(
            all(100, 1, |i| Ok(i * i)).unwrap(),
            (0..100).map(|i| i * i).collect::<Vec<_>>()
        );
        assert_eq!(all(0, 1, Ok).unwrap(), Vec::<usize>::new());
    }

    #[test]
    fn the_first_failure_counts() {
        for _ in 0..20 {
            let failed = all(50, 8, |i| if i % 7 == 3 { Err(i) } else { Ok(i) });
            assert_eq!(failed.unwrap_err(), Some(3));
        }
    }

    #[test]
    fn nobody_runs_far_ahead() {
        let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let turns: Turns<usize, ()> = Turns::new(100, 4);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for i in 0..100 {
                    turns.wait_for(i).unwrap();
                    taken.store(i, Ordering::SeqCst);
                }
            });
            turns.work(3, &|i| {
                begun.fetch_max(i, Ordering::SeqCst);
                // The one after the last taken is waited for already, perhaps.
                assert!(i <= taken.load(Ordering::SeqCst) + 1 + 4);
                Ok(i)
            });
        });
        assert_eq!(begun.into_inner(), 99);
    }
}
