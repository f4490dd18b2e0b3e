//! AWS KMS as a service uses it, against a stand-in on 127.0.0.1.

mod errors;
mod fork;
mod keyring;
mod limits;
mod requests;
mod runtimes;
mod secrecy;
mod stand_in;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokenize_core::keys::kms::aws::{AwsKmsProvider, AwsLimits};
use tokenize_core::keys::{EncryptionContext, Kms, KmsError, KmsProvider, Wrapped};
use tokenize_core::secret::Secret;

use stand_in::{REGION, StandInKms, encode};

/// A key that can be looked for where none may be.
const KEY: [u8; 32] = *b"canary-canary-canary-canary-0123";
/// What the service writes into its errors, and nobody may quote.
const TEXT: &str = "a text that quotes 48151623429876543210";

/// A stand-in with one key, and what asks it.
struct Bench {
    service: StandInKms,
    /// The ARN of the key.
    arn: String,
    provider: AwsKmsProvider,
    kms: Box<dyn Kms>,
}

impl Bench {
    /// With limits that no test waits for.
    fn new() -> Self {
        Self::with(|config| config, quick())
    }

    fn with(change: impl FnOnce(SdkConfig) -> SdkConfig, limits: AwsLimits) -> Self {
        let service = StandInKms::start();
        let arn = service.create_key();
        service.set_alias("alias/tokenize", &arn);
        let provider = AwsKmsProvider::from_config(change(config(&service))).limits(limits);
        let kms = open(&provider, "alias/tokenize").unwrap();
        Self { service, arn, provider, kms }
    }

    /// With credentials from elsewhere.
    fn with_credentials(provider: impl ProvideCredentials + 'static, limits: AwsLimits) -> Self {
        let shared = SharedCredentialsProvider::new(provider);
        Self::with(|config| config.to_builder().credentials_provider(shared).build(), limits)
    }

    fn open(&self, key: &str) -> Box<dyn Kms> {
        open(&self.provider, key).unwrap()
    }

    fn wrapped(&self) -> Wrapped {
        self.kms.wrap(&key(), &context("reveal")).unwrap()
    }

    fn unwrap(&self, wrapped: &Wrapped) -> Result<Secret, KmsError> {
        self.kms.unwrap(wrapped, &context("reveal"))
    }
}

fn config(service: &StandInKms) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "example", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(service.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

fn open(provider: &AwsKmsProvider, key: &str) -> Result<Box<dyn Kms>, KmsError> {
    provider.open(&format!("aws-kms:{key}").parse().unwrap(), Path::new("."))
}

/// The limits of the product, without its waits between tries.
fn quick() -> AwsLimits {
    AwsLimits { backoff: Duration::from_millis(1), ..AwsLimits::default() }
}

fn key() -> Secret {
    Secret::take(&mut KEY.clone())
}

fn context(purpose: &str) -> EncryptionContext {
    EncryptionContext::new().with("tokenize:keyring", "kr-1").with("tokenize:purpose", purpose)
}

/// Asserts that no message and no debug form of an error, nor of what caused it, shows the key, the blob, or a text of the service.
#[track_caller]
fn is_silent(error: &KmsError, blob: &[u8]) {
    let mut shown = vec![error.to_string(), format!("{error:?}"), error.hint().unwrap_or_default()];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    for text in shown {
        for form in forms(&KEY).iter().chain(&forms(blob)).chain(&[TEXT[20..].to_owned()]) {
            assert!(!text.contains(form), "{text}");
        }
    }
}

/// How the beginning of some bytes may be written.
fn forms(bytes: &[u8]) -> Vec<String> {
    let start = &bytes[..12.min(bytes.len())];
    let hex = start.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{start:?}").trim_end_matches(']').to_owned();
    let text = String::from_utf8_lossy(start).into_owned();
    let forms = [encode(start), hex, list, text];
    forms.into_iter().filter(|form| form.len() >= 12).collect()
}
