//! Which files are written, and which never are.

use std::fs;

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;

use crate::desk::{Desk, MASK, UNMASK, has_column, people};

const SEVERAL: &str =
    "mask a.parquet b.parquet --policy policy.yaml --keyring keyring.json --out masked";

#[test]
fn an_output_that_exists_is_replaced_by_force_only() {
    let desk = Desk::masked();
    fs::write(desk.path("masked.parquet"), "something of mine").unwrap();
    desk.fails(MASK, 2, "error: masked.parquet: exists already\nhint: choose another --out, or give --force to replace it");
    desk.done(&format!("{MASK} --force"));
    assert_eq!(desk.read("masked.parquet").num_rows(), 20);
}

#[test]
fn the_input_is_never_replaced() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(desk.path("in.parquet"), desk.path("link.parquet")).unwrap();
    for name in ["in.parquet", "./in.parquet", "link.parquet"] {
        let expected = format!(
            "error: {name}: is the input itself\nhint: write to another file; the input is never replaced"
        );
        for force in ["", " --force"] {
            desk.fails(&format!("{}{force}", MASK.replace("masked.parquet", name)), 2, &expected);
        }
    }
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let desk = Desk::new();
    let before = desk.snapshot();
    let said = desk.run(&format!("{MASK} --dry-run"));
    let plan = "\
COLUMN  DONE          DOMAIN
id      pseudonymize  person
email   tokenize      email
ssn     tokenize      us_ssn
card    tokenize      pan
name    encrypt       name
points  tokenize      points
amount  keep          -
dry run: nothing of in.parquet has been written
";
    let (told, shown) = said.stdout.split_once("\nthe first 10 rows, masked").unwrap();
    assert_eq!((said.code, told, said.stderr.as_str()), (Some(0), plan, ""));
    let given = desk.read("in.parquet");
    for column in ["id", "email", "ssn", "card", "name"] {
        let values = given.column_by_name(column).unwrap().as_string::<i32>();
        assert!(values.iter().flatten().all(|value| !shown.contains(value)), "{column}: {shown}");
    }
    let kept = given.column_by_name("amount").unwrap().as_primitive::<Float64Type>();
    assert!(shown.contains(&kept.value(0).to_string()), "{shown}");
    let said =
        desk.run("mask in.parquet --policy policy.yaml --keyring keyring.json --dry-run --json");
    let expected = serde_json::json!({ "column": "id", "done": "pseudonymize", "domain": "person", "emptied": 0, "nullified": 0, "redacted": 0 });
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&report["files"][0]["columns"][0], &report["dry_run"]), (&expected, &true.into()));
    assert_eq!(report["preview"][1]["column"], "email");
    assert_eq!(report["preview"][1]["values"].as_array().unwrap().len(), 10);
    assert!(desk.snapshot() == before);
}

#[test]
fn a_report_goes_to_programs_alone() {
    let desk = Desk::new();
    let said = desk.done(&format!("{MASK} --json"));
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let file = &report["files"][0];
    assert_eq!(
        (&file["input"], &file["output"], &file["rows"]),
        (&"in.parquet".into(), &"masked.parquet".into(), &20.into())
    );
    let events = said.stderr.lines().map(|line| serde_json::from_str(line).unwrap());
    let events: Vec<serde_json::Value> = events.collect();
    let told = |i: usize| (&events[i]["event"], &events[i]["files"]);
    assert_eq!(told(0), (&"start".into(), &1.into()));
    assert_eq!(told(events.len() - 1), (&"done".into(), &1.into()));
    assert_eq!(events.last().unwrap()["rows"], 20);
    assert_eq!(events.last().unwrap()["bytes"], events[0]["bytes_total"]);
}

#[test]
fn several_inputs_go_into_a_directory() {
    let desk = Desk::new();
    desk.write("a.parquet", &people(3, 1));
    desk.write("b.parquet", &people(4, 2));
    let said = desk.done(SEVERAL).stderr;
    assert!(said.ends_with("7 rows of 2 files written to masked\n"), "{said}");
    assert_eq!(fs::read(desk.path("masked/_SUCCESS")).unwrap(), b"");
    desk.done("unmask masked/a.parquet masked/b.parquet --keyring keyring.json --out clear/");
    let (clear, given) = (desk.read("clear/b.parquet"), desk.read("b.parquet"));
    assert_eq!(clear.column_by_name("email"), given.column_by_name("email"));
    desk.done("unmask masked/a.parquet --keyring keyring.json --out clear --force");
}

#[test]
fn no_output_is_written_while_one_is_taken() {
    let desk = Desk::new();
    desk.write("a.parquet", &people(3, 1));
    desk.write("b.parquet", &people(4, 2));
    fs::create_dir(desk.path("masked")).unwrap();
    fs::write(desk.path("masked/b.parquet"), "something of mine").unwrap();
    desk.fails(SEVERAL, 2, "error: masked/b.parquet: exists already\nhint: choose another --out, or give --force to replace it");
    let into_itself = SEVERAL.replace("masked", ".");
    desk.fails(
        &format!("{into_itself} --force"),
        2,
        "error: .: outputs and inputs would lie in each other\nhint: choose an --out beside the inputs",
    );
}

