//! Bitcoin addresses, whose check is a hash: `checksum::address` with SHA-256.

use super::prf::sha256;
use crate::checksum::address;

/// Whether a text, its letter case as written, is an address of Bitcoin's main network.
pub(crate) fn is_bitcoin(text: &[u8]) -> bool {
    address::is_bitcoin(text, sha256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

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
