//! FF1 whose halves do not fit 128 bits: long strings, arithmetic on limbs.
//!
//! Halves stay numerals. A round turns one half into bytes, draws, reduces what was drawn to numerals and adds those to
//! the other half numeral by numeral.

use super::{Mac, ROUNDS, Tweaks};
use crate::crypto::block::Block;
use crate::crypto::domain::Direction;

/// Rows that go through each round together.
const LANES: usize = 32;

/// Encrypts or decrypts rows of numerals in place. Each numeral is below the radix, each row is whole and has a tweak.
pub(super) fn apply(mac: &Mac<'_>, direction: Direction, tweaks: Tweaks<'_>, numerals: &mut [u16]) {
    let len = mac.shape.len;
    let base = Base::new(mac.shape.radix);
    let (mut room, mut bytes) = (Room::default(), Vec::new());
    for (chunk, rows) in numerals.chunks_mut(LANES * len).enumerate() {
        let mut states = vec![[0; 16]; rows.len() / len];
        mac.absorb(tweaks.after(chunk * LANES), &mut states);
        for step in 0..ROUNDS {
            let round = match direction {
                Direction::Encrypt => step,
                Direction::Decrypt => ROUNDS - 1 - step,
            };
            let drawn = draw(mac, &base, round, rows, &states, &mut room);
            for (row, block) in rows.chunks_exact_mut(len).zip(drawn) {
                let (half, _) = halves(mac, round, row);
                expand(mac, &block, &mut bytes);
                base.reduce(&bytes[..mac.shape.drawn_bytes], half.len(), &mut room);
                match direction {
                    Direction::Encrypt => base.add(half, &room.numerals),
                    Direction::Decrypt => base.sub(half, &room.numerals),
                }
            }
        }
    }
}

/// Memory that is used again from row to row.
#[derive(Default)]
struct Room {
    limbs: Vec<u32>,
    numerals: Vec<u16>,
}

/// The half of `row` that `round` changes, and the one that it reads.
fn halves<'a>(mac: &Mac<'_>, round: u8, row: &'a mut [u16]) -> (&'a mut [u16], &'a mut [u16]) {
    let (left, right) = row.split_at_mut(mac.shape.left);
    if round.is_multiple_of(2) { (left, right) } else { (right, left) }
}

/// Steps 6i and 6ii: the block `R` of each row.
fn draw(
    mac: &Mac<'_>,
    base: &Base,
    round: u8,
    rows: &mut [u16],
    states: &[Block],
    room: &mut Room,
) -> Vec<Block> {
    let before = mac.fixed % 16;
    let length = before + 1 + mac.shape.number_bytes;
    let mut tails = vec![0; states.len() * length];
    for (row, tail) in rows.chunks_exact_mut(mac.shape.len).zip(tails.chunks_exact_mut(length)) {
        let (_, source) = halves(mac, round, row);
        tail[before] = round;
        base.write_number(source, &mut tail[before + 1..], &mut room.limbs);
    }
    let mut blocks = states.to_vec();
    for at in (0..length).step_by(16) {
        for (block, tail) in blocks.iter_mut().zip(tails.chunks_exact(length)) {
            for (byte, tail) in block.iter_mut().zip(&tail[at..at + 16]) {
                *byte ^= tail;
            }
        }
        mac.aes.encrypt(&mut blocks);
    }
    blocks
}

/// Step 6iii: `S` is cut from `R ‖ CIPH(R ⊕ [1]) ‖ CIPH(R ⊕ [2]) …`.
fn expand(mac: &Mac<'_>, first: &Block, out: &mut Vec<u8>) {
    let first_number = u128::from_be_bytes(*first);
    let blocks = mac.shape.drawn_bytes.div_ceil(16) as u128;
    let mut rest: Vec<Block> = (1..blocks).map(|j| (first_number ^ j).to_be_bytes()).collect();
    mac.aes.encrypt(&mut rest);
    out.clear();
    out.extend_from_slice(first);
    out.extend(rest.as_flattened());
}

