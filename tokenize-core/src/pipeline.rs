//! The one loop: read, treat each column, write. Counts what happens, never looks at it.
//!
//! [`Tokenizer`] is the front door for batches in memory; [`mask_file`] and [`unmask_file`] for files.

mod file;
mod report;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{Schema, SchemaRef};

pub use self::file::{FileOptions, mask_file, parquet_schema, unmask_file};
pub use self::report::{ColumnReport, Report};
use crate::action::{ActionError, Run, probe};
use crate::column::cell::Cells;
use crate::column::{leaves, value_type};
use crate::error::Error;
use crate::field::FieldPath;
use crate::keys::{KeyError, Keyring, Root, RootKey};
use crate::manifest::{Lost, Manifest, mac_key};
use crate::plan::tags::MANIFEST;
use crate::plan::{
    KeyringFacts, Logical, Plan, PlanError, PlanFault, PlanFaultKind, Source, UnmaskOptions,
    Witness, rule_for,
};
use crate::policy::{Action, Policy};

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
        let plan = Plan::mask(&self.policy, schema, &facts(&self.keyring))?;
        self.check_kept(schema, &plan)?;
        let run = Run::new(plan, &self.keyring)?;
        Ok(MaskPlan { lost: counters(&run), run, tokenizer: self.clone() })
    }

    /// Columns that an earlier mask made reversible and this one keeps: the new manifest vouches for them, so the old one has to.
    fn check_kept(&self, schema: &SchemaRef, plan: &Plan) -> Result<(), Error> {
        let kept = plan.columns.iter().filter(|column| column.step.is_none());
        let kept: Vec<_> = kept
            .filter_map(|column| {
                Some((&column.path, column.tags.as_ref().filter(|tags| tags.is_reversible())?))
            })
            .collect();
        if kept.is_empty() {
            return Ok(());
        }
        let manifest =
            schema.metadata().get(MANIFEST).map(|text| Manifest::read(text)).transpose()?;
        let Some(manifest) = manifest else { return Err(refused(PlanFaultKind::EditedMetadata)) };
        let is_genuine = Unmasker::new(&self.keyring).verify(&manifest)?.is_some();
        let forged = kept.into_iter().filter(|(path, tags)| {
            let is_ours = tags.keyring.as_deref() == Some(self.keyring.id().as_str());
            !is_genuine || !is_ours || !manifest.vouches_for(&path.to_string(), tags)
        });
        let faults: Vec<_> =
            forged.map(|(path, _)| PlanFault::at(path, PlanFaultKind::EditedMetadata)).collect();
        if faults.is_empty() { Ok(()) } else { Err(PlanError { faults }.into()) }
    }

    /// Plans to unmask batches of this schema, by its own metadata where it has any, else by the policy.
    ///
    /// # Errors
    /// [`Error::Plan`] with every fault, [`Error::Key`], [`Error::Manifest`].
    pub fn plan_unmask(&self, schema: &SchemaRef) -> Result<UnmaskPlan, Error> {
        Unmasker::new(&self.keyring).policy(self.policy.clone()).plan(schema)
    }
}

/// Plans unmasks: with a keyring, and a policy only where metadata is missing.
#[derive(Clone)]
pub struct Unmasker {
    keyring: Keyring,
    policy: Option<Policy>,
    options: UnmaskOptions,
}

impl Unmasker {
    /// Reverses what batches and files say was done to them.
    #[must_use]
    pub fn new(keyring: &Keyring) -> Self {
        Self { keyring: keyring.clone(), policy: None, options: UnmaskOptions::default() }
    }

    /// The policy to go by where there is no metadata.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// What to reverse, and under which key version where none is recorded.
    #[must_use]
    pub fn options(mut self, options: UnmaskOptions) -> Self {
        self.options = options;
        self
    }

    /// Plans to unmask batches of this schema.
    ///
    /// # Errors
    /// [`Error::Plan`] with every fault, [`Error::Key`], [`Error::Manifest`].
    pub fn plan(&self, schema: &SchemaRef) -> Result<UnmaskPlan, Error> {
        self.plan_with_samples(schema, std::iter::empty())
    }

