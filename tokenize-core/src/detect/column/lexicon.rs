//! Where dictionaries of names come in.

/// Says of whole values whether they are words of a kind, whatever their case.
pub(super) trait Lexicon: std::fmt::Debug + Send + Sync {
    fn given(&self, value: &str) -> bool;
    fn surname(&self, value: &str) -> bool;
    fn city(&self, value: &str) -> bool;
}

/// The dictionaries that scans use, if there are any.
pub(super) fn built_in() -> Option<&'static dyn Lexicon> {
    None
}
