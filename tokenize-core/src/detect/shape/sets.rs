//! Sets of states: where the automaton may be when only the kinds of bytes are known.

use super::{END, SPECIAL, Shapes, place};
use crate::detect::words::is_word;

/// States in the order of their numbers, each once, among them [`END`] if that is possible.
pub(super) type Set = Vec<u16>;

/// Steps with all bytes of a kind, by their classes.
pub(super) struct Kinds<'a> {
    shapes: &'a Shapes,
    pub(super) digits: Vec<usize>,
    pub(super) letters: Vec<usize>,
    pub(super) words: Vec<usize>,
    /// What no word holds.
    pub(super) others: Vec<usize>,
    /// Whether any shape goes on from a state.
    is_alive: Vec<bool>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(shapes: &'a Shapes) -> Self {
        let classes = |is: fn(u8) -> bool| {
            let bytes = (0..=u8::MAX).filter(|byte| is(*byte));
            let mut classes: Vec<usize> =
                bytes.map(|byte| usize::from(shapes.classes[usize::from(byte)])).collect();
            classes.sort_unstable();
            classes.dedup();
            classes
        };
        let is_alive =
            shapes.next.chunks(shapes.stride).map(|row| row.iter().any(|next| *next != END));
        Self {
            shapes,
            digits: classes(|byte| byte.is_ascii_digit()),
            letters: classes(|byte| byte.is_ascii_alphabetic()),
            words: classes(is_word),
            others: classes(|byte| !is_word(byte)),
            is_alive: is_alive.collect(),
        }
    }

    /// Where a byte of one of the classes leads. States that nothing leaves are [`END`]: what ended there has been told before.
    pub(super) fn step(&self, set: &[u16], classes: &[usize]) -> Set {
        let mut next: Set = set
            .iter()
            .flat_map(|state| classes.iter().map(|class| self.shapes.step(*state, *class)))
            .map(|state| if self.is_alive.get(place(state)) == Some(&true) { state } else { END })
            .collect();
        next.sort_unstable();
        next.dedup();
        next
    }

    /// The lists of the shapes that end in the states of a set, each once.
    pub(super) fn ended(&self, set: &[u16]) -> Vec<usize> {
        let end = self.shapes.stride - 1;
        let mut lists: Vec<usize> = set
            .iter()
            .map(|state| self.shapes.step(*state, end))
            .map(|state| if state & SPECIAL == 0 { 0 } else { self.shapes.ended(state) })
            .collect();
        lists.sort_unstable();
        lists.dedup();
        lists
    }
}

/// Whether no shape goes on from a set.
pub(super) fn is_over(set: &[u16]) -> bool {
    set.iter().all(|state| *state == END)
}
