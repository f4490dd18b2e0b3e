//! `date`: a day within a range; a time of day stays as it is (5.11).

use super::short::{Span, Taken, sixteen_digits};
use super::{
    Built, FormatFault, FormatOptions, FormatReason, Kind, Misfit, Parsed, Rule, Scalar, Shortcut,
    Side, Written,
};
use crate::calendar::{parts_of, read_date, read_text, write_day};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Days from `first` to `last`, counted from 1970-01-01.
#[derive(Debug)]
struct Date {
    first: i64,
    last: i64,
    domains: ShortDomains,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let [first, last] = match &options.range {
        Some([first, last]) => [first.as_str(), last.as_str()],
        None => DEFAULT_RANGE,
    };
    let fault = |end| {
        FormatFault::new(
            "range",
            FormatReason::RangeEnd { end, expected: "a day written YYYY-MM-DD" },
        )
    };
    match (read_date(first), read_date(last)) {
        (Some(first), Some(last)) if first < last => {
            let domains = ShortDomains::ranked(last.abs_diff(first).into());
            let domains = domains.expect("days of 9999 years have ranks of few bits");
            Ok(Arc::new(Date { first, last, domains }))
        }
        (Some(_), Some(_)) => Err(vec![FormatFault::new("range", FormatReason::RangeOrder)]),
        (first, last) => {
            let faults =
                [(first, "first"), (last, "last")].into_iter().filter(|(read, _)| read.is_none());
            Err(faults.map(|(_, end)| fault(end)).collect())
        }
    }
}

impl Rule for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn params(&self) -> Map<String, Value> {
        let ends =
            [self.first, self.last].into_iter().filter_map(write_day).map(Value::from).collect();
        Map::from_iter([("range".to_owned(), Value::Array(ends))])
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn span(&self) -> Option<Span<'_>> {
        Some(Span { first: self.first, last: self.last, domains: &self.domains })
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let day = match scalar {
            Scalar::Day(day) => day,
            Scalar::Text(text) => read_text(text).ok_or(Misfit)?.0,
            _ => return Err(Misfit),
        };
        if day < self.first || day > self.last {
            return Err(Misfit);
        }
        Ok(Parsed::ranked(
            u128::from(day.abs_diff(self.first)),
            u128::from(self.last.abs_diff(self.first)),
            Vec::new(),
        ))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let rank = payload.small_rank(u128::from(self.last.abs_diff(self.first)))?;
        let day = self.first + i64::try_from(rank).map_err(|_| Misfit)?;
        match original {
            Scalar::Day(_) => Ok(Written::Day(day)),
            Scalar::Text(text) => {
                let (_, time) = read_text(text).ok_or(Misfit)?;
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

impl Shortcut for Date {
    fn domains(&self) -> &ShortDomains {
        &self.domains
    }

    fn read(&self, text: &str, _: Side, _: &mut Vec<u8>) -> Option<Taken> {
        let (day, _) = read_text(text)?;
        let is_inside = self.first <= day && day <= self.last;
        is_inside.then(|| Taken { domain: 0, halves: [0, day.abs_diff(self.first)] })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let day = self.first.wrapping_add_unsigned(payload.halves[1]);
        let Some((year, month, day)) = parts_of(day) else { return };
        let digits = u64::from(10_000 * year.unsigned_abs() + 100 * month + day);
        let [.., a, b, c, d, e, f, g, h] = sixteen_digits(digits);
        out.extend([a, b, c, d, b'-', e, f, b'-', g, h]);
        out.extend_from_slice(original.as_bytes().get(10..).unwrap_or_default());
    }
}

const DEFAULT_RANGE: [&str; 2] = ["1900-01-01", "2099-12-31"];
