//! Addresses of Bitcoin and Ethereum, whose check is a hash: `checksum::address` with SHA-256 and Keccak-256.

use sha3::{Digest, Keccak256};

use super::prf::sha256;
use crate::checksum::address;

/// Whether a text, its letter case as written, is an address of Bitcoin's main network.
pub(crate) fn is_bitcoin(text: &[u8]) -> bool {
    address::is_bitcoin(text, sha256)
}

/// Whether the 40 hexadecimal digits of an Ethereum address, without their `0x`, have the letter case that their hash gives them.
pub(crate) fn is_ethereum(digits: &[u8]) -> bool {
    address::is_ethereum(digits, |bytes| Keccak256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The examples of ERC-55.
    #[test]
    fn letter_case_is_checked() {
        let all = [
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
            "52908400098527886E0F7030069857D2E4169EE7",
            "de709f2102306220921060314715629080e2fb77",
        ];
        for text in all {
            assert!(is_ethereum(text.as_bytes()), "{text}");
            let last = text.len() - 1;
            assert!(!is_ethereum(&text.as_bytes()[..last]), "{text}");
        }
        for text in [
            "5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
            "gB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        ] {
            assert!(!is_ethereum(text.as_bytes()), "{text}");
        }
    }

    /// The address of the first block, and the example of the Bitcoin Wiki for P2SH.
    #[test]
    fn known_addresses() {
        for text in ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"] {
            assert!(is_bitcoin(text.as_bytes()), "{text}");
        }
        for text in
            ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "2A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1", "3"]
        {
            assert!(!is_bitcoin(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn addresses_are_judged_as_the_vectors_say() {
        let text = include_str!("../../../tests/vectors/identifiers.json");
        let document: Value = serde_json::from_str(text).unwrap();
        let addresses = &document["addresses"];
        for (list, valid) in [("valid", true), ("invalid", false)] {
            let texts = addresses[list].as_array().unwrap();
            assert!(texts.len() >= 200, "{list}");
            for text in texts.iter().filter_map(Value::as_str) {
                assert_eq!(is_bitcoin(text.as_bytes()), valid, "{text}");
            }
        }
    }
}
