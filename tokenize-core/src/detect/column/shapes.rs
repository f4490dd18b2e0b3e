//! What values look like without being them: `Aaaa9@aaaa.aaa`.

use std::collections::HashMap;

/// How often each shape was seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    counts: HashMap<String, u64>,
}

impl Shapes {
    pub(super) fn add(&mut self, value: &str) {
        let Some(shape) = shape_of(value) else { return };
        if let Some(count) = self.counts.get_mut(&shape) {
            *count += 1;
        } else if self.counts.len() < KEPT {
            self.counts.insert(shape, 1);
        }
    }

    /// The commonest, with their counts. One that a single value has is left out: it would tell of that value.
    pub(super) fn commonest(self) -> Vec<(String, u64)> {
        let mut all: Vec<_> = self.counts.into_iter().filter(|(_, count)| *count > 1).collect();
        all.sort_unstable_by(|(a, many), (b, fewer)| fewer.cmp(many).then_with(|| a.cmp(b)));
        all.truncate(TOLD);
        all
    }
}

/// Letters as `A` and `a`, digits as `9`, the rest of ASCII as it is; runs of one class are capped. `None` if that is no simple shape.
fn shape_of(value: &str) -> Option<String> {
    let mut shape = String::new();
    let (mut last, mut run) = ('\0', 0);
    for character in value.chars() {
        let class = match character {
            c if c.is_numeric() => '9',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => return None,
        };
        run = if class == last { run + 1 } else { 1 };
        last = class;
        if run <= LONGEST_RUN {
            shape.push(class);
        }
        if shape.len() > LONGEST {
            return None;
        }
    }
    Some(shape)
}

/// Different shapes counted; more would not be simple.
const KEPT: usize = 256;
/// Shapes in a report.
const TOLD: usize = 3;
const LONGEST_RUN: usize = 4;
const LONGEST: usize = 32;

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
            ("one two three four five six seven eight", None),
        ];
        for (value, shape) in cases {
            assert_eq!(shape_of(value).as_deref(), shape, "{value}");
        }
    }

    #[test]
    fn what_one_value_alone_has_is_not_told() {
        let mut shapes = Shapes::default();
        ["12", "34", "ab", "cd", "ef", "x!x"].iter().for_each(|value| shapes.add(value));
        assert_eq!(shapes.commonest(), [("aa".to_owned(), 3), ("99".to_owned(), 2)]);
    }
}
