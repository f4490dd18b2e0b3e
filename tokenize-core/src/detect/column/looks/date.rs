//! Days in the writings of the world.

use chrono::NaiveDate;

use crate::calendar;

/// `YYYY-MM-DD`, with or without a time.
pub(super) fn is_iso(value: &str) -> bool {
    calendar::read_text(value).and_then(|(day, _)| calendar::date_of(day)).is_some_and(is_near)
}

/// Year, month and day of digits in any order, parted by one kind of sign; `YYYYMMDD`; or with the month's name.
pub(super) fn is_date(value: &str) -> bool {
    let parts: Vec<&str> =
        value.split(['-', '/', '.', ' ', ',']).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [one] => is_compact(one),
        [a, b, c] => is_of_numbers(a, b, c) || is_with_month(&parts),
        // `3 de mayo de 1980`, `3rd of May 1980`.
        [_, _, _, _] | [_, _, _, _, _] => is_with_month(&parts),
        _ => false,
    }
}

pub(super) fn is_year(value: &str) -> bool {
    value.len() == 4 && value.parse::<i32>().is_ok_and(|year| YEARS.contains(&year))
}

fn is_near(date: NaiveDate) -> bool {
    use chrono::Datelike;
    YEARS.contains(&date.year())
}

fn is_compact(value: &str) -> bool {
    let part = |from: usize, to: usize| number(value.get(from..to)?);
    value.len() == 8 && (|| is_day(part(0, 4)?, part(4, 6)?, part(6, 8)?).then_some(()))().is_some()
}

fn is_of_numbers(a: &str, b: &str, c: &str) -> bool {
    let (Some(first), Some(second), Some(third)) = (number(a), number(b), number(c)) else {
        return false;
    };
    match (a.len(), c.len()) {
        (4, 1..=2) => is_day(first, second, third),
        (1..=2, 4) => is_day(third, second, first) || is_day(third, first, second),
        // Of two digits: a year that could be of this century or the last.
        (1..=2, 2) => is_day(1900 + third, second, first) || is_day(1900 + third, first, second),
        _ => false,
    }
}

fn is_with_month(parts: &[&str]) -> bool {
    let has_month = parts.iter().any(|part| is_month(part));
    let year = parts.iter().filter_map(|part| number(part)).any(is_in_years);
    let day = parts.iter().any(|part| {
        let digits = part.trim_end_matches(|c: char| c.is_alphabetic());
        digits.len() <= 2 && number(digits).is_some_and(|day| (1..=31).contains(&day))
    });
    has_month && year && day
}

/// The first letters of a month's name in one of the languages.
fn is_month(word: &str) -> bool {
    let word: String = word.to_lowercase().chars().take(3).collect();
    word.chars().count() == 3 && MONTHS.contains(&word.as_str())
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    is_in_years(year)
        && i32::try_from(year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

fn is_in_years(year: u32) -> bool {
    i32::try_from(year).is_ok_and(|year| YEARS.contains(&year))
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// Years in which people of a table may be born. The room has no clock, so the end is a round one.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
    "dec", // English
    "mär", "mai", "okt", "dez", // German
    "fév", "avr", "jui", "aoû", "déc", // French
    "ene", "abr", "ago", "dic", // Spanish
    "fev", "set", "out", // Portuguese
    "gen", "mag", "giu", "lug", "ott", // Italian
    "maa", "mei", "aug", // Dutch
    "sty", "lut", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru", // Polish
];
