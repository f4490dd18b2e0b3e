//! Numbers as they are written within a region, told from other numbers by their layout and the plan together.

use super::phrase::{Gap, Group, Phrase};
use super::plan::{self, Fit, NORTH_AMERICA, Plan};
use super::{Graded, reserved};

/// Grades groups without a calling code.
pub(super) fn grade(phrase: &Phrase, groups: &[Group], is_bracketed: bool) -> Option<Graded> {
    let key = key(groups)?;
    if is_other(key, groups) {
        return None;
    }
    let digits = phrase.digits_of(groups);
    let found = match digits.first()? {
        b'0' => with_zero(digits, groups, is_bracketed),
        _ => with_one(key, digits, groups)
            .or_else(|| russian(key, digits))
            .or_else(|| if is_bracketed { with_area(digits, groups) } else { None })
            .or_else(|| by_layout(key, digits, groups)),
    }?;
    // Decimal numbers and most versions have dots only.
    let dots = groups.iter().skip(1).filter(|group| group.gap == Gap::Dot).count();
    match (dots, groups.len()) {
        (1, 2) if digits.starts_with(b"0") => Some(found.at_most(UNLIKELY)),
        (1, 2) => None,
        (dots, len) if dots + 1 == len && !DOTTED.contains(&key) => Some(found.at_most(WEAK)),
        _ => Some(found),
    }
}

/// The lengths of the groups, four bits each; `None` if there are too many or too long ones.
fn key(groups: &[Group]) -> Option<u32> {
    if groups.len() > 7 {
        return None;
    }
    groups.iter().try_fold(0, |key, group| {
        let len = u32::try_from(group.len()).ok().filter(|len| *len < 16)?;
        Some(key << 4 | len)
    })
}

/// Dates, social security numbers, and whatever ends in a single digit.
fn is_other(key: u32, groups: &[Group]) -> bool {
    let gap = |at: usize| groups.get(at).map(|group| group.gap);
    let start = key >> (4 * groups.len().saturating_sub(3));
    let is_date = matches!(gap(1), Some(Gap::Hyphen | Gap::Dot | Gap::Slash))
        && gap(1) == gap(2)
        && matches!(start, 0x224 | 0x422 | 0x124 | 0x214 | 0x114 | 0x412 | 0x421);
    // Brazilian tax numbers: `046.544.117-06`.
    let is_tax_number = key == 0x3332 && gap(1) == Some(Gap::Dot);
    is_date || is_tax_number || key & 15 == 1 || matches!(key, 0x324 | 0x222)
}

/// A trunk prefix of 0, or an Italian area code, and numbers of the length that they have somewhere.
fn with_zero(digits: &[u8], groups: &[Group], is_bracketed: bool) -> Option<Graded> {
    if !(8..=13).contains(&digits.len()) {
        return None;
    }
    let is_reserved = reserved::is_reserved_with_zero(digits);
    let mut best = 0;
    for plan in plan::national() {
        let Some(Fit::Valid(areas)) = plan.without_trunk(digits).map(|rest| plan.fit(rest)) else {
            continue;
        };
        let score = match area_end(plan, groups) {
            Some((area, rest)) if areas >> area & 1 == 1 => rest_score(groups, rest, is_bracketed),
            _ if is_bracketed => POSSIBLE,
            _ => WEAK,
        };
        best = best.max(score);
        if best >= GOOD {
            break;
        }
    }
    let score = match best {
        _ if is_reserved => best.max(GOOD),
        0 if !(9..=12).contains(&digits.len()) => return None,
        0 if is_bracketed => POSSIBLE,
        0 => UNLIKELY,
        _ => best,
    };
    Some(Graded { score, is_valid: best > 0 || is_reserved, is_reserved })
}

/// How many digits the first group takes for an area code, and the groups behind it.
fn area_end(plan: &Plan, groups: &[Group]) -> Option<(usize, usize)> {
    let (first, second) = (groups.first()?.len(), groups.get(1)?.len());
    if first == plan.trunk.len() {
        Some((second, 2))
    } else {
        Some((first.checked_sub(plan.trunk.len())?, 1))
    }
}

/// How sure a number is whose area code stands apart, by what follows it.
fn rest_score(groups: &[Group], rest: usize, is_bracketed: bool) -> u8 {
    let total: usize = groups.iter().map(Group::len).sum();
    let Some(rest) = groups.get(rest..).filter(|rest| !rest.is_empty()) else { return WEAK };
    let digits: usize = rest.iter().map(Group::len).sum();
    match rest {
        _ if rest.len() > 4 || digits < 4 || rest.iter().any(|group| group.len() < 2) => WEAK,
        _ if is_bracketed => BRACKETED,
        // `08-12 34 56` in Stockholm; other short ones are old, or dates with a second number.
        [a, b, c]
            if total == 8 && a.gap == Gap::Hyphen && b.gap == Gap::Space && c.gap == b.gap =>
        {
            POSSIBLE
        }
        _ if total < 9 => UNLIKELY,
        // ZIP+4 and employers' numbers.
        [one] if one.gap == Gap::Hyphen && total < 10 => WEAK,
        [before @ .., last] if !before.is_empty() && is_uneven(groups, last) => WEAK,
        _ => GOOD,
    }
}

