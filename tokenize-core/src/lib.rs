//! Tokenization and encryption of PII columns in Arrow and Parquet.
#![forbid(unsafe_code)]

pub(crate) mod action;
pub(crate) mod calendar;
pub(crate) mod checksum;
pub(crate) mod column;
pub(crate) mod crypto;
pub(crate) mod error;
pub mod field;
pub mod format;
pub(crate) mod io;
pub(crate) mod json;
pub mod keys;
pub(crate) mod manifest;
pub mod pipeline;
pub(crate) mod plan;
pub mod policy;
pub mod secret;

pub use action::{ActionError, Reason};
pub use column::cell::CellError;
pub use crypto::{Ff1Error, ff1_decrypt, ff1_encrypt};
pub use error::{Error, ErrorClass};
pub use field::FieldPath;
pub use io::{Damage, IoError};
pub use keys::{KeyError, Keyring, KeyringOptions, UtcTime};
pub use manifest::{Manifest, UnreadableManifest};
pub use pipeline::{
    FileOptions, MaskPlan, Report, Tokenizer, UnmaskPlan, Unmasker, check_schema, mask_file, parquet_schema, unmask_file,
};
pub use plan::{PlanError, PlanFault, PlanFaultKind, SubjectProblem, UnmaskOptions};
pub use policy::{Policy, PolicyError};
