//! A policy and a keyring, for data in memory.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use pyo3::prelude::*;
use pyo3_arrow::PySchema;
use tokenize_core::{
    Error, FieldPath, Manifest, Policy, TextPlan, Tokenizer, UnmaskOptions, Unmasker,
};

use crate::carried::Carried;
use crate::error::{Class, Failure, detached};
use crate::keyring::Keyring;
use crate::plan::Plan;
use crate::table::{ArrowTable, Input};

/// What `tokenize_py.Tokenizer` drives.
#[pyclass(frozen, module = "tokenize_py._core")]
pub(crate) struct Engine {
    tokenizer: Tokenizer,
    /// Made with the first text.
    texts: OnceLock<TextPlan>,
}

#[pymethods]
impl Engine {
    /// `kind` is `path`, `text` or `json`.
    #[new]
    fn new(py: Python<'_>, policy: &str, kind: &str, keyring: &Keyring) -> Result<Self, Failure> {
        let policy = policy_of(py, policy, kind)?;
        let tokenizer = Tokenizer::new(policy, &keyring.core())?;
        Ok(Self { tokenizer, texts: OnceLock::new() })
    }

    /// What a pickle holds: the policy, the keyring's file and where its KEK is looked for. No key in clear.
    fn carried(&self) -> Result<String, Failure> {
        Ok(Carried::of(self.tokenizer.keyring())?.with_policy(self.tokenizer.policy()).to_text())
    }

    #[getter]
    fn policy_name(&self) -> &str {
        self.tokenizer.policy().name()
    }

    #[getter]
    fn keyring_id(&self) -> &str {
        self.tokenizer.keyring().id().as_str()
    }

    fn plan_mask(&self, py: Python<'_>, schema: PySchema) -> Result<Plan, Failure> {
        let schema = schema.into_inner();
        detached(py, || self.tokenizer.plan_mask(&schema)).map(Plan::mask)
    }

    /// `samples` are looked at only as far as it takes to learn what encrypted columns hold.
    fn plan_unmask(
        &self,
        py: Python<'_>,
        schema: PySchema,
        samples: &Bound<'_, PyAny>,
        columns: Option<Vec<String>>,
        key_version: Option<u32>,
        manifests: Vec<GivenManifest>,
    ) -> PyResult<Plan> {
        let (schema, samples) = (schema.into_inner(), Input::new(samples)?);
        let unmasker = self.unmasker(options(columns, key_version)?, manifests)?;
        Ok(detached(py, || {
            let mut failure = None;
            let samples = samples
                .map_while(|batch| batch.map_err(|error| failure = Some(error)).ok())
                .map(Ok);
            let plan = unmasker.plan_with_samples(&schema, samples);
            match failure {
                Some(failure) => Err(failure),
                None => Ok(Plan::unmask(plan?)),
            }
        })?)
    }

    fn mask(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<ArrowTable> {
        let input = Input::new(data)?;
        Ok(detached(py, || {
            let plan = Plan::mask(self.tokenizer.plan_mask(&input.schema)?);
            plan.run(input)
        })?)
    }

    fn mask_text(&self, py: Python<'_>, text: &str) -> Result<String, Failure> {
        detached(py, || self.texts()?.mask(text))
    }

    fn unmask_text(&self, py: Python<'_>, text: &str) -> Result<String, Failure> {
        detached(py, || self.texts()?.unmask(text))
    }

    fn unmask(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        columns: Option<Vec<String>>,
        key_version: Option<u32>,
        manifests: Vec<GivenManifest>,
    ) -> PyResult<ArrowTable> {
        let input = Input::new(data)?;
        let unmasker = self.unmasker(options(columns, key_version)?, manifests)?;
        Ok(detached(py, || {
            let schema = Arc::clone(&input.schema);
            let batches = input.collect::<Result<Vec<RecordBatch>, Failure>>()?;
            let samples = batches.iter().cloned().map(Ok::<_, Error>);
            let plan = Plan::unmask(unmasker.plan_with_samples(&schema, samples)?);
            plan.run(batches.into_iter().map(Ok))
        })?)
    }
}

/// The engine of a pickle. Unwraps nothing yet.
#[pyfunction]
pub(crate) fn carried_engine(py: Python<'_>, text: &str) -> Result<Engine, Failure> {
    detached(py, || {
        let carried = Carried::read(text)?;
        let tokenizer = Tokenizer::new(carried.policy()?, &carried.keyring()?)?;
        Ok::<_, Failure>(Engine { tokenizer, texts: OnceLock::new() })
    })
}

impl Engine {
    fn texts(&self) -> Result<&TextPlan, Error> {
        match self.texts.get() {
            Some(texts) => Ok(texts),
            None => {
                let texts = self.tokenizer.plan_texts()?;
                Ok(self.texts.get_or_init(|| texts))
            }
        }
    }

