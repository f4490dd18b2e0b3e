//! Remasking: what comes out is what a mask of the original under the new version would have made.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, FixedSizeBinaryArray, Float64Array, Int64Array, ListArray, MapArray,
    RecordBatch, StringArray, StructArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use serde_json::Value;
use tokenize_core::{
    Error, FileOptions, Keyring, Remasker, Tokenizer, Unmasker, mask_file, remask_file, unmask_file,
};

use crate::fixture::{Fixture, one, policy, shared, text, texts};

/// A keyring that has moved on, and what was masked before.
struct Rotated {
    fixture: Fixture,
    rules: String,
    original: RecordBatch,
    old: RecordBatch,
}

impl Rotated {
    fn new(rules: &str, original: RecordBatch) -> Self {
        let mut fixture = Fixture::new();
        let old = mask(&fixture.keyring, rules, &original);
        promote(&mut fixture.keyring);
        Self { fixture, rules: rules.to_owned(), original, old }
    }

    fn remask(&self, leave: bool) -> Result<RecordBatch, Error> {
        let remasker = Remasker::new(&self.fixture.keyring).leave(leave);
        let plan = remasker.plan(&self.old.schema())?;
        if plan.needs_data_keys() {
            plan.manifest()?;
        }
        let remasked = plan.remask(&self.old)?;
        assert_eq!(remasked.schema(), plan.schema()?);
        Ok(remasked)
    }

    /// What the same policy makes of the original now.
    fn fresh(&self) -> RecordBatch {
        mask(&self.fixture.keyring, &self.rules, &self.original)
    }

    fn clear(&self, masked: &RecordBatch) -> RecordBatch {
        Unmasker::new(&self.fixture.keyring).plan(&masked.schema()).unwrap().unmask(masked).unwrap()
    }

    /// Remasks, compares with a fresh mask, and brings back without the old version.
    #[track_caller]
    fn check(mut self) {
        let remasked = self.remask(false).unwrap();
        let fresh = self.fresh();
        assert_eq!(remasked.schema().fields(), fresh.schema().fields(), "{}", self.rules);
        let is_randomized =
            |rule: &str| rule.contains("encrypt") && !rule.contains("deterministic");
        for (i, rule) in self.rules.lines().enumerate() {
            if !is_randomized(rule) {
                assert_eq!(remasked.column(i), fresh.column(i), "{rule}");
            }
        }
        let before = self.clear(&self.old);
        self.fixture.keyring.disable(1).unwrap();
        let clear = self.clear(&remasked);
        assert_eq!(clear, before, "{}", self.rules);
        assert!(!Remasker::new(&self.fixture.keyring).plan(&remasked.schema()).unwrap().is_due());
    }
}

fn promote(keyring: &mut Keyring) {
    let version = keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
    keyring.promote(version).unwrap();
}

fn mask(keyring: &Keyring, rules: &str, batch: &RecordBatch) -> RecordBatch {
    let plan = Tokenizer::new(policy(rules), keyring).unwrap().plan_mask(&batch.schema()).unwrap();
    if plan.needs_data_keys() {
        plan.manifest().unwrap();
    }
    plan.mask(batch).unwrap()
}

fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .unwrap()
}

/// A rule for one column; its values come with a null and a repetition.
#[track_caller]
fn comes_along(rule: &str, values: &[&str]) {
    let all = values.iter().map(|value| Some(*value)).chain([None, values.first().copied()]);
    let column = texts(all);
    for data_type in [DataType::Utf8, DataType::Utf8View, dictionary(DataType::LargeUtf8)] {
        let column = cast(&column, &data_type).unwrap();
        Rotated::new(&format!("v: {{ {rule} }}"), one(&column)).check();
    }
}

fn dictionary(values: DataType) -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(values))
}

