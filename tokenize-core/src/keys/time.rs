//! The moment a key version was made, to the second.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment in UTC, to the second, written as in RFC 3339: `2026-01-31T12:00:00Z`.
///
/// Core reads no clock: callers pass `SystemTime::now().into()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(DateTime<Utc>);

impl UtcTime {
    /// The moment `secs` seconds after 1970-01-01T00:00:00Z; what RFC 3339 cannot write is moved to 1970 or 9999.
    #[must_use]
    pub fn from_unix_secs(secs: i64) -> Self {
        let secs = secs.clamp(0, LAST_SECOND);
        Self(DateTime::from_timestamp(secs, 0).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// The whole days from `earlier` to this moment; none if it is not earlier.
    #[must_use]
    pub fn whole_days_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.signed_duration_since(earlier.0).num_days()).unwrap_or(0)
    }
}

impl From<SystemTime> for UtcTime {
    fn from(time: SystemTime) -> Self {
        let secs = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::from_unix_secs(i64::try_from(secs).unwrap_or(LAST_SECOND))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for UtcTime {
    type Err = NotUtcTime;

    fn from_str(text: &str) -> Result<Self, NotUtcTime> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| NotUtcTime)?;
        if time.offset().local_minus_utc() == 0 { Ok(Self(time.to_utc())) } else { Err(NotUtcTime) }
    }
}

/// The text is no RFC 3339 time in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time in UTC, such as 2026-01-31T12:00:00Z")]
pub struct NotUtcTime;

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_and_reading_agree() {
        for (secs, text) in [(0, "1970-01-01T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z")] {
            assert_eq!(UtcTime::from_unix_secs(secs).to_string(), text);
            assert_eq!(text.parse(), Ok(UtcTime::from_unix_secs(secs)));
        }
        assert_eq!(UtcTime::from_unix_secs(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(UtcTime::from_unix_secs(-1).to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn days_are_counted_when_they_are_over() {
        let (made, day) = (UtcTime::from_unix_secs(1_700_000_000), 86_400);
        for (later, days) in [(0, 0), (day - 1, 0), (day, 1), (400 * day, 400), (-5 * day, 0)] {
            assert_eq!(UtcTime::from_unix_secs(1_700_000_000 + later).whole_days_since(made), days);
        }
    }

    #[test]
    fn only_utc_is_read() {
        assert_eq!("2026-01-31T12:00:00+01:00".parse::<UtcTime>(), Err(NotUtcTime));
        assert_eq!("2026-01-31".parse::<UtcTime>(), Err(NotUtcTime));
    }
}
