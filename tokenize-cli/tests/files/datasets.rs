//! Datasets: directories, patterns, partitions, and runs that go on.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::desk::{Desk, people};

const RULES: &str = "  country: { action: pseudonymize, domain: country }
  email: { action: tokenize, format: email }
  n: { action: keep }
";
const MASK: &str = "mask in --policy policy.yaml --keyring keyring.json --out out";
const UNMASK: &str = "unmask out --keyring keyring.json --out clear";

/// A desk with CSV files below `in`, each with two people.
fn desk(files: &[&str], rules: &str) -> Desk {
    let desk = Desk::without_files();
    desk.policy(rules);
    for (i, file) in files.iter().enumerate() {
        let path = desk.path("in").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!("email,n\nann.{i}@example.com,{i}\nbob.{i}@example.org,7\n");
        fs::write(path, text).unwrap();
    }
    desk
}

/// The files of a directory, without those that begin with `_`.
fn tree(desk: &Desk, root: &str) -> BTreeMap<String, Vec<u8>> {
    let all = desk.snapshot().into_iter();
    let below = all.filter_map(|(name, bytes)| {
        let name = name.strip_prefix(root)?.strip_prefix('/')?.to_owned();
        (!name.ends_with('/') && !name.starts_with('_')).then_some((name, bytes))
    });
    below.collect()
}

fn says(desk: &Desk, args: &str, code: i32, expected: &str) {
    let outcome = desk.run(args);
    assert_eq!(outcome.code, Some(code), "{args}\n{}", outcome.stderr);
    assert!(outcome.stderr.contains(expected), "{args}\n{}", outcome.stderr);
}

#[test]
fn a_directory_keeps_its_places_and_comes_back() {
    let files = ["a.csv", "deep/c.csv", "deep/er/b.csv"];
    let desk = desk(&files, "");
    desk.policy("  email: { action: tokenize, format: email }\n  n: { action: keep }\n");
    fs::write(desk.path("in/_hidden.csv"), "x\n1\n").unwrap();
    let said = desk.done(MASK).stderr;
    assert!(said.ends_with("6 rows of 3 files written to out\n"), "{said}");
    assert!(said.contains("email   tokenize  email   6     0      -        0."), "{said}");
    let data = |root: &str| -> Vec<String> {
        tree(&desk, root).into_keys().filter(|name| name.ends_with(".csv")).collect()
    };
    assert_eq!(data("out"), files);
    desk.done(UNMASK);
    for name in files {
        assert_eq!(tree(&desk, "clear")[name], tree(&desk, "in")[name], "{name}");
    }
    assert_eq!(fs::read(desk.path("clear/_SUCCESS")).unwrap(), b"");
    // A pattern begins where its directory does.
    desk.done(&MASK.replace("mask in", "mask in/**/c.csv").replace("out out", "out some"));
    assert_eq!(data("some"), ["deep/c.csv"]);
}

#[test]
fn partitions_are_columns_and_come_back() {
    let files = [
        "country=Atlantis/p=1/a.csv",
        "country=__HIVE_DEFAULT_PARTITION__/p=1/a.csv",
        "country=S%C3%A3o%3A/p=2/a.csv",
    ];
    let rules = format!(
        "{}  p: {{ action: keep }}\n",
        RULES.replace(
            "pseudonymize, domain: country",
            "encrypt, mode: deterministic, output: string"
        )
    );
    let desk = desk(&files, &rules);
    let masked = desk.done(&format!("{MASK} --json"));
    let said = format!("{}{}", masked.stdout, masked.stderr);
    for value in ["Atlantis", "São", "S%C3", "example.com"] {
        assert!(!said.contains(value), "{value}\n{said}");
        let inside = |(name, bytes): (&String, &Vec<u8>)| {
            name.contains(value) || String::from_utf8_lossy(bytes).contains(value)
        };
        let shown = desk
            .snapshot()
            .iter()
            .any(|it| it.0.starts_with("out") && inside(it) && value != "example.com");
        assert!(!shown, "{value}");
    }
    let report: Value = serde_json::from_str(&masked.stdout).unwrap();
    assert_eq!(report["partitions"][0]["done"], "encrypt");
    let inputs = report["files"].as_array().unwrap().iter().map(|file| &file["input"]);
    assert!(inputs.clone().any(|input| input == "in/country=…/p=2/a.csv"), "{report}");
    assert!(
        tree(&desk, "out")
            .keys()
            .any(|name| name.starts_with("country=__HIVE_DEFAULT_PARTITION__/p=1/"))
    );
    says(
        &desk,
        "mask out --policy policy.yaml --keyring keyring.json --out twice",
        2,
        "column country: is masked already",
    );

    let clear = desk.run(UNMASK);
    assert_eq!(clear.code, Some(0), "{}", clear.stderr);
    let expected: BTreeMap<String, Vec<u8>> = tree(&desk, "in")
        .into_iter()
        .map(|(name, bytes)| (name.replace("S%C3%A3o%3A", "São%3A"), bytes))
        .collect();
    assert_eq!(tree(&desk, "clear"), expected);
    assert!(!desk.path("clear/_tokenize.json").exists());

    desk.done("unmask out --keyring keyring.json --out some --columns email");
    assert!(tree(&desk, "some").keys().all(|name| !name.contains("Atlantis")));
    desk.done("unmask some --keyring keyring.json --out rest");
    assert_eq!(tree(&desk, "rest"), expected);

    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    desk.done("remask out --keyring keyring.json --out again");
    assert_ne!(tree(&desk, "again"), tree(&desk, "out"));
    desk.done("unmask again --keyring keyring.json --out again-clear");
    assert_eq!(tree(&desk, "again-clear"), expected);
    let idle = desk.done("remask again --keyring keyring.json --out idle").stderr;
    assert!(
        idle.ends_with("3 files under the primary key version already: nothing has been written\n"),
        "{idle}"
    );
    assert!(!desk.path("idle").exists());
}

