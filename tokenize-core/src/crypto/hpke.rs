//! HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; one message per encapsulation.
//!
//! # Security
//! Whoever has the public key can seal, and nobody learns from a message who did: an opened message is confidential, not
//! authentic. The message of a data key is therefore checked against the data key's commitment by `keys`.

use std::convert::Infallible;

use hpke::aead::{AeadCtxS, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender_with_rng,
};
use zeroize::Zeroizing;

use super::aead::OpenError;
use crate::secret::Secret;

/// The bytes of a public key, and of an encapsulated one.
pub(crate) const PUBLIC_KEY: usize = 32;

/// A key pair made by `DeriveKeyPair` (RFC 9180, section 7.1.3) from secret key material.
pub(crate) struct KeyPair {
    private: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: [u8; PUBLIC_KEY],
}

impl KeyPair {
    /// The key pair of `material`.
    pub(crate) fn derive(material: &Secret) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(material.expose());
        Self { private, public: public.to_bytes().into() }
    }

    pub(crate) fn public(&self) -> &[u8; PUBLIC_KEY] {
        &self.public
    }

    /// Opens `enc ‖ ciphertext`.
    ///
    /// # Errors
    /// [`OpenError`], whatever the reason.
    pub(crate) fn open(&self, info: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (encapsulated, ciphertext) = sealed.split_at_checked(PUBLIC_KEY).ok_or(OpenError)?;
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| OpenError)?;
        let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            info,
        )
        .map_err(|_| OpenError)?;
        context.open(ciphertext, &[]).map(Zeroizing::new).map_err(|_| OpenError)
    }
}

/// Seals `plaintext` to a public key: `enc ‖ ciphertext`. The ephemeral key pair is `DeriveKeyPair(ephemeral)`: 32 fresh random bytes.
///
/// # Errors
/// [`OpenError`] if `public` is no point that X25519 takes.
pub(crate) fn seal(
    public: &[u8; PUBLIC_KEY],
    info: &[u8],
    plaintext: &Secret,
    ephemeral: &Secret,
) -> Result<Vec<u8>, OpenError> {
    let (encapsulated, mut context) = sender(public, info, ephemeral)?;
    let mut sealed = encapsulated.to_vec();
    sealed.extend_from_slice(&context.seal(plaintext.expose(), &[]).map_err(|_| OpenError)?);
    Ok(sealed)
}

/// The encapsulated key and the context that seals to it.
fn sender(
    public: &[u8; PUBLIC_KEY],
    info: &[u8],
    ephemeral: &Secret,
) -> Result<([u8; PUBLIC_KEY], Sender), OpenError> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| OpenError)?;
    let rng = &mut Drawn(ephemeral);
    let (encapsulated, context) =
        setup_sender_with_rng(&OpModeS::Base, &public, info, rng).map_err(|_| OpenError)?;
    let encapsulated: <X25519HkdfSha256 as Kem>::EncappedKey = encapsulated;
    Ok((encapsulated.to_bytes().into(), context))
}

type Sender = AeadCtxS<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;

/// Randomness that was drawn before, where its absence could still be reported: 32 bytes, asked for once.
struct Drawn<'a>(&'a Secret);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = *self.0.expose();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d, e, f, g, h, ..] = *self.0.expose();
        Ok(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        // The one caller is the key pair generation of X25519, which asks for 32 bytes once.
        assert_eq!(out.len(), self.0.expose().len(), "an X25519 key pair takes 32 random bytes");
        out.copy_from_slice(self.0.expose());
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}

#[cfg(test)]
mod tests;
