//! Where dictionaries of names come in.

use std::sync::LazyLock;

use crate::detect::names::Names;

/// Says of whole values whether they are words of a kind, whatever their case.
pub(super) trait Lexicon: std::fmt::Debug + Send + Sync {
    fn given(&self, value: &str) -> bool;
    fn surname(&self, value: &str) -> bool;
    fn city(&self, value: &str) -> bool;
}

impl Lexicon for Names {
    fn given(&self, value: &str) -> bool {
        Self::given(self, value)
    }

    fn surname(&self, value: &str) -> bool {
        Self::surname(self, value)
    }

    fn city(&self, value: &str) -> bool {
        Self::city(self, value)
    }
}

/// The dictionaries that scans use.
pub(super) fn built_in() -> &'static dyn Lexicon {
    static NAMES: LazyLock<Names> = LazyLock::new(Names::new);
    &*NAMES
}
