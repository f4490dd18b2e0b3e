//! The prefix of keys that a dataset is written to. There are no directories in it, and no links.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Place, is_partial, partials};
use crate::dataset::listing::Listing;
use crate::dataset::listing::stored::{Names, joined, trimmed};
use crate::dataset::{DatasetError, SUCCESS};
use crate::io::IoError;
use crate::io::location::Location;
use crate::io::publish::Publication;
use crate::io::store::Stores;
use crate::io::store::url::StoreUrl;

/// Where a dataset goes.
#[derive(Debug)]
pub(super) struct Prefix {
    root: PathBuf,
    stores: Stores,
    /// What was there when it was first asked for: one request instead of one for each output. What appears later is not replaced either, since
    /// objects are made where there is none.
    names: OnceCell<Names>,
}

impl Prefix {
    pub(super) fn new(
        root: &Path,
        inputs: &Listing,
        stores: &Stores,
    ) -> Result<Self, DatasetError> {
        let root = trimmed(root);
        if let Some(Ok(here)) = StoreUrl::of_path(&root) {
            refuse_nested(&root, &here, inputs)?;
        }
        Ok(Self { root, stores: stores.clone(), names: OnceCell::new() })
    }

    fn names(&self) -> Result<&Names, IoError> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let names = Names::below(&self.root, &self.stores)?;
        Ok(self.names.get_or_init(|| names))
    }
}

impl Place for Prefix {
    fn root(&self) -> &Path {
        &self.root
    }

    fn location(&self, relative: &str) -> Result<Location, IoError> {
        Location::new(&joined(&self.root, relative), &self.stores)
    }

    fn is_taken(&self, relative: &str) -> Result<bool, IoError> {
        self.names().map(|names| names.has(relative))
    }

    fn refuse_foreign(&self, outputs: &BTreeSet<&str>) -> Result<(), DatasetError> {
        let data = self.names()?.data(&self.root)?;
        match data.into_iter().find(|name| !outputs.contains(name)) {
            Some(name) => Err(DatasetError::Foreign { path: joined(&self.root, name) }),
            None => Ok(()),
        }
    }

    fn clean(&self, outputs: &BTreeSet<&str>) -> Result<(), IoError> {
        let partials = partials(outputs);
        let left = self.names()?.all().filter(|name| is_partial(name, &partials));
        left.into_iter().try_for_each(|name| self.remove(name))
    }

    fn mark(&self, _outputs: &BTreeSet<&str>) -> Result<(), IoError> {
        Publication::start(&self.location(SUCCESS)?, true)?.publish()
    }
}

fn refuse_nested(root: &Path, here: &StoreUrl, inputs: &Listing) -> Result<(), DatasetError> {
    let url = |path: &Path| StoreUrl::of_path(path).and_then(Result::ok);
    let nested = || DatasetError::Nested { path: root.to_owned() };
    for input in &inputs.roots {
        let Some(searched) = url(&input.path) else { continue };
        let below = here.prefix().get(searched.prefix().len()..).unwrap_or_default();
        let below = below.trim_start_matches('/');
        if searched.is_within(here) || here.is_within(&searched) && input.reaches(below) {
            return Err(nested());
        }
    }
    let mut files = inputs.files.iter().filter_map(|found| url(&found.path));
    if files.any(|file| file.is_within(here)) { Err(nested()) } else { Ok(()) }
}
