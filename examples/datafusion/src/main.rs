//! Joins two tables on a masked column: the analyst sees no address, and the rows still meet.
//!
//! ```text
//! cargo run
//! ```

use std::error::Error;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::logical_expr::Volatility;
use datafusion::prelude::SessionContext;
use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer};
use tokenize_datafusion::MaskColumn;

const POLICY: &str = "
version: 1
name: orders
columns:
  email: { action: tokenize, format: email, optional: true }
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A keyring is made once and kept; here it lives as long as the example.
    let folder = tempfile::tempdir()?;
    let options =
        KeyringOptions::new("local:kek.key".parse()?, std::time::SystemTime::now().into());
    let keyring = Keyring::create(folder.path().join("keyring.json"), options)?;
    let tokenizer = Tokenizer::new(Policy::from_text(POLICY)?, &keyring)?;

    let email: ArrayRef =
        Arc::new(StringArray::from(vec!["zoe.example@example.com", "jdoe+news@example.org"]));
    let again: ArrayRef =
        Arc::new(StringArray::from(vec!["zoe.example@example.com", "zoe.example@example.com"]));
    let cents: ArrayRef = Arc::new(Int64Array::from(vec![1250, 399]));
    let context = SessionContext::new();
    context.register_batch("customers", RecordBatch::try_from_iter([("email", email)])?)?;
    context.register_batch(
        "orders",
        RecordBatch::try_from_iter([("email", again), ("cents", cents)])?,
    )?;

    let mask = MaskColumn::new(&tokenizer, "email", DataType::Utf8View, Volatility::Stable)?;
    context.register_udf(mask.into_udf());
    let rows = context.sql(QUERY).await?.collect().await?;
    println!("{}", pretty_format_batches(&rows)?);
    Ok(())
}

const QUERY: &str = "
    SELECT c.customer, sum(o.cents) AS cents
    FROM (SELECT mask_email(email) AS customer FROM customers) AS c
    JOIN (SELECT mask_email(email) AS customer, cents FROM orders) AS o ON c.customer = o.customer
    GROUP BY c.customer";
