//! FF1 format-preserving encryption: NIST SP 800-38G, section 5.1, Algorithms 7 and 8.
//!
//! [`Shape`] is what follows from radix and length alone, [`Ff1`] a keyed cipher that works on many rows of one shape at a
//! time. The floor on the number of values is that of SP 800-38G Revision 1, second public draft (2025).
//!
//! # Security
//! FF1 is a deterministic permutation of all strings of one radix and length, chosen by key and tweak. Equal inputs under
//! equal key and tweak give equal outputs, and length and alphabet stay: both are visible to anyone. Nothing is
//! authenticated: every string decrypts to something, also under a wrong key or tweak. Where only few values are
//! plausible, whoever can have values encrypted can list them all. Key schedules come from constant-time AES. The rounds on
//! halves of at most 64 bits (38 digits) neither divide nor branch on numerals; those on larger ones divide, and do not
//! claim to run in constant time. How often a rank is walked shows in the time, as in any cycle walking.

mod error;
mod modulus;
mod narrow;
mod wide;
mod word;

#[cfg(test)]
mod tests;

pub use error::Ff1Error;
pub(crate) use modulus::Modulus;
pub(crate) use word::Row;

use self::word::Word;
use super::block::{Aes, Block};
use super::domain::Direction;
use super::natural::Natural;
use crate::secret::Secret;

/// The least number of values, radix^n: SP 800-38G Rev. 1 (second public draft), section 5.1.
pub(crate) const FLOOR: u32 = 1_000_000;
/// The largest radix: SP 800-38G, section 5.1.
pub(crate) const RADIX_MAX: u32 = 1 << 16;
/// The longest numeral string. The standard leaves `maxlen` (up to 2^32) to the implementation.
pub(crate) const LENGTH_MAX: usize = 4096;
/// The number of Feistel rounds.
const ROUNDS: u8 = 10;

const _: () = assert!(RADIX_MAX == 1 << u16::BITS, "numerals are u16");
const _: () = assert!(LENGTH_MAX as u64 <= 1 << 32, "SP 800-38G, section 5.1: maxlen < 2^32");
const _: () = assert!(ROUNDS.is_multiple_of(2), "the halves are not swapped");

/// Radix and length of numeral strings, and what Algorithm 7 derives from them: `u`, `v`, `b` and `d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    radix: u32,
    len: usize,
    /// `u`, the numerals of the left half.
    left: usize,
    /// `v`, the numerals of the right half.
    right: usize,
    /// `b`, the bytes that any half fits in.
    number_bytes: usize,
    /// `d`, the bytes drawn in each round.
    drawn_bytes: usize,
    /// The arithmetic of halves below 2^128; `None` where they are larger.
    moduli: Option<narrow::Moduli>,
    /// The arithmetic of halves of at most 64 bits; `None` where they are larger.
    word: Option<Word>,
}

impl Shape {
    /// The shape of strings of `len` numerals below `radix`.
    ///
    /// # Errors
    /// [`Ff1Error::Radix`], [`Ff1Error::TooShort`] below the floor, [`Ff1Error::TooLong`].
    pub(crate) fn new(radix: u32, len: usize) -> Result<Self, Ff1Error> {
        if !(2..=RADIX_MAX).contains(&radix) {
            return Err(Ff1Error::Radix { radix: radix as usize });
        }
        let min = min_length(radix);
        if len < min {
            return Err(Ff1Error::TooShort { length: len, radix, min });
        }
        if len > LENGTH_MAX {
            return Err(Ff1Error::TooLong { length: len, max: LENGTH_MAX });
        }
        let left = len / 2;
        let right = len - left;
        let number_bytes = number_bytes(radix, right);
        let drawn_bytes = 4 * number_bytes.div_ceil(4) + 4;
        let moduli = narrow::Moduli::new(radix, left, right);
        let word = moduli.as_ref().and_then(|moduli| Word::new(radix, moduli.both(), number_bytes));
        Ok(Self { radix, len, left, right, number_bytes, drawn_bytes, moduli, word })
    }

