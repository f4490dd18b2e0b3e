//! Numbers that are nobody's, because somebody published them: `data/reserved-1.tsv`.

use std::sync::LazyLock;

/// Whether a number of the scheme of this name is one of the table.
pub(super) fn is_reserved(scheme: &str, compact: &[u8]) -> bool {
    let first = TABLE.partition_point(|(name, _)| *name < scheme);
    let of_scheme = TABLE.iter().skip(first).take_while(|(name, _)| *name == scheme);
    of_scheme.into_iter().any(|(_, pattern)| matches(pattern, compact))
}

fn matches(pattern: &[u8], compact: &[u8]) -> bool {
    pattern.len() == compact.len()
        && pattern
            .iter()
            .zip(compact)
            .all(|(known, character)| *known == b'?' || known == character)
}

fn read_line(line: &'static str) -> Option<(&'static str, &'static [u8])> {
    let mut columns = line.split('\t');
    let (scheme, pattern, _source) = (columns.next()?, columns.next()?, columns.next()?);
    Some((scheme, pattern.as_bytes()))
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/reserved-1.tsv").lines().filter(|line| !line.starts_with('#'))
}

static TABLE: LazyLock<Vec<(&str, &[u8])>> = LazyLock::new(|| {
    let mut table: Vec<_> = lines().filter_map(read_line).collect();
    table.sort_unstable();
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_of_a_scheme() {
        for line in lines() {
            let (scheme, _) = read_line(line).unwrap();
            assert!(super::super::scheme(scheme).is_some(), "{line}");
        }
    }

    /// A test number that does not pass would be useless to whoever published it; so this finds typing errors here.
    #[test]
    fn test_cards_are_cards() {
        let cards = || TABLE.iter().filter(|(scheme, _)| *scheme == "credit_card");
        assert!(cards().count() > 50);
        for (_, card) in cards() {
            let text = String::from_utf8_lossy(card);
            assert!(super::super::card::is_valid(card), "{text}");
            assert!(is_reserved("credit_card", card), "{text}");
        }
    }

    #[test]
    fn patterns_match() {
        assert!(is_reserved("us_ssn", b"987654329"));
        assert!(!is_reserved("us_ssn", b"987654330"));
        assert!(!is_reserved("us_ssn", b"98765432"));
        assert!(!is_reserved("us_itin", b"987654329"));
        assert!(!is_reserved("", b""));
    }
}
