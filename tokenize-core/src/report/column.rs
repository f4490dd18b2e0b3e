//! One column of a page.

use serde::Serialize;
use serde_json::Value;

use super::bar::Bar;
use crate::detect::{Class, ColumnReport, EntityShare, Reason, Verdict};
use crate::pipeline::Treatment;

/// What is shown of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// Its path.
    pub path: String,
    /// Its type in a word.
    #[serde(rename = "type")]
    pub data_type: String,
    /// What it holds, in one of a few words.
    pub holds: Holds,
    /// What became of it in a mask.
    pub outcome: Option<Outcome>,
    /// What it is taken for: an entity, `text` or `none`.
    pub verdict: String,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasons: Vec<String>,
    /// Where a sample held nothing: at most this share of all values is a finding, at 95 %.
    pub at_most: Option<f64>,
    /// Entries, nulls included.
    pub rows: u64,
    /// Entries that are null.
    pub nulls: u64,
    /// Entries that are empty or say that nothing is there.
    pub missing: u64,
    /// Values that were looked at.
    pub looked_at: u64,
    /// How many different ones were among those.
    pub distinct: u64,
    /// Whether that is the number itself.
    pub distinct_is_exact: bool,
    /// What was found: the verdict first, then the commonest.
    pub found: Vec<Found>,
    /// Shapes that several different values share, the commonest first.
    pub shapes: Vec<Shape>,
    /// What a mask did.
    pub done: Option<Done>,
    /// What is still found in the output, where a mask leaves values in part.
    pub left: Vec<Found>,
    #[serde(skip)]
    pub(super) bar: Bar,
}

/// An entity found in a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The entity.
    pub entity: String,
    /// The share of values that are one or hold one.
    pub share: f64,
    /// The best score of one.
    pub best: f64,
    /// The share that could be one by chance, where that can be told.
    pub chance: Option<f64>,
    /// Whether the column's name speaks for it.
    pub named: bool,
}

/// A shape that values share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Shape {
    /// Letters as `A` and `a`, digits as `9`.
    pub shape: String,
    /// How many of the values looked at have it.
    pub count: u64,
}

/// What a policy did to a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Done {
    /// The action.
    pub action: &'static str,
    /// Its options, defaults written out.
    pub options: Vec<(String, String)>,
    /// The pseudonymisation domain.
    pub domain: Option<String>,
    /// The key version.
    pub key_version: Option<u32>,
    /// What an earlier mask did to a column that is kept.
    pub earlier: Option<String>,
    /// Whether values can be had back.
    pub reversible: bool,
    /// Whether equal values become equal.
    pub deterministic: bool,
    /// What the column still shows.
    pub leaks: &'static str,
    /// Entries that were treated: all that are not null.
    pub treated: u64,
    /// Empty strings that became null.
    pub emptied: u64,
    /// Values that did not fit and became null.
    pub nullified: u64,
    /// Values that did not fit and became `[REDACTED]`.
    pub redacted: u64,
}

/// What a column holds, those that matter most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Holds {
    /// Values of one entity.
    Personal,
    /// Free text in which some was found.
    Inside,
    /// Something else, but some values are personal data.
    Some,
    /// Free text in which none was found.
    Text,
    /// Its name speaks for personal data, its values do not.
    ByName,
    /// A type that cannot be looked into.
    Closed,
    /// What a mask has made of it.
    Masked,
    /// Nothing that shows.
    Nothing,
}

/// What became of a column in a mask, those that matter most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Personal data was found in what is written.
    Exposed,
    /// It is written as it was, and may hold some.
    Unsure,
    /// It is written as it was; nothing was found.
    Kept,
    /// Its values were replaced or left out, by this mask or an earlier one.
    Protected,
}

impl Column {
    pub(super) fn of_scan(report: &ColumnReport) -> Self {
        let verdict = &report.verdict;
        let found = found(report);
        Self {
            path: report.path.to_string(),
            data_type: report.type_word(),
            holds: Holds::of(verdict, &found),
            outcome: None,
            verdict: verdict.class.name().to_owned(),
            confidence: verdict.confidence,
            reasons: verdict.reasons.iter().map(ToString::to_string).collect(),
            at_most: verdict.at_most,
            rows: report.rows,
            nulls: report.nulls,
            missing: report.missing,
            looked_at: report.looked_at,
            distinct: report.distinct.count,
            distinct_is_exact: report.distinct.is_exact,
            bar: Bar::of(report, &found),
            found,
            shapes: report
                .shapes
                .iter()
                .map(|it| Shape { shape: it.shape.clone(), count: it.count })
                .collect(),
            done: None,
            left: Vec::new(),
        }
    }

