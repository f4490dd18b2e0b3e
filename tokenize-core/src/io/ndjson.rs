//! NDJSON: an object in each line. Only the values that a plan replaces are taken apart; all other bytes stay as they are.

mod block;
mod builder;
mod decimal;
mod learn;
mod names;
mod scanner;
mod shape;

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;

use self::block::Block;
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
    /// One for each thread that takes lines apart.
    objects: Vec<Object>,
    schema: SchemaRef,
    ready: VecDeque<Result<Piece, IoError>>,
}

impl Reader {
    /// `nodes` are those of the plan. So many `threads` take lines apart.
    pub(crate) fn new(
        lines: Lines,
        layout: &Layout,
        schema: SchemaRef,
        nodes: Option<&[Node]>,
        threads: usize,
    ) -> Self {
        let objects = (0..threads.max(1)).map(|_| Object::new(&layout.0, None, nodes)).collect();
        Self { lines, objects, schema, ready: VecDeque::new() }
    }

    /// The next batch, `None` at the end.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, IoError> {
        if self.ready.is_empty() {
            self.read_on();
        }
        self.ready.pop_front().transpose()
    }

    /// Takes the next blocks apart, each in a thread. They are threads of their own, since a reader may itself run beside a pool.
    fn read_on(&mut self) {
        let schema = &self.schema;
        let blocks = Block::some(&mut self.lines, self.objects.len(), PARSED);
        let failure = |block: &mut Block| block.failure.take();
        let (mut blocks, mut pairs) = (blocks, self.objects.iter_mut());
        let failures: Vec<_> = blocks.iter_mut().map(failure).collect();
        let mut tasks = blocks.into_iter().zip(&mut pairs);
        let Some((first, object)) = tasks.next() else { return };
        let pieces: Vec<_> = std::thread::scope(|scope| {
            let others: Vec<_> =
                tasks.map(|(block, object)| scope.spawn(|| piece(block, object, schema))).collect();
            let first = piece(first, object, schema);
            let join = |other: ScopedJoinHandle<'_, _>| {
                other.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            std::iter::once(first).chain(others.into_iter().map(join)).collect()
        });
        for (piece, failure) in pieces.into_iter().zip(failures) {
            let damaged = |(line, problem)| self.lines.damaged_at(line, problem);
            self.ready.extend(piece.map_err(damaged).transpose());
            self.ready.extend(failure.map(Err));
        }
    }
}

/// The rows of a block; `None` if it has no bytes. Else which line is damaged, and how.
fn piece(
    block: Block,
    object: &mut Object,
    schema: &SchemaRef,
) -> Result<Option<Piece>, (u64, LineDamage)> {
    let (mut holes, mut count, mut last) = (Holes::default(), 0, block.first);
    for (place, line) in block.lines(block.start()) {
        let damaged = |problem| (place.number, problem);
        last = place.number;
        let Some(text) = text_of(line, place.number).map_err(damaged)? else { continue };
        // Not always the start of the line: a byte-order mark may come first.
        let base = place.at + line.len() - text.len();
        object.add_line(text, &mut Marks { holes: &mut holes, base }).map_err(damaged)?;
        count += 1;
    }
    if block.bytes.is_empty() {
        return Ok(None);
    }
    let batch = object.finish(schema.fields()).and_then(|columns: Vec<ArrayRef>| {
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(schema.clone(), columns, &options)
    });
    let batch = batch.map_err(|_| (last, LineDamage::Json))?;
    Ok(Some(Piece::Batch(batch, Some(Frame::new(block.bytes, holes)))))
}

/// The line as text, without a byte-order mark at the start of the file; `None` if it is blank.
fn text_of(line: &[u8], number: u64) -> Result<Option<&str>, LineDamage> {
    let line = line.strip_prefix(BOM).filter(|_| number == 1).unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| LineDamage::Encoding)?;
    let is_blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    Ok((!is_blank).then_some(text))
}

/// Bytes of lines that become a batch.
const PARSED: usize = 2 << 20;