#[test]
fn files_without_anything_to_unmask_go_along_with_their_partitions() {
    let rules = "  country: { action: encrypt, mode: deterministic, output: string }
  email: { action: keep }
  n: { action: keep }
";
    let desk = desk(&["country=Atlantis/a.csv"], rules);
    assert_eq!(desk.run(MASK).code, Some(0));
    let said = desk.run(&format!("{UNMASK} --columns country"));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let file = "country=Atlantis/a.csv";
    assert_eq!(tree(&desk, "clear")[file], tree(&desk, "in")[file]);
    assert!(!desk.path("clear/_tokenize.json").exists());
}

#[test]
fn what_cannot_be_done_to_a_partition_is_refused() {
    let rest = "  email: { action: tokenize, format: email }\n  n: { action: keep }\n";
    let with = |rule: &str| match rule {
        "" => rest.to_owned(),
        rule => format!("  country: {{ {rule} }}\n{rest}"),
    };
    let desk = desk(&["country=DE/a.csv", "country=FR/a.csv"], &with("action: keep"));
    let cases = [
        ("", 2, "column country"),
        ("action: redact", 2, "all directories would become one"),
        ("action: encrypt", 2, "it would give another one in each run"),
        ("action: encrypt, mode: deterministic", 2, "it gives bytes, not text"),
        ("action: text, entities: { '*': { action: redact } }", 2, "it is for texts in rows"),
        (
            "action: drop",
            2,
            "in/country=…/a.csv and in/country=…/a.csv: their outputs would be one file",
        ),
        ("action: truncate, keep: { first: 0 }, fill: x", 2, "their outputs would be one file"),
        (
            "action: tokenize, format: us_ssn",
            3,
            "partition column country: a value does not fit the format",
        ),
    ];
    for (rule, code, expected) in cases {
        desk.policy(&with(rule));
        says(&desk, MASK, code, expected);
        assert!(!desk.path("out").exists(), "{rule}");
    }
    fs::rename(desk.path("in/country=FR/a.csv"), desk.path("in/country=FR/b.csv")).unwrap();
    desk.policy(&with("action: drop"));
    desk.done(MASK);
    assert!(desk.path("out/a.csv").exists() && desk.path("out/b.csv").exists());
    fs::create_dir_all(desk.path("in/country=IT/p=1")).unwrap();
    fs::write(desk.path("in/country=IT/p=1/a.csv"), "email,n\n").unwrap();
    says(
        &desk,
        MASK,
        3,
        "in/country=…/p=…/a.csv: differs from in/country=…/a.csv: column p is not in that",
    );
    fs::remove_dir_all(desk.path("in/country=IT")).unwrap();
    fs::write(desk.path("in/country=FR/b.csv"), "email,n,country\n").unwrap();
    says(
        &desk,
        &MASK.replace("out out", "out new"),
        2,
        "partition column country: is a column of the files too",
    );
}

#[test]
fn drift_is_refused_before_anything_is_written() {
    let desk = desk(
        &["a.csv", "b.csv"],
        "  email: { action: tokenize, format: email }\n  n: { action: keep }\n",
    );
    fs::write(desk.path("in/b.csv"), "n,email,more\n1,x,y\n").unwrap();
    desk.fails(
        MASK,
        3,
        "error: in/b.csv: differs from in/a.csv: column more is not in that
hint: bring the files to the same columns, or treat those that differ in a run of their own",
    );
    fs::write(desk.path("in/b.csv"), "n,email\n1,x\n").unwrap();
    says(&desk, MASK, 3, "column email stands in another place; column n stands in another place");
    assert!(!desk.path("out").exists());
}

