//! Every command in a page or in a help is one that the program understands, those too that no test can run.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};

use super::Args;

#[test]
fn commands_in_pages_are_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = vec![root.join("README.md")];
    find(&root.join("docs"), "md", &mut pages);
    find(&root.join("examples/policies"), "yaml", &mut pages);
    let seen: usize = pages.iter().map(|page| understood(&fs::read_to_string(page).unwrap())).sum();
    assert!(seen > 60, "{seen}");
}

#[test]
fn examples_in_helps_are_understood() {
    let seen = helps(&Args::command()).iter().map(|help| understood(help)).sum::<usize>();
    assert!(seen > 40, "{seen}");
}

/// What stands below the options of each verb.
fn helps(command: &clap::Command) -> Vec<String> {
    let own = command.get_after_help().map(ToString::to_string);
    own.into_iter().chain(command.get_subcommands().flat_map(helps)).collect()
}

fn find(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, extension, found);
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
}

/// How many lines of a text are commands of ours, all of them understood.
fn understood(text: &str) -> usize {
    let lines = text.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let lines = lines.filter(|line| line.starts_with("tokenize ") || line.contains("| tokenize "));
    let commands = lines.flat_map(commands).inspect(|words| {
        if let Err(error) = Args::try_parse_from(words) {
            panic!("{words:?}: {error}");
        }
    });
    commands.count()
}

/// The commands of ours in a line of shell, without what is redirected.
fn commands(line: &str) -> Vec<Vec<&str>> {
    let said = line.split(" #").next().unwrap_or_default();
    let words: Vec<_> = said.split("  ").next().unwrap_or_default().split_whitespace().collect();
    let commands = words.split(|word| *word == "|").map(|words| {
        let words = words.split(|word| ["<", ">"].contains(word)).next().unwrap_or_default();
        words.iter().map(|word| word.trim_matches(['\'', '"'])).collect::<Vec<_>>()
    });
    commands.filter(|words| words.first() == Some(&"tokenize")).collect()
}
