//! What a detector is told: one tree for policies, command line, Python and Rust.

use std::collections::BTreeMap;
use std::fmt;

use super::DetectError;
use super::check;
use super::fault::DetectionFault;
use super::rules;

/// The configuration of a [`super::Detector`]. The default looks for every entity, of all regions, from a score of 0.5.
///
/// In a policy, in a file for `scan --rules` and in Python it is written as the tree of `docs/detection.md`, section 5.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Detection {
    /// Findings below this score are not returned: 0 to 1, 0.5 if not said.
    pub min_score: Option<f32>,
    /// ISO 3166-1 codes in lower case: identifiers of other regions are not looked for. Empty: all regions.
    pub regions: Vec<String>,
    /// What is said of single entities, by name.
    pub entities: BTreeMap<String, EntityOptions>,
    /// What is never a finding.
    pub allow: Vec<Pattern>,
    /// What is always one.
    pub deny: Vec<Denied>,
    /// Rules of one's own.
    pub rules: Vec<UserRule>,
}

/// What a configuration says of one entity.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct EntityOptions {
    /// Findings of the entity below this score are not returned.
    pub min_score: Option<f32>,
    /// Whether the entity is not looked for.
    pub off: bool,
}

/// A value as it stands, or a pattern. The set is closed.
#[derive(Clone, PartialEq, Eq)]
pub enum Pattern {
    /// This value, in any case of its letters; no part of a longer word.
    Value(String),
    /// What matches this regular expression as a whole.
    Regex(String),
}

/// Shows no value: what is listed may be somebody's.
impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regex(_) => "Regex(***)",
            Self::Value(_) => "Value(***)",
        })
    }
}

/// Something that is always a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// What it is.
    pub pattern: Pattern,
    /// The entity that it is found as.
    pub entity: String,
}

impl Denied {
    /// What is found as `entity`: one of ours, or a new name in capitals.
    #[must_use]
    pub fn new(pattern: Pattern, entity: impl Into<String>) -> Self {
        Self { pattern, entity: entity.into() }
    }
}

/// A rule of one's own. What it finds counts whatever words stand against it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct UserRule {
    /// The entity that it finds: one of ours, or a new name in capitals.
    pub entity: String,
    /// The rule's name in findings; that of the entity in lower case if not said.
    pub name: Option<String>,
    /// What it looks like: a regular expression of Rust's syntax, so without look-around and back references. `\d`, `\s`, `\w` and `\b`
    /// mean ASCII unless `(?u)` is said. A match has at most 1,024 bytes and is never empty.
    pub regex: String,
    /// The check digits that it must have: a scheme of `docs/format.md`, section 5.13, or `luhn`.
    pub validator: Option<String>,
    /// Words that raise the score of the entity when they stand nearby.
    pub context: Vec<String>,
    /// Words that raise it when the column's name holds them.
    pub columns: Vec<String>,
    /// 0 to 1; 0.5 if not said.
    pub score: Option<f32>,
}

impl UserRule {
    /// A rule that finds `regex` as `entity`: one of ours, or a new name in capitals.
    #[must_use]
    pub fn new(entity: impl Into<String>, regex: impl Into<String>) -> Self {
        Self { entity: entity.into(), regex: regex.into(), ..Self::default() }
    }
}

impl Detection {
    /// Turns off all entities but these.
    ///
    /// # Errors
    ///
    /// [`DetectError::Configuration`] for an entity that nothing finds.
    pub fn only<'a>(
        mut self,
        entities: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, DetectError> {
        let wanted: Vec<&str> = entities.into_iter().collect();
        let own: Vec<String> = self.own_entities().map(str::to_owned).collect();
        let mut faults = Vec::new();
        for (i, entity) in wanted.iter().enumerate() {
            if !check::is_known(entity) && !own.iter().any(|known| known == entity) {
                let kind = check::unknown_entity(entity, own.iter().map(String::as_str));
                faults.push(DetectionFault { path: format!("entities[{i}]"), kind });
            }
        }
        if !faults.is_empty() {
            return Err(DetectError::Configuration { faults });
        }
        for entity in rules::entities().map(str::to_owned).chain(own) {
            if !wanted.contains(&&*entity) {
                self.entities.entry(entity).or_default().off = true;
            }
        }
        Ok(self)
    }

    /// Everything that is wrong with the configuration, in its order.
    #[must_use]
    pub fn faults(&self) -> Vec<DetectionFault> {
        check::check(self, &check::Origins::default())
    }

    /// The entities that rules and lists name; ours may be among them.
    pub(super) fn own_entities(&self) -> impl Iterator<Item = &str> {
        let of_rules = self.rules.iter().map(|rule| &*rule.entity);
        of_rules.chain(self.deny.iter().map(|denied| &*denied.entity))
    }

    /// Whether an entity of some regions, separated by spaces, is looked for.
    pub(super) fn takes(&self, entity: &str, regions: &str) -> bool {
        let is_here = self.regions.is_empty()
            || regions.is_empty()
            || regions.split(' ').any(|region| self.regions.iter().any(|said| said == region));
        is_here && !self.entities.get(entity).is_some_and(|options| options.off)
    }

    /// The least score of an entity, in percent.
    pub(super) fn min_score_of(&self, entity: &str) -> u8 {
        let own = self.entities.get(entity).and_then(|options| options.min_score);
        percent(own.or(self.min_score).unwrap_or(MIN_SCORE))
    }
}

/// A score of 0 to 1 in percent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100")]
pub(super) fn percent(score: f32) -> u8 {
    (score * 100.0).round().clamp(0.0, 100.0) as u8
}

/// Below this nothing is returned unless the configuration says otherwise.
const MIN_SCORE: f32 = 0.5;
