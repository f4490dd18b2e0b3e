//! What can be wrong between rules: columns named twice, domains shared by strangers, subjects that get lost.

use std::collections::HashMap;

use super::fault::{Fault, FaultKind};
use super::options::{self, UNLISTEDS};
use super::parse::{Draft, DraftRule};
use super::profile;
use super::text::TEXT_DOMAIN;
use super::{Action, Mode, Place, Unlisted};
use crate::field::{FieldPath, PathPattern};
use crate::json;

/// Judges the rules of a policy together.
pub(super) fn check(draft: &Draft) -> Vec<Fault> {
    let mut faults = same_columns(&draft.rules);
    faults.extend(domain_conflicts(&draft.rules));
    faults.extend(version_conflicts(&draft.rules));
    faults.extend(subjects(draft));
    faults.extend(profile::check(draft));
    faults
}

fn same_columns(rules: &[DraftRule]) -> Vec<Fault> {
    let mut seen: HashMap<FieldPath, Place> = HashMap::new();
    let mut faults = Vec::new();
    for rule in rules {
        let Some(column) = rule.column.exact() else { continue };
        match seen.get(&column) {
            Some(other) => faults.push(Fault {
                place: rule.place,
                path: rule.path.clone(),
                kind: FaultKind::SameColumn { other: *other },
            }),
            None => {
                seen.insert(column, rule.place);
            }
        }
    }
    faults
}

/// Tokens, and pseudonyms, match within a domain; two parameter sets in one domain would break that promise in silence.
fn domain_conflicts(rules: &[DraftRule]) -> Vec<Fault> {
    let mut seen: HashMap<(&'static str, &str), (String, Place)> = HashMap::new();
    let mut faults = Vec::new();
    for Use { action, place, path, .. } in uses(rules) {
        let (domain, parameters) = match action {
            Action::Tokenize { domain, format } => {
                (domain, format!("{} {}", format.name(), json::canonical(&format.subkey_params())))
            }
            Action::Pseudonymize { domain, output } => {
                (domain, options::word_of(*output, options::PSEUDONYM_OUTPUTS).to_owned())
            }
            Action::Surrogate { domain, kind, locale } => {
                (domain, format!("{} {}", kind.name(), locale.name()))
            }
            _ => continue,
        };
        let (known, other) =
            seen.entry((action.name(), domain)).or_insert_with(|| (parameters.clone(), place));
        if *known != parameters {
            let (domain, other) = (domain.clone(), *other);
            let kind = match action {
                Action::Pseudonymize { .. } => FaultKind::DomainOutputConflict { domain, other },
                Action::Surrogate { .. } => FaultKind::DomainKindConflict { domain, other },
                _ => FaultKind::DomainConflict { domain, other },
            };
            faults.push(Fault { place, path, kind });
        }
    }
    faults
}

/// What is deterministic matches within a domain and key version; a version pinned in one rule only would break that in silence.
fn version_conflicts(rules: &[DraftRule]) -> Vec<Fault> {
    let mut seen: HashMap<(&'static str, &str), (Option<u32>, Place)> = HashMap::new();
    let mut faults = Vec::new();
    for Use { action, key_version, place, path, is_inner } in uses(rules) {
        let domain = match action {
            Action::Pseudonymize { domain, .. }
            | Action::Surrogate { domain, .. }
            | Action::Tokenize { domain, .. } => domain,
            // Findings that are encrypted without a domain of their own join nothing.
            Action::Encrypt { domain: Some(domain), .. } if is_inner && domain == TEXT_DOMAIN => {
                continue;
            }
            Action::Encrypt { domain: Some(domain), mode: Mode::Deterministic, .. } => domain,
            _ => continue,
        };
        let (version, other) = *seen.entry((action.name(), domain)).or_insert((key_version, place));
        if version != key_version {
            faults.push(Fault {
                place,
                path,
                kind: FaultKind::DomainVersionConflict { domain: domain.clone(), other },
            });
        }
    }
    faults
}

/// An action that is written, for a column or for what is found in a text.
struct Use<'a> {
    action: &'a Action,
    key_version: Option<u32>,
    /// Where its domain is written, and the way there.
    place: Place,
    path: String,
    is_inner: bool,
}

/// All actions; those that a text takes from a column stand for the column only.
fn uses(rules: &[DraftRule]) -> impl Iterator<Item = Use<'_>> {
    let read = rules.iter().filter_map(|draft| Some((draft, draft.rule.as_ref()?)));
    read.flat_map(|(draft, rule)| {
        let whole = Use {
            action: &rule.action,
            key_version: rule.key_version,
            place: draft.domain_place,
            path: format!("{}.domain", draft.path),
            is_inner: false,
        };
        let inner = match &rule.action {
            Action::Text(text) => text.written().filter(|(_, one)| one.column.is_none()).collect(),
            _ => Vec::new(),
        };
        let inner = inner.into_iter().map(|(name, one)| Use {
            action: &one.action,
            key_version: one.key_version.or(rule.key_version),
            place: one.place,
            path: format!("{}.entities.{name}", draft.path),
            is_inner: true,
        });
        std::iter::once(whole).chain(inner)
    })
}

