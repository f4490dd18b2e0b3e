//! What is to happen to one column.

use arrow::datatypes::{DataType, IntervalUnit};

use super::yaml;
use crate::checksum;
use crate::column::{is_text, value_type};
use crate::detect::{Class, ColumnReport, Reason};
use crate::field::Step;

/// A rule and what is to be said of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// The inside of the rule's braces.
    pub(super) rule: String,
    pub(super) comments: Vec<String>,
}

impl Choice {
    fn new(rule: &str) -> Self {
        Self { rule: rule.to_owned(), comments: Vec::new() }
    }

    fn because(rule: &str, reason: &str) -> Self {
        Self { rule: rule.to_owned(), comments: vec![reason.to_owned()] }
    }

    pub(super) fn drop(reason: &str) -> Self {
        Self::because("action: drop", reason)
    }

    pub(super) fn is_drop(&self) -> bool {
        self.rule == "action: drop"
    }
}

pub(super) fn of(column: &ColumnReport) -> Choice {
    let has = |reason: Reason| column.verdict.reasons.contains(&reason);
    if has(Reason::AlreadyMasked) {
        return Choice::new("action: keep");
    }
    if *value_type(&column.data_type) == DataType::Null {
        return Choice::new("action: keep");
    }
    if has(Reason::UnknownType) && !is_number_like(&column.data_type) {
        return Choice::drop(
            "no action but keep and drop takes the type, and nothing is known of it",
        );
    }
    let choice = match &column.verdict.class {
        Class::Entity(entity) => of_entity(column, entity),
        Class::Text if is_text(&column.data_type) => Choice::because(
            "action: text",
            "free text: what detection finds is redacted; what it misses stays, so redact it all if that is too much",
        ),
        Class::Text => redacted(column, "free text"),
        Class::None => of_none(column),
    };
    if column.is_one_type {
        return choice;
    }
    match &column.verdict.class {
        Class::None if choice.rule == "action: keep" => choice,
        _ => redacted(column, "batches differ in the column's type, so nothing but this fits all"),
    }
}

/// Nothing was found.
fn of_none(column: &ColumnReport) -> Choice {
    let keep = || Choice::new("action: keep");
    let mut suspicions = column
        .verdict
        .reasons
        .iter()
        .filter(|reason| matches!(reason, Reason::Few { .. } | Reason::NameOnly { .. }));
    if !can_hold_text(&column.data_type) {
        return keep();
    }
    if suspicions.next().is_some() {
        return redacted(column, "unsure; keep it if you know what it holds");
    }
    if column.values == 0 && column.nulls + column.missing > 0 {
        return redacted(column, "no value was seen, so nothing is known of those to come");
    }
    if column.is_full() {
        return keep();
    }
    redacted(
        column,
        "only a sample was looked at; scan all of it, or keep it if you know what it holds",
    )
}

fn of_entity(column: &ColumnReport, entity: &str) -> Choice {
    if column.verdict.confidence < UNSURE {
        return redacted(column, "unsure; choose another action if you know what it holds");
    }
    let data_type = &column.data_type;
    let text = is_text(data_type);
    match entity {
        "EMAIL_ADDRESS" if text => tokenized("email"),
        "CREDIT_CARD" if text => tokenized("pan"),
        "IBAN_CODE" if text => tokenized("iban"),
        "IP_ADDRESS" if text => tokenized("ip"),
        "MAC_ADDRESS" if text => tokenized("mac"),
        "PHONE_NUMBER" if text && column.writing.plus >= 0.95 => tokenized("phone"),
        "PHONE_NUMBER" => Choice {
            comments: vec![
                "`tokenize, format: phone` would fit numbers of one country, with its `region`"
                    .to_owned(),
            ],
            ..encrypted(column)
        },
        "US_SSN" if text || is_wide_integer(data_type) => tokenized("us_ssn"),
        "UUID" if text || *value_type(data_type) == DataType::FixedSizeBinary(16) => {
            tokenized("uuid")
        }
        "DATE_OF_BIRTH" => birth(column),
        "ZIP_CODE" => zip(column),
        "AGE" if is_number(data_type) => Choice::new("action: generalize, to: bucket, size: 10"),
        "AGE" => redacted(column, "ages in text cannot be generalized; a column of numbers could"),
        "GENDER" if column.is_full() || !can_hold_text(data_type) => Choice::because(
            "action: keep",
            "few different values; with other columns it can still single people out",
        ),
        "GENDER" => redacted(column, "only a sample was looked at"),
        _ if is_secret(entity) => redacted(column, "a secret: nothing of it may stay"),
        _ if ENCRYPTED.contains(&entity) => encrypted(column),
        _ => identified(column, entity),
    }
}

