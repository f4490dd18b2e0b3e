//! The short way for what nearly all masked columns are: texts or bytes that no list is above, in pages of plain values.
//!
//! It reads and writes what the parquet crate does, which goes on with everything else; tests hold the two against each other.

mod bounds;
mod chunk;
mod hybrid;
mod pack;
mod read;
mod write;

use parquet::basic::Type;
use parquet::schema::types::ColumnDescriptor;

pub(super) use self::chunk::Chunk;
pub(super) use self::pack::Packer;
pub(super) use self::read::Reader;
pub(super) use self::write::Writer;

/// Whether a leaf is made of texts or bytes that are there or not, and nothing else.
pub(super) fn is_flat(leaf: &ColumnDescriptor) -> bool {
    leaf.physical_type() == Type::BYTE_ARRAY
        && leaf.max_rep_level() == 0
        && leaf.max_def_level() <= 1
}

/// So many bytes from a place on, if there are as many.
#[inline]
fn stride(bytes: &[u8], from: usize) -> Option<&[u8; STRIDE]> {
    bytes.get(from..)?.first_chunk()
}

/// Texts no longer than this are copied as if they had that length: a move or two, and no call.
const STRIDE: usize = 32;

#[cfg(test)]
mod tests;
