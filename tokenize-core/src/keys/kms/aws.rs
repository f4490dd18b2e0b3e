//! `aws-kms:KEY`: AWS KMS, by the AWS SDK.
//!
//! `KEY` is a key id, a key ARN, `alias/NAME`, or an alias ARN; ids of multi-Region keys (`mrk-…`) too. What is wrapped names the key ARN
//! that KMS answered with ([`Wrapped::kek`]), and is unwrapped by that ARN: an alias may be moved to another key, and all that was wrapped before
//! still opens. Only where reference and ARN name one multi-Region key does the reference decide, so that a replica in another Region takes over.
//!
//! Nothing here is asynchronous outside. The SDK's runtime lives on one thread of each client, which starts with the first call and
//! ends with the client. Calls come from any thread, of a Tokio runtime too; in a service, put them on
//! `spawn_blocking` as any other call that blocks.
//!
//! Start at [`AwsKmsProvider::from_environment`].
//!
//! # Permissions
//!
//! | method | request | permission on the wrapping key | when |
//! |---|---|---|---|
//! | [`Kms::wrap`] | `Encrypt` | `kms:Encrypt` | a keyring is wrapped anew |
//! | [`Kms::unwrap`] | `Decrypt` | `kms:Decrypt` | a root key or a data key is used that is not in the cache |
//! | [`Kms::generate`] | `GenerateDataKey`, AES-256 | `kms:GenerateDataKey` | a keyring or a version is made; an output gets a data key |
//!
//! Every request carries the encryption context, so that a policy can allow one purpose and not another by
//! `kms:EncryptionContext:tokenize:purpose`. A condition on `kms:RequestAlias` fits wrapping by an alias only, since unwrapping
//! names the key.
//!
//! # Security
//! Keys travel in clear inside TLS, to the endpoint that the SDK is configured with: an endpoint given as `http://` gets them without TLS. Copies that
//! this client makes are wiped; those that the SDK makes of a request and an answer on their way are not. Traces of the SDK show no
//! key, unless `LOG_SENSITIVE_BODIES` is set.

mod client;
mod failure;
mod key;
mod untraced;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What [`AwsKmsProvider::from_config`] takes comes from here, in the version that this crate is built with.
pub use aws_config;
use aws_config::SdkConfig;

use super::{
    AWS_SCHEME, EmbeddedKms, EncryptionContext, Kms, KmsError, KmsProvider, KmsReference, Wrapped,
};
use crate::runtime::{RuntimeThread, Stopped};
use crate::secret::Secret;
use client::{AwsClient, Source};
use failure::timed_out;
use key::KeyName;

/// Opens `aws-kms:` references, and hands others to [`EmbeddedKms`], so that a keyring can name both `aws-kms:` and `local:`.
///
/// ```
/// use std::time::Duration;
///
/// use tokenize_core::keys::KmsProvider;
/// use tokenize_core::keys::kms::aws::{AwsKmsProvider, AwsLimits};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let limits = AwsLimits { call: Duration::from_secs(10), ..AwsLimits::default() };
/// let provider = AwsKmsProvider::from_environment().limits(limits);
/// // Nothing is looked up or sent before the first call.
/// let kms = provider.open(&"aws-kms:alias/tokenize".parse()?, ".".as_ref())?;
/// # let _ = kms;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AwsKmsProvider {
    source: Source,
    limits: AwsLimits,
}

impl AwsKmsProvider {
    /// Credentials, region, profile and endpoint (`AWS_ENDPOINT_URL_KMS` too) as the SDK finds them, at the first call of each client.
    ///
    /// The region of a key or alias ARN goes before the one that is found.
    #[must_use]
    pub fn from_environment() -> Self {
        Self { source: Source::Environment, limits: AwsLimits::default() }
    }

    /// Credentials, region and endpoint of a configuration that you have, for a service that uses the SDK itself.
    ///
    /// The region of a key or alias ARN goes before that of `config`, and [`Self::limits`] before its timeouts and retries.
    #[must_use]
    pub fn from_config(config: SdkConfig) -> Self {
        Self { source: Source::Given(Box::new(config)), limits: AwsLimits::default() }
    }

    /// This provider with other limits.
    #[must_use]
    pub fn limits(mut self, limits: AwsLimits) -> Self {
        self.limits = limits;
        self
    }
}

impl KmsProvider for AwsKmsProvider {
    /// Opens the KMS. Nothing is sent yet.
    ///
    /// # Errors
    /// Returns [`KmsError::KeyMalformed`] if an `aws-kms:` reference names no key, and else what [`EmbeddedKms`] returns.
    fn open(&self, reference: &KmsReference, base: &Path) -> Result<Box<dyn Kms>, KmsError> {
        if reference.scheme() != AWS_SCHEME {
            return EmbeddedKms.open(reference, base);
        }
        let key = KeyName::parse(reference.locator())
            .ok_or_else(|| KmsError::KeyMalformed { reference: reference.clone() })?;
        let (source, limits) = (self.source.clone(), self.limits);
        let thread =
            RuntimeThread::new(THREAD_NAME, move || AwsClient::new(source.clone(), limits));
        Ok(Box::new(AwsKms { key, limit: limits.call, thread }))
    }

