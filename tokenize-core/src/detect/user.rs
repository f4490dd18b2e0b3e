//! What users add to the table: rules of their own, what is always found, and what never is.

mod pattern;
mod search;

use std::collections::HashSet;
use std::fmt;

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};

use super::DetectError;
use super::config::{Detection, Pattern, UserRule, percent};
use super::fold::Folded;
use super::hit::{Grade, Hit, Reasons, RuleId};
use super::words::{before, behind, is_word};
use crate::checksum::{self, Scheme, luhn};
pub(super) use pattern::read as read_pattern;
use search::{Guard, Patterns};

/// Rules and lists of a configuration, compiled.
pub(super) struct UserRules {
    patterns: Option<Patterns>,
    /// By the number of a pattern.
    by_pattern: Vec<Own>,
    values: Option<AhoCorasick>,
    /// By the number of a value.
    by_value: Vec<RuleId>,
    allowed: HashSet<String>,
    allowed_patterns: Option<Regex>,
}

/// What belongs to a pattern.
#[derive(Debug, Clone, Copy)]
struct Own {
    rule: RuleId,
    /// In percent.
    score: u8,
    validator: Option<Validator>,
    is_listed: bool,
}

/// Check digits that a match must have.
#[derive(Debug, Clone, Copy)]
pub(super) enum Validator {
    Luhn,
    Scheme(&'static Scheme),
}

/// Whether patterns can be searched together.
pub(super) fn fit(patterns: &[Hir]) -> bool {
    Patterns::new(patterns).is_some()
}

/// What a rule of a user adds to the table.
pub(super) struct Added<'a> {
    pub(super) entity: &'a str,
    pub(super) name: &'a str,
    /// In percent.
    pub(super) score: u8,
    pub(super) context: &'a [String],
    pub(super) columns: &'a [String],
}

impl UserRules {
    /// Compiles what a checked configuration adds; `None` if it adds nothing. `add` puts a rule into the table, unless its entity is
    /// not looked for.
    pub(super) fn new(
        detection: &Detection,
        add: &mut impl FnMut(&Added<'_>) -> Result<Option<RuleId>, DetectError>,
    ) -> Result<Option<Self>, DetectError> {
        let (mut patterns, mut by_pattern) = (Vec::new(), Vec::new());
        let (mut values, mut by_value) = (Vec::new(), Vec::new());
        for rule in &detection.rules {
            let score = percent(rule.score.unwrap_or(SCORE));
            let name = rule.name();
            let (context, columns) = (&rule.context, &rule.columns);
            let added = Added { entity: &rule.entity, name: &name, score, context, columns };
            if let Some(id) = add(&added)? {
                let validator = rule.validator.as_deref().and_then(Validator::named);
                patterns.push(read_pattern(&rule.regex).map_err(|_| DetectError::Shapes)?);
                by_pattern.push(Own { rule: id, score, validator, is_listed: false });
            }
        }
        for denied in &detection.deny {
            let entity = &*denied.entity;
            let added = Added { entity, name: DENY, score: LISTED, context: &[], columns: &[] };
            let Some(rule) = add(&added)? else { continue };
            match &denied.pattern {
                Pattern::Regex(regex) => {
                    patterns.push(read_pattern(regex).map_err(|_| DetectError::Shapes)?);
                    by_pattern.push(Own { rule, score: LISTED, validator: None, is_listed: true });
                }
                Pattern::Value(value) => {
                    for writing in writings(value) {
                        values.push(writing);
                        by_value.push(rule);
                    }
                }
            }
        }
        let (allowed, allowed_patterns) = allowed(&detection.allow)?;
        if patterns.is_empty() && values.is_empty() && detection.allow.is_empty() {
            return Ok(None);
        }
        let none = patterns.is_empty();
        let patterns = Patterns::new(&patterns).ok_or(DetectError::Shapes)?;
        Ok(Some(Self {
            patterns: (!none).then_some(patterns),
            by_pattern,
            values: searcher(&values)?,
            by_value,
            allowed,
            allowed_patterns,
        }))
    }

    /// Removes what is never a finding, and what lies inside it. Hits come in the order of their places.
    pub(super) fn drop_allowed(&self, value: &[u8], hits: &mut Vec<Hit>) {
        if self.allowed.is_empty() && self.allowed_patterns.is_none() {
            return;
        }
        // Where each allowed text begins, and the furthest end of those up to it.
        let mut allowed: Vec<(usize, usize)> = Vec::new();
        for hit in hits.iter().filter(|hit| self.allows(value, hit)) {
            let furthest = allowed.last().map_or(0, |(_, end)| *end);
            allowed.push((hit.start, hit.end.max(furthest)));
        }
        hits.retain(|hit| {
            let before = allowed.partition_point(|(start, _)| *start <= hit.start);
            before == 0 || allowed.get(before - 1).is_some_and(|(_, end)| *end < hit.end)
        });
    }

    fn allows(&self, value: &[u8], hit: &Hit) -> bool {
        let Some(text) = value.get(hit.start..hit.end) else { return false };
        let is_match = |regex: &Regex| regex.is_match(Input::new(text).anchored(Anchored::Yes));
        !self.allowed.is_empty() && self.allowed.contains(&lower(text))
            || self.allowed_patterns.as_ref().is_some_and(is_match)
    }

    /// Begins to search values.
    pub(super) fn searching(&self) -> Searching<'_> {
        Searching { user: self, caches: self.patterns.as_ref().map(Patterns::caches) }
    }
}

/// It holds what users wrote, which may be values.
impl fmt::Debug for UserRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserRules({} patterns, {} values)", self.by_pattern.len(), self.by_value.len())
    }
}

