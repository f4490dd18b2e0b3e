//! AES-256-GCM-SIV (RFC 8452): authenticated encryption that survives a repeated nonce.
//!
//! # Security
//! Only the length of a plaintext shows, and, should a nonce repeat under one key, whether plaintext and associated data
//! are equal too. With random nonces one key seals at most 2^32 messages (RFC 8452, section 9, and `docs/format.md`,
//! section 7).

use aes_gcm_siv::aead::AeadInOut;
use aes_gcm_siv::aes::Aes256Enc;
use aes_gcm_siv::{AesGcmSiv, KeyInit};
use zeroize::Zeroize;

use crate::secret::Secret;

/// The bytes of a nonce: RFC 8452, section 4.
pub(crate) const NONCE_LENGTH: usize = 12;
/// The bytes of a tag: RFC 8452, section 4.
pub(crate) const TAG_LENGTH: usize = 16;

/// AES-256-GCM-SIV under one key, which is wiped when this is dropped. Made once, used for many cells.
///
/// Each nonce has keys of its own, so schedules are made cell by cell: for encryption only, since no mode here decrypts blocks.
pub(crate) struct Aead(Box<AesGcmSiv<Aes256Enc>>);

impl Aead {
    /// The cipher under `key`.
    pub(crate) fn new(key: &Secret) -> Self {
        Self(Box::new(AesGcmSiv::new(key.expose().into())))
    }

    /// Appends the ciphertext of `plaintext` and its tag to `out`.
    ///
    /// # Errors
    /// [`SealError`] if plaintext or associated data has more than 2^36 bytes; `out` is as before.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LENGTH],
        aad: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let start = out.len();
        out.reserve(plaintext.len() + TAG_LENGTH);
        out.extend_from_slice(plaintext);
        match self.0.encrypt_inout_detached(nonce.into(), aad, out[start..].as_mut().into()) {
            Ok(tag) => {
                out.extend_from_slice(&tag);
                Ok(())
            }
            Err(_) => {
                wipe_from(out, start);
                Err(SealError)
            }
        }
    }

    /// Appends to `out` the plaintext of `sealed`, which is ciphertext and tag.
    ///
    /// # Errors
    /// [`OpenError`], whatever the reason; `out` is as before.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LENGTH],
        aad: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), OpenError> {
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG_LENGTH>().ok_or(OpenError)?;
        let start = out.len();
        out.extend_from_slice(ciphertext);
        let opened = self.0.decrypt_inout_detached(
            nonce.into(),
            aad,
            out[start..].as_mut().into(),
            tag.into(),
        );
        opened.map_err(|_| {
            wipe_from(out, start);
            OpenError
        })
    }
}

/// Cuts `out` back to `start` bytes and leaves nothing of the rest in its memory.
fn wipe_from(out: &mut Vec<u8>, start: usize) {
    out[start..].zeroize();
    out.truncate(start);
}

/// Something cannot be opened: another key, nonce or associated data, or altered bytes. Which, is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be decrypted")]
pub(crate) struct OpenError;

/// Something is too long to be sealed: RFC 8452, section 6, allows 2^36 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than AES-GCM-SIV allows")]
pub(crate) struct SealError;

#[cfg(test)]
mod tests;