#[test]
fn a_run_belongs_to_what_it_was_begun_with() {
    let desk = desk(
        &["a.csv", "b.csv"],
        "  email: { action: tokenize, format: email }\n  n: { action: keep }\n",
    );
    let broken = "email,n\nno mail,1\n";
    let whole = fs::read(desk.path("in/b.csv")).unwrap();
    fs::write(desk.path("in/b.csv"), broken).unwrap();
    says(&desk, MASK, 3, "1 of 2 outputs is written: out/a.csv; --resume goes on with the rest");
    assert!(!desk.path("out/_SUCCESS").exists() && desk.path("out/a.csv").exists());
    says(&desk, MASK, 2, "out/a.csv: exists already");
    says(&desk, UNMASK, 2, "out: is not complete");
    says(&desk, &format!("{MASK} --resume"), 3, "column email, row 0");
    says(&desk, &format!("{MASK} --resume --keep-metadata x"), 2, "the options or the version");
    says(&desk, &format!("{MASK} --resume --force"), 2, "cannot be used with");
    fs::write(desk.path("in/b.csv"), whole).unwrap();
    says(
        &desk,
        &format!("{MASK} --resume"),
        2,
        "an input has changed, or there are others, since it was begun",
    );
    desk.done(&format!("{MASK} --force"));
    let done = tree(&desk, "out");
    let said = desk.done(&format!("{MASK} --resume")).stderr;
    assert!(said.ends_with("out is complete: 2 files had been written before\n"), "{said}");
    fs::remove_file(desk.path("out/a.csv")).unwrap();
    let said = desk.done(&format!("{MASK} --resume")).stderr;
    assert!(
        said.ends_with("2 rows of 1 file written to out; 1 file had been written before\n"),
        "{said}"
    );
    assert_eq!(tree(&desk, "out"), done);
    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    says(&desk, &format!("{MASK} --resume"), 2, "the keyring or its primary version has changed");
    fs::write(desk.path("out/old.csv"), "x").unwrap();
    says(&desk, &format!("{MASK} --force"), 2, "out/old.csv: lies in the output directory");
    says(&desk, &format!("{} --resume", crate::desk::MASK), 2, "--resume goes on with a dataset");
}

#[test]
fn outputs_stay_inside_and_inputs_outside() {
    let desk = desk(
        &["a.csv", "k/b.csv"],
        "  email: { action: tokenize, format: email }\n  n: { action: keep }\n",
    );
    for out in ["in", "in/out", "in/k/x", "."] {
        says(
            &desk,
            &MASK.replace("out out", &format!("out {out}")),
            2,
            "outputs and inputs would lie in each other",
        );
    }
    fs::create_dir_all(desk.path("out")).unwrap();
    fs::create_dir(desk.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("out/k")).unwrap();
    says(&desk, MASK, 2, "out/k: is a symbolic link, and none is followed to write");
    says(&desk, &format!("{MASK} --force"), 2, "out/k: is a symbolic link");
    assert_eq!(fs::read_dir(desk.path("elsewhere")).unwrap().count(), 0);
    desk.write("a.parquet", &people(3, 1));
    fs::create_dir_all(desk.path("b")).unwrap();
    desk.write("b/a.parquet", &people(3, 1));
    says(
        &desk,
        "mask a.parquet b/a.parquet --policy policy.yaml --keyring keyring.json --out c",
        2,
        "their outputs would be one file",
    );
}

#[test]
fn scans_and_checks_see_partitions_and_all_files() {
    let files = ["country=Atlantis/a.csv", "country=Elbonia/b.csv"];
    let desk = desk(&files, RULES);
    let found = desk.done("scan in --json");
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    let columns: Vec<&str> = found["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["path"].as_str().unwrap())
        .collect();
    assert_eq!(columns, ["country", "email", "n"]);
    assert_eq!(found["columns"][1]["values"], 4, "{found}");
    assert!(!found.to_string().contains("Atlantis"));
    desk.done("scan in/*/b.csv");

    let fits = desk.done("policy check policy.yaml --schema in");
    assert!(fits.stdout.ends_with("fits all 3 columns of in\n"), "{}", fits.stdout);
    desk.policy("  email: { action: tokenize, format: email }\n  n: { action: keep }\n");
    says(&desk, "policy check policy.yaml --schema in", 1, "column country");
    desk.policy(&RULES.replace("pseudonymize, domain: country", "redact"));
    says(&desk, "policy check policy.yaml --schema in", 1, "all directories would become one");

    desk.policy(RULES);
    fs::write(desk.path("in/country=Elbonia/b.csv"), "email,m\nann@example.com,1\n").unwrap();
    says(&desk, "policy check policy.yaml --schema in", 3, "column n is missing");
    fs::write(desk.path("in/country=Elbonia/b.csv"), "email,n\nann@example.com\n").unwrap();
    for args in ["policy check policy.yaml --schema in", "scan in"] {
        let outcome = desk.run(args);
        assert!(!outcome.stderr.contains("Elbonia"), "{}", outcome.stderr);
    }
    says(&desk, "scan in", 3, "in/country=…/b.csv: line 2: has 1 fields");
}
