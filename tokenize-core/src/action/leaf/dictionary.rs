//! Dictionary-encoded leaves: each entry in use is treated once, rows only get other keys.

use std::collections::HashMap;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, PrimitiveArray, UInt64Array, make_array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::take;
use arrow::datatypes::{
    ArrowDictionaryKeyType, ArrowNativeType, DataType, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::Task;
use crate::action::ActionError;
use crate::column::cell::{CellError, Value, build};
use crate::column::nest::Rows;
use crate::column::value_type;
use crate::manifest::Lost;

impl Task<'_> {
    /// Treats each entry in use once. The new dictionary holds the entries in order of their first row, without duplicates and
    /// without any that no row uses: nothing of the old one's order or content is left.
    pub(super) fn run_dictionary(
        &self,
        array: &ArrayRef,
        rows: &Rows,
    ) -> Result<(ArrayRef, Lost), ActionError> {
        let DataType::Dictionary(key_type, _) = array.data_type() else {
            return Err(self.unsupported(array.data_type()));
        };
        match key_type.as_ref() {
            DataType::Int8 => self.run_keys::<Int8Type>(array.as_dictionary(), rows),
            DataType::Int16 => self.run_keys::<Int16Type>(array.as_dictionary(), rows),
            DataType::Int32 => self.run_keys::<Int32Type>(array.as_dictionary(), rows),
            DataType::Int64 => self.run_keys::<Int64Type>(array.as_dictionary(), rows),
            DataType::UInt8 => self.run_keys::<UInt8Type>(array.as_dictionary(), rows),
            DataType::UInt16 => self.run_keys::<UInt16Type>(array.as_dictionary(), rows),
            DataType::UInt32 => self.run_keys::<UInt32Type>(array.as_dictionary(), rows),
            DataType::UInt64 => self.run_keys::<UInt64Type>(array.as_dictionary(), rows),
            _ => Err(self.unsupported(array.data_type())),
        }
    }

    fn run_keys<K: ArrowDictionaryKeyType>(
        &self,
        array: &DictionaryArray<K>,
        rows: &Rows,
    ) -> Result<(ArrayRef, Lost), ActionError> {
        let entries = Entries::of(array.keys(), array.values().len(), rows);
        let values = take(array.values(), &UInt64Array::from(entries.used.clone()), None)?;
        let first_rows = Rows::Listed(entries.first_rows.as_slice().into());
        let (treated, values, lost) = self.run_values(&values, &first_rows, Some(&entries.uses))?;
        match &self.step.to {
            DataType::Dictionary(to, _) if **to == K::DATA_TYPE => {
                let (numbers, distinct) = distinct(&values);
                let keys = entries.rekeyed(array.keys(), &numbers);
                Ok((self.dictionary(keys.to_data(), &distinct)?, lost))
            }
            DataType::Dictionary(..) => {
                let entries: Vec<Option<usize>> = entries.by_row(array.keys()).collect();
                Ok((self.encode(&values, &entries)?, lost))
            }
            _ => {
                let entries = entries.by_row(array.keys());
                let indices: UInt64Array =
                    entries.map(|entry| entry.map(|entry| entry as u64)).collect();
                Ok((take(&treated, &indices, None)?, lost))
            }
        }
    }

    /// A dictionary array of `to` with the distinct ones of `values`, one key per entry.
    pub(super) fn encode(
        &self,
        values: &[Value],
        entries: &[Option<usize>],
    ) -> Result<ArrayRef, ActionError> {
        let DataType::Dictionary(key_type, _) = &self.step.to else {
            return Err(self.unsupported(&self.step.to));
        };
        let (numbers, distinct) = distinct(values);
        let key = |entry: &Option<usize>| match entry.and_then(|entry| numbers[entry]) {
            Some(number) => Value::Int(number as i128),
            None => Value::Null,
        };
        let keys: Vec<Value> = entries.iter().map(key).collect();
        let keys = build(key_type, &keys).map_err(|error| self.column_error(error))?;
        self.dictionary(keys.to_data(), &distinct)
    }

    fn dictionary(
        &self,
        keys: arrow::array::ArrayData,
        distinct: &[Value],
    ) -> Result<ArrayRef, ActionError> {
        let values =
            build(value_type(&self.step.to), distinct).map_err(|error| self.column_error(error))?;
        let data =
            keys.into_builder().data_type(self.step.to.clone()).child_data(vec![values.to_data()]);
        Ok(make_array(data.build()?))
    }

    fn unsupported(&self, data_type: &DataType) -> ActionError {
        self.column_error(CellError::Unsupported { data_type: data_type.to_string() })
    }
}

