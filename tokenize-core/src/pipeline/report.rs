//! What was done to each column: names and counts, never values.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::action::Run;
use crate::manifest::Lost;
use crate::plan::{ColumnPlan, Direction, Plan};
use crate::policy::Action;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Rows that went through.
    pub rows: u64,
    /// Every leaf of the input, in schema order.
    pub columns: Vec<ColumnReport>,
    /// The file beside the output that holds its manifest, where one was written.
    pub side_file: Option<PathBuf>,
    /// Whether an output file was written: not in a dry run, nor where a remask found nothing to do.
    pub written: bool,
}

/// What a run did to one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnReport {
    /// The column's path.
    pub column: String,
    /// What was done: the action's name, or `unmask`, `remask`, `keep` or `leave` with it.
    pub done: String,
    /// The pseudonymisation domain, where there is one.
    pub domain: Option<String>,
    /// Empty strings that became null.
    pub emptied: u64,
    /// Values that did not fit and became null.
    pub nullified: u64,
    /// Values that did not fit and became `[REDACTED]` (in an unmask: texts that had been).
    pub redacted: u64,
    /// Values that were treated, nulls among them; those of nested columns may be more or fewer than rows. `None` where nothing was to be done, and
    /// before anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<u64>,
    /// The nulls among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nulls: Option<u64>,
    /// The time that treating them took, summed over threads.
    #[serde(
        rename = "seconds",
        serialize_with = "seconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Option<Duration>,
    /// What is like a tag in texts that were unmasked, but is not genuine or cannot be reversed, and stays.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_tags: u64,
}

impl Report {
    pub(crate) fn new(plan: &Plan, lost: &[Lost]) -> Self {
        Self::of(plan, lost, |column| match (plan.direction, column.step, column.is_left) {
            (Direction::Mask, ..) => column.action.clone(),
            (Direction::Unmask, Some(_), _) => format!("unmask {}", column.action),
            (Direction::Unmask, None, true) => format!("leave {} (one-way)", column.action),
            (Direction::Unmask, None, false) if column.tags.is_some() => {
                format!("leave {}", column.action)
            }
            (Direction::Unmask, None, false) => "keep".to_owned(),
        })
    }

    pub(crate) fn of_remask(plan: &Plan, lost: &[Lost]) -> Self {
        Self::of(plan, lost, |column| {
            let action = &column.action;
            let version = column.tags.as_ref().and_then(|tags| tags.key_version);
            match (column.step, version, &column.tags) {
                (Some(_), ..) => format!("remask {action}"),
                (None, Some(version), _) => {
                    let what = if column.is_left { "leave" } else { "keep" };
                    format!("{what} {action} (version {version})")
                }
                (None, None, Some(_)) => format!("keep {action}"),
                (None, None, None) => "keep".to_owned(),
            }
        })
    }

    fn of(plan: &Plan, lost: &[Lost], done: impl Fn(&ColumnPlan) -> String) -> Self {
        let columns = plan.columns.iter().enumerate().map(|(i, column)| {
            let lost = lost.get(i).copied().unwrap_or_default();
            ColumnReport {
                column: column.path.to_string(),
                done: done(column),
                domain: column.step.map_or_else(
                    || column.tags.as_ref()?.domain.clone(),
                    |step| domain_of(&plan.steps[step].action),
                ),
                emptied: lost.emptied,
                nullified: lost.nullified,
                redacted: lost.redacted,
                left_tags: 0,
                values: None,
                nulls: None,
                time: None,
            }
        });
        Self { rows: 0, columns: columns.collect(), side_file: None, written: false }
    }
}

impl Report {
    /// What nothing is known of yet.
    pub(super) fn empty() -> Self {
        Self { rows: 0, columns: Vec::new(), side_file: None, written: false }
    }

    /// The report with what each step took, once there was something to treat.
    pub(crate) fn with_times(mut self, run: &Run) -> Self {
        for (report, column) in self.columns.iter_mut().zip(&run.plan().columns) {
            let metered = column.step.map(|step| run.metered(step));
            if let Some(metered) = metered.filter(|metered| metered.cells > 0) {
                report.values = Some(metered.cells);
                report.nulls = Some(metered.nulls);
                report.time = Some(metered.time);
            }
        }
        self
    }

    /// The report with what stays in texts that were unmasked, by step.
    pub(crate) fn with_left_tags(mut self, plan: &Plan, of_step: impl Fn(usize) -> u64) -> Self {
        for (report, column) in self.columns.iter_mut().zip(&plan.columns) {
            report.left_tags = column.step.map_or(0, &of_step);
        }
        self
    }
}

impl ColumnReport {
    /// A column that stays as it is.
    pub(super) fn kept(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            done: "keep".to_owned(),
            domain: None,
            emptied: 0,
            nullified: 0,
            redacted: 0,
            left_tags: 0,
            values: None,
            nulls: None,
            time: None,
        }
    }
}

#[expect(clippy::ref_option, reason = "serde hands out a reference")]
fn seconds<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.unwrap_or_default().as_secs_f64())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The domain of a step; a column that is unmasked has no tags to say it.
fn domain_of(action: &Action) -> Option<String> {
    match action {
        Action::Encrypt { domain, .. } => domain.clone(),
        Action::Pseudonymize { domain, .. }
        | Action::Surrogate { domain, .. }
        | Action::Tokenize { domain, .. } => Some(domain.clone()),
        _ => None,
    }
}