    /// Makes nothing for `aws-kms:`: keys of AWS KMS are made there.
    fn prepare(&self, reference: &KmsReference, base: &Path) -> Result<bool, KmsError> {
        if reference.scheme() == AWS_SCHEME {
            return Ok(false);
        }
        EmbeddedKms.prepare(reference, base)
    }
}

impl Default for AwsKmsProvider {
    fn default() -> Self {
        Self::from_environment()
    }
}

impl fmt::Debug for AwsKmsProvider {
    /// Shows no configuration: a credentials provider of one's own may print what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AwsKmsProvider({}, {:?})", self.source.name(), self.limits)
    }
}

/// How long and how often AWS KMS is asked before a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwsLimits {
    /// How long one try may take, from finding credentials to the end of the answer.
    pub attempt: Duration,
    /// How often a request is sent at most; 0 counts as 1. Tried again is what the SDK holds for transient: throttling, errors of
    /// the service, broken connections, tries out of time.
    pub attempts: u32,
    /// The longest wait before the second try. It doubles with every try, and each wait is a random part of it.
    pub backoff: Duration,
    /// How long a call may take as a whole: reading the configuration, finding credentials, all tries and the waits between them.
    pub call: Duration,
    /// How long making a connection may take.
    pub connect: Duration,
}

impl Default for AwsLimits {
    fn default() -> Self {
        Self {
            attempt: ATTEMPT_LIMIT,
            attempts: ATTEMPTS,
            backoff: BACKOFF,
            call: CALL_LIMIT,
            connect: CONNECT_LIMIT,
        }
    }
}

/// AWS KMS with one wrapping key; [`AwsKmsProvider`] opens it.
struct AwsKms {
    key: KeyName,
    limit: Duration,
    thread: RuntimeThread<AwsClient>,
}

impl AwsKms {
    /// Runs a request and waits for its outcome, within the limit of a call.
    fn call<T, F>(
        &self,
        request: impl FnOnce(Arc<AwsClient>) -> F + Send + 'static,
    ) -> Result<T, KmsError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, KmsError>> + Send + 'static,
    {
        self.thread.call(self.limit, request).unwrap_or_else(|stopped| {
            Err(match stopped {
                Stopped::Ended => KmsError::ClientThread,
                Stopped::Limit => timed_out(self.limit),
            })
        })
    }
}

impl Kms for AwsKms {
    fn wrap(&self, key: &Secret, context: &EncryptionContext) -> Result<Wrapped, KmsError> {
        let name = self.key.clone();
        let mut copy = *key.expose();
        let (key, context) = (Secret::take(&mut copy), pairs(context));
        self.call(move |client| async move { client.encrypt(&name, &key, context).await })
    }

    fn unwrap(&self, wrapped: &Wrapped, context: &EncryptionContext) -> Result<Secret, KmsError> {
        let name = match &wrapped.kek {
            // Only key ARNs are ever written there.
            Some(kek) => self.key.to_open(KeyName::parse_key_arn(kek).ok_or(KmsError::Rejected)?),
            None => self.key.clone(),
        };
        let (blob, context) = (wrapped.blob.clone(), pairs(context));
        self.call(move |client| async move { client.decrypt(&name, blob, context).await })
    }

    fn generate(&self, context: &EncryptionContext) -> Result<(Secret, Wrapped), KmsError> {
        let (name, context) = (self.key.clone(), pairs(context));
        self.call(move |client| async move { client.generate_data_key(&name, context).await })
    }
}

/// A context as the SDK takes it.
fn pairs(context: &EncryptionContext) -> HashMap<String, String> {
    context.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// At most 15 bytes, or Linux shows no name at all.
const THREAD_NAME: &str = "tokenize-kms";
/// A healthy endpoint accepts a connection in milliseconds, from another continent in less than a second; the rest is for a lost packet or two.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// KMS answers in tens of milliseconds. The rest is for what comes before the first request: a role to be assumed, a credential process,
/// a metadata service that is not there (up to 8 seconds of the SDK's own tries).
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);
/// Three failures in a row are bad luck under throttling, a fourth is a state of affairs.
const ATTEMPTS: u32 = 4;
/// Quotas of KMS are per second: waiting less than about one finds the same full bucket. With four tries at most 1 + 2 + 4 seconds.
const BACKOFF: Duration = Duration::from_secs(1);
/// What somebody at a terminal waits for, and a scheduler does not yet count as hanging. Less than the tries could take by
/// themselves, so that it holds whatever goes wrong.
const CALL_LIMIT: Duration = Duration::from_secs(30);

const _: () = assert!(THREAD_NAME.len() <= 15);
const _: () = assert!(CONNECT_LIMIT.as_secs() < ATTEMPT_LIMIT.as_secs());
const _: () = assert!(ATTEMPT_LIMIT.as_secs() < CALL_LIMIT.as_secs());
