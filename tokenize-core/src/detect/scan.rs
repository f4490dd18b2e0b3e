//! Where something may begin: digits, `@`, `:`, `=`, `\` and bytes beyond ASCII, found 64 bytes at a time.
//!
//! Most blocks of prose hold none of these, and the loop over one block is simple enough for the compiler to vectorize. Only
//! where a block holds one are its places worked out.

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// The places of a block, one bit for each byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    /// Digits.
    pub(super) digits: u64,
    /// Letters and digits.
    pub(super) words: u64,
    /// `@`, `:`, `=` and `\`.
    pub(super) marks: u64,
    /// Bytes that begin a character which may stand for an ASCII one, see [`super::fold`].
    pub(super) foreign: u64,
}

/// The places of a block; `None` if there are none.
pub(super) fn places(block: &[u8; BLOCK]) -> Option<Places> {
    let mut classes = [0_u8; BLOCK];
    let mut any = 0;
    for (class, byte) in classes.iter_mut().zip(block) {
        *class = u8::from(byte.wrapping_sub(b'0') < 10)
            | u8::from(matches!(*byte, b'@' | b':' | b'=' | b'\\')) << 1
            | byte >> 7 << 2;
        any |= *class;
    }
    if any == 0 {
        return None;
    }
    let words = if any & 1 == 0 { 0 } else { words(block) };
    let foreign = if any & 4 == 0 { 0 } else { foreign(block) };
    let places = Places { digits: gather(&classes, 0), words, marks: gather(&classes, 1), foreign };
    (places.digits | places.marks | places.foreign != 0).then_some(places)
}

fn words(block: &[u8; BLOCK]) -> u64 {
    let mut words = [0_u8; BLOCK];
    for (word, byte) in words.iter_mut().zip(block) {
        let is_letter = (*byte | 0x20).wrapping_sub(b'a') < 26;
        *word = u8::from(is_letter || byte.wrapping_sub(b'0') < 10);
    }
    gather(&words, 0)
}

fn foreign(block: &[u8; BLOCK]) -> u64 {
    let mut leads = [0_u8; BLOCK];
    for (lead, byte) in leads.iter_mut().zip(block) {
        *lead = u8::from(matches!(*byte, 0xC2 | 0xD9 | 0xDB | 0xE0 | 0xE1 | 0xE2 | 0xE3 | 0xEF));
    }
    gather(&leads, 0)
}

/// One bit of each byte.
fn gather(bytes: &[u8; BLOCK], bit: u32) -> u64 {
    const LOWEST: u64 = 0x0101_0101_0101_0101;
    // Byte i of a word holds its bit at 8i, and is wanted at 56 + i: a product with bits at 56 - 7i moves each.
    const TO_TOP: u64 = 0x0102_0408_1020_4080;
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().enumerate().fold(0, |all, (i, word)| {
        let word = u64::from_le_bytes(*word) >> bit & LOWEST;
        all | word.wrapping_mul(TO_TOP) >> 56 << (8 * i)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().fold(0, |all, (i, byte)| all | u64::from(is(*byte)) << i)
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255_u8 {
            for place in 0..BLOCK {
                let mut block = [b'x'; BLOCK];
                block[place] = byte;
                let expected = Places {
                    digits: naive(&block, |byte| byte.is_ascii_digit()),
                    words: if byte.is_ascii_digit() { u64::MAX } else { 0 },
                    marks: naive(&block, |byte| b"@:=\\".contains(&byte)),
                    foreign: naive(&block, |byte| {
                        [0xC2, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF].contains(&byte)
                    }),
                };
                let expected =
                    (expected.digits | expected.marks | expected.foreign != 0).then_some(expected);
                assert_eq!(places(&block), expected, "byte {byte:#x} at {place}");
            }
        }
    }
}
