//! Tokens and keys whose form says what they are.

use super::*;

/// Where tokens stand.
const PLACES: [&str; 14] = [
    "{}",
    "it is {}.",
    "({})",
    "TOKEN={}",
    "export X='{}'\n",
    "{\"t\": \"{}\", \"n\": 1}",
    "-H \"X-Y: {}\"",
    "<t>{}</t>",
    "`{}`",
    "a,{},b",
    "https://x.invalid/?t={}&u=1",
    "t: {}; u: 2",
    "[{}](y)",
    "2024-05-14T19:57:58Z INFO sent {} to 3",
];

/// The same as people and machines mangle them.
const TWINS: [&str; 12] = [
    "\u{201c}{}\u{201d}",
    "{\\\"t\\\":\\\"{}\\\"}",
    "a\\n{}\\nb",
    "a\r\n{}\r\nb",
    "t\u{ff1a}{}",
    "\u{200b}{}\u{200b} x",
    "\u{feff}{}",
    "t\u{a0}{}\u{a0}u",
    "&quot;{}&quot;",
    "«{}»",
    "%22{}%22",
    "*{}*",
];

#[track_caller]
fn check_all(entity: &str, token: &str) {
    for place in PLACES.iter().chain(&TWINS) {
        check(entity, place, token);
    }
    // Unseen characters inside.
    let (head, tail) = token.split_at(token.len() / 2);
    check(entity, "x {} y", &format!("{head}\u{200b}{tail}"));
}

fn base64url(bytes: &str) -> String {
    let bits: Vec<u8> =
        bytes.bytes().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |bits: &[u8]| {
        let index = bits.iter().fold(0, |n, bit| n << 1 | usize::from(*bit)) << (6 - bits.len());
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char::from(alphabet[index])
    };
    bits.chunks(6).map(digit).collect()
}

fn jwt(header: &str, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", base64url(header), base64url(payload))
}

