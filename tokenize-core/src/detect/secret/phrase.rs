//! Secrets behind a word instead of a mark: `Bearer x`, `--password x`, `<token>x</token>`, "the password is x".

use super::Found;
use super::assign::graded;
use super::base64::decode;
use super::cue::{self, Cue};
use super::filler::fills;
use super::reference::refers;
use super::strength::Strength;
use super::value::{self, Value};
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;
use crate::detect::words::{before, is_word};

/// The secret that begins at `start` with a word that holds a digit, if the word before it says so: `Bearer x`, `--token x`.
pub(super) fn behind_word(value: &[u8], start: usize) -> Option<Found> {
    let end = start.checked_sub(1)?;
    if !cue::ends_like_cue(value, end) {
        return option(value, start, start).or_else(|| told(value, end, start));
    }
    let head = value.get(end.saturating_sub(6)..end)?;
    if head.eq_ignore_ascii_case(b"bearer") {
        return bearer(value, start);
    }
    if head.ends_with(b"asic") { basic(value, start) } else { flag(value, end, start) }
}

/// The same if a tag before it says so: `<token>x</token>`.
pub(super) fn behind_tag(value: &[u8], start: usize) -> Option<Found> {
    let end = start.checked_sub(1)?;
    let (cue, name) = cue::ends_like_cue(value, end).then(|| cue::of_name(value, end))??;
    (before(value, name) == b'<').then(|| graded(value, value::next(value, start)?, cue))?
}

/// The password of a list of names and values, `db_password,x`: a line of two fields whose first says so.
pub(super) fn behind_name(value: &[u8], start: usize) -> Option<Found> {
    let end = start.checked_sub(1)?;
    let end = end - usize::from(before(value, end) == b'"');
    if !cue::ends_like_cue(value, end) {
        return None;
    }
    let (cue, name) = cue::of_name(value, end)?;
    let name = name - usize::from(before(value, name) == b'"');
    let is_first = name == 0 || before(value, name) == b'\n';
    // In quotes a word may be the name of the next column.
    let found = Value { is_quoted: false, ..value::next(value, start)? };
    is_first.then(|| graded(value, found, cue))?
}

/// The same, or the argument of `-p`, behind its quote.
pub(super) fn quoted(value: &[u8], start: usize) -> Option<Found> {
    let quote = start.checked_sub(1)?;
    match before(value, quote) {
        b',' | b';' | b'|' | b'\t' => {
            behind_name(value, quote).filter(|found| found.start == start)
        }
        b' ' => option(value, quote, start),
        _ => None,
    }
}

/// The argument of `-p`, from `from` on, where a command stands before it that takes a password so.
fn option(value: &[u8], from: usize, start: usize) -> Option<Found> {
    let head = value.get(from.saturating_sub(COMMAND)..from)?.strip_suffix(b" -p ")?;
    let found =
        is_command(head).then(|| graded(value, value::next(value, from)?, Cue::Password))?;
    found.filter(|found| found.start == start)
}

/// `-px`, a word from `start` on.
pub(super) fn joined_option(value: &[u8], start: usize) -> Option<Found> {
    if value.get(start) != Some(&b'p') || before(value, start) != b'-' {
        return None;
    }
    let head = value.get(start.saturating_sub(COMMAND)..start)?.strip_suffix(b" -")?;
    is_command(head).then(|| graded(value, value::next(value, start + 1)?, Cue::Password))?
}

/// Whether a line holds a command whose `-p` is a password.
fn is_command(head: &[u8]) -> bool {
    let line = head.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    COMMANDS.iter().any(|command| line.windows(command.len()).any(|part| part == *command))
}

/// The password behind the `:` at `at` of `-u name:password`.
pub(super) fn of_user(value: &[u8], at: usize) -> Option<Found> {
    let next = *value.get(at + 1)?;
    if value.get(at) != Some(&b':') || next <= b' ' || b"/:\"'".contains(&next) {
        return None;
    }
    let head = value.get(at.saturating_sub(USER)..at)?;
    let len =
        head.iter().rev().take_while(|byte| is_word(**byte) || b"._-@".contains(byte)).count();
    let option = head.get(..head.len() - len).filter(|_| len > 0)?;
    let option = option.strip_suffix(b"'").or(option.strip_suffix(b"\"")).unwrap_or(option);
    if !USER_OPTIONS.iter().any(|known| option.ends_with(known)) {
        return None;
    }
    graded(value, value::next(value, at + 1)?, Cue::Password)
}

/// What is told in a sentence of another language: `la contraseña es x`.
fn told(value: &[u8], end: usize, start: usize) -> Option<Found> {
    let head = value.get(end.saturating_sub(NAME)..end)?;
    let verb = TOLD.iter().find(|verb| head.ends_with(verb.as_bytes()))?;
    let name = end - verb.len();
    let (cue, _) = cue::ends_like_cue(value, name).then(|| cue::of_name(value, name))??;
    let is_password = matches!(cue, Cue::Password | Cue::Pass);
    is_password.then(|| graded(value, value::next(value, start)?, Cue::Pass))?
}

/// The password that a field is whose column is called so.
pub(in crate::detect) fn in_column(value: &[u8], start: usize, end: usize) -> Option<Found> {
    let found = value::next(value, start).filter(|found| found.end <= end)?;
    graded(value, found, Cue::Pass)
}

