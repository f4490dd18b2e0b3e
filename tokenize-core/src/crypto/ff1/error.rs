//! What FF1 refuses.

/// Why FF1 refused an input. Says which limit was passed and by what, never a key, a tweak or a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ff1Error {
    /// The alphabet has one character twice.
    #[error("the character at position {position} of the alphabet occurs before")]
    AlphabetRepeats {
        /// Where the second occurrence is, counted in characters from 0.
        position: usize,
    },
    /// A batch is no whole number of rows, or has not one tweak for each row.
    #[error(
        "{numerals} numerals and {tweak_bytes} bytes of tweaks are not rows of {length} numerals and {tweak_length} bytes"
    )]
    Batch {
        /// The numerals given.
        numerals: usize,
        /// The numerals of one row.
        length: usize,
        /// The bytes of tweaks given.
        tweak_bytes: usize,
        /// The bytes of one tweak.
        tweak_length: usize,
    },
    /// A character is not in the alphabet.
    #[error("the character at position {position} is not in the alphabet")]
    Character {
        /// Where it is, counted in characters from 0.
        position: usize,
    },
    /// The key has not 16, 24 or 32 bytes.
    #[error("an AES key has 16, 24 or 32 bytes, not {length}")]
    KeyLength {
        /// The bytes given.
        length: usize,
    },
    /// A numeral is not below the radix.
    #[error("the numeral at position {position} is not below the radix {radix}")]
    Numeral {
        /// Where it is, counted from 0.
        position: usize,
        /// The radix.
        radix: u32,
    },
    /// The radix is outside 2 to 65536.
    #[error("the radix is {radix}; FF1 takes 2 to 65536")]
    Radix {
        /// The radix given.
        radix: usize,
    },
    /// The numeral string is longer than is allowed.
    #[error("{length} numerals are more than the {max} allowed")]
    TooLong {
        /// The numerals given.
        length: usize,
        /// The most numerals allowed.
        max: usize,
    },
    /// So short a numeral string has fewer than 1,000,000 values.
    #[error(
        "{length} numerals of radix {radix} have fewer than 1,000,000 values; at least {min} numerals are needed"
    )]
    TooShort {
        /// The numerals given.
        length: usize,
        /// The radix.
        radix: u32,
        /// The fewest numerals of this radix allowed.
        min: usize,
    },
    /// The tweak's length does not fit the four bytes that FF1 has for it.
    #[error("a tweak of {length} bytes is longer than FF1 can express")]
    TweakTooLong {
        /// The bytes given.
        length: usize,
    },
}
