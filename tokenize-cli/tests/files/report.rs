//! Pages: what is written, what is refused, and that they show no value.

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use crate::desk::Desk;

const CANARY: &str = "canary-7f3a";

fn desk() -> Desk {
    let desk = Desk::without_files();
    let emails: ArrayRef =
        Arc::new(StringArray::from_iter_values((0..50).map(|i| format!("user{i}@{CANARY}.org"))));
    let columns = [("contact", emails.clone()), ("<img src=x>", emails)];
    desk.write("in.parquet", &RecordBatch::try_from_iter(columns).unwrap());
    desk.policy("  contact: { action: tokenize, format: email }\n  \"*\": { action: keep }\n");
    desk
}

const MASK: &str = "mask in.parquet --policy policy.yaml --keyring keyring.json";

#[test]
fn a_scan_prints_a_page() {
    let desk = desk();
    let shown = desk.run("scan in.parquet --format html");
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    let page = shown.stdout;
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("Personal data in 2 of 2 columns") && page.contains("in.parquet"));
    assert!(page.contains("&#60;img src=x&#62;") && !page.contains("<img"));
    assert!(!page.contains(CANARY));
    assert_eq!(page, desk.done("scan in.parquet --format html").stdout);
    let gate = desk.run("scan in.parquet --format html --fail-on EMAIL_ADDRESS");
    assert_eq!((gate.code, gate.stdout), (Some(1), page));
}

#[test]
fn a_mask_writes_a_page() {
    let desk = desk();
    let said = desk.done(&format!("{MASK} --out masked.parquet --report r.html")).stderr;
    assert!(said.ends_with("report written to r.html\n"), "{said}");
    let page = fs::read_to_string(desk.path("r.html")).unwrap();
    assert!(page.contains("Personal data is left in clear in 1 column"));
    assert!(page.contains("href=\"#c1\"") && page.contains("people") && page.contains("kr-"));
    assert!(!page.contains(CANARY) && !page.contains("masked.parquet"));
    let before = desk.snapshot();
    let refused = desk.run(&format!("{MASK} --out more.parquet --report r.html"));
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("r.html: exists already\nhint: choose another --report"));
    assert_eq!(desk.snapshot(), before);
    desk.done(&format!("{MASK} --out masked.parquet --report r.html --force"));
    assert_eq!(fs::read_to_string(desk.path("r.html")).unwrap(), page);
}

#[test]
fn a_report_comes_over_nothing_else() {
    let desk = desk();
    let before = desk.snapshot();
    for (args, message) in [
        ("--out m.parquet --force --report in.parquet", "ends in .html"),
        ("--out m.parquet --force --report keyring.json", "ends in .html"),
        ("--dry-run --report r.html", "cannot be used with"),
        ("--out m.parquet --report s3://bucket/r.html", "cannot be a URL here"),
    ] {
        let shown = desk.run(&format!("{MASK} {args}"));
        assert_eq!(shown.code, Some(2), "{args}: {}", shown.stderr);
        assert!(shown.stderr.contains(message), "{args}: {}", shown.stderr);
    }
    assert_eq!(desk.snapshot(), before);
}