/// The entries of a dictionary that rows use, in order of their first row.
struct Entries {
    /// Their keys.
    used: Vec<u64>,
    first_rows: Vec<usize>,
    /// How many rows use each.
    uses: Vec<u64>,
    /// The place of each key among them, or [`UNUSED`].
    of_key: Vec<usize>,
}

impl Entries {
    fn of<K: ArrowDictionaryKeyType>(keys: &PrimitiveArray<K>, values: usize, rows: &Rows) -> Self {
        let mut entries = Self {
            used: Vec::new(),
            first_rows: Vec::new(),
            uses: Vec::new(),
            of_key: vec![UNUSED; values],
        };
        for (row, key) in keys.values().iter().enumerate() {
            if keys.is_valid(row) {
                entries.count(key.as_usize(), || rows.of(row));
            }
        }
        entries
    }

    #[inline]
    fn count(&mut self, key: usize, row: impl Fn() -> usize) {
        // Arrow has checked the keys of rows that are not null.
        let Some(place) = self.of_key.get_mut(key) else { return };
        if *place == UNUSED {
            *place = self.used.len();
            self.used.push(key as u64);
            self.first_rows.push(row());
            self.uses.push(0);
        }
        self.uses[*place] += 1;
    }

    /// The place of each row's entry; `None` for null.
    fn by_row<K: ArrowDictionaryKeyType>(
        &self,
        keys: &PrimitiveArray<K>,
    ) -> impl Iterator<Item = Option<usize>> {
        keys.iter().map(|key| self.of_key.get(key?.as_usize()).copied())
    }

    /// The keys of rows whose entries have become `numbers`, or null.
    fn rekeyed<K: ArrowDictionaryKeyType>(
        &self,
        keys: &PrimitiveArray<K>,
        numbers: &[Option<usize>],
    ) -> PrimitiveArray<K> {
        let number = |place: &usize| numbers.get(*place).copied().flatten();
        let new: Vec<K::Native> = self
            .of_key
            .iter()
            .map(|place| number(place).and_then(K::Native::from_usize).unwrap_or_default())
            .collect();
        let new_of = |key: &K::Native| new.get(key.as_usize()).copied().unwrap_or_default();
        let nulls = if numbers.iter().all(Option::is_some) {
            keys.nulls().map(|nulls| nulls.iter().collect::<BooleanBuffer>())
        } else {
            Some(
                self.by_row(keys)
                    .map(|place| place.is_some_and(|i| number(&i).is_some()))
                    .collect(),
            )
        };
        let new: ScalarBuffer<K::Native> = match keys.nulls() {
            None => keys.values().iter().map(new_of).collect(),
            Some(nulls) => {
                let rows = keys.values().iter().zip(nulls);
                rows.map(|(key, valid)| if valid { new_of(key) } else { Default::default() })
                    .collect()
            }
        };
        PrimitiveArray::new(new, nulls.map(NullBuffer::new))
    }
}

/// The distinct values that are not null, in order; and for each value which of them it is.
fn distinct(values: &[Value]) -> (Vec<Option<usize>>, Vec<Value>) {
    let mut distinct: Vec<Value> = Vec::new();
    let mut number_of: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut number = |value: &Value| {
        let key = sort_key(value)?;
        Some(*number_of.entry(key).or_insert_with(|| {
            distinct.push(value.clone());
            distinct.len() - 1
        }))
    };
    (values.iter().map(&mut number).collect(), distinct)
}

/// Equal keys for equal values; `None` for null. Only for values that a dictionary can hold.
fn sort_key(value: &Value) -> Option<Vec<u8>> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(bool) => vec![u8::from(*bool)],
        Value::Bytes(bytes) => bytes.clone(),
        Value::Day(day) => day.to_be_bytes().to_vec(),
        Value::Decimal(number) | Value::Int(number) => number.to_be_bytes().to_vec(),
        Value::Float32(number) => number.to_bits().to_be_bytes().to_vec(),
        Value::Float64(number) => number.to_bits().to_be_bytes().to_vec(),
        Value::Text(text) => text.clone().into_bytes(),
        Value::Ticks(ticks) => ticks.to_be_bytes().to_vec(),
    })
}

const UNUSED: usize = usize::MAX;
