//! Keyrings, policies and batches for the tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenize_core::{Error, Keyring, KeyringOptions, MaskPlan, Policy, Tokenizer};

/// A folder with a keyring in it.
pub(crate) struct Fixture {
    pub(crate) folder: TempDir,
    pub(crate) keyring: Keyring,
}

impl Fixture {
    /// A fresh keyring with random keys.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = KeyringOptions::new(
            "local:kek.key".parse().unwrap(),
            "2026-01-02T03:04:05Z".parse().unwrap(),
        );
        let keyring = Keyring::create(folder.path().join("keyring.json"), options).unwrap();
        Self { folder, keyring }
    }

    /// The keyring of the published vectors.
    pub(crate) fn of_vectors() -> Self {
        let vectors = read_vectors("keyring");
        let folder = tempfile::tempdir().unwrap();
        let kek = folder.path().join("kek.key");
        fs::write(&kek, vectors["kek_file"].as_str().unwrap()).unwrap();
        fs::set_permissions(&kek, fs::Permissions::from_mode(0o600)).unwrap();
        let path = folder.path().join("keyring.json");
        fs::write(&path, vectors["keyring_file"].to_string()).unwrap();
        let keyring = Keyring::open(&path).unwrap();
        Self { folder, keyring }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn tokenizer(&self, columns: &str) -> Tokenizer {
        Tokenizer::new(policy(columns), &self.keyring).unwrap()
    }

    /// The plan of a policy that has one rule, for column `v`.
    pub(crate) fn plan_one(&self, rule: &Value, column: &ArrayRef) -> Result<MaskPlan, Error> {
        let tree = json!({ "version": 1, "name": "test", "columns": { "v": rule } });
        let tokenizer = Tokenizer::new(Policy::from_json(&tree)?, &self.keyring)?;
        tokenizer.plan_mask(&one(column).schema())
    }

    /// A column treated by one rule.
    pub(crate) fn mask_one(&self, rule: &Value, column: &ArrayRef) -> Result<ArrayRef, Error> {
        Ok(self.plan_one(rule, column)?.mask(&one(column))?.column(0).clone())
    }

    /// A masked column brought back by the rule that masked it.
    pub(crate) fn unmask_one(&self, rule: &Value, column: &ArrayRef) -> Result<ArrayRef, Error> {
        let tree = json!({ "version": 1, "name": "test", "columns": { "v": rule } });
        let tokenizer = Tokenizer::new(Policy::from_json(&tree)?, &self.keyring)?;
        let options = tokenize_core::UnmaskOptions {
            columns: None,
            key_version: Some(self.keyring.primary()),
        };
        let unmasker = tokenize_core::Unmasker::new(&self.keyring)
            .policy(tokenizer.policy().clone())
            .options(options);
        let samples = std::iter::once(Ok(one(column)));
        Ok(unmasker
            .plan_with_samples(&one(column).schema(), samples)?
            .unmask(&one(column))?
            .column(0)
            .clone())
    }
}

/// A policy with the given rules, in YAML.
pub(crate) fn policy(columns: &str) -> Policy {
    let columns: String = columns.lines().map(|line| format!("  {}\n", line.trim())).collect();
    Policy::from_text(&format!("version: 1\nname: test\ncolumns:\n{columns}")).unwrap()
}

/// A batch with one nullable column, `v`.
pub(crate) fn one(column: &ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("v", column.clone(), true)]).unwrap()
}

pub(crate) fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

pub(crate) fn shared(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

pub(crate) fn text(value: &str) -> ArrayRef {
    texts([Some(value)])
}

/// One of the files in tests/vectors.
pub(crate) fn read_vectors(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}
