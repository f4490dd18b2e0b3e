//! The files that inputs stand for: files, directories, patterns; in an object store objects, prefixes, patterns.

pub(crate) mod stored;

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::partition::{Relative, unescaped};
use super::{DatasetError, JOURNAL, MANIFEST, SUCCESS};
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::store::Stores;

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) relative: Relative,
}

/// What inputs stand for.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// In the order of their places below their roots.
    pub(crate) files: Vec<Found>,
    /// The directories that were searched.
    pub(crate) roots: Vec<Root>,
}

/// A directory that was searched.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    /// What files below it had to match.
    pattern: Option<Pattern>,
}

impl Root {
    /// Whether what lies in a directory below it may be an input; `relative` has `/` between its names.
    pub(crate) fn reaches(&self, relative: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let depth = |path: &str| path.split('/').filter(|name| !name.is_empty()).count();
        pattern.as_str().contains("**")
            || depth(pattern.as_str()) > depth(relative)
            || is_within(pattern, relative)
    }
}

/// What an input stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Directory,
    File,
    Pattern,
}

/// Whether an input stands for a file alone: it is no directory, and no pattern. A URL is an object if there is one, and a prefix if there are
/// objects below it.
///
/// # Errors
/// [`IoError::Url`], and what a store says of the object.
pub fn is_single_file(input: &Path, stores: &Stores) -> Result<bool, IoError> {
    meaning(input, stores).map(|meaning| meaning == Meaning::File)
}

fn meaning(input: &Path, stores: &Stores) -> Result<Meaning, IoError> {
    if Stores::is_url(input)? {
        return stored::meaning(input, stores);
    }
    Ok(match input.is_dir() {
        true => Meaning::Directory,
        false if input.exists() || !is_pattern(input) => Meaning::File,
        false => Meaning::Pattern,
    })
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// Finds the files. In directories and patterns, hidden files are left out, as Hive and Spark do: what begins with `.`, or with `_` and is no
/// partition; and files beside outputs (`….tokenize.json`).
///
/// # Errors
/// [`DatasetError`], [`IoError::System`].
pub(crate) fn list(inputs: &[PathBuf], stores: &Stores) -> Result<Listing, DatasetError> {
    let mut listing = Listing::default();
    for input in inputs {
        let path = || input.clone();
        match meaning(input, stores)? {
            Meaning::Directory if listing.search(input, None, stores)? == 0 => {
                return Err(DatasetError::Empty { path: path() });
            }
            Meaning::Directory => {}
            Meaning::File => {
                let name = input.file_name().and_then(|name| name.to_str());
                let relative = name.and_then(Relative::read);
                let relative = relative.ok_or_else(|| DatasetError::Name { path: path() })?;
                if Location::new(input, stores)?.object().is_none() {
                    refuse_special(input, input)?;
                }
                listing.files.push(Found { path: path(), relative });
            }
            Meaning::Pattern => {
                let (root, pattern) = split(input)?;
                if listing.search(&root, Some(&pattern), stores)? == 0 {
                    return Err(DatasetError::NoMatch { path: path() });
                }
            }
        }
    }
    listing.files.sort_by_key(|found| found.relative.path_with(|_| None));
    Ok(listing)
}

impl Listing {
    /// Gives the number of files found.
    fn search(
        &mut self,
        root: &Path,
        pattern: Option<&Pattern>,
        stores: &Stores,
    ) -> Result<usize, DatasetError> {
        if Stores::is_url(root)? {
            return self.search_store(root, pattern, stores);
        }
        let is_begun = root.join(JOURNAL).symlink_metadata().is_ok();
        if is_begun && root.join(SUCCESS).symlink_metadata().is_err() {
            return Err(DatasetError::Incomplete { path: root.to_owned() });
        }
        self.roots.push(Root { path: root.to_owned(), pattern: pattern.cloned() });
        let before = self.files.len();
        let mut walk = Walk { pattern, seen: HashSet::new(), files: &mut self.files };
        walk.directory(root, "", pattern.is_none())?;
        Ok(self.files.len() - before)
    }
}

struct Walk<'a> {
    pattern: Option<&'a Pattern>,
    /// Directories, without symbolic links in their paths.
    seen: HashSet<PathBuf>,
    files: &'a mut Vec<Found>,
}