    pub(super) fn of_mask(
        before: &ColumnReport,
        treatment: &Treatment,
        after: Option<&ColumnReport>,
    ) -> Self {
        let mut column = Self::of_scan(before);
        let left = after.into_iter().flat_map(|after| &after.entities).filter(|it| it.best > 0.0);
        column.left = left.map(Found::of).collect();
        let is_kept = treatment.action == "keep" && treatment.earlier.is_none();
        column.outcome = Some(match column.holds {
            _ if !column.left.is_empty() => Outcome::Exposed,
            _ if !is_kept => Outcome::Protected,
            holds if holds.is_personal() => Outcome::Exposed,
            holds if holds.is_doubtful() => Outcome::Unsure,
            _ => Outcome::Kept,
        });
        column.done = Some(Done::of(treatment, before.rows - before.nulls.min(before.rows)));
        column
    }
}

impl Holds {
    fn of(verdict: &Verdict, found: &[Found]) -> Self {
        let says = |is: fn(&Reason) -> bool| verdict.reasons.iter().any(is);
        match verdict.class {
            Class::Entity(_) => Self::Personal,
            Class::Text if found.is_empty() => Self::Text,
            Class::Text => Self::Inside,
            Class::None if !found.is_empty() => Self::Some,
            Class::None if says(|it| matches!(it, Reason::AlreadyMasked)) => Self::Masked,
            Class::None if says(|it| matches!(it, Reason::UnknownType)) => Self::Closed,
            Class::None if says(|it| matches!(it, Reason::NameOnly { .. })) => Self::ByName,
            Class::None => Self::Nothing,
        }
    }

    /// Whether personal data was found.
    #[must_use]
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Personal | Self::Inside | Self::Some)
    }

    /// Whether there may be some that was not found.
    #[must_use]
    pub fn is_doubtful(self) -> bool {
        matches!(self, Self::ByName | Self::Closed | Self::Text)
    }
}

impl Found {
    fn of(entity: &EntityShare) -> Self {
        Self {
            entity: entity.entity.to_string(),
            share: (entity.sure + entity.inside).min(1.0),
            best: entity.best,
            chance: entity.chance,
            named: entity.is_named,
        }
    }
}

impl Done {
    fn of(treatment: &Treatment, values: u64) -> Self {
        let idle = ["keep", "drop"].contains(&treatment.action);
        let is_told = |value: &Value| !value.as_array().is_some_and(Vec::is_empty);
        let options = treatment.options.iter().filter(|(_, value)| is_told(value));
        Self {
            action: treatment.action,
            options: options.map(|(key, value)| (key.clone(), text_of(value))).collect(),
            domain: treatment.domain.clone(),
            key_version: treatment.key_version,
            earlier: treatment.earlier.clone(),
            reversible: treatment.reversible,
            deterministic: treatment.deterministic,
            leaks: treatment.leaks,
            treated: if idle { 0 } else { values },
            emptied: treatment.emptied,
            nullified: treatment.nullified,
            redacted: treatment.redacted,
        }
    }

    /// Values that were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.emptied + self.nullified + self.redacted
    }
}

/// What was found: what the column is taken for, then what else stands in values beyond chance.
fn found(report: &ColumnReport) -> Vec<Found> {
    let mut all: Vec<Found> =
        report.entities.iter().filter(|it| it.best > 0.0).map(Found::of).collect();
    all.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.entity.cmp(&b.entity)));
    if let Class::Entity(entity) = &report.verdict.class {
        let counted = report.entities.iter().find(|it| it.entity == *entity);
        all.retain(|it| it.entity != **entity);
        let share = report.verdict.reasons.iter().filter_map(share_of).fold(0.0, f64::max);
        all.insert(
            0,
            Found {
                entity: entity.to_string(),
                share,
                best: report.sureness_of(entity),
                chance: counted.and_then(|it| it.chance),
                named: report.verdict.reasons.contains(&Reason::Name),
            },
        );
    }
    all
}

/// The share of the values that a verdict rests on.
fn share_of(reason: &Reason) -> Option<f64> {
    match reason {
        Reason::Inside { share } | Reason::Looks { share } | Reason::Whole { share } => {
            Some(*share)
        }
        _ => None,
    }
}

/// An option as a policy writes it.
fn text_of(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let told = map.iter().map(|(key, value)| format!("{key} {}", text_of(value)));
            told.collect::<Vec<_>>().join(", ")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
