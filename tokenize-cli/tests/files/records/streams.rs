//! Standard streams, pipes and packed files.

use std::fs;

use super::{SEALED, SSN, desk, get, mask, put, unmask};

fn flags(input_format: &str) -> String {
    format!("--keyring keyring.json --input-format {input_format} --out -")
}

#[test]
fn every_format_of_records_goes_through_a_pipe() {
    let cases = [
        ("ndjson", "ssn", "{\"ssn\":\"123-45-6789\"}\n{\"ssn\":null}"),
        ("csv", "ssn", "\"ssn\"\r\n123-45-6789\r\n"),
        ("text", "text", "123-45-6789\n987-65-4321"),
    ];
    for (format, column, text) in cases {
        let desk = desk(&format!("  {column}: {SSN}\n"));
        put(&desk, "in", text);
        let flags = flags(format);
        let done = desk.shell(&format!(
            "tokenize mask - --policy policy.yaml {flags} --manifest m.json < in > masked && tokenize unmask - {flags} --manifest m.json < masked > clear"
        ));
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        assert_ne!(get(&desk, "masked"), text);
        assert_eq!(get(&desk, "clear"), text);
        let bare = desk.shell(&format!("tokenize unmask - {flags} < masked"));
        assert_eq!((bare.code, bare.stdout.as_str()), (Some(2), ""), "{}", bare.stderr);
        assert!(bare.stderr.contains("nothing to unmask"), "{}", bare.stderr);
        let done = desk.shell(&format!("cat in | tokenize scan - --input-format {format}"));
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
}

#[test]
fn what_a_pipe_shows_late_is_an_error_and_never_passes() {
    let desk = desk(&format!("  ssn: {SSN}\n  \"*\": {{ action: keep }}\n"));
    let line = "{\"ssn\":\"123-45-6789\",\"pad\":\"0123456789012345678901234567890123456789\"}\n";
    let many = line.repeat(5 * 1024 * 1024 / line.len());
    let last = many.lines().count() + 1;
    let masks = format!("tokenize mask - --policy policy.yaml {}", flags("ndjson"));
    for (late, reason) in [
        (
            "{\"name\":\"x\"}",
            "field name does not appear in what was read ahead to learn the columns",
        ),
        (
            "{\"ssn\":123456789}",
            "a value in ssn is of another type than what was read ahead to learn the columns",
        ),
    ] {
        put(&desk, "in", format!("{many}{late}\n"));
        let said = desk.shell(&format!("{masks} < in > out"));
        assert_eq!(said.code, Some(3));
        assert_eq!(said.stderr.trim_end(), format!("error: -: line {last}: {reason}"));
        assert!(!get(&desk, "out").contains(late));
    }
}

#[test]
fn what_standard_streams_cannot_carry_is_said() {
    let desk = desk(&format!("  n: {SEALED}\n"));
    desk.policy("  n: { action: encrypt, key: output, output: string }\n");
    put(&desk, "in.csv", "n\nx\n");
    desk.fails(
        &mask("in.csv", "-"),
        2,
        "error: standard output cannot keep the data keys of `key: output`\nhint: say where the manifest with them goes: --manifest FILE, or write to a file",
    );
    let done = desk.shell(
        "tokenize mask in.csv --policy policy.yaml --keyring keyring.json --out - --manifest m.json > masked.csv && tokenize unmask masked.csv --keyring keyring.json --out - --manifest m.json",
    );
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), "n\nx\n"), "{}", done.stderr);
    desk.fails(
        &format!("{} --input-format parquet", mask("-", "out.parquet")),
        2,
        "error: -: standard input and output cannot carry Parquet\nhint: use arrow-stream, csv, ndjson or text there, or a file",
    );
    desk.fails(
        &mask("in.csv in.csv", "-"),
        2,
        "error: -: stands for one stream, and there are several files\nhint: give one input, or name files",
    );
    desk.fails(
        &format!("{} --json", mask("in.csv", "-")),
        2,
        "error: --json and --out - would both write to standard output\nhint: leave out --json, or write to a file",
    );
}

#[test]
fn packed_files_are_unpacked_and_packed() {
    let desk = desk(&format!("  ssn: {SSN}\n"));
    let text = "{\"ssn\":\"123-45-6789\"}\n".repeat(1_000);
    put(&desk, "in.ndjson", &text);
    for ending in ["gz", "zst"] {
        let [packed, clear] = ["masked", "clear"].map(|name| format!("{name}.ndjson.{ending}"));
        desk.done(&mask("in.ndjson", &packed));
        desk.done(&unmask(&packed, &clear));
        desk.done(&format!("{} --force", unmask(&packed, "clear.ndjson")));
        assert_eq!(get(&desk, "clear.ndjson"), text);
        let bytes = fs::read(desk.path(&clear)).unwrap();
        assert!(bytes.len() < text.len() / 10);
        fs::write(desk.path(&clear), &bytes[..bytes.len() - 3]).unwrap();
        desk.fails(
            &mask(&clear, "x.ndjson"),
            3,
            &format!("error: {clear}: cannot be unpacked: it is cut off or damaged, or not compressed as its format says"),
        );
    }
}
