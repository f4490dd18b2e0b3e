//! How often and how long AWS KMS is asked.

use std::future::pending;
use std::time::{Duration, Instant};

use aws_credential_types::provider::{ProvideCredentials, future};
use tokenize_core::keys::KmsError;
use tokenize_core::keys::kms::aws::AwsLimits;

use super::{Bench, is_silent, quick};

#[test]
fn the_defaults_are_bounded() {
    let AwsLimits { attempt, attempts, backoff, call, connect } = AwsLimits::default();
    assert!(attempts <= 4 && call <= Duration::from_secs(30));
    assert!(connect < attempt && attempt < call && backoff < attempt);
}

#[test]
fn throttling_that_ends_goes_unnoticed() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    bench.service.reset_seen();
    bench.service.throttle(2);
    bench.unwrap(&wrapped).unwrap();
    assert_eq!(bench.service.requests(), 3);
}

#[test]
fn throttling_that_does_not_end_is_asked_four_times() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    bench.service.reset_seen();
    bench.service.throttle(usize::MAX);
    let error = bench.unwrap(&wrapped).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::Throttled), "{error:?}");
    is_silent(&error, &wrapped.blob);
    assert_eq!(bench.service.requests(), 4);

    bench.service.recover();
    bench.unwrap(&wrapped).unwrap();
    assert_eq!(bench.service.requests(), 5);
}

#[test]
fn a_service_out_of_order_is_asked_four_times() {
    let bench = Bench::new();
    bench.service.answer_error(500, "KMSInternalException", "");
    let error = bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::Unavailable), "{error:?}");
    assert_eq!(bench.service.requests(), 4);
}

#[test]
fn a_refusal_is_final() {
    let bench = Bench::new();
    bench.service.deny("GenerateDataKey", None);
    bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
    assert_eq!(bench.service.requests(), 1);
}

#[test]
fn the_number_of_tries_can_be_set() {
    for (attempts, requests) in [(0, 1), (1, 1), (2, 2)] {
        let bench = Bench::with(|config| config, AwsLimits { attempts, ..quick() });
        bench.service.throttle(usize::MAX);
        bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
        assert_eq!(bench.service.requests(), requests);
    }
}

/// Limits under which a test waits for a try, or for a call.
fn short(attempt_ms: u64, call_ms: u64) -> AwsLimits {
    let (attempt, call) = (Duration::from_millis(attempt_ms), Duration::from_millis(call_ms));
    AwsLimits { attempt, call, ..quick() }
}

#[test]
fn a_service_that_hangs_is_left_when_the_call_is_out_of_time() {
    let bench = Bench::with(|config| config, short(60_000, 300));
    bench.service.hang();
    let start = Instant::now();
    let error = bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(matches!(error, KmsError::TimedOut { limit_secs: 1 }), "{error:?}");
    assert_eq!(error.to_string(), "no answer within 1 seconds");
    is_silent(&error, &[]);
    assert_eq!(bench.service.requests(), 1);
}

#[test]
fn a_try_that_hangs_is_followed_by_another() {
    let bench = Bench::with(|config| config, short(200, 60_000));
    bench.service.hang();
    let error = bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::TimedOut { .. }), "{error:?}");
    assert_eq!(bench.service.requests(), 4);
}

#[test]
fn a_service_that_goes_away_and_comes_back() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    bench.service.fail_after(1);
    bench.unwrap(&wrapped).unwrap();
    for _ in 0..2 {
        let error = bench.unwrap(&wrapped).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::Unavailable), "{error:?}");
        is_silent(&error, &wrapped.blob);
    }
    bench.service.recover();
    bench.unwrap(&wrapped).unwrap();
}

#[test]
fn a_service_that_was_never_there() {
    let bench = Bench::new();
    bench.service.fail_after(0);
    let error = bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
    assert!(matches!(error, KmsError::Unavailable), "{error:?}");
    assert_eq!(bench.service.requests(), 0);
}

/// Credentials that never come.
#[derive(Debug)]
struct Pending;

impl ProvideCredentials for Pending {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(pending())
    }
}

#[test]
fn credentials_are_within_the_limit() {
    for limits in [short(60_000, 300), AwsLimits { attempts: 1, ..short(300, 60_000) }] {
        let bench = Bench::with_credentials(Pending, limits);
        let error = bench.kms.generate(&super::context("reveal")).map(|_| ()).unwrap_err();
        assert!(matches!(error, KmsError::TimedOut { limit_secs: 1 }), "{error:?}");
        assert_eq!(bench.service.requests(), 0);
    }
}
