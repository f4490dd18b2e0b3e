//! Places that no dictionary knows: where someone lives, was born or goes, and names that only towns have.

use super::lists;
use super::place::Place;
use super::scan::Scan;
use super::words::{self, Shape, Word};
use super::{NameFinding, NameKind};

/// A run that a label or a verb of living says is a place, or that its form does behind a preposition.
pub(super) fn finding(scan: &Scan<'_>, run: &[Word], places: &[Place]) -> Option<NameFinding> {
    let first = run.first().filter(|first| first.is_full())?;
    let told = told(scan, first.start)?;
    if places.iter().any(|place| place.holds(0)) {
        return None;
    }
    let name = name(scan, run)?;
    // `at Flat 12`
    let behind = scan.text.get(name.last()?.end..).unwrap_or_default();
    let behind = behind.strip_prefix('.').unwrap_or(behind).strip_prefix(' ').unwrap_or_default();
    if behind.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let text = |word: &Word| word.of(scan.text);
    let is_other = scan.cues.month(text(first)).is_some()
        || scan.cues.is_title(text(first))
        || name
            .iter()
            .any(|word| scan.cues.is_organisation(text(word)) && !is_landscape(text(word)))
        || scan.cues.organisation_follows(scan.text, name.last()?.end);
    if is_other {
        return None;
    }
    let score = match told {
        Told::Label | Told::Living => 72,
        Told::Near if is_town(scan, name) => 58,
        // `born on 1 May 1980 in`
        Told::Near if scan.cues.birth(scan.text, first.start, first.start) => 72,
        Told::Near => return None,
    };
    Some(NameFinding {
        start: first.start,
        end: name.last()?.end,
        kind: NameKind::Location,
        score,
        cue: true,
        dictionary: false,
    })
}

/// What stands before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// `city:`
    Label,
    /// `I live in`
    Living,
    /// A preposition alone.
    Near,
}

fn told(scan: &Scan<'_>, at: usize) -> Option<Told> {
    let head = scan.text.get(..at)?;
    if let Some(head) = head.strip_suffix(' ').filter(|head| !head.ends_with(' ')) {
        let rest = lists::before_preposition(head)?;
        return Some(if lives(rest) { Told::Living } else { Told::Near });
    }
    // A form: `Geburtsort  Borna`.
    if head.ends_with("  ") || head.ends_with('\t') {
        let (_, word) = last_word(head.trim_end(), 20)?;
        return scan.cues.is_place_label(word).then_some(Told::Label);
    }
    let is_label = head.trim_end_matches([' ', '"', '\'']).ends_with([':', '=']);
    (is_label && scan.cues.before(scan.text, at).place_label).then_some(Told::Label)
}

/// Whether one of the two words before is a verb of living or going.
fn lives(head: &str) -> bool {
    let mut head = head;
    for _ in 0..2 {
        let Some((rest, word)) = head.strip_suffix(' ').and_then(|head| last_word(head, 14)) else {
            return false;
        };
        let word = word.to_lowercase();
        if lists::LIVING.split_whitespace().any(|verb| verb == word) {
            return true;
        }
        head = rest;
    }
    false
}

/// The letters that end a text, at most `most` of them, and what is before them.
fn last_word(text: &str, most: usize) -> Option<(&str, &str)> {
    let len: usize = text
        .chars()
        .rev()
        .take(most + 1)
        .take_while(|char| char.is_alphabetic())
        .map(char::len_utf8)
        .sum();
    let (rest, word) = text.split_at_checked(text.len() - len)?;
    (!word.is_empty() && word.chars().count() <= most).then_some((rest, word))
}

/// The words of a run without the particles behind the last name; no more than a town has.
fn name<'a>(scan: &Scan<'_>, run: &'a [Word]) -> Option<&'a [Word]> {
    let len = run.iter().rposition(Word::is_full)? + 1;
    let words = run.get(..len).filter(|words| words.len() <= 5)?;
    let is_sound = |word: &Word| match word.shape {
        Shape::AllCaps | Shape::Initial => false,
        _ => !words::char_at(scan.text, word.end).is_some_and(|next| next == '_' || next == '@'),
    };
    words.iter().all(is_sound).then_some(words)
}

/// Whether words have the form of a town's name: `Port Wayne`, `Jarvischester`.
fn is_town(scan: &Scan<'_>, name: &[Word]) -> bool {
    match name {
        [one] => {
            let text = one.of(scan.text);
            !one.entry.is_known() && lists::TOWN_ENDS.iter().any(|end| text.ends_with(end))
        }
        [first, second] => {
            lists::TOWN_BEGINNINGS.contains(&first.of(scan.text)) && second.entry.word() < 2
        }
        _ => false,
    }
}

/// Words of organisations that are as much those of places.
fn is_landscape(word: &str) -> bool {
    matches!(
        word,
        "Lake"
            | "County"
            | "Island"
            | "Islands"
            | "River"
            | "Beach"
            | "Hills"
            | "Park"
            | "Valley"
            | "Bay"
            | "City"
            | "Mountain"
            | "Garden"
    )
}