#[test]
fn every_format_of_text() {
    for (format, values) in [
        ("digits", ["1234567", "123-45 678.901", ""].as_slice()),
        ("digits, small_domain: permute, domain: pin", &["1234", "00-00"]),
        ("hex, case: upper", &["0123ABCDEF", "AB-CDEF-01"]),
        ("letters", &["Zebra", "O'Neill"]),
        ("alphanumeric", &["AB123-cd45", "Zz99zz99"]),
        ("alphabet, alphabet: αβγδεζηθικλμνξοπρστυφχψω", &["αβγδεζ", "ωωωωωω"]),
        ("email", &["jane.doe@example.com", "X@example.org", "a+b@example.net"]),
        ("us_ssn", &["123-45-6789", "987654321", "000-12-3456"]),
        ("pan", &["4111111111111111", "5500 0000 0000 0004"]),
        ("pan, keep: { first: 6 }, check_digit: invalid", &["4111111111111111"]),
        ("iban", &["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19"]),
        ("phone", &["+1 202-555-0143", "+49 30 1234567"]),
        ("phone, region: US", &["(202) 555-0143"]),
        ("ip", &["192.0.2.7", "2001:db8::1"]),
        ("ip, prefix: preserve, domain: p", &["192.0.2.7", "2001:db8::1"]),
        ("uuid", &["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"]),
        ("mac", &["00:00:5e:00:53:01"]),
        ("date, small_domain: permute", &["1990-02-28", "2001-12-31T23:59:59Z"]),
        ("integer, range: [-1000000, 1000000]", &["-17", "999999"]),
        ("decimal, range: [0.00, 99999.99]", &["17.00", "0.01"]),
    ] {
        comes_along(
            &format!("action: tokenize, domain: d, format: {format}").replacen(
                "domain: d, ",
                if format.contains("domain") { "" } else { "domain: d, " },
                1,
            ),
            values,
        );
    }
}

#[test]
fn every_type_that_is_tokenized() {
    let uuid = FixedSizeBinaryArray::try_from_iter(
        [[7_u8, 1, 2, 3, 4, 5, 0x41, 7, 0x81, 9, 10, 11, 12, 13, 14, 15]].iter(),
    );
    let instants = TimestampMicrosecondArray::from(vec![Some(1), None, Some(86_400_000_001)]);
    let decimals = Decimal128Array::from(vec![Some(1_234), None, Some(-5)]);
    let columns: [(&str, ArrayRef); 7] = [
        ("us_ssn", shared(Int64Array::from(vec![Some(123_456_789), None, Some(1)]))),
        ("integer, range: [0, 99999999]", shared(UInt64Array::from(vec![Some(5), None]))),
        ("date, small_domain: permute", shared(Date32Array::from(vec![Some(7_000), None]))),
        ("date, small_domain: permute", shared(instants.clone())),
        ("date, small_domain: permute", shared(instants.with_timezone("UTC"))),
        (
            "decimal, range: [-99999.99, 99999.99]",
            shared(decimals.with_precision_and_scale(12, 3).unwrap()),
        ),
        ("uuid", shared(uuid.unwrap())),
    ];
    for (format, column) in columns {
        Rotated::new(
            &format!("v: {{ action: tokenize, domain: d, format: {format} }}"),
            one(&column),
        )
        .check();
    }
}

#[test]
fn every_type_that_is_encrypted() {
    let times = TimestampMicrosecondArray::from(vec![Some(-1), None]).with_timezone("UTC");
    let columns: [ArrayRef; 9] = [
        texts([Some("a"), None, Some(""), Some("ü🍏")]),
        cast(&texts([Some("a"), None, Some("a")]), &dictionary(DataType::Utf8)).unwrap(),
        shared(BinaryArray::from_opt_vec(vec![Some(b"\0\xff".as_slice()), None, Some(b"")])),
        shared(Int64Array::from(vec![Some(i64::MIN), None, Some(0)])),
        shared(Float64Array::from(vec![Some(-0.0), None, Some(f64::INFINITY)])),
        shared(BooleanArray::from(vec![Some(true), None, Some(false)])),
        shared(Date32Array::from(vec![Some(-1), None])),
        shared(times),
        shared(Decimal128Array::from(vec![Some(1_500), None])),
    ];
    for column in columns {
        for options in [
            "",
            ", output: string",
            ", mode: deterministic",
            ", mode: deterministic, output: string, on_invalid: redact",
            ", key: output",
            ", key: output, output: string, domain: other",
        ] {
            Rotated::new(&format!("v: {{ action: encrypt{options} }}"), one(&column)).check();
        }
    }
}

