//! The commands in pages of the documentation are run, in their order, and print what stands below them.
#![cfg(unix)]

#[path = "../../tests/it/customers.rs"]
mod customers;
#[path = "pages/desk.rs"]
mod desk;
#[path = "pages/helps.rs"]
mod helps;
#[path = "pages/snippets.rs"]
mod snippets;

use std::fs;

use crate::desk::{Desk, blocks, pages, root};

/// Lays out what the next block of commands needs, by its number on the page.
type Ready = fn(&Desk, usize);

/// Every page with commands. A page that is not here fails below.
const PAGES: &[(&str, Ready)] = &[
    ("README.md", readme),
    ("docs/detection.md", nothing),
    ("docs/files.md", files),
    ("docs/keys.md", keys),
    ("docs/leaks.md", customers_at_hand),
    ("docs/packs/fintech.md", nothing),
    ("docs/packs/gdpr-pseudonymised.md", nothing),
    ("docs/packs/healthcare-expert.md", nothing),
    ("docs/packs/healthcare-safe-harbor.md", nothing),
    ("docs/packs/pci.md", nothing),
    ("docs/performance.md", nothing),
    ("docs/policy.md", collector),
    ("docs/report.md", customers_at_hand),
    ("docs/tasks.md", tasks),
    ("docs/tutorial.md", nothing),
];

/// A text in which Unicode draws.
const DRAWN: [char; 3] = ['│', '─', '▶'];

#[test]
fn every_command_runs_as_its_page_says() {
    for (page, ready) in PAGES {
        let desk = Desk::new();
        let text = fs::read_to_string(root().join(page)).unwrap();
        let (mut printed, mut ran) = (String::new(), 0);
        for (language, block) in blocks(&text) {
            match language {
                "sh" => {
                    ready(&desk, ran);
                    printed = block.lines().map(|line| desk.run(line)).collect();
                    ran += 1;
                }
                "text" if !block.contains(DRAWN) => assert_eq!(printed, block, "{page}"),
                _ => {}
            }
        }
        assert!(ran > 0, "{page} has no commands");
    }
}

/// Somebody looks at every block: here, at `rust` in `pages/snippets.rs`, at `yaml` in `tests/it/docs.rs`, at `python` in `tokenize-py/tests/test_docs.py`.
#[test]
fn no_block_is_of_a_kind_that_nobody_runs() {
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let has_commands = PAGES.iter().any(|(known, _)| *known == page);
        for (language, block) in blocks(&text) {
            let is_run = match language {
                "python" | "rust" | "rust,ignore" | "yaml" => true,
                "sh" => has_commands,
                // What commands print; a drawing; what `tests/it/docs.rs` has printed.
                "text" => has_commands || block.contains(DRAWN) || page == "docs/packs/index.md",
                _ => false,
            };
            assert!(is_run, "{page}: no test runs this block of `{language}`:\n{block}");
            seen += 1;
        }
    }
    assert!(seen > 70, "{seen}");
}

#[test]
fn the_tutorial_brings_back_what_it_says() {
    let desk = Desk::new();
    let text = fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    for (_, block) in blocks(&text).into_iter().filter(|(language, _)| *language == "sh") {
        block.lines().for_each(|line| drop(desk.run(line)));
    }
    let clear = desk.read("clear.csv");
    assert!(clear.contains("Ada Example") && clear.contains("4111111111111111"), "{clear}");
    assert!(!clear.contains("Springfield") && !clear.contains("hunter2"), "{clear}");
}

fn nothing(_: &Desk, _: usize) {}

fn a_keyring(desk: &Desk) {
    desk.run("tokenize keyring create keyring.json --kms local:kek.key");
}

fn customers_at_hand(desk: &Desk, _: usize) {
    a_keyring(desk);
    desk.put("examples/policies/customers.yaml", "policy.yaml");
    desk.customers("customers.parquet");
}

fn readme(desk: &Desk, block: usize) {
    match block {
        1 => desk.customers("demo/customers.parquet"),
        2 => {
            desk.write("policy.yaml", POLICY);
            desk.write("log.yaml", LOG_POLICY);
            desk.write("events.ndjson", "{\"email\": \"ann@example.com\", \"name\": \"Ann\"}\n");
            desk.shell("gzip -f events.ndjson");
            desk.write("app.log", "ann@example.com called\n");
        }
        3 => desk.people("data/a/people.parquet"),
        5 => desk.people("new/people.parquet"),
        _ => {}
    }
}

fn files(desk: &Desk, block: usize) {
    match block {
        0 => {
            a_keyring(desk);
            desk.write("people.csv", "email,name\nann@example.com,Ann\n");
            desk.write("policy.yaml", POLICY);
            desk.write("log.yaml", LOG_POLICY);
            desk.write("app.log", "ann@example.com called\n");
            desk.shell("gzip -f app.log");
        }
        2 => desk.people("data/a/people.parquet"),
        _ => {}
    }
}

fn keys(desk: &Desk, block: usize) {
    match block {
        1 => {
            a_keyring(desk);
            desk.write("policy.yaml", POLICY);
            desk.people("in.parquet");
        }
        2 => desk.shell("cp masked.parquet rewritten.parquet"),
        3 => {
            desk.write("tokens.yaml", TOKENS_POLICY);
            desk.run("tokenize mask in.parquet --policy tokens.yaml --keyring keyring.json --out old.parquet");
        }
        _ => {}
    }
}

fn collector(desk: &Desk, _: usize) {
    a_keyring(desk);
    desk.write("collector.yaml", POLICY);
    desk.people("visits.parquet");
}

fn tasks(desk: &Desk, block: usize) {
    if block > 0 {
        return;
    }
    a_keyring(desk);
    for to in ["data.csv", "raw/night.csv"] {
        desk.put("examples/policies/samples/fintech.csv", to);
    }
    for to in ["policy.yaml", "partner.yaml"] {
        desk.put("examples/policies/fintech.yaml", to);
    }
    desk.run("tokenize mask data.csv --policy policy.yaml --keyring keyring.json --out masked.csv");
}

/// A policy that a writer file can mask by too.
const POLICY: &str = "version: 1
name: people
columns:
  email: { action: encrypt, key: output, output: string }
  name:  { action: encrypt, key: output, output: string }
";

const TOKENS_POLICY: &str = "version: 1
name: people
columns:
  email: { action: tokenize, format: email }
  name:  { action: drop }
";

const LOG_POLICY: &str = "version: 1
name: log
columns:
  text: { action: text, entities: { EMAIL_ADDRESS: { action: tokenize, format: email } } }
";
