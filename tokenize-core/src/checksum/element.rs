//! The parts of a layout: what may stand at one or more places of a number, each possible text having a place in their order.

use super::date::{Dates, number};
use super::idnr;

/// What may stand at some places.
#[derive(Debug)]
pub(crate) enum Element {
    /// Letters and digits, less some words.
    Block(Block),
    /// Check characters, which are computed.
    Check(usize),
    /// A date.
    Dates(Dates),
    /// The ten digits of [`idnr`].
    Idnr,
    /// One of some texts of the same length.
    List(List),
    /// One of some characters.
    Set(Set),
}

/// Some characters, in the order of the table.
#[derive(Debug, Clone)]
pub(crate) struct Set {
    symbols: Vec<u8>,
    /// One bit for each ASCII character.
    members: u128,
}

/// Some texts of one length, in ascending order.
#[derive(Debug)]
pub(crate) struct List {
    width: usize,
    /// Whether all texts are digits, so that a text is known by its number; else it is by its bytes.
    digits: bool,
    runs: Vec<Run>,
}

/// Consecutive texts.
#[derive(Debug)]
struct Run {
    first: u64,
    last: u64,
    /// How many texts come before.
    before: u64,
}

/// Characters, each of its set, less some words.
#[derive(Debug)]
pub(crate) struct Block {
    sets: Vec<Set>,
    /// The places of the words among all, ascending.
    words: Vec<u64>,
}

impl Element {
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Block(block) => block.sets.len(),
            Self::Check(width) => *width,
            Self::Dates(dates) => dates.width(),
            Self::Idnr => idnr::WIDTH,
            Self::List(list) => list.width,
            Self::Set(_) => 1,
        }
    }

    /// How many texts may stand here; one for check characters, which leave no choice.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Block(block) => block.size() - block.words.len() as u64,
            Self::Check(_) => 1,
            Self::Dates(dates) => dates.count(),
            Self::Idnr => idnr::count(),
            Self::List(list) => list.runs.last().map_or(0, |run| run.before + run.size()),
            Self::Set(set) => set.symbols.len() as u64,
        }
    }

    /// The ASCII characters that may stand at each of the places, one bit each; all where that says nothing.
    pub(super) fn members(&self) -> u128 {
        match self {
            Self::Set(set) => set.members,
            _ => u128::MAX,
        }
    }

    /// Whether a text of this width may stand here. Any characters pass for check characters.
    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        match self {
            Self::Check(_) => true,
            Self::Idnr => idnr::fits(text),
            _ => self.index(text).is_some(),
        }
    }

    /// The place of a text among those that may stand here.
    pub(crate) fn index(&self, text: &[u8]) -> Option<u64> {
        match self {
            Self::Block(block) => block.index(text),
            Self::Check(_) => Some(0),
            Self::Dates(dates) => dates.index(text),
            Self::Idnr => idnr::index(text),
            Self::List(list) => list.index(text),
            Self::Set(set) => match text {
                [symbol] => set.index(*symbol),
                _ => None,
            },
        }
    }

    /// Writes the text at a place. Leaves check characters as they are.
    pub(crate) fn write(&self, index: u64, text: &mut [u8]) -> Option<()> {
        match self {
            Self::Block(block) => block.write(index, text),
            Self::Check(_) => Some(()),
            Self::Dates(dates) => dates.write(index, text),
            Self::Idnr => idnr::write(index, text),
            Self::List(list) => list.write(index, text),
            Self::Set(set) => {
                *text.first_mut()? = set.symbol(index)?;
                Some(())
            }
        }
    }
}

impl Set {
    /// `0-9A-F` and the like: characters, and ranges of them. A `-` at the end stands for itself.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut symbols = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            rest = match after {
                [b'-', last, after @ ..] => {
                    symbols.extend(*first..=*last);
                    after
                }
                _ => {
                    symbols.push(*first);
                    after
                }
            };
        }
        let members = symbols
            .iter()
            .filter(|symbol| symbol.is_ascii())
            .fold(0, |set, symbol| set | 1_u128 << symbol);
        let distinct = members.count_ones() as usize == symbols.len() && !symbols.is_empty();
        distinct.then_some(Self { symbols, members })
    }

    fn index(&self, symbol: u8) -> Option<u64> {
        let at = self.symbols.iter().position(|member| *member == symbol)?;
        Some(at as u64)
    }

    fn symbol(&self, index: u64) -> Option<u8> {
        self.symbols.get(usize::try_from(index).ok()?).copied()
    }

    /// Whether all are letters, so that a number shows its case here.
    pub(crate) fn is_letters(&self) -> bool {
        self.symbols.iter().all(u8::is_ascii_uppercase)
    }
}

