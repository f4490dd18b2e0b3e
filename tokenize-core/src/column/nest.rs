//! A column taken apart into its leaf arrays and put together again.
//!
//! A leaf that hangs under structs and lists is handed over as one flat array: what lies under a null parent, before the first
//! offset or after the last is not a value of the column, so it is nulled or cut off before anything looks at it.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, GenericListArray, MapArray,
    OffsetSizeTrait, StructArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{nullif, take};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;

use super::Children;

/// What happens to a field; mirrors the type tree that [`super::children`] walks.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Drop,
    /// The field and all under it pass as they are.
    Keep,
    /// The leaf with this number is replaced.
    Leaf(usize),
    Entries(Box<(Node, Node)>),
    Element(Box<Node>),
    Fields(Vec<Node>),
}

impl Node {
    /// The node that hands out every leaf of a type, numbered from `number` on in the order of [`super::leaves`].
    pub(crate) fn of(data_type: &DataType, number: &mut usize) -> Self {
        match super::children(data_type) {
            Children::None => {
                *number += 1;
                Self::Leaf(*number - 1)
            }
            Children::Fields(fields) => Self::Fields(
                fields.iter().map(|field| Self::of(field.data_type(), number)).collect(),
            ),
            Children::Element(element) => {
                Self::Element(Box::new(Self::of(element.data_type(), number)))
            }
            Children::Entries(key, value) => {
                let key = Self::of(key.data_type(), number);
                Self::Entries(Box::new((key, Self::of(value.data_type(), number))))
            }
        }
    }

    /// Drops a container that has nothing left, keeps one of which nothing changes.
    pub(crate) fn simplified(self) -> Self {
        let all = |nodes: &[Self], like: fn(&Self) -> bool| nodes.iter().all(like);
        let inner: Vec<Self> = match &self {
            Self::Fields(nodes) => nodes.clone(),
            Self::Element(node) => vec![node.as_ref().clone()],
            Self::Entries(both) => vec![both.0.clone(), both.1.clone()],
            Self::Drop | Self::Keep | Self::Leaf(_) => return self,
        };
        if all(&inner, |node| matches!(node, Self::Drop)) {
            Self::Drop
        } else if all(&inner, |node| matches!(node, Self::Keep)) {
            Self::Keep
        } else {
            self
        }
    }
}

/// The row of the batch that each element of a leaf belongs to.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    /// Element i belongs to row i.
    Same,
    /// Element i belongs to row i after the first so many.
    After(usize),
    /// Element i belongs to row `.0[i]`.
    Listed(Arc<[usize]>),
}

impl Rows {
    pub(crate) fn of(&self, element: usize) -> usize {
        match self {
            Self::Same => element,
            Self::After(first) => first + element,
            Self::Listed(rows) => rows.get(element).copied().unwrap_or(element),
        }
    }

    /// Those of some elements.
    pub(crate) fn part(&self, elements: Range<usize>) -> Self {
        match self {
            Self::Same => Self::After(elements.start),
            Self::After(first) => Self::After(first + elements.start),
            Self::Listed(rows) => Self::Listed(rows.get(elements).unwrap_or_default().into()),
        }
    }

    fn through(&self, ranges: impl Iterator<Item = (usize, usize)>) -> Self {
        let listed = ranges.flat_map(|(parent, len)| std::iter::repeat_n(self.of(parent), len));
        Self::Listed(listed.collect())
    }
}

/// Rebuilds `array` as `field` says, each leaf made anew by `leaf(number, array, rows)`.
///
/// `field` is the output field; `node` has no `Drop` at its top. Errors of `leaf` pass through.
pub(crate) fn rebuild<E: From<ArrowError>>(
    node: &Node,
    field: &Field,
    array: &ArrayRef,
    rows: &Rows,
    leaf: &mut impl FnMut(usize, &ArrayRef, &Rows) -> Result<ArrayRef, E>,
) -> Result<ArrayRef, E> {
    match (node, field.data_type()) {
        (Node::Keep, _) => Ok(array.clone()),
        (Node::Leaf(number), _) => leaf(*number, array, rows),
        (Node::Fields(nodes), DataType::Struct(fields)) => {
            rebuild_struct(nodes, fields, array, rows, leaf)
        }
        (Node::Element(node), DataType::List(element)) => {
            rebuild_list::<i32, E>(node, element, array, rows, leaf)
        }
        (Node::Element(node), DataType::LargeList(element)) => {
            rebuild_list::<i64, E>(node, element, array, rows, leaf)
        }
        (Node::Element(node), DataType::FixedSizeList(element, size)) => {
            rebuild_fixed(node, element, *size, array, rows, leaf)
        }
        (Node::Entries(nodes), DataType::Map(entries, sorted)) => {
            rebuild_map(nodes, (entries, *sorted), array, rows, leaf)
        }
        (_, other) => {
            Err(ArrowError::SchemaError(format!("a plan does not fit a column of type {other}"))
                .into())
        }
    }
}

