//! Examples of `--help` run, verb by verb, on a desk that has what they name.

use crate::POLICY;
use crate::desk::Desk;

/// Lines that need a terminal, a home, standard input or columns of their own. `args/tests.rs` tries their words.
const NOT_HERE: [&str; 4] = ["tokenize completions", "keyring destroy", "mask - ", "email,a.b"];

#[test]
fn every_example_of_a_help_runs() {
    let (mut seen, mut ran) = (0, 0);
    for verb in verbs(&Desk::new(), "") {
        let desk = Desk::new();
        helped(&desk);
        for line in examples(&desk.run(format!("tokenize {verb} --help").trim())) {
            seen += 1;
            if NOT_HERE.iter().any(|part| line.contains(part)) {
                continue;
            }
            if line.contains("keyring create") && !line.contains("aws-kms") {
                desk.shell("rm -f keyring.json kek.key");
            }
            desk.run(&line);
            ran += 1;
        }
    }
    assert!(seen > 40 && ran > 35, "{ran} of {seen}");
}

/// What the examples find: a keyring of two versions, tables, and the same masked.
fn helped(desk: &Desk) {
    desk.run("tokenize keyring create keyring.json --kms local:kek.key");
    desk.write("policy.yaml", POLICY);
    desk.write("p.yaml", POLICY);
    desk.write("rules.yaml", "min_score: 0.6\n");
    for to in ["in", "customers", "day1", "day2", "data/a/in"] {
        desk.people(&format!("{to}.parquet"));
    }
    desk.names("export.parquet");
    desk.write("events.ndjson", "{\"email\": \"ann@example.com\", \"name\": \"Ann\"}\n");
    desk.shell("gzip events.ndjson");
    desk.run(
        "tokenize mask in.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet",
    );
    desk.run("tokenize mask data/ --policy policy.yaml --keyring keyring.json --out masked/");
    desk.shell("cp masked.parquet bare.parquet; cp masked.parquet.tokenize.json m.tokenize.json");
    desk.run("tokenize keyring add keyring.json");
    desk.run("tokenize keyring promote keyring.json 2");
    desk.shell("cp keyring.json k.json");
}

/// A verb and those below it, as its help lists them.
fn verbs(desk: &Desk, verb: &str) -> Vec<String> {
    let help = desk.run(format!("tokenize {verb} --help").replace("  ", " ").as_str());
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let below = names.filter(|name| *name != "help");
    let below = below.flat_map(|name| verbs(desk, format!("{verb} {name}").trim()));
    std::iter::once(verb.to_owned()).chain(below).collect()
}

/// The commands below `Examples:`, with lines put together that were too long for the screen.
fn examples(help: &str) -> Vec<String> {
    let listed = help.split("Examples:\n").nth(1).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for line in listed.lines().take_while(|line| line.starts_with("  ")).map(str::trim) {
        match found.last_mut() {
            Some(last) if !line.starts_with("tokenize ") => *last = format!("{last} {line}"),
            _ => found.push(line.to_owned()),
        }
    }
    found
}
