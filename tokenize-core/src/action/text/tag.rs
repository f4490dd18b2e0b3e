//! Tags: tokens in a text, `[ENTITY:token:check]` (`docs/format.md`, section 12).
//!
//! ```text
//! [EMAIL_ADDRESS:qkzpm@example.com:mzxw6ytboi]            the token is the column's
//! [US_SSN:318604257:mzxw6ytboi.c2VhbGVk…]                what stood there is sealed, for the token does not tell its writing
//! [PHONE_NUMBER::mzxw6ytboi.c2VhbGVk…]                   no token at all, only what stood there, sealed
//! [~EMAIL_ADDRESS:…                                      was in the text before: one `~` more than there was
//! ```

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crypto::aead::{Aead, NONCE_LENGTH};
use crate::crypto::kdf::{Purpose, enc};
use crate::crypto::prf::Prf;
use crate::keys::RootKey;
use crate::policy::LABEL;

/// What makes tags and tells genuine ones, for one domain under one root key.
pub(super) struct Marks {
    domain: String,
    check: Prf,
    seal: Aead,
    nonces: Prf,
}

impl Marks {
    pub(super) fn new(root: &RootKey, domain: &str) -> Self {
        let subkey = |purpose| root.subkey(purpose, &[domain.as_bytes()]);
        Self {
            domain: domain.to_owned(),
            check: Prf::new(&subkey(Purpose::TextCheck)),
            seal: Aead::new(&subkey(Purpose::TextSeal)),
            nonces: Prf::new(&subkey(Purpose::TextNonce)),
        }
    }

    /// Writes a tag. `sealed` is what stood there, where the token does not tell it; `None` if it is too long to be sealed.
    pub(super) fn write(
        &self,
        entity: &str,
        token: &str,
        original: Option<&Original<'_>>,
        out: &mut String,
    ) -> Option<()> {
        let token = quoted(token);
        let sealed = match original {
            Some(original) => Some(self.seal(entity, &token, original)?),
            None => None,
        };
        let sealed = sealed.map(|sealed| URL_SAFE_NO_PAD.encode(sealed));
        let check = self.check(entity, &token, sealed.as_deref().unwrap_or_default());
        out.push('[');
        out.push_str(entity);
        out.push(':');
        out.push_str(&token);
        out.push(':');
        out.push_str(&check);
        if let Some(sealed) = sealed {
            out.push('.');
            out.push_str(&sealed);
        }
        out.push(']');
        Some(())
    }

    /// What a tag holds, if it is one of these.
    pub(super) fn read(&self, tag: &Tag) -> Option<Held> {
        // 50 bits of a MAC: an equal one says that the tag was made here, an unequal one nothing.
        if self.check(&tag.entity, &tag.token, &tag.sealed) != tag.check {
            return None;
        }
        if tag.sealed.is_empty() {
            return Some(Held::Token(unquoted(&tag.token)?));
        }
        let sealed = URL_SAFE_NO_PAD.decode(&tag.sealed).ok()?;
        let plain = self.open_bytes(&tag_aad(&tag.entity, &tag.token), &sealed)?;
        let (kind, text) = plain.split_first()?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        Some(Held::Original { text, is_quoted: *kind == QUOTED })
    }

    fn check(&self, entity: &str, token: &str, sealed: &str) -> String {
        let tag = self.check.tag(&enc(&[entity.as_bytes(), token.as_bytes(), sealed.as_bytes()]));
        let bits = tag.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let symbol = |place: usize| BASE32[(bits >> (59 - 5 * place)) as usize & 31];
        (0..CHECK).map(|place| char::from(symbol(place))).collect()
    }

    fn seal(&self, entity: &str, token: &str, original: &Original<'_>) -> Option<Vec<u8>> {
        let mut plain = vec![if original.is_quoted { QUOTED } else { 0 }];
        plain.extend_from_slice(original.text.as_bytes());
        self.seal_bytes(&tag_aad(entity, token), &plain)
    }

    /// Nonce, ciphertext and tag of bytes, bound to what they belong to.
    pub(super) fn seal_bytes(&self, of: &[Vec<u8>; 2], plain: &[u8]) -> Option<Vec<u8>> {
        let aad = self.aad(of);
        let nonce = self.nonces.tag(&enc(&[&aad, plain]));
        let nonce: [u8; NONCE_LENGTH] = *nonce.first_chunk()?;
        let mut sealed = nonce.to_vec();
        self.seal.seal(&nonce, &aad, plain, &mut sealed).ok()?;
        Some(sealed)
    }

    pub(super) fn open_bytes(&self, of: &[Vec<u8>; 2], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let mut plain = Vec::new();
        self.seal.open(nonce, &self.aad(of), sealed, &mut plain).ok()?;
        Some(plain)
    }

    fn aad(&self, [kind, of]: &[Vec<u8>; 2]) -> Vec<u8> {
        enc(&[b"tokenize/v1", kind, self.domain.as_bytes(), of])
    }
}

