//! NDJSON: an object in each line. Only the values that a plan replaces are taken apart; all other bytes stay as they are.

mod builder;
mod decimal;
mod learn;
mod names;
mod scanner;
mod shape;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;

use self::builder::{Marks, Object};
use self::learn::Learned;
use self::shape::Shape;
use super::frame::{Frame, Holes};
use super::lines::{BOM, LONGEST, Lines};
use super::{IoError, LineDamage, Piece};
use crate::column::nest::Node;

/// What the lines of a file hold.
#[derive(Debug, Clone)]
pub(crate) struct Layout(Shape);

impl Layout {
    /// Learns from all lines.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn learn(lines: Lines) -> Result<Self, IoError> {
        Learned::all(lines, learn::BLOCK).map(Self)
    }

    /// Learns from the first lines, as long as there are no more than `limit` bytes of them; appends what was read to `read`.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn learn_first(
        lines: &mut Lines,
        limit: usize,
        read: &mut Vec<u8>,
    ) -> Result<Self, IoError> {
        let (mut learned, mut start) = (Learned::default(), 0);
        while read.len() < limit && lines.append(read, LONGEST)? {
            let problem = learned.line(&read[start..], lines.number());
            problem.map_err(|problem| lines.damaged(problem))?;
            start = read.len();
        }
        Ok(Self(learned.shape))
    }

    /// Shows values of several types in one place as texts.
    pub(crate) fn show_mixed(&mut self) {
        self.0.show_mixed();
    }

    /// The schema of the lines.
    pub(crate) fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

/// Lines, batch by batch.
pub(crate) struct Reader {
    lines: Lines,
    object: Object,
    schema: SchemaRef,
}

impl Reader {
    /// `nodes` are those of the plan.
    pub(crate) fn new(
        lines: Lines,
        layout: &Layout,
        schema: SchemaRef,
        nodes: Option<&[Node]>,
    ) -> Self {
        Self { lines, object: Object::new(&layout.0, None, nodes), schema }
    }

    /// The next batch, `None` at the end.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn next(&mut self, rows: usize, size: usize) -> Result<Option<Piece>, IoError> {
        let (mut bytes, mut holes, mut count) = (Vec::new(), Holes::default(), 0);
        while count < rows && bytes.len() < size {
            let base = bytes.len();
            if !self.lines.append(&mut bytes, LONGEST)? {
                break;
            }
            let text = text_of(&bytes[base..], self.lines.number());
            let text = text.map_err(|problem| self.lines.damaged(problem))?;
            let Some(text) = text else { continue };
            // Not always the start of the line: a byte-order mark may come first.
            let base = bytes.len() - text.len();
            let added = self.object.add_line(text, &mut Marks { holes: &mut holes, base });
            added.map_err(|problem| self.lines.damaged(problem))?;
            count += 1;
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let batch = self.object.finish(self.schema.fields()).and_then(|columns: Vec<ArrayRef>| {
            let options = RecordBatchOptions::new().with_row_count(Some(count));
            RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
        });
        let batch = batch.map_err(|_| self.lines.damaged(LineDamage::Json))?;
        Ok(Some(Piece::Batch(batch, Some(Frame::new(bytes, holes)))))
    }
}

/// The line as text, without a byte-order mark at the start of the file; `None` if it is blank.
fn text_of(line: &[u8], number: u64) -> Result<Option<&str>, LineDamage> {
    let line = line.strip_prefix(BOM).filter(|_| number == 1).unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| LineDamage::Encoding)?;
    let is_blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    Ok((!is_blank).then_some(text))
}
