//! Keyrings whose keys are wrapped by AWS KMS.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tokenize_core::keys::{KmsError, Rewrap, Root};
use tokenize_core::{KeyError, Keyring, KeyringOptions};

use super::Bench;
use super::stand_in::encode;

/// A folder with the file of a keyring.
struct Desk {
    bench: Bench,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { bench: Bench::new(), folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keyring.json")
    }

    fn create(&self, options: KeyringOptions) -> Keyring {
        Keyring::create_with(self.path(), options, Arc::new(self.bench.provider.clone())).unwrap()
    }

    fn open(&self) -> Keyring {
        Keyring::open_with(self.path(), Arc::new(self.bench.provider.clone())).unwrap()
    }

    /// What the file says of a key: of the version at `index`.
    fn key(&self, index: usize, root: &str) -> Value {
        let file: Value = serde_json::from_slice(&fs::read(self.path()).unwrap()).unwrap();
        file["versions"][index]["keys"][root].clone()
    }
}

fn options(kms: &str) -> KeyringOptions {
    KeyringOptions::new(kms.parse().unwrap(), "2026-01-02T03:04:05Z".parse().unwrap())
}

fn opens(keyring: &Keyring, version: u32) {
    for root in [Root::Pseudonym, Root::Reveal] {
        assert_eq!(keyring.unwrap_root(version, root).unwrap().version(), version);
    }
}

#[test]
fn it_is_made_and_opened() {
    let desk = Desk::new();
    let mut keyring = desk.create(options("aws-kms:alias/tokenize"));
    let service = &desk.bench.service;
    for purpose in ["pseudonym", "reveal"] {
        assert_eq!(service.requests_of("GenerateDataKey", Some(purpose)), 1);
    }
    opens(&desk.open(), 1);
    let version = keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    opens(&desk.open(), version);

    for (index, root) in [(0, "pseudonym"), (0, "reveal"), (1, "pseudonym"), (1, "reveal")] {
        assert_eq!(desk.key(index, root)["kek"], desk.bench.arn.as_str());
    }
    let file = fs::read_to_string(desk.path()).unwrap();
    let made = service.plaintexts();
    assert_eq!(made.len(), 4);
    for key in made {
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!file.contains(&encode(&key)) && !file.contains(&hex));
    }
}

#[test]
fn a_moved_alias_leaves_old_versions_as_they_are() {
    let desk = Desk::new();
    let mut keyring = desk.create(options("aws-kms:alias/tokenize"));
    let other = desk.bench.service.create_key();
    desk.bench.service.set_alias("alias/tokenize", &other);
    keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    let keyring = desk.open();
    opens(&keyring, 1);
    opens(&keyring, 2);
    assert_eq!(desk.key(0, "reveal")["kek"], desk.bench.arn.as_str());
    assert_eq!(desk.key(1, "reveal")["kek"], other.as_str());
}

#[test]
fn roots_can_lie_at_different_services() {
    let desk = Desk::new();
    desk.create(options("aws-kms:alias/tokenize").reveal_kms("local:kek.key".parse().unwrap()));
    let service = &desk.bench.service;
    assert_eq!(service.requests_of("GenerateDataKey", Some("pseudonym")), 1);
    assert_eq!(service.requests_of("GenerateDataKey", Some("reveal")), 0);
    assert_eq!(desk.key(0, "reveal")["kek"], Value::Null);
    service.fail_after(0);
    let keyring = desk.open();
    keyring.unwrap_root(1, Root::Reveal).unwrap();
    keyring.unwrap_root(1, Root::Pseudonym).unwrap_err();
}

#[test]
fn a_right_to_one_purpose_is_none_to_the_other() {
    let desk = Desk::new();
    desk.create(options("aws-kms:alias/tokenize"));
    desk.bench.service.deny("Decrypt", Some("reveal"));
    let keyring = desk.open();
    keyring.unwrap_root(1, Root::Pseudonym).unwrap();
    let error = keyring.unwrap_root(1, Root::Reveal).map(|_| ()).unwrap_err();
    let KeyError::Unwrap { source, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(source, KmsError::AccessDenied { action: "kms:Decrypt" }), "{source:?}");
    desk.bench.service.recover();
    opens(&keyring, 1);
}

#[test]
fn it_moves_from_a_file_to_the_service() {
    let desk = Desk::new();
    let mut keyring = desk.create(options("local:kek.key"));
    keyring.rewrap(&Rewrap::to("aws-kms:alias/tokenize".parse().unwrap())).unwrap();
    assert_eq!(desk.bench.service.requests_of("Encrypt", None), 2);
    fs::remove_file(desk.folder.path().join("kek.key")).unwrap();
    opens(&desk.open(), 1);
    assert_eq!(desk.key(0, "pseudonym")["kek"], desk.bench.arn.as_str());
}
