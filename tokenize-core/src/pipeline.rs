//! The one loop: read, treat each column, write. Counts what happens, never looks at it.
//!
//! [`Tokenizer`] is the front door for batches in memory; [`mask_file`], [`unmask_file`] and [`remask_file`] for files,
//! [`mask_dataset`] and its neighbours for many.

mod columns;
mod dataset;
mod debug;
mod file;
mod group;
mod inspect;
mod keys;
mod mask;
mod preview;
mod progress;
mod remask;
mod report;
mod scan;
mod text;
mod unmask;

use std::sync::{Mutex, PoisonError};

use arrow::datatypes::SchemaRef;

pub use self::dataset::{
    DatasetFailure, DatasetOptions, DatasetReport, FileReport, check_dataset, mask_dataset,
    mask_dataset_inspected, remask_dataset, scan_dataset, unmask_dataset,
};
pub use self::file::{
    FileOptions, file_schema, mask_file, mask_file_inspected, remask_file, unmask_file,
};
pub use self::group::ColumnGroup;
pub use self::inspect::{Inspection, Inspector, Treatment};
pub use self::mask::MaskPlan;
pub use self::preview::{Preview, PreviewColumn, preview_file};
pub use self::progress::Progress;
pub use self::remask::{RemaskPlan, Remasker};
pub use self::report::{ColumnReport, Report};
pub use self::scan::{ScanProgress, scan_batches, scan_file, scan_files};
pub use self::text::TextPlan;
pub use self::unmask::{UnmaskPlan, Unmasker};
use crate::action::{Losses, Run};
use crate::error::Error;
use crate::io::spark;
use crate::keys::{KeyError, Keyring};
use crate::manifest::{Lost, MacKey, Manifest};
use crate::plan::{KeyringFacts, Plan, PlanError, PlanFault, PlanFaultKind};
use crate::policy::Policy;

/// A policy and a keyring: masks and unmasks batches.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, RecordBatch, StringArray};
/// use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer, UtcTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("keyring.json");
/// let keyring = Keyring::create(&path, KeyringOptions::new("local:kek.key".parse()?, "2026-01-02T03:04:05Z".parse()?))?;
/// let policy = Policy::from_text("version: 1\nname: demo\ncolumns:\n  ssn: { action: tokenize, format: us_ssn }\n")?;
/// let tokenizer = Tokenizer::new(policy, &keyring)?;
///
/// let ssn: ArrayRef = Arc::new(StringArray::from(vec![Some("123-45-6789"), None]));
/// let batch = RecordBatch::try_from_iter([("ssn", ssn)])?;
/// let plan = tokenizer.plan_mask(&batch.schema())?; // everything that can be refused is refused here
/// let masked = plan.mask(&batch)?;
/// assert_ne!(masked.column(0), batch.column(0));
///
/// let clear = tokenizer.plan_unmask(&masked.schema())?.unmask(&masked)?;
/// assert_eq!(clear.column(0), batch.column(0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tokenizer {
    policy: Policy,
    keyring: Keyring,
}

