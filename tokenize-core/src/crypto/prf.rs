//! HMAC-SHA256 (RFC 2104) and SHA-256 (FIPS 180-4).
//!
//! # Security
//! [`Prf`] is a pseudorandom function: without the key its tags say nothing of the messages, but equal messages have equal
//! tags. Compare tags with [`Prf::verify`], which takes the same time wherever they differ.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest;
use subtle::ConstantTimeEq;

pub(super) use sha2::Sha256;

use crate::secret::Secret;

/// HMAC-SHA256 under one key, which is wiped when this is dropped.
///
/// The key is hashed once; each message starts from a copy of that state.
pub(crate) struct Prf(Hmac<Sha256>);

impl Prf {
    /// HMAC under `key`.
    pub(crate) fn new(key: &Secret) -> Self {
        Self::from_bytes(key.expose())
    }

    fn from_bytes(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of every length"))
    }

    /// The tag of `message`.
    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut state = self.0.clone();
        state.update(message);
        state.finalize().into_bytes().into()
    }

    /// Whether `tag` is the tag of `message`, in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8; 32]) -> bool {
        self.tag(message).ct_eq(tag).into()
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
