//! What is assigned to a name that says it is secret.

use super::Found;
use super::cue::{self, Cue};
use super::filler::{fills, is_common_password, is_no_value};
use super::phrase;
use super::reference::{is_uuid, refers};
use super::strength::Strength;
use super::value::{self, Value};
use super::vendor::is_sequence;
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;
use crate::detect::words::behind;

/// The secret behind the `=` or `:` at `at`, if a name before it says that one follows.
pub(in crate::detect) fn at_mark(value: &[u8], at: usize) -> Option<Found> {
    let Some(end) = cue::name_end(value, at) else { return phrase::of_user(value, at) };
    let (cue, _) = cue::of_name(value, end)?;
    let assigned = value::assigned(value, at)?;
    phrase::with_scheme(value, assigned).or_else(|| graded(value, assigned, cue))
}

/// What a value is worth as the secret that a cue announces.
pub(super) fn graded(value: &[u8], found: Value, cue: Cue) -> Option<Found> {
    let text = value.get(found.start..found.end)?;
    let (score, is_reserved) = score(text, cue, found.is_quoted)?;
    // On the next line stands what a form says, but also the next name of a list.
    if found.is_below && (score < SURE_BELOW || behind(value, found.end) == b':') {
        return None;
    }
    let grade = Grade::shape(score).reserved(is_reserved);
    Some(Found { finder: Finder::SecretAssignment, start: found.start, end: found.end, grade })
}

/// In percent, and whether documentation shows it.
fn score(text: &[u8], cue: Cue, is_quoted: bool) -> Option<(u8, bool)> {
    let is_example = text.ends_with(b"EXAMPLEKEY") || text.ends_with(b"EXAMPLE");
    let is_common = matches!(cue, Cue::Password | Cue::Pass) && is_common_password(text);
    if is_common {
        return Some((COMMON, false));
    }
    if text.len() < LEAST
        || is_no_value(text)
        || refers(text, is_quoted)
        || (!is_example && fills(text))
    {
        return None;
    }
    let strength = Strength::of(text);
    let score = match cue {
        Cue::Password => password(text, &strength, is_quoted)?,
        Cue::Pass => password(text, &strength, is_quoted).filter(|score| *score > COMMON)?,
        Cue::Token => token(text, &strength)?,
        Cue::Faint => faint(text, &strength)?,
        Cue::Deferred => return None,
    };
    Some((score, is_example || is_sequence(text)))
}

/// What people thought up: letters with digits or signs.
fn password(text: &[u8], strength: &Strength, is_quoted: bool) -> Option<u8> {
    let signs = strength.signs + strength.parts;
    if strength.spaces > 0 {
        return passphrase(strength, is_quoted);
    }
    if strength.letters() == 0 {
        let is_number = strength.digits == strength.len;
        return match (is_number, strength.digits) {
            (true, 6..=12) => Some(COMMON),
            (false, 3..) if strength.len >= 6 && strength.signs > 0 => Some(70),
            _ => None,
        };
    }
    if strength.digits == 0 && strength.signs == 0 {
        return letters(strength, is_quoted);
    }
    // `db-password-1`, `user_password2`: the names of others.
    let is_name = strength.signs == 0
        && strength.parts > 0
        && (names_itself(text) || !is_quoted && strength.is_wordlike() && !is_phrase(strength));
    if is_name || (strength.digits == 0 && is_marked_word(text) && !is_mixed(strength)) {
        return None;
    }
    Some(match (strength.classes(), strength.len) {
        (_, ..6) => 55,
        (3.., 8..) => 85,
        (_, 8..) if strength.digits > 0 || signs > 1 => 78,
        _ => 70,
    })
}

/// Letters alone, perhaps parted: a word counts only in quotes, where it is no name of something else.
fn letters(strength: &Strength, is_quoted: bool) -> Option<u8> {
    if strength.parts < 3 && is_mixed(strength) {
        return Some(70);
    }
    if strength.parts > 0 {
        return None;
    }
    (is_quoted && strength.len >= 6 && strength.upper == 0 && strength.foreign == 0)
        .then_some(COMMON)
}

/// Letters of both cases that make no words.
fn is_mixed(strength: &Strength) -> bool {
    strength.len >= 8 && strength.lower > 1 && strength.upper > 1 && !strength.is_wordlike()
}

/// Several words and a number, as generators of passwords join them.
fn is_phrase(strength: &Strength) -> bool {
    strength.len >= 14 && strength.parts >= 2 && strength.digits > 0
}

/// At least four words in quotes, all in lower case.
fn passphrase(strength: &Strength, is_quoted: bool) -> Option<u8> {
    let is_words = strength.spaces >= 3 && strength.lower + strength.spaces == strength.len;
    (is_quoted && is_words && strength.spaces <= 8).then_some(COMMON)
}

/// What a machine made up.
fn token(text: &[u8], strength: &Strength) -> Option<u8> {
    if is_uuid(text) {
        return Some(60);
    }
    if strength.foreign > 0 || strength.digits == strength.len || is_expression(text) {
        return None;
    }
    if strength.is_random() {
        return Some(if strength.len >= 24 { 85 } else { 80 });
    }
    let is_mixed = strength.digits > 0 && strength.letters() > 0;
    match strength.len {
        10.. if is_mixed && !strength.is_wordlike() && strength.parts * 6 <= strength.len => {
            Some(65)
        }
        8.. if is_mixed && strength.signs > 0 => Some(60),
        _ => None,
    }
}

/// What only stands behind names that mean other things too.
fn faint(text: &[u8], strength: &Strength) -> Option<u8> {
    let is_random = strength.is_random() && !is_expression(text);
    is_random.then_some(if strength.len >= 32 { 75 } else { 65 })
}

/// Whether a text holds what code, regular expressions and sentences do, and tokens do not.
fn is_expression(text: &[u8]) -> bool {
    text.iter().any(|byte| b" \t[](){}<>\\\"'`|,;".contains(byte))
        || matches!(text, [b'^', ..] | [.., b'?' | b'$'])
}

/// Whether a value is called after what it should be.
fn names_itself(text: &[u8]) -> bool {
    let names = |name: &[u8]| text.windows(name.len()).any(|it| it.eq_ignore_ascii_case(name));
    let is_key = |word: &[u8]| word.eq_ignore_ascii_case(b"key");
    [&b"pass"[..], b"secret", b"token", b"apikey", b"pwd"].into_iter().any(names)
        || text.split(|byte| !byte.is_ascii_alphabetic()).any(is_key)
}

/// A word with a mark of the sentence behind or before it.
fn is_marked_word(text: &[u8]) -> bool {
    let inner = text.trim_ascii().get(1..text.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_/'".contains(byte) || *byte >= 0x80)
}

/// What a value needs that does not stand on the line of its name.
const SURE_BELOW: u8 = 70;
/// The score of a password that is a word.
const COMMON: u8 = 55;
const LEAST: usize = 4;
