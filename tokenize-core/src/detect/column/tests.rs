use ::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float64Array, Int64Array, ListArray, StringArray, StringViewArray, StructArray,
};
use ::arrow::datatypes::{Field, Fields, Int16Type};

use super::*;
use crate::detect::Detection;

fn detector() -> Detector {
    Detector::new(&Detection::default()).unwrap()
}

fn scan(name: &str, array: ArrayRef, options: ScanOptions) -> ColumnReport {
    let batch = RecordBatch::try_from_iter_with_nullable([(name, array, true)]).unwrap();
    let mut scanner = Scanner::new(&detector(), options);
    scanner.push(&batch).unwrap();
    scanner.finish().columns.remove(0)
}

fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<StringArray>())
}

/// What a column of this name and these values is taken for.
#[track_caller]
fn check(name: &str, array: ArrayRef, expected: &str) {
    let report = scan(name, array, ScanOptions::default());
    assert_eq!(report.verdict.class.name(), expected, "{name}: {:?}", report.verdict);
    assert!((0.0..=1.0).contains(&report.verdict.confidence));
    assert!(!report.verdict.reasons.is_empty());
}

/// Numbers that look random, below a limit.
fn numbers(limit: u64, seed: u64) -> impl Iterator<Item = u64> {
    let mut random = Random(seed);
    (0..200).map(move |_| random.below(limit))
}

/// With check digits that pass Luhn.
fn cards() -> impl Iterator<Item = String> {
    numbers(100_000_000_000, 11).map(|number| {
        let digits = format!("4000{number:011}");
        let bare: Vec<u8> = digits.bytes().map(|byte| byte - b'0').chain([0]).collect();
        format!("{digits}{}", (10 - crate::checksum::luhn::sum(&bare)) % 10)
    })
}

fn emails() -> impl Iterator<Item = String> {
    numbers(1_000_000, 5).map(|number| format!("user{number}@mail.example.org"))
}

#[test]
fn measurements_counts_prices_and_codes_are_nothing() {
    let float = |scale: f64| -> ArrayRef {
        #[expect(clippy::cast_precision_loss, reason = "a test's numbers")]
        Arc::new(numbers(1_000_000, 3).map(|n| Some(n as f64 * scale)).collect::<Float64Array>())
    };
    for name in ["c1", "value", "temperature", "amount"] {
        check(name, float(0.001), "none");
        check(name, float(1.0), "none");
    }
    let int = |limit: u64| -> ArrayRef {
        let numbers = numbers(limit, 7).map(|n| i64::try_from(n).ok());
        Arc::new(numbers.collect::<Int64Array>())
    };
    for limit in [2, 121, 100_000, 1_000_000_000, 10_000_000_000, 100_000_000_000] {
        check("c1", int(limit), "none");
        check("count", int(limit), "none");
        check("order_no", int(limit), "none");
    }
    let epoch = numbers(100_000_000, 9).map(|n| i64::try_from(1_700_000_000 + n).ok());
    check("ts", Arc::new(epoch.collect::<Int64Array>()), "none");
    check("hash", texts(numbers(u64::MAX, 4).map(|n| format!("{n:016x}"))), "none");
    check("c1", texts(numbers(1_000_000, 4).map(|n| format!("PO-{n:06}"))), "none");
    check("c1", texts(numbers(10_000, 4).map(|n| format!("{}.{}", n / 100, n % 100))), "none");
    let decimals = numbers(1_000_000, 8).map(|n| Some(i128::from(n)));
    let decimals = decimals.collect::<Decimal128Array>().with_precision_and_scale(12, 2);
    check("price", Arc::new(decimals.unwrap()), "none");
    check("flag", Arc::new(BooleanArray::from(vec![true, false])), "none");
}

#[test]
fn dates_and_small_numbers_need_a_name() {
    let days = || -> ArrayRef {
        Arc::new(numbers(20_000, 3).map(|n| i32::try_from(n).ok()).collect::<Date32Array>())
    };
    check("created", days(), "none");
    check("geburtsdatum", days(), "DATE_OF_BIRTH");
    let ages = || -> ArrayRef {
        Arc::new(numbers(90, 3).map(|n| i64::try_from(n).ok()).collect::<Int64Array>())
    };
    check("duration", ages(), "none");
    check("edad", ages(), "AGE");
}

#[test]
fn check_digits_tell_columns_without_a_name() {
    check("c1", texts(cards()), "CREDIT_CARD");
    let random = numbers(1_000_000_000_000, 6).map(|n| format!("4000{n:012}"));
    check("c1", texts(random), "none");
    let bytes: Vec<String> = cards().collect();
    let bytes: BinaryArray = bytes.iter().map(|card| Some(card.as_bytes())).collect();
    check("c1", Arc::new(bytes), "CREDIT_CARD");
}

#[test]
fn nulls_and_noise_change_no_verdict() {
    let noisy = |values: Vec<String>| -> ArrayRef {
        let spoiled = values.into_iter().enumerate().map(|(row, value)| match row % 20 {
            0..6 => None,
            6 => Some("N/A".to_owned()),
            7 => Some(format!("?{row}#")),
            _ => Some(value),
        });
        Arc::new(spoiled.collect::<StringArray>())
    };
    check("c1", noisy(cards().collect()), "CREDIT_CARD");
    check("c1", noisy(emails().collect()), "EMAIL_ADDRESS");
    check("c1", noisy(numbers(1_000_000, 3).map(|n| n.to_string()).collect()), "none");
    check(
        "vorname",
        noisy((0..200).map(|n| format!("Name{}", "e".repeat(n % 9))).collect()),
        "FIRST_NAME",
    );
}

