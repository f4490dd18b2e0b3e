//! PHONE_NUMBER: with its calling code, in the writing of a region, or as bare digits that only their surroundings tell.
//!
//! A phrase of digit groups is read once. Of its parts that begin and end where a number may, the one with the best grade is
//! the number. What most regions have in common (area code, then groups of two to four) is no evidence by itself, so the plan
//! of a region must know the number, and bare digits stay below the bar until context raises them.

mod gate;
mod international;
mod national;
mod phrase;
mod plan;
mod reserved;

#[cfg(test)]
mod tests;

use super::hit::Grade;
use super::sight::Window;
use super::words::{before, behind, is_word};
use phrase::{Gap, Group, Phrase, digits_at};

/// What a part of a phrase is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Graded {
    score: u8,
    /// Whether the plan of some region has it.
    is_valid: bool,
    is_reserved: bool,
}

/// Up to where everything is done, and the number found.
pub(super) type Found = (usize, Option<(usize, usize, Grade)>);

/// The number that begins with the first digit of a word at `at`, where one may begin. The window is that at `at`, without what is
/// behind the value.
#[inline]
pub(super) fn find(value: &[u8], at: usize, window: Window) -> Found {
    let has_plus = before(value, at) == b'+';
    if !(has_plus || gate::may_begin(value, at, window)) || !may_follow(value, at, has_plus) {
        // Nothing that is looked at begins before the word ends.
        return (at + window.digit_count(0), None);
    }
    find_phrase(value, at, window, has_plus)
}

fn find_phrase(value: &[u8], at: usize, window: Window, has_plus: bool) -> Found {
    let mut phrase = Phrase::read(value, at, window);
    let len = phrase.groups().first().map_or(1, Group::len);
    if phrase.is_long && !has_plus {
        return (phrase.end, None);
    }
    phrase.fill(value);
    let Some(found) = search(value, &phrase, has_plus) else { return (at + len, None) };
    let Graded { score, is_valid, is_reserved } = found.graded;
    // Where this one is not likely, a better one may begin within.
    let done = if score < LIKELY { at + len } else { found.end };
    (done, Some((found.start, found.end, Grade { score, is_checked: is_valid, is_reserved })))
}

/// The beginning of a phrase that is a number.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    start: usize,
    end: usize,
    graded: Graded,
}

/// Grades the beginnings of a phrase, the longest first.
fn search(value: &[u8], phrase: &Phrase, has_plus: bool) -> Option<Candidate> {
    let all = phrase.groups();
    let mut best: Option<Candidate> = None;
    for to in (0..all.len()).rev() {
        let groups = all.get(..=to)?;
        let count = phrase.digits_of(groups).len();
        if count < SHORTEST {
            break;
        }
        // A dash parts two numbers, or an area code from the rest.
        let is_two = groups.iter().any(|group| group.gap == Gap::Dash && group.ahead() >= SHORTEST);
        if count > LONGEST || is_two {
            continue;
        }
        let Some((end, extension)) = end_of(value, all, to) else { continue };
        let Some((start, mut graded)) = grade(value, phrase, groups, has_plus) else { continue };
        if extension.is_some() {
            graded.score = graded.score.saturating_add(10).min(graded.score.max(70));
        }
        if !has_plus {
            let Some(score) = beside_others(value, all, to, graded.score) else { continue };
            graded.score = score;
        }
        if best.is_none_or(|best| graded.score > best.graded.score) {
            best = Some(Candidate { start, end: extension.unwrap_or(end), graded });
        }
    }
    best
}

