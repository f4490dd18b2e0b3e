//! Where a dataset is written to: a directory, or a prefix of keys in an object store.

mod folder;
mod prefix;

use std::collections::BTreeSet;
use std::path::Path;

use self::folder::Folder;
use self::prefix::Prefix;
use super::listing::Listing;
use super::{DatasetError, JOURNAL, MANIFEST, SUCCESS};
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::partial_of;
use crate::io::side::side_path;
use crate::io::store::Stores;

/// The place that a path or URL stands for, which need not be there yet.
///
/// # Errors
/// [`DatasetError::NotDirectory`], and [`DatasetError::Nested`] if it lies in a directory or prefix of inputs or inputs lie in it, whatever
/// symbolic links lead there.
pub(crate) fn place(
    root: &Path,
    inputs: &Listing,
    stores: &Stores,
) -> Result<Box<dyn Place>, DatasetError> {
    Ok(match Stores::is_url(root)? {
        true => Box::new(Prefix::new(root, inputs, stores)?),
        false => Box::new(Folder::new(root, inputs)?),
    })
}

/// Where a dataset goes. Names in it are relative, with `/` between their parts.
pub(crate) trait Place {
    fn root(&self) -> &Path;

    /// What lies in it, or will.
    ///
    /// # Errors
    /// [`IoError::Url`].
    fn location(&self, relative: &str) -> Result<Location, IoError>;

    /// Whether there is something of this name.
    ///
    /// # Errors
    /// [`IoError::Store`].
    fn is_taken(&self, relative: &str) -> Result<bool, IoError>;

    /// Refuses files that are there and would be taken for a part of the dataset.
    ///
    /// # Errors
    /// [`DatasetError::Foreign`], [`IoError`].
    fn refuse_foreign(&self, outputs: &BTreeSet<&str>) -> Result<(), DatasetError>;

    /// Refuses an output below a symbolic link.
    ///
    /// # Errors
    /// [`DatasetError::Symlink`].
    fn refuse_symlinks(&self, _relative: &str) -> Result<(), DatasetError> {
        Ok(())
    }

    /// Makes the directories that a file lies in, where there are directories. None of them may be a symbolic link.
    ///
    /// # Errors
    /// [`DatasetError::Symlink`], [`IoError::System`].
    fn make_directories(&mut self, _relative: &str) -> Result<(), DatasetError> {
        Ok(())
    }

    /// Takes the directories away that this run has made, where nothing has come into them.
    fn remove_empty(&mut self) {}

    /// Removes what killed runs have left of these outputs and of what belongs to them: files under temporary names.
    ///
    /// # Errors
    /// [`IoError`].
    fn clean(&self, outputs: &BTreeSet<&str>) -> Result<(), IoError>;

    /// Removes what is there of this name.
    ///
    /// # Errors
    /// [`IoError`].
    fn remove(&self, name: &str) -> Result<(), IoError> {
        self.location(name)?.remove()
    }

    /// Marks the dataset as complete. All that lies in it has its name and is stored by then.
    ///
    /// # Errors
    /// [`IoError`].
    fn mark(&self, outputs: &BTreeSet<&str>) -> Result<(), IoError>;
}

/// Outputs and what belongs to them: by their directories, what stands for their names in temporary ones.
fn partials<'a>(outputs: &BTreeSet<&'a str>) -> BTreeSet<(&'a str, String)> {
    let own = [SUCCESS, MANIFEST, JOURNAL];
    let names = own.into_iter().chain(outputs.iter().copied());
    let of = |name: &'a str| {
        let folder = folder_of(name);
        let beside = side_path(Path::new(name));
        [beside, name.into()].into_iter().filter_map(move |path| Some((folder, partial_of(&path)?)))
    };
    names.flat_map(of).collect()
}

/// Whether a name is a temporary one of these.
fn is_partial(relative: &str, partials: &BTreeSet<(&str, String)>) -> bool {
    let folder = folder_of(relative);
    let stem = stem_of_partial(relative.rsplit('/').next().unwrap_or_default());
    stem.is_some_and(|stem| partials.contains(&(folder, stem.to_owned())))
}

fn folder_of(relative: &str) -> &str {
    relative.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What stands in a temporary name for the name that a file will get.
fn stem_of_partial(name: &str) -> Option<&str> {
    let (stem, tail) = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('.')?;
    let is_tail = tail.len() == 16 && tail.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_tail.then_some(stem)
}
