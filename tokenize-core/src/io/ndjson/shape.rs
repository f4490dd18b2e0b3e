//! What the lines of a file hold: learned line by line, then a schema.

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

use super::names::Names;
use super::scanner::{Scanner, Start};
use crate::io::LineDamage;

/// What was seen in one place.
#[derive(Debug, Clone, Default)]
pub(super) enum Shape {
    Bool,
    Fields(Members),
    /// Numbers of any kind.
    Float,
    /// Numbers that 64 bits hold, spelled in the one way that they can be.
    Int,
    List(Box<Shape>),
    /// Values of several kinds, which can only be kept or dropped as a whole.
    Mixed,
    /// The same, shown as texts to whoever only looks.
    Shown,
    /// Nothing, or nulls.
    #[default]
    Nothing,
    Text,
}

/// The members of objects, in the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    pub(super) list: Vec<(String, Shape)>,
    names: Names,
    /// Which object each member was last seen in, to find names that stand twice in one.
    seen_in: Vec<u64>,
}

/// Counts while a shape is learned.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    objects: u64,
    names: usize,
    /// Whether anything has been learned since this was last set to `false`.
    pub(super) has_grown: bool,
}

impl Shape {
    /// Learns from the object in one line.
    ///
    /// # Errors
    /// The line is no object, or not as it should be.
    pub(super) fn learn_line(&mut self, text: &str, tally: &mut Tally) -> Result<(), LineDamage> {
        let mut scanner = Scanner::new(text);
        if scanner.start()? != Start::Object {
            return Err(LineDamage::NoObject);
        }
        self.learn(&mut scanner, 0, tally)?;
        if scanner.is_over() { Ok(()) } else { Err(LineDamage::Json) }
    }

    fn learn(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        tally: &mut Tally,
    ) -> Result<(), LineDamage> {
        let seen = match scanner.start()? {
            Start::Null => return scanner.null(),
            Start::Bool => scanner.bool().map(|_| Self::Bool)?,
            Start::Text => scanner.string().map(|_| Self::Text)?,
            Start::Number if is_int(scanner.number()?) => Self::Int,
            Start::Number => Self::Float,
            Start::Array => {
                if matches!(self, Self::Nothing) {
                    self.grow(Self::List(Box::default()), tally);
                }
                let Self::List(element) = self else { return self.mix(scanner, depth, tally) };
                return scanner
                    .elements(depth, |scanner, depth| element.learn(scanner, depth, tally));
            }
            Start::Object => {
                if matches!(self, Self::Nothing) {
                    self.grow(Self::Fields(Members::default()), tally);
                }
                let Self::Fields(members) = self else { return self.mix(scanner, depth, tally) };
                return members.learn(scanner, depth, tally);
            }
        };
        match (&*self, seen) {
            (Self::Nothing, seen) => self.grow(seen, tally),
            (Self::Int, Self::Float) => self.grow(Self::Float, tally),
            (Self::Float, Self::Int) | (Self::Mixed, _) => {}
            (old, seen) if std::mem::discriminant(old) == std::mem::discriminant(&seen) => {}
            _ => self.grow(Self::Mixed, tally),
        }
        Ok(())
    }

    fn mix(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        tally: &mut Tally,
    ) -> Result<(), LineDamage> {
        if !matches!(self, Self::Mixed) {
            self.grow(Self::Mixed, tally);
        }
        scanner.skip(depth)
    }

    fn grow(&mut self, into: Self, tally: &mut Tally) {
        *self = into;
        tally.has_grown = true;
    }

    /// The Arrow type of such values.
    fn data_type(&self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Fields(members) => DataType::Struct(members.fields()),
            Self::Float => DataType::Float64,
            Self::Int => DataType::Int64,
            Self::List(element) => {
                DataType::List(Field::new("item", element.data_type(), true).into())
            }
            // A leaf that no action takes.
            Self::Mixed => DataType::Struct(Fields::empty()),
            Self::Nothing => DataType::Null,
            Self::Shown | Self::Text => DataType::Utf8,
        }
    }

    /// Shows mixed values as texts, so that whoever looks for something sees them too.
    pub(super) fn show_mixed(&mut self) {
        match self {
            Self::Fields(members) => {
                members.list.iter_mut().for_each(|(_, shape)| shape.show_mixed());
            }
            Self::List(element) => element.show_mixed(),
            Self::Mixed => *self = Self::Shown,
            _ => {}
        }
    }

    /// The schema of lines of this shape.
    pub(super) fn schema(&self) -> SchemaRef {
        match self {
            Self::Fields(members) => Schema::new(members.fields()).into(),
            _ => Schema::empty().into(),
        }
    }
}