fn rebuild_struct<E: From<ArrowError>>(
    nodes: &[Node],
    fields: &Fields,
    array: &ArrayRef,
    rows: &Rows,
    leaf: &mut impl FnMut(usize, &ArrayRef, &Rows) -> Result<ArrayRef, E>,
) -> Result<ArrayRef, E> {
    let array = array.as_struct();
    let under_null = array.nulls().map(|nulls| BooleanArray::new(!nulls.inner(), None));
    let mut columns = Vec::with_capacity(fields.len());
    let kept = nodes.iter().zip(array.columns()).filter(|(node, _)| !matches!(node, Node::Drop));
    for ((node, child), field) in kept.zip(fields) {
        let child = match (&under_null, node) {
            (Some(mask), Node::Leaf(_) | Node::Fields(_) | Node::Element(_) | Node::Entries(_)) => {
                nullif(child, mask)?
            }
            _ => child.clone(),
        };
        columns.push(rebuild(node, field, &child, rows, leaf)?);
    }
    Ok(Arc::new(StructArray::try_new_with_length(
        fields.clone(),
        columns,
        array.nulls().cloned(),
        array.len(),
    )?))
}

fn rebuild_list<O: OffsetSizeTrait, E: From<ArrowError>>(
    node: &Node,
    element: &FieldRef,
    array: &ArrayRef,
    rows: &Rows,
    leaf: &mut impl FnMut(usize, &ArrayRef, &Rows) -> Result<ArrayRef, E>,
) -> Result<ArrayRef, E> {
    let array = compact(array, array.as_list::<O>().offsets())?;
    let list: &GenericListArray<O> = array.as_list();
    let rows = rows.through(list.offsets().lengths().enumerate());
    let values = rebuild(node, element, list.values(), &rows, leaf)?;
    let rebuilt = GenericListArray::try_new(
        element.clone(),
        list.offsets().clone(),
        values,
        list.nulls().cloned(),
    )?;
    Ok(Arc::new(rebuilt))
}

fn rebuild_map<E: From<ArrowError>>(
    nodes: &(Node, Node),
    (entries, sorted): (&FieldRef, bool),
    array: &ArrayRef,
    rows: &Rows,
    leaf: &mut impl FnMut(usize, &ArrayRef, &Rows) -> Result<ArrayRef, E>,
) -> Result<ArrayRef, E> {
    let array = compact(array, array.as_map().offsets())?;
    let map = array.as_map();
    let rows = rows.through(map.offsets().lengths().enumerate());
    let DataType::Struct(fields) = entries.data_type() else {
        return Err(ArrowError::SchemaError("the entries of a map are no struct".into()).into());
    };
    let keys = rebuild(&nodes.0, &fields[0], map.keys(), &rows, leaf)?;
    let values = rebuild(&nodes.1, &fields[1], map.values(), &rows, leaf)?;
    let pairs = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    // Keys that were sorted before need not be so after.
    let sorted = sorted && matches!(nodes.0, Node::Keep);
    Ok(Arc::new(MapArray::try_new(
        entries.clone(),
        map.offsets().clone(),
        pairs,
        map.nulls().cloned(),
        sorted,
    )?))
}

fn rebuild_fixed<E: From<ArrowError>>(
    node: &Node,
    element: &FieldRef,
    size: i32,
    array: &ArrayRef,
    rows: &Rows,
    leaf: &mut impl FnMut(usize, &ArrayRef, &Rows) -> Result<ArrayRef, E>,
) -> Result<ArrayRef, E> {
    let list = array.as_fixed_size_list();
    let width = usize::try_from(size).unwrap_or(0);
    let values = match list.nulls() {
        Some(nulls) => {
            let under_null: BooleanArray =
                nulls.iter().flat_map(|valid| std::iter::repeat_n(Some(!valid), width)).collect();
            nullif(list.values(), &under_null)?
        }
        None => list.values().clone(),
    };
    let rows = rows.through((0..list.len()).map(|row| (row, width)));
    let values = rebuild(node, element, &values, &rows, leaf)?;
    Ok(Arc::new(FixedSizeListArray::try_new_with_length(
        element.clone(),
        size,
        values,
        list.nulls().cloned(),
        list.len(),
    )?))
}

