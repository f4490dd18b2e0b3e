//! The columns of an output that is made of a Parquet file: which of its chunks pass as they are, and which are made anew.

use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::Repetition;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type, TypePtr};

use crate::column::nest::Node;
use crate::column::{Children, children};

/// Which leaf of an output comes from where.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The Parquet schema of the output.
    pub(super) schema: TypePtr,
    /// One for each leaf of it.
    pub(super) leaves: Vec<Origin>,
    /// The columns that are made, in their order in the output.
    pub(crate) made: Vec<MadeColumn>,
}

/// Where the chunks of one leaf come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The chunk of this leaf of the source, byte for byte.
    Kept(usize),
    /// A leaf of one of the columns that are made.
    Made { column: usize, leaf: usize },
}

/// A column that is made anew, some of its leaves at least.
#[derive(Debug, Clone)]
pub(crate) struct MadeColumn {
    /// The column of the source that it is made of; `None` for one that comes out besides.
    pub(crate) source: Option<usize>,
    pub(super) field: FieldRef,
    pub(super) schema: TypePtr,
    /// For each of its leaves that of the source in its place, where there is one, and whether it is made.
    pub(super) leaves: Vec<(Option<usize>, bool)>,
}

impl MadeColumn {
    /// The leaf of the source that it is made of, if it is one leaf that no list is above.
    pub(crate) fn only_leaf(&self) -> Option<usize> {
        let is_plain = self.schema.get_fields().first().is_some_and(|field| field.is_primitive());
        match self.leaves.as_slice() {
            [(Some(leaf), true)] if is_plain => Some(*leaf),
            _ => None,
        }
    }
}

impl Layout {
    /// What becomes of a source with these leaves under a plan with these nodes, one for each column. Columns of `output` beyond them come out
    /// besides. `None` if Arrow sees other columns in the source than it has.
    pub(crate) fn new(
        source: &SchemaDescriptor,
        input: &Schema,
        nodes: &[Node],
        output: &SchemaRef,
    ) -> Option<Self> {
        let columns = source.root_schema().get_fields();
        let is_same = |(column, field): (&TypePtr, &FieldRef)| column.name() == field.name();
        if columns.len() != nodes.len()
            || input.fields().len() != nodes.len()
            || !columns.iter().zip(input.fields()).all(is_same)
        {
            return None;
        }
        let mut layout =
            Builder { source, leaf: 0, fields: Vec::new(), leaves: Vec::new(), made: Vec::new() };
        let mut fields = output.fields().iter();
        for (i, (column, node)) in columns.iter().zip(nodes).enumerate() {
            let count = leaves_of(column);
            match node {
                Node::Drop => {}
                Node::Keep => {
                    fields.next()?;
                    layout.keep(column, count);
                }
                _ => layout.make(i, column, node, &input.fields()[i], fields.next()?)?,
            }
            layout.leaf += count;
        }
        fields.try_for_each(|field| layout.add(field))?;
        let root = Type::group_type_builder(source.root_schema().name());
        let schema = root.with_fields(layout.fields).build().ok()?;
        Some(Self { schema: Arc::new(schema), leaves: layout.leaves, made: layout.made })
    }
}

struct Builder<'a> {
    source: &'a SchemaDescriptor,
    /// The first leaf of the source's column at hand.
    leaf: usize,
    fields: Vec<TypePtr>,
    leaves: Vec<Origin>,
    made: Vec<MadeColumn>,
}

impl Builder<'_> {
    fn keep(&mut self, column: &TypePtr, count: usize) {
        self.fields.push(column.clone());
        self.leaves.extend((self.leaf..self.leaf + count).map(Origin::Kept));
    }

    /// A column of which some leaves change. Those that do not keep their chunks if the column keeps its shape.
    fn make(
        &mut self,
        source: usize,
        column: &TypePtr,
        node: &Node,
        input: &Field,
        output: &FieldRef,
    ) -> Option<()> {
        let converted = converted(output)?;
        let mut fates = Vec::new();
        fates_of(node, input, &mut fates)?;
        if fates.len() != leaves_of(column) {
            return None;
        }
        let stay =
            |(i, fate): (usize, &Fate)| (*fate != Fate::Dropped).then_some((self.leaf + i, *fate));
        let stay: Vec<(usize, Fate)> = fates.iter().enumerate().filter_map(stay).collect();
        if stay.len() != converted.num_columns() {
            return None;
        }
        let mut leaf = 0;
        let grafted = match self.has_bare_elements(&fates) {
            true => None,
            false => graft(column, &mut fates.iter(), &mut leaf, &converted),
        };
        let grafted =
            grafted.filter(|field| same_levels(&SchemaDescriptor::new(root_of(field)), &converted));
        let (schema, keeps) = match grafted {
            Some(field) => (root_of(&field), true),
            None => (converted.root_schema_ptr(), false),
        };
        let leaves = stay.into_iter();
        let leaves =
            leaves.map(|(leaf, fate)| (Some(leaf), !keeps || fate == Fate::Made)).collect();
        self.push(MadeColumn { source: Some(source), field: output.clone(), schema, leaves });
        Some(())
    }

    /// Whether elements of lists that have no field of their own are made: there, readers take no note of what Arrow's schema says of
    /// elements, and what was done to them would be lost.
    fn has_bare_elements(&self, fates: &[Fate]) -> bool {
        let is_repeated = |i: usize| {
            let leaf = self.source.column(self.leaf + i);
            let info = leaf.self_type().get_basic_info();
            info.has_repetition() && info.repetition() == Repetition::REPEATED
        };
        fates.iter().enumerate().any(|(i, fate)| *fate == Fate::Made && is_repeated(i))
    }

    /// A column that comes out besides.
    fn add(&mut self, output: &FieldRef) -> Option<()> {
        let converted = converted(output)?;
        let leaves = vec![(None, true); converted.num_columns()];
        let schema = converted.root_schema_ptr();
        self.push(MadeColumn { source: None, field: output.clone(), schema, leaves });
        Some(())
    }

    fn push(&mut self, made: MadeColumn) {
        let column = self.made.len();
        let origin = |(leaf, (source, is_made)): (usize, &(Option<usize>, bool))| match source {
            Some(source) if !is_made => Origin::Kept(*source),
            _ => Origin::Made { column, leaf },
        };
        self.leaves.extend(made.leaves.iter().enumerate().map(origin));
        self.fields.extend(made.schema.get_fields().iter().cloned());
        self.made.push(made);
        debug_assert!(self.leaves.len() >= self.source.num_columns().min(1));
    }
}

