//! The values of a leaf as texts: what is null or stands for it is told apart.

use std::ops::Range;

use arrow::array::{Array, AsArray};
use arrow::datatypes::DataType;

use crate::column::cell::{Cell, CellError, Cells};
use crate::detect::engine::Spans;

/// One entry of a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry<'a> {
    Null,
    /// Empty, or a word that stands for nothing.
    Missing,
    Value(Cell<'a>),
}

/// Tells `each` the entries of an array, in order.
pub(super) fn for_each_entry(
    array: &dyn Array,
    each: &mut impl FnMut(Entry<'_>),
) -> Result<(), CellError> {
    match array.data_type() {
        DataType::Null => (0..array.len()).for_each(|_| each(Entry::Null)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            if dictionary.values().is_empty() {
                (0..array.len()).for_each(|_| each(Entry::Null));
                return Ok(());
            }
            let cells = Cells::new(dictionary.values().as_ref())?;
            for (row, key) in dictionary.normalized_keys().into_iter().enumerate() {
                let cell = if array.is_valid(row) { cells.get(key) } else { None };
                each(entry(cell));
            }
        }
        _ => {
            let cells = Cells::new(array)?;
            (0..cells.len()).for_each(|row| each(entry(cells.get(row))));
        }
    }
    Ok(())
}

fn entry(cell: Option<Cell<'_>>) -> Entry<'_> {
    match cell {
        None => Entry::Null,
        Some(Cell::Text(text)) if is_missing(text) => Entry::Missing,
        Some(Cell::Bytes([])) => Entry::Missing,
        Some(Cell::Float32(number)) if number.is_nan() => Entry::Null,
        Some(Cell::Float64(number)) if number.is_nan() => Entry::Null,
        Some(cell) => Entry::Value(cell),
    }
}

/// Whether a text stands for no value.
pub(in crate::detect) fn is_missing(text: &str) -> bool {
    let text = text.trim();
    TOKENS.iter().any(|token| token.eq_ignore_ascii_case(text))
}

/// Texts one behind another, as the search wants them.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    spans: Vec<Range<usize>>,
}

impl Texts {
    /// Adds a text without the white space around it.
    pub(super) fn push(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text.trim());
        self.spans.push(start..self.text.len());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    pub(super) fn count(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.text.get(self.spans.get(row)?.clone())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().filter_map(|span| self.text.get(span.clone()))
    }

    /// Whether there is enough for one search.
    pub(super) fn is_full(&self) -> bool {
        self.spans.len() >= CHUNK_VALUES || self.text.len() >= CHUNK_BYTES
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|text| all.push(text));
        all
    }
}

impl Spans for Texts {
    fn len(&self) -> usize {
        self.spans.len()
    }

    fn span(&self, row: usize) -> (usize, usize) {
        self.spans.get(row).map_or((0, 0), |span| (span.start, span.end))
    }

    fn is_null(&self, _: usize) -> bool {
        false
    }
}

/// What programs and people write where there is nothing, in any case.
const TOKENS: &[&str] = &[
    "",
    "#n/a",
    "-",
    "--",
    "---",
    ".",
    "?",
    "??",
    "\\n",
    "<na>",
    "<null>",
    "k.a.",
    "keine angabe",
    "missing",
    "n.a.",
    "n/a",
    "na",
    "nan",
    "nat",
    "nil",
    "none",
    "not available",
    "null",
    "unbekannt",
    "undefined",
    "unknown",
    "(null)",
];
const CHUNK_VALUES: usize = 4_096;
const CHUNK_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, DictionaryArray, Float64Array, Int32Array, StringArray, UnionArray,
        new_null_array,
    };
    use arrow::datatypes::{Field, Int8Type, UnionFields};

    use super::*;

    fn kinds(array: &dyn Array) -> String {
        let mut kinds = String::new();
        for_each_entry(array, &mut |entry| {
            kinds.push(match entry {
                Entry::Null => '0',
                Entry::Missing => '-',
                Entry::Value(_) => 'v',
            });
        })
        .unwrap();
        kinds
    }

    #[test]
    fn nulls_and_what_stands_for_them_are_told_apart() {
        let texts =
            [Some("a"), None, Some(""), Some(" N/A "), Some("Unknown"), Some("unknown cat")];
        assert_eq!(kinds(&StringArray::from(texts.to_vec())), "v0---v");
        assert_eq!(kinds(&Int32Array::from(vec![Some(0), None])), "v0");
        assert_eq!(kinds(&Float64Array::from(vec![Some(1.0), Some(f64::NAN)])), "v0");
        let dictionary: DictionaryArray<Int8Type> = texts.into_iter().collect();
        assert_eq!(kinds(&dictionary), "v0---v");
        assert_eq!(kinds(&dictionary.slice(3, 3)), "--v");
        assert_eq!(kinds(&new_null_array(dictionary.data_type(), 2)), "00");
        assert_eq!(kinds(&new_null_array(&DataType::Null, 2)), "00");
    }

    #[test]
    fn types_without_values_are_refused() {
        let field = Arc::new(Field::new("a", DataType::Int32, true));
        let fields: UnionFields = [(0, field)].into_iter().collect();
        let values: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        let union = UnionArray::try_new(fields, vec![0].into(), None, vec![values]).unwrap();
        assert!(for_each_entry(&union, &mut |_| {}).is_err());
    }
}
