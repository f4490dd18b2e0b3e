//! Sets of states: where the automaton may be when only the kinds of bytes are known.

use super::{END, SPECIAL, Shapes, place};
use crate::detect::words::is_word;

/// States in the order of their numbers, each once, among them [`END`] if that is possible.
pub(super) type Set = Vec<u16>;

/// Kinds of bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Digits,
    Letters,
    /// What no word holds.
    Others,
    /// Digits and letters.
    Words,
}

/// Where each state leads with the bytes of each kind.
pub(super) struct Kinds<'a> {
    shapes: &'a Shapes,
    /// Whether any shape goes on from a state.
    is_alive: Vec<bool>,
    /// By the numbers of kinds, then by states.
    next: [Vec<Set>; KINDS.len()],
}

impl<'a> Kinds<'a> {
    pub(super) fn new(shapes: &'a Shapes) -> Self {
        let rows = shapes.next.chunks(shapes.stride);
        let is_alive = rows.map(|row| row.iter().any(|next| *next != END)).collect();
        let mut kinds = Self { shapes, is_alive, next: Default::default() };
        let states = u16::try_from(kinds.is_alive.len()).unwrap_or(0);
        kinds.next = KINDS.map(|kind| {
            let classes = kinds.classes(kind);
            (0..states).map(|state| kinds.leads(&[state], &classes)).collect()
        });
        kinds
    }

    /// The classes of the bytes of a kind, each once.
    pub(super) fn classes(&self, kind: Kind) -> Vec<usize> {
        let is = |byte: &u8| match kind {
            Kind::Digits => byte.is_ascii_digit(),
            Kind::Letters => byte.is_ascii_alphabetic(),
            Kind::Others => !is_word(*byte),
            Kind::Words => is_word(*byte),
        };
        let bytes = (0..=u8::MAX).filter(is);
        let mut classes: Vec<usize> =
            bytes.map(|byte| usize::from(self.shapes.classes[usize::from(byte)])).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// Where a byte of one of the classes leads. States that nothing leaves are [`END`]: what ended there has been told before.
    pub(super) fn leads(&self, set: &[u16], classes: &[usize]) -> Set {
        let next = set
            .iter()
            .flat_map(|state| classes.iter().map(|class| self.shapes.step(*state, *class)))
            .map(|state| if self.is_alive.get(place(state)) == Some(&true) { state } else { END });
        sorted(next.collect())
    }

    /// Where a byte of a kind leads.
    pub(super) fn step(&self, set: &[u16], kind: Kind) -> Set {
        let of_state = self.next.get(kind as usize).map_or(&[][..], Vec::as_slice);
        let next = set.iter().filter_map(|state| of_state.get(place(*state))).flatten();
        sorted(next.copied().collect())
    }

    /// All states.
    pub(super) fn all(&self) -> Set {
        (0..u16::try_from(self.is_alive.len()).unwrap_or(0)).collect()
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

fn sorted(mut set: Set) -> Set {
    set.sort_unstable();
    set.dedup();
    set
}

/// All kinds, in the order of their numbers.
const KINDS: [Kind; 4] = [Kind::Digits, Kind::Letters, Kind::Others, Kind::Words];
