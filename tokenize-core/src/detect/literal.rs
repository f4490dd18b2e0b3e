//! Literals that begin entities without digit or mark, searched many at a time.

use aho_corasick::packed::{self, FindIter, Searcher};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// A word that announces the code of a bank.
    Bank(&'static str),
    /// The dot and the end of a domain name.
    Domain(&'static str),
    /// The prefix of a token that may hold no digit.
    LetterToken(&'static str),
    /// What `password` and `PASSWORD` end with: the search looks at three bytes first, and these are rarer than `ass`.
    Password(&'static str),
    PrivateKey,
    Www,
}

impl Literal {
    /// Its bytes.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Bank(text)
            | Self::Domain(text)
            | Self::LetterToken(text)
            | Self::Password(text) => text,
            Self::PrivateKey => "PRIVATE KEY",
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
fn of(number: usize) -> Option<Literal> {
    ALL.get(number).copied()
}

/// Literals in the order of their places.
pub(super) struct Literals<'a> {
    found: Option<FindIter<'a, 'a>>,
    begin: usize,
    /// Where the next one begins; the largest number if there is none.
    pub(super) next: usize,
    literal: Option<Literal>,
}

impl<'a> Literals<'a> {
    pub(super) fn new(searcher: Option<&'a Searcher>, bytes: &'a [u8], begin: usize) -> Self {
        let found = searcher.map(|searcher| searcher.find_iter(bytes));
        let mut literals = Self { found, begin, next: 0, literal: None };
        literals.take();
        literals
    }

    /// The next one; what comes behind it is the next then.
    pub(super) fn take(&mut self) -> (usize, Option<Literal>) {
        let taken = (self.next, self.literal);
        match self.found.as_mut().and_then(Iterator::next) {
            Some(found) => {
                self.next = self.begin + found.start();
                self.literal = of(found.pattern().as_usize());
            }
            None => (self.next, self.literal) = (usize::MAX, None),
        }
        taken
    }
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
    Literal::LetterToken("hf_"),
    Literal::LetterToken("AKIA"),
    Literal::LetterToken("ASIA"),
    Literal::Password("ssword"),
    Literal::Password("SSWORD"),
    Literal::PrivateKey,
    Literal::Bank("BIC"),
    Literal::Bank("bic"),
    Literal::Bank("SWIFT"),
    Literal::Bank("Swift"),
    Literal::Bank("swift"),
];
