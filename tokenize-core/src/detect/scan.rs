//! Where something may begin: digits, `@`, `:`, `=`, `\` and bytes beyond ASCII, found 64 bytes at a time.
//!
//! Most blocks of prose hold none of these, and the loop over one block is simple enough for the compiler to vectorize. Only
//! where a block holds one are its places worked out.

use wide::u8x16;

use super::words::is_word;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// The places of a block, one bit for each byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) digits: u64,
    /// `@`, `:`, `=` and `\`.
    pub(super) marks: u64,
    /// Bytes that begin a character which may stand for an ASCII one, see [`super::fold`].
    pub(super) foreign: u64,
}

/// What stands at a place and behind it: a bit for each byte, the lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) digits: u64,
    /// Letters and digits.
    pub(super) words: u64,
}

impl Window {
    /// The window at `at` of a value.
    pub(super) fn of(value: &[u8], at: usize) -> Self {
        let bytes = value.get(at..value.len().min(at + BLOCK)).unwrap_or_default();
        let bits = |is: fn(u8) -> bool| {
            (0..).zip(bytes).fold(0, |all, (bit, byte)| all | u64::from(is(*byte)) << bit)
        };
        Self { digits: bits(|byte| byte.is_ascii_digit()), words: bits(is_word) }
    }

    /// The window that begins `back` bytes before, which are the last of another one.
    #[inline]
    pub(super) const fn preceded(self, behind: Self, back: usize) -> Self {
        let back = back % BLOCK;
        Self {
            digits: self.digits << back | behind.digits >> 1 >> (BLOCK - 1 - back),
            words: self.words << back | behind.words >> 1 >> (BLOCK - 1 - back),
        }
    }

    /// Nothing but the first `len` bytes.
    #[inline]
    pub(super) fn cut(self, len: usize) -> Self {
        let kept = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
        Self { digits: self.digits & kept, words: self.words & kept }
    }

    /// How many digits there are from a byte on, and how long the word is; what is beyond the window is not counted.
    #[inline]
    pub(super) fn digit_count(self, from: usize) -> usize {
        run_from(self.digits, from)
    }

    #[inline]
    pub(super) fn word_len(self, from: usize) -> usize {
        run_from(self.words, from)
    }

    /// Whether it begins with a word of digits.
    #[inline]
    pub(super) fn is_digits(self) -> bool {
        self.digits & 1 != 0 && self.digits.trailing_ones() == self.words.trailing_ones()
    }

    /// Whether what ends at a byte may go on beyond the window.
    pub(super) const fn is_far(self, end: usize) -> bool {
        end >= BLOCK
    }
}

#[inline]
fn run_from(bits: u64, from: usize) -> usize {
    if from < BLOCK { (bits >> from).trailing_ones() as usize } else { 0 }
}

/// A block with its neighbours, so that what is around a place of it can be told.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sight {
    /// Where the middle one begins.
    base: usize,
    digits: [u64; 3],
    words: [u64; 3],
    /// Where nothing begins, since a number before goes on: behind a joint behind a word with a digit, behind a colon behind a digit.
    /// A bit for each byte of the first two blocks.
    bound: u128,
    /// The bytes of the middle one's words of which nothing comes, wherever values begin.
    idle: u64,
}

impl Sight {
    pub(super) fn new(base: usize, [before, here, behind]: [Detail; 3]) -> Self {
        Self {
            base,
            digits: [before.digits, here.digits, behind.digits],
            words: [before.words, here.words, behind.words],
            bound: bound(before, here),
            idle: idle(before, here, behind),
        }
    }

    /// The bytes of the block's words that need not be looked at, if it lies within one value with all that it depends on.
    pub(super) fn idle(&self, (begin, end): (usize, usize)) -> u64 {
        if begin + NEAR > self.base || end < self.base + BLOCK {
            return self.idle;
        }
        let [_, words, behind] = self.words;
        let bound = (self.bound >> BLOCK) as u64 & !long(words, behind);
        self.idle | run_of(words, bound & words)
    }

