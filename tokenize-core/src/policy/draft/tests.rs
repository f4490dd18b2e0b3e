use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{
    DataType, Field, Fields, IntervalUnit, Schema, TimeUnit, UnionFields, UnionMode,
};

use super::*;
use crate::detect::{Class, Detector, Reason, ScanOptions, Scanner};
use crate::pipeline::check_schema;
use crate::policy::{Action, Policy};

/// A report of a schema, before anything is put into it.
fn report(schema: &Arc<Schema>) -> ScanReport {
    let mut scanner = Scanner::new(Detector::standard(), ScanOptions::default());
    scanner.push(&RecordBatch::new_empty(schema.clone())).unwrap();
    scanner.finish()
}

/// The draft, which passes the check of policies and fits the schema.
#[track_caller]
fn checked(report: &ScanReport, schema: &Arc<Schema>) -> Policy {
    let text = report.policy("draft");
    let policy = Policy::from_text(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    check_schema(&policy, schema).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(policy.rules().len(), report.columns.len());
    policy
}

fn column(data_type: DataType) -> Arc<Schema> {
    Arc::new(Schema::new(vec![Field::new("c", data_type, true)]))
}

fn types() -> Vec<DataType> {
    let dictionary = |values| DataType::Dictionary(Box::new(DataType::Int32), Box::new(values));
    let union = UnionFields::from_iter([(0, Arc::new(Field::new("a", DataType::Utf8, true)))]);
    let ends = Arc::new(Field::new("run_ends", DataType::Int32, false));
    let values = Arc::new(Field::new("values", DataType::Utf8, true));
    let mut types = vec![
        DataType::Null,
        DataType::Boolean,
        DataType::Float16,
        DataType::Float32,
        DataType::Float64,
        DataType::Date32,
        DataType::Date64,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Second, None),
        DataType::Time32(TimeUnit::Second),
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Duration(TimeUnit::Second),
        DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Decimal128(12, 0),
        DataType::Decimal128(12, 2),
        DataType::Decimal256(40, 2),
        DataType::Binary,
        DataType::LargeBinary,
        DataType::BinaryView,
        DataType::FixedSizeBinary(16),
        DataType::FixedSizeBinary(5),
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Utf8),
        dictionary(DataType::Int64),
        DataType::Union(union, UnionMode::Sparse),
        DataType::RunEndEncoded(ends, values),
    ];
    types.extend([DataType::Int8, DataType::Int16, DataType::Int32, DataType::Int64]);
    types.extend([DataType::UInt8, DataType::UInt16, DataType::UInt32, DataType::UInt64]);
    types
}

const ENTITIES: &str = "ADDRESS AGE AWS_ACCESS_KEY CITY CREDIT_CARD DATE_OF_BIRTH DE_TAX_ID EMAIL_ADDRESS FIRST_NAME GENDER GENERIC_SECRET IBAN_CODE \
    IP_ADDRESS JWT LAST_NAME LOCATION MAC_ADDRESS MY_OWN ORGANIZATION PASSWORD PERSON PHONE_NUMBER URL USERNAME US_SSN UUID ZIP_CODE";

#[test]
fn every_entity_in_every_type_has_an_action_that_fits() {
    for data_type in types() {
        let schema = column(data_type);
        let mut report = report(&schema);
        let classes = ENTITIES.split(' ').map(|entity| Class::Entity(entity.into()));
        for class in classes.chain([Class::Text, Class::None]) {
            for (values, looked_at) in [(9, 9), (9, 3), (0, 0)] {
                for (share, is_one_type) in [(1.0, true), (0.8, true), (1.0, false)] {
                    let column = &mut report.columns[0];
                    column.verdict.class = class.clone();
                    column.verdict.confidence = 0.9;
                    (column.values, column.looked_at) = (values, looked_at);
                    column.writing.iso_dates = share;
                    column.writing.plus = share;
                    column.writing.us_zips = share;
                    column.is_one_type = is_one_type;
                    checked(&report, &schema);
                }
            }
        }
    }
}

#[test]
fn national_identifiers_are_tokenized_by_their_scheme() {
    for (data_type, expected) in [
        (DataType::Utf8, "c: { action: tokenize, format: \"id:br_cpf\", on_invalid: redact }"),
        (DataType::Int64, "c: { action: pseudonymize, domain: \"br_cpf\", output: int64 }"),
    ] {
        let schema = column(data_type);
        let mut report = report(&schema);
        report.columns[0].verdict.class = Class::Entity("BR_CPF".into());
        let text = report.policy("draft");
        assert!(text.contains(expected), "{text}");
        checked(&report, &schema);
    }
}

#[test]
fn strange_names_are_quoted() {
    let names = [
        "true",
        "NULL",
        "1",
        "a b",
        "a: b",
        "a #b",
        "\"q\"",
        "back\\slash",
        "`t`",
        "a.b",
        "*",
        "x[]",
        "",
        " ",
        "ü",
        "日本",
        "a\nb",
        "\u{85}",
        "\u{feff}x",
        "- a",
        "{k}",
        "😀",
        "\u{7f}",
        "no",
        "a'b",
        "%",
        "@x",
        "!x",
        "&x",
    ];
    let fields: Fields = names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    checked(&report(&schema), &schema);
    let empty = Arc::new(Schema::empty());
    assert_eq!(report(&empty).policy("a: \"b\"\n").lines().count(), 5);
}

#[test]
fn maps_stay_whole() {
    let union = UnionFields::from_iter([(0, Arc::new(Field::new("a", DataType::Utf8, true)))]);
    let entries = DataType::Struct(Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Union(union, UnionMode::Sparse), true),
    ]));
    let map = DataType::Map(Arc::new(Field::new("entries", entries, false)), false);
    let schema = Arc::new(Schema::new(vec![
        Field::new("m", map, true),
        Field::new("other", DataType::Int32, true),
    ]));
    let mut scanned = report(&schema);
    scanned.columns[1].verdict.reasons = vec![Reason::UnknownType];
    let policy = checked(&scanned, &schema);
    assert!(policy.rules()[..2].iter().all(|rule| matches!(rule.action, Action::Drop)));
}

#[test]
fn what_is_masked_is_kept() {
    let metadata = [("tokenize.action".to_owned(), "tokenize".to_owned())].into();
    let field = Field::new("email", DataType::Utf8, true).with_metadata(metadata);
    let schema = Arc::new(Schema::new(vec![field]));
    let text = report(&schema).policy("draft");
    assert!(text.contains("email: { action: keep }"), "{text}");
}
