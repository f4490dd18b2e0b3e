//! Masking metadata for tables that carry none: taken from a manifest and put on a schema, and the way back.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use pyo3::prelude::*;
use pyo3_arrow::PySchema;
use serde_json::{Map, Value};
use tokenize_core::FieldPath;
use tokenize_core::field::Step;

use crate::error::{Class, Failure};
use crate::table::ArrowSchema;

/// The schema with the manifest, and with its tags on every leaf among `paths`.
#[pyfunction]
pub(crate) fn tag_schema(
    schema: PySchema,
    manifest: &str,
    paths: BTreeSet<String>,
) -> Result<ArrowSchema, Failure> {
    let schema = schema.into_inner();
    let tags = tags_in(manifest).ok_or_else(|| {
        Failure::new(Class::Policy, "manifest", "the masking metadata of the table cannot be read")
    })?;
    let tag = |path: &FieldPath, field: Field| match tags.get(&path.to_string()) {
        Some(tags) if paths.contains(&path.to_string()) => {
            let mut metadata = field.metadata().clone();
            metadata.extend(tags.clone());
            field.with_metadata(metadata)
        }
        _ => field,
    };
    let fields =
        schema.fields().iter().map(|field| walk(&FieldPath::column(field.name()), field, &tag));
    let fields: Fields = fields.collect();
    let mut metadata = schema.metadata().clone();
    metadata.insert(MANIFEST.to_owned(), manifest.to_owned());
    Ok(ArrowSchema(Arc::new(Schema::new_with_metadata(fields, metadata))))
}

/// The leaves of a schema that carry tags, and its manifest.
#[pyfunction]
pub(crate) fn masked_paths(schema: PySchema) -> (Option<String>, Vec<String>) {
    let schema = schema.into_inner();
    let paths = std::cell::RefCell::new(Vec::new());
    let note = |path: &FieldPath, field: Field| {
        if field.metadata().contains_key("tokenize.action") {
            paths.borrow_mut().push(path.to_string());
        }
        field
    };
    for field in schema.fields() {
        walk(&FieldPath::column(field.name()), field, &note);
    }
    (schema.metadata().get(MANIFEST).cloned(), paths.into_inner())
}

/// The tags of each path in a manifest: its entries are the field metadata without its prefix.
fn tags_in(manifest: &str) -> Option<HashMap<String, HashMap<String, String>>> {
    let tree: Value = serde_json::from_str(manifest).ok()?;
    let columns = tree.get("columns")?.as_array()?.iter().filter_map(Value::as_object);
    let tagged = columns.filter(|column| column.contains_key("params"));
    tagged.map(|column| Some((column.get("path")?.as_str()?.to_owned(), tags_of(column)))).collect()
}

fn tags_of(column: &Map<String, Value>) -> HashMap<String, String> {
    let tags = column.iter().filter(|(name, _)| *name != "path" && *name != "lost");
    tags.filter_map(|(name, value)| Some((format!("tokenize.{name}"), value.as_str()?.to_owned())))
        .collect()
}

/// Rebuilds a field with `change` made to each leaf under it.
fn walk(path: &FieldPath, field: &Field, change: &dyn Fn(&FieldPath, Field) -> Field) -> Field {
    let inner = |step: Step, child: &FieldRef| Arc::new(walk(&path.join(step), child, change));
    let data_type = match field.data_type() {
        DataType::Struct(fields) if !fields.is_empty() => DataType::Struct(
            fields.iter().map(|child| inner(Step::Name(child.name().clone()), child)).collect(),
        ),
        DataType::List(element) => DataType::List(inner(Step::Element, element)),
        DataType::LargeList(element) => DataType::LargeList(inner(Step::Element, element)),
        DataType::FixedSizeList(element, size) => {
            DataType::FixedSizeList(inner(Step::Element, element), *size)
        }
        DataType::Map(entries, sorted) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                let pair =
                    Fields::from(vec![inner(Step::Key, &pair[0]), inner(Step::Value, &pair[1])]);
                DataType::Map(
                    Arc::new(entries.as_ref().clone().with_data_type(DataType::Struct(pair))),
                    *sorted,
                )
            }
            _ => return change(path, field.clone()),
        },
        _ => return change(path, field.clone()),
    };
    field.clone().with_data_type(data_type)
}

const MANIFEST: &str = "tokenize.manifest";