fn birth(column: &ColumnReport) -> Choice {
    match value_type(&column.data_type) {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            Choice::new("action: generalize, to: year")
        }
        other if is_text(other) && column.writing.iso_dates >= 0.6 => {
            guarded("action: generalize, to: year")
        }
        other if is_text(other) => redacted(
            column,
            "dates that are not in ISO 8601 cannot be generalized: their order is not guessed",
        ),
        _ => redacted(column, "dates in numbers cannot be generalized"),
    }
}

fn zip(column: &ColumnReport) -> Choice {
    let is_named_zip = column.path.steps().iter().rev().find_map(|step| match step {
        Step::Name(name) => Some(name.to_lowercase().contains("zip")),
        Step::Element | Step::Key | Step::Value => None,
    });
    if is_text(&column.data_type) && column.writing.us_zips >= 0.6 && is_named_zip == Some(true) {
        return guarded("action: generalize, to: zip3");
    }
    redacted(column, "`generalize, to: zip3` is for ZIP codes of the United States in text")
}

fn tokenized(format: &str) -> Choice {
    guarded(&format!("action: tokenize, format: {format}"))
}

/// A rule for values that fit. What the scan takes for an entity need not be in a writing that the action takes.
fn guarded(rule: &str) -> Choice {
    Choice::because(
        &format!("{rule}, on_invalid: redact"),
        "values that do not fit are redacted and counted; without on_invalid they would stop the run",
    )
}

/// A number with rules of its own, if there is a scheme of the entity's name.
fn identified(column: &ColumnReport, entity: &str) -> Choice {
    let scheme = entity.to_lowercase();
    if is_text(&column.data_type) && checksum::scheme(&scheme).is_some() {
        return tokenized(&yaml::quoted(&format!("id:{scheme}")));
    }
    pseudonymized(column, entity)
}

fn pseudonymized(column: &ColumnReport, entity: &str) -> Choice {
    let domain = yaml::quoted(&entity.to_lowercase());
    match value_type(&column.data_type) {
        other if other.is_integer() => {
            Choice::new(&format!("action: pseudonymize, domain: {domain}, output: int64"))
        }
        other if is_text(other) => Choice::new(&format!("action: pseudonymize, domain: {domain}")),
        _ => encrypted(column),
    }
}

fn encrypted(column: &ColumnReport) -> Choice {
    match value_type(&column.data_type) {
        DataType::Float16
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal256(..)
        | DataType::Duration(_)
        | DataType::Interval(_) => Choice::drop("no other action takes the type"),
        _ => Choice::new("action: encrypt"),
    }
}

/// One constant for all, where the type has one that may stand there.
fn redacted(column: &ColumnReport, reason: &str) -> Choice {
    if column.path.steps().last() == Some(&Step::Key) {
        // Keys of a map stay different, and not null.
        let choice = encrypted(column);
        return Choice { comments: vec![reason.to_owned()], ..choice };
    }
    match encrypted(column) {
        choice if choice.is_drop() => choice,
        _ => Choice::because("action: redact", reason),
    }
}

/// Whether values may be words, or anything else at all.
fn can_hold_text(data_type: &DataType) -> bool {
    let values = value_type(data_type);
    is_text(values)
        || matches!(
            values,
            DataType::Binary
                | DataType::LargeBinary
                | DataType::BinaryView
                | DataType::FixedSizeBinary(_)
        )
}

fn is_number(data_type: &DataType) -> bool {
    let values = value_type(data_type);
    values.is_integer()
        || matches!(values, DataType::Decimal128(..) | DataType::Float32 | DataType::Float64)
}

fn is_wide_integer(data_type: &DataType) -> bool {
    matches!(
        value_type(data_type),
        DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64
    )
}

/// Types that cannot be looked into, but hold numbers only.
fn is_number_like(data_type: &DataType) -> bool {
    matches!(
        value_type(data_type),
        DataType::Float16
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal256(..)
            | DataType::Duration(_)
            | DataType::Interval(
                IntervalUnit::DayTime | IntervalUnit::MonthDayNano | IntervalUnit::YearMonth
            )
    )
}

fn is_secret(entity: &str) -> bool {
    SECRETS.contains(&entity)
        || ["_KEY", "_TOKEN", "_SECRET", "_PASSWORD"].iter().any(|end| entity.ends_with(end))
}

/// What a verdict has to be worth to act on it.
const UNSURE: f64 = 0.5;
const SECRETS: &[&str] = &["JWT", "PASSWORD", "AWS_ACCESS_KEY"];
/// Names and places: equal values would be recognised by how often they occur.
const ENCRYPTED: &[&str] = &[
    "ADDRESS",
    "CITY",
    "FIRST_NAME",
    "LAST_NAME",
    "LOCATION",
    "NRP",
    "ORGANIZATION",
    "PERSON",
    "URL",
    "USERNAME",
];
