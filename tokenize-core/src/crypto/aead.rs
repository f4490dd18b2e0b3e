//! AES-256-GCM-SIV (RFC 8452): authenticated encryption that survives a repeated nonce.
//!
//! # Security
//! Only the length of a plaintext shows, and, should a nonce repeat under one key, whether plaintext and associated data
//! are equal too. With random nonces one key seals at most 2^32 messages (RFC 8452, section 9, and `docs/format.md`,
//! section 7).

use aes_gcm_siv::aead::AeadInOut;
use aes_gcm_siv::aes::Aes256Enc;
use aes_gcm_siv::{AesGcmSiv, KeyInit};
use polyval::Polyval;
use polyval::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::block::{Aes, Block, encrypt_under};
use crate::secret::Secret;

/// The bytes of a nonce: RFC 8452, section 4.
pub(crate) const NONCE_LENGTH: usize = 12;
/// The bytes of a tag: RFC 8452, section 4.
pub(crate) const TAG_LENGTH: usize = 16;
/// The most bytes of a plaintext and of associated data: RFC 8452, section 6.
const LENGTH_MAX: u64 = 1 << 36;

/// AES-256-GCM-SIV under one key, which is wiped when this is dropped. Made once, used for many cells.
pub(crate) struct Aead {
    /// The key-generating key.
    keys: Aes,
    /// For messages that come alone.
    single: Box<AesGcmSiv<Aes256Enc>>,
}

impl Aead {
    /// The cipher under `key`.
    pub(crate) fn new(key: &Secret) -> Self {
        let single = Box::new(AesGcmSiv::new(key.expose().into()));
        Self { keys: Aes::aes256(key), single }
    }

    /// The keys of nonces (RFC 8452, section 4): a third of what a short cell costs, and cheap for many at a time.
    pub(crate) fn nonce_keys(&self, nonces: &[[u8; NONCE_LENGTH]]) -> Vec<NonceKeys> {
        let of = |nonce: &[u8; NONCE_LENGTH]| {
            let nonce = *nonce;
            (0..6_u32).map(move |counter| {
                let mut block = [0; 16];
                block[..4].copy_from_slice(&counter.to_le_bytes());
                block[4..].copy_from_slice(&nonce);
                block
            })
        };
        let mut blocks: Vec<Block> = nonces.iter().flat_map(of).collect();
        self.keys.encrypt(&mut blocks);
        let keys = blocks.as_chunks::<6>().0.iter().zip(nonces).map(|(blocks, nonce)| {
            let mut keys = NonceKeys { mac: [0; 16], cipher: [0; 32], nonce: *nonce };
            let (mac, cipher) = blocks.split_at(2);
            keys.mac.as_chunks_mut::<8>().0.iter_mut().zip(mac).for_each(half);
            keys.cipher.as_chunks_mut::<8>().0.iter_mut().zip(cipher).for_each(half);
            keys
        });
        let keys = keys.collect();
        blocks.zeroize();
        keys
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
        self.nonce_keys(&[*nonce]).iter().try_for_each(|keys| keys.seal(aad, plaintext, out))
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
        let text = out[start..].as_mut().into();
        let opened = self.single.decrypt_inout_detached(nonce.into(), aad, text, tag.into());
        opened.map_err(|_| {
            wipe_from(out, start);
            OpenError
        })
    }
}

/// The first half of a block.
fn half((to, block): (&mut [u8; 8], &Block)) {
    to.copy_from_slice(&block[..8]);
}

/// The keys of one nonce.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct NonceKeys {
    mac: [u8; 16],
    cipher: [u8; 32],
    nonce: [u8; NONCE_LENGTH],
}

impl NonceKeys {
    /// Appends the ciphertext of `plaintext` and its tag to `out` (RFC 8452, section 4).
    ///
    /// # Errors
    /// As [`Aead::seal`].
    pub(crate) fn seal(
        &self,
        aad: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let cipher = Aes256Enc::new((&self.cipher).into());
        let tag = self.tag(&cipher, aad, plaintext).ok_or(SealError)?;
        let start = out.len();
        out.extend_from_slice(plaintext);
        combine(&cipher, &tag, &mut out[start..]);
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// Appends to `out` the plaintext of `sealed`, which is ciphertext and tag (RFC 8452, section 5).
    ///
    /// # Errors
    /// As [`Aead::open`].
    pub(crate) fn open(
        &self,
        aad: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), OpenError> {
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG_LENGTH>().ok_or(OpenError)?;
        let cipher = Aes256Enc::new((&self.cipher).into());
        let start = out.len();
        out.extend_from_slice(ciphertext);
        combine(&cipher, tag, &mut out[start..]);
        let expected = self.tag(&cipher, aad, &out[start..]);
        if expected.is_some_and(|expected| expected.ct_eq(tag).into()) {
            return Ok(());
        }
        wipe_from(out, start);
        Err(OpenError)
    }

    /// The tag of a plaintext; `None` if it or the associated data is too long.
    fn tag(&self, cipher: &Aes256Enc, aad: &[u8], plaintext: &[u8]) -> Option<Block> {
        let lengths = [aad.len() as u64, plaintext.len() as u64];
        if lengths.iter().any(|length| *length > LENGTH_MAX) {
            return None;
        }
        let mut polyval = Polyval::new((&self.mac).into());
        polyval.update_padded(aad);
        polyval.update_padded(plaintext);
        let [aad_bits, bits] = lengths.map(|length| u128::from(length * 8));
        polyval.update(&[(aad_bits | (bits << 64)).to_le_bytes().into()]);
        let mut tag: [Block; 1] = [polyval.finalize().into()];
        tag[0].iter_mut().zip(&self.nonce).for_each(|(byte, nonce)| *byte ^= nonce);
        tag[0][15] &= 0x7f;
        encrypt_under(cipher, &mut tag);
        Some(tag[0])
    }
}

/// Combines a text with the key stream that begins at a tag.
fn combine(cipher: &Aes256Enc, tag: &Block, text: &mut [u8]) {
    let mut counter = *tag;
    counter[15] |= 0x80;
    for part in text.chunks_mut(LONG * 16) {
        match part.len().div_ceil(16) {
            0..=SHORT => stream::<SHORT>(cipher, &mut counter, part),
            _ => stream::<LONG>(cipher, &mut counter, part),
        }
    }
}

/// Combines at most `N` blocks with the key stream: AES of a counter whose first four bytes count up, little-endian.
fn stream<const N: usize>(cipher: &Aes256Enc, counter: &mut Block, part: &mut [u8]) {
    let mut room = [[0; 16]; N];
    let blocks = &mut room[..part.len().div_ceil(16)];
    let [a, b, c, d, rest @ ..] = *counter;
    let mut count = u32::from_le_bytes([a, b, c, d]);
    for block in blocks.iter_mut() {
        block[..4].copy_from_slice(&count.to_le_bytes());
        block[4..].copy_from_slice(&rest);
        count = count.wrapping_add(1);
    }
    counter[..4].copy_from_slice(&count.to_le_bytes());
    encrypt_under(cipher, blocks);
    part.iter_mut().zip(blocks.as_flattened()).for_each(|(byte, key)| *byte ^= key);
    room.zeroize();
}

/// Blocks of a key stream that are made at a time: for most cells, and for long ones.
const SHORT: usize = 8;
const LONG: usize = 64;

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
