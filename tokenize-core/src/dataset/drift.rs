//! Where the columns of files differ.

use std::collections::HashMap;
use std::fmt;

use arrow::datatypes::{DataType, Schema};

use super::partition::Relative;
use crate::column::{leaves, type_name};
use crate::io::kind::Kind;

/// A column that two files do not have alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The column's path.
    pub column: String,
    /// Its type in the file that others are held against; `None` if it is not there.
    pub first: Option<String>,
    /// Its type in the file.
    pub here: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = &self.column;
        match (&self.first, &self.here) {
            (Some(first), Some(here)) if first == here => {
                write!(f, "column {column} stands in another place")
            }
            (Some(first), Some(here)) => write!(f, "column {column} is {here}, not {first}"),
            (Some(_), None) => write!(f, "column {column} is missing"),
            (None, _) => write!(f, "column {column} is not in that"),
        }
    }
}

/// The columns of a file, as far as files of one dataset have to have them alike: what was done to them does not count, nor how a type is laid out
/// in memory, nor whether nulls are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    columns: Vec<(String, String)>,
    /// Whether the types are those of the values that happen to be there.
    is_inferred: bool,
    /// Whether the place of a column says which one it is.
    is_ordered: bool,
}

impl Shape {
    pub(crate) fn new(schema: &Schema, kind: Kind, relative: &Relative) -> Self {
        let partitions = relative.partitions().map(|(key, _)| (key.to_owned(), "partition".into()));
        let leaves = leaves(schema.fields()).into_iter().map(|leaf| {
            let original = leaf.field.metadata().get("tokenize.type");
            let original = original.and_then(|name| type_name::read(name));
            let data_type = original.unwrap_or_else(|| leaf.field.data_type().clone());
            (leaf.path.to_string(), name_of(&data_type))
        });
        Self {
            columns: partitions.chain(leaves).collect(),
            is_inferred: kind == Kind::Ndjson,
            is_ordered: kind == Kind::Csv,
        }
    }

    /// What differs between the first file and this one.
    pub(crate) fn differences(&self, first: &Self) -> Vec<Difference> {
        // Most are alike, and may have many columns.
        if self.columns == first.columns {
            return Vec::new();
        }
        let [in_first, here] = [first, self].map(|shape| -> HashMap<&str, &str> {
            shape
                .columns
                .iter()
                .map(|(name, data_type)| (name.as_str(), data_type.as_str()))
                .collect()
        });
        let difference = |column: &str| Difference {
            column: column.to_owned(),
            first: in_first.get(column).map(|name| (*name).to_owned()),
            here: here.get(column).map(|name| (*name).to_owned()),
        };
        let is_alike = |it: &Difference| match (&it.first, &it.here) {
            (Some(first), Some(here)) if self.is_inferred => {
                let is_number = |name: &str| matches!(name, "int64" | "uint64" | "float64");
                first == here
                    || first == "null"
                    || here == "null"
                    || is_number(first) && is_number(here)
            }
            // A member that no object of a file has.
            (None, Some(_)) | (Some(_), None) => self.is_inferred,
            (first, here) => first == here,
        };
        let added = self.columns.iter().filter(|(name, _)| !in_first.contains_key(name.as_str()));
        let names = first.columns.iter().chain(added).map(|(name, _)| difference(name));
        let mut found: Vec<Difference> = names.filter(|it| !is_alike(it)).collect();
        if found.is_empty() && self.is_ordered {
            let pairs = first.columns.iter().zip(&self.columns);
            let moved = pairs.filter(|(first, here)| first.0 != here.0);
            found.extend(moved.map(|(first, _)| difference(&first.0)));
        }
        found
    }
}

fn name_of(data_type: &DataType) -> String {
    match data_type {
        DataType::Timestamp(..) => type_name::write(data_type).unwrap_or_default(),
        other => type_name::word(other),
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::Field;

    use super::*;

    fn shape(columns: &[(&str, DataType)], kind: Kind) -> Shape {
        let field =
            |(name, data_type): &(&str, DataType)| Field::new(*name, data_type.clone(), true);
        let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
        Shape::new(&schema, kind, &Relative::read("x").unwrap())
    }

    fn told(first: &[(&str, DataType)], here: &[(&str, DataType)], kind: Kind) -> Vec<String> {
        let differences = shape(here, kind).differences(&shape(first, kind));
        differences.iter().map(Difference::to_string).collect()
    }

    #[test]
    fn what_readers_would_mix_up_differs() {
        use DataType::{Dictionary, Float64, Int64, LargeUtf8, Null, Utf8};
        let keyed = Dictionary(Box::new(DataType::Int32), Box::new(Utf8));
        let cases: [(&[_], &[_], Kind, &[&str]); 8] = [
            (&[("a", Utf8)], &[("a", LargeUtf8)], Kind::Parquet, &[]),
            (&[("a", Utf8)], &[("a", keyed)], Kind::Parquet, &[]),
            (&[("a", Utf8), ("b", Utf8)], &[("b", Utf8), ("a", Utf8)], Kind::Parquet, &[]),
            (
                &[("a", Utf8), ("b", Utf8)],
                &[("b", Utf8), ("a", Utf8)],
                Kind::Csv,
                &["column a stands in another place", "column b stands in another place"],
            ),
            (&[("a", Utf8)], &[("a", Int64)], Kind::Parquet, &["column a is int64, not string"]),
            (
                &[("a", Utf8), ("b", Utf8)],
                &[("a", Utf8), ("c", Utf8)],
                Kind::Parquet,
                &["column b is missing", "column c is not in that"],
            ),
            (
                &[("a", Int64), ("b", Utf8), ("c", Null)],
                &[("a", Float64), ("c", Utf8)],
                Kind::Ndjson,
                &[],
            ),
            (&[("a", Utf8)], &[("a", Int64)], Kind::Ndjson, &["column a is int64, not string"]),
        ];
        for (first, here, kind, expected) in cases {
            assert_eq!(told(first, here, kind), expected, "{first:?} {here:?}");
        }
    }
}
