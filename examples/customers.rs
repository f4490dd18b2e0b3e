//! Writes a made-up table of customers as Parquet, batch by batch:
//!
//! ```text
//! cargo run --example customers -- 1000 out.parquet [--seed 7] [--row-group 1048576]
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

#[path = "../tests/it/customers.rs"]
mod customers;

use std::error::Error;
use std::fs::File;

use customers::Customers;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut seed, mut row_group, mut rest) = (7, 1 << 20, Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => seed = args.next().ok_or(USAGE)?.parse()?,
            "--row-group" => row_group = args.next().ok_or(USAGE)?.parse()?,
            _ => rest.push(arg),
        }
    }
    let [rows, path] = rest.as_slice() else { return Err(USAGE.into()) };
    let rows: u64 = rows.parse()?;
    write(&Customers::new(seed), rows, path, row_group)?;
    println!("{path}: {rows} customers, none of them real");
    Ok(())
}

fn write(
    customers: &Customers,
    rows: u64,
    path: &str,
    row_group: usize,
) -> Result<(), Box<dyn Error>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(row_group))
        .build();
    let mut writer =
        ArrowWriter::try_new(File::create(path)?, Customers::schema(), Some(properties))?;
    for first in (0..rows).step_by(BATCH_ROWS) {
        let left = usize::try_from(rows - first).unwrap_or(usize::MAX);
        writer.write(&customers.rows(first, left.min(BATCH_ROWS))?)?;
    }
    writer.close()?;
    Ok(())
}

const BATCH_ROWS: usize = 8_192;

const USAGE: &str = "usage: customers ROWS OUT.parquet [--seed N] [--row-group ROWS]";
