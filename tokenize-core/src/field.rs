//! Column paths and path patterns: how a policy, an error and a manifest name a leaf of a schema.
//!
//! Knows no Arrow type and no policy. Start at [`FieldPath`]; the writing is that of `docs/format.md`, section 10.

use std::fmt;
use std::str::FromStr;

/// One step from a column to a leaf.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// An element of a list: `[]`.
    Element,
    /// The key of a map: `{key}`.
    Key,
    /// A column or a struct field.
    Name(String),
    /// The value of a map: `{value}`.
    Value,
}

/// The path of a column or of a leaf inside it, such as `address.zip` or `contacts[].ip`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath(Vec<Step>);

impl FieldPath {
    /// The path of a top-level column.
    #[must_use]
    pub fn column(name: &str) -> Self {
        Self(vec![Step::Name(name.to_owned())])
    }

    /// This path with one more step.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path of the container that the first `depth` steps name.
    pub(crate) fn parent(&self, depth: usize) -> Self {
        Self(self.0.iter().take(depth).cloned().collect())
    }

    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Element => f.write_str("[]")?,
                Step::Key => f.write_str("{key}")?,
                Step::Value => f.write_str("{value}")?,
                Step::Name(name) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    write_name(f, name)?;
                }
            }
        }
        Ok(())
    }
}

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        PathPattern::from_str(text)?.exact().ok_or(PathError::Glob)
    }
}

/// A path in which an unquoted name may hold `*`, standing for any run of characters within that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    steps: Vec<PatternStep>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PatternStep {
    Exact(Step),
    Glob(String),
}

impl PathPattern {
    /// The path this pattern stands for, if it holds no `*`.
    #[must_use]
    pub fn exact(&self) -> Option<FieldPath> {
        let steps = self.steps.iter().map(|step| match step {
            PatternStep::Exact(step) => Some(step.clone()),
            PatternStep::Glob(_) => None,
        });
        steps.collect::<Option<Vec<_>>>().map(FieldPath)
    }

    /// Whether `path` is what the pattern names.
    #[must_use]
    pub fn matches(&self, path: &FieldPath) -> bool {
        self.steps.len() == path.0.len() && self.matches_prefix(path)
    }

    /// Whether `path` is what the pattern names, or lies inside it.
    #[must_use]
    pub fn contains(&self, path: &FieldPath) -> bool {
        self.steps.len() <= path.0.len() && self.matches_prefix(path)
    }

    fn matches_prefix(&self, path: &FieldPath) -> bool {
        self.steps.iter().zip(&path.0).all(|(pattern, step)| match (pattern, step) {
            (PatternStep::Exact(exact), step) => exact == step,
            (PatternStep::Glob(glob), Step::Name(name)) => glob_matches(glob, name),
            (PatternStep::Glob(_), _) => false,
        })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PathPattern {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut rest = text;
        let mut name_is_due = true;
        while name_is_due || !rest.is_empty() {
            if name_is_due {
                let (step, after) = read_name(rest)?;
                steps.push(step);
                rest = after;
                name_is_due = false;
            } else if let Some(after) = rest.strip_prefix('.') {
                rest = after;
                name_is_due = true;
            } else {
                let (step, after) = read_inner_step(rest)?;
                steps.push(PatternStep::Exact(step));
                rest = after;
            }
        }
        Ok(Self { steps, text: text.to_owned() })
    }
}

fn read_inner_step(text: &str) -> Result<(Step, &str), PathError> {
    let steps = [("[]", Step::Element), ("{key}", Step::Key), ("{value}", Step::Value)];
    for (mark, step) in steps {
        if let Some(after) = text.strip_prefix(mark) {
            return Ok((step, after));
        }
    }
    Err(PathError::UnknownStep)
}

fn read_name(text: &str) -> Result<(PatternStep, &str), PathError> {
    if let Some(quoted) = text.strip_prefix('`') {
        return read_quoted_name(quoted);
    }
    let end = text.find(['.', '[', ']', '{', '}', '`']).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    if name.is_empty() {
        return Err(PathError::EmptyName);
    }
    let step =
        if name.contains('*') { PatternStep::Glob(name.to_owned()) } else { exact_name(name) };
    Ok((step, after))
}

fn read_quoted_name(text: &str) -> Result<(PatternStep, &str), PathError> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('`').ok_or(PathError::OpenQuote)?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('`') {
            Some(after) => {
                name.push('`');
                rest = after;
            }
            None => return Ok((exact_name(&name), rest)),
        }
    }
}

