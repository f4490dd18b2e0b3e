//! CREDIT_CARD and IBAN_CODE.

use super::hit::Grade;
use super::rules::Seen;
use crate::checksum::{Scheme, card, iban, scheme};
use std::sync::LazyLock;

/// Grades 12 to 19 digits: those of an issuer, with a Luhn digit, in groups as on a card or in none.
pub(super) fn grade(seen: &Seen<'_>) -> Option<Grade> {
    if !card::is_valid(seen.compact) {
        return None;
    }
    let score = match (seen.compact.len(), layout(seen.text())) {
        (15 | 16, Layout::Groups) => 80,
        (15 | 16, Layout::Bare) => 65,
        (14, Layout::Groups) => 65,
        (_, Layout::Groups) => 55,
        // One in ten runs of digits has a Luhn digit, and these lengths are rarer on cards than elsewhere.
        (_, Layout::Bare) => 40,
        (_, Layout::Other) => return None,
    };
    let is_reserved = CARDS.is_some_and(|cards| cards.is_reserved(seen.compact));
    Some(Grade::checked(score).reserved(is_reserved))
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Bare,
    Groups,
    Other,
}

/// Groups of four with a shorter one at the end, or 4-6-5 and 4-6-4, with one kind of separator.
fn layout(text: &[u8]) -> Layout {
    let Some(separator) = text.iter().find(|byte| !byte.is_ascii_digit()) else {
        return Layout::Bare;
    };
    let mut groups = [0_usize; 6];
    let mut count = 0;
    for group in text.split(|byte| byte == separator) {
        let Some(len) = groups.get_mut(count) else { return Layout::Other };
        if !group.iter().all(u8::is_ascii_digit) {
            return Layout::Other;
        }
        *len = group.len();
        count += 1;
    }
    match groups.get(..count) {
        Some([4, 6, 4 | 5]) => Layout::Groups,
        Some([fours @ .., last]) if fours.iter().all(|len| *len == 4) && (1..=4).contains(last) => {
            Layout::Groups
        }
        _ => Layout::Other,
    }
}

/// Grades what has the shape of an IBAN: of a country's structure, with check digits that are right.
pub(super) fn iban(seen: &Seen<'_>) -> Option<Grade> {
    iban::is_valid(seen.compact).then_some(Grade::checked(95))
}

static CARDS: LazyLock<Option<&'static Scheme>> = LazyLock::new(|| scheme("credit_card"));
