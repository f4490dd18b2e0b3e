//! Parquet files made to hurt: each is refused as damaged, within bounds, and leaves nothing behind.

mod footers;
mod pages;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use bytes::Bytes;
use parquet::file::metadata::{
    ColumnChunkMetaDataBuilder, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
    ParquetMetaDataWriter,
};
use tokenize_core::{Error, ErrorClass, FileOptions, IoError, Tokenizer, mask_file};

use crate::fixture::Fixture;

/// A place where files are masked that may be damaged.
pub(crate) struct Ward {
    fixture: Fixture,
    tokenizer: Tokenizer,
    left: usize,
}

impl Ward {
    pub(crate) fn new(rules: &str) -> Self {
        let fixture = Fixture::of_vectors();
        let tokenizer = fixture.tokenizer(rules);
        fs::write(fixture.path("in.parquet"), b"").unwrap();
        let left = fs::read_dir(fixture.folder.path()).unwrap().count();
        Self { fixture, tokenizer, left }
    }

    /// Masks a file of these bytes: where the output is, or why there is none. Whatever comes of it, nothing half is left.
    pub(crate) fn mask(&self, bytes: &[u8]) -> Result<PathBuf, Error> {
        let (input, output) = (self.fixture.path("in.parquet"), self.fixture.path("out.parquet"));
        fs::write(&input, bytes).unwrap();
        let options = FileOptions { replace: true, ..FileOptions::default() };
        let result = mask_file(&self.tokenizer, &input, &output, &options);
        let left = fs::read_dir(self.fixture.folder.path()).unwrap().count();
        assert_eq!(left, self.left + usize::from(output.exists()), "something is left");
        match result {
            Ok(_) => Ok(output),
            Err(error) => {
                assert!(!output.exists(), "an output in spite of {error}");
                Err(error)
            }
        }
    }

    #[track_caller]
    pub(crate) fn refuses(&self, bytes: &[u8], what: &str) {
        match self.mask(bytes) {
            Err(error) => {
                let is_damage = matches!(error, Error::Io(IoError::Damaged { .. }));
                assert!(is_damage && error.class() == ErrorClass::Data, "{what}: {error}");
            }
            Ok(output) => {
                fs::remove_file(output).unwrap();
                panic!("{what}: was masked");
            }
        }
    }

    /// Takes an output away again.
    pub(crate) fn clear(&self) {
        fs::remove_file(self.fixture.path("out.parquet")).unwrap();
    }
}

/// A file whose footer can be edited.
pub(crate) struct Footer {
    /// What stands before the footer.
    data: Bytes,
    metadata: ParquetMetaData,
}

impl Footer {
    pub(crate) fn of(bytes: &Bytes) -> Self {
        let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
        let reader = ParquetMetaDataReader::new().with_metadata_options(Some(options));
        let metadata = reader.parse_and_finish(bytes).unwrap();
        Self { data: bytes.slice(..footer_start(bytes)), metadata }
    }

    /// The file with other chunks in its footer.
    pub(crate) fn with_chunks(
        &self,
        edit: impl Fn(usize, ColumnChunkMetaDataBuilder) -> ColumnChunkMetaDataBuilder,
    ) -> Vec<u8> {
        let groups = self.metadata.row_groups().iter().map(|group| {
            let chunks = group.columns().iter().enumerate();
            let chunks = chunks
                .map(|(leaf, chunk)| edit(leaf, chunk.clone().into_builder()).build().unwrap());
            group.clone().into_builder().set_column_metadata(chunks.collect()).build().unwrap()
        });
        let groups = groups.collect();
        self.with(self.metadata.clone().into_builder().set_row_groups(groups).build())
    }

    pub(crate) fn with(&self, metadata: ParquetMetaData) -> Vec<u8> {
        let mut bytes = self.data.to_vec();
        ParquetMetaDataWriter::new(&mut bytes, &metadata).finish().unwrap();
        bytes
    }
}

pub(crate) fn footer_start(bytes: &[u8]) -> usize {
    let tail = bytes.len() - 8;
    let len = u32::from_le_bytes(*bytes[tail..].first_chunk().unwrap());
    tail - len as usize
}

/// A file with these bytes for its footer, behind those.
pub(crate) fn with_footer(data: &[u8], footer: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    bytes.write_all(footer).unwrap();
    bytes.write_all(&u32::try_from(footer.len()).unwrap().to_le_bytes()).unwrap();
    bytes.write_all(b"PAR1").unwrap();
    bytes
}