impl Walk<'_> {
    /// Searches a directory; `is_wanted` if all in it is.
    fn directory(
        &mut self,
        path: &Path,
        relative: &str,
        is_wanted: bool,
    ) -> Result<(), DatasetError> {
        let opened = |error| IoError::system("open", shown(path, relative))(error);
        let is_new = self.seen.insert(path.canonicalize().map_err(opened)?);
        if !is_new {
            return Err(DatasetError::Round { path: shown(path, relative) });
        }
        for entry in fs::read_dir(path).map_err(opened)? {
            let path = entry.map_err(opened)?.path();
            let name = path.file_name().unwrap_or_default();
            if name == MANIFEST && !relative.is_empty() {
                let path = path.parent().unwrap_or(&path);
                return Err(DatasetError::Inner { path: shown(path, relative) });
            }
            let lossy = name.to_string_lossy();
            if is_hidden(&lossy) {
                continue;
            }
            let relative = match relative {
                "" => lossy.to_string(),
                above => format!("{above}/{lossy}"),
            };
            let is_text = name.to_str().is_some();
            let is_match = |pattern: &Pattern| is_match(pattern, &relative);
            let is_wanted = is_wanted || self.pattern.is_some_and(is_match);
            let shown = shown(&path, &relative);
            let metadata = path.metadata().map_err(IoError::system("open", &shown))?;
            if !is_text {
                return Err(DatasetError::Name { path: shown });
            }
            if metadata.is_dir() {
                self.directory(&path, &relative, is_wanted)?;
            } else if is_wanted {
                refuse_special(&path, &shown)?;
                let place = Relative::read(&relative);
                let relative = place.ok_or(DatasetError::Name { path: shown })?;
                self.files.push(Found { path, relative });
            }
        }
        Ok(())
    }
}

fn is_match(pattern: &Pattern, relative: &str) -> bool {
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    pattern.matches_with(relative, options)
}

/// Whether a pattern takes a path, or a directory above it.
fn is_within(pattern: &Pattern, relative: &str) -> bool {
    let mut above = relative.match_indices('/').map(|(i, _)| &relative[..i]);
    is_match(pattern, relative) || above.any(|above| is_match(pattern, above))
}

/// The places of all data files that lie in a directory, whatever run has written them.
///
/// # Errors
/// As [`list`].
pub(crate) fn data_files(root: &Path) -> Result<Vec<Found>, DatasetError> {
    let mut files = Vec::new();
    Walk { pattern: None, seen: HashSet::new(), files: &mut files }.directory(root, "", true)?;
    Ok(files)
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with('_') && !name.contains('=')
        || name.ends_with(".tokenize.json")
}

fn refuse_special(path: &Path, shown: &Path) -> Result<(), DatasetError> {
    let metadata = path.metadata().map_err(IoError::system("open", shown))?;
    if metadata.is_file() {
        return Ok(());
    }
    Err(DatasetError::NoFile { path: shown.to_owned() })
}

/// The directory that a pattern begins with, and the rest.
fn split(input: &Path) -> Result<(PathBuf, Pattern), DatasetError> {
    if Stores::is_url(input)? {
        return stored::split(input);
    }
    let is_plain = |part: &Component<'_>| !is_pattern(Path::new(part.as_os_str()));
    let root: PathBuf = input.components().take_while(is_plain).collect();
    let rest: PathBuf = input.components().skip_while(is_plain).collect();
    let bad = || DatasetError::BadPattern { path: input.to_owned() };
    let rest = rest.to_str().map(|text| text.replace(std::path::MAIN_SEPARATOR, "/"));
    let pattern = Pattern::new(&rest.ok_or_else(bad)?).map_err(|_| bad())?;
    let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
    if !root.is_dir() {
        return Err(DatasetError::NoMatch { path: input.to_owned() });
    }
    Ok((root, pattern))
}

/// A path for messages, without the values of partitions: nobody has said yet that they are harmless.
fn shown(path: &Path, relative: &str) -> PathBuf {
    let depth = relative.split('/').filter(|name| !name.is_empty()).count();
    let all = path.components().count();
    with_names(path, |i, part| hidden_if(part, i + depth >= all, |_| true))
}

