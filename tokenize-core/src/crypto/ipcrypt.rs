//! ipcrypt-pfx of draft-denis-ipcrypt: encryption of IP addresses that keeps common prefixes.
//!
//! # Security
//! Two addresses that share exactly their first k bits have tokens that share exactly their first k bits. So subnets stay
//! subnets, which is the purpose, and which lets anyone who knows some address of a subnet recognise the others of it.
//! Nothing is authenticated.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::block::{Aes, Block};
use super::domain::Direction;
use crate::secret::Secret;

/// The first 96 bits of an IPv4-mapped address, `::ffff:0:0/96` (RFC 4291, section 2.5.5.2).
const MAPPED: u128 = 0xffff;

/// ipcrypt-pfx under one key, which is wiped when this is dropped.
pub(crate) struct IpcryptPfx {
    first: Aes,
    second: Aes,
}

impl IpcryptPfx {
    /// The cipher under `key`, which is K1 and then K2.
    ///
    /// # Errors
    /// [`EqualHalves`], as the draft demands; a derived key is never so.
    pub(crate) fn new(key: &Secret) -> Result<Self, EqualHalves> {
        let (first, second) = key.expose().split_at(16);
        if bool::from(subtle::ConstantTimeEq::ct_eq(first, second)) {
            return Err(EqualHalves);
        }
        let (Some(first), Some(second)) = (Aes::new(first), Aes::new(second)) else {
            return Err(EqualHalves);
        };
        Ok(Self { first, second })
    }

    /// Encrypts or decrypts an address; IPv4 stays IPv4 and IPv6 stays IPv6.
    ///
    /// An IPv4 address, and the IPv6 address that it is mapped to, have the same token, each in its own form.
    pub(crate) fn apply(&self, direction: Direction, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(address) => {
                let [.., a, b, c, d] =
                    self.bits(direction, address.to_ipv6_mapped().to_bits()).to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(self.bits(direction, address.to_bits())))
            }
        }
    }

    fn bits(&self, direction: Direction, address: u128) -> u128 {
        let kept = if address >> 32 == MAPPED { 96 } else { 0 };
        match direction {
            Direction::Encrypt => self.encrypt(address, kept),
            Direction::Decrypt => self.decrypt(address, kept),
        }
    }

    /// All prefixes are known beforehand, so that their blocks go through AES together.
    fn encrypt(&self, address: u128, kept: u32) -> u128 {
        let mut blocks = [[0; 16]; 128];
        let blocks = &mut blocks[kept as usize..];
        for (length, block) in (kept..).zip(blocks.iter_mut()) {
            *block = padded(address, length);
        }
        let mut others = blocks.to_vec();
        self.first.encrypt(blocks);
        self.second.encrypt(&mut others);
        let mask = blocks
            .iter()
            .zip(&others)
            .fold(0, |mask, (one, other)| (mask << 1) | pad_bit(one, other));
        address ^ mask
    }

    /// Each bit needs the ones before it in clear.
    fn decrypt(&self, token: u128, kept: u32) -> u128 {
        let mut address = token;
        for length in kept..128 {
            let mut one = [padded(address, length)];
            let mut other = one;
            self.first.encrypt(&mut one);
            self.second.encrypt(&mut other);
            address ^= pad_bit(&one[0], &other[0]) << (127 - length);
        }
        address
    }
}

/// The first `length` bits of an address, right-aligned after a one and zeros.
fn padded(address: u128, length: u32) -> Block {
    let prefix = address.checked_shr(128 - length).unwrap_or(0);
    ((1 << length) | prefix).to_be_bytes()
}

/// The last bit of the exclusive or of both blocks.
fn pad_bit(one: &Block, other: &Block) -> u128 {
    u128::from((one[15] ^ other[15]) & 1)
}

/// Both halves of an ipcrypt-pfx key are the same, which would cancel the two ciphers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the two halves of an ipcrypt-pfx key are equal")]
pub(crate) struct EqualHalves;

#[cfg(test)]
mod tests;
