//! Many patterns in one search, in time linear in the text whatever they are.
//!
//! A search for one match after the other can be quadratic: each may read on to the end of the text only to learn that nothing longer
//! matches. Here a text is read backwards once, in blocks, which tells at which places matches begin; from these the end is looked
//! for, no farther than the longest match. So a byte is read a bounded number of times. Both ways go through automata that are
//! built as they are needed, in a cache that each thread takes from a pool.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, Config, DFA, OverlappingState};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::{Anchored, Input, MatchKind, PatternID};
use regex_syntax::hir::Hir;

use super::pattern::{MATCH_LIMIT, compile};

/// Patterns, compiled together.
pub(super) struct Patterns {
    automata: Arc<Automata>,
    pool: Pool<Caches, MakeCaches>,
}

type MakeCaches = Box<dyn Fn() -> Caches + Send + Sync + UnwindSafe + RefUnwindSafe>;

struct Automata {
    /// Reads backwards; tells every pattern that begins at a place.
    begins: DFA,
    /// Reads forwards from there, one pattern alone; tells its end.
    ends: DFA,
}

/// What a thread needs to search.
pub(super) struct Caches {
    begins: Cache,
    ends: Cache,
    /// Where matches begin in a block, the last first.
    found: Vec<(usize, PatternID)>,
    /// For each pattern the end of its last match.
    done: Vec<usize>,
}

/// Caches on loan.
pub(super) type Guard<'a> = PoolGuard<'a, Caches, MakeCaches>;

impl Patterns {
    /// Compiles patterns; `None` if they are too large together.
    pub(super) fn new(patterns: &[Hir]) -> Option<Self> {
        let config = Config::new().cache_capacity(CACHE_CAPACITY).skip_cache_capacity_check(true);
        let begins = config.clone().match_kind(MatchKind::All);
        let ends = config.match_kind(MatchKind::LeftmostFirst).starts_for_each_pattern(true);
        let build = |config, reverse| {
            DFA::builder()
                .configure(config)
                .build_from_nfa(compile(patterns, reverse, SIZE_LIMIT)?)
                .ok()
        };
        let automata =
            Arc::new(Automata { begins: build(begins, true)?, ends: build(ends, false)? });
        let (shared, count) = (Arc::clone(&automata), patterns.len());
        let make: MakeCaches = Box::new(move || Caches {
            begins: shared.begins.create_cache(),
            ends: shared.ends.create_cache(),
            found: Vec::new(),
            done: vec![0; count],
        });
        Some(Self { automata, pool: Pool::new(make) })
    }

    /// Takes caches from the pool, for any number of searches.
    pub(super) fn caches(&self) -> Guard<'_> {
        self.pool.get()
    }

    /// Tells `found` pattern, start and end of each match in a value; those of one pattern do not overlap.
    pub(super) fn search(
        &self,
        caches: &mut Caches,
        value: &[u8],
        mut found: impl FnMut(usize, usize, usize),
    ) {
        let mut is_first = true;
        for block in (0..value.len()).step_by(BLOCK) {
            self.begins(caches, value, block);
            if caches.found.is_empty() {
                continue;
            }
            if std::mem::take(&mut is_first) {
                caches.done.fill(0);
            }
            while let Some((start, pattern)) = caches.found.pop() {
                let Some(done) = caches.done.get_mut(pattern.as_usize()) else { continue };
                if start < *done {
                    continue;
                }
                let input = Input::new(value)
                    .span(start..value.len().min(start + MATCH_LIMIT))
                    .anchored(Anchored::Pattern(pattern));
                // The automaton has no byte that stops it, and never gives up for want of memory.
                if let Ok(Some(end)) = self.automata.ends.try_search_fwd(&mut caches.ends, &input) {
                    *done = end.offset();
                    found(pattern.as_usize(), start, end.offset());
                }
            }
        }
    }

    /// Notes where matches begin in the block at `begin`, of those that the longest match allows.
    fn begins(&self, caches: &mut Caches, value: &[u8], begin: usize) {
        let end = value.len().min(begin + BLOCK);
        let input = Input::new(value).span(begin..value.len().min(end + MATCH_LIMIT));
        let mut state = OverlappingState::start();
        let begins = &self.automata.begins;
        while begins.try_search_overlapping_rev(&mut caches.begins, &input, &mut state).is_ok() {
            let Some(found) = state.get_match() else { return };
            if found.offset() < end {
                caches.found.push((found.offset(), found.pattern()));
            }
        }
    }
}

/// How much of a value is read backwards at once: it bounds what is noted.
const BLOCK: usize = 16 << 10;
/// What all patterns may compile to, in bytes, each way.
const SIZE_LIMIT: usize = 16 << 20;
/// What the cache of each of the two automata may take in a thread, in bytes.
const CACHE_CAPACITY: usize = 32 << 20;
