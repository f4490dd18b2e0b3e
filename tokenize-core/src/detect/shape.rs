//! Shapes: what entities look like, as one automaton that is started where something may begin.
//!
//! All shapes are compiled into one table of states, so that a new shape costs memory, not time: a step per byte until no shape
//! can go on. regex-automata determinizes them; the table is taken from its automaton, with fewer bytes per state and nothing to
//! ask for on the way. Shapes are written for ASCII, have an end, and know nothing of what stands around them.
//!
//! Most numbers take no steps of bytes at all. What is digits in groups goes through [`groups`], a step per group; what else is in
//! words is asked first whether any shape begins so, [`gate`]. Both are made of the automaton, and say the same.

mod gate;
mod groups;
mod sets;

use std::collections::HashMap;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

use super::DetectError;
use super::sight::Window;
use super::words::is_word;
use gate::Gate;
use groups::Groups;
use sets::Kinds;

/// The automaton of all shapes.
#[derive(Debug)]
pub(super) struct Shapes {
    /// The class of each byte; bytes of one class are alike to all shapes.
    classes: [u8; 256],
    /// The next state, by state and class. At [`END`] no shape goes on.
    next: Vec<u16>,
    /// Classes of a state, a power of two; the last is the end of the value.
    stride: usize,
    /// The list of the shapes that have ended when a state is reached, by state.
    ended: Vec<u16>,
    /// All these lists; the first is empty.
    lists: Vec<Vec<u16>>,
    groups: Groups,
    gate: Gate,
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
        Self::from_dfa(&dfa).ok_or(DetectError::Shapes)
    }

    /// Lists of shapes by the places of the shapes; what is found is one of them.
    pub(super) fn lists(&self) -> &[Vec<u16>] {
        &self.lists
    }

    /// Tells `found` each place where shapes end that begin at `start` of the value and no word goes on, with the list of those shapes.
    /// The window is that at `start`, without what is behind the value.
    #[inline]
    pub(super) fn find(
        &self,
        value: &[u8],
        start: usize,
        window: Window,
        mut found: impl FnMut(usize, usize),
    ) {
        let rest = if window.is_digits() {
            self.groups.find(value, start, window, &mut found)
        } else {
            self.gate.may_begin(self.class(value, start), window).then_some(start)
        };
        if let Some(from) = rest {
            self.run(value, start, from, &mut found);
        }
    }

    /// The same, a step per byte; places before `from` are not told.
    fn run(&self, value: &[u8], start: usize, from: usize, found: &mut impl FnMut(usize, usize)) {
        let mut state = FIRST;
        for (at, byte) in value.iter().enumerate().skip(start) {
            state = self.step(state, usize::from(self.classes[usize::from(*byte)]));
            if state & SPECIAL != 0 {
                if state == END {
                    return;
                }
                if !is_word(*byte) && at >= from {
                    found(at, self.ended(state));
                }
            }
        }
        state = self.step(state, self.stride - 1);
        if state & SPECIAL != 0 && state != END {
            found(value.len(), self.ended(state));
        }
    }

    fn class(&self, value: &[u8], at: usize) -> usize {
        value.get(at).map_or(self.stride - 1, |byte| usize::from(self.classes[usize::from(*byte)]))
    }

    fn step(&self, state: u16, class: usize) -> u16 {
        self.next.get(place(state) * self.stride + class).copied().unwrap_or(END)
    }

    /// The list of a state.
    fn ended(&self, state: u16) -> usize {
        self.ended.get(place(state)).map_or(0, |list| usize::from(*list))
    }

    fn from_dfa(dfa: &dense::DFA<Vec<u32>>) -> Option<Self> {
        let classes: [u8; 256] =
            std::array::from_fn(|byte| dfa.byte_classes().get(u8::try_from(byte).unwrap_or(0)));
        let count = classes.iter().map(|class| usize::from(*class) + 1).max()?;
        let stride = (count + 1).next_power_of_two();
        // A byte of each class.
        let bytes: Vec<u8> = (0..count)
            .map(|class| (0..=255).find(|byte| usize::from(classes[usize::from(*byte)]) == class))
            .collect::<Option<_>>()?;
        let first = dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let mut shapes = Self {
            classes,
            next: Vec::new(),
            stride,
            ended: Vec::new(),
            lists: vec![Vec::new()],
            groups: Groups::empty(),
            gate: Gate::default(),
        };
        let mut states = States { numbers: HashMap::new(), found: Vec::new() };
        shapes.push(dfa, None);
        states.number(dfa, first)?;
        let mut done = 0;
        while let Some(state) = states.found.get(done).copied() {
            shapes.push(dfa, Some(state));
            let row = (done + 1) * stride;
            for (class, byte) in bytes.iter().enumerate() {
                *shapes.next.get_mut(row + class)? =
                    states.number(dfa, dfa.next_state(state, *byte))?;
            }
            *shapes.next.get_mut(row + stride - 1)? =
                states.number(dfa, dfa.next_eoi_state(state))?;
            done += 1;
        }
        let kinds = Kinds::new(&shapes);
        let (groups, gate) = (Groups::new(&shapes, &kinds)?, Gate::new(&shapes, &kinds));
        (shapes.groups, shapes.gate) = (groups, gate);
        Some(shapes)
    }

    /// Adds a state that goes nowhere yet.
    fn push(&mut self, dfa: &dense::DFA<Vec<u32>>, state: Option<StateID>) {
        self.next.resize(self.next.len() + self.stride, END);
        let list =
            state.filter(|state| dfa.is_match_state(*state)).map_or_else(Vec::new, |state| {
                let numbers = (0..dfa.match_len(state))
                    .map(|index| dfa.match_pattern(state, index).as_usize());
                numbers.filter_map(|number| u16::try_from(number).ok()).collect()
            });
        let list = self.list(list);
        self.ended.push(list);
    }

    /// The number of a list, which is added if it is a new one.
    fn list(&mut self, list: Vec<u16>) -> u16 {
        let place = self.lists.iter().position(|known| *known == list).unwrap_or(self.lists.len());
        if place == self.lists.len() {
            self.lists.push(list);
        }
        u16::try_from(place).unwrap_or(0)
    }
}

/// States in the order in which they are found, the first being [`FIRST`].
struct States {
    numbers: HashMap<StateID, u16>,
    found: Vec<StateID>,
}

impl States {
    /// The number of a state; `None` if there are too many.
    fn number(&mut self, dfa: &dense::DFA<Vec<u32>>, state: StateID) -> Option<u16> {
        if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
            return Some(END);
        }
        if let Some(number) = self.numbers.get(&state) {
            return Some(*number);
        }
        self.found.push(state);
        let number = u16::try_from(self.found.len()).ok().filter(|number| number & SPECIAL == 0)?;
        let number = if dfa.is_match_state(state) { number | SPECIAL } else { number };
        self.numbers.insert(state, number);
        Some(number)
    }
}

/// Where a state stands in the table.
fn place(state: u16) -> usize {
    usize::from(state & !SPECIAL)
}

/// The bit of states in which a shape has ended, and of the one that nothing leaves.
const SPECIAL: u16 = 1 << 15;
/// The state that nothing leaves, and the one that everything begins with.
const END: u16 = SPECIAL;
const FIRST: u16 = 1;
/// What the automaton may take while it is made, in bytes.
const SIZE_LIMIT: usize = 64 << 20;

#[cfg(test)]
mod tests;
