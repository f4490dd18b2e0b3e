//! Canary values go down every path that can fail; none may turn up in an error, at any depth.

use std::error::Error as _;
use std::fs;

use arrow::array::{BinaryArray, Date32Array, Int64Array, RecordBatch};
use serde_json::json;
use tokenize_core::{
    Error, FileOptions, Policy, Remasker, Tokenizer, Unmasker, mask_file, unmask_file,
};

use crate::fixture::{Fixture, one, shared, text};

/// As unlikely in any honest message as a 20-digit number can be.
const CANARY: &str = "48151623429876543210";
const CANARY_NUMBER: i64 = 4_815_162_342_987_654_321;

/// Everything that an error shows: messages and debug forms of the whole chain.
#[track_caller]
fn is_silent<T>(outcome: Result<T, Error>) {
    let Err(error) = outcome else { panic!("this should have failed") };
    let mut shown = vec![error.to_string(), format!("{error:?}"), error.hint().unwrap_or_default()];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    for text in shown {
        assert!(!text.contains("481516"), "{text}");
        assert!(!text.is_empty() || error.hint().is_none());
    }
}

#[test]
fn misfits_of_every_format() {
    let fixture = Fixture::new();
    let canary = text(&format!("§{CANARY}§"));
    for format in [
        "digits",
        "hex",
        "letters",
        "alphanumeric",
        "email",
        "us_ssn",
        "pan",
        "iban",
        "phone",
        "ip",
        "uuid",
        "mac",
    ] {
        let rule = json!({ "action": "tokenize", "format": format, "domain": "d" });
        is_silent(fixture.mask_one(&rule, &canary));
        is_silent(fixture.unmask_one(&rule, &canary));
    }
    let ranged = json!({ "action": "tokenize", "format": "integer", "range": [0, 1_000_000], "domain": "d" });
    is_silent(fixture.mask_one(&ranged, &shared(Int64Array::from(vec![CANARY_NUMBER]))));
    let date =
        json!({ "action": "tokenize", "format": "date", "small_domain": "permute", "domain": "d" });
    is_silent(fixture.mask_one(&date, &shared(Date32Array::from(vec![481_516_234]))));
}

#[test]
fn misfits_of_every_other_action() {
    let fixture = Fixture::new();
    let canary = text(CANARY);
    for to in ["year", "month", "zip3", "age_band"] {
        let mut rule = json!({ "action": "generalize", "to": to });
        if to == "age_band" {
            rule["as_of"] = json!("2026-01-01");
        }
        is_silent(fixture.mask_one(&rule, &canary));
    }
    let bucket = json!({ "action": "generalize", "to": "bucket", "size": "99999999999999999999" });
    let lowest = shared(Int64Array::from(vec![-CANARY_NUMBER]));
    is_silent(fixture.mask_one(&bucket, &lowest));
    let cell = shared(BinaryArray::from_iter_values([CANARY.repeat(5).as_bytes()]));
    is_silent(fixture.unmask_one(&json!({ "action": "encrypt" }), &cell));
    is_silent(fixture.unmask_one(&json!({ "action": "encrypt", "output": "string" }), &canary));
}

#[test]
fn cells_that_cannot_be_remasked() {
    let mut fixture = Fixture::new();
    for rule in [
        json!({ "action": "tokenize", "format": "letters", "domain": "d" }),
        json!({ "action": "encrypt", "output": "string" }),
        json!({ "action": "encrypt", "output": "string", "key": "output" }),
    ] {
        let plan = fixture.plan_one(&rule, &text("Jane")).unwrap();
        plan.manifest().unwrap();
        let forged = RecordBatch::try_new(plan.schema().unwrap(), vec![text(CANARY)]).unwrap();
        let version = fixture.keyring.add("2026-02-02T00:00:00Z".parse().unwrap()).unwrap();
        fixture.keyring.promote(version).unwrap();
        let plan = Remasker::new(&fixture.keyring).plan(&forged.schema()).unwrap();
        plan.manifest().unwrap();
        is_silent(plan.remask(&forged));
    }
}

#[test]
fn shifts_without_subject() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer(
        "who: { action: keep }\nday: { action: shift_date, subject: who, max_days: 30 }",
    );
    for (who, day) in [(None, "2020-01-01"), (Some(CANARY), CANARY)] {
        let columns = [("who", crate::fixture::texts([who])), ("day", text(day))];
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, column)| (name, column, true)),
        )
        .unwrap();
        is_silent(tokenizer.plan_mask(&batch.schema()).unwrap().mask(&batch));
    }
}

#[test]
fn policies_and_schemas_that_do_not_fit() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer("v: { action: tokenize, format: email }");
    let numbers = shared(arrow::array::Float64Array::from(vec![4.815_162_342_987e18]));
    is_silent(tokenizer.plan_mask(&one(&numbers).schema()));
    let twice = Policy::from_json(
        &json!({ "version": 1, "name": "n", "columns": { "v": { "action": "redact", "with": CANARY, "kind": 1 } } }),
    );
    is_silent(twice.map_err(Error::from));
    let alphabet = json!({ "action": "tokenize", "format": "alphabet", "alphabet": format!("{CANARY}{CANARY}"), "domain": "d" });
    is_silent(
        Policy::from_json(&json!({ "version": 1, "name": "n", "columns": { "v": alphabet } }))
            .map_err(Error::from),
    );
}

#[test]
fn files_that_are_damaged_or_altered() {
    let fixture = Fixture::new();
    let rules = "v: { action: encrypt }\nw: { action: tokenize, format: digits, domain: d }";
    let tokenizer = Tokenizer::new(crate::fixture::policy(rules), &fixture.keyring).unwrap();
    let (clear, masked, out) = (
        fixture.path("clear.parquet"),
        fixture.path("masked.parquet"),
        fixture.path("out.parquet"),
    );
    let batch = RecordBatch::try_from_iter([("v", text(CANARY)), ("w", text(CANARY))]).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(
        fs::File::create(&clear).unwrap(),
        batch.schema(),
        None,
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    mask_file(&tokenizer, &clear, &masked, &FileOptions::default()).unwrap();
    let whole = fs::read(&masked).unwrap();
    assert!(!whole.windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes()));

    let unmasker = Unmasker::new(&fixture.keyring);
    for cut in [0, 3, 12, whole.len() / 2, whole.len() - 1] {
        fs::write(&masked, &whole[..cut]).unwrap();
        is_silent(unmask_file(&unmasker, &masked, &out, &FileOptions::default()));
        assert!(!out.exists());
    }
    let cell_format = whole.windows(6).position(|bytes| bytes == [1, 1, 0, 0, 0, 1]).unwrap();
    let mut altered = whole;
    altered[cell_format + 40] ^= 1;
    fs::write(&masked, &altered).unwrap();
    is_silent(unmask_file(&unmasker, &masked, &out, &FileOptions::default()));
    assert!(!out.exists());
}