impl Tokenizer {
    /// Brings a policy and a keyring together. No key is unwrapped yet.
    ///
    /// # Errors
    /// [`KeyError`] if a rule pins a key version that the keyring does not have, or no longer uses.
    pub fn new(policy: Policy, keyring: &Keyring) -> Result<Self, KeyError> {
        for version in policy.rules().iter().filter_map(|rule| rule.key_version) {
            keyring.check_usable(version)?;
        }
        Ok(Self { policy, keyring: keyring.clone() })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The keyring.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Plans to mask batches of this schema: refuses all that cannot work, then unwraps the keys that the plan uses.
    ///
    /// # Errors
    /// [`Error::Plan`] with every fault, [`Error::Key`], [`Error::Manifest`].
    pub fn plan_mask(&self, schema: &SchemaRef) -> Result<MaskPlan, Error> {
        let told = told(schema);
        let plan = Plan::mask(&self.policy, &told, &facts(&self.keyring))?;
        self.mask_plan(Plan { input: schema.clone(), ..plan }, &told, None)
    }

    /// Plans to mask more batches of an output under the data keys that its manifest tells of, on another machine say: as [`Self::plan_mask`], but
    /// no data key is made. They are unwrapped, so that a writer file is not enough.
    ///
    /// # Errors
    /// As [`Self::plan_mask`], and [`Error::Plan`] if the manifest is not genuine.
    pub fn plan_mask_under(
        &self,
        schema: &SchemaRef,
        manifest: &Manifest,
    ) -> Result<MaskPlan, Error> {
        let plan = self.plan_mask(schema)?;
        if plan.needs_data_keys() {
            if verify(&self.keyring, manifest)?.is_none() {
                return Err(refused(PlanFaultKind::EditedMetadata));
            }
            plan.run.sealing().adopt(&manifest.data_keys()?)?;
        }
        Ok(plan)
    }

    /// Plans to unmask batches of this schema, by its own metadata where it has any, else by the policy.
    ///
    /// # Errors
    /// [`Error::Plan`] with every fault, [`Error::Key`], [`Error::Manifest`].
    pub fn plan_unmask(&self, schema: &SchemaRef) -> Result<UnmaskPlan, Error> {
        Unmasker::new(&self.keyring).policy(self.policy.clone()).plan(schema)
    }
}

/// Whether a policy can mask data of this schema, as far as can be told without a keyring.
///
/// # Errors
/// [`PlanError`] with every fault.
pub fn check_schema(policy: &Policy, schema: &SchemaRef) -> Result<(), PlanError> {
    any_plan(policy, schema).map(drop)
}

/// What a policy would do to data of this schema, whatever the keyring.
fn any_plan(policy: &Policy, schema: &SchemaRef) -> Result<Plan, PlanError> {
    // What a plan takes from the keyring goes into tags, and decides nothing.
    let any = KeyringFacts { id: String::new(), primary: 1, has_had_several_versions: false };
    Plan::mask(policy, &told(schema), &any)
}

/// The schema with what Spark says of its columns, where a reader of Parquet has passed that on unread. Batches come without it.
fn told(schema: &SchemaRef) -> SchemaRef {
    spark::read_parquet(schema).unwrap_or_else(|| schema.clone())
}

fn facts(keyring: &Keyring) -> KeyringFacts {
    KeyringFacts {
        id: keyring.id().to_string(),
        primary: keyring.primary(),
        has_had_several_versions: keyring.has_had_several_versions(),
    }
}

fn counters(run: &Run) -> Mutex<Vec<Lost>> {
    Mutex::new(vec![Lost::default(); run.plan().columns.len()])
}

fn count(total: &Mutex<Vec<Lost>>, lost: &Losses) {
    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
    for (column, more) in lost {
        if let Some(sum) = total.get_mut(*column) {
            sum.add(*more);
        }
    }
}

/// The key that a manifest's MAC is verified with. `None` if it has no MAC that vouches for anything that can be reversed.
fn verify(keyring: &Keyring, manifest: &Manifest) -> Result<Option<MacKey>, Error> {
    let Some((version, power)) = manifest.mac_power() else { return Ok(None) };
    if manifest.keyring() != keyring.id().as_str() {
        let (needed, given) = (manifest.keyring().to_owned(), keyring.id().to_string());
        return Err(refused(PlanFaultKind::OtherKeyring { needed, given }));
    }
    let edited = || refused(PlanFaultKind::EditedMetadata);
    let key = match power.root() {
        Some(root) => MacKey::Root(keyring.unwrap_root(version, root)?),
        None => {
            let first = manifest.data_keys()?.into_iter().next().ok_or_else(edited)?;
            MacKey::DataKey(keyring.unwrap_data_key(&first)?)
        }
    };
    if manifest.verify(&key) { Ok(Some(key)) } else { Err(edited()) }
}

fn refused(kind: PlanFaultKind) -> Error {
    PlanError { faults: vec![PlanFault::of_schema(kind)] }.into()
}
