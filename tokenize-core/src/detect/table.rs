//! What a detector looks for: the table of entities under a configuration, compiled.

use std::sync::Arc;

use aho_corasick::packed::Searcher;

use super::DetectError;
use super::config::Detection;
use super::context::{CONTRARY, Mask, Vocabulary};
use super::hit::RuleId;
use super::literal;
use super::rules::{self, By, CONTEXT_RAISE, Check, Checker, FINDERS, Finder};
use super::shape::Shapes;

/// Everything a search needs, shared by all threads.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) kinds: Vec<Entity>,
    pub(super) rules: Vec<Compiled>,
    pub(super) shapes: Shapes,
    /// By the number of a shape.
    pub(super) by_shape: Vec<Shape>,
    /// Words in texts, and words in names of columns.
    pub(super) vocabulary: Vocabulary,
    pub(super) names: Vocabulary,
    pub(super) literals: Option<Searcher>,
    finders: [Option<RuleId>; FINDERS.len()],
}

/// An entity looked for.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) name: Arc<str>,
    /// Its bit.
    pub(super) mask: Mask,
    /// In percent.
    pub(super) min_score: u8,
}

/// A rule in use.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) name: Arc<str>,
    pub(super) kind: usize,
    pub(super) with_context: u8,
}

/// What belongs to a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) rule: RuleId,
    pub(super) checker: Checker,
    /// In percent, of what passes.
    pub(super) score: u8,
    /// The bit of its entity.
    pub(super) mask: Mask,
    /// Whether it is returned only beside words that speak for it.
    pub(super) needs_context: bool,
}

impl Table {
    /// Compiles the table for a configuration.
    pub(super) fn new(detection: &Detection) -> Result<Self, DetectError> {
        let mut kinds = Vec::new();
        let mut compiled = Vec::new();
        let (mut shapes, mut by_shape) = (Vec::new(), Vec::new());
        let (mut vocabulary, mut names) = (Vocabulary::default(), Vocabulary::default());
        let mut finders = [None; FINDERS.len()];
        vocabulary.add(CONTRARY_WORDS, CONTRARY);
        for kind in rules::kinds().filter(|kind| detection.takes(kind.entity, kind.regions)) {
            let mask: Mask = 1 << kinds.len();
            let min_score = detection.min_score_of(kind.entity);
            for rule in kind.rules {
                let id = RuleId(u16::try_from(compiled.len()).map_err(|_| DetectError::Shapes)?);
                let with_context = match (rule.with_context, &rule.by) {
                    (0, By::Finder(_)) => 99,
                    (0, By::Shape(..)) => (rule.score + CONTEXT_RAISE).min(99),
                    (said, _) => said,
                };
                match rule.by {
                    By::Finder(finder) => finders[finder as usize] = Some(id),
                    By::Shape(shape, check) => {
                        shapes.push(shape);
                        by_shape.push(Shape {
                            rule: id,
                            checker: checker(check)?,
                            score: rule.score,
                            mask,
                            needs_context: rule.score < min_score,
                        });
                    }
                }
                compiled.push(Compiled { name: rule.name.into(), kind: kinds.len(), with_context });
            }
            vocabulary.add(kind.context, mask);
            names.add(kind.context, mask);
            names.add(kind.columns, mask);
            kinds.push(Entity { name: kind.entity.into(), mask, min_score });
        }
        Ok(Self {
            kinds,
            rules: compiled,
            shapes: Shapes::new(&shapes)?,
            by_shape,
            vocabulary,
            names,
            literals: literal::searcher(),
            finders,
        })
    }

    /// The entity that a rule finds.
    pub(super) fn kind(&self, rule: RuleId) -> Option<&Entity> {
        self.kinds.get(self.rules.get(usize::from(rule.0))?.kind)
    }

    /// The rule of a finder, if it is in use.
    pub(super) fn finder(&self, finder: Finder) -> Option<RuleId> {
        self.finders.get(finder as usize).copied().flatten()
    }
}

fn checker(check: Check) -> Result<Checker, DetectError> {
    Ok(match check {
        Check::None => Checker::None,
        Check::Scheme(name) => {
            Checker::Scheme(crate::checksum::scheme(name).ok_or(DetectError::Shapes)?)
        }
        Check::Custom(grade) => Checker::Custom(grade),
        Check::Loose(grade) => Checker::Loose(grade),
    })
}

/// Words that say what a number is, when it is no PII.
const CONTRARY_WORDS: &str = "order|invoice|tracking|trace|ref|reference|transaction|sku|isbn|issn|ean|upc|asin|ts|timestamp|time|epoch|version|release|build|ticket|case|batch|lot|serial|model|part|item|article|product|request|session|span|hash|commit|checksum|offset|size|bytes|count|total|amount|price|duration|pid|thread|line|row|page|chapter|section|figure|table|bestellung|bestellnummer|rechnung|rechnungsnummer|auftrag|commande|facture|pedido|factura|ordine|fattura|zamówienie|encomenda|fatura|bestelling|factuur|artikelnummer|seriennummer|sendungsnummer|vorgang";