#[test]
fn no_output_is_written_while_one_input_does_not_fit() {
    let desk = Desk::new();
    desk.write("a.parquet", &people(3, 1));
    desk.write("b.parquet", &people(4, 2).project(&[0, 1, 2, 3, 4, 5]).unwrap());
    desk.fails(
        SEVERAL,
        3,
        "error: b.parquet: differs from a.parquet: column amount is missing
hint: bring the files to the same columns, or treat those that differ in a run of their own",
    );
    fs::copy(desk.path("b.parquet"), desk.path("a.parquet")).unwrap();
    desk.fails(
        SEVERAL,
        2,
        "error: a.parquet: column amount: is not in the schema
hint: correct the name, or mark the rule `optional: true` if the column may be absent",
    );
}

#[test]
fn what_is_written_before_a_failure_is_told() {
    let desk = Desk::new();
    desk.write("a.parquet", &people(3, 1));
    fs::write(desk.path("b.parquet"), damaged_data(&desk)).unwrap();
    let outcome = desk.run(&format!("{SEVERAL} --json"));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(3), ""));
    let said = "1 of 2 outputs is written: masked/a.parquet; --resume goes on with the rest\nerror: b.parquet: a row group";
    assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    assert!(!desk.path("masked/_SUCCESS").exists());
    assert!(
        has_column(&desk.path("masked/a.parquet"), "email")
            && !desk.path("masked/b.parquet").exists()
    );
}

#[test]
fn a_directory_made_in_vain_is_removed() {
    let desk = Desk::new();
    fs::write(desk.path("a.parquet"), damaged_data(&desk)).unwrap();
    desk.write("b.parquet", &people(4, 2));
    desk.fails(
        SEVERAL,
        3,
        "error: a.parquet: a row group cannot be decoded; the file is damaged, or uses something that this version does not read",
    );
}

/// A file whose footer is whole.
fn damaged_data(desk: &Desk) -> Vec<u8> {
    let mut bytes = fs::read(desk.path("in.parquet")).unwrap();
    bytes[4..400].fill(0xff);
    bytes
}

#[test]
fn what_is_not_supported_is_said() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    let url = "hint: name an object, as in s3://bucket/folder/data.parquet; credentials come from the environment";
    let unknown = "its name does not tell its format
hint: say it: --input-format parquet, arrow, arrow-stream, csv, ndjson or text";
    let cases: [(&str, &str); 3] = [
        ("in.json", &format!("error: in.json: {unknown}")),
        ("-", &format!("error: -: {unknown}")),
        (
            "http://b/in.parquet",
            &format!("error: http://b/in.parquet: URLs are s3://, gs://, az:// or abfss://\n{url}"),
        ),
    ];
    for (input, expected) in cases {
        desk.fails(&MASK.replace("in.parquet", input), 2, expected);
        desk.fails(&UNMASK.replace("masked.parquet", input), 2, expected);
    }
    for (input, expected) in [
        ("*.csv", "error: *.csv: no file matches"),
        ("folder", "error: folder: there are no files in it, but hidden ones"),
    ] {
        desk.fails(&MASK.replace("in.parquet", input), 4, expected);
        desk.fails(&UNMASK.replace("masked.parquet", input), 4, expected);
    }
    desk.fails(
        &MASK.replace("masked.parquet", "masked.json"),
        2,
        "error: --out masked.json: neither a directory nor a name that tells a format
hint: name a file that ends in .parquet, .arrow, .csv, .ndjson, .txt or the like, give --output-format, or name a directory that exists or one to be made with a / at the end",
    );
}

#[test]
fn usage_is_exit_code_2() {
    let desk = Desk::new();
    for args in
        ["mask", "mask in.parquet", &format!("{MASK} --no-such-flag"), "policy", "policy check"]
    {
        let outcome = desk.run(args);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{args}");
        assert!(outcome.stderr.contains("Usage: tokenize "), "{args}: {}", outcome.stderr);
    }
    let said = desk.run(&format!("{UNMASK} --columns a,,b"));
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr
            .starts_with("error: invalid value 'a,,b' for '--columns <PATHS>': a name is missing;"),
        "{}",
        said.stderr
    );
}

#[test]
fn an_output_where_there_is_no_directory_is_refused() {
    let desk = Desk::new();
    desk.fails(
        &MASK.replace("masked.parquet", "no/masked.parquet"),
        4,
        "error: no/masked.parquet: cannot create: no such file or directory",
    );
    desk.fails(
        &MASK.replace("masked.parquet", "no/deeper/"),
        4,
        "error: no/deeper/: cannot create: no such file or directory",
    );
}
