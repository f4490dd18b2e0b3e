//! Texts that lie one behind another in one buffer, searched together.

use super::engine::{Spans, search};
use super::{Detector, FieldPath};

/// Texts one behind another.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Where a finding is: which text, from where to where in bytes, and the number of its entity among [`Detector::entities`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) text: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) entity: usize,
}

impl Texts {
    pub(crate) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(texts) }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }
}

impl Spans for Texts {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn span(&self, row: usize) -> (usize, usize) {
        let end = |row: usize| self.ends.get(row).copied().unwrap_or(self.bytes.len());
        (row.checked_sub(1).map_or(0, end), end(row))
    }

    fn is_null(&self, _: usize) -> bool {
        false
    }
}

impl Detector {
    /// The findings in texts, texts ascending, those of a text by their places and without overlaps; the words of `path` count as context.
    pub(crate) fn detect_texts(&self, path: &FieldPath, texts: &Texts) -> Vec<Spot> {
        let column = self.table.names.of_name(&path.to_string());
        let mut found = Vec::new();
        search(&self.table, &texts.bytes, texts, column, &mut |text, hit| {
            if let Some(rule) = self.table.rules.get(usize::from(hit.rule.0)) {
                let entity = rule.kind;
                found.push(Spot { text, start: hit.start, end: hit.end, entity });
            }
        });
        found
    }
}

/// A text as people would have typed it on a plain keyboard: digits and marks of other scripts in ASCII, without what is not seen.
pub(crate) fn in_ascii(text: &str) -> Option<String> {
    String::from_utf8(super::fold::Folded::new(text.as_bytes()).text).ok()
}
