//! Tables inside a value: the words of the first line's field speak for what stands in that field of the lines below.

use super::context::{Mask, Vocabulary};

/// What the first line of a value says of its fields.
#[derive(Debug)]
pub(super) struct Header {
    delimiter: u8,
    /// What the name of each field speaks for.
    masks: Vec<Mask>,
    /// Where the first line ends.
    end: usize,
}

impl Header {
    /// The header of a value, if its first line looks like one: names, at least one of which means something.
    pub(super) fn of(names: &Vocabulary, value: &[u8]) -> Option<Self> {
        let end = first_break(value.get(..value.len().min(LINE))?)?;
        let line = std::str::from_utf8(value.get(..end)?).ok()?.trim_end_matches('\r');
        let is_name =
            |character: char| character.is_alphanumeric() || " _-./\"'()#°".contains(character);
        let count = |delimiter: char| line.matches(delimiter).count();
        let delimiter =
            [',', ';', '\t', '|'].into_iter().max_by_key(|delimiter| count(*delimiter))?;
        if !line.chars().all(|character| character == delimiter || is_name(character)) {
            return None;
        }
        let fields: Vec<&str> = line.split(delimiter).collect();
        if fields.iter().any(|field| field.len() > NAME || field.split(' ').count() > WORDS) {
            return None;
        }
        let masks: Vec<Mask> = fields.iter().map(|field| names.of_name(field)).collect();
        let delimiter = u8::try_from(delimiter).ok()?;
        masks.iter().any(|mask| *mask != 0).then_some(Self { delimiter, masks, end })
    }

    /// What the header says of the field at `at`.
    pub(super) fn at(&self, value: &[u8], at: usize) -> Mask {
        if at <= self.end {
            return 0;
        }
        let before = value.get(at.saturating_sub(LINE)..at).unwrap_or_default();
        let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |line| line + 1);
        let (mut field, mut is_quoted) = (0, false);
        for byte in before.get(line..).unwrap_or_default() {
            is_quoted ^= *byte == b'"';
            field += usize::from(*byte == self.delimiter && !is_quoted);
        }
        self.masks.get(field).copied().unwrap_or(0)
    }
}

/// Where the first line ends. Most values are one line, so they are looked through by parts.
fn first_break(value: &[u8]) -> Option<usize> {
    let has_break = |part: &[u8]| part.iter().fold(false, |any, byte| any | (*byte == b'\n'));
    let part = value.chunks(PART).position(has_break)? * PART;
    Some(part + value.get(part..)?.iter().position(|byte| *byte == b'\n')?)
}

/// How many bytes are looked at together.
const PART: usize = 64;
/// The longest line that is read.
const LINE: usize = 1024;
/// The longest name of a field, in bytes and in words.
const NAME: usize = 48;
const WORDS: usize = 5;
