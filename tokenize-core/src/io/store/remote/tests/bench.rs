//! The store in memory.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::{
    CopyOptions, Error, GetResult, ListResult, ObjectMeta, PutResult, Result, UploadPart,
};

use super::super::*;
use crate::io::location::Location;
use crate::io::store::Stores;

/// What becomes of a request, by its name and key; `None` if it goes on.
type Hook = Box<dyn Fn(&str, &Key) -> Option<Error> + Send + Sync>;

/// One bucket for all URLs.
#[derive(Clone)]
pub(super) struct Bench {
    inner: Arc<InMemory>,
    hook: Arc<Mutex<Hook>>,
    /// Each request with its key. After what is made there is an `answer`, which can be lost.
    asked: Arc<Mutex<Vec<String>>>,
    stores: Option<Stores>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let hook: Hook = Box::new(|_, _| None);
        let hook = Arc::new(Mutex::new(hook));
        let mut bench = Self { inner: Arc::default(), hook, asked: Arc::default(), stores: None };
        let own = bench.clone();
        let remote = Remote::new(move || Box::new(own.clone()));
        bench.stores = Some(Stores(Some(Arc::new(remote))));
        bench
    }

    pub(super) fn stores(&self) -> Stores {
        self.stores.clone().unwrap()
    }

    pub(super) fn at(&self, url: &str) -> Location {
        Location::new(Path::new(url), &self.stores()).unwrap()
    }

    pub(super) fn fail(&self, hook: impl Fn(&str, &Key) -> Option<Error> + Send + Sync + 'static) {
        *self.hook.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(hook);
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many uploads have been begun and neither completed nor aborted.
    pub(super) fn uploads(&self) -> usize {
        let asked = self.asked();
        let count = |request: &str| asked.iter().filter(|asked| asked.starts_with(request)).count();
        count("begin ") - count("completed ") - count("abort ")
    }

    pub(super) fn put(&self, url: &str, bytes: &[u8]) {
        let place = self.at(url);
        place.object().unwrap().put(Bytes::copy_from_slice(bytes), true).unwrap();
    }

    pub(super) fn get(&self, url: &str) -> Option<Vec<u8>> {
        self.at(url).object().unwrap().read().unwrap()
    }

    pub(super) fn delete(&self, url: &str) {
        self.at(url).object().unwrap().delete().unwrap();
    }

    /// All keys.
    pub(super) fn names(&self) -> Vec<String> {
        let listed = self.stores().list(Path::new("s3://any")).unwrap();
        listed.into_iter().map(|found| found.url.key).collect()
    }

    fn ask(&self, request: &str, key: &Key) -> Result<()> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(format!("{request} {key}"));
        drop(asked);
        let hook = self.hook.lock().unwrap_or_else(PoisonError::into_inner);
        hook(request, key).map_or(Ok(()), Err)
    }
}

/// A connection that broke.
pub(super) fn lost() -> Error {
    Error::Generic { store: "bench", source: "status code: 500".into() }
}

pub(super) fn denied() -> Error {
    Error::PermissionDenied { path: String::new(), source: "no".into() }
}

#[async_trait]
impl Opening for Bench {
    async fn open(
        &self,
        _: &StoreUrl,
        _: bool,
    ) -> std::result::Result<Arc<dyn ObjectStore>, StoreProblem> {
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl ObjectStore for Bench {
    async fn put_opts(
        &self,
        key: &Key,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.ask("put", key)?;
        let done = self.inner.put_opts(key, payload, options).await?;
        self.ask("answer", key).map(|()| done)
    }

    async fn put_multipart_opts(
        &self,
        key: &Key,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.ask("begin", key)?;
        let (attributes, parts) = (options.attributes, Vec::new());
        Ok(Box::new(Parts { bench: self.clone(), key: key.clone(), attributes, parts }))
    }

    async fn get_opts(&self, key: &Key, options: GetOptions) -> Result<GetResult> {
        self.ask(if options.head { "head" } else { "get" }, key)?;
        self.inner.get_opts(key, options).await
    }

    fn delete_stream(
        &self,
        keys: BoxStream<'static, Result<Key>>,
    ) -> BoxStream<'static, Result<Key>> {
        self.inner.delete_stream(keys)
    }

    fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

impl fmt::Display for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bench")
    }
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bench")
    }
}

/// An upload.
#[derive(Debug)]
struct Parts {
    bench: Bench,
    key: Key,
    attributes: Attributes,
    parts: Vec<PutPayload>,
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.parts.push(data);
        let (bench, key) = (self.bench.clone(), self.key.clone());
        Box::pin(async move { bench.ask("part", &key) })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.bench.ask("complete", &self.key)?;
        let payload = self.parts.iter().flat_map(|part| part.iter().cloned()).collect();
        let options = PutOptions { attributes: self.attributes.clone(), ..PutOptions::default() };
        let done = self.bench.inner.put_opts(&self.key, payload, options).await?;
        self.bench.ask("completed", &self.key)?;
        self.bench.ask("answer", &self.key).map(|()| done)
    }

    async fn abort(&mut self) -> Result<()> {
        self.bench.ask("abort", &self.key)
    }
}