#[test]
fn every_type_of_text_is_looked_into() {
    let values: Vec<String> = emails().collect();
    let all: [ArrayRef; 3] = [
        texts(values.clone()),
        Arc::new(values.iter().map(Some).collect::<StringViewArray>()),
        Arc::new(values.iter().map(|v| Some(v.as_str())).collect::<DictionaryArray<Int16Type>>()),
    ];
    for array in all {
        check("c1", array.clone(), "EMAIL_ADDRESS");
        check("c1", array.slice(50, 100), "EMAIL_ADDRESS");
    }
}

#[test]
fn nested_leaves_are_columns() {
    let mails = texts(emails().take(4));
    let fields = Fields::from(vec![Field::new("mail", DataType::Utf8, true)]);
    let people = StructArray::new(fields, vec![mails], None);
    let field = Arc::new(Field::new_list_field(people.data_type().clone(), true));
    let offsets = ::arrow::buffer::OffsetBuffer::from_lengths([2, 0, 2]);
    let list: ArrayRef = Arc::new(ListArray::new(field, offsets, Arc::new(people), None));
    let report = scan("contacts", list, ScanOptions::default());
    assert_eq!(report.path.to_string(), "contacts[].mail");
    assert_eq!((report.rows, report.values), (4, 4));
    assert_eq!(report.verdict.class.name(), "EMAIL_ADDRESS");
}

#[test]
fn samples_say_how_sure_they_are() {
    let array = texts(numbers(1_000_000, 3).map(|n| format!("X{n}")));
    let report = scan("c1", array.clone(), ScanOptions::default().sample(50));
    assert_eq!((report.values, report.looked_at), (200, 50));
    assert_eq!(report.verdict.at_most, Some(3.0 / 50.0));
    assert!(report.verdict.reasons.contains(&Reason::Sample { values: 50 }));
    let full = scan("c1", array, ScanOptions::default());
    assert_eq!(full.verdict.at_most, None);
    assert!(full.verdict.reasons.contains(&Reason::FullScan) && full.is_full());
}

#[test]
fn batches_do_not_matter() {
    let values: Vec<String> = emails().chain(cards()).collect();
    let column = |values: &[String]| {
        let array = texts(values.iter().cloned());
        RecordBatch::try_from_iter([("c", array)]).unwrap()
    };
    for options in [ScanOptions::default(), ScanOptions::default().sample(60)] {
        let reports = [400, 100, 7].map(|size| {
            let mut scanner = Scanner::new(&detector(), options);
            values.chunks(size).for_each(|chunk| scanner.push(&column(chunk)).unwrap());
            scanner.finish()
        });
        assert!(reports.iter().all(|report| *report == reports[0]));
    }
}

#[test]
fn columns_are_joined_by_their_paths() {
    let mut scanner = Scanner::new(&detector(), ScanOptions::default());
    for (name, array) in [
        ("a", texts(emails())),
        ("b", texts(cards())),
        ("a", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
    ] {
        scanner.push(&RecordBatch::try_from_iter([(name, array)]).unwrap()).unwrap();
    }
    let report = scanner.finish();
    let columns: Vec<_> = report
        .columns
        .iter()
        .map(|column| (column.path.to_string(), column.rows, column.is_one_type))
        .collect();
    assert_eq!(columns, [("a".to_owned(), 201, false), ("b".to_owned(), 200, true)]);
    assert_eq!(report.rows, 401);
}

#[test]
fn reports_hold_no_value() {
    let values: Vec<String> = emails().chain(cards()).collect();
    let report = scan("c1", texts(values.clone()), ScanOptions::default());
    let told = format!("{report:?}");
    let report = ScanReport { rows: 400, columns: vec![report] };
    let json = report.to_json().to_string();
    for value in values {
        assert!(!told.contains(&value) && !json.contains(&value));
    }
}

#[test]
fn dictionaries_tell_names_apart() {
    let given = "Anna Thomas Maria Peter Julia Michael Laura Daniel Sarah Andreas Sophie Martin Emma Paul Claudia Robert Monika Alexander";
    let surnames = "Smith Müller Johnson Schmidt Williams García Brown Martínez Jones Rossi Davis Ferrari Miller Kowalski Wilson Nowak Taylor Dubois";
    let towns = "London Berlin Paris Madrid Roma Amsterdam Warszawa Chicago Hamburg Lyon Barcelona Milano Rotterdam Kraków Boston München Toulouse";
    let words = |words: &str| texts(words.split(' ').map(str::to_owned));
    check("c1", words(given), "FIRST_NAME");
    check("c1", words(surnames), "LAST_NAME");
    check("c1", words(towns), "CITY");
    check("name", words(given), "FIRST_NAME");
    check("name", words(surnames), "LAST_NAME");
    check("product_name", words(given), "none");
    let things = "copper basalt walnut linen velvet granite marble cotton bronze ceramic bamboo silicone rubber leather acrylic plywood";
    check("c1", words(things), "none");
    check("c1", texts(surnames.split(' ').take(5).map(str::to_owned)), "none");
}
