//! Days, instants and their ISO 8601 texts, in the proleptic Gregorian calendar.

use chrono::{Datelike, NaiveDate};

/// Days from 0001-01-01 (chrono's day 1) to 1970-01-01.
const UNIX_EPOCH_DAY: i64 = 719_163;

/// Seconds of a day.
pub(crate) const DAY_SECONDS: i64 = 86_400;

/// The date of a day counted from 1970-01-01, within chrono's years -262143..262142.
pub(crate) fn date_of(day: i64) -> Option<NaiveDate> {
    let from_ce = i32::try_from(day.checked_add(UNIX_EPOCH_DAY)?).ok()?;
    NaiveDate::from_num_days_from_ce_opt(from_ce)
}

/// The day, counted from 1970-01-01, of a date.
pub(crate) fn day_of(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - UNIX_EPOCH_DAY
}

/// Year, month and day of a day counted from 1970-01-01.
pub(crate) fn parts_of(day: i64) -> Option<(i32, u32, u32)> {
    date_of(day).map(|date| (date.year(), date.month(), date.day()))
}

/// `YYYY-MM-DD`; years outside 0000..9999 with a sign.
pub(crate) fn write_day(day: i64) -> Option<String> {
    let (year, month, day) = parts_of(day)?;
    let year = match year {
        year @ 0..=9999 => format!("{year:04}"),
        year => format!("{year:+05}"),
    };
    Some(format!("{year}-{month:02}-{day:02}"))
}

/// `YYYY-MM-DDThh:mm:ss[.f…]` of an instant in nanoseconds since 1970-01-01T00:00:00.
pub(crate) fn write_instant(nanoseconds: i128) -> Option<String> {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let fraction = nanoseconds.rem_euclid(1_000_000_000);
    let day = i64::try_from(seconds.div_euclid(i128::from(DAY_SECONDS))).ok()?;
    let second = seconds.rem_euclid(i128::from(DAY_SECONDS));
    let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let mut text = format!("{}T{clock}", write_day(day)?);
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    Some(text)
}

/// A text of `docs/format.md`, section 5.11: its day, and what follows the date (empty, or the time as written).
pub(crate) fn read_text(text: &str) -> Option<(i64, &str)> {
    let (date, rest) = text.split_at_checked(10)?;
    if !rest.is_empty() && !is_time(rest.as_bytes()) {
        return None;
    }
    Some((read_date(date)?, rest))
}

/// The day of `YYYY-MM-DD`, years 0001..9999.
pub(crate) fn read_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = i32::try_from(number(0, 4)?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?).map(day_of)
}

/// `T` or a space, `hh:mm[:ss[.f…]]`, then nothing, `Z`, `±hh:mm` or `±hhmm`.
fn is_time(text: &[u8]) -> bool {
    let [b'T' | b' ', rest @ ..] = text else { return false };
    let Some(mut rest) = two_digits(rest, 23)
        .and_then(|rest| rest.strip_prefix(b":"))
        .and_then(|rest| two_digits(rest, 59))
    else {
        return false;
    };
    if let Some(seconds) = rest.strip_prefix(b":") {
        let Some(after) = two_digits(seconds, 59) else { return false };
        rest = after;
        if let Some(fraction) = rest.strip_prefix(b".") {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return false;
            }
            rest = &fraction[digits..];
        }
    }
    is_zone(rest)
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        [] | b"Z" => true,
        [b'+' | b'-', offset @ ..] => {
            let minutes =
                two_digits(offset, 23).map(|rest| rest.strip_prefix(b":").unwrap_or(rest));
            minutes.and_then(|rest| two_digits(rest, 59)).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

fn two_digits(text: &[u8], most: u8) -> Option<&[u8]> {
    let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = text else { return None };
    ((tens - b'0') * 10 + (ones - b'0') <= most).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_and_read() {
        let cases = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_000, "2022-01-08"),
            (-25_567, "1900-01-01"),
            (47_481, "2099-12-31"),
        ];
        for (day, text) in cases {
            assert_eq!(write_day(day).as_deref(), Some(text));
            assert_eq!(read_date(text), Some(day));
        }
        assert_eq!(write_day(-735_525).as_deref(), Some("-0044-03-15"));
        assert_eq!(write_day(3_672_391).as_deref(), Some("+12024-08-31"));
        assert_eq!(write_day(i64::MAX), None);
    }

    #[test]
    fn instants_carry_their_fraction() {
        assert_eq!(write_instant(0).as_deref(), Some("1970-01-01T00:00:00"));
        assert_eq!(write_instant(-1).as_deref(), Some("1969-12-31T23:59:59.999999999"));
        assert_eq!(write_instant(1_500_000_000).as_deref(), Some("1970-01-01T00:00:01.5"));
    }

    #[test]
    fn texts_keep_their_time() {
        let good = [
            "2024-02-29",
            "2024-02-29T23:59",
            "2024-02-29 23:59:59",
            "2024-02-29T00:00:00.123456789",
            "2024-02-29T00:00:00Z",
            "2024-02-29T00:00:00.5+0530",
            "2024-02-29 00:00-08:00",
        ];
        for text in good {
            assert_eq!(read_text(text), Some((19_782, &text[10..])), "{text}");
        }
        let bad = [
            "2023-02-29",
            "2024-2-29",
            "0000-01-01",
            "2024-02-29T",
            "2024-02-29T24:00",
            "2024-02-29T00:00:00.",
            "2024-02-29T00:00+1",
            "2024-02-29T00:00:60",
            "2024-02-29T00:00:00.1234567890",
            "2024-02-29T00:00:00ZZ",
            "2024/02/29",
            "20240229",
            "２024-02-2",
            "",
        ];
        for text in bad {
            assert_eq!(read_text(text), None, "{text}");
        }
    }
}
