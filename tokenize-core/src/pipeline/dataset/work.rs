//! What is done to each file of a dataset, and to its partitions.

use std::path::Path;

use arrow::array::RecordBatch;

use super::partitions::{Partitions, TreatedColumns, of_mask, of_unmask, refuse_untreatable};
use crate::error::Error;
use crate::field::FieldPath;
use crate::hex::hex;
use crate::keys::{Keyring, Power};
use crate::pipeline::{
    FileOptions, Inspector, Preview, Remasker, Report, Tokenizer, Unmasker, facts, mask_file,
    mask_file_inspected, preview_file, remask_file, unmask_file,
};
use crate::plan::tags::MANIFEST;
use crate::plan::{Plan, PlanError, PlanFaultKind};

/// One of the three things that can be done to a dataset.
pub(super) trait Work {
    fn verb(&self) -> &'static str;

    fn keyring(&self) -> &Keyring;

    /// The SHA-256 of the policy.
    fn policy(&self) -> Option<String>;

    /// All that has been said besides, in any form.
    fn said(&self) -> String {
        String::new()
    }

    /// Whether the inputs' names are the masked ones, not the outputs'.
    fn is_masked_by_then(&self) -> bool {
        true
    }

    /// Whether outputs may have data keys to publish beside them.
    fn has_data_keys(&self) -> bool {
        false
    }

    /// Learns which columns are partitions, and so in no file.
    fn learn(&mut self, partitions: &Partitions);

    /// Treats one file.
    fn file(&mut self, input: &Path, output: &Path, options: &FileOptions)
    -> Result<Report, Error>;

    /// Whether a plan has something to do.
    fn is_due(&self, _planned: &Report) -> bool {
        true
    }

    /// Treats partition columns: a row for each combination of values there is. `None` if nothing is to be done to them.
    fn partitions(&self, values: &RecordBatch) -> Result<Option<TreatedColumns>, Error>;

    fn preview(&self, _input: &Path, _options: &FileOptions) -> Result<Option<Preview>, Error> {
        Ok(None)
    }
}

pub(super) struct Masking<'a> {
    whole: &'a Tokenizer,
    of_files: Tokenizer,
    inspector: Option<&'a mut Inspector>,
}

impl<'a> Masking<'a> {
    pub(super) fn new(whole: &'a Tokenizer, inspector: Option<&'a mut Inspector>) -> Self {
        Self { whole, of_files: whole.clone(), inspector }
    }
}

impl Work for Masking<'_> {
    fn verb(&self) -> &'static str {
        "mask"
    }

    fn keyring(&self) -> &Keyring {
        &self.whole.keyring
    }

    fn policy(&self) -> Option<String> {
        Some(hex(&self.whole.policy.sha256()))
    }

    fn is_masked_by_then(&self) -> bool {
        false
    }

    fn has_data_keys(&self) -> bool {
        self.whole.policy.needs().iter().any(|need| need.power == Power::DataKey)
    }

    fn learn(&mut self, partitions: &Partitions) {
        let keys: Vec<FieldPath> =
            partitions.keys.iter().map(|key| FieldPath::column(key)).collect();
        let is_absent =
            |rule: &crate::policy::Rule| keys.iter().any(|key| rule.column.matches(key));
        self.of_files.policy = self.whole.policy.with_optional(is_absent);
    }

    fn file(
        &mut self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<Report, Error> {
        match &mut self.inspector {
            Some(inspector) if !options.dry_run => {
                mask_file_inspected(&self.of_files, input, output, options, inspector)
            }
            _ => mask_file(&self.of_files, input, output, options),
        }
    }

    fn partitions(&self, values: &RecordBatch) -> Result<Option<TreatedColumns>, Error> {
        let policy = self.whole.policy.with_optional(|_| true);
        let tokenizer = Tokenizer { policy, keyring: self.whole.keyring.clone() };
        let schema = values.schema();
        let plan = Plan::mask(&tokenizer.policy, &schema, &facts(&tokenizer.keyring))?;
        refuse_untreatable(&plan)?;
        let is_tagged = plan.columns.iter().any(|column| column.tags.is_some());
        if plan.steps.is_empty() && !is_tagged && plan.output.fields().len() == values.num_columns()
        {
            return Ok(None);
        }
        let plan = tokenizer.mask_plan(plan, &schema, None)?;
        of_mask(&plan, values, is_tagged).map(Some)
    }

    fn preview(&self, input: &Path, options: &FileOptions) -> Result<Option<Preview>, Error> {
        preview_file(&self.of_files, input, options, Preview::ROWS)
    }
}

