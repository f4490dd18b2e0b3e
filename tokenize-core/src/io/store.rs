//! Objects in S3, Google Cloud Storage and Azure Blob Storage, named by URLs. What is read and written as files are is an object here.
//!
//! [`url`] names them, [`read`] reads by ranges of one version of an object, [`write`] makes one appear whole or not at all. Nothing here is
//! asynchronous; [`remote`], behind the feature `stores`, asks the services on a thread of its own. Without it, or without a
//! caller who says where URLs lead, they are refused. Start at [`Stores`].

pub(crate) mod read;
#[cfg(feature = "stores")]
mod remote;
pub(crate) mod url;
pub(crate) mod write;

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use self::url::{Service, StoreUrl, UrlProblem};
use super::IoError;

/// Where URLs lead. By default nowhere: they are refused.
///
/// Clones share connections and credentials.
#[derive(Clone, Default)]
pub struct Stores(Option<Arc<dyn Store>>);

impl Stores {
    /// To the stores that the environment gives credentials for, which is looked at when a URL is met.
    ///
    /// - `s3://`: credentials, region, profile and endpoint as the AWS SDK finds them, the same as for `aws-kms:`; `AWS_ENDPOINT_URL_S3` and
    ///   `AWS_ENDPOINT_URL` for another service that speaks S3. An endpoint of `http://` is refused, unless it is this very machine
    ///   or `AWS_ALLOW_HTTP` is `true`.
    /// - `gs://`: `GOOGLE_APPLICATION_CREDENTIALS` and its neighbours, or the machine's own account.
    /// - `az://`, `abfss://`: `AZURE_STORAGE_ACCOUNT_NAME`, `AZURE_STORAGE_ACCOUNT_KEY` and their neighbours, or the machine's own identity.
    #[cfg(feature = "stores")]
    #[must_use]
    pub fn from_environment() -> Self {
        Self(Some(Arc::new(remote::Remote::from_environment())))
    }

    /// Whether a path is the URL of an object or of a prefix of keys, by its text alone: nobody is asked.
    ///
    /// # Errors
    /// [`IoError::Url`] for any other URL.
    pub fn is_url(path: &Path) -> Result<bool, IoError> {
        let refused = |problem| IoError::Url { path: shown(path), problem };
        StoreUrl::of_path(path).transpose().map(|url| url.is_some()).map_err(refused)
    }

    /// Whether there is an object of this URL already. Where a store does not let that be seen, `false`: it is asked to make objects only if
    /// there is none.
    ///
    /// # Errors
    /// [`IoError::Url`], [`IoError::Store`].
    pub fn exists(&self, url: &Path) -> Result<bool, IoError> {
        self.object(url)?
            .map_or(Ok(false), |object| object.exists().map_err(IoError::store("open", url)))
    }

    /// The object that a path is the URL of; `None` if it is a file's.
    ///
    /// # Errors
    /// [`IoError::Url`].
    pub(crate) fn object(&self, path: &Path) -> Result<Option<Object>, IoError> {
        let refused = |problem| IoError::Url { path: shown(path), problem };
        let Some(url) = StoreUrl::of_path(path) else { return Ok(None) };
        let url = url.map_err(refused)?;
        if !url.is_object() {
            return Err(refused(UrlProblem::Key));
        }
        let store = self.0.clone().ok_or_else(|| refused(UrlProblem::NoStores))?;
        Ok(Some(Object { url, store }))
    }

    /// The objects below a URL, in the order of their keys.
    ///
    /// # Errors
    /// [`IoError::Url`], [`IoError::Store`].
    pub(crate) fn list(&self, prefix: &Path) -> Result<Vec<Listed>, IoError> {
        let mut found = self.some(prefix, usize::MAX)?;
        found.sort_by(|a, b| a.url.key.cmp(&b.url.key));
        Ok(found)
    }

    /// Whether there is an object below a URL.
    ///
    /// # Errors
    /// [`IoError::Url`], [`IoError::Store`].
    pub(crate) fn has_below(&self, prefix: &Path) -> Result<bool, IoError> {
        self.some(prefix, 1).map(|found| !found.is_empty())
    }

    fn some(&self, prefix: &Path, most: usize) -> Result<Vec<Listed>, IoError> {
        let refused = |problem| IoError::Url { path: shown(prefix), problem };
        let url = StoreUrl::of_path(prefix).unwrap_or(Err(UrlProblem::Scheme)).map_err(refused)?;
        let store = self.0.clone().ok_or_else(|| refused(UrlProblem::NoStores))?;
        store.list(&url, most).map_err(IoError::store("list", prefix))
    }
}

