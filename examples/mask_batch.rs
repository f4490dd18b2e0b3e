//! Masks a batch in memory and brings it back: the Rust API in forty lines.
//!
//! ```text
//! cargo run --example mask_batch
//! ```
#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer};

const POLICY: &str = "
version: 1
name: people
columns:
  name:  { action: encrypt }
  email: { action: tokenize, format: email }
  ssn:   { action: tokenize, format: us_ssn }
";

fn main() -> Result<(), Box<dyn Error>> {
    // A keyring is made once and kept; here it lives as long as the example.
    let folder = tempfile::tempdir()?;
    let options = KeyringOptions::new("local:kek.key".parse()?, SystemTime::now().into());
    let keyring = Keyring::create(folder.path().join("keyring.json"), options)?;

    let column = |values: &[&str]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
    let people = RecordBatch::try_from_iter([
        ("name", column(&["Zoë Ann Example", "John Doe"])),
        ("email", column(&["zoe.example@example.com", "jdoe+news@example.org"])),
        ("ssn", column(&["123-45-6789", "001010001"])),
    ])?;

    let tokenizer = Tokenizer::new(Policy::from_text(POLICY)?, &keyring)?;
    let masked = tokenizer.plan_mask(&people.schema())?.mask(&people)?;
    let clear = tokenizer.plan_unmask(&masked.schema())?.unmask(&masked)?;

    for (was, is) in people["ssn"].as_string::<i32>().iter().zip(masked["ssn"].as_string::<i32>()) {
        println!("{} -> {}", was.unwrap_or_default(), is.unwrap_or_default());
    }
    println!("unmasked equals original: {}", clear == people);
    Ok(())
}
