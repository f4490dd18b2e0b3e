//! What masking free text costs beside finding what is in it, on one core and on two.
//!
//! ```text
//! python3 tests/detect/make_corpora.py 24 target/corpora
//! cargo bench --bench text -- target/corpora
//! ```
//!
//! A column of lines is searched by the detector alone, and masked by a policy with `action: text`; both take turns, ratios are medians
//! of the ratios of neighbours.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use tokenize_core::{Detector, FieldPath, Keyring, KeyringOptions, MaskPlan, Policy, Tokenizer};

const CORPORA: [&str; 3] = ["sparse", "prose", "dense"];
const RUNS: usize = 5;
const ROWS: usize = 65_536;

const POLICY: &str = "version: 1
name: notes
columns:
  notes:
    action: text
    entities:
      EMAIL_ADDRESS: { action: tokenize, format: email }
      US_SSN:        { action: tokenize, format: us_ssn }
      CREDIT_CARD:   { action: tokenize, format: pan }
      IP_ADDRESS:    { action: tokenize, format: ip }
      \"*\":           { action: encrypt }
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.ok_or("the folder that make_corpora.py wrote to is missing")?;
    let plan = plan()?;
    println!("{:8} {:>12} {:>12} {:>8} {:>12}", "", "detection", "masking", "ratio", "2 threads");
    for corpus in CORPORA {
        let text = std::fs::read_to_string(Path::new(&folder).join(format!("{corpus}.txt")))?;
        let lines: Vec<&str> = text.lines().collect();
        let batches: Vec<RecordBatch> = lines.chunks(ROWS).map(batch).collect::<Result<_, _>>()?;
        let megabytes = text.len() as f64 / 1e6;
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let found = on_threads(1, || detect(&batches))?;
            let masked = on_threads(1, || mask(&plan, &batches))?;
            let threaded = on_threads(2, || mask(&plan, &batches))?;
            runs.push([megabytes / found, megabytes / masked, found / masked, masked / threaded]);
        }
        let median = |place: usize| {
            let mut figures: Vec<f64> = runs.iter().map(|run| run[place]).collect();
            figures.sort_by(f64::total_cmp);
            figures[RUNS / 2]
        };
        println!(
            "{corpus:8} {:7.0} MB/s {:7.0} MB/s {:8.2} {:11.2}x",
            median(0),
            median(1),
            median(2),
            median(3)
        );
    }
    Ok(())
}

fn plan() -> Result<MaskPlan, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let options = KeyringOptions::new("local:kek.key".parse()?, "2026-01-02T03:04:05Z".parse()?);
    let keyring = Keyring::create(folder.path().join("keyring.json"), options)?;
    let tokenizer = Tokenizer::new(Policy::from_text(POLICY)?, &keyring)?;
    Ok(tokenizer.plan_mask(&batch(&["x"])?.schema())?)
}

fn batch(lines: &[&str]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let column: ArrayRef = Arc::new(StringArray::from(lines.to_vec()));
    RecordBatch::try_from_iter_with_nullable([("notes", column, true)])
}

fn detect(batches: &[RecordBatch]) {
    let (detector, path) = (Detector::standard(), FieldPath::column("notes"));
    for batch in batches {
        let found = detector.detect_array(&path, batch.column(0)).expect("strings can be searched");
        std::hint::black_box(found);
    }
}

fn mask(plan: &MaskPlan, batches: &[RecordBatch]) {
    for batch in batches {
        std::hint::black_box(plan.mask(batch).expect("every text can be masked"));
    }
}

/// Seconds that `work` takes on so many threads.
fn on_threads(
    threads: usize,
    work: impl FnOnce() + Send,
) -> Result<f64, Box<dyn std::error::Error>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    Ok(pool.install(|| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    }))
}