    /// Manifests that a caller gives tell more than the policy does: types and key versions. Where there are some, it is not asked.
    fn unmasker(
        &self,
        options: UnmaskOptions,
        manifests: Vec<GivenManifest>,
    ) -> Result<Unmasker, Failure> {
        let unmasker = Unmasker::new(self.tokenizer.keyring()).options(options);
        Ok(match manifests.is_empty() {
            true => unmasker.policy(self.tokenizer.policy().clone()),
            false => unmasker.manifests(read_manifests(manifests)?),
        })
    }
}

/// A plan to mask more of an output, under the data keys that its manifest tells of.
#[pyfunction]
pub(crate) fn plan_mask_under(
    py: Python<'_>,
    engine: &Bound<'_, Engine>,
    schema: PySchema,
    manifest: &str,
) -> Result<Plan, Failure> {
    let (schema, engine) = (schema.into_inner(), engine.get());
    let manifest = Manifest::read(manifest).map_err(Error::Manifest)?;
    detached(py, || engine.tokenizer.plan_mask_under(&schema, &manifest)).map(Plan::mask)
}

/// The text of a manifest, and the file that it comes from, if it comes from one.
pub(crate) type GivenManifest = (String, Option<PathBuf>);

pub(crate) fn read_manifests(given: Vec<GivenManifest>) -> Result<Vec<Manifest>, Failure> {
    let read = |(text, path): (String, Option<PathBuf>)| {
        let failed = |error| match &path {
            Some(path) => Failure::from(Error::Manifest(error)).in_file(path),
            None => Error::Manifest(error).into(),
        };
        Manifest::read(&text).map_err(failed)
    };
    given.into_iter().map(read).collect()
}

/// A policy as a tree, in JSON.
#[pyfunction]
pub(crate) fn policy_json(py: Python<'_>, policy: &str, kind: &str) -> Result<String, Failure> {
    Ok(policy_of(py, policy, kind)?.canonical_json())
}

/// Reads a policy: a file's path, its text, or the JSON of a tree that a program has built.
pub(crate) fn policy_of(py: Python<'_>, policy: &str, kind: &str) -> Result<Policy, Failure> {
    detached(py, || match kind {
        "json" => {
            let tree = serde_json::from_str(policy);
            let tree = tree.map_err(|_| {
                Failure::new(
                    Class::Policy,
                    "policy",
                    "the policy is no tree of texts, numbers, lists and mappings",
                )
            })?;
            Ok(Policy::from_json(&tree)?)
        }
        "path" => Ok(Policy::from_path(policy)?),
        _ => Ok::<_, Failure>(Policy::from_text(policy)?),
    })
}

pub(crate) fn options(
    columns: Option<Vec<String>>,
    key_version: Option<u32>,
) -> Result<UnmaskOptions, Failure> {
    let columns = columns.map(|columns| {
        columns.iter().map(|path| path.parse::<FieldPath>()).collect::<Result<Vec<_>, _>>()
    });
    Ok(UnmaskOptions { columns: columns.transpose()?, key_version })
}
