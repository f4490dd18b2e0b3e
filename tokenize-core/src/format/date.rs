//! `date`: a day within a range; a time of day stays as it is (5.11). Other actions read dates as text by the same rules.

use super::{Built, FormatFault, FormatOptions, FormatReason, Kind, Misfit, Parsed, Rule, Scalar, Side, Written};
use crate::crypto::domain::Payload;
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Days from `first` to `last`, counted from 1970-01-01.
#[derive(Debug)]
struct Date {
    first: i64,
    last: i64,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let [first, last] = match &options.range {
        Some([first, last]) => [first.as_str(), last.as_str()],
        None => DEFAULT_RANGE,
    };
    let fault = |end| FormatFault::new("range", FormatReason::RangeEnd { end, expected: "a day written YYYY-MM-DD" });
    match (read_day(first), read_day(last)) {
        (Some(first), Some(last)) if first < last => Ok(Arc::new(Date { first, last })),
        (Some(_), Some(_)) => Err(vec![FormatFault::new("range", FormatReason::RangeOrder)]),
        (first, last) => {
            let faults = [(first, "first"), (last, "last")].into_iter().filter(|(read, _)| read.is_none());
            Err(faults.map(|(_, end)| fault(end)).collect())
        }
    }
}

/// A text that is a day and perhaps a time: the day counted from 1970-01-01, and the rest as written.
pub(crate) fn split(text: &str) -> Result<(i64, &str), Misfit> {
    let (day, rest) = text.split_at_checked(DAY_LEN).ok_or(Misfit)?;
    let day = read_day(day).ok_or(Misfit)?;
    if rest.is_empty() || is_time(rest.as_bytes()) { Ok((day, rest)) } else { Err(Misfit) }
}

/// A day, counted from 1970-01-01, as `YYYY-MM-DD`; `None` outside of the years 0001 to 9999.
pub(crate) fn write_day(day: i64) -> Option<String> {
    let date = i32::try_from(day).ok()?.checked_add(EPOCH).and_then(NaiveDate::from_num_days_from_ce_opt)?;
    (1..=9999).contains(&date.year()).then(|| format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}

/// Reads `YYYY-MM-DD`, years 0001 to 9999.
fn read_day(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != DAY_LEN || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let year = i32::try_from(number(bytes.get(..4)?)?).ok().filter(|year| *year >= 1)?;
    let date = NaiveDate::from_ymd_opt(year, number(bytes.get(5..7)?)?, number(bytes.get(8..)?)?)?;
    Some(i64::from(date.num_days_from_ce() - EPOCH))
}

/// Whether this is `T` or a space, then `hh:mm[:ss[.f]]`, then perhaps a zone.
fn is_time(bytes: &[u8]) -> bool {
    let Some((b'T' | b' ', bytes)) = bytes.split_first() else { return false };
    let Some(mut rest) = hours_and_minutes(bytes, true) else { return false };
    if let Some((b':', after)) = rest.split_first() {
        let Some(after) = below(after, 60) else { return false };
        rest = match after.split_first() {
            Some((b'.', fraction)) => {
                let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
                match fraction.split_at_checked(digits) {
                    Some((_, after)) if (1..=FRACTION_LIMIT).contains(&digits) => after,
                    _ => return false,
                }
            }
            _ => after,
        };
    }
    match rest.split_first() {
        None => true,
        Some((b'Z', rest)) => rest.is_empty(),
        Some((b'+' | b'-', zone)) => {
            hours_and_minutes(zone, true).or_else(|| hours_and_minutes(zone, false)).is_some_and(<[u8]>::is_empty)
        }
        Some(_) => false,
    }
}

/// What follows `hh:mm` or `hhmm`.
fn hours_and_minutes(bytes: &[u8], colon: bool) -> Option<&[u8]> {
    let mut rest = below(bytes, 24)?;
    if colon {
        rest = rest.strip_prefix(b":")?;
    }
    below(rest, 60)
}

/// What follows a two-digit number below `limit`.
fn below(bytes: &[u8], limit: u32) -> Option<&[u8]> {
    let (digits, rest) = bytes.split_at_checked(2)?;
    number(digits).filter(|number| *number < limit).map(|_| rest)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

impl Rule for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn params(&self) -> Map<String, Value> {
        let ends = [self.first, self.last].into_iter().filter_map(write_day).map(Value::from).collect();
        Map::from_iter([("range".to_owned(), Value::Array(ends))])
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let day = match scalar {
            Scalar::Day(day) => day,
            Scalar::Text(text) => split(text)?.0,
            _ => return Err(Misfit),
        };
        if day < self.first || day > self.last {
            return Err(Misfit);
        }
        Ok(Parsed::ranked(u128::from(day.abs_diff(self.first)), u128::from(self.last.abs_diff(self.first)), Vec::new()))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let rank = payload.small_rank(u128::from(self.last.abs_diff(self.first)))?;
        let day = self.first + i64::try_from(rank).map_err(|_| Misfit)?;
        match original {
            Scalar::Day(_) => Ok(Written::Day(day)),
            Scalar::Text(text) => {
                let (_, time) = split(text)?;
                let mut text = write_day(day).ok_or(Misfit)?;
                text.push_str(time);
                Ok(Written::Text(text))
            }
            _ => Err(Misfit),
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Day, Kind::Text]
    }

    fn known_size(&self) -> Option<u128> {
        Some(u128::from(self.last.abs_diff(self.first)) + 1)
    }

    fn day_bounds(&self) -> Option<(i64, i64)> {
        Some((self.first, self.last))
    }
}

const DEFAULT_RANGE: [&str; 2] = ["1900-01-01", "2099-12-31"];

/// `YYYY-MM-DD`.
const DAY_LEN: usize = 10;

/// Nanoseconds. More digits are no time of day, and would pass through in the clear.
const FRACTION_LIMIT: usize = 9;

/// 1970-01-01, counted from the day before 0001-01-01.
const EPOCH: i32 = 719_163;
