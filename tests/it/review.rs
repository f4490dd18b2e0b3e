//! What an attacker, or an unlucky program between mask and unmask, could make of the data: no wrong value may come out unnoticed.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array,
    Decimal256Array, DictionaryArray, DurationSecondArray, FixedSizeBinaryArray,
    FixedSizeListArray, Float64Array, Int8Array, Int64Array, ListArray, MapArray, RecordBatch,
    StringArray, StructArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int8Type, Int64Type, Schema};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokenize_core::{Error, FieldPath, Remasker, UnmaskOptions, Unmasker};

use crate::fixture::{Fixture, one, policy, shared, text, texts};

const MANIFEST: &str = "tokenize.manifest";

fn mask(fixture: &Fixture, rules: &str, batch: &RecordBatch) -> RecordBatch {
    try_mask(fixture, rules, batch).unwrap()
}

fn try_mask(fixture: &Fixture, rules: &str, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    fixture.tokenizer(rules).plan_mask(&batch.schema())?.mask(batch)
}

fn unmask(fixture: &Fixture, masked: &RecordBatch) -> Result<RecordBatch, Error> {
    Unmasker::new(&fixture.keyring).plan(&masked.schema())?.unmask(masked)
}

fn unmask_only(
    fixture: &Fixture,
    masked: &RecordBatch,
    columns: &[&str],
) -> Result<RecordBatch, Error> {
    let columns = columns.iter().map(|path| path.parse::<FieldPath>().unwrap()).collect();
    let options = UnmaskOptions { columns: Some(columns), key_version: None };
    Unmasker::new(&fixture.keyring).options(options).plan(&masked.schema())?.unmask(masked)
}

/// The batch with another array in one column, of another type perhaps, all metadata left as it is.
fn with_column(batch: &RecordBatch, at: usize, array: ArrayRef) -> RecordBatch {
    let mut columns = batch.columns().to_vec();
    let mut fields: Vec<Field> =
        batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    fields[at] = fields[at].clone().with_data_type(array.data_type().clone());
    columns[at] = array;
    RecordBatch::try_new(
        Schema::new_with_metadata(fields, batch.schema().metadata().clone()).into(),
        columns,
    )
    .unwrap()
}

fn with_metadata(batch: &RecordBatch, metadata: HashMap<String, String>) -> RecordBatch {
    let schema = batch.schema().as_ref().clone().with_metadata(metadata);
    RecordBatch::try_new(schema.into(), batch.columns().to_vec()).unwrap()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

// ---- the manifest ----

/// A manifest that says it needs no MAC vouches for nothing that can be reversed.
#[test]
fn a_manifest_without_a_reveal_mac_reveals_nothing() {
    let fixture = Fixture::new();
    let masked = mask(
        &fixture,
        "v: { action: tokenize, format: digits, domain: a }",
        &one(&text("1234567890")),
    );
    let schema = masked.schema();
    let mut manifest: Value = serde_json::from_str(&schema.metadata()[MANIFEST]).unwrap();
    manifest["columns"][0]["domain"] = json!("b");
    for root in ["none", "pseudonym"] {
        manifest["mac"] = json!({ "root": root, "key_version": 0, "value": "" });
        let mut tags = schema.field(0).metadata().clone();
        tags.insert("tokenize.domain".to_owned(), "b".to_owned());
        let field = schema.field(0).clone().with_metadata(tags);
        let forged = Schema::new_with_metadata(
            vec![field],
            HashMap::from([(MANIFEST.to_owned(), manifest.to_string())]),
        );
        let forged = RecordBatch::try_new(forged.into(), masked.columns().to_vec()).unwrap();
        assert!(unmask(&fixture, &forged).is_err(), "{root}");
    }
}

#[test]
fn a_file_with_nothing_reversible_can_be_unmasked_to_itself() {
    let fixture = Fixture::new();
    let masked = mask(&fixture, "v: { action: redact }", &one(&text("x")));
    assert_eq!(unmask(&fixture, &masked).unwrap().column(0), masked.column(0));
}

/// Columns masked in an earlier pass and kept in a later one still open, whatever the later pass did.
#[test]
fn a_second_pass_does_not_lock_out_the_first() {
    for second in ["redact", "pseudonymize, domain: d", "tokenize, format: digits, domain: d"] {
        let fixture = Fixture::new();
        let clear = batch(vec![("a", text("123-45-6789")), ("b", text("1234567890"))]);
        let first =
            mask(&fixture, "a: { action: tokenize, format: us_ssn }\nb: { action: keep }", &clear);
        let twice =
            mask(&fixture, &format!("a: {{ action: keep }}\nb: {{ action: {second} }}"), &first);
        assert_eq!(unmask(&fixture, &twice).unwrap().column(0), clear.column(0), "{second}");
    }
}

#[test]
fn a_second_pass_does_not_vouch_for_forged_tags() {
    let fixture = Fixture::new();
    let clear = batch(vec![("a", text("1234567890")), ("b", text("x"))]);
    let first = mask(
        &fixture,
        "a: { action: tokenize, format: digits, domain: one }\nb: { action: keep }",
        &clear,
    );
    let schema = first.schema();
    let mut tags = schema.field(0).metadata().clone();
    tags.insert("tokenize.domain".to_owned(), "two".to_owned());
    let fields = vec![schema.field(0).clone().with_metadata(tags), schema.field(1).clone()];
    let forged = Schema::new_with_metadata(fields, schema.metadata().clone());
    let forged = RecordBatch::try_new(forged.into(), first.columns().to_vec()).unwrap();
    assert!(try_mask(&fixture, "a: { action: keep }\nb: { action: encrypt }", &forged).is_err());
    let bare = with_metadata(&first, HashMap::new());
    assert!(try_mask(&fixture, "a: { action: keep }\nb: { action: encrypt }", &bare).is_err());
}

#[test]
fn two_keyrings_in_one_file_are_refused_before_it_is_written() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    let clear = batch(vec![("a", text("123-45-6789")), ("b", text("x"))]);
    let first =
        mask(&fixture, "a: { action: tokenize, format: us_ssn }\nb: { action: keep }", &clear);
    assert!(try_mask(&other, "a: { action: keep }\nb: { action: encrypt }", &first).is_err());
}

