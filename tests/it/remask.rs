//! Remasking: what comes out is what a mask of the original under the new version would have made.

mod files;
mod refused;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, FixedSizeBinaryArray, Float64Array, Int64Array, ListArray, MapArray,
    RecordBatch, StructArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema};
use serde_json::Value;
use tokenize_core::{Error, Keyring, Remasker, Tokenizer, Unmasker};

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

    /// Whether cells of a column, or in it, differ in every mask.
    fn is_randomized(&self, name: &str) -> bool {
        self.rules.lines().any(|rule| {
            let is_its = rule.trim().trim_start_matches('"').starts_with(name);
            is_its && rule.contains("encrypt") && !rule.contains("deterministic")
        })
    }

    /// Remasks, compares with a fresh mask, and brings back without the old version.
    #[track_caller]
    fn check(mut self) {
        let remasked = self.remask(false).unwrap();
        let fresh = self.fresh();
        assert_eq!(remasked.schema().fields(), fresh.schema().fields(), "{}", self.rules);
        for field in fresh.schema().fields() {
            let name = field.name();
            if !self.is_randomized(name) {
                assert_eq!(remasked.column_by_name(name), fresh.column_by_name(name), "{name}");
            }
        }
        let before = self.clear(&self.old);
        self.fixture.keyring.disable(1).unwrap();
        let clear = self.clear(&remasked);
        assert_same_data(&clear, &before);
        assert!(!Remasker::new(&self.fixture.keyring).plan(&remasked.schema()).unwrap().is_due());
    }
}

/// Equal but for what the manifests say.
#[track_caller]
fn assert_same_data(left: &RecordBatch, right: &RecordBatch) {
    assert_eq!(left.schema().fields(), right.schema().fields());
    assert_eq!(left.columns(), right.columns());
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
        ("id:br_cpf", &["111.444.777-35", "11144477735"]),
        ("id:it_fiscal_code", &["RCCMNL83S18D969H", "RCC MNL 83S18 DV6VL"]),
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
        let domain = if format.contains(" domain:") { "" } else { ", domain: d" };
        comes_along(&format!("action: tokenize, format: {format}{domain}"), values);
    }
}

#[test]
fn every_type_that_is_tokenized() {
    let uuid = FixedSizeBinaryArray::try_from_iter(
        [[7_u8, 1, 2, 3, 4, 5, 0x41, 7, 0x81, 9, 10, 11, 12, 13, 14, 15]].iter(),
    );
    let instants = TimestampMicrosecondArray::from(vec![Some(1), None, Some(86_400_000_001)]);
    let decimals = Decimal128Array::from(vec![Some(1_230), None, Some(-50)]);
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
    assert_same_data(&rotated.clear(&remasked), &rotated.clear(&rotated.old));
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
fn what_does_not_fit_under_the_new_version_is_lost_as_the_rule_says() {
    let people: Vec<String> = (1_000_000..1_000_200).map(|who| who.to_string()).collect();
    let who = texts(people.iter().map(|who| Some(who.as_str())));
    let day = texts((0..200).map(|_| Some("9999-12-20")));
    let rules = "day: { action: shift_date, subject: who, max_days: 30, on_invalid: nullify }
        who: { action: tokenize, format: digits, domain: who }";
    let rotated = Rotated::new(rules, batch([("day", day), ("who", who)]));
    let plan = Remasker::new(&rotated.fixture.keyring).plan(&rotated.old.schema()).unwrap();
    let remasked = plan.remask(&rotated.old).unwrap();
    let days = |batch: &RecordBatch| -> Vec<Option<String>> {
        batch.column(0).as_string::<i32>().iter().map(|day| day.map(str::to_owned)).collect()
    };
    let (old, fresh) = (days(&rotated.old), days(&rotated.fresh()));
    let both: Vec<_> =
        old.iter().zip(&fresh).map(|(old, fresh)| old.as_ref().and(fresh.clone())).collect();
    assert_eq!(days(&remasked), both);
    let lost = old.iter().zip(&both).filter(|(old, new)| old.is_some() && new.is_none()).count();
    assert!(lost > 0);
    assert_eq!(
        plan.report().columns[0].nullified,
        lost as u64,
        "and not what had been lost before"
    );
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
    let pinned = "a: { action: tokenize, format: us_ssn, domain: a, key_version: 1 }
        b: { action: tokenize, format: us_ssn, domain: b, key_version: 2 }
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
fn data_keys_stay_where_a_column_stays() {
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
    // The new one first, and both old ones: cells of other outputs may have come into the column that stays.
    assert_eq!((before.len(), after.len()), (2, 3));
    assert!(!before.contains(&after[0]) && before.iter().all(|id| after.contains(id)));
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
