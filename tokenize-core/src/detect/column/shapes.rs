//! What values look like without being them: `Aaaa9@aaaa.aaa`.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How often each shape was seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    seen: HashMap<String, Seen>,
}

/// The values of one shape: how many, and the hashes of the first different ones.
#[derive(Debug, Default)]
struct Seen {
    count: u64,
    different: Vec<u64>,
}

impl Shapes {
    pub(super) fn add(&mut self, value: &str) {
        let Some(shape) = shape_of(value) else { return };
        if let Some(seen) = self.seen.get_mut(&shape) {
            seen.add(value);
        } else if self.seen.len() < KEPT {
            self.seen.entry(shape).or_default().add(value);
        }
    }

    /// The commonest, with their counts. One that only a few different values have is left out, however often they stand there: it
    /// would tell of those values.
    pub(super) fn commonest(self) -> Vec<(String, u64)> {
        let shared = self.seen.into_iter().filter(|(_, seen)| seen.different.len() >= SHARED_BY);
        let mut all: Vec<_> = shared.map(|(shape, seen)| (shape, seen.count)).collect();
        all.sort_unstable_by(|(a, many), (b, fewer)| fewer.cmp(many).then_with(|| a.cmp(b)));
        all.truncate(TOLD);
        all
    }
}

impl Seen {
    fn add(&mut self, value: &str) {
        self.count += 1;
        if self.different.len() < SHARED_BY {
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            let hash = hasher.finish();
            if !self.different.contains(&hash) {
                self.different.push(hash);
            }
        }
    }
}

/// Letters as `A` and `a`, digits as `9`, punctuation and blanks of ASCII as they are, anything else as `□`; runs of one class are
/// capped. `None` if that is no simple shape.
fn shape_of(value: &str) -> Option<String> {
    let mut shape = String::new();
    let (mut last, mut run, mut len) = ('\0', 0, 0);
    for character in value.chars() {
        let class = match character {
            c if c.is_numeric() => '9',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_ascii_punctuation() || c == ' ' => c,
            _ => OTHER,
        };
        run = if class == last { run + 1 } else { 1 };
        last = class;
        if run <= LONGEST_RUN {
            shape.push(class);
            len += 1;
        }
        if len > LONGEST {
            return None;
        }
    }
    Some(shape)
}

/// Different shapes counted; more would not be simple.
const KEPT: usize = 256;
/// Different values that have to share a shape that is told.
const SHARED_BY: usize = 5;
/// Shapes in a report.
const TOLD: usize = 5;
const LONGEST_RUN: usize = 4;
const LONGEST: usize = 32;
/// Stands for what is neither a letter, a digit nor ASCII.
const OTHER: char = '□';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_show_classes_only() {
        let cases = [
            ("Jane7@example.com", Some("Aaaa9@aaaa.aaa")),
            ("123-45-6789", Some("999-99-9999")),
            ("1234567890", Some("9999")),
            ("Zoë Müller", Some("Aaa Aaaaa")),
            ("", Some("")),
            ("٣٤ 東京", Some("99 aa")),
            ("7 €\t→\u{202e}", Some("9 □□□□")),
            ("one two three four five six seven eight", None),
        ];
        for (value, shape) in cases {
            assert_eq!(shape_of(value).as_deref(), shape, "{value}");
        }
    }

    fn told(values: &[&str]) -> Vec<(String, u64)> {
        let mut shapes = Shapes::default();
        values.iter().for_each(|value| shapes.add(value));
        shapes.commonest()
    }

    #[test]
    fn what_a_few_values_alone_have_is_not_told() {
        let mut values = vec!["12", "34", "56", "78", "90", "ab", "cd", "ef", "gh"];
        assert_eq!(told(&values), [("99".to_owned(), 5)]);
        // The same four values again and again are four values.
        values.extend(["ab"; 20]);
        assert_eq!(told(&values), [("99".to_owned(), 5)]);
        values.push("ij");
        assert_eq!(told(&values), [("aa".to_owned(), 25), ("99".to_owned(), 5)]);
    }
}
