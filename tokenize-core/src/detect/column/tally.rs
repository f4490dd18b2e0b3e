//! What is counted of the values of a column.

use super::distinct::Distinct;
use super::looks::{LOOKS, Look, Looks};
use super::shapes::Shapes;
use super::values::Texts;
use crate::detect::engine::search_candidates;
use crate::detect::hit::Hit;
use crate::detect::resolve;
use crate::detect::table::Table;

/// Counts of one column.
#[derive(Debug)]
pub(super) struct Tally {
    /// Values looked at.
    pub(super) values: u64,
    pub(super) distinct: Distinct,
    pub(super) shapes: Shapes,
    /// By the number of a kind of the table.
    pub(super) entities: Vec<EntityTally>,
    /// Values of which the looks were counted.
    looked: u64,
    looks: [u64; LOOKS],
}

/// Counts of one entity.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EntityTally {
    /// Values that are one as a whole, by some rule, however unsure.
    pub(super) whole: u64,
    /// Those of them that a search of the value alone would return.
    pub(super) sure: u64,
    /// Values with a finding inside.
    pub(super) inside: u64,
    /// The scores of `whole`, in percent.
    pub(super) scores: u64,
    /// The best score of `sure`, and of a finding inside, in percent.
    pub(super) best_sure: u8,
    pub(super) best_inside: u8,
}

impl Tally {
    pub(super) fn new(table: &Table) -> Self {
        Self {
            values: 0,
            distinct: Distinct::default(),
            shapes: Shapes::default(),
            entities: vec![EntityTally::default(); table.kinds.len()],
            looked: 0,
            looks: [0; LOOKS],
        }
    }

    /// Counts what is found in values.
    pub(super) fn add(&mut self, table: &Table, texts: &Texts) {
        for value in texts.iter() {
            self.values += 1;
            self.distinct.add(value);
        }
        let mut hits = Vec::new();
        let mut row = 0;
        search_candidates(table, texts.bytes(), texts, &mut |of, hit| {
            if of != row {
                self.add_hits(table, texts.get(row).unwrap_or_default(), &mut hits);
                row = of;
            }
            hits.push(hit);
        });
        self.add_hits(table, texts.get(row).unwrap_or_default(), &mut hits);
    }

    /// Counts what values look like. It takes longer than the search, and shares of a sample tell as much.
    pub(super) fn add_looks(&mut self, table: &Table, sample: &[String]) {
        for value in sample {
            self.looked += 1;
            self.shapes.add(value);
            for look in Looks::of(value, table.people.as_ref()).numbers() {
                if let Some(count) = self.looks.get_mut(look) {
                    *count += 1;
                }
            }
        }
    }

    /// Counts the hits of one value in, and empties them.
    fn add_hits(&mut self, table: &Table, value: &str, hits: &mut Vec<Hit>) {
        for (kind, score) in whole(table, value, hits) {
            let least = table.kinds.get(kind).map_or(u8::MAX, |kind| kind.min_score);
            if let Some(tally) = self.entities.get_mut(kind) {
                tally.whole += 1;
                if score >= least {
                    tally.sure += 1;
                    tally.best_sure = tally.best_sure.max(score);
                }
                tally.scores += u64::from(score);
            }
        }
        let kind_of = |hit: &Hit| table.rules.get(usize::from(hit.rule.0)).map(|rule| rule.kind);
        hits.retain(|hit| {
            let kind = kind_of(hit).and_then(|kind| table.kinds.get(kind));
            kind.is_some_and(|kind| hit.score >= kind.min_score)
        });
        resolve::resolve(hits);
        let mut seen = 0_u128;
        for hit in hits.drain(..).filter(|hit| !is_whole(value, hit)) {
            let Some(kind) = kind_of(&hit) else { continue };
            if let Some(tally) = self.entities.get_mut(kind) {
                tally.inside += u64::from(seen >> kind & 1 == 0);
                tally.best_inside = tally.best_inside.max(hit.score);
            }
            seen |= 1 << kind;
        }
    }

    /// How many values had their looks counted.
    pub(super) fn looked(&self) -> u64 {
        self.looked
    }

    /// The share of the values that look like something.
    pub(super) fn look(&self, look: Look) -> f64 {
        share(self.looks.get(look as usize).copied().unwrap_or(0), self.looked)
    }
}

/// The entities that a value is as a whole, each with its best score.
pub(super) fn whole(table: &Table, value: &str, hits: &[Hit]) -> Vec<(usize, u8)> {
    let mut found: Vec<(usize, u8)> = Vec::new();
    for hit in hits.iter().filter(|hit| is_whole(value, hit)) {
        let Some(rule) = table.rules.get(usize::from(hit.rule.0)) else { continue };
        match found.iter_mut().find(|(kind, _)| *kind == rule.kind) {
            Some((_, score)) => *score = hit.score.max(*score),
            None => found.push((rule.kind, hit.score)),
        }
    }
    found
}

/// Whether nothing but punctuation is left of a value without the hit.
fn is_whole(value: &str, hit: &Hit) -> bool {
    let is_rest =
        |rest: Option<&str>| rest.is_some_and(|rest| !rest.chars().any(char::is_alphanumeric));
    is_rest(value.get(..hit.start)) && is_rest(value.get(hit.end..))
}

#[expect(clippy::cast_precision_loss, reason = "shares are told in percent")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