impl List {
    /// `01-12,20-42` and `AD,AE`: texts, and ranges of numbers of the same width.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let width = text.split([',', '-']).next()?.len();
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b',' | b'-'));
        let mut list = Self { width, digits, runs: Vec::new() };
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            if digits || first == last {
                list.push(first.as_bytes(), last.as_bytes())?;
                continue;
            }
            for value in number(first.as_bytes())?..=number(last.as_bytes())? {
                let text = format!("{value:0width$}");
                list.push(text.as_bytes(), text.as_bytes())?;
            }
        }
        Some(list)
    }

    /// Adds a run, which must come after all that are there.
    fn push(&mut self, first: &[u8], last: &[u8]) -> Option<()> {
        let (first, last) = (self.key(first)?, self.key(last)?);
        let (above, before) =
            self.runs.last().map_or((0, 0), |run| (run.last + 1, run.before + run.size()));
        self.runs.push(Run { first, last, before });
        (above <= first && first <= last).then_some(())
    }

    /// The number that a text is known by.
    fn key(&self, text: &[u8]) -> Option<u64> {
        if text.len() != self.width || text.len() > 8 {
            None
        } else if self.digits {
            number(text).map(u64::from)
        } else {
            Some(text.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)))
        }
    }

    fn index(&self, text: &[u8]) -> Option<u64> {
        let key = self.key(text)?;
        let after = self.runs.partition_point(|run| run.first <= key);
        let run = self.runs.get(after.checked_sub(1)?)?;
        (key <= run.last).then(|| run.before + key - run.first)
    }

    fn write(&self, index: u64, text: &mut [u8]) -> Option<()> {
        let after = self.runs.partition_point(|run| run.before <= index);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let mut key = run.first + (index - run.before);
        if key > run.last {
            return None;
        }
        let (base, zero) = if self.digits { (10, b'0') } else { (256, 0) };
        for byte in text.iter_mut().rev() {
            *byte = zero + u8::try_from(key % base).ok()?;
            key /= base;
        }
        Some(())
    }
}

impl Run {
    fn size(&self) -> u64 {
        self.last - self.first + 1
    }
}

impl Block {
    pub(super) fn new(sets: Vec<Set>, words: &str) -> Option<Self> {
        let mut block = Self { sets, words: Vec::new() };
        let words: Option<Vec<u64>> =
            words.split(',').map(|word| block.place(word.as_bytes())).collect();
        block.words = words?;
        block.words.is_sorted_by(|a, b| a < b).then_some(block)
    }

    fn size(&self) -> u64 {
        self.sets.iter().map(|set| set.symbols.len() as u64).product()
    }

    /// The place of a text, words included.
    fn place(&self, text: &[u8]) -> Option<u64> {
        if text.len() != self.sets.len() {
            return None;
        }
        self.sets.iter().zip(text).try_fold(0, |place, (set, symbol)| {
            Some(place * set.symbols.len() as u64 + set.index(*symbol)?)
        })
    }

    fn index(&self, text: &[u8]) -> Option<u64> {
        let place = self.place(text)?;
        let words_before = self.words.binary_search(&place).err()?;
        Some(place - words_before as u64)
    }

    fn write(&self, index: u64, text: &mut [u8]) -> Option<()> {
        // Each word that is passed pushes the place by one.
        let mut place = self
            .words
            .iter()
            .fold(index, |place, word| if *word <= place { place + 1 } else { place });
        for (set, symbol) in self.sets.iter().zip(text).rev() {
            let radix = set.symbols.len() as u64;
            *symbol = set.symbol(place % radix)?;
            place /= radix;
        }
        (place == 0).then_some(())
    }

    /// Whether some place holds letters only.
    pub(crate) fn has_letters(&self) -> bool {
        self.sets.iter().any(Set::is_letters)
    }
}
