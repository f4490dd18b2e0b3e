//! What the search finds in one value, before context and overlaps are settled.

use std::ops::BitOr;

/// Something found in one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Where it begins and ends, in bytes of the value.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The rule that found it.
    pub(super) rule: RuleId,
    /// How sure it is, in percent.
    pub(super) score: u8,
    pub(super) reasons: Reasons,
    /// Whether it is set apart for documentation, tests or examples.
    pub(super) is_reserved: bool,
}

/// The place of a rule in the table of a detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RuleId(pub(super) u16);

/// Why a finding has its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u8);

impl Reasons {
    /// It looks like one.
    pub const SHAPE: Self = Self(1);
    /// Its check digits are right, or its structure is one that exists.
    pub const CHECKED: Self = Self(2);
    /// Words nearby speak for it.
    pub const CONTEXT: Self = Self(4);
    /// The column's name speaks for it.
    pub const COLUMN_NAME: Self = Self(8);
    /// It stands in a dictionary.
    pub const DICTIONARY: Self = Self(16);
    /// Words nearby speak against it.
    pub const CONTRARY: Self = Self(32);
    /// The configuration asks for it.
    pub const LISTED: Self = Self(64);

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the reasons, as findings in Arrow and JSON have them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(reason, _)| self.contains(*reason)).map(|(_, name)| *name)
    }

    /// The places of the reasons in [`Self::all`], which are those of their bits.
    pub(super) fn numbers(self) -> impl Iterator<Item = u8> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let place = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            u8::try_from(place).ok().filter(|place| *place < 8)
        })
    }

    /// How many there are.
    pub(super) const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The names of all reasons.
    pub(super) fn all() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }
}

impl BitOr for Reasons {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a check says of something that has the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grade {
    /// In percent, before context.
    pub(super) score: u8,
    pub(super) is_checked: bool,
    pub(super) is_reserved: bool,
}

impl Grade {
    /// By its shape alone.
    pub(super) const fn shape(score: u8) -> Self {
        Self { score, is_checked: false, is_reserved: false }
    }

    /// Check digits or structure passed.
    pub(super) const fn checked(score: u8) -> Self {
        Self { score, is_checked: true, is_reserved: false }
    }

    pub(super) const fn reserved(self, is_reserved: bool) -> Self {
        Self { is_reserved, ..self }
    }

    pub(super) fn reasons(self) -> Reasons {
        if self.is_checked { Reasons::SHAPE | Reasons::CHECKED } else { Reasons::SHAPE }
    }
}

const NAMES: [(Reasons, &str); 7] = [
    (Reasons::SHAPE, "shape"),
    (Reasons::CHECKED, "checked"),
    (Reasons::CONTEXT, "context"),
    (Reasons::COLUMN_NAME, "column name"),
    (Reasons::DICTIONARY, "dictionary"),
    (Reasons::CONTRARY, "contrary context"),
    (Reasons::LISTED, "listed"),
];