/// Where the part begins with its brackets and plus, and what it is worth.
fn grade(
    value: &[u8],
    phrase: &Phrase,
    groups: &[Group],
    has_plus: bool,
) -> Option<(usize, Graded)> {
    let first = groups.first()?;
    let is_bracketed = groups.get(1).is_some_and(|next| next.gap == Gap::Close)
        && before(value, first.start - usize::from(has_plus)) == b'(';
    let start = first.start - usize::from(has_plus) - usize::from(is_bracketed);
    let digits = phrase.digits_of(groups);
    let prefixed = || if is_bracketed { None } else { with_prefix(phrase, groups) };
    let graded = if has_plus {
        international::grade(phrase, groups, 0)
    } else if let Some(found) = prefixed() {
        Some(found)
    } else if groups.len() == 1 {
        national::grade_bare(digits)
    } else {
        national::grade(phrase, groups, is_bracketed)
    };
    Some((start, graded?))
}

/// Grades groups that begin with what is dialled before a calling code: `00` in most of the world, `011` in North America.
fn with_prefix(phrase: &Phrase, groups: &[Group]) -> Option<Graded> {
    let digits = phrase.digits_of(groups);
    let skip = match groups.first()?.len() {
        3 if digits.starts_with(b"011") => 3,
        _ if digits.starts_with(b"00") => 2,
        _ => return None,
    };
    let found = international::grade(phrase, groups, skip)?;
    match (groups.len(), found.is_valid) {
        (1, true) => Some(found.at_most(40)),
        (1, false) => None,
        (_, true) => Some(found.at_most(70)),
        (_, false) => Some(found.at_most(52)),
    }
}

/// Where a number may end with group `to`, and where an extension that follows it ends.
fn end_of(value: &[u8], all: &[Group], to: usize) -> Option<(usize, Option<usize>)> {
    let end = all.get(to)?.end();
    if let Some(next) = all.get(to + 1) {
        return matches!(next.gap, Gap::Space | Gap::Dash).then_some((end, None));
    }
    let next = behind(value, end + 1);
    let extension = extension(value, end);
    let is_free = match behind(value, end) {
        b'_' | b'@' | b'%' => false,
        b'-' | b'.' | b'/' => !is_word(next),
        b':' => !next.is_ascii_digit(),
        byte => !is_word(byte),
    };
    (is_free || extension.is_some()).then_some((end, extension))
}

/// What is left of a score beside other numbers, from which spaces do not set it apart; nothing in a card or an amount.
fn beside_others(value: &[u8], all: &[Group], to: usize, score: u8) -> Option<u8> {
    let groups = all.get(..=to)?;
    let (first, rest) = groups.split_first()?;
    let score = match amount(value, groups) {
        Amount::Sure => return None,
        Amount::Perhaps => score.min(30),
        Amount::No => score,
    };
    let ahead = if before(value, first.start) == b' ' {
        digits_before(value, first.start.saturating_sub(1))
    } else {
        0
    };
    let behind = all.get(to + 1).map_or(0, Group::len);
    if ahead + behind == 0 || rest.iter().all(|group| group.gap != Gap::Space) {
        return Some(score);
    }
    let is_card = (ahead == 4 || behind == 4) && first.len() == 4;
    let score = score.saturating_sub(15);
    (!is_card && score >= 40).then_some(score)
}

/// How many digits end at `end`, as far as cards have them in a group.
fn digits_before(value: &[u8], end: usize) -> usize {
    let before = value.get(end.saturating_sub(5)..end).unwrap_or_default();
    before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count()
}

/// What may stand before a number: no path, no part number, no power of ten.
fn may_follow(value: &[u8], at: usize, has_plus: bool) -> bool {
    let start = at - usize::from(has_plus);
    let ahead = before(value, start.saturating_sub(1));
    match before(value, start) {
        _ if start == 0 => true,
        b'\\' => false,
        byte if has_plus && (is_word(byte) || byte == b'_' || byte == b'+') => false,
        b'-' | b'/' | b'.' | b'#' if start > 1 => !is_word(ahead) || byte_is_label(value, start),
        _ => true,
    }
}

