//! Formats of `tokenize`: a value and its payload in a finite domain, both ways. No keys, no Arrow.
//!
//! A [`Format`] that exists is a checked one. It takes a value apart (`Format::parse`) into domain, tweak and payload, and writes
//! a payload back in the form of the original (`Format::render`). Each format's rules are `docs/format.md`, section 5.

mod alphabet;
mod alphanumeric;
mod date;
mod email;
mod iban;
mod id;
mod ip;
mod mac;
mod number;
mod options;
mod pan;
mod phone;
mod short;
mod ssn;
mod uuid;

#[cfg(test)]
mod tests;

pub use options::{
    Case, CheckDigit, DomainRemedy, FormatFault, FormatOptions, FormatReason, Keep, Prefix,
    SmallDomain,
};

pub(crate) use short::{Shortcut, Span, Texts};

use crate::crypto::cipher::{DomainFault, check_domain};
use crate::crypto::domain::{Domain, Payload};
use crate::crypto::natural::Natural;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// The shape that a `tokenize` token keeps: one of those of `docs/format.md`, section 5, with its options checked.
#[derive(Debug, Clone)]
pub struct Format {
    rule: Arc<dyn Rule>,
    small_domain: SmallDomain,
}

impl Format {
    /// Checks what a policy says about a format.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once. A domain whose size shows in the options alone (ranges, kept digits of a card) is
    /// refused here when it is below the floor of FF1; where the size depends on a value's length, the value does not fit.
    pub fn new(options: &FormatOptions) -> Result<Self, Vec<FormatFault>> {
        let name = if id::is_name(&options.name) { "id" } else { &options.name };
        let Some(family) = FAMILIES.iter().find(|family| family.name == name) else {
            let near = options::nearest(&options.name, FAMILIES.iter().map(|family| family.name));
            return Err(vec![FormatFault::new(
                "format",
                FormatReason::Unknown { name: options.name.clone(), near },
            )]);
        };
        let mut faults: Vec<FormatFault> = options
            .written()
            .filter(|option| !family.takes.contains(option))
            .map(|option| FormatFault::new(option, FormatReason::NotTaken { format: family.name }))
            .collect();
        match (family.build)(options) {
            Ok(rule) => {
                let format = Self {
                    rule,
                    small_domain: options.small_domain.unwrap_or(SmallDomain::Refuse),
                };
                format.refuse_permute(&mut faults);
                let place = ["keep", "range"]
                    .into_iter()
                    .find(|option| options.written().any(|written| written == *option));
                faults.extend(format.refuse_small(place.unwrap_or("format")).err());
                if faults.is_empty() { Ok(format) } else { Err(faults) }
            }
            Err(more) => {
                faults.extend(more);
                Err(faults)
            }
        }
    }

