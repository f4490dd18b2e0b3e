//! Candidates of what the search finds.

use super::{Candidate, Facts, Rank, entity};
use crate::detect::column::report::Reason;
use crate::detect::column::tally::{EntityTally, share};
use crate::detect::table::Entity;

pub(super) fn candidates(facts: &Facts<'_>) -> Vec<Candidate> {
    let all = facts.table.kinds.iter().zip(&facts.tally.entities).enumerate();
    all.filter_map(|(number, (kind, tally))| candidate(facts, number, kind, *tally)).collect()
}

fn candidate(
    facts: &Facts<'_>,
    number: usize,
    kind: &Entity,
    tally: EntityTally,
) -> Option<Candidate> {
    if tally.whole == 0 {
        return None;
    }
    let values = facts.tally.values;
    let (whole, sure) = (share(tally.whole, values), share(tally.sure, values));
    let score = share(tally.scores, tally.whole) / 100.0;
    let is_named = facts.name.entities & kind.mask != 0;
    let is_soft = SOFT.contains(&&*kind.name);
    // Letters dealt out anew are no names any more: that says nothing of check digits.
    let lift = facts.chance.lift(number).filter(|_| !is_soft);
    let is_above = lift.is_some_and(|lift| lift.is_above);
    let has_structure = lift.is_some_and(|lift| lift.has_structure);
    let is_strong = is_above || sure >= SURE && score >= HARD_SCORE;
    let enough = if facts.name.is_contrary {
        is_strong && whole.max(sure) >= CONTRARY
    } else if is_soft {
        sure >= if is_named { NAMED } else { SURE }
    } else {
        is_named && whole >= NAMED
            || sure >= SURE
            || whole >= SURE && is_above
            || whole >= SURE && score >= STRUCTURE_SCORE && has_structure
            || whole >= MIXED && sure >= MIXED_SURE
    };
    if !enough {
        return None;
    }
    let rank = match (is_soft, is_named, is_strong || whole >= MIXED && sure >= MIXED_SURE) {
        (true, true, _) => Rank::SoftName,
        (true, false, _) => Rank::Soft,
        (false, true, _) => Rank::HardName,
        (false, false, true) => Rank::Hard,
        (false, false, false) => Rank::Soft,
    };
    let certainty = match lift.filter(|lift| lift.is_above) {
        Some(lift) => score.max(1.0 - lift.chance),
        None => score,
    };
    let mut reasons = Vec::new();
    if is_named {
        reasons.push(Reason::Name);
    }
    reasons.push(Reason::Whole { share: whole });
    if let Some(lift) = lift.filter(|lift| lift.is_above) {
        let share = facts.chance.real.get(number).copied().unwrap_or(whole);
        reasons.push(Reason::AboveChance { share, chance: lift.chance });
    }
    let base = if is_named { certainty.max(0.95) } else { certainty };
    Some(Candidate {
        class: entity(&kind.name),
        rank,
        // Of two that fit the same values, the one that is less likely to fit; then the one that scores higher.
        strength: whole * certainty + score / 100.0,
        share: whole,
        confidence: (base * (0.5 + whole / 2.0)).min(0.99),
        reasons,
    })
}

/// Entities found by words or in ways that other things have too: a column's name goes before them.
const SOFT: &[&str] = &[
    "ADDRESS",
    "AGE",
    "CITY",
    "DATE_OF_BIRTH",
    "DATE_TIME",
    "FIRST_NAME",
    "GENERIC_SECRET",
    "LAST_NAME",
    "LOCATION",
    "NRP",
    "ORGANIZATION",
    "PERSON",
    "USERNAME",
    "ZIP_CODE",
];
/// Shares of values: with the name; without; where part of them are sure; against the name.
const NAMED: f64 = 0.4;
const SURE: f64 = 0.6;
const MIXED: f64 = 0.7;
const MIXED_SURE: f64 = 0.3;
const CONTRARY: f64 = 0.8;
/// The mean score from which a structure alone says something.
const STRUCTURE_SCORE: f64 = 0.35;
/// The mean score of what hardly anything else looks like.
const HARD_SCORE: f64 = 0.65;
