//! What one power gives without the others: split wrapping keys, writer files, data keys.

use super::*;

/// A keyring whose two root keys have wrapping keys of their own.
fn split() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let options = options("local:kek.key").reveal_kms("local:reveal.key".parse().unwrap());
    let keyring = Keyring::create(directory.path().join("keyring.json"), options).unwrap();
    Place { directory, keyring }
}

fn remove(place: &Place, name: &str) {
    fs::remove_file(place.directory.path().join(name)).unwrap();
}

/// Which root keys a fresh look at the file gives.
fn unwraps(place: &Place) -> Vec<Root> {
    let keyring = place.open().with_cache(KeyCache::new(CacheLimits::default()));
    let version = keyring.primary();
    Root::ALL.into_iter().filter(|root| keyring.unwrap_root(version, *root).is_ok()).collect()
}

#[test]
fn each_wrapping_key_gives_its_own_root_key() {
    let place = split();
    assert_eq!(unwraps(&place), Root::ALL);
    assert_eq!(place.open().reveal_kms().to_string(), "local:reveal.key");
    remove(&place, "reveal.key");
    assert_eq!(unwraps(&place), [Root::Pseudonym]);

    let place = split();
    remove(&place, "kek.key");
    assert_eq!(unwraps(&place), [Root::Reveal]);
    // A new version needs both.
    assert!(matches!(place.open().add(now()), Err(KeyError::Kms { .. })));
}

#[test]
fn a_rewrap_moves_what_it_names() {
    let moved = |place: &mut Place, to: Rewrap| {
        let before: Value = serde_json::from_str(&place.keyring.to_json()).unwrap();
        place.keyring.rewrap(&to).unwrap();
        let after: Value = serde_json::from_str(&place.keyring.to_json()).unwrap();
        assert_eq!(unwraps(place), Root::ALL);
        let keys = |file: &Value, root: &str| file["versions"][0]["keys"][root]["wrapped"].clone();
        ["pseudonym", "reveal"].map(|root| keys(&before, root) != keys(&after, root))
    };
    let to = |name: &str| -> KmsReference { name.parse().unwrap() };

    let mut place = split();
    assert_eq!(moved(&mut place, Rewrap::to(to("local:b.key"))), [true, false]);
    assert_eq!(moved(&mut place, Rewrap::reveal_to(to("local:c.key"))), [false, true]);
    assert_eq!(
        moved(&mut place, Rewrap::to(to("local:d.key")).and_reveal_to(to("local:e.key"))),
        [true, true]
    );

    let mut place = Place::new();
    assert_eq!(moved(&mut place, Rewrap::to(to("local:b.key"))), [true, true]);
    assert_eq!(moved(&mut place, Rewrap::reveal_to(to("local:c.key"))), [false, true]);
    remove(&place, "c.key");
    assert_eq!(unwraps(&place), [Root::Pseudonym]);
}

#[test]
fn a_root_key_does_not_open_in_the_others_place() {
    let place = Place::new();
    place.edit(|file| {
        let keys = &mut file["versions"][0]["keys"];
        let (pseudonym, reveal) = (keys["pseudonym"].clone(), keys["reveal"].clone());
        keys["pseudonym"] = reveal;
        keys["reveal"] = pseudonym;
    });
    assert_eq!(unwraps(&place), []);
}

