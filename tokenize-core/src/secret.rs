//! Bytes that are wiped: keys and what keys are made of.
//!
//! A [`Secret`] is never cloned, compared in variable time, printed or serialized. Start at [`Secret::random`].

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A 32-byte secret on the heap, wiped when dropped.
///
/// `Debug` prints no content; there is no `Clone`, `PartialEq` or serialization. Compare with [`Secret::same_as`].
pub struct Secret(Box<[u8; 32]>);

impl Secret {
    /// 32 bytes of operating-system randomness.
    ///
    /// # Errors
    /// Returns [`RandomnessUnavailable`] if the operating system has none to give.
    pub fn random() -> Result<Self, RandomnessUnavailable> {
        let mut bytes = Box::new([0; 32]);
        random_bytes(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// Takes a secret over from `bytes`, which are wiped.
    #[must_use]
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let own = Box::new(*bytes);
        bytes.zeroize();
        Self(own)
    }

    /// The bytes, for a primitive to use. They must not be copied anywhere that is not wiped.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Shows the bytes to `use_bytes`: for a [`Kms`](crate::keys::Kms) that must send a key to its service.
    ///
    /// # Security
    /// Every copy that `use_bytes` makes is yours to wipe, and must not reach a log, an error or a file.
    pub fn dangerous_with_bytes<T>(&self, use_bytes: impl FnOnce(&[u8; 32]) -> T) -> T {
        use_bytes(&self.0)
    }

    /// Whether both hold the same bytes, in constant time.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_ref()).into()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Fills `out` with operating-system randomness.
///
/// # Errors
/// Returns [`RandomnessUnavailable`] if the operating system has none to give.
pub(crate) fn random_bytes(out: &mut [u8]) -> Result<(), RandomnessUnavailable> {
    getrandom::fill(out).map_err(|_| RandomnessUnavailable)
}

/// The operating system could not provide random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system provides no randomness")]
pub struct RandomnessUnavailable;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::take(&mut [0x41; 32]);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn taking_wipes_the_source() {
        let mut bytes = [7; 32];
        let secret = Secret::take(&mut bytes);
        assert_eq!(bytes, [0; 32]);
        assert_eq!(secret.expose(), &[7; 32]);
    }

    #[test]
    fn random_secrets_differ() {
        let (a, b) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert!(!a.same_as(&b));
        assert!(a.same_as(&a));
    }
}
