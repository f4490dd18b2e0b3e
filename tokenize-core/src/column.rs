//! Arrow columns as trees of leaves, and leaves as cells.
//!
//! Reads and builds Arrow arrays; knows no policy, no action and no key. [`leaves`] lists what a policy can name;
//! `nest` takes a column apart into its leaves and puts it together again; `cell` reads a leaf's cells and builds a new leaf;
//! `type_name` writes Arrow types as a tag and reads them.
//!
//! ```text
//! column ── nest ──> leaf arrays ── cell ──> cells ──(an action)──> values ── cell ──> leaf arrays ── nest ──> column
//! ```

pub(crate) mod cell;
pub(crate) mod nest;
pub(crate) mod type_name;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields};

use crate::field::{FieldPath, Step};

/// A leaf of a schema: a column, or the innermost field of a nested one.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) path: FieldPath,
    pub(crate) field: Field,
    /// Whether every value of this leaf belongs to one row directly: no list or map above it.
    pub(crate) is_scalar: bool,
}

/// The leaves of `fields`, in schema order.
pub(crate) fn leaves(fields: &Fields) -> Vec<Leaf> {
    let mut found = Vec::new();
    for field in fields {
        add_leaves(&FieldPath::column(field.name()), field, true, &mut found);
    }
    found
}

fn add_leaves(path: &FieldPath, field: &Field, is_scalar: bool, found: &mut Vec<Leaf>) {
    match children(field.data_type()) {
        Children::None => found.push(Leaf { path: path.clone(), field: field.clone(), is_scalar }),
        Children::Fields(fields) => {
            for child in fields {
                add_leaves(&path.join(Step::Name(child.name().clone())), child, is_scalar, found);
            }
        }
        Children::Element(element) => add_leaves(&path.join(Step::Element), element, false, found),
        Children::Entries(key, value) => {
            add_leaves(&path.join(Step::Key), key, false, found);
            add_leaves(&path.join(Step::Value), value, false, found);
        }
    }
}

/// The fields, with more metadata on some leaves.
pub(crate) fn with_metadata(fields: &Fields, more: &MetadataOfLeaves) -> Fields {
    let field = |field: &Arc<Field>| add_metadata(&FieldPath::column(field.name()), field, more);
    fields.iter().map(field).collect()
}

fn add_metadata(path: &FieldPath, field: &Field, more: &MetadataOfLeaves) -> Field {
    let inner = |step, child: &Field| Arc::new(add_metadata(&path.join(step), child, more));
    let data_type = match field.data_type() {
        DataType::Struct(fields) if !fields.is_empty() => DataType::Struct(
            fields.iter().map(|child| inner(Step::Name(child.name().clone()), child)).collect(),
        ),
        DataType::List(element) => DataType::List(inner(Step::Element, element)),
        DataType::LargeList(element) => DataType::LargeList(inner(Step::Element, element)),
        DataType::FixedSizeList(element, size) => {
            DataType::FixedSizeList(inner(Step::Element, element), *size)
        }
        DataType::Map(entries, sorted) => match children(field.data_type()) {
            Children::Entries(key, value) => {
                let pair = Fields::from(vec![inner(Step::Key, key), inner(Step::Value, value)]);
                let entries = entries.as_ref().clone().with_data_type(DataType::Struct(pair));
                DataType::Map(Arc::new(entries), *sorted)
            }
            _ => field.data_type().clone(),
        },
        other => {
            let mut metadata = field.metadata().clone();
            metadata.extend(more.get(path).cloned().unwrap_or_default());
            return field.clone().with_data_type(other.clone()).with_metadata(metadata);
        }
    };
    field.clone().with_data_type(data_type)
}

/// Metadata by the path of a leaf.
pub(crate) type MetadataOfLeaves = HashMap<FieldPath, HashMap<String, String>>;

/// What lies directly under a type. Unions, run-end-encoded and list-view types count as leaves that can only be kept or dropped.
pub(crate) enum Children<'a> {
    None,
    Fields(&'a Fields),
    Element(&'a Field),
    Entries(&'a Field, &'a Field),
}

pub(crate) fn children(data_type: &DataType) -> Children<'_> {
    match data_type {
        DataType::Struct(fields) if !fields.is_empty() => Children::Fields(fields),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::FixedSizeList(element, _) => Children::Element(element),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => {
                Children::Entries(&fields[0], &fields[1])
            }
            _ => Children::None,
        },
        _ => Children::None,
    }
}

/// Whether the type is one of the string types, dictionary-encoded or not.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The type of the values: that of a dictionary's values, else the type itself.
pub(crate) fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    }
}
