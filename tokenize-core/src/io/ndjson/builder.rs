//! Lines to columns, with the places of the values that a plan replaces.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, ListArray, NullBufferBuilder,
    StringBuilder, StructArray, new_null_array,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use arrow::error::ArrowError;

use super::decimal;
use super::names::Names;
use super::scanner::{Scanner, Start};
use super::shape::Shape;
use crate::column::nest::Node;
use crate::field::{FieldPath, Step};
use crate::io::LineDamage;
use crate::io::frame::{Filling, Holes};

/// Where marks go, and where in the bytes the line begins.
pub(super) struct Marks<'a> {
    pub(super) holes: &'a mut Holes,
    pub(super) base: usize,
}

/// The values of one place, in the making.
pub(super) struct Builder {
    path: FieldPath,
    fate: Fate,
    values: Values,
}

/// What a plan does with a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Drop,
    /// It stays, or what becomes of it is said further inside.
    Keep,
    /// The step with this number replaces it.
    Treat(usize),
}

enum Values {
    Any(NullBufferBuilder),
    Bool(BooleanBuilder),
    Fields(Object),
    Float(Float64Builder),
    Int(Int64Builder),
    List {
        element: Box<Builder>,
        ends: Vec<i32>,
        nulls: NullBufferBuilder,
    },
    Null(usize),
    /// Values of any kind, strings as they are and all others as they are spelled.
    Shown(StringBuilder),
    Text(StringBuilder),
}

/// The members of objects.
pub(super) struct Object {
    names: Names,
    members: Vec<Builder>,
    /// Which object each member was last seen in.
    seen_in: Vec<usize>,
    nulls: NullBufferBuilder,
}

impl Object {
    /// `nodes` are those of the members; all are kept where there are none.
    pub(super) fn new(shape: &Shape, path: Option<&FieldPath>, nodes: Option<&[Node]>) -> Self {
        let list = match shape {
            Shape::Fields(members) => members.list.as_slice(),
            _ => &[],
        };
        let member = |(i, (name, shape)): (usize, &(String, Shape))| {
            let step = || Step::Name(name.clone());
            let path = path.map_or_else(|| FieldPath::column(name), |path| path.join(step()));
            let node = nodes.and_then(|nodes| nodes.get(i)).unwrap_or(&Node::Keep);
            Builder::new(shape, path, node)
        };
        let members: Vec<_> = list.iter().enumerate().map(member).collect();
        let mut names = Names::default();
        for (name, _) in list {
            names.add(name.clone());
        }
        let seen_in = vec![0; members.len()];
        Self { names, members, seen_in, nulls: NullBufferBuilder::new(0) }
    }

    /// Adds the object in one line.
    ///
    /// # Errors
    /// The line is no object, or not of this shape.
    pub(super) fn add_line(&mut self, text: &str, marks: &mut Marks<'_>) -> Result<(), LineDamage> {
        let mut scanner = Scanner::new(text);
        if scanner.start()? != Start::Object {
            return Err(LineDamage::NoObject);
        }
        self.add(&mut scanner, 0, None, marks)?;
        if scanner.is_over() { Ok(()) } else { Err(LineDamage::Json) }
    }

    /// The objects so far, as columns of these fields; there are none left.
    pub(super) fn finish(&mut self, fields: &Fields) -> Result<Vec<ArrayRef>, ArrowError> {
        self.nulls = NullBufferBuilder::new(0);
        self.seen_in.fill(0);
        let columns = self.members.iter_mut().zip(fields);
        columns.map(|(builder, field)| builder.finish(field)).collect()
    }

