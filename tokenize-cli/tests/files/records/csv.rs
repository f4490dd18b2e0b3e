//! CSV.

use std::fs;

use super::{SEALED, SSN, desk, get, mask, masked, put, refused, unmask};

fn rules() -> String {
    format!("  ssn: {SSN}\n  note: {SEALED}\n  \"*\": {{ action: keep }}\n")
}

#[test]
fn what_is_kept_stays_as_it_is_quoted() {
    let desk = desk(&rules());
    let text = "\u{feff}id,\"ssn\",note,\"a \"\"b\"\"\"\r\n\
        1,123-45-6789,\"two\r\nlines, \"\"quoted\"\"\",\" x\"\r\n\
        \"2\",\"123-45-6780\",,\"\"\n\
        \n\
        003,,\"\",1.10\r\n\
        4,987654321,bare \"quotes\" inside,caf\u{e9}";
    let masked = masked(&desk, "csv", text);
    assert!(masked.starts_with("\u{feff}id,\"ssn\",note,\"a \"\"b\"\"\"\r\n1,"), "{masked}");
    assert!(
        masked.contains(",\" x\"\r\n\"2\",\"") && masked.contains("\",,\"\"\n\n003,,\""),
        "{masked}"
    );
    for value in ["123-45-6789", "123-45-6780", "lines,", "quotes", "987654321"] {
        assert!(!masked.contains(value), "{value} in {masked}");
    }
}

#[test]
fn dialects() {
    let desk = desk(&rules());
    let flags = "--csv-delimiter ; --csv-quote ' --csv-null \\N";
    put(&desk, "in.csv", "ssn;note;x\n123-45-6789;'a;''b''';\"\n\\N;'\\N';\\N\n");
    desk.done(&format!("{} {flags}", mask("in.csv", "masked.csv")));
    let masked = get(&desk, "masked.csv");
    assert!(masked.contains("\n\\N;'") && masked.ends_with("';\\N\n"), "{masked}");
    desk.done(&format!("{} {flags}", unmask("masked.csv", "clear.csv")));
    assert_eq!(get(&desk, "clear.csv"), get(&desk, "in.csv"));

    put(&desk, "in.tsv", "ssn\tnote\n123-45-6789\ta, \"b\"\n");
    desk.done(&mask("in.tsv", "masked.tsv"));
    desk.done(&unmask("masked.tsv", "clear.tsv"));
    assert_eq!(get(&desk, "clear.tsv"), get(&desk, "in.tsv"));

    desk.policy(&format!("  column_1: {SSN}\n  column_2: {{ action: keep }}\n"));
    put(&desk, "bare.csv", "123-45-6789,x\n123-45-6789,y\n");
    desk.done(&format!("{} --csv-no-header", mask("bare.csv", "bare-masked.csv")));
    assert!(!get(&desk, "bare-masked.csv").contains("6789"));
    desk.fails(
        &format!("{} --csv-quote ,", mask("bare.csv", "x.csv")),
        2,
        "error: bare.csv: delimiter, quote and null must be different, of ASCII and in one line",
    );
}

#[test]
fn what_is_dropped_goes_with_its_delimiter() {
    let desk = desk(
        "  a: { action: drop }\n  c: { action: drop }\n  d: { action: drop }\n  \"*\": { action: keep }\n",
    );
    put(&desk, "in.csv", "a,b,c,d,e\n1,\"2\",\"3,\n\",4,5\n,,,,\n");
    desk.done(&mask("in.csv", "masked.csv"));
    assert_eq!(get(&desk, "masked.csv"), "b,e\n\"2\",5\n,\n");
    desk.policy("  a: { action: drop }\n  b: { action: drop }\n  c: { action: keep }\n");
    put(&desk, "in.csv", "a,b,c\n1,2,3\n");
    desk.done(&format!("{} --force", mask("in.csv", "masked.csv")));
    assert_eq!(get(&desk, "masked.csv"), "c\n3\n");
}