impl fmt::Debug for Stores {
    /// Shows no configuration: it may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Stores(..)" } else { "Stores(none)" })
    }
}

/// The path of a URL that was refused, without what may be a credential.
fn shown(path: &Path) -> std::path::PathBuf {
    let text = path.to_string_lossy();
    let text = text.split('?').next().unwrap_or_default();
    match text.split_once("://") {
        Some((scheme, rest)) if !scheme.starts_with("abfs") => {
            let (host, key) = rest.split_once('/').map_or((rest, None), |(a, b)| (a, Some(b)));
            let host = host.rsplit('@').next().unwrap_or_default();
            let slash = if key.is_some() { "/" } else { "" };
            format!("{scheme}://{host}{slash}{}", key.unwrap_or_default()).into()
        }
        _ => text.into(),
    }
}

/// An object, which may exist.
#[derive(Clone)]
pub(crate) struct Object {
    pub(crate) url: StoreUrl,
    store: Arc<dyn Store>,
}

impl Object {
    /// The object of another key in the same bucket.
    pub(crate) fn with_key(&self, key: String) -> Self {
        Self { url: self.url.with_key(key), store: self.store.clone() }
    }

    /// Whether it is there. Who may write to S3 but not list gets the same answer whether it is or not: then `false`, since what is written
    /// says itself that it must be new.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn exists(&self) -> Result<bool, StoreProblem> {
        match self.store.stat(&self.url) {
            Ok(_) => Ok(true),
            Err(StoreProblem::Missing) => Ok(false),
            Err(StoreProblem::AccessDenied) if self.url.service == Service::S3 => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    /// What the store says of it.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn stat(&self) -> Result<Stat, StoreProblem> {
        self.store.stat(&self.url)
    }

    /// All its bytes, of something small; `None` if it does not exist.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, StoreProblem> {
        let stat = match self.store.stat(&self.url) {
            Ok(stat) if stat.len == 0 => return Ok(Some(Vec::new())),
            Ok(stat) => stat,
            Err(StoreProblem::Missing) => return Ok(None),
            Err(problem) => return Err(problem),
        };
        self.store.fetch(&self.url, 0..stat.len, &stat).wait().map(|bytes| Some(bytes.to_vec()))
    }

    /// Makes it, of these bytes. `replace` says whether there may be one.
    ///
    /// # Errors
    /// [`StoreProblem`], [`StoreProblem::Exists`].
    pub(crate) fn put(&self, bytes: Bytes, replace: bool) -> Result<(), StoreProblem> {
        let over = if replace { Over::Anything } else { Over::Nothing };
        self.put_over(bytes, over).map(drop)
    }

    /// Makes it, of these bytes, in the place of what is said, and gives its version.
    ///
    /// # Errors
    /// [`StoreProblem`], [`StoreProblem::Exists`] if there is something else.
    pub(crate) fn put_over(
        &self,
        bytes: Bytes,
        over: Over,
    ) -> Result<Option<String>, StoreProblem> {
        self.store.put(&self.url, bytes, over)
    }

    /// Removes it. What is not there is removed already.
    ///
    /// # Errors
    /// [`StoreProblem`].
    pub(crate) fn delete(&self) -> Result<(), StoreProblem> {
        match self.store.delete(&self.url) {
            Err(StoreProblem::Missing) => Ok(()),
            done => done,
        }
    }
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) url: StoreUrl,
    pub(crate) len: u64,
    pub(crate) version: Option<String>,
}

/// What may be in the place of an object that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Over {
    Anything,
    Nothing,
    /// This version, where the service can be told so.
    Version(String),
}

/// What a store says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) len: u64,
    /// Its ETag, by which reads go on with the same bytes.
    pub(crate) version: Option<String>,
    /// When it was made, in nanoseconds since 1970; services count whole seconds.
    pub(crate) modified: u64,
}

/// Object stores, asked and waited for.
pub(crate) trait Store: Send + Sync {
    fn stat(&self, url: &StoreUrl) -> Result<Stat, StoreProblem>;

    /// Asks for a range that is not empty, of the version `of` only.
    fn fetch(&self, url: &StoreUrl, range: Range<u64>, of: &Stat) -> Fetch;

    /// Makes an object at once, and gives its version.
    fn put(&self, url: &StoreUrl, bytes: Bytes, over: Over)
    -> Result<Option<String>, StoreProblem>;

