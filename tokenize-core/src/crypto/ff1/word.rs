//! FF1 whose halves have at most 64 bits: nearly every value that occurs, many at a time.
//!
//! Rows of any shape go through the rounds side by side: AES does not care, and each row brings its own moduli. The
//! Feistel network is written without the swap of the standard: even rounds change the left half, odd rounds the right
//! one, and after an even number of rounds nothing is left to swap.
//!
//! # Security
//! Nothing here branches on a numeral or divides one: `benches/divisions.py` looks for division in the compiled rounds.

use super::modulus::Modulus;
use super::{ROUNDS, Shape};
use crate::crypto::block::{Aes, Block};
use crate::crypto::domain::Direction;

/// A row to encrypt or decrypt, its halves as numbers.
pub(crate) struct Row<'a> {
    pub(crate) shape: &'a Shape,
    /// With zeros behind it up to whole blocks, which saves time, or without.
    pub(crate) tweak: &'a [u8],
    pub(crate) tweak_length: u32,
    pub(crate) halves: [u64; 2],
}

/// The arithmetic of one shape's halves, left and right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    moduli: [Modulus; 2],
    /// What a round number is multiplied by to stand before the number in the last eight bytes of its block.
    place: u64,
    /// All ones where the number fills those, so that the round number ends the eight bytes before.
    place_before: u64,
    kind: Kind,
    radix: Modulus,
}

/// Which arithmetic the rounds need: that of powers of two or any, of 8 drawn bytes or 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    AnyLong,
    Binary,
    BinaryLong,
}

impl Word {
    /// The arithmetic of halves below `left` and `right`, or `None` if a number of the halves needs more than 64 bits.
    pub(super) fn new(radix: u32, [left, right]: [u128; 2], number_bytes: usize) -> Option<Self> {
        if number_bytes > 8 {
            return None;
        }
        let kind = match (radix.is_power_of_two(), number_bytes <= 4) {
            (false, true) => Kind::Any,
            (false, false) => Kind::AnyLong,
            (true, true) => Kind::Binary,
            (true, false) => Kind::BinaryLong,
        };
        let is_full = number_bytes == 8;
        Some(Self {
            moduli: [Modulus::new(left)?, Modulus::new(right)?],
            place: if is_full { 0 } else { 1 << (8 * number_bytes) },
            place_before: if is_full { u64::MAX } else { 0 },
            kind,
            radix: Modulus::new(u128::from(radix))?,
        })
    }

    /// `NUM(radix, numerals)` of a half.
    pub(super) fn number(&self, numerals: &[u16]) -> u64 {
        let radix = self.radix.last + 1;
        numerals.iter().fold(0, |number, numeral| number * radix + u64::from(*numeral))
    }

    /// `STR(radix, number)` of a half.
    pub(super) fn write(&self, mut number: u64, numerals: &mut [u16]) {
        for place in numerals.iter_mut().rev() {
            let (rest, numeral) = self.radix.div_rem(number);
            number = rest;
            *place = numeral_of(numeral);
        }
    }
}

