//! Says whether two Parquet files hold the same columns and the same values, every one of them compared:
//!
//! ```text
//! cargo run --example same -- one.parquet other.parquet
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::fs::File;
use std::process::ExitCode;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [one, other] = paths.as_slice() else {
        return Err("usage: same ONE.parquet OTHER.parquet".into());
    };
    let (mut ones, mut others) = (batches(one)?, batches(other)?);
    let mut values = 0;
    loop {
        match (ones.next().transpose()?, others.next().transpose()?) {
            (None, None) => break,
            (Some(a), Some(b)) => {
                if let Some(difference) = difference(&a, &b) {
                    println!("{one} and {other} differ: {difference}");
                    return Ok(ExitCode::FAILURE);
                }
                values += a.num_rows() * a.num_columns();
            }
            _ => {
                println!("{one} and {other} differ in the number of rows");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    println!("{one} and {other} are equal: same columns, same types, {values} values compared");
    Ok(ExitCode::SUCCESS)
}

fn batches(path: &str) -> Result<ParquetRecordBatchReader, Box<dyn Error>> {
    Ok(ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?
        .with_batch_size(8_192)
        .build()?)
}

/// What differs first, without a value in it. Metadata is not looked at.
fn difference(a: &RecordBatch, b: &RecordBatch) -> Option<String> {
    let names = |batch: &RecordBatch| {
        batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>()
    };
    if names(a) != names(b) {
        return Some("the columns".to_owned());
    }
    let differs = |(one, other)| if one == other { None } else { Some(()) };
    let mut pairs = names(a).into_iter().zip(a.columns().iter().zip(b.columns()));
    pairs.find_map(|(name, pair)| differs(pair).map(|()| format!("column {name}")))
}
