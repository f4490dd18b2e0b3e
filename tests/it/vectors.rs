//! The golden vectors, which an independent program made from docs/format.md alone. They never change.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryArray, FixedSizeBinaryArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, read_vectors, text};

fn str_of<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("{key} in {case}"))
}

/// The cases of a file, without those of an empty domain: the derivation is defined for it, but a policy must name one.
fn cases(name: &str) -> Vec<Value> {
    let mut cases = read_vectors(name)["cases"].as_array().unwrap().clone();
    cases.retain(|case| case["domain"] != "");
    cases
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// `{ action, format, domain, … }` of a case.
fn tokenize_rule(case: &Value) -> Value {
    let mut rule = Map::from_iter([
        ("action".to_owned(), json!("tokenize")),
        ("format".to_owned(), case["format"].clone()),
        ("domain".to_owned(), case["domain"].clone()),
    ]);
    rule.extend(case["params"].as_object().unwrap().clone());
    Value::Object(rule)
}

fn value_of(case: &Value, key: &str) -> ArrayRef {
    match case["value_type"].as_str() {
        Some("int") => Arc::new(Int64Array::from(vec![case[key].as_i64().unwrap()])),
        Some("uuid-bytes-hex") => Arc::new(
            FixedSizeBinaryArray::try_from_iter([bytes(str_of(case, key))].iter()).unwrap(),
        ),
        _ => text(str_of(case, key)),
    }
}

#[test]
fn tokens() {
    let fixture = Fixture::of_vectors();
    let cases = cases("tokens");
    assert!(cases.len() >= 400);
    for case in &cases {
        let rule = tokenize_rule(case);
        let (value, token) = (value_of(case, "value"), value_of(case, "token"));
        let masked =
            fixture.mask_one(&rule, &value).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(&masked, &token, "{case}");
        let clear =
            fixture.unmask_one(&rule, &token).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(&clear, &value, "{case}");
    }
}

#[test]
fn misfits_are_refused() {
    let fixture = Fixture::of_vectors();
    for case in &cases("misfits") {
        let (rule, value) = (tokenize_rule(case), value_of(case, "value"));
        let outcome = match str_of(case, "direction") {
            "tokenize" => fixture.mask_one(&rule, &value),
            _ => fixture.unmask_one(&rule, &value),
        };
        // An empty string is no value: it stays empty.
        if case["value"] == "" {
            assert_eq!(&outcome.unwrap(), &value);
        } else {
            assert!(outcome.is_err(), "{case}");
        }
    }
    for case in read_vectors("misfits")["refused"].as_array().unwrap() {
        let mut case = case.clone();
        case["domain"] = json!("refused");
        assert!(fixture.mask_one(&tokenize_rule(&case), &text("x")).is_err(), "{case}");
    }
}

/// A column of the named type with one value, read from its text.
fn typed(data_type: &str, value: &str) -> ArrayRef {
    let texts = text(value);
    let hex = || vec![bytes(value)];
    let from_text = |data_type: DataType| cast(&texts, &data_type).unwrap();
    let from_int =
        |data_type: DataType| cast(&cast(&texts, &DataType::Int64).unwrap(), &data_type).unwrap();
    match data_type {
        "utf8" => texts,
        "large_utf8" => from_text(DataType::LargeUtf8),
        "utf8_view" => from_text(DataType::Utf8View),
        "binary" => Arc::new(BinaryArray::from_iter_values(hex())),
        "large_binary" => {
            cast(&BinaryArray::from_iter_values(hex()), &DataType::LargeBinary).unwrap()
        }
        "int8" => from_int(DataType::Int8),
        "int16" => from_int(DataType::Int16),
        "int32" => from_int(DataType::Int32),
        "int64" => from_int(DataType::Int64),
        "uint8" => from_int(DataType::UInt8),
        "uint64" => from_text(DataType::UInt64),
        "float32" => from_text(DataType::Float32),
        "float64" => from_text(DataType::Float64),
        "bool" => from_text(DataType::Boolean),
        "date32" => cast(&from_int(DataType::Int32), &DataType::Date32).unwrap(),
        other if other.starts_with("fixed_size_binary") => {
            Arc::new(FixedSizeBinaryArray::try_from_iter(hex().iter()).unwrap())
        }
        other if other.starts_with("decimal128(") => {
            let (precision, scale) =
                other["decimal128(".len()..other.len() - 1].split_once(',').unwrap();
            let unscaled =
                arrow::array::Decimal128Array::from(vec![value.parse::<i128>().unwrap()]);
            Arc::new(
                unscaled
                    .with_precision_and_scale(precision.parse().unwrap(), scale.parse().unwrap())
                    .unwrap(),
            )
        }
        "date64" => from_int(DataType::Date64),
        "time32(s)" => cast(
            &cast(&from_int(DataType::Int64), &DataType::Int32).unwrap(),
            &DataType::Time32(TimeUnit::Second),
        )
        .unwrap(),
        "time32(ms)" => cast(
            &cast(&from_int(DataType::Int64), &DataType::Int32).unwrap(),
            &DataType::Time32(TimeUnit::Millisecond),
        )
        .unwrap(),
        "time64(us)" => from_int(DataType::Time64(TimeUnit::Microsecond)),
        "time64(ns)" => from_int(DataType::Time64(TimeUnit::Nanosecond)),
        other if other.starts_with("timestamp(") => {
            let (unit, zone) = match other["timestamp(".len()..other.len() - 1].split_once(',') {
                Some((unit, zone)) => (unit, Some(zone.into())),
                None => (&other["timestamp(".len()..other.len() - 1], None),
            };
            let unit = match unit {
                "s" => TimeUnit::Second,
                "ms" => TimeUnit::Millisecond,
                "us" => TimeUnit::Microsecond,
                _ => TimeUnit::Nanosecond,
            };
            from_int(DataType::Timestamp(unit, zone))
        }
        other => panic!("no vector should have type {other}"),
    }
}

#[test]
fn pseudonyms() {
    let fixture = Fixture::of_vectors();
    for case in &cases("pseudonyms") {
        let (output, expected) = (str_of(case, "output"), str_of(case, "pseudonym"));
        let rule = json!({ "action": "pseudonymize", "domain": case["domain"], "output": output });
        let masked =
            fixture.mask_one(&rule, &typed(str_of(case, "type"), str_of(case, "value"))).unwrap();
        let found = match masked.data_type() {
            DataType::Int64 => masked.as_primitive::<Int64Type>().value(0).to_string(),
            DataType::FixedSizeBinary(16) => {
                masked.as_fixed_size_binary().value(0).iter().map(|b| format!("{b:02x}")).collect()
            }
            _ => cast(&masked, &DataType::Utf8).unwrap().as_string::<i32>().value(0).to_owned(),
        };
        assert_eq!(found.replace('-', ""), expected.replace('-', ""), "{case}");
    }
}

#[test]
fn surrogates() {
    let fixture = Fixture::of_vectors();
    let cases = cases("surrogates");
    assert!(cases.len() >= 150);
    for case in &cases {
        let rule = json!({
            "action": "surrogate",
            "domain": case["domain"],
            "kind": case["kind"],
            "locale": case["locale"],
        });
        let masked = fixture.mask_one(&rule, &text(str_of(case, "value"))).unwrap();
        assert_eq!(&masked, &text(str_of(case, "stand_in")), "{case}");
    }
}

#[test]
fn cells() {
    let fixture = Fixture::of_vectors();
    for case in &cases("cells") {
        let mode = str_of(case, "mode");
        let rule = json!({ "action": "encrypt", "mode": mode, "domain": case["domain"] });
        let value = typed(str_of(case, "type"), str_of(case, "value"));
        let cell: ArrayRef = Arc::new(BinaryArray::from_iter_values([bytes(str_of(case, "cell"))]));
        if mode == "deterministic" {
            assert_eq!(
                &cast(&fixture.mask_one(&rule, &value).unwrap(), &DataType::Binary).unwrap(),
                &cell,
                "{case}"
            );
            let as_text = json!({ "action": "encrypt", "mode": mode, "domain": case["domain"], "output": "string" });
            let masked =
                cast(&fixture.mask_one(&as_text, &value).unwrap(), &DataType::Utf8).unwrap();
            assert_eq!(&masked, &text(str_of(case, "string")), "{case}");
        }
        let clear = fixture.unmask_one(&rule, &cell);
        // Nothing says that these bytes were an unsigned integer, and it does not fit the usual type of integers.
        if case["value"] == "18446744073709551615" {
            assert!(clear.is_err());
            continue;
        }
        let clear = clear.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(&as_type_of(&clear, &value), &value, "{case}");
    }
}

/// Without metadata a cell comes back in the usual type of its kind.
fn as_type_of(clear: &ArrayRef, value: &ArrayRef) -> ArrayRef {
    match (clear.data_type(), value.data_type()) {
        (DataType::Binary, DataType::FixedSizeBinary(size)) => {
            cast(clear, &DataType::FixedSizeBinary(*size)).unwrap()
        }
        (
            DataType::Timestamp(TimeUnit::Nanosecond, None),
            DataType::Timestamp(unit, Some(zone)),
        ) => {
            let utc = cast(clear, &DataType::Timestamp(*unit, None)).unwrap();
            let ticks = cast(&utc, &DataType::Int64).unwrap();
            cast(&ticks, &DataType::Timestamp(*unit, Some(zone.clone()))).unwrap()
        }
        (_, target) => cast(clear, target).unwrap(),
    }
}

#[test]
fn shifts() {
    let fixture = Fixture::of_vectors();
    for case in &cases("shifts") {
        let tokenizer = fixture.tokenizer(&format!(
            "subject: {{ action: keep }}\nday: {{ action: shift_date, subject: subject, max_days: {} }}\ntext: {{ action: shift_date, subject: subject, max_days: {} }}",
            case["max_days"], case["max_days"]
        ));
        let day = text(str_of(case, "value"));
        let columns = [
            ("subject", typed(str_of(case, "subject_type"), str_of(case, "subject"))),
            ("day", cast(&text(&str_of(case, "value")[..10]), &DataType::Date32).unwrap()),
            ("text", day),
        ];
        let batch = arrow::array::RecordBatch::try_from_iter(columns).unwrap();
        let masked = tokenizer.plan_mask(&batch.schema()).unwrap().mask(&batch).unwrap();
        let moved = masked.column(1).as_primitive::<Date32Type>().value(0)
            - batch.column(1).as_primitive::<Date32Type>().value(0);
        assert_eq!(i64::from(moved), case["days"].as_i64().unwrap(), "{case}");
        assert_eq!(masked.column(2).as_string::<i32>().value(0), str_of(case, "shifted"), "{case}");
        let clear = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&masked).unwrap();
        assert_eq!(clear.columns(), batch.columns());
    }
}

#[test]
fn generalized_values() {
    let fixture = Fixture::new();
    for case in &cases("generalize") {
        let mut rule = case["options"].as_object().unwrap().clone();
        match str_of(case, "to") {
            "truncate" => rule.insert("action".to_owned(), json!("truncate")),
            to => {
                rule.insert("to".to_owned(), json!(to));
                rule.insert("action".to_owned(), json!("generalize"))
            }
        };
        if ["bucket", "round"].contains(&str_of(case, "to")) {
            continue; // numbers: in roundtrip.rs, typed
        }
        let masked = fixture.mask_one(&Value::Object(rule), &text(str_of(case, "value")));
        match case["result"].as_str() {
            Some(result) => assert_eq!(&masked.unwrap(), &text(result), "{case}"),
            None => assert!(masked.is_err(), "{case}"),
        }
    }
}