/// Numbers written in one radix. Limbs have 32 bits, least significant first, so that products and dividends fit 64.
struct Base {
    radix: u64,
    /// As many numerals as have at most 2^32 values are converted at a time.
    chunk_numerals: usize,
}

impl Base {
    fn new(radix: u32) -> Self {
        let radix = u64::from(radix);
        let mut chunk_numerals = 1;
        let mut values = radix * radix;
        while values <= 1 << 32 {
            values *= radix;
            chunk_numerals += 1;
        }
        Self { radix, chunk_numerals }
    }

    /// Writes `NUM(radix, numerals)` as big-endian bytes; `out` has room for it.
    fn write_number(&self, numerals: &[u16], out: &mut [u8], limbs: &mut Vec<u32>) {
        limbs.clear();
        let (head, rest) = numerals.split_at(numerals.len() % self.chunk_numerals);
        for part in std::iter::once(head).chain(rest.chunks_exact(self.chunk_numerals)) {
            let mut factor = 1;
            let mut carry = 0;
            for numeral in part {
                factor *= self.radix;
                carry = carry * self.radix + u64::from(*numeral);
            }
            for limb in limbs.iter_mut() {
                carry += u64::from(*limb) * factor;
                *limb = low(carry);
                carry >>= 32;
            }
            if carry != 0 {
                limbs.push(low(carry));
            }
        }
        out.fill(0);
        for (bytes, limb) in out.rchunks_mut(4).zip(limbs) {
            let limb = limb.to_be_bytes();
            bytes.copy_from_slice(&limb[4 - bytes.len()..]);
        }
    }

    /// Leaves the lowest `count` numerals of big-endian `bytes` in `numerals`: the number modulo radix^count.
    fn reduce(&self, bytes: &[u8], count: usize, room: &mut Room) {
        let Room { limbs, numerals, .. } = room;
        limbs.clear();
        limbs.extend(
            bytes
                .rchunks(4)
                .map(|part| part.iter().fold(0, |limb, byte| (limb << 8) | u32::from(*byte))),
        );
        numerals.clear();
        numerals.resize(count, 0);
        for part in numerals.rchunks_mut(self.chunk_numerals) {
            let divisor = part.iter().fold(1, |power, _| power * self.radix);
            let mut remainder = 0;
            for limb in limbs.iter_mut().rev() {
                let dividend = (remainder << 32) | u64::from(*limb);
                *limb = low(dividend / divisor);
                remainder = dividend % divisor;
            }
            while limbs.last() == Some(&0) {
                limbs.pop();
            }
            for numeral in part.iter_mut().rev() {
                *numeral = numeral_of(remainder % self.radix);
                remainder /= self.radix;
            }
        }
    }

    /// Adds modulo radix^m.
    fn add(&self, half: &mut [u16], term: &[u16]) {
        let mut carry = 0;
        for (numeral, term) in half.iter_mut().zip(term).rev() {
            let sum = u64::from(*numeral) + u64::from(*term) + carry;
            carry = u64::from(sum >= self.radix);
            *numeral = numeral_of(sum - carry * self.radix);
        }
    }

    /// Subtracts modulo radix^m.
    fn sub(&self, half: &mut [u16], term: &[u16]) {
        let mut borrow = 0;
        for (numeral, term) in half.iter_mut().zip(term).rev() {
            let (have, take) = (u64::from(*numeral), u64::from(*term) + borrow);
            borrow = u64::from(have < take);
            *numeral = numeral_of(have + borrow * self.radix - take);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "keeping the low limb is the point")]
fn low(number: u64) -> u32 {
    number as u32
}

#[expect(clippy::cast_possible_truncation, reason = "below the radix, which is at most 65536")]
fn numeral_of(number: u64) -> u16 {
    number as u16
}
