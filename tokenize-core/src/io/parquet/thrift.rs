//! Thrift's compact protocol, as far as it takes to look at a message before a decoder trusts the lengths in it.

/// A message, or what is left of it. Every method gives `None` where the message is not as it should be.
pub(super) struct Message<'a> {
    bytes: &'a [u8],
}

/// A field of a struct: its number and its kind.
pub(super) type Header = (i64, u8);

impl<'a> Message<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Reads a struct: `each` is told of its fields, and reads their values.
    pub(super) fn fields(
        &mut self,
        mut each: impl FnMut(&mut Self, Header) -> Option<()>,
    ) -> Option<()> {
        let mut id = 0_i64;
        loop {
            let byte = self.byte()?;
            if byte == 0 {
                return Some(());
            }
            id = match byte >> 4 {
                0 => self.number()?,
                step => id + i64::from(step),
            };
            each(self, (id, byte & 0x0F))?;
        }
    }

    /// The number and the kind of a list's elements. There are no more of them than bytes left.
    pub(super) fn list(&mut self) -> Option<(usize, u8)> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            count => usize::from(count),
        };
        (count <= self.left()).then_some((count, byte & 0x0F))
    }

    /// An integer of 16, 32 or 64 bits.
    pub(super) fn number(&mut self) -> Option<i64> {
        let coded = self.varint()?;
        Some((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed())
    }

    /// Passes a value of that kind.
    pub(super) fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, MOST_DEEP)
    }

    fn skip_within(&mut self, kind: u8, deep: u8) -> Option<()> {
        let deep = deep.checked_sub(1)?;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.take(1).map(drop),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.take(8).map(drop),
            BINARY => {
                let len = usize::try_from(self.varint()?).ok()?;
                self.take(len).map(drop)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, deep))
            }
            MAP => self.skip_map(deep),
            STRUCT => self.fields(|message, (_, kind)| message.skip_within(kind, deep)),
            _ => None,
        }
    }

    fn skip_map(&mut self, deep: u8) -> Option<()> {
        let count = usize::try_from(self.varint()?).ok()?;
        if count == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        (0..count).try_for_each(|_| {
            self.skip_element(kinds >> 4, deep)?;
            self.skip_element(kinds & 0x0F, deep)
        })
    }

    /// In lists and maps a truth value takes a byte.
    fn skip_element(&mut self, kind: u8, deep: u8) -> Option<()> {
        match kind {
            TRUE | FALSE => self.take(1).map(drop),
            kind => self.skip_within(kind, deep),
        }
    }

    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}

/// More than any message of Parquet has.
const MOST_DEEP: u8 = 32;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
pub(super) const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_passed_whole() {
        // A struct with 1: i32 -1, 3: list of two binaries, 20: true, then the end, and a byte that is not its own.
        let bytes = [0x15, 0x01, 0x29, 0x28, 0x01, b'a', 0x00, 0x01, 0x28, 0x00, 0xFF];
        let mut message = Message::new(&bytes);
        message.skip(STRUCT).unwrap();
        assert_eq!(message.left(), 1);
        for end in 0..bytes.len() - 1 {
            assert!(Message::new(&bytes[..end]).skip(STRUCT).is_none(), "{end}");
        }
        assert_eq!(Message::new(&[0x03]).number(), Some(-2));
    }

    #[test]
    fn lengths_are_not_trusted() {
        assert!(Message::new(&[0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]).list().is_none());
        assert!(Message::new(&[0xFF; 11]).number().is_none());
        assert!(Message::new(&[0x1C; 1000]).skip(STRUCT).is_none(), "too deep");
        assert!(Message::new(&[0x18, 0xFF, 0xFF, 0x03]).skip(STRUCT).is_none());
    }
}
