//! Secrets in URLs: user and password before the host, and webhooks, whose path is the secret.

use super::Found;
use super::filler::{fills, is_no_value};
use super::reference::refers;
use crate::detect::hit::Grade;
use crate::detect::rules::Finder;

/// The user and password (RFC 3986, section 3.2.1) between `start`, behind `//`, and the `@` at `at`.
pub(in crate::detect) fn userinfo(value: &[u8], start: usize, at: usize) -> Option<Found> {
    let pair = value.get(start..at)?;
    // Of several `@` the last one counts.
    let behind = value.get(at + 1..value.len().min(at + HOST))?;
    if behind.iter().find(|byte| ends(byte) || **byte == b'@') == Some(&b'@') {
        return None;
    }
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let password = pair.get(colon + 1..)?;
    if pair.iter().any(ends) || password.len() < 4 || is_placeholder(password) {
        return None;
    }
    Some(Found::new(Finder::SecretToken, start, at, Grade::checked(88)))
}

/// Whether a byte ends what stands before the path of a URL.
fn ends(byte: &u8) -> bool {
    *byte <= b' ' || b"/?#\"'<>`".contains(byte)
}

/// What stands in documentation where a password would.
fn is_placeholder(password: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    refers(password, false)
        || is_no_value(password)
        || fills(password) && password.len() > 4
        || password.iter().all(is_name)
        || password.starts_with(b"*")
        || password.starts_with(b"[")
        || password.eq_ignore_ascii_case(b"pass")
        || password.eq_ignore_ascii_case(b"pwd")
}

/// The webhook whose host ends with the `.com` at `at`.
pub(in crate::detect) fn webhook(value: &[u8], at: usize) -> Option<Found> {
    let rest = value.get(at + DOT_COM..)?;
    if !matches!(rest, [b'/', b'a' | b'h' | b's' | b't' | b'w', ..]) {
        return None;
    }
    let host = value.get(at.saturating_sub(HOST)..at)?;
    let hook = HOOKS.iter().find(|hook| rest.starts_with(hook.path.as_bytes()))?;
    if !host.ends_with(hook.host.as_bytes()) {
        return None;
    }
    let path = rest.get(hook.path.len()..)?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_@".contains(byte);
    let mut len = path.iter().take(PATH).take_while(|byte| is_part(byte)).count();
    while len > 0 && path.get(len - 1) == Some(&b'/') {
        len -= 1;
    }
    let mut parts = path.get(..len)?.split(|byte| *byte == b'/');
    let last = parts.next_back()?;
    let is_whole = parts.count() + 1 >= hook.parts && last.len() >= LEAST_KEY && len < PATH;
    // `T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX` of Slack's documentation.
    let is_reserved = path.starts_with(b"T00000000/B00000000/");
    if !is_whole || (fills(last) && !is_reserved) {
        return None;
    }
    let start = scheme_start(value, at - hook.host.len());
    let end = at + DOT_COM + hook.path.len() + len;
    Some(Found::new(hook.finder, start, end, Grade::checked(95).reserved(is_reserved)))
}

/// Where the URL begins whose host ends with the name at `host`.
fn scheme_start(value: &[u8], host: usize) -> usize {
    let from = host.saturating_sub(HOST);
    let before = value.get(from..host).unwrap_or_default();
    let name =
        before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"-.".contains(b)).count();
    let start = host - name;
    [&b"https://"[..], b"http://"]
        .iter()
        .find(|scheme| value.get(..start).is_some_and(|before| before.ends_with(scheme)))
        .map_or(start, |scheme| start - scheme.len())
}

/// A webhook's host before `.com`, its path, and how many parts follow.
struct Hook {
    host: &'static str,
    path: &'static str,
    parts: usize,
    finder: Finder,
}

static HOOKS: &[Hook] = &[
    Hook { host: "hooks.slack", path: "/services/", parts: 3, finder: Finder::SlackToken },
    Hook { host: "hooks.slack", path: "/workflows/", parts: 4, finder: Finder::SlackToken },
    Hook { host: "hooks.slack", path: "/triggers/", parts: 3, finder: Finder::SlackToken },
    Hook { host: "discord", path: "/api/webhooks/", parts: 2, finder: Finder::SecretToken },
    Hook { host: "discordapp", path: "/api/webhooks/", parts: 2, finder: Finder::SecretToken },
    Hook { host: "office", path: "/webhookb2/", parts: 4, finder: Finder::SecretToken },
    Hook { host: "zapier", path: "/hooks/catch/", parts: 2, finder: Finder::SecretToken },
];

const DOT_COM: usize = 4;
const HOST: usize = 64;
const PATH: usize = 200;
const LEAST_KEY: usize = 6;