    /// As [`Self::plan`], for data without metadata: cells of `encrypt` columns are looked at to learn which type they hold.
    ///
    /// # Errors
    /// As [`Self::plan`], and the errors of `samples`.
    pub fn plan_with_samples(
        &self,
        schema: &SchemaRef,
        samples: impl Iterator<Item = Result<RecordBatch, Error>>,
    ) -> Result<UnmaskPlan, Error> {
        let facts = facts(&self.keyring);
        let manifest =
            schema.metadata().get(MANIFEST).map(|text| Manifest::read(text)).transpose()?;
        let plan = match (&manifest, &self.policy) {
            (Some(manifest), _) => {
                let key = self.verify(manifest)?;
                let mut plan =
                    Plan::unmask(schema, &Source::Tags(manifest), &facts, &self.options)?;
                match key {
                    // A manifest that claims to hold nothing reversible must not get around its MAC.
                    None if !plan.steps.is_empty() => {
                        return Err(refused(PlanFaultKind::EditedMetadata));
                    }
                    Some(key) if plan.output.metadata().contains_key(MANIFEST) => {
                        let mut metadata = plan.output.metadata().clone();
                        metadata.insert(MANIFEST.to_owned(), manifest.after(&plan, &key).to_text());
                        plan.output = plan.output.as_ref().clone().with_metadata(metadata).into();
                    }
                    _ => {}
                }
                plan
            }
            // Tags without a manifest: what is left of it may have been edited, and the policy may say otherwise.
            (None, Some(_)) if has_tags(schema) => {
                return Err(refused(PlanFaultKind::EditedMetadata));
            }
            (None, Some(policy)) => {
                let found = self.probe(policy, schema, samples)?;
                Plan::unmask(schema, &Source::Policy(policy, &found), &facts, &self.options)?
            }
            (None, None) => {
                return Err(refused(if has_tags(schema) {
                    PlanFaultKind::MissingMetadata
                } else {
                    PlanFaultKind::NothingMasked
                }));
            }
        };
        let run = Run::new(plan, &self.keyring)?;
        Ok(UnmaskPlan { lost: counters(&run), run })
    }

    /// The key that the manifest's `reveal` MAC is verified with. Without such a MAC it vouches for nothing that can be reversed.
    fn verify(&self, manifest: &Manifest) -> Result<Option<RootKey>, Error> {
        let Some(version) = manifest.reveal_version() else { return Ok(None) };
        if manifest.keyring() != self.keyring.id().as_str() {
            let (needed, given) = (manifest.keyring().to_owned(), self.keyring.id().to_string());
            return Err(refused(PlanFaultKind::OtherKeyring { needed, given }));
        }
        let key = self.keyring.unwrap_root(version, Root::Reveal)?;
        if manifest.verify(&key) {
            Ok(Some(key))
        } else {
            Err(refused(PlanFaultKind::EditedMetadata))
        }
    }

    /// The logical type of each encrypted column, found from its first cell.
    fn probe(
        &self,
        policy: &Policy,
        schema: &SchemaRef,
        samples: impl Iterator<Item = Result<RecordBatch, Error>>,
    ) -> Result<HashMap<FieldPath, Logical>, Error> {
        let mut found = HashMap::new();
        let is_encrypted = |path: &FieldPath| match &rule_for(policy, path)?.action {
            Action::Encrypt { domain, .. } => {
                Some(domain.clone().unwrap_or_else(|| path.to_string()))
            }
            _ => None,
        };
        let columns = schema.fields().iter().map(|field| FieldPath::column(field.name()));
        let mut open: Vec<_> =
            columns.filter_map(|path| Some((path.clone(), is_encrypted(&path)?))).collect();
        for batch in samples {
            if open.is_empty() {
                break;
            }
            let batch = batch?;
            let mut still_open = Vec::new();
            for (path, domain) in open {
                match batch
                    .column_by_name(&column_name(&path))
                    .map(|array| first_logical(&self.keyring, &domain, array))
                {
                    Some(Ok(Some(logical))) => drop(found.insert(path, logical)),
                    Some(Err(error)) => return Err(error.into()),
                    _ => still_open.push((path, domain)),
                }
            }
            open = still_open;
        }
        Ok(found)
    }
}

