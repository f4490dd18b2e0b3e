//! Unmasking: what data says was done to it, or a policy or manifest where it does not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{FieldRef, Fields, Schema, SchemaRef};

use super::{Report, count, counters, facts, refused, told, verify};
use crate::action::{ActionError, OpeningKeys, Part, Probe, Run};
use crate::column::cell::Cells;
use crate::column::nest::Node;
use crate::column::{leaves, value_type, with_metadata};
use crate::error::Error;
use crate::field::FieldPath;
use crate::keys::{Keyring, WrappedDataKey};
use crate::manifest::{Lost, Manifest};
use crate::plan::tags::MANIFEST;
use crate::plan::{
    Logical, Plan, PlanError, PlanFault, PlanFaultKind, Source, UnmaskOptions, rule_for,
};
use crate::policy::{Action, Policy};

/// Plans unmasks: with a keyring, and a policy only where metadata is missing.
#[derive(Clone)]
pub struct Unmasker {
    pub(super) keyring: Keyring,
    pub(super) policy: Option<Policy>,
    pub(super) manifests: Vec<Manifest>,
    pub(super) options: UnmaskOptions,
}

impl Unmasker {
    /// Reverses what batches and files say was done to them.
    #[must_use]
    pub fn new(keyring: &Keyring) -> Self {
        let options = UnmaskOptions::default();
        Self { keyring: keyring.clone(), policy: None, manifests: Vec::new(), options }
    }

    /// The policy to go by where there is no metadata.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Manifests of the outputs that the data comes from (`<output>.tokenize.json`), where it does not carry its own: they tell what was
    /// done (unless a policy is given), vouch for tags that are left, and hold the data keys of `encrypt` with `key: output`. Several for data put together from several outputs.
    #[must_use]
    pub fn manifests(mut self, manifests: impl IntoIterator<Item = Manifest>) -> Self {
        self.manifests.extend(manifests);
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
        let (told, input) = (told(schema), schema);
        let schema = &told;
        let own = schema.metadata().get(MANIFEST).map(|text| Manifest::read(text)).transpose()?;
        let known = self.data_keys(own.as_ref())?;
        let data_keys = OpeningKeys::new(known.iter().cloned());
        let plan = match (&own, &self.policy, self.manifests.first()) {
            (Some(manifest), ..) => self.plan_by_manifest(schema, manifest, &known)?,
            // Tags that have lost their manifest, as in a table that pyarrow has renamed columns of: the one given vouches for them.
            (None, _, Some(manifest)) if has_tags(schema) => {
                let whole = with_manifest(schema, schema.fields().clone(), manifest);
                self.plan_by_manifest(&whole, manifest, &known)?
            }
            // Tags without any manifest: what is left may have been edited, and the policy may say otherwise.
            (None, policy, None) if has_tags(schema) => {
                return Err(refused(match policy {
                    None => PlanFaultKind::MissingMetadata,
                    Some(_) => PlanFaultKind::EditedMetadata,
                }));
            }
            (None, Some(policy), _) => {
                let found = self.probe(policy, &data_keys, schema, samples)?;
                let source = Source::Policy(policy, &found);
                Plan::unmask(schema, &source, &facts(&self.keyring), &self.options)?
            }
            (None, None, Some(manifest)) => {
                self.plan_by_manifest(&told_by(schema, manifest)?, manifest, &known)?
            }
            (None, None, None) => return Err(refused(PlanFaultKind::NothingMasked)),
        };
        // Batches come without what was told elsewhere.
        let plan = Plan { input: input.clone(), ..plan };
        let run = Run::unmask(plan, &self.keyring, data_keys)?;
        Ok(UnmaskPlan { lost: counters(&run), run })
    }

    /// Goes by the tags of a schema and the manifest that vouches for them. What stays masked may be under any of `data_keys`.
    fn plan_by_manifest(
        &self,
        schema: &SchemaRef,
        manifest: &Manifest,
        data_keys: &[WrappedDataKey],
    ) -> Result<Plan, Error> {
        let key = verify(&self.keyring, manifest)?;
        let mut plan =
            Plan::unmask(schema, &Source::Tags(manifest), &facts(&self.keyring), &self.options)?;
        match key {
            // A manifest that claims to hold nothing reversible must not get around its MAC.
            None if !plan.steps.is_empty() => return Err(refused(PlanFaultKind::EditedMetadata)),
            Some(key) if plan.output.metadata().contains_key(MANIFEST) => {
                let mut metadata = plan.output.metadata().clone();
                let left = manifest.after(&plan, &key, data_keys);
                metadata.insert(MANIFEST.to_owned(), left.to_text());
                plan.output = plan.output.as_ref().clone().with_metadata(metadata).into();
            }
            _ => {}
        }
        Ok(plan)
    }

