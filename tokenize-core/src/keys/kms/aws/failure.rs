//! What went wrong, from the SDK's words to ours: codes only, since a text of the service's may quote what it was sent.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::config::http::HttpResponse;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};

use super::AwsLimits;
use crate::keys::kms::KmsError;

/// The error of a request that needs the permission `action`.
pub(super) fn kms_error<E>(
    error: &SdkError<E, HttpResponse>,
    action: &'static str,
    limits: &AwsLimits,
) -> KmsError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let (code, status) = (answer.err().code(), answer.raw().status().as_u16());
            let known = code.and_then(|code| by_code(code, answer.err().message(), action));
            known.unwrap_or_else(|| by_status(status, code))
        }
        _ if has_credentials_error(error) => KmsError::Credentials,
        SdkError::TimeoutError(_) => timed_out(limits.attempt),
        // Of connections: other limits are not set on the connection.
        SdkError::DispatchFailure(failure) if failure.is_timeout() => timed_out(limits.connect),
        _ => KmsError::Unavailable,
    }
}

/// A limit that has passed. Full seconds, at least one: a limit below that is for tests.
pub(super) fn timed_out(limit: Duration) -> KmsError {
    let part = u64::from(limit.subsec_nanos() > 0);
    KmsError::TimedOut { limit_secs: limit.as_secs().saturating_add(part).max(1) }
}

/// The codes of `Encrypt`, `Decrypt` and `GenerateDataKey`, and those common to all of AWS.
fn by_code(code: &str, message: Option<&str>, action: &'static str) -> Option<KmsError> {
    Some(match code {
        "AccessDenied" | "AccessDeniedException" | "NotAuthorized" => {
            KmsError::AccessDenied { action }
        }
        "DependencyTimeoutException"
        | "InternalFailure"
        | "InternalServerError"
        | "KMSInternalException"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => KmsError::Unavailable,
        "DisabledException" => KmsError::KeyDisabled,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => KmsError::Credentials,
        "IncorrectKeyException" | "InvalidCiphertextException" => KmsError::Rejected,
        "InvalidGrantTokenException" | "InvalidKeyUsageException" | "KeyUnavailableException" => {
            KmsError::KeyUnusable
        }
        "KMSInvalidStateException" => by_state(message),
        "NotFoundException" => KmsError::KeyNotFound,
        code if THROTTLING.contains(&code) => KmsError::Throttled,
        _ => return None,
    })
}

/// The state of a key is in the text alone: `… is pending deletion.`, `… is pending replica deletion.`, `… is pending import.`
fn by_state(message: Option<&str>) -> KmsError {
    let message = message.unwrap_or_default().to_ascii_lowercase();
    if message.contains("pending") && message.contains("deletion") {
        return KmsError::KeyPendingDeletion;
    }
    KmsError::KeyUnusable
}

/// What is left: a code that nobody here knows, or an answer that is not of KMS at all.
fn by_status(status: u16, code: Option<&str>) -> KmsError {
    // Whatever sits at the endpoint could write anything in place of a code.
    let is_code = |code: &&str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        (1..=MAX_CODE).contains(&code.len()) && code.bytes().all(known)
    };
    match (status, code.filter(is_code)) {
        (500.., _) => KmsError::Unavailable,
        (429, _) => KmsError::Throttled,
        (_, Some(code)) => KmsError::Answer { code: code.to_owned() },
        (200..=299, None) => KmsError::AnswerMalformed,
        (_, None) => KmsError::Answer { code: format!("HTTP {status}") },
    }
}

/// Whether the request failed for want of credentials, before anything was sent.
fn has_credentials_error(error: &(dyn Error + 'static)) -> bool {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.into_iter().any(|cause| cause.is::<CredentialsError>())
}

/// What the SDK holds for throttling (`aws_runtime::retries::classifiers::THROTTLING_ERRORS`), and tries again.
const THROTTLING: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The longest code of AWS has half of that.
const MAX_CODE: usize = 80;
