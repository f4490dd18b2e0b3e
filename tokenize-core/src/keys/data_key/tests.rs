//! Against `tests/vectors/data_keys.json` and `two_key.json`, made from `docs/format.md` by another program.

use serde_json::{Value, json};

use super::*;
use crate::crypto::kdf::enc;
use crate::crypto::vectors::{hex as bytes, read, secret};
use crate::keys::{Root, parse};

/// A keyring's content without root keys: what `unseal` and `verified` look at.
fn content(keyring: &str, pairs: &Value) -> Content {
    let file = json!({
        "format": "tokenize-keyring/v1", "id": keyring, "kms": "local:kek.key", "encryption_context": pairs,
        "versions": [{ "version": 1, "state": "primary", "created": "2026-01-02T03:04:05Z", "keys": {
            "pseudonym": { "wrapped": "AQID", "commitment": "00".repeat(32) },
            "reveal": { "wrapped": "AQID", "commitment": "00".repeat(32) },
        } }],
    });
    parse::parse(&file.to_string()).unwrap()
}

fn pair(keyring: &str, version: u32, reveal: &str) -> KeyPair {
    let reveal = bytes(reveal).try_into().unwrap();
    writer_pair(&RootKey::insecure_from(keyring, version, Root::Reveal, reveal))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn version(value: &Value) -> u32 {
    value["key_version"].as_u64().unwrap().try_into().unwrap()
}

#[test]
fn data_keys_are_sealed_and_opened_as_published() {
    let vectors: Value = read("data_keys.json");
    let keyring = text(&vectors, "keyring");
    for case in vectors["cases"].as_array().unwrap() {
        let content = content(keyring, &case["encryption_context"]);
        let pair = pair(keyring, version(case), text(case, "reveal"));
        assert_eq!(STANDARD.encode(pair.public()), text(case, "writer_public_key"));
        let info = content.data_key_context().encoded(LABEL);
        assert_eq!(info, bytes(text(case, "info")));

        let (key, ikm_e) = (secret(text(case, "data_key")), secret(text(case, "ikm_e")));
        let sealed = hpke::seal(pair.public(), &info, &key, &ikm_e).unwrap();
        assert_eq!(STANDARD.encode(&sealed), text(case, "wrapped"));

        let made = made_of(&content, version(case), reference(&pair), Wrapped::new(sealed), key);
        assert_eq!(made.wrapped().to_json(), case["record"]);
        assert_eq!(hex(&made.wrapped().id()), text(case, "key_id"));
        let id = made.wrapped().id();
        let cells = made.subkey(Purpose::EncryptOutput, &[&id]);
        assert!(cells.same_as(&secret(text(case, "cell_key"))));
        let manifest = made.subkey(Purpose::Manifest, &[keyring.as_bytes()]);
        assert!(manifest.same_as(&secret(text(case, "manifest_key"))));

        let read = WrappedDataKey::from_json(&case["record"]).unwrap();
        let opened = Arc::new(unseal(&content, &pair, &read).unwrap());
        assert!(opened.same_as(&secret(text(case, "data_key"))));
        verified(&content, &read, opened).unwrap();
    }
}

#[test]
fn what_is_no_data_key_of_the_keyring_is_refused() {
    let vectors: Value = read("data_keys.json");
    let cases = vectors["refused"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    for case in cases {
        let Some(wrapped) = WrappedDataKey::from_json(&case["record"]) else { continue };
        let (keyring, why) = (text(case, "keyring"), text(case, "why"));
        let content = content(keyring, &case["encryption_context"]);
        let Some(reveal) = vectors["roots"][wrapped.key_version.to_string()].as_str() else {
            continue;
        };
        let opened = match wrapped.kms.scheme() {
            HPKE_SCHEME => unseal(&content, &pair(keyring, wrapped.key_version, reveal), &wrapped)
                .and_then(|key| verified(&content, &wrapped, Arc::new(key)).map(drop)),
            _ => trusted(&content, &wrapped).map(drop),
        };
        assert!(opened.is_err(), "{why}");
    }
}

/// AES-256-GCM-SIV opens one ciphertext under two keys; the commitment lets nobody get that far.
#[test]
fn a_ciphertext_of_two_keys_has_one_data_key() {
    use crate::crypto::aead::Aead;
    let vector: Value = read("two_key.json");
    let aad = enc(&[b"tokenize/v1", b"cell", b"photo", b"binary"]);
    assert_eq!(aad, bytes(text(&vector, "aad")));
    let nonce = bytes(text(&vector, "nonce")).try_into().unwrap();
    let sealed = [bytes(text(&vector, "ciphertext")), bytes(text(&vector, "tag"))].concat();
    for i in 0..2 {
        let mut plaintext = Vec::new();
        let key = secret(vector["cell_keys"][i].as_str().unwrap());
        Aead::new(&key).open(&nonce, &aad, &sealed, &mut plaintext).unwrap();
        assert_eq!(plaintext, bytes(vector["plaintexts"][i].as_str().unwrap()));
    }

    let keyring = text(&vector, "keyring");
    let content = content(keyring, &vector["encryption_context"]);
    let pair = pair(keyring, 1, text(&vector, "reveal"));
    let open = |record: &Value| {
        let wrapped = WrappedDataKey::from_json(record).unwrap();
        verified(&content, &wrapped, Arc::new(unseal(&content, &pair, &wrapped)?))
    };
    open(&vector["records"][0]).unwrap();
    open(&vector["records"][1]).unwrap();
    // The second key under the name of the first: what the cell of the first would have to be opened with.
    let error = open(&vector["swapped_record"]).unwrap_err();
    assert!(matches!(error, KeyError::DataKeyCommitment { .. }), "{error}");
}

#[test]
fn only_a_kms_of_the_keyring_is_asked() {
    let own = "kr-000102030405060708090a0b0c0d0e0f";
    let mut content = content(own, &json!({}));
    content.kms = "aws-kms:alias/now".parse().unwrap();
    content.former_kms = vec!["aws-kms:arn:before".parse().unwrap()];
    let known = content.versions[0].keys.as_mut().unwrap();
    known.reveal.wrapped.kek = Some("arn:now".to_owned());
    let asked = |kms: &str, kek: Option<&str>| {
        let wrapped = Wrapped { blob: vec![1], kek: kek.map(str::to_owned) };
        let kms = kms.parse().unwrap();
        let wrapped = WrappedDataKey { key_version: 1, kms, wrapped, commitment: [0; 32] };
        trusted(&content, &wrapped).map(|wrapped| wrapped.kek)
    };
    // A wrapping key that the keyring has met is asked for by name, another one as the reference has it.
    assert_eq!(asked("aws-kms:alias/now", Some("arn:now")).unwrap().as_deref(), Some("arn:now"));
    assert_eq!(asked("aws-kms:alias/now", Some("arn:theirs")).unwrap(), None);
    assert_eq!(
        asked("aws-kms:alias/now", Some("arn:before")).unwrap().as_deref(),
        Some("arn:before")
    );
    assert_eq!(asked("aws-kms:arn:before", None).unwrap(), None);
    for foreign in ["aws-kms:arn:theirs", "aws-kms:alias/other", "vault:alias/now", "local:kek.key"]
    {
        let error = asked(foreign, Some("arn:now")).unwrap_err();
        assert!(matches!(error, KeyError::ForeignDataKey { .. }), "{foreign}");
        assert!(!error.is_outside_world());
    }
}
