//! What stands before and after a span.

use std::collections::{HashMap, HashSet};

use aho_corasick::{AhoCorasick, MatchKind};

use super::ideographs;
use super::lists::{self, Sign};

/// As far back as is looked for a cue.
const WINDOW: usize = 48;

/// Spaces, quotes and punctuation between a cue and what it tells about.
const MOST_MARKS: usize = 8;

/// The cue lists, ready to be asked.
pub(super) struct Cues {
    signs: HashMap<&'static str, Vec<Sign>>,
    /// Introductions by their last word.
    introductions: HashMap<&'static str, Vec<&'static str>>,
    other_names: HashSet<&'static str>,
    deeds: HashSet<&'static str>,
    organisations: HashSet<&'static str>,
    street_words: HashSet<&'static str>,
    months: HashMap<&'static str, u32>,
    births: AhoCorasick,
    /// Surnames in ideographs and syllables.
    surnames: HashSet<&'static str>,
}

/// What stands before a span.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    /// `Mr.`
    pub(super) title: bool,
    /// 0 none, 1 a word such as `patient`, 2 a label or an introduction.
    pub(super) person: u8,
    /// A preposition or label of places.
    pub(super) place: bool,
    /// A label of places.
    pub(super) place_label: bool,
    /// Nothing, or the end of a sentence or line.
    pub(super) sentence_start: bool,
    /// `&`, or `and` after a capital: a firm's first partner.
    pub(super) ampersand: bool,
    /// `with`
    pub(super) companion: bool,
    /// A comma comes between.
    pub(super) comma: bool,
    /// `University of`
    pub(super) organisation: bool,
}

impl Cues {
    pub(super) fn new() -> Self {
        let mut signs: HashMap<&'static str, Vec<Sign>> = HashMap::new();
        for (sign, words) in lists::SIGNS {
            for word in words.split_whitespace() {
                signs.entry(word).or_default().push(*sign);
            }
        }
        let mut introductions: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for phrase in lists::INTRODUCTIONS {
            introductions.entry(last_word(phrase)).or_default().push(phrase);
        }
        let months = (1..).zip(lists::MONTHS);
        Self {
            signs,
            introductions,
            other_names: lists::OTHER_NAMES.split_whitespace().collect(),
            deeds: lists::DEEDS.split_whitespace().collect(),
            street_words: lists::STREET_WORDS.split_whitespace().collect(),
            organisations: lists::ORGANISATIONS.split_whitespace().collect(),
            months: months
                .flat_map(|(at, names)| names.split(' ').map(move |name| (name, at)))
                .collect(),
            births: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(lists::BIRTHS)
                .expect("a short list of short words fits an automaton"),
            surnames: ideographs::surnames().collect(),
        }
    }

    /// What stands before `at`.
    pub(super) fn before(&self, text: &str, at: usize) -> Before {
        let window = tail(text.get(..at).unwrap_or_default(), WINDOW);
        let marks = Marks::read(window);
        let rest = marks.rest;
        let ended = rest.is_empty() || rest.ends_with(['.', '!', '?', '…', '•', '|']);
        let mut before = Before {
            sentence_start: marks.line || marks.label || ended,
            ampersand: rest.ends_with('&'),
            comma: marks.comma,
            ..Before::default()
        };
        let dotted = rest.ends_with('.');
        let rest = rest.strip_suffix('.').unwrap_or(rest);
        let word = last_word(rest);
        if word.is_empty() {
            return before;
        }
        // Monsieur; without its full stop the letter is a name's initial.
        before.title = dotted && word == "M" && !marks.line && !marks.comma;
        let lower = word.to_lowercase();
        for sign in self.signs.get(lower.as_str()).into_iter().flatten() {
            // What kind of name a label means is asked below.
            if *sign != Sign::Label || !lower.ends_with("name") {
                before.take(*sign, &marks, ended);
            }
        }
        if marks.label && self.is_name_label(rest, &lower) {
            before.person = 2;
        }
        if !marks.line && !marks.comma && self.introduces(rest, &lower) {
            before.person = 2;
        }
        before.organisation = matches!(
            lower.as_str(),
            "of" | "for" | "de" | "di" | "du" | "der" | "van" | "für" | "w"
        ) && !marks.line
            && self.is_organisation(last_word(
                rest.get(..rest.len() - word.len()).unwrap_or_default().trim_end(),
            ));
        before
    }

    fn introduces(&self, rest: &str, last: &str) -> bool {
        let Some(phrases) = self.introductions.get(last) else { return false };
        phrases.iter().any(|phrase| {
            let at =
                rest.chars().rev().take(phrase.chars().count()).map(char::len_utf8).sum::<usize>();
            let behind = rest.get(rest.len() - at..).unwrap_or_default();
            let free =
                !rest.get(..rest.len() - at).unwrap_or_default().ends_with(char::is_alphanumeric);
            free && behind.to_lowercase() == **phrase
        })
    }

    /// `customerName:`, `full_name=`, `"name":`, and not `filename:` or `company name:`.
    fn is_name_label(&self, rest: &str, last: &str) -> bool {
        let Some(kind) = last.strip_suffix("name") else { return false };
        let before = rest.get(..rest.len().saturating_sub(last.len())).unwrap_or_default();
        let kind = match kind {
            "" => last_word(before.trim_end_matches([' ', '_', '-'])).to_lowercase(),
            kind => kind.to_owned(),
        };
        !self.other_names.contains(kind.as_str())
    }

