//! URLs of objects: `s3://bucket/key`, `gs://bucket/key`, `az://container/key`, `abfss://container@account.dfs.core.windows.net/key`.

use std::fmt;
use std::path::Path;

/// Where an object is, or where the keys of several begin. Its parts are as they were written: nothing in a key is decoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StoreUrl {
    pub(crate) service: Service,
    pub(crate) bucket: String,
    /// Where the URL says it, as `abfss://` does.
    pub(crate) account: Option<String>,
    pub(crate) key: String,
}

/// Who keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Azure,
    Google,
    S3,
}

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlProblem {
    /// Its first part names no bucket.
    #[error("names no bucket, or not as one is written")]
    Bucket,
    /// A key is missing, or has parts that are empty, `.` or `..`.
    #[error("names no object: a key has no empty parts, no . and no ..")]
    Key,
    /// The program was given no way to stores, or is built without.
    #[error("is a URL, and no way to object stores was given")]
    NoStores,
    /// One of its slashes is gone.
    #[error("looks like a URL that has lost a slash, as paths do")]
    OneSlash,
    /// It carries a query, which may be a credential.
    #[error("URLs are taken without a query")]
    Query,
    /// The scheme is none of those known.
    #[error("URLs are s3://, gs://, az:// or abfss://")]
    Scheme,
    /// A user or a password stands in it.
    #[error("URLs are taken without user and password")]
    UserInfo,
}

impl StoreUrl {
    /// The URL that a path is; `None` if it is the path of a file.
    pub(crate) fn of_path(path: &Path) -> Option<Result<Self, UrlProblem>> {
        let text = path.to_str()?;
        let (scheme, rest) = text.split_once(":/").filter(|(scheme, _)| is_scheme(scheme))?;
        match rest.strip_prefix('/') {
            Some(rest) => Some(Self::parse(scheme, rest)),
            None if service(scheme).is_some() => Some(Err(UrlProblem::OneSlash)),
            None => None,
        }
    }

    fn parse(scheme: &str, rest: &str) -> Result<Self, UrlProblem> {
        let service = service(scheme).ok_or(UrlProblem::Scheme)?;
        if rest.contains('?') {
            return Err(UrlProblem::Query);
        }
        let (host, key) = rest.split_once('/').unwrap_or((rest, ""));
        let (bucket, account) = match host.split_once('@') {
            None => (host, None),
            Some((bucket, host)) if scheme == "abfss" => {
                let account = host.strip_suffix(AZURE_HOST).ok_or(UrlProblem::Bucket)?;
                (bucket, Some(account))
            }
            Some(_) => return Err(UrlProblem::UserInfo),
        };
        // An account is in the host's name, or in the configuration.
        let is_whole = is_name(bucket) && account.is_none_or(is_name);
        if !is_whole || (scheme == "abfss" && account.is_none()) {
            return Err(UrlProblem::Bucket);
        }
        let account = account.map(str::to_owned);
        let url = Self { service, bucket: bucket.to_owned(), account, key: key.to_owned() };
        // One slash at the end is that of a prefix.
        let parts = url.prefix().split('/');
        let is_sound = parts.into_iter().all(|part| !["", ".", ".."].contains(&part));
        if is_sound || url.prefix().is_empty() { Ok(url) } else { Err(UrlProblem::Key) }
    }

    /// Whether it can be an object.
    pub(crate) fn is_object(&self) -> bool {
        !self.key.is_empty() && !self.key.ends_with('/')
    }

    /// What keys below it begin with, a slash after it.
    pub(crate) fn prefix(&self) -> &str {
        self.key.strip_suffix('/').unwrap_or(&self.key)
    }

    /// The URL of another key of the bucket.
    pub(crate) fn with_key(&self, key: String) -> Self {
        Self { key, ..self.clone() }
    }