#[test]
fn values_in_normal_form_are_not_normalized_again() {
    // Lower case takes "İ" apart, so that nfc and then lower of the result is another text than the result.
    let rule = "v: { action: encrypt, mode: deterministic, normalize: [nfc, lower] }";
    Rotated::new(rule, one(&texts([Some("İ\u{327}"), Some("Q\u{307}\u{323}")]))).check();
    comes_along(
        "action: tokenize, format: email, normalize: [trim, nfc, lower]",
        &[" Jane.Doe@Example.com ", "x@y.example"],
    );
}

#[test]
fn what_was_lost_stays_lost() {
    let values = || texts([Some("123-45-6789"), Some("none"), None, Some("")]);
    for on_invalid in ["nullify", "redact"] {
        for rest in ["format: us_ssn", "format: us_ssn, normalize: [trim]"] {
            let rule = format!("v: {{ action: tokenize, {rest}, on_invalid: {on_invalid} }}");
            Rotated::new(&rule, one(&values())).check();
        }
    }
    let rotated =
        Rotated::new("v: { action: tokenize, format: us_ssn, on_invalid: redact }", one(&values()));
    let remasked = rotated.remask(false).unwrap();
    assert_eq!(remasked.column(0).as_string::<i32>().value(1), "[REDACTED]");

    // Of an encrypted number, `[REDACTED]` is the only trace: unmasked it is null.
    let numbers = shared(Int64Array::from(vec![1, 2]));
    let rule = "v: { action: encrypt, output: string, on_invalid: redact }";
    let mut rotated = Rotated::new(rule, one(&numbers));
    let cell = rotated.old.column(0).as_string::<i32>().value(0).to_owned();
    let redacted = texts([Some(cell.as_str()), Some("[REDACTED]")]);
    rotated.old = RecordBatch::try_new(rotated.old.schema(), vec![redacted]).unwrap();
    let remasked = rotated.remask(false).unwrap();
    assert_eq!(remasked.column(0).as_string::<i32>().value(1), "[REDACTED]");
    assert_ne!(remasked.column(0).as_string::<i32>().value(0), cell);
    assert_eq!(rotated.clear(&remasked), rotated.clear(&rotated.old));
}

#[test]
fn nested_leaves() {
    let ssns = || texts([Some("123-45-6789"), None, Some("987654321"), Some("111223333")]);
    let leaf = Arc::new(Field::new("ssn", DataType::Utf8, true));
    let note = Arc::new(Field::new("note", DataType::Utf8, true));
    let person = StructArray::new(
        Fields::from(vec![leaf.clone(), note]),
        vec![ssns(), ssns()],
        Some(vec![true, true, false, true].into()),
    );
    let list = ListArray::new(leaf, OffsetBuffer::from_lengths([2, 0, 1, 1]), ssns(), None);
    let entries = Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Utf8, true),
    ]);
    let keys = texts(["111111111", "222222222", "333333333", "444444444"].map(Some));
    let entries = StructArray::new(entries, vec![keys, ssns()], None);
    let entry = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let offsets = OffsetBuffer::from_lengths([1, 1, 0, 2]);
    let map = MapArray::new(entry, offsets, entries, None, false);
    let rules = "p.ssn: { action: tokenize, format: us_ssn }
        p.note: { action: keep }
        \"l[]\": { action: tokenize, format: us_ssn, domain: l }
        \"m{key}\": { action: tokenize, format: us_ssn }
        \"m{value}\": { action: encrypt, mode: deterministic }";
    let batch = batch([("p", shared(person)), ("l", shared(list)), ("m", shared(map))]);
    Rotated::new(rules, batch.clone()).check();
    Rotated::new(rules, batch.slice(1, 3)).check();
}

fn visits(subject: &str) -> (String, RecordBatch) {
    let days = Date32Array::from(vec![Some(0), Some(10), None, Some(4)]);
    let who = texts([Some("1234567"), Some("7654321"), None, Some("1234567")]);
    let rules = format!(
        "day: {{ action: shift_date, subject: who, max_days: 1000, on_invalid: nullify }}
         at: {{ action: shift_date, subject: who, max_days: 30, on_invalid: nullify }}
         who: {{ {subject} }}"
    );
    let at = texts([Some("2020-02-29T12:00"), None, Some("2021-01-01"), Some("2020-03-01")]);
    (rules, batch([("day", shared(days)), ("at", at), ("who", who)]))
}

