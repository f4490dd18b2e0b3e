//! Clients as the environment says.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, ClientOptions, HeaderValue, ObjectStore, RetryConfig};

use super::aws::Aws;
use super::{Opening, StoreProblem};
use crate::io::store::url::{Service, StoreUrl};

/// What the environment says, looked up when it is needed.
#[derive(Default)]
pub(super) struct Environment {
    aws: Aws,
}

#[async_trait]
impl Opening for Environment {
    async fn open(
        &self,
        url: &StoreUrl,
        is_new: bool,
    ) -> Result<Arc<dyn ObjectStore>, StoreProblem> {
        match url.service {
            Service::Azure => azure(MicrosoftAzureBuilder::from_env(), url),
            Service::Google => google(GoogleCloudStorageBuilder::from_env(), url),
            Service::S3 => self.aws.open(&url.bucket, is_new).await,
        }
    }
}

fn azure(
    builder: MicrosoftAzureBuilder,
    url: &StoreUrl,
) -> Result<Arc<dyn ObjectStore>, StoreProblem> {
    let mut builder = builder
        .with_container_name(&url.bucket)
        .with_client_options(client_options())
        .with_retry(retries());
    if let Some(account) = &url.account {
        builder = builder.with_account(account);
    }
    builder.build().map(shared).map_err(|_| StoreProblem::Configuration)
}

fn google(
    builder: GoogleCloudStorageBuilder,
    url: &StoreUrl,
) -> Result<Arc<dyn ObjectStore>, StoreProblem> {
    let builder = builder
        .with_bucket_name(&url.bucket)
        .with_client_options(client_options())
        .with_retry(retries());
    builder.build().map(shared).map_err(|_| StoreProblem::Configuration)
}

fn shared(store: impl ObjectStore) -> Arc<dyn ObjectStore> {
    Arc::new(store)
}

/// No plain HTTP, no certificates that do not verify, whatever the environment says of them.
pub(super) fn client_options() -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(CONNECT_LIMIT)
        .with_timeout(REQUEST_LIMIT)
        .with_user_agent(HeaderValue::from_static(concat!("tokenize/", env!("CARGO_PKG_VERSION"))))
}

pub(super) fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY_LIMIT,
    }
}

/// A healthy endpoint accepts a connection in milliseconds, from another continent in less than a second.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A request carries up to 160 MiB.
const REQUEST_LIMIT: Duration = Duration::from_secs(180);
/// With waits that double from a tenth of a second: some seconds of bad luck.
const RETRIES: usize = 6;
/// Requests are signed once for all tries, and signatures are good for five minutes.
const RETRY_LIMIT: Duration = Duration::from_secs(100);

const _: () = assert!(REQUEST_LIMIT.as_secs() + RETRY_LIMIT.as_secs() < 300);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn url(text: &str) -> StoreUrl {
        StoreUrl::of_path(Path::new(text)).unwrap().unwrap()
    }

    #[test]
    fn clients_of_google_and_azure_are_made_of_what_is_given() {
        let account = MicrosoftAzureBuilder::new().with_account("a1").with_access_key("a2V5");
        assert!(azure(account.clone(), &url("az://container/x.csv")).is_ok());
        assert!(azure(account, &url("abfss://c@other.dfs.core.windows.net/x.csv")).is_ok());
        let nobody = azure(MicrosoftAzureBuilder::new(), &url("az://container/x.csv"));
        assert_eq!(nobody.err(), Some(StoreProblem::Configuration));

        let key = r#"{"gcs_base_url": "https://localhost", "disable_oauth": true, "client_email": "", "private_key": "", "private_key_id": ""}"#;
        let builder = GoogleCloudStorageBuilder::new().with_service_account_key(key);
        assert!(google(builder, &url("gs://bucket/x.csv")).is_ok());
        let broken = GoogleCloudStorageBuilder::new().with_service_account_key("{}");
        let broken = google(broken, &url("gs://bucket/x.csv"));
        assert_eq!(broken.err(), Some(StoreProblem::Configuration));
    }
}