#[test]
fn a_record_that_is_not_as_it_should_be_is_named() {
    let desk = desk(&rules());
    let cases: [(&[u8], &str); 8] = [
        (b"", "line 1: there is no header"),
        (b"a,b,a\n", "line 1: a name stands twice"),
        (b"ssn,note\n1,\"a\nb\"\n1,2,3\n", "line 4: has 3 fields, and there are 2 columns"),
        (b"ssn,note\n1\n", "line 2: has 1 fields, and there are 2 columns"),
        (
            b"ssn,note\n1,\"a\"b\n",
            "line 2: a quoted field is followed by something else than a delimiter",
        ),
        (b"ssn,note\n1,\"a\nb\n", "line 2: a quoted field begins and does not end"),
        (b"ssn,note\n1,\xff\n", "line 2: is not UTF-8"),
        (b"ssn,note\r1,2\r", "line 1: a carriage return outside quotes that does not end the line"),
    ];
    for (bytes, reason) in cases {
        refused(&desk, "csv", bytes, reason);
    }
}

#[test]
fn a_value_that_does_not_fit_is_named_by_its_row() {
    let desk = desk(&rules());
    put(&desk, "in.csv", "ssn,note\n123-45-6789,\nno number,\n");
    let said = desk.run(&mask("in.csv", "masked.csv"));
    assert_eq!(said.code, Some(3));
    assert!(said.stderr.contains("row 1") && !said.stderr.contains("no number"), "{}", said.stderr);
}

#[test]
fn columns_of_text_can_become_parquet_and_nothing_typed_becomes_text() {
    let desk = desk(&rules());
    put(&desk, "in.csv", "ssn,note\n123-45-6789,x\n,\n");
    desk.done(&mask("in.csv", "masked.parquet"));
    desk.done(&unmask("masked.parquet", "clear.parquet"));
    desk.done("scan clear.parquet");
    assert_eq!(desk.read("clear.parquet").num_rows(), 2);
    let hint = "hint: Parquet and Arrow IPC become each other, CSV and text become them too; CSV, NDJSON and text come from their own kind only";
    desk.fails(
        &unmask("masked.parquet", "clear.csv"),
        2,
        &format!("error: clear.csv: Parquet cannot become CSV without loss\n{hint}"),
    );
}

#[test]
fn the_file_beside_a_file_tells_what_was_done() {
    let desk = desk(&rules());
    put(&desk, "in.csv", "ssn,note\n123-45-6789,x\n");
    desk.done(&mask("in.csv", "masked.csv"));
    let again = desk.run(&mask("masked.csv", "twice.csv"));
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("ssn"), "{}", again.stderr);
    // Another name for a masked column must not make its tokens pass for values.
    let renamed = get(&desk, "masked.csv").replace("ssn", "social");
    put(&desk, "renamed.csv", renamed);
    fs::copy(desk.path("masked.csv.tokenize.json"), desk.path("renamed.csv.tokenize.json"))
        .unwrap();
    assert_eq!(desk.run(&unmask("renamed.csv", "clear.csv")).code, Some(2));
    // Edited, it is worth nothing.
    let edited = get(&desk, "masked.csv.tokenize.json").replace("us_ssn", "us_ssm");
    put(&desk, "edited.csv", get(&desk, "masked.csv"));
    put(&desk, "edited.csv.tokenize.json", edited);
    assert_eq!(desk.run(&unmask("edited.csv", "clear.csv")).code, Some(2));

    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    desk.done("remask masked.csv --keyring keyring.json --out new.csv");
    assert_ne!(get(&desk, "new.csv"), get(&desk, "masked.csv"));
    desk.done(&unmask("new.csv", "clear.csv"));
    assert_eq!(get(&desk, "clear.csv"), get(&desk, "in.csv"));

    desk.done(&format!("{} --columns note", unmask("new.csv", "part.csv")));
    assert!(desk.path("part.csv.tokenize.json").exists());
    desk.done(&format!("{} --force", unmask("part.csv", "new.csv")));
    assert_eq!(get(&desk, "new.csv"), get(&desk, "in.csv"));
    assert!(!desk.path("new.csv.tokenize.json").exists(), "it spoke of the file that was replaced");
}