#[test]
fn shifted_dates_move_with_their_subject() {
    for subject in [
        "action: tokenize, format: digits, domain: who",
        "action: encrypt, mode: deterministic",
        "action: keep",
        // It is where it shall be already.
        "action: pseudonymize, domain: who, key_version: 2",
    ] {
        let (rules, batch) = visits(subject);
        let mut fixture = Fixture::new();
        fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
        let old = mask(&fixture.keyring, &rules, &batch);
        fixture.keyring.promote(2).unwrap();
        Rotated { fixture, rules, original: batch, old }.check();
    }
}

#[test]
fn a_subject_that_moves_takes_dates_of_the_primary_version_along() {
    let mut fixture = Fixture::new();
    promote(&mut fixture.keyring);
    let (rules, batch) = visits("action: tokenize, format: digits, domain: who, key_version: 1");
    let old = mask(&fixture.keyring, &rules, &batch);
    let rules = rules.replace(", key_version: 1", "");
    Rotated { fixture, rules, original: batch, old }.check();
}

#[test]
fn dates_nested_beside_their_subject_and_in_lists() {
    let element = Arc::new(Field::new("item", DataType::Date32, true));
    let days = Arc::new(Date32Array::from(vec![0, 10, 0, 5]));
    let list: ArrayRef =
        Arc::new(ListArray::new(element, OffsetBuffer::from_lengths([2, 0, 1, 1]), days, None));
    let who = texts(["1234567", "2345678", "3456789", "1234567"].map(Some));
    let fields = Fields::from(vec![
        Field::new("who", DataType::Utf8, true),
        Field::new("visits", list.data_type().clone(), true),
    ]);
    let column = shared(StructArray::new(fields, vec![who, list], None));
    let rules = "c.who: { action: tokenize, format: digits, domain: who }
        \"c.visits[]\": { action: shift_date, subject: c.who, max_days: 1000 }";
    Rotated::new(rules, batch([("c", column)])).check();
}

#[test]
fn versions_pinned_by_rules_are_each_reversed_by_their_own() {
    let mut fixture = Fixture::new();
    promote(&mut fixture.keyring);
    promote(&mut fixture.keyring);
    let column = text("123-45-6789");
    let original =
        batch([("a", column.clone()), ("b", column.clone()), ("c", column.clone()), ("d", column)]);
    let pinned = "a: { action: tokenize, format: us_ssn, key_version: 1 }
        b: { action: tokenize, format: us_ssn, key_version: 2 }
        c: { action: tokenize, format: us_ssn }
        d: { action: redact }";
    let old = mask(&fixture.keyring, pinned, &original);
    let rules = pinned.replace(", key_version: 1", "").replace(", key_version: 2", "");
    let rotated = Rotated { fixture, rules, original, old };
    let plan = Remasker::new(&rotated.fixture.keyring).plan(&rotated.old.schema()).unwrap();
    let done: Vec<String> = plan.report().columns.into_iter().map(|column| column.done).collect();
    assert_eq!(
        done,
        ["remask tokenize", "remask tokenize", "keep tokenize (version 3)", "keep redact"]
    );
    rotated.check();
}

