//! The cryptographic primitives: the only room that names primitive crates.
//!
//! Knows no column, no policy and no file.

pub(crate) mod domain;
pub(crate) mod natural;