    /// The data keys that cells may be under: of the data's own manifest and of those given, which must be genuine and tell of the same
    /// columns.
    fn data_keys(&self, own: Option<&Manifest>) -> Result<Vec<WrappedDataKey>, Error> {
        let mut keys: Vec<WrappedDataKey> = Vec::new();
        let first = own.or(self.manifests.first());
        for manifest in own.into_iter().chain(&self.manifests) {
            if first.is_some_and(|first| !first.agrees_with(manifest)) {
                return Err(refused(PlanFaultKind::ManifestsDiffer));
            }
            if Some(manifest) != own && verify(&self.keyring, manifest)?.is_none() {
                return Err(refused(PlanFaultKind::EditedMetadata));
            }
            for key in manifest.data_keys()? {
                if keys.iter().all(|known| known.id() != key.id()) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }

    /// The logical type of each encrypted column, found from its first cell.
    fn probe(
        &self,
        policy: &Policy,
        data_keys: &OpeningKeys,
        schema: &SchemaRef,
        samples: impl Iterator<Item = Result<RecordBatch, Error>>,
    ) -> Result<HashMap<FieldPath, Logical>, Error> {
        let mut found = HashMap::new();
        let probe_of = |path: &FieldPath| match &rule_for(policy, path)?.action {
            Action::Encrypt { domain, key, .. } => {
                let domain = domain.clone().unwrap_or_else(|| path.to_string());
                Some(Probe::new(&self.keyring, data_keys, *key, &domain))
            }
            _ => None,
        };
        let columns = schema.fields().iter().map(|field| FieldPath::column(field.name()));
        let mut open: Vec<_> =
            columns.filter_map(|path| Some((path.clone(), probe_of(&path)?))).collect();
        for batch in samples {
            if open.is_empty() {
                break;
            }
            let batch = batch?;
            let mut still_open = Vec::new();
            for (path, mut probe) in open {
                let array = batch.column_by_name(&column_name(&path));
                match array.map(|array| first_logical(array, &mut probe)) {
                    Some(Ok(Some(logical))) => drop(found.insert(path, logical)),
                    Some(Err(error)) => return Err(error.into()),
                    _ if probe.is_given_up() => {}
                    _ => still_open.push((path, probe)),
                }
            }
            open = still_open;
        }
        Ok(found)
    }
}

/// A masked schema with the keys to reverse it: unmasks any number of batches, from any thread.
pub struct UnmaskPlan {
    pub(super) run: Run,
    lost: Mutex<Vec<Lost>>,
}

impl UnmaskPlan {
    /// The schema of unmasked batches.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.run.plan().output.clone()
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.run.plan().nodes
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

    /// Unmasks the columns of a part.
    pub(super) fn unmask_part(
        &self,
        part: &Part,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<Vec<ArrayRef>, Error> {
        let (arrays, lost) = self.run.apply_part(part, batch, first_row)?;
        count(&self.lost, &lost);
        Ok(arrays)
    }

    /// What was done so far, and which columns are left because they cannot be reversed.
    #[must_use]
    pub fn report(&self) -> Report {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let report = Report::new(self.run.plan(), &lost).with_times(&self.run);
        report.with_left_tags(self.run.plan(), |step| self.run.left_tags(step))
    }
}

/// A schema with the tags that a manifest has of its leaves.
///
/// # Errors
/// A masked column may stand under a name that the manifest does not know.
pub(super) fn told_by(schema: &SchemaRef, manifest: &Manifest) -> Result<SchemaRef, PlanError> {
    refuse_renamed(schema, manifest)?;
    let tags = leaves(schema.fields()).into_iter().filter_map(|leaf| {
        let tags = manifest.tags_of(&leaf.path.to_string())?;
        Some((leaf.path, tags))
    });
    Ok(with_manifest(schema, with_metadata(schema.fields(), &tags.collect()), manifest))
}

/// Refuses data in which a masked column may stand under a name that the manifest does not know.
fn refuse_renamed(schema: &SchemaRef, manifest: &Manifest) -> Result<(), PlanError> {
    let here: Vec<String> =
        leaves(schema.fields()).iter().map(|leaf| leaf.path.to_string()).collect();
    let (known, reversible) = (manifest.paths(), manifest.reversible_paths());
    let Some(missing) = reversible.iter().find(|path| here.iter().all(|here| here != *path)) else {
        return Ok(());
    };
    let strangers = schema.fields().iter().filter(|field| {
        let name = FieldPath::column(field.name()).to_string();
        here.contains(&name) && known.iter().all(|path| *path != name)
    });
    let fault = |field: &FieldRef| {
        let missing = (*missing).to_owned();
        PlanFault::at(&FieldPath::column(field.name()), PlanFaultKind::Renamed { missing })
    };
    let faults: Vec<_> = strangers.map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(PlanError { faults }) }
}

fn with_manifest(schema: &SchemaRef, fields: Fields, manifest: &Manifest) -> SchemaRef {
    let mut metadata = schema.metadata().clone();
    metadata.insert(MANIFEST.to_owned(), manifest.to_text());
    Schema::new_with_metadata(fields, metadata).into()
}

fn has_tags(schema: &Schema) -> bool {
    leaves(schema.fields()).iter().any(|leaf| leaf.field.metadata().contains_key("tokenize.action"))
}

fn column_name(path: &FieldPath) -> String {
    match path.steps() {
        [crate::field::Step::Name(name), ..] => name.clone(),
        _ => String::new(),
    }
}

fn first_logical(array: &ArrayRef, probe: &mut Probe) -> Result<Option<Logical>, ActionError> {
    let plain = cast(array, value_type(array.data_type()))?;
    let Ok(cells) = Cells::new(plain.as_ref()) else { return Ok(None) };
    for cell in (0..cells.len()).filter_map(|i| cells.get(i)) {
        if let Some(logical) = probe.logical(&cell)? {
            return Ok(Some(logical));
        }
        if probe.is_given_up() {
            break;
        }
    }
    Ok(None)
}