#[test]
fn data_keys_of_columns_that_stay_are_kept_and_others_go() {
    let mut fixture = Fixture::new();
    promote(&mut fixture.keyring);
    let column = text("canary");
    let original = batch([("a", column.clone()), ("b", column)]);
    let rules = "a: { action: encrypt, key: output, key_version: 1 }
        b: { action: encrypt, key: output }";
    let old = mask(&fixture.keyring, rules, &original);
    let rotated = Rotated { fixture, rules: rules.replace(", key_version: 1", ""), original, old };
    let remasked = rotated.remask(false).unwrap();
    assert_eq!(remasked.column(1), rotated.old.column(1));
    let keys = |batch: &RecordBatch| {
        let manifest: Value = manifest_of(&batch.schema());
        let keys = manifest["data_keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>()
    };
    let (before, after) = (keys(&rotated.old), keys(&remasked));
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(!after.contains(&before[0]) && after.contains(&before[1]));
    rotated.check();
}

fn manifest_of(schema: &Schema) -> Value {
    serde_json::from_str(&schema.metadata()["tokenize.manifest"]).unwrap()
}

#[test]
fn joins_hold_with_what_is_masked_later() {
    let rules = "v: { action: tokenize, format: email }";
    let rotated = Rotated::new(
        rules,
        one(&texts([Some("a.jones@example.com"), Some("b.smith@example.com")])),
    );
    let later = mask(&rotated.fixture.keyring, rules, &one(&text("b.smith@example.com")));
    let remasked = rotated.remask(false).unwrap();
    let tokens = remasked.column(0).as_string::<i32>();
    assert_eq!(tokens.value(1), later.column(0).as_string::<i32>().value(0));
}

#[test]
fn pseudonyms_cannot_be_brought_along() {
    let (rules, original) = visits("action: pseudonymize, domain: who");
    let rotated = Rotated::new(&rules, original);
    let error = rotated.remask(false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column day: the subject who is one-way and stays under its old key version, and this column with it
column at: the subject who is one-way and stays under its old key version, and this column with it
column who: pseudonymize is one-way: it cannot be brought from key version 1 to 2"
    );
    assert!(error.hint().unwrap().contains("--leave"));

    let plan =
        Remasker::new(&rotated.fixture.keyring).leave(true).plan(&rotated.old.schema()).unwrap();
    assert!(!plan.is_due(), "nothing else is there");
    assert_eq!(plan.remask(&rotated.old).unwrap(), rotated.old);
    assert_eq!(plan.schema().unwrap(), rotated.old.schema());
    assert_eq!(
        plan.manifest().unwrap().to_text(),
        rotated.old.schema().metadata()["tokenize.manifest"]
    );
}

#[test]
fn what_is_left_stays_as_it_is() {
    let (rules, original) = visits("action: pseudonymize, domain: who");
    let rules = format!("{rules}\nssn: {{ action: tokenize, format: us_ssn }}");
    let mut columns: Vec<_> = original.columns().to_vec();
    columns.push(texts(["111223333", "222334444", "333445555", "444556666"].map(Some)));
    let original = RecordBatch::try_from_iter_with_nullable(
        ["day", "at", "who", "ssn"]
            .into_iter()
            .zip(columns)
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let mut rotated = Rotated::new(&rules, original);
    assert!(rotated.remask(false).is_err());
    let remasked = rotated.remask(true).unwrap();
    for i in 0..3 {
        assert_eq!(remasked.column(i), rotated.old.column(i));
        assert_eq!(remasked.schema().field(i), rotated.old.schema().field(i));
    }
    assert_eq!(remasked.column(3), rotated.fresh().column(3));
    assert_eq!(manifest_of(&remasked.schema())["mac"]["key_version"], 2, "though dates come first");
    assert_eq!(rotated.clear(&remasked), rotated.clear(&rotated.old));
    let again =
        Remasker::new(&rotated.fixture.keyring).leave(true).plan(&remasked.schema()).unwrap();
    assert!(!again.is_due());
    let done: Vec<String> = again.report().columns.into_iter().map(|column| column.done).collect();
    assert_eq!(
        done,
        [
            "leave shift_date (version 1)",
            "leave shift_date (version 1)",
            "leave pseudonymize (version 1)",
            "keep tokenize (version 2)"
        ]
    );
    // What is left is left in the next rotation too.
    promote(&mut rotated.fixture.keyring);
    rotated.old = remasked;
    assert_eq!(rotated.remask(true).unwrap().column(3), rotated.fresh().column(3));
}

#[test]
fn unkeyed_actions_pass() {
    let rules = "v: { action: tokenize, format: us_ssn }
        t: { action: truncate, keep: { last: 2 } }
        g: { action: generalize, to: zip3 }
        r: { action: redact }
        k: { action: keep }";
    let column = text("123456789");
    let names = ["v", "t", "g", "r", "k"];
    Rotated::new(rules, batch(names.map(|name| (name, column.clone())))).check();
}

#[test]
fn a_version_out_of_use_is_refused() {
    let rules = "v: { action: tokenize, format: us_ssn }";
    let mut rotated = Rotated::new(rules, one(&text("123-45-6789")));
    rotated.fixture.keyring.disable(1).unwrap();
    let error = rotated.remask(false).unwrap_err();
    assert!(error.to_string().contains("is disabled"), "{error}");
    rotated.fixture.keyring.destroy(1).unwrap();
    let error = rotated.remask(true).unwrap_err();
    assert!(error.to_string().contains("was destroyed"), "{error}");
}

/// The batch with other metadata: of the column, and of the schema.
fn with_metadata(
    batch: &RecordBatch,
    change: impl Fn(&mut std::collections::HashMap<String, String>),
    change_schema: impl Fn(&mut std::collections::HashMap<String, String>),
) -> RecordBatch {
    let schema = batch.schema();
    let (mut field, mut metadata) = (schema.field(0).metadata().clone(), schema.metadata().clone());
    change(&mut field);
    change_schema(&mut metadata);
    let field = schema.field(0).clone().with_metadata(field);
    let schema = Schema::new_with_metadata(vec![field], metadata);
    RecordBatch::try_new(schema.into(), batch.columns().to_vec()).unwrap()
}

#[test]
fn edited_metadata_is_refused() {
    let rules = "v: { action: tokenize, format: us_ssn }";
    let mut rotated = Rotated::new(rules, one(&text("123-45-6789")));
    let genuine = rotated.old.clone();
    let refused = |rotated: &Rotated, expected: &str| {
        let error = rotated.remask(true).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    };
    for (tag, value) in [
        ("tokenize.domain", "other"),
        ("tokenize.key_version", "2"),
        ("tokenize.type", "large_utf8"),
        ("tokenize.action", "encrypt"),
        ("tokenize.action", "pseudonymize"),
        ("tokenize.params", "{}"),
    ] {
        rotated.old =
            with_metadata(&genuine, |tags| drop(tags.insert(tag.into(), value.into())), |_| ());
        refused(&rotated, "metadata");
    }
    rotated.old = with_metadata(&genuine, std::collections::HashMap::clear, |_| ());
    refused(&rotated, "metadata");
    for (from, to) in
        [("us_ssn", "pan"), ("\"reveal\"", "\"pseudonym\""), ("\"reveal\"", "\"none\"")]
    {
        rotated.old = with_metadata(
            &genuine,
            |_| (),
            |metadata| {
                let manifest = metadata["tokenize.manifest"].replace(from, to);
                metadata.insert("tokenize.manifest".to_owned(), manifest);
            },
        );
        refused(&rotated, "metadata");
    }
    rotated.old = with_metadata(&genuine, |_| (), std::collections::HashMap::clear);
    refused(&rotated, "nothing to remask");
    let other = Fixture::new();
    let error = Remasker::new(&other.keyring).plan(&genuine.schema()).map(drop).unwrap_err();
    assert!(error.to_string().contains("was masked with keyring"), "{error}");
}

#[test]
fn renamed_columns_come_along() {
    let rules = "v: { action: tokenize, format: us_ssn }";
    let mut rotated = Rotated::new(rules, one(&text("123-45-6789")));
    let schema = rotated.old.schema();
    let field = schema.field(0).clone().with_name("renamed");
    let schema = Schema::new_with_metadata(vec![field], schema.metadata().clone());
    rotated.old = RecordBatch::try_new(schema.into(), rotated.old.columns().to_vec()).unwrap();
    let remasked = rotated.remask(false).unwrap();
    assert_eq!(remasked.column(0), rotated.fresh().column(0));
    assert_eq!(rotated.clear(&remasked).column(0), &text("123-45-6789"));
}

#[test]
fn a_cell_that_does_not_open_stops_the_run() {
    let rules = "v: { action: encrypt, output: string, on_invalid: nullify }";
    let mut rotated = Rotated::new(rules, one(&texts([Some("a"), Some("b")])));
    let mut cells: Vec<_> = rotated
        .old
        .column(0)
        .as_string::<i32>()
        .iter()
        .map(|cell| cell.map(str::to_owned))
        .collect();
    cells[1] = Some("nothing of ours".to_owned());
    let column: ArrayRef = Arc::new(StringArray::from(cells));
    rotated.old = RecordBatch::try_new(rotated.old.schema(), vec![column]).unwrap();
    let error = rotated.remask(true).unwrap_err();
    assert!(
        error.to_string().starts_with("column v, row 1: a value cannot be decrypted"),
        "{error}"
    );
}

#[test]
fn batches_do_not_matter() {
    let values: Vec<String> = (0..10_000).map(|i| format!("{:09}", i % 700 * 999_331)).collect();
    let keys: DictionaryArray<Int32Type> =
        values.iter().map(|value| Some(value.as_str())).collect();
    let batch = batch([("v", shared(keys)), ("w", texts(values.iter().map(|v| Some(v.as_str()))))]);
    let rules = "v: { action: tokenize, format: us_ssn }\nw: { action: tokenize, format: us_ssn }";
    let rotated = Rotated::new(rules, batch);
    let plan = Remasker::new(&rotated.fixture.keyring).plan(&rotated.old.schema()).unwrap();
    let whole = plan.remask(&rotated.old).unwrap();
    let parts = [(0, 1), (1, 4_999), (5_000, 5_000)]
        .map(|(from, len)| plan.remask(&rotated.old.slice(from, len)).unwrap());
    let put_together = concat_batches(&whole.schema(), &parts).unwrap();
    assert_eq!(put_together.column(1), whole.column(1));
    let plain = |batch: &RecordBatch| cast(batch.column(0), &DataType::Utf8).unwrap();
    assert_eq!(&plain(&put_together), whole.column(1));
    assert_eq!(whole.column(0), rotated.fresh().column(0));
}

const CANARY: &str = "Canary Kalamazoo 4815162342";

/// A folder with a masked file, its keyring moved on.
fn masked_file(rules: &str, original: &RecordBatch, group: usize) -> Fixture {
    let mut fixture = Fixture::new();
    write(&fixture.path("in.parquet"), original, group);
    let tokenizer = fixture.tokenizer(rules);
    let options = FileOptions::default();
    mask_file(&tokenizer, &fixture.path("in.parquet"), &fixture.path("old.parquet"), &options)
        .unwrap();
    promote(&mut fixture.keyring);
    fixture
}

fn write(path: &Path, batch: &RecordBatch, group: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn read(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = builder.schema().clone();
    let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&schema, &batches).unwrap()
}

#[test]
fn files_keep_what_was_said_of_them() {
    let rules = "name: { action: encrypt, key: output }
        ssn: { action: tokenize, format: us_ssn, on_invalid: redact }
        gone: { action: drop }
        kept: { action: keep }";
    let ssn = texts([Some("123-45-6789"), Some("none"), None, Some("nobody")]);
    let names = texts([Some(CANARY), None, Some("Jane Doe"), Some("")]);
    let original =
        batch([("name", names), ("ssn", ssn.clone()), ("gone", ssn.clone()), ("kept", ssn)]);
    let mut fixture = masked_file(rules, &original, 2);
    let [input, old, new, clear] =
        ["in", "old", "new", "clear"].map(|name| fixture.path(&format!("{name}.parquet")));
    let options = FileOptions::default();
    let remasker = Remasker::new(&fixture.keyring);
    let dry = FileOptions { dry_run: true, ..options.clone() };
    assert!(!remask_file(&remasker, &old, &new, &dry).unwrap().written && !new.exists());
    let report = remask_file(&remasker, &old, &new, &options).unwrap();
    assert_eq!((report.rows, report.written), (4, true));
    assert!(report.columns.iter().all(|column| column.redacted == 0), "nothing is lost anew");

    let (before, after) = (manifest_of(&read(&old).schema()), manifest_of(&read(&new).schema()));
    assert_eq!(after["policy"], before["policy"]);
    let lost = |manifest: &Value| manifest["columns"][1]["lost"].clone();
    assert_eq!(lost(&after), lost(&before));
    assert_eq!(lost(&after)["redacted"], 2);
    assert_eq!(after["columns"][2], serde_json::json!({ "path": "gone", "action": "drop" }));
    assert_eq!(after["mac"]["key_version"], 2);
    assert_ne!(after["data_keys"], before["data_keys"]);
    let side: Value =
        serde_json::from_slice(&fs::read(fixture.path("new.parquet.tokenize.json")).unwrap())
            .unwrap();
    assert_eq!(side["data_keys"], after["data_keys"]);

    let tokenizer = fixture.tokenizer(rules);
    mask_file(&tokenizer, &input, &fixture.path("fresh.parquet"), &options).unwrap();
    let (fresh, remasked) = (read(&fixture.path("fresh.parquet")), read(&new));
    assert_eq!(remasked.schema().fields(), fresh.schema().fields());
    assert_eq!(remasked.column(1), fresh.column(1));
    fixture.keyring.disable(1).unwrap();
    unmask_file(&Unmasker::new(&fixture.keyring), &new, &clear, &options).unwrap();
    assert_eq!(read(&clear).column(0), original.column(0));

    let again = remask_file(
        &Remasker::new(&fixture.keyring),
        &new,
        &fixture.path("none.parquet"),
        &options,
    );
    let again = again.unwrap();
    assert!(!again.written && again.columns[0].done == "keep encrypt (version 2)");
    assert!(!fixture.path("none.parquet").exists());
    assert!(matches!(remask_file(&remasker, &old, &new, &options), Err(Error::Io(_))), "it exists");
}

#[test]
fn a_run_that_fails_in_the_middle_leaves_nothing() {
    let rules = "v: { action: encrypt, key: output, output: string }";
    let names: Vec<String> = (0..300).map(|i| format!("{CANARY} {i}")).collect();
    let fixture =
        masked_file(rules, &one(&texts(names.iter().map(|name| Some(name.as_str())))), 100);
    let old = read(&fixture.path("old.parquet"));
    let cells = old.column(0).as_string::<i32>().iter().enumerate();
    let cells: StringArray =
        cells.map(|(i, cell)| if i == 250 { Some("x") } else { cell }).collect();
    let altered = RecordBatch::try_new(old.schema(), vec![Arc::new(cells)]).unwrap();
    write(&fixture.path("old.parquet"), &altered, 100);
    fs::remove_file(fixture.path("in.parquet")).unwrap();
    let names = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let before = names(fixture.folder.path());
    let remasker = Remasker::new(&fixture.keyring);
    let new = fixture.path("new.parquet");
    let error = remask_file(&remasker, &fixture.path("old.parquet"), &new, &FileOptions::default());
    assert!(error.unwrap_err().to_string().starts_with("column v, row 250: "));
    assert_eq!(names(fixture.folder.path()), before);
}

#[test]
fn no_file_ever_holds_a_clear_value() {
    let rules = "v: { action: encrypt }\nw: { action: tokenize, format: letters, domain: w }";
    let names: Vec<String> = (0..60_000).map(|i| format!("{CANARY} {i}")).collect();
    let names = texts(names.iter().map(|name| Some(name.as_str())));
    let words = texts((0..60_000).map(|_| Some("KalamazooCanary")));
    let fixture = masked_file(rules, &batch([("v", names), ("w", words)]), 2_000);
    fs::remove_file(fixture.path("in.parquet")).unwrap();
    let (is_done, folder) = (AtomicBool::new(false), fixture.folder.path());
    let sightings = thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut sightings = 0;
            while !is_done.load(Ordering::SeqCst) {
                sightings += look_for_canary(folder);
                thread::yield_now();
            }
            sightings + look_for_canary(folder)
        });
        let remasker = Remasker::new(&fixture.keyring);
        let [old, new] = ["old.parquet", "new.parquet"].map(|name| fixture.path(name));
        let report = remask_file(&remasker, &old, &new, &FileOptions::default());
        is_done.store(true, Ordering::SeqCst);
        assert!(report.unwrap().written);
        watcher.join().unwrap()
    });
    assert!(sightings > 0, "the file in the making has been looked at");
}

