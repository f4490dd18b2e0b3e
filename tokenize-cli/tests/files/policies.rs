//! `policy`: checked, explained and described.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, MASK};

#[test]
fn every_fault_of_a_policy_is_named() {
    let desk = Desk::new();
    desk.policy("  id: { action: pseudonymise, domain: person }\n  email: { action: tokenize, format: emial }\n  ssn: { actoin: keep }\n");
    let faults = "policy.yaml: 4 faults
  policy.yaml:4:17 columns.id.action: no action `pseudonymise`; did you mean `pseudonymize`?
  policy.yaml:5:38 columns.email.format: no format `emial`; did you mean `email`?
  policy.yaml:6:3 columns.ssn: `action` is missing: it says what happens to the column
  policy.yaml:6:10 columns.ssn.actoin: unknown key `actoin`; did you mean `action`?";
    desk.fails(MASK, 2, &format!("error: {faults}"));
    desk.fails("policy check policy.yaml", 1, &format!("error: {faults}"));
    desk.policy("  email: { action: tokenize, format: emial }\n");
    desk.fails(
        "policy check policy.yaml",
        1,
        "error: policy.yaml:4:38 columns.email.format: no format `emial`\nhint: did you mean `email`?",
    );
    fs::write(desk.path("policy.yaml"), [0xff, 0xfe]).unwrap();
    desk.fails(
        MASK,
        2,
        "error: policy.yaml is not UTF-8 text\nhint: policies and rules are YAML or JSON, in UTF-8",
    );
    desk.fails(
        &MASK.replace("policy.yaml", "no.yaml"),
        4,
        "error: cannot read no.yaml: No such file or directory (os error 2)",
    );
}

#[test]
fn a_policy_is_checked_against_a_file() {
    let desk = Desk::new();
    let said = desk.done("policy check policy.yaml --schema in.parquet");
    assert_eq!(
        said.stdout,
        "policy.yaml: OK, policy people, 7 rules, fits all 7 columns of in.parquet\n"
    );
    desk.edit("in.parquet", |batch| batch.project(&[0, 1, 2, 3, 4]).unwrap());
    desk.fails(
        "policy check policy.yaml --schema in.parquet",
        1,
        "error: in.parquet: 2 faults
  column points: is not in the schema
  column amount: is not in the schema
hint: correct the name, or mark the rule `optional: true` if the column may be absent",
    );
    desk.fails(
        "policy check policy.yaml --schema no.parquet",
        4,
        "error: no.parquet: cannot open: no such file or directory",
    );
}

#[test]
fn a_policy_is_explained_and_described_to_programs() {
    let desk = Desk::new();
    let read = |args: &str| -> Value { serde_json::from_str(&desk.done(args).stdout).unwrap() };
    let explained = read("policy explain policy.yaml --json");
    assert_eq!(
        (&explained["policy"], &explained["columns"][1]["leaks"].is_string()),
        (&"people".into(), &true)
    );
    let schema = read("policy schema");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let desk = Desk::new();
    desk.fails_in_shell(
        "exec tokenize policy schema > /dev/full",
        4,
        "error: cannot write to standard output: No space left on device (os error 28)",
    );
}
