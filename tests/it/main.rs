//! Tests through the public API of `tokenize-core`, as a service that links it would use it.

mod fixture;
mod join;
mod leak;
mod nested;
mod rotation;
mod roundtrip;
mod vectors;
