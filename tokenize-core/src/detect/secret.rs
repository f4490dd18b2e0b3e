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
use super::words::before;

pub(super) use assign::at_mark;
pub(super) use pem::around as private_key;
pub(super) use phrase::{behind_password, in_column};
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

/// The secret around the word with a digit that begins at `start` and is at least [`LEAST`] long. Most are none, after two looks.
pub(super) fn around_word(value: &[u8], start: usize) -> Option<Found> {
    match before(value, start) {
        b'-' | b'_' | b'.' | b':' | b'\\' | b'%' => {}
        b' ' => return vendor_at(value, start).or_else(|| phrase::behind_word(value, start)),
        b',' | b';' | b'|' | b'\t' => {
            return vendor_at(value, start).or_else(|| phrase::behind_name(value, start));
        }
        b'"' | b'\'' => {
            return vendor_at(value, start).or_else(|| phrase::quoted(value, start));
        }
        b'>' => return vendor_at(value, start).or_else(|| phrase::behind_tag(value, start)),
        _ => return vendor_at(value, start),
    }
    let run = vendor::run_start(value, start)?;
    vendor_at(value, run).or_else(|| phrase::joined_option(value, start))
}

/// The token that begins with the run at `start`.
fn vendor_at(value: &[u8], run: usize) -> Option<Found> {
    if !vendor::may_begin(value, run) {
        return None;
    }
    if value.get(run..)?.starts_with(b"eyJ") { jwt::at(value, run) } else { vendor::at(value, run) }
}

/// Whether a secret may stand around the word from `start` to `end`, by its length and by what is before it.
pub(super) fn may_be_around(value: &[u8], start: usize, end: usize) -> bool {
    let is_option = || value.get(start) == Some(&b'p') && before(value, start) == b'-';
    end - start >= LEAST || before(value, start) == b',' || is_option()
}

/// No token has all its words shorter than this.
const LEAST: usize = 8;

#[cfg(test)]
mod tests;
