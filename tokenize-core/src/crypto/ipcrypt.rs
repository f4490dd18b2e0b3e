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

    /// Encrypts or decrypts addresses; IPv4 stays IPv4 and IPv6 stays IPv6.
    ///
    /// An IPv4 address, and the IPv6 address that it is mapped to, have the same token, each in its own form.
    pub(crate) fn apply(&self, direction: Direction, addresses: &mut [IpAddr]) {
        let bits = |address: &IpAddr| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        };
        for is_mapped in [true, false] {
            let of = |address: &&mut IpAddr| (bits(address) >> 32 == MAPPED) == is_mapped;
            let mut these: Vec<&mut IpAddr> = addresses.iter_mut().filter(of).collect();
            for these in these.chunks_mut(LANES) {
                let mut numbers: Vec<u128> = these.iter().map(|address| bits(address)).collect();
                self.turn(direction, &mut numbers, if is_mapped { 96 } else { 0 });
                for (address, bits) in these.iter_mut().zip(numbers) {
                    let [.., a, b, c, d] = bits.to_be_bytes();
                    **address = match address {
                        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
                        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
                    };
                }
            }
        }
    }

    /// Turns the bits after the first `kept`, bit by bit: to decrypt, each needs the ones before it in clear. So rows, not bits, go through
    /// AES together.
    fn turn(&self, direction: Direction, addresses: &mut [u128], kept: u32) {
        let mut clear = addresses.to_vec();
        let mut blocks = vec![[0; 16]; addresses.len()];
        for length in kept..128 {
            for (block, clear) in blocks.iter_mut().zip(&clear) {
                *block = padded(*clear, length);
            }
            let mut others = blocks.clone();
            self.first.encrypt(&mut blocks);
            self.second.encrypt(&mut others);
            let rows = addresses.iter_mut().zip(&mut clear).zip(blocks.iter().zip(&others));
            for ((address, clear), (one, other)) in rows {
                let mask = pad_bit(one, other) << (127 - length);
                *address ^= mask;
                if direction == Direction::Decrypt {
                    *clear ^= mask;
                }
            }
        }
    }
}

/// Addresses that go through AES together: a multiple of what its widest pipeline takes at once.
const LANES: usize = 128;

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
