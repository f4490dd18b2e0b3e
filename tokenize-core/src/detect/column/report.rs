//! What a scan tells.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::DataType;
use serde_json::{Value, json};

use crate::column::type_name;
use crate::field::FieldPath;

/// What a scan found, column by column. It holds counts and shares, never a value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScanReport {
    /// Rows of all batches.
    pub rows: u64,
    /// Every leaf, in schema order.
    pub columns: Vec<ColumnReport>,
}

/// What was found in one leaf.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ColumnReport {
    /// Where it is.
    pub path: FieldPath,
    /// Its Arrow type; the first, if batches differ in it.
    pub data_type: DataType,
    /// Whether all batches had this type.
    pub is_one_type: bool,
    /// Entries, nulls included.
    pub rows: u64,
    /// Entries that are null.
    pub nulls: u64,
    /// Entries that are empty or say that nothing is there, such as `N/A`.
    pub missing: u64,
    /// Entries that are left.
    pub values: u64,
    /// Those of them that were looked at.
    pub looked_at: u64,
    /// How many different values were among those.
    pub distinct: Distinct,
    /// The commonest shapes of values, letters as `A` and `a`, digits as `9`; only those that five different values share.
    pub shapes: Vec<ValueShape>,
    /// What was found, the commonest first.
    pub entities: Vec<EntityShare>,
    /// How values are written, as far as a policy has to know.
    pub writing: Writing,
    /// What the column is taken for.
    pub verdict: Verdict,
}

/// A number of different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Distinct {
    /// How many.
    pub count: u64,
    /// Whether that is the number itself; else it is good to some percent.
    pub is_exact: bool,
}

/// A shape that values have.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ValueShape {
    /// Such as `Aaaa@aaaa.aaa`; runs of one class are capped at four.
    pub shape: String,
    /// How many of the values that were looked at for shapes have it.
    pub count: u64,
    /// Their share.
    pub share: f64,
}

/// How much of a column is an entity.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EntityShare {
    /// The entity.
    pub entity: Arc<str>,
    /// The share of values that could be one as a whole, by shape and check digits.
    pub whole: f64,
    /// The share of values that are one as a whole by themselves, without the column's name.
    pub sure: f64,
    /// The share of values with one inside.
    pub inside: f64,
    /// The mean score of those that could be one as a whole, 0 to 1.
    pub score: f64,
    /// The best score of a value that is one, or of a finding inside one, 0 to 1; 0 if there is none beyond chance.
    pub best: f64,
    /// The share that could be one by chance, where that can be told: digits and letters dealt out anew among the values.
    pub chance: Option<f64>,
    /// Whether the column's name speaks for it.
    pub is_named: bool,
}

/// Shares of values in some writings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Writing {
    /// Days in ISO 8601.
    pub iso_dates: f64,
    /// Beginning with `+`.
    pub plus: f64,
    /// Five digits, or five and four.
    pub us_zips: f64,
}

/// What a column is taken for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// An entity, free text, or none.
    pub class: Class,
    /// 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Where nothing was found in a sample: at most this share of all values can be a finding, at 95 % (rule of three).
    pub at_most: Option<f64>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// Values of one entity.
    Entity(Arc<str>),
    /// No personal data that shows.
    None,
    /// Free text, in which anything may stand.
    Text,
}

impl Class {
    /// The entity's name, `text` or `none`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Entity(entity) => entity,
            Self::None => "none",
            Self::Text => "text",
        }
    }
}

/// Why a column is taken for something.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// More values pass the check digits than would by chance.
    AboveChance {
        /// The share that passes.
        share: f64,
        /// The share that would by chance.
        chance: f64,
    },
    /// The column says of itself that it is masked.
    AlreadyMasked,
    /// Some values are, or hold, an entity, but too few.
    Few {
        /// The entity.
        entity: Arc<str>,
        /// The share of values.
        share: f64,
    },
    /// There are hardly any values.
    FewValues,
    /// Every value was looked at.
    FullScan,
    /// Values have findings inside.
    Inside {
        /// The share of values.
        share: f64,
    },
    /// Values look like what the verdict says.
    Looks {
        /// The share of values.
        share: f64,
    },
    /// The column's name speaks for the verdict.
    Name,
    /// The column's name speaks for an entity, but its values do not look like one.
    NameOnly {
        /// The entity.
        entity: Arc<str>,
    },
    /// There are no values.
    NoValues,
    /// The column's name says that it tells something about the thing, such as how many there are.
    OtherName,
    /// Values have several words.
    Prose {
        /// The share of values.
        share: f64,
    },
    /// The second choice.
    RunnerUp {
        /// The entity, or `text`.
        entity: Arc<str>,
        /// The share of values.
        share: f64,
    },
    /// Some of the values were looked at.
    Sample {
        /// How many.
        values: u64,
    },
    /// The Arrow type holds nothing to look for.
    Type,
    /// The Arrow type cannot be looked into.
    UnknownType,
    /// Values are the entity as a whole.
    Whole {
        /// The share of values.
        share: f64,
    },
}

