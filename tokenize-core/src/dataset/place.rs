//! The directory that a dataset is written to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::listing::{Listing, data_files};
use super::{DatasetError, JOURNAL, MANIFEST, SUCCESS};
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::{Publication, partial_of};
use crate::io::side::side_path;

/// Where a dataset goes.
#[derive(Debug)]
pub(crate) struct Place {
    root: PathBuf,
    /// Directories that this run has made, outer ones first.
    made: Vec<PathBuf>,
}

impl Place {
    /// The directory, which need not be there yet.
    ///
    /// # Errors
    /// [`DatasetError::NotDirectory`], and [`DatasetError::Nested`] if it lies in a directory of inputs or inputs lie in it, whatever symbolic
    /// links lead there.
    pub(crate) fn new(root: &Path, inputs: &Listing) -> Result<Self, DatasetError> {
        if root.symlink_metadata().is_ok() && !root.is_dir() {
            return Err(DatasetError::NotDirectory { path: root.to_owned() });
        }
        let here = resolved(root)?;
        let nested = || DatasetError::Nested { path: root.to_owned() };
        for input in &inputs.roots {
            let path = resolved(&input.path)?;
            let below = here.strip_prefix(&path).ok();
            let below =
                below.map(|it| it.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
            if path.starts_with(&here) || below.is_some_and(|below| input.reaches(&below)) {
                return Err(nested());
            }
        }
        let mut folders = BTreeSet::new();
        for input in &inputs.files {
            folders.insert(input.path.parent().unwrap_or(Path::new("")));
        }
        for folder in folders {
            if resolved(folder)?.starts_with(&here) {
                return Err(nested());
            }
        }
        Ok(Self { root: root.to_owned(), made: Vec::new() })
    }

    /// Refuses files that are there and would be taken for a part of the dataset.
    ///
    /// # Errors
    /// [`DatasetError::Foreign`], [`IoError::System`].
    pub(crate) fn refuse_foreign<'a>(
        &self,
        outputs: impl Iterator<Item = &'a str>,
    ) -> Result<(), DatasetError> {
        if !self.root.is_dir() {
            return Ok(());
        }
        let outputs: BTreeSet<PathBuf> = outputs.map(|output| self.path(output)).collect();
        match data_files(&self.root)?.into_iter().find(|found| !outputs.contains(&found.path)) {
            Some(found) => Err(DatasetError::Foreign { path: found.path }),
            None => Ok(()),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of what lies in it; `relative` has `/` between its names.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.root.clone(), |path, name| path.join(name))
    }

    /// Refuses an output below a symbolic link.
    ///
    /// # Errors
    /// [`DatasetError::Symlink`].
    pub(crate) fn refuse_symlinks(&self, relative: &str) -> Result<(), DatasetError> {
        let mut path = self.root.clone();
        for name in directories(relative) {
            path.push(name);
            if path.is_symlink() {
                return Err(DatasetError::Symlink { path });
            }
        }
        Ok(())
    }

    /// Makes the directories that a file lies in. None of them may be a symbolic link.
    ///
    /// # Errors
    /// [`DatasetError::Symlink`], [`IoError::System`].
    pub(crate) fn make_directories(&mut self, relative: &str) -> Result<(), DatasetError> {
        let mut path = self.root.clone();
        self.make(&path)?;
        for name in directories(relative) {
            path.push(name);
            if path.is_symlink() {
                return Err(DatasetError::Symlink { path });
            }
            self.make(&path)?;
        }
        Ok(())
    }

    fn make(&mut self, path: &Path) -> Result<(), IoError> {
        match fs::create_dir(path) {
            Ok(()) => self.made.push(path.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(error) => return Err(IoError::system("create", path)(error)),
        }
        Ok(())
    }

    /// Takes the directories away that this run has made, where nothing has come into them.
    pub(crate) fn remove_empty(&mut self) {
        while let Some(path) = self.made.pop() {
            // Fails, as it should, where there is something in it.
            let _ = fs::remove_dir(path);
        }
    }

    /// Removes what killed runs have left of these outputs and of what belongs to them: files under temporary names.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn clean<'a>(&self, outputs: impl Iterator<Item = &'a str>) -> Result<(), IoError> {
        let mut targets: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        let own = [SUCCESS, MANIFEST, JOURNAL].map(|name| self.root.join(name));
        let outputs = outputs.flat_map(|output| {
            let path = self.path(output);
            [side_path(&path), path]
        });
        for target in outputs.chain(own) {
            let folder = target.parent().unwrap_or(&self.root).to_owned();
            targets.entry(folder).or_default().push(target);
        }
        for (folder, targets) in targets {
            // It may not have been made yet.
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            let stems: BTreeSet<String> =
                targets.iter().filter_map(|path| partial_of(path)).collect();
            for entry in entries {
                let entry = entry.map_err(IoError::system("open", &folder))?;
                let name = entry.file_name();
                let stem = name.to_str().and_then(stem_of_partial);
                let is_file = entry.file_type().is_ok_and(|it| it.is_file());
                if is_file && stem.is_some_and(|stem| stems.contains(stem)) {
                    let path = entry.path();
                    fs::remove_file(&path).map_err(IoError::system("remove", &path))?;
                }
            }
        }
        Ok(())
    }

