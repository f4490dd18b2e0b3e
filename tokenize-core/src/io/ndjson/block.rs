//! Blocks of lines, to be looked at side by side.

use crate::io::IoError;
use crate::io::lines::{LONGEST, Lines};

/// Some lines, and why there are no more.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The number of the first line.
    pub(super) first: u64,
    pub(super) failure: Option<IoError>,
}

/// Where a line is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Its first byte in the block.
    pub(super) at: usize,
    pub(super) number: u64,
}

impl Block {
    /// The next blocks, `most` at most; none at the end.
    pub(super) fn some(lines: &mut Lines, most: usize, size: usize) -> Vec<Self> {
        let mut blocks = Vec::new();
        while blocks.len() < most {
            let block = Self::next(lines, size);
            let is_last = block.failure.is_some() || block.bytes.is_empty();
            if block.failure.is_some() || !block.bytes.is_empty() {
                blocks.push(block);
            }
            if is_last {
                break;
            }
        }
        blocks
    }

    fn next(lines: &mut Lines, size: usize) -> Self {
        let (mut bytes, first) = (Vec::with_capacity(size + size / 8), lines.number() + 1);
        let mut failure = None;
        while bytes.len() < size {
            let whole = bytes.len();
            match lines.append(&mut bytes, LONGEST) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    bytes.truncate(whole);
                    failure = Some(error);
                    break;
                }
            }
        }
        Self { bytes, first, failure }
    }

    /// The lines from a place on, with where they begin and their numbers.
    pub(super) fn lines(&self, from: Place) -> impl Iterator<Item = (Place, &[u8])> {
        let mut next = from;
        self.bytes[from.at..].split_inclusive(|byte| *byte == b'\n').map(move |line| {
            let this = next;
            next = Place { at: this.at + line.len(), number: this.number + 1 };
            (this, line)
        })
    }

    pub(super) fn start(&self) -> Place {
        Place { at: 0, number: self.first }
    }
}
