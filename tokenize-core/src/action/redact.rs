//! `redact`: one constant for all values; null where the type has no text.

use arrow::datatypes::DataType;

use super::{ActionError, REDACTED, Treat, Treated};
use crate::column::cell::{Cell, Value};
use crate::column::is_text;

/// The constant.
pub(super) struct Constant(Value);

impl Constant {
    pub(super) fn new(with: Option<&str>, to: &DataType) -> Self {
        Self(if is_text(to) {
            Value::Text(with.unwrap_or(REDACTED).to_owned())
        } else {
            Value::Null
        })
    }
}

impl Treat for Constant {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        Ok(cells.iter().map(|_| Ok(self.0.clone())).collect())
    }
}
