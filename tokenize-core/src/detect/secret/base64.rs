//! Base64 of both alphabets (RFC 4648, sections 4 and 5) into a buffer on the stack: only beginnings are looked at.

/// What the beginning of a text decodes to, and how many bytes of `buffer` that fills.
pub(super) fn decode<'a, const N: usize>(text: &[u8], buffer: &'a mut [u8; N]) -> Option<&'a [u8]> {
    let (mut bits, mut count, mut len) = (0_u32, 0_u32, 0);
    for byte in text.iter().take_while(|byte| **byte != b'=') {
        bits = bits << 6 | u32::from(digit(*byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            let Some(to) = buffer.get_mut(len) else { break };
            *to = (bits >> count & 0xFF) as u8;
            len += 1;
        }
    }
    buffer.get(..len)
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Whether a byte belongs to base64url.
pub(super) fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")]
        {
            assert_eq!(decode(text.as_bytes(), &mut [0; 16]), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode(b"_-8", &mut [0; 4]), Some(&[0xFF, 0xEF][..]));
        assert_eq!(decode(b"a b", &mut [0; 4]), None);
        assert_eq!(decode(b"Zm9vYmFy", &mut [0; 2]), Some(&b"fo"[..]));
    }
}
