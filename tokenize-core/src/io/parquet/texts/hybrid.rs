//! Levels and dictionary keys: runs of one value and runs of packed bits in turns (Apache Parquet, Encodings, "RLE / Bit-Packing Hybrid").

use arrow::array::BooleanBufferBuilder;
use bytes::Bytes;

/// Values of some bits each. Every method gives `None` where the bytes are not as they should be.
#[derive(Debug)]
pub(super) struct Hybrid {
    bytes: Bytes,
    at: usize,
    /// Bits of a value, 32 at most.
    width: usize,
    run: Run,
}

/// What is left of the run at hand.
#[derive(Debug, Clone, Copy)]
enum Run {
    Repeated {
        value: u32,
        count: usize,
    },
    /// Values that begin at that bit.
    Packed {
        bit: usize,
        count: usize,
    },
}

impl Hybrid {
    pub(super) fn new(bytes: Bytes, width: usize) -> Option<Self> {
        let run = Run::Repeated { value: 0, count: 0 };
        (width <= 32).then_some(Self { bytes, at: 0, width, run })
    }

    /// Appends `count` levels of one bit to `to`, and says how many of them are 1.
    pub(super) fn levels(&mut self, count: usize, to: &mut BooleanBufferBuilder) -> Option<usize> {
        let (mut left, from) = (count, to.len());
        while left > 0 {
            let run = self.next(left)?;
            left -= match run {
                Run::Repeated { value, count } => {
                    to.append_n(count, value == 1);
                    count
                }
                Run::Packed { bit, count } => {
                    to.append_packed_range(bit..bit + count, &self.bytes);
                    count
                }
            };
        }
        let is_set = |i: &usize| arrow::util::bit_util::get_bit(to.as_slice(), *i);
        Some((from..from + count).filter(is_set).count())
    }

    /// Appends `count` values to `to`.
    pub(super) fn values(&mut self, count: usize, to: &mut Vec<u32>) -> Option<()> {
        let mut left = count;
        while left > 0 {
            left -= match self.next(left)? {
                Run::Repeated { value, count } => {
                    to.resize(to.len() + count, value);
                    count
                }
                Run::Packed { bit, count } => {
                    let bits = (0..count).map(|i| bit + i * self.width);
                    to.extend(bits.map(|bit| self.unpacked(bit)));
                    count
                }
            };
        }
        Some(())
    }

    fn unpacked(&self, bit: usize) -> u32 {
        let bytes = self.bytes.get(bit / 8..).unwrap_or_default();
        let word = match bytes.first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        let value = word >> (bit % 8) & ((1 << self.width) - 1);
        u32::try_from(value).unwrap_or(u32::MAX)
    }

    /// What comes next, of `most` values at most and of one at least.
    fn next(&mut self, most: usize) -> Option<Run> {
        loop {
            let (given, left) = match self.run {
                Run::Repeated { value, count } => {
                    let given = count.min(most);
                    (
                        Run::Repeated { value, count: given },
                        Run::Repeated { value, count: count - given },
                    )
                }
                Run::Packed { bit, count } => {
                    let given = count.min(most);
                    let next = bit + given * self.width;
                    (
                        Run::Packed { bit, count: given },
                        Run::Packed { bit: next, count: count - given },
                    )
                }
            };
            self.run = left;
            if matches!(given, Run::Repeated { count: 1.., .. } | Run::Packed { count: 1.., .. }) {
                return Some(given);
            }
            self.run = self.header()?;
        }
    }

    fn header(&mut self) -> Option<Run> {
        let header = self.varint()?;
        let count = usize::try_from(header >> 1).ok()?;
        if header & 1 == 0 {
            let bytes = self.bytes.get(self.at..self.at + self.width.div_ceil(8))?;
            let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            self.at += bytes.len();
            return Some(Run::Repeated { value, count });
        }
        if self.width == 0 {
            return Some(Run::Repeated { value: 0, count: count.checked_mul(8)? });
        }
        // Of eight values each. Some writers leave out what no value needs at the end.
        let left = self.bytes.len() - self.at;
        let run = Run::Packed {
            bit: self.at * 8,
            count: count.saturating_mul(8).min(left * 8 / self.width),
        };
        self.at += count.saturating_mul(self.width).min(left);
        Some(run)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// Levels of one bit, as one run: of one value if they are all the same, else of packed bits. `ones` says how many are 1.
pub(super) fn levels(bits: &[u8], count: usize, ones: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count.div_ceil(8) + 5);
    if ones == 0 || ones == count {
        put_varint(count << 1, &mut bytes);
        bytes.push(u8::from(ones > 0));
    } else {
        let packed = &bits[..count.div_ceil(8)];
        put_varint(packed.len() << 1 | 1, &mut bytes);
        bytes.extend_from_slice(packed);
    }
    bytes
}

pub(super) fn put_varint(mut value: usize, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    to.push(value.to_le_bytes()[0]);
}
