//! Structs, lists and maps to any depth: every leaf is treated, nothing that no one can see comes out.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeListArray, LargeListArray, ListArray, MapArray, RecordBatch,
    StringArray, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use tokenize_core::{Tokenizer, Unmasker};

use crate::fixture::{Fixture, policy, texts};

const SSNS: [&str; 6] =
    ["123-45-6789", "223-45-6789", "323-45-6789", "423-45-6789", "523-45-6789", "not an SSN"];

fn leaf() -> Field {
    Field::new("ssn", DataType::Utf8, true)
}

fn ssns() -> ArrayRef {
    texts(SSNS.map(Some))
}

/// A struct whose second entry is null; what lies under it does not fit its format.
fn person(values: ArrayRef, nulls: Vec<bool>) -> ArrayRef {
    Arc::new(StructArray::new(
        Fields::from(vec![leaf()]),
        vec![values],
        Some(NullBuffer::from(nulls)),
    ))
}

#[track_caller]
fn round_trip(rules: &str, column: ArrayRef) -> RecordBatch {
    let fixture = Fixture::of_vectors();
    let batch = RecordBatch::try_from_iter_with_nullable([("c", column, true)]).unwrap();
    let tokenizer = Tokenizer::new(policy(rules), &fixture.keyring).unwrap();
    let masked = tokenizer.plan_mask(&batch.schema()).unwrap().mask(&batch).unwrap();
    assert_ne!(masked.column(0), batch.column(0));
    let clear =
        Unmasker::new(&fixture.keyring).plan(&masked.schema()).unwrap().unmask(&masked).unwrap();
    assert_eq!(clear.column(0), batch.column(0));
    assert_eq!(clear.schema().fields(), batch.schema().fields());
    masked
}

fn holds(array: &ArrayRef, text: &str) -> bool {
    array
        .to_data()
        .buffers()
        .iter()
        .any(|buffer| buffer.windows(text.len()).any(|bytes| bytes == text.as_bytes()))
        || array
            .to_data()
            .child_data()
            .iter()
            .any(|child| holds(&arrow::array::make_array(child.clone()), text))
}

#[test]
fn structs() {
    let column = person(ssns(), vec![true, true, true, true, true, false]);
    let masked = round_trip("c.ssn: { action: tokenize, format: us_ssn }", column.clone());
    assert!(SSNS.iter().all(|ssn| !holds(masked.column(0), ssn)), "not even under a null parent");
    round_trip("c.ssn: { action: tokenize, format: us_ssn }", column.slice(1, 5));
}

#[test]
fn lists() {
    let element = Arc::new(leaf().with_name("item"));
    let offsets = || OffsetBuffer::new(vec![0, 2, 2, 5, 6].into());
    let nulls = || Some(NullBuffer::from(vec![true, true, true, false]));
    let rule = "\"c[]\": { action: tokenize, format: us_ssn }";
    let list = ListArray::new(element.clone(), offsets(), ssns(), nulls());
    let masked = round_trip(rule, Arc::new(list.clone()));
    assert!(SSNS.iter().all(|ssn| !holds(masked.column(0), ssn)), "not even under a null list");
    round_trip(rule, Arc::new(list.slice(1, 2)));
    let wide = OffsetBuffer::new(vec![0_i64, 2, 2, 5, 6].into());
    round_trip(rule, Arc::new(LargeListArray::new(element.clone(), wide, ssns(), nulls())));
    let fixed = FixedSizeListArray::new(
        element,
        2,
        ssns(),
        Some(NullBuffer::from(vec![true, true, false])),
    );
    round_trip(rule, Arc::new(fixed));
}

