//! People, places, street addresses and dates of birth in running text, by dictionary and by cue.
//!
//! A name has no checksum. What speaks for one is a dictionary of names (`data/README.md` says where it comes from), a
//! capital letter and its surroundings: a title, `name:`, a closing line. What speaks against one is a dictionary too, of words
//! that are also ordinary, and a neighbour such as `Ltd`. The score adds these up; nothing here decides what is done about it.
//!
//! A text is read once, from capital to digit to capital. Lower-case words are looked at only beside these, through windows of fixed
//! size, so that the time taken grows with the text and with nothing else.
//!
//! ```text
//! text ── words: runs of capitalised words ──┬── address   street and number, then postal code, town
//!                                            ├── place     towns, regions, countries
//!                                            └── person    given names, surnames, titles, cues
//!      ── digits ─────────────────────────────┬─ birth     a date beside `born`
//!                                             └─ address   `12 rue …`
//!      ── ideographs, syllables ─────────────── ideographs Chinese, Japanese, Korean names
//! ```

mod address;
mod birth;
mod context;
mod dictionary;
mod home;
mod ideographs;
mod japanese;
mod lists;
mod person;
mod place;
mod postal;
mod scan;
#[cfg(test)]
mod tests;
mod words;

use context::Cues;
use dictionary::Dictionary;

/// The dictionaries and cue lists. Making one parses nothing; share it all the same.
pub(super) struct Names {
    dictionary: Dictionary,
    cues: Cues,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

/// A span that looks like a name, a place, an address or a date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameFinding {
    /// First byte within the text.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// What was found.
    pub(super) kind: NameKind,
    /// Percent, 1 to 99.
    pub(super) score: u8,
    /// A title, a label or another word beside the span spoke for it.
    pub(super) cue: bool,
    /// A word of the span is in the dictionary for this kind.
    pub(super) dictionary: bool,
}

/// What a [`NameFinding`] is. Closed: the stage finds no other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    /// A street address: street and number, with town and postal code where they follow.
    Address,
    /// A date beside a word of birth.
    DateOfBirth,
    /// A town, region or country.
    Location,
    /// A person's name, without title.
    Person,
}

/// Whether a word, in lower case, stands within or before surnames and is none.
pub(super) fn is_particle(word: &str) -> bool {
    lists::is_surname_particle(word)
}

/// Titles, in lower case and without full stop.
pub(super) fn titles() -> impl Iterator<Item = &'static str> {
    let titles = lists::SIGNS.iter().filter(|(sign, _)| *sign == lists::Sign::Title);
    titles.flat_map(|(_, words)| words.split_whitespace())
}

/// Whether an honorific of Chinese, Japanese or Korean stands at `at`.
pub(super) fn is_honoured(text: &str, at: usize) -> bool {
    ideographs::honours(text, at)
}

impl Names {
    pub(super) fn new() -> Self {
        Self { dictionary: Dictionary::new(), cues: Cues::new() }
    }

    /// Adds what is found in `text`, in order and without overlap.
    pub(super) fn find(&self, text: &str, out: &mut Vec<NameFinding>) {
        scan::Scan::new(&self.dictionary, &self.cues, text, out).run();
    }

    /// Whether a whole value is a given name, whatever its case.
    pub(super) fn given(&self, word: &str) -> bool {
        self.dictionary.look_up(word.trim()).given() > 0
    }

    /// Whether a whole value is a surname.
    pub(super) fn surname(&self, word: &str) -> bool {
        let word = word.trim();
        let last = || word.rsplit(' ').next().unwrap_or(word);
        self.dictionary.look_up(word).surname() > 0
            || lists::starts_with_particle(word) && self.dictionary.look_up(last()).surname() > 0
    }

    /// Whether a whole value is a town; several words count as one name.
    pub(super) fn city(&self, word: &str) -> bool {
        self.dictionary.look_up(word.trim()).city() > 0
    }
}
