//! What goes in comes back, in every type, batch size and thread count; and what is in between has the promised form.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    StringViewArray, TimestampNanosecondArray, UInt8Array, new_empty_array,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Int32Type, TimeUnit};
use proptest::prelude::*;
use serde_json::json;

use crate::fixture::{Fixture, one, shared, text, texts};

/// A format as policies write it, and a pattern that its values match.
const FORMATS: [(&str, &str); 18] = [
    (r#"{"format":"digits","domain":"d"}"#, "[0-9]{3}-[0-9]{3,9}( [0-9]{2})?"),
    (r#"{"format":"hex","domain":"d","case":"upper"}"#, "[0-9A-F]{5,40}"),
    (r#"{"format":"letters","domain":"d"}"#, "[A-Za-z]{4,20}'?"),
    (r#"{"format":"alphanumeric","domain":"d"}"#, "[A-Z]{2}[0-9]{3}[a-z0-9]{2,30}-?"),
    (
        r#"{"format":"alphabet","alphabet":"αβγδεζηθικλμνξοπρστυφχψω","domain":"d"}"#,
        "[α-ρτ-ω]{5,50}",
    ),
    (
        r#"{"format":"email"}"#,
        "[a-zA-Z0-9]{1,12}([._+-][a-zA-Z0-9]{1,9}){0,3}@[a-z]{1,9}\\.example",
    ),
    (r#"{"format":"us_ssn"}"#, "[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{9}"),
    (r#"{"format":"id:us_ein"}"#, "(1[0-6]|2[0-7]|3[0-9])-?[0-9]{7}"),
    (r#"{"format":"id:us_mbi"}"#, "[1-9][AC-H][0-9][0-9]-[T-Y][0-9][0-9]-[T-Y]{2}[0-9]{2}"),
    (r#"{"format":"ip"}"#, "(1[0-9]{2}\\.){3}[1-9]"),
    (r#"{"format":"ip","prefix":"preserve","domain":"p"}"#, "(1[0-9]{2}\\.){3}[1-9]"),
    (r#"{"format":"uuid"}"#, "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    (r#"{"format":"mac"}"#, "([0-9a-f]{2}:){5}[0-9a-f]{2}"),
    (r#"{"format":"phone"}"#, "\\+1 ?[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}|\\+49 30 [0-9]{6,8}"),
    (r#"{"format":"integer","range":["-1000000","1000000"],"domain":"d"}"#, "-?[1-9][0-9]{0,5}"),
    (
        r#"{"format":"decimal","range":["0.00","99999.99"],"domain":"d"}"#,
        "[1-9][0-9]{0,4}\\.[0-9]{2}",
    ),
    (
        r#"{"format":"date","small_domain":"permute","domain":"d"}"#,
        "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
    ),
    (r#"{"format":"digits","small_domain":"permute","domain":"d"}"#, "[0-9]{1,5}"),
];

fn rule(options: &str) -> serde_json::Value {
    let mut rule: serde_json::Value = serde_json::from_str(options).unwrap();
    rule["action"] = json!("tokenize");
    rule
}

fn columns() -> impl Strategy<Value = (usize, Vec<Option<String>>)> {
    (0..FORMATS.len()).prop_flat_map(|i| {
        let values =
            proptest::collection::vec(proptest::option::weighted(0.9, FORMATS[i].1), 1..40);
        (Just(i), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn tokens_come_back_and_do_not_depend_on_type_or_batch((i, values) in columns(), cut in 0_usize..40) {
        let fixture = Fixture::of_vectors();
        let rule = rule(FORMATS[i].0);
        let column = texts(values.iter().map(Option::as_deref));
        let masked = fixture.mask_one(&rule, &column).unwrap();
        prop_assert_eq!(masked.nulls(), column.nulls());
        prop_assert_eq!(&fixture.unmask_one(&rule, &masked).unwrap(), &column);

        for string_type in [DataType::LargeUtf8, DataType::Utf8View, dictionary(DataType::Utf8), dictionary(DataType::LargeUtf8)] {
            let other = fixture.mask_one(&rule, &cast(&column, &string_type).unwrap()).unwrap();
            prop_assert_eq!(other.data_type(), &string_type);
            prop_assert_eq!(&cast(&other, &DataType::Utf8).unwrap(), &masked);
        }

        let cut = cut.min(column.len());
        let parts = [column.slice(0, cut), column.slice(cut, column.len() - cut)];
        let parts: Vec<RecordBatch> = parts.iter().map(|part| one(&fixture.mask_one(&rule, part).unwrap())).collect();
        let whole = concat_batches(&parts[0].schema(), &parts).unwrap();
        prop_assert_eq!(whole.column(0), &masked);
    }
}

fn dictionary(values: DataType) -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(values))
}

#[test]
fn tokens_are_the_same_on_any_number_of_threads() {
    let fixture = Fixture::of_vectors();
    let ssn: Vec<String> =
        (0..20_000).map(|i| format!("{:09}", i * 49_999 % 1_000_000_000)).collect();
    let column = texts(ssn.iter().map(|ssn| Some(ssn.as_str())));
    let columns: Vec<(String, ArrayRef)> =
        (0..6).map(|i| (format!("c{i}"), column.clone())).collect();
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let tokenizer = fixture.tokenizer("\"c*\": { action: tokenize, format: us_ssn }");
    let plan = tokenizer.plan_mask(&batch.schema()).unwrap();
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan.mask(&batch).unwrap())
    };
    let alone = with_threads(1);
    assert_eq!(with_threads(2), alone);
    assert_eq!(with_threads(7), alone);
}

/// Masks by one rule with metadata and brings back, for columns of any type.
#[track_caller]
fn comes_back(rule: &serde_json::Value, column: ArrayRef) {
    let fixture = Fixture::of_vectors();
    let plan = fixture
        .plan_one(rule, &column)
        .unwrap_or_else(|error| panic!("{rule} on {}: {error}", column.data_type()));
    let masked = plan
        .mask(&one(&column))
        .unwrap_or_else(|error| panic!("{rule} on {}: {error}", column.data_type()));
    let clear = tokenize_core::Unmasker::new(&fixture.keyring)
        .plan(&masked.schema())
        .unwrap()
        .unmask(&masked)
        .unwrap();
    assert_eq!(clear.column(0), &column, "{rule}");
    assert_eq!(clear.schema().metadata().len(), 0);
    assert_eq!(clear.schema().field(0).metadata().len(), 0);
}

/// A column of each type, with nulls.
fn every_type() -> Vec<ArrayRef> {
    let numbers = Int64Array::from(vec![Some(0), None, Some(100), Some(7)]);
    let strings = texts([Some("a"), None, Some("ü🍏"), Some("a")]);
    let binary =
        BinaryArray::from_opt_vec(vec![Some(b"a".as_slice()), None, Some(b"\0\xff"), Some(b"abc")]);
    let mut columns: Vec<ArrayRef> = vec![
        strings.clone(),
        Arc::new(StringViewArray::from(vec![
            Some("a"),
            None,
            Some("longer than twelve bytes"),
            Some("a"),
        ])),
        Arc::new(binary.clone()),
        Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), Some(true)])),
        Arc::new(Float64Array::from(vec![Some(-0.0), None, Some(f64::INFINITY), Some(1.5)])),
        Arc::new(
            Decimal128Array::from(vec![Some(1250), None, Some(-1), Some(0)])
                .with_precision_and_scale(12, 2)
                .unwrap(),
        ),
        Arc::new(
            TimestampNanosecondArray::from(vec![Some(i64::MIN), None, Some(i64::MAX), Some(-1)])
                .with_timezone("+02:00"),
        ),
    ];
    let from_numbers = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float32,
        DataType::Date64,
        DataType::Time64(TimeUnit::Microsecond),
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(TimeUnit::Second, None),
        DataType::Timestamp(TimeUnit::Millisecond, Some("Europe/Berlin".into())),
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    ];
    columns.extend(from_numbers.iter().map(|data_type| cast(&numbers, data_type).unwrap()));
    let narrow = cast(&numbers, &DataType::Int32).unwrap();
    let from_narrow = [
        DataType::Date32,
        DataType::Time32(TimeUnit::Second),
        DataType::Time32(TimeUnit::Millisecond),
    ];
    columns.extend(from_narrow.iter().map(|data_type| cast(&narrow, data_type).unwrap()));
    let from_strings =
        [DataType::LargeUtf8, dictionary(DataType::Utf8), dictionary(DataType::Utf8View)];
    columns.extend(from_strings.iter().map(|data_type| cast(&strings, data_type).unwrap()));
    columns.extend(
        [DataType::LargeBinary, DataType::BinaryView]
            .iter()
            .map(|data_type| cast(&binary, data_type).unwrap()),
    );
    columns
}

#[test]
fn encrypted_cells_of_every_type_come_back() {
    for column in every_type() {
        for rule in [
            json!({ "action": "encrypt" }),
            json!({ "action": "encrypt", "output": "string" }),
            json!({ "action": "encrypt", "mode": "deterministic" }),
        ] {
            comes_back(&rule, column.clone());
            comes_back(&rule, column.slice(1, 3));
            comes_back(&rule, new_empty_array(column.data_type()));
        }
    }
}

#[test]
fn randomized_cells_do_not_show_equality() {
    let fixture = Fixture::new();
    let column = cast(&texts([Some("same"), Some("same")]), &dictionary(DataType::Utf8)).unwrap();
    let masked = fixture.mask_one(&json!({ "action": "encrypt" }), &column).unwrap();
    let cells = masked.as_binary::<i32>();
    assert_ne!(cells.value(0), cells.value(1));
    let masked = fixture
        .mask_one(&json!({ "action": "encrypt", "mode": "deterministic" }), &column)
        .unwrap();
    let cells = masked.as_binary::<i32>();
    assert_eq!(cells.value(0), cells.value(1));
}

#[test]
fn typed_tokens_come_back() {
    let date = json!({ "action": "tokenize", "format": "date", "domain": "day", "small_domain": "permute" });
    let days: ArrayRef =
        Arc::new(Date32Array::from(vec![Some(0), None, Some(-25_566), Some(47_480), Some(11_016)]));
    comes_back(&date, days.clone());
    for unit in
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond]
    {
        let instants = cast(&days, &DataType::Timestamp(unit, None)).unwrap();
        comes_back(&date, instants.clone());
        comes_back(
            &date,
            cast(&instants, &DataType::Timestamp(unit, Some("+05:30".into()))).unwrap(),
        );
    }
    comes_back(&date, cast(&days, &DataType::Date64).unwrap());

    let ssn = json!({ "action": "tokenize", "format": "us_ssn" });
    let numbers = Int32Array::from(vec![Some(123_456_789), None, Some(1), Some(999_999_999)]);
    comes_back(&ssn, Arc::new(numbers.clone()));
    comes_back(&ssn, cast(&numbers, &DataType::UInt64).unwrap());

    let amount = json!({ "action": "tokenize", "format": "decimal", "range": [0, 100_000], "domain": "amount" });
    let decimals = Decimal128Array::from(vec![Some(0), None, Some(10_000_000), Some(1)])
        .with_precision_and_scale(12, 2)
        .unwrap();
    comes_back(&amount, Arc::new(decimals));

    let integer = json!({ "action": "tokenize", "format": "integer", "range": [-1_000_000, 1_000_000], "domain": "n" });
    comes_back(&integer, Arc::new(Int64Array::from(vec![Some(-1_000_000), None, Some(1_000_000)])));
}

/// The time of day stays, and the same day gives the same token in each type.
#[test]
fn a_day_has_one_token_in_every_type() {
    let fixture = Fixture::of_vectors();
    let rule = json!({ "action": "tokenize", "format": "date", "domain": "day", "small_domain": "permute" });
    let mask = |column: ArrayRef| fixture.mask_one(&rule, &column).unwrap();
    let day = mask(Arc::new(Date32Array::from(vec![11_016])));
    let as_text = mask(text("2000-02-29T12:34:56Z"));
    let instant = mask(Arc::new(TimestampNanosecondArray::from(vec![
        11_016 * 86_400_000_000_000 + 45_296_000_000_123,
    ])));
    let day_text = cast(&day, &DataType::Utf8).unwrap();
    assert_eq!(
        as_text.as_string::<i32>().value(0),
        format!("{}T12:34:56Z", day_text.as_string::<i32>().value(0))
    );
    let instant_text = cast(&instant, &DataType::Utf8).unwrap();
    assert_eq!(
        instant_text.as_string::<i32>().value(0),
        format!("{}T12:34:56.000000123", day_text.as_string::<i32>().value(0))
    );
}

#[test]
fn an_integer_and_its_text_share_a_token_and_a_pseudonym() {
    let fixture = Fixture::of_vectors();
    let ssn = json!({ "action": "tokenize", "format": "us_ssn" });
    let number = fixture.mask_one(&ssn, &shared(Int32Array::from(vec![123_456_789]))).unwrap();
    let dashed = fixture.mask_one(&ssn, &text("123-45-6789")).unwrap();
    let digits: String =
        dashed.as_string::<i32>().value(0).chars().filter(char::is_ascii_digit).collect();
    assert_eq!(number.as_primitive::<Int32Type>().value(0), digits.parse::<i32>().unwrap());

    let pseudonym = json!({ "action": "pseudonymize", "domain": "id" });
    let of_number = fixture.mask_one(&pseudonym, &shared(UInt8Array::from(vec![42]))).unwrap();
    assert_eq!(&of_number, &fixture.mask_one(&pseudonym, &text("42")).unwrap());
}

#[test]
fn dictionaries_are_rebuilt() {
    let fixture = Fixture::of_vectors();
    let keys = Int32Array::from(vec![Some(3), None, Some(1), Some(3), Some(4), Some(2)]);
    let values = StringArray::from(vec![
        Some("900000001"),
        Some("900000002"),
        Some("900000003"),
        Some("900000004"),
        None,
    ]);
    let column: ArrayRef = Arc::new(DictionaryArray::new(keys, Arc::new(values)));
    let masked =
        fixture.mask_one(&json!({ "action": "tokenize", "format": "us_ssn" }), &column).unwrap();
    let dictionary = masked.as_dictionary::<Int32Type>();
    assert_eq!(dictionary.values().len(), 3, "unused entries are gone");
    assert_eq!(
        dictionary.keys().iter().collect::<Vec<_>>(),
        [Some(0), None, Some(1), Some(0), None, Some(2)],
        "in order of first row"
    );

    let coarse = json!({ "action": "truncate", "keep": { "first": 1 } });
    let masked = fixture.mask_one(&coarse, &column).unwrap();
    assert_eq!(masked.as_dictionary::<Int32Type>().values().len(), 1, "duplicates are merged");
}

#[test]
fn empty_strings_stay_empty_or_are_counted() {
    let fixture = Fixture::new();
    let column = texts([Some(""), None, Some("  ")]);
    for rule in [
        json!({ "action": "tokenize", "format": "email", "normalize": ["trim"] }),
        json!({ "action": "pseudonymize", "domain": "d", "normalize": ["trim"] }),
        json!({ "action": "encrypt", "output": "string", "normalize": ["trim"] }),
    ] {
        assert_eq!(
            &fixture.mask_one(&rule, &column).unwrap(),
            &texts([Some(""), None, Some("")]),
            "{rule}"
        );
    }
    let plan = fixture
        .plan_one(&json!({ "action": "pseudonymize", "domain": "d", "output": "int64" }), &column)
        .unwrap();
    let masked = plan.mask(&one(&column)).unwrap();
    assert_eq!(masked.column(0).null_count(), 2);
    assert_eq!(plan.report().columns[0].emptied, 1);
}

#[test]
fn values_that_do_not_fit_are_counted_or_stop_the_run() {
    let fixture = Fixture::new();
    let column = texts([Some("123-45-6789"), Some("no"), None, Some("[REDACTED]")]);
    let rule = |on_invalid: &str| json!({ "action": "tokenize", "format": "us_ssn", "on_invalid": on_invalid });
    let error = fixture.mask_one(&rule("fail"), &column).unwrap_err();
    assert_eq!(error.to_string(), "column v, row 1: a value does not fit the format");

    let plan = fixture.plan_one(&rule("nullify"), &column).unwrap();
    assert_eq!(plan.mask(&one(&column)).unwrap().column(0).null_count(), 3);
    assert_eq!(plan.report().columns[0].nullified, 2);

    let plan = fixture.plan_one(&rule("redact"), &column).unwrap();
    let masked = plan.mask(&one(&column)).unwrap();
    assert_eq!(masked.column(0).as_string::<i32>().value(1), "[REDACTED]");
    assert_eq!(plan.report().columns[0].redacted, 2);
    let clear = tokenize_core::Unmasker::new(&fixture.keyring)
        .plan(&masked.schema())
        .unwrap()
        .unmask(&masked)
        .unwrap();
    assert_eq!(
        clear.column(0),
        &texts([Some("123-45-6789"), Some("[REDACTED]"), None, Some("[REDACTED]")])
    );
}

#[test]
fn small_domains_are_refused_with_their_size() {
    let fixture = Fixture::new();
    let pin = json!({ "action": "tokenize", "format": "digits", "domain": "pin" });
    let error = fixture.mask_one(&pin, &text("1234")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column v, row 0: a value has one of only 10000 possible values of its shape; at least 1000000 are needed"
    );
}

#[test]
fn numbers_are_generalized_in_their_own_type() {
    let fixture = Fixture::new();
    let rule = |to: &str, size: &str| json!({ "action": "generalize", "to": to, "size": size });
    let ints = |numbers: &[i64]| shared(Int64Array::from(numbers.to_vec()));
    let column = ints(&[0, 9, 10, -1, -10, 15, -15, -16]);
    assert_eq!(
        &fixture.mask_one(&rule("bucket", "10"), &column).unwrap(),
        &ints(&[0, 0, 10, -10, -10, 10, -20, -20])
    );
    assert_eq!(
        &fixture.mask_one(&rule("round", "10"), &column).unwrap(),
        &ints(&[0, 10, 10, 0, -10, 20, -20, -20])
    );
    let decimals = |unscaled: &[i128]| {
        shared(Decimal128Array::from(unscaled.to_vec()).with_precision_and_scale(10, 2).unwrap())
    };
    assert_eq!(
        &fixture.mask_one(&rule("bucket", "0.5"), &decimals(&[149, -1])).unwrap(),
        &decimals(&[100, -50])
    );
    for (size, column) in [
        ("1", ints(&[5])),
        ("0.5", ints(&[5])),
        ("0.01", decimals(&[5])),
        ("0.001", decimals(&[5])),
    ] {
        let error = fixture.mask_one(&rule("round", size), &column).unwrap_err();
        assert!(error.to_string().contains("changes nothing"), "{size}: {error}");
    }
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.26, -1.26]));
    let expected: ArrayRef = Arc::new(Float64Array::from(vec![1.5, -1.5]));
    assert_eq!(&fixture.mask_one(&rule("round", "0.5"), &floats).unwrap(), &expected);
    let tenths = shared(Float64Array::from(vec![0.3, 42.354_825, 0.7]));
    let expected = shared(Float64Array::from(vec![0.3, 42.3, 0.7]));
    assert_eq!(&fixture.mask_one(&rule("bucket", "0.1"), &tenths).unwrap(), &expected);
}
