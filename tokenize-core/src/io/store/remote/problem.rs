//! What went wrong, from the services' words to ours: codes only, since a text of a service may quote what it was sent.

use std::error::Error as StdError;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

use super::StoreProblem;

/// The problem of a read. A condition that does not hold is that of the version.
pub(super) fn of_read(error: Error) -> StoreProblem {
    match error {
        Error::NotModified { .. } | Error::Precondition { .. } => StoreProblem::Changed,
        other => problem(&other),
    }
}

/// The problem of a write. A condition that does not hold is that there must be nothing.
pub(super) fn of_write(error: Error) -> StoreProblem {
    match error {
        Error::NotModified { .. } | Error::Precondition { .. } => StoreProblem::Exists,
        other => problem(&other),
    }
}

fn problem(error: &Error) -> StoreProblem {
    // Looked at here, and shown to nobody.
    let text = error.to_string();
    let code = code(&text);
    match error {
        Error::AlreadyExists { .. } => StoreProblem::Exists,
        Error::NotFound { .. } if code.is_some_and(|code| NO_BUCKET.contains(&code)) => {
            StoreProblem::BucketMissing
        }
        Error::NotFound { .. } => StoreProblem::Missing,
        Error::PermissionDenied { .. } if code.is_some_and(|code| UNKNOWN.contains(&code)) => {
            StoreProblem::Credentials
        }
        Error::PermissionDenied { .. } => StoreProblem::AccessDenied,
        Error::Unauthenticated { .. } => StoreProblem::Credentials,
        Error::NotImplemented { .. }
        | Error::NotSupported { .. }
        | Error::UnknownConfigurationKey { .. } => StoreProblem::Configuration,
        _ => of_cause(error).unwrap_or_else(|| of_answer(code, status(&text), &text)),
    }
}

/// What a failure was that came before any answer.
fn of_cause(error: &Error) -> Option<StoreProblem> {
    let chain =
        std::iter::successors(error.source(), |&error: &&(dyn StdError + 'static)| error.source());
    chain.into_iter().find_map(|cause| {
        if let Some(own) = cause.downcast_ref::<StoreProblem>() {
            return Some(own.clone());
        }
        Some(match cause.downcast_ref::<HttpError>()?.kind() {
            HttpErrorKind::Timeout => StoreProblem::TimedOut,
            _ => StoreProblem::Unavailable,
        })
    })
}

fn of_answer(code: Option<&str>, status: Option<u16>, text: &str) -> StoreProblem {
    match (code, status) {
        (Some(code), _) if UNKNOWN.contains(&code) => StoreProblem::Credentials,
        (Some(code), _) if NO_BUCKET.contains(&code) => StoreProblem::BucketMissing,
        (Some("AuthorizationHeaderMalformed" | "PermanentRedirect"), _) => {
            StoreProblem::OtherRegion
        }
        (_, Some(300..=399)) => StoreProblem::OtherRegion,
        (Some("SlowDown"), _) | (_, Some(429)) => StoreProblem::Throttled,
        (_, Some(500..)) => StoreProblem::Unavailable,
        (Some(code), _) => StoreProblem::Answer { code: code.to_owned() },
        (None, Some(status)) => StoreProblem::Answer { code: format!("HTTP {status}") },
        (None, None) if text.contains("redirect") => StoreProblem::OtherRegion,
        (None, None) => StoreProblem::Unavailable,
    }
}

/// The code in an answer of S3 or Azure. Whatever sits at the endpoint could write anything in its place.
fn code(text: &str) -> Option<&str> {
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    let is_code = code.len() <= MAX_CODE && code.bytes().all(|b| b.is_ascii_alphanumeric());
    is_code.then_some(code)
}

fn status(text: &str) -> Option<u16> {
    text.split_once("status code: ")?.1.get(..3)?.parse().ok()
}

/// That there is no such bucket or container.
const NO_BUCKET: &[&str] = &["ContainerNotFound", "InvalidBucketName", "NoSuchBucket"];
/// That the caller is not known, or not any more.
const UNKNOWN: &[&str] = &[
    "AuthenticationFailed",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
];
/// The longest code of S3 has half of that.
const MAX_CODE: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> StoreProblem {
        problem(&Error::Generic { store: "S3", source: text.into() })
    }

    #[test]
    fn answers_are_told_by_their_codes() {
        let coded = |code: &str| {
            let body = format!("<Error><Code>{code}</Code><Message>secret</Message></Error>");
            answer(&format!("Server returned non-2xx status code: 400 Bad Request: {body}"))
        };
        assert_eq!(coded("ExpiredToken"), StoreProblem::Credentials);
        assert_eq!(coded("NoSuchBucket"), StoreProblem::BucketMissing);
        assert_eq!(coded("AuthorizationHeaderMalformed"), StoreProblem::OtherRegion);
        assert_eq!(coded("EntityTooLarge"), StoreProblem::Answer { code: "EntityTooLarge".into() });
        assert_eq!(coded("a b"), StoreProblem::Answer { code: "HTTP 400".into() });
        assert_eq!(answer("status code: 503 Slow Down"), StoreProblem::Unavailable);
        assert_eq!(answer("Received redirect without LOCATION"), StoreProblem::OtherRegion);
        assert_eq!(answer("something else"), StoreProblem::Unavailable);
    }

    #[test]
    fn nothing_of_an_answer_is_shown() {
        let body = "<Code>AccessDenied</Code><Message>secret</Message>";
        let denied = Error::PermissionDenied { path: "secret".into(), source: body.into() };
        assert_eq!(of_write(denied), StoreProblem::AccessDenied);
        let replaced = || Error::Precondition { path: "x".into(), source: "secret".into() };
        assert_eq!(of_read(replaced()), StoreProblem::Changed);
        assert_eq!(of_write(replaced()), StoreProblem::Exists);
    }
}
