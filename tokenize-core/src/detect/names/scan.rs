//! The one pass over a text.

use super::context::Cues;
use super::dictionary::Dictionary;
use super::words::{self, Word};
use super::{NameFinding, address, birth, home, ideographs, japanese, person, place};

/// A text being read, with what its rules need.
pub(super) struct Scan<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) cues: &'a Cues,
    pub(super) text: &'a str,
    /// The run of capitalised words at hand; kept for its memory.
    run: Vec<Word>,
    /// The findings of that run; kept likewise.
    names: Vec<NameFinding>,
    out: &'a mut Vec<NameFinding>,
    /// What was in `out` before is not ours.
    first: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        dictionary: &'a Dictionary,
        cues: &'a Cues,
        text: &'a str,
        out: &'a mut Vec<NameFinding>,
    ) -> Self {
        let first = out.len();
        Self { dictionary, cues, text, run: Vec::new(), names: Vec::new(), out, first }
    }

    pub(super) fn run(mut self) {
        let mut at = 0;
        while let Some(next) = next_start(self.text.as_bytes(), at) {
            at = match self.text.as_bytes().get(next) {
                Some(byte) if byte.is_ascii_digit() => self.number(next),
                Some(byte) if byte.is_ascii() => self.capital(next),
                _ => self.beyond_ascii(next),
            };
        }
    }

    /// Where the last finding ends: no later one reaches back beyond it.
    pub(super) fn floor(&self) -> usize {
        self.out.get(self.first..).and_then(<[_]>::last).map_or(0, |finding| finding.end)
    }

    fn number(&mut self, at: usize) -> usize {
        let before = words::char_before(self.text, at);
        if before.is_some_and(|char| char.is_alphanumeric() || char == '_') {
            return words::token_end(self.text, at);
        }
        let found = birth::number_first(self, at).or_else(|| address::number_first(self, at));
        match found {
            Some(finding) => self.push(finding),
            None => words::token_end(self.text, at),
        }
    }

    fn capital(&mut self, at: usize) -> usize {
        if words::char_before(self.text, at).is_some_and(|char| char.is_alphanumeric()) {
            return words::token_end(self.text, at);
        }
        let mut run = std::mem::take(&mut self.run);
        let mut next = words::read_run(self.dictionary, self.text, at, &mut run);
        if let Some(finding) =
            birth::month_first(self, &run).or_else(|| address::street_first(self, &run))
        {
            self.names(&run, finding.start);
            next = self.push(finding);
        } else {
            self.names(&run, usize::MAX);
            // A name may have taken in what follows the run, as in `Müller, Hans`.
            next = next.max(self.floor());
        }
        self.run = run;
        next
    }

    /// People and places among the words that end by `limit`.
    fn names(&mut self, run: &[Word], limit: usize) {
        let within = run.iter().take_while(|word| word.end <= limit).count();
        let Some(run) = run.get(..within).filter(|run| !run.is_empty()) else { return };
        let places = place::places(self, run);
        let mut names = std::mem::take(&mut self.names);
        names.clear();
        person::people(self, run, &places, &mut names);
        let home = home::finding(self, run, &places);
        for place in home.into_iter().chain(place::findings(self, run, &places)) {
            let apart =
                |person: &NameFinding| place.end <= person.start || person.end <= place.start;
            if names.iter().all(|person| apart(person) || person.score < place.score) {
                names.retain(apart);
                names.push(place);
            }
        }
        names.sort_unstable_by_key(|finding| finding.start);
        self.out.extend_from_slice(&names);
        self.names = names;
    }

    fn beyond_ascii(&mut self, at: usize) -> usize {
        let Some(char) = words::char_at(self.text, at) else { return at + 1 };
        if ideographs::is_ideograph(char) {
            if let Some(finding) = japanese::address(self, at) {
                return self.push(finding);
            }
            let (next, findings) = ideographs::names(self, at);
            for finding in findings {
                self.push(finding);
            }
            return next;
        }
        let within = words::char_before(self.text, at).is_some_and(char::is_alphanumeric);
        if !within && words::begins_word(self.text, at) {
            return self.capital(at);
        }
        at + char.len_utf8()
    }

    fn push(&mut self, finding: NameFinding) -> usize {
        self.out.push(finding);
        finding.end
    }
}

/// The next byte that may begin something: a capital, a digit, anything beyond ASCII.
fn next_start(bytes: &[u8], at: usize) -> Option<usize> {
    let mut rest = bytes.get(at..)?;
    loop {
        let skipped = rest.chunks_exact(8).take_while(|eight| !may_begin(eight)).count() * 8;
        let (eight, after) = rest.get(skipped..)?.split_at(8.min(rest.len() - skipped));
        if let Some(found) = eight.iter().position(|byte| begins(*byte)) {
            return Some(bytes.len() - after.len() - eight.len() + found);
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

fn begins(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || !byte.is_ascii()
}

/// Whether one of eight bytes is from 0x30 to 0x3f, from 0x40 to 0x5f or above 0x7f, told by three bits of each at once. Prose
/// is mostly lower case, for which this is false.
fn may_begin(eight: &[u8]) -> bool {
    let Ok(eight) = eight.try_into().map(u64::from_le_bytes) else { return true };
    let (bit_6, bit_5, bit_4) = (eight << 1, eight << 2, eight << 3);
    let any = eight | bit_6 & !bit_5 | bit_5 & bit_4 & !bit_6;
    any & 0x8080_8080_8080_8080 != 0
}
