//! Keyrings as their users meet them: files, KMS, changes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::kms::insecure_fake::InsecureFakeKms;
use super::*;

mod powers;

use crate::crypto::kdf::Purpose;
use crate::secret::Secret;

/// A new keyring with its KEK in a directory of its own.
struct Place {
    directory: TempDir,
    keyring: Keyring,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keyring =
            Keyring::create(directory.path().join("keyring.json"), options("local:kek.key"))
                .unwrap();
        Self { directory, keyring }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("keyring.json")
    }

    fn open(&self) -> Keyring {
        Keyring::open(self.path()).unwrap()
    }

    /// Changes the file behind the keyring's back.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut file = serde_json::from_str(&fs::read_to_string(self.path()).unwrap()).unwrap();
        change(&mut file);
        fs::write(self.path(), file.to_string()).unwrap();
    }
}

fn now() -> UtcTime {
    UtcTime::from_unix_secs(1_700_000_000)
}

fn options(kms: &str) -> KeyringOptions {
    KeyringOptions::new(kms.parse().unwrap(), now())
}

fn subkey(keyring: &Keyring, version: u32, root: Root) -> Secret {
    keyring
        .unwrap_root(version, root)
        .unwrap()
        .subkey(Purpose::Pseudonymize, &[b"hex", b"customer"])
}

fn states(keyring: &Keyring) -> Vec<(u32, VersionState)> {
    keyring.versions().iter().map(|version| (version.version(), version.state())).collect()
}

fn unwrap_error(keyring: &Keyring, version: u32) -> KeyError {
    keyring.unwrap_root(version, Root::Reveal).unwrap_err()
}

