//! Candidates by the column's name, checked by what values look like.

use std::sync::Arc;

use super::{Candidate, Facts, Rank, entity, kind_number};
use crate::detect::column::looks::Look;
use crate::detect::column::report::{Class, Reason};
use crate::detect::column::vocabulary::KINDS;

pub(super) fn candidates(facts: &Facts<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (order, (number, is_strong)) in facts.name.kinds.iter().enumerate() {
        found.extend(candidate(facts, *number, *is_strong, order));
    }
    found.extend(prose(facts));
    found
}

fn candidate(facts: &Facts<'_>, number: usize, is_strong: bool, order: usize) -> Option<Candidate> {
    let kind = KINDS.get(number)?;
    let fit = facts.looks(kind.fits);
    let least = match kind.entity {
        // Much is a small number.
        "AGE" => 0.85,
        _ if is_strong => 0.6,
        _ => 0.75,
    };
    if fit < least || contradicts(facts, kind.entity, is_strong) {
        return None;
    }
    let name = resolved(facts, kind.entity, is_strong);
    let confidence = if is_strong { 0.6 + 0.35 * fit } else { 0.4 + 0.4 * fit };
    Some(Candidate {
        class: entity(name),
        rank: if is_strong { Rank::StrongName } else { Rank::WeakName },
        strength: fit - super::share(order as u64, 100),
        share: fit,
        confidence,
        reasons: vec![Reason::Name, Reason::Looks { share: fit }],
    })
}

/// What rules out an entity that the name allows.
fn contradicts(facts: &Facts<'_>, entity: &str, is_strong: bool) -> bool {
    match entity {
        // A code of a few letters has hardly any different values.
        "GENDER" => facts.tally.distinct.count() > MOST_GENDERS + facts.tally.values / 10,
        "PERSON" if !is_strong && facts.name.bare_name.is_none() => {
            facts.several_words() < 0.6 && facts.look(Look::LegalForm) < COMPANIES
        }
        _ => false,
    }
}

/// Which entity a name that leaves it open means.
fn resolved(facts: &Facts<'_>, entity: &'static str, is_strong: bool) -> &'static str {
    if entity != "PERSON" || is_strong {
        return entity;
    }
    if facts.look(Look::LegalForm) >= COMPANIES {
        return "ORGANIZATION";
    }
    let Some(name) = facts.name.bare_name.as_deref() else { return entity };
    let beside = facts.siblings;
    match (beside.has_first_name, beside.has_last_name) {
        (true, false) => return "LAST_NAME",
        (false, true) => return "FIRST_NAME",
        _ => {}
    }
    if facts.look(Look::Word) < 0.6 {
        return entity;
    }
    let (given, surname) = (facts.look(Look::Given), facts.look(Look::Surname));
    if given.max(surname) >= 0.4 {
        return if given >= surname { "FIRST_NAME" } else { "LAST_NAME" };
    }
    match name {
        "nom" => "LAST_NAME",
        "nombre" | "nome" => "FIRST_NAME",
        _ => entity,
    }
}

/// Free text by its name.
fn prose(facts: &Facts<'_>) -> Option<Candidate> {
    let share = facts.look(Look::Prose);
    (facts.name.is_prose && share >= 0.3).then(|| Candidate {
        class: Class::Text,
        rank: Rank::ProseName,
        strength: share,
        share,
        confidence: 0.6 + 0.35 * share,
        reasons: vec![Reason::Name, Reason::Prose { share }],
    })
}

/// The entity that the name means where values do not look like it.
pub(super) fn said(facts: &Facts<'_>) -> Option<Arc<str>> {
    let strong = facts.name.kinds.iter().find(|(_, is_strong)| *is_strong);
    let of_columns = strong.and_then(|(number, _)| KINDS.get(*number));
    if let Some(kind) = of_columns {
        return Some(kind.entity.into());
    }
    let kind = facts.table.kinds.iter().find(|kind| facts.name.entities & kind.mask != 0)?;
    Some(kind.name.clone())
}

/// The first name and the last name among the kinds that a name says.
pub(in crate::detect::column) fn part_of_name(kinds: &[(usize, bool)]) -> (bool, bool) {
    let has = |entity| {
        let number = kind_number(entity);
        kinds.iter().any(|(kind, _)| Some(*kind) == number)
    };
    (has("FIRST_NAME"), has("LAST_NAME"))
}

/// The share of names with a legal form from which a column of customers is one of companies.
const COMPANIES: f64 = 0.25;
const MOST_GENDERS: u64 = 12;
