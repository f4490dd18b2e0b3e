//! Formats of `tokenize`: a value and its payload in a finite domain, both ways. No keys, no Arrow.
//!
//! A [`Format`] that exists is a checked one. It takes a value apart ([`Format::parse`]) into domain, tweak and payload, and writes
//! a payload back in the form of the original ([`Format::render`]). Each format's rules are `docs/format.md`, section 5.

use crate::crypto::domain::{Domain, Payload};

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