fn has_tags(schema: &Schema) -> bool {
    leaves(schema.fields()).iter().any(|leaf| leaf.field.metadata().contains_key("tokenize.action"))
}

fn refused(kind: PlanFaultKind) -> Error {
    PlanError { faults: vec![PlanFault::of_schema(kind)] }.into()
}

fn column_name(path: &FieldPath) -> String {
    match path.steps() {
        [crate::field::Step::Name(name), ..] => name.clone(),
        _ => String::new(),
    }
}

fn first_logical(
    keyring: &Keyring,
    domain: &str,
    array: &arrow::array::ArrayRef,
) -> Result<Option<Logical>, ActionError> {
    let plain = cast(array, value_type(array.data_type()))?;
    let Ok(cells) = Cells::new(plain.as_ref()) else { return Ok(None) };
    for cell in (0..cells.len()).filter_map(|i| cells.get(i)) {
        if let Some(logical) = probe(keyring, domain, &cell)? {
            return Ok(Some(logical));
        }
    }
    Ok(None)
}

/// A policy brought together with one schema, with its keys: masks any number of batches, from any thread.
pub struct MaskPlan {
    run: Run,
    lost: Mutex<Vec<Lost>>,
    tokenizer: Tokenizer,
}

impl MaskPlan {
    /// The schema of masked batches: fields carry what was done to them, the schema carries the manifest.
    ///
    /// # Errors
    /// [`Error::Key`] if the manifest cannot be signed.
    pub fn schema(&self) -> Result<SchemaRef, Error> {
        let mut metadata = self.run.plan().output.metadata().clone();
        metadata.insert(MANIFEST.to_owned(), self.manifest_with(&[])?.to_text());
        Ok(Schema::new_with_metadata(self.run.plan().output.fields().clone(), metadata).into())
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
    /// # Errors
    /// [`Error::Key`] if it cannot be signed.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        self.manifest_with(&[])
    }

    /// What was done so far.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.run.plan(), &self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn mask_bare(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, Error> {
        let (masked, lost) = self.run.apply(batch, first_row)?;
        count(&self.lost, &lost);
        Ok(masked)
    }

    fn manifest_with(&self, lost: &[Lost]) -> Result<Manifest, Error> {
        let plan = self.run.plan();
        let keyring = &self.tokenizer.keyring;
        let key =
            mac_key(plan).map(|(version, root)| keyring.unwrap_root(version, root)).transpose()?;
        let id = key.as_ref().map(|_| keyring.id().as_str()).unwrap_or_default();
        Ok(Manifest::sign(plan, &self.tokenizer.policy, id, key.as_ref(), lost))
    }
}

/// A masked schema with the keys to reverse it: unmasks any number of batches, from any thread.
pub struct UnmaskPlan {
    run: Run,
    lost: Mutex<Vec<Lost>>,
}

impl UnmaskPlan {
    /// The schema of unmasked batches.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.run.plan().output.clone()
    }

    /// Unmasks one batch.
    ///
    /// # Errors
    /// [`Error::Action`], naming the column and the row within the batch.
    pub fn unmask(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        self.unmask_at(batch, 0)
    }

    /// Unmasks one batch of many; `first_row` is its first row's number, for messages.
    ///
    /// # Errors
    /// As [`Self::unmask`].
    pub fn unmask_at(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, Error> {
        let (clear, lost) = self.run.apply(batch, first_row)?;
        count(&self.lost, &lost);
        Ok(clear)
    }

    /// What was done so far, and which columns are left because they cannot be reversed.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.run.plan(), &self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a policy can mask data of this schema, as far as can be told without a keyring.
///
/// # Errors
/// [`PlanError`] with every fault.
pub fn check_schema(policy: &Policy, schema: &SchemaRef) -> Result<(), PlanError> {
    // What a plan takes from the keyring goes into tags, and decides nothing.
    let any = KeyringFacts { id: String::new(), primary: 1, has_had_several_versions: false };
    Plan::mask(policy, schema, &any).map(drop)
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

fn count(total: &Mutex<Vec<Lost>>, lost: &[Lost]) {
    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
    for (sum, more) in total.iter_mut().zip(lost) {
        sum.add(*more);
    }
}