/// The list or map with nothing before its first offset, after its last, or under its null entries.
fn compact<O: OffsetSizeTrait>(
    array: &ArrayRef,
    offsets: &OffsetBuffer<O>,
) -> Result<ArrayRef, ArrowError> {
    let starts_at_zero = offsets.first().is_some_and(|first| first.as_usize() == 0);
    let len = match array.data_type() {
        DataType::Map(..) => array.as_map().entries().len(),
        _ => array.as_list::<O>().values().len(),
    };
    let ends_at_end = offsets.last().is_some_and(|last| last.as_usize() == len);
    let hides_values = array.nulls().is_some_and(|nulls| {
        let lengths = offsets.lengths();
        lengths.zip(nulls.iter()).any(|(len, valid)| !valid && len > 0)
    });
    if starts_at_zero && ends_at_end && !hides_values {
        return Ok(array.clone());
    }
    let all = UInt64Array::from_iter_values(0..array.len() as u64);
    take(array, &all, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int32Array, ListArray, StringArray};
    use arrow::buffer::NullBuffer;

    /// Every leaf value that the walk hands out, with its row.
    fn seen(node: &Node, array: &ArrayRef) -> Vec<(usize, Option<i32>)> {
        let field = Field::new("column", array.data_type().clone(), true);
        let mut seen = Vec::new();
        let rebuilt =
            rebuild::<ArrowError>(node, &field, array, &Rows::Same, &mut |_, leaf, rows| {
                let values = leaf.as_primitive::<arrow::datatypes::Int32Type>();
                seen.extend(values.iter().enumerate().map(|(i, value)| (rows.of(i), value)));
                Ok(leaf.clone())
            });
        assert_eq!(&rebuilt.unwrap(), array);
        seen
    }

    fn element() -> FieldRef {
        Arc::new(Field::new("item", DataType::Int32, true))
    }

    #[test]
    fn values_under_null_lists_and_outside_offsets_are_not_seen() {
        let values = Arc::new(Int32Array::from(vec![9, 1, 2, 9, 9, 3, 9]));
        let offsets = OffsetBuffer::new(vec![1, 3, 5, 5, 6].into());
        let nulls = NullBuffer::from(vec![true, false, true, true]);
        let list: ArrayRef = Arc::new(ListArray::new(element(), offsets, values, Some(nulls)));
        let node = Node::Element(Box::new(Node::Leaf(0)));
        assert_eq!(seen(&node, &list), [(0, Some(1)), (0, Some(2)), (3, Some(3))]);
        assert_eq!(seen(&node, &list.slice(2, 2)), [(1, Some(3))]);
    }

    #[test]
    fn values_under_null_structs_are_null() {
        let fields = Fields::from(vec![Field::new("a", DataType::Int32, true)]);
        let nulls = NullBuffer::from(vec![true, false, true]);
        let array: ArrayRef = Arc::new(StructArray::new(
            fields,
            vec![Arc::new(Int32Array::from(vec![1, 9, 3]))],
            Some(nulls),
        ));
        let node = Node::Fields(vec![Node::Leaf(0)]);
        assert_eq!(seen(&node, &array), [(0, Some(1)), (1, None), (2, Some(3))]);
        assert_eq!(seen(&node, &array.slice(1, 2)), [(0, None), (1, Some(3))]);
    }

    #[test]
    fn fixed_size_lists_and_maps_are_walked() {
        let values = Arc::new(Int32Array::from(vec![1, 2, 9, 9, 5, 6]));
        let nulls = NullBuffer::from(vec![true, false, true]);
        let list: ArrayRef = Arc::new(FixedSizeListArray::new(element(), 2, values, Some(nulls)));
        let node = Node::Element(Box::new(Node::Leaf(0)));
        assert_eq!(
            seen(&node, &list),
            [(0, Some(1)), (0, Some(2)), (1, None), (1, None), (2, Some(5)), (2, Some(6))]
        );

        let fields = Fields::from(vec![
            Field::new("keys", DataType::Utf8, false),
            Field::new("values", DataType::Int32, true),
        ]);
        let entries: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec!["a", "b", "c"])),
            Arc::new(Int32Array::from(vec![1, 9, 3])),
        ];
        let entries = StructArray::new(fields.clone(), entries, None);
        let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
        let nulls = NullBuffer::from(vec![true, false, true]);
        let map: ArrayRef = Arc::new(MapArray::new(
            field,
            OffsetBuffer::new(vec![0, 1, 2, 3].into()),
            entries,
            Some(nulls),
            false,
        ));
        let node = Node::Entries(Box::new((Node::Keep, Node::Leaf(0))));
        assert_eq!(seen(&node, &map), [(0, Some(1)), (2, Some(3))]);
        assert_eq!(seen(&node, &map.slice(2, 1)), [(0, Some(3))]);
    }

    #[test]
    fn containers_collapse_when_nothing_is_left_or_changed() {
        assert!(matches!(Node::Fields(vec![Node::Drop, Node::Drop]).simplified(), Node::Drop));
        assert!(matches!(Node::Element(Box::new(Node::Keep)).simplified(), Node::Keep));
        assert!(matches!(Node::Fields(vec![Node::Drop, Node::Keep]).simplified(), Node::Fields(_)));
    }
}
