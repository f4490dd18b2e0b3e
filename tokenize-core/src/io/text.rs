//! Plain text: a row for each line, in one column. The ends of lines stay as they are.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::frame::{Filling, Frame, Holes};
use super::lines::{BOM, LONGEST, Lines, content};
use super::{IoError, LineDamage, Piece};
use crate::column::nest::Node;

/// The schema of every text: the column `text`.
pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8, true)]))
}

/// Lines, batch by batch.
pub(crate) struct Reader {
    lines: Lines,
    schema: SchemaRef,
    filling: Box<dyn Fn(usize) -> Option<Filling> + Send>,
}

impl Reader {
    /// `nodes` are those of the plan.
    pub(crate) fn new(lines: Lines, schema: SchemaRef, nodes: Option<&[Node]>) -> Self {
        let node = nodes.and_then(<[Node]>::first).cloned();
        let filling = move |slot| match &node {
            Some(Node::Drop) => Some(Filling::Cut),
            Some(Node::Leaf(step)) => Some(Filling::Value { step: *step, slot, is_quoted: false }),
            _ => None,
        };
        Self { lines, schema, filling: Box::new(filling) }
    }

    /// The next batch, `None` at the end.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn next(&mut self, rows: usize, size: usize) -> Result<Option<Piece>, IoError> {
        let (mut bytes, mut holes) = (Vec::new(), Holes::default());
        let (mut texts, mut count) = (StringBuilder::new(), 0);
        while count < rows && bytes.len() < size {
            let start = bytes.len();
            if !self.lines.append(&mut bytes, LONGEST)? {
                break;
            }
            let line = content(&bytes[start..]);
            let line = line.strip_prefix(BOM).filter(|_| self.lines.number() == 1).unwrap_or(line);
            let text = std::str::from_utf8(line);
            let text = text.map_err(|_| self.lines.damaged(LineDamage::Encoding))?;
            // A byte-order mark comes first, the line's end last.
            let after = bytes.len() - start - content(&bytes[start..]).len();
            let end = bytes.len() - after;
            texts.append_value(text);
            if let Some(filling) = (self.filling)(count) {
                holes.mark(end - text.len()..end, filling);
            }
            count += 1;
        }
        if count == 0 {
            return Ok(None);
        }
        let batch = RecordBatch::try_new(self.schema.clone(), vec![Arc::new(texts.finish())]);
        let batch = batch.map_err(|_| self.lines.damaged(LineDamage::Encoding))?;
        Ok(Some(Piece::Batch(batch, Some(Frame::new(bytes, holes)))))
    }
}
