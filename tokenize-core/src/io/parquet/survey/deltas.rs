//! Pages of texts whose lengths are deltas: the parquet crate reserves memory for as many as a page's body says there are, which is held
//! here against what its header says (Apache Parquet, Encodings, `DELTA_BINARY_PACKED` = 5, `DELTA_LENGTH_BYTE_ARRAY` = 6, `DELTA_BYTE_ARRAY` = 7).

use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::io::parquet::guarded;
use crate::io::parquet::thrift::Message;
use crate::io::source::Chunks;

/// Whether no page of a chunk says that it has more lengths than values; `None` if one does, or cannot be read.
pub(super) fn check(file: &Chunks, chunk: &ColumnChunkMetaData, rows: usize) -> Option<()> {
    let descriptor = chunk.column_descr();
    let levels = [descriptor.max_rep_level() > 0, descriptor.max_def_level() > 0];
    let read = || {
        let mut pages =
            SerializedPageReader::new(Arc::new(file.clone()), chunk, rows, None).ok()?;
        while let Some(page) = pages.get_next_page().ok()? {
            check_page(&page, levels)?;
        }
        Some(())
    };
    guarded(|| read().ok_or(()))
}

/// `levels`: whether there are levels of repetition, and of definition.
fn check_page(page: &Page, levels: [bool; 2]) -> Option<()> {
    let (values, encoding) = (page.num_values().into(), page.encoding());
    let body = match page {
        Page::DictionaryPage { .. } => return Some(()),
        Page::DataPage { buf, .. } => {
            let mut body: &[u8] = buf;
            for _ in levels.iter().filter(|is_there| **is_there) {
                let (len, rest) = body.split_first_chunk()?;
                body = rest.get(usize::try_from(u32::from_le_bytes(*len)).ok()?..)?;
            }
            body
        }
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let levels = def_levels_byte_len.checked_add(*rep_levels_byte_len)?;
            buf.get(usize::try_from(levels).ok()?..)?
        }
    };
    let mut lengths = Message::new(body);
    match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => Header::read(&mut lengths, values).map(drop),
        // How much of the value before is used, then the lengths of the rest.
        Encoding::DELTA_BYTE_ARRAY => {
            Header::read(&mut lengths, values)?.skip(&mut lengths)?;
            Header::read(&mut lengths, values).map(drop)
        }
        _ => Some(()),
    }
}

/// The head of a list of deltas.
struct Header {
    /// Values of a block.
    block: u64,
    miniblocks: u64,
    count: u64,
}

impl Header {
    /// `None` if there are more of them than `most`.
    fn read(message: &mut Message<'_>, most: u64) -> Option<Self> {
        let [block, miniblocks, count] = [message.varint()?, message.varint()?, message.varint()?];
        message.varint()?;
        let is_whole =
            miniblocks > 0 && block.is_multiple_of(128) && block.is_multiple_of(miniblocks);
        (is_whole && count <= most).then_some(Self { block, miniblocks, count })
    }

    /// Goes to the end of the deltas.
    fn skip(self, message: &mut Message<'_>) -> Option<()> {
        let per_miniblock = self.block / self.miniblocks;
        // The first value is in the head.
        let mut left = self.count.saturating_sub(1);
        while left > 0 {
            message.varint()?;
            let widths = message.take(usize::try_from(self.miniblocks).ok()?)?;
            // Of a block that is not full, what no delta needs is not there.
            for width in widths {
                if left == 0 {
                    break;
                }
                let bytes = u64::from(*width).checked_mul(per_miniblock)?.div_ceil(8);
                message.take(usize::try_from(bytes).ok()?)?;
                left = left.saturating_sub(per_miniblock);
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of ten values without levels.
    fn page(encoding: Encoding, body: &[u8]) -> Page {
        Page::DataPage {
            buf: body.to_vec().into(),
            num_values: 10,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    #[test]
    fn more_lengths_than_values_are_refused() {
        let head = |count: &[u8]| [&[0x80, 0x01, 0x04], count, &[0x06]].concat();
        // Nine deltas, in one miniblock of four bits each.
        let deltas = [&[0x00, 0x04, 0x00, 0x00, 0x00][..], &[0x11; 16]].concat();
        let (ten, many) = (head(&[10]), head(&[0xFF, 0xFF, 0xFF, 0xFF, 0x7F]));
        let is_sound =
            |encoding, body: &[u8]| check_page(&page(encoding, body), [false; 2]).is_some();
        let (one, two) = (Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY);
        assert!(is_sound(one, &[&ten[..], &deltas].concat()));
        assert!(is_sound(two, &[&ten[..], &deltas, &ten, &deltas].concat()));
        assert!(!is_sound(one, &[&many[..], &deltas].concat()));
        assert!(!is_sound(two, &[&many[..], &deltas, &ten, &deltas].concat()));
        assert!(!is_sound(two, &[&ten[..], &deltas, &many, &deltas].concat()));
        assert!(!is_sound(two, &[&ten[..], &deltas[..9]].concat()), "the deltas end early");
        let levels = [&[2, 0, 0, 0, 20, 1][..], &many, &deltas].concat();
        assert!(check_page(&page(one, &levels), [false, true]).is_none());
        for [block, miniblocks] in [[0x7F, 0x04], [0x00, 0x00]] {
            assert!(!is_sound(one, &[&[block, miniblocks, 10, 6][..], &deltas].concat()));
        }
    }
}
