//! The program and a KMS that says no: exit codes, messages, what is left behind, and how often the KMS is asked.
//!
//! The KMS is a stand-in (see its first line): moto, which the Python tests use, does not deny, throttle or disable.
#![expect(clippy::unwrap_used, reason = "a panic in a test is its report")]

#[path = "../../tests/it/kms/stand_in.rs"]
mod stand_in;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use stand_in::{REGION, StandInKms};
use tempfile::TempDir;

/// A folder with a keyring of two wrapping keys, a table of a hundred row groups, and policies.
struct Office {
    folder: TempDir,
    kms: StandInKms,
    reveal_key: String,
}

/// What a run showed.
struct Shown {
    code: i32,
    stderr: String,
}

const MASK: &str = "mask in.parquet --keyring keyring.json --out out.parquet --policy";
const UNMASK: &str = "unmask out.parquet --keyring keyring.json --out clear.parquet";
const POLICIES: [(&str, &str); 3] = [
    (
        "all.yaml",
        "id: { action: pseudonymize, domain: person }\n  email: { action: tokenize, format: email }\n  name: { action: encrypt, key: output }",
    ),
    (
        "write-only.yaml",
        "id: { action: keep }\n  email: { action: encrypt, key: output }\n  name: { action: encrypt, key: output }",
    ),
    (
        "one-way.yaml",
        "id: { action: pseudonymize, domain: person }\n  email: { action: redact }\n  name: { action: drop }",
    ),
];