    /// The 64 bytes before a place of the block, the last at the highest bit, and those from it on.
    #[inline]
    pub(super) fn around(&self, place: usize) -> (Window, Window) {
        let bit = place.saturating_sub(self.base) % BLOCK;
        let window = |first: usize| Window {
            digits: shifted(&self.digits, first, bit),
            words: shifted(&self.words, first, bit),
        };
        (window(0), window(1))
    }

    /// Whether a number before goes on at `start` of a value that begins at `begin`; `None` if that is not to be seen from here.
    #[inline]
    pub(super) fn is_bound(&self, begin: usize, start: usize) -> Option<bool> {
        let bit = (start + BLOCK).checked_sub(self.base)?;
        let is_seen = start >= begin + NEAR && (NEAR..2 * BLOCK).contains(&bit);
        is_seen.then(|| self.bound >> bit & 1 != 0)
    }
}

/// The bytes of short words of which nothing comes: no letters and no plus before them, nothing behind them with which a number goes on.
fn idle(before: Detail, here: Detail, behind: Detail) -> u64 {
    let words = u128::from(behind.words) << BLOCK | u128::from(here.words);
    let separators = u128::from(behind.separators) << BLOCK | u128::from(here.separators);
    let carried = |bits: fn(Detail) -> u64, count: u32| {
        bits(here) << count | bits(before) >> (64 - count)
    };
    let letters = carried(|detail| detail.words & !detail.digits, 2);
    let begins = here.words & !carried(|detail| detail.words, 1);
    let mut left = begins & !(carried(|detail| detail.separators, 1) & letters);
    left &= !(before.pluses >> 63 | here.pluses << 1);
    let mut idle = 0;
    for len in 1..SHORT {
        let words = (words >> len) as u64;
        idle |= left & !words & !((separators >> len) as u64);
        left &= words;
    }
    run_of(here.words, idle)
}

/// Where words are long enough for secrets.
fn long(words: u64, behind: u64) -> u64 {
    let words = u128::from(behind) << BLOCK | u128::from(words);
    let two = words & words >> 1;
    let four = two & two >> 2;
    (four & four >> 4) as u64
}

/// The words that begin at some places. Adding the first bit of a run to the run clears all of it.
fn run_of(words: u64, begins: u64) -> u64 {
    words & !words.wrapping_add(begins)
}

fn bound(before: Detail, here: Detail) -> u128 {
    let both = |before: u64, here: u64| u128::from(here) << BLOCK | u128::from(before);
    let digits = both(before.digits, here.digits);
    let letters = both(before.words, here.words) & !digits;
    let joints = both(before.joints, here.joints);
    if joints == 0 && before.colons | here.colons == 0 {
        return 0;
    }
    // Letters behind a digit of their word: adding the first of a run to the run clears all of it.
    let firsts = letters & !(letters << 1) & digits << 1;
    let numbered = digits | letters & !letters.wrapping_add(firsts);
    // No farther than `follows_number` reads.
    let near = (0..4).fold(digits, |near, step| near | near << (1 << step));
    (joints & (numbered & near) << 1 | both(before.colons, here.colons) & digits << 1) << 1
}

/// The 64 bits from a bit of a word on.
#[inline]
fn shifted(words: &[u64; 3], first: usize, bit: usize) -> u64 {
    let word = |place: usize| words.get(place).copied().unwrap_or(0);
    word(first) >> bit | word(first + 1) << 1 << (BLOCK - 1 - bit)
}