    /// The names of all formats. `id` takes the name of a scheme after a colon, as in `id:br_cpf`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FAMILIES.iter().map(|family| family.name)
    }

    /// The schemes of the format `id`, by the names that stand for them in a policy, such as `id:br_cpf`; and whether each keeps
    /// something that enters a tweak.
    pub(crate) fn schemes() -> impl Iterator<Item = (&'static str, bool)> {
        id::names()
    }

    /// The format's name in a policy and in the subkey.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.rule.name()
    }

    /// The parameters that enter the subkey, defaults written out.
    #[must_use]
    pub fn subkey_params(&self) -> Value {
        Value::Object(self.rule.params())
    }

    /// All parameters, defaults written out: those of the subkey, `format`, `small_domain`, and `region` where one is set.
    #[must_use]
    pub fn all_params(&self) -> Value {
        let mut params = self.rule.params();
        params.insert("format".to_owned(), self.name().into());
        params.insert("small_domain".to_owned(), self.small_domain.name().into());
        if let Some(region) = self.rule.region() {
            params.insert("region".to_owned(), region.into());
        }
        Value::Object(params)
    }

    /// The domain that a policy need not name, for formats that carry a meaning.
    #[must_use]
    pub fn default_domain(&self) -> Option<&'static str> {
        let meaning = ["email", "iban", "ip", "mac", "pan", "phone", "us_ssn", "uuid"];
        Some(self.name()).filter(|name| meaning.contains(name) || id::is_name(name))
    }

    /// Whether domains below the floor are permuted; otherwise their values do not fit.
    #[must_use]
    pub fn permute(&self) -> bool {
        self.small_domain == SmallDomain::Permute
    }

    /// Whether the payload (an address as rank) goes through ipcrypt-pfx instead of FF1.
    #[must_use]
    pub fn prefix_preserving(&self) -> bool {
        self.rule.prefix_preserving()
    }

    /// The kinds of values that the format takes.
    #[must_use]
    pub fn kinds(&self) -> &'static [Kind] {
        self.rule.kinds()
    }

    /// Whether the format takes values of this kind.
    #[must_use]
    pub fn supports(&self, kind: Kind) -> bool {
        self.kinds().contains(&kind)
    }

    /// The format for decimal columns with `scale` digits after the point. Changes `decimal` only.
    ///
    /// # Errors
    ///
    /// The range does not fit the column, or the domain is below the floor now that the scale is known.
    pub fn with_column_scale(&self, scale: i8) -> Result<Self, FormatFault> {
        self.with_scale(Some(scale))
    }

    /// The format for text columns, where a range written without fraction means whole numbers. Changes `decimal` only.
    ///
    /// # Errors
    ///
    /// The domain is below the floor now that the scale is known.
    pub fn with_text_scale(&self) -> Result<Self, FormatFault> {
        self.with_scale(None)
    }

    /// The smallest and the largest integer that the format writes into an integer column.
    #[must_use]
    pub fn int_bounds(&self) -> Option<(i128, i128)> {
        self.rule.int_bounds()
    }

    /// The smallest and the largest unscaled number that the format writes into a decimal column of this scale, if it fits one at all.
    #[must_use]
    pub fn decimal_bounds(&self, scale: i8) -> Option<(i128, i128)> {
        self.rule.decimal_bounds(scale)
    }

    /// The first and the last day, counted from 1970-01-01, that the format writes.
    #[must_use]
    pub fn day_bounds(&self) -> Option<(i64, i64)> {
        self.rule.day_bounds()
    }

    /// Takes a value (or a token) apart.
    pub(crate) fn parse(&self, scalar: Scalar<'_>, side: Side) -> Result<Parsed, Misfit> {
        let parsed = self.rule.parse(scalar, side)?;
        if parsed.domain.within_limits(self.permute()) { Ok(parsed) } else { Err(Misfit) }
    }

    /// The number of values that share a value's shape, if they are too few to be tokenized.
    pub(crate) fn too_few(&self, scalar: Scalar<'_>, side: Side) -> Option<u32> {
        let parsed = self.rule.parse(scalar, side).ok()?;
        match check_domain(&parsed.domain, self.permute()) {
            Err(DomainFault::BelowFloor { size }) => Some(size),
            _ => None,
        }
    }

    /// The short way of texts, where the format has one.
    pub(crate) fn shortcut(&self) -> Option<&dyn Shortcut> {
        self.rule.shortcut()
    }

    /// The short way of integers or days, whichever it takes, where the format has one.
    pub(crate) fn span(&self) -> Option<Span<'_>> {
        self.rule.span()
    }

    /// Writes a payload in the form of `original`, from whose domain it must be. `side` is the side being written.
    pub(crate) fn render(
        &self,
        original: Scalar<'_>,
        payload: &Payload,
        side: Side,
    ) -> Result<Written, Misfit> {
        self.rule.render(original, payload, side)
    }

    fn with_scale(&self, scale: Option<i8>) -> Result<Self, FormatFault> {
        let Some(rule) = self.rule.with_column_scale(scale) else { return Ok(self.clone()) };
        let rule = rule.map_err(|reason| FormatFault::new("range", reason))?;
        let format = Self { rule, small_domain: self.small_domain };
        format.refuse_small("range")?;
        Ok(format)
    }

    fn refuse_permute(&self, faults: &mut Vec<FormatFault>) {
        if self.permute() && self.rule.tweaked() {
            faults.push(FormatFault::new(
                "small_domain",
                FormatReason::Permute { format: self.name() },
            ));
        }
    }

    fn refuse_small(&self, place: &'static str) -> Result<(), FormatFault> {
        let tweaked = self.rule.tweaked();
        match self.rule.known_size() {
            Some(size) if size < FLOOR && (tweaked || !self.permute()) => {
                let remedy = if tweaked { DomainRemedy::KeepLess } else { DomainRemedy::Permute };
                Err(FormatFault::new(place, FormatReason::DomainSize { size, remedy }))
            }
            _ => Ok(()),
        }
    }
}

