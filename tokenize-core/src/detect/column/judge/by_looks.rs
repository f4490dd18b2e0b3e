//! Candidates by what values look like, whatever the column's name.

use super::{Candidate, Facts, Rank, entity};
use crate::detect::column::looks::Look;
use crate::detect::column::report::{Class, Reason};

pub(super) fn candidates(facts: &Facts<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    if !facts.name.is_contrary {
        found.extend(entities(facts));
    }
    found.extend(text(facts));
    found
}

fn entities(facts: &Facts<'_>) -> Vec<Candidate> {
    let few = facts.is_of_few_values();
    let genders = facts.tally.distinct.count() <= 12 + facts.tally.values / 10;
    let streets = facts.look(Look::StreetWord) >= 0.35 && facts.look(Look::Sentence) < 0.3;
    let keys = !few && facts.look(Look::RandomToken) >= 0.35;
    let rules = [
        ("GENDER", facts.look(Look::GenderWord), 0.75, genders),
        ("ADDRESS", facts.look(Look::Street), 0.6, streets),
        ("ZIP_CODE", facts.look(Look::PostalCode), 0.75, !few),
        ("PASSWORD", facts.look(Look::RandomPassword), 0.6, !few),
        ("GENERIC_SECRET", facts.looks(&[Look::RandomToken, Look::RandomPassword]), 0.55, keys),
        ("ORGANIZATION", facts.look(Look::LegalForm), 0.45, !few),
    ];
    let found = rules.into_iter().filter(|(_, share, least, is_so)| *is_so && share >= least);
    let mut found: Vec<_> =
        found.map(|(name, share, ..)| candidate(name, Rank::Looks, share)).collect();
    if !few {
        found.extend(of_dictionary(facts));
    }
    found
}

/// Names and towns: what most values are, and more of them than anything else of the dictionary.
fn of_dictionary(facts: &Facts<'_>) -> Option<Candidate> {
    let shares = [("FIRST_NAME", Look::Given), ("LAST_NAME", Look::Surname), ("CITY", Look::City)];
    let shares = shares.map(|(name, look)| (name, facts.look(look)));
    let (name, share) = shares.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (share >= IN_DICTIONARY).then(|| candidate(name, Rank::Dictionary, share))
}

fn candidate(name: &str, rank: Rank, share: f64) -> Candidate {
    Candidate {
        class: entity(name),
        rank,
        strength: share,
        share,
        confidence: 0.3 + 0.4 * share,
        reasons: vec![Reason::Looks { share }],
    }
}

/// Free text by its words, and by what is found in it.
fn text(facts: &Facts<'_>) -> Option<Candidate> {
    let (prose, sentences) = (facts.look(Look::Prose), facts.look(Look::Sentence));
    let most = facts.tally.entities.iter().map(|entity| entity.inside).max().unwrap_or(0);
    let inside = super::share(most, facts.tally.values);
    let (rank, share, confidence) = if prose >= 0.5 && inside >= INSIDE {
        (Rank::Prose, prose, 0.5 + 0.3 * prose)
    } else if sentences >= 0.5 {
        (Rank::Sentences, sentences, 0.4 + 0.3 * sentences)
    } else {
        return None;
    };
    let mut reasons = vec![Reason::Prose { share }];
    if inside > 0.0 {
        reasons.push(Reason::Inside { share: inside });
    }
    Some(Candidate { class: Class::Text, rank, strength: share, share, confidence, reasons })
}

/// The share of values with findings inside that no noise of neighbouring columns explains.
const INSIDE: f64 = 0.02;
/// The share of a column's values that dictionaries hold: they are not complete, and words of other columns are in them too.
const IN_DICTIONARY: f64 = 0.5;
