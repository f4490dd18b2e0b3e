//! Names: which one was perhaps meant where an unknown one stands, and how messages show them.

use std::fmt;

/// The candidate nearest to `word`, if it is near enough to have been meant: at most a third of its characters differ.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().replace('-', "_").chars().take(64).collect();
    let measured = candidates.into_iter().map(|candidate| {
        let letters: Vec<char> = candidate.to_lowercase().chars().collect();
        (edit_distance(&word, &letters), letters.len().max(word.len()), candidate)
    });
    let (distance, length, candidate) = measured.min_by_key(|(distance, ..)| *distance)?;
    (distance * 3 <= length.max(3)).then_some(candidate)
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two texts (Damerau and Levenshtein, restricted).
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    rows[i - 2][j - 2] + 1
                } else {
                    usize::MAX
                };
                replaced.min(swapped).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1)
            };
        }
    }
    rows[a.len()][b.len()]
}

/// A name as messages show it: in one line and not too long.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars().take(SHOWN_LIMIT) {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        if self.0.chars().nth(SHOWN_LIMIT).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// Longer names are cut short in messages.
const SHOWN_LIMIT: usize = 200;