#[test]
fn a_writer_file_makes_data_keys_that_only_the_keyring_opens() {
    let place = Place::new();
    let path = place.directory.path().join("writer.json");
    place.keyring.export_writer(1, &path).unwrap();
    assert!(matches!(place.keyring.export_writer(1, &path), Err(KeyError::Exists { .. })));
    assert!(matches!(
        place.keyring.export_writer(2, place.path()),
        Err(KeyError::UnknownVersion { .. })
    ));
    let mut writer = Keyring::open(&path).unwrap();
    assert_eq!((writer.id(), writer.primary()), (place.keyring.id(), 1));
    assert!(writer.is_write_only() && !place.keyring.is_write_only());
    assert_eq!(writer.versions()[0].created(), now());

    let made = writer.make_data_key(1).unwrap();
    let opened = place.keyring.unwrap_data_key(made.wrapped()).unwrap();
    let use_of = |key: &DataKey| key.subkey(Purpose::EncryptOutput, &[]);
    assert!(use_of(&opened).same_as(&use_of(&made)));
    assert!(!use_of(&writer.make_data_key(1).unwrap()).same_as(&use_of(&made)));

    let is_refused = |error: KeyError| matches!(error, KeyError::WriteOnly { .. });
    assert!(is_refused(writer.unwrap_data_key(made.wrapped()).unwrap_err()));
    for root in Root::ALL {
        assert!(is_refused(writer.unwrap_root(1, root).unwrap_err()));
    }
    assert!(is_refused(writer.add(now()).unwrap_err()));
    assert!(is_refused(writer.rewrap(&Rewrap::to("local:x".parse().unwrap())).unwrap_err()));
    assert!(is_refused(writer.export_writer(1, place.directory.path().join("again")).unwrap_err()));
    assert_eq!(writer.to_json(), fs::read_to_string(&path).unwrap());
}

#[test]
fn data_keys_open_after_a_rewrap_and_not_after_their_version_is_gone() {
    let mut place = Place::new();
    place.keyring.add(now()).unwrap();
    let made = place.keyring.make_data_key(2).unwrap();
    place.keyring.rewrap(&Rewrap::to("local:new.key".parse().unwrap())).unwrap();
    place.keyring.unwrap_data_key(made.wrapped()).unwrap();
    assert!(place.keyring.former_kms().is_empty(), "sealed data keys hang on no wrapping key");

    place.keyring.disable(2).unwrap();
    assert!(matches!(
        place.keyring.unwrap_data_key(made.wrapped()),
        Err(KeyError::Disabled { version: 2, .. })
    ));
    assert!(matches!(place.keyring.make_data_key(2), Err(KeyError::Disabled { .. })));
    place.keyring.destroy(2).unwrap();
    assert!(matches!(
        place.keyring.unwrap_data_key(made.wrapped()),
        Err(KeyError::Destroyed { version: 2, .. })
    ));
}

#[test]
fn a_kms_makes_data_keys_and_unwraps_each_once() {
    let directory = tempfile::tempdir().unwrap();
    let (kms, path) = (InsecureFakeKms::new([9; 32]), directory.path().join("keyring.json"));
    let provider = Arc::new(kms.clone());
    let mut keyring =
        Keyring::create_with(&path, options("insecure-fake:a"), provider.clone()).unwrap();
    let made = keyring.make_data_key(1).unwrap();
    assert_eq!(made.wrapped().to_json()["kms"], "insecure-fake:a");
    assert_eq!(kms.unwraps(), 0, "whoever writes unwraps nothing");

    let reader = Keyring::open_with(&path, provider.clone()).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| reader.clone().unwrap_data_key(made.wrapped()).unwrap());
        }
    });
    assert_eq!(kms.unwraps(), 1);

    keyring.rewrap(&Rewrap::to("insecure-fake:b".parse().unwrap())).unwrap();
    let former: Vec<_> = keyring.former_kms().iter().map(ToString::to_string).collect();
    assert_eq!(former, ["insecure-fake:a"]);
    let reader = Keyring::open_with(&path, provider).unwrap();
    reader.unwrap_data_key(made.wrapped()).unwrap();
}

#[test]
fn one_process_unwraps_a_key_once_for_all_its_keyrings() {
    let place = Place::new();
    let first = place.open().unwrap_root(1, Root::Reveal).unwrap();
    // Out of reach from here on: only what is kept can answer.
    remove(&place, "kek.key");
    let second = place.open().unwrap_root(1, Root::Reveal).unwrap();
    assert!(first.subkey(Purpose::Manifest, &[]).same_as(&second.subkey(Purpose::Manifest, &[])));
    let apart = place.open().with_cache(KeyCache::new(CacheLimits::default()));
    assert!(matches!(apart.unwrap_root(1, Root::Reveal), Err(KeyError::Kms { .. })));
}