impl Office {
    fn new() -> Self {
        let (folder, kms) = (tempfile::tempdir().unwrap(), StandInKms::start());
        let (pseudonym_key, reveal_key) = (kms.create_key(), kms.create_key());
        kms.set_alias("alias/pseudonym", &pseudonym_key);
        let office = Self { folder, kms, reveal_key };
        office.done(&format!(
            "keyring create keyring.json --kms aws-kms:alias/pseudonym --reveal-kms aws-kms:{}",
            office.reveal_key
        ));
        for (name, rules) in POLICIES {
            let policy = format!("version: 1\nname: people\ncolumns:\n  {rules}\n");
            fs::write(office.path(name), policy).unwrap();
        }
        office.write_table();
        office.kms.reset_seen();
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_table(&self) {
        let column = |prefix: &str| -> ArrayRef {
            let value = |i: u32| format!("{prefix}{i}@example.com");
            Arc::new(StringArray::from_iter_values((0..1000).map(value)))
        };
        let columns = [("id", column("i")), ("email", column("e")), ("name", column("n"))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(10)).build();
        let file = File::create(self.path("in.parquet")).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn run(&self, words: &str) -> Shown {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
        command.args(words.split(' ')).current_dir(self.folder.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command
            .env("HOME", self.folder.path())
            .env("AWS_ENDPOINT_URL_KMS", self.kms.endpoint())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Shown { code: output.status.code().unwrap(), stderr }
    }

    fn done(&self, words: &str) {
        let shown = self.run(words);
        assert_eq!(shown.code, 0, "{words}: {}", shown.stderr);
    }

    /// A run that the outside world stops: with what message, and nothing left behind.
    fn fails(&self, words: &str, message: &str) -> String {
        let before = self.names();
        let shown = self.run(words);
        assert_eq!(shown.code, 4, "{words}: {}", shown.stderr);
        assert!(shown.stderr.contains(message), "{words}: {}", shown.stderr);
        assert_eq!(self.names(), before, "{words}");
        shown.stderr
    }

    /// Requests of each kind since the last look: (`Decrypt` by purpose, `GenerateDataKey`), and nothing else.
    fn asked(&self) -> [usize; 4] {
        let of = |action, purpose| self.kms.requests_of(action, Some(purpose));
        let decrypts = ["pseudonym", "reveal", "data-key"].map(|purpose| of("Decrypt", purpose));
        let generated = of("GenerateDataKey", "data-key");
        assert_eq!(self.kms.requests(), decrypts.iter().sum::<usize>() + generated);
        self.kms.reset_seen();
        [decrypts[0], decrypts[1], decrypts[2], generated]
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn the_kms_is_asked_once_for_each_key() {
    let office = Office::new();
    office.done(&format!("{MASK} all.yaml"));
    assert_eq!(office.asked(), [1, 1, 0, 1], "a hundred row groups make no difference");
    office.done(UNMASK);
    assert_eq!(office.asked(), [0, 1, 1, 0]);
    office
        .done("mask in.parquet --keyring keyring.json --out one-way.parquet --policy one-way.yaml");
    assert_eq!(office.asked(), [1, 0, 0, 0]);
    office.done(&format!("{MASK} all.yaml --force --dry-run"));
    assert_eq!(office.asked()[3], 0, "a dry run makes no data key");
}

#[test]
fn a_host_that_may_only_make_data_keys_writes_and_does_not_read() {
    let office = Office::new();
    office.kms.deny("Decrypt", None);
    office.done(&format!("{MASK} write-only.yaml"));
    assert_eq!(office.asked(), [0, 0, 0, 1]);
    let stderr = office.fails(UNMASK, "access denied: these credentials lack kms:Decrypt");
    assert!(stderr.contains("data key"), "{stderr}");

    // Tokens take the key that reverses them.
    let other = "mask in.parquet --keyring keyring.json --out other.parquet --policy all.yaml";
    office.fails(other, "access denied: these credentials lack kms:Decrypt");
    office.kms.recover();
    office.done(UNMASK);
    office.done(other);
}

#[test]
fn one_power_comes_without_the_other() {
    let office = Office::new();
    office.kms.deny("Decrypt", Some("reveal"));
    office.done(&format!("{MASK} one-way.yaml"));
    office.done(&format!("{MASK} write-only.yaml --force"));
    let stderr = office.fails(&format!("{MASK} all.yaml --force"), "reveal");
    assert!(stderr.contains("kms:Decrypt"), "{stderr}");
}

#[test]
fn a_kms_that_fails_at_any_point_leaves_nothing_and_may_be_asked_again() {
    let office = Office::new();
    for answered in 0..3 {
        office.kms.fail_after(answered);
        office.fails(&format!("{MASK} all.yaml"), "cannot be reached");
        office.kms.recover();
    }
    office.done(&format!("{MASK} all.yaml"));
    for answered in 0..2 {
        office.kms.fail_after(answered);
        office.fails(UNMASK, "cannot be reached");
        office.kms.recover();
    }
    office.done(UNMASK);
}

#[test]
fn what_the_kms_says_is_said() {
    let office = Office::new();
    let mask = format!("{MASK} all.yaml");
    office.kms.disable(&office.reveal_key);
    office.fails(&mask, "the wrapping key is disabled\nhint: enable the key in the KMS");
    office.kms.schedule_deletion(&office.reveal_key);
    office.fails(&mask, "the wrapping key is pending deletion\nhint: cancel the deletion");
    office.kms.enable(&office.reveal_key);
    office.kms.throttle(usize::MAX);
    office.fails(&mask, "too many requests: throttled\nhint: nothing has been written; run again");
    office.kms.recover();
    office.kms.throttle(2);
    office.done(&mask);
}

#[test]
fn no_file_holds_a_key() {
    let office = Office::new();
    office.done(&format!("{MASK} all.yaml"));
    office.done("keyring add keyring.json");
    office.done("keyring export-writer keyring.json --out writer.json");
    let keys = office.kms.plaintexts();
    assert_eq!(keys.len(), 5, "two versions with two root keys, and a data key");
    for name in office.names() {
        let content = fs::read(office.path(&name)).unwrap();
        for key in &keys {
            let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            // The last two characters depend on what follows.
            let base64 = stand_in::encode(key)[..42].to_owned();
            for writing in [
                key.clone(),
                hex.to_uppercase().into_bytes(),
                hex.into_bytes(),
                base64.into_bytes(),
            ] {
                assert!(!content.windows(writing.len()).any(|part| part == writing), "{name}");
            }
        }
    }
}