fn tag_aad(entity: &str, token: &str) -> [Vec<u8>; 2] {
    [b"tag".to_vec(), enc(&[entity.as_bytes(), token.as_bytes()])]
}

/// What stood in a text.
pub(super) struct Original<'a> {
    pub(super) text: &'a str,
    /// Whether the tag stands in quotes that were not there: a number of JSON.
    pub(super) is_quoted: bool,
}

/// What a genuine tag holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    Token(String),
    Original { text: String, is_quoted: bool },
}

/// A tag as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) entity: String,
    /// As written, quoted.
    token: String,
    check: String,
    sealed: String,
}

/// What begins at a `[`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// No tag.
    Other,
    /// Something that was like a tag before, and has a `~` since.
    Escaped,
    /// Something like a tag: where it ends, and whether backslashes of Markdown are in it.
    Tag { tag: Tag, end: usize, is_escaped: bool },
}

/// Reads what begins with the `[` at `at`.
pub(super) fn read(text: &str, at: usize) -> Bracket {
    let bytes = text.as_bytes();
    let Some((name, tildes, colon)) = opening(bytes, at) else { return Bracket::Other };
    if tildes > 0 {
        return Bracket::Escaped;
    }
    let Some((body, end, is_escaped)) = body(bytes, colon) else { return Bracket::Other };
    let Some((token, check)) = body.rsplit_once(':') else { return Bracket::Other };
    let (check, sealed) = check.split_once('.').unwrap_or((check, ""));
    if sealed.is_empty() && body.ends_with('.') {
        return Bracket::Other;
    }
    let tag = Tag {
        entity: name,
        token: token.to_owned(),
        check: check.to_owned(),
        sealed: sealed.to_owned(),
    };
    Bracket::Tag { tag, end, is_escaped }
}

/// What stands from `place` to the `]`, without backslashes of Markdown; where the tag ends, and whether its `]` has one.
fn body(bytes: &[u8], mut place: usize) -> Option<(String, usize, bool)> {
    let mut body = String::new();
    while body.len() <= BODY {
        match (*bytes.get(place)?, bytes.get(place + 1)) {
            (b']', _) => return Some((body, place + 1, false)),
            (b'\\', Some(b']')) => return Some((body, place + 2, true)),
            (b'\\', Some(escaped)) if escaped.is_ascii_punctuation() => {
                body.push(char::from(*escaped));
                place += 2;
            }
            (byte, _) if byte.is_ascii_graphic() && !b"[\\".contains(&byte) => {
                body.push(char::from(byte));
                place += 1;
            }
            _ => return None,
        }
    }
    None
}

/// The name behind a `[`, how many `~` stand before it, and where what follows its `:` begins.
fn opening(bytes: &[u8], at: usize) -> Option<(String, usize, usize)> {
    let mut place = at + 1;
    while bytes.get(place) == Some(&b'~') {
        place += 1;
    }
    let tildes = place - at - 1;
    let mut name = String::new();
    loop {
        match bytes.get(place)? {
            b':' => break,
            b'\\' if bytes.get(place + 1) == Some(&b':') => {
                place += 1;
                break;
            }
            b'\\' if bytes.get(place + 1) == Some(&b'_') => place += 1,
            byte if byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_' => {
                name.push(char::from(*byte));
                place += 1;
            }
            _ => return None,
        }
        if name.len() > LABEL {
            return None;
        }
    }
    (!name.is_empty()).then_some((name, tildes, place + 1))
}

/// Appends what stands between findings: a `~` goes into all that could be taken for a tag.
pub(super) fn push_literal(text: &str, out: &mut String) {
    let mut done = 0;
    for at in memchr::memchr_iter(b'[', text.as_bytes()) {
        if opening(text.as_bytes(), at).is_some() {
            out.push_str(&text[done..=at]);
            out.push('~');
            done = at + 1;
        }
    }
    out.push_str(&text[done..]);
}

/// A token in the characters that may stand in a tag: others as `%` and two digits for each byte of UTF-8.
fn quoted(token: &str) -> Cow<'_, str> {
    if token.bytes().all(is_plain) {
        return Cow::Borrowed(token);
    }
    let mut out = String::with_capacity(token.len() + 8);
    for byte in token.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
        }
    }
    Cow::Owned(out)
}

fn unquoted(token: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push(u8::try_from(digit()? << 4 | digit()?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether a byte stands for itself in a tag. Not what a tag, Markdown, JSON or HTML takes for something else.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"[]%\\\"'<>&`*|~".contains(&byte)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";
/// RFC 4648, section 6, in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Characters of a check, of 5 bits each.
const CHECK: usize = 10;
/// The first byte of what is sealed where the tag stands in quotes that were not there.
const QUOTED: u8 = 1;
/// The longest tag that is read.
const BODY: usize = 1 << 20;

#[cfg(test)]
mod tests;