/// The places of a block; `None` if there are none.
pub(super) fn places(block: &[u8; BLOCK]) -> Option<Places> {
    let lanes = lanes(block);
    let marks = lanes.map(|lane| is_any(lane, b"@:=\\"));
    let digits = lanes.map(|lane| is_within(lane, b'0', 10));
    // The highest bit of a lane's byte is what counts; bytes beyond ASCII have it themselves.
    let mut any = u8x16::ZERO;
    for ((lane, mark), digit) in lanes.iter().zip(marks).zip(digits) {
        any |= *lane | mark | digit;
    }
    if any.to_bitmask() == 0 {
        return None;
    }
    let foreign = if bits(lanes) == 0 { 0 } else { bits(lanes.map(|lane| is_any(lane, LEADS))) };
    let places = Places { digits: bits(digits), marks: bits(marks), foreign };
    (places.digits | places.marks | places.foreign != 0).then_some(places)
}

/// What is known of a block where a digit is near.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Detail {
    digits: u64,
    /// Letters and digits.
    words: u64,
    /// What joins numbers, and words too: `-`, `.` and `/`.
    joints: u64,
    colons: u64,
    /// What may part the groups of a number, and among them what stands before a calling code.
    separators: u64,
    pluses: u64,
}

impl Detail {
    /// Works it out, once the digits are known.
    pub(super) fn of(block: &[u8; BLOCK], digits: u64) -> Self {
        let lanes = lanes(block);
        let letters =
            lanes.map(|lane| is_within(lane | u8x16::splat(0x20), b'a', 26));
        let joints = bits(lanes.map(|lane| is_any(lane, b"-./")));
        Self {
            digits,
            words: digits | bits(letters),
            joints,
            colons: bits(lanes.map(|lane| is_any(lane, b":"))),
            separators: joints | bits(lanes.map(|lane| is_any(lane, b" +()"))),
            pluses: bits(lanes.map(|lane| is_any(lane, b"+"))),
        }
    }
}

/// Sixteen bytes are compared at a time.
fn lanes(block: &[u8; BLOCK]) -> [u8x16; 4] {
    let (lanes, _) = block.as_chunks::<16>();
    std::array::from_fn(|lane| lanes.get(lane).map_or(u8x16::ZERO, |bytes| u8x16::new(*bytes)))
}

/// All ones where a byte is one of some.
#[inline]
fn is_any<const N: usize>(lane: u8x16, bytes: &[u8; N]) -> u8x16 {
    bytes.iter().fold(u8x16::ZERO, |any, byte| any | lane.simd_eq(u8x16::splat(*byte)))
}

/// All ones where a byte is one of `count` from `first` on.
#[inline]
fn is_within(lane: u8x16, first: u8, count: u8) -> u8x16 {
    let place = lane - u8x16::splat(first);
    place.min(u8x16::splat(count - 1)).simd_eq(place)
}

/// The highest bit of each byte.
#[inline]
fn bits(lanes: [u8x16; 4]) -> u64 {
    lanes.iter().rev().fold(0, |all, lane| all << 16 | u64::from(lane.to_bitmask()))
}

/// Words shorter than this are no secrets and, with no other word behind them, no numbers: a test asks the shapes.
pub(super) const SHORT: usize = 8;
/// How far before a place is looked: a joint, and the sixteen bytes before it.
const NEAR: usize = 18;
/// Bytes that begin a character which may stand for an ASCII one.
const LEADS: &[u8; 8] = &[0xC2, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF];

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().fold(0, |all, (i, byte)| all | u64::from(is(*byte)) << i)
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255_u8 {
            for place in 0..BLOCK {
                let mut block = [b'x'; BLOCK];
                block[place] = byte;
                let expected = Places {
                    digits: naive(&block, |byte| byte.is_ascii_digit()),
                    marks: naive(&block, |byte| b"@:=\\".contains(&byte)),
                    foreign: naive(&block, |byte| {
                        [0xC2, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF].contains(&byte)
                    }),
                };
                let expected =
                    (expected.digits | expected.marks | expected.foreign != 0).then_some(expected);
                assert_eq!(places(&block), expected, "byte {byte:#x} at {place}");
            }
        }
    }
}
