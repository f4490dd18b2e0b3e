//! The directory that a dataset is written to. No link in it is followed to write.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Place, is_partial, partials};
use crate::dataset::listing::{Listing, data_files};
use crate::dataset::{DatasetError, SUCCESS};
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::Publication;
use crate::io::store::Stores;

/// Where a dataset goes.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Directories that this run has made, outer ones first.
    made: Vec<PathBuf>,
}

impl Folder {
    /// The directory, which need not be there yet.
    ///
    /// # Errors
    /// [`DatasetError::NotDirectory`], and [`DatasetError::Nested`] if it lies in a directory of inputs or inputs lie in it, whatever symbolic
    /// links lead there.
    pub(super) fn new(root: &Path, inputs: &Listing) -> Result<Self, DatasetError> {
        if root.symlink_metadata().is_ok() && !root.is_dir() {
            return Err(DatasetError::NotDirectory { path: root.to_owned() });
        }
        let here = resolved(root)?;
        let nested = || DatasetError::Nested { path: root.to_owned() };
        let is_local = |path: &Path| !Stores::is_url(path).unwrap_or(true);
        for input in inputs.roots.iter().filter(|input| is_local(&input.path)) {
            let path = resolved(&input.path)?;
            let below = here.strip_prefix(&path).ok();
            let below =
                below.map(|it| it.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
            if path.starts_with(&here) || below.is_some_and(|below| input.reaches(&below)) {
                return Err(nested());
            }
        }
        let mut folders = BTreeSet::new();
        for input in inputs.files.iter().filter(|input| is_local(&input.path)) {
            folders.insert(input.path.parent().unwrap_or(Path::new("")));
        }
        for folder in folders {
            if resolved(folder)?.starts_with(&here) {
                return Err(nested());
            }
        }
        Ok(Self { root: root.to_owned(), made: Vec::new() })
    }

    /// The path of what lies in it.
    fn path(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.root.clone(), |path, name| path.join(name))
    }

    fn make(&mut self, path: &Path) -> Result<(), IoError> {
        match fs::create_dir(path) {
            Ok(()) => self.made.push(path.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(error) => return Err(IoError::system("create", path)(error)),
        }
        Ok(())
    }
}

impl Place for Folder {
    fn root(&self) -> &Path {
        &self.root
    }

    fn location(&self, relative: &str) -> Result<Location, IoError> {
        Ok(Location::local(&self.path(relative)))
    }

    fn is_taken(&self, relative: &str) -> Result<bool, IoError> {
        Ok(self.path(relative).symlink_metadata().is_ok())
    }

    fn refuse_foreign(&self, outputs: &BTreeSet<&str>) -> Result<(), DatasetError> {
        if !self.root.is_dir() {
            return Ok(());
        }
        let outputs: BTreeSet<PathBuf> = outputs.iter().map(|output| self.path(output)).collect();
        match data_files(&self.root)?.into_iter().find(|found| !outputs.contains(&found.path)) {
            Some(found) => Err(DatasetError::Foreign { path: found.path }),
            None => Ok(()),
        }
    }

    fn refuse_symlinks(&self, relative: &str) -> Result<(), DatasetError> {
        let mut path = self.root.clone();
        for name in directories(relative) {
            path.push(name);
            if path.is_symlink() {
                return Err(DatasetError::Symlink { path });
            }
        }
        Ok(())
    }

    fn make_directories(&mut self, relative: &str) -> Result<(), DatasetError> {
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

    fn remove_empty(&mut self) {
        while let Some(path) = self.made.pop() {
            // Fails, as it should, where there is something in it.
            let _ = fs::remove_dir(path);
        }
    }

    fn clean(&self, outputs: &BTreeSet<&str>) -> Result<(), IoError> {
        let partials = partials(outputs);
        let folders: BTreeSet<&str> = partials.iter().map(|(folder, _)| *folder).collect();
        for folder in folders {
            let path = self.path(folder);
            // It may not have been made yet.
            let Ok(entries) = fs::read_dir(&path) else { continue };
            for entry in entries {
                let entry = entry.map_err(IoError::system("open", &path))?;
                let is_file = entry.file_type().is_ok_and(|it| it.is_file());
                let name = entry.file_name();
                let relative = name.to_str().map(|name| format!("{folder}/{name}"));
                let relative = relative.as_deref().map(|name| name.trim_start_matches('/'));
                if is_file && relative.is_some_and(|name| is_partial(name, &partials)) {
                    let path = entry.path();
                    fs::remove_file(&path).map_err(IoError::system("remove", &path))?;
                }
            }
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), IoError> {
        let place = self.location(name)?;
        if place.is_taken()? {
            place.remove()?;
            sync(&self.root);
        }
        Ok(())
    }

    fn mark(&self, outputs: &BTreeSet<&str>) -> Result<(), IoError> {
        let mut folders = BTreeSet::from([self.root.clone()]);
        for output in outputs {
            let mut path = self.root.clone();
            for name in directories(output) {
                path.push(name);
                folders.insert(path.clone());
            }
        }
        folders.iter().for_each(|folder| sync(folder));
        Publication::start(&self.location(SUCCESS)?, true)?.publish()
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

    fn place(root: &Path, inputs: &[PathBuf]) -> Result<Folder, String> {
        let listing = crate::dataset::listing::list(inputs, &Stores::default()).unwrap();
        Folder::new(root, &listing).map_err(|error| error.to_string())
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
        let place = Folder { root: at.join("out"), made: Vec::new() };
        let outputs = BTreeSet::from(["a.csv", "k=1/b.csv", "k=2/c.csv", &long]);
        place.clean(&outputs).unwrap();
        assert!(ours.iter().all(|name| !at.join("out").join(name).exists()));
        assert!(others.iter().all(|name| at.join("out").join(name).exists()));
    }
}