    fn add(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        path: Option<&FieldPath>,
        marks: &mut Marks<'_>,
    ) -> Result<(), LineDamage> {
        let object = self.nulls.len() + 1;
        let (mut next, mut cuts) = (0, Cuts::default());
        scanner.members(depth, |scanner, depth| {
            let start = scanner.at();
            let place = self.names.read(scanner, next)?.map_err(|name| unknown(path, &name))?;
            next = place + 1;
            if self.seen_in[place] == object {
                return Err(LineDamage::SameName);
            }
            self.seen_in[place] = object;
            let builder = &mut self.members[place];
            let is_kept = builder.fate != Fate::Drop;
            if is_kept {
                cuts.keep(start, marks);
            }
            builder.add(scanner, depth, marks)?;
            if !is_kept {
                cuts.drop(start, scanner.at(), marks);
            }
            cuts.last_end = Some(scanner.at());
            Ok(())
        })?;
        cuts.end(marks);
        let absent = self.members.iter_mut().zip(&self.seen_in);
        absent.filter(|(_, seen)| **seen != object).for_each(|(builder, _)| builder.add_null());
        self.nulls.append_non_null();
        Ok(())
    }

    fn add_null(&mut self) {
        self.members.iter_mut().for_each(Builder::add_null);
        self.nulls.append_null();
    }
}

/// The bytes that go with dropped members: each with one comma.
#[derive(Default)]
struct Cuts {
    has_kept: bool,
    last_end: Option<usize>,
    /// Where the cut begins that goes on to the first member that is kept.
    leading: Option<usize>,
}

impl Cuts {
    fn keep(&mut self, start: usize, marks: &mut Marks<'_>) {
        if let Some(from) = self.leading.take() {
            marks.cut(from, start);
        }
        self.has_kept = true;
    }

    fn drop(&mut self, start: usize, end: usize, marks: &mut Marks<'_>) {
        if self.has_kept {
            // From the end of the member before, so that the comma goes along.
            marks.cut(self.last_end.unwrap_or(start), end);
        } else {
            self.leading.get_or_insert(start);
        }
    }

    fn end(&mut self, marks: &mut Marks<'_>) {
        if let (Some(from), Some(to)) = (self.leading, self.last_end) {
            marks.cut(from, to);
        }
    }
}

impl Marks<'_> {
    fn cut(&mut self, from: usize, to: usize) {
        self.holes.mark(self.base + from..self.base + to, Filling::Cut);
    }
}

impl Builder {
    fn new(shape: &Shape, path: FieldPath, node: &Node) -> Self {
        let fate = match node {
            Node::Drop => Fate::Drop,
            Node::Leaf(step) => Fate::Treat(*step),
            _ => Fate::Keep,
        };
        let values = match shape {
            Shape::Bool => Values::Bool(BooleanBuilder::new()),
            Shape::Fields(members) if members.list.is_empty() => {
                Values::Fields(Object::new(shape, Some(&path), None))
            }
            Shape::Fields(_) => {
                let nodes = if let Node::Fields(nodes) = node { Some(&nodes[..]) } else { None };
                Values::Fields(Object::new(shape, Some(&path), nodes))
            }
            Shape::Float => Values::Float(Float64Builder::new()),
            Shape::Int => Values::Int(Int64Builder::new()),
            Shape::List(element) => {
                let node = if let Node::Element(node) = node { node } else { &Node::Keep };
                let element = Box::new(Self::new(element, path.join(Step::Element), node));
                Values::List { element, ends: vec![0], nulls: NullBufferBuilder::new(0) }
            }
            Shape::Mixed => Values::Any(NullBufferBuilder::new(0)),
            Shape::Nothing => Values::Null(0),
            Shape::Shown => Values::Shown(StringBuilder::new()),
            Shape::Text => Values::Text(StringBuilder::new()),
        };
        Self { path, fate, values }
    }

