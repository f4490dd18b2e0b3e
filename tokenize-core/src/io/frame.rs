//! Records as bytes in which values can be replaced: what is not replaced stays as it was, byte for byte.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::DataType;

use super::value::{Texts, Writing};
use crate::column::nest::Node;

/// The bytes of some records, and where in them are the values that a plan replaces.
#[derive(Debug)]
pub(crate) struct Frame {
    bytes: Vec<u8>,
    holes: Holes,
}

/// Places in the bytes of records, in their order; none overlap.
#[derive(Debug, Default)]
pub(crate) struct Holes(Vec<(Range<usize>, Filling)>);

/// What comes into a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// Nothing.
    Cut,
    /// A value of the leaf that this step makes; `is_quoted` says how the old one was written.
    Value { step: usize, slot: usize, is_quoted: bool },
}

impl Holes {
    /// Marks bytes that are replaced.
    pub(crate) fn mark(&mut self, bytes: Range<usize>, filling: Filling) {
        self.0.push((bytes, filling));
    }
}

impl Frame {
    pub(crate) fn new(bytes: Vec<u8>, holes: Holes) -> Self {
        Self { bytes, holes }
    }

    /// How many bytes there were.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Writes the bytes with every hole filled from the leaves of a treated batch.
    ///
    /// # Errors
    /// The step whose value cannot be written.
    pub(crate) fn fill(
        &self,
        leaves: &[Option<ArrayRef>],
        writing: &Writing,
        out: &mut Vec<u8>,
    ) -> Result<(), usize> {
        let texts = leaves.iter().map(|leaf| leaf.as_ref().and_then(Texts::new));
        let texts: Vec<Option<Texts<'_>>> = texts.collect();
        let mut done = 0;
        for (hole, filling) in &self.holes.0 {
            out.extend_from_slice(&self.bytes[done..hole.start]);
            done = hole.end;
            if let Filling::Value { step, slot, is_quoted } = *filling {
                let texts = texts.get(step).and_then(Option::as_ref).ok_or(step)?;
                texts.write(slot, writing, is_quoted, out).ok_or(step)?;
            }
        }
        out.extend_from_slice(&self.bytes[done..]);
        Ok(())
    }
}

/// The leaves that steps have made, by the numbers of the steps, in a batch that came out of a plan with these nodes.
pub(crate) fn treated_leaves(nodes: &[Node], batch: &RecordBatch) -> Vec<Option<ArrayRef>> {
    let mut found = Vec::new();
    let mut columns = batch.columns().iter();
    for node in nodes.iter().filter(|node| !matches!(node, Node::Drop)) {
        if let Some(column) = columns.next() {
            add_leaves(node, column, &mut found);
        }
    }
    found
}

fn add_leaves(node: &Node, array: &ArrayRef, found: &mut Vec<Option<ArrayRef>>) {
    match (node, array.data_type()) {
        (Node::Leaf(step), _) => {
            if found.len() <= *step {
                found.resize(*step + 1, None);
            }
            found[*step] = Some(Arc::clone(array));
        }
        (Node::Fields(nodes), DataType::Struct(_)) => {
            let kept = nodes.iter().filter(|node| !matches!(node, Node::Drop));
            for (node, child) in kept.zip(array.as_struct().columns()) {
                add_leaves(node, child, found);
            }
        }
        (Node::Element(node), DataType::List(_)) => {
            add_leaves(node, array.as_list::<i32>().values(), found);
        }
        _ => {}
    }
}
