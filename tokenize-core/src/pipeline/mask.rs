//! Masking: a policy and a schema, with their keys.

use std::sync::{Mutex, OnceLock, PoisonError};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Schema, SchemaRef};

use super::{Report, Tokenizer, count, counters, refused, verify};
use crate::action::{ActionError, Dataset, Part, Run};
use crate::error::Error;
use crate::keys::{DataKey, KeyError, Keyring, Power, WrappedDataKey};
use crate::manifest::{Lost, MacKey, Manifest, UnreadableManifest, mac_power};
use crate::plan::tags::MANIFEST;
use crate::plan::{Plan, PlanError, PlanFault, PlanFaultKind, Step, Witness};
use crate::policy::Policy;

/// A policy brought together with one schema, with its keys: masks any number of batches, from any thread.
///
/// Where the policy has `encrypt` with `key: output`, take [`Self::manifest`] first and store it with what is masked: it holds the data key,
/// wrapped, and nothing is masked before it has been taken.
pub struct MaskPlan {
    pub(super) run: Run,
    pub(super) lost: Mutex<Vec<Lost>>,
    pub(super) origin: Origin,
    /// Data keys of columns that an earlier mask encrypted and this one keeps, as its manifest has them.
    pub(super) kept: Vec<WrappedDataKey>,
    pub(super) mac: Mac,
    pub(super) schema: OnceLock<SchemaRef>,
}

/// What says what is done.
pub(super) enum Origin {
    /// The manifest of an output that is masked anew.
    Manifest(Manifest),
    Policy(Box<Policy>),
}

/// What a plan's manifest is signed with.
pub(super) enum Mac {
    By(MacKey),
    /// The first data key: the kept one, where this mask makes none.
    ByDataKey(Option<DataKey>),
    None,
}

impl MaskPlan {
    /// The schema of masked batches: fields carry what was done to them, the schema carries the manifest.
    ///
    /// # Errors
    /// [`ActionError::Unpublished`] if the policy has `encrypt` with `key: output` and the manifest has not been taken.
    pub fn schema(&self) -> Result<SchemaRef, Error> {
        if let Some(schema) = self.schema.get() {
            return Ok(schema.clone());
        }
        let mut metadata = self.run.plan().output.metadata().clone();
        metadata.insert(MANIFEST.to_owned(), self.manifest_with(&[])?.to_text());
        let fields = self.run.plan().output.fields().clone();
        let schema = Schema::new_with_metadata(fields, metadata).into();
        Ok(self.schema.get_or_init(|| schema).clone())
    }

    /// Masks one batch.
    ///
    /// # Errors
    /// [`Error::Action`], naming the column and the row within the batch.
    pub fn mask(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        self.mask_at(batch, 0)
    }

    /// Masks one batch of many; `first_row` is its first row's number, for messages.
    ///
    /// # Errors
    /// As [`Self::mask`].
    pub fn mask_at(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, Error> {
        let masked = self.mask_bare(batch, first_row)?;
        Ok(masked.with_schema(self.schema()?).map_err(ActionError::from)?)
    }

    /// What an output says of itself, as far as can be said before all data has been seen.
    ///
    /// Makes the data keys of `encrypt` with `key: output`, once: one call to the KMS for each key version. Whoever loses this manifest, and
    /// has no output that carries it, loses those columns.
    ///
    /// # Errors
    /// [`Error::Key`] if the KMS does not give a data key.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        self.run.sealing().prepare()?;
        self.manifest_with(&[])
    }

    /// Whether the manifest holds data keys, of this mask or of an earlier one whose columns are kept.
    pub(super) fn has_data_keys(&self) -> bool {
        self.needs_data_keys() || !self.kept.is_empty()
    }

    /// Whether the wrapped data keys in [`Self::manifest`] have to be stored before anything is masked.
    #[must_use]
    pub fn needs_data_keys(&self) -> bool {
        self.run.sealing().needs_data_keys()
    }

