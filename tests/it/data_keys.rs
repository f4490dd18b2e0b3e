//! `encrypt` with `key: output`, file to file: who is asked for what, how often, and what is left when the KMS fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Int64Array, RecordBatch};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenize_core::keys::kms::insecure_fake::InsecureFakeKms;
use tokenize_core::keys::{EncryptionContext, Kms};
use tokenize_core::secret::Secret;
use tokenize_core::{
    ActionError, Error, ErrorClass, FileOptions, IoError, Keyring, KeyringOptions, Manifest,
    Reason, Tokenizer, Unmasker, mask_file, unmask_file,
};

use crate::fixture::{Fixture, one, policy, read_vectors, shared, text, texts};

/// A folder with a keyring whose KMS counts.
struct Desk {
    folder: TempDir,
    kms: InsecureFakeKms,
}

impl Desk {
    fn new() -> Self {
        let (folder, kms) = (tempfile::tempdir().unwrap(), InsecureFakeKms::new([3; 32]));
        let options = KeyringOptions::new(
            "insecure-fake:kek".parse().unwrap(),
            "2026-01-02T03:04:05Z".parse().unwrap(),
        );
        Keyring::create_with(folder.path().join("keyring.json"), options, Arc::new(kms.clone()))
            .unwrap();
        let desk = Self { folder, kms };
        desk.write_table("in.parquet");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The keyring as a new process would open it: nothing is kept from before.
    fn keyring(&self) -> Keyring {
        Keyring::open_with(self.path("keyring.json"), Arc::new(self.kms.clone())).unwrap()
    }

    /// A hundred row groups of ten rows.
    fn write_table(&self, name: &str) {
        let row = |i: i64| format!("person{i}@example.com");
        let emails: Vec<String> = (0..1000).map(row).collect();
        let emails = texts(emails.iter().map(|email| Some(email.as_str())));
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1000));
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("id", ids, true),
            ("email", emails.clone(), true),
            ("name", emails, true),
        ])
        .unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(10)).build();
        let file = fs::File::create(self.path(name)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn mask(&self, columns: &str) -> Result<(), Error> {
        let tokenizer = Tokenizer::new(policy(columns), &self.keyring())?;
        let options = FileOptions::default();
        mask_file(&tokenizer, &self.path("in.parquet"), &self.path("out.parquet"), &options)
            .map(drop)
    }

    /// `first.parquet`: the table with encrypted names, without its side file.
    fn mask_names_only(&self) {
        let rules = "id: { action: keep }
            email: { action: keep }
            name: { action: encrypt, key: output }";
        self.mask(rules).unwrap();
        fs::rename(self.path("out.parquet"), self.path("first.parquet")).unwrap();
        fs::remove_file(self.path("out.parquet.tokenize.json")).unwrap();
    }

    fn unmask(&self) -> Result<(), Error> {
        let unmasker = Unmasker::new(&self.keyring());
        let options = FileOptions { replace: true, ..FileOptions::default() };
        unmask_file(&unmasker, &self.path("out.parquet"), &self.path("clear.parquet"), &options)
            .map(drop)
    }

    /// Calls for new keys and calls for wrapped ones, since the last look.
    fn calls<T>(&self, work: impl FnOnce() -> T) -> (T, usize, usize) {
        let before = (self.kms.generates(), self.kms.unwraps());
        let done = work();
        (done, self.kms.generates() - before.0, self.kms.unwraps() - before.1)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn rows(path: &Path) -> RecordBatch {
    let file = fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = reader.schema().clone();
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

const ALL_POWERS: &str = "id: { action: pseudonymize, domain: person, output: int64 }
    email: { action: tokenize, format: email }
    name: { action: encrypt, key: output }";
const WRITE_ONLY: &str = "id: { action: keep }
    email: { action: encrypt, key: output, domain: contact }
    name: { action: encrypt, key: output }";

#[test]
fn each_key_is_asked_for_once_however_many_row_groups() {
    let desk = Desk::new();
    let (done, made, unwrapped) = desk.calls(|| desk.mask(ALL_POWERS));
    done.unwrap();
    assert_eq!((made, unwrapped), (1, 2), "one data key; both root keys");
    let (done, made, unwrapped) = desk.calls(|| desk.unmask());
    done.unwrap();
    assert_eq!((made, unwrapped), (0, 2), "the reveal root key and the data key");
    let (before, after) = (rows(&desk.path("in.parquet")), rows(&desk.path("clear.parquet")));
    assert_eq!(before.column(1), after.column(1));
    assert_eq!(before.column(2), after.column(2));
    assert_eq!(after.num_rows(), 1000);
}

#[test]
fn whoever_writes_unwraps_nothing() {
    let desk = Desk::new();
    let (done, made, unwrapped) = desk.calls(|| desk.mask(WRITE_ONLY));
    done.unwrap();
    assert_eq!((made, unwrapped), (1, 0));
    let (done, made, unwrapped) = desk.calls(|| desk.unmask());
    done.unwrap();
    assert_eq!((made, unwrapped), (0, 1), "the data key, and no root key");
    assert_eq!(
        rows(&desk.path("in.parquet")).columns(),
        rows(&desk.path("clear.parquet")).columns()
    );

    let side = fs::read_to_string(desk.path("out.parquet.tokenize.json")).unwrap();
    let side = serde_json::from_str::<Value>(&side).unwrap();
    assert_eq!(side["mac"]["root"], "data-key");
    assert_eq!(side["data_keys"].as_array().unwrap().len(), 1);
    let masked = rows(&desk.path("out.parquet"));
    let own = &masked.schema_ref().metadata()["tokenize.manifest"];
    assert_eq!(serde_json::from_str::<Value>(own).unwrap(), side);
}

#[test]
fn a_kms_that_fails_leaves_nothing_behind() {
    let desk = Desk::new();
    let before = desk.names();
    let calls = 3;
    for answered in 0..calls {
        desk.kms.fail_after(answered);
        let error = desk.mask(ALL_POWERS).unwrap_err();
        assert_eq!(error.class(), ErrorClass::World, "{error}");
        assert_eq!(desk.names(), before, "after {answered} calls");
    }
    desk.kms.fail_after(calls);
    desk.mask(ALL_POWERS).unwrap();
    let with_output = desk.names();
    for answered in 0..2 {
        desk.kms.fail_after(answered);
        assert_eq!(desk.unmask().unwrap_err().class(), ErrorClass::World);
        assert_eq!(desk.names(), with_output);
    }
    desk.kms.set_down(false);
    desk.unmask().unwrap();
}

#[test]
fn a_failure_in_the_middle_leaves_what_was_there() {
    let desk = Desk::new();
    desk.mask(WRITE_ONLY).unwrap();
    let side = fs::read(desk.path("out.parquet.tokenize.json")).unwrap();
    let output = fs::read(desk.path("out.parquet")).unwrap();
    let names = desk.names();
    let again = |columns: &str, replace: bool| {
        let tokenizer = Tokenizer::new(policy(columns), &desk.keyring())?;
        let options = FileOptions { replace, ..FileOptions::default() };
        mask_file(&tokenizer, &desk.path("in.parquet"), &desk.path("out.parquet"), &options)
    };
    assert!(again(WRITE_ONLY, false).is_err());
    // An email is no social security number: the first batch fails, with the side file written already.
    let misfit = "id: { action: keep }
        email: { action: tokenize, format: us_ssn }
        name: { action: encrypt, key: output }";
    let error = again(misfit, true).unwrap_err();
    assert!(matches!(error, Error::Action(ActionError::Invalid { .. })), "{error}");
    assert_eq!(fs::read(desk.path("out.parquet.tokenize.json")).unwrap(), side);
    assert_eq!(fs::read(desk.path("out.parquet")).unwrap(), output);
    assert_eq!(desk.names(), names);
    again(WRITE_ONLY, true).unwrap();
    assert_ne!(fs::read(desk.path("out.parquet.tokenize.json")).unwrap(), side);
}

#[test]
fn a_side_file_in_the_way_is_found_before_the_kms_is_asked() {
    let desk = Desk::new();
    let side = desk.path("out.parquet.tokenize.json");
    fs::write(&side, "of another output").unwrap();
    let before = desk.names();
    for columns in [WRITE_ONLY, ALL_POWERS] {
        let (done, made, unwrapped) = desk.calls(|| desk.mask(columns));
        assert!(matches!(done, Err(Error::Io(IoError::SideFileExists { .. }))));
        assert_eq!((made, unwrapped), (0, 0));
    }
    assert_eq!(desk.names(), before);
    let no_data_key = "id: { action: keep }
        email: { action: drop }
        name: { action: encrypt, key: output, optional: true }";
    // A column that is not there has no data key to publish.
    let tokenizer = Tokenizer::new(policy(no_data_key), &desk.keyring()).unwrap();
    let ids = rows(&desk.path("in.parquet")).project(&[0, 1]).unwrap();
    assert!(!tokenizer.plan_mask(&ids.schema()).unwrap().needs_data_keys());
}

#[test]
fn a_dry_run_makes_no_data_key() {
    let desk = Desk::new();
    let before = desk.names();
    let options = FileOptions { dry_run: true, ..FileOptions::default() };
    let tokenizer = Tokenizer::new(policy(ALL_POWERS), &desk.keyring()).unwrap();
    let (report, made, unwrapped) = desk.calls(|| {
        mask_file(&tokenizer, &desk.path("in.parquet"), &desk.path("out.parquet"), &options)
    });
    assert_eq!((report.unwrap().side_file, made, unwrapped), (None, 0, 2));
    assert_eq!(desk.names(), before);
}

#[test]
fn nothing_is_masked_before_its_wrapped_key_is_taken() {
    let fixture = Fixture::new();
    let tokenizer = fixture.tokenizer("v: { action: encrypt, key: output }");
    let batch = one(&text("alice"));
    let plan = tokenizer.plan_mask(&batch.schema()).unwrap();
    assert!(plan.needs_data_keys());
    for error in [plan.mask(&batch).unwrap_err(), plan.schema().map(drop).unwrap_err()] {
        assert!(matches!(error, Error::Action(ActionError::Unpublished { .. })), "{error}");
        assert!(error.hint().unwrap().contains("plan.manifest()"));
    }
    let manifest = plan.manifest().unwrap();
    let masked = plan.mask(&batch).unwrap();
    let clear = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&masked).unwrap();
    assert_eq!(clear.column(0), batch.column(0));

    // What another program has left of it: cells alone, in another order, among others.
    let cells = masked.column(0).as_binary::<i32>().value(0).to_vec();
    let rewritten = one(&shared(BinaryArray::from_opt_vec(vec![None, Some(&cells)])));
    let by_manifest = Unmasker::new(&fixture.keyring).manifests([manifest]);
    let plan = by_manifest.plan(&rewritten.schema()).unwrap();
    let clear = plan.unmask(&rewritten).unwrap();
    assert_eq!(clear.column(0).as_ref(), texts([None, Some("alice")]).as_ref());
    assert!(clear.schema().metadata().is_empty() && clear.schema().field(0).metadata().is_empty());

    // By the policy alone nobody tells of the data key.
    let error = tokenizer.plan_unmask(&rewritten.schema()).unwrap().unmask(&rewritten).unwrap_err();
    let is_data_key = matches!(
        &error,
        Error::Action(ActionError::Invalid { reason: Reason::DataKey, row: 1, .. })
    );
    assert!(is_data_key && error.hint().unwrap().contains("--manifest"), "{error}");
}

#[test]
fn a_cell_in_a_column_of_another_domain_is_refused() {
    let fixture = Fixture::new();
    for key in ["keyring", "output"] {
        let tokenizer = fixture.tokenizer(&format!(
            "a: {{ action: encrypt, key: {key} }}\nb: {{ action: encrypt, key: {key} }}"
        ));
        let column = text("alice");
        let batch = RecordBatch::try_from_iter([("a", column.clone()), ("b", column)]).unwrap();
        let plan = tokenizer.plan_mask(&batch.schema()).unwrap();
        plan.manifest().unwrap();
        let masked = plan.mask(&batch).unwrap();
        let swapped = vec![masked.column(1).clone(), masked.column(0).clone()];
        let swapped = RecordBatch::try_new(masked.schema(), swapped).unwrap();
        let error = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&swapped).unwrap_err();
        assert!(
            matches!(error, Error::Action(ActionError::Invalid { reason: Reason::Cell, .. })),
            "{error}"
        );
    }
}

#[test]
fn a_second_mask_keeps_the_data_keys_of_the_first() {
    let desk = Desk::new();
    desk.mask(
        "id: { action: keep }
        email: { action: keep }
        name: { action: encrypt, key: output }",
    )
    .unwrap();
    fs::rename(desk.path("out.parquet"), desk.path("first.parquet")).unwrap();
    let mask = |columns: &str| {
        let tokenizer = Tokenizer::new(policy(columns), &desk.keyring()).unwrap();
        let options = FileOptions::default();
        mask_file(&tokenizer, &desk.path("first.parquet"), &desk.path("out.parquet"), &options)
    };
    // Kept data keys are published too, so the side file of the first output is in the way.
    let all_kept = "id: { action: keep }\nemail: { action: drop }\nname: { action: keep }";
    let (done, made, unwrapped) = desk.calls(|| mask(all_kept));
    assert!(matches!(done, Err(Error::Io(IoError::SideFileExists { .. }))));
    assert_eq!((made, unwrapped), (0, 0));
    fs::remove_file(desk.path("out.parquet.tokenize.json")).unwrap();
    let second = "id: { action: keep }
        email: { action: encrypt, key: output }
        name: { action: keep }";
    mask(second).unwrap();
    desk.unmask().unwrap();
    assert_eq!(
        rows(&desk.path("in.parquet")).columns(),
        rows(&desk.path("clear.parquet")).columns()
    );
}

/// The keyring of the vectors with pairs of its own in the context, wrapped by a KMS of this process.
fn vector_keyring(pairs: &Value) -> Keyring {
    let published = read_vectors("keyring");
    let mut file = published["keyring_file"].clone();
    let kms = InsecureFakeKms::new([5; 32]);
    file["kms"] = json!("insecure-fake:x");
    file["encryption_context"] = pairs.clone();
    let id = file["id"].as_str().unwrap().to_owned();
    for version in file["versions"].as_array_mut().unwrap() {
        let number = version["version"].to_string();
        for (root, key) in version["keys"].as_object_mut().unwrap() {
            let pairs = pairs.as_object().unwrap().iter();
            let context = pairs.fold(EncryptionContext::new(), |context, (name, value)| {
                context.with(name, value.as_str().unwrap())
            });
            let context =
                context.with("tokenize:keyring", &id).with("tokenize:purpose", root.as_str());
            let hex = published["roots"][&number][root].as_str().unwrap();
            let bytes = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
            let secret = Secret::take(&mut std::array::from_fn(bytes));
            key["wrapped"] = STANDARD.encode(kms.wrap(&secret, &context).unwrap().blob).into();
        }
    }
    Keyring::from_json(&file.to_string(), "", Arc::new(kms)).unwrap()
}

#[test]
fn a_column_and_manifest_of_another_program_open() {
    let vectors = read_vectors("data_keys");
    let keyring = vector_keyring(&vectors["cases"][1]["encryption_context"]);
    let manifest = Manifest::read(&vectors["manifest"].to_string()).unwrap();
    let cells = vectors["column"]["cells"].as_array().unwrap();
    let column = texts(cells.iter().map(Value::as_str));
    let path = vectors["column"]["path"].as_str().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable([(path, column, true)]).unwrap();
    let plan = Unmasker::new(&keyring).manifests([manifest]).plan(&batch.schema()).unwrap();
    let clear = plan.unmask(&batch).unwrap();
    let expected = vectors["column"]["plaintexts"].as_array().unwrap();
    let clear = clear.column(0).as_string::<i32>();
    assert_eq!(clear.len(), expected.len());
    for (i, expected) in expected.iter().enumerate() {
        assert_eq!(clear.is_valid(i).then(|| clear.value(i)), expected.as_str());
    }

    // One character of it changed, and it is nobody's.
    let mut edited = vectors["manifest"].clone();
    edited["policy"]["name"] = json!("another");
    let edited = Manifest::read(&edited.to_string()).unwrap();
    assert!(Unmasker::new(&keyring).manifests([edited]).plan(&batch.schema()).is_err());
}

/// A table masked by itself: its batch, and the manifest that was taken before.
fn masked_apart(fixture: &Fixture, rules: &str, value: &str) -> (RecordBatch, Manifest) {
    let column = text(value);
    let batch = RecordBatch::try_from_iter([("a", column.clone()), ("b", column)]).unwrap();
    let plan = fixture.tokenizer(rules).plan_mask(&batch.schema()).unwrap();
    let manifest = plan.manifest().unwrap();
    (plan.mask(&batch).unwrap(), manifest)
}

/// The rows of both under the schema of the first, as a program that puts tables together leaves them.
fn together(first: &RecordBatch, second: &RecordBatch) -> RecordBatch {
    let second = RecordBatch::try_new(first.schema(), second.columns().to_vec()).unwrap();
    arrow::compute::concat_batches(&first.schema(), [first, &second]).unwrap()
}

#[test]
fn what_is_put_together_opens_with_the_manifests_of_both() {
    const RULES: &str = "a: { action: encrypt, key: output }
        b: { action: encrypt, key: output }";
    let mut fixture = Fixture::new();
    let (first, _) = masked_apart(&fixture, RULES, "one");
    let version = fixture.keyring.add("2026-02-03T04:05:06Z".parse().unwrap()).unwrap();
    fixture.keyring.promote(version).unwrap();
    // Cells name their key version: a rotation in between makes no difference.
    let (second, manifest) = masked_apart(&fixture, RULES, "two");
    let both = together(&first, &second);

    let error =
        Unmasker::new(&fixture.keyring).plan(&both.schema()).unwrap().unmask(&both).unwrap_err();
    let is_data_key = |error: &Error| {
        matches!(error, Error::Action(ActionError::Invalid { reason: Reason::DataKey, row: 1, .. }))
    };
    assert!(is_data_key(&error), "{error}");

    let unmasker = Unmasker::new(&fixture.keyring).manifests([manifest]);
    let clear = unmasker.plan(&both.schema()).unwrap().unmask(&both).unwrap();
    assert_eq!(clear.column(1).as_ref(), texts([Some("one"), Some("two")]).as_ref());

    // What a partial unmask leaves masked needs no manifest but its own from then on.
    let options = tokenize_core::UnmaskOptions {
        columns: Some(vec!["a".parse().unwrap()]),
        key_version: None,
    };
    let half = unmasker.options(options).plan(&both.schema()).unwrap().unmask(&both).unwrap();
    let clear =
        Unmasker::new(&fixture.keyring).plan(&half.schema()).unwrap().unmask(&half).unwrap();
    assert_eq!(clear.column(0).as_ref(), texts([Some("one"), Some("two")]).as_ref());
    assert_eq!(clear.column(1).as_ref(), texts([Some("one"), Some("two")]).as_ref());
}

#[test]
fn manifests_that_nobody_signed_or_that_differ_are_refused() {
    let fixture = Fixture::new();
    let rules = "a: { action: encrypt, key: output }
        b: { action: keep }";
    let (masked, _) = masked_apart(&fixture, rules, "one");
    let (_, unsigned) = masked_apart(&fixture, "a: { action: redact }\nb: { action: keep }", "two");
    let (_, other) = masked_apart(
        &fixture,
        "a: { action: encrypt, key: output, domain: other }\nb: { action: keep }",
        "two",
    );
    let refused = |manifest: Manifest| {
        let unmasker = Unmasker::new(&fixture.keyring).manifests([manifest]);
        unmasker.plan(&masked.schema()).map(drop).unwrap_err().to_string()
    };
    assert!(refused(unsigned).contains("different treatments"));
    assert!(refused(other).contains("different treatments"));
    // The same columns, but no MAC: anybody can write that.
    let own: Value =
        serde_json::from_str(&masked.schema().metadata()["tokenize.manifest"]).unwrap();
    let mut forged = own;
    forged["mac"] = json!({ "root": "none", "key_version": 0, "value": "" });
    assert!(refused(Manifest::read(&forged.to_string()).unwrap()).contains("edited"));
}

#[test]
fn kept_data_keys_are_beside_the_output_too() {
    let desk = Desk::new();
    desk.mask_names_only();
    let second = "id: { action: pseudonymize, domain: d }
        email: { action: drop }
        name: { action: keep }";
    let tokenizer = Tokenizer::new(policy(second), &desk.keyring()).unwrap();
    let (input, output) = (desk.path("first.parquet"), desk.path("out.parquet"));
    let report = mask_file(&tokenizer, &input, &output, &FileOptions::default()).unwrap();
    assert_eq!(report.side_file.as_deref(), Some(desk.path("out.parquet.tokenize.json").as_path()));
    desk.unmask().unwrap();
}

#[test]
fn a_masked_column_under_another_name_is_not_taken_for_a_clear_one() {
    let fixture = Fixture::new();
    let column = text("123-45-6789");
    let batch = RecordBatch::try_from_iter([("ssn", column.clone()), ("note", column)]).unwrap();
    let rules = "ssn: { action: tokenize, format: us_ssn }
        note: { action: keep }";
    let plan = fixture.tokenizer(rules).plan_mask(&batch.schema()).unwrap();
    let masked = plan.mask(&batch).unwrap();
    let by_manifest = Unmasker::new(&fixture.keyring).manifests([plan.manifest().unwrap()]);
    let bare = |names: [&str; 2]| {
        let columns = names.into_iter().zip(masked.columns().iter().cloned());
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let error = by_manifest.plan(&bare(["number", "note"]).schema()).map(drop).unwrap_err();
    assert!(error.to_string().contains("its masked column `ssn` is not here"), "{error}");
    assert!(error.hint().unwrap().contains("--policy"));
    // Another column more is no matter while all masked ones are there, nor is one less.
    let more = bare(["ssn", "comment"]);
    let clear = by_manifest.plan(&more.schema()).unwrap().unmask(&more).unwrap();
    assert_eq!(clear.column(0), batch.column(0));
}
