//! Dates inside numbers, such as the `YYMMDD` of a PESEL with its months plus 20.

use crate::calendar::{date_of, day_of};
use chrono::{Datelike, NaiveDate};

/// Dates of some years in one way of writing.
#[derive(Debug)]
pub(crate) struct Dates {
    fields: Vec<Field>,
    /// The first and the last day, counted from 1970-01-01.
    days: (i64, i64),
    /// The first and the last year. A writing with two digits of the year has at most a hundred.
    years: (i32, i32),
    /// What is added to the month, as PESEL does to tell the century.
    month_offset: u32,
    /// What is added to the day, as Sweden does for those who only live there.
    day_offset: u32,
}

/// A part of a date as numbers write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Two digits.
    Day,
    /// A letter, as in Italy.
    LetterMonth,
    /// Two digits.
    Month,
    /// Two digits.
    ShortYear,
    /// Four digits.
    Year,
}

impl Dates {
    /// Reads what follows `@` in the table: fields, a colon, the years, then `m+` or `d+` and a number for what is added.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let (fields, rest) = text.split_once(':')?;
        let mut offsets = rest.split(',');
        let (first, last) = offsets.next()?.split_once('-')?;
        let years: (i32, i32) = (first.parse().ok()?, last.parse().ok()?);
        let (mut month_offset, mut day_offset) = (0, 0);
        for offset in offsets {
            match offset.split_once('+')? {
                ("d", offset) => day_offset = offset.parse().ok()?,
                ("m", offset) => month_offset = offset.parse().ok()?,
                _ => return None,
            }
        }
        let days = (
            day_of(NaiveDate::from_ymd_opt(years.0, 1, 1)?),
            day_of(NaiveDate::from_ymd_opt(years.1, 12, 31)?),
        );
        let fields = fields_of(fields)?;
        let ambiguous = fields.contains(&Field::ShortYear) && years.1 - years.0 >= 100;
        (!ambiguous && days.0 < days.1).then_some(Self {
            fields,
            days,
            years,
            month_offset,
            day_offset,
        })
    }

    pub(crate) fn width(&self) -> usize {
        self.fields.iter().map(|field| field.width()).sum()
    }

    /// How many days there are.
    pub(crate) fn count(&self) -> u64 {
        self.days.1.abs_diff(self.days.0) + 1
    }

    /// The place of a date among all days, the first one being 0.
    pub(crate) fn index(&self, text: &[u8]) -> Option<u64> {
        let (mut year, mut month, mut day, mut rest) = (0, 0, 0, text);
        for field in &self.fields {
            let (part, after) = rest.split_at_checked(field.width())?;
            rest = after;
            match field {
                Field::Day => day = number(part)?.checked_sub(self.day_offset)?,
                Field::LetterMonth => month = letter_month(part)?,
                Field::Month => month = number(part)?.checked_sub(self.month_offset)?,
                Field::ShortYear => year = self.long_year(number(part)?)?,
                Field::Year => year = i32::try_from(number(part)?).ok()?,
            }
        }
        if !rest.is_empty() || year < self.years.0 || year > self.years.1 {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        u64::try_from(day_of(date) - self.days.0).ok()
    }

    /// Writes the date at a place.
    pub(crate) fn write(&self, index: u64, text: &mut [u8]) -> Option<()> {
        let date = date_of(self.days.0.checked_add_unsigned(index)?)?;
        let mut rest = text;
        for field in &self.fields {
            let (part, after) = rest.split_at_mut_checked(field.width())?;
            rest = after;
            let number = match field {
                Field::Day => date.day() + self.day_offset,
                Field::LetterMonth => {
                    *part.first_mut()? = *MONTHS.get(usize::try_from(date.month0()).ok()?)?;
                    continue;
                }
                Field::Month => date.month() + self.month_offset,
                Field::ShortYear => date.year().rem_euclid(100).unsigned_abs(),
                Field::Year => date.year().unsigned_abs(),
            };
            write_number(number, part);
        }
        Some(())
    }

    /// The year of the range that ends in two digits.
    fn long_year(&self, short: u32) -> Option<i32> {
        let short = i32::try_from(short).ok()?;
        Some(self.years.0 + (short - self.years.0).rem_euclid(100))
    }
}

