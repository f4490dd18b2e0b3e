//! Tokenization and encryption of PII columns in Arrow and Parquet.
#![forbid(unsafe_code)]

mod checksum;
pub mod crypto;
pub mod field;
pub mod format;
pub mod secret;
