//! Files of records: CSV, NDJSON, plain text. What is not masked stays as it was, byte for byte.

mod csv;
mod ndjson;
mod streams;
mod text;

use std::fs;

use crate::desk::Desk;

/// A desk with rules as they stand under `columns`.
fn desk(rules: &str) -> Desk {
    let desk = Desk::without_files();
    desk.policy(rules);
    desk
}

fn put(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(desk.path(name), bytes).unwrap();
}

fn get(desk: &Desk, name: &str) -> String {
    fs::read_to_string(desk.path(name)).unwrap()
}

fn mask(input: &str, output: &str) -> String {
    format!("mask {input} --policy policy.yaml --keyring keyring.json --out {output}")
}

fn unmask(input: &str, output: &str) -> String {
    format!("unmask {input} --keyring keyring.json --out {output}")
}

/// Masks a file of this kind and unmasks it, which must give the same bytes; gives what is masked.
fn masked(desk: &Desk, kind: &str, bytes: &str) -> String {
    let [input, output, clear] = ["in", "masked", "clear"].map(|name| format!("{name}.{kind}"));
    put(desk, &input, bytes);
    desk.done(&mask(&input, &output));
    assert!(desk.path(&format!("{output}.tokenize.json")).exists());
    desk.done(&unmask(&output, &clear));
    assert_eq!(get(desk, &clear), bytes);
    assert!(!desk.path(&format!("{clear}.tokenize.json")).exists());
    get(desk, &output)
}

/// Masks a file of this kind, which must fail with code 3 for this reason and leave nothing.
fn refused(desk: &Desk, kind: &str, bytes: impl AsRef<[u8]>, reason: &str) {
    put(desk, &format!("in.{kind}"), bytes);
    let command = mask(&format!("in.{kind}"), &format!("masked.{kind}"));
    desk.fails(&command, 3, &format!("error: in.{kind}: {reason}"));
}

const SSN: &str = "{ action: tokenize, format: us_ssn }";
const SEALED: &str = "{ action: encrypt, output: string }";