/// The manifest is gone, the tags are still there: the policy must not overrule them.
#[test]
fn a_policy_does_not_overrule_tags() {
    let fixture = Fixture::new();
    let masked = mask(
        &fixture,
        "v: { action: tokenize, format: digits, domain: a }",
        &one(&text("1234567890")),
    );
    let stripped = with_metadata(&masked, HashMap::new());
    let other = policy("v: { action: tokenize, format: digits, domain: b }");
    let plan = Unmasker::new(&fixture.keyring).policy(other).plan(&stripped.schema());
    assert!(plan.is_err());
}

// ---- unmask never destroys or makes up a value ----

#[test]
fn unmask_stops_at_a_bad_token() {
    let fixture = Fixture::new();
    for on_invalid in ["redact", "nullify"] {
        let rules = format!("v: {{ action: tokenize, format: us_ssn, on_invalid: {on_invalid} }}");
        let masked = mask(&fixture, &rules, &one(&text("123-45-6789")));
        let damaged = with_column(&masked, 0, text("not a token"));
        assert!(unmask(&fixture, &damaged).is_err(), "{on_invalid}");
        let rule = json!({ "action": "tokenize", "format": "us_ssn", "on_invalid": on_invalid });
        assert!(
            fixture.unmask_one(&rule, &text("not a token")).is_err(),
            "{on_invalid}, by policy"
        );
        let rule = json!({ "action": "encrypt", "on_invalid": on_invalid });
        assert!(
            fixture
                .unmask_one(&rule, &shared(BinaryArray::from_iter_values([b"no cell"])))
                .is_err(),
            "{on_invalid}, by policy"
        );
    }
}

/// Unmasking the subject first and the dates later would move them back by another subject's days.
#[test]
fn dates_do_not_move_back_by_a_subject_that_is_no_longer_masked() {
    let fixture = Fixture::new();
    let clear =
        batch(vec![("who", text("1234567890")), ("day", shared(Date32Array::from(vec![10_000])))]);
    let rules = "who: { action: tokenize, format: digits, domain: who }\nday: { action: shift_date, subject: who, max_days: 3000 }";
    let masked = mask(&fixture, rules, &clear);
    let half = unmask_only(&fixture, &masked, &["who"]);
    let whole = half.and_then(|half| unmask(&fixture, &half));
    assert!(whole.is_err() || whole.unwrap().column(1) == clear.column(1));
    let half = unmask_only(&fixture, &masked, &["day"]).unwrap();
    assert_eq!(unmask(&fixture, &half).unwrap().columns(), clear.columns());
    assert_eq!(unmask(&fixture, &masked).unwrap().columns(), clear.columns());
}

