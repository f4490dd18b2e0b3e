//! Stand-ins: the same for the same value whatever the batches and types, never reversed, and told as what they are.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Int8Type};
use serde_json::{Value, json};
use tokenize_core::{Remasker, Unmasker};

use crate::customers::Customers;
use crate::fixture::{Fixture, one, policy, shared, text, texts};

fn rule(kind: &str) -> Value {
    json!({ "action": "surrogate", "kind": kind, "locale": "en_US", "domain": "d" })
}

fn strings(array: &ArrayRef) -> Vec<Option<String>> {
    let plain = cast(array, &DataType::Utf8).unwrap();
    plain.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

#[test]
fn every_string_type_has_the_same_stand_ins() {
    let fixture = Fixture::of_vectors();
    let column = texts([Some("Jane Doe"), None, Some(""), Some("Doe, Jane"), Some("Jane Doe")]);
    let masked = fixture.mask_one(&rule("person"), &column).unwrap();
    let expected = strings(&masked);
    assert_eq!(expected[1..3], [None, Some(String::new())]);
    assert_eq!(expected[0], expected[4]);
    let dictionary = |keys| DataType::Dictionary(Box::new(keys), Box::new(DataType::Utf8));
    for data_type in [
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Int8),
        dictionary(DataType::Int32),
    ] {
        let column = cast(&column, &data_type).unwrap();
        let masked = fixture.mask_one(&rule("person"), &column).unwrap();
        assert_eq!(masked.data_type(), &data_type);
        assert_eq!(strings(&masked), expected, "{data_type}");
    }
    let numbers = shared(Int32Array::from(vec![1]));
    let error = fixture.mask_one(&rule("phone"), &numbers).unwrap_err().to_string();
    assert!(error.contains("surrogate, kind phone"), "{error}");
}

#[test]
fn entries_of_a_dictionary_that_meet_become_one() {
    let fixture = Fixture::of_vectors();
    let values = texts([Some("Jane Doe"), Some("JANE DOE"), Some(" Jane  Doe")]);
    let keys = arrow::array::Int8Array::from(vec![0, 1, 2, 0]);
    let column: ArrayRef = std::sync::Arc::new(DictionaryArray::<Int8Type>::new(keys, values));
    let masked = fixture.mask_one(&rule("person"), &column).unwrap();
    let found = masked.as_dictionary::<Int8Type>();
    assert_eq!(found.values().len(), 2, "one as it is, one in capitals");
    assert_eq!(found.keys().values().to_vec(), [0, 1, 0, 0]);
}

#[test]
fn batches_and_threads_change_nothing() {
    let fixture = Fixture::of_vectors();
    let table = Customers::new(3).rows(0, 2_000).unwrap();
    for (kind, column) in [("person", "name"), ("email", "email"), ("phone", "phone")] {
        let column = table.column_by_name(column).unwrap();
        let plan = fixture.plan_one(&rule(kind), column).unwrap();
        let whole = plan.mask(&one(column)).unwrap().column(0).clone();
        let parts: Vec<ArrayRef> = (0..column.len())
            .step_by(333)
            .map(|at| one(&column.slice(at, 333.min(column.len() - at))))
            .map(|part| plan.mask(&part).unwrap().column(0).clone())
            .collect();
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        assert_eq!(&concat(&parts).unwrap(), &whole, "{kind}");
        let pairs: HashMap<_, _> = strings(column).into_iter().zip(strings(&whole)).collect();
        assert!(pairs.iter().all(|(value, stand_in)| value.is_none() || value != stand_in));
    }
}

#[test]
fn domains_kinds_locales_and_keys_separate() {
    let fixture = Fixture::new();
    let person = |locale: &str, domain: &str| json!({ "action": "surrogate", "kind": "person", "locale": locale, "domain": domain });
    let column = texts((0..40).map(|_| None).chain(["Jane Doe", "John Roe", "Max"].map(Some)));
    let masked =
        |fixture: &Fixture, rule: &Value| strings(&fixture.mask_one(rule, &column).unwrap());
    let first = masked(&fixture, &person("en_US", "d"));
    assert_eq!(first, masked(&fixture, &person("en_US", "d")));
    for other in [person("en_US", "e"), person("de_DE", "d"), rule("family_name")] {
        assert_ne!(first, masked(&fixture, &other), "{other}");
    }
    assert_ne!(first, masked(&Fixture::new(), &person("en_US", "d")));
}

