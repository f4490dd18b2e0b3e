//! The cryptographic primitives: the only room that names primitive crates.
//!
//! Knows no column, no policy and no file. Most callers want a tokenizer, not this; [`ff1_encrypt`] and [`ff1_decrypt`]
//! are the bare NIST primitive, for test vectors and for exchange with other implementations.

mod block;

pub(crate) mod address;
pub(crate) mod aead;
pub(crate) mod cipher;
pub(crate) mod domain;
pub(crate) mod ff1;
pub(crate) mod hpke;
pub(crate) mod ipcrypt;
pub(crate) mod kdf;
pub(crate) mod natural;
pub(crate) mod permutation;
pub(crate) mod prf;

#[cfg(test)]
pub(crate) mod vectors;

use std::collections::HashMap;

pub use ff1::Ff1Error;

use domain::Direction;
use ff1::{Ff1, RADIX_MAX, Shape};

/// Encrypts `text` with FF1 (NIST SP 800-38G, section 5.1, Algorithm 7) under an AES key of 16, 24 or 32 bytes.
///
/// The radix is the number of characters of `alphabet`; a character's numeral is its position there.
///
/// ```
/// use tokenize_core::{ff1_decrypt, ff1_encrypt};
///
/// # fn main() -> Result<(), tokenize_core::Ff1Error> {
/// let key = [0x2b; 32];
/// let token = ff1_encrypt(&key, b"tweak", "4111111111111111", "0123456789")?;
/// assert_eq!(token.len(), 16);
/// assert_eq!(ff1_decrypt(&key, b"tweak", &token, "0123456789")?, "4111111111111111");
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// - Deterministic: equal texts under equal key and tweak give equal tokens. Length and alphabet show.
/// - Not authenticated: a wrong key, tweak or token decrypts to a plausible wrong text, and no error says so.
/// - The floor of SP 800-38G Rev. 1, second public draft, holds: `alphabet` and `text` together have at least 1,000,000
///   possible values. Just above it a list of all values is still quickly made by whoever can have texts encrypted.
/// - `text` has at most 4096 characters, `alphabet` 2 to 65536.
/// - The key is used as it is. Use a key for this only, and never one that encrypts something else.
///
/// # Errors
/// [`Ff1Error`], which says where and which limit, never what.
pub fn ff1_encrypt(
    key: &[u8],
    tweak: &[u8],
    text: &str,
    alphabet: &str,
) -> Result<String, Ff1Error> {
    ff1_text(Direction::Encrypt, key, tweak, text, alphabet)
}

/// Decrypts what [`ff1_encrypt`] has made, with FF1 (NIST SP 800-38G, section 5.1, Algorithm 8).
///
/// # Security
/// As [`ff1_encrypt`]; in particular nothing tells a wrong key or tweak from the right one.
///
/// # Errors
/// As [`ff1_encrypt`].
pub fn ff1_decrypt(
    key: &[u8],
    tweak: &[u8],
    text: &str,
    alphabet: &str,
) -> Result<String, Ff1Error> {
    ff1_text(Direction::Decrypt, key, tweak, text, alphabet)
}

fn ff1_text(
    direction: Direction,
    key: &[u8],
    tweak: &[u8],
    text: &str,
    alphabet: &str,
) -> Result<String, Ff1Error> {
    let ff1 = Ff1::new(key)?;
    let symbols: Vec<char> = alphabet.chars().collect();
    let radix = u32::try_from(symbols.len()).ok().filter(|radix| (2..=RADIX_MAX).contains(radix));
    let radix = radix.ok_or(Ff1Error::Radix { radix: symbols.len() })?;
    let mut numeral_of = HashMap::with_capacity(symbols.len());
    for (numeral, (position, symbol)) in (0..=u16::MAX).zip(symbols.iter().enumerate()) {
        if numeral_of.insert(*symbol, numeral).is_some() {
            return Err(Ff1Error::AlphabetRepeats { position });
        }
    }
    let shape = Shape::new(radix, text.chars().count())?;
    let numerals = text.chars().enumerate().map(|(position, character)| {
        numeral_of.get(&character).copied().ok_or(Ff1Error::Character { position })
    });
    let mut numerals = numerals.collect::<Result<Vec<u16>, _>>()?;
    match direction {
        Direction::Encrypt => ff1.encrypt(&shape, tweak, &mut numerals)?,
        Direction::Decrypt => ff1.decrypt(&shape, tweak, &mut numerals)?,
    }
    Ok(numerals.iter().map(|numeral| symbols[usize::from(*numeral)]).collect())
}

#[cfg(test)]
mod tests;
