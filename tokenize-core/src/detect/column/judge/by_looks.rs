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
    let street = facts.look(Look::Street);
    let mut rules = vec![
        ("GENDER", facts.look(Look::GenderWord), 0.75, genders),
        ("ADDRESS", street, 0.6, facts.look(Look::StreetWord) >= 0.35),
        ("ZIP_CODE", facts.look(Look::PostalCode), 0.75, !few),
        ("PASSWORD", facts.look(Look::RandomPassword), 0.6, !few),
        ("ORGANIZATION", facts.look(Look::LegalForm), 0.45, !few),
    ];
    if facts.has_lexicon {
        let (given, surname) = (facts.look(Look::Given), facts.look(Look::Surname));
        let city = facts.look(Look::City);
        rules.push(("FIRST_NAME", given, 0.6, !few && given >= surname.max(city)));
        rules.push(("LAST_NAME", surname, 0.6, !few && surname > given.max(city)));
        rules.push(("CITY", city, 0.6, !few && city > given.max(surname)));
    }
    let found = rules.into_iter().filter(|(_, share, least, is_so)| *is_so && share >= least);
    found.map(|(name, share, ..)| candidate(name, share)).collect()
}

fn candidate(name: &str, share: f64) -> Candidate {
    Candidate {
        class: entity(name),
        rank: Rank::Looks,
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
