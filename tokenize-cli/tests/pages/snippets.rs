//! The Rust of the pages, in their order of names: compiled, run, and held against the pages.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use tokenize_core::report::Page;
use tokenize_core::{
    Detector, FileOptions, Inspector, Keyring, Policy, ScanOptions, Tokenizer, mask_file_inspected,
    scan_file,
};

use crate::customers::Customers;
use crate::desk::{Desk, blocks, pages, root};

type Outcome = Result<(), Box<dyn Error>>;

fn readme(batch: RecordBatch) -> Outcome {
    let tokenizer =
        Tokenizer::new(Policy::from_path("policy.yaml")?, &Keyring::open("keyring.json")?)?;
    let masked = tokenizer.plan_mask(&batch.schema())?.mask(&batch)?;
    let clear = tokenizer.plan_unmask(&masked.schema())?.unmask(&masked)?;
    assert_eq!(clear, batch);
    Ok(())
}

fn detection(batch: RecordBatch) -> Outcome {
    let findings = Detector::standard().detect("write to jane.doe@example.org"); // built once, shared by all threads
    let table = Detector::standard().detect_batch(&batch)?; // an Arrow table of findings
    assert!(findings.len() == 1 && table.num_rows() > 0);
    Ok(())
}

fn keys(tokenizer: Tokenizer, batch: RecordBatch) -> Outcome {
    let plan = tokenizer.plan_mask(&batch.schema())?;
    let manifest = plan.manifest()?; // makes the data key: one call to the KMS
    let masked = plan.mask(&batch)?;
    assert!(manifest.to_text().contains("tokenize"));
    assert_ne!(masked, batch);
    Ok(())
}

fn keys_in_a_service() -> Outcome {
    use std::sync::Arc;
    use tokenize_core::keys::{CacheLimits, KeyCache, Keyring};

    let keyring = Keyring::open("keyring.json")?
        .with_cache(KeyCache::new(CacheLimits { ttl_secs: 60, uses: 1000 }));
    assert!(Arc::new(keyring).primary() > 0);
    Ok(())
}

fn report(tokenizer: Tokenizer, input: &Path, output: &Path) -> Outcome {
    let report = scan_file(input, Detector::standard(), ScanOptions::default(), |_| {})?;
    let options = FileOptions::default();
    let page = Page::of_scan(&report, &["customers.parquet"]).to_html();
    assert!(page.contains("customers.parquet"));
    let mut inspector = Inspector::new(&tokenizer)?;
    mask_file_inspected(&tokenizer, input, output, &options, &mut inspector)?;
    let page = Page::of_mask(&inspector.finish(), &[input]).to_html();
    assert!(page.contains("encrypt"));
    Ok(())
}

/// The only test here that looks at the folder it is in.
#[test]
fn rust_in_pages_runs() -> Outcome {
    let desk = Desk::new();
    desk.run("tokenize keyring create keyring.json --kms local:kek.key");
    desk.put("examples/policies/customers.yaml", "policy.yaml");
    desk.customers("customers.parquet");
    desk.enter();
    let batch = Customers::new(7).rows(0, 200)?;
    let tokenizer =
        Tokenizer::new(Policy::from_path("policy.yaml")?, &Keyring::open("keyring.json")?)?;
    readme(batch.clone())?;
    detection(batch.clone())?;
    keys(tokenizer.clone(), batch)?;
    keys_in_a_service()?;
    report(tokenizer, Path::new("customers.parquet"), Path::new("masked.parquet"))?;
    env::set_current_dir(root())?;
    Ok(())
}

#[test]
fn rust_in_pages_is_that_of_this_file() {
    let here = bare(include_str!("snippets.rs"));
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        for (_, block) in blocks(&text).iter().filter(|(language, _)| language.starts_with("rust"))
        {
            for line in block.lines().map(bare).filter(|line| !line.is_empty()) {
                assert!(here.contains(&line), "{page}: {line}");
            }
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
}

/// Code without white space and comments.
fn bare(code: &str) -> String {
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}