fn exact_name(name: &str) -> PatternStep {
    PatternStep::Exact(Step::Name(name.to_owned()))
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if !name.is_empty() && !name.contains(['.', '[', ']', '{', '}', '`', '*']) {
        return f.write_str(name);
    }
    write!(f, "`{}`", name.replace('`', "``"))
}

/// Whether `name` is `glob` with each `*` replaced by some run of characters. Linear in the product of both lengths.
fn glob_matches(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

/// Why a text is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// A name is missing before `.`, `[` or `{`, or at the end.
    #[error("a name is missing; put a name that is empty or holds . [ ] {{ }} ` * in back-ticks")]
    EmptyName,
    /// `*` where one path is asked for.
    #[error("`*` is not allowed here")]
    Glob,
    /// A back-tick without its partner.
    #[error("a back-tick is not closed")]
    OpenQuote,
    /// Something other than `[]`, `{key}`, `{value}` after a name.
    #[error("after a name only `.name`, `[]`, `{{key}}` or `{{value}}` may follow")]
    UnknownStep,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_as(text: &str, steps: &[Step]) {
        let path: FieldPath = text.parse().unwrap();
        assert_eq!(path.steps(), steps, "{text}");
        assert_eq!(path.to_string(), text);
    }

    fn name(text: &str) -> Step {
        Step::Name(text.to_owned())
    }

    #[test]
    fn paths_are_read_and_written() {
        reads_as("a", &[name("a")]);
        reads_as("a.b", &[name("a"), name("b")]);
        reads_as("a[].b", &[name("a"), Step::Element, name("b")]);
        reads_as("a[][]", &[name("a"), Step::Element, Step::Element]);
        reads_as("m{key}", &[name("m"), Step::Key]);
        reads_as("m{value}.x", &[name("m"), Step::Value, name("x")]);
        reads_as("`a.b`.`c``d`", &[name("a.b"), name("c`d")]);
        reads_as("``", &[name("")]);
        reads_as("größe, m", &[name("größe, m")]);
    }

    #[test]
    fn malformed_paths_are_refused() {
        let cases = [
            ("", PathError::EmptyName),
            ("a.", PathError::EmptyName),
            (".a", PathError::EmptyName),
            ("a..b", PathError::EmptyName),
            ("a[", PathError::UnknownStep),
            ("a{other}", PathError::UnknownStep),
            ("`a", PathError::OpenQuote),
            ("`a`b", PathError::UnknownStep),
            ("a*", PathError::Glob),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<FieldPath>(), Err(error), "{text}");
        }
    }

    #[test]
    fn globs_match_within_one_name() {
        let cases = [
            ("*", "a", true),
            ("*_id", "user_id", true),
            ("*_id", "user_ids", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("*", "a.b", false),
            ("*.zip", "address.zip", true),
            ("*[].ip", "contacts[].ip", true),
            ("`*`", "a", false),
            ("`*`", "`*`", true),
        ];
        for (pattern, path, expected) in cases {
            let pattern: PathPattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(&path.parse().unwrap()), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn containers_contain_their_leaves() {
        let pattern: PathPattern = "a.b".parse().unwrap();
        assert!(pattern.contains(&"a.b[].c".parse().unwrap()));
        assert!(pattern.contains(&"a.b".parse().unwrap()));
        assert!(!pattern.contains(&"a".parse().unwrap()));
    }
}