/// Another program rewrote the column with more digits after the point and kept its metadata.
#[test]
fn decimals_of_another_scale_do_not_come_back_a_hundredfold() {
    let fixture = Fixture::new();
    let money = |unscaled: i128, scale| -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![unscaled]).with_precision_and_scale(20, scale).unwrap())
    };
    let rules =
        "v: { action: tokenize, format: decimal, range: [\"0.00\", \"99999.99\"], domain: d }";
    let masked = mask(&fixture, rules, &one(&money(1234, 2)));
    let token = masked.column(0).as_primitive::<arrow::datatypes::Decimal128Type>().value(0);
    let rewritten = with_column(&masked, 0, money(token * 100, 4));
    let clear = unmask(&fixture, &rewritten);
    assert!(clear.is_err() || clear.unwrap().column(0) == &money(1234, 2));
}

// ---- what masks must unmask ----

#[test]
fn a_subject_may_be_a_sibling_of_its_date() {
    let fixture = Fixture::new();
    let fields = Fields::from(vec![
        Field::new("who", DataType::Utf8, true),
        Field::new("day", DataType::Date32, true),
    ]);
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(10), Some(20), None]));
    let who = texts([Some("a"), Some("b"), None]);
    let nulls = NullBuffer::from(vec![true, true, false]);
    let visit: ArrayRef = Arc::new(StructArray::new(fields, vec![who, days], Some(nulls)));
    let clear = batch(vec![("visit", visit)]);
    for who in ["keep", "pseudonymize, domain: who", "encrypt, mode: deterministic"] {
        let rules = format!(
            "visit.who: {{ action: {who} }}\nvisit.day: {{ action: shift_date, subject: visit.who, max_days: 99 }}"
        );
        let masked = mask(&fixture, &rules, &clear);
        let clear_again = unmask(&fixture, &masked).unwrap();
        assert_eq!(
            clear_again.column(0).as_struct().column(1),
            clear.column(0).as_struct().column(1),
            "{who}"
        );
    }
}

/// Dictionaries of every value type survive encryption, whose cells are no dictionary.
#[test]
fn dictionaries_of_every_type_come_back() {
    let fixture = Fixture::new();
    let values: Vec<ArrayRef> = vec![
        texts([Some("a"), Some("b")]),
        shared(BinaryArray::from_iter_values([b"a", b"b"])),
        shared(FixedSizeBinaryArray::try_from_iter([[1_u8; 3], [2; 3]].iter()).unwrap()),
        shared(Int64Array::from(vec![1, 2])),
        shared(Float64Array::from(vec![-0.0, f64::NAN])),
        shared(BooleanArray::from(vec![true, false])),
        shared(Date32Array::from(vec![1, 2])),
        shared(Date64Array::from(vec![86_400_000, 2 * 86_400_000])),
        shared(TimestampMicrosecondArray::from(vec![1, 2]).with_timezone("UTC")),
        shared(Time64MicrosecondArray::from(vec![1, 2])),
        shared(Decimal128Array::from(vec![1, 2]).with_precision_and_scale(12, 2).unwrap()),
    ];
    for values in values {
        let column: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::new(
            Int8Array::from(vec![Some(1), None, Some(0), Some(1)]),
            values,
        ));
        for rules in [
            "v: { action: encrypt }",
            "v: { action: encrypt, mode: deterministic, output: string }",
        ] {
            let masked = mask(&fixture, rules, &one(&column));
            let clear = unmask(&fixture, &masked)
                .unwrap_or_else(|error| panic!("{}: {error}", column.data_type()));
            let plain = |array: &ArrayRef| {
                let dictionary = array.as_any_dictionary();
                arrow::compute::take(dictionary.values(), dictionary.keys(), None).unwrap()
            };
            assert_eq!(clear.column(0).data_type(), column.data_type());
            assert_eq!(
                format!("{:?}", plain(clear.column(0))),
                format!("{:?}", plain(&column)),
                "{}",
                column.data_type()
            );
        }
    }
}

