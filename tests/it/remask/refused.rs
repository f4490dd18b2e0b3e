//! What cannot be brought along is refused, or left; what has been edited is refused.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::Schema;
use tokenize_core::Remasker;

use super::{Rotated, assert_same_data, manifest_of, promote, visits};
use crate::fixture::{Fixture, one, text, texts};

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
    assert_same_data(&rotated.clear(&remasked), &rotated.clear(&rotated.old));
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
    change: impl Fn(&mut HashMap<String, String>),
    change_schema: impl Fn(&mut HashMap<String, String>),
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
    rotated.old = with_metadata(&genuine, HashMap::clear, |_| ());
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
    rotated.old = with_metadata(&genuine, |_| (), HashMap::clear);
    refused(&rotated, "nothing to remask");
    let other = Fixture::new();
    let error = Remasker::new(&other.keyring).plan(&genuine.schema()).map(drop).unwrap_err();
    assert!(error.to_string().contains("was masked with keyring"), "{error}");
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
