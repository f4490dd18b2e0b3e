//! The program on small Parquet files, each test in a directory of its own.
#![cfg(unix)]

mod data_keys;
mod datasets;
mod desk;
mod failures;
mod hostile;
mod keys;
mod killed;
mod metadata;
mod outputs;
mod policies;
mod records;
mod report;
mod round_trips;
mod scan;