/// Whether the word before a separator is letters that end a sentence or an abbreviation: `Tel.030`.
fn byte_is_label(value: &[u8], start: usize) -> bool {
    before(value, start) == b'.' && before(value, start - 1).is_ascii_alphabetic()
}

/// How sure it is that groups are an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amount {
    No,
    /// Groups of three with dots, which some write their numbers with.
    Perhaps,
    Sure,
}

/// Whether groups of three are an amount: with dots, a currency or a fraction.
fn amount(value: &[u8], groups: &[Group]) -> Amount {
    let (Some(first), Some(last), Some(rest)) = (groups.first(), groups.last(), groups.get(1..))
    else {
        return Amount::No;
    };
    if rest.is_empty()
        || first.len() > 3
        || !rest.iter().all(|group| group.len() == 3 && matches!(group.gap, Gap::Space | Gap::Dot))
    {
        return Amount::No;
    }
    let ahead =
        value.get(first.start.saturating_sub(5)..first.start).unwrap_or_default().trim_ascii_end();
    let after = value.get(last.end()..).unwrap_or_default();
    let is_sure = first.len() < 3 && rest.iter().any(|group| group.gap == Gap::Dot)
        || CURRENCIES
            .iter()
            .any(|sign| ahead.ends_with(sign) || after.trim_ascii_start().starts_with(sign))
        || matches!(after, [b',' | b'.', digit, ..] if digit.is_ascii_digit());
    match rest.iter().any(|group| group.gap == Gap::Dot) {
        _ if is_sure => Amount::Sure,
        true => Amount::Perhaps,
        false => Amount::No,
    }
}

/// Where an extension ends that follows a number at `end`, if one does.
fn extension(value: &[u8], end: usize) -> Option<usize> {
    let is_blank = |at: usize| matches!(behind(value, at), b' ' | b'.' | b':' | b',');
    let skip =
        |at: usize| at + usize::from(is_blank(at)) + usize::from(is_blank(at) && is_blank(at + 1));
    let word = skip(end);
    // Most of what follows a number begins otherwise.
    let first = value.get(word)?.to_ascii_lowercase();
    if !EXTENSIONS.iter().any(|known| known.first() == Some(&first)) {
        return None;
    }
    let rest = value.get(word..)?;
    let known = EXTENSIONS.iter().find(|known| {
        rest.get(..known.len()).is_some_and(|word| word.eq_ignore_ascii_case(known))
    })?;
    let digits = skip(word + known.len());
    let len = digits_at(value.get(..value.len().min(digits + 7))?, digits);
    let end = digits + len;
    ((1..=6).contains(&len) && !is_word(behind(value, end))).then_some(end)
}

impl Graded {
    const fn valid(score: u8) -> Self {
        Self { score, is_valid: true, is_reserved: false }
    }

    fn at_most(self, score: u8) -> Self {
        Self { score: self.score.min(score), ..self }
    }
}

/// Words before an extension, the longer first.
const EXTENSIONS: [&[u8]; 16] = [
    b"extension",
    b"extn",
    b"ext",
    b"durchwahl",
    b"dw",
    b"poste",
    b"app",
    b"anexo",
    b"interno",
    b"int",
    b"toestel",
    b"wew",
    b"ramal",
    b"x",
    b"#",
    b"anknytning",
];

/// What says that groups of three are an amount.
const CURRENCIES: [&[u8]; 16] = [
    b"$",
    "€".as_bytes(),
    "£".as_bytes(),
    "¥".as_bytes(),
    b"EUR",
    b"USD",
    b"GBP",
    b"PLN",
    b"CHF",
    "zł".as_bytes(),
    b"kr",
    "Kč".as_bytes(),
    b"bytes",
    b"km",
    b"kg",
    b"%",
];

/// The digits of numbers, with calling code: local ones in North America, and the longest of E.164 with an international prefix.
const SHORTEST: usize = 7;
const LONGEST: usize = 17;
/// Where a number is returned without words that speak for it.
const LIKELY: u8 = 50;