/// The kinds of values that formats tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// 16 bytes.
    Bytes,
    /// A day.
    Day,
    /// A decimal.
    Decimal,
    /// An integer.
    Int,
    /// A text.
    Text,
}

/// A value as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    /// 16 bytes (UUIDs in FixedSizeBinary).
    Bytes(&'a [u8; 16]),
    /// A day, counted from 1970-01-01 (dates and the day of timestamps).
    Day(i64),
    /// `unscaled * 10^-scale`.
    Decimal {
        /// The digits.
        unscaled: i128,
        /// Digits after the point.
        scale: i8,
    },
    /// Any integer type.
    Int(i128),
    /// Any string type.
    Text(&'a str),
}

/// A value that a format has written: the same kind as the [`Scalar`] that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// 16 bytes.
    Bytes([u8; 16]),
    /// A day, counted from 1970-01-01.
    Day(i64),
    /// Digits at the scale of the original.
    Decimal {
        /// The digits.
        unscaled: i128,
        /// Digits after the point.
        scale: i8,
    },
    /// An integer.
    Int(i128),
    /// A text.
    Text(String),
}

/// Which side of the permutation a scalar is on; most formats write both alike (`pan` with an invalid check digit does not).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// A token.
    Token,
    /// A value.
    Value,
}

/// A value taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Where the payload lives.
    pub(crate) domain: Domain,
    /// What is kept and meaningful.
    pub(crate) tweak: Vec<u8>,
    /// What is permuted.
    pub(crate) payload: Payload,
}

/// The value does not fit its format. Says no more, so that nothing of the value can leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit;

/// What one format does. Not for users: a format must be described in `docs/format.md` before it may exist.
trait Rule: fmt::Debug + Send + Sync {
    fn name(&self) -> &'static str;

    /// What enters the subkey.
    fn params(&self) -> Map<String, Value>;

    fn parse(&self, scalar: Scalar<'_>, side: Side) -> Result<Parsed, Misfit>;

    fn render(
        &self,
        original: Scalar<'_>,
        payload: &Payload,
        side: Side,
    ) -> Result<Written, Misfit>;

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Text]
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        None
    }

    fn span(&self) -> Option<Span<'_>> {
        None
    }

    /// Whether a tweak can be other than empty.
    fn tweaked(&self) -> bool {
        false
    }

    /// The size of the domain, as far as it shows without a value.
    fn known_size(&self) -> Option<u128> {
        None
    }

    /// `None` is the scale of text.
    fn with_column_scale(&self, _scale: Option<i8>) -> Option<Result<Arc<dyn Rule>, FormatReason>> {
        None
    }

    fn int_bounds(&self) -> Option<(i128, i128)> {
        None
    }

    fn decimal_bounds(&self, _scale: i8) -> Option<(i128, i128)> {
        None
    }

    fn day_bounds(&self) -> Option<(i64, i64)> {
        None
    }

    fn prefix_preserving(&self) -> bool {
        false
    }

    fn region(&self) -> Option<&str> {
        None
    }
}

/// A format that a policy can name.
struct Family {
    name: &'static str,
    /// The options it takes besides `small_domain`.
    takes: &'static [&'static str],
    build: fn(&FormatOptions) -> Built,
}

type Built = Result<Arc<dyn Rule>, Vec<FormatFault>>;

impl<'a> Scalar<'a> {
    fn text(self) -> Result<&'a str, Misfit> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Misfit),
        }
    }
}

