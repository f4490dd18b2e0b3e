//! Arrow types as text for `tokenize.type` (`docs/format.md`, section 10): ours, so that it outlives any crate's own writing.

use arrow::datatypes::{DataType, TimeUnit};

/// The name of a leaf type, or `None` for a type that no action but `keep` and `drop` takes.
pub(crate) fn write(data_type: &DataType) -> Option<String> {
    if let Some((name, _)) = PLAIN.iter().find(|(_, plain)| plain == data_type) {
        return Some((*name).to_owned());
    }
    Some(match data_type {
        DataType::FixedSizeBinary(size) => format!("fixed_size_binary({size})"),
        DataType::Decimal128(precision, scale) => format!("decimal128({precision},{scale})"),
        DataType::Timestamp(unit, None) => format!("timestamp({})", unit_name(*unit)),
        DataType::Timestamp(unit, Some(zone)) => format!("timestamp({},{zone})", unit_name(*unit)),
        DataType::Dictionary(keys, values) if !matches!(**values, DataType::Dictionary(..)) => {
            format!("dictionary({},{})", write(keys)?, write(values)?)
        }
        _ => return None,
    })
}

/// A type in a word or two.
pub(crate) fn word(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string".to_owned(),
        DataType::Dictionary(_, values) => word(values),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            format!("decimal({precision},{scale})")
        }
        DataType::FixedSizeBinary(size) => format!("binary({size})"),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "time".to_owned(),
        other => {
            let name = other.to_string().to_lowercase();
            name.split(['(', '<', ' ']).next().unwrap_or_default().to_owned()
        }
    }
}

/// The type that [`write`] named.
pub(crate) fn read(name: &str) -> Option<DataType> {
    if let Some((_, plain)) = PLAIN.iter().find(|(known, _)| *known == name) {
        return Some(plain.clone());
    }
    let (kind, rest) = name.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    Some(match kind {
        "fixed_size_binary" => DataType::FixedSizeBinary(inner.parse().ok()?),
        "decimal128" => {
            let (precision, scale) = inner.split_once(',')?;
            DataType::Decimal128(precision.parse().ok()?, scale.parse().ok()?)
        }
        "timestamp" => match inner.split_once(',') {
            Some((unit, zone)) => DataType::Timestamp(unit_of(unit)?, Some(zone.into())),
            None => DataType::Timestamp(unit_of(inner)?, None),
        },
        "dictionary" => {
            let (keys, values) = inner.split_once(',')?;
            // No column has a dictionary of dictionaries, and a name from outside must not set the depth of the recursion.
            if values.starts_with("dictionary") {
                return None;
            }
            let keys = read(keys).filter(DataType::is_dictionary_key_type)?;
            DataType::Dictionary(Box::new(keys), Box::new(read(values)?))
        }
        _ => return None,
    })
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

fn unit_of(name: &str) -> Option<TimeUnit> {
    [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond]
        .into_iter()
        .find(|unit| unit_name(*unit) == name)
}

const PLAIN: [(&str, DataType); 23] = [
    ("utf8", DataType::Utf8),
    ("large_utf8", DataType::LargeUtf8),
    ("utf8_view", DataType::Utf8View),
    ("binary", DataType::Binary),
    ("large_binary", DataType::LargeBinary),
    ("binary_view", DataType::BinaryView),
    ("int8", DataType::Int8),
    ("int16", DataType::Int16),
    ("int32", DataType::Int32),
    ("int64", DataType::Int64),
    ("uint8", DataType::UInt8),
    ("uint16", DataType::UInt16),
    ("uint32", DataType::UInt32),
    ("uint64", DataType::UInt64),
    ("float32", DataType::Float32),
    ("float64", DataType::Float64),
    ("bool", DataType::Boolean),
    ("date32", DataType::Date32),
    ("date64", DataType::Date64),
    ("time32(s)", DataType::Time32(TimeUnit::Second)),
    ("time32(ms)", DataType::Time32(TimeUnit::Millisecond)),
    ("time64(us)", DataType::Time64(TimeUnit::Microsecond)),
    ("time64(ns)", DataType::Time64(TimeUnit::Nanosecond)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_as_its_type() {
        let names = PLAIN.iter().map(|(name, _)| *name).chain([
            "fixed_size_binary(16)",
            "decimal128(12,2)",
            "decimal128(38,-3)",
            "timestamp(ns)",
            "timestamp(us,UTC)",
            "timestamp(ms,+02:00)",
            "dictionary(int32,utf8)",
            "dictionary(uint8,timestamp(us,Europe/Berlin))",
        ]);
        for name in names {
            let read = read(name).unwrap_or_else(|| panic!("{name} is not read"));
            assert_eq!(write(&read).as_deref(), Some(name));
        }
    }

    #[test]
    fn other_texts_are_no_types() {
        for text in [
            "",
            "utf9",
            "decimal128(12)",
            "timestamp(h)",
            "dictionary(utf8,utf8)",
            "timestamp(us",
            "int64)",
            "dictionary(int8,dictionary(int8,utf8))",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
    #[test]
    fn people_are_told_in_a_word() {
        let strings = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        for (data_type, told) in [
            (strings, "string"),
            (DataType::Decimal128(12, 2), "decimal(12,2)"),
            (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), "timestamp"),
            (DataType::UInt8, "uint8"),
        ] {
            assert_eq!(word(&data_type), told);
        }
    }
}
