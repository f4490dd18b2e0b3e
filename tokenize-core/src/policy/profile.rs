//! Profiles: regulations that a policy claims to follow, and what each says of columns, clause by clause.
//!
//! A policy with a `profile` says of every column what it `holds`; a clause that a rule breaks is a fault, so no door masks by such a
//! policy. Whether a column holds what the policy says is not known here: `scan` and the report of a mask look at values.

mod clauses;

use self::clauses::Clause;
use super::fault::{Fault, FaultKind};
use super::options::{self, HOLDS, PROFILES};
use super::parse::{Draft, DraftRule};
use super::{Action, Rule, Unlisted};

/// A regulation that a policy can claim to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Pseudonymisation: Regulation (EU) 2016/679, Article 4(5).
    Gdpr,
    /// Consumers' financial information: the Gramm-Leach-Bliley Act by Regulation P, 12 CFR part 1016.
    Glba,
    /// What an expert's determination starts from: 45 CFR 164.514(b)(1).
    HipaaExpert,
    /// Safe Harbor: 45 CFR 164.514(b)(2).
    HipaaSafeHarbor,
    /// Stored account data: PCI DSS (numbers as in version 4), requirement 3.
    Pci,
}

/// What a column holds, as a policy with a profile says of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Holds {
    /// The number of an account.
    Account,
    /// A place smaller than a state, ZIP codes apart.
    Address,
    /// An age in years.
    Age,
    /// What proves who somebody is: passwords, and of cards the code, the PIN, the track.
    Authentication,
    /// A fingerprint, a voice print and the like.
    Biometric,
    /// A date of birth.
    BirthDate,
    /// A code that was drawn at random and is derived from nothing.
    Code,
    /// Any other date of a person.
    Date,
    /// The number of a device.
    Device,
    /// An e-mail address.
    Email,
    /// A fax number.
    Fax,
    /// Text that people wrote.
    FreeText,
    /// The number of a member of a health plan.
    HealthPlan,
    /// An IP address.
    Ip,
    /// The number of a certificate or licence.
    License,
    /// The number of a medical record.
    MedicalRecord,
    /// A name.
    Name,
    /// Nothing of all that.
    Other,
    /// The number of a payment card.
    Pan,
    /// A phone number.
    Phone,
    /// A picture of a face.
    Photo,
    /// A social security number, or another country's kin of it.
    Ssn,
    /// Any other number, characteristic or code that one person has.
    Unique,
    /// The address of a web page.
    Url,
    /// The number of a vehicle, plates included.
    Vehicle,
    /// A ZIP code.
    Zip,
}

impl Profile {
    /// The name, as policies write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        options::word_of(self, PROFILES)
    }

    fn clauses(self) -> &'static [Clause] {
        match self {
            Self::Gdpr => clauses::GDPR,
            Self::Glba => clauses::GLBA,
            Self::HipaaExpert => clauses::HIPAA_EXPERT,
            Self::HipaaSafeHarbor => clauses::HIPAA_SAFE_HARBOR,
            Self::Pci => clauses::PCI,
        }
    }
}

impl Holds {
    /// The word for it, as policies write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        options::word_of(self, HOLDS)
    }
}

/// Judges a policy by the profiles that it claims.
pub(super) fn check(draft: &Draft) -> Vec<Fault> {
    if !draft.claims_profile {
        return draft.rules.iter().filter_map(alone).collect();
    }
    if draft.profiles.is_empty() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if draft.unlisted == Unlisted::Keep {
        let place = draft.unlisted_place;
        faults.push(Fault { place, path: "unlisted".to_owned(), kind: FaultKind::ProfileUnlisted });
    }
    for drafted in draft.rules.iter().chain(&draft.text) {
        faults.extend(judge(drafted, &draft.profiles));
    }
    if draft.profiles.contains(&Profile::Pci) {
        faults.extend(forms_of_cards(&draft.rules));
    }
    faults
}

/// `holds` where nothing looks at it.
fn alone(drafted: &DraftRule) -> Option<Fault> {
    drafted.rule.as_ref()?.holds?;
    let path = format!("{}.holds", drafted.path);
    Some(Fault { place: drafted.place, path, kind: FaultKind::HoldsAlone })
}

fn judge(drafted: &DraftRule, profiles: &[Profile]) -> Vec<Fault> {
    let Some(rule) = &drafted.rule else { return Vec::new() };
    let fault = |kind| Fault { place: drafted.place, path: drafted.path.clone(), kind };
    let Some(holds) = rule.holds else {
        let reason = "under a profile every rule says what its column holds";
        return vec![fault(FaultKind::Missing { key: "holds", reason })];
    };
    let broken = profiles.iter().flat_map(|profile| {
        let clauses = profile.clauses().iter();
        clauses.filter(|clause| clause.is_broken_by(holds, &rule.action))
    });
    broken
        .map(|clause| {
            fault(FaultKind::Clause {
                clause: clause.citation,
                holds: holds.name(),
                action: rule.action.name(),
                demands: clause.demands,
            })
        })
        .collect()
}

/// PCI DSS 3.5.1 on different forms of one card number: a policy writes one.
fn forms_of_cards(rules: &[DraftRule]) -> Vec<Fault> {
    let mut first: Option<(String, super::Place)> = None;
    let mut faults = Vec::new();
    for drafted in rules {
        let Some(form) = drafted.rule.as_ref().and_then(form_of_card) else { continue };
        match &first {
            Some((known, other)) if *known != form => faults.push(Fault {
                place: drafted.place,
                path: drafted.path.clone(),
                kind: FaultKind::TwoForms { clause: clauses::ONE_FORM, other: *other },
            }),
            Some(_) => {}
            None => first = Some((form, drafted.place)),
        }
    }
    faults
}

/// How a rule writes card numbers, if others could hold it against another column. Randomized cells cannot be.
fn form_of_card(rule: &Rule) -> Option<String> {
    match &rule.action {
        _ if rule.holds != Some(Holds::Pan) => None,
        Action::Drop | Action::Redact { .. } => None,
        Action::Encrypt { mode: super::Mode::Randomized, .. } => None,
        Action::Tokenize { format, .. } => Some(crate::json::canonical(&format.subkey_params())),
        other => Some(other.name().to_owned()),
    }
}

/// A clause, and the rules of a policy that it speaks of.
pub(super) struct Met {
    pub(super) profile: &'static str,
    pub(super) clause: &'static str,
    pub(super) demands: &'static str,
    /// Column and action.
    pub(super) rules: Vec<(String, &'static str)>,
}

/// Every clause of these profiles, with the rules that it was held against.
pub(super) fn met(profiles: &[Profile], rules: &[Rule]) -> Vec<Met> {
    let clauses = profiles
        .iter()
        .flat_map(|profile| profile.clauses().iter().map(|clause| (*profile, clause)));
    let met = clauses.map(|(profile, clause)| {
        let spoken_of =
            rules.iter().filter(|rule| rule.holds.is_some_and(|it| clause.holds.contains(&it)));
        Met {
            profile: profile.name(),
            clause: clause.citation,
            demands: clause.demands,
            rules: spoken_of.map(|rule| (rule.column.to_string(), rule.action.name())).collect(),
        }
    });
    met.collect()
}

#[cfg(test)]
mod tests;