    /// Whether it is `prefix`, or lies below it.
    pub(crate) fn is_within(&self, prefix: &Self) -> bool {
        let is_same_bucket = self.service == prefix.service
            && self.bucket == prefix.bucket
            // Both may be one account where only one URL says which.
            && (self.account == prefix.account
                || self.account.is_none()
                || prefix.account.is_none());
        let (own, other) = (self.prefix(), prefix.prefix());
        let below = own.strip_prefix(other);
        is_same_bucket
            && (other.is_empty()
                || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.service, &self.account) {
            (Service::Azure, Some(account)) => {
                write!(f, "abfss://{}@{account}{AZURE_HOST}/{}", self.bucket, self.key)
            }
            (Service::Azure, None) => write!(f, "az://{}/{}", self.bucket, self.key),
            (Service::Google, _) => write!(f, "gs://{}/{}", self.bucket, self.key),
            (Service::S3, _) => write!(f, "s3://{}/{}", self.bucket, self.key),
        }
    }
}

fn service(scheme: &str) -> Option<Service> {
    Some(match scheme {
        "abfss" | "az" => Service::Azure,
        "gs" => Service::Google,
        "s3" => Service::S3,
        _ => return None,
    })
}

/// Whether a text can be the scheme of a URL. One letter is a drive.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Whether a text can be a part of a host's name: what else it held could lead a request elsewhere.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_NAME
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

/// What comes after the account in `abfss://`.
const AZURE_HOST: &str = ".dfs.core.windows.net";
/// No store has longer ones (Google's, with dots in them).
const MAX_NAME: usize = 222;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Result<StoreUrl, UrlProblem>> {
        StoreUrl::of_path(Path::new(text))
    }

    fn url(text: &str) -> StoreUrl {
        read(text).unwrap().unwrap()
    }

    #[test]
    fn urls_are_kept_as_they_are_written() {
        for text in [
            "s3://raw/x.parquet",
            "s3://raw/day=2024-01-01/a b#1%20.parquet",
            "gs://raw-1/a/b.csv.gz",
            "az://container/é.parquet",
            "abfss://container@account.dfs.core.windows.net/x.parquet",
        ] {
            assert!(url(text).is_object());
            assert_eq!(url(text).to_string(), text);
        }
        assert!(!url("s3://raw/").is_object());
        assert!(!url("s3://raw").is_object());
        assert!(!url("s3://raw/folder/").is_object());
    }

    #[test]
    fn files_are_no_urls() {
        for text in
            ["x.parquet", "/a/b", "a:b/c", "C:/x.csv", "C://x.csv", "-", "", "dir/s3://x", "ab:/x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let cases = [
            ("http://host/x.csv", UrlProblem::Scheme),
            ("https://host/x.csv", UrlProblem::Scheme),
            ("file:///x.csv", UrlProblem::Scheme),
            ("S3://raw/x", UrlProblem::Scheme),
            ("s3:/raw/x.csv", UrlProblem::OneSlash),
            ("s3://key:secret@raw/x", UrlProblem::UserInfo),
            ("az://container@account/x", UrlProblem::UserInfo),
            ("s3://raw/x.csv?X-Amz-Signature=1", UrlProblem::Query),
            ("s3:///x", UrlProblem::Bucket),
            ("s3://raw:80/x", UrlProblem::Bucket),
            ("abfss://container@evil.example/x", UrlProblem::Bucket),
            ("abfss://container/x", UrlProblem::Bucket),
            ("s3://raw/a//b", UrlProblem::Key),
            ("s3://raw//b", UrlProblem::Key),
            ("s3://raw/a/../b", UrlProblem::Key),
            ("s3://raw/./b", UrlProblem::Key),
        ];
        for (text, problem) in cases {
            assert_eq!(read(text), Some(Err(problem)), "{text}");
        }
    }

    #[test]
    fn what_lies_below_a_prefix_is_known() {
        for (inner, outer) in [
            ("s3://raw/a/b", "s3://raw/a"),
            ("s3://raw/a/b", "s3://raw/a/"),
            ("s3://raw/a", "s3://raw/a/"),
            ("s3://raw/a", "s3://raw"),
            ("az://c/a/b", "abfss://c@account.dfs.core.windows.net/a"),
        ] {
            assert!(url(inner).is_within(&url(outer)), "{inner} {outer}");
        }
        for (inner, outer) in [
            ("s3://raw/ab", "s3://raw/a"),
            ("s3://raw/a", "s3://raw/a/b"),
            ("s3://raw2/a/b", "s3://raw/a"),
            ("gs://raw/a/b", "s3://raw/a"),
        ] {
            assert!(!url(inner).is_within(&url(outer)), "{inner} {outer}");
        }
    }
}
