//! File-level metadata of other programs: what passes with a masked schema, and how it is rewritten.
//!
//! By allowlist: the pandas and the Spark schema pass, without the columns that are gone, with the types that have changed, and
//! without anything in them that could have been made from values. All other keys are dropped unless the caller names them.

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field, Fields};
use serde_json::{Value, json};

use super::tags::Tags;

/// The metadata that passes with `output`, rewritten.
pub(crate) fn passing(
    metadata: &HashMap<String, String>,
    output: &Fields,
) -> HashMap<String, String> {
    let rewritten = metadata.iter().filter_map(|(key, text)| {
        let tree: Value = serde_json::from_str(text).ok()?;
        let tree = match key.as_str() {
            PANDAS => rewrite_pandas(tree, output, &is_treated),
            SPARK => rewrite_spark(tree, output),
            _ => None,
        };
        Some((key.clone(), tree?.to_string()))
    });
    rewritten.collect()
}

/// The metadata that passes with an unmasked `output`, in which the columns that `is_retyped` names have another type than they had
/// masked. Spark's types of old are not known any more; without its schema Spark goes by the columns themselves.
pub(crate) fn restored(
    metadata: &HashMap<String, String>,
    output: &Fields,
    is_retyped: &dyn Fn(&Field) -> bool,
) -> HashMap<String, String> {
    let is_any_retyped = output.iter().any(|field| is_retyped(field));
    let restored = metadata.iter().filter_map(|(key, text)| match key.as_str() {
        PANDAS => Some((
            key.clone(),
            rewrite_pandas(serde_json::from_str(text).ok()?, output, is_retyped)?.to_string(),
        )),
        SPARK if is_any_retyped => None,
        _ => Some((key.clone(), text.clone())),
    });
    restored.collect()
}

/// `pandas`: column descriptions and which columns were the index (pandas developer guide, "Storing pandas DataFrame objects").
fn rewrite_pandas(
    mut tree: Value,
    output: &Fields,
    is_changed: &dyn Fn(&Field) -> bool,
) -> Option<Value> {
    let find = |name: &Value| {
        name.as_str().and_then(|name| output.iter().find(|field| field.name() == name))
    };
    let columns = tree.get("columns")?.as_array()?.iter().filter_map(|column| {
        let field = find(column.get("field_name").unwrap_or(&column["name"]))?;
        let mut column = column.clone();
        if is_changed(field) {
            column["metadata"] = Value::Null;
            let (pandas_type, numpy_type) = pandas_names(field.data_type());
            // pandas has several dtypes for one Arrow type; the one that was there stays if it still fits.
            let is_kept = column["pandas_type"] == pandas_type
                && column["numpy_type"].as_str().is_some_and(|name| DTYPES.contains(&name));
            if !is_kept {
                column["numpy_type"] = numpy_type.into();
            }
            column["pandas_type"] = pandas_type.into();
        }
        Some(column)
    });
    let columns: Vec<Value> = columns.collect();
    let is_there = |index: &&Value| index.is_object() || find(index).is_some();
    let index: Vec<Value> =
        tree.get("index_columns")?.as_array()?.iter().filter(is_there).cloned().collect();
    let allowed = ["columns", "index_columns", "column_indexes", "creator", "pandas_version"];
    tree.as_object_mut()?.retain(|key, _| allowed.contains(&key.as_str()));
    tree["columns"] = columns.into();
    tree["index_columns"] = index.into();
    Some(tree)
}

fn pandas_names(data_type: &DataType) -> (&'static str, &'static str) {
    match data_type {
        DataType::Int64 => ("int64", "int64"),
        DataType::Int32 => ("int32", "int32"),
        DataType::Int16 => ("int16", "int16"),
        DataType::Int8 => ("int8", "int8"),
        DataType::UInt64 => ("uint64", "uint64"),
        DataType::UInt32 => ("uint32", "uint32"),
        DataType::UInt16 => ("uint16", "uint16"),
        DataType::UInt8 => ("uint8", "uint8"),
        DataType::Float64 => ("float64", "float64"),
        DataType::Float32 => ("float32", "float32"),
        DataType::Boolean => ("bool", "bool"),
        DataType::Timestamp(_, None) => ("datetime", "datetime64[ns]"),
        DataType::Timestamp(_, Some(_)) => ("datetimetz", "datetime64[ns]"),
        DataType::Date32 | DataType::Date64 => ("date", "object"),
        DataType::Decimal128(..) => ("decimal", "object"),
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => ("bytes", "object"),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ("unicode", "object"),
        _ => ("object", "object"),
    }
}

/// `org.apache.spark.sql.parquet.row.metadata`: Spark's `StructType` as JSON.
///
/// The metadata of its fields goes, of kept ones too: Spark ML writes there the labels that a column was indexed from.
fn rewrite_spark(tree: Value, output: &Fields) -> Option<Value> {
    let fields = spark_fields(tree.get("fields")?.as_array()?, output);
    Some(json!({ "type": "struct", "fields": fields }))
}

fn spark_fields(fields: &[Value], output: &Fields) -> Vec<Value> {
    let rewrite = |field: &Value| {
        let name = field.get("name")?.as_str()?;
        let arrow = output.iter().find(|arrow| arrow.name() == name)?;
        Some(spark_field(field, arrow))
    };
    fields.iter().filter_map(rewrite).collect()
}

fn spark_field(field: &Value, arrow: &Field) -> Value {
    let nullable = is_treated(arrow) || field["nullable"].as_bool().unwrap_or(true);
    json!({ "name": arrow.name(), "type": spark_type(&field["type"], arrow), "nullable": nullable, "metadata": {} })
}

fn spark_type(data_type: &Value, arrow: &Field) -> Value {
    let mut data_type = data_type.clone();
    match arrow.data_type() {
        DataType::Struct(inner) if data_type.get("fields").is_some() => {
            let fields = data_type["fields"].as_array().map(|fields| spark_fields(fields, inner));
            data_type["fields"] = fields.unwrap_or_default().into();
        }
        DataType::List(element) | DataType::LargeList(element)
            if data_type.get("elementType").is_some() =>
        {
            data_type["elementType"] = spark_type(&data_type["elementType"], element);
        }
        DataType::Map(entries, _) if data_type.get("keyType").is_some() => {
            if let DataType::Struct(inner) = entries.data_type() {
                for (name, arrow) in ["keyType", "valueType"].into_iter().zip(inner) {
                    data_type[name] = spark_type(&data_type[name], arrow);
                }
            }
        }
        leaf if is_treated(arrow) => {
            if let Some(name) = spark_name(leaf) {
                data_type = name.into();
            }
        }
        _ => {}
    }
    data_type
}

fn spark_name(data_type: &DataType) -> Option<&'static str> {
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary",
        DataType::Int64 => "long",
        _ => return None,
    })
}

fn is_treated(field: &Field) -> bool {
    matches!(Tags::read(field), Ok(Some(_)) | Err(_))
}

/// The dtypes of pandas that an Arrow type alone does not lead to.
const DTYPES: [&str; 13] = [
    "Float32", "Float64", "Int16", "Int32", "Int64", "Int8", "UInt16", "UInt32", "UInt64", "UInt8",
    "boolean", "str", "string",
];
const PANDAS: &str = "pandas";
const SPARK: &str = "org.apache.spark.sql.parquet.row.metadata";