/// Every format on texts that nearly fit it: what is taken comes back.
#[test]
fn whatever_masks_comes_back() {
    let fixture = Fixture::of_vectors();
    let rules = [
        (json!({ "format": "email" }), "[a._+]{1,6}[bZ0]{0,3}[._-]{0,2}@[cD.]{1,4}"),
        (json!({ "format": "email" }), "([a-zA-Z0-9]{1,2}[._+-]{0,3}){1,20}@x"),
        (json!({ "format": "us_ssn" }), "[06789]{3}-?[01]{2} ?[01]{4}-?"),
        (json!({ "format": "pan" }), "[0-9]{11,19}|[0-9]{4}[- ][0-9]{8}"),
        (
            json!({ "format": "pan", "keep": { "first": 2, "last": 4 }, "check_digit": "invalid" }),
            "[0-9]{11,20}",
        ),
        (json!({ "format": "phone" }), "\\+(1|7|20|3[0-9]|375|4[0-9]|44|49|81|86)[ (]?[0-9]{6,11}"),
        (json!({ "format": "phone", "region": "BY" }), "(8|80|0)?[0-9 ]{5,11}"),
        (json!({ "format": "phone", "region": "HU" }), "(06|0)?[0-9 ]{7,10}"),
        (json!({ "format": "phone", "region": "US" }), "1?[0-9]{9,11}"),
        (json!({ "format": "phone", "region": "RU" }), "[78]?[0-9]{9,11}"),
        (json!({ "format": "phone", "region": "IT" }), "[03]?[0-9]{5,12}"),
        (json!({ "format": "phone", "region": "AR" }), "0?[0-9]{7,12}"),
        (
            json!({ "format": "ip" }),
            "[0-9]{1,3}\\.[0-9]\\.[0-9]{2}\\.[1-9]|::(ffff:)?[1-9a-f]{1,4}(:[1-9a-f]{1,4})?",
        ),
        (
            json!({ "format": "ip", "prefix": "preserve" }),
            "1[0-9]\\.[0-9]\\.1\\.[1-9]|::ffff:1\\.2\\.3\\.[4-9]|::[1-9a-f]{1,4}",
        ),
        (json!({ "format": "mac" }), "[0-9a-f]{4}\\.?[0-9a-f]{4}\\.?[0-9a-f]{4}"),
        (
            json!({ "format": "uuid", "case": "upper" }),
            "[0-9A-F]{8}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{12}",
        ),
        (json!({ "format": "digits", "small_domain": "permute" }), "[0-9 -]{1,9}"),
        (json!({ "format": "alphabet", "alphabet": "aé\u{301}😀 -" }), "[aé\u{301}😀 ._-]{1,30}"),
        (json!({ "format": "alphanumeric" }), "[a-cA-C0-9_ -]{1,12}"),
        (json!({ "format": "integer", "range": ["-5000000", "37"] }), "-?[0-9]{1,8}"),
        (
            json!({ "format": "decimal", "range": ["-5000000.5", "37"] }),
            "-?[0-9]{1,8}\\.[0-9]{0,2}",
        ),
        (
            json!({ "format": "date", "range": ["0001-01-01", "9999-12-31"] }),
            "[019]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9]Z?)?",
        ),
    ];
    let mut runner = TestRunner::deterministic();
    for (mut rule, pattern) in rules {
        rule["action"] = json!("tokenize");
        rule["domain"] = json!("d");
        rule["on_invalid"] = json!("nullify");
        let strategy = proptest::string::string_regex(pattern).unwrap();
        let values: Vec<String> =
            (0..3000).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
        let masked = fixture
            .mask_one(&rule, &texts(values.iter().map(|value| Some(value.as_str()))))
            .unwrap();
        let masked = masked.as_string::<i32>();
        let taken: Vec<(&str, &str)> = values
            .iter()
            .zip(masked)
            .filter_map(|(value, token)| Some((value.as_str(), token?)))
            .collect();
        assert!(taken.len() >= 20, "{rule}: only {} values fit", taken.len());
        rule["on_invalid"] = json!("fail");
        let tokens = texts(taken.iter().map(|(_, token)| Some(*token)));
        let clear =
            fixture.unmask_one(&rule, &tokens).unwrap_or_else(|error| panic!("{rule}: {error}"));
        assert_eq!(&clear, &texts(taken.iter().map(|(value, _)| Some(*value))), "{rule}");
        let by_token: HashMap<&str, &str> =
            taken.iter().map(|(value, token)| (*token, *value)).collect();
        assert!(
            taken.iter().all(|(value, token)| by_token[token] == *value),
            "{rule}: two values share a token"
        );
    }
}

// ---- what nobody may see ----

/// The metadata of a list or struct is that of the values in it.
#[test]
fn metadata_of_containers_does_not_survive() {
    let fixture = Fixture::new();
    let element = Arc::new(Field::new("item", DataType::Utf8, true));
    let list: ArrayRef = Arc::new(ListArray::new(
        element,
        OffsetBuffer::from_lengths([1]),
        text("123-45-6789"),
        None,
    ));
    let note = HashMap::from([
        ("example".to_owned(), "123-45-6789".to_owned()),
        ("PARQUET:field_id".to_owned(), "7".to_owned()),
    ]);
    let field = Field::new("v", list.data_type().clone(), true).with_metadata(note);
    let clear = RecordBatch::try_new(Schema::new(vec![field]).into(), vec![list]).unwrap();
    let masked = mask(&fixture, "\"v[]\": { action: tokenize, format: us_ssn }", &clear);
    assert!(!format!("{:?}", masked.schema()).contains("123-45-6789"));
    assert_eq!(masked.schema().field(0).metadata()["PARQUET:field_id"], "7");
}

