//! `tokenize scan`: what is told, what is written, and when it says no.

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use serde_json::Value;

use crate::desk::Desk;

const CANARY: &str = "canary-7f3a";

/// Contacts, tickets that name some of them, badges, and order numbers of which one in ten passes the Luhn check.
fn table(from: u64, rows: u64) -> RecordBatch {
    let column = |value: &dyn Fn(u64) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((from..from + rows).map(value)))
    };
    let ticket = |i: u64| match i % 4 {
        0 => format!("please write to user{i}@{CANARY}.org about the delivery of last week"),
        _ => format!("the customer called about the delivery of last week, number {i} in the list"),
    };
    RecordBatch::try_from_iter([
        ("contact", column(&|i| format!("user{i}@{CANARY}.org"))),
        ("ticket", column(&ticket)),
        ("c3", column(&|i| format!("B-{}", 100_000 + i * 7919 % 900_000))),
        (
            "ordernr",
            column(&|i| format!("4{:015}", i.wrapping_mul(48_271) % 1_000_000_000_000_000)),
        ),
    ])
    .unwrap()
}

fn desk() -> Desk {
    let desk = Desk::without_files();
    desk.write("in.parquet", &table(0, 200));
    desk.write("more.parquet", &table(200, 100));
    fs::write(
        desk.path("rules.yaml"),
        "rules: [{ entity: BADGE, regex: '\\bB-\\d{6}\\b', score: 0.9 }]\n",
    )
    .unwrap();
    desk
}

fn json(desk: &Desk, args: &str) -> Value {
    serde_json::from_str(&desk.done(&format!("scan {args} --format json")).stdout).unwrap()
}

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let columns = report["columns"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    columns
        .iter()
        .map(|column| (text(&column["path"]), text(&column["verdict"]["class"])))
        .collect()
}

#[test]
fn several_inputs_are_one_table() {
    let desk = desk();
    let report = json(&desk, "in.parquet more.parquet --rules rules.yaml");
    assert_eq!(report["rows"], 300);
    assert_eq!(report["inputs"], serde_json::json!(["in.parquet", "more.parquet"]));
    let expected =
        [("contact", "EMAIL_ADDRESS"), ("ticket", "text"), ("c3", "BADGE"), ("ordernr", "none")];
    assert_eq!(
        verdicts(&report),
        expected.map(|(path, class)| (path.to_owned(), class.to_owned()))
    );
}

#[test]
fn no_value_is_shown() {
    let desk = desk();
    for args in [
        "in.parquet",
        "in.parquet --json",
        "in.parquet --fail-on EMAIL_ADDRESS",
        "in.parquet --policy-out p.yaml --sample 20",
    ] {
        let shown = desk.run(&format!("scan {args}"));
        assert!(!shown.stdout.contains(CANARY) && !shown.stderr.contains(CANARY), "{args}");
    }
    assert!(!fs::read_to_string(desk.path("p.yaml")).unwrap().contains(CANARY));
}

#[test]
fn the_draft_masks_what_was_scanned() {
    let desk = desk();
    let said = desk.done("scan in.parquet --policy-out policy.yaml").stderr;
    assert!(said.contains("a draft of a policy is written to policy.yaml"), "{said}");
    desk.done("policy check policy.yaml --schema in.parquet");
    desk.done("mask in.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet");
    let before = fs::read(desk.path("policy.yaml")).unwrap();
    let refused = desk.run("scan in.parquet --policy-out policy.yaml");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert_eq!(fs::read(desk.path("policy.yaml")).unwrap(), before);
    desk.done("scan in.parquet more.parquet --policy-out policy.yaml --force");
    assert_ne!(fs::read(desk.path("policy.yaml")).unwrap(), before);
    assert!(!desk.snapshot().keys().any(|name| name.ends_with(".tmp")));
}

#[test]
fn a_gate_says_no_where_it_is_reached() {
    let desk = desk();
    let gate = |args: &str, code: i32| {
        let shown = desk.run(&format!("scan in.parquet --rules rules.yaml --fail-on {args}"));
        assert_eq!(shown.code, Some(code), "{args}: {}", shown.stderr);
        assert!(shown.stdout.starts_with("COLUMN"), "{}", shown.stdout);
        shown.stderr
    };
    let said = gate("EMAIL_ADDRESS", 1);
    assert!(said.contains("error: found: EMAIL_ADDRESS in contact (0."), "{said}");
    assert!(said.contains(", ticket (0."), "{said}");
    gate("EMAIL_ADDRESS:0.5", 1);
    gate("BADGE:0.9 --fail-on US_SSN", 1);
    for passed in ["BADGE:1.0", "US_SSN", "IBAN_CODE:0 --fail-on US_SSN:1"] {
        gate(passed, 0);
    }
    gate("CREDIT_CARD", 0);
    let report = desk.run("scan in.parquet --fail-on EMAIL_ADDRESS --json");
    assert_eq!(report.code, Some(1));
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["fail_on"][0]["columns"][0]["path"], "contact");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let desk = desk();
    fs::write(
        desk.path("bad.yaml"),
        format!("allow:\n  - {{ regex: '{CANARY}(' }}\nmin_scor: 1\n"),
    )
    .unwrap();
    fs::write(desk.path("off.yaml"), "entities: { URL: { off: true } }\n").unwrap();
    let stopped = |args: &str, code: i32, message: &str| {
        let shown = desk.run(&format!("scan {args}"));
        assert_eq!(shown.code, Some(code), "{args}: {}", shown.stderr);
        assert_eq!(shown.stdout, "");
        assert!(shown.stderr.contains(message), "{args}: {}", shown.stderr);
        assert!(!shown.stderr.contains(CANARY), "{}", shown.stderr);
    };
    let refused = |args: &str, message: &str| stopped(args, 2, message);
    refused(
        "in.parquet --rules bad.yaml",
        "bad.yaml:2:14 allow[0].regex: not a regular expression",
    );
    refused("in.parquet --rules bad.yaml", "bad.yaml:3:1 min_scor: unknown key `min_scor`");
    refused("in.parquet --fail-on CREDIT_CARDS", "hint: did you mean `CREDIT_CARD`?");
    refused(
        "in.parquet --fail-on URL --rules off.yaml",
        "--fail-on: URL is turned off by the rules",
    );
    refused("in.parquet --fail-on URL:2", "an entity and a score");
    refused("in.parquet --columns contact,nowhere", "there is no column nowhere");
    refused("in.json", "its name does not tell its format");
    refused("in.parquet --policy-out -", "cannot be a standard stream here");
    stopped("missing.parquet", 4, "missing.parquet");
    stopped("in.parquet --rules missing.yaml", 4, "missing.yaml");
}

#[test]
fn columns_are_chosen() {
    let desk = desk();
    let report = json(&desk, "in.parquet --columns ticket,contact --sample 50");
    let paths: Vec<_> = verdicts(&report).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["contact", "ticket"]);
    assert_eq!(report["columns"][0]["looked_at"], 50);
}
