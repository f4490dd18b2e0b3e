//! The requests, as the SDK sends them.

use std::collections::HashMap;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::config::{Builder, Config};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::AwsLimits;
use super::failure::kms_error;
use super::key::KeyName;
use super::untraced::Untraced;
use crate::keys::kms::{KmsError, Wrapped};
use crate::secret::Secret;

/// Where credentials, region and endpoint come from.
#[derive(Clone)]
pub(super) enum Source {
    Environment,
    Given(Box<SdkConfig>),
}

impl Source {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Given(_) => "configuration",
        }
    }
}

/// The SDK's clients of one thread: one for each region that is asked, which is one as a rule.
pub(super) struct AwsClient {
    source: Source,
    limits: AwsLimits,
    by_region: Mutex<HashMap<Option<String>, Client>>,
}

impl AwsClient {
    pub(super) fn new(source: Source, limits: AwsLimits) -> Self {
        Self { source, limits, by_region: Mutex::default() }
    }

    pub(super) async fn encrypt(
        &self,
        key: &KeyName,
        plaintext: &Secret,
        context: HashMap<String, String>,
    ) -> Result<Wrapped, KmsError> {
        let request = self.of_region(key.region()).await?.encrypt().key_id(key.as_str());
        let request = request.set_encryption_context(Some(context));
        let sent = request.plaintext(Blob::new(plaintext.expose().as_slice())).send().await;
        let answer = sent.map_err(|error| kms_error(&error, "kms:Encrypt", &self.limits))?;
        wrapped(answer.ciphertext_blob, answer.key_id)
    }

    pub(super) async fn decrypt(
        &self,
        key: &KeyName,
        blob: Vec<u8>,
        context: HashMap<String, String>,
    ) -> Result<Secret, KmsError> {
        let request = self.of_region(key.region()).await?.decrypt().key_id(key.as_str());
        let request = request.set_encryption_context(Some(context));
        let sent = request.ciphertext_blob(Blob::new(blob)).send().await;
        let answer = sent.map_err(|error| kms_error(&error, "kms:Decrypt", &self.limits))?;
        let bytes = wiped(answer.plaintext).ok_or(KmsError::AnswerMalformed)?;
        // A blob of this key and context that holds something else was not wrapped here.
        secret(&bytes).ok_or(KmsError::Rejected)
    }

    pub(super) async fn generate_data_key(
        &self,
        key: &KeyName,
        context: HashMap<String, String>,
    ) -> Result<(Secret, Wrapped), KmsError> {
        let request = self.of_region(key.region()).await?.generate_data_key().key_id(key.as_str());
        let request = request.set_encryption_context(Some(context));
        let sent = request.key_spec(DataKeySpec::Aes256).send().await;
        let answer =
            sent.map_err(|error| kms_error(&error, "kms:GenerateDataKey", &self.limits))?;
        // First of all, so that it is wiped whatever is wrong with the rest.
        let bytes = wiped(answer.plaintext).ok_or(KmsError::AnswerMalformed)?;
        let key = secret(&bytes).ok_or(KmsError::AnswerMalformed)?;
        Ok((key, wrapped(answer.ciphertext_blob, answer.key_id)?))
    }

    /// The SDK's client for a region, or for the configured one.
    ///
    /// What is missing is not remembered: a long-lived service may find it the next time.
    async fn of_region(&self, region: Option<&str>) -> Result<Client, KmsError> {
        let mut clients = self.by_region.lock().await;
        let name = region.map(str::to_owned);
        if let Some(client) = clients.get(&name) {
            return Ok(client.clone());
        }
        let config = self.load(region.map(|name| Region::new(name.to_owned()))).await;
        if config.region().is_none() {
            return Err(KmsError::NoRegion);
        }
        if config.credentials_provider().is_none() {
            return Err(KmsError::Credentials);
        }
        let client = Client::from_conf(self.configured(&config));
        clients.insert(name, client.clone());
        Ok(client)
    }

    async fn load(&self, region: Option<Region>) -> SdkConfig {
        match &self.source {
            Source::Environment => {
                let mut loader = aws_config::defaults(behavior());
                if let Some(region) = region {
                    // Nor is it looked for then, which may take seconds outside EC2.
                    loader = loader.region(region);
                }
                loader.load().await
            }
            Source::Given(config) => {
                let mut builder = config.to_builder();
                if region.is_some() {
                    builder.set_region(region);
                }
                // The SDK panics without one.
                if config.behavior_version().is_none() {
                    builder.set_behavior_version(Some(behavior()));
                }
                builder.build()
            }
        }
    }

    fn configured(&self, config: &SdkConfig) -> Config {
        let AwsLimits { attempt, attempts, backoff, call, connect } = self.limits;
        let timeouts =
            TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt);
        // "Standard" waits a random part of a growing time, so that clients that were throttled together do not come back together.
        let retries = RetryConfig::standard()
            .with_max_attempts(attempts.max(1))
            .with_initial_backoff(backoff)
            .with_max_backoff(call);
        Builder::from(config)
            .timeout_config(timeouts.build())
            .retry_config(retries)
            // By default all clients of a process share one budget of retries, and one that is throttled would take ours.
            .retry_partition(RetryPartition::custom("tokenize").build())
            .interceptor(Untraced)
            .build()
    }
}

/// The SDK's defaults of a day, so that an update of the SDK brings no others.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The wrapped key of an answer; without its key's ARN it would be bound to whatever an alias means later.
fn wrapped(blob: Option<Blob>, key: Option<String>) -> Result<Wrapped, KmsError> {
    let blob = blob.map(Blob::into_inner).filter(|blob| !blob.is_empty());
    let kek = key.filter(|name| KeyName::parse_key_arn(name).is_some());
    match (blob, kek) {
        (Some(blob), Some(kek)) => Ok(Wrapped { blob, kek: Some(kek) }),
        _ => Err(KmsError::AnswerMalformed),
    }
}

/// The plaintext of an answer, taken over to be wiped.
fn wiped(plaintext: Option<Blob>) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(plaintext?.into_inner()))
}

fn secret(bytes: &[u8]) -> Option<Secret> {
    let mut key: [u8; 32] = bytes.try_into().ok()?;
    Some(Secret::take(&mut key))
}
