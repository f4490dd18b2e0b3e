//! The dictionary of names, places and common words: `data/names.fst`, made by `data/make_names.py`.

use fst::raw::{CompiledAddr, Fst, Node, Output};
use unicode_normalization::UnicodeNormalization;

static NAMES: &[u8] = include_bytes!("../../../data/names.fst");

/// Longer words are in no dictionary; the bound keeps a look-up off the heap.
const LONGEST_KEY: usize = 64;

/// What the dictionary knows of a word; all zero for an unknown one. The bits are those of `data/make_names.py`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    bits: u64,
    /// Longer keys begin with this word and a space.
    pub(super) begins_more: bool,
}

impl Entry {
    /// How frequent it is as a given name: 0 (not one) to 3.
    pub(super) fn given(self) -> u8 {
        self.class(0)
    }

    /// How frequent it is as a surname: 0 to 3.
    pub(super) fn surname(self) -> u8 {
        self.class(2)
    }

    /// How well known it is as a town: 0 to 3.
    pub(super) fn city(self) -> u8 {
        self.class(4)
    }

    pub(super) fn is_country(self) -> bool {
        self.bits >> 6 & 1 == 1
    }

    pub(super) fn is_region(self) -> bool {
        self.bits >> 7 & 1 == 1
    }

    /// How frequent it is as an ordinary word: 0 to 3.
    pub(super) fn word(self) -> u8 {
        self.class(8)
    }

    pub(super) fn is_place(self) -> bool {
        self.city() > 0 || self.is_country() || self.is_region()
    }

    pub(super) fn is_known(self) -> bool {
        self.bits != 0
    }

    fn class(self, shift: u32) -> u8 {
        match self.bits >> shift & 3 {
            0 => 0,
            1 => 1,
            2 => 2,
            _ => 3,
        }
    }

    /// A double name is a given name by its first half and a surname by either.
    fn joined(first: Self, second: Self) -> Self {
        let given = first.bits & 0b0011;
        let surname = (first.bits & 0b1100).max(second.bits & 0b1100);
        Self { bits: given | surname, begins_more: false }
    }
}

/// The dictionary, read in place from the program's own bytes.
pub(super) struct Dictionary {
    fst: Fst<&'static [u8]>,
    /// Where the first two letters of a key lead: the widest nodes are walked once, not for each word.
    heads: Vec<Option<(CompiledAddr, Output)>>,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        let fst = Fst::new(NAMES).expect("names.fst is part of the program, and a test reads it");
        let mut dictionary = Self { fst, heads: Vec::new() };
        for first in b'a'..=b'z' {
            for second in b'a'..=b'z' {
                let root = dictionary.fst.root();
                let head = dictionary
                    .step(root, first)
                    .and_then(|(node, output)| Some((dictionary.step(node, second)?, output)))
                    .map(|((node, second), first)| (node.addr(), first.cat(second)));
                dictionary.heads.push(head);
            }
        }
        dictionary
    }

    /// What is known of a word, or of words joined by single spaces, whatever their case. A diacritic that the
    /// dictionary does not have is ignored, one that the text leaves out as well.
    pub(super) fn look_up(&self, word: &str) -> Entry {
        let mut key = Key::default();
        if !key.push_lower(word) {
            return Entry::default();
        }
        let entry = self.get(&key);
        if entry.is_known() && word.contains(['\'', '’']) {
            // O'Brien is a town as well.
            return Entry { bits: entry.bits | self.parts(word).bits, ..entry };
        }
        if entry.is_known() || entry.begins_more {
            return entry;
        }
        if !word.is_ascii() {
            let entry = self.get(&key.folded());
            if entry.is_known() {
                return entry;
            }
        }
        self.parts(word)
    }

    /// What is known of the longest key that `words` begin with, and how many of them it takes. The keys of one
    /// word are left out: [`look_up`](Self::look_up) has told about that.
    pub(super) fn longest<'a>(
        &self,
        words: impl Iterator<Item = &'a str>,
    ) -> Option<(usize, Entry)> {
        let mut best = None;
        let mut key = Key::default();
        for (at, word) in words.enumerate() {
            if at > 0 && !key.push_lower(" ") || !key.push_lower(word) {
                break;
            }
            let mut entry = self.get(&key);
            if !entry.is_known() && !entry.begins_more && !word.is_ascii() {
                entry = self.get(&key.folded());
            }
            if at > 0 && entry.is_known() {
                best = Some((at + 1, entry));
            }
            if !entry.begins_more {
                break;
            }
        }
        best
    }

    /// `Müller-Schmidt`, `Anna-Lena`, and `O'Brien`, which the census writes without its apostrophe.
    fn parts(&self, word: &str) -> Entry {
        if let Some((first, second)) = word.split_once('-') {
            return Entry::joined(self.whole(first), self.whole(second));
        }
        if let Some((first, second)) = word.split_once(['\'', '’']) {
            let mut key = Key::default();
            if key.push_lower(first) && key.push_lower(second) {
                return Entry { begins_more: false, ..self.get(&key) };
            }
        }
        Entry::default()
    }

    fn whole(&self, word: &str) -> Entry {
        let mut key = Key::default();
        if !key.push_lower(word) {
            return Entry::default();
        }
        let entry = self.get(&key);
        if entry.is_known() || word.is_ascii() { entry } else { self.get(&key.folded()) }
    }

    fn get(&self, key: &Key) -> Entry {
        let (mut node, mut sum, rest) = match key.bytes() {
            [first @ b'a'..=b'z', second @ b'a'..=b'z', rest @ ..] => {
                let at = usize::from(first - b'a') * 26 + usize::from(second - b'a');
                let Some((head, output)) = self.heads.get(at).copied().flatten() else {
                    return Entry::default();
                };
                (self.fst.node(head), output, rest)
            }
            bytes => (self.fst.root(), Output::zero(), bytes),
        };
        for byte in rest {
            let Some((next, output)) = self.step(node, *byte) else { return Entry::default() };
            node = next;
            sum = sum.cat(output);
        }
        let bits = if node.is_final() { sum.cat(node.final_output()).value() } else { 0 };
        Entry { bits, begins_more: node.find_input(b' ').is_some() }
    }

    #[inline]
    fn step<'a>(&'a self, node: Node<'a>, byte: u8) -> Option<(Node<'a>, Output)> {
        let transition = node.transition(node.find_input(byte)?);
        Some((self.fst.node(transition.addr), transition.out))
    }
}

