//! PHONE_NUMBER: with its calling code, in the writing of a region, or as bare digits that only their surroundings tell.
//!
//! A phrase of digit groups is read once. Of its parts that begin and end where a number may, the one with the best grade is
//! the number. What most regions have in common (area code, then groups of two to four) is no evidence by itself, so the plan
//! of a region must know the number, and bare digits stay below the bar until context raises them.

mod international;
mod national;
mod phrase;
mod plan;
mod reserved;

#[cfg(test)]
mod tests;

use super::hit::Grade;
use super::words::{before, behind, is_word};
use phrase::{Gap, Group, Phrase};

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

/// The number in the phrase whose first digit is at `at`; `is_free` says whether one may begin there.
pub(super) fn find(value: &[u8], at: usize, is_free: bool) -> Found {
    let len = digits_at(value, at);
    let next = behind(value, at + len);
    if !matches!(next, b' ' | b'-' | b'.' | b'/' | b'(' | b')') && (len < SHORTEST || len > LONGEST)
    {
        return (at + len, None);
    }
    let phrase = Phrase::read(value, at);
    let has_plus = before(value, at) == b'+';
    if phrase.is_long && !has_plus {
        return (phrase.end, None);
    }
    let is_free = is_free && may_follow(value, at, has_plus);
    let mut best: Option<Candidate> = None;
    for from in 0..phrase.groups().len() {
        let may_begin = if from == 0 { is_free } else { !has_plus && begins(&phrase, from) };
        if may_begin {
            search_from(value, &phrase, from, has_plus && from == 0, &mut best);
        }
    }
    match best {
        Some(found) => {
            let grade = Grade {
                score: found.graded.score,
                is_checked: found.graded.is_valid,
                is_reserved: found.graded.is_reserved,
            };
            (found.end.max(at + len), Some((found.start, found.end, grade)))
        }
        None => (phrase.end, None),
    }
}

/// A part of a phrase that is a number.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    start: usize,
    end: usize,
    graded: Graded,
}

/// Grades the parts that begin at group `from`, the longest first.
fn search_from(
    value: &[u8],
    phrase: &Phrase,
    from: usize,
    has_plus: bool,
    best: &mut Option<Candidate>,
) {
    let all = phrase.groups();
    for to in (from..all.len()).rev() {
        let Some(groups) = all.get(from..=to) else { return };
        let count = phrase.digits_of(groups).len();
        if count < SHORTEST {
            return;
        }
        let Some((end, has_extension)) = end_of(value, all, to) else { continue };
        if count > LONGEST {
            continue;
        }
        let is_part = from > 0 || to + 1 < all.len();
        let Some((start, mut graded)) = grade(value, phrase, groups, has_plus) else { continue };
        if has_extension {
            graded.score = graded.score.saturating_add(10).min(graded.score.max(70));
        }
        if is_part && !has_plus {
            let Some(score) = as_part(all, from, to, graded.score) else { continue };
            graded.score = score;
        }
        if !has_plus && is_amount(value, groups) {
            continue;
        }
        let end = if has_extension { extension(value, end) } else { end };
        if best.is_none_or(|best| graded.score > best.graded.score) {
            *best = Some(Candidate { start, end, graded });
        }
    }
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
        may_be_bare(value, first).then(|| national::grade_bare(digits)).flatten()
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

/// Whether a number may begin with a group that is not the first.
fn begins(phrase: &Phrase, from: usize) -> bool {
    phrase.groups().get(from).is_some_and(|group| matches!(group.gap, Gap::Space | Gap::Open))
}

/// Where a number may end with group `to`, and whether an extension follows.
fn end_of(value: &[u8], all: &[Group], to: usize) -> Option<(usize, bool)> {
    let end = all.get(to)?.end;
    if let Some(next) = all.get(to + 1) {
        return (next.gap == Gap::Space).then_some((end, false));
    }
    if extension(value, end) > end {
        return Some((end, true));
    }
    let next = behind(value, end + 1);
    let is_free = match behind(value, end) {
        b'_' | b'@' | b'%' => false,
        b'-' | b'.' | b'/' => !is_word(next),
        b':' => !next.is_ascii_digit(),
        byte => !is_word(byte),
    };
    is_free.then_some((end, false))
}

/// What a part of a longer phrase is worth: spaces do not set it apart from the numbers beside it, and groups of four are a card.
fn as_part(all: &[Group], from: usize, to: usize, score: u8) -> Option<u8> {
    let inner = all.get(from + 1..=to)?;
    let beside =
        [from.checked_sub(1), Some(to + 1)].into_iter().flatten().filter_map(|at| all.get(at));
    if inner.is_empty() {
        return Some(score);
    }
    if inner.iter().all(|group| group.gap != Gap::Space)
        || all.get(from).is_some_and(|group| group.gap == Gap::Open)
    {
        return Some(score);
    }
    let is_card = beside.clone().any(|group| group.len() == 4) && all.get(from)?.len() == 4;
    let score = score.saturating_sub(15);
    (!is_card && score >= 40).then_some(score)
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

/// Whether digits without separators stand by themselves, not in a path, a query or a formula.
fn may_be_bare(value: &[u8], group: &Group) -> bool {
    !matches!(before(value, group.start), b'/' | b'-' | b'.' | b'#' | b'&' | b'*')
        && !matches!(behind(value, group.end), b'/' | b'?' | b'&' | b'=' | b'*')
}

/// Whether groups of three are an amount: with dots, a currency or a fraction.
fn is_amount(value: &[u8], groups: &[Group]) -> bool {
    let (Some(first), Some(last), Some(rest)) = (groups.first(), groups.last(), groups.get(1..))
    else {
        return false;
    };
    if rest.is_empty()
        || first.len() > 3
        || !rest.iter().all(|group| group.len() == 3 && matches!(group.gap, Gap::Space | Gap::Dot))
    {
        return false;
    }
    let ahead =
        value.get(first.start.saturating_sub(5)..first.start).unwrap_or_default().trim_ascii_end();
    let after = value.get(last.end..).unwrap_or_default();
    rest.iter().any(|group| group.gap == Gap::Dot)
        || CURRENCIES
            .iter()
            .any(|sign| ahead.ends_with(sign) || after.trim_ascii_start().starts_with(sign))
        || matches!(after, [b',' | b'.', digit, ..] if digit.is_ascii_digit())
}

/// Where an extension ends that follows a number at `end`; `end` if none does.
fn extension(value: &[u8], end: usize) -> usize {
    let rest = value.get(end..value.len().min(end + EXTENSION_LIMIT)).unwrap_or_default();
    let spaces = |text: &[u8]| {
        text.iter().take_while(|byte| matches!(byte, b' ' | b'.' | b':' | b',')).count()
    };
    let from = spaces(rest).min(2);
    let word = rest.get(from..).unwrap_or_default();
    if !matches!(
        word.first().map(u8::to_ascii_lowercase),
        Some(b'x' | b'e' | b'#' | b'd' | b'p' | b'a' | b'i' | b't' | b'w' | b'r')
    ) {
        return end;
    }
    let known = EXTENSIONS.iter().find(|known| {
        word.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known))
    });
    let Some(known) = known else { return end };
    let from = from + known.len();
    let from = from + spaces(rest.get(from..).unwrap_or_default()).min(2);
    let len = digits_at(rest, from);
    let is_whole = (1..=6).contains(&len) && !is_word(behind(rest, from + len));
    if is_whole { end + from + len } else { end }
}

fn digits_at(value: &[u8], at: usize) -> usize {
    value.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
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
const EXTENSION_LIMIT: usize = 24;

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
