//! Cells of a leaf as text in a record.

use std::io::Write;

use arrow::array::{Array, ArrayRef};

use super::csv::Dialect;
use crate::column::cell::{Cell, Cells};

/// In what a value is written.
#[derive(Debug, Clone)]
pub(crate) enum Writing {
    Csv(Dialect),
    Json,
    Line,
}

/// The cells of a leaf whose type can be written as text.
pub(crate) struct Texts<'a>(Cells<'a>);

impl<'a> Texts<'a> {
    pub(crate) fn new(leaf: &'a ArrayRef) -> Option<Self> {
        Some(Self(Cells::new(leaf.as_ref() as &dyn Array).ok()?))
    }

    /// Appends one cell. `None` if it cannot be written there.
    pub(crate) fn write(
        &self,
        slot: usize,
        writing: &Writing,
        was_quoted: bool,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let cell = self.0.get(slot);
        match writing {
            Writing::Json => write_json(cell.as_ref(), out),
            Writing::Line => {
                let text = cell.map_or(Some(String::new()), |cell| plain(&cell))?;
                out.extend_from_slice(text.as_bytes());
                // It would come back as two.
                (!text.contains('\n')).then_some(())
            }
            Writing::Csv(dialect) => match cell {
                None => {
                    out.extend_from_slice(dialect.null());
                    Some(())
                }
                Some(cell) => dialect.write(&plain(&cell)?, was_quoted, out),
            },
        }
    }
}

/// A cell as bare text, if its type has one writing.
fn plain(cell: &Cell<'_>) -> Option<String> {
    Some(match cell {
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::Float64(value) if value.is_finite() => serde_json::to_string(value).ok()?,
        _ => return None,
    })
}

fn write_json(cell: Option<&Cell<'_>>, out: &mut Vec<u8>) -> Option<()> {
    match cell {
        None => out.extend_from_slice(b"null"),
        Some(Cell::Text(text)) => serde_json::to_writer(out, text).ok()?,
        Some(cell) => write!(out, "{}", plain(cell)?).ok()?,
    }
    Some(())
}
