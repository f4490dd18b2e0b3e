//! JWT: three parts of base64url (RFC 7519, section 3), or five if it is encrypted (RFC 7516, section 3.1).

use super::Found;
use super::base64::{decode, is_url_safe};
use super::vendor::is_sequence;
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;
use crate::detect::words::{behind, is_word};

/// The token that begins at `start`.
pub(super) fn at(value: &[u8], start: usize) -> Option<Found> {
    let mut buffer = [0; HEAD];
    let header_end = part_end(value, start);
    let header = value.get(start..header_end)?;
    let kind = kind(decode(header, &mut buffer)?, header.len())?;
    let (mut end, mut parts) = (header_end, 1);
    let mut payload: &[u8] = &[];
    while parts < kind.parts && value.get(end) == Some(&b'.') {
        let from = end + 1;
        end = part_end(value, from);
        if parts == 1 {
            payload = value.get(from..end)?;
        }
        parts += 1;
    }
    let last = value.get(start..end)?.rsplit(|byte| *byte == b'.').next()?;
    // Only what is not secured ends without a signature (RFC 7519, section 6).
    let is_whole = parts == kind.parts && (last.len() >= LEAST_SIGNATURE || kind.is_unsecured);
    if !is_whole || is_word(behind(value, end)) || is_sequence(last) {
        return None;
    }
    let is_reserved = RESERVED.contains(&payload);
    let score = if payload.starts_with(b"ey") || kind.parts == 5 { 95 } else { 90 };
    Some(Found::new(Finder::Jwt, start, end, Grade::checked(score).reserved(is_reserved)))
}

/// What a header says.
#[derive(Debug, Clone, Copy)]
struct Kind {
    parts: usize,
    is_unsecured: bool,
}

/// What the beginning of a header of `len` characters says, if it is a JSON object with an algorithm (RFC 7515, section 4.1.1).
fn kind(json: &[u8], len: usize) -> Option<Kind> {
    let is_cut = len * 3 / 4 > HEAD;
    let is_object = json.first() == Some(&b'{') && (is_cut || json.last() == Some(&b'}'));
    let alg = member(json, b"\"alg\"");
    let has_chain = is_cut && member(json, b"\"x5c\"").is_some();
    if !is_object || (alg.is_none() && !has_chain) {
        return None;
    }
    let is_encrypted = member(json, b"\"enc\"").is_some();
    Some(Kind {
        parts: if is_encrypted { 5 } else { 3 },
        is_unsecured: alg.is_some_and(|alg| alg.starts_with(b"\"none\"")),
    })
}

/// What stands behind the colon of a member.
fn member<'a>(json: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = json.windows(name.len()).position(|window| window == name)?;
    json.get(at + name.len()..)?.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start)
}

fn part_end(value: &[u8], start: usize) -> usize {
    let rest = value.get(start..value.len().min(start + PART)).unwrap_or_default();
    start + rest.iter().take_while(|byte| is_url_safe(**byte)).count()
}

/// How many bytes of a header are decoded: algorithms come first in practice.
const HEAD: usize = 512;
/// The longest part.
const PART: usize = 16 << 10;
/// The shortest signature: of HMAC cut to 96 bits.
const LEAST_SIGNATURE: usize = 16;

/// Payloads of the commonest examples: of jwt.io, of RFC 7519, section 3.1.
const RESERVED: [&[u8]; 3] = [
    concat!("eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpv", "aG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ")
        .as_bytes(),
    concat!(
        "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l",
        "IiwiYWRtaW4iOnRydWUsImlhdCI6MTUxNjIzOTAyMn0"
    )
    .as_bytes(),
    concat!(
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6",
        "Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    .as_bytes(),
];
