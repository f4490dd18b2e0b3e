//! Lower-case hexadecimal (RFC 4648, section 8).

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(HEX[usize::from(digit)]))
        .collect()
}

/// Appends lower-case hexadecimal.
pub(crate) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(bytes.iter().flat_map(|byte| pair_of(*byte)));
}

/// The two characters of a byte.
pub(crate) fn pair_of(byte: u8) -> [u8; 2] {
    PAIRS[usize::from(byte)]
}

/// The 32 bytes that a text of 64 lower-case hexadecimal characters writes.
pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| HEX.contains(&b)) {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The two characters of each byte.
const PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [HEX[byte / 16], HEX[byte % 16]];
        byte += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * 8).unwrap());
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        assert_eq!(hex(&[0, 0x7f, 0xff]), "007fff");
        let mut pushed = b"-".to_vec();
        push_hex(&bytes, &mut pushed);
        assert_eq!(pushed, format!("-{}", hex(&bytes)).into_bytes());
        for text in ["", "00", &"0".repeat(63), &"G".repeat(64), &"A".repeat(64), &"é".repeat(32)]
        {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }
}
