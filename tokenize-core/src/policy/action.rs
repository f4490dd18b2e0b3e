//! Actions, and what each of them promises.

use std::fmt;

use chrono::NaiveDate;

use super::text::{Text, TokenWriting};
use crate::field::FieldPath;
use crate::format::Format;
use crate::keys::Power;
use crate::surrogate::{Kind, Locale};

/// What a rule does to a value. Unkeyed actions promise what they promise to anyone; keyed ones to whoever lacks the keyring.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Action {
    /// The column is left out.
    Drop,
    /// Each value becomes an authenticated cell (AES-256-GCM-SIV).
    Encrypt {
        /// The pseudonymisation domain; the column's path if none is given.
        domain: Option<String>,
        /// Whether equal values may be seen to be equal.
        mode: Mode,
        /// How cells are written.
        output: CellOutput,
        /// Where the key of the cells comes from; the output's own data key in randomized mode only.
        key: CellKey,
    },
    /// Each value becomes a coarser one.
    Generalize(Generalize),
    /// Nothing happens.
    Keep,
    /// Each value becomes a pseudonym (HMAC-SHA256), for good.
    Pseudonymize {
        /// The pseudonymisation domain.
        domain: String,
        /// How pseudonyms are written.
        output: PseudonymOutput,
    },
    /// Each value becomes the same constant.
    Redact {
        /// The constant, if it is not `[REDACTED]`.
        with: Option<String>,
    },
    /// All dates of one subject move by the same secret number of days.
    ShiftDate {
        /// At most this many days, either way.
        max_days: u32,
        /// The column that says whose date it is.
        subject: FieldPath,
    },
    /// Each value becomes a made-up one of its kind (HMAC-SHA256), for good.
    Surrogate {
        /// The pseudonymisation domain.
        domain: String,
        /// What the values are.
        kind: Kind,
        /// Whose names, towns and numbers stand in.
        locale: Locale,
    },
    /// What is found in a free text is treated finding by finding; the rest of it stays as it is.
    Text(Box<Text>),
    /// Each value becomes a token of the same format (FF1).
    Tokenize {
        /// The pseudonymisation domain.
        domain: String,
        /// The shape that values have and tokens keep.
        format: Format,
    },
    /// Some characters at the ends stay, the others are filled.
    Truncate {
        /// What fills.
        fill: char,
        /// How many characters stay at the front.
        first: u32,
        /// How many characters stay at the end.
        last: u32,
    },
}

/// Whether equal values give equal cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// They do, within a domain and key version.
    Deterministic,
    /// They do not.
    #[default]
    Randomized,
}

/// How the cells of `encrypt` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CellOutput {
    /// As bytes.
    #[default]
    Binary,
    /// As text, in base64.
    String,
}

/// Where the key of `encrypt` cells comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CellKey {
    /// From the keyring's `reveal` root key: a cell opens wherever it ends up.
    #[default]
    Keyring,
    /// A data key of the output, published wrapped with it: whoever writes needs no right to read.
    Output,
}

/// How the pseudonyms of `pseudonymize` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PseudonymOutput {
    /// 64 lower-case hexadecimal characters.
    #[default]
    Hex,
    /// A non-negative integer of 63 bits.
    Int64,
    /// A UUID of version 8: 122 bits.
    Uuid,
}

/// How `generalize` makes a value coarser.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Generalize {
    /// A date of birth becomes a band of ages, such as `30-39`.
    AgeBand {
        /// The day on which the age is taken.
        as_of: NaiveDate,
        /// Years in a band.
        size: u32,
    },
    /// A number becomes the largest multiple of `size` not above it.
    Bucket {
        /// The width of a bucket.
        size: Decimal,
    },
    /// A date becomes the first day of its month.
    Month,
    /// A number becomes the nearest multiple of `size`.
    Round {
        /// The step.
        size: Decimal,
    },
    /// A date becomes the first day of its year.
    Year,
    /// A ZIP code becomes its first three digits, or `000` where few people live.
    Zip3,
}

/// A positive decimal number: `unscaled * 10^-scale`, without trailing zeros after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

