//! Mask personal data in Arrow tables and Parquet files, keep working with the result, and bring the originals back with the key.
//!
//! A [`Policy`] says what happens to each column, a [`Keyring`] holds the wrapped keys. Together they are a [`Tokenizer`]. The same
//! value becomes the same token through this crate, through the command line and in Python, whatever the batches and threads.
//!
//! # From the job to the call
//!
//! | job | call |
//! |---|---|
//! | mask a Parquet file | [`mask_file`] |
//! | bring one back | [`unmask_file`] with an [`Unmasker`] |
//! | bring one to a new key version | [`remask_file`] with a [`Remasker`] |
//! | do so to directories of files, and go on where a run was killed | [`mask_dataset`], [`unmask_dataset`], [`remask_dataset`] |
//! | mask batches in memory | [`Tokenizer::plan_mask`], then [`MaskPlan::mask`] for each batch |
//! | bring them back | [`Tokenizer::plan_unmask`] or [`Unmasker::plan`], then [`UnmaskPlan::unmask`] |
//! | mask a prompt, unmask the answer | [`Tokenizer::plan_texts`], then [`TextPlan::mask`] and [`TextPlan::unmask`] |
//! | check a policy, or its fit with a schema | [`Policy::from_path`], [`check_schema`] |
//! | know what the columns of a table hold, and draft a policy | [`scan_file`], or a [`Scanner`] for batches; [`ScanReport::policy`] |
//! | show people what a scan found, or what a mask did | [`report::Page`], with [`mask_file_inspected`] |
//! | find personal data in a text or a batch | [`Detector::detect`], [`Detector::detect_batch`] |
//! | find one's own kinds of it too | [`detection_from_text`], [`Detection`] |
//! | know what a policy promises and leaks | [`Policy::explain`] |
//! | make, rotate, rewrap keys | [`Keyring::create`], [`Keyring::add`] and its neighbours |
//! | let a host write and not read | `encrypt` with `key: output`, [`Keyring::export_writer`], [`MaskPlan::manifest`] |
//! | know what a role needs at AWS | [`iam::permissions`] |
//! | connect a KMS | feature `aws`, or [`keys::Kms`] and [`keys::KmsProvider`] |
//! | test another FF1 against this one | [`ff1_encrypt`], [`ff1_decrypt`] |
//!
//! # A whole round trip
//!
//! ```
//! use std::sync::Arc;
//! use std::time::SystemTime;
//!
//! use arrow::array::{ArrayRef, RecordBatch, StringArray};
//! use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer, Unmasker};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("keyring.json");
//! // Once: a keyring, its keys wrapped by a wrapping key (KEK) in a file beside it. Back that file up, away from the data.
//! let options = KeyringOptions::new("local:kek.key".parse()?, SystemTime::now().into());
//! Keyring::create(&path, options)?;
//!
//! // What is to happen. A column that is not named would stop the run.
//! let policy = Policy::from_text(
//!     "version: 1
//! name: people
//! columns:
//!   name:  { action: encrypt }
//!   email: { action: tokenize, format: email }
//!   city:  { action: keep }
//! ",
//! )?;
//!
//! let column = |values: &[Option<&str>]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
//! let people = RecordBatch::try_from_iter([
//!     ("name", column(&[Some("Zoë Example"), Some("John Doe")])),
//!     ("email", column(&[Some("zoe.example@example.com"), None])),
//!     ("city", column(&[Some("Springfield"), Some("Ashford")])),
//! ])?;
//!
//! // Whatever can be refused is refused here, before the first row; then the keys that the plan uses are unwrapped.
//! let tokenizer = Tokenizer::new(policy, &Keyring::open(&path)?)?;
//! let plan = tokenizer.plan_mask(&people.schema())?;
//! let masked = plan.mask(&people)?;
//! assert_ne!(masked.column(1), people.column(1));
//! assert_eq!(masked.column(2), people.column(2));
//!
//! // Elsewhere, later: masked data says of itself what was done to it, so the keyring is enough.
//! let plan = Unmasker::new(&Keyring::open(&path)?).plan(&masked.schema())?;
//! assert_eq!(plan.unmask(&masked)?, people);
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! - [`pipeline`]: tokenizers, plans, files, reports
//! - [`policy`]: policies, their faults, explanations and JSON Schema
//! - [`report`]: pages for people, of scans and masks
//! - [`keys`]: keyrings, root keys, KMS
//! - [`iam`]: what a role needs to be allowed at AWS
//! - [`detect`]: finds personal data in texts and columns
//! - [`mod@format`]: the formats of `tokenize`
//! - [`field`]: paths of columns
//! - [`secret`]: bytes that are wiped
//! - [`manual`]: reasons for defaults, and lessons from elsewhere
//!
//! # Security
//!
//! Tokens and pseudonyms show which values are equal; tokens have no integrity, cells of `encrypt` have. Who can unwrap the keys of a
//! keyring can reverse what it masked. Each action's leaks are in [`Policy::explain`], the whole picture in `docs/threat-model.md`.
//!
//! # Features
//!
//! None is on by default; each adds what the table says, and changes nothing else.
//!
//! | feature | adds | brings |
//! |---|---|---|
//! | `aws` | `aws-kms:` references (`keys::kms::aws`) | the AWS SDK for KMS, rustls, tokio |
//! | `stores` | `s3://`, `gs://`, `az://` and `abfss://` for inputs and outputs (`Stores::from_environment`) | `object_store`, rustls, tokio |
//!
//! What each costs to compile and to link is in `docs/performance.md`. The minimum supported Rust version is in `Cargo.toml`; it rises with a
//! minor version of this crate only.
//!
//! # What this crate never does
//!
//! It prints nothing and puts no value, token or key into an error or a report. It reads no environment and opens no connection, but for the client of
//! AWS KMS where the feature `aws` is on and a keyring names it, and for those of object stores where [`ReadOptions::stores`] leads there; and no clock, but to drop unwrapped keys in time ([`keys::KeyCache`]).
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub(crate) mod action;
pub(crate) mod calendar;
pub(crate) mod checksum;
pub(crate) mod column;
pub(crate) mod crypto;
pub(crate) mod dataset;
pub mod detect;
pub(crate) mod error;
pub mod field;
pub mod format;
pub(crate) mod hex;
pub mod iam;
pub(crate) mod io;
pub(crate) mod json;
pub mod keys;
pub(crate) mod manifest;
pub mod manual;
mod markup;
pub mod pipeline;
pub(crate) mod plan;
pub mod policy;
pub(crate) mod process;
pub mod report;
#[cfg(any(feature = "aws", feature = "stores"))]
pub(crate) mod runtime;
pub mod secret;
pub(crate) mod spelling;
pub(crate) mod surrogate;