fn subjects(draft: &Draft) -> Vec<Fault> {
    let rules = Rules::of(draft);
    let judged = draft.rules.iter().filter_map(|rule| {
        let kind = rules.subject_problem(rule, subject_of(rule)?)?;
        Some(Fault { place: rule.subject_place, path: format!("{}.subject", rule.path), kind })
    });
    judged.collect()
}

/// The rules, found by column.
struct Rules<'a> {
    draft: &'a Draft,
    exact: HashMap<FieldPath, &'a DraftRule>,
}

/// What happens to a column, as far as it shows without a schema.
enum Treatment<'a> {
    By(&'a DraftRule),
    /// Several globs name it; the plan will refuse that.
    Unknown,
    Unlisted(Unlisted),
}

impl<'a> Rules<'a> {
    fn of(draft: &'a Draft) -> Self {
        let exact = draft.rules.iter().rev().filter_map(|rule| Some((rule.column.exact()?, rule)));
        Self { draft, exact: exact.collect() }
    }

    fn subject_problem(&self, rule: &DraftRule, subject: &FieldPath) -> Option<FaultKind> {
        let treated_by = match self.treatment(subject) {
            Treatment::By(treated_by) => treated_by,
            Treatment::Unknown | Treatment::Unlisted(Unlisted::Keep) => return None,
            Treatment::Unlisted(unlisted) => {
                let columns: Vec<_> =
                    self.draft.rules.iter().map(|rule| rule.column.to_string()).collect();
                let near =
                    options::nearest(&subject.to_string(), columns.iter().map(String::as_str))
                        .map(str::to_owned);
                return Some(FaultKind::SubjectUnlisted {
                    unlisted: options::word_of(unlisted, UNLISTEDS),
                    near,
                });
            }
        };
        if std::ptr::eq(treated_by, rule) {
            return Some(FaultKind::SubjectItself);
        }
        let action = &treated_by.rule.as_ref()?.action;
        match action {
            Action::Drop
            | Action::Generalize(_)
            | Action::Redact { .. }
            | Action::Surrogate { .. }
            | Action::Text(_)
            | Action::Truncate { .. } => Some(FaultKind::SubjectLost { action: action.name() }),
            Action::Encrypt { mode: Mode::Randomized, .. } => {
                Some(FaultKind::SubjectLost { action: "encrypt, mode: randomized" })
            }
            Action::ShiftDate { .. } => {
                self.waits_for(treated_by, rule).then_some(FaultKind::SubjectCycle)
            }
            Action::Encrypt { .. }
            | Action::Keep
            | Action::Pseudonymize { .. }
            | Action::Tokenize { .. } => None,
        }
    }

    /// Whether `rule`, through one subject after the other, needs the masked cell of `goal`.
    fn waits_for(&self, rule: &DraftRule, goal: &DraftRule) -> bool {
        let mut current = rule;
        for _ in 0..self.draft.rules.len() {
            if std::ptr::eq(current, goal) {
                return true;
            }
            match subject_of(current).map(|subject| self.treatment(subject)) {
                Some(Treatment::By(next)) => current = next,
                _ => return false,
            }
        }
        false
    }

    /// Exact beats glob, and both beat a rule for a container of the column.
    fn treatment(&self, column: &FieldPath) -> Treatment<'a> {
        if let Some(exact) = self.exact.get(column) {
            return Treatment::By(exact);
        }
        for is_meant in [PathPattern::matches, PathPattern::contains] {
            let mut matching =
                self.draft.rules.iter().filter(|rule| is_meant(&rule.column, column));
            match (matching.next(), matching.next()) {
                (Some(only), None) => return Treatment::By(only),
                (Some(_), Some(_)) => return Treatment::Unknown,
                (None, _) => {}
            }
        }
        Treatment::Unlisted(self.draft.unlisted)
    }
}

fn subject_of(rule: &DraftRule) -> Option<&FieldPath> {
    match &rule.rule.as_ref()?.action {
        Action::ShiftDate { subject, .. } => Some(subject),
        _ => None,
    }
}
