//! Everything that is wrong with a configuration, at once.

use std::collections::HashSet;

use regex_syntax::hir::Hir;

use super::config::{Detection, Pattern};
use super::fault::{DetectionFault, DetectionFaultKind};
use super::rules;
use super::table::ENTITY_LIMIT;
use super::user::{self, Validator};
use crate::spelling::nearest;

/// Where the entries of lists stood before those that could not be read were left out; without one they are where they are.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    pub(crate) allow: Vec<usize>,
    pub(crate) deny: Vec<usize>,
    pub(crate) rules: Vec<usize>,
}

/// Judges a configuration.
pub(crate) fn check(detection: &Detection, origins: &Origins) -> Vec<DetectionFault> {
    let mut checker = Checker { faults: Vec::new(), patterns: Vec::new() };
    checker.scores(detection);
    checker.regions(detection);
    checker.lists(detection, origins);
    checker.rules(detection, origins);
    checker.together(detection);
    checker.faults
}

struct Checker {
    faults: Vec<DetectionFault>,
    /// What is searched together, as far as it could be read.
    patterns: Vec<Hir>,
}

impl Checker {
    fn fault(&mut self, path: String, kind: DetectionFaultKind) {
        self.faults.push(DetectionFault { path, kind });
    }

    fn scores(&mut self, detection: &Detection) {
        self.score("min_score".to_owned(), detection.min_score);
        let own: HashSet<&str> = detection.own_entities().collect();
        for (entity, options) in &detection.entities {
            let path = format!("entities.{entity}");
            self.score(format!("{path}.min_score"), options.min_score);
            if !own.contains(entity.as_str()) && !is_known(entity) {
                self.fault(path, unknown_entity(entity, own.iter().copied()));
            }
        }
    }

    fn score(&mut self, path: String, score: Option<f32>) {
        if score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            self.fault(path, DetectionFaultKind::Score);
        }
    }

    fn regions(&mut self, detection: &Detection) {
        for (i, region) in detection.regions.iter().enumerate() {
            if !rules::regions().any(|known| known == region) {
                // Two letters are near to many others.
                let near = (region == "uk").then(|| "gb".to_owned());
                let kind = DetectionFaultKind::UnknownRegion { word: region.clone(), near };
                self.fault(format!("regions[{i}]"), kind);
            }
        }
    }

    fn lists(&mut self, detection: &Detection, origins: &Origins) {
        for (i, pattern) in detection.allow.iter().enumerate() {
            let path = format!("allow[{}]", origin(&origins.allow, i));
            self.pattern(path.clone(), path, pattern, false);
        }
        for (i, denied) in detection.deny.iter().enumerate() {
            let path = format!("deny[{}]", origin(&origins.deny, i));
            self.pattern(path.clone(), format!("{path}.value"), &denied.pattern, true);
            self.entity(path, &denied.entity);
        }
    }

    fn pattern(&mut self, path: String, value_path: String, pattern: &Pattern, is_searched: bool) {
        match pattern {
            Pattern::Regex(regex) => self.regex(format!("{path}.regex"), regex, is_searched),
            Pattern::Value(value) if user::lower(value.as_bytes()).trim().is_empty() => {
                self.fault(value_path, DetectionFaultKind::EmptyValue);
            }
            Pattern::Value(_) => {}
        }
    }

    fn regex(&mut self, path: String, regex: &str, is_searched: bool) {
        match user::read_pattern(regex) {
            Ok(hir) if is_searched => self.patterns.push(hir),
            Ok(_) => {}
            Err(fault) => self.fault(path, DetectionFaultKind::Pattern(fault)),
        }
    }

    fn entity(&mut self, path: String, entity: &str) {
        if !is_known(entity) && !is_entity_name(entity) {
            self.fault(format!("{path}.entity"), DetectionFaultKind::EntityName);
        }
    }

    fn rules(&mut self, detection: &Detection, origins: &Origins) {
        let mut names = HashSet::new();
        for (i, rule) in detection.rules.iter().enumerate() {
            let path = format!("rules[{}]", origin(&origins.rules, i));
            self.entity(path.clone(), &rule.entity);
            self.regex(format!("{path}.regex"), &rule.regex, true);
            self.score(format!("{path}.score"), rule.score);
            let name = rule.name();
            if name.trim().is_empty() {
                self.fault(format!("{path}.name"), DetectionFaultKind::EmptyValue);
            } else if !names.insert(name) {
                self.fault(format!("{path}.name"), DetectionFaultKind::DuplicateRule);
            }
            if let Some(word) = &rule.validator
                && Validator::named(word).is_none()
            {
                let near = nearest(word, Validator::names()).map(str::to_owned);
                let kind = DetectionFaultKind::UnknownValidator { word: word.clone(), near };
                self.fault(format!("{path}.validator"), kind);
            }
        }
    }

    /// What is too much only together.
    fn together(&mut self, detection: &Detection) {
        if !self.patterns.is_empty() && !user::fit(&self.patterns) {
            self.fault("rules".to_owned(), DetectionFaultKind::PatternsTooLarge);
        }
        let looked_for = rules::kinds()
            .filter(|kind| detection.takes(kind.entity, kind.regions))
            .map(|kind| kind.entity);
        let all: HashSet<&str> = looked_for.chain(detection.own_entities()).collect();
        if all.len() > ENTITY_LIMIT {
            let kind = DetectionFaultKind::TooManyEntities { limit: ENTITY_LIMIT };
            self.fault("rules".to_owned(), kind);
        }
    }
}

/// What is wrong with an entity that neither we nor `own` have.
pub(crate) fn unknown_entity<'a>(
    entity: &str,
    own: impl Iterator<Item = &'a str>,
) -> DetectionFaultKind {
    let ours = rules::entities().map(|entity| -> &'a str { entity });
    let near = nearest(entity, ours.chain(own)).map(str::to_owned);
    DetectionFaultKind::UnknownEntity { word: entity.to_owned(), near }
}

/// Whether an entity is one of ours.
pub(super) fn is_known(entity: &str) -> bool {
    rules::entities().any(|known| known == entity)
}

fn is_entity_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= NAME_LIMIT
        && name.bytes().all(is_part)
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
}

fn origin(origins: &[usize], i: usize) -> usize {
    origins.get(i).copied().unwrap_or(i)
}

/// The longest name of an entity.
const NAME_LIMIT: usize = 64;
