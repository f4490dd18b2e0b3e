//! Subkeys: HKDF-SHA256 (RFC 5869) with an injective info (`docs/format.md`, section 2).
//!
//! # Security
//! A root key is never used for anything else. Different purposes or parts give independent keys, since [`enc`] maps
//! different lists of parts to different infos.

use hkdf::Hkdf;
use zeroize::Zeroize;

use super::prf::Sha256;
use crate::secret::Secret;

/// Names this version of all derivations; another version derives other keys.
const VERSION: &[u8] = b"tokenize/v1";

/// What a subkey is for. In the order of `docs/format.md`, section 2, where the further parts of each are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Key commitment of a root key.
    Commitment,
    /// HMAC key of a manifest.
    Manifest,
    /// HMAC key of pseudonyms.
    Pseudonymize,
    /// AES-256 key of FF1.
    TokenizeFf1,
    /// AES-256 key of a shuffle.
    TokenizePermutation,
    /// The two AES-128 keys of ipcrypt-pfx.
    TokenizeIpcryptPfx,
    /// AES-256-GCM-SIV key of randomized cells.
    EncryptDataKey,
    /// AES-256-GCM-SIV key of deterministic cells.
    EncryptDeterministic,
    /// HMAC key of the nonces of deterministic cells.
    EncryptNonce,
    /// AES-256-GCM-SIV key of cells under a data key of `key: output`.
    EncryptOutput,
    /// HMAC key of shifts.
    ShiftDate,
    /// HMAC key of stand-ins.
    Surrogate,
    /// HMAC key of the checks of tags in texts.
    TextCheck,
    /// AES-256-GCM-SIV key of what tags in texts seal.
    TextSeal,
    /// HMAC key of the nonces of that.
    TextNonce,
    /// Key material of a writer's X25519 key pair.
    Writer,
}

impl Purpose {
    /// The name that enters the derivation.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Manifest => "manifest",
            Self::Pseudonymize => "pseudonymize",
            Self::TokenizeFf1 => "tokenize/ff1",
            Self::TokenizePermutation => "tokenize/permutation",
            Self::TokenizeIpcryptPfx => "tokenize/ipcrypt-pfx",
            Self::EncryptDataKey => "encrypt/data-key",
            Self::EncryptDeterministic => "encrypt/deterministic",
            Self::EncryptNonce => "encrypt/nonce",
            Self::EncryptOutput => "encrypt/output",
            Self::ShiftDate => "shift_date",
            Self::Surrogate => "surrogate",
            Self::TextCheck => "text/check",
            Self::TextSeal => "text/seal",
            Self::TextNonce => "text/nonce",
            Self::Writer => "writer",
        }
    }
}

/// `enc(p1, …, pk)`: each part after its length in four bytes.
///
/// The length of a part of 2^32 − 1 bytes or more is written as 2^32 − 1. Only a last part can be so long (a cell's
/// plaintext), and a last part needs no length to be told from others, so this stays injective.
pub(crate) fn enc(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// `subkey(root, purpose, part…)`.
pub(crate) fn subkey(root: &Secret, purpose: Purpose, parts: &[&[u8]]) -> Secret {
    let mut all = vec![VERSION, purpose.name().as_bytes()];
    all.extend_from_slice(parts);
    let mut key = [0; 32];
    hkdf_sha256(root.expose(), &[], &enc(&all), &mut key)
        .expect("32 bytes are below the limit of 8160");
    Secret::take(&mut key)
}

/// HKDF-SHA256 with as many bytes of output as `out` has room for; `None` if that is more than 255 hashes.
fn hkdf_sha256(ikm: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> Option<()> {
    let (mut prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), ikm);
    prk.as_mut_slice().zeroize();
    hkdf.expand(info, out).ok()
}

#[cfg(test)]
mod tests;
