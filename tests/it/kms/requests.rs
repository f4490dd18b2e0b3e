//! What is asked of AWS KMS, and under which key, context and region.

use tokenize_core::keys::{KmsError, KmsProvider, Wrapped};

use super::stand_in::REGION;
use super::{Bench, KEY, context, is_silent, key};

#[test]
fn a_round_trip() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    assert_eq!(wrapped.kek.as_ref(), Some(&bench.arn));
    assert!(bench.unwrap(&wrapped).unwrap().same_as(&key()));

    let (made, wrapped) = bench.kms.generate(&context("reveal")).unwrap();
    assert_eq!(wrapped.kek.as_ref(), Some(&bench.arn));
    assert!(bench.unwrap(&wrapped).unwrap().same_as(&made));
    assert!(!made.same_as(&bench.kms.generate(&context("reveal")).unwrap().0));

    let pairs = [("tokenize:keyring", "kr-1"), ("tokenize:purpose", "reveal")];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let alias = "alias/tokenize";
    let expected = [
        ("Encrypt", alias),
        ("Decrypt", &bench.arn),
        ("GenerateDataKey", alias),
        ("Decrypt", &bench.arn),
        ("GenerateDataKey", alias),
    ];
    let seen = bench.service.seen();
    assert_eq!(seen.len(), expected.len());
    for (seen, (action, name)) in seen.iter().zip(expected) {
        assert_eq!((seen.action.as_str(), seen.key.as_deref()), (action, Some(name)));
        assert_eq!(seen.context, pairs);
        assert_eq!(seen.region, REGION);
    }
    assert_eq!(bench.service.requests_of("Decrypt", Some("reveal")), 2);
}

#[test]
fn every_way_to_name_a_key() {
    let bench = Bench::new();
    let (prefix, id) = bench.arn.rsplit_once("key/").unwrap();
    for name in [id, &bench.arn, "alias/tokenize", &format!("{prefix}alias/tokenize")] {
        let kms = bench.open(name);
        let wrapped = kms.wrap(&key(), &context("reveal")).unwrap();
        assert_eq!(wrapped.kek.as_ref(), Some(&bench.arn), "{name}");
        assert!(kms.unwrap(&wrapped, &context("reveal")).unwrap().same_as(&key()));
        // Without the key's ARN, the reference is all there is.
        let bare = Wrapped { kek: None, ..wrapped };
        assert!(kms.unwrap(&bare, &context("reveal")).unwrap().same_as(&key()));
        assert_eq!(bench.service.seen().last().unwrap().key.as_deref(), Some(name));
    }
}

#[test]
fn a_moved_alias_opens_what_was_wrapped_before() {
    let bench = Bench::new();
    let before = bench.wrapped();
    let other = bench.service.create_key();
    bench.service.set_alias("alias/tokenize", &other);

    assert!(bench.unwrap(&before).unwrap().same_as(&key()));
    let after = bench.wrapped();
    assert_eq!(after.kek.as_ref(), Some(&other));
    assert!(bench.unwrap(&after).unwrap().same_as(&key()));

    // Which is what the ARN is kept for.
    rejected(&bench, &Wrapped { kek: None, ..before.clone() });
    rejected(&bench, &Wrapped { kek: Some(other), ..before });
}

#[test]
fn nothing_else_opens() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    for at in [0, 100, wrapped.blob.len() - 1] {
        let mut blob = wrapped.blob.clone();
        blob[at] ^= 1;
        rejected(&bench, &Wrapped { blob, ..wrapped.clone() });
    }
    rejected(&bench, &Wrapped { blob: wrapped.blob[1..].to_vec(), ..wrapped.clone() });
    for context in [
        context("pseudonym"),
        context("reveal").with("tokenize:keyring", "kr-2"),
        context("reveal").with("more", "x"),
    ] {
        let error = bench.kms.unwrap(&wrapped, &context).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::Rejected), "{error:?}");
        is_silent(&error, &wrapped.blob);
    }
}

#[test]
fn a_recorded_key_that_is_none_is_not_asked_for() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    bench.service.reset_seen();
    for kek in ["", "alias/tokenize", "arn:aws:kms:evil.example/#:1:key/x", "arn:aws:s3:::bucket"] {
        rejected(&bench, &Wrapped { kek: Some(kek.to_owned()), ..wrapped.clone() });
    }
    assert_eq!(bench.service.requests(), 0);
}

#[track_caller]
fn rejected(bench: &Bench, wrapped: &Wrapped) {
    let error = bench.unwrap(wrapped).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::Rejected), "{error:?}");
    assert!(error.hint().is_some());
    is_silent(&error, &wrapped.blob);
}

#[test]
fn an_arn_decides_the_region() {
    let bench = Bench::new();
    let far = bench.service.create_key_in("us-east-1");
    bench.service.set_alias("alias/far", &far);
    let alias_arn = "arn:aws:kms:us-east-1:111122223333:alias/far";
    let wrapped = bench.open(alias_arn).wrap(&key(), &context("reveal")).unwrap();
    // An alias by its name alone is one of the configured region, but what it wrapped elsewhere is still asked for there.
    bench.unwrap(&wrapped).unwrap();
    bench.wrapped();
    let regions: Vec<_> = bench.service.seen().into_iter().map(|seen| seen.region).collect();
    assert_eq!(regions, ["us-east-1", "us-east-1", REGION]);
}

#[test]
fn a_replica_opens_for_another() {
    let bench = Bench::new();
    let keys = bench.service.create_multi_region_key(&[REGION, "us-east-1"]);
    let wrapped = bench.open(&keys[0]).wrap(&key(), &context("reveal")).unwrap();
    assert_eq!(wrapped.kek.as_ref(), Some(&keys[0]));
    let opened = bench.open(&keys[1]).unwrap(&wrapped, &context("reveal")).unwrap();
    assert!(opened.same_as(&key()));
    let last = bench.service.seen().pop().unwrap();
    assert_eq!((last.region.as_str(), last.key.as_ref()), ("us-east-1", Some(&keys[1])));
}

#[test]
fn other_schemes_are_those_of_the_build() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let local = "local:kek.key".parse().unwrap();
    assert!(bench.provider.prepare(&local, folder.path()).unwrap());
    assert!(!bench.provider.prepare(&local, folder.path()).unwrap());
    assert!(!bench.provider.prepare(&"aws-kms:alias/x".parse().unwrap(), folder.path()).unwrap());
    let kms = bench.provider.open(&local, folder.path()).unwrap();
    let wrapped = kms.wrap(&key(), &context("reveal")).unwrap();
    assert!(kms.unwrap(&wrapped, &context("reveal")).unwrap().same_as(&key()));
    assert_eq!(bench.service.requests(), 0);
}

#[test]
fn keys_are_not_shown() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    let shown = format!("{wrapped:?} {:?} {:?}", bench.provider, bench.unwrap(&wrapped).unwrap());
    for form in super::forms(&KEY).iter().chain(&super::forms(&wrapped.blob)) {
        assert!(!shown.contains(form), "{shown}");
    }
    assert!(!shown.contains("AKIDEXAMPLE"), "{shown}");
}
