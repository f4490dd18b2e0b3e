//! Tokenization and encryption of PII columns in Arrow and Parquet.
#![forbid(unsafe_code)]

pub mod crypto;
pub mod field;
pub mod format;
pub mod keys;
pub mod secret;