    /// The number of numerals.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The halves of a rank in radix 2, of a shape of words.
    pub(crate) fn split(&self, rank: u128) -> [u64; 2] {
        [low(rank >> self.right), low(rank & ((1 << self.right) - 1))]
    }

    /// The way back from [`Self::split`].
    pub(crate) fn join(&self, [left, right]: [u64; 2]) -> u128 {
        (u128::from(left) << self.right) | u128::from(right)
    }

    /// Whether rows of this shape go through [`Ff1::apply_rows`]: their halves are numbers of at most 64 bits.
    pub(crate) fn is_word(&self) -> bool {
        self.word.is_some()
    }

    /// The bytes of `Q` before `[i]`, step 6i: the tweak and zeros, so many that `[i]` and `b` more bytes end on a whole block.
    fn before_round(&self, tweak_length: usize) -> usize {
        let after = self.number_bytes + 1;
        (tweak_length + after).next_multiple_of(16) - after
    }

    /// Step 5: `P = [1] ‖ [2] ‖ [1] ‖ [radix] ‖ [10] ‖ [u mod 256] ‖ [n] ‖ [t]`.
    fn first_block(&self, tweak_length: u32) -> Block {
        let mut block = [0; 16];
        block[..3].copy_from_slice(&[1, 2, 1]);
        block[3..6].copy_from_slice(&self.radix.to_be_bytes()[1..]);
        block[6] = ROUNDS;
        block[7] = self.left.to_le_bytes()[0];
        // Lengths are at most LENGTH_MAX, so the high bytes that are cut off are zero.
        block[8..12].copy_from_slice(&(self.len as u64).to_be_bytes()[4..]);
        block[12..].copy_from_slice(&tweak_length.to_be_bytes());
        block
    }
}

/// Step 3, `b = ceil(ceil(v·log2(radix)) / 8)`, by exact integers: the bytes of the largest number of `v` numerals.
fn number_bytes(radix: u32, numerals: usize) -> usize {
    let values = Natural::power(u64::from(radix), numerals);
    let largest = values.checked_sub(&Natural::ONE).unwrap_or(Natural::ZERO);
    largest.bit_len().div_ceil(8)
}

/// The fewest numerals that have at least [`FLOOR`] values.
fn min_length(radix: u32) -> usize {
    let mut values = u64::from(radix);
    let mut length = 1;
    while values < u64::from(FLOOR) {
        values *= u64::from(radix);
        length += 1;
    }
    length
}

/// The tweaks of the rows of a batch, all of one length.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tweaks<'a> {
    /// One for each row, end to end.
    Each {
        /// All tweaks.
        bytes: &'a [u8],
        /// The length of one.
        len: usize,
    },
    /// The same for every row.
    Same(&'a [u8]),
}

impl<'a> Tweaks<'a> {
    fn len(&self) -> usize {
        match self {
            Self::Each { len, .. } => *len,
            Self::Same(tweak) => tweak.len(),
        }
    }

    /// The tweak of one row.
    fn row(&self, row: usize) -> &'a [u8] {
        match self {
            Self::Each { bytes, len } => &bytes[row * len..][..*len],
            Self::Same(tweak) => tweak,
        }
    }

    /// The tweaks after the first `row` rows.
    fn after(&self, row: usize) -> Self {
        match self {
            Self::Each { bytes, len } => Self::Each { bytes: &bytes[row * len..], len: *len },
            Self::Same(tweak) => Self::Same(tweak),
        }
    }

    /// Whether there is a tweak for each of `rows`.
    fn suits(&self, rows: usize) -> bool {
        match self {
            Self::Each { bytes, len } => rows.checked_mul(*len) == Some(bytes.len()),
            Self::Same(_) => true,
        }
    }
}

/// FF1 under one key, which is wiped when this is dropped.
pub(crate) struct Ff1 {
    aes: Aes,
}

impl Ff1 {
    /// FF1 with an AES key of 16, 24 or 32 bytes.
    ///
    /// # Errors
    /// [`Ff1Error::KeyLength`].
    pub(crate) fn new(key: &[u8]) -> Result<Self, Ff1Error> {
        let aes = Aes::new(key).ok_or(Ff1Error::KeyLength { length: key.len() })?;
        Ok(Self { aes })
    }