/// Spark writes the labels that an index was made from into the metadata of the index, a column that may well be kept.
#[test]
fn labels_in_spark_metadata_do_not_survive() {
    let fixture = Fixture::new();
    let spark = json!({ "type": "struct", "seen": "Jane Doe", "fields": [
        { "name": "name", "type": "string", "nullable": true, "metadata": {} },
        { "name": "index", "type": "long", "nullable": true, "metadata": { "ml_attr": { "vals": ["Jane Doe"], "type": "nominal" } } },
    ] });
    let key = "org.apache.spark.sql.parquet.row.metadata";
    let clear =
        batch(vec![("name", text("Jane Doe")), ("index", shared(Int64Array::from(vec![0])))]);
    let clear = with_metadata(&clear, HashMap::from([(key.to_owned(), spark.to_string())]));
    let masked = mask(&fixture, "name: { action: encrypt }\nindex: { action: keep }", &clear);
    let passed = &masked.schema().metadata()[key].clone();
    assert!(passed.contains("index") && !passed.contains("Jane Doe"), "{passed}");
}

/// pyarrow passes Spark's schema on as text, and knows nothing of the tags in it.
#[test]
fn tags_that_only_spark_s_schema_has_are_seen_in_batches() {
    let fixture = Fixture::new();
    let clear = batch(vec![
        ("name", text("Jane Doe")),
        ("list", shared(ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(7)])]))),
    ]);
    let columns = "name: { action: encrypt }\n\"list[]\": { action: tokenize, format: integer, domain: d, range: [0, 999999999] }";
    let masked = mask(&fixture, columns, &clear);
    let carried = tokenize_core::spark::of_columns(&masked.schema()).into_iter();
    let fields: Vec<Value> = carried
        .map(|(name, tags)| json!({ "name": name, "type": "string", "metadata": serde_json::from_str::<Value>(&tags).unwrap() }))
        .collect();
    let spark = json!({ "type": "struct", "fields": fields }).to_string();
    let key = "org.apache.spark.sql.parquet.row.metadata".to_owned();
    let bare =
        batch(vec![("name", masked.column(0).clone()), ("list", untagged(masked.column(1)))]);
    let read = with_metadata(&bare, HashMap::from([(key, spark)]));

    let twice = fixture.tokenizer(columns).plan_mask(&read.schema()).err().unwrap().to_string();
    assert!(twice.contains("name") && twice.contains("is masked already"), "{twice}");
    let plan = Unmasker::new(&fixture.keyring).plan(&read.schema()).unwrap();
    assert_eq!(plan.unmask(&read).unwrap().columns(), clear.columns());
    assert!(Remasker::new(&fixture.keyring).plan(&read.schema()).is_ok());
}

fn untagged(list: &ArrayRef) -> ArrayRef {
    let list: &ListArray = list.as_list();
    let (_, offsets, values, nulls) = list.clone().into_parts();
    let element = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Arc::new(ListArray::new(element, offsets, values, nulls))
}

// ---- outside data that must not stop the program ----

fn map() -> ArrayRef {
    let fields = Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Utf8, true),
    ]);
    let entries = StructArray::new(
        fields.clone(),
        vec![Arc::new(StringArray::from(vec!["k"])), text("v")],
        None,
    );
    let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
    Arc::new(MapArray::new(field, OffsetBuffer::new(vec![0, 1].into()), entries, None, false))
}

#[test]
fn foreign_metadata_of_another_shape_does_no_harm() {
    let fixture = Fixture::new();
    for foreign in [
        json!("string"),
        json!(null),
        json!(7),
        json!([]),
        json!({ "type": "map" }),
        json!({ "type": "struct", "fields": 1 }),
    ] {
        let spark = json!({ "type": "struct", "fields": [{ "name": "m", "type": foreign }, 1, "m", { "name": [] }] });
        let pandas = json!({ "columns": [{ "name": "m" }, "m", 1, null], "index_columns": [1, "m", [], {}] });
        let metadata = HashMap::from([
            ("org.apache.spark.sql.parquet.row.metadata".to_owned(), spark.to_string()),
            ("pandas".to_owned(), pandas.to_string()),
        ]);
        let clear = with_metadata(&batch(vec![("m", map())]), metadata);
        mask(&fixture, "\"m{key}\": { action: keep }\n\"m{value}\": { action: encrypt }", &clear);
    }
}