/// What becomes of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dropped,
    Kept,
    Made,
}

/// The fate of each Parquet leaf under a field; `None` where Arrow's leaves are no leaves of Parquet.
fn fates_of(node: &Node, field: &Field, fates: &mut Vec<Fate>) -> Option<()> {
    let all = |fate: Fate, fates: &mut Vec<Fate>| {
        let count = converted(&Arc::new(field.clone()))?.num_columns();
        fates.extend(std::iter::repeat_n(fate, count));
        Some(())
    };
    match (node, children(field.data_type())) {
        (Node::Drop, _) => all(Fate::Dropped, fates),
        (Node::Keep, _) => all(Fate::Kept, fates),
        (Node::Leaf(_), _) => all(Fate::Made, fates),
        (Node::Fields(nodes), Children::Fields(fields)) => {
            let mut pairs = nodes.iter().zip(fields);
            pairs.try_for_each(|(node, field)| fates_of(node, field, fates))
        }
        (Node::Element(node), Children::Element(element)) => fates_of(node, element, fates),
        (Node::Entries(nodes), Children::Entries(key, value)) => {
            fates_of(&nodes.0, key, fates)?;
            fates_of(&nodes.1, value, fates)
        }
        _ => None,
    }
}

/// A type of the source with those leaves that are made as `converted` has them. `None` if nothing is left of it.
fn graft(
    column: &TypePtr,
    fates: &mut std::slice::Iter<'_, Fate>,
    leaf: &mut usize,
    converted: &SchemaDescriptor,
) -> Option<TypePtr> {
    if column.is_group() {
        let fields = column.get_fields().iter();
        let fields: Vec<TypePtr> =
            fields.filter_map(|field| graft(field, fates, leaf, converted)).collect();
        return (!fields.is_empty()).then(|| group_like(column, fields)).flatten();
    }
    let fate = *fates.next()?;
    if fate == Fate::Dropped {
        return None;
    }
    *leaf += 1;
    let made = converted.columns().get(*leaf - 1)?;
    if fate == Fate::Kept { Some(column.clone()) } else { leaf_like(column, made) }
}

fn group_like(group: &TypePtr, fields: Vec<TypePtr>) -> Option<TypePtr> {
    let info = group.get_basic_info();
    let mut builder = Type::group_type_builder(group.name())
        .with_fields(fields)
        .with_logical_type(info.logical_type_ref().cloned())
        .with_converted_type(info.converted_type())
        .with_id(info.has_id().then(|| info.id()));
    if info.has_repetition() {
        builder = builder.with_repetition(info.repetition());
    }
    builder.build().ok().map(Arc::new)
}

/// The type of a made leaf, under the name and number of the one it replaces.
fn leaf_like(leaf: &TypePtr, made: &ColumnDescriptor) -> Option<TypePtr> {
    let (info, made_info) = (leaf.get_basic_info(), made.self_type().get_basic_info());
    Type::primitive_type_builder(leaf.name(), made.physical_type())
        .with_repetition(made_info.repetition())
        .with_logical_type(made_info.logical_type_ref().cloned())
        .with_converted_type(made_info.converted_type())
        .with_length(made.type_length())
        .with_precision(made.type_precision())
        .with_scale(made.type_scale())
        .with_id(info.has_id().then(|| info.id()))
        .build()
        .ok()
        .map(Arc::new)
}

/// One column as Arrow would write it.
fn converted(field: &FieldRef) -> Option<SchemaDescriptor> {
    ArrowSchemaConverter::new().convert(&Schema::new(vec![field.clone()])).ok()
}

fn root_of(field: &TypePtr) -> TypePtr {
    let root = Type::group_type_builder(ROOT).with_fields(vec![field.clone()]).build();
    Arc::new(root.expect("a group of one field needs nothing else"))
}

fn same_levels(one: &SchemaDescriptor, other: &SchemaDescriptor) -> bool {
    let levels = |schema: &SchemaDescriptor| -> Vec<_> {
        let leaves = schema.columns().iter();
        leaves.map(|leaf| (leaf.max_def_level(), leaf.max_rep_level())).collect()
    };
    levels(one) == levels(other)
}

fn leaves_of(column: &Type) -> usize {
    match column {
        Type::GroupType { fields, .. } => fields.iter().map(|field| leaves_of(field)).sum(),
        Type::PrimitiveType { .. } => 1,
    }
}

const ROOT: &str = "schema";