#[test]
fn maps() {
    let fields = Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Utf8, true),
    ]);
    let keys = Arc::new(StringArray::from(SSNS[..5].to_vec()));
    let entries = StructArray::new(fields.clone(), vec![keys, ssns().slice(0, 5)], None);
    let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
    let map =
        MapArray::new(field, OffsetBuffer::new(vec![0, 2, 2, 5].into()), entries, None, false);
    let masked = round_trip(
        "\"c{key}\": { action: tokenize, format: us_ssn }\n\"c{value}\": { action: tokenize, format: us_ssn }",
        Arc::new(map.clone()),
    );
    let masked = masked.column(0).as_map();
    assert_eq!(masked.keys(), masked.values(), "keys and values share a domain");
    round_trip(
        "\"c{key}\": { action: keep }\n\"c{value}\": { action: encrypt }",
        Arc::new(map.slice(1, 2)),
    );
}

#[test]
fn a_hundred_levels() {
    let mut column = ssns().slice(0, 5);
    let mut path = "c".to_owned();
    for level in 0..100 {
        let element = Arc::new(Field::new("item", column.data_type().clone(), true));
        column = if level % 2 == 0 {
            Arc::new(ListArray::new(
                element,
                OffsetBuffer::from_lengths([column.len()]),
                column,
                None,
            ))
        } else {
            Arc::new(StructArray::new(Fields::from(vec![element]), vec![column], None))
        };
    }
    for level in (0..100).rev() {
        path.push_str(if level % 2 == 0 { "[]" } else { ".item" });
    }
    round_trip(&format!("\"{path}\": {{ action: tokenize, format: us_ssn }}"), column);
}

#[test]
fn fields_can_be_dropped_and_containers_kept() {
    let fixture = Fixture::of_vectors();
    let fields = Fields::from(vec![leaf(), Field::new("note", DataType::Utf8, true)]);
    let column: ArrayRef = Arc::new(StructArray::new(fields, vec![ssns(), ssns()], None));
    let batch = RecordBatch::try_from_iter([
        ("c", column.clone()),
        ("gone", column.clone()),
        ("kept", column),
    ])
    .unwrap();
    let rules = "c.ssn: { action: redact }\nc.note: { action: drop }\ngone: { action: drop }\nkept: { action: keep }";
    let tokenizer = Tokenizer::new(policy(rules), &fixture.keyring).unwrap();
    let masked = tokenizer.plan_mask(&batch.schema()).unwrap().mask(&batch).unwrap();
    assert_eq!(masked.num_columns(), 2);
    let c = masked.column(0).as_struct();
    assert_eq!(c.column_names(), ["ssn"]);
    assert!(c.column(0).as_string::<i32>().iter().all(|value| value == Some("[REDACTED]")));
    assert_eq!(masked.column(1), batch.column(2));
    assert!(
        masked.column(1).to_data().ptr_eq(&batch.column(2).to_data()),
        "a kept column is not copied"
    );
}

#[test]
fn dates_in_lists_move_with_their_row() {
    let fixture = Fixture::of_vectors();
    let days = Arc::new(arrow::array::Date32Array::from(vec![0, 10, 0, 5]));
    let element = Arc::new(Field::new("item", DataType::Date32, true));
    let list: ArrayRef =
        Arc::new(ListArray::new(element, OffsetBuffer::from_lengths([2, 0, 1, 1]), days, None));
    let who = texts([Some("a"), Some("b"), Some("c"), Some("a")]);
    let batch = RecordBatch::try_from_iter([("visits", list), ("who", who)]).unwrap();
    let rules = "who: { action: pseudonymize, domain: who }\n\"visits[]\": { action: shift_date, subject: who, max_days: 1000 }";
    let tokenizer = Tokenizer::new(policy(rules), &fixture.keyring).unwrap();
    let masked = tokenizer.plan_mask(&batch.schema()).unwrap().mask(&batch).unwrap();
    let moved = masked
        .column(0)
        .as_list::<i32>()
        .values()
        .as_primitive::<arrow::datatypes::Date32Type>()
        .values()
        .to_vec();
    assert_eq!(moved[1] - moved[0], 10, "intervals of one subject survive");
    assert_eq!(moved[3] - moved[0], 5, "in every row");
    assert_ne!(moved[2], moved[0], "another subject moves by another number");
    let clear =
        Unmasker::new(&fixture.keyring).plan(&masked.schema()).unwrap().unmask(&masked).unwrap();
    assert_eq!(clear.column(0), batch.column(0));
}