    /// Whether the next word is one of those that a person does, or an age in brackets follows.
    pub(super) fn deed_follows(&self, text: &str, at: usize) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        if let [b' ', b'(', digits @ ..] = rest.as_bytes() {
            let width = digits.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            return width == 2 && matches!(digits.get(2), Some(b' ' | b')' | b','));
        }
        let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(' ')) else {
            return false;
        };
        self.deeds.contains(first_word(rest))
    }

    /// Whether ` GmbH`, `, Inc` or the like comes next.
    pub(super) fn organisation_follows(&self, text: &str, at: usize) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        let rest = rest.strip_prefix(',').unwrap_or(rest);
        let Some(rest) = rest.strip_prefix(' ').filter(|rest| super::words::begins_word(rest, 0))
        else {
            return false;
        };
        self.is_organisation(first_word(rest))
    }

    pub(super) fn is_organisation(&self, word: &str) -> bool {
        let mut bytes = [0; 16];
        match word.as_bytes() {
            ascii if ascii.is_ascii() => {
                let Some(lower) = bytes.get_mut(..ascii.len()) else { return false };
                lower.copy_from_slice(ascii);
                lower.make_ascii_lowercase();
                std::str::from_utf8(lower).is_ok_and(|word| self.organisations.contains(word))
            }
            _ => self.organisations.contains(word.to_lowercase().as_str()),
        }
    }

    /// Whether a word is the label of a place: `city`.
    pub(super) fn is_place_label(&self, word: &str) -> bool {
        self.is_sign(word, Sign::PlaceLabel)
    }

    /// Whether a word ends a letter: `regards`.
    pub(super) fn is_closing(&self, word: &str) -> bool {
        self.is_sign(word, Sign::Closing)
    }

    /// Whether a word labels what follows it: `from`.
    pub(super) fn is_label(&self, word: &str) -> bool {
        self.is_sign(word, Sign::Label)
    }

    fn is_sign(&self, word: &str, sign: Sign) -> bool {
        self.signs.get(word.to_lowercase().as_str()).is_some_and(|signs| signs.contains(&sign))
    }

    pub(super) fn is_title(&self, word: &str) -> bool {
        self.is_sign(word, Sign::Title)
    }

    pub(super) fn is_surname(&self, word: &str) -> bool {
        self.surnames.contains(word)
    }

    pub(super) fn is_street_word(&self, word: &str) -> bool {
        self.street_words.contains(word)
    }

    /// The number of a month by its name.
    pub(super) fn month(&self, word: &str) -> Option<u32> {
        self.months.get(word.to_lowercase().as_str()).copied()
    }

    /// Whether a word of birth is close before `start` or close after `end`.
    pub(super) fn birth(&self, text: &str, start: usize, end: usize) -> bool {
        let before = tail(text.get(..start).unwrap_or_default(), 40);
        let after = head(text.get(end..).unwrap_or_default(), 24);
        // A line break parts, unless a label ends the line before.
        let after = after.split(['\n', ';']).next().unwrap_or_default();
        let told = |window: &str| {
            let lower = window.to_lowercase();
            self.births.find_iter(&lower).any(|found| {
                let free = |char: Option<char>| char.is_none_or(|char| !char.is_ascii_alphabetic());
                let (left, right) = (lower.get(..found.start()), lower.get(found.end()..));
                free(left.and_then(|left| left.chars().next_back()))
                    && free(right.and_then(|right| right.chars().next()))
            })
        };
        // The abbreviation means much else where anything stands between.
        before.trim_end().ends_with(" b.") || told(before) || told(after)
    }
}

impl Before {
    fn take(&mut self, sign: Sign, marks: &Marks<'_>, ended: bool) {
        let beside = !marks.line && !marks.comma;
        match sign {
            Sign::Closing if marks.line => self.person = 2,
            Sign::Label if marks.label => self.person = 2,
            Sign::Noun if beside && !ended => self.person = self.person.max(1),
            Sign::Companion if beside && !marks.label => self.companion = true,
            Sign::Place if beside && !marks.label && !ended => self.place = true,
            Sign::PlaceLabel if marks.label => (self.place, self.place_label) = (true, true),
            Sign::Title if beside && !marks.label => {
                self.title = true;
                self.sentence_start = false;
            }
            _ => {}
        }
    }
}

/// Spaces and punctuation at the end of a window.
struct Marks<'a> {
    rest: &'a str,
    comma: bool,
    label: bool,
    line: bool,
}

impl<'a> Marks<'a> {
    fn read(window: &'a str) -> Self {
        let mut marks = Marks { rest: window, comma: false, label: false, line: false };
        for _ in 0..MOST_MARKS {
            let Some(last) = marks.rest.chars().next_back() else { break };
            match last {
                ':' | '=' | '：' => marks.label = true,
                '\n' | '\r' => marks.line = true,
                ',' => marks.comma = true,
                ' ' | '\t' | '"' | '\'' | '“' | '„' | '”' | '«' | '‘' | '(' | '[' | '{' | '*'
                | '>' | '\u{a0}' => {}
                _ => break,
            }
            marks.rest = marks.rest.get(..marks.rest.len() - last.len_utf8()).unwrap_or_default();
        }
        marks
    }
}

/// The letters that `text` ends with.
fn last_word(text: &str) -> &str {
    let start = text.trim_end_matches(|char: char| char.is_alphabetic() || is_mark(char)).len();
    text.get(start..).unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    let length =
        text.chars().take(WINDOW).take_while(|char| char.is_alphabetic()).map(char::len_utf8).sum();
    text.get(..length).unwrap_or_default()
}

/// Vowel signs of Devanagari that are no letters by themselves.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{93c}'..='\u{94f}')
}

fn tail(text: &str, most: usize) -> &str {
    let mut from = text.len().saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

fn head(text: &str, most: usize) -> &str {
    let mut to = text.len().min(most);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(..to).unwrap_or_default()
}
