//! Shapes: what entities look like, as one automaton that is started where something may begin.
//!
//! All shapes are compiled into one anchored automaton with a table of its states, so that a new shape costs memory, not time: a
//! step per byte until no shape can go on. Shapes are written for ASCII, have an end, and know nothing of what stands around them.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

use super::DetectError;

/// The automaton of all shapes.
#[derive(Debug)]
pub(super) struct Shapes {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
}

impl Shapes {
    /// Compiles shapes; a match is reported by the place of its shape.
    pub(super) fn new(shapes: &[&str]) -> Result<Self, DetectError> {
        let dfa = dense::Builder::new()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(thompson::Config::new().shrink(false))
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Anchored)
                    .match_kind(MatchKind::All)
                    .accelerate(false)
                    .dfa_size_limit(Some(SIZE_LIMIT)),
            )
            .build_many(shapes)
            .map_err(|_| DetectError::Shapes)?;
        let start = dfa
            .start_state(&start::Config::new().anchored(Anchored::Yes))
            .map_err(|_| DetectError::Shapes)?;
        Ok(Self { dfa, start })
    }

    /// Tells `found` the number and the end of each shape that begins at `start` of the value.
    pub(super) fn run(&self, value: &[u8], start: usize, mut found: impl FnMut(usize, usize)) {
        let mut state = self.start;
        for (at, byte) in value.iter().enumerate().skip(start) {
            state = self.dfa.next_state(state, *byte);
            if self.dfa.is_special_state(state) {
                if self.dfa.is_dead_state(state) {
                    return;
                }
                self.report(state, at, &mut found);
            }
        }
        state = self.dfa.next_eoi_state(state);
        self.report(state, value.len(), &mut found);
    }

    /// Bytes of the table.
    pub(super) fn memory(&self) -> usize {
        self.dfa.memory_usage()
    }

    fn report(&self, state: StateID, end: usize, found: &mut impl FnMut(usize, usize)) {
        if self.dfa.is_match_state(state) {
            for index in 0..self.dfa.match_len(state) {
                found(self.dfa.match_pattern(state, index).as_usize(), end);
            }
        }
    }
}

/// What the table may take, in bytes.
const SIZE_LIMIT: usize = 64 << 20;
