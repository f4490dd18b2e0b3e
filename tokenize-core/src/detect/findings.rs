//! Findings as callers see them: one by one, or as an Arrow table.

use std::fmt;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, ListArray, RecordBatch, StringArray,
    UInt8Array, UInt16Array, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt8Type, UInt16Type};
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
/// (float32, 0 to 1), `rule`, `reasons` (list), `reserved` (boolean). Paths, entities, rules and reasons are dictionaries of strings.
#[must_use]
pub fn findings_schema() -> SchemaRef {
    let words = || DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("row", DataType::UInt64, false),
        Field::new("path", words(), false),
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        Field::new("entity", words(), false),
        Field::new("score", DataType::Float32, false),
        Field::new("rule", words(), false),
        Field::new("reasons", DataType::List(reason_field()), false),
        Field::new("reserved", DataType::Boolean, false),
    ]))
}

fn reason_field() -> FieldRef {
    let words = DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8));
    Arc::new(Field::new_list_field(words, false))
}

/// Findings on their way into a table.
#[derive(Debug, Default)]
pub(super) struct Builder {
    paths: Vec<String>,
    rows: Vec<u64>,
    path: Vec<u16>,
    hits: Vec<Hit>,
}

impl Builder {
    /// What is pushed from now on is of this leaf.
    pub(super) fn begin(&mut self, path: &FieldPath) {
        self.paths.push(path.to_string());
    }

    pub(super) fn push(&mut self, row: usize, hit: Hit) {
        self.rows.push(row as u64);
        self.path.push(u16::try_from(self.paths.len() - 1).unwrap_or(u16::MAX));
        self.hits.push(hit);
    }

    /// The table of all findings.
    ///
    /// # Errors
    ///
    /// More leaves with findings than the type of a dictionary's keys can tell apart.
    pub(super) fn finish(self, table: &Table) -> Result<RecordBatch, ArrowError> {
        let Self { paths, rows, path, hits } = self;
        let rules: StringArray = table.rules.iter().map(|rule| Some(&*rule.name)).collect();
        let kinds: StringArray = table.kinds.iter().map(|kind| Some(&*kind.name)).collect();
        let kind_of =
            |hit: &Hit| table.rules.get(usize::from(hit.rule.0)).map_or(0, |rule| rule.kind);
        let entity: Vec<u16> =
            hits.iter().map(|hit| u16::try_from(kind_of(hit)).unwrap_or(u16::MAX)).collect();
        let place = |place: fn(&Hit) -> usize| -> ArrayRef {
            Arc::new(hits.iter().map(|hit| place(hit) as u64).collect::<UInt64Array>())
        };
        RecordBatch::try_new(
            findings_schema(),
            vec![
                Arc::new(UInt64Array::from(rows)),
                words(path, StringArray::from(paths))?,
                place(|hit| hit.start),
                place(|hit| hit.end),
                words(entity, kinds)?,
                Arc::new(hits.iter().map(|hit| score(*hit)).collect::<Float32Array>()),
                words(hits.iter().map(|hit| hit.rule.0).collect(), rules)?,
                reasons(&hits)?,
                Arc::new(BooleanArray::from_iter(hits.iter().map(|hit| Some(hit.is_reserved)))),
            ],
        )
    }
}

fn words(keys: Vec<u16>, values: StringArray) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(UInt16Array::from(keys), Arc::new(values))?))
}

fn reasons(hits: &[Hit]) -> Result<ArrayRef, ArrowError> {
    let keys: UInt8Array = hits.iter().flat_map(|hit| hit.reasons.numbers()).collect();
    let offsets = OffsetBuffer::from_lengths(hits.iter().map(|hit| hit.reasons.count()));
    let names = StringArray::from_iter_values(Reasons::all());
    let words = DictionaryArray::<UInt8Type>::try_new(keys, Arc::new(names))?;
    Ok(Arc::new(ListArray::try_new(reason_field(), offsets, Arc::new(words), None)?))
}

fn score(hit: Hit) -> f32 {
    f32::from(hit.score) / 100.0
}
