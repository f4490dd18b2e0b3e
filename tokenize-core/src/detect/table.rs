//! What a detector looks for: the table of entities under a configuration, compiled.

use std::sync::Arc;

use aho_corasick::packed::Searcher;

use super::DetectError;
use super::config::Detection;
use super::context::{CONTRARY, Mask, Vocabulary, split_name};
use super::hit::RuleId;
use super::literal;
use super::names::Names;
use super::rules::{self, By, CONTEXT_RAISE, Check, Checker, FINDERS, Finder};
use super::shape::Shapes;
use super::user::{Added, UserRules};

/// Everything a search needs, shared by all threads.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) kinds: Vec<Entity>,
    pub(super) rules: Vec<Compiled>,
    pub(super) shapes: Shapes,
    /// By the number of a list of shapes.
    pub(super) endings: Vec<Ending>,
    /// Words in texts, and words in names of columns.
    pub(super) vocabulary: Vocabulary,
    pub(super) names: Vocabulary,
    pub(super) literals: Option<Searcher>,
    /// The dictionaries, if an entity is looked for that needs them.
    pub(super) people: Option<Names>,
    /// What the configuration adds.
    pub(super) user: Option<UserRules>,
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
    /// Whether what it finds is a secret: [`super::resolve::give_way`].
    pub(super) is_secret: bool,
    /// Whether a user wrote it.
    pub(super) is_own: bool,
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

/// Shapes that end at one place.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) shapes: Vec<Shape>,
    /// Whether all of them are returned only beside words that speak for them, and the bits of their entities.
    pub(super) needs_context: bool,
    pub(super) mask: Mask,
    /// Whether any may end beside other words.
    pub(super) may_touch: bool,
}

impl Ending {
    fn new(shapes: Vec<Shape>) -> Self {
        Self {
            needs_context: shapes.iter().all(|shape| shape.needs_context),
            mask: shapes.iter().fold(0, |mask, shape| mask | shape.mask),
            may_touch: shapes.iter().any(|shape| matches!(shape.checker, Checker::Loose(_))),
            shapes,
        }
    }
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
                let is_secret = matches!(rule.by, By::Finder(finder) if finder.is_secret());
                compiled.push(Compiled {
                    name: rule.name.into(),
                    kind: kinds.len(),
                    with_context,
                    is_secret,
                    is_own: false,
                });
            }
            vocabulary.add(kind.context, mask);
            names.add(kind.context, mask);
            names.add(kind.columns, mask);
            kinds.push(Entity { name: kind.entity.into(), mask, min_score });
        }
        let user = UserRules::new(detection, &mut |added| {
            let takes = detection.takes(added.entity, "");
            let kind = takes.then(|| own_kind(&mut kinds, detection, added.entity)).transpose()?;
            let Some((kind, mask)) = kind else { return Ok(None) };
            add_words(&mut vocabulary, &mut names, added, mask);
            own_rule(&mut compiled, added, kind).map(Some)
        })?;
        let shapes = Shapes::new(&shapes)?;
        let endings = shapes.lists().iter().map(|list| {
            let shapes = list.iter().filter_map(|shape| by_shape.get(usize::from(*shape)).copied());
            Ending::new(shapes.collect())
        });
        Ok(Self {
            endings: endings.collect(),
            kinds,
            rules: compiled,
            shapes,
            vocabulary,
            names,
            literals: literal::searcher(),
            people: PEOPLE
                .iter()
                .any(|finder| finders.get(*finder as usize).is_some_and(Option::is_some))
                .then(Names::new),
            user,
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

/// The entity of a user's rule, and its bit: one that is there already, or a new one.
fn own_kind(
    kinds: &mut Vec<Entity>,
    detection: &Detection,
    entity: &str,
) -> Result<(usize, Mask), DetectError> {
    if let Some(at) = kinds.iter().position(|kind| &*kind.name == entity) {
        return Ok((at, kinds.get(at).map_or(0, |kind| kind.mask)));
    }
    let at = kinds.len();
    if at >= ENTITY_LIMIT {
        return Err(DetectError::Shapes);
    }
    let mask = 1 << at;
    let min_score = detection.min_score_of(entity);
    kinds.push(Entity { name: entity.into(), mask, min_score });
    Ok((at, mask))
}

/// The number of a user's rule: a new one, unless the same rule is there for the same entity.
fn own_rule(
    rules: &mut Vec<Compiled>,
    added: &Added<'_>,
    kind: usize,
) -> Result<RuleId, DetectError> {
    let is_same = |rule: &Compiled| rule.is_own && rule.kind == kind && &*rule.name == added.name;
    let at = rules.iter().position(is_same).unwrap_or(rules.len());
    if at == rules.len() {
        let with_context = (added.score + CONTEXT_RAISE).min(99).max(added.score);
        rules.push(Compiled {
            name: added.name.into(),
            kind,
            with_context,
            is_own: true,
            is_secret: false,
        });
    }
    Ok(RuleId(u16::try_from(at).map_err(|_| DetectError::Shapes)?))
}

fn add_words(vocabulary: &mut Vocabulary, names: &mut Vocabulary, added: &Added<'_>, mask: Mask) {
    for phrase in added.context {
        vocabulary.add(&phrase.to_lowercase(), mask);
    }
    for phrase in added.context.iter().chain(added.columns) {
        // As names of columns are taken apart.
        let words: Vec<_> = split_name(phrase)
            .iter()
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        names.add(&words.join(" "), mask);
    }
}

fn checker(check: Check) -> Result<Checker, DetectError> {
    Ok(match check {
        Check::Scheme(name) => {
            Checker::Scheme(crate::checksum::scheme(name).ok_or(DetectError::Shapes)?)
        }
        Check::Custom(grade) => Checker::Custom(grade),
        Check::Loose(grade) => Checker::Loose(grade),
    })
}

/// What the dictionaries find.
const PEOPLE: [Finder; 4] =
    [Finder::Address, Finder::DateOfBirth, Finder::Location, Finder::Person];
/// The most entities: the last bit of a mask is that of words that speak against all of them.
pub(super) const ENTITY_LIMIT: usize = 127;

/// Words that say what a number is, when it is no PII.
const CONTRARY_WORDS: &str = "order|complaint|claim|docket|s/n|p/n|part no|invoice|tracking|trace|ref|reference|transaction|sku|isbn|issn|ean|upc|asin|ts|timestamp|time|epoch|version|release|build|ticket|case|batch|lot|serial|model|part|item|article|product|request|session|span|hash|commit|checksum|offset|size|bytes|count|total|amount|price|duration|pid|thread|line|row|page|chapter|section|figure|table|bestellung|bestellnummer|rechnung|rechnungsnummer|auftrag|commande|facture|pedido|factura|ordine|fattura|zamówienie|encomenda|fatura|bestelling|factuur|artikelnummer|seriennummer|sendungsnummer|vorgang";
