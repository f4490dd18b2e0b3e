//! Plans: what happens to each leaf of one schema. Pure data, made before the first batch is read; no key, no value.
//!
//! [`Plan::mask`] brings a policy and a schema together and refuses everything that cannot work, all of it at once;
//! [`Plan::unmask`] and [`Plan::remask`] read what a masked schema says of itself. The action room carries a plan out.

mod build;
mod fault;
pub(crate) mod foreign;
mod matching;
mod remask;
pub(crate) mod step;
pub(crate) mod tags;
mod text;
mod unmask;

#[cfg(test)]
mod tests;

use arrow::datatypes::SchemaRef;

pub(crate) use self::build::KeyringFacts;
pub use self::fault::{PlanError, PlanFault, PlanFaultKind, SubjectProblem};
pub(crate) use self::step::{Direction, Logical, Step, fit};
pub use self::unmask::UnmaskOptions;
pub(crate) use self::unmask::{Source, Witness, rule_for};
use crate::column::nest::Node;
use crate::field::FieldPath;
use crate::policy::{Action, KnownColumn, KnownValues};

/// What happens to each leaf of a schema.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) direction: Direction,
    /// The schema that a batch must have.
    pub(crate) input: SchemaRef,
    /// The schema of what comes out, without a manifest.
    pub(crate) output: SchemaRef,
    /// One for each column of `input`.
    pub(crate) nodes: Vec<Node>,
    /// The steps; `Node::Leaf` counts them.
    pub(crate) steps: Vec<Step>,
    /// Columns that come out besides.
    pub(crate) extra: Vec<Extra>,
    /// In a remask, one for each of `steps`: how the cells that it masks anew are reversed first. Else empty.
    pub(crate) reversed: Vec<Step>,
    /// Every leaf of the input in schema order, for manifest and report.
    pub(crate) columns: Vec<ColumnPlan>,
}

/// A column that comes out besides: what brings the texts of another one back.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    /// The column that it is made of.
    pub(crate) source: FieldPath,
    pub(crate) step: usize,
}

/// What a plan does with one leaf.
#[derive(Debug, Clone)]
pub(crate) struct ColumnPlan {
    pub(crate) path: FieldPath,
    /// The action's name; for unmasking that of the action which is reversed or left.
    pub(crate) action: String,
    /// The step that does it, if one is needed.
    pub(crate) step: Option<usize>,
    /// The tags that the output field carries.
    pub(crate) tags: Option<tags::Tags>,
    /// Whether an unmask, or a remask, leaves the column as it is because it cannot be reversed.
    pub(crate) is_left: bool,
}

impl Plan {
    /// The columns that a first pass over the dataset has to read, if a step looks for what they hold in all texts.
    pub(crate) fn dataset_columns(&self) -> Option<&[KnownColumn]> {
        let mut texts = self.steps.iter().filter_map(|step| match &step.action {
            Action::Text(text) if text.known_values == KnownValues::Dataset => Some(&*text.known),
            _ => None,
        });
        texts.find(|known| !known.is_empty())
    }
}

/// The version of the country and calling-code tables that this release carries.
pub(crate) const TABLE_VERSION: u64 = 1;
