//! What others would write: a loop over the values of a column.

use std::fmt;

use aes_gcm_siv::aead::Aead;
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use arrow::array::{ArrayRef, BinaryBuilder, StringArray, StringBuilder};
use fpe::ff1::{FF1, FlexibleNumeralString};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;

/// A loop over a crate.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    /// FF1 over the letters and digits of a value.
    Fpe { radix: u32 },
    /// FF1 over the letters and digits before the `@`, with what follows as tweak.
    FpeEmail,
    /// HMAC-SHA256 as hexadecimal.
    Hmac,
    /// AES-256-GCM-SIV with a counter as nonce.
    Siv,
}

impl Peer {
    pub(crate) fn run(self, values: &StringArray) -> ArrayRef {
        match self {
            Self::Fpe { radix } => fpe(values, radix, |text| (text, "")),
            Self::FpeEmail => fpe(values, 36, |text| text.split_once('@').unwrap_or((text, ""))),
            Self::Hmac => hmac(values),
            Self::Siv => siv(values),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fpe { .. } | Self::FpeEmail => "fpe",
            Self::Hmac => "hmac",
            Self::Siv => "aes-gcm-siv",
        })
    }
}

fn fpe(values: &StringArray, radix: u32, parts: fn(&str) -> (&str, &str)) -> ArrayRef {
    let ff1 = FF1::<aes::Aes256>::new(&KEY, radix).expect("a key of 32 bytes");
    let mut out = StringBuilder::new();
    let mut token = String::new();
    for value in values {
        let Some(value) = value else {
            out.append_null();
            continue;
        };
        let (payload, tweak) = parts(value);
        let numerals: Vec<u16> = payload
            .chars()
            .filter_map(|symbol| symbol.to_digit(36))
            .filter_map(|digit| u16::try_from(digit).ok())
            .collect();
        let image = ff1.encrypt(tweak.as_bytes(), &FlexibleNumeralString::from(numerals));
        let image: Vec<u16> = image.expect("long enough for FF1").into();
        let mut image = image.into_iter().filter_map(|n| char::from_digit(u32::from(n), 36));
        token.clear();
        token.extend(payload.chars().map(|symbol| match symbol.is_ascii_alphanumeric() {
            true => image.next().unwrap_or(symbol),
            false => symbol,
        }));
        token.push_str(&value[payload.len()..]);
        out.append_value(&token);
    }
    Arc::new(out.finish())
}

fn hmac(values: &StringArray) -> ArrayRef {
    let keyed = Hmac::<Sha256>::new_from_slice(&KEY).expect("HMAC takes keys of every length");
    let mut out = StringBuilder::new();
    for value in values {
        out.append_option(value.map(|value| {
            let mut state = keyed.clone();
            state.update(value.as_bytes());
            let tag = state.finalize().into_bytes();
            let digits = tag.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            digits
                .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
                .collect::<String>()
        }));
    }
    Arc::new(out.finish())
}

fn siv(values: &StringArray) -> ArrayRef {
    let cipher = Aes256GcmSiv::new(&KEY.into());
    let mut out = BinaryBuilder::new();
    for (row, value) in (0_u64..).zip(values) {
        out.append_option(value.map(|value| {
            let mut nonce = Nonce::default();
            nonce[..8].copy_from_slice(&row.to_le_bytes());
            cipher.encrypt(&nonce, value.as_bytes()).expect("short enough")
        }));
    }
    Arc::new(out.finish())
}

const KEY: [u8; 32] = [7; 32];
