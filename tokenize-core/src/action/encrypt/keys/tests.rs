use arrow::datatypes::{DataType, Field, Schema};

use super::*;
use crate::keys::{KeyringOptions, UtcTime};
use crate::plan::KeyringFacts;
use crate::policy::Policy;

/// The keys of a policy with one encrypted column, which seal ten cells each.
fn keys(key: &str) -> (SealingKeys, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = KeyringOptions::new("local:kek.key".parse().unwrap(), UtcTime::from_unix_secs(0));
    let keyring = Keyring::create(folder.path().join("keyring.json"), options).unwrap();
    let policy = format!(
        "version: 1\nname: t\ncolumns:\n  a: {{ action: encrypt, key: {key} }}\n  b: {{ action: encrypt, mode: deterministic }}\n"
    );
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(vec![text("a"), text("b")]));
    let facts =
        KeyringFacts { id: keyring.id().to_string(), primary: 1, has_had_several_versions: false };
    let plan = Plan::mask(&Policy::from_text(&policy).unwrap(), &schema, &facts).unwrap();
    (SealingKeys::with_limit(&plan, &keyring, 10).unwrap(), folder)
}

/// The key ids of three batches.
fn heads(keys: &SealingKeys, kind: Kind, batches: [u64; 3]) -> Vec<Result<Vec<u8>, ActionError>> {
    batches
        .into_iter()
        .map(|cells| keys.reserve(kind, 1, cells, "a").map(|key| key.header.to_vec()))
        .collect()
}

#[test]
fn a_key_of_the_keyring_gives_way_before_its_limit() {
    let (keys, _folder) = keys("keyring");
    let heads: Vec<_> =
        heads(&keys, Kind::Keyring, [6, 4, 1]).into_iter().map(Result::unwrap).collect();
    assert_eq!(heads[0], heads[1], "ten cells are what one key may seal");
    assert_ne!(heads[1], heads[2]);
    let error = keys.reserve(Kind::Keyring, 1, 11, "a").err().unwrap();
    assert!(matches!(error, ActionError::KeyExhausted { .. }));
    assert!(!keys.needs_data_keys() && keys.data_keys().is_empty());
}

#[test]
fn a_data_key_seals_nothing_before_it_is_made_nor_beyond_its_limit() {
    let (keys, _folder) = keys("output");
    assert!(keys.needs_data_keys());
    assert!(matches!(
        heads(&keys, Kind::Output, [1, 1, 1])[0],
        Err(ActionError::Unpublished { .. })
    ));
    keys.prepare().unwrap();
    keys.prepare().unwrap();
    assert_eq!(keys.data_keys().len(), 1);
    let first = heads(&keys, Kind::Output, [5, 5, 1]);
    assert!(matches!(first[2], Err(ActionError::KeyExhausted { .. })));

    assert!(keys.renew().unwrap(), "more than half is used");
    assert!(!keys.renew().unwrap(), "the new one is not");
    let second = heads(&keys, Kind::Output, [10, 0, 1]);
    assert_ne!(first[0].as_ref().unwrap(), second[0].as_ref().unwrap());
    let made: Vec<_> = keys.data_keys().iter().map(|key| key.wrapped().id().to_vec()).collect();
    assert_eq!(made.len(), 2);
    assert_eq!(second[0].as_ref().unwrap()[6..], made[1]);
}

#[test]
fn threads_share_the_limit() {
    let (keys, _folder) = keys("output");
    keys.prepare().unwrap();
    let sealed = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| keys.reserve(Kind::Output, 1, 1, "a").is_ok()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(sealed, 10);
}