    /// What was done so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        match self.origin {
            Origin::Manifest(_) => Report::of_remask(self.run.plan(), &lost),
            Origin::Policy(_) => Report::new(self.run.plan(), &lost),
        }
    }

    pub(super) fn mask_bare(
        &self,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<RecordBatch, Error> {
        let (masked, lost) = self.run.apply(batch, first_row)?;
        count(&self.lost, &lost);
        Ok(masked)
    }

    /// Masks the columns of a part.
    pub(super) fn mask_part(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<Vec<ArrayRef>, Error> {
        let (arrays, lost) = self.run.apply_part(part, batch, first_row)?;
        count(&self.lost, &lost);
        Ok(arrays)
    }

    pub(super) fn manifest_with(&self, lost: &[Lost]) -> Result<Manifest, Error> {
        let plan = self.run.plan();
        let made = self.run.sealing().data_keys();
        if !self.run.sealing().is_ready() {
            let is_under = |step: &&Step| matches!(step.key, Some((_, Power::DataKey)));
            let path = plan.steps.iter().find(is_under).map(|step| step.path.to_string());
            return Err(ActionError::Unpublished { path: path.unwrap_or_default() }.into());
        }
        let key = match &self.mac {
            Mac::By(key) => Some(key.clone()),
            Mac::ByDataKey(kept) => made.first().or(kept.as_ref()).cloned().map(MacKey::DataKey),
            Mac::None => None,
        };
        // The new ones first: the first one is what a reader verifies the manifest with.
        let made = made.iter().map(DataKey::wrapped);
        let wrapped: Vec<_> = made.chain(&self.kept).cloned().collect();
        Ok(match &self.origin {
            Origin::Manifest(earlier) => earlier.remasked(plan, key.as_ref(), &wrapped, lost),
            Origin::Policy(policy) => Manifest::sign(plan, policy, key.as_ref(), &wrapped, lost),
        })
    }
}

impl Mac {
    /// The key for the manifest of a plan; `preferred` as in [`mac_power`].
    pub(super) fn of(
        plan: &Plan,
        keyring: &Keyring,
        preferred: Option<u32>,
        kept: &[WrappedDataKey],
    ) -> Result<Self, KeyError> {
        let Some((version, power)) = mac_power(plan, preferred) else { return Ok(Self::None) };
        Ok(match power.root() {
            Some(root) => Self::By(MacKey::Root(keyring.unwrap_root(version, root)?)),
            None if plan.steps.iter().any(|step| matches!(step.key, Some((_, Power::DataKey)))) => {
                Self::ByDataKey(None)
            }
            None => {
                let first = kept.first().map(|key| keyring.unwrap_data_key(key));
                Self::ByDataKey(first.transpose()?)
            }
        })
    }
}

/// The data keys of an earlier manifest, those that can still be opened first.
pub(super) fn kept_keys(
    manifest: &Manifest,
    keyring: &Keyring,
) -> Result<Vec<WrappedDataKey>, UnreadableManifest> {
    let mut keys = manifest.data_keys()?;
    keys.sort_by_key(|key| keyring.check_usable(key.key_version()).is_err());
    Ok(keys)
}

impl Tokenizer {
    /// A plan with its keys.
    pub(super) fn mask_plan(
        &self,
        plan: Plan,
        schema: &SchemaRef,
        dataset: Option<Dataset>,
    ) -> Result<MaskPlan, Error> {
        if plan.dataset_columns().is_some() && dataset.is_none() {
            return Err(refused(PlanFaultKind::DatasetUnread));
        }
        let kept = self.check_kept(schema, &plan)?;
        let run = Run::mask(plan, &self.keyring, dataset)?;
        let mac = Mac::of(run.plan(), &self.keyring, None, &kept)?;
        let (lost, origin) = (counters(&run), Origin::Policy(Box::new(self.policy.clone())));
        Ok(MaskPlan { lost, run, origin, kept, mac, schema: OnceLock::new() })
    }

    /// Columns that an earlier mask made reversible and this one keeps: the new manifest vouches for them, so the old one has to. Gives the
    /// data keys that they are under.
    fn check_kept(&self, schema: &SchemaRef, plan: &Plan) -> Result<Vec<WrappedDataKey>, Error> {
        let kept = plan.columns.iter().filter(|column| column.step.is_none());
        let kept: Vec<_> = kept
            .filter_map(|column| {
                Some((&column.path, column.tags.as_ref().filter(|tags| tags.is_reversible())?))
            })
            .collect();
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let manifest =
            schema.metadata().get(MANIFEST).map(|text| Manifest::read(text)).transpose()?;
        let Some(manifest) = manifest else { return Err(refused(PlanFaultKind::EditedMetadata)) };
        let is_genuine = verify(&self.keyring, &manifest)?.is_some();
        let is_under_data_key = kept.iter().any(|(_, tags)| tags.power() == Some(Power::DataKey));
        let forged = kept.into_iter().filter(|(path, tags)| {
            let is_ours = tags.keyring.as_deref() == Some(self.keyring.id().as_str());
            !is_genuine || !is_ours || !manifest.vouches_for(&path.to_string(), tags)
        });
        let faults: Vec<_> =
            forged.map(|(path, _)| PlanFault::at(path, PlanFaultKind::EditedMetadata)).collect();
        if !faults.is_empty() {
            return Err(PlanError { faults }.into());
        }
        Ok(if is_under_data_key { kept_keys(&manifest, &self.keyring)? } else { Vec::new() })
    }
}
