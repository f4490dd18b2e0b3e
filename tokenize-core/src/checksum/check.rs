//! How check characters follow from the other characters of a number.

use super::verhoeff;

/// A family of check characters.
#[derive(Debug)]
pub(crate) enum Check {
    /// ISO/IEC 7064, MOD 11,10: one digit.
    Mod11And10,
    /// None.
    None,
    /// One or two weighted sums; each one after the first also counts the check characters before it.
    Sums(Vec<Sum>),
    /// One digit by [`verhoeff`].
    Verhoeff,
}

/// A weighted sum modulo some number, and what its remainder becomes.
#[derive(Debug)]
pub(crate) struct Sum {
    modulus: u32,
    /// What is added in any case.
    plus: u32,
    /// For each place, check places included: what a character there adds, from `0` to `Z`.
    terms: Vec<[u8; SYMBOLS]>,
    /// For each remainder: the check characters, or none where a number with this remainder does not exist.
    to: Vec<Option<Characters>>,
}

/// Check characters: one or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Characters {
    characters: [u8; 2],
    len: usize,
}

impl Check {
    /// The check characters of a text in which `width` of them stand at `at` and count for nothing; none if such a number does
    /// not exist.
    pub(crate) fn characters(&self, text: &[u8], at: usize, width: usize) -> Option<Characters> {
        match self {
            Self::None => Some(Characters::NONE),
            Self::Mod11And10 => Some(Characters::one(mod11_10(text.get(..at)?))),
            Self::Verhoeff => {
                Some(Characters::one(verhoeff::check_digit(text.get(..at)?.iter().copied())))
            }
            Self::Sums(sums) => {
                let (before, after) = (text.get(..at)?, text.get(at + width..)?);
                let mut remainders = [0; 2];
                for (remainder, sum) in remainders.iter_mut().zip(sums) {
                    *remainder = sum.total(0, before) + sum.total(at + width, after);
                }
                self.characters_of(remainders, at)
            }
        }
    }

    /// The check characters, standing at `at`, of sums in which they count for nothing; none if such a number does not exist.
    pub(crate) fn characters_of(&self, remainders: [u32; 2], at: usize) -> Option<Characters> {
        let mut all = Characters::NONE;
        for (sum, mut remainder) in self.sums().iter().zip(remainders) {
            for (place, character) in all.as_slice().iter().enumerate() {
                remainder += sum.term(at + place, *character);
            }
            all = all.and(sum.finish(remainder)?);
        }
        Some(all)
    }

    /// The sums, which say when a check character does not exist; all other families always have one.
    pub(crate) fn sums(&self) -> &[Sum] {
        match self {
            Self::Sums(sums) => sums,
            _ => &[],
        }
    }
}

impl Sum {
    pub(super) fn new(
        modulus: u32,
        plus: u32,
        terms: Vec<[u8; SYMBOLS]>,
        to: Vec<Option<Characters>>,
    ) -> Option<Self> {
        (to.len() == modulus as usize).then_some(Self { modulus, plus, terms, to })
    }

    pub(crate) fn modulus(&self) -> u32 {
        self.modulus
    }

    /// What a character adds at a place. Those outside `0` to `Z` add nothing.
    pub(crate) fn term(&self, place: usize, character: u8) -> u32 {
        let terms = self.terms.get(place);
        let term = terms.and_then(|terms| terms.get(usize::from(character.wrapping_sub(b'0'))));
        u32::from(term.copied().unwrap_or(0))
    }

    /// The check characters of a sum, neither reduced nor with what is added in any case.
    fn finish(&self, sum: u32) -> Option<Characters> {
        self.to.get(((sum + self.plus) % self.modulus) as usize).copied().flatten()
    }

    /// How many check characters it makes, if it makes any.
    pub(super) fn width(&self) -> Option<usize> {
        self.to.iter().flatten().map(|characters| characters.len).max()
    }

    /// Whether numbers with some remainder do not exist.
    pub(crate) fn has_gaps(&self) -> bool {
        self.to.contains(&None)
    }

    /// What characters from a place on add.
    fn total(&self, from: usize, text: &[u8]) -> u32 {
        let terms = self.terms.get(from..).unwrap_or(&[]);
        text.iter().zip(terms).fold(0, |sum, (character, terms)| {
            let term = terms.get(usize::from(character.wrapping_sub(b'0')));
            sum + u32::from(term.copied().unwrap_or(0))
        })
    }
}

impl Characters {
    const NONE: Self = Self { characters: [0; 2], len: 0 };

    pub(super) fn one(character: u8) -> Self {
        Self { characters: [character, 0], len: 1 }
    }

    /// A number below 100 as two digits.
    pub(super) fn two(number: u8) -> Self {
        Self { characters: [b'0' + number / 10, b'0' + number % 10], len: 2 }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.characters.get(..self.len).unwrap_or(&[])
    }

    fn and(self, more: Self) -> Self {
        let mut all = self;
        for character in more.as_slice() {
            if let Some(place) = all.characters.get_mut(all.len) {
                *place = *character;
                all.len += 1;
            }
        }
        all
    }
}

/// The check digit of ISO/IEC 7064, MOD 11,10, of ASCII digits; other characters count as something.
fn mod11_10(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10_u8, |product, digit| {
        let sum = (product + digit.wrapping_sub(b'0') % 10) % 10;
        let sum = if sum == 0 { 10 } else { sum };
        sum * 2 % 11
    });
    b'0' + (11 - product) % 10
}

/// The characters from `0` to `Z`.
pub(crate) const SYMBOLS: usize = 43;
