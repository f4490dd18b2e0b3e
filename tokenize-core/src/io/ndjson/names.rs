//! The names of members: known ones are told by their bytes, without being taken apart.

use std::borrow::Cow;
use std::collections::HashMap;

use super::scanner::{Scanner, plain_len};
use crate::io::LineDamage;

/// Names, in the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Each in quotes, if it can stand like that: the one spelling that it has as a rule.
    spelled: Vec<Option<Box<str>>>,
    places: HashMap<String, usize>,
}

impl Names {
    /// Adds a name that is not there; gives its place.
    pub(super) fn add(&mut self, name: String) -> usize {
        let place = self.spelled.len();
        let is_plain = plain_len(name.as_bytes()) == name.len();
        self.spelled.push(is_plain.then(|| format!("\"{name}\"").into()));
        self.places.insert(name, place);
        place
    }

    /// Reads a name and the colon after it: its place, or the name if there is none. Objects mostly have their members in the same order, so
    /// the `next` one is looked at first.
    ///
    /// # Errors
    /// There is no name.
    pub(super) fn read<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        next: usize,
    ) -> Result<Result<usize, Cow<'a, str>>, LineDamage> {
        let spelled = self.spelled.get(next).and_then(Option::as_deref);
        if spelled.is_some_and(|spelled| scanner.passes(spelled)) {
            scanner.colon()?;
            return Ok(Ok(next));
        }
        let name = scanner.name()?;
        Ok(self.places.get(&*name).copied().ok_or(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_however_they_are_spelled() {
        let all = ["a", "ab", "", "q\"", "b\\", "é", "\n"];
        let mut names = Names::default();
        for (place, name) in all.iter().enumerate() {
            assert_eq!(names.add((*name).to_owned()), place);
        }
        let spelled = [
            (r#""a":"#, Ok(0)),
            (r#""\u0061" :"#, Ok(0)),
            (r#""ab" :"#, Ok(1)),
            (r#""":"#, Ok(2)),
            (r#""q\"":"#, Ok(3)),
            (r#""b\\":"#, Ok(4)),
            (r#""\u00e9":"#, Ok(5)),
            (r#""é":"#, Ok(5)),
            (r#""\n":"#, Ok(6)),
            (r#""abc":"#, Err(Cow::Borrowed("abc"))),
        ];
        for next in 0..=all.len() {
            for (text, found) in &spelled {
                assert_eq!(names.read(&mut Scanner::new(text), next), Ok(found.clone()), "{text}");
            }
            for wrong in [r#""q"":"#, r#""a""#, r#""a"#, r#""b\":"#, "a:", "\"\n\":"] {
                let read = names.read(&mut Scanner::new(wrong), next);
                assert_eq!(read, Err(LineDamage::Json), "{wrong}");
            }
        }
    }
}