    /// FF1 with AES-256.
    pub(crate) fn aes256(key: &Secret) -> Self {
        Self { aes: Aes::aes256(key) }
    }

    /// Encrypts one numeral string in place (Algorithm 7).
    ///
    /// # Errors
    /// [`Ff1Error::Batch`] if it has not the length of the shape, [`Ff1Error::Numeral`], [`Ff1Error::TweakTooLong`].
    pub(crate) fn encrypt(
        &self,
        shape: &Shape,
        tweak: &[u8],
        numerals: &mut [u16],
    ) -> Result<(), Ff1Error> {
        self.apply_one(Direction::Encrypt, shape, tweak, numerals)
    }

    /// Decrypts one numeral string in place (Algorithm 8).
    ///
    /// # Errors
    /// As [`Ff1::encrypt`].
    pub(crate) fn decrypt(
        &self,
        shape: &Shape,
        tweak: &[u8],
        numerals: &mut [u16],
    ) -> Result<(), Ff1Error> {
        self.apply_one(Direction::Decrypt, shape, tweak, numerals)
    }

    fn apply_one(
        &self,
        direction: Direction,
        shape: &Shape,
        tweak: &[u8],
        numerals: &mut [u16],
    ) -> Result<(), Ff1Error> {
        let tweaks = Tweaks::Same(tweak);
        if numerals.len() != shape.len {
            return Err(ragged(shape, tweaks, numerals.len()));
        }
        self.apply_batch(direction, shape, tweaks, numerals)
    }

    /// Encrypts or decrypts all rows of `numerals`, which lie end to end, in place.
    ///
    /// # Errors
    /// [`Ff1Error::Batch`] if they are no whole rows or lack tweaks, [`Ff1Error::Numeral`], [`Ff1Error::TweakTooLong`];
    /// nothing has changed then.
    pub(crate) fn apply_batch(
        &self,
        direction: Direction,
        shape: &Shape,
        tweaks: Tweaks<'_>,
        numerals: &mut [u16],
    ) -> Result<(), Ff1Error> {
        if !numerals.len().is_multiple_of(shape.len) || !tweaks.suits(numerals.len() / shape.len) {
            return Err(ragged(shape, tweaks, numerals.len()));
        }
        if let Some(position) =
            numerals.iter().position(|numeral| u32::from(*numeral) >= shape.radix)
        {
            return Err(Ff1Error::Numeral { position: position % shape.len, radix: shape.radix });
        }
        let mac = self.mac(shape, tweaks.len())?;
        match (&shape.word, &shape.moduli) {
            (Some(word), _) => apply_words(&mac, word, direction, tweaks, numerals),
            (_, Some(moduli)) => narrow::apply(&mac, moduli, direction, tweaks, numerals),
            _ => wide::apply(&mac, direction, tweaks, numerals),
        }
        Ok(())
    }