/// A value that begins with the scheme of its credentials (RFC 9110, section 11.4).
pub(super) fn with_scheme(value: &[u8], found: Value) -> Option<Found> {
    let text = value.get(found.start..value.len().min(found.start + 8))?;
    let len = ["bearer ", "basic ", "token "]
        .iter()
        .find(|scheme| {
            text.get(..scheme.len()).is_some_and(|t| t.eq_ignore_ascii_case(scheme.as_bytes()))
        })?
        .len();
    let start = found.start + len;
    if text.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'b')) && len == 6 {
        return basic(value, start);
    }
    bearer(value, start)
}

/// The token of RFC 6750, section 2.1.
fn bearer(value: &[u8], start: usize) -> Option<Found> {
    if let Some(found) = super::vendor_at(value, start) {
        return Some(found);
    }
    let text = value.get(start..value.len().min(start + TOKEN))?;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let mut len = text.iter().take_while(|byte| is_digit(byte)).count();
    while before(text, len) == b'.' {
        len -= 1;
    }
    let token = text.get(..len)?;
    if len < LEAST_TOKEN || fills(token) || refers(token, true) {
        return None;
    }
    let strength = Strength::of(token);
    let is_mixed = strength.digits > 0 && strength.letters() > 0 && !strength.is_wordlike();
    let score = match (strength.is_random(), is_mixed) {
        (true, _) => 85,
        (_, true) => 70,
        _ => return None,
    };
    Some(found(start, start + len, Grade::shape(score)))
}

/// A user and a password in base64 (RFC 7617, section 2).
fn basic(value: &[u8], start: usize) -> Option<Found> {
    let text = value.get(start..value.len().min(start + TOKEN))?;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    let len = text.iter().take_while(|byte| is_digit(byte)).count();
    let token = text.get(..len)?;
    let mut buffer = [0; TOKEN];
    let pair = decode(token, &mut buffer)?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let is_text = pair.iter().all(|byte| *byte >= b' ' && *byte != 0x7F);
    let is_pair =
        len >= 8 && is_text && colon + 1 < pair.len() && std::str::from_utf8(pair).is_ok();
    // The example of RFC 7617.
    let is_reserved = pair == b"Aladdin:open sesame";
    is_pair.then(|| found(start, start + len, Grade::checked(90).reserved(is_reserved)))
}

/// `--api-key x`: the name ends at `end`, the value begins at `start`.
fn flag(value: &[u8], end: usize, start: usize) -> Option<Found> {
    let name = value.get(end.saturating_sub(FLAG)..end)?;
    let len = name.iter().rev().take_while(|byte| is_word(**byte) || b"-_".contains(byte)).count();
    if !name.get(name.len() - len..)?.starts_with(b"-") {
        return None;
    }
    let (cue, _) = cue::of_name(value, end)?;
    graded(value, value::next(value, start)?, cue)
}

/// What follows the `ssword` at `at` where no mark does: `--password x`, `<password>x`, `password is x`, and netrc's `password x`.
pub(in crate::detect) fn behind_password(value: &[u8], at: usize) -> Option<Found> {
    let end = at + WORD;
    let rest = value.get(end..)?;
    let start = match rest {
        [b'>', ..] => end + 1,
        [b' ', b'\'' | b'"', ..] => end + 1,
        [b',' | b';' | b'|' | b'\t', ..] => return behind_name(value, end + 1),
        [b' ', ..] => {
            let verb = VERBS.iter().find(|verb| rest.starts_with(verb.as_bytes()));
            match verb {
                Some(verb) => return spoken(value, end + verb.len()),
                None if is_field(value, at) => end + 1,
                None => return None,
            }
        }
        _ => return None,
    };
    graded(value, value::next(value, start)?, Cue::Password)
}

/// In a sentence only what no word is counts.
fn spoken(value: &[u8], start: usize) -> Option<Found> {
    let found = value::next(value, start)?;
    let strength = Strength::of(value.get(found.start..found.end)?);
    let is_mixed = strength.len >= 6
        && strength.letters() > 0
        && (strength.digits > 0 || strength.signs > 0 && strength.classes() > 2);
    graded(value, found, if is_mixed || found.is_quoted { Cue::Password } else { Cue::Faint })
}

/// Whether the `ssword` at `at` names a field: of a command, or of netrc behind `login` and a name.
fn is_field(value: &[u8], at: usize) -> bool {
    let before = value.get(at.saturating_sub(NETRC)..at).unwrap_or_default();
    before.ends_with(b"-pa")
        || before.ends_with(b"-PA")
        || before.windows(6).any(|window| window == b"login ")
}

const fn found(start: usize, end: usize, grade: Grade) -> Found {
    Found { finder: Finder::SecretToken, start, end, grade }
}

/// Commands whose `-p` is a password.
const COMMANDS: [&[u8]; 7] =
    [b"sshpass", b"mysql", b"mariadb", b"login", b"mongo", b"smbclient", b"7z "];
/// What a name and its password follow.
const USER_OPTIONS: [&[u8]; 5] = [b" -u ", b" -u", b"--user ", b"--user=", b"--proxy-user "];
const TOLD: [&str; 8] = [" is", " ist", " est", " es", " è", " é", " to", " är"];
/// How far back a command, a user and a name are looked for.
const COMMAND: usize = 80;
const USER: usize = 64;
const NAME: usize = 48;

/// `ssword`.
const WORD: usize = 6;
const NETRC: usize = 48;
const FLAG: usize = 40;
const TOKEN: usize = 2048;
const LEAST_TOKEN: usize = 12;

/// What stands between the word and the password in a sentence.
const VERBS: [&str; 18] = [
    " is: ",
    " is ",
    " was ",
    " to ",
    " = ",
    " lautet ",
    " ist ",
    " are ",
    " of ",
    " changed to ",
    " reset to ",
    " now ",
    " è ",
    " é ",
    " es ",
    " est ",
    " to: ",
    " is now ",
];