pub use action::{ActionError, Reason};
pub use column::cell::CellError;
pub use crypto::{Ff1Error, ff1_decrypt, ff1_encrypt};
pub use dataset::listing::is_single_file;
pub use dataset::{DatasetError, Difference, PartitionProblem, RunPart};
pub use detect::{
    ColumnReport, DetectError, Detection, Detector, Finding, ScanOptions, ScanReport, Scanner,
    Verdict,
};
pub use error::{Error, ErrorClass};
pub use field::FieldPath;
pub use io::csv::CsvOptions;
pub use io::kind::{FileFormat, UnknownFormat};
pub use io::side::side_path;
pub use io::spark;
pub use io::store::url::UrlProblem;
pub use io::store::{StoreProblem, Stores};
pub use io::{Damage, IoError, LineDamage, ReadOptions};
pub use keys::{KeyError, Keyring, KeyringOptions, UtcTime};
pub use manifest::{Manifest, UnreadableManifest};
pub use pipeline::{
    ColumnGroup, DatasetFailure, DatasetOptions, DatasetReport, FileOptions, FileReport,
    Inspection, Inspector, MaskPlan, RemaskPlan, Remasker, Report, ScanProgress, TextPlan,
    Tokenizer, UnmaskPlan, Unmasker, check_dataset, check_schema, file_schema, mask_dataset,
    mask_dataset_inspected, mask_file, mask_file_inspected, preview_file, remask_dataset,
    remask_file, scan_batches, scan_dataset, scan_file, scan_files, unmask_dataset, unmask_file,
};
pub use plan::{PlanError, PlanFault, PlanFaultKind, SubjectProblem, UnmaskOptions};
pub use policy::{
    Policy, PolicyError, detection_from_json, detection_from_path, detection_from_text,
};
pub use process::NoThreads;
