//! What the documentation shows is true: its policies pass, and the sample table goes there and back.

use std::fs;
use std::path::PathBuf;

use tokenize_core::{Policy, Tokenizer};

use crate::customers::Customers;
use crate::fixture::Fixture;

#[test]
fn every_policy_in_the_documentation_passes() {
    let mut seen = 0;
    for page in pages() {
        for (line, block) in blocks(&read(&page), "yaml") {
            let faults = Policy::from_text(&whole_policy(&block)).err();
            assert!(faults.is_none(), "{page}:{line}: {}", faults.unwrap());
            seen += 1;
        }
    }
    assert!(seen > 20, "found only {seen} examples; are they still in ```yaml blocks?");
}

/// What the page of packs says of a policy that breaks its claim.
#[test]
fn a_broken_claim_is_refused_in_the_words_of_the_page() {
    let page = read("docs/packs/index.md");
    let [(_, policy)] = blocks(&page, "yaml").try_into().unwrap();
    let [(_, said)] = blocks(&page, "text").try_into().unwrap();
    let error = Policy::from_text(&policy.replace("to: year", "to: month")).unwrap_err();
    assert!(error.to_string().contains(said.trim_end()), "{error}");
}

#[test]
fn every_action_and_format_has_an_example() {
    let page = read("docs/policy.md");
    let blocks: String = blocks(&page, "yaml").into_iter().map(|(_, block)| block).collect();
    let actions = [
        "drop",
        "encrypt",
        "generalize",
        "keep",
        "pseudonymize",
        "redact",
        "shift_date",
        "surrogate",
        "tokenize",
        "truncate",
    ];
    for action in actions {
        assert!(blocks.contains(&format!("action: {action}")), "no example of {action}");
    }
    for format in tokenize_core::format::Format::names() {
        assert!(blocks.contains(&format!("format: {format}")), "no example of {format}");
    }
}

#[test]
fn the_sample_table_comes_back_whole() {
    let fixture = Fixture::new();
    let table = Customers::new(7).rows(0, 500).unwrap();
    let tokenizer = Tokenizer::new(sample_policy("customers"), &fixture.keyring).unwrap();
    let masked = tokenizer.plan_mask(&table.schema()).unwrap().mask(&table).unwrap();
    for (field, (is, was)) in
        table.schema().fields().iter().zip(masked.columns().iter().zip(table.columns()))
    {
        assert_eq!(is == was, field.name() == "amount", "{}", field.name());
    }
    let clear = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&masked).unwrap();
    assert_eq!(clear, table);
}

#[test]
fn the_handout_policy_fits_the_sample_table() {
    let table = Customers::new(7).rows(0, 500).unwrap();
    let fixture = Fixture::new();
    let tokenizer = Tokenizer::new(sample_policy("customers-handout"), &fixture.keyring).unwrap();
    let masked = tokenizer.plan_mask(&table.schema()).unwrap().mask(&table).unwrap();
    let names: Vec<_> = masked.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["id", "name", "email", "pan", "dob", "amount", "created"]);
}

#[test]
fn rows_of_the_sample_table_do_not_depend_on_batches() {
    let table = Customers::new(3);
    let whole = table.rows(0, 100).unwrap();
    assert_eq!(whole.slice(37, 20), table.rows(37, 20).unwrap());
    assert_ne!(whole, Customers::new(4).rows(0, 100).unwrap());
}

fn sample_policy(name: &str) -> Policy {
    Policy::from_text(&read(&format!("examples/policies/{name}.yaml"))).unwrap()
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages that users read, by their paths in the repository.
fn pages() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    for folder in ["docs", "docs/packs"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
        let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        let pages = names.map(|name| format!("{folder}/{}", name.display()));
        found.extend(pages.filter(|page| page.ends_with(".md")));
    }
    found
}

/// A block as it stands, or as the lines of `columns:` or of `detection:` that it shows.
fn whole_policy(block: &str) -> String {
    if block.starts_with("version:") {
        return block.to_owned();
    }
    let lines: String = block.lines().map(|line| format!("  {line}\n")).collect();
    if block.starts_with("min_score:") {
        let columns = "columns: { note: { action: text } }";
        return format!("version: 1\nname: example\n{columns}\ndetection:\n{lines}");
    }
    format!("version: 1\nname: example\ncolumns:\n{lines}")
}

/// The blocks of a page in one language, with the lines they start on.
fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let head = format!("```{language}");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (&mut open, line) {
            (None, line) if line == head => open = Some((number, String::new())),
            (None, _) => {}
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}
