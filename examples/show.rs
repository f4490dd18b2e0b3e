//! Prints the first rows of a Parquet file, all columns or some:
//!
//! ```text
//! cargo run --example show -- masked.parquet [--rows 5] [--columns id,email,ssn]
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::fs::File;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut rows, mut columns, mut path) = (5, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rows" => rows = args.next().ok_or(USAGE)?.parse()?,
            "--columns" => columns = Some(args.next().ok_or(USAGE)?),
            _ => path = Some(arg),
        }
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path.ok_or(USAGE)?)?)?;
    let Some(batch) = reader.with_batch_size(rows).with_limit(rows).build()?.next().transpose()?
    else {
        println!("(no rows)");
        return Ok(());
    };
    let names =
        batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let chosen = columns.map_or(names, |columns| columns.split(',').map(str::to_owned).collect());
    let columns = chosen.iter().map(|name| cells(&batch, name)).collect::<Result<Vec<_>, _>>()?;
    for row in 0..=batch.num_rows() {
        let line: Vec<_> = columns.iter().map(|cells| padded(cells, row)).collect();
        println!("  {}", line.join("  ").trim_end());
    }
    Ok(())
}

/// A column's name, then its cells, long ones cut.
fn cells(batch: &RecordBatch, name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let column = batch.column_by_name(name).ok_or_else(|| format!("no column {name}"))?;
    let formatter =
        ArrayFormatter::try_new(column.as_ref(), &FormatOptions::new().with_null("null"))?;
    let texts = (0..column.len()).map(|row| formatter.value(row).to_string());
    Ok(std::iter::once(name.to_owned()).chain(texts).map(|text| short(&text)).collect())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn padded(cells: &[String], row: usize) -> String {
    let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    format!("{:width$}", cells[row])
}

const LONGEST: usize = 34;

const USAGE: &str = "usage: show FILE.parquet [--rows N] [--columns A,B]";
