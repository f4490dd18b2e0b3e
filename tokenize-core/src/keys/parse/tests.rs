use serde_json::json;

use super::*;

/// A valid keyring file: versions 1 (enabled), 2 (primary), 3 (disabled) and 4 (destroyed).
fn valid() -> Value {
    let key = json!({ "wrapped": "AQID", "commitment": "0f".repeat(32) });
    let version = |version: u32, state: &str| {
        let keys = if state == "destroyed" {
            json!({})
        } else {
            json!({ "pseudonym": key, "reveal": key })
        };
        json!({ "version": version, "state": state, "created": "2026-01-31T12:00:00Z", "keys": keys })
    };
    json!({
        "format": "tokenize-keyring/v1",
        "id": "kr-000102030405060708090a0b0c0d0e0f",
        "kms": "local:kek.key",
        "encryption_context": { "team": "data" },
        "versions": [version(1, "enabled"), version(2, "primary"), version(3, "disabled"), version(4, "destroyed")],
    })
}

/// Puts `value` at a JSON pointer, or removes what is there.
fn set(file: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (file.pointer_mut(parent).unwrap(), value) {
        (Value::Object(object), Some(value)) => drop(object.insert(name.to_owned(), value)),
        (Value::Object(object), None) => drop(object.remove(name).unwrap()),
        (Value::Array(list), Some(value)) => list[name.parse::<usize>().unwrap()] = value,
        _ => unreachable!("pointers end in a field or an element"),
    }
}

/// Parses the valid file with one change; gives the place and what was expected there.
fn refused(pointer: &str, value: Option<Value>) -> (String, &'static str) {
    let mut file = valid();
    set(&mut file, pointer, value);
    match parse(&file.to_string()) {
        Err(KeyError::Malformed { path: None, place, expected }) => (place, expected),
        other => panic!("{pointer}: {other:?}"),
    }
}

#[test]
fn writing_and_reading_agree() {
    let content = parse(&valid().to_string()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&content.to_json()).unwrap(), valid());
    assert_eq!(content.primary(), 2);
    assert_eq!(content.next_version().unwrap(), 5);
    assert!(
        content.to_json().starts_with("{\n  \"format\": \"tokenize-keyring/v1\",\n  \"id\": \"kr-")
    );
}

#[test]
fn a_wrong_value_is_refused_with_its_place() {
    let long = "0f".repeat(33);
    let upper = "0F".repeat(32);
    let cases = [
        ("/format", json!("tokenize-keyring/v2"), "format"),
        ("/format", json!(1), "format"),
        ("/id", json!("kr-1"), "id"),
        ("/id", json!("kr-000102030405060708090A0B0C0D0E0F"), "id"),
        ("/id", json!("xx-000102030405060708090a0b0c0d0e0f"), "id"),
        ("/kms", json!("kek.key"), "kms"),
        ("/kms", json!("local:kek\u{1b}[2J"), "kms"),
        ("/encryption_context", json!([]), "encryption_context"),
        ("/encryption_context/team", json!(1), "encryption_context"),
        ("/encryption_context/tokenize:keyring", json!("x"), "encryption_context"),
        ("/versions", json!({}), "versions"),
        ("/versions", json!([]), "versions"),
        ("/versions/0", json!("x"), "versions[0]"),
        ("/versions/0/version", json!(0), "versions[0].version"),
        ("/versions/0/version", json!(-1), "versions[0].version"),
        ("/versions/0/version", json!(1.5), "versions[0].version"),
        ("/versions/0/version", json!("1"), "versions[0].version"),
        ("/versions/0/version", json!(4_294_967_296_u64), "versions[0].version"),
        ("/versions/0/version", json!(2), "versions[1].version"),
        ("/versions/2/state", json!("Disabled"), "versions[2].state"),
        ("/versions/2/state", json!(null), "versions[2].state"),
        ("/versions/2/state", json!("primary"), "versions"),
        ("/versions/1/state", json!("enabled"), "versions"),
        ("/versions/2/state", json!("destroyed"), "versions[2].keys"),
        ("/versions/3/state", json!("enabled"), "versions[3].keys.pseudonym"),
        ("/versions/2/created", json!("yesterday"), "versions[2].created"),
        ("/versions/2/created", json!("2026-01-31T12:00:00+01:00"), "versions[2].created"),
        ("/versions/2/keys", json!(null), "versions[2].keys"),
        ("/versions/2/keys/reveal", json!("x"), "versions[2].keys.reveal"),
        ("/versions/2/keys/reveal/wrapped", json!("AQI"), "versions[2].keys.reveal.wrapped"),
        ("/versions/2/keys/reveal/wrapped", json!(""), "versions[2].keys.reveal.wrapped"),
        ("/versions/2/keys/reveal/wrapped", json!("A*ID"), "versions[2].keys.reveal.wrapped"),
        ("/versions/2/keys/reveal/commitment", json!("0f"), "versions[2].keys.reveal.commitment"),
        ("/versions/2/keys/reveal/commitment", json!(long), "versions[2].keys.reveal.commitment"),
        ("/versions/2/keys/reveal/commitment", json!(upper), "versions[2].keys.reveal.commitment"),
    ];
    for (pointer, value, place) in cases {
        assert_eq!(refused(pointer, Some(value.clone())).0, place, "{pointer} {value}");
    }
}

#[test]
fn a_missing_field_is_refused_with_its_place() {
    for pointer in [
        "/format",
        "/id",
        "/kms",
        "/encryption_context",
        "/versions",
        "/versions/2/version",
        "/versions/2/state",
        "/versions/2/created",
        "/versions/2/keys",
        "/versions/2/keys/pseudonym",
        "/versions/2/keys/reveal",
        "/versions/2/keys/reveal/wrapped",
        "/versions/2/keys/reveal/commitment",
    ] {
        let place = pointer[1..].replace("/2", "[2]").replace('/', ".");
        assert_eq!(refused(pointer, None), (place, "this field, which is missing"));
    }
}

#[test]
fn an_unknown_field_is_refused() {
    for (pointer, place) in [
        ("/note", "the whole file"),
        ("/versions/2/note", "versions[2]"),
        ("/versions/2/keys/note", "versions[2].keys"),
        ("/versions/2/keys/reveal/note", "versions[2].keys.reveal"),
    ] {
        assert_eq!(refused(pointer, Some(json!("x"))).0, place);
    }
}

#[test]
fn truncated_text_is_refused() {
    let text = parse(&valid().to_string()).unwrap().to_json();
    for len in (0..text.len() - 2).step_by(7) {
        let error = parse(&text[..len]).unwrap_err();
        assert!(error.to_string().contains("expected JSON"), "{error}");
    }
}

#[test]
fn errors_show_no_content() {
    let cases = [
        "/format",
        "/id",
        "/kms",
        "/versions/0/state",
        "/versions/0/created",
        "/versions/0/keys/reveal/wrapped",
    ];
    for pointer in cases {
        let mut file = valid();
        set(&mut file, pointer, Some(json!("*canary*")));
        let error = parse(&file.to_string()).unwrap_err();
        assert!(!format!("{error}{error:?}{:?}", error.hint()).contains("canary"));
    }
    assert!(!parse("{\"canary").unwrap_err().to_string().contains("canary"));
}
