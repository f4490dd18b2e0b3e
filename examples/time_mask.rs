//! Times the masking of a Parquet file's rows as one batch in memory; `benches/python.py` holds the Python module against it.
//!
//! ```text
//! cargo run --example time_mask -- customers.parquet policy.yaml keyring.json 5
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::fs::File;
use std::time::Instant;

use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tokenize_core::{Keyring, Policy, Tokenizer};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, policy, keyring, runs] = args.as_slice() else { return Err(USAGE.into()) };
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(input)?)?;
    let schema = reader.schema().clone();
    let batches: Vec<_> = reader.build()?.collect::<Result<_, _>>()?;
    let batch = concat_batches(&schema, &batches)?;
    drop(batches);

    let tokenizer = Tokenizer::new(Policy::from_path(policy)?, &Keyring::open(keyring)?)?;
    for _ in 0..runs.parse()? {
        let start = Instant::now();
        let masked = tokenizer.plan_mask(&schema)?.mask(&batch)?;
        println!("{:.4}", start.elapsed().as_secs_f64());
        drop(masked);
    }
    Ok(())
}

const USAGE: &str = "usage: time_mask INPUT.parquet POLICY KEYRING RUNS";
