//! How many different values a column has, in bounded memory (Bar-Yossef and others 2002: the k smallest hashes).

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The smallest hashes of the values seen.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    smallest: BTreeSet<u64>,
    has_more: bool,
}

impl Distinct {
    /// Counts a value in.
    pub(super) fn add(&mut self, value: &str) {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        let hash = hasher.finish();
        if self.smallest.len() < KEPT {
            self.smallest.insert(hash);
            return;
        }
        match self.smallest.last() {
            Some(last) if hash == *last => {}
            Some(last) if hash < *last => {
                if self.smallest.insert(hash) {
                    self.smallest.pop_last();
                    self.has_more = true;
                }
            }
            _ => self.has_more = true,
        }
    }

    /// How many there are, about.
    #[expect(clippy::cast_precision_loss, reason = "an estimate, good to some percent")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 2^64")]
    pub(super) fn count(&self) -> u64 {
        match self.smallest.last() {
            Some(last) if self.has_more => {
                ((KEPT - 1) as f64 / (*last as f64 / u64::MAX as f64)).round() as u64
            }
            _ => self.smallest.len() as u64,
        }
    }

    /// Whether [`Self::count`] is the number itself.
    pub(super) fn is_exact(&self) -> bool {
        !self.has_more
    }
}

/// Hashes kept: a standard error of 3 %.
const KEPT: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn distinct(values: u64, times: u64) -> Distinct {
        let mut distinct = Distinct::default();
        (0..values * times).for_each(|value| distinct.add(&(value % values).to_string()));
        distinct
    }

    #[test]
    fn few_values_are_counted_and_many_estimated() {
        for values in [0, 1, 5, 1_024] {
            let distinct = distinct(values, 3);
            assert_eq!((distinct.count(), distinct.is_exact()), (values, true));
        }
        for values in [1_500, 20_000, 100_000] {
            let distinct = distinct(values, 2);
            assert!(!distinct.is_exact());
            assert!(
                distinct.count().abs_diff(values) < values / 8,
                "{} {values}",
                distinct.count()
            );
        }
    }
}
