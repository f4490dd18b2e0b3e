//! Tokens with the prefix of their issuer.
//!
//! Nearly all hold a digit, so the search comes here from words with digits, steps back to where the run of letters, digits, `-` and
//! `_` begins, and asks a table of the first two characters; no prefix costs the search of prose anything. The prefixes,
//! lengths and alphabets are those that issuers document or that secret scanners agree on.

use super::base64::is_url_safe;
use super::{Found, crc, filler};
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;
use crate::detect::words::{before, behind, is_word};

mod table;

use table::{HEADS, Vendor, vendors};

/// Characters of a token behind its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    /// Capitals and 2 to 7 (RFC 4648, section 6).
    Base32,
    Base62,
    /// Letters, digits, `-`, `_`.
    Base64Url,
    /// The same and `.`.
    Dotted,
    /// Hexadecimal digits in one case.
    Hex,
}

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::Base32 => byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte),
            Self::Base62 => byte.is_ascii_alphanumeric(),
            Self::Base64Url => is_url_safe(byte),
            Self::Dotted => is_url_safe(byte) || byte == b'.',
            Self::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        }
    }
}

/// Where the run of letters, digits, `-` and `_` begins that goes on at `start`; `None` if too far away.
pub(super) fn run_start(value: &[u8], start: usize) -> Option<usize> {
    let from = start.saturating_sub(RUN);
    let len = value.get(from..start)?.iter().rev().take_while(|byte| is_url_safe(**byte)).count();
    let run = start - len;
    (run > from || run == 0).then(|| without_escape(value, run))
}

/// Without the letter of `\n` or the digits of `%3D` right before.
fn without_escape(value: &[u8], run: usize) -> usize {
    match before(value, run) {
        b'\\' if matches!(value.get(run), Some(b'n' | b'r' | b't')) => run + 1,
        b'%' => run + 2,
        _ => run,
    }
}

/// Whether a token may begin with the run at `run`, by its first two characters and by the one before.
pub(super) fn may_begin(value: &[u8], run: usize) -> bool {
    let (Some(first), Some(second)) = (value.get(run), value.get(run + 1)) else { return false };
    (first.is_ascii_alphabetic() && is_head(*first, *second))
        || matches!(before(value, run), b'.' | b':')
}

/// Whether a prefix begins with two characters, perhaps: six bits of each are kept.
fn is_head(first: u8, second: u8) -> bool {
    HEADS.get(usize::from(first & 63)).is_some_and(|seconds| seconds >> (second & 63) & 1 != 0)
}

/// The token that begins with the run at `run`, or with the short word and dot before it (`SG.`, `ya29.`).
pub(super) fn at(value: &[u8], run: usize) -> Option<Found> {
    match before(value, run) {
        b'.' => {
            let head = value.get(run.saturating_sub(DOTTED_HEAD)..run)?;
            let len =
                head.iter().rev().take_while(|byte| is_word(**byte) || **byte == b'.').count();
            with_prefix(value, without_escape(value, run - len)).or_else(|| with_prefix(value, run))
        }
        b':' => with_prefix(value, run).or_else(|| telegram(value, run)),
        _ => with_prefix(value, run).or_else(|| discord(value, run)),
    }
}

/// A token that may hold letters only, from its prefix at `start`.
pub(in crate::detect) fn letters_only(value: &[u8], start: usize) -> Option<Found> {
    (run_start(value, start)? == start).then(|| with_prefix(value, start))?
}

fn with_prefix(value: &[u8], start: usize) -> Option<Found> {
    let first = value.get(start)?;
    if !is_head(*first, *value.get(start + 1)?) {
        return None;
    }
    let rest = value.get(start..)?;
    let vendor = vendors(*first).find(|vendor| rest.starts_with(vendor.prefix.as_bytes()))?;
    // Letters alone come up in long texts in base64.
    let is_marked = vendor.prefix.bytes().any(|byte| !byte.is_ascii_alphanumeric());
    if !is_marked && matches!(before(value, start), b'+' | b'/') {
        return None;
    }
    let from = start + vendor.prefix.len();
    let end = from + body_len(vendor, value.get(from..)?)?;
    let grade = grade(vendor, value.get(from..end)?)?;
    Some(Found::new(vendor.finder, start, end, grade))
}

