//! AES on blocks (FIPS 197), the encrypting direction only: every mode here needs no other.

use ::aes::cipher::array::Array;
use ::aes::cipher::consts::U16;
use ::aes::cipher::{BlockCipherEncrypt, KeyInit};
use ::aes::{Aes128Enc, Aes192Enc, Aes256Enc};

use crate::secret::Secret;

/// One AES block.
pub(super) type Block = [u8; 16];

/// A key schedule, wiped when dropped. Boxed so that moving the cipher leaves no copies behind.
pub(super) enum Aes {
    Bits128(Box<Aes128Enc>),
    Bits192(Box<Aes192Enc>),
    Bits256(Box<Aes256Enc>),
}

impl Aes {
    /// AES with a key of 16, 24 or 32 bytes; `None` for any other length.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128Enc::new_from_slice(key).ok().map(|aes| Self::Bits128(Box::new(aes))),
            24 => Aes192Enc::new_from_slice(key).ok().map(|aes| Self::Bits192(Box::new(aes))),
            32 => Aes256Enc::new_from_slice(key).ok().map(|aes| Self::Bits256(Box::new(aes))),
            _ => None,
        }
    }

    /// AES-256 under `key`.
    pub(super) fn aes256(key: &Secret) -> Self {
        Self::Bits256(Box::new(Aes256Enc::new(key.expose().into())))
    }

    /// Encrypts each block by itself, several at a time where the processor can.
    pub(super) fn encrypt(&self, blocks: &mut [Block]) {
        match self {
            Self::Bits128(aes) => encrypt_under(aes.as_ref(), blocks),
            Self::Bits192(aes) => encrypt_under(aes.as_ref(), blocks),
            Self::Bits256(aes) => encrypt_under(aes.as_ref(), blocks),
        }
    }
}

/// The same under any key schedule, such as one that is used for a few blocks and never moved.
pub(super) fn encrypt_under(aes: &impl BlockCipherEncrypt<BlockSize = U16>, blocks: &mut [Block]) {
    aes.encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fips_197_appendix_c() {
        let key: Vec<u8> = (0..32).collect();
        let plain = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes();
        let cases = [
            (16, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a_u128),
            (24, 0xdda9_7ca4_864c_dfe0_6eaf_70a0_ec0d_7191),
            (32, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089),
        ];
        for (length, expected) in cases {
            let mut blocks = vec![plain; 21];
            Aes::new(&key[..length]).unwrap().encrypt(&mut blocks);
            assert_eq!(blocks, vec![expected.to_be_bytes(); 21], "{length}");
        }
        assert!(Aes::new(&key[..31]).is_none());
    }
}
