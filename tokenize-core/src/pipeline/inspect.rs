//! What a mask did, seen from outside: what its columns held, what was done to them, what is left in clear. Counts and shares, never values.
//!
//! One scan of a sample goes along with the mask: it looks at every column before, and after it again at columns whose values stay in
//! part. What a kept column holds afterwards is what it held before.

use arrow::array::RecordBatch;
use serde_json::Value;

use super::{MaskPlan, Report, Tokenizer};
use crate::column::leaves;
use crate::detect::{Detector, ScanOptions, ScanReport, Scanner};
use crate::error::Error;
use crate::field::FieldPath;
use crate::hex::hex;
use crate::plan::{ColumnPlan, Plan, Step};
use crate::policy::Action;

/// Looks at files while they are masked, all of them as one table.
#[must_use = "an inspector tells what it saw when it is finished"]
pub struct Inspector {
    policy: String,
    policy_sha256: String,
    keyring: String,
    before: Scanner,
    after: Scanner,
    columns: Vec<Treatment>,
    rows: u64,
}

/// What an [`Inspector`] saw.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The policy's name.
    pub policy: String,
    /// Its SHA-256, in hexadecimal.
    pub policy_sha256: String,
    /// The keyring's id.
    pub keyring: String,
    /// Rows that were masked.
    pub rows: u64,
    /// What the columns held before.
    pub before: ScanReport,
    /// What columns hold of which a part stays, such as with `truncate`.
    pub after: ScanReport,
    /// What was done, in schema order.
    pub columns: Vec<Treatment>,
}

/// What a policy did to one column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Treatment {
    /// The column.
    pub path: FieldPath,
    /// The action's name.
    pub action: &'static str,
    /// Its options, defaults written out, in the order of their names.
    pub options: Vec<(String, Value)>,
    /// The pseudonymisation domain, where there is one.
    pub domain: Option<String>,
    /// The key version, where a key was used.
    pub key_version: Option<u32>,
    /// What an earlier mask did to it, where this one keeps it.
    pub earlier: Option<String>,
    /// Whether values can be had back.
    pub reversible: bool,
    /// Whether equal values become equal.
    pub deterministic: bool,
    /// What the masked column still shows.
    pub leaks: &'static str,
    /// Empty strings that became null.
    pub emptied: u64,
    /// Values that did not fit and became null.
    pub nullified: u64,
    /// Values that did not fit and became `[REDACTED]`.
    pub redacted: u64,
}

impl Inspector {
    /// One that looks as the policy's `detection` says, at a sample of [`Self::SAMPLE`] values of each column.
    ///
    /// # Errors
    /// [`Error::Detect`].
    pub fn new(tokenizer: &Tokenizer) -> Result<Self, Error> {
        let detection = tokenizer.policy.detection().cloned().unwrap_or_default();
        let detector = Detector::new(&detection)?;
        let options = ScanOptions::default().sample(Self::SAMPLE);
        Ok(Self {
            policy: tokenizer.policy.name().to_owned(),
            policy_sha256: hex(&tokenizer.policy.sha256()),
            keyring: tokenizer.keyring.id().to_string(),
            before: Scanner::new(&detector, options),
            after: Scanner::of_masked(&detector, options),
            columns: Vec::new(),
            rows: 0,
        })
    }

    /// Values of each column that are looked at, drawn uniformly.
    pub const SAMPLE: usize = 10_000;

    /// What was seen.
    #[must_use]
    pub fn finish(self) -> Inspection {
        Inspection {
            policy: self.policy,
            policy_sha256: self.policy_sha256,
            keyring: self.keyring,
            rows: self.rows,
            before: self.before.finish(),
            after: self.after.finish(),
            columns: self.columns,
        }
    }

    /// Takes in the plan for one more file.
    pub(super) fn start(&mut self, plan: &MaskPlan) {
        let plan = plan.run.plan();
        self.before.add_schema(&plan.input);
        for column in &plan.columns {
            let step = column.step.and_then(|number| plan.steps.get(number));
            if step.is_some_and(|step| stays_in_part(&step.action)) {
                self.after.look_at(&column.path);
            }
            if !self.columns.iter().any(|known| known.path == column.path) {
                self.columns.push(Treatment::of(column, step, plan));
            }
        }
    }

    pub(super) fn look(&mut self, input: &RecordBatch, masked: &RecordBatch) -> Result<(), Error> {
        self.before.push(input)?;
        Ok(self.after.push(masked)?)
    }

    /// Counts what a file lost once it is written.
    pub(super) fn count(&mut self, report: &Report) {
        self.rows += report.rows;
        for column in &report.columns {
            let is_it = |known: &&mut Treatment| known.path.to_string() == column.column;
            if let Some(known) = self.columns.iter_mut().find(is_it) {
                known.emptied += column.emptied;
                known.nullified += column.nullified;
                known.redacted += column.redacted;
            }
        }
    }
}

impl Treatment {
    fn of(column: &ColumnPlan, step: Option<&Step>, plan: &Plan) -> Self {
        let is_dropped = step.is_none() && !is_in(plan, &column.path);
        let idle = if is_dropped { Action::Drop } else { Action::Keep };
        let action = step.map_or(&idle, |step| &step.action);
        let tags = column.tags.as_ref();
        let options = tags.filter(|_| step.is_some()).and_then(|tags| tags.params.as_object());
        Self {
            path: column.path.clone(),
            action: action.name(),
            options: options.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
            domain: tags.and_then(|tags| tags.domain.clone()),
            key_version: tags.and_then(|tags| tags.key_version),
            earlier: tags.filter(|_| step.is_none()).map(|tags| tags.action.clone()),
            reversible: action.is_reversible(),
            deterministic: action.is_deterministic(),
            leaks: action.leaks(),
            emptied: 0,
            nullified: 0,
            redacted: 0,
        }
    }
}

/// Whether a mask lets characters of a value through, so that it has to be looked at again.
fn stays_in_part(action: &Action) -> bool {
    matches!(action, Action::Truncate { .. })
}

/// Whether a leaf is in the output.
fn is_in(plan: &Plan, path: &FieldPath) -> bool {
    leaves(plan.output.fields()).iter().any(|leaf| leaf.path == *path)
}
