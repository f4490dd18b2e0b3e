//! Tests through the public API of `tokenize-core`, as a service that links it would use it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is its report")]

mod customers;
mod data_keys;
mod detect;
mod docs;
mod fixture;
mod fuzz;
mod hostile;
mod join;
mod kms;
mod leak;
mod nested;
mod packs;
mod remask;
mod report;
mod review;
mod rotation;
mod roundtrip;
mod scan;
mod splice;
mod surrogate;
mod text;
mod vectors;