/// Whether groups are no phone number's: a shorter one last that is no extension, or three of four.
fn is_uneven(groups: &[Group], last: &Group) -> bool {
    let lens = |len: usize| groups.iter().all(|group| group.len() == len);
    let ahead = groups.iter().rev().nth(1).map_or(0, Group::len);
    let is_extension =
        last.gap == Gap::Hyphen && groups.iter().skip(1).any(|group| group.gap != Gap::Hyphen);
    let is_pair = last.len() == 2 && ahead == 3;
    lens(4) && last.gap == Gap::Space || last.len() < ahead && !is_pair && !is_extension
}

/// North America: `202-555-0143`, `1 (202) 555-0143`.
fn with_one(key: u32, digits: &[u8], groups: &[Group]) -> Option<Graded> {
    let (national, has_one) = match (key, digits.split_first()?) {
        (0x1334, (b'1', rest)) => (rest, true),
        (0x334, _) => (digits, false),
        _ => return None,
    };
    let is_reserved = reserved::is_reserved(NORTH_AMERICA, national);
    let is_valid = matches!(plan::by_code(NORTH_AMERICA)?.fit(national), Fit::Valid(_));
    let begins = |at: usize| national.get(at).is_some_and(|digit| *digit >= b'2');
    let is_bracketed = groups.iter().any(|group| group.gap == Gap::Close);
    let is_spaced = groups.iter().skip(1).all(|group| group.gap == Gap::Space);
    let score = match (is_valid, is_spaced) {
        (true, false) => GOOD,
        (true, true) => 55,
        (false, true) => WEAK,
        (false, false) if is_bracketed || begins(0) && (begins(3) || has_one) => POSSIBLE,
        (false, false) => WEAK,
    };
    Some(Graded { score, is_valid, is_reserved })
}

/// Russia and Kazakhstan dial 8 first: `8 (495) 123-45-67`.
fn russian(key: u32, digits: &[u8]) -> Option<Graded> {
    let national =
        digits.strip_prefix(b"8").filter(|_| matches!(key, 0x13322 | 0x1334 | 0x14222))?;
    matches!(plan::by_code(7)?.fit(national), Fit::Valid(_)).then_some(Graded::valid(GOOD))
}

/// An area code in brackets, without a trunk prefix: `(11) 91234-5678`.
fn with_area(digits: &[u8], groups: &[Group]) -> Option<Graded> {
    let area = groups.first()?.len();
    let rest = groups.get(1..).filter(|rest| rest.iter().all(|group| group.len() >= 2))?;
    let is_valid = (10..=11).contains(&digits.len())
        && rest.len() <= 3
        && plan::national()
            .any(|plan| matches!(plan.fit(digits), Fit::Valid(areas) if areas >> area & 1 == 1));
    is_valid.then_some(Graded::valid(55))
}

/// A layout of [`LAYOUTS`], where a number of its regions begins so.
fn by_layout(key: u32, digits: &[u8], groups: &[Group]) -> Option<Graded> {
    let layout = LAYOUTS.iter().find(|layout| layout.key == key)?;
    let has_gaps = match layout.last {
        Some(gap) => groups.last().is_some_and(|last| last.gap == gap),
        None => true,
    };
    let begins = layout.starts.is_empty()
        || digits.first().is_some_and(|digit| layout.starts.contains(digit));
    let fits = |wanted: fn(Fit) -> bool| {
        layout
            .codes
            .iter()
            .filter_map(|code| plan::by_code(*code))
            .any(|plan| wanted(plan.fit(digits)))
    };
    let is_valid = fits(|fit| matches!(fit, Fit::Valid(_)));
    let is_local =
        matches!(key, LOCAL | 0x44) && digits.first().is_some_and(|digit| *digit >= b'2');
    if !is_valid && !is_local && !fits(|fit| fit == Fit::Possible) {
        return None;
    }
    let is_reserved = (is_local && reserved::is_fictional_line(digits))
        || layout.codes.iter().any(|code| reserved::is_reserved(*code, digits));
    // Two round numbers side by side are a range.
    let is_range = groups.len() == 2 && digits.ends_with(b"00");
    let is_typical = has_gaps && begins && !is_range && (is_valid || is_reserved);
    let score = if is_typical { layout.score } else { UNLIKELY.min(layout.score) };
    Some(Graded { score, is_valid, is_reserved })
}

