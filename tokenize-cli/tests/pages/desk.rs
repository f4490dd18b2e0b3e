//! A folder with the examples in it, as a checkout has them, and the program.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use crate::customers::Customers;

pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let examples = folder.path().join("examples");
        std::os::unix::fs::symlink(root().join("examples"), examples).unwrap();
        Self(folder)
    }

    /// What a line prints. Lines for other programs, and for places that are not of this machine, are only looked at.
    pub(crate) fn run(&self, line: &str) -> String {
        let line = line.split("  #").next().unwrap_or_default().trim_end();
        let first = line.split_whitespace().next().unwrap_or_default();
        match first {
            "cargo" | "make" | "python3" | ".venv/bin/python" => {
                looked_at(first, line);
                return String::new();
            }
            // Their words are tried by `args/tests.rs`.
            _ if ELSEWHERE.iter().any(|word| line.contains(word)) => return String::new(),
            _ => {}
        }
        self.clear_way(line);
        let output = self.start(line);
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes this the folder that the process is in.
    pub(crate) fn enter(&self) {
        std::env::set_current_dir(self.0.path()).unwrap();
    }

    /// A line of preparation.
    pub(crate) fn shell(&self, line: &str) {
        assert!(self.start(line).status.success(), "{line}");
    }

    fn start(&self, line: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_tokenize")).parent().unwrap();
        let mut paths = vec![program.to_path_buf()];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut command = Command::new("sh");
        command.args(["-c", line]).env("PATH", std::env::join_paths(paths).unwrap());
        command.current_dir(self.0.path()).stdin(Stdio::null()).output().unwrap()
    }

    /// Lines below one another may be other ways to one output.
    fn clear_way(&self, line: &str) {
        for option in [" --out ", " --policy-out ", " --report "] {
            let output = line.split(option).nth(1).and_then(|rest| rest.split(' ').next());
            let Some(output) = output.filter(|output| *output != "-") else { continue };
            let path = self.0.path().join(output);
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else if path.exists() {
                fs::remove_file(path).unwrap();
                let _ = fs::remove_file(self.0.path().join(format!("{output}.tokenize.json")));
            }
        }
    }

    pub(crate) fn put(&self, from: &str, to: &str) {
        fs::copy(root().join(from), self.place(to)).unwrap();
    }

    pub(crate) fn write(&self, to: &str, text: &str) {
        fs::write(self.place(to), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// The made-up customers that `make demo` masks.
    pub(crate) fn customers(&self, to: &str) {
        self.parquet(to, &Customers::new(7).rows(0, 200).unwrap());
    }

    /// Two columns of text, nothing like a number in them.
    pub(crate) fn people(&self, to: &str) {
        let column = |values: &[&str]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
        let email = column(&["ann@example.com", "bob@example.org"]);
        let batch =
            RecordBatch::try_from_iter([("email", email), ("name", column(&["Ann", "Bob"]))]);
        self.parquet(to, &batch.unwrap());
    }

    /// One column, nothing like an address in it.
    pub(crate) fn names(&self, to: &str) {
        let names = Arc::new(StringArray::from(vec!["home", "help"])) as ArrayRef;
        self.parquet(to, &RecordBatch::try_from_iter([("page", names)]).unwrap());
    }

    fn parquet(&self, to: &str, batch: &RecordBatch) {
        let file = File::create(self.place(to)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
    }

    fn place(&self, to: &str) -> PathBuf {
        let path = self.0.path().join(to);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }
}

/// Only AWS and the like have these.
const ELSEWHERE: [&str; 4] = ["s3://", "gs://", "aws-kms:", "tokenize iam "];

/// A recipe of the Makefile, an example, a script: there is one of that name.
fn looked_at(program: &str, line: &str) {
    let words: Vec<_> = line.split_whitespace().collect();
    let is_there = match program {
        "make" => {
            let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
            makefile.lines().any(|rule| rule.starts_with(&format!("{}:", words[1])))
        }
        "python3" | ".venv/bin/python" => root().join(words[1]).exists(),
        _ => {
            let after = |flag| words.iter().skip_while(|word| **word != flag).nth(1);
            let example = after("--example").map(|name| format!("examples/{name}.rs"));
            let path = example.or_else(|| after("--path").map(|path| format!("{path}/Cargo.toml")));
            path.is_none_or(|path| root().join(path).exists())
        }
    };
    assert!(is_there, "{line}");
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The pages that users read, by their paths in the repository.
pub(crate) fn pages() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().display());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found
}

/// The fenced blocks of a page, each with its language.
pub(crate) fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(language) => {
                blocks.push((language, String::new()));
                is_open = true;
            }
            None if is_open => {
                let block = &mut blocks.last_mut().unwrap().1;
                *block += line;
                *block += "\n";
            }
            None => {}
        }
    }
    blocks
}
