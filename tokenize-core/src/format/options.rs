//! What a policy says about a format, and everything that can be wrong with it.

use serde::Deserialize;
use std::fmt;

/// A format as a policy writes it: plain data, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FormatOptions {
    /// The symbols of `format: alphabet`.
    pub alphabet: Option<String>,
    /// The letter case of values.
    pub case: Option<Case>,
    /// What `pan` does with the check digit of a token.
    pub check_digit: Option<CheckDigit>,
    /// The digits that `pan` leaves as they are.
    pub keep: Option<Keep>,
    /// The format's name.
    #[serde(rename = "format")]
    pub name: String,
    /// What `ip` does with common prefixes.
    pub prefix: Option<Prefix>,
    /// The first and the last value, both included.
    pub range: Option<[String; 2]>,
    /// The region whose national writing `phone` reads.
    pub region: Option<String>,
    /// What happens to domains below the floor of FF1.
    pub small_domain: Option<SmallDomain>,
}

impl FormatOptions {
    /// A format without further options.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The names of the options that are written, `small_domain` apart.
    pub(super) fn written(&self) -> impl Iterator<Item = &'static str> {
        [
            ("alphabet", self.alphabet.is_some()),
            ("case", self.case.is_some()),
            ("check_digit", self.check_digit.is_some()),
            ("keep", self.keep.is_some()),
            ("prefix", self.prefix.is_some()),
            ("range", self.range.is_some()),
            ("region", self.region.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, written)| written.then_some(name))
    }
}

/// The digits at both ends that stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Keep {
    /// How many at the left.
    pub first: usize,
    /// How many at the right.
    pub last: usize,
}

/// An option that is one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word a policy writes.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The choice that a policy's word stands for.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.name() == name)
            }
        }
    };
}

words! {
    /// A letter case. The set is closed: there are no other cases.
    Case {
        /// Capitals and small letters.
        Any = "any",
        /// Small letters.
        Lower = "lower",
        /// Capitals.
        Upper = "upper",
    }
}

words! {
    /// What becomes of a check digit. The set is closed: it is right or it is not.
    CheckDigit {
        /// The right digit plus one, so that a token shows that it is one.
        Invalid = "invalid",
        /// The right digit.
        Valid = "valid",
    }
}

words! {
    /// What becomes of the prefixes that addresses share. The set is closed: they show or they do not.
    Prefix {
        /// Tokens show nothing of common prefixes.
        Hide = "hide",
        /// Tokens share as many leading bits as their values.
        Preserve = "preserve",
    }
}

words! {
    /// What happens to domains of less than 1,000,000 values. The set is closed: there is no third safe way.
    SmallDomain {
        /// They go through an exact keyed permutation.
        Permute = "permute",
        /// They are refused.
        Refuse = "refuse",
    }
}

/// One thing that is wrong with a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct FormatFault {
    /// The option at fault, under its name in a policy.
    pub option: &'static str,
    /// What is wrong with it.
    pub reason: FormatReason,
}

impl FormatFault {
    pub(super) fn new(option: &'static str, reason: FormatReason) -> Self {
        Self { option, reason }
    }
}

/// Why an option is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatReason {
    /// A control character in an alphabet.
    #[error("the alphabet has a control character at position {position}")]
    AlphabetControl {
        /// Its place, counted from 1.
        position: usize,
    },
    /// A symbol that an alphabet has twice.
    #[error("the alphabet has {symbol:?} twice")]
    AlphabetDuplicate {
        /// The symbol.
        symbol: char,
    },
    /// Too few or too many symbols.
    #[error("the alphabet has {symbols} symbols; it needs 2 to 65536")]
    AlphabetSize {
        /// The number of symbols.
        symbols: usize,
    },
    /// A word that other formats take, but not this one.
    #[error("`{choice}` is no choice for format `{format}`: it takes {allowed}")]
    Choice {
        /// The format.
        format: &'static str,
        /// The word.
        choice: &'static str,
        /// The words that it takes.
        allowed: &'static str,
    },
    /// Fewer values than FF1 may be used for.
    #[error("the domain has {size} values, below the floor of 1,000,000; {remedy}")]
    DomainSize {
        /// The number of values.
        size: u128,
        /// Whether there is a way out.
        remedy: DomainRemedy,
    },
    /// An option without which the format means nothing.
    #[error("format `{format}` needs it")]
    Missing {
        /// The format.
        format: &'static str,
    },
    /// An option of other formats.
    #[error("format `{format}` does not take it")]
    NotTaken {
        /// The format.
        format: &'static str,
    },
    /// `permute` where a permutation would not be bound to what is kept.
    #[error("format `{format}` cannot be permuted: kept characters would have to enter a tweak")]
    Permute {
        /// The format.
        format: &'static str,
    },
    /// An end of a range that cannot be read, or is too far out.
    #[error("the {end} end of the range is not {expected}")]
    RangeEnd {
        /// `first` or `last`.
        end: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A range that ends where it begins, or before.
    #[error("the first end of the range must lie below the last")]
    RangeOrder,
    /// A region that the table does not have.
    #[error("no region `{region}` in the table of phone numbers{}", hint(*.near))]
    Region {
        /// The region as written.
        region: String,
        /// A region that was perhaps meant.
        near: Option<&'static str>,
    },
    /// A decimal column that cannot hold what the range writes.
    #[error("the range has {range} digits after the point, the column {column}")]
    Scale {
        /// Digits after the point in the range.
        range: i8,
        /// Digits after the point in the column.
        column: i8,
    },
    /// A scheme of `id` that the table does not have, or none.
    #[error("{}{}", no_scheme(scheme), hint(*.near))]
    Scheme {
        /// The scheme as written; empty if none is.
        scheme: String,
        /// A format that was perhaps meant, its scheme included.
        near: Option<&'static str>,
    },
    /// A format nobody knows.
    #[error("no format `{name}`{}", hint(*.near))]
    Unknown {
        /// The name as written.
        name: String,
        /// A format that was perhaps meant.
        near: Option<&'static str>,
    },
}

/// What a policy can do about a domain that is too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DomainRemedy {
    /// Nothing but keeping less: a permutation cannot be bound to kept characters.
    KeepLess,
    /// `small_domain: permute`, or a wider range.
    Permute,
}

impl fmt::Display for DomainRemedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeepLess => "`small_domain: permute` is not possible here, because kept characters would have to enter a tweak",
            Self::Permute => "`small_domain: permute` allows an exact keyed permutation instead",
        })
    }
}

fn no_scheme(scheme: &str) -> String {
    if scheme.is_empty() {
        "format `id` takes a scheme, as in `id:br_cpf`".to_owned()
    } else {
        format!("format `id` has no scheme `{scheme}`")
    }
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The candidate that differs from `word` in at most two places, if there is one.
pub(super) fn nearest(
    word: &str,
    candidates: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let word = word.to_lowercase();
    candidates
        .map(|candidate| {
            (distance(word.as_bytes(), candidate.to_lowercase().as_bytes()), candidate)
        })
        .min_by_key(|(distance, candidate)| (*distance, candidate.len().abs_diff(word.len())))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.len())
        .map(|(_, candidate)| candidate)
}

/// The edit distance of Levenshtein.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let best = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    row.last().copied().unwrap_or(0)
}
