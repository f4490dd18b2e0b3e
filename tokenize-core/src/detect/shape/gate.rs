//! Whether any shape begins so: by the first byte, by what of the next few are letters and digits, and by where the word ends.
//!
//! Nearly every word with a digit that is not digits alone is a name, a hash, a size; a look at a table tells most of them.

use super::sets::{Kind, Kinds, is_over};
use super::{FIRST, Shapes};
use crate::detect::sight::Window;

/// What shapes begin with.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// The lengths that the first word may have, a bit for each, the last for all that are longer.
    lengths: Vec<u64>,
    /// Which of them, by the class of the first byte and the kinds of the next [`NEXT`].
    of: Vec<u8>,
}

impl Gate {
    pub(super) fn new(shapes: &Shapes, kinds: &Kinds<'_>) -> Self {
        let mut gate = Self { lengths: vec![0], of: vec![0; shapes.stride << (2 * NEXT)] };
        for class in 0..shapes.stride {
            gate.fill(kinds, &kinds.leads(&[FIRST], &[class]), Begun { class, ..Begun::default() });
        }
        gate
    }

    /// Whether a shape may begin with a byte of a class and the window from it on.
    pub(super) fn may_begin(&self, class: usize, window: Window) -> bool {
        let place = place(class, window.digits >> 1, window.words >> 1);
        let lengths = self.of.get(place).and_then(|of| self.lengths.get(usize::from(*of)));
        lengths.is_some_and(|lengths| lengths >> window.word_len(0).min(LAST) & 1 != 0)
    }

    /// Fills in all ways in which bytes go on.
    fn fill(&mut self, kinds: &Kinds<'_>, set: &[u16], begun: Begun) {
        if begun.len == NEXT || is_over(set) {
            return self.settle(begun, lengths(kinds, set, begun));
        }
        let bit = 1 << begun.len;
        let next = Begun { len: begun.len + 1, ..begun };
        let word = |digits| Begun { digits, words: begun.words | bit, ..next };
        self.fill(kinds, &kinds.step(set, Kind::Digits), word(begun.digits | bit));
        self.fill(kinds, &kinds.step(set, Kind::Letters), word(begun.digits));
        let begun = Begun { is_parted: true, has_ended: has_ended(kinds, set, begun), ..next };
        self.fill(kinds, &kinds.step(set, Kind::Others), begun);
    }

    /// Sets the lengths for all that begins so.
    fn settle(&mut self, begun: Begun, lengths: u64) {
        let number = self.lengths.iter().position(|known| *known == lengths);
        let number = number.unwrap_or_else(|| {
            self.lengths.push(lengths);
            self.lengths.len() - 1
        });
        // Too many to tell apart are let through.
        let number = u8::try_from(number).unwrap_or_else(|_| self.everything());
        for rest in 0..1_u64 << (NEXT - begun.len) {
            for digits in (0..=rest).filter(|digits| digits & !rest == 0) {
                let (words, digits) =
                    (begun.words | rest << begun.len, begun.digits | digits << begun.len);
                if let Some(of) = self.of.get_mut(place(begun.class, digits, words)) {
                    *of = number;
                }
            }
        }
    }

    fn everything(&self) -> u8 {
        let place = self.lengths.iter().position(|known| *known == u64::MAX);
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
    }
}

/// The first bytes as far as they are chosen.
#[derive(Debug, Clone, Copy, Default)]
struct Begun {
    class: usize,
    /// How many are chosen behind the first, and which of them are digits, and letters or digits.
    len: usize,
    digits: u64,
    words: u64,
    /// Whether the first word has ended, and whether a shape has with a word.
    is_parted: bool,
    has_ended: bool,
}

fn has_ended(kinds: &Kinds<'_>, set: &[u16], begun: Begun) -> bool {
    begun.has_ended || kinds.ended(set) != [0]
}

/// The lengths that the first word may have behind what is chosen.
fn lengths(kinds: &Kinds<'_>, set: &[u16], begun: Begun) -> u64 {
    if begun.has_ended {
        return u64::MAX;
    }
    if begun.is_parted {
        return if is_over(set) { 0 } else { u64::MAX };
    }
    let (mut set, mut lengths) = (set.to_vec(), 0);
    for len in 1 + begun.len..LONGEST {
        if kinds.ended(&set) != [0] || !is_over(&kinds.step(&set, Kind::Others)) {
            lengths |= 1 << len.min(LAST);
        }
        set = kinds.step(&set, Kind::Words);
        if is_over(&set) {
            return lengths;
        }
    }
    lengths | 1 << LAST
}

fn place(class: usize, digits: u64, words: u64) -> usize {
    let kinds = |bits: u64| (bits & ((1 << NEXT) - 1)) as usize;
    (class << NEXT | kinds(digits)) << NEXT | kinds(words)
}

/// How many bytes are looked at behind the first.
const NEXT: usize = 5;
/// The last length that has a bit, and one more than the longest word looked for.
const LAST: usize = 63;
const LONGEST: usize = 100;
