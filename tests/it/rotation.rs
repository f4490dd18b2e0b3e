//! Key versions: what was masked under an old one still opens, new tokens come from the primary, and a version is never guessed.

use arrow::array::RecordBatch;
use tokenize_core::{Keyring, Policy, Tokenizer, UnmaskOptions, Unmasker};

use crate::fixture::{Fixture, one, policy, text};

const RULES: &str = "v: { action: tokenize, format: us_ssn }";

fn mask(keyring: &Keyring, rules: &str) -> RecordBatch {
    let batch = one(&text("123-45-6789"));
    Tokenizer::new(policy(rules), keyring)
        .unwrap()
        .plan_mask(&batch.schema())
        .unwrap()
        .mask(&batch)
        .unwrap()
}

fn unmask(keyring: &Keyring, masked: &RecordBatch) -> Result<RecordBatch, tokenize_core::Error> {
    Unmasker::new(keyring).plan(&masked.schema())?.unmask(masked)
}

/// The batch as a foreign program writes it: without any of our metadata.
fn bare(batch: &RecordBatch) -> RecordBatch {
    one(batch.column(0))
}

#[test]
fn old_versions_still_open_and_new_tokens_come_from_the_primary() {
    let mut fixture = Fixture::new();
    let before = mask(&fixture.keyring, RULES);
    let version = fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(
        mask(&fixture.keyring, RULES).column(0),
        before.column(0),
        "adding a version changes no token"
    );
    fixture.keyring.promote(version).unwrap();
    let after = mask(&fixture.keyring, RULES);
    assert_ne!(after.column(0), before.column(0));
    let pinned = mask(&fixture.keyring, "v: { action: tokenize, format: us_ssn, key_version: 1 }");
    assert_eq!(pinned.column(0), before.column(0));
    for masked in [before, after, pinned] {
        assert_eq!(unmask(&fixture.keyring, &masked).unwrap().column(0), &text("123-45-6789"));
    }
}

#[test]
fn disabled_and_destroyed_versions_are_refused() {
    let mut fixture = Fixture::new();
    let before = mask(&fixture.keyring, RULES);
    let version = fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    fixture.keyring.promote(version).unwrap();
    fixture.keyring.disable(1).unwrap();
    assert!(unmask(&fixture.keyring, &before).is_err());
    fixture.keyring.enable(1).unwrap();
    assert!(unmask(&fixture.keyring, &before).is_ok());
    fixture.keyring.destroy(1).unwrap();
    assert!(unmask(&fixture.keyring, &before).is_err());
}

#[test]
fn a_key_version_is_never_guessed() {
    let mut fixture = Fixture::new();
    let masked = mask(&fixture.keyring, RULES);
    let by_policy = |keyring: &Keyring, key_version| {
        let options = UnmaskOptions { columns: None, key_version };
        let plan = Unmasker::new(keyring)
            .policy(policy(RULES))
            .options(options)
            .plan(&bare(&masked).schema())?;
        plan.unmask(&bare(&masked))
    };
    assert_eq!(
        by_policy(&fixture.keyring, None).unwrap().column(0),
        &text("123-45-6789"),
        "there is only one"
    );
    fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    let error = by_policy(&fixture.keyring, None).unwrap_err();
    assert!(error.to_string().contains("key version is not recorded"), "{error}");
    assert_eq!(by_policy(&fixture.keyring, Some(1)).unwrap().column(0), &text("123-45-6789"));
}

#[test]
fn another_keyring_is_refused() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    let masked = mask(&fixture.keyring, RULES);
    let error = unmask(&other.keyring, &masked).unwrap_err();
    assert!(error.to_string().contains("was masked with keyring"), "{error}");
}

#[test]
fn masking_twice_is_refused_but_other_columns_may_follow() {
    let fixture = Fixture::new();
    let masked = mask(&fixture.keyring, RULES);
    let error = Tokenizer::new(policy(RULES), &fixture.keyring)
        .unwrap()
        .plan_mask(&masked.schema())
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("is masked already"), "{error}");
}

#[test]
fn edited_metadata_is_refused() {
    let fixture = Fixture::new();
    let masked = mask(&fixture.keyring, RULES);
    for (tag, value) in [
        ("tokenize.domain", "other"),
        ("tokenize.key_version", "2"),
        ("tokenize.type", "large_utf8"),
        ("tokenize.action", "encrypt"),
        ("tokenize.params", "{}"),
    ] {
        let schema = masked.schema();
        let mut metadata = schema.field(0).metadata().clone();
        assert!(metadata.insert(tag.to_owned(), value.to_owned()).is_some());
        let field = schema.field(0).clone().with_metadata(metadata);
        let schema =
            arrow::datatypes::Schema::new_with_metadata(vec![field], schema.metadata().clone());
        let edited = RecordBatch::try_new(schema.into(), masked.columns().to_vec()).unwrap();
        assert!(unmask(&fixture.keyring, &edited).is_err(), "{tag}");
    }
    let schema = masked.schema();
    let manifest = &schema.metadata()["tokenize.manifest"];
    for (from, to) in [
        ("us_ssn", "pan"),
        ("\"key_version\":\"1\"", "\"key_version\":\"2\""),
        ("\"policy\"", "\"police\""),
    ] {
        let edited = manifest.replace(from, to);
        assert_ne!(&edited, manifest);
        let schema = schema
            .as_ref()
            .clone()
            .with_metadata([("tokenize.manifest".to_owned(), edited)].into());
        let edited = RecordBatch::try_new(schema.into(), masked.columns().to_vec()).unwrap();
        assert!(unmask(&fixture.keyring, &edited).is_err(), "{from}");
    }
}

#[test]
fn renamed_columns_still_open() {
    let fixture = Fixture::new();
    let masked = mask(&fixture.keyring, RULES);
    let schema = masked.schema();
    let field = schema.field(0).clone().with_name("renamed");
    let schema =
        arrow::datatypes::Schema::new_with_metadata(vec![field], schema.metadata().clone());
    let renamed = RecordBatch::try_new(schema.into(), masked.columns().to_vec()).unwrap();
    assert_eq!(unmask(&fixture.keyring, &renamed).unwrap().column(0), &text("123-45-6789"));
}

#[test]
fn policies_are_read_from_yaml_and_json_alike() {
    let yaml = policy(RULES);
    let json = Policy::from_text(&yaml.canonical_json()).unwrap();
    assert_eq!(json.sha256(), yaml.sha256());
}

#[test]
fn a_pinned_version_must_be_there() {
    let fixture = Fixture::new();
    let pinned = policy("v: { action: tokenize, format: us_ssn, key_version: 7 }");
    let error = Tokenizer::new(pinned, &fixture.keyring).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("has no version 7"), "{error}");
}