impl Reason {
    /// Its name in JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AboveChance { .. } => "above_chance",
            Self::AlreadyMasked => "already_masked",
            Self::Few { .. } => "few",
            Self::FewValues => "few_values",
            Self::FullScan => "full_scan",
            Self::Inside { .. } => "inside",
            Self::Looks { .. } => "looks",
            Self::Name => "name",
            Self::NameOnly { .. } => "name_only",
            Self::NoValues => "no_values",
            Self::OtherName => "other_name",
            Self::Prose { .. } => "prose",
            Self::RunnerUp { .. } => "runner_up",
            Self::Sample { .. } => "sample",
            Self::Type => "type",
            Self::UnknownType => "unknown_type",
            Self::Whole { .. } => "whole",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AboveChance { share, chance } => {
                write!(f, "check digits fit in {}, by chance {}", Percent(*share), Percent(*chance))
            }
            Self::AlreadyMasked => f.write_str("masked already"),
            Self::Few { entity, share } => write!(f, "{entity} in {} only", Percent(*share)),
            Self::FewValues => f.write_str("hardly any values"),
            Self::FullScan => f.write_str("every value was looked at"),
            Self::Inside { share } => write!(f, "findings inside {}", Percent(*share)),
            Self::Looks { share } => write!(f, "{} look like it", Percent(*share)),
            Self::Name => f.write_str("by its name"),
            Self::NameOnly { entity } => {
                write!(f, "its name says {entity}, its values do not look like it")
            }
            Self::NoValues => f.write_str("no values"),
            Self::OtherName => f.write_str("its name tells of something else"),
            Self::Prose { share } => write!(f, "several words in {}", Percent(*share)),
            Self::RunnerUp { entity, share } => {
                write!(f, "second choice {entity}, {}", Percent(*share))
            }
            Self::Sample { values } => write!(f, "a sample of {values} values was looked at"),
            Self::Type => f.write_str("nothing to look for in its type"),
            Self::UnknownType => f.write_str("its type cannot be looked into"),
            Self::Whole { share } => write!(f, "{} of the values", Percent(*share)),
        }
    }
}

impl ScanReport {
    /// Every leaf, in schema order.
    #[must_use]
    pub fn columns(&self) -> &[ColumnReport] {
        &self.columns
    }

    /// The report as JSON. Shares and scores are 0 to 1.
    ///
    /// ```text
    /// { "version": 1, "rows": n, "columns": [ {
    ///     "path", "type", "rows", "nulls", "missing", "values", "looked_at",
    ///     "distinct": { "count", "exact" },
    ///     "shapes": [ { "shape", "count", "share" } ],
    ///     "entities": [ { "entity", "whole", "sure", "inside", "score", "best", "chance" (or null), "named" } ],
    ///     "writing": { "iso_dates", "plus", "us_zips" },
    ///     "verdict": { "class" (an entity, "text" or "none"), "confidence", "reasons": [ { "code", "text" } ], "at_most" (or null) }
    /// } ] }
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        let columns: Vec<_> = self.columns.iter().map(ColumnReport::to_json).collect();
        json!({ "version": 1, "rows": self.rows, "columns": columns })
    }
}

impl ColumnReport {
    /// Whether every value was looked at.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.looked_at == self.values
    }

    /// Its type in a word or two, for people.
    #[must_use]
    pub fn type_word(&self) -> String {
        type_name::word(&self.data_type)
    }

    /// How sure it is that values are, or hold, an entity, 0 to 1: the confidence of the verdict, or the best score of a finding.
    #[must_use]
    pub fn sureness_of(&self, entity: &str) -> f64 {
        let found = self.entities.iter().find(|found| &*found.entity == entity);
        let found = found.map_or(0.0, |found| found.best);
        match &self.verdict.class {
            Class::Entity(class) if &**class == entity => self.verdict.confidence.max(found),
            _ => found,
        }
    }

    fn to_json(&self) -> Value {
        let entity = |entity: &EntityShare| {
            json!({
                "entity": &*entity.entity,
                "whole": entity.whole,
                "sure": entity.sure,
                "inside": entity.inside,
                "score": entity.score,
                "best": entity.best,
                "chance": entity.chance,
                "named": entity.is_named,
            })
        };
        let shape = |shape: &ValueShape| json!({ "shape": shape.shape, "count": shape.count, "share": shape.share });
        let reason = |reason: &Reason| json!({ "code": reason.code(), "text": reason.to_string() });
        json!({
            "path": self.path.to_string(),
            "type": self.data_type.to_string(),
            "rows": self.rows,
            "nulls": self.nulls,
            "missing": self.missing,
            "values": self.values,
            "looked_at": self.looked_at,
            "distinct": { "count": self.distinct.count, "exact": self.distinct.is_exact },
            "shapes": self.shapes.iter().map(shape).collect::<Vec<_>>(),
            "entities": self.entities.iter().map(entity).collect::<Vec<_>>(),
            "writing": {
                "iso_dates": self.writing.iso_dates,
                "plus": self.writing.plus,
                "us_zips": self.writing.us_zips,
            },
            "verdict": {
                "class": self.verdict.class.name(),
                "confidence": self.verdict.confidence,
                "reasons": self.verdict.reasons.iter().map(reason).collect::<Vec<_>>(),
                "at_most": self.verdict.at_most,
            },
        })
    }
}

/// A share in percent; a small one is not rounded to nothing, nor a large one to all.
pub(crate) struct Percent(pub(crate) f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        if percent > 0.0 && percent < 0.1 {
            f.write_str("under 0.1 %")
        } else if percent < 1.0 && percent > 0.0 || percent > 99.0 && percent < 100.0 {
            write!(f, "{:.1} %", (percent * 10.0).floor() / 10.0)
        } else {
            write!(f, "{percent:.0} %")
        }
    }
}