impl Members {
    fn learn(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        tally: &mut Tally,
    ) -> Result<(), LineDamage> {
        tally.objects += 1;
        let (object, mut next) = (tally.objects, 0);
        scanner.members(depth, |scanner, depth| {
            let place = match self.names.read(scanner, next)? {
                Ok(place) => place,
                Err(name) => self.add(name.into_owned(), tally)?,
            };
            next = place + 1;
            if self.seen_in[place] == object {
                return Err(LineDamage::SameName);
            }
            self.seen_in[place] = object;
            self.list[place].1.learn(scanner, depth, tally)
        })
    }

    fn add(&mut self, name: String, tally: &mut Tally) -> Result<usize, LineDamage> {
        tally.names += 1;
        if tally.names > MOST_NAMES {
            return Err(LineDamage::TooManyNames);
        }
        tally.has_grown = true;
        self.list.push((name.clone(), Shape::Nothing));
        self.seen_in.push(0);
        Ok(self.names.add(name))
    }

    fn fields(&self) -> Fields {
        self.list.iter().map(|(name, shape)| Field::new(name, shape.data_type(), true)).collect()
    }
}

/// Whether a number comes back from 64 bits in the same spelling.
fn is_int(number: &str) -> bool {
    number.parse::<i64>().is_ok() && number != "-0"
}

/// Different names in the objects of one file. A file with more has data for names.
const MOST_NAMES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(lines: &[&str]) -> Result<String, LineDamage> {
        let (mut shape, mut tally) = (Shape::default(), Tally::default());
        lines.iter().try_for_each(|line| shape.learn_line(line, &mut tally))?;
        let fields = shape.schema().fields().clone();
        Ok(fields.iter().map(|field| format!("{} {}\n", field.name(), field.data_type())).collect())
    }

    #[test]
    fn types_are_those_of_all_values() {
        let lines = [
            r#"{"a":1,"b":1,"c":null,"d":"x","e":true,"g":[]}"#,
            r#"{"b":1.5,"a":-7,"f":{"x":[{"y":1}]},"h":1,"i":{},"j":-0}"#,
            r#"{"f":{"x":[{"y":2,"z":null},null]},"h":"text","i":"x","k":18446744073709551615}"#,
        ];
        let expected = [
            ("a", "Int64"),
            ("b", "Float64"),
            ("c", "Null"),
            ("d", "Utf8"),
            ("e", "Boolean"),
            ("g", "List(Null)"),
            ("f", r#"Struct("x": List(Struct("y": Int64, "z": Null)))"#),
            ("h", "Struct()"),
            ("i", "Struct()"),
            ("j", "Float64"),
            ("k", "Float64"),
        ];
        let expected: String =
            expected.iter().map(|(name, data_type)| format!("{name} {data_type}\n")).collect();
        assert_eq!(learned(&lines), Ok(expected));
    }

    #[test]
    fn what_is_no_object_with_one_meaning_is_refused() {
        let refused = |lines: &[&str]| learned(lines).unwrap_err();
        assert_eq!(refused(&[r#"{"a":1,"b":2,"a":1}"#]), LineDamage::SameName);
        assert_eq!(refused(&[r#"{"a":{"b":2,"\u0062":1}}"#]), LineDamage::SameName);
        assert_eq!(refused(&["[1]"]), LineDamage::NoObject);
        assert_eq!(refused(&["{} {}"]), LineDamage::Json);
        let many: Vec<String> = (0..=MOST_NAMES).map(|i| format!("{{\"{i}\":0}}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(refused(&many), LineDamage::TooManyNames);
        assert!(learned(&[r#"{"a":{"b":2}}"#, r#"{"b":1,"a":{"b":1}}"#]).is_ok());
    }
}
