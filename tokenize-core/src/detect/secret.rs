//! Secrets: tokens whose form their issuer fixed, keys in PEM, and what is assigned to a name such as `password`.
//!
//! ```text
//! a word with a digit ─▶ vendor (prefix, length, alphabet), jwt, bearer, `<tag>value`, `--flag value`
//! `=` `:` ─▶ the name before it (cue) ─▶ the value behind it ─▶ is it one (strength, filler)
//! `@` ─▶ the user and password of a URL     literals ─▶ pem, webhook, "the password is"
//! ```
//!
//! Random text without any of these is no secret: hashes, identifiers of traces and images look the same. What a secret opens is
//! never asked anywhere.

mod assign;
mod base64;
mod crc;
mod cue;
mod filler;
mod jwt;
mod pem;
mod phrase;
mod reference;
mod strength;
mod url;
mod value;
mod vendor;

use super::hit::Grade;
use super::rules::Finder;

pub(super) use assign::at_mark;
pub(super) use pem::around as private_key;
pub(super) use phrase::behind_password;
pub(super) use url::{userinfo, webhook};
pub(super) use vendor::letters_only;

/// A secret in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) finder: Finder,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) grade: Grade,
}

impl Found {
    const fn new(finder: Finder, start: usize, end: usize, grade: Grade) -> Self {
        Self { finder, start, end, grade }
    }

    /// Whether its form alone says what it is, so that nothing else begins inside.
    pub(super) const fn is_structural(&self) -> bool {
        !matches!(self.finder, Finder::SecretAssignment)
    }
}

/// The secret around a word with a digit, at least [`LEAST`] long.
pub(super) fn around_word(value: &[u8], start: usize) -> Option<Found> {
    let run = vendor::run_start(value, start)?;
    let head = value.get(run..run + 3)?;
    if head == b"eyJ" {
        return jwt::at(value, run);
    }
    vendor::at(value, run).or_else(|| phrase::before_word(value, run))
}

/// No token has all its words shorter than this.
pub(super) const LEAST: usize = 8;