impl Parsed {
    /// The largest rank of the domain.
    fn last(&self) -> Result<&Natural, Misfit> {
        match &self.domain {
            Domain::Direct { .. } => Err(Misfit),
            Domain::Ranked { last } => Ok(last),
        }
    }

    fn ranked(rank: impl Into<Natural>, last: impl Into<Natural>, tweak: Vec<u8>) -> Self {
        Self {
            domain: Domain::Ranked { last: last.into() },
            tweak,
            payload: Payload::Rank(rank.into()),
        }
    }
}

impl Domain {
    /// Whether some permutation of `docs/format.md`, section 4, works on this domain.
    fn within_limits(&self, permute: bool) -> bool {
        match self {
            Self::Direct { radix, len } => {
                *len >= 1 && *len <= WIDTH_LIMIT && (permute || reaches_floor(*radix, *len))
            }
            Self::Ranked { last } => {
                last.bit_len() <= WIDTH_LIMIT
                    && (permute || last.to_u128().is_none_or(|last| last >= FLOOR - 1))
            }
        }
    }
}

impl Payload {
    /// The numerals, if they are of the domain of this radix and length.
    fn numerals(&self, radix: usize, len: usize) -> Result<&[u16], Misfit> {
        match self {
            Self::Numerals(numerals)
                if numerals.len() == len && numerals.iter().all(|n| usize::from(*n) < radix) =>
            {
                Ok(numerals)
            }
            _ => Err(Misfit),
        }
    }

    /// The rank, if it is at most `last`.
    fn rank(&self, last: &Natural) -> Result<&Natural, Misfit> {
        match self {
            Self::Rank(rank) if rank <= last => Ok(rank),
            _ => Err(Misfit),
        }
    }

    /// The rank as a plain number, if it is at most `last`.
    fn small_rank(&self, last: u128) -> Result<u128, Misfit> {
        match self {
            Self::Rank(rank) => rank.to_u128().filter(|rank| *rank <= last).ok_or(Misfit),
            Self::Numerals(_) => Err(Misfit),
        }
    }
}

/// Whether `radix^len` is at least [`FLOOR`].
fn reaches_floor(radix: u32, len: usize) -> bool {
    let mut size = 1;
    for _ in 0..len {
        size *= u128::from(radix);
        if size >= FLOOR {
            return true;
        }
    }
    false
}

/// Whether generic formats leave this character where it is: ASCII space and punctuation.
fn is_generic_separator(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_punctuation()
}

const FAMILIES: &[Family] = &[
    Family { name: "alphabet", takes: &["alphabet"], build: alphabet::custom },
    Family { name: "alphanumeric", takes: &[], build: alphanumeric::build },
    Family { name: "date", takes: &["range"], build: date::build },
    Family { name: "decimal", takes: &["range"], build: number::decimal },
    Family { name: "digits", takes: &[], build: alphabet::digits },
    Family { name: "email", takes: &[], build: email::build },
    Family { name: "hex", takes: &["case"], build: alphabet::hex },
    Family { name: "iban", takes: &[], build: iban::build },
    Family { name: "id", takes: &[], build: id::build },
    Family { name: "integer", takes: &["range"], build: number::integer },
    Family { name: "ip", takes: &["prefix"], build: ip::build },
    Family { name: "letters", takes: &["case"], build: alphabet::letters },
    Family { name: "mac", takes: &["case"], build: mac::build },
    Family { name: "pan", takes: &["check_digit", "keep"], build: pan::build },
    Family { name: "phone", takes: &["region"], build: phone::build },
    Family { name: "us_ssn", takes: &[], build: ssn::build },
    Family { name: "uuid", takes: &["case"], build: uuid::build },
];

/// The smallest domain FF1 may be used for: NIST SP 800-38G Rev. 1, second public draft (2025).
const FLOOR: u128 = 1_000_000;

/// The longest numeral string that goes through FF1 here (`docs/format.md`, sections 4.1 and 4.2).
const WIDTH_LIMIT: usize = 4096;
