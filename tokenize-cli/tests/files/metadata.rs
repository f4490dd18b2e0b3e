//! What masked files say of themselves: edited, lost, or told by hand.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};

use crate::desk::{Desk, MASK, UNMASK, people, reversible, with_schema};

/// The batch with `change` made to the metadata of one field.
fn with_tags(
    batch: &RecordBatch,
    name: &str,
    change: impl Fn(&mut HashMap<String, String>),
) -> RecordBatch {
    let schema = batch.schema();
    let fields = schema.fields().iter().map(|field| {
        let mut metadata = field.metadata().clone();
        if field.name() == name {
            change(&mut metadata);
        }
        field.as_ref().clone().with_metadata(metadata)
    });
    let fields: Vec<Field> = fields.collect();
    with_schema(batch, Schema::new_with_metadata(fields, schema.metadata().clone()))
}

const EDITED: &str = "error: masked.parquet: COLUMNthe masking metadata has been edited, or was written with another keyring's key
hint: use the file as it was written, or give --manifest OUTPUT.tokenize.json (manifests in Python); where that is lost for good, remove what is left of the metadata and give --policy P";

#[test]
fn masking_twice_is_refused() {
    let desk = Desk::masked();
    desk.policy("  email: { action: tokenize, format: email }\n  \"*\": { action: keep }\n");
    desk.fails(
        "mask masked.parquet --policy policy.yaml --keyring keyring.json --out twice.parquet",
        2,
        "error: masked.parquet: column email: is masked already (tokenize); masking a masked column is refused
hint: mask the original again, or unmask this first",
    );
}

#[test]
fn an_edited_tag_is_refused() {
    for (tag, value) in
        [("tokenize.domain", "other"), ("tokenize.key_version", "2"), ("tokenize.params", "{}")]
    {
        let desk = Desk::masked();
        let change = |tags: &mut HashMap<String, String>| {
            drop(tags.insert(tag.to_owned(), value.to_owned()))
        };
        desk.edit("masked.parquet", |batch| with_tags(&batch, "email", change));
        desk.fails(UNMASK, 2, &EDITED.replace("COLUMN", "column email: "));
    }
}

#[test]
fn a_column_that_has_lost_its_tags_is_noticed() {
    let desk = Desk::masked();
    desk.edit("masked.parquet", |batch| with_tags(&batch, "email", HashMap::clear));
    desk.fails(UNMASK, 2, &EDITED.replace("COLUMN", "column email: "));
}

#[test]
fn an_edited_manifest_is_refused() {
    let desk = Desk::masked();
    desk.edit("masked.parquet", |batch| {
        let schema = batch.schema();
        let mut metadata = schema.metadata().clone();
        let manifest = metadata.get_mut("tokenize.manifest").unwrap();
        *manifest = manifest.replace("\"domain\":\"email\"", "\"domain\":\"other\"");
        with_schema(&batch, Schema::new_with_metadata(schema.fields().clone(), metadata))
    });
    desk.fails(UNMASK, 2, &EDITED.replace("COLUMN", ""));
}

#[test]
fn a_damaged_manifest_is_refused() {
    let desk = Desk::masked();
    desk.edit("masked.parquet", |batch| {
        let metadata = HashMap::from([("tokenize.manifest".to_owned(), "{}".to_owned())]);
        with_schema(&batch, Schema::new_with_metadata(batch.schema().fields().clone(), metadata))
    });
    desk.fails(UNMASK, 2, "error: masked.parquet: the manifest is damaged or of an unknown format");
}

#[test]
fn a_lost_manifest_is_not_guessed() {
    let desk = Desk::masked();
    desk.edit("masked.parquet", |batch| {
        with_schema(&batch, Schema::new(batch.schema().fields().clone()))
    });
    desk.fails(
        UNMASK,
        2,
        "error: masked.parquet: the schema does not say how it was masked; give the manifest that was written with it, or the policy it was masked with\nhint: give --manifest OUTPUT.tokenize.json (manifests in Python), or --policy P",
    );
}

#[test]
fn a_file_that_says_nothing_needs_a_policy() {
    let desk = Desk::masked();
    desk.strip("masked.parquet");
    desk.fails(
        UNMASK,
        2,
        "error: masked.parquet: nothing to unmask: no column carries masking metadata; give the manifest that was written with it, or the policy it was masked with
hint: give --manifest OUTPUT.tokenize.json (manifests in Python), or --policy P",
    );
}

#[test]
fn a_policy_stands_in_for_lost_metadata() {
    let desk = Desk::without_files();
    desk.policy(&reversible());
    desk.write("in.parquet", &people(50, 3));
    desk.done(MASK);
    desk.strip("masked.parquet");
    desk.done(&format!("{UNMASK} --policy policy.yaml"));
    assert_eq!(desk.read("clear.parquet"), desk.read("in.parquet"));
}

#[test]
fn a_key_version_that_nothing_records_is_asked_for() {
    let desk = Desk::without_files();
    desk.policy(&reversible());
    desk.write("in.parquet", &people(50, 3));
    desk.done(MASK);
    desk.strip("masked.parquet");
    desk.done("keyring add keyring.json");
    let by_policy = format!("{UNMASK} --policy policy.yaml");
    let fault = "the key version is not recorded and the keyring has had several; say which one (a wrong one would give wrong values)";
    let faults: Vec<String> = ["id", "email", "ssn", "card", "points"]
        .map(|name| format!("  column {name}: {fault}"))
        .into();
    desk.fails(
        &by_policy,
        2,
        &format!("error: masked.parquet: 5 faults\n{}\nhint: give --key-version N (key_version in Python)", faults.join("\n")),
    );
    desk.done(&format!("{by_policy} --key-version 1"));
    assert_eq!(desk.read("clear.parquet"), desk.read("in.parquet"));
}

#[test]
fn columns_that_cannot_be_unmasked_are_refused_by_name() {
    let desk = Desk::masked();
    desk.fails(
        &format!("{UNMASK} --columns id"),
        2,
        "error: masked.parquet: column id: cannot be unmasked: pseudonymize is one-way",
    );
    desk.fails(
        &format!("{UNMASK} --columns email,no"),
        2,
        "error: masked.parquet: column no: is not in the schema
hint: correct the name, or mark the rule `optional: true` if the column may be absent",
    );
}

#[test]
fn file_level_metadata_passes_by_name_only() {
    let desk = Desk::new();
    let metadata = [("origin", "warehouse"), ("note", "qvxzjwkpfmbd")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    desk.edit("in.parquet", |batch| {
        with_schema(
            &batch,
            Schema::new_with_metadata(batch.schema().fields().clone(), metadata.into()),
        )
    });
    desk.done(&format!("{MASK} --keep-metadata origin"));
    let masked = desk.read("masked.parquet");
    let mut keys: Vec<String> = masked.schema().metadata().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["origin", "tokenize.manifest"]);
    assert!(!desk.has_bytes("masked.parquet", b"qvxzjwkpfmbd"));
}