/// A type's name is outside data too, and is read before anything vouches for it.
#[test]
fn a_type_of_a_million_dictionaries_is_refused() {
    let fixture = Fixture::new();
    let deep = format!("{}utf8{}", "dictionary(int8,".repeat(1_000_000), ")".repeat(1_000_000));
    let tags =
        [("tokenize.action", "tokenize"), ("tokenize.params", "{}"), ("tokenize.type", &deep)];
    let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let field = Field::new("v", DataType::Utf8, true).with_metadata(tags.into());
    let masked = RecordBatch::try_new(Schema::new(vec![field]).into(), vec![text("x")]).unwrap();
    assert!(try_mask(&fixture, "v: { action: keep }", &masked).is_err());
}

#[test]
fn redact_takes_every_type() {
    let fixture = Fixture::new();
    let columns: Vec<ArrayRef> = vec![
        shared(DurationSecondArray::from(vec![1, 2])),
        shared(Decimal256Array::from(vec![None, Some(arrow::datatypes::i256::MIN)])),
        shared(arrow::array::Float16Array::from_iter_values([])),
        shared(arrow::array::IntervalYearMonthArray::from(vec![1])),
        shared(Int64Array::from(vec![1])),
        shared(DictionaryArray::<Int8Type>::new(
            Int8Array::from(vec![0, 0]),
            Arc::new(Int64Array::from(vec![7])),
        )),
        shared(
            arrow::array::RunArray::try_new(
                &arrow::array::Int32Array::from(vec![2]),
                &StringArray::from(vec!["a"]),
            )
            .unwrap(),
        ),
    ];
    for column in columns {
        let masked = fixture
            .mask_one(&json!({ "action": "redact" }), &column)
            .unwrap_or_else(|error| panic!("{}: {error}", column.data_type()));
        assert_eq!(masked.len(), column.len());
        assert_eq!(masked.logical_null_count(), column.len(), "{}", column.data_type());
    }
}

/// Nulls above elements and fields that are never null themselves, in every kind of container.
#[test]
fn leaves_that_are_never_null_under_parents_that_are() {
    let fixture = Fixture::new();
    let leaf = || Field::new("item", DataType::Utf8, false);
    let values: ArrayRef =
        texts([Some("123-45-6789"), Some("secret-one"), Some("223-45-6789"), Some("secret-two")]);
    let nulls = || Some(NullBuffer::from(vec![true, false, true, false]));
    let person: ArrayRef =
        Arc::new(StructArray::new(Fields::from(vec![leaf()]), vec![values.clone()], nulls()));
    let pairs = NullBuffer::from(vec![false, true]);
    let values_of_pairs: ArrayRef =
        texts([Some("secret-one"), Some("secret-two"), Some("123-45-6789"), Some("223-45-6789")]);
    let fixed: ArrayRef =
        Arc::new(FixedSizeListArray::new(Arc::new(leaf()), 2, values_of_pairs, Some(pairs)));
    let offsets = OffsetBuffer::from_lengths([1, 1, 1, 1]);
    let list: ArrayRef = Arc::new(ListArray::new(Arc::new(leaf()), offsets, values, nulls()));
    for (column, path) in [(person, "c.item"), (fixed, "c[]"), (list, "c[]")] {
        let masked = mask(
            &fixture,
            &format!("\"{path}\": {{ action: tokenize, format: us_ssn }}"),
            &batch(vec![("c", column.clone())]),
        );
        assert!(!format!("{:?}", masked.column(0).to_data()).contains("secret"));
        assert_eq!(unmask(&fixture, &masked).unwrap().column(0), &column);
    }
}

#[test]
fn lists_of_no_elements_and_empty_batches_pass() {
    let fixture = Fixture::new();
    let element = Arc::new(Field::new("item", DataType::Utf8, true));
    let empty = texts(std::iter::empty());
    let none: ArrayRef =
        Arc::new(FixedSizeListArray::try_new_with_length(element, 0, empty, None, 3).unwrap());
    let clear = batch(vec![("c", none)]);
    let masked = mask(&fixture, "\"c[]\": { action: tokenize, format: us_ssn }", &clear);
    assert_eq!(masked.num_rows(), 3);
    let dropped = mask(&fixture, "c: { action: drop }", &clear);
    assert_eq!((dropped.num_columns(), dropped.num_rows()), (0, 3));
}

#[test]
fn empty_binaries_become_null_pseudonyms_in_a_column_without_nulls() {
    let fixture = Fixture::new();
    let cells: ArrayRef = Arc::new(BinaryArray::from_iter_values([b"".as_slice(), b"a"]));
    let clear = RecordBatch::try_from_iter([("v", cells)]).unwrap();
    assert_eq!(
        mask(&fixture, "v: { action: pseudonymize, domain: d, output: int64 }", &clear)
            .column(0)
            .null_count(),
        1
    );
}