/// How long the token's body is, if it is as long as it must be.
fn body_len(vendor: &Vendor, rest: &[u8]) -> Option<usize> {
    let most = usize::from(vendor.most);
    let mut len =
        rest.iter().take(most + 1).take_while(|byte| vendor.alphabet.holds(**byte)).count();
    // The full stop of a sentence.
    while vendor.alphabet == Alphabet::Dotted && before(rest, len) == b'.' {
        len -= 1;
    }
    let is_whole = !is_word(behind(rest, len));
    (len >= usize::from(vendor.least) && len <= most && is_whole).then_some(len)
}

fn grade(vendor: &Vendor, body: &[u8]) -> Option<Grade> {
    // `AKIAIOSFODNN7EXAMPLE` and what AWS and others write like it.
    let is_example = body.ends_with(b"EXAMPLE") || RESERVED.contains(&body);
    if !is_example && filler::fills(body) {
        return None;
    }
    let is_checked = vendor.has_sum && body.len() == 36 && crc::is_valid(body);
    let score = if is_checked { 95 } else { vendor.score };
    let is_reserved = is_example || is_sequence(body);
    Some(if is_checked { Grade::checked(score) } else { Grade::shape(score) }.reserved(is_reserved))
}

/// `123456789:AA` and 33 characters: a bot's number, and its key.
fn telegram(value: &[u8], run: usize) -> Option<Found> {
    let key = value.get(run..)?;
    let len = key.iter().take(TELEGRAM + 1).take_while(|byte| is_url_safe(**byte)).count();
    if len != TELEGRAM || !key.starts_with(b"AA") || filler::fills(key.get(..len)?) {
        return None;
    }
    let colon = run.checked_sub(1)?;
    let number = value.get(colon.saturating_sub(11)..colon)?;
    let digits = number.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let start = colon - digits;
    // In a URL it follows `bot`.
    let is_free = !is_word(before(value, start)) || value.get(..start)?.ends_with(b"bot");
    let found = Found::new(Finder::SecretToken, start, run + len, Grade::shape(92));
    ((8..=10).contains(&digits) && is_free).then_some(found)
}

/// The number of an account in base64, six characters of time, and a check sum, with dots between them.
fn discord(value: &[u8], run: usize) -> Option<Found> {
    let rest = value.get(run..value.len().min(run + DISCORD))?;
    if !matches!(rest.first()?, b'M' | b'N' | b'O') {
        return None;
    }
    let len = rest.iter().take_while(|byte| is_url_safe(**byte) || **byte == b'.').count();
    let mut parts = rest.get(..len)?.split(|byte| *byte == b'.');
    let (account, time, sum) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (23..=28).contains(&account.len()) && time.len() == 6 && sum.len() >= 27;
    let mut buffer = [0; 24];
    let is_number =
        super::base64::decode(account, &mut buffer)?.iter().all(|byte| byte.is_ascii_digit());
    let end = run + account.len() + time.len() + sum.len() + 2;
    let found = Found::new(Finder::SecretToken, run, end, Grade::checked(95));
    (lengths && is_number && len < DISCORD).then_some(found)
}

/// Whether most characters follow each other: `abcdef123456` is what documentation writes.
pub(super) fn is_sequence(text: &[u8]) -> bool {
    let steps =
        text.windows(2).filter(|pair| matches!(pair, [a, b] if *b == a.wrapping_add(1))).count();
    text.len() >= 8 && steps * 10 >= text.len() * 7
}

/// How far back a run is followed.
const RUN: usize = 128;
/// `xoxe.`, `ya29.`, `dp.pt.`, behind an escape.
const DOTTED_HEAD: usize = 8;
const TELEGRAM: usize = 35;
const DISCORD: usize = 80;

/// Bodies that documentation shows: test keys of Stripe, a token of GitHub.
const RESERVED: [&[u8]; 3] = [
    concat!("4eC39HqLyjWD", "arjtT1zdp7dc").as_bytes(),
    concat!("BQokikJOvBiI2H", "lWgH4olfQ2").as_bytes(),
    concat!("16C7e42F292c6912", "E7710c838347Ae178B4a").as_bytes(),
];
