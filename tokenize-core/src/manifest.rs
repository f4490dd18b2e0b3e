//! Manifests: what an output says of itself as a whole, under a MAC (`docs/format.md`, section 10).
//!
//! Holds no value and no key. Made from a mask plan by `Manifest::sign`, read back by [`Manifest::read`] and believed only after
//! [`Manifest::verify`].

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::crypto::kdf::Purpose;
use crate::crypto::prf::{Prf, sha256};
use crate::hex::{from_hex, hex};
use crate::json::canonical;
use crate::keys::{DataKey, Power, RootKey, WrappedDataKey};
use crate::plan::tags::{self, Tags};
use crate::plan::{ColumnPlan, Plan, Witness};
use crate::policy::Policy;

/// What an output says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest(Map<String, Value>);

/// Values that a column lost, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lost {
    /// Empty strings that became null because the output type has no empty value.
    pub emptied: u64,
    /// Values that did not fit and became null.
    pub nullified: u64,
    /// Values that did not fit and became `[REDACTED]`.
    pub redacted: u64,
}

impl Lost {
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn add(&mut self, other: Self) {
        // Counts in a manifest are anybody's writing.
        self.emptied = self.emptied.saturating_add(other.emptied);
        self.nullified = self.nullified.saturating_add(other.nullified);
        self.redacted = self.redacted.saturating_add(other.redacted);
    }
}

/// The manifest is not one, or not one that this release reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the manifest is damaged or of an unknown format")]
pub struct UnreadableManifest;

