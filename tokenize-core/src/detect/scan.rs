//! Where something may begin: digits, `@`, `:`, `=`, `\` and bytes beyond ASCII, found 64 bytes at a time.
//!
//! Most blocks of prose hold none of these, and the loop over one block is simple enough for the compiler to vectorize. Only
//! where a block holds one are its places worked out.

use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// The places of a block, one bit for each byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) digits: u64,
    /// `@`, `:`, `=` and `\`.
    pub(super) marks: u64,
    /// Bytes that begin a character which may stand for an ASCII one, see [`super::fold`].
    pub(super) foreign: u64,
}

/// The places of a block; `None` if there are none.
pub(super) fn places(block: &[u8; BLOCK]) -> Option<Places> {
    let lanes = lanes(block);
    let marks = lanes.map(|lane| is_any(lane, b"@:=\\"));
    let digits = lanes.map(|lane| is_within(lane, b'0', 10));
    // The highest bit of a lane's byte is what counts; bytes beyond ASCII have it themselves.
    let mut any = u8x16::ZERO;
    for ((lane, mark), digit) in lanes.iter().zip(marks).zip(digits) {
        any |= *lane | mark | digit;
    }
    if any.to_bitmask() == 0 {
        return None;
    }
    let foreign = if bits(lanes) == 0 { 0 } else { bits(lanes.map(|lane| is_any(lane, LEADS))) };
    let places = Places { digits: bits(digits), marks: bits(marks), foreign };
    (places.digits | places.marks | places.foreign != 0).then_some(places)
}

/// Sixteen bytes are compared at a time.
pub(super) fn lanes(block: &[u8; BLOCK]) -> [u8x16; 4] {
    let (lanes, _) = block.as_chunks::<16>();
    std::array::from_fn(|lane| lanes.get(lane).map_or(u8x16::ZERO, |bytes| u8x16::new(*bytes)))
}

/// All ones where a byte is one of some.
#[inline]
pub(super) fn is_any<const N: usize>(lane: u8x16, bytes: &[u8; N]) -> u8x16 {
    bytes.iter().fold(u8x16::ZERO, |any, byte| any | lane.simd_eq(u8x16::splat(*byte)))
}

/// All ones where a byte is one of `count` from `first` on.
#[inline]
pub(super) fn is_within(lane: u8x16, first: u8, count: u8) -> u8x16 {
    let place = lane - u8x16::splat(first);
    place.min(u8x16::splat(count - 1)).simd_eq(place)
}

/// The highest bit of each byte.
#[inline]
pub(super) fn bits(lanes: [u8x16; 4]) -> u64 {
    lanes.iter().rev().fold(0, |all, lane| all << 16 | u64::from(lane.to_bitmask()))
}

/// Bytes that begin a character which may stand for an ASCII one.
const LEADS: &[u8; 8] = &[0xC2, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF];

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
