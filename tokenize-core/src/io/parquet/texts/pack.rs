//! The codecs that pages are packed with here.

use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};

/// Packs pages, one after the other.
pub(in super::super) struct Packer {
    codec: Compression,
    kind: Kind,
    /// What the last page has become.
    packed: Vec<u8>,
}

enum Kind {
    None,
    Snappy(Box<snap::raw::Encoder>),
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Packer {
    /// `None` for codecs that only the parquet crate writes.
    pub(in super::super) fn new(codec: Compression) -> Option<Self> {
        let kind = match codec {
            Compression::UNCOMPRESSED => Kind::None,
            Compression::SNAPPY => Kind::Snappy(Box::new(snap::raw::Encoder::new())),
            Compression::ZSTD(level) => {
                Kind::Zstd(zstd::bulk::Compressor::new(level.compression_level()).ok()?)
            }
            _ => return None,
        };
        Some(Self { codec, kind, packed: Vec::new() })
    }

    pub(super) fn codec(&self) -> Compression {
        self.codec
    }

    pub(super) fn pack<'a>(&'a mut self, page: &'a [u8]) -> Result<&'a [u8]> {
        let len = match &mut self.kind {
            Kind::None => return Ok(page),
            Kind::Snappy(encoder) => {
                let most = snap::raw::max_compress_len(page.len());
                if self.packed.len() < most {
                    self.packed.resize(most, 0);
                }
                encoder
                    .compress(page, &mut self.packed)
                    .map_err(|error| ParquetError::External(error.into()))?
            }
            Kind::Zstd(compressor) => {
                let most = zstd::zstd_safe::compress_bound(page.len());
                if self.packed.len() < most {
                    self.packed.resize(most, 0);
                }
                compressor.compress_to_buffer(page, &mut self.packed[..])?
            }
        };
        Ok(&self.packed[..len])
    }
}