    /// Encrypts or decrypts the `rows` that `which` lists, of whatever shapes, in place.
    ///
    /// A row whose shape is none of words stays as it is, and one whose halves are none of its shape becomes another such: both
    /// are for the caller to keep out.
    pub(crate) fn apply_rows(&self, direction: Direction, rows: &mut [Row<'_>], which: &[u32]) {
        word::apply(&self.aes, direction, rows, which);
    }

    /// The batch form for radix 2 and at most 128 numerals, which are the bits of each of `ranks`.
    ///
    /// # Errors
    /// As [`Ff1::apply_batch`]; [`Ff1Error::Radix`] and [`Ff1Error::TooLong`] if the shape is another.
    pub(crate) fn apply_ranks(
        &self,
        direction: Direction,
        shape: &Shape,
        tweaks: Tweaks<'_>,
        ranks: &mut [u128],
    ) -> Result<(), Ff1Error> {
        if shape.radix != 2 {
            return Err(Ff1Error::Radix { radix: shape.radix as usize });
        }
        if shape.word.is_none() {
            return Err(Ff1Error::TooLong { length: shape.len, max: 128 });
        }
        if !tweaks.suits(ranks.len()) {
            return Err(ragged(shape, tweaks, ranks.len().saturating_mul(shape.len)));
        }
        if ranks.iter().any(|rank| shape.len < 128 && rank >> shape.len != 0) {
            return Err(Ff1Error::Numeral { position: 0, radix: shape.radix });
        }
        let Mac { tweak_length, .. } = self.mac(shape, tweaks.len())?;
        let row = |(i, rank): (usize, &u128)| {
            let halves = shape.split(*rank);
            Row { shape, tweak: tweaks.row(i), tweak_length, halves }
        };
        let mut rows: Vec<Row<'_>> = ranks.iter().enumerate().map(row).collect();
        let which = all(rows.len());
        word::apply(&self.aes, direction, &mut rows, &which);
        ranks.iter_mut().zip(rows).for_each(|(rank, row)| *rank = shape.join(row.halves));
        Ok(())
    }

    /// Prepares the PRF of one shape and tweak length; the block `P` is the same for all rows and encrypted once.
    fn mac<'a>(&'a self, shape: &'a Shape, tweak_length: usize) -> Result<Mac<'a>, Ff1Error> {
        let length = u32::try_from(tweak_length)
            .map_err(|_| Ff1Error::TweakTooLong { length: tweak_length })?;
        let mut start = [shape.first_block(length)];
        self.aes.encrypt(&mut start);
        let fixed = shape.before_round(tweak_length);
        Ok(Mac { aes: &self.aes, shape, start: start[0], tweak_length: length, fixed })
    }
}

/// Rows of numerals as rows of words and back.
fn apply_words(
    mac: &Mac<'_>,
    word: &Word,
    direction: Direction,
    tweaks: Tweaks<'_>,
    numerals: &mut [u16],
) {
    let Mac { shape, tweak_length, .. } = *mac;
    let row = |(i, numerals): (usize, &[u16])| {
        let (left, right) = numerals.split_at(shape.left);
        let halves = [word.number(left), word.number(right)];
        Row { shape, tweak: tweaks.row(i), tweak_length, halves }
    };
    let mut rows: Vec<Row<'_>> = numerals.chunks_exact(shape.len).enumerate().map(row).collect();
    let which = all(rows.len());
    word::apply(mac.aes, direction, &mut rows, &which);
    for (numerals, row) in numerals.chunks_exact_mut(shape.len).zip(rows) {
        let (left, right) = numerals.split_at_mut(shape.left);
        word.write(row.halves[0], left);
        word.write(row.halves[1], right);
    }
}

/// All of so many rows.
fn all(rows: usize) -> Vec<u32> {
    (0..u32::MAX).take(rows).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a half of a shape of words")]
fn low(number: u128) -> u64 {
    number as u64
}

fn ragged(shape: &Shape, tweaks: Tweaks<'_>, numerals: usize) -> Ff1Error {
    let tweak_bytes = match tweaks {
        Tweaks::Each { bytes, .. } => bytes.len(),
        Tweaks::Same(tweak) => tweak.len(),
    };
    Ff1Error::Batch { numerals, length: shape.len, tweak_bytes, tweak_length: tweaks.len() }
}

/// The CBC-MAC of Algorithm 6 as far as one shape and tweak length decide it.
struct Mac<'a> {
    aes: &'a Aes,
    shape: &'a Shape,
    /// The state after `P`.
    start: Block,
    tweak_length: u32,
    /// The bytes of `Q` before `[i]`: the tweak and zeros.
    fixed: usize,
}

impl Mac<'_> {
    /// Sets the state of each lane to what comes before `[i] ‖ NUM(B)`: all whole blocks of tweak and zeros are
    /// encrypted, and the rest of them is already combined with the state. Rounds differ in what follows only.
    fn absorb(&self, tweaks: Tweaks<'_>, states: &mut [Block]) {
        states.fill(self.start);
        let whole = self.fixed / 16;
        for block in 0..=whole {
            for (row, state) in states.iter_mut().enumerate() {
                let rest = tweaks.row(row).get(block * 16..).unwrap_or(&[]);
                for (byte, tweak) in state.iter_mut().zip(rest) {
                    *byte ^= tweak;
                }
            }
            if block < whole {
                self.aes.encrypt(states);
            }
        }
    }
}
