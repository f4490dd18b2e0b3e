//! Findings as callers see them: one by one, or as an Arrow table.

use std::fmt;
use std::sync::Arc;

use arrow::array::{
    BooleanBuilder, Float32Builder, ListBuilder, RecordBatch, StringBuilder,
    StringDictionaryBuilder, UInt64Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt16Type};
use arrow::error::ArrowError;

use super::hit::{Hit, Reasons};
use super::table::Table;
use crate::field::FieldPath;

/// One occurrence of an entity in a text.
///
/// It holds places, never the text itself.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of PII, such as `EMAIL_ADDRESS`.
    pub entity: Arc<str>,
    /// Where it begins, in bytes of the text (UTF-8).
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// How sure it is, 0 to 1.
    pub score: f32,
    /// The rule that found it.
    pub rule: Arc<str>,
    /// What the score rests on.
    pub reasons: Reasons,
    /// Whether it is set apart for documentation, tests or examples, such as `example.com`.
    pub reserved: bool,
}

impl Finding {
    pub(super) fn new(table: &Table, hit: Hit) -> Option<Self> {
        let rule = table.rules.get(usize::from(hit.rule.0))?;
        Some(Self {
            entity: table.kinds.get(rule.kind)?.name.clone(),
            start: hit.start,
            end: hit.end,
            score: score(hit),
            rule: rule.name.clone(),
            reasons: hit.reasons,
            reserved: hit.is_reserved,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}..{}, score {:.2}", self.entity, self.start, self.end, self.score)
    }
}

/// The schema of findings: `row` (uint64, the logical row), `path` (of the leaf), `start` and `end` (uint64, bytes within the value), `entity`, `score`
/// (float32, 0 to 1), `rule`, `reasons` (list of strings), `reserved` (boolean). `path`, `entity` and `rule` are dictionaries of strings.
#[must_use]
pub fn findings_schema() -> SchemaRef {
    let words = || DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    let reasons = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
    Arc::new(Schema::new(vec![
        Field::new("row", DataType::UInt64, false),
        Field::new("path", words(), false),
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        Field::new("entity", words(), false),
        Field::new("score", DataType::Float32, false),
        Field::new("rule", words(), false),
        Field::new("reasons", reasons, false),
        Field::new("reserved", DataType::Boolean, false),
    ]))
}

/// Findings on their way into a table.
#[derive(Default)]
pub(super) struct Builder {
    row: UInt64Builder,
    path: StringDictionaryBuilder<UInt16Type>,
    start: UInt64Builder,
    end: UInt64Builder,
    entity: StringDictionaryBuilder<UInt16Type>,
    score: Float32Builder,
    rule: StringDictionaryBuilder<UInt16Type>,
    reasons: ListBuilder<StringBuilder>,
    reserved: BooleanBuilder,
}

impl Builder {
    pub(super) fn push(
        &mut self,
        table: &Table,
        path: &FieldPath,
        row: usize,
        hit: Hit,
    ) -> Result<(), ArrowError> {
        let Some(rule) = table.rules.get(usize::from(hit.rule.0)) else { return Ok(()) };
        let Some(entity) = table.kinds.get(rule.kind) else { return Ok(()) };
        self.row.append_value(row as u64);
        self.path.append(path.to_string())?;
        self.start.append_value(hit.start as u64);
        self.end.append_value(hit.end as u64);
        self.entity.append(&entity.name)?;
        self.score.append_value(score(hit));
        self.rule.append(&rule.name)?;
        for reason in hit.reasons.names() {
            self.reasons.values().append_value(reason);
        }
        self.reasons.append(true);
        self.reserved.append_value(hit.is_reserved);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(
            findings_schema(),
            vec![
                Arc::new(self.row.finish()),
                Arc::new(self.path.finish()),
                Arc::new(self.start.finish()),
                Arc::new(self.end.finish()),
                Arc::new(self.entity.finish()),
                Arc::new(self.score.finish()),
                Arc::new(self.rule.finish()),
                Arc::new(self.reasons.finish()),
                Arc::new(self.reserved.finish()),
            ],
        )
    }
}

fn score(hit: Hit) -> f32 {
    f32::from(hit.score) / 100.0
}
