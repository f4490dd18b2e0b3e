//! Numbers with their calling code: `+49 (0)30 123456`, `0049 30 123456`.

use super::phrase::{Gap, Group, Phrase};
use super::plan::{self, Fit, Plan};
use super::{Graded, reserved};

/// Grades groups that begin with a calling code after `skip` digits of an international prefix.
pub(super) fn grade(phrase: &Phrase, groups: &[Group], skip: usize) -> Option<Graded> {
    let digits = phrase.digits_of(groups).get(skip..)?;
    let (plan, code_len) = plan::of_code(digits)?;
    let national = digits.get(code_len..)?;
    let bracketed = bracketed_zero(phrase, groups);
    let mut buffer = [0; BUFFER];
    let without = |at: usize, len: usize, buffer: &mut [u8; BUFFER]| {
        let (before, rest) = national.split_at_checked(at)?;
        let rest = rest.get(len..)?;
        let total = before.len() + rest.len();
        for (to, from) in buffer.iter_mut().zip(before.iter().chain(rest)) {
            *to = *from;
        }
        Some(total)
    };
    let mut best = fit(plan, national);
    let trunk = trunk_len(plan, national);
    let cuts = [bracketed.and_then(|at| Some((at.checked_sub(code_len + skip)?, 1))), trunk];
    for (at, len) in cuts.into_iter().flatten() {
        if best.is_some_and(|best| best.is_valid) {
            break;
        }
        let Some(total) = without(at, len, &mut buffer) else { continue };
        let other = buffer.get(..total).and_then(|national| fit(plan, national));
        best = if other.is_some_and(|other| other.is_valid) { other } else { best.or(other) };
    }
    best.filter(|_| !is_decimal(groups, code_len + skip, best))
}

/// How a national number fits, as a grade of `+` and its digits.
fn fit(plan: &Plan, national: &[u8]) -> Option<Graded> {
    // A number made of zeros is an amount.
    if national.iter().rev().take(6).all(|digit| *digit == b'0') {
        return None;
    }
    let is_reserved = reserved::is_reserved(plan.code, national);
    match plan.fit(national) {
        Fit::Valid(_) => Some(Graded { score: VALID, is_valid: true, is_reserved }),
        Fit::Possible if is_reserved => Some(Graded { score: VALID, is_valid: true, is_reserved }),
        Fit::Possible if national.len() >= 7 => {
            Some(Graded { score: POSSIBLE, is_valid: false, is_reserved })
        }
        _ => None,
    }
}

/// Where among the digits the zero of `+49 (0)30` stands: not dialled from abroad.
fn bracketed_zero(phrase: &Phrase, groups: &[Group]) -> Option<usize> {
    let (place, _) = groups
        .windows(2)
        .enumerate()
        .find(|(_, pair)| matches!(pair, [zero, next] if zero.gap == Gap::Open && next.gap == Gap::Close && zero.len() == 1))?;
    let before = groups.get(..place)?;
    let zero = phrase.digits_of(groups.get(place..=place)?);
    (zero == b"0").then(|| phrase.digits_of(before).len())
}

/// The trunk prefix where it should not be, as in `+49 030 123456`.
fn trunk_len(plan: &Plan, national: &[u8]) -> Option<(usize, usize)> {
    (!plan.trunk.is_empty() && plan.without_trunk(national).is_some())
        .then_some((0, plan.trunk.len()))
}

/// Whether one dot is all that parts the digits and no calling code stands before it (as RFC 5733 writes `+1.2025550143`): a coordinate.
fn is_decimal(groups: &[Group], code_len: usize, found: Option<Graded>) -> bool {
    match groups {
        [whole, rest] if rest.gap == Gap::Dot => {
            whole.len() != code_len || !found.is_some_and(|found| found.is_valid)
        }
        _ => false,
    }
}

/// Room for all digits of a phrase.
const BUFFER: usize = 24;
const VALID: u8 = 85;
const POSSIBLE: u8 = 70;
