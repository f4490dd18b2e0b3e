//! Masking metadata where Spark keeps what belongs to a column: in the metadata of its `StructField`s (`docs/format.md`, section 10).
//!
//! Spark knows no metadata of a whole schema and none of list elements or map entries, so each masked column carries the manifest, and
//! the tags of all leaves below it. Of a leaf that is the column itself they stand under their own names, of others in
//! `tokenize.leaves`, by the rest of their paths: a column that is renamed keeps them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use serde_json::{Map, Value};

use crate::column::{MetadataOfLeaves, leaves, with_metadata};
use crate::field::{FieldPath, Step};
use crate::json::canonical;

/// The schema with what its Spark schema, as Spark writes it into Parquet and other readers pass it on, says of masked columns; `None` if that is
/// nothing. Spark's schema stays without it: what passes to an output must not tell of what was.
#[must_use]
pub fn read_parquet(schema: &SchemaRef) -> Option<SchemaRef> {
    let text = schema.metadata().get(ROW_METADATA).filter(|text| text.contains(PREFIX))?;
    let mut tree: Value = serde_json::from_str(text).ok()?;
    let mut columns = BTreeMap::new();
    for field in tree.get_mut("fields")?.as_array_mut()? {
        let name = field.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(metadata) = field.get_mut("metadata").and_then(Value::as_object_mut) else {
            continue;
        };
        columns.insert(name, metadata.clone());
        metadata.retain(|name, _| !name.starts_with(PREFIX));
    }
    let mut metadata = schema.metadata().clone();
    metadata.insert(ROW_METADATA.to_owned(), tree.to_string());
    let bare = Schema::new_with_metadata(schema.fields().clone(), metadata);
    Some(with_columns(&Arc::new(bare), &columns))
}

/// The schema with the tags that its columns carry in Spark, and their manifest if they agree on one. What is in the schema already stays.
#[must_use]
pub fn with_columns(
    schema: &SchemaRef,
    columns: &BTreeMap<String, Map<String, Value>>,
) -> SchemaRef {
    let mut tags = MetadataOfLeaves::new();
    let mut manifests = BTreeSet::new();
    for leaf in leaves(schema.fields()) {
        let Some(Step::Name(name)) = leaf.path.steps().first() else { continue };
        let Some(metadata) = columns.get(name) else { continue };
        manifests.extend(metadata.get(MANIFEST).and_then(Value::as_str));
        let below = rest(&leaf.path);
        let own = match below.is_empty() {
            true => Some(metadata),
            false => metadata.get(LEAVES).and_then(|leaves| leaves.get(&below)?.as_object()),
        };
        let own: HashMap<String, String> = own.map(texts).unwrap_or_default();
        if !own.is_empty() && !leaf.field.metadata().contains_key(ACTION) {
            tags.insert(leaf.path, own);
        }
    }
    let mut metadata = schema.metadata().clone();
    if let (Some(manifest), 1) = (manifests.first(), manifests.len()) {
        metadata.entry(MANIFEST.to_owned()).or_insert_with(|| (*manifest).to_owned());
    }
    Schema::new_with_metadata(with_metadata(schema.fields(), &tags), metadata).into()
}

/// What the columns of a schema carry in Spark: of each that has tags, these and the manifest, as JSON.
#[must_use]
pub fn of_columns(schema: &Schema) -> BTreeMap<String, String> {
    let mut columns: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for leaf in leaves(schema.fields()) {
        let own: Map<String, Value> = leaf
            .field
            .metadata()
            .iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, text)| (name.clone(), text.clone().into()))
            .collect();
        let Some(Step::Name(name)) = leaf.path.steps().first() else { continue };
        if own.is_empty() {
            continue;
        }
        let column = columns.entry(name.clone()).or_default();
        match rest(&leaf.path) {
            below if below.is_empty() => column.extend(own),
            below => {
                let leaves = column.entry(LEAVES).or_insert_with(|| Value::Object(Map::new()));
                if let Some(leaves) = leaves.as_object_mut() {
                    leaves.insert(below, own.into());
                }
            }
        }
        if let Some(manifest) = schema.metadata().get(MANIFEST) {
            column.insert(MANIFEST.to_owned(), manifest.clone().into());
        }
    }
    columns.into_iter().map(|(name, column)| (name, canonical(&Value::Object(column)))).collect()
}

/// A path without its column: empty for the column itself.
fn rest(path: &FieldPath) -> String {
    let (whole, column) = (path.to_string(), path.parent(1).to_string());
    whole.strip_prefix(&column).unwrap_or_default().to_owned()
}

/// The tags of a leaf.
fn texts(metadata: &Map<String, Value>) -> HashMap<String, String> {
    let tags = metadata.iter().filter(|(name, _)| name.starts_with(PREFIX) && *name != MANIFEST);
    tags.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

const ACTION: &str = "tokenize.action";
const LEAVES: &str = "tokenize.leaves";
const MANIFEST: &str = "tokenize.manifest";
const PREFIX: &str = "tokenize.";
/// The key of Spark's schema in a Parquet footer.
const ROW_METADATA: &str = "org.apache.spark.sql.parquet.row.metadata";

#[cfg(test)]
mod tests;