impl Field {
    fn width(self) -> usize {
        match self {
            Self::Day | Self::Month | Self::ShortYear => 2,
            Self::LetterMonth => 1,
            Self::Year => 4,
        }
    }
}

fn fields_of(mut text: &str) -> Option<Vec<Field>> {
    let known = [
        ("YYYY", Field::Year),
        ("YY", Field::ShortYear),
        ("MM", Field::Month),
        ("L", Field::LetterMonth),
        ("DD", Field::Day),
    ];
    let mut fields = Vec::new();
    while !text.is_empty() {
        let (rest, field) =
            known.iter().find_map(|(name, field)| Some((text.strip_prefix(name)?, *field)))?;
        fields.push(field);
        text = rest;
    }
    Some(fields)
}

fn letter_month(part: &[u8]) -> Option<u32> {
    let at = MONTHS.iter().position(|letter| part == [*letter])?;
    u32::try_from(at + 1).ok()
}

/// The number that digits write.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Writes the last digits of a number.
fn write_number(mut number: u32, digits: &mut [u8]) {
    for (digit, last) in digits.iter_mut().rev().zip(std::iter::from_fn(|| {
        let last = number % 10;
        number /= 10;
        u8::try_from(last).ok()
    })) {
        *digit = b'0' + last;
    }
}

/// January to December in Italian fiscal codes (decree of 23 December 1976).
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_places() {
        let cases = [
            ("YYMMDD:1900-1999", "000101", Some(0)),
            ("YYMMDD:1900-1999", "991231", Some(36_523)),
            ("YYMMDD:1900-1999", "000229", None),
            ("YYMMDD:1901-2000", "000229", Some(99 * 365 + 24 + 31 + 28)),
            ("YYMMDD:2000-2099,m+20", "002229", Some(59)),
            ("YYMMDD:2000-2099,m+20", "000229", None),
            ("YYMMDD:2000-2099,m+20", "003301", None),
            ("DDMMYY:1854-1899,d+40", "410154", Some(0)),
            ("DDMMYY:1854-1899,d+40", "410153", None),
            ("DDMMYY:1854-1899", "010100", None),
            ("YYLDD:1901-2000", "01A01", Some(0)),
            ("YYLDD:1901-2000,d+40", "01B41", Some(31)),
            ("YYLDD:1901-2000", "01F01", None),
            ("YYYYMMDD:1800-2099", "18000101", Some(0)),
            ("YYYYMMDD:1800-2099", "21000101", None),
            ("YYYYMMDD:1800-2099", "1800010", None),
            ("YYYYMMDD:1800-2099", "180001011", None),
            ("YYMMDD:1900-1999", "0001 1", None),
        ];
        for (dates, text, index) in cases {
            assert_eq!(Dates::from_text(dates).unwrap().index(text.as_bytes()), index, "{text}");
        }
    }

    #[test]
    fn every_day_goes_there_and_back() {
        let all = [
            "YYMMDD:1854-1899",
            "DDMMYY:1901-2000,m+40,d+40",
            "YYLDD:1901-2000",
            "YYYYMMDD:1800-2099",
        ];
        for dates in all.map(|text| Dates::from_text(text).unwrap()) {
            let mut text = vec![0; dates.width()];
            for index in 0..dates.count() {
                dates.write(index, &mut text).unwrap();
                assert_eq!(dates.index(&text), Some(index), "{dates:?}");
            }
            dates.write(dates.count(), &mut text).unwrap();
            assert_ne!(dates.index(&text), Some(dates.count()), "{dates:?}");
        }
    }

    #[test]
    fn broken_dates_are_not_read() {
        for text in [
            "",
            "YYMMDD",
            "YYMMDD:1900",
            "YYMMDD:1900-2000",
            "YYX:1900-1999",
            "YY:1999-1900",
            "YY:1900-1999,x+1",
        ] {
            assert!(Dates::from_text(text).is_none(), "{text}");
        }
    }
}
