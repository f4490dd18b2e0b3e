//! FF1 whose halves are numbers from 2^64 to 2^128: long texts.
//!
//! Both halves stay numbers for all ten rounds. The Feistel network is written without the swap of the standard: even
//! rounds change the left half, odd rounds the right one, and after an even number of rounds nothing is left to swap.

use super::{Mac, ROUNDS, Tweaks};
use crate::crypto::block::Block;
use crate::crypto::domain::Direction;

/// Rows that go through each round together: enough to fill the widest AES pipeline, few enough to stay in the first cache.
const LANES: usize = 64;

/// The arithmetic of one shape's halves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moduli {
    radix: u64,
    left_numerals: usize,
    /// radix^u.
    left: u128,
    /// radix^v.
    right: u128,
    /// As many numerals as have fewer than 2^64 values are converted in 64-bit arithmetic at a time.
    chunk_numerals: usize,
    /// radix^chunk_numerals.
    chunk: u64,
}

impl Moduli {
    /// The moduli, or `None` if radix^v is not below 2^128.
    pub(super) fn new(radix: u32, left_numerals: usize, right_numerals: usize) -> Option<Self> {
        let power = |numerals: usize| u128::from(radix).checked_pow(u32::try_from(numerals).ok()?);
        let (left, right) = (power(left_numerals)?, power(right_numerals)?);
        let radix = u64::from(radix);
        let (mut chunk, mut chunk_numerals) = (radix, 1);
        while let Some(next) = chunk.checked_mul(radix) {
            (chunk, chunk_numerals) = (next, chunk_numerals + 1);
        }
        Some(Self { radix, left_numerals, left, right, chunk_numerals, chunk })
    }

    /// radix^u and radix^v.
    pub(super) fn both(&self) -> [u128; 2] {
        [self.left, self.right]
    }

    /// `NUM(radix, numerals)`.
    fn number(&self, numerals: &[u16]) -> u128 {
        let short = |part: &[u16]| {
            part.iter().fold(0, |number, numeral| number * self.radix + u64::from(*numeral))
        };
        let first = numerals.len() % self.chunk_numerals;
        let (head, rest) = numerals.split_at(first);
        rest.chunks_exact(self.chunk_numerals).fold(u128::from(short(head)), |number, part| {
            number * u128::from(self.chunk) + u128::from(short(part))
        })
    }

    /// `STR(radix, number)`, as many numerals as `numerals` has room for.
    fn write(&self, mut number: u128, numerals: &mut [u16]) {
        for part in numerals.rchunks_mut(self.chunk_numerals) {
            let mut short = match u64::try_from(number) {
                Ok(number) => number % self.chunk,
                Err(_) => low(number % u128::from(self.chunk)),
            };
            number = match u64::try_from(number) {
                Ok(number) => u128::from(number / self.chunk),
                Err(_) => number / u128::from(self.chunk),
            };
            for numeral in part.iter_mut().rev() {
                *numeral = numeral_of(short % self.radix);
                short /= self.radix;
            }
        }
    }
}

/// Encrypts or decrypts rows of numerals in place. Each numeral is below the radix, each row is whole and has a tweak.
pub(super) fn apply(
    mac: &Mac<'_>,
    moduli: &Moduli,
    direction: Direction,
    tweaks: Tweaks<'_>,
    numerals: &mut [u16],
) {
    let len = mac.shape.len;
    for (chunk, rows) in numerals.chunks_mut(LANES * len).enumerate() {
        let mut halves = Halves::new(rows.len() / len);
        for (row, (left, right)) in rows.chunks_exact(len).zip(halves.pairs()) {
            let (first, second) = row.split_at(moduli.left_numerals);
            *left = moduli.number(first);
            *right = moduli.number(second);
        }
        halves.run(mac, moduli, direction, tweaks.after(chunk * LANES));
        for (row, (left, right)) in rows.chunks_exact_mut(len).zip(halves.pairs()) {
            let (first, second) = row.split_at_mut(moduli.left_numerals);
            moduli.write(*left, first);
            moduli.write(*right, second);
        }
    }
}

/// The two halves of up to [`LANES`] rows, and room to work on them.
struct Halves {
    lanes: usize,
    left: [u128; LANES],
    right: [u128; LANES],
    states: [Block; LANES],
    blocks: [Block; LANES],
    more: [Block; LANES],
}

impl Halves {
    fn new(lanes: usize) -> Self {
        let blocks = [[0; 16]; LANES];
        Self { lanes, left: [0; LANES], right: [0; LANES], states: blocks, blocks, more: blocks }
    }

