//! What SQL gives is what a table would have had.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Volatility;
use datafusion::prelude::SessionContext;
use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer};
use tokenize_datafusion::MaskColumn;

type Outcome = Result<(), Box<dyn Error>>;

const POLICY: &str = "
version: 1
name: people
columns:
  ssn:  { action: tokenize, format: us_ssn, optional: true }
  name: { action: encrypt, optional: true }
  born: { action: shift_date, subject: ssn, max_days: 30, optional: true }
";
const SSNS: [Option<&str>; 4] =
    [Some("123-45-6789"), None, Some("987-65-4321"), Some("123-45-6789")];

/// The keyring is in the folder, and its keys are unwrapped when they are first needed.
fn tokenizer(folder: &Path) -> Result<Tokenizer, Box<dyn Error>> {
    let options = KeyringOptions::new("local:kek.key".parse()?, SystemTime::now().into());
    let keyring = Keyring::create(folder.join("keyring.json"), options)?;
    Ok(Tokenizer::new(Policy::from_text(POLICY)?, &keyring)?)
}

fn people(ssns: &[Option<&str>]) -> Result<RecordBatch, Box<dyn Error>> {
    let column = || -> ArrayRef { Arc::new(StringArray::from(ssns.to_vec())) };
    Ok(RecordBatch::try_from_iter([("ssn", column()), ("name", column())])?)
}

async fn column(context: &SessionContext, query: &str) -> Result<ArrayRef, Box<dyn Error>> {
    let batches = context.sql(query).await?.collect().await?;
    let first = batches.first().ok_or("no rows")?;
    let whole = datafusion::arrow::compute::concat_batches(&first.schema(), &batches)?;
    Ok(Arc::clone(whole.column(0)))
}

fn context(tokenizer: &Tokenizer, ssns: &[Option<&str>]) -> Result<SessionContext, Box<dyn Error>> {
    let context = SessionContext::new();
    context.register_batch("people", people(ssns)?)?;
    let ssn = MaskColumn::new(tokenizer, "ssn", DataType::Utf8View, Volatility::Stable)?;
    let name = MaskColumn::new(tokenizer, "name", DataType::Utf8View, Volatility::Volatile)?;
    context.register_udf(ssn.into_udf());
    context.register_udf(name.into_udf());
    Ok(context)
}

#[tokio::test]
async fn the_tokens_are_those_of_a_table() -> Outcome {
    let folder = tempfile::tempdir()?;
    let tokenizer = tokenizer(folder.path())?;
    let table = people(&SSNS)?;
    let masked = tokenizer.plan_mask(&table.schema())?.mask(&table)?;
    let context = context(&tokenizer, &SSNS)?;
    let made = cast(&column(&context, "SELECT mask_ssn(ssn) FROM people").await?, &DataType::Utf8)?;
    assert_eq!(made.as_string::<i32>(), masked["ssn"].as_string::<i32>());
    assert_eq!(made.null_count(), 1);
    Ok(())
}

#[tokio::test]
async fn masked_values_meet_each_other_and_literals() -> Outcome {
    let folder = tempfile::tempdir()?;
    let context = context(&tokenizer(folder.path())?, &SSNS)?;
    let count = "SELECT count(*) FROM people WHERE mask_ssn(ssn) = mask_ssn('123-45-6789')";
    let rows = column(&context, count).await?;
    assert_eq!(rows.as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(0), 2);
    Ok(())
}

#[tokio::test]
async fn randomized_cells_differ_row_by_row() -> Outcome {
    let folder = tempfile::tempdir()?;
    let context = context(&tokenizer(folder.path())?, &[Some("x"); 3])?;
    let cells = "SELECT count(DISTINCT mask_name(name)) FROM people";
    let rows = column(&context, cells).await?;
    assert_eq!(rows.as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(0), 3);
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_column_and_no_value() -> Outcome {
    let folder = tempfile::tempdir()?;
    let context = context(&tokenizer(folder.path())?, &[Some("Hunter2 is no number")])?;
    let failed = context.sql("SELECT mask_ssn(ssn) FROM people").await?.collect().await;
    let error = failed.err().ok_or("it should not fit")?;
    let said = format!("{error} {error:?}");
    assert!(said.contains("ssn"), "{said}");
    assert!(!said.contains("Hunter2"), "{said}");
    Ok(())
}

#[test]
fn what_one_column_cannot_do_is_refused_when_the_function_is_made() -> Outcome {
    let folder = tempfile::tempdir()?;
    let tokenizer = tokenizer(folder.path())?;
    for (column, type_, why) in [
        ("born", DataType::Date32, "subject"),
        ("phone", DataType::Utf8, "not named in the policy"),
        ("ssn", DataType::Date32, "does not work on type"),
    ] {
        let made = MaskColumn::new(&tokenizer, column, type_, Volatility::Stable);
        let said = made.err().ok_or("it should be refused")?.to_string();
        assert!(said.contains(column) && said.contains(why), "{said}");
    }
    Ok(())
}
