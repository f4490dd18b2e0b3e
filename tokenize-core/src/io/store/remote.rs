//! The services, by the crate `object_store`, asked on a thread of their own.
//!
//! What is made carries a random mark in its metadata. So a request whose answer was lost is not taken for one that failed, nor one's own
//! object for another's: the object is looked at.

mod aws;
mod environment;
mod once;
mod problem;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, UpdateVersion,
};
use tokio::sync::Mutex;

use self::environment::Environment;
use self::problem::{of_read, of_write};
use super::url::{Service, StoreUrl};
use super::{Fetch, Listed, Over, Stat, Store, StoreProblem, Upload};
use crate::hex::hex;
use crate::runtime::{Pending, RuntimeThread, Stopped};
use crate::secret::random_bytes;

/// The services that an environment leads to.
pub(super) struct Remote {
    thread: Arc<RuntimeThread<Clients>>,
}

impl Remote {
    pub(super) fn from_environment() -> Self {
        Self::new(|| Box::new(Environment::default()))
    }

    fn new(opening: impl Fn() -> Box<dyn Opening> + Send + Sync + 'static) -> Self {
        let client = move || Clients { opening: opening(), open: Mutex::default() };
        Self { thread: Arc::new(RuntimeThread::new(THREAD_NAME, client)) }
    }

    /// Runs a request and waits for its outcome.
    fn call<T, F>(
        &self,
        url: &StoreUrl,
        request: impl FnOnce(Arc<dyn ObjectStore>, Key) -> F + Send + 'static,
    ) -> Result<T, StoreProblem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreProblem>> + Send + 'static,
    {
        waited(self.start(url, false, request)?)
    }

    /// Runs a request. `is_new` is for objects of parts that must not be there yet.
    fn start<T, F>(
        &self,
        url: &StoreUrl,
        is_new: bool,
        request: impl FnOnce(Arc<dyn ObjectStore>, Key) -> F + Send + 'static,
    ) -> Result<Pending<Result<T, StoreProblem>>, StoreProblem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreProblem>> + Send + 'static,
    {
        let url = url.clone();
        let work = move |clients: Arc<Clients>| async move {
            let store = clients.of(&url, is_new).await?;
            let key = Key::parse(url.prefix()).map_err(|_| StoreProblem::Missing)?;
            request(store, key).await
        };
        self.thread.start(LIMIT, work).map_err(stopped)
    }
}

impl Store for Remote {
    fn stat(&self, url: &StoreUrl) -> Result<Stat, StoreProblem> {
        self.call(url, |store, key| async move {
            let meta = store.head(&key).await.map_err(of_read)?;
            let modified = meta.last_modified.timestamp_nanos_opt();
            let modified = modified.and_then(|nanos| u64::try_from(nanos).ok()).unwrap_or(0);
            Ok(Stat { len: meta.size, version: meta.e_tag, modified })
        })
    }

    fn fetch(&self, url: &StoreUrl, range: Range<u64>, of: &Stat) -> Fetch {
        let of = of.clone();
        let started = self.start(url, false, move |store, key| async move {
            let options = GetOptions {
                if_match: of.version.clone(),
                range: Some(range.clone().into()),
                ..GetOptions::default()
            };
            let found = store.get_opts(&key, options).await.map_err(of_read)?;
            // Not every service looks at the condition.
            if (&found.meta.e_tag, found.meta.size) != (&of.version, of.len) || found.range != range
            {
                return Err(StoreProblem::Changed);
            }
            let bytes = found.bytes().await.map_err(of_read)?;
            let is_whole = bytes.len() as u64 == range.end - range.start;
            if is_whole { Ok(bytes) } else { Err(StoreProblem::Unavailable) }
        });
        Fetch::new(move || waited(started?))
    }

    fn put(
        &self,
        url: &StoreUrl,
        bytes: Bytes,
        over: Over,
    ) -> Result<Option<String>, StoreProblem> {
        let mark = Mark::new()?;
        let mode = match over {
            // It knows objects by a number that it has besides.
            Over::Version(_) if url.service == Service::Google => PutMode::Overwrite,
            Over::Version(tag) => {
                PutMode::Update(UpdateVersion { e_tag: Some(tag), version: None })
            }
            Over::Anything => PutMode::Overwrite,
            Over::Nothing => PutMode::Create,
        };
        self.call(url, move |store, key| async move {
            let options =
                PutOptions { mode, attributes: mark.attributes(), ..PutOptions::default() };
            match store.put_opts(&key, PutPayload::from_bytes(bytes), options).await {
                Ok(done) => Ok(done.e_tag),
                Err(error) => mark.or_failed(&store, &key, of_write(error)).await,
            }
        })
    }

    fn upload(&self, url: &StoreUrl, replace: bool) -> Result<Box<dyn Upload>, StoreProblem> {
        let mark = Mark::new()?;
        let attributes = mark.attributes();
        let begun = self.start(url, !replace, move |store, key| async move {
            let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
            let upload = store.put_multipart_opts(&key, options).await.map_err(of_write)?;
            Ok((store, key, upload))
        })?;
        let (store, key, upload) = waited(begun)?;
        let (thread, parts) = (self.thread.clone(), VecDeque::new());
        Ok(Box::new(RemoteUpload { thread, store, key, upload: Some(upload), parts, mark }))
    }

    fn delete(&self, url: &StoreUrl) -> Result<(), StoreProblem> {
        self.call(url, |store, key| async move { store.delete(&key).await.map_err(of_write) })
    }

