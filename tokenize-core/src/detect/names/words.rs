//! Words and runs of words that a capital begins.

use super::dictionary::{Dictionary, Entry};
use super::ideographs::is_ideograph;
use super::lists;

/// Longer runs are headings; the bound keeps what is decided about a run of constant cost.
const LONGEST_RUN: usize = 8;

/// Particles in a row, as in `de la`.
const MOST_PARTICLES: usize = 3;

/// A word of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) start: usize,
    /// Without a possessive `'s`, with the full stop of an initial.
    pub(super) end: usize,
    /// Where the text goes on.
    next: usize,
    pub(super) shape: Shape,
    pub(super) entry: Entry,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `JOHN`
    AllCaps,
    /// `John`, `McDonald`, `Jean-Pierre`; also a word of a script without capitals.
    Capitalized,
    /// `J.`, or `J` between two words.
    Initial,
    /// `van`, `de`: in lower case, between two capitalised words.
    Particle,
}

impl Word {
    pub(super) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Neither a particle nor an initial.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.shape, Shape::AllCaps | Shape::Capitalized)
    }
}

/// Reads the run that begins at `at` into `run`, and says where the text goes on. The run is empty where an identifier,
/// an address of mail or the like begins.
pub(super) fn read_run(
    dictionary: &Dictionary,
    text: &str,
    at: usize,
    run: &mut Vec<Word>,
) -> usize {
    run.clear();
    let mut at = at;
    let mut after = at;
    loop {
        let token = Token::read(text, at);
        let Some(mut word) = token.word(text) else {
            if run.is_empty() {
                return token.end.max(at + 1);
            }
            break;
        };
        if word.is_full() {
            word.entry = dictionary.look_up(word.of(text));
        }
        run.push(word);
        after = word.next;
        let possessive = word.next > word.end;
        if run.len() >= LONGEST_RUN || possessive {
            break;
        }
        let Some(next) = next_start(text, &word, run) else { break };
        mark_particle(text, run);
        at = next;
    }
    while run.last().is_some_and(|word| word.shape == Shape::Particle) {
        run.pop();
    }
    after
}

/// The single word at `at`, with what is known of it.
pub(super) fn read_one(dictionary: &Dictionary, text: &str, at: usize) -> Option<Word> {
    let mut word = Token::read(text, at).word(text)?;
    if word.is_full() {
        word.entry = dictionary.look_up(word.of(text));
    }
    Some(word)
}

/// A capitalised particle, now that a word follows it: `Da Silva`, `Van der Berg`.
fn mark_particle(text: &str, run: &mut [Word]) {
    let Some(word) = run.last_mut() else { return };
    let short = word.shape == Shape::Capitalized && word.end - word.start <= 5;
    if short
        && lists::is_surname_particle(&word.of(text).to_ascii_lowercase())
        && word.entry.given() < 3
    {
        word.shape = Shape::Particle;
    }
}

/// Where the run's next word begins, particles before it having been added.
fn next_start(text: &str, word: &Word, run: &mut Vec<Word>) -> Option<usize> {
    let dotted = word.shape == Shape::Initial && word.of(text).ends_with('.');
    let mut at = match space_at(text, word.next) {
        Some(width) => word.next + width,
        None if dotted => word.next,
        None => return None,
    };
    let full = run.len();
    loop {
        if begins_word(text, at) {
            return Some(at);
        }
        // `van 't Hof`
        let short = text.get(at..).is_some_and(|rest| rest.starts_with("'t "));
        let end = at + if short { 2 } else { lower_letters(text, at) };
        let particle = text.get(at..end)?;
        let elided =
            matches!(text.as_bytes().get(end), Some(b'\'' | b'-')) && begins_word(text, end + 1);
        if elided && lists::is_elided(particle) {
            return Some(at);
        }
        let width = space_at(text, end)
            .filter(|_| lists::is_particle(particle) && run.len() < full + MOST_PARTICLES);
        let Some(width) = width else {
            run.truncate(full);
            return None;
        };
        run.push(Word {
            start: at,
            end,
            next: end,
            shape: Shape::Particle,
            entry: Entry::default(),
        });
        at = end + width;
    }
}

/// The length of the single space at `at`.
fn space_at(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    if rest.first() == Some(&b' ') {
        return Some(1);
    }
    rest.starts_with("\u{a0}".as_bytes()).then_some(2)
}

