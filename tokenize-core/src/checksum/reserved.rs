//! Numbers that are nobody's, because somebody published them: `data/reserved-1.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The patterns of the scheme of this name.
pub(super) fn of(scheme: &str) -> &'static [&'static [u8]] {
    let at = TABLE.binary_search_by_key(&scheme, |(name, _)| name).ok();
    at.and_then(|at| TABLE.get(at)).map_or(&[], |(_, patterns)| patterns)
}

/// Whether a number is one of some patterns.
pub(super) fn is_any(patterns: &[&[u8]], compact: &[u8]) -> bool {
    patterns.iter().any(|pattern| matches(pattern, compact))
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

/// The patterns of a scheme.
type Patterns = (&'static str, Vec<&'static [u8]>);

/// By the order of schemes.
static TABLE: LazyLock<Vec<Patterns>> = LazyLock::new(|| {
    let mut table = BTreeMap::<_, Vec<_>>::new();
    for (scheme, pattern) in lines().filter_map(read_line) {
        table.entry(scheme).or_default().push(pattern);
    }
    table.into_iter().collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn is_reserved(scheme: &str, compact: &[u8]) -> bool {
        is_any(of(scheme), compact)
    }

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
        let (_, cards) = TABLE.iter().find(|(scheme, _)| *scheme == "credit_card").unwrap();
        assert!(cards.len() > 50);
        for card in cards {
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
