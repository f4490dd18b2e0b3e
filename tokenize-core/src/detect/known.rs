//! Values that are known beforehand, found in the texts of their row.

/// What a value is, as far as its column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownKind {
    Name,
    Email,
    Number,
    Other,
}

#[derive(Debug, Default)]
pub(crate) struct Known {
    values: Vec<(usize, KnownKind, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownFinding {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) source: usize,
    pub(crate) is_whole: bool,
}

impl Known {
    pub(crate) fn new() -> Self {
        Self::default()
    }
    pub(crate) fn clear(&mut self) {
        self.values.clear();
    }
    pub(crate) fn add(&mut self, source: usize, kind: KnownKind, value: &str) {
        self.values.push((source, kind, value.to_owned()));
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    pub(crate) fn find(&mut self, text: &str, found: &mut Vec<KnownFinding>) {
        for (source, _, value) in &self.values {
            if let Some(start) = text.find(value.as_str()) {
                let end = start + value.len();
                found.push(KnownFinding { start, end, source: *source, is_whole: true });
            }
        }
    }
}