fn lower_letters(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter().take(8).take_while(|byte| byte.is_ascii_lowercase()).count()
}

/// Whether a capital, or a letter of a script that has none, is at `at`.
pub(super) fn begins_word(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => byte.is_ascii_uppercase(),
        Some(_) => char_at(text, at).is_some_and(|char| char.is_uppercase() || is_devanagari(char)),
        None => false,
    }
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// A letter or vowel sign of Devanagari; the digits and the danda are not.
pub(super) fn is_devanagari(char: char) -> bool {
    matches!(char, '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}')
}

fn is_letter(char: char) -> bool {
    char.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&char) || is_devanagari(char)
}

/// The end of the letters, digits and underscores at `at`.
pub(super) fn token_end(text: &str, at: usize) -> usize {
    Token::read(text, at).end.max(at + 1)
}

/// Letters, with hyphens and apostrophes between them, as they stand.
struct Token {
    start: usize,
    end: usize,
    upper: usize,
    letters: usize,
    /// A digit or underscore belongs to it, or a capital stands where no name has one.
    code: bool,
}

impl Token {
    fn read(text: &str, start: usize) -> Self {
        let mut token = Self { start, end: start, upper: 0, letters: 0, code: false };
        let bytes = text.as_bytes();
        let mut lower_before = false;
        while let Some(byte) = bytes.get(token.end) {
            let (char, width) = match byte {
                0..=0x7f => (char::from(*byte), 1),
                _ => match char_at(text, token.end) {
                    Some(char) => (char, char.len_utf8()),
                    None => break,
                },
            };
            match char {
                '-' | '\'' | '’' if begins_letter(text, token.end + width) => {
                    lower_before = false
                }
                '0'..='9' | '_' => token.code = true,
                _ if !is_letter(char) || !byte.is_ascii() && is_ideograph(char) => break,
                _ => {
                    let upper = if byte.is_ascii() {
                        byte.is_ascii_uppercase()
                    } else {
                        char.is_uppercase()
                    };
                    token.letters += 1;
                    token.upper += usize::from(upper);
                    // Asked at most once in a token that is none of a name's: the question looks back.
                    token.code = token.code
                        || upper && lower_before && !lists::is_inner_prefix(token.text(text));
                    lower_before = !upper;
                }
            }
            token.end += width;
        }
        token
    }

    fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    fn word(&self, text: &str) -> Option<Word> {
        if self.code || self.letters == 0 || !self.stands_free(text) {
            return None;
        }
        let token = self.text(text);
        let bare =
            ["'s", "’s", "'S", "’S"].iter().find_map(|s| token.strip_suffix(s)).unwrap_or(token);
        let mut end = self.start + bare.len();
        let mut next = self.end;
        let saint = matches!(token, "St" | "Ste" | "Mt" | "Ft")
            && text.get(self.end..).is_some_and(|rest| rest.starts_with(". "));
        if saint && begins_word(text, self.end + 2) {
            end += 1;
            next += 1;
        }
        let shape = match (self.letters, self.upper) {
            (1, 1) => Shape::Initial,
            (letters, upper) if letters == upper => Shape::AllCaps,
            _ => Shape::Capitalized,
        };
        if shape == Shape::Initial && text.as_bytes().get(self.end) == Some(&b'.') {
            end += 1;
            next += 1;
        }
        Some(Word { start: self.start, end, next, shape, entry: Entry::default() })
    }

    /// Whether no neighbour makes it part of a path, a call, a domain or a handle.
    fn stands_free(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let after = (bytes.get(self.end), bytes.get(self.end + 1));
        let follows = match after {
            (Some(b'@' | b'('), _) | (Some(b':'), Some(b':')) => false,
            (Some(b'.'), Some(next)) => !next.is_ascii_lowercase() || self.letters == 1,
            _ => true,
        };
        let before = self.start.checked_sub(1).and_then(|at| bytes.get(at));
        let initial_before =
            self.start >= 2 && bytes.get(self.start - 2).is_some_and(u8::is_ascii_uppercase);
        follows
            && match before {
                Some(b'@' | b'#' | b'$' | b'_' | b'\\' | b'-') => false,
                Some(b'.') => initial_before,
                _ => true,
            }
    }
}

fn begins_letter(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphabetic(),
        Some(_) => char_at(text, at).is_some_and(is_letter),
        None => false,
    }
}