/// Fails if a file holds the canary; gives how many files were in the making.
fn look_for_canary(folder: &Path) -> usize {
    let mut partial = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        for canary in ["Kalamazoo", "KalamazooCanary"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
        }
        partial += usize::from(entry.file_name().to_string_lossy().ends_with(".partial"));
    }
    partial
}

#[test]
fn a_timestamp_that_parquet_holds_in_another_unit_comes_along() {
    let seconds = arrow::array::TimestampSecondArray::from(vec![Some(86_401), None]);
    let rules = "v: { action: tokenize, format: date, small_domain: permute }
        w: { action: encrypt }";
    let original = batch([("v", shared(seconds.clone())), ("w", shared(seconds))]);
    let fixture = masked_file(rules, &original, 10);
    let options = FileOptions::default();
    let [old, new, clear, clear_old] =
        ["old", "new", "clear", "clear_old"].map(|name| fixture.path(name));
    fs::rename(fixture.path("old.parquet"), &old).unwrap();
    remask_file(&Remasker::new(&fixture.keyring), &old, &new, &options).unwrap();
    let unmasker = Unmasker::new(&fixture.keyring);
    unmask_file(&unmasker, &new, &clear, &options).unwrap();
    unmask_file(&unmasker, &old, &clear_old, &options).unwrap();
    assert_eq!(read(&clear), read(&clear_old));
    assert!(matches!(
        read(&clear).column(0).data_type(),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, None)
    ));
}
