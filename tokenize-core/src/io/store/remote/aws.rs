//! S3, with credentials, region and endpoint as the AWS SDK finds them, so that one role serves the data and its keys.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::service_config::ServiceConfigKey;
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::{CredentialProvider, ObjectStore};
use tokio::sync::{Mutex, OnceCell};

use super::StoreProblem;
use super::environment::{client_options, retries};
use super::once::OnlyNew;

/// What the SDK has found, once it was looked for.
#[derive(Default)]
pub(super) struct Aws(OnceCell<Found>);

#[derive(Clone)]
struct Found {
    config: SdkConfig,
    /// Shared by all buckets.
    credentials: Arc<Credentials>,
}

impl Aws {
    /// The client of a bucket.
    pub(super) async fn open(
        &self,
        bucket: &str,
        is_new: bool,
    ) -> Result<Arc<dyn ObjectStore>, StoreProblem> {
        let Found { config, credentials } = self.0.get_or_try_init(look).await?;
        let endpoint = endpoint(config);
        let is_http = endpoint.as_deref().is_some_and(is_http);
        if is_http && !endpoint.as_deref().is_some_and(is_this_machine) && !is_http_allowed() {
            return Err(StoreProblem::Insecure);
        }
        let region = config.region().map(|region| region.as_ref().to_owned());
        // Services that only speak like S3 have no regions, but requests are signed with one.
        let region = region.or_else(|| endpoint.is_some().then(|| OTHER_REGION.to_owned()));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(region.ok_or(StoreProblem::NoRegion)?)
            .with_credentials(credentials.clone())
            .with_client_options(client_options().with_allow_http(is_http))
            // One object at a time is removed, and not every service knows the other request.
            .with_disable_bulk_delete(true)
            .with_retry(retries());
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if is_new {
            builder = builder.with_http_connector(OnlyNew::default());
        }
        let store = builder.build().map_err(|_| StoreProblem::Configuration)?;
        Ok(Arc::new(store))
    }
}

async fn look() -> Result<Found, StoreProblem> {
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).load().await;
    let provider = config.credentials_provider().ok_or(StoreProblem::Credentials)?;
    let credentials = Arc::new(Credentials { provider, known: Mutex::default() });
    Ok(Found { config, credentials })
}

/// The endpoint that environment or profile name for S3, or else for all services.
fn endpoint(config: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("s3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let of_s3 = config.service_config().and_then(|found| found.load_config(key));
    of_s3.or_else(|| config.endpoint_url().map(str::to_owned))
}

fn is_http(endpoint: &str) -> bool {
    !endpoint.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
}

/// Whether requests to an endpoint never leave the machine.
fn is_this_machine(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    // Behind a user's name stands another host.
    let host = host.split('/').next().filter(|host| !host.contains('@')).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

/// As other programs that use S3 are told it.
fn is_http_allowed() -> bool {
    std::env::var("AWS_ALLOW_HTTP").is_ok_and(|value| ["1", "true"].contains(&value.as_str()))
}

/// The SDK's credentials, as object_store takes them.
struct Credentials {
    provider: SharedCredentialsProvider,
    known: Mutex<Option<(Arc<AwsCredential>, Option<SystemTime>)>>,
}

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let mut known = self.known.lock().await;
        if let Some((credential, expiry)) = known.as_ref()
            && expiry.is_none_or(|expiry| expiry > SystemTime::now() + EARLY)
        {
            return Ok(credential.clone());
        }
        let found = self.provider.provide_credentials().await.map_err(|_| missing())?;
        let credential = Arc::new(AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        });
        *known = Some((credential.clone(), found.expiry()));
        Ok(credential)
    }
}

impl fmt::Debug for Credentials {
    /// Shows nothing of what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// Without the provider's own words, which may name accounts and files.
fn missing() -> object_store::Error {
    object_store::Error::Generic { store: "S3", source: Box::new(StoreProblem::Credentials) }
}

/// How long before they expire credentials are asked for anew: a request with all its tries takes less.
const EARLY: Duration = Duration::from_secs(300);
/// What services without regions are called.
const OTHER_REGION: &str = "us-east-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_this_machine() {
        for own in ["http://127.0.0.1:5000", "http://localhost/", "http://[::1]:9000/x"] {
            assert!(is_http(own) && is_this_machine(own), "{own}");
        }
        for other in [
            "http://minio:9000",
            "http://127.0.0.1.example",
            "http://10.0.0.1/127.0.0.1",
            "http://localhost:80@store.example",
        ] {
            assert!(is_http(other) && !is_this_machine(other), "{other}");
        }
        assert!(!is_http("https://s3.example"));
        assert!(is_http("minio:9000"));
    }
}
