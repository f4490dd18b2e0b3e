//! Masks a Parquet file batch by batch, as a service does that has batches of its own. (For files as such, `mask_file` is faster and careful with
//! metadata.)
//!
//! ```text
//! cargo run --example mask_parquet -- customers.parquet masked.parquet examples/policies/customers.yaml keyring.json
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::fs::File;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tokenize_core::{Keyring, Policy, Tokenizer};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, policy, keyring] = args.as_slice() else { return Err(USAGE.into()) };
    let tokenizer = Tokenizer::new(Policy::from_path(policy)?, &Keyring::open(keyring)?)?;

    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(input)?)?;
    let plan = tokenizer.plan_mask(reader.schema())?;
    let mut writer = ArrowWriter::try_new(File::create(output)?, plan.schema()?, None)?;
    let mut rows = 0;
    for batch in reader.with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        writer.write(&plan.mask_at(&batch, rows)?)?;
        rows += u64::try_from(batch.num_rows())?;
    }
    writer.close()?;
    println!("{output}: {rows} rows masked");
    Ok(())
}

const BATCH_ROWS: usize = 65_536;

const USAGE: &str = "usage: mask_parquet INPUT.parquet OUTPUT.parquet POLICY KEYRING";
