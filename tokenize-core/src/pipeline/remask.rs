//! Remasking: what an old key version masked, masked again under the primary one.

use std::sync::OnceLock;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::mask::{Mac, Origin, kept_keys};
use super::{MaskPlan, Report, counters, facts, refused, told, verify};
use crate::action::{OpeningKeys, Run};
use crate::error::Error;
use crate::keys::{Keyring, Power, WrappedDataKey};
use crate::manifest::Manifest;
use crate::plan::tags::MANIFEST;
use crate::plan::{ColumnPlan, Plan, PlanFaultKind};

/// Plans remasks: with a keyring alone, by what masked data says of itself.
///
/// Tokens come out as a mask of the original under the primary version would have made them. So they join with what is masked from now on,
/// and the old version can be disabled once everything has been brought along.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, RecordBatch, StringArray};
/// use tokenize_core::{Keyring, KeyringOptions, Policy, Remasker, Tokenizer, UtcTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("keyring.json");
/// # let now: UtcTime = "2026-01-02T03:04:05Z".parse()?;
/// let mut keyring = Keyring::create(&path, KeyringOptions::new("local:kek.key".parse()?, now))?;
/// let policy = Policy::from_text("version: 1\nname: demo\ncolumns:\n  ssn: { action: tokenize, format: us_ssn }\n")?;
/// let ssn: ArrayRef = Arc::new(StringArray::from(vec!["123-45-6789"]));
/// let people = RecordBatch::try_from_iter([("ssn", ssn)])?;
/// let mask = |keyring: &Keyring| Tokenizer::new(policy.clone(), keyring)?.plan_mask(&people.schema())?.mask(&people);
///
/// let old = mask(&keyring)?;
/// let version = keyring.add(now)?;
/// keyring.promote(version)?;
/// let new = Remasker::new(&keyring).plan(&old.schema())?.remask(&old)?;
/// assert_ne!(new.column(0), old.column(0));
/// assert_eq!(new.column(0), mask(&keyring)?.column(0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Remasker {
    pub(super) keyring: Keyring,
    pub(super) leave: bool,
}

impl Remasker {
    /// Brings data to the primary version of this keyring. What cannot be brought along is refused.
    #[must_use]
    pub fn new(keyring: &Keyring) -> Self {
        Self { keyring: keyring.clone(), leave: false }
    }

    /// Whether columns that cannot be brought along stay as they are, under their old version, instead of being refused: pseudonyms, and
    /// shifted dates whose subject is one.
    #[must_use]
    pub fn leave(mut self, leave: bool) -> Self {
        self.leave = leave;
        self
    }

    /// Plans to remask batches of this schema: refuses all that cannot work, then unwraps the keys that the plan uses.
    ///
    /// # Errors
    /// [`Error::Plan`] with every fault, [`Error::Key`], [`Error::Manifest`].
    pub fn plan(&self, schema: &SchemaRef) -> Result<RemaskPlan, Error> {
        let told = told(schema);
        let text = told.metadata().get(MANIFEST);
        let Some(manifest) = text.map(|text| Manifest::read(text)).transpose()? else {
            return Err(refused(PlanFaultKind::Untagged));
        };
        let is_genuine = verify(&self.keyring, &manifest)?.is_some();
        let plan = Plan::remask(&told, &manifest, &facts(&self.keyring), self.leave)?;
        let plan = Plan { input: schema.clone(), ..plan };
        let is_due = !plan.steps.is_empty();
        // A manifest that claims to hold nothing reversible must not get around its MAC.
        if is_due && !is_genuine {
            return Err(refused(PlanFaultKind::EditedMetadata));
        }
        let (mac, kept) = match is_due {
            true => {
                let kept = self.kept_keys(&plan, &manifest)?;
                (Mac::of(&plan, &self.keyring, Some(self.keyring.primary()), &kept)?, kept)
            }
            false => (Mac::None, Vec::new()),
        };
        let run = Run::remask(plan, &self.keyring, OpeningKeys::new(manifest.data_keys()?))?;
        let (lost, origin) = (counters(&run), Origin::Manifest(manifest));
        let mask = MaskPlan { run, lost, origin, kept, mac, schema: OnceLock::new() };
        Ok(RemaskPlan { mask, input: schema.clone() })
    }

    /// The data keys that columns which stay may be under: all, for a column put together from several outputs may hold cells of each. Where
    /// no such column stays they go, as nothing is under them any more.
    fn kept_keys(&self, plan: &Plan, manifest: &Manifest) -> Result<Vec<WrappedDataKey>, Error> {
        let mut stays = plan.columns.iter().filter(|column| column.step.is_none());
        let is_under = |column: &ColumnPlan| {
            column.tags.as_ref().is_some_and(|tags| tags.power() == Some(Power::DataKey))
        };
        if !stays.any(is_under) {
            return Ok(Vec::new());
        }
        Ok(kept_keys(manifest, &self.keyring)?)
    }
}

/// A masked schema with the keys to mask it again: remasks any number of batches, from any thread.
///
/// Where columns are encrypted with `key: output`, take [`Self::manifest`] first and store it with what comes out, as with [`MaskPlan`].
pub struct RemaskPlan {
    pub(super) mask: MaskPlan,
    input: SchemaRef,
}

impl RemaskPlan {
    /// Whether anything is to be done: not where all is under the primary version already.
    #[must_use]
    pub fn is_due(&self) -> bool {
        !self.mask.run.plan().steps.is_empty()
    }

    /// The schema of remasked batches.
    ///
    /// # Errors
    /// As [`MaskPlan::schema`].
    pub fn schema(&self) -> Result<SchemaRef, Error> {
        if self.is_due() { self.mask.schema() } else { Ok(self.input.clone()) }
    }

    /// Remasks one batch; one of a plan that is not due comes out as it is.
    ///
    /// # Errors
    /// [`Error::Action`], naming the column and the row within the batch.
    pub fn remask(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        if self.is_due() { self.mask.mask(batch) } else { Ok(batch.clone()) }
    }

    /// What an output says of itself: as before, and under the new keys.
    ///
    /// # Errors
    /// As [`MaskPlan::manifest`].
    pub fn manifest(&self) -> Result<Manifest, Error> {
        match &self.mask.origin {
            Origin::Manifest(earlier) if !self.is_due() => Ok(earlier.clone()),
            _ => self.mask.manifest(),
        }
    }

    /// Whether the wrapped data keys in [`Self::manifest`] have to be stored before anything is remasked.
    #[must_use]
    pub fn needs_data_keys(&self) -> bool {
        self.mask.needs_data_keys()
    }

    /// What was done so far, which columns were under the primary version already, and which are left.
    #[must_use]
    pub fn report(&self) -> Report {
        self.mask.report()
    }
}