/// A path with other names in it. That of a URL keeps its slashes.
pub(crate) fn with_names(path: &Path, name: impl Fn(usize, Component<'_>) -> PathBuf) -> PathBuf {
    let parts = path.components().enumerate();
    let named: PathBuf = parts.map(|(i, part)| name(i, part)).collect();
    match Stores::is_url(path) {
        Ok(true) => named.to_string_lossy().replacen(":/", "://", 1).into(),
        _ => named,
    }
}

/// A name for messages, without the value of a partition that is not to be shown.
pub(crate) fn hidden_if(
    part: Component<'_>,
    is_inside: bool,
    is_secret: impl Fn(&str) -> bool,
) -> PathBuf {
    let name = part.as_os_str().to_string_lossy();
    // A key that cannot be read is nobody's to show.
    let is_secret = |key: &str| unescaped(key).is_none_or(|key| is_secret(&key));
    match name.split_once('=').filter(|(key, _)| is_inside && is_secret(key)) {
        Some((key, _)) => PathBuf::from(format!("{key}=…")),
        None => PathBuf::from(part.as_os_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a\n1\n").unwrap();
        }
        folder
    }

    fn names(root: &Path, input: &str) -> Result<Vec<String>, String> {
        let listing =
            list(&[root.join(input)], &Stores::default()).map_err(|error| error.to_string())?;
        Ok(listing.files.iter().map(|found| found.relative.path_with(|_| None)).collect())
    }

    #[test]
    fn what_is_hidden_is_left_out_and_the_rest_sorted() {
        let folder = tree(&[
            "d/b.csv",
            "d/a.csv",
            "d/x/_y/a.csv",
            "d/x/_k=1/a.csv",
            "d/.h/a.csv",
            "d/_SUCCESS",
            "d/.a.csv.0123456789abcdef.partial",
            "d/a.csv.tokenize.json",
            "d/x/a.parquet",
            "e/_x",
        ]);
        let at = folder.path();
        let all = ["a.csv", "b.csv", "x/_k=1/a.csv", "x/a.parquet"];
        assert_eq!(names(at, "d").unwrap(), all);
        assert_eq!(names(at, "d/*.csv").unwrap(), ["a.csv", "b.csv"]);
        assert_eq!(names(at, "d/**/*.csv").unwrap(), ["a.csv", "b.csv", "x/_k=1/a.csv"]);
        assert_eq!(names(at, "d/x*").unwrap(), ["x/_k=1/a.csv", "x/a.parquet"]);
        assert_eq!(names(at, "*/[ab].csv").unwrap(), ["d/a.csv", "d/b.csv"]);
        assert_eq!(names(at, "d/a.csv").unwrap(), ["a.csv"]);
        assert!(names(at, "e").unwrap_err().contains("there are no files"));
        for (pattern, error) in
            [("d/*.txt", "no file"), ("n/*", "no file"), ("d/a**", "no pattern")]
        {
            assert!(names(at, pattern).unwrap_err().contains(error), "{pattern}");
        }
    }

    #[test]
    fn patterns_reach_so_far() {
        let reaches = |pattern: &str, relative: &str| {
            let pattern = Some(Pattern::new(pattern).unwrap());
            Root { path: PathBuf::new(), pattern }.reaches(relative)
        };
        for (pattern, relative) in
            [("**/*.csv", "out"), ("*/a.csv", "out"), ("*", "out"), ("o*", "out/x")]
        {
            assert!(reaches(pattern, relative), "{pattern} {relative}");
        }
        for (pattern, relative) in [("*.csv", "out"), ("d*", "out"), ("d*/a.csv", "out/x")] {
            assert!(!reaches(pattern, relative), "{pattern} {relative}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_followed_once() {
        use std::os::unix::fs::symlink;
        let folder = tree(&["d/a.csv", "e/k=secret/b.csv"]);
        let at = folder.path();
        symlink(at.join("e"), at.join("d/more")).unwrap();
        assert_eq!(names(at, "d").unwrap(), ["a.csv", "more/k=secret/b.csv"]);
        symlink(at.join("d"), at.join("e/k=secret/round")).unwrap();
        let error = names(at, "d").unwrap_err();
        assert!(error.contains("more than once") && !error.contains("secret"), "{error}");
        symlink("nowhere", at.join("e/k=secret/dangling")).unwrap();
        let error = names(at, "e/*/d*").unwrap_err();
        assert!(error.contains("cannot open") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn a_dataset_in_the_making_or_in_another_is_no_input() {
        let folder = tree(&["d/a.csv", "d/_tokenize.run.json", "e/x/_tokenize.json", "e/x/a.csv"]);
        let at = folder.path();
        assert!(names(at, "d").unwrap_err().contains("is not complete"));
        fs::write(at.join("d/_SUCCESS"), "").unwrap();
        assert_eq!(names(at, "d").unwrap(), ["a.csv"]);
        assert!(names(at, "e").unwrap_err().contains("a dataset of its own"));
        assert_eq!(names(at, "e/x").unwrap(), ["a.csv"]);
    }
}
