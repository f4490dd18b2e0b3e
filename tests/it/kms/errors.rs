//! What goes wrong at AWS KMS, and what becomes of it: a variant, a message, and never the service's own words.

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use serde_json::json;
use tokenize_core::keys::kms::aws::AwsKmsProvider;
use tokenize_core::keys::{KmsError, KmsProvider, Wrapped};

use super::stand_in::encode;
use super::{Bench, KEY, TEXT, config, context, is_silent, key, open, quick};

/// Asserts what the three methods say of an answer, and that they say nothing else.
#[track_caller]
fn check(bench: &Bench, message: &str) {
    let wrapped =
        Wrapped { blob: b"a blob that nobody may see".to_vec(), kek: Some(bench.arn.clone()) };
    let context = context("reveal");
    for error in [
        bench.kms.wrap(&key(), &context).map(|_| ()).unwrap_err(),
        bench.kms.unwrap(&wrapped, &context).map(|_| ()).unwrap_err(),
        bench.kms.generate(&context).map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), message, "{error:?}");
        assert!(error.is_outside_world());
        is_silent(&error, &wrapped.blob);
    }
}

#[track_caller]
fn check_code(status: u16, code: &str, message: &str) {
    let bench = Bench::new();
    bench.service.answer_error(status, code, TEXT);
    check(&bench, message);
}

#[test]
fn missing_permissions() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    let context = context("reveal");
    for action in ["Encrypt", "Decrypt", "GenerateDataKey"] {
        bench.service.deny(action, None);
    }
    for (error, permission) in [
        (bench.kms.wrap(&key(), &context).map(|_| ()).unwrap_err(), "kms:Encrypt"),
        (bench.kms.unwrap(&wrapped, &context).map(|_| ()).unwrap_err(), "kms:Decrypt"),
        (bench.kms.generate(&context).map(|_| ()).unwrap_err(), "kms:GenerateDataKey"),
    ] {
        assert!(matches!(error, KmsError::AccessDenied { action } if action == permission));
        assert_eq!(
            error.to_string(),
            format!("access denied: these credentials lack {permission}")
        );
        assert!(error.hint().unwrap().contains("tokenize iam"));
        is_silent(&error, &wrapped.blob);
    }
}

#[test]
fn a_denial_of_one_purpose_leaves_the_others() {
    let bench = Bench::new();
    bench.service.deny("GenerateDataKey", Some("reveal"));
    assert!(bench.kms.generate(&context("pseudonym")).is_ok());
    let denied = bench.kms.generate(&context("reveal")).map(|_| ()).unwrap_err();
    assert!(matches!(denied, KmsError::AccessDenied { action: "kms:GenerateDataKey" }));
}

#[test]
fn a_disabled_key() {
    let bench = Bench::new();
    bench.service.disable(&bench.arn);
    check(&bench, "the wrapping key is disabled");
    bench.service.enable(&bench.arn);
    bench.wrapped();
}

#[test]
fn a_key_that_is_to_be_deleted() {
    let bench = Bench::new();
    bench.service.schedule_deletion(&bench.arn);
    check(&bench, "the wrapping key is pending deletion");
    bench.service.answer_error(400, "KMSInvalidStateException", "x is pending replica deletion.");
    check(&bench, "the wrapping key is pending deletion");
}

#[test]
fn a_key_in_another_state() {
    let unusable = "the wrapping key cannot be used for this, or not now";
    for code in ["InvalidGrantTokenException", "InvalidKeyUsageException"] {
        check_code(400, code, unusable);
    }
    check_code(500, "KeyUnavailableException", unusable);
    let bench = Bench::new();
    bench.service.answer_error(400, "KMSInvalidStateException", "x is pending import.");
    check(&bench, unusable);
}

#[test]
fn a_key_that_is_not_there() {
    let bench = Bench::new();
    let context = context("reveal");
    for name in [
        "alias/nobody",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:us-east-1:111122223333:alias/tokenize",
    ] {
        let error = bench.open(name).wrap(&key(), &context).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::KeyNotFound), "{name}: {error:?}");
        is_silent(&error, &KEY);
    }
}

#[test]
fn throttling() {
    for code in ["ThrottlingException", "LimitExceededException", "Throttling", "SlowDown"] {
        check_code(400, code, "too many requests: throttled");
    }
    check_code(429, "", "too many requests: throttled");
}

#[test]
fn credentials_that_are_not_known() {
    for code in [
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "UnrecognizedClientException",
    ] {
        check_code(400, code, "no valid credentials");
    }
}