/// A key of the dictionary: lower case, NFC.
struct Key {
    buffer: [u8; LONGEST_KEY],
    length: usize,
}

impl Default for Key {
    fn default() -> Self {
        Self { buffer: [0; LONGEST_KEY], length: 0 }
    }
}

impl Key {
    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// Whether all of it found room.
    fn push_lower(&mut self, word: &str) -> bool {
        if word.is_ascii() {
            return word.bytes().all(|byte| self.push_byte(byte.to_ascii_lowercase()));
        }
        // Capital İ is i and a dot above in lower case; the dictionary has the plain i.
        let lower = word.chars().flat_map(char::to_lowercase).filter(|char| *char != '\u{307}');
        lower.nfc().all(|char| self.push(if char == '’' { '\'' } else { char }))
    }

    /// The key without its diacritics, as `make_names.py` folds them.
    fn folded(&self) -> Self {
        let mut bare = Self::default();
        let text = std::str::from_utf8(self.bytes()).unwrap_or_default();
        for char in text.nfd().filter(|char| !('\u{300}'..='\u{36f}').contains(char)) {
            let whole = match char {
                'ß' => "ss",
                'ø' => "o",
                'ł' => "l",
                'æ' => "ae",
                'œ' => "oe",
                'đ' | 'ð' => "d",
                'þ' => "th",
                'ı' => "i",
                _ => "",
            };
            let room = if whole.is_empty() {
                bare.push(char)
            } else {
                whole.bytes().all(|byte| bare.push_byte(byte))
            };
            if !room {
                return Self::default();
            }
        }
        bare
    }

    fn push(&mut self, char: char) -> bool {
        let mut bytes = [0; 4];
        char.encode_utf8(&mut bytes).bytes().all(|byte| self.push_byte(byte))
    }

    fn push_byte(&mut self, byte: u8) -> bool {
        let Some(place) = self.buffer.get_mut(self.length) else { return false };
        *place = byte;
        self.length += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole_and_small() {
        let dictionary = Dictionary::new();
        dictionary.fst.verify().unwrap();
        assert!(NAMES.len() <= 3 << 20, "{} bytes", NAMES.len());
        assert!(dictionary.fst.len() > 100_000);
    }

    #[test]
    fn a_word_is_found_with_and_without_diacritics_in_any_case() {
        let dictionary = Dictionary::new();
        for word in [
            "Müller",
            "MÜLLER",
            "Muller",
            "Mueller",
            "mu\u{308}ller",
            "Müller-Lüdenscheidt",
            "Wójcik",
            "Wojcik",
            "O’Brien",
        ] {
            let bits = dictionary.look_up(word);
            assert!(bits.surname() >= 2, "{word}: {bits:?}");
        }
        for word in [
            "Maria",
            "José",
            "JOSE",
            "Zoë",
            "Åsa",
            "Łukasz",
            "lukasz",
            "राहुल",
            "Karl-Heinz",
            "Anna-Lena",
            "İbrahim",
        ] {
            assert!(dictionary.look_up(word).given() >= 1, "{word}");
        }
        for place in ["São Paulo", "Sao Paulo", "NEW YORK", "Frankfurt am Main", "İstanbul"] {
            assert_eq!(dictionary.look_up(place).city(), 3, "{place}");
        }
        for country in ["Germany", "Deutschland", "Allemagne", "Niemcy", "USA", "Tyskland"] {
            assert!(dictionary.look_up(country).is_country(), "{country}");
        }
        for word in ["invoice", "Monday", "the", "Server", "GmbH"] {
            assert_eq!(dictionary.look_up(word).word(), 3, "{word}");
        }
        for word in ["", " ", "qqqq", &"a".repeat(200), "-", "'", "ü-"] {
            assert!(!dictionary.look_up(word).is_known(), "{word}");
        }
    }

    #[test]
    fn the_longest_place_wins() {
        let dictionary = Dictionary::new();
        let longest =
            |words: &[&str]| dictionary.longest(words.iter().copied()).map(|(count, _)| count);
        assert_eq!(longest(&["New", "York", "City", "Hall"]), Some(3));
        assert_eq!(longest(&["São", "Paulo"]), Some(2));
        assert_eq!(longest(&["Paris"]), None);
        assert_eq!(longest(&[]), None);
    }
}