impl Decimal {
    /// The digits, as an integer.
    #[must_use]
    pub fn unscaled(self) -> i128 {
        self.unscaled
    }

    /// Digits after the point, at most 38.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// How many units of the last digit of a column of this scale it is, if it is a whole number of them.
    pub(crate) fn units(self, scale: i8) -> Option<i128> {
        let power = u32::try_from(i32::from(scale) - i32::from(self.scale)).ok()?;
        self.unscaled.checked_mul(10_i128.checked_pow(power)?)
    }

    /// Reads a positive number in plain writing of at most 38 digits, such as `10` or `0.05`.
    pub(super) fn from_plain(text: &str) -> Option<Self> {
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text, ""), |(whole, fraction)| (whole, fraction.trim_end_matches('0')));
        let has_point_without_digits = text.ends_with('.');
        let is_plain =
            !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !is_plain
            || has_leading_zero
            || has_point_without_digits
            || whole.len() + fraction.len() > 38
        {
            return None;
        }
        let unscaled: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = u8::try_from(fraction.len()).ok()?;
        (unscaled > 0).then_some(Self { unscaled, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0width$}", self.unscaled, width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if scale == 0 { f.write_str(whole) } else { write!(f, "{whole}.{fraction}") }
    }
}

impl Action {
    /// The action's name, as policies write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Encrypt { .. } => "encrypt",
            Self::Generalize(_) => "generalize",
            Self::Keep => "keep",
            Self::Pseudonymize { .. } => "pseudonymize",
            Self::Redact { .. } => "redact",
            Self::ShiftDate { .. } => "shift_date",
            Self::Surrogate { .. } => "surrogate",
            Self::Text(_) => "text",
            Self::Tokenize { .. } => "tokenize",
            Self::Truncate { .. } => "truncate",
        }
    }

    /// Whether the value can be had back. `keep` counts: nothing is lost; ask [`Self::power`] where a key is meant.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        matches!(self, Self::Keep) || matches!(self.power(), Some(Power::DataKey | Power::Reveal))
    }

    /// What the action needs from the keyring, if it is keyed.
    #[must_use]
    pub fn power(&self) -> Option<Power> {
        match self {
            Self::Encrypt { key: CellKey::Output, .. } => Some(Power::DataKey),
            Self::Encrypt { .. } | Self::ShiftDate { .. } | Self::Tokenize { .. } => {
                Some(Power::Reveal)
            }
            Self::Pseudonymize { .. } | Self::Surrogate { .. } => Some(Power::Pseudonym),
            Self::Text(text) => text.power(),
            _ => None,
        }
    }

    /// Whether it leaves bare tokens in texts, which a column beside them brings back.
    pub(crate) fn is_natural_text(&self) -> bool {
        matches!(self, Self::Text(text) if text.tokens == TokenWriting::Natural)
    }

    /// The actions that happen to what is found in a text.
    pub(crate) fn inner(&self) -> Vec<&Action> {
        match self {
            Self::Text(text) => text.treatments().map(|treatment| &treatment.action).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether equal values always become equal, within a domain and key version (`shift_date`: within a subject).
    #[must_use]
    pub fn is_deterministic(&self) -> bool {
        match self {
            Self::Encrypt { mode, .. } => *mode == Mode::Deterministic,
            Self::Text(text) => text.is_deterministic(),
            _ => true,
        }
    }

    /// Whether different values always become different, within a domain and key version.
    ///
    /// Pseudonyms are not counted in: two values can meet, however unlikely it is; stand-ins do, for there are few. Nor is `shift_date`: days of two subjects can meet.
    #[must_use]
    pub fn is_injective(&self) -> bool {
        matches!(self, Self::Encrypt { .. } | Self::Keep | Self::Tokenize { .. })
    }

    /// Whether what comes out has the shape and the Arrow type of what went in.
    #[must_use]
    pub fn is_format_preserving(&self) -> bool {
        matches!(self, Self::Keep | Self::ShiftDate { .. } | Self::Tokenize { .. })
    }
}
