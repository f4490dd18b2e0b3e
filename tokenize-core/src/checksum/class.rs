//! Numbers of a scheme that are built alike, such as the numeric ones of `br_cnpj`: a line of the table.

use super::check::Check;
use super::layout::{LONGEST, Layout};

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Class {
    /// What tells it from the other classes of its scheme; empty if there are none.
    pub(crate) name: &'static str,
    /// The characters that may stand between others and mean nothing.
    pub(crate) separators: Vec<u8>,
    /// The ways in which its numbers are built, all of the same length and with their check characters at the same place.
    pub(crate) layouts: Vec<Layout>,
    /// How the check characters are made.
    pub(crate) check: Check,
    /// Which numbers are none, although layout and check would allow them.
    pub(crate) exceptions: Exceptions,
    /// Letters that some places have for digits.
    pub(crate) alias: Option<Alias>,
}

/// Numbers that do not exist although their check characters are right.
#[derive(Debug)]
pub(crate) enum Exceptions {
    /// Those whose characters are all the same.
    Equal,
    /// Those of a list.
    List(Vec<&'static [u8]>),
    /// Those that read the same from the right.
    Palindromes,
}

/// Letters for the digits 0 to 9 at some places, as Italy writes when two people would have the same code.
#[derive(Debug)]
pub(crate) struct Alias {
    /// The places, ascending.
    pub(crate) places: Vec<usize>,
    /// A letter for each digit.
    pub(crate) letters: [u8; 10],
}

impl Class {
    /// Whether a text without separators is a number of this class.
    pub(crate) fn is_valid(&self, compact: &[u8]) -> bool {
        self.is_built(compact) && !self.exceptions.contain(compact)
    }

    /// Whether layout and check characters are right; exceptions are not looked at.
    pub(crate) fn is_built(&self, compact: &[u8]) -> bool {
        if compact.len() != self.len() {
            return false;
        }
        let fits = match &self.alias {
            None => self.layouts.iter().any(|layout| layout.fits(compact)),
            Some(_) => {
                let text = self.plain(compact);
                let plain = text.get(..compact.len()).unwrap_or(&[]);
                self.layouts.iter().any(|layout| layout.fits(plain))
            }
        };
        fits && self.has_right_check(compact)
    }

    /// The text with digits where letters stand for them, filled up.
    pub(crate) fn plain(&self, compact: &[u8]) -> [u8; LONGEST] {
        if let Some(alias) = &self.alias {
            return alias.plain(compact).0;
        }
        let mut text = [0; LONGEST];
        text.iter_mut().zip(compact).for_each(|(to, from)| *to = *from);
        text
    }

    /// Writes the check characters that follow from the others; false if there are none for them.
    pub(crate) fn write_check(&self, text: &mut [u8]) -> bool {
        let (at, width) = self.check_place();
        let check = self.check.characters(text, at, width);
        match (check, text.get_mut(at..at + width)) {
            (Some(check), Some(place)) if check.as_slice().len() == width => {
                place.copy_from_slice(check.as_slice());
                true
            }
            _ => false,
        }
    }

    /// Whether every number of the class has a letter, so that it shows whether letters are written small.
    pub(crate) fn has_letters(&self) -> bool {
        self.layouts.iter().all(Layout::has_letters)
    }

    /// The number of characters.
    pub(crate) fn len(&self) -> usize {
        self.layouts.first().map_or(0, Layout::len)
    }

    /// Where the check characters begin and how many there are.
    pub(crate) fn check_place(&self) -> (usize, usize) {
        self.layouts.first().map_or((0, 0), Layout::check)
    }

    /// Whether the check characters of a text of the right length are those that follow from the others.
    fn has_right_check(&self, compact: &[u8]) -> bool {
        let (at, width) = self.check_place();
        let right = self.check.characters(compact, at, width);
        right.is_some_and(|right| compact.get(at..at + width) == Some(right.as_slice()))
    }
}

impl Exceptions {
    pub(crate) fn contain(&self, compact: &[u8]) -> bool {
        match self {
            Self::Equal => compact.windows(2).all(|pair| pair.first() == pair.last()),
            Self::List(numbers) => numbers.contains(&compact),
            Self::Palindromes => compact.iter().eq(compact.iter().rev()),
        }
    }
}

impl Alias {
    /// The text with digits for letters, and which of the places had letters, one bit each.
    pub(crate) fn plain(&self, compact: &[u8]) -> ([u8; LONGEST], u32) {
        let (mut text, mut mask) = ([0; LONGEST], 0);
        text.iter_mut().zip(compact).for_each(|(to, from)| *to = *from);
        for (bit, place) in self.places.iter().enumerate() {
            let Some(character) = text.get_mut(*place) else { continue };
            if let Some(digit) = (b'0'..).zip(self.letters).find(|(_, letter)| letter == character)
            {
                *character = digit.0;
                mask |= 1 << bit;
            }
        }
        (text, mask)
    }

    /// Puts letters where `mask` says so, whose bits are those of [`Alias::plain`].
    pub(crate) fn write(&self, mask: u32, text: &mut [u8]) {
        for (bit, place) in self.places.iter().enumerate() {
            let Some(character) = text.get_mut(*place).filter(|_| mask >> bit & 1 == 1) else {
                continue;
            };
            let letter = self.letters.get(usize::from(character.wrapping_sub(b'0')));
            *character = letter.copied().unwrap_or(*character);
        }
    }
}
