//! Texts of the published vectors, masked and brought back: `tests/vectors/text.json`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray};
use serde_json::{Value, json};
use tokenize_core::{Policy, Tokenizer};

use crate::fixture::{Fixture, read_vectors};

/// A policy with one column, `notes`, under the rule of a vector. The vectors name the entity of a path, which the policy derives.
fn tokenizer(fixture: &Fixture, case: &Value) -> Tokenizer {
    let mut rule = case["rule"].clone();
    for path in rule["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        path.as_object_mut().unwrap().remove("entity");
    }
    if rule["paths"].is_null() {
        rule.as_object_mut().unwrap().remove("paths");
    }
    let mut tree = json!({ "version": 1, "name": "vectors", "columns": { "notes": rule } });
    if !case["detection"].is_null() {
        tree["detection"] = case["detection"].clone();
    }
    Tokenizer::new(Policy::from_json(&tree).unwrap(), &fixture.keyring).unwrap()
}

fn batch(text: &str) -> RecordBatch {
    let column: ArrayRef = Arc::new(StringArray::from(vec![Some(text)]));
    RecordBatch::try_from_iter_with_nullable([("notes", column, true)]).unwrap()
}

fn text(case: &Value, key: &str) -> String {
    case[key].as_str().unwrap().to_owned()
}

fn first(batch: &RecordBatch) -> String {
    batch.column(0).as_string::<i32>().value(0).to_owned()
}

#[test]
fn masked_and_brought_back() {
    let fixture = Fixture::of_vectors();
    let vectors = read_vectors("text");
    let natural = vectors["natural"].as_array().unwrap();
    for case in vectors["cases"].as_array().unwrap().iter().chain(natural) {
        let tokenizer = tokenizer(&fixture, case);
        let clear = batch(&text(case, "text"));
        let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
        assert_eq!(first(&masked), text(case, "masked"), "{}", case["name"]);
        if let Some(spans) = masked.column_by_name("notes__spans") {
            let spans: &BinaryArray = spans.as_binary();
            let cell = spans.is_valid(0).then(|| hex(spans.value(0)));
            assert_eq!(json!(cell), case["spans"], "{}", case["name"]);
        }
        let back = match tokenizer.plan_unmask(&masked.schema()) {
            Ok(plan) => plan.unmask(&masked).unwrap(),
            // Nothing in it can be had back.
            Err(_) => masked,
        };
        assert_eq!(first(&back), text(case, "clear"), "{}", case["name"]);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn escaped_both_ways() {
    let fixture = Fixture::of_vectors();
    let vectors = read_vectors("text");
    let tokenizer = tokenizer(&fixture, &json!({ "rule": vectors["escaper"] }));
    for case in vectors["escapes"].as_array().unwrap() {
        let clear = batch(&text(case, "text"));
        let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
        assert_eq!(first(&masked), text(case, "masked"));
        let back = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&masked).unwrap();
        assert_eq!(first(&back), text(case, "text"));
    }
}

#[test]
fn edited_texts_are_read_and_forged_ones_stay() {
    let fixture = Fixture::of_vectors();
    let vectors = read_vectors("text");
    let own = json!({ "deny": [{ "value": "a code of our own", "entity": "CODE" }] });
    let case = json!({ "rule": vectors["reader"], "detection": own });
    let tokenizer = tokenizer(&fixture, &case);
    let masked = batch("x");
    let masked = tokenizer.plan_mask(&masked.schema()).unwrap().mask(&masked).unwrap();
    let plan = tokenizer.plan_unmask(&masked.schema()).unwrap();
    let unmask = |text: &str| {
        let column: ArrayRef = Arc::new(StringArray::from(vec![Some(text)]));
        let edited = RecordBatch::try_new(masked.schema(), vec![column]).unwrap();
        first(&plan.unmask(&edited).unwrap())
    };
    for case in vectors["reads"].as_array().unwrap() {
        assert_eq!(unmask(&text(case, "masked")), text(case, "clear"), "{}", case["name"]);
    }
    for case in vectors["stays"].as_array().unwrap() {
        let masked = text(case, "masked");
        assert_eq!(unmask(&masked), masked, "{}", case["name"]);
    }
}
