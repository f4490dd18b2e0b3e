//! Digits in groups, `4111 1111 1111 1111`: a step for each group, by the separator before it and by how many digits it has.
//!
//! Beyond the first, which digits they are is hardly ever a matter of shape. A state is all those of the automaton of bytes that
//! digits of such counts may lead to; where they do not agree on what has ended, the bytes are asked.

use std::collections::HashMap;

use super::sets::{Kind, Kinds, Set, is_over};
use super::{END, FIRST, Shapes};
use crate::detect::sight::Window;

/// The automaton of groups.
#[derive(Debug)]
pub(super) struct Groups {
    /// The state after the first group, by its first digit and its length.
    first: Vec<u16>,
    /// The state after one group more, by state, separator and length.
    next: Vec<u16>,
    states: Vec<State>,
    /// The number of each byte as a separator; 0 if it is none.
    separators: [u8; 256],
}

/// What is known after a group.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// The list of the shapes that have ended.
    ended: u16,
    /// Whether only the bytes tell what has ended.
    is_vague: bool,
    /// The separators behind which digits may follow, a bit for each, and those behind which something else may.
    digits: u8,
    others: u8,
}

impl Groups {
    /// Of no shapes.
    pub(super) const fn empty() -> Self {
        Self { first: Vec::new(), next: Vec::new(), states: Vec::new(), separators: [0; 256] }
    }

    /// `None` if there are more states than numbers for them.
    pub(super) fn new(shapes: &Shapes, kinds: &Kinds<'_>) -> Option<Self> {
        let mut groups = Self { separators: separators(shapes, kinds), ..Self::empty() };
        let mut sets = Sets { numbers: HashMap::new(), found: Vec::new() };
        sets.number(vec![END])?;
        for digit in b'0'..=b'9' {
            let set = kinds.leads(&[FIRST], &[usize::from(shapes.classes[usize::from(digit)])]);
            groups.first.push(0);
            groups.first.extend(sets.of_lengths(kinds, set)?);
        }
        let mut done = 0;
        while let Some(set) = sets.found.get(done).cloned() {
            let state = groups.push(shapes, kinds, &mut sets, &set)?;
            groups.states.push(state);
            done += 1;
        }
        Some(groups)
    }

    /// Adds the row of a set.
    fn push(
        &mut self,
        shapes: &Shapes,
        kinds: &Kinds<'_>,
        sets: &mut Sets,
        set: &[u16],
    ) -> Option<State> {
        let lists = kinds.ended(set);
        let mut state = State {
            ended: u16::try_from(lists.iter().copied().max()?).ok()?,
            is_vague: lists.len() > 1,
            ..State::default()
        };
        self.next.extend([0; LENGTHS]);
        for separator in 1..SEPARATORS {
            let byte = self.separators.iter().position(|number| usize::from(*number) == separator);
            let class = byte.map(|byte| usize::from(shapes.classes[byte]));
            let behind = class.map_or_else(|| vec![END], |class| kinds.leads(set, &[class]));
            self.next.push(0);
            let bit = 1 << separator;
            if !is_over(&behind) {
                let digits = kinds.step(&behind, Kind::Digits);
                state.digits |= if is_over(&digits) { 0 } else { bit };
                state.others |= if has_others(kinds, &behind) { bit } else { 0 };
                self.next.extend(sets.of_lengths(kinds, digits)?);
            } else {
                self.next.extend([0; LENGTHS - 1]);
            }
        }
        Some(state)
    }

    /// Tells `found` where shapes end that begin with the group at `start`. From where on the bytes are to be asked for more, if they are.
    pub(super) fn find(
        &self,
        value: &[u8],
        start: usize,
        window: Window,
        found: &mut impl FnMut(usize, usize),
    ) -> Option<usize> {
        let len = window.digit_count(0);
        if len >= LENGTHS {
            return Some(start);
        }
        let rest = value.get(start..)?;
        let digit = usize::from(rest.first()?.wrapping_sub(b'0'));
        let mut state = *self.first.get(digit * LENGTHS + len)?;
        let mut end = len;
        while state != 0 {
            let known = self.states.get(usize::from(state))?;
            if known.is_vague {
                return Some(start + end);
            }
            if known.ended != 0 {
                found(start + end, usize::from(known.ended));
            }
            let separator = self.separators[usize::from(*rest.get(end)?)];
            if (known.digits | known.others) >> separator & 1 == 0 {
                return None;
            }
            let len = window.digit_count(end + 1);
            if len == 0 || len >= LENGTHS || window.word_len(end + 1) != len {
                let is_other = window.is_far(end + 1 + len) || known.others >> separator & 1 != 0;
                return is_other.then_some(start + end + 1);
            }
            state = *self
                .next
                .get(usize::from(state) * ROW + usize::from(separator) * LENGTHS + len)?;
            end += 1 + len;
        }
        None
    }
}

/// Whether anything but digits alone may follow a separator: a word with letters, many digits, one more separator, nothing.
fn has_others(kinds: &Kinds<'_>, behind: &[u16]) -> bool {
    let mut set = behind.to_vec();
    for _ in 0..LENGTHS {
        if !is_over(&kinds.step(&set, Kind::Letters)) {
            return true;
        }
        set = kinds.step(&set, Kind::Digits);
    }
    !is_over(&set) || !is_over(&kinds.step(behind, Kind::Others)) || kinds.ended(behind) != [0]
}

/// The bytes outside of words with which any shape goes on, numbered from 1.
fn separators(shapes: &Shapes, kinds: &Kinds<'_>) -> [u8; 256] {
    let all = kinds.all();
    let mut count = 0;
    let mut numbers: HashMap<usize, u8> = HashMap::new();
    for class in kinds.classes(Kind::Others) {
        if !is_over(&kinds.leads(&all, &[class])) {
            count += 1;
            numbers.insert(class, count);
        }
    }
    shapes.classes.map(|class| numbers.get(&usize::from(class)).copied().unwrap_or(0))
}

/// Sets in the order in which they are found; the first is that from which nothing goes on.
struct Sets {
    numbers: HashMap<Set, u16>,
    found: Vec<Set>,
}

impl Sets {
    fn number(&mut self, set: Set) -> Option<u16> {
        if let Some(number) = self.numbers.get(&set) {
            return Some(*number);
        }
        let number = u16::try_from(self.found.len()).ok()?;
        self.found.push(set.clone());
        self.numbers.insert(set, number);
        Some(number)
    }

    /// The states after a group of one digit, which leads to `set`, and of more.
    fn of_lengths(&mut self, kinds: &Kinds<'_>, mut set: Set) -> Option<Vec<u16>> {
        (1..LENGTHS)
            .map(|_| {
                let next = kinds.step(&set, Kind::Digits);
                self.number(std::mem::replace(&mut set, next))
            })
            .collect()
    }
}

/// One more than the digits of the longest group that takes a step, and one more than there are separators.
const LENGTHS: usize = 20;
const SEPARATORS: usize = 6;
const ROW: usize = SEPARATORS * LENGTHS;
