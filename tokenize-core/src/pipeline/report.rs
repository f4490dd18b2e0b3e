//! What was done to each column: names and counts, never values.

use std::path::PathBuf;

use serde::Serialize;

use crate::manifest::Lost;
use crate::plan::{Direction, Plan};
use crate::policy::Action;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Rows that went through.
    pub rows: u64,
    /// Every leaf of the input, in schema order.
    pub columns: Vec<ColumnReport>,
    /// The file beside the output that holds its manifest with the wrapped data keys, where one was written.
    pub side_file: Option<PathBuf>,
}

/// What a run did to one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnReport {
    /// The column's path.
    pub column: String,
    /// What was done: the action's name, or `unmask` or `leave` with it.
    pub done: String,
    /// The pseudonymisation domain, where there is one.
    pub domain: Option<String>,
    /// Empty strings that became null.
    pub emptied: u64,
    /// Values that did not fit and became null.
    pub nullified: u64,
    /// Values that did not fit and became `[REDACTED]` (in an unmask: texts that had been).
    pub redacted: u64,
}

impl Report {
    pub(crate) fn new(plan: &Plan, lost: &[Lost]) -> Self {
        let columns = plan.columns.iter().enumerate().map(|(i, column)| {
            let lost = lost.get(i).copied().unwrap_or_default();
            let done = match (plan.direction, column.step, column.is_left) {
                (Direction::Mask, ..) => column.action.clone(),
                (Direction::Unmask, Some(_), _) => format!("unmask {}", column.action),
                (Direction::Unmask, None, true) => format!("leave {} (one-way)", column.action),
                (Direction::Unmask, None, false) if column.tags.is_some() => {
                    format!("leave {}", column.action)
                }
                (Direction::Unmask, None, false) => "keep".to_owned(),
            };
            ColumnReport {
                column: column.path.to_string(),
                done,
                domain: column.step.map_or_else(
                    || column.tags.as_ref()?.domain.clone(),
                    |step| domain_of(&plan.steps[step].action),
                ),
                emptied: lost.emptied,
                nullified: lost.nullified,
                redacted: lost.redacted,
            }
        });
        Self { rows: 0, columns: columns.collect(), side_file: None }
    }
}

/// The domain of a step; a column that is unmasked has no tags to say it.
fn domain_of(action: &Action) -> Option<String> {
    match action {
        Action::Encrypt { domain, .. } => domain.clone(),
        Action::Pseudonymize { domain, .. } | Action::Tokenize { domain, .. } => {
            Some(domain.clone())
        }
        _ => None,
    }
}