#[test]
fn huge_floats_are_not_pulled_to_the_end_of_an_integer() {
    let fixture = Fixture::new();
    let rule = |to: &str| json!({ "action": "generalize", "to": to, "size": "10", "on_invalid": "nullify" });
    let column = shared(Float64Array::from(vec![1e300, -1e300]));
    for to in ["bucket", "round"] {
        let masked = fixture.mask_one(&rule(to), &column).unwrap();
        let masked = masked.as_primitive::<arrow::datatypes::Float64Type>();
        for i in 0..2 {
            assert!(masked.is_null(i) || masked.value(i).abs() > 1e299, "{to}");
        }
    }
}

// ---- the gate ----

/// Two parameter sets in one domain break the promise that tokens match; of decimals it shows only with the schema.
#[test]
fn one_domain_has_one_scale() {
    let fixture = Fixture::new();
    let money = |scale| -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![0]).with_precision_and_scale(20, scale).unwrap())
    };
    let rule = "{ action: tokenize, format: decimal, range: [0, 1000000], domain: money }";
    let rules = format!("a: {rule}\nb: {rule}");
    assert!(try_mask(&fixture, &rules, &batch(vec![("a", money(2)), ("b", money(2))])).is_ok());
    assert!(try_mask(&fixture, &rules, &batch(vec![("a", money(2)), ("b", money(4))])).is_err());
}

#[test]
fn two_containers_of_one_name_are_refused() {
    let fixture = Fixture::new();
    let part = |name: &str| -> ArrayRef {
        Arc::new(StructArray::new(
            Fields::from(vec![Field::new(name, DataType::Utf8, true)]),
            vec![text("x")],
            None,
        ))
    };
    let clear = batch(vec![("a", part("x")), ("a", part("y"))]);
    assert!(try_mask(&fixture, "a: { action: keep }", &clear).is_err());
}

/// A join has put another column of the same name beside the masked one.
#[test]
fn a_clear_column_is_not_unmasked_for_its_name() {
    let fixture = Fixture::new();
    let masked =
        mask(&fixture, "v: { action: tokenize, format: us_ssn }", &one(&text("123-45-6789")));
    let schema = masked.schema();
    let fields = vec![schema.field(0).clone(), Field::new("v", DataType::Utf8, true)];
    let columns = vec![masked.column(0).clone(), text("223-45-6789")];
    let joined = Schema::new_with_metadata(fields, schema.metadata().clone());
    let joined = RecordBatch::try_new(joined.into(), columns).unwrap();
    let clear = unmask(&fixture, &joined);
    assert!(clear.is_err() || clear.unwrap().column(1) == &text("223-45-6789"));
}

/// One column has lost its tags: its tokens must not pass for clear values.
#[test]
fn a_column_without_its_tags_is_noticed() {
    let fixture = Fixture::new();
    let clear = batch(vec![("a", text("123-45-6789")), ("b", text("223-45-6789"))]);
    let masked = mask(
        &fixture,
        "a: { action: tokenize, format: us_ssn }\nb: { action: tokenize, format: us_ssn }",
        &clear,
    );
    let schema = masked.schema();
    let fields =
        vec![schema.field(0).clone().with_metadata(HashMap::new()), schema.field(1).clone()];
    let stripped = Schema::new_with_metadata(fields, schema.metadata().clone());
    let stripped = RecordBatch::try_new(stripped.into(), masked.columns().to_vec()).unwrap();
    assert!(unmask(&fixture, &stripped).is_err());
}

/// After a partial unmask the rest opens, and what is clear is not unmasked again, even if its tags come back.
#[test]
fn a_partial_unmask_says_so() {
    let fixture = Fixture::new();
    let clear = batch(vec![("a", text("123-45-6789")), ("b", text("223-45-6789"))]);
    let masked = mask(
        &fixture,
        "a: { action: tokenize, format: us_ssn }\nb: { action: tokenize, format: us_ssn, domain: b }",
        &clear,
    );
    let half = unmask_only(&fixture, &masked, &["a"]).unwrap();
    assert_eq!(unmask(&fixture, &half).unwrap().columns(), clear.columns());
    let fields = vec![masked.schema().field(0).clone(), half.schema().field(1).clone()];
    let retagged = Schema::new_with_metadata(fields, half.schema().metadata().clone());
    let retagged = RecordBatch::try_new(retagged.into(), half.columns().to_vec()).unwrap();
    assert!(unmask(&fixture, &retagged).is_err());
}