/// A chain of providers in which none has any, as the default one ends.
#[derive(Debug)]
struct Missing;

impl ProvideCredentials for Missing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded(TEXT)))
    }
}

#[test]
fn credentials_that_are_missing() {
    let none = |config: aws_config::SdkConfig| {
        let mut builder = config.to_builder();
        builder.set_credentials_provider(None);
        builder.build()
    };
    let bench = Bench::with(none, quick());
    check(&bench, "no valid credentials");

    let bench = Bench::with_credentials(Missing, quick());
    check(&bench, "no valid credentials");
    assert_eq!(bench.service.requests(), 0);
}

#[test]
fn a_service_out_of_order() {
    let unavailable = "the KMS cannot be reached, or is out of order";
    for code in ["DependencyTimeoutException", "KMSInternalException", "InternalFailure", ""] {
        check_code(500, code, unavailable);
    }
    check_code(503, "", unavailable);
}

#[test]
fn codes_that_nobody_here_knows() {
    check_code(400, "ValidationException", "the KMS answered ValidationException");
    check_code(418, "", "the KMS answered HTTP 418");
    // Not a code, but a text in its place.
    check_code(400, &TEXT.replace(' ', "_ "), "the KMS answered HTTP 400");
    check_code(400, &"x".repeat(100), "the KMS answered HTTP 400");
}

#[test]
fn answers_that_are_not_of_a_kms() {
    let (blob, arn) = (encode(b"blob"), Bench::new().arn);
    let malformed = "the KMS gave an answer that is not one of a KMS";
    for body in ["", "{}", "<html>", &json!({ "KeyId": arn }).to_string()] {
        let bench = Bench::new();
        bench.service.answer(200, body);
        check(&bench, malformed);
    }
    let bench = Bench::new();
    let check = |body: serde_json::Value| {
        bench.service.answer(200, &body.to_string());
        let error = bench.kms.generate(&context("reveal")).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::AnswerMalformed), "{error:?}");
        is_silent(&error, b"blob");
    };
    // Half a key, more than a key, no blob, and a key that is not named for good.
    check(json!({ "CiphertextBlob": blob, "KeyId": arn, "Plaintext": encode(&KEY[..16]) }));
    check(
        json!({ "CiphertextBlob": blob, "KeyId": arn, "Plaintext": encode(&[KEY, KEY].concat()) }),
    );
    check(json!({ "KeyId": arn, "Plaintext": encode(&KEY) }));
    check(json!({ "CiphertextBlob": blob, "KeyId": "alias/tokenize", "Plaintext": encode(&KEY) }));
}

#[test]
fn a_blob_that_holds_something_else() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    for plaintext in [&KEY[..31], &[KEY, KEY].concat(), b""] {
        let body = json!({ "KeyId": bench.arn, "Plaintext": encode(plaintext) });
        bench.service.answer(200, &body.to_string());
        let error = bench.unwrap(&wrapped).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::Rejected), "{error:?}");
        is_silent(&error, &wrapped.blob);
    }
}

#[test]
fn no_region() {
    let service = super::stand_in::StandInKms::start();
    let arn = service.create_key();
    service.set_alias("alias/tokenize", &arn);
    let mut builder = config(&service).to_builder();
    builder.set_region(None);
    // A configuration without a behaviour version is one that the SDK itself panics at.
    builder.set_behavior_version(None);
    let provider = AwsKmsProvider::from_config(builder.build());
    let error = open(&provider, "alias/tokenize").unwrap().wrap(&key(), &context("reveal"));
    let error = error.map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::NoRegion) && !error.is_outside_world());
    assert_eq!(error.to_string(), "no region is set");
    // The ARN of a key says which.
    open(&provider, &arn).unwrap().wrap(&key(), &context("reveal")).unwrap();
}

#[test]
fn references_that_name_no_key() {
    let provider = AwsKmsProvider::from_environment();
    for name in ["alias/", "key/x", "arn:aws:s3:::bucket", "arn:aws:kms:x.evil/:1:key/x"] {
        let error = open(&provider, name).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::KeyMalformed { .. }) && !error.is_outside_world());
        assert_eq!(
            error.to_string(),
            format!(
                "`aws-kms:{name}` does not name a key: a key id, a key ARN, alias/NAME or an alias ARN"
            )
        );
        assert!(error.hint().is_some());
    }
    let other = provider.open(&"vault:x".parse().unwrap(), ".".as_ref()).map(|_| ()).unwrap_err();
    assert!(matches!(other, KmsError::UnknownScheme { .. }));
}
