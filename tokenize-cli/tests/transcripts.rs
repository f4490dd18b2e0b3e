//! Command transcripts, and what a transcript cannot show: modes, pipes, ids that differ in every run.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

#[test]
fn transcripts() {
    // Help wraps at the width of the terminal, of which this speaks where there is none.
    trycmd::TestCases::new().env("COLUMNS", "100").case("tests/cli/*.trycmd");
}

/// Runs the program in a directory.
fn tokenize(directory: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.current_dir(directory).args(args.split(' ')).stdin(Stdio::null()).output().unwrap()
}

/// Runs the program, which must end with `code`; gives stdout and stderr.
fn run(directory: &Path, args: &str, code: i32) -> (String, String) {
    let output = tokenize(directory, args);
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(code), "{args}\n{stdout}{stderr}");
    (stdout, stderr)
}

#[test]
fn a_keyring_lives_and_rotates() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let id = run(at, "keyring create keyring.json --kms local:kek.key", 0).0;
    for file in ["keyring.json", "kek.key"] {
        assert_eq!(fs::metadata(at.join(file)).unwrap().permissions().mode() & 0o7777, 0o600);
    }
    assert_eq!(run(at, "keyring add keyring.json", 0).0, "2\n");
    run(at, "keyring promote keyring.json 2", 0);
    run(at, &format!("keyring destroy keyring.json 1 --confirm {}", id.trim()), 0);
    let list: Value =
        serde_json::from_str(&run(at, "keyring list keyring.json --json", 0).0).unwrap();
    assert_eq!((&list["id"], &list["primary"]), (&Value::from(id.trim()), &Value::from(2)));
    assert_eq!(list["versions"][0]["state"], "destroyed");
}

#[test]
fn what_wrapped_data_keys_before_is_not_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    run(at, "keyring create keyring.json --kms local:kek.key", 0);
    let mut file: Value =
        serde_json::from_slice(&fs::read(at.join("keyring.json")).unwrap()).unwrap();
    let former = "aws-kms:alias/old";
    file["former_kms"] = vec![former].into();
    fs::write(at.join("keyring.json"), file.to_string()).unwrap();
    let list = run(at, "keyring list keyring.json", 0).0;
    assert!(
        list.contains(&format!("\nkms         local:kek.key\nformer kms  {former}\n")),
        "{list}"
    );
    let json: Value =
        serde_json::from_str(&run(at, "keyring list keyring.json --json", 0).0).unwrap();
    assert_eq!(json["former_kms"], file["former_kms"]);
    let said = run(at, "keyring rewrap keyring.json --kms local:new.key", 0).1;
    let keep = format!(
        "keep {former}: outputs written with `key: output` while it was in use still need it to be unmasked\n"
    );
    assert!(said.contains(&keep), "{said}");
}

#[test]
fn an_exposed_kek_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    run(at, "keyring create keyring.json --kms local:kek.key", 0);
    fs::set_permissions(at.join("kek.key"), fs::Permissions::from_mode(0o640)).unwrap();
    let (stdout, stderr) = run(at, "keyring add keyring.json", 4);
    assert_eq!(stdout, "");
    assert!(stderr.contains("(mode 0640)\nhint: chmod 600 kek.key\n"), "{stderr}");
}

#[test]
fn a_missing_kek_is_said_with_the_way_back() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    run(at, "keyring create keyring.json --kms local:kek.key", 0);
    fs::remove_file(at.join("kek.key")).unwrap();
    let (_, stderr) = run(at, "keyring rewrap keyring.json --kms local:new.key", 4);
    assert!(
        stderr.contains("the KEK file kek.key does not exist\nhint: restore it from its backup"),
        "{stderr}"
    );
    assert!(!at.join("new.key").exists());
}

#[test]
fn a_broken_pipe_is_quiet() {
    let directory = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command
        .current_dir(directory.path())
        .args(["completions", "bash"])
        .stdout(writer)
        .stderr(Stdio::piped());
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn every_shell_gets_its_completions() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(
            run(directory.path(), &format!("completions {shell}"), 0).0.contains("keyring"),
            "{shell}"
        );
    }
}

/// The verbs that a help lists, and those below them, each with its help.
fn helps(at: &Path, verb: &str) -> Vec<(String, String)> {
    let help = run(at, format!("{verb} --help").trim_start(), 0).0;
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    let below = names.iter().filter(|name| **name != "help");
    let below: Vec<_> =
        below.flat_map(|name| helps(at, format!("{verb} {name}").trim_start())).collect();
    std::iter::once((verb.to_owned(), help)).chain(below).collect()
}

#[test]
fn every_verb_has_examples_and_a_manual_page() {
    let directory = tempfile::tempdir().unwrap();
    let page = run(directory.path(), "man", 0).0;
    let verbs = helps(directory.path(), "");
    assert!(verbs.len() > 18, "{}", verbs.len());
    for (verb, help) in verbs {
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        assert!(examples.contains(format!("tokenize {verb}").trim_end()), "{verb}: {help}");
        let title = format!("tokenize-{}", verb.replace(' ', "-"));
        let title = format!(".TH {} 1", title.trim_end_matches('-'));
        assert!(page.contains(&title), "{title}");
    }
}