    fn pairs(&mut self) -> impl Iterator<Item = (&mut u128, &mut u128)> {
        self.left.iter_mut().zip(&mut self.right).take(self.lanes)
    }

    /// All ten rounds (step 6 of Algorithms 7 and 8).
    fn run(&mut self, mac: &Mac<'_>, moduli: &Moduli, direction: Direction, tweaks: Tweaks<'_>) {
        mac.absorb(tweaks, &mut self.states[..self.lanes]);
        for step in 0..ROUNDS {
            let round = match direction {
                Direction::Encrypt => step,
                Direction::Decrypt => ROUNDS - 1 - step,
            };
            self.draw(mac, round);
            let (half, modulus) = match round % 2 {
                0 => (&mut self.left[..self.lanes], moduli.left),
                _ => (&mut self.right[..self.lanes], moduli.right),
            };
            // `d` is at most 20, for halves of 13 to 16 bytes; below that, one block holds all that is drawn.
            let drawn = mac.shape.drawn_bytes;
            for ((number, block), more) in half.iter_mut().zip(&self.blocks).zip(&self.more) {
                let block = u128::from_be_bytes(*block);
                let shift = match drawn {
                    0..=16 => reduce(block >> (128 - 8 * drawn), modulus),
                    _ => reduce_longer(block, first_four(more), modulus),
                };
                *number = match direction {
                    Direction::Encrypt => add(*number, shift, modulus),
                    Direction::Decrypt => sub(*number, shift, modulus),
                };
            }
        }
    }

    /// Steps 6i to 6iii: `blocks` and, where more than 16 bytes are drawn, `more` become the bytes `S` of this round.
    fn draw(&mut self, mac: &Mac<'_>, round: u8) {
        let source = if round.is_multiple_of(2) { &self.right } else { &self.left };
        let blocks = &mut self.blocks[..self.lanes];
        let bytes = mac.shape.number_bytes;
        let lanes = blocks.iter_mut().zip(&self.states).zip(source);
        if bytes < 16 {
            for ((block, state), number) in lanes {
                let last = (u128::from(round) << (8 * bytes)) | number;
                *block = (u128::from_be_bytes(*state) ^ last).to_be_bytes();
            }
            mac.aes.encrypt(blocks);
        } else {
            // The number alone fills the last block, the round ends the one before.
            for ((block, state), _) in lanes {
                *block = *state;
                block[15] ^= round;
            }
            mac.aes.encrypt(blocks);
            for (block, number) in blocks.iter_mut().zip(source) {
                *block = (u128::from_be_bytes(*block) ^ number).to_be_bytes();
            }
            mac.aes.encrypt(blocks);
        }
        if mac.shape.drawn_bytes > 16 {
            let more = &mut self.more[..self.lanes];
            for (more, block) in more.iter_mut().zip(&self.blocks) {
                *more = *block;
                more[15] ^= 1;
            }
            mac.aes.encrypt(more);
        }
    }
}

/// `number mod modulus`, in 64 bits where they suffice: 128-bit division is many times slower.
fn reduce(number: u128, modulus: u128) -> u128 {
    match (u64::try_from(number), u64::try_from(modulus)) {
        (Ok(number), Ok(modulus)) => u128::from(number % modulus),
        _ => number % modulus,
    }
}

/// `(high·2^32 + rest) mod modulus`.
fn reduce_longer(high: u128, rest: u32, modulus: u128) -> u128 {
    let mut number = high % modulus;
    for bit in (0..u32::BITS).rev() {
        number = add(number, number, modulus);
        if (rest >> bit) & 1 == 1 {
            number = add(number, 1, modulus);
        }
    }
    number
}

/// `(a + b) mod modulus` for a and b below it.
fn add(a: u128, b: u128, modulus: u128) -> u128 {
    let room = modulus - b;
    if a >= room { a - room } else { a + b }
}

/// `(a - b) mod modulus` for a and b below it.
fn sub(a: u128, b: u128, modulus: u128) -> u128 {
    if a >= b { a - b } else { a + (modulus - b) }
}

fn first_four(block: &Block) -> u32 {
    u32::from_be_bytes([block[0], block[1], block[2], block[3]])
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder by a 64-bit divisor")]
fn low(number: u128) -> u64 {
    number as u64
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder by the radix, at most 65536")]
fn numeral_of(number: u64) -> u16 {
    number as u16
}
