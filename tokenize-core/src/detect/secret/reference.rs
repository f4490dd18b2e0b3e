//! Values that say where something is, or what it is, instead of being it: variables, calls, paths, dates, addresses.

use super::strength::Strength;
use crate::detect::domain;

/// Whether a value is a reference to something, in code, in a template or in a file of settings.
pub(super) fn refers(text: &[u8], is_quoted: bool) -> bool {
    is_template(text)
        || has_field(text)
        || is_url_or_path(text)
        || is_chain(text, is_quoted)
        || is_plain_datum(text)
}

/// Whether `{name}` is in it, as Python, Rust and C# put variables into strings.
fn has_field(text: &[u8]) -> bool {
    let is_field = |field: &[u8]| {
        field.first().is_some_and(u8::is_ascii_alphabetic)
            && field.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.:!?".contains(byte))
    };
    text.split(|byte| *byte == b'{').skip(1).any(|rest| {
        rest.iter()
            .position(|byte| *byte == b'}')
            .and_then(|end| rest.get(..end))
            .is_some_and(is_field)
    })
}

/// Whether variables are put into it, or it is one.
fn is_template(text: &[u8]) -> bool {
    let opens =
        [&b"${"[..], b"{{", b"$(", b"#{", b"%{", b"<%", b"%(", b"{%", b"@{", b"\\(", b"&lt;"];
    let is_name = |rest: &[u8]| {
        !rest.is_empty()
            && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_:.->[]'".contains(byte))
    };
    match text {
        [b'$', rest @ ..]
            if rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') =>
        {
            is_name(rest)
        }
        [b'%', rest @ .., b'%'] => is_name(rest),
        [b'%', b's' | b'd' | b'v' | b'r'] => true,
        [b'{', .., b'}'] | [b'[', .., b']'] | [b'<', .., b'>'] | [b'<', ..] => true,
        [b'_', b'_', ..] => true,
        _ => opens.iter().any(|open| text.windows(open.len()).any(|window| window == *open)),
    }
}

fn is_url_or_path(text: &[u8]) -> bool {
    let heads = [
        &b"/"[..],
        b"./",
        b"../",
        b"~/",
        b"arn:",
        b"op://",
        b"vault:",
        b"ssm:",
        b"file:",
        b"env:",
        b"secret:",
        b"ENC[",
        b"env.",
        b"ref:",
        b"aws-kms:",
        b"gcp-kms:",
        b"keyring:",
        b"projects/",
    ];
    let tails = [
        &b".pem"[..],
        b".key",
        b".txt",
        b".json",
        b".yml",
        b".yaml",
        b".crt",
        b".p12",
        b".jks",
        b".env",
        b".md",
        b".html",
        b".js",
        b".ts",
        b".py",
        b".php",
    ];
    let is_drive = matches!(text, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let is_rooted =
        heads.iter().any(|head| text.starts_with(head)) && !Strength::of(text).is_random();
    let slashes = text.iter().filter(|byte| **byte == b'/').count();
    is_drive
        || is_rooted
        || tails.iter().any(|tail| text.ends_with(tail))
        || text.windows(3).any(|window| window == b"://")
        || slashes > 0 && Strength::of(text).is_wordlike()
}

/// `config.api.key1`, `request->password`, `tokens[0]`: names, not quoted, with what joins them.
fn is_chain(text: &[u8], is_quoted: bool) -> bool {
    if is_quoted || !text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
        return false;
    }
    let joins = text.windows(2).any(|pair| match pair {
        [b'.' | b'[', next] => next.is_ascii_alphanumeric() || b"'\"_".contains(next),
        [b'-', b'>'] | [b':', b':'] | [b'?', b'.'] => true,
        _ => false,
    });
    let is_name =
        text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]'\"->:?()".contains(byte));
    let is_member = OWNERS.iter().any(|owner| text.starts_with(owner));
    joins && is_name && (is_member || !Strength::of(text).is_random())
}

/// An address, a date, a time, a version, a number with a unit.
fn is_plain_datum(text: &[u8]) -> bool {
    let is_number = text.iter().all(|byte| byte.is_ascii_digit() || b".,:-+/% TZ".contains(byte))
        && text.iter().any(|byte| b".,:-/".contains(byte));
    is_number || is_email(text)
}

fn is_email(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|byte| *byte == b'@') else { return false };
    at > 0
        && domain::parse(text, at + 1).is_some_and(|name| name.end == text.len() && name.is_known)
}

/// What members are taken of, in code.
const OWNERS: [&[u8]; 12] = [
    b"self.",
    b"this.",
    b"config.",
    b"settings.",
    b"req.",
    b"request.",
    b"process.",
    b"os.",
    b"app.",
    b"ctx.",
    b"args.",
    b"options.",
];

/// Whether it has the form of a UUID (RFC 9562, section 4).
pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