    /// Takes the mark of a complete dataset away, before anything of it changes.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn unmark(&self) -> Result<(), IoError> {
        self.remove(SUCCESS)
    }

    /// Removes a file of the root, if it is there.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn remove(&self, name: &str) -> Result<(), IoError> {
        let path = self.root.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(IoError::system("remove", &path)(error))
            }
            Err(_) => Ok(()),
            Ok(()) => {
                sync(&self.root);
                Ok(())
            }
        }
    }

    /// Marks the dataset as complete. All that lies in it has its name and is on disk by then.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn mark<'a>(&self, outputs: impl Iterator<Item = &'a str>) -> Result<(), IoError> {
        let mut folders = BTreeSet::from([self.root.clone()]);
        for output in outputs {
            let mut path = self.root.clone();
            for name in directories(output) {
                path.push(name);
                folders.insert(path.clone());
            }
        }
        folders.iter().for_each(|folder| sync(folder));
        Publication::start(&Location::local(&self.root.join(SUCCESS)), true)?.publish()
    }
}

/// Not every file system lets a directory be synced.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn directories(relative: &str) -> impl Iterator<Item = &str> {
    let above = relative.rsplit_once('/').map_or("", |(above, _)| above);
    above.split('/').filter(|name| !name.is_empty())
}

/// What stands in a temporary name for the name that a file will get.
fn stem_of_partial(name: &str) -> Option<&str> {
    let (stem, tail) = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('.')?;
    let is_tail = tail.len() == 16 && tail.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_tail.then_some(stem)
}

/// A path without symbolic links, the end of which need not be there yet.
fn resolved(path: &Path) -> Result<PathBuf, IoError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let failed = |error| IoError::system("open", path)(error);
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match path.components().next_back() {
                Some(Component::Normal(name)) => {
                    Ok(resolved(path.parent().unwrap_or(Path::new("")))?.join(name))
                }
                _ => Err(failed(error)),
            }
        }
        found => found.map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(root: &Path, inputs: &[PathBuf]) -> Result<Place, String> {
        let listing = super::super::listing::list(inputs).unwrap();
        Place::new(root, &listing).map_err(|error| error.to_string())
    }

    #[test]
    fn inputs_and_outputs_lie_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("in/k=1")).unwrap();
        fs::create_dir(at.join("out")).unwrap();
        fs::write(at.join("in/k=1/a.csv"), "").unwrap();
        let inside = |out: &str, input: &str| place(&at.join(out), &[at.join(input)]).is_err();
        assert!(!inside("out", "in") && !inside("new", "in") && !inside("in2", "in"));
        assert!(inside("in/out", "in/k*/*.csv"), "the pattern reaches there");
        assert!(!inside("out", "i*") && inside("in", "i*") && inside("out", "**/a.csv"));
        for (out, input) in [
            ("in", "in"),
            ("in/new/deep", "in"),
            (".", "in"),
            ("out/../in/x", "in"),
            ("in/o", "in/*/a*"),
            ("in", "in/k=1/a.csv"),
        ] {
            assert!(inside(out, input), "{out} {input}");
        }
        assert!(!inside("in/k=2", "in/k=1/a.csv"), "a file stands for itself alone");
        fs::write(at.join("file"), "").unwrap();
        assert!(inside("file", "in") && inside("no/../in/x", "in"));
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_seen_through_and_not_followed_to_write() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("in")).unwrap();
        fs::write(at.join("in/a.csv"), "").unwrap();
        symlink(at.join("in"), at.join("link")).unwrap();
        for (out, input) in [("link/x", "in"), ("in/x", "link"), ("link", "in")] {
            assert!(place(&at.join(out), &[at.join(input)]).is_err(), "{out} {input}");
        }
        symlink(at.join("nowhere"), at.join("dangling")).unwrap();
        assert!(place(&at.join("dangling"), &[at.join("in")]).is_err());
        fs::create_dir(at.join("out")).unwrap();
        symlink(at.join("in"), at.join("out/k=1")).unwrap();
        let mut place = place(&at.join("out"), &[at.join("in")]).unwrap();
        for relative in ["k=1/a.csv", "k=1/b/c.csv"] {
            let error = place.make_directories(relative).unwrap_err();
            assert!(error.to_string().contains("is a symbolic link"), "{error}");
            assert!(place.refuse_symlinks(relative).is_err());
        }
        assert_eq!(fs::read_dir(at.join("in")).unwrap().count(), 1);
    }

    #[test]
    fn only_what_a_killed_run_has_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("out/k=1")).unwrap();
        let long = "a".repeat(40);
        let ours = [
            ".a.csv.0123456789abcdef.partial",
            "k=1/.b.csv.tokenize.json.00000000000000ff.partial",
            "._SUCCESS.0123456789abcdef.partial",
            &format!(".{}.0123456789abcdef.partial", &long[..32]),
        ];
        let others = [
            ".a.csv.0123456789ABCDEF.partial",
            ".a.csv.0123.partial",
            ".b.csv.0123456789abcdef.partial",
            "a.csv.0123456789abcdef.partial",
            ".a.csv.0123456789abcdef.partial2",
            "a.csv",
        ];
        for name in ours.iter().chain(&others) {
            fs::write(at.join("out").join(name), "").unwrap();
        }
        let place = Place { root: at.join("out"), made: Vec::new() };
        place.clean(["a.csv", "k=1/b.csv", "k=2/c.csv", &long].into_iter()).unwrap();
        assert!(ours.iter().all(|name| !at.join("out").join(name).exists()));
        assert!(others.iter().all(|name| at.join("out").join(name).exists()));
    }
}
