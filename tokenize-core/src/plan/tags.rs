//! The `tokenize.*` metadata of a field (`docs/format.md`, section 10).

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field};
use serde_json::{Map, Value};

use super::text;
use crate::column::type_name;
use crate::json::canonical;
use crate::keys::Power;

/// What a treated field says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tags {
    pub(crate) action: String,
    pub(crate) domain: Option<String>,
    pub(crate) keyring: Option<String>,
    pub(crate) key_version: Option<u32>,
    pub(crate) params: Value,
    /// The type before masking; `None` if it has no name (redacted columns of exotic types).
    pub(crate) data_type: Option<DataType>,
}

/// A tag that this release cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnknownTag(pub(crate) &'static str);

impl Tags {
    /// The tags of a field, `None` if it has none.
    pub(crate) fn read(field: &Field) -> Result<Option<Self>, UnknownTag> {
        let tag = |name: &str| field.metadata().get(name);
        let Some(action) = tag(ACTION) else { return Ok(None) };
        let key_version = tag(KEY_VERSION)
            .map(|text| text.parse().map_err(|_| UnknownTag(KEY_VERSION)))
            .transpose()?;
        let params =
            tag(PARAMS).and_then(|text| serde_json::from_str(text).ok()).filter(Value::is_object);
        let data_type =
            tag(TYPE).map(|text| type_name::read(text).ok_or(UnknownTag(TYPE))).transpose()?;
        Ok(Some(Self {
            action: action.clone(),
            domain: tag(DOMAIN).cloned(),
            keyring: tag(KEYRING).cloned(),
            key_version,
            params: params.ok_or(UnknownTag(PARAMS))?,
            data_type,
        }))
    }

    /// Whether the action that the tags tell of can be reversed.
    pub(crate) fn is_reversible(&self) -> bool {
        is_reversible(&self.action) && (self.action != "text" || text::is_reversible(&self.params))
    }

    /// What reversing it needs from the keyring, if it can be reversed.
    pub(crate) fn power(&self) -> Option<Power> {
        let is_under_data_key =
            self.action == "encrypt" && self.params.get("key").is_some_and(|key| key == "output");
        match self.is_reversible() {
            true if is_under_data_key => Some(Power::DataKey),
            true => Some(Power::Reveal),
            false => None,
        }
    }

    /// The tags in a manifest's entry, `None` if it has none.
    pub(crate) fn of_entry(entry: &Value) -> Option<HashMap<String, String>> {
        entry.get("params")?;
        let entry = entry.as_object()?.iter();
        let tags = entry.filter(|(name, _)| *name != "path" && *name != "lost");
        Some(
            tags.filter_map(|(name, value)| {
                Some((format!("{PREFIX}{name}"), value.as_str()?.to_owned()))
            })
            .collect(),
        )
    }

    /// The field metadata that carries the tags.
    pub(crate) fn write(&self) -> HashMap<String, String> {
        self.pairs().map(|(name, value)| (format!("{PREFIX}{name}"), value)).collect()
    }

    /// The tags as members of a manifest's entry.
    pub(crate) fn entry(&self) -> Map<String, Value> {
        self.pairs().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        let pairs = [
            (ACTION, Some(self.action.clone())),
            (DOMAIN, self.domain.clone()),
            (KEYRING, self.keyring.clone()),
            (KEY_VERSION, self.key_version.map(|version| version.to_string())),
            (PARAMS, Some(canonical(&self.params))),
            (TYPE, self.data_type.as_ref().and_then(type_name::write)),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((&name[PREFIX.len()..], value?)))
    }
}

/// Whether an action can be reversed; `text` perhaps.
pub(crate) fn is_reversible(action: &str) -> bool {
    ["encrypt", "shift_date", "text", "tokenize"].contains(&action)
}

/// A field's metadata as it may pass with a treated column: its Parquet field id, and its extension type if the Arrow type stays.
pub(crate) fn passing(field: &Field, type_stays: bool) -> HashMap<String, String> {
    let passes = |name: &str| {
        name == "PARQUET:field_id" || (type_stays && name.starts_with("ARROW:extension:"))
    };
    let metadata = field.metadata().iter().filter(|(name, _)| passes(name));
    metadata.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A field's metadata without tags.
pub(crate) fn without(field: &Field) -> HashMap<String, String> {
    let metadata = field.metadata().iter().filter(|(name, _)| !name.starts_with(PREFIX));
    metadata.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The schema metadata key of the manifest.
pub(crate) const MANIFEST: &str = "tokenize.manifest";

const PREFIX: &str = "tokenize.";
pub(crate) const ACTION: &str = "tokenize.action";
const DOMAIN: &str = "tokenize.domain";
const KEYRING: &str = "tokenize.keyring";
pub(crate) const KEY_VERSION: &str = "tokenize.key_version";
const PARAMS: &str = "tokenize.params";
const TYPE: &str = "tokenize.type";