#[test]
fn the_vectors_open() {
    let vector: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/keyring.json")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("kek.key", vector["kek_file"].as_str().unwrap());
    write("keyring.json", &vector["keyring_file"].to_string());
    let keyring = Keyring::open(directory.path().join("keyring.json")).unwrap();
    for version in [1, 2] {
        for root in Root::ALL {
            let hex = vector["roots"][version.to_string()][root.as_str()].as_str().unwrap();
            let bytes: Vec<u8> =
                (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
            let known = RootKey::insecure_from(
                keyring.id().as_str(),
                version,
                root,
                bytes.try_into().unwrap(),
            );
            let expected = known.subkey(Purpose::Manifest, &[b"x"]);
            let found =
                keyring.unwrap_root(version, root).unwrap().subkey(Purpose::Manifest, &[b"x"]);
            assert!(found.same_as(&expected), "version {version}, {root}");
        }
    }
    assert!(matches!(unwrap_error(&keyring, 3), KeyError::Destroyed { version: 3, .. }));
    assert_eq!(serde_json::from_str::<Value>(&keyring.to_json()).unwrap(), vector["keyring_file"]);
}

#[test]
fn a_new_keyring_has_one_version_and_opens_again() {
    let place = Place::new();
    let opened = place.open();
    assert_eq!(opened.id(), place.keyring.id());
    assert_eq!((opened.primary(), opened.has_had_several_versions()), (1, false));
    assert_eq!(opened.versions()[0].created(), now());
    assert_eq!(opened.kms().to_string(), "local:kek.key");
    for root in Root::ALL {
        assert!(subkey(&opened, 1, root).same_as(&subkey(&place.keyring, 1, root)));
    }
    assert!(!subkey(&opened, 1, Root::Reveal).same_as(&subkey(&opened, 1, Root::Pseudonym)));
    assert_eq!(fs::metadata(place.path()).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn no_file_holds_a_root_key() {
    let place = Place::new();
    let kms = EmbeddedKms.open(place.keyring.kms(), place.directory.path()).unwrap();
    let context = |root: &str| {
        EncryptionContext::new()
            .with("tokenize:keyring", place.keyring.id().as_str())
            .with("tokenize:purpose", root)
    };
    let file: Value = serde_json::from_str(&place.keyring.to_json()).unwrap();
    for root in ["pseudonym", "reveal"] {
        let blob = file["versions"][0]["keys"][root]["wrapped"].as_str().unwrap();
        let key =
            kms.unwrap(&Wrapped::new(STANDARD.decode(blob).unwrap()), &context(root)).unwrap();
        let hex: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        // Base64 of bytes 0..30 shows wherever the key is written by itself.
        let base64 = STANDARD.encode(&key.expose()[..30]);
        for entry in fs::read_dir(place.directory.path()).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            for written in [key.expose().as_slice(), hex.as_bytes(), base64.as_bytes()] {
                assert!(!bytes.windows(written.len()).any(|window| window == written));
            }
        }
    }
}

#[test]
fn an_existing_keyring_is_never_overwritten() {
    let place = Place::new();
    let before = fs::read(place.path()).unwrap();
    let error = Keyring::create(place.path(), options("local:other.key")).unwrap_err();
    assert!(matches!(error, KeyError::Exists { .. }), "{error}");
    assert_eq!(fs::read(place.path()).unwrap(), before);
    assert!(!place.directory.path().join("other.key").exists(), "nothing is made for nothing");
    let link = place.directory.path().join("link.json");
    symlink("nowhere.json", &link).unwrap();
    assert!(matches!(
        Keyring::create(link, options("local:kek.key")),
        Err(KeyError::Exists { .. })
    ));
}

#[test]
fn of_many_creations_one_wins() {
    let directory = tempfile::tempdir().unwrap();
    // The KEK is there: making it is not what is raced for.
    kms::local::LocalKms::create(&directory.path().join("kek.key")).unwrap();
    let path = directory.path().join("keyring.json");
    let made: Vec<_> = thread::scope(|scope| {
        let create = || Keyring::create(&path, options("local:kek.key"));
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winner = made.iter().flatten().next().unwrap();
    assert_eq!(made.iter().flatten().count(), 1);
    assert!(made.iter().all(|made| matches!(made, Ok(_) | Err(KeyError::Exists { .. }))));
    assert_eq!(Keyring::open(&path).unwrap().id(), winner.id());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "no temporary file stays");
}

#[test]
fn a_kek_is_shared_between_keyrings_but_not_their_blobs() {
    let place = Place::new();
    let other =
        Keyring::create(place.directory.path().join("other.json"), options("local:kek.key"))
            .unwrap();
    assert_ne!(place.keyring.id(), other.id());
    let blob =
        serde_json::from_str::<Value>(&other.to_json()).unwrap()["versions"][0]["keys"]["reveal"]
            .clone();
    place.edit(|file| file["versions"][0]["keys"]["reveal"] = blob);
    assert!(matches!(
        unwrap_error(&place.open(), 1),
        KeyError::Unwrap { source: KmsError::Rejected, .. }
    ));
}

#[test]
fn rotation_is_three_changes() {
    let mut place = Place::new();
    let old = subkey(&place.keyring, 1, Root::Reveal);
    assert_eq!(place.keyring.add(now()).unwrap(), 2);
    assert_eq!(states(&place.keyring), [(1, VersionState::Primary), (2, VersionState::Enabled)]);
    place.keyring.promote(2).unwrap();
    assert_eq!(states(&place.keyring), [(1, VersionState::Enabled), (2, VersionState::Primary)]);
    place.keyring.promote(2).unwrap();
    place.keyring.disable(1).unwrap();
    let mut opened = place.open();
    assert_eq!((opened.primary(), opened.has_had_several_versions()), (2, true));
    assert_eq!(states(&opened), [(1, VersionState::Disabled), (2, VersionState::Primary)]);
    assert!(matches!(unwrap_error(&opened, 1), KeyError::Disabled { version: 1, .. }));
    assert!(!subkey(&opened, 2, Root::Reveal).same_as(&old));
    opened.enable(1).unwrap();
    assert!(subkey(&opened, 1, Root::Reveal).same_as(&old));
    assert!(matches!(unwrap_error(&opened, 3), KeyError::UnknownVersion { version: 3, .. }));
}

#[test]
fn disabling_holds_for_keys_already_unwrapped() {
    let mut place = Place::new();
    place.keyring.add(now()).unwrap();
    place.keyring.unwrap_root(2, Root::Reveal).unwrap();
    place.keyring.disable(2).unwrap();
    assert!(matches!(unwrap_error(&place.keyring, 2), KeyError::Disabled { .. }));
}

#[test]
fn a_destroyed_version_is_gone() {
    let mut place = Place::new();
    place.keyring.add(now()).unwrap();
    place.keyring.unwrap_root(2, Root::Reveal).unwrap();
    place.keyring.destroy(2).unwrap();
    place.keyring.destroy(2).unwrap();
    let file: Value = serde_json::from_str(&fs::read_to_string(place.path()).unwrap()).unwrap();
    assert_eq!(file["versions"][1]["keys"], json!({}));
    assert_eq!(place.keyring.add(now()).unwrap(), 3, "numbers are not used again");
    assert!(matches!(unwrap_error(&place.keyring, 2), KeyError::Destroyed { version: 2, .. }));
    for change in [Keyring::promote, Keyring::enable, Keyring::disable] {
        assert!(matches!(
            change(&mut place.keyring, 2),
            Err(KeyError::Destroyed { version: 2, .. })
        ));
    }
}

#[test]
fn the_primary_version_stays_usable() {
    let mut place = Place::new();
    let before = fs::read(place.path()).unwrap();
    for change in [Keyring::disable, Keyring::destroy] {
        assert!(matches!(change(&mut place.keyring, 1), Err(KeyError::Primary { version: 1, .. })));
    }
    for change in [Keyring::promote, Keyring::disable, Keyring::enable, Keyring::destroy] {
        assert!(matches!(
            change(&mut place.keyring, 9),
            Err(KeyError::UnknownVersion { version: 9, .. })
        ));
    }
    assert_eq!(fs::read(place.path()).unwrap(), before);
    place.keyring.add(now()).unwrap();
    place.keyring.disable(2).unwrap();
    assert!(matches!(place.keyring.promote(2), Err(KeyError::Disabled { version: 2, .. })));
}

#[test]
fn rewrapping_changes_no_key() {
    let mut place = Place::new();
    place.keyring.add(now()).unwrap();
    place.keyring.add(now()).unwrap();
    place.keyring.disable(2).unwrap();
    place.keyring.destroy(3).unwrap();
    let before = subkey(&place.keyring, 1, Root::Pseudonym);
    let old: Value = serde_json::from_str(&place.keyring.to_json()).unwrap();
    place.keyring.rewrap(&Rewrap::to("local:new.key".parse().unwrap())).unwrap();
    let new: Value = serde_json::from_str(&place.keyring.to_json()).unwrap();
    fs::remove_file(place.directory.path().join("kek.key")).unwrap();
    let mut opened = place.open();
    assert_eq!(
        (opened.id(), opened.kms().to_string()),
        (place.keyring.id(), "local:new.key".to_owned())
    );
    assert!(subkey(&opened, 1, Root::Pseudonym).same_as(&before));
    opened.enable(2).unwrap();
    opened.unwrap_root(2, Root::Reveal).unwrap();
    for version in [0, 1] {
        for root in ["pseudonym", "reveal"] {
            let key = |file: &Value| file["versions"][version]["keys"][root].clone();
            assert_eq!(key(&old)["commitment"], key(&new)["commitment"]);
            assert_ne!(key(&old)["wrapped"], key(&new)["wrapped"]);
        }
    }
}

#[test]
fn a_failed_rewrap_changes_nothing() {
    let mut place = Place::new();
    place.keyring.add(now()).unwrap();
    place.edit(|file| {
        file["versions"][1]["keys"]["reveal"] = file["versions"][0]["keys"]["reveal"].clone()
    });
    let before = fs::read(place.path()).unwrap();
    let error = place.keyring.rewrap(&Rewrap::to("local:new.key".parse().unwrap())).unwrap_err();
    assert!(
        matches!(error, KeyError::Commitment { version: 2, root: Root::Reveal, .. }),
        "{error}"
    );
    assert!(!place.directory.path().join("new.key").exists());
    assert_eq!(fs::read(place.path()).unwrap(), before);

    let mut place = Place::new();
    let before = fs::read(place.path()).unwrap();
    let error = place.keyring.rewrap(&Rewrap::to("vault:x".parse().unwrap())).unwrap_err();
    assert_eq!(error.to_string(), "KMS `vault:x`: `vault:x`: unknown kind of KMS");
    assert!(!error.is_outside_world());
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[test]
fn another_kek_does_not_open_it() {
    let place = Place::new();
    fs::remove_file(place.directory.path().join("kek.key")).unwrap();
    let error = unwrap_error(&place.open(), 1);
    assert!(matches!(error, KeyError::Kms { source: KmsError::KekMissing { .. }, .. }), "{error}");
    assert!(error.is_outside_world() && error.hint().unwrap().contains("backup"));
    kms::local::LocalKms::create(&place.directory.path().join("kek.key")).unwrap();
    let error = unwrap_error(&place.open(), 1);
    assert!(matches!(
        error,
        KeyError::Unwrap { source: KmsError::Rejected, version: 1, root: Root::Reveal, .. }
    ));
    assert!(error.hint().is_some());
}

#[test]
fn an_exposed_kek_is_refused() {
    let place = Place::new();
    let kek = place.directory.path().join("kek.key");
    fs::set_permissions(&kek, fs::Permissions::from_mode(0o644)).unwrap();
    let error = unwrap_error(&place.open(), 1);
    assert_eq!(error.hint().unwrap(), format!("chmod 600 {}", kek.display()));
    // Nor is it taken for a new keyring.
    let other =
        Keyring::create(place.directory.path().join("other.json"), options("local:kek.key"));
    assert!(matches!(
        other,
        Err(KeyError::Kms { source: KmsError::KekExposed { mode: 0o644, .. }, .. })
    ));
}

#[test]
fn an_edited_file_does_not_unwrap() {
    type Change = fn(&mut Value);
    let rejected: [Change; 6] = [
        |file| file["id"] = json!("kr-00000000000000000000000000000000"),
        |file| file["encryption_context"] = json!({ "team": "other" }),
        |file| file["versions"][0]["keys"]["reveal"]["wrapped"] = json!("AQID"),
        |file| {
            let blob = file["versions"][0]["keys"]["reveal"]["wrapped"].as_str().unwrap();
            let mut bytes = STANDARD.decode(blob).unwrap();
            bytes[40] ^= 1;
            file["versions"][0]["keys"]["reveal"]["wrapped"] = json!(STANDARD.encode(bytes));
        },
        |file| {
            file["versions"][0]["keys"]["reveal"] = file["versions"][0]["keys"]["pseudonym"].clone()
        },
        |file| file["kms"] = json!("local:other.key"),
    ];
    let other_key: [Change; 3] = [
        |file| file["versions"][0]["keys"]["reveal"]["commitment"] = json!("00".repeat(32)),
        |file| {
            file["versions"][0]["keys"]["reveal"] = file["versions"][1]["keys"]["reveal"].clone()
        },
        |file| {
            file["versions"][0]["version"] = json!(2);
            file["versions"][1]["version"] = json!(1);
        },
    ];
    let check = |change: Change| {
        let mut place = Place::new();
        kms::local::LocalKms::create(&place.directory.path().join("other.key")).unwrap();
        place.keyring.add(now()).unwrap();
        place.edit(change);
        unwrap_error(&place.open(), 1)
    };
    for (i, change) in rejected.into_iter().enumerate() {
        let error = check(change);
        assert!(
            matches!(error, KeyError::Unwrap { source: KmsError::Rejected, .. }),
            "{i}: {error}"
        );
    }
    for (i, change) in other_key.into_iter().enumerate() {
        let error = check(change);
        assert!(
            matches!(error, KeyError::Commitment { version: 1, root: Root::Reveal, .. }),
            "{i}: {error}"
        );
    }
}

#[test]
fn a_damaged_file_is_refused_with_its_name() {
    let place = Place::new();
    let text = fs::read_to_string(place.path()).unwrap();
    fs::write(place.path(), &text[..text.len() / 2]).unwrap();
    let error = Keyring::open(place.path()).unwrap_err();
    assert!(error.to_string().contains("keyring.json: line "), "{error}");
    fs::write(place.path(), [0xff, 0xfe]).unwrap();
    assert!(matches!(Keyring::open(place.path()), Err(KeyError::Io { .. })));
    fs::remove_file(place.path()).unwrap();
    let error = Keyring::open(place.path()).unwrap_err();
    assert!(
        error.is_outside_world() && error.hint().unwrap().contains("keyring create"),
        "{error}"
    );
}

#[test]
fn changes_at_once_lose_nothing() {
    let place = Place::new();
    let path = place.path();
    let numbers: Vec<u32> = thread::scope(|scope| {
        let add = || {
            (0..4).map(|_| Keyring::open(&path).unwrap().add(now()).unwrap()).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(add)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut sorted = numbers;
    sorted.sort_unstable();
    assert_eq!(sorted, (2..=33).collect::<Vec<_>>());
    let opened = place.open();
    assert_eq!(opened.versions().len(), 33);
    for version in opened.versions() {
        opened.unwrap_root(version.version(), Root::Reveal).unwrap();
    }
    let mut names: Vec<_> =
        fs::read_dir(place.directory.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".keyring.json.lock", "kek.key", "keyring.json"]);
}

#[test]
fn a_change_sees_what_others_changed() {
    let place = Place::new();
    let (mut first, mut second) = (place.open(), place.open());
    first.add(now()).unwrap();
    second.promote(2).unwrap();
    assert_eq!(second.versions().len(), 2);
    assert_eq!(first.primary(), 1, "a keyring is what it was when read or last changed here");
    // Another keyring under the same name is not changed by accident.
    let other = Place::new();
    fs::copy(other.path(), place.path()).unwrap();
    assert!(matches!(first.add(now()), Err(KeyError::Replaced { .. })));
}

#[test]
fn a_change_keeps_links_and_permissions() {
    let place = Place::new();
    let link = place.directory.path().join("link.json");
    symlink("keyring.json", &link).unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o640)).unwrap();
    Keyring::open(&link).unwrap().add(now()).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(place.open().versions().len(), 2);
    assert_eq!(fs::metadata(place.path()).unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn a_keyring_from_text_works_but_does_not_change() {
    let place = Place::new();
    let provider = Arc::new(EmbeddedKms);
    let mut copy =
        Keyring::from_json(&place.keyring.to_json(), place.directory.path(), provider).unwrap();
    assert!(subkey(&copy, 1, Root::Reveal).same_as(&subkey(&place.keyring, 1, Root::Reveal)));
    assert_eq!(copy.to_json(), place.keyring.to_json());
    assert!(matches!(copy.add(now()), Err(KeyError::NotAFile { .. })));
}

#[test]
fn the_callers_context_binds_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring.json");
    let reserved = EncryptionContext::new().with("tokenize:purpose", "x");
    let error =
        Keyring::create(&path, options("local:kek.key").encryption_context(reserved)).unwrap_err();
    assert!(matches!(error, KeyError::ReservedContext), "{error}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let context = EncryptionContext::new().with("team", "data");
    Keyring::create(&path, options("local:kek.key").encryption_context(context.clone())).unwrap();
    let opened = Keyring::open(&path).unwrap();
    assert_eq!(opened.encryption_context(), &context);
    opened.unwrap_root(1, Root::Pseudonym).unwrap();
}

#[test]
fn a_kms_of_ones_own_is_asked_once() {
    let fake = InsecureFakeKms::new([7; 32]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring.json");
    Keyring::create_with(&path, options("insecure-fake:x"), Arc::new(fake.clone())).unwrap();
    let keyring = Keyring::open_with(&path, Arc::new(fake.clone())).unwrap();
    fake.set_down(true);
    let error = unwrap_error(&keyring, 1);
    assert!(
        matches!(error, KeyError::Unwrap { source: KmsError::Service { .. }, .. })
            && error.is_outside_world()
    );
    fake.set_down(false);
    let before = fake.unwraps();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| keyring.clone().unwrap_root(1, Root::Reveal).unwrap());
        }
    });
    assert_eq!(fake.unwraps(), before + 1);
    let unknown = unwrap_error(&Keyring::open(Path::new(&path)).unwrap(), 1);
    assert!(matches!(unknown, KeyError::Kms { source: KmsError::UnknownScheme { .. }, .. }));
}

#[test]
fn debug_shows_no_key() {
    let place = Place::new();
    let id = place.keyring.id();
    let key = place.keyring.unwrap_root(1, Root::Reveal).unwrap();
    assert_eq!(format!("{:?}", place.keyring), format!("Keyring({id}, primary 1, ..)"));
    assert_eq!(format!("{key:?}"), format!("RootKey(reveal of version 1 of {id}, ..)"));
    assert!(!format!("{:?}", place.keyring.versions()).contains("wrapped: ["));
}