impl Manifest {
    /// The manifest of a mask plan. `lost` goes by the plan's columns, or is empty where nothing has run yet; `key` is the one
    /// that [`mac_power`] asks for.
    pub(crate) fn sign(
        plan: &Plan,
        policy: &Policy,
        key: Option<&MacKey>,
        data_keys: &[WrappedDataKey],
        lost: &[Lost],
    ) -> Self {
        let columns = plan
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| entry(column, lost.get(i).copied().unwrap_or_default()));
        let tree = json!({
            "format": FORMAT,
            "tool": TOOL,
            "keyring": key.map_or("", MacKey::keyring),
            "policy": { "name": policy.name(), "sha256": hex(&sha256(policy.canonical_json().as_bytes())) },
            "columns": columns.collect::<Vec<Value>>(),
            "data_keys": data_keys.iter().map(WrappedDataKey::to_json).collect::<Vec<Value>>(),
        });
        let Value::Object(tree) = tree else { unreachable!("the literal above is an object") };
        match key {
            Some(key) => Self::signed(tree, key),
            None => Self::with_mac(tree, "none", 0, String::new()),
        }
    }

    /// The manifest of a remask of what this one tells of: the policy, what it dropped and what was lost stay, columns and keys are as they
    /// are now. The rest goes as in [`Self::sign`].
    pub(crate) fn remasked(
        &self,
        plan: &Plan,
        key: Option<&MacKey>,
        data_keys: &[WrappedDataKey],
        lost: &[Lost],
    ) -> Self {
        let mut now: Vec<(String, Option<Value>)> = Vec::new();
        for (i, column) in plan.columns.iter().enumerate() {
            let path = column.path.to_string();
            let mut sum = self.lost_of(&path);
            sum.add(lost.get(i).copied().unwrap_or_default());
            now.push((path, Some(entry(column, sum))));
        }
        let mut columns = Vec::new();
        for column in self.columns() {
            match now.iter_mut().find(|(path, _)| is_of(column, path)) {
                Some((_, entry)) => columns.extend(entry.take()),
                None if column.get("params").is_none() => columns.push(column.clone()),
                None => {}
            }
        }
        columns.extend(now.into_iter().filter_map(|(_, entry)| entry));
        let data_keys: Vec<Value> = data_keys.iter().map(WrappedDataKey::to_json).collect();
        let mut tree = self.0.clone();
        tree.remove("mac");
        tree.insert("tool".to_owned(), TOOL.into());
        tree.insert("columns".to_owned(), columns.into());
        tree.insert("data_keys".to_owned(), data_keys.into());
        match key {
            Some(key) => Self::signed(tree, key),
            None => Self::with_mac(tree, "none", 0, String::new()),
        }
    }

    /// What a column lost when it was masked.
    fn lost_of(&self, path: &str) -> Lost {
        let column = self.columns().iter().find(|column| is_of(column, path));
        let count = |name: &str| {
            let lost = column.and_then(|column| column.get("lost")?.get(name)?.as_u64());
            lost.unwrap_or_default()
        };
        Lost {
            emptied: count("emptied"),
            nullified: count("nullified"),
            redacted: count("redacted"),
        }
    }

    fn signed(tree: Map<String, Value>, key: &MacKey) -> Self {
        let value = hex(&key.prf().tag(canonical(&Value::Object(tree.clone())).as_bytes()));
        Self::with_mac(tree, key.root(), key.version(), value)
    }

    fn with_mac(mut tree: Map<String, Value>, root: &str, version: u32, value: String) -> Self {
        let mac = json!({ "root": root, "key_version": version, "value": value });
        tree.insert("mac".to_owned(), mac);
        Self(tree)
    }

    /// The manifest of what a partial unmask leaves: the columns that it reversed are kept ones from here on. `key` is the one that
    /// verified this manifest; `data_keys` are those of this manifest and of any others given with it.
    pub(crate) fn after(&self, unmask: &Plan, key: &MacKey, data_keys: &[WrappedDataKey]) -> Self {
        let mut tree = self.0.clone();
        tree.remove("mac");
        let data_keys = data_keys.iter().map(WrappedDataKey::to_json).collect::<Vec<Value>>();
        tree.insert("data_keys".to_owned(), data_keys.into());
        let reversed: Vec<String> = unmask.steps.iter().map(|step| step.path.to_string()).collect();
        for column in tree.get_mut("columns").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(path) = reversed.iter().find(|path| is_of(column, path)) {
                *column = json!({ "path": path, "action": "keep" });
            }
        }
        Self::signed(tree, key)
    }

    /// Reads a manifest; says nothing of whether it is genuine.
    ///
    /// # Errors
    /// [`UnreadableManifest`].
    pub fn read(text: &str) -> Result<Self, UnreadableManifest> {
        let tree: Value = serde_json::from_str(text).map_err(|_| UnreadableManifest)?;
        match tree {
            Value::Object(map) if map.get("format").and_then(Value::as_str) == Some(FORMAT) => {
                Ok(Self(map))
            }
            _ => Err(UnreadableManifest),
        }
    }

    /// The manifest's one writing.
    #[must_use]
    pub fn to_text(&self) -> String {
        canonical(&Value::Object(self.0.clone()))
    }

    /// The keyring that the output was masked with; empty if no column needed one.
    #[must_use]
    pub fn keyring(&self) -> &str {
        self.0.get("keyring").and_then(Value::as_str).unwrap_or_default()
    }

    /// What the MAC was made with, if it vouches for anything that can be reversed: the `reveal` root key of a version, or the output's
    /// first data key.
    pub(crate) fn mac_power(&self) -> Option<(u32, Power)> {
        let mac = self.0.get("mac")?;
        let root = mac.get("root")?.as_str()?;
        let power = [Power::Reveal, Power::DataKey].into_iter().find(|p| p.purpose() == root)?;
        Some((mac.get("key_version")?.as_u64()?.try_into().ok()?, power))
    }

    /// The data keys of `encrypt` with `key: output`, wrapped.
    ///
    /// # Errors
    /// [`UnreadableManifest`] if one of them is none.
    pub(crate) fn data_keys(&self) -> Result<Vec<WrappedDataKey>, UnreadableManifest> {
        let keys = self.0.get("data_keys").and_then(Value::as_array).ok_or(UnreadableManifest)?;
        keys.iter().map(|key| WrappedDataKey::from_json(key).ok_or(UnreadableManifest)).collect()
    }

    /// Whether the columns that this manifest has tags for were masked in the same way by the other one's output.
    ///
    /// Cells of `encrypt` name their own key version, so that outputs from before and after a rotation agree on them.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let comparable = |mut tags: HashMap<String, String>| {
            if tags.get(tags::ACTION).is_some_and(|action| action == "encrypt") {
                tags.remove(tags::KEY_VERSION);
            }
            tags
        };
        self.columns().iter().all(|entry| {
            let (Some(own), Some(path)) = (Tags::of_entry(entry), entry["path"].as_str()) else {
                return true;
            };
            other.tags_of(path).map(comparable) == Some(comparable(own))
        })
    }

    /// The paths that it tells of.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.columns().iter().filter_map(|column| column["path"].as_str()).collect()
    }

    /// Those of them that can be unmasked.
    pub(crate) fn reversible_paths(&self) -> Vec<&str> {
        let is_reversible = |path: &&str| self.action_of(path).is_some_and(tags::is_reversible);
        self.paths().into_iter().filter(is_reversible).collect()
    }

    /// The tags of a path, as field metadata.
    pub(crate) fn tags_of(&self, path: &str) -> Option<HashMap<String, String>> {
        self.columns().iter().filter(|column| is_of(column, path)).find_map(Tags::of_entry)
    }

    /// Whether the MAC was made with `key` over this very manifest.
    pub(crate) fn verify(&self, key: &MacKey) -> bool {
        let mac = self.0.get("mac");
        let root_fits =
            mac.and_then(|mac| mac.get("root")).and_then(Value::as_str) == Some(key.root());
        let Some(given) =
            mac.and_then(|mac| mac.get("value")).and_then(Value::as_str).and_then(from_hex)
        else {
            return false;
        };
        let mut signed = self.0.clone();
        signed.remove("mac");
        root_fits && key.prf().verify(canonical(&Value::Object(signed)).as_bytes(), &given)
    }

    fn columns(&self) -> &[Value] {
        self.0.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Witness for Manifest {
    /// Whether a field with this path and these tags is as the manifest says: equal to the entry of its path, or, for a path that the
    /// manifest does not know (a renamed column), to some entry.
    fn vouches_for(&self, path: &str, tags: &Tags) -> bool {
        // Whoever may write can make the MAC of a data key, and must not have tokens reversed by it.
        let is_of_writer = matches!(self.mac_power(), Some((_, Power::DataKey)));
        if is_of_writer && tags.power() == Some(Power::Reveal) {
            return false;
        }
        let columns = self.columns();
        let wanted = tags.entry();
        let same = |column: &Value| {
            let Value::Object(column) = column else { return false };
            // Not compared in order: a feature of serde_json, which any crate can set, changes it.
            let tags = column.iter().filter(|(name, _)| *name != "path" && *name != "lost");
            tags.clone().count() == wanted.len()
                && tags.into_iter().all(|(name, value)| wanted.get(name) == Some(value))
        };
        let mut known = columns.iter().filter(|column| is_of(column, path)).peekable();
        if known.peek().is_some() { known.any(same) } else { columns.iter().any(same) }
    }

    fn action_of(&self, path: &str) -> Option<&str> {
        let tagged = self
            .columns()
            .iter()
            .find(|column| is_of(column, path) && column.get("params").is_some());
        tagged?.get("action")?.as_str()
    }
}

fn is_of(column: &Value, path: &str) -> bool {
    column.get("path").and_then(Value::as_str) == Some(path)
}

/// What a plan's manifest is signed with: the `reveal` root key of the first column that uses it (in this mask, or kept from an earlier
/// one), else the output's first data key, else the `pseudonym` root key of the first column that uses that. A column's own key rather
/// than the primary one, so that the manifest can be verified wherever the column can be read.
///
/// Columns under the version `preferred` come first: a remask signs under the version that it brings columns to, not under one that is left.
pub(crate) fn mac_power(plan: &Plan, preferred: Option<u32>) -> Option<(u32, Power)> {
    let key_of = |column: &ColumnPlan| match (column.step, &column.tags) {
        (Some(number), _) => plan.steps[number].key,
        (None, Some(tags)) => Some((tags.key_version?, tags.power()?)),
        (None, None) => None,
    };
    let first = |power| {
        let keys: Vec<_> =
            plan.columns.iter().filter_map(key_of).filter(|(_, needed)| *needed == power).collect();
        let best = keys.iter().find(|(version, _)| Some(*version) == preferred);
        best.or(keys.first()).copied()
    };
    first(Power::Reveal).or_else(|| first(Power::DataKey)).or_else(|| first(Power::Pseudonym))
}

/// The key of a manifest's MAC.
#[derive(Debug, Clone)]
pub(crate) enum MacKey {
    DataKey(DataKey),
    Root(RootKey),
}

impl MacKey {
    fn keyring(&self) -> &str {
        match self {
            Self::DataKey(key) => key.keyring().as_str(),
            Self::Root(key) => key.keyring().as_str(),
        }
    }

    fn root(&self) -> &'static str {
        match self {
            Self::DataKey(_) => Power::DataKey.purpose(),
            Self::Root(key) => key.root().as_str(),
        }
    }

    fn version(&self) -> u32 {
        match self {
            Self::DataKey(key) => key.wrapped().key_version(),
            Self::Root(key) => key.version(),
        }
    }

    fn prf(&self) -> Prf {
        let parts = [self.keyring().as_bytes()];
        Prf::new(&match self {
            Self::DataKey(key) => key.subkey(Purpose::Manifest, &parts),
            Self::Root(key) => key.subkey(Purpose::Manifest, &parts),
        })
    }
}

fn entry(column: &ColumnPlan, lost: Lost) -> Value {
    let mut entry = column.tags.as_ref().map(Tags::entry).unwrap_or_default();
    entry.insert("path".to_owned(), column.path.to_string().into());
    entry.insert("action".to_owned(), column.action.clone().into());
    if !lost.is_none() {
        let lost = json!({ "emptied": lost.emptied, "nullified": lost.nullified, "redacted": lost.redacted });
        entry.insert("lost".to_owned(), lost);
    }
    Value::Object(entry)
}

const FORMAT: &str = "tokenize-manifest/v1";
const TOOL: &str = concat!("tokenize ", env!("CARGO_PKG_VERSION"));