/// Encrypts or decrypts the halves of those `rows` that `which` lists. Each has a shape with a [`Word`], and halves below
/// its moduli; the others stay as they are.
pub(super) fn apply(aes: &Aes, direction: Direction, rows: &mut [Row<'_>], which: &[u32]) {
    let mut of_kind: [Vec<u32>; 4] = [const { Vec::new() }; 4];
    for row in which {
        if let Some(word) = &rows[*row as usize].shape.word {
            of_kind[word.kind as usize].push(*row);
        }
    }
    let mut lanes = Lanes::new();
    let mut run = |kind: Kind, rounds: Rounds| {
        for which in of_kind[kind as usize].chunks(LANES) {
            lanes.enter(aes, rows, which);
            rounds(&mut lanes, aes, direction);
            for (row, lane) in which.iter().zip(0..) {
                rows[*row as usize].halves = [lanes.halves[0][lane], lanes.halves[1][lane]];
            }
        }
    };
    run(Kind::Any, rounds::<false, false>);
    run(Kind::AnyLong, rounds::<false, true>);
    run(Kind::Binary, rounds::<true, false>);
    run(Kind::BinaryLong, rounds::<true, true>);
}

type Rounds = fn(&mut Lanes<'_>, &Aes, Direction);

/// Up to [`LANES`] rows of one kind on their way through the rounds.
struct Lanes<'a> {
    words: Vec<&'a Word>,
    halves: [[u64; LANES]; 2],
    /// The states of the CBC-MAC before the round number: their first eight bytes as they are, the last eight as a number.
    states: [[u64; LANES]; 2],
    blocks: [Block; LANES],
}

impl<'a> Lanes<'a> {
    fn new() -> Self {
        let numbers = [[0; LANES]; 2];
        let words = Vec::with_capacity(LANES);
        Self { words, halves: numbers, states: numbers, blocks: [[0; 16]; LANES] }
    }

    /// Takes rows in, with what Algorithm 6 makes of `P` and of `Q` up to the round number.
    fn enter(&mut self, aes: &Aes, rows: &[Row<'a>], which: &[u32]) {
        let row = |row: &u32| &rows[*row as usize];
        self.words.clear();
        self.words.extend(which.iter().filter_map(|which| row(which).shape.word.as_ref()));
        for (lane, which) in which.iter().enumerate() {
            [self.halves[0][lane], self.halves[1][lane]] = row(which).halves;
        }
        let blocks = &mut self.blocks[..which.len()];
        start(aes, rows, which, blocks);
        absorb(aes, rows, which, blocks);
        for (lane, block) in blocks.iter().enumerate() {
            let (first, last) = (first_eight(block), u128::from_be_bytes(*block));
            [self.states[0][lane], self.states[1][lane]] = [u64::from_ne_bytes(first), low(last)];
        }
        // The widest pipeline takes 64 blocks or goes one by one: what is missing to 64 is made up by rows that no one reads.
        let padded = padded(which.len());
        self.words.resize(padded, self.words[0]);
    }

    /// Steps 6i and 6ii: the blocks `R`, from the half that stays.
    #[inline(always)]
    fn draw<const LONG: bool>(&mut self, aes: &Aes, round: u8, source: usize) {
        let before = u64::from_ne_bytes([0, 0, 0, 0, 0, 0, 0, round]);
        let blocks = &mut self.blocks[..self.words.len()];
        let states = self.states[0].iter().zip(&self.states[1]).zip(&self.halves[source]);
        for ((block, word), ((first, last), number)) in
            blocks.iter_mut().zip(&self.words).zip(states)
        {
            let first = if LONG { first ^ (before & word.place_before) } else { *first };
            let last = last ^ (u64::from(round) * word.place) ^ number;
            block[..8].copy_from_slice(&first.to_ne_bytes());
            block[8..].copy_from_slice(&last.to_be_bytes());
        }
        aes.encrypt(blocks);
    }

    /// Steps 6iii to 6vi: what was drawn is added to one half, or taken from it.
    #[inline(always)]
    fn change<const BINARY: bool, const LONG: bool, const BACK: bool>(&mut self, side: usize) {
        let lanes = self.halves[side].iter_mut().zip(&self.blocks).zip(&self.words);
        for ((number, block), word) in lanes {
            let modulus = &word.moduli[side];
            let (drawn, more) = (u64::from_be_bytes(first_eight(block)), next_four(block));
            if BINARY {
                let drawn = if LONG { (drawn << 32) | u64::from(more) } else { drawn };
                let term = if BACK { drawn.wrapping_neg() } else { drawn };
                *number = number.wrapping_add(term) & modulus.last;
            } else {
                let rest =
                    if LONG { modulus.rest_of_longer(drawn, more) } else { modulus.rest(drawn) };
                let term = if BACK { rest } else { (modulus.last - rest).wrapping_add(1) };
                *number = modulus.sub(*number, term);
            }
        }
    }
}

/// All ten rounds (step 6 of Algorithms 7 and 8).
#[inline(never)]
fn rounds<const BINARY: bool, const LONG: bool>(
    lanes: &mut Lanes<'_>,
    aes: &Aes,
    direction: Direction,
) {
    for step in 0..ROUNDS {
        match direction {
            Direction::Encrypt => {
                let changed = usize::from(step % 2);
                lanes.draw::<LONG>(aes, step, 1 - changed);
                lanes.change::<BINARY, LONG, false>(changed);
            }
            Direction::Decrypt => {
                let round = ROUNDS - 1 - step;
                let changed = usize::from(round % 2);
                lanes.draw::<LONG>(aes, round, 1 - changed);
                lanes.change::<BINARY, LONG, true>(changed);
            }
        }
    }
}

/// The states after `P`, which is the same for all rows of one shape and tweak length and then encrypted once.
fn start(aes: &Aes, rows: &[Row<'_>], which: &[u32], states: &mut [Block]) {
    let of = |row: &Row<'_>| row.shape.first_block(row.tweak_length);
    let first = &rows[which[0] as usize];
    let is_same = |row: &u32| {
        let row = &rows[*row as usize];
        std::ptr::eq(row.shape, first.shape) && row.tweak_length == first.tweak_length
    };
    if which.iter().all(is_same) {
        let mut block = [of(first)];
        aes.encrypt(&mut block);
        states.fill(block[0]);
    } else {
        states.iter_mut().zip(which).for_each(|(state, row)| *state = of(&rows[*row as usize]));
        aes.encrypt(states);
    }
}

/// Absorbs all whole blocks of tweak and zeros, and combines the rest of them with the states.
fn absorb(aes: &Aes, rows: &[Row<'_>], which: &[u32], states: &mut [Block]) {
    let mut whole = [0; LANES];
    let mut most = 0;
    let mut is_empty = true;
    for (whole, row) in whole.iter_mut().zip(which) {
        let row = &rows[*row as usize];
        *whole = row.shape.before_round(row.tweak_length as usize) / 16;
        most = most.max(*whole);
        is_empty &= row.tweak_length == 0;
    }
    if is_empty {
        return;
    }
    let (mut moving, mut lanes) = ([[0; 16]; LANES], [0; LANES]);
    for block in 0..=most {
        let mut count = 0;
        for (lane, (state, row)) in states.iter_mut().zip(which).enumerate() {
            combine(state, rows[*row as usize].tweak.get(block * 16..).unwrap_or_default());
            (moving[count], lanes[count]) = (*state, lane);
            count += usize::from(block < whole[lane]);
        }
        aes.encrypt(&mut moving[..padded(count)]);
        for (lane, moved) in lanes[..count].iter().zip(&moving) {
            states[*lane] = *moved;
        }
    }
}

/// Combines a state with at most 16 bytes.
fn combine(state: &mut Block, bytes: &[u8]) {
    let block = match bytes.first_chunk() {
        Some(block) => *block,
        None => {
            let mut block = [0; 16];
            block[..bytes.len()].copy_from_slice(bytes);
            block
        }
    };
    *state = (u128::from_ne_bytes(*state) ^ u128::from_ne_bytes(block)).to_ne_bytes();
}

/// How many rows go through the rounds when this many are there.
fn padded(rows: usize) -> usize {
    if rows % 64 < 8 { rows } else { rows.next_multiple_of(64) }
}

fn first_eight(block: &Block) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = *block;
    [a, b, c, d, e, f, g, h]
}

fn next_four(block: &Block) -> u32 {
    let [_, _, _, _, _, _, _, _, a, b, c, d, ..] = *block;
    u32::from_be_bytes([a, b, c, d])
}

#[expect(clippy::cast_possible_truncation, reason = "keeping the low half is the point")]
fn low(number: u128) -> u64 {
    number as u64
}

#[expect(clippy::cast_possible_truncation, reason = "below the radix, which is at most 65536")]
fn numeral_of(number: u64) -> u16 {
    number as u16
}

/// Rows that go through each round together: a multiple of 64, few enough to stay in the first cache.
const LANES: usize = 128;
