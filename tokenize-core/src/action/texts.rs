//! What actions do to texts whose results are texts or bytes: results end to end, without memory for each.

use super::{ActionError, Reason};

/// The quick way of one action. Says of each text what [`super::Treat::treat`] would say of its cell.
pub(super) trait TreatTexts: Send + Sync {
    /// One result per text, in order. No text is empty.
    fn treat_texts(&self, texts: &[&str], out: &mut Results) -> Result<(), ActionError>;

    /// About how many bytes come out of so many texts of so many bytes in all.
    fn bytes_for(&self, texts: usize, bytes: usize) -> usize;
}

/// The results of texts, end to end.
pub(super) struct Results {
    /// What was there before, then the results.
    pub(super) bytes: Vec<u8>,
    /// Where each result ends in `bytes`.
    pub(super) ends: Vec<usize>,
    /// Texts without a result, in order: nothing lies between their end and the one before.
    pub(super) faults: Vec<(usize, Reason)>,
}

impl Results {
    /// No results yet, to come after `bytes`.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, ends: Vec::new(), faults: Vec::new() }
    }

    /// Ends the result of one text, which has been appended to `bytes`.
    pub(super) fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// Says that the next text has no result.
    pub(super) fn fault(&mut self, reason: Reason) {
        self.faults.push((self.ends.len(), reason));
        self.end();
    }
}