pub(super) struct Unmasking<'a> {
    whole: &'a Unmasker,
    of_files: Unmasker,
    /// Whether there are partitions to unmask.
    has_partitions: bool,
}

impl<'a> Unmasking<'a> {
    pub(super) fn new(whole: &'a Unmasker) -> Self {
        Self { whole, of_files: whole.clone(), has_partitions: false }
    }
}

impl Work for Unmasking<'_> {
    fn verb(&self) -> &'static str {
        "unmask"
    }

    fn keyring(&self) -> &Keyring {
        &self.whole.keyring
    }

    fn policy(&self) -> Option<String> {
        self.whole.policy.as_ref().map(|policy| hex(&policy.sha256()))
    }

    fn said(&self) -> String {
        let manifests = self.whole.manifests.iter().map(|manifest| manifest.to_text());
        format!("{:?} {:?}", self.whole.options, manifests.collect::<Vec<_>>())
    }

    fn learn(&mut self, partitions: &Partitions) {
        let keys: Vec<FieldPath> =
            partitions.keys.iter().map(|key| FieldPath::column(key)).collect();
        self.has_partitions = !partitions.revealed.is_empty();
        if let Some(columns) = &mut self.of_files.options.columns {
            columns.retain(|column| !keys.contains(column));
        }
        if let Some(policy) = &self.whole.policy {
            let is_absent =
                |rule: &crate::policy::Rule| keys.iter().any(|key| rule.column.matches(key));
            self.of_files.policy = Some(policy.with_optional(is_absent));
        }
    }

    fn file(
        &mut self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<Report, Error> {
        match unmask_file(&self.of_files, input, output, options) {
            // There is in the partitions: the file is copied.
            Err(Error::Plan(error))
                if options.dry_run && self.has_partitions && is_nothing(&error) =>
            {
                Ok(Report::empty())
            }
            done => done,
        }
    }

    fn is_due(&self, planned: &Report) -> bool {
        !planned.columns.is_empty()
    }

    fn partitions(&self, values: &RecordBatch) -> Result<Option<TreatedColumns>, Error> {
        let schema = values.schema();
        if !schema.metadata().contains_key(MANIFEST) && self.whole.policy.is_none() {
            return Ok(None);
        }
        let is_here = |path: &FieldPath| {
            schema.fields().iter().any(|field| FieldPath::column(field.name()) == *path)
        };
        let mut unmasker = Unmasker { manifests: Vec::new(), ..self.whole.clone() };
        unmasker.policy = self.whole.policy.as_ref().map(|policy| policy.with_optional(|_| true));
        if let Some(columns) = &mut unmasker.options.columns {
            columns.retain(is_here);
            if let (true, Some(manifest)) = (columns.is_empty(), schema.metadata().get(MANIFEST)) {
                return Ok(Some(TreatedColumns::unchanged(values, manifest)));
            }
        }
        let samples = [Ok(values.clone())].into_iter();
        let plan = unmasker.plan_with_samples(&schema, samples)?;
        let treated = of_unmask(&plan, values)?;
        Ok(Some(treated))
    }
}

fn is_nothing(error: &PlanError) -> bool {
    error.faults.iter().all(|fault| matches!(fault.kind, PlanFaultKind::NothingMasked))
}

pub(super) struct Remasking<'a> {
    remasker: &'a Remasker,
}

impl<'a> Remasking<'a> {
    pub(super) fn new(remasker: &'a Remasker) -> Self {
        Self { remasker }
    }
}

impl Work for Remasking<'_> {
    fn verb(&self) -> &'static str {
        "remask"
    }

    fn keyring(&self) -> &Keyring {
        &self.remasker.keyring
    }

    fn policy(&self) -> Option<String> {
        None
    }

    fn said(&self) -> String {
        self.remasker.leave.to_string()
    }

    fn learn(&mut self, _partitions: &Partitions) {}

    fn file(
        &mut self,
        input: &Path,
        output: &Path,
        options: &FileOptions,
    ) -> Result<Report, Error> {
        remask_file(self.remasker, input, output, options)
    }

    fn is_due(&self, planned: &Report) -> bool {
        planned.columns.iter().any(|column| column.done.starts_with("remask "))
    }

    fn partitions(&self, values: &RecordBatch) -> Result<Option<TreatedColumns>, Error> {
        let schema = values.schema();
        let Some(manifest) = schema.metadata().get(MANIFEST) else { return Ok(None) };
        let plan = self.remasker.plan(&schema)?;
        if !plan.is_due() {
            return Ok(Some(TreatedColumns::unchanged(values, manifest)));
        }
        refuse_untreatable(plan.mask.run.plan())?;
        of_mask(&plan.mask, values, true).map(Some)
    }
}
