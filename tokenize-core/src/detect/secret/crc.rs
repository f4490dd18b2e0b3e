//! The check sum of tokens from GitHub and npm: CRC-32 in base 62.
//!
//! "Behind GitHub's new authentication token formats" (GitHub, April 2021): the last six of 36 characters are the CRC-32 of the 30
//! before them, in the digits 0-9, A-Z, a-z.

/// Whether the last six characters of a token's body are the check sum of the others.
pub(super) fn is_valid(body: &[u8]) -> bool {
    let Some((entropy, sum)) = body.split_last_chunk::<6>() else { return false };
    let mut rest = crc32(entropy);
    sum.iter().rev().all(|digit| {
        let expected = DIGITS.get((rest % 62) as usize);
        rest /= 62;
        expected == Some(digit)
    })
}

/// CRC-32 of ISO 3309, bit by bit: tokens are too few and short for a table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xEDB8_8320 }
        })
    })
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        // The body of the token that the documentation of secret scanners passes around.
        assert!(is_valid(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"));
        assert!(!is_valid(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"));
        assert!(!is_valid(b"short"));
    }
}
