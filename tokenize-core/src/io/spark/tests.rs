use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde_json::{Map, Value, json};

use super::{ROW_METADATA, of_columns, read_parquet, with_columns};

fn tagged(field: Field, action: &str) -> Field {
    let tags = [("tokenize.action", action), ("tokenize.params", "{}")];
    field.with_metadata(tags.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
}

/// Every place where a tag can stand, under names that want quoting.
fn masked() -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let inner = vec![text("plain"), tagged(text("s.s"), "inner")];
    let entries =
        vec![tagged(text("key").with_nullable(false), "key"), tagged(text("value"), "value")];
    let entries = Field::new("entries", DataType::Struct(entries.into()), false);
    let fields = vec![
        tagged(text("a.b"), "flat"),
        text("kept"),
        Field::new("struct", DataType::Struct(inner.into()), true),
        Field::new("list", DataType::List(Arc::new(tagged(text("element"), "element"))), true),
        Field::new("map", DataType::Map(Arc::new(entries), false), true),
    ];
    let manifest = [("tokenize.manifest".to_owned(), "{\"m\":1}".to_owned())];
    Schema::new_with_metadata(fields, HashMap::from(manifest))
}

fn bare(schema: &Schema) -> SchemaRef {
    fn strip(field: &Field) -> Field {
        let data_type = match field.data_type() {
            DataType::Struct(fields) => {
                DataType::Struct(fields.iter().map(|field| strip(field)).collect())
            }
            DataType::List(element) => DataType::List(Arc::new(strip(element))),
            DataType::Map(entries, sorted) => DataType::Map(Arc::new(strip(entries)), *sorted),
            other => other.clone(),
        };
        Field::new(field.name(), data_type, field.is_nullable())
    }
    let fields: Vec<Field> = schema.fields().iter().map(|field| strip(field)).collect();
    Arc::new(Schema::new(fields))
}

fn read(columns: &BTreeMap<String, String>) -> BTreeMap<String, Map<String, Value>> {
    let read = |(name, text): (&String, &String)| {
        (name.clone(), serde_json::from_str(text).expect("JSON of ours"))
    };
    columns.iter().map(read).collect()
}

#[test]
fn every_tag_goes_there_and_back() {
    let masked = masked();
    let columns = of_columns(&masked);
    assert_eq!(columns.keys().collect::<Vec<_>>(), ["a.b", "list", "map", "struct"]);
    let column: Value = serde_json::from_str(&columns["struct"]).unwrap();
    let tags = json!({ "tokenize.action": "inner", "tokenize.params": "{}" });
    assert_eq!(
        column,
        json!({ "tokenize.leaves": { ".`s.s`": tags }, "tokenize.manifest": "{\"m\":1}" })
    );
    assert_eq!(*with_columns(&bare(&masked), &read(&columns)), masked);
}

#[test]
fn a_renamed_column_keeps_its_tags() {
    let columns = BTreeMap::from([("mail".to_owned(), of_columns(&masked())["a.b"].clone())]);
    let schema = Arc::new(Schema::new(vec![Field::new("mail", DataType::Utf8, true)]));
    let tagged = with_columns(&schema, &read(&columns));
    assert_eq!(tagged.field(0).metadata()["tokenize.action"], "flat");
}

#[test]
fn columns_of_two_outputs_have_tags_and_no_manifest() {
    let masked = masked();
    let mut columns = read(&of_columns(&masked));
    columns.get_mut("list").unwrap().insert("tokenize.manifest".to_owned(), "{}".into());
    let tagged = with_columns(&bare(&masked), &columns);
    assert_eq!(tagged.fields(), masked.fields());
    assert!(tagged.metadata().is_empty());
}

#[test]
fn what_is_in_the_schema_stays() {
    let masked = Arc::new(masked());
    let other = BTreeMap::from([(
        "a.b".to_owned(),
        json!({ "tokenize.action": "other", "tokenize.manifest": "{}" })
            .as_object()
            .unwrap()
            .clone(),
    )]);
    assert_eq!(with_columns(&masked, &other), masked);
}

#[test]
fn spark_s_schema_is_left_without_tags() {
    let masked = masked();
    let field = |(name, text): (String, String)| {
        let mut metadata: Value = serde_json::from_str(&text).unwrap();
        metadata["comment"] = "of the user".into();
        json!({ "name": name, "type": "string", "nullable": true, "metadata": metadata })
    };
    let fields: Vec<Value> = of_columns(&masked).into_iter().map(field).collect();
    let written = json!({ "type": "struct", "fields": fields }).to_string();
    let metadata = HashMap::from([(ROW_METADATA.to_owned(), written)]);
    let schema = bare(&masked).as_ref().clone().with_metadata(metadata);
    let tagged = read_parquet(&Arc::new(schema)).unwrap();
    assert_eq!(tagged.fields(), masked.fields());
    assert_eq!(tagged.metadata()["tokenize.manifest"], "{\"m\":1}");
    let left = &tagged.metadata()[ROW_METADATA];
    assert!(left.contains("of the user") && !left.contains("tokenize."), "{left}");
    // A second look finds nothing.
    assert_eq!(read_parquet(&bare(&masked)), None);
    let plain = HashMap::from([(ROW_METADATA.to_owned(), left.clone())]);
    assert_eq!(read_parquet(&Arc::new(bare(&masked).as_ref().clone().with_metadata(plain))), None);
}
