//! Keys that are not there, not allowed or not the right ones.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::desk::{Desk, MASK, UNMASK, rules};

#[test]
fn another_keyring_does_not_unmask() {
    let desk = Desk::masked();
    desk.done("keyring create other.json --kms local:other.key");
    let other = UNMASK.replace("keyring.json", "other.json");
    desk.fails(&other, 2, "error: masked.parquet: was masked with keyring kr-ID, not with kr-ID");
}

#[test]
fn another_kek_does_not_unwrap() {
    let desk = Desk::masked();
    desk.done("keyring create other.json --kms local:other.key");
    fs::copy(desk.path("other.key"), desk.path("kek.key")).unwrap();
    let outcome = desk.run(UNMASK);
    assert_eq!(outcome.code, Some(4), "{}", outcome.stderr);
    assert!(
        outcome.stderr.starts_with("error: cannot unwrap the reveal key of version 1"),
        "{}",
        outcome.stderr
    );
    assert!(!desk.path("clear.parquet").exists());
}

#[test]
fn another_key_without_metadata_is_caught_by_cells() {
    let desk = Desk::masked();
    desk.strip("masked.parquet");
    desk.done("keyring create other.json --kms local:other.key");
    let other = UNMASK.replace("keyring.json", "other.json");
    let outcome = desk.run(&format!("{other} --policy policy.yaml"));
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(!desk.path("clear.parquet").exists());
    desk.assert_no_value_in(&outcome);
}

#[test]
fn a_destroyed_version_is_gone() {
    let desk = Desk::masked();
    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    let list = desk.done("keyring list keyring.json").stdout;
    let id = list.split_whitespace().nth(1).unwrap();
    desk.done(&format!("keyring destroy keyring.json 1 --confirm {id}"));
    desk.fails(
        UNMASK,
        2,
        "error: version 1 of keyring kr-ID was destroyed
hint: its keys are gone; only a backup of the keyring file may still hold them",
    );
}

#[test]
fn a_disabled_version_is_not_used() {
    let desk = Desk::masked();
    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    desk.done("keyring disable keyring.json 1");
    let expected = "error: version 1 of keyring kr-ID is disabled
hint: enable it first: tokenize keyring enable KEYRING 1";
    desk.fails(UNMASK, 2, expected);
    desk.policy(&rules(&[("email", "{ action: tokenize, format: email, key_version: 1 }")]));
    desk.fails(&MASK.replace("masked.parquet", "new.parquet"), 2, expected);
    desk.done("keyring enable keyring.json 1");
    desk.done(UNMASK);
}

#[test]
fn a_version_that_never_was_is_refused() {
    let desk = Desk::new();
    desk.policy(&rules(&[("email", "{ action: tokenize, format: email, key_version: 9 }")]));
    desk.fails(
        MASK,
        2,
        "error: keyring kr-ID has no version 9
hint: list the versions with: tokenize keyring list KEYRING",
    );
}

#[test]
fn a_kek_that_others_can_read_is_refused() {
    let desk = Desk::new();
    fs::set_permissions(desk.path("kek.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let outcome = desk.run(MASK);
    assert_eq!(outcome.code, Some(4));
    assert!(
        outcome.stderr.ends_with("(mode 0644)\nhint: chmod 600 kek.key\n"),
        "{}",
        outcome.stderr
    );
    assert!(!desk.path("masked.parquet").exists());
}

#[test]
fn a_missing_keyring_is_named() {
    let desk = Desk::new();
    desk.fails(
        &MASK.replace("keyring.json", "no.json"),
        4,
        "error: cannot read the keyring file no.json: No such file or directory (os error 2)
hint: make one with: tokenize keyring create KEYRING --kms local:kek.key",
    );
}