#[test]
fn stand_ins_are_one_way_and_say_so() {
    let mut fixture = Fixture::new();
    let tokenizer = fixture.tokenizer(
        "who: { action: surrogate, kind: person, locale: fr_FR, domain: who }\nssn: { action: tokenize, format: us_ssn }",
    );
    let clear =
        RecordBatch::try_from_iter([("who", text("Jane Doe")), ("ssn", text("123-45-6789"))])
            .unwrap();
    let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
    let tags = masked.schema().field(0).metadata().clone();
    assert_eq!(tags["tokenize.action"], "surrogate");
    assert_eq!(tags["tokenize.domain"], "who");
    assert_eq!(tags["tokenize.key_version"], "1");
    let params =
        r#"{"kind":"person","locale":"fr_FR","normalize":[],"on_invalid":"fail","table":1}"#;
    assert_eq!(tags["tokenize.params"], params);

    let plan = Unmasker::new(&fixture.keyring).plan(&masked.schema()).unwrap();
    assert_eq!(plan.report().columns[0].done, "leave surrogate (one-way)");
    let back = plan.unmask(&masked).unwrap();
    assert_eq!((back.column(0), back.column(1)), (masked.column(0), clear.column(1)));

    fixture.keyring.add("2026-02-03T04:05:06Z".parse().unwrap()).unwrap();
    fixture.keyring.promote(2).unwrap();
    let error = Remasker::new(&fixture.keyring).plan(&masked.schema()).err().unwrap().to_string();
    assert_eq!(
        error,
        "column who: surrogate is one-way: it cannot be brought from key version 1 to 2"
    );
    assert!(Remasker::new(&fixture.keyring).leave(true).plan(&masked.schema()).is_ok());
}

#[test]
fn an_explanation_says_how_many_values_share_a_stand_in() {
    let policy = policy(
        "who: { action: surrogate, kind: person, locale: en_US, domain: who }\nmail: { action: surrogate, kind: email, locale: en_US, domain: mail }\ntown: { action: surrogate, kind: city, locale: de_DE, domain: town }\nrest: { action: redact }",
    );
    let shown = policy.explain().to_string();
    let rows: Vec<Vec<&str>> = shown
        .lines()
        .skip_while(|line| !line.contains("STAND-INS"))
        .skip(1)
        .take(3)
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[0], ["who", "4500000", "about 0.22", "about 200000"]);
    assert_eq!(rows[2], ["town", "709", "about 760", "about 1000000"]);
    let tree = serde_json::to_value(policy.explain()).unwrap();
    assert_eq!(tree["columns"][0]["stand_ins"]["sharing"][1]["values"], 1_000_000);
    assert_eq!(tree["columns"][3]["stand_ins"], Value::Null);
    for (promise, holds) in [
        ("reversible", false),
        ("deterministic", true),
        ("injective", false),
        ("format_preserving", false),
    ] {
        assert_eq!(tree["columns"][0][promise], holds, "{promise}");
    }
    assert!(
        shown.contains("mask needs: the pseudonym root key (surrogate: who, mail, town; equal")
    );
}

/// What is made up belongs to nobody: what detection finds in it is set apart for such use.
#[test]
fn mail_and_phone_numbers_are_nobodys() {
    let fixture = Fixture::new();
    let column = texts(
        (0..300)
            .map(|i| format!("+1 212 {i:07}"))
            .collect::<Vec<_>>()
            .iter()
            .map(|text| Some(text.as_str())),
    );
    for (locale, starts) in [
        ("en_US", &["+1"][..]),
        (
            "de_DE",
            &[
                "+49 30 23125",
                "+49 69 90009",
                "+49 40 66969",
                "+49 221 4710",
                "+49 89 99998",
                "+49 17",
                "+49 152",
            ],
        ),
        (
            "fr_FR",
            &[
                "+33 1 99 00",
                "+33 2 61 91",
                "+33 3 53 01",
                "+33 4 65 71",
                "+33 5 36 49",
                "+33 6 39 98",
            ],
        ),
    ] {
        let mut rule = rule("phone");
        rule["locale"] = json!(locale);
        for number in strings(&fixture.mask_one(&rule, &column).unwrap()).into_iter().flatten() {
            assert!(starts.iter().any(|start| number.starts_with(start)), "{number}");
            assert!(locale != "en_US" || number[6..].starts_with(" 555 01"), "{number}");
        }
    }
    for address in
        strings(&fixture.mask_one(&rule("email"), &column).unwrap()).into_iter().flatten()
    {
        let (local, domain) = address.split_once('@').unwrap();
        assert!(["example.com", "example.net", "example.org"].contains(&domain), "{address}");
        assert!(local.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.'));
    }
}
