//! Secrets in texts, by [`Detector::detect`]. No secret stands here: all are made of noise when the tests run, so that no
//! scanner of this repository finds any.

mod assignments;
mod hostile;
mod look_alikes;
mod tokens;

use crate::detect::{Detector, Finding};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE62: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE64: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
const URL_SAFE: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";

/// Characters of an alphabet that no one thought up, the same in each run; `seed` tells texts of one length apart.
fn noise(alphabet: &str, len: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (len as u64) << 32 | 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state >> 33).unwrap() % alphabet.len();
            char::from(alphabet.as_bytes()[at])
        })
        .collect()
}

fn is_secret(finding: &Finding) -> bool {
    SECRETS.contains(&&*finding.entity)
}

/// `{}` in the template is the secret; it must be found as this entity, exactly.
#[track_caller]
fn check(entity: &str, template: &str, secret: &str) -> Finding {
    let text = template.replace("{}", secret);
    let start = template.find("{}").unwrap();
    let findings = Detector::standard().detect(&text);
    let found = findings.iter().find(|f| is_secret(f));
    let Some(found) =
        found.filter(|f| *f.entity == *entity && (f.start, f.end) == (start, start + secret.len()))
    else {
        panic!("{entity} in {text:?}: {findings:?}");
    };
    found.clone()
}

/// No secret is found.
#[track_caller]
fn check_none(text: &str) {
    let found: Vec<_> = Detector::standard().detect(text).into_iter().filter(is_secret).collect();
    assert_eq!(found, [], "{text:?}");
}

const SECRETS: [&str; 7] = [
    "JWT",
    "AWS_ACCESS_KEY",
    "GITHUB_TOKEN",
    "SLACK_TOKEN",
    "GOOGLE_API_KEY",
    "PRIVATE_KEY",
    "GENERIC_SECRET",
];
