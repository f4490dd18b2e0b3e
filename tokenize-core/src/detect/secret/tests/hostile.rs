//! Texts made to be slow. What is quadratic takes minutes for a megabyte; the limit is far above what is linear, also unoptimized.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_megabyte_takes_seconds_at_most() {
    for piece in [
        "=",
        ":",
        "\" = ",
        "password=",
        "password: \"",
        "eyJ",
        "eyJhbGciOiJIUzI1NiJ9.",
        "-eyJhbGciOiJIUzI1NiJ9",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
        "PRIVATE KEY",
        "-a1234567",
        "_ghp_1234567a",
        "xoxb-1234567890-",
        "://@@@@@@@@@@@@@@@@",
        "://a:",
        "Bearer a1b2c3d4e5 ",
        "value: value: ",
        ".com/services/",
        "ssword is ssword ",
        "123456789:AA",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let begun = Instant::now();
        let _ = Detector::standard().detect(&text);
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(8), "{piece:?} took {taken:?}");
    }
}