/// As in masking, a column's own rule comes before a glob, wherever it is written.
#[test]
fn cells_are_opened_by_the_rule_that_made_them() {
    let fixture = Fixture::new();
    let numbers = shared(Int64Array::from(vec![7]));
    let rules = "\"v*\": { action: keep }\nv: { action: encrypt, domain: d }";
    let masked = mask(&fixture, rules, &one(&numbers));
    let bare = one(masked.column(0));
    let unmasker = Unmasker::new(&fixture.keyring).policy(policy(rules));
    let plan =
        unmasker.plan_with_samples(&bare.schema(), std::iter::once(Ok(bare.clone()))).unwrap();
    assert_eq!(plan.unmask(&bare).unwrap().column(0), &numbers);
}

// ---- files ----

fn write_parquet(path: &std::path::Path, batch: &RecordBatch) {
    let mut writer = parquet::arrow::ArrowWriter::try_new(
        std::fs::File::create(path).unwrap(),
        batch.schema(),
        None,
    )
    .unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// Two passes and two partial unmasks through files give back what went in.
#[test]
fn files_go_through_in_parts() {
    let fixture = Fixture::new();
    let clear = batch(vec![
        ("a", text("123-45-6789")),
        ("b", text("223-45-6789")),
        ("c", shared(Date32Array::from(vec![9]))),
    ]);
    let path = |name: &str| fixture.path(&format!("{name}.parquet"));
    write_parquet(&path("0"), &clear);
    let options = tokenize_core::FileOptions::default();
    let first = "a: { action: tokenize, format: us_ssn }\nb: { action: keep }\nc: { action: keep }";
    let second = "a: { action: keep }\nb: { action: encrypt }\nc: { action: shift_date, subject: a, max_days: 9 }";
    tokenize_core::mask_file(&fixture.tokenizer(first), &path("0"), &path("1"), &options).unwrap();
    tokenize_core::mask_file(&fixture.tokenizer(second), &path("1"), &path("2"), &options).unwrap();
    let only = |columns: &[&str]| {
        let columns = columns.iter().map(|path| path.parse::<FieldPath>().unwrap()).collect();
        Unmasker::new(&fixture.keyring)
            .options(UnmaskOptions { columns: Some(columns), key_version: None })
    };
    assert!(tokenize_core::unmask_file(&only(&["a"]), &path("2"), &path("x"), &options).is_err());
    tokenize_core::unmask_file(&only(&["b"]), &path("2"), &path("3"), &options).unwrap();
    tokenize_core::unmask_file(&Unmasker::new(&fixture.keyring), &path("3"), &path("4"), &options)
        .unwrap();
    let file = std::fs::File::open(path("4")).unwrap();
    let mut read = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let read = read.next().unwrap().unwrap();
    assert_eq!(read.columns(), clear.columns());
    assert!(!read.schema().metadata().contains_key(MANIFEST));
}

/// Clear values must not become readable by others because a file for their owner's eyes was replaced.
#[test]
fn a_replaced_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let path = |name: &str| fixture.path(&format!("{name}.parquet"));
    write_parquet(&path("clear"), &one(&text("123-45-6789")));
    let tokenizer = fixture.tokenizer("v: { action: tokenize, format: us_ssn }");
    std::fs::write(path("out"), "old").unwrap();
    std::fs::set_permissions(path("out"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let options = tokenize_core::FileOptions { replace: true, ..Default::default() };
    tokenize_core::mask_file(&tokenizer, &path("clear"), &path("out"), &options).unwrap();
    assert_eq!(std::fs::metadata(path("out")).unwrap().permissions().mode() & 0o777, 0o600);
}

/// A name may be 255 bytes long; what is put around it while the file is written must not make it longer.
#[test]
fn long_names_can_be_written() {
    let fixture = Fixture::new();
    let out = fixture.path(&format!("{}.parquet", "n".repeat(247)));
    write_parquet(&fixture.path("clear.parquet"), &one(&text("123-45-6789")));
    let tokenizer = fixture.tokenizer("v: { action: tokenize, format: us_ssn }");
    tokenize_core::mask_file(
        &tokenizer,
        &fixture.path("clear.parquet"),
        &out,
        &tokenize_core::FileOptions::default(),
    )
    .unwrap();
    assert!(out.exists());
}

/// Every column dropped: the rows are still there.
#[test]
fn rows_without_columns_are_counted() {
    let fixture = Fixture::new();
    write_parquet(&fixture.path("clear.parquet"), &one(&text("x")));
    let tokenizer = fixture.tokenizer("v: { action: drop }");
    let options = tokenize_core::FileOptions::default();
    let report = tokenize_core::mask_file(
        &tokenizer,
        &fixture.path("clear.parquet"),
        &fixture.path("out"),
        &options,
    );
    assert!(report.is_err() || report.unwrap().rows == 1);
}