    /// Begins to make a large object of parts.
    fn upload(&self, url: &StoreUrl, replace: bool) -> Result<Box<dyn Upload>, StoreProblem>;

    fn delete(&self, url: &StoreUrl) -> Result<(), StoreProblem>;

    /// The objects below a prefix, or so many of them.
    fn list(&self, prefix: &StoreUrl, most: usize) -> Result<Vec<Listed>, StoreProblem>;
}

/// An object that is being made of parts.
pub(crate) trait Upload: Send {
    /// Sends the next part. Waits only while too many are under way.
    fn part(&mut self, bytes: Bytes) -> Result<(), StoreProblem>;

    /// Waits until all parts have arrived.
    fn flush(&mut self) -> Result<(), StoreProblem>;

    /// Makes the object.
    fn complete(&mut self) -> Result<(), StoreProblem>;

    /// Takes back what was sent, once nothing is under way any more.
    fn abort(&mut self);
}

/// Bytes on their way.
pub(crate) struct Fetch(Box<dyn FnOnce() -> Result<Bytes, StoreProblem> + Send>);

impl Fetch {
    #[cfg(feature = "stores")]
    pub(crate) fn new(wait: impl FnOnce() -> Result<Bytes, StoreProblem> + Send + 'static) -> Self {
        Self(Box::new(wait))
    }

    /// Waits for them.
    pub(crate) fn wait(self) -> Result<Bytes, StoreProblem> {
        (self.0)()
    }
}

/// Why an object store did not do what it was asked. Says nothing that the store has written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreProblem {
    /// The credentials do not allow it.
    #[error("access is denied")]
    AccessDenied,
    /// An answer that nothing else here says.
    #[error("the store answered {code}")]
    Answer {
        /// A status of HTTP, or a code of the service.
        code: String,
    },
    /// There is no such bucket or container.
    #[error("there is no such bucket")]
    BucketMissing,
    /// Another object has come in its place while it was read.
    #[error("the object was replaced while it was read")]
    Changed,
    /// The thread of the client cannot be started, or has ended.
    #[error("the client of the store cannot be started")]
    Client,
    /// The environment does not say how to reach the store.
    #[error("the configuration of the store is missing or wrong")]
    Configuration,
    /// There are no credentials, or they are not accepted.
    #[error("credentials are missing, or are not accepted")]
    Credentials,
    /// There is an object already.
    #[error("the object exists already")]
    Exists,
    /// The endpoint is not reached by TLS.
    #[error("the endpoint is http://, which anybody on the way can read")]
    Insecure,
    /// There is no such object.
    #[error("there is no such object, or no such bucket")]
    Missing,
    /// The region of the bucket is not known.
    #[error("no region is set")]
    NoRegion,
    /// The bucket is elsewhere than asked.
    #[error("the bucket is in another region")]
    OtherRegion,
    /// The store is asked too much.
    #[error("the store is asked too often")]
    Throttled,
    /// A limit of time has passed.
    #[error("there was no answer in time")]
    TimedOut,
    /// An object has no room for more.
    #[error("the object would become too large")]
    TooLarge,
    /// The store could not be reached, or does not work.
    #[error("the store cannot be reached, or does not work")]
    Unavailable,
}

impl StoreProblem {
    /// The next step, where there is one to name.
    pub(super) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::AccessDenied => {
                "allow reading (s3:GetObject) inputs and writing and deleting (s3:PutObject, s3:AbortMultipartUpload, s3:DeleteObject) outputs; without s3:ListBucket a missing object looks like a forbidden one"
            }
            Self::Changed => "run again, when nobody writes to the input",
            Self::Configuration => {
                "set what the service asks for: AZURE_STORAGE_ACCOUNT_NAME for az://, GOOGLE_APPLICATION_CREDENTIALS for gs://"
            }
            Self::Credentials => {
                "give credentials in one of the ways that the store's own tools read: environment, profile, role"
            }
            Self::Insecure => {
                "give an endpoint of https://, or set AWS_ALLOW_HTTP=true where the network is yours alone"
            }
            Self::NoRegion | Self::OtherRegion => "set AWS_REGION to the region of the bucket",
            Self::Throttled | Self::TimedOut | Self::Unavailable => {
                "try again later; nothing has been left behind"
            }
            _ => return None,
        })
    }
}

impl From<StoreProblem> for std::io::Error {
    fn from(problem: StoreProblem) -> Self {
        Self::other(problem)
    }
}
