//! International bank account numbers (ISO 13616-1): the structures of countries, and whether a number follows its own.

use super::mod97;
use std::sync::LazyLock;

/// How the accounts of a country are built.
#[derive(Debug)]
pub(crate) struct Country {
    /// Two letters.
    pub(crate) code: [u8; 2],
    /// What each position holds.
    pub(crate) account: Vec<Position>,
}

/// What a position of an account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// A digit or a letter.
    Any,
    /// A digit.
    Digit,
    /// A letter.
    Letter,
}

/// Whether a text without separators is an IBAN: of a country of the table, built as its accounts are, its check digits right.
pub(crate) fn is_valid(compact: &[u8]) -> bool {
    let [a, b, c, d, account @ ..] = compact else { return false };
    let Some((_, country)) = Country::of([*a, *b]) else { return false };
    account.len() == country.account.len()
        && country.account.iter().zip(account).all(|(position, byte)| position.holds(*byte))
        && mod97::check_digits(country.code, account) == Some([*c, *d])
}

impl Country {
    /// The country of a code, with its place in [`countries`].
    pub(crate) fn of(code: [u8; 2]) -> Option<(usize, &'static Self)> {
        let at = usize::from(*PLACES.get(place(code)?)?);
        Some((at, TABLE.get(at)?))
    }

    /// Reads a line of the table: the country's code, a tab, and runs such as `4a6n8n`.
    fn from_line(line: &str) -> Option<Self> {
        let (code, structure) = line.split_once('\t')?;
        let mut account = Vec::new();
        for run in structure.split_inclusive(|symbol: char| symbol.is_ascii_alphabetic()) {
            let (len, position) = run.split_at_checked(run.len() - 1)?;
            let position = match position {
                "a" => Position::Letter,
                "c" => Position::Any,
                "n" => Position::Digit,
                _ => return None,
            };
            account.extend(std::iter::repeat_n(position, len.parse().ok()?));
        }
        let code = code.as_bytes().try_into().ok()?;
        (!account.is_empty()).then_some(Self { code, account })
    }
}

impl Position {
    /// Whether a character may stand here.
    pub(crate) fn holds(self, byte: u8) -> bool {
        match self {
            Self::Any => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Digit => byte.is_ascii_digit(),
            Self::Letter => byte.is_ascii_uppercase(),
        }
    }
}

/// Table 1 of `docs/format.md`, section 5.6, sorted by code.
pub(crate) fn countries() -> &'static [Country] {
    &TABLE
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/iban-1.tsv").lines().filter(|line| !line.starts_with('#'))
}

static TABLE: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let mut table: Vec<_> = lines().filter_map(Country::from_line).collect();
    table.sort_unstable_by_key(|country| country.code);
    table
});

/// The places of countries in the table by [`place`] of their codes; of none where there is none.
static PLACES: LazyLock<[u8; LETTERS * LETTERS]> = LazyLock::new(|| {
    let mut places = [u8::MAX; LETTERS * LETTERS];
    for (at, country) in (0..u8::MAX).zip(TABLE.iter()) {
        if let Some(slot) = place(country.code).and_then(|place| places.get_mut(place)) {
            *slot = at;
        }
    }
    places
});

/// A number for two capital letters.
fn place(code: [u8; 2]) -> Option<usize> {
    let [a, b] = code.map(|letter| usize::from(letter.wrapping_sub(b'A')));
    (a < LETTERS && b < LETTERS).then_some(a * LETTERS + b)
}

const LETTERS: usize = 26;
/// Country and check digits.
pub(crate) const HEAD: usize = 4;

/// The longest IBAN that ISO 13616-1 allows.
pub(crate) const LONGEST: usize = 34;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        for line in lines() {
            assert!(Country::from_line(line).is_some(), "{line}");
        }
        assert_eq!(TABLE.len(), lines().count());
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(TABLE.iter().all(|country| country.code.iter().all(u8::is_ascii_uppercase)
            && country.account.len() <= LONGEST - HEAD));
    }

    #[test]
    fn broken_lines_are_not_read() {
        for line in ["", "DE", "DE\t", "DEU\t8n", "DE\t8x", "DE\tn", "DE\t8n9", "DE 8n"] {
            assert!(Country::from_line(line).is_none(), "{line}");
        }
    }

    /// The first four are examples of the IBAN registry.
    #[test]
    fn numbers_follow_their_country() {
        let cases = [
            ("GB82WEST12345698765432", true),
            ("DE89370400440532013000", true),
            ("NO9386011117947", true),
            ("BE68539007547034", true),
            ("BE68539007547035", false),
            ("BE6853900754703", false),
            ("XX68539007547034", false),
            ("GB82123412345698765432", false),
            ("gb82west12345698765432", false),
            ("GB", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_valid(text.as_bytes()), expected, "{text}");
        }
    }
}
