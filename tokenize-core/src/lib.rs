//! Tokenization and encryption of PII columns in Arrow and Parquet.
#![forbid(unsafe_code)]

pub(crate) mod calendar;
pub(crate) mod checksum;
pub(crate) mod column;
pub(crate) mod crypto;
pub mod field;
pub mod format;
pub(crate) mod json;
pub mod keys;
pub(crate) mod manifest;
pub(crate) mod plan;
pub mod policy;
pub mod secret;
