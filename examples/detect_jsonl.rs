//! What detection finds in texts: JSON lines in, JSON lines out.
//!
//! `cargo run --example detect_jsonl -- FILE...`: each line of a file is an object with `id` and `text`; for each text with findings
//! a line with `id` and `findings` goes out. Offsets are code points. `tests/detect/score.py` makes figures of it.

use std::io::{BufWriter, Write};

use serde_json::{Value, json};
use tokenize_core::Detector;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let detector = Detector::standard();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for path in std::env::args().skip(1) {
        for line in std::fs::read_to_string(path)?.lines() {
            let record: Value = serde_json::from_str(line)?;
            let text = record["text"].as_str().ok_or("a line without a text")?;
            let code_points = |at: usize| text[..at].chars().count();
            let findings: Vec<Value> = detector
                .detect(text)
                .iter()
                .map(|finding| {
                    json!({
                        "entity": &*finding.entity,
                        "start": code_points(finding.start),
                        "end": code_points(finding.end),
                        "score": finding.score,
                        "rule": &*finding.rule,
                    })
                })
                .collect();
            if !findings.is_empty() {
                writeln!(out, "{}", json!({ "id": record["id"], "findings": findings }))?;
            }
        }
    }
    Ok(())
}
