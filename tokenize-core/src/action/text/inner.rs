//! What happens to one kind of finding: the treatment that a column would have, and the marks of its tags.

use arrow::datatypes::DataType;

use super::super::{Keys, Treat, treatment};
use super::tag::Marks;
use super::{ActionError, unsupported};
use crate::action::leaf::normal_form;
use crate::column::cell::{Cell, Value};
use crate::plan::{Direction, Logical, Step, fit};
use crate::policy::{Action, Normalize, OnInvalid, Treatment};

/// A treatment with its keys.
pub(super) struct Inner {
    treat: Box<dyn Treat>,
    pub(super) how: How,
    normalize: Vec<Normalize>,
}

/// How what comes out stands in a text.
pub(super) enum How {
    /// As it was.
    Keep,
    /// The same for all: this, or the entity in brackets.
    Constant(Option<String>),
    /// As it is.
    Bare,
    /// In a tag, with whether the token can be reversed.
    Tag(Box<Marks>, bool),
}

impl Inner {
    /// The treatment of findings in the texts of a step.
    pub(super) fn new(
        step: &Step,
        treatment_: &Treatment,
        keys: &Keys<'_>,
    ) -> Result<Self, ActionError> {
        let inner = inner_step(step, treatment_).ok_or_else(|| unsupported(step))?;
        let how = match &inner.action {
            Action::Keep => How::Keep,
            Action::Redact { with } => How::Constant(with.clone()),
            Action::Surrogate { .. } => How::Bare,
            action => match (action.power().and_then(crate::keys::Power::root), inner.key) {
                (Some(root), Some((version, _))) if treatment_.domain().is_some() => {
                    let root = keys.keyring.unwrap_root(version, root)?;
                    let domain = treatment_.domain().unwrap_or_default();
                    How::Tag(Box::new(Marks::new(&root, domain)), action.is_reversible())
                }
                _ => How::Bare,
            },
        };
        let treat: Box<dyn Treat> = match how {
            How::Keep => Box::new(Kept),
            _ => treatment(&inner, Direction::Mask, keys)?,
        };
        Ok(Self { treat, how, normalize: inner.normalize })
    }

    pub(super) fn is_keep(&self) -> bool {
        matches!(self.how, How::Keep)
    }

    /// What is treated in the place of a text.
    pub(super) fn normal_form(&self, text: &str) -> String {
        normal_form(Some(Cell::Text(text)), &self.normalize)
            .map_or_else(|| text.to_owned(), std::borrow::Cow::into_owned)
    }

    /// The tokens of texts in normal form; none for those that do not fit.
    pub(super) fn tokens(&self, texts: &[&str]) -> Result<Vec<Option<String>>, ActionError> {
        let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
        let treated = self.treat.treat(&cells, &[])?;
        Ok(treated.into_iter().map(|treated| treated.ok().and_then(token_of)).collect())
    }
}

/// The step that a finding's treatment would be, were it a column of texts.
pub(super) fn inner_step(step: &Step, treatment: &Treatment) -> Option<Step> {
    let (action, to) = fit(&treatment.action, &DataType::Utf8).ok()?;
    let version = treatment.key_version.or(step.key.map(|(version, _)| version));
    let key = match action.power() {
        Some(power) => Some((version?, power)),
        None => None,
    };
    Some(Step {
        path: step.path.clone(),
        logical: matches!(action, Action::Encrypt { .. }).then_some(Logical::String),
        action,
        normalize: treatment.normalize.clone(),
        on_invalid: OnInvalid::Fail,
        has_redacted: false,
        key,
        from: DataType::Utf8,
        to,
    })
}

/// A token as text.
fn token_of(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        Value::Int(number) => Some(number.to_string()),
        Value::Bytes(bytes) => Some(super::token::of_cell(&bytes)),
        _ => None,
    }
}

/// Nothing happens.
struct Kept;

impl Treat for Kept {
    fn treat(
        &self,
        cells: &[Cell<'_>],
        _: &[Option<i64>],
    ) -> Result<Vec<super::Treated>, ActionError> {
        let kept = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => Ok(Value::Text((*text).to_owned())),
            _ => Err(super::Reason::Format),
        };
        Ok(cells.iter().map(kept).collect())
    }
}
