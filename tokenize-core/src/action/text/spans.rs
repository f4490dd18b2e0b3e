//! What brings a text with bare tokens back: where they stand and what stood there, sealed, and bound to the masked text.

use super::tag::Marks;
use crate::crypto::prf::sha256;

/// A place in a masked text, and what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) original: &'a str,
}

impl Marks {
    /// Spans as a cell; `None` if they are too many to be sealed.
    pub(super) fn seal_spans(&self, masked: &str, spans: &[Kept<'_>]) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        for span in spans {
            for number in [span.start, span.end, span.original.len()] {
                plain.extend_from_slice(&u32::try_from(number).ok()?.to_be_bytes());
            }
            plain.extend_from_slice(span.original.as_bytes());
        }
        self.seal_bytes(&aad(masked), &plain)
    }

    /// The text before it was masked; `None` if the cell does not belong to it.
    pub(super) fn restore(&self, masked: &str, cell: &[u8]) -> Option<String> {
        let plain = self.open_bytes(&aad(masked), cell)?;
        let (mut rest, mut out, mut done) = (plain.as_slice(), String::new(), 0);
        while !rest.is_empty() {
            let (start, end, length);
            (start, rest) = number(rest)?;
            (end, rest) = number(rest)?;
            (length, rest) = number(rest)?;
            out.push_str(masked.get(done..start)?);
            out.push_str(std::str::from_utf8(rest.get(..length)?).ok()?);
            rest = rest.get(length..)?;
            done = end;
        }
        out.push_str(masked.get(done..)?);
        Some(out)
    }
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number) as usize, rest))
}

fn aad(masked: &str) -> [Vec<u8>; 2] {
    [b"spans".to_vec(), sha256(masked.as_bytes()).to_vec()]
}