#[test]
fn jwt_in_all_places() {
    let signature = noise(URL_SAFE, 43, 1);
    check_all("JWT", &jwt(r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"sub":"41","iat":1}"#, &signature));
    check("JWT", "a {} b", &jwt(r#"{"typ":"JWT", "alg" : "ES256"}"#, r#"{"a":1}"#, &signature));
    check("JWT", "a {} b", &jwt(r#"{"alg":"none"}"#, r#"{"sub":"41"}"#, ""));
    check(
        "JWT",
        "Authorization: Bearer {}",
        &jwt(r#"{"alg":"RS256"}"#, r#"{"a":1}"#, &noise(URL_SAFE, 342, 2)),
    );
    let parts = [342, 16, 80, 22].map(|len| noise(URL_SAFE, len, 3)).join(".");
    let header = base64url(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#);
    check("JWT", "jwe {}.", &format!("{header}.{parts}"));
    let public = jwt(
        r#"{"alg":"HS256"}"#,
        r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#,
        &signature,
    );
    assert!(check("JWT", "x {}", &public).reserved);
}

#[test]
fn aws() {
    for (prefix, seed) in [("AKIA", 1), ("ASIA", 2), ("ABIA", 3), ("ACCA", 4)] {
        check_all("AWS_ACCESS_KEY", &format!("{prefix}{}", noise(BASE32, 16, seed)));
    }
    let example = concat!("AKIA", "IOSFODNN7", "EXAMPLE");
    assert!(check("AWS_ACCESS_KEY", "id {}", example).reserved);
    check("AWS_ACCESS_KEY", "no digit: {}", concat!("ASIA", "QWMNBVLKJHGFDSAZ"));
}

#[test]
fn github() {
    for (prefix, seed) in [("ghp_", 1), ("gho_", 2), ("ghu_", 3), ("ghs_", 4), ("ghr_", 5)] {
        check_all("GITHUB_TOKEN", &format!("{prefix}{}", noise(BASE62, 36, seed)));
    }
    check_all(
        "GITHUB_TOKEN",
        &format!("github_pat_{}_{}", noise(BASE62, 22, 1), noise(BASE62, 59, 2)),
    );
    let summed = concat!("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17");
    assert!(check("GITHUB_TOKEN", "x {}", summed).score > 0.94);
    // The address that it makes with the host gives way.
    check("GITHUB_TOKEN", "git clone https://{}@github.com/o/r.git", summed);
}

#[test]
fn slack() {
    let (a, b) = (noise(DIGITS, 12, 1), noise(DIGITS, 13, 2));
    check_all("SLACK_TOKEN", &format!("xoxb-{a}-{b}-{}", noise(BASE62, 24, 3)));
    check_all("SLACK_TOKEN", &format!("xoxp-{a}-{a}-{b}-{}", noise(HEX, 32, 4)));
    check_all(
        "SLACK_TOKEN",
        &format!("xapp-1-A{}-{b}-{}", noise(BASE32, 10, 5), noise(HEX, 64, 6)),
    );
    check_all("SLACK_TOKEN", &format!("xoxe.xoxp-1-{}", noise(BASE62, 160, 7)));
    let hook = concat!("https://hooks.slack", ".com/services/");
    let parts = [noise(BASE32, 9, 8), noise(BASE32, 11, 9), noise(BASE62, 24, 10)].join("/");
    for place in ["{}", "\"{}\"", "url: {}\n", "curl {} -d x", "({})"] {
        check("SLACK_TOKEN", place, &format!("{hook}{parts}"));
    }
    let example = format!("{hook}T00000000/B00000000/{}", "X".repeat(24));
    assert!(check("SLACK_TOKEN", "{}", &example).reserved);
}

#[test]
fn google() {
    for seed in 1..6 {
        check_all("GOOGLE_API_KEY", &format!("AIza{}", noise(BASE62, 35, seed)));
    }
    let key = format!("AIza{}-{}", noise(LETTERS, 10, 1), noise(BASE62, 24, 2));
    check("GOOGLE_API_KEY", "https://maps.googleapis.com/maps/api/js?key={}&callback=i", &key);
}

#[test]
fn vendors() {
    let tokens = [
        ("sk_live_", BASE62, 24),
        ("rk_live_", BASE62, 99),
        ("sk_test_", BASE62, 24),
        ("sk-ant-api03-", BASE62, 95),
        ("sk-proj-", BASE62, 48),
        ("glpat-", BASE62, 20),
        ("npm_", BASE62, 36),
        ("pypi-AgEIcHlwaS5vcmc", URL_SAFE, 150),
        ("hf_", LETTERS, 34),
        ("shpat_", HEX, 32),
        ("dop_v1_", HEX, 64),
        ("key-", HEX, 32),
        ("AGE-SECRET-KEY-1", BASE32, 58),
        ("EAACEdEose0cBA", BASE62, 90),
        ("ya29.a0", BASE62, 120),
        ("dckr_pat_", BASE62, 27),
        ("GOCSPX-", BASE62, 28),
        ("hvs.", BASE62, 90),
        ("glsa_", BASE62, 41),
        ("whsec_", BASE62, 32),
    ];
    for (seed, (prefix, alphabet, len)) in (1..).zip(tokens) {
        check_all("GENERIC_SECRET", &format!("{prefix}{}", noise(alphabet, len, seed)));
    }
    check_all("GENERIC_SECRET", &format!("SG.{}.{}", noise(BASE62, 22, 1), noise(BASE62, 43, 2)));
    check("GENERIC_SECRET", "/bot{}/getMe", &format!("123456789:AA{}", noise(BASE62, 33, 3)));
}

fn pem(label: &str, line_break: &str, end: bool) -> String {
    let body: Vec<String> = (0..12).map(|line| noise(BASE64, 64, line)).collect();
    let body = body.join(line_break);
    let end = if end { format!("{line_break}-----END {label}-----") } else { String::new() };
    format!("-----BEGIN {label}-----{line_break}{body}{end}")
}

#[test]
fn private_keys() {
    let kinds = ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "];
    for kind in kinds {
        let label = format!("{kind}PRIVATE KEY");
        for line_break in
            ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", " ", "\n    ", "\",\n\"", "\\n\" +\n  \""]
        {
            for place in [
                "{}",
                "key: |\n  {}\nnext: 1",
                "{\"k\": \"{}\\n\"}",
                "x='{}'",
                "\u{feff}{}",
                "\u{ff1a}{}",
            ] {
                let found = check("PRIVATE_KEY", place, &pem(&label, line_break, true));
                assert!(found.score > 0.98);
            }
            check("PRIVATE_KEY", "log: {}", &pem(&label, line_break, false));
            check("PRIVATE_KEY", "log: {}\\n\"}", &pem(&label, line_break, false));
        }
    }
    let label = "PGP PRIVATE KEY BLOCK";
    check(
        "PRIVATE_KEY",
        "{}\n",
        &pem(label, "\n", true).replacen('\n', "\nVersion: GnuPG v2.0.22 (GNU/Linux)\n\n", 1),
    );
    let headers =
        format!("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{}\n\n", noise(HEX, 32, 1));
    check("PRIVATE_KEY", "{}", &pem("RSA PRIVATE KEY", "\n", true).replacen('\n', &headers, 1));
    let ssh2 = pem("SSH2 ENCRYPTED PRIVATE KEY", "\n", true)
        .replace("-----", "---- ")
        .replace("EY---- ", "EY ----");
    check("PRIVATE_KEY", "{}", ssh2.trim());
}