    /// Adds the next value.
    fn add(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        marks: &mut Marks<'_>,
    ) -> Result<(), LineDamage> {
        let kind = scanner.start()?;
        if kind == Start::Null {
            scanner.null()?;
            self.add_null();
            return Ok(());
        }
        let (start, slot) = (scanner.at(), self.len());
        let Self { path, fate, values } = self;
        let other_type = || LineDamage::OtherType { column: path.to_string() };
        match (values, kind) {
            (Values::Bool(builder), Start::Bool) => builder.append_value(scanner.bool()?),
            (Values::Shown(builder) | Values::Text(builder), Start::Text) => {
                builder.append_value(scanner.string()?);
            }
            (Values::Shown(builder), _) => {
                scanner.skip(depth)?;
                builder.append_value(scanner.since(start));
            }
            (Values::Int(builder), Start::Number) => {
                let number = scanner.number()?;
                let int = number.parse().ok().filter(|_| number != "-0");
                builder.append_value(int.ok_or_else(other_type)?);
            }
            (Values::Float(builder), Start::Number) => {
                let number = scanner.number()?;
                let is_treated = matches!(fate, Fate::Treat(_));
                if is_treated && decimal::exact(number).is_none() {
                    return Err(LineDamage::Number { column: path.to_string() });
                }
                builder.append_value(number.parse().unwrap_or(f64::NAN));
            }
            (Values::Fields(object), Start::Object) => {
                object.add(scanner, depth, Some(path), marks)?;
            }
            (Values::List { element, ends, nulls }, Start::Array) => {
                scanner.elements(depth, |scanner, depth| element.add(scanner, depth, marks))?;
                ends.push(i32::try_from(element.len()).map_err(|_| LineDamage::TooLong)?);
                nulls.append_non_null();
            }
            (Values::Any(nulls), _) => {
                scanner.skip(depth)?;
                nulls.append_non_null();
            }
            _ => return Err(other_type()),
        }
        if let Fate::Treat(step) = *fate {
            let bytes = marks.base + start..marks.base + scanner.at();
            marks.holes.mark(bytes, Filling::Value { step, slot, is_quoted: kind == Start::Text });
        }
        Ok(())
    }

    fn add_null(&mut self) {
        match &mut self.values {
            Values::Any(nulls) => nulls.append_null(),
            Values::Bool(builder) => builder.append_null(),
            Values::Fields(object) => object.add_null(),
            Values::Float(builder) => builder.append_null(),
            Values::Int(builder) => builder.append_null(),
            Values::List { element, ends, nulls } => {
                ends.push(i32::try_from(element.len()).unwrap_or(i32::MAX));
                nulls.append_null();
            }
            Values::Null(len) => *len += 1,
            Values::Shown(builder) | Values::Text(builder) => builder.append_null(),
        }
    }

    fn len(&self) -> usize {
        use arrow::array::ArrayBuilder;
        match &self.values {
            Values::Any(nulls) | Values::List { nulls, .. } => nulls.len(),
            Values::Bool(builder) => builder.len(),
            Values::Fields(object) => object.nulls.len(),
            Values::Float(builder) => builder.len(),
            Values::Int(builder) => builder.len(),
            Values::Null(len) => *len,
            Values::Shown(builder) | Values::Text(builder) => builder.len(),
        }
    }

    /// The values so far; there are none left.
    fn finish(&mut self, field: &Field) -> Result<ArrayRef, ArrowError> {
        let len = self.len();
        Ok(match (&mut self.values, field.data_type()) {
            (Values::Any(nulls), _) => Arc::new(StructArray::new_empty_fields(len, nulls.finish())),
            (Values::Bool(builder), _) => Arc::new(builder.finish()),
            (Values::Fields(object), DataType::Struct(fields)) => {
                let nulls = object.nulls.finish();
                let columns = object.finish(fields)?;
                Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, len)?)
            }
            (Values::Float(builder), _) => Arc::new(builder.finish()),
            (Values::Int(builder), _) => Arc::new(builder.finish()),
            (Values::List { element, ends, nulls }, DataType::List(item)) => {
                let offsets =
                    OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(ends, vec![0])));
                let values = element.finish(item)?;
                Arc::new(ListArray::try_new(item.clone(), offsets, values, nulls.finish())?)
            }
            (Values::Null(count), data_type) => {
                *count = 0;
                new_null_array(data_type, len)
            }
            (Values::Shown(builder) | Values::Text(builder), _) => Arc::new(builder.finish()),
            (_, other) => {
                return Err(ArrowError::SchemaError(format!("lines do not fit type {other}")));
            }
        })
    }
}

fn unknown(path: Option<&FieldPath>, name: &str) -> LineDamage {
    let step = || Step::Name(name.to_owned());
    let column = path.map_or_else(|| FieldPath::column(name), |path| path.join(step()));
    LineDamage::NewField { column: column.to_string() }
}
