//! Which rule of a policy a leaf falls under: exact beats glob, a leaf's own rule beats that of its container.

use std::collections::HashSet;

use arrow::datatypes::{DataType, Fields};

use super::fault::{PlanFault, PlanFaultKind};
use crate::column::{Children, Leaf, children};
use crate::field::{FieldPath, Step};
use crate::policy::{Action, Policy, Rule, Unlisted};

/// What a policy says about one leaf.
#[derive(Debug, Clone, Copy)]
pub(super) enum Match<'a> {
    Rule(&'a Rule),
    /// No rule names it: kept or dropped by `unlisted`.
    Unlisted {
        is_kept: bool,
    },
}

/// The rule of each leaf, with every fault found on the way.
pub(super) fn match_rules<'a>(
    policy: &'a Policy,
    leaves: &[Leaf],
    faults: &mut Vec<PlanFault>,
) -> Vec<Option<Match<'a>>> {
    faults.extend(missing_columns(policy, leaves));
    let mut find = |leaf: &Leaf| match rule_of(policy, leaf) {
        Ok(found) => Some(found),
        Err(kind) => {
            faults.push(PlanFault::at(&leaf.path, kind));
            None
        }
    };
    leaves.iter().map(&mut find).collect()
}

fn rule_of<'a>(policy: &'a Policy, leaf: &Leaf) -> Result<Match<'a>, PlanFaultKind> {
    let matching: Vec<&Rule> =
        policy.rules().iter().filter(|rule| rule.column.matches(&leaf.path)).collect();
    if let Some(exact) = matching.iter().find(|rule| rule.column.exact().is_some()) {
        return Ok(Match::Rule(exact));
    }
    match matching.as_slice() {
        [] => container_rule(policy, leaf),
        [glob] => Ok(Match::Rule(glob)),
        [first, second, ..] => Err(ambiguous(first, second)),
    }
}

/// The innermost rule that names a container of the leaf.
fn container_rule<'a>(policy: &'a Policy, leaf: &Leaf) -> Result<Match<'a>, PlanFaultKind> {
    for depth in (1..leaf.path.steps().len()).rev() {
        let container = leaf.path.parent(depth);
        let matching: Vec<&Rule> =
            policy.rules().iter().filter(|rule| rule.column.matches(&container)).collect();
        let exact = matching.iter().find(|rule| rule.column.exact().is_some()).copied();
        let rule = match (exact, matching.as_slice()) {
            (Some(exact), _) => exact,
            (None, []) => continue,
            (None, [glob]) => glob,
            (None, [first, second, ..]) => return Err(ambiguous(first, second)),
        };
        return match rule.action {
            Action::Keep | Action::Drop => Ok(Match::Rule(rule)),
            ref other => Err(PlanFaultKind::Container { action: other.name() }),
        };
    }
    match policy.unlisted() {
        Unlisted::Deny => Err(PlanFaultKind::Unlisted),
        Unlisted::Drop => Ok(Match::Unlisted { is_kept: false }),
        Unlisted::Keep => Ok(Match::Unlisted { is_kept: true }),
    }
}

fn ambiguous(first: &Rule, second: &Rule) -> PlanFaultKind {
    PlanFaultKind::AmbiguousGlobs {
        first: first.column.to_string(),
        second: second.column.to_string(),
    }
}

/// Rules that are not optional and name nothing.
fn missing_columns(policy: &Policy, leaves: &[Leaf]) -> Vec<PlanFault> {
    let named = |rule: &Rule| leaves.iter().any(|leaf| rule.column.contains(&leaf.path));
    let missing = policy.rules().iter().filter(|rule| !rule.optional && !named(rule));
    missing
        .map(|rule| PlanFault {
            path: rule.column.to_string(),
            kind: PlanFaultKind::Missing {
                similar: rule.column.exact().and_then(|path| similar(&path, leaves)),
            },
        })
        .collect()
}

/// A path of the schema that differs from `path` by case alone.
fn similar(path: &FieldPath, leaves: &[Leaf]) -> Option<String> {
    let folded = path.to_string().to_lowercase();
    let prefixes = leaves
        .iter()
        .flat_map(|leaf| (1..=leaf.path.steps().len()).map(|depth| leaf.path.parent(depth)));
    prefixes.map(|path| path.to_string()).find(|name| name.to_lowercase() == folded)
}

/// Fields of one level that share a name: nothing can tell them apart.
pub(super) fn duplicates(fields: &Fields) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    add_duplicates(fields, &|name| FieldPath::column(name), &mut faults);
    faults
}

fn add_duplicates(
    fields: &Fields,
    path_of: &dyn Fn(&str) -> FieldPath,
    faults: &mut Vec<PlanFault>,
) {
    let mut seen = HashSet::new();
    for field in fields {
        let path = path_of(field.name());
        if !seen.insert(field.name()) {
            faults.push(PlanFault::at(&path, PlanFaultKind::DuplicateColumn));
        }
        add_inner_duplicates(field.data_type(), &path, faults);
    }
}

fn add_inner_duplicates(data_type: &DataType, path: &FieldPath, faults: &mut Vec<PlanFault>) {
    match children(data_type) {
        Children::None => {}
        Children::Fields(fields) => {
            add_duplicates(fields, &|name| path.join(Step::Name(name.to_owned())), faults)
        }
        Children::Element(element) => {
            add_inner_duplicates(element.data_type(), &path.join(Step::Element), faults)
        }
        Children::Entries(key, value) => {
            add_inner_duplicates(key.data_type(), &path.join(Step::Key), faults);
            add_inner_duplicates(value.data_type(), &path.join(Step::Value), faults);
        }
    }
}
