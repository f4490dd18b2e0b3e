//! What lies below a prefix of keys in an object store, by the rules of directories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::Pattern;

use super::{DatasetError, Found, Listing, Meaning, Root};
use super::{is_hidden, is_pattern, is_within, shown};
use crate::dataset::partition::Relative;
use crate::dataset::{JOURNAL, MANIFEST, SUCCESS};
use crate::io::IoError;
use crate::io::kind::FileFormat;
use crate::io::store::Stores;

/// What a URL stands for. Without a slash at its end it is an object if there is one, and a prefix if there are objects below it.
///
/// # Errors
/// What the store says of the object.
pub(super) fn meaning(url: &Path, stores: &Stores) -> Result<Meaning, IoError> {
    let is_prefix = || stores.has_below(url);
    if is_pattern(url) {
        return Ok(Meaning::Pattern);
    }
    if is_bucket(url) || url.to_string_lossy().ends_with('/') {
        return Ok(Meaning::Directory);
    }
    // Who may not list reads objects all the same; opening it says what is wrong with it.
    match !stores.exists(url)? && is_prefix().unwrap_or(false) {
        true => Ok(Meaning::Directory),
        false => Ok(Meaning::File),
    }
}

fn is_bucket(url: &Path) -> bool {
    url.to_string_lossy().split_once("://").is_some_and(|(_, rest)| !rest.contains('/'))
}

/// The prefix that a pattern begins with, and the rest.
///
/// # Errors
/// [`DatasetError::BadPattern`].
pub(super) fn split(url: &Path) -> Result<(PathBuf, Pattern), DatasetError> {
    let bad = || DatasetError::BadPattern { path: url.to_owned() };
    let text = url.to_str().ok_or_else(bad)?;
    let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
    let is_plain = |name: &&str| !is_pattern(Path::new(name));
    let plain: Vec<&str> = rest.split('/').take_while(is_plain).collect();
    let pattern: Vec<&str> = rest.split('/').skip_while(is_plain).collect();
    let pattern = Pattern::new(&pattern.join("/")).map_err(|_| bad())?;
    Ok((format!("{scheme}://{}", plain.join("/")).into(), pattern))
}

impl Listing {
    /// Gives the number of objects found.
    pub(super) fn search_store(
        &mut self,
        root: &Path,
        pattern: Option<&Pattern>,
        stores: &Stores,
    ) -> Result<usize, DatasetError> {
        let root = trimmed(root);
        let names = Names::below(&root, stores)?;
        if names.has(JOURNAL) && !names.has(SUCCESS) {
            return Err(DatasetError::Incomplete { path: root });
        }
        let before = self.files.len();
        for relative in names.data(&root)? {
            if pattern.is_some_and(|pattern| !is_within(pattern, relative)) {
                continue;
            }
            let path = joined(&root, relative);
            let place = Relative::read(relative);
            let name = || DatasetError::Name { path: shown(&path, relative) };
            let relative = place.ok_or_else(name)?;
            self.files.push(Found { path, relative });
        }
        self.roots.push(Root { path: root, pattern: pattern.cloned() });
        Ok(self.files.len() - before)
    }
}

/// The names of objects below a prefix, with `/` between their parts.
#[derive(Debug)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Asks the store.
    ///
    /// # Errors
    /// [`IoError::Url`], [`IoError::Store`].
    pub(crate) fn below(root: &Path, stores: &Stores) -> Result<Self, IoError> {
        let depth = prefix_len(root);
        let listed = stores.list(root)?.into_iter().filter_map(|found| {
            let relative = found.url.key.get(depth..)?.trim_start_matches('/');
            // As consoles make for folders.
            let is_marker = found.len == 0
                && FileFormat::of_name(Path::new(relative)).is_none()
                && relative != SUCCESS;
            (!relative.is_empty() && !is_marker).then(|| relative.to_owned())
        });
        Ok(Self(listed.collect()))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Those that are not hidden.
    ///
    /// # Errors
    /// [`DatasetError::Inner`].
    pub(crate) fn data(&self, root: &Path) -> Result<Vec<&str>, DatasetError> {
        let mut found = Vec::new();
        for relative in self.all() {
            let (above, name) = relative.rsplit_once('/').unwrap_or(("", relative));
            if above.split('/').any(is_hidden) {
                continue;
            }
            if name == MANIFEST && !above.is_empty() {
                let path = joined(root, above);
                return Err(DatasetError::Inner { path: shown(&path, above) });
            }
            if !is_hidden(name) {
                found.push(relative);
            }
        }
        Ok(found)
    }
}

/// How much of a key is the prefix's.
fn prefix_len(root: &Path) -> usize {
    let root = root.to_string_lossy();
    let key = root.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    key.map_or(0, |(_, key)| key.trim_end_matches('/').len())
}

/// A prefix without the slash at its end.
pub(crate) fn trimmed(root: &Path) -> PathBuf {
    let text = root.to_string_lossy();
    text.strip_suffix('/').unwrap_or(&text).into()
}

/// The URL of what lies below a prefix.
pub(crate) fn joined(root: &Path, relative: &str) -> PathBuf {
    format!("{}/{relative}", root.to_string_lossy()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_behind_the_bucket() {
        for (url, root, rest) in [
            ("s3://raw/*.csv", "s3://raw", "*.csv"),
            ("s3://raw/a b/k=[12]/**/x.csv", "s3://raw/a b", "k=[12]/**/x.csv"),
            ("abfss://c@a.dfs.core.windows.net/d/*", "abfss://c@a.dfs.core.windows.net/d", "*"),
        ] {
            let (found, pattern) = split(Path::new(url)).unwrap();
            assert_eq!((found.to_str().unwrap(), pattern.as_str()), (root, rest));
        }
        assert!(split(Path::new("s3://raw/a**")).is_err());
    }

    #[test]
    fn names_are_those_below_the_prefix() {
        let found =
            |root: &str| (prefix_len(Path::new(root)), joined(&trimmed(root.as_ref()), "x"));
        assert_eq!(found("s3://raw"), (0, "s3://raw/x".into()));
        assert_eq!(found("s3://raw/"), (0, "s3://raw/x".into()));
        assert_eq!(found("s3://raw/a/b/"), (3, "s3://raw/a/b/x".into()));
    }

    #[test]
    fn what_is_hidden_is_left_out() {
        let names = |names: &[&str]| Names(names.iter().map(|name| (*name).to_owned()).collect());
        let root = Path::new("s3://raw/d");
        let all = names(&["_SUCCESS", "_k=1/a.csv", "_x/a.csv", ".h/a.csv", "x/_y", "x/a.csv"]);
        assert_eq!(all.data(root).unwrap(), ["_k=1/a.csv", "x/a.csv"]);
        let inner = names(&["k=secret/_tokenize.json", "k=secret/a.csv"]);
        let error = inner.data(root).unwrap_err().to_string();
        assert!(error.starts_with("s3://raw/d/k=…: is a dataset of its own"), "{error}");
    }
}
