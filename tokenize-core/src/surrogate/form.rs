//! What a stand-in follows of a value's form, and must not repeat of its content.

use unicode_normalization::UnicodeNormalization;

use super::Kind;

/// A value as far as its stand-in depends on it.
pub(super) struct Form {
    /// What is drawn by: equal for writings of the same value.
    pub(super) canonical: String,
    pub(super) case: Case,
    pub(super) order: Order,
    /// In small letters, composed, with single spaces.
    folded: String,
    pub(super) writing: Writing,
}

/// In which letters a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Mixed,
    Upper,
}

/// Which names a person's value has, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    FamilyFirst,
    GivenFirst,
    OneName,
}

/// How a phone number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Writing {
    /// Digits only, but for a `+` in front.
    pub(super) is_compact: bool,
    /// With a `+` in front.
    pub(super) is_international: bool,
}

impl Form {
    pub(super) fn of(kind: Kind, value: &str) -> Self {
        let folded = fold(value);
        let (order, canonical) = match kind {
            Kind::Person => order_of(&folded),
            Kind::Phone => (Order::GivenFirst, dialled(&folded)),
            _ => (Order::GivenFirst, None),
        };
        let number = folded.strip_prefix('+').unwrap_or(&folded);
        let writing = Writing {
            is_compact: number.bytes().all(|byte| byte.is_ascii_digit()),
            is_international: folded.starts_with('+'),
        };
        let canonical = canonical.unwrap_or_else(|| folded.clone());
        Self { canonical, case: Case::of(value), order, folded, writing }
    }

    /// Whether a text is the value, but for its writing.
    pub(super) fn is_same(&self, text: &str) -> bool {
        fold(text) == self.folded
    }

    /// Whether a word of a text is one of the value's.
    pub(super) fn shares_word(&self, text: &str) -> bool {
        words(&fold(text)).any(|word| words(&self.folded).any(|known| known == word))
    }

    /// Whether a text has the value's digits.
    pub(super) fn has_digits_of(&self, text: &str) -> bool {
        digits(text).eq(digits(&self.folded))
    }
}

impl Case {
    fn of(value: &str) -> Self {
        let capitals = value.chars().filter(|c| c.is_uppercase()).take(2).count();
        let has_small = value.chars().any(char::is_lowercase);
        match (capitals, has_small) {
            (0, true) => Self::Lower,
            // One letter alone says nothing: `J` is an initial.
            (2, false) => Self::Upper,
            _ => Self::Mixed,
        }
    }

    pub(super) fn write(self, text: String) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Mixed => text,
            Self::Upper => text.to_uppercase(),
        }
    }
}

/// `Family, Given` has another canonical form than it is written in: that of `Given Family`.
fn order_of(folded: &str) -> (Order, Option<String>) {
    let sides = folded.split_once(',').map(|(family, given)| (family.trim(), given.trim()));
    match sides {
        Some((family, given))
            if !family.is_empty() && !given.is_empty() && !given.contains(',') =>
        {
            (Order::FamilyFirst, Some(format!("{given} {family}")))
        }
        None if !folded.contains(' ') => (Order::OneName, None),
        _ => (Order::GivenFirst, None),
    }
}

/// The digits, after a `+` if there is one in front; `None` if there is no digit.
fn dialled(folded: &str) -> Option<String> {
    let plus = folded.chars().take(1).filter(|c| *c == '+');
    let number: String = plus.chain(digits(folded)).collect();
    number.contains(|c: char| c.is_ascii_digit()).then_some(number)
}

/// Small letters, composed, single spaces and none at the ends.
fn fold(text: &str) -> String {
    let composed: String = text.to_lowercase().nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split([' ', ',']).filter(|word| !word.is_empty())
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}
