//! Literals that begin entities without digit or mark, searched many at a time.

use aho_corasick::packed::{self, Searcher};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// The dot and the end of a domain name.
    Domain(&'static str),
    Www,
}

impl Literal {
    /// Its bytes.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Domain(text) => text,
            Self::Www => "www.",
        }
    }
}

/// The search for all of them.
pub(super) fn searcher() -> Option<Searcher> {
    packed::Config::new()
        .match_kind(packed::MatchKind::LeftmostLongest)
        .builder()
        .extend(ALL.iter().map(|literal| literal.text()))
        .build()
}

/// The literal with a number of the search.
pub(super) fn of(number: usize) -> Option<Literal> {
    ALL.get(number).copied()
}

const ALL: &[Literal] = &[
    Literal::Www,
    Literal::Domain(".com"),
    Literal::Domain(".org"),
    Literal::Domain(".net"),
    Literal::Domain(".edu"),
    Literal::Domain(".gov"),
    Literal::Domain(".io"),
    Literal::Domain(".info"),
    Literal::Domain(".biz"),
];
