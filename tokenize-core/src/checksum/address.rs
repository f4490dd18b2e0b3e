//! Bitcoin addresses of the main network: Base58Check (P2PKH, P2SH) and Bech32 or Bech32m (BIP-173, BIP-350); Ethereum addresses
//! with their sum (ERC-55).
//!
//! Letter case counts here, so a text comes as it is written. Hashes are arguments, since primitives live in the room above.

/// SHA-256 of some bytes.
pub(crate) type Sha256 = fn(&[u8]) -> [u8; 32];

/// Whether a text is an address.
pub(crate) fn is_bitcoin(text: &[u8], sha256: Sha256) -> bool {
    match text {
        [b'1' | b'3', ..] => is_base58_check(text, sha256),
        [b'b', b'c', b'1', data @ ..] => is_segwit(data, false),
        [b'B', b'C', b'1', data @ ..] => is_segwit(data, true),
        _ => false,
    }
}

/// Keccak-256 of some bytes.
pub(crate) type Keccak256 = fn(&[u8]) -> [u8; 32];

/// Whether 40 hexadecimal digits are an address with its sum: a letter is a capital where the hash of all in lower case has a digit of
/// 8 or more.
pub(crate) fn is_ethereum(digits: &[u8], keccak256: Keccak256) -> bool {
    if digits.len() != 40 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let hash = keccak256(&digits.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .iter()
        .zip(nibbles)
        .all(|(digit, nibble)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble > 7))
}

/// One byte of version, 20 of a hash, and the first four of its double SHA-256.
fn is_base58_check(text: &[u8], sha256: Sha256) -> bool {
    let Some(bytes) = base58(text) else { return false };
    let (payload, check) = bytes.split_at(21);
    let right = sha256(&sha256(payload));
    let version = if text.first() == Some(&b'1') { P2PKH } else { P2SH };
    bytes.first() == Some(&version) && right.get(..4) == Some(check)
}

/// The 25 bytes that a text writes, if it writes that many: each leading `1` stands for a zero byte.
fn base58(text: &[u8]) -> Option<[u8; 25]> {
    let mut bytes = [0_u8; 25];
    if text.len() > 35 {
        return None;
    }
    for symbol in text {
        let digit = BASE58.iter().position(|member| member == symbol)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = u8::try_from(carry % 256).ok()?;
            carry /= 256;
        }
        if carry > 0 {
            return None;
        }
    }
    let ones = text.iter().take_while(|symbol| **symbol == b'1').count();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    (ones == zeros).then_some(bytes)
}

/// What follows `bc1`: witness version, program and six check characters, all of one case.
fn is_segwit(data: &[u8], upper: bool) -> bool {
    if data.len() < 8 || data.len() > 71 {
        return false;
    }
    // The human-readable part `bc`, expanded.
    let mut check = [3, 3, 0, 2, 3].into_iter().fold(1, polymod);
    let mut values = [0_u8; 71];
    for (value, symbol) in values.iter_mut().zip(data) {
        let symbol = match (upper, symbol) {
            (true, b'a'..=b'z') | (false, b'A'..=b'Z') => return false,
            _ => symbol.to_ascii_lowercase(),
        };
        let Some(at) = BECH32.iter().position(|member| *member == symbol) else { return false };
        *value = u8::try_from(at).unwrap_or(0);
        check = polymod(check, *value);
    }
    let [version, program @ ..] = values;
    let program = program.get(..data.len() - 7).unwrap_or(&[]);
    let (bytes, left) = (program.len() * 5 / 8, program.len() * 5 % 8);
    let padding = program.last().map_or(0, |last| last & ((1 << left) - 1));
    let length_fits =
        if version == 0 { bytes == 20 || bytes == 32 } else { (2..=40).contains(&bytes) };
    version <= 16
        && length_fits
        && left < 5
        && padding == 0
        && check == if version == 0 { BECH32_END } else { BECH32M_END }
}

/// One step of the checksum of BIP-173.
fn polymod(check: u32, value: u8) -> u32 {
    let top = check >> 25;
    let mut check = (check & 0x01ff_ffff) << 5 ^ u32::from(value);
    for (bit, generator) in GENERATOR.iter().enumerate() {
        if top >> bit & 1 == 1 {
            check ^= generator;
        }
    }
    check
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// BIP-173.
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
const BECH32_END: u32 = 1;
/// BIP-350.
const BECH32M_END: u32 = 0x2bc8_30a3;

const P2PKH: u8 = 0;
const P2SH: u8 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of BIP-173 and BIP-350 for the main network.
    #[test]
    fn segwit_addresses_are_those_of_the_standards() {
        let cases = [
            ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", true),
            ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", true),
            ("BC1SW50QGDZ25J", true),
            ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", true),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", true),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", false),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", false),
            ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", false),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", false),
            ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", false),
            ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", false),
            ("bc1pw5dgrnzv", false),
            ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", false),
            ("bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", false),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", false),
            ("bc1gmk9yu", false),
            ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", false),
            ("bc1", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_bitcoin(text.as_bytes(), |_| [0; 32]), expected, "{text}");
        }
    }
}