/// Digits without separators.
pub(super) fn grade_bare(digits: &[u8]) -> Option<Graded> {
    let valid = |code: u16, national: &[u8]| {
        plan::by_code(code).is_some_and(|plan| matches!(plan.fit(national), Fit::Valid(_)))
    };
    let (first, rest) = digits.split_first()?;
    let is_reserved = |code, national| reserved::is_reserved(code, national);
    let graded = |score, is_reserved| Some(Graded { score, is_valid: true, is_reserved });
    match (digits.len(), first) {
        (8..=12, b'0') => {
            let mut plans = plan::national().filter(|plan| {
                plan.without_trunk(digits)
                    .is_some_and(|rest| matches!(plan.fit(rest), Fit::Valid(_)))
            });
            let score = if digits.len() > 8 { 35 } else { 20 };
            plans.next().and_then(|_| graded(score, reserved::is_reserved_with_zero(digits)))
        }
        (11, b'1') if valid(NORTH_AMERICA, rest) => graded(35, is_reserved(NORTH_AMERICA, rest)),
        (11, b'1') if valid(86, digits) => graded(35, false),
        (10, _) if valid(NORTH_AMERICA, digits) => graded(30, is_reserved(NORTH_AMERICA, digits)),
        (10, _) if [91, 39, 52, 55, 7, 86].iter().any(|code| valid(*code, digits)) => {
            graded(30, false)
        }
        (11, _) if valid(55, digits) || valid(39, digits) => graded(25, false),
        (9, _) if [34, 48, 351, 420].iter().any(|code| valid(*code, digits)) => graded(25, false),
        (8, b'2'..=b'9') if !is_day(digits) => graded(20, false),
        (11..=13, b'2'..=b'9') => {
            let (plan, len) = plan::of_code(digits)?;
            let national = digits.get(len..)?;
            let is_valid = national.len() >= 8 && matches!(plan.fit(national), Fit::Valid(_));
            is_valid.then_some(())?;
            graded(30, is_reserved(plan.code, national))
        }
        _ => None,
    }
}

/// Whether eight digits are a day: `20240115`, `15012024`.
fn is_day(digits: &[u8]) -> bool {
    let number = |from: usize, to: usize| {
        digits
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .fold(0, |all, digit| all * 10 + u32::from(digit - b'0'))
    };
    let year = |at: usize| (1900..2100).contains(&number(at, at + 4));
    let fits = |at: usize, most: u32| (1..=most).contains(&number(at, at + 2));
    year(0) && fits(4, 12) && fits(6, 31)
        || year(4) && (fits(0, 31) && fits(2, 12) || fits(0, 12) && fits(2, 31))
}

/// A writing without area code apart and trunk prefix.
struct Layout {
    /// The lengths of its groups, four bits each.
    key: u32,
    /// Calling codes of the regions that write so.
    codes: &'static [u16],
    /// What a number begins with; empty for all that the plan has.
    starts: &'static [u8],
    /// What must stand before the last group.
    last: Option<Gap>,
    score: u8,
}

const fn layout(
    key: u32,
    codes: &'static [u16],
    starts: &'static [u8],
    last: Option<Gap>,
    score: u8,
) -> Layout {
    Layout { key, codes, starts, last, score }
}

const LAYOUTS: &[Layout] = &[
    layout(0x3222, &[34], b"", None, GOOD),
    layout(0x2322, &[34, 48], b"", None, 55),
    layout(0x333, &[34, 48, 351, 420], b"56789", None, POSSIBLE),
    layout(0x234, &[34, 48, 351], b"", None, WEAK),
    layout(0x244, &[55, 52], b"", Some(Gap::Hyphen), 55),
    layout(0x254, &[55], b"", None, GOOD),
    layout(0x3322, &[7, 90], b"", None, POSSIBLE),
    layout(0x344, &[86], b"1", None, 55),
    layout(0x433, &[61], b"1", None, POSSIBLE),
    layout(0x55, &[91], b"6789", Some(Gap::Space), POSSIBLE),
    layout(0x37, &[39], b"3", None, POSSIBLE),
    layout(0x12222, &[33], b"", None, WEAK),
    layout(0x323, &[47], b"", None, WEAK),
    layout(0x2222, &[45, 47], b"", None, UNLIKELY),
    layout(0x44, &[65, 852, 45, 47], b"", None, UNLIKELY),
    layout(LOCAL, &[], b"", None, UNLIKELY),
];

/// Seven digits within an area of North America.
const LOCAL: u32 = 0x34;
/// Layouts that are also written with dots.
const DOTTED: [u32; 8] = [0x244, 0x334, 0x1334, 0x22222, 0x433, 0x4222, 0x3322, 0x3222];

/// A typical layout, valid somewhere.
const GOOD: u8 = 60;
/// The same with its area code in brackets.
const BRACKETED: u8 = 65;
/// A typical layout that no region has, or an ambiguous one that some have.
const POSSIBLE: u8 = 52;
/// Only together with words that speak for it.
const WEAK: u8 = 45;
const UNLIKELY: u8 = 30;