    fn list(&self, prefix: &StoreUrl, most: usize) -> Result<Vec<Listed>, StoreProblem> {
        let bucket = prefix.clone();
        self.call(prefix, move |store, key| async move {
            let below = Some(&key).filter(|key| !key.as_ref().is_empty());
            let found: Vec<_> =
                store.list(below).take(most).try_collect().await.map_err(of_read)?;
            let listed = found.into_iter().map(|meta| Listed {
                url: bucket.with_key(meta.location.to_string()),
                len: meta.size,
                version: meta.e_tag,
            });
            Ok(listed.collect())
        })
    }
}

/// An object of parts.
struct RemoteUpload {
    thread: Arc<RuntimeThread<Clients>>,
    store: Arc<dyn ObjectStore>,
    key: Key,
    /// `None` while, or after, it cannot be had back.
    upload: Option<Box<dyn MultipartUpload>>,
    parts: VecDeque<Pending<Result<(), StoreProblem>>>,
    mark: Mark,
}

impl Upload for RemoteUpload {
    fn part(&mut self, bytes: Bytes) -> Result<(), StoreProblem> {
        if self.parts.len() >= PARTS_UNDER_WAY {
            self.parts.pop_front().map_or(Ok(()), waited)?;
        }
        let upload = self.upload.as_mut().ok_or(StoreProblem::Client)?;
        let sent = upload.put_part(PutPayload::from_bytes(bytes));
        let part = self.thread.start(LIMIT, |_| async { sent.await.map_err(of_write) });
        self.parts.push_back(part.map_err(stopped)?);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreProblem> {
        while let Some(part) = self.parts.pop_front() {
            waited(part)?;
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<(), StoreProblem> {
        self.flush()?;
        let mut upload = self.upload.take().ok_or(StoreProblem::Client)?;
        let (store, key, mark) = (self.store.clone(), self.key.clone(), self.mark.clone());
        let work = |_| async move {
            let done = match upload.complete().await {
                Ok(_) => Ok(()),
                Err(error) => mark.or_failed(&store, &key, of_write(error)).await.map(drop),
            };
            (upload, done)
        };
        let (upload, done) = self.thread.call(LIMIT, work).map_err(stopped)?;
        self.upload = Some(upload);
        done
    }

    fn abort(&mut self) {
        // A part that arrives after it would stay.
        while let Some(part) = self.parts.pop_front() {
            let _ = part.wait();
        }
        if let Some(mut upload) = self.upload.take() {
            // What stays if that fails is nobody's object; a rule of the bucket removes it.
            let _ = self.thread.call(LIMIT, |_| async move { upload.abort().await.is_ok() });
        }
    }
}

/// What tells an object of this run from any other.
#[derive(Clone)]
struct Mark(String);

impl Mark {
    fn new() -> Result<Self, StoreProblem> {
        let mut bytes = [0; 16];
        random_bytes(&mut bytes).map_err(|_| StoreProblem::Client)?;
        Ok(Self(hex(&bytes)))
    }

    fn attributes(&self) -> Attributes {
        Attributes::from_iter([(MARK, self.0.clone())])
    }

    /// No failure, if the object is there; gives its version.
    async fn or_failed(
        &self,
        store: &Arc<dyn ObjectStore>,
        key: &Key,
        problem: StoreProblem,
    ) -> Result<Option<String>, StoreProblem> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        match store.get_opts(key, options).await {
            Ok(found) if found.attributes.get(&MARK).is_some_and(|it| it.as_ref() == self.0) => {
                Ok(found.meta.e_tag)
            }
            _ => Err(problem),
        }
    }
}

/// The clients of one thread: one for each bucket.
struct Clients {
    opening: Box<dyn Opening>,
    open: Mutex<HashMap<(StoreUrl, bool), Arc<dyn ObjectStore>>>,
}

impl Clients {
    /// The client of a bucket. What is missing is not remembered: a long-lived service may find it the next time.
    async fn of(&self, url: &StoreUrl, is_new: bool) -> Result<Arc<dyn ObjectStore>, StoreProblem> {
        let bucket = (url.with_key(String::new()), is_new);
        let mut open = self.open.lock().await;
        if let Some(store) = open.get(&bucket) {
            return Ok(store.clone());
        }
        let store = self.opening.open(url, is_new).await?;
        open.insert(bucket, store.clone());
        Ok(store)
    }
}

/// Makes the clients of buckets.
#[async_trait]
trait Opening: Send + Sync {
    /// The client of the bucket of a URL. With `is_new` it makes objects of parts only where there is none, if the service can.
    async fn open(
        &self,
        url: &StoreUrl,
        is_new: bool,
    ) -> Result<Arc<dyn ObjectStore>, StoreProblem>;
}

fn waited<T>(pending: Pending<Result<T, StoreProblem>>) -> Result<T, StoreProblem> {
    pending.wait().unwrap_or_else(|reason| Err(stopped(reason)))
}

fn stopped(reason: Stopped) -> StoreProblem {
    match reason {
        Stopped::Ended => StoreProblem::Client,
        Stopped::Limit => StoreProblem::TimedOut,
    }
}

/// At most 15 bytes, or Linux shows no name at all.
const THREAD_NAME: &str = "tokenize-store";
/// Which part of an object's metadata holds the mark; a name that all services take.
const MARK: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("tokenizeupload"));
/// How long a request may take with all its tries: what is shorter is limited by the client.
const LIMIT: Duration = Duration::from_secs(600);
/// How many parts are sent at once. Each is in memory until it has arrived.
const PARTS_UNDER_WAY: usize = 3;

const _: () = assert!(THREAD_NAME.len() <= 15);

#[cfg(test)]
mod tests;