/// Searches values, one after the other.
pub(super) struct Searching<'a> {
    user: &'a UserRules,
    caches: Option<Guard<'a>>,
}

impl Searching<'_> {
    /// Adds what rules and lists find in a value.
    pub(super) fn find(&mut self, value: &[u8], hits: &mut Vec<Hit>) {
        let user = self.user;
        if let Some(values) = &user.values {
            for found in values.find_overlapping_iter(value) {
                let (start, end) = (found.start(), found.end());
                if let Some(rule) = user.by_value.get(found.pattern().as_usize())
                    && stands_alone(value, start, end)
                {
                    hits.push(listed(start, end, *rule));
                }
            }
        }
        if let (Some(patterns), Some(caches)) = (&user.patterns, &mut self.caches) {
            patterns.search(caches, value, |pattern, start, end| {
                let own = user.by_pattern.get(pattern);
                hits.extend(own.and_then(|own| own.hit(value, start, end)));
            });
        }
    }
}

impl Own {
    fn hit(&self, value: &[u8], start: usize, end: usize) -> Option<Hit> {
        if self.is_listed {
            return Some(listed(start, end, self.rule));
        }
        let grade = match self.validator {
            None => Grade::shape(self.score),
            Some(validator) => validator.grade(value.get(start..end)?, self.score)?,
        };
        Some(Hit {
            start,
            end,
            rule: self.rule,
            score: grade.score,
            reasons: grade.reasons(),
            is_reserved: grade.is_reserved,
        })
    }
}

impl Validator {
    /// The scheme of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            LUHN => Some(Self::Luhn),
            _ => checksum::scheme(name).map(Self::Scheme),
        }
    }

    /// The names there are.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        checksum::schemes().iter().map(Scheme::name).chain([LUHN])
    }

    /// The grade of a text whose check digits are right.
    fn grade(self, text: &[u8], score: u8) -> Option<Grade> {
        if !text.is_ascii() {
            return None;
        }
        let compact: Vec<u8> = text
            .iter()
            .filter(|byte| is_word(**byte))
            .map(u8::to_ascii_uppercase)
            .take(COMPACT + 1)
            .collect();
        let is_valid = compact.len() <= COMPACT
            && match self {
                Self::Luhn => {
                    let digits: Vec<u8> =
                        compact.iter().map(|byte| byte.wrapping_sub(b'0')).collect();
                    digits.len() > 1
                        && digits.iter().all(|digit| *digit < 10)
                        && luhn::sum(&digits) == 0
                }
                Self::Scheme(scheme) => scheme.is_valid(&compact),
            };
        let is_reserved = matches!(self, Self::Scheme(scheme) if scheme.is_reserved(&compact));
        is_valid.then(|| Grade::checked(score).reserved(is_reserved))
    }
}

impl UserRule {
    /// Its name in findings.
    pub(super) fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.entity.to_lowercase())
    }
}

fn listed(start: usize, end: usize, rule: RuleId) -> Hit {
    Hit { start, end, rule, score: LISTED, reasons: Reasons::LISTED, is_reserved: false }
}

/// A value as it is compared: what stands for ASCII rewritten, in lower case.
pub(super) fn lower(value: &[u8]) -> String {
    String::from_utf8_lossy(&Folded::new(value).text).to_lowercase()
}

/// The writings of a value that are looked for, beside any case of its ASCII letters: as it stands, and as it is when it is rewritten.
fn writings(value: &str) -> HashSet<String> {
    let folded = Folded::new(value.as_bytes()).text;
    [value, &String::from_utf8_lossy(&folded)]
        .into_iter()
        .flat_map(|value| [value.to_lowercase(), value.to_uppercase(), value.to_owned()])
        .map(|writing| writing.to_ascii_lowercase())
        .collect()
}

fn searcher(values: &[String]) -> Result<Option<AhoCorasick>, DetectError> {
    if values.is_empty() {
        return Ok(None);
    }
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(values);
    built.map(Some).map_err(|_| DetectError::Shapes)
}

fn allowed(allow: &[Pattern]) -> Result<(HashSet<String>, Option<Regex>), DetectError> {
    let (mut values, mut patterns) = (HashSet::new(), Vec::new());
    for pattern in allow {
        match pattern {
            Pattern::Value(value) => {
                values.insert(lower(value.as_bytes()));
            }
            Pattern::Regex(regex) => {
                let whole = read_pattern(regex).map_err(|_| DetectError::Shapes)?;
                let ends = [Look::Start, Look::End].map(Hir::look);
                let [start, end] = ends;
                patterns.push(Hir::concat(vec![start, whole, end]));
            }
        }
    }
    if patterns.is_empty() {
        return Ok((values, None));
    }
    let regex = Regex::builder().build_many_from_hir(&patterns).map_err(|_| DetectError::Shapes)?;
    Ok((values, Some(regex)))
}

/// Whether a listed value is no part of a longer word.
fn stands_alone(value: &[u8], start: usize, end: usize) -> bool {
    let is_part = |byte: u8| is_word(byte) || byte >= 0x80;
    let goes_on = |inside: u8, outside: u8| is_part(inside) && is_part(outside);
    !goes_on(behind(value, start), before(value, start))
        && !goes_on(before(value, end), behind(value, end))
}

/// The score of a rule that does not say.
const SCORE: f32 = 0.5;
/// The score of what is listed, in percent.
const LISTED: u8 = 100;
/// The rule that finds what is listed.
const DENY: &str = "deny";
/// A validator that is no scheme.
const LUHN: &str = "luhn";
/// The longest number without its separators.
const COMPACT: usize = 64;

#[cfg(test)]
mod tests;
