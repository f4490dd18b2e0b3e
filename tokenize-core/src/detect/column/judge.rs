//! From counts to a verdict.
//!
//! Everything that a column could be becomes a [`Candidate`] or does not; the best candidate wins. What is needed to become one:
//!
//! | evidence | needed |
//! |---|---|
//! | the name says an entity of the table | 40 % of the values could be one, however unsure by themselves |
//! | values alone | 60 % are sure, or 60 % could be one and well above chance, or 70 % could be and 30 % are sure |
//! | the name says an entity of columns | 60 % of the values look like it (75 % for names that mean other things too) |
//! | values alone, entities of columns | looks that little else has: streets with numbers, postal codes with letters |
//! | free text | several words, and a name that says so, or findings inside; or sentences |
//!
//! Nulls do not count, so shares stand however many there are. Shares are far enough from 1 for one value in twenty to be wrong.

mod by_looks;
mod by_name;
mod by_search;

use std::sync::Arc;

use super::chance::Chance;
use super::looks::Look;
use super::name::NameEvidence;
use super::report::{Class, Reason, Verdict};
use super::tally::{Tally, share};
use super::vocabulary::KINDS;
use crate::detect::table::Table;

pub(super) use by_name::part_of_name;

/// All that is known of a column.
pub(super) struct Facts<'a> {
    pub(super) table: &'a Table,
    pub(super) tally: &'a Tally,
    pub(super) chance: &'a Chance,
    pub(super) name: &'a NameEvidence,
    pub(super) siblings: Siblings,
    /// Values in the column, looked at or not.
    pub(super) values: u64,
}

/// Whether columns beside this one are, by their names, parts of a person's name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Siblings {
    pub(super) has_first_name: bool,
    pub(super) has_last_name: bool,
}

/// Something that a column may be.
#[derive(Debug)]
struct Candidate {
    class: Class,
    /// What kind of evidence there is; beats everything below it.
    rank: Rank,
    /// Within a rank, 0 to 1.
    strength: f64,
    share: f64,
    confidence: f64,
    reasons: Vec<Reason>,
}

/// Kinds of evidence, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Sentences without more.
    Sentences,
    /// Values found by dictionary or by context, and other things that much else looks like.
    Soft,
    /// Free text with findings inside.
    Prose,
    /// Values that look like an entity of columns.
    Looks,
    /// Values that are words of a dictionary as a whole.
    Dictionary,
    /// A name that may mean it, and values that look like it.
    WeakName,
    /// A name that says free text, and values of several words.
    ProseName,
    /// A name and values, found by dictionary.
    SoftName,
    /// A name that means it, and values that look like it.
    StrongName,
    /// Check digits, or shapes that nothing else has.
    Hard,
    /// The same with the name.
    HardName,
}

/// Judges a column.
pub(super) fn judge(facts: &Facts<'_>) -> Verdict {
    if facts.tally.values == 0 {
        return Verdict::none(1.0, vec![Reason::NoValues]);
    }
    let mut candidates = by_search::candidates(facts);
    candidates.extend(by_name::candidates(facts));
    candidates.extend(by_looks::candidates(facts));
    candidates.sort_by(|a, b| {
        (b.rank, b.strength).partial_cmp(&(a.rank, a.strength)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut candidates = candidates.into_iter();
    let Some(best) = candidates.next() else { return nothing(facts) };
    let mut reasons = best.reasons;
    reasons.extend(
        candidates.find(|other| other.class != best.class).map(|other| Reason::RunnerUp {
            entity: other.class.name().into(),
            share: other.share,
        }),
    );
    let mut confidence = best.confidence;
    if facts.tally.values < FEW {
        reasons.push(Reason::FewValues);
        confidence *= FEW_CONFIDENCE;
    }
    reasons.push(extent(facts));
    Verdict { class: best.class, confidence, reasons, at_most: None }
}

/// The verdict where no candidate is.
fn nothing(facts: &Facts<'_>) -> Verdict {
    let tally = facts.tally;
    let mut reasons = Vec::new();
    let is_full = tally.values == facts.values;
    let mut confidence: f64 = if is_full { 0.95 } else { 0.9 };
    let found = |entity: &super::tally::EntityTally| entity.sure.max(entity.inside);
    let most =
        tally.entities.iter().zip(&facts.table.kinds).max_by_key(|(entity, _)| found(entity));
    let most = most.filter(|(entity, _)| found(entity) > 0);
    if let Some((entity, kind)) = most {
        let share = share(found(entity), tally.values);
        reasons.push(Reason::Few { entity: kind.name.clone(), share });
        confidence = confidence.min(0.8 - share.min(0.5));
    }
    if let Some(entity) = by_name::said(facts) {
        reasons.push(Reason::NameOnly { entity });
        confidence = confidence.min(0.4);
    }
    if facts.name.is_contrary {
        reasons.push(Reason::OtherName);
    }
    if tally.values < FEW {
        reasons.push(Reason::FewValues);
        confidence *= FEW_CONFIDENCE;
    }
    reasons.push(extent(facts));
    let mut verdict = Verdict::none(confidence, reasons);
    if !is_full && most.is_none() {
        // The rule of three (Hanley and Lippman-Hand 1983).
        verdict.at_most = Some((3.0 / share(tally.values, 1)).min(1.0));
    }
    verdict
}

fn extent(facts: &Facts<'_>) -> Reason {
    if facts.tally.values == facts.values {
        Reason::FullScan
    } else {
        Reason::Sample { values: facts.tally.values }
    }
}

impl Verdict {
    pub(super) fn none(confidence: f64, reasons: Vec<Reason>) -> Self {
        Self { class: Class::None, confidence, reasons, at_most: None }
    }
}

impl Facts<'_> {
    fn look(&self, look: Look) -> f64 {
        self.tally.look(look)
    }

    /// The share of values that look like any of some things.
    fn looks(&self, looks: &[Look]) -> f64 {
        looks.iter().map(|look| self.look(*look)).sum::<f64>().min(1.0)
    }

    /// The share of values that are several words of letters.
    fn several_words(&self) -> f64 {
        self.look(Look::Name) - self.look(Look::Word)
    }

    /// Whether values repeat as codes do.
    fn is_of_few_values(&self) -> bool {
        self.tally.distinct.count() < DISTINCT_NAMES
    }
}

fn entity(name: &str) -> Class {
    Class::Entity(Arc::from(name))
}

/// The number of an entity of columns.
fn kind_number(entity: &str) -> Option<usize> {
    KINDS.iter().position(|kind| kind.entity == entity)
}

/// Fewer values make every share shaky.
const FEW: u64 = 8;
const FEW_CONFIDENCE: f64 = 0.7;
/// Columns of names have more different values than this.
const DISTINCT_NAMES: u64 = 12;
