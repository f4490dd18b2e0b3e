//! The quick loop against the loop over cells: equal columns, equal losses, equal faults.

use arrow::array::{RecordBatch, StringArray, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;
use crate::action::{Run, Treat, Treated};
use crate::column::cell::Cell;
use crate::keys::{Keyring, KeyringOptions, UtcTime};
use crate::plan::{KeyringFacts, Plan};
use crate::policy::Policy;

/// An action without its quick way.
pub(in crate::action::leaf) struct Long<'a>(pub(in crate::action::leaf) &'a dyn Treat);

impl Treat for Long<'_> {
    fn treat(
        &self,
        cells: &[Cell<'_>],
        shifts: &[Option<i64>],
    ) -> Result<Vec<Treated>, ActionError> {
        self.0.treat(cells, shifts)
    }

    fn is_function_of_cell(&self) -> bool {
        self.0.is_function_of_cell()
    }
}

/// A run of one column `c` of each type of texts.
fn runs(rule: &str) -> Vec<Run> {
    runs_of(rule, &[DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View])
}

/// A run of one column `c` of each type.
pub(in crate::action::leaf) fn runs_of(rule: &str, types: &[DataType]) -> Vec<Run> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    let now: UtcTime = std::time::SystemTime::UNIX_EPOCH.into();
    let keyring =
        Keyring::create(&path, KeyringOptions::new("local:kek.key".parse().unwrap(), now)).unwrap();
    let text = format!("version: 1\nname: p\ncolumns:\n  c: {{ {rule} }}\n");
    let policy = Policy::from_text(&text).unwrap();
    let facts =
        KeyringFacts { id: keyring.id().to_string(), primary: 1, has_had_several_versions: false };
    let run = |data_type: &DataType| {
        let schema = Arc::new(Schema::new(vec![Field::new("c", data_type.clone(), true)]));
        Run::mask(Plan::mask(&policy, &schema, &facts).unwrap(), &keyring, None).unwrap()
    };
    types.iter().map(run).collect()
}

/// What the two loops make of a column, as text where they differ from an array.
fn check(run: &Run, texts: &[Option<String>]) {
    let array: ArrayRef = match run.plan.steps[0].from {
        DataType::Utf8 => Arc::new(texts.iter().collect::<StringArray>()),
        DataType::Utf8View => Arc::new(texts.iter().collect::<StringViewArray>()),
        _ => cast(&texts.iter().collect::<StringArray>(), &DataType::LargeUtf8).unwrap(),
    };
    let moves = Default::default();
    let quick = run.task(0, &run.plan().steps[0], &moves, 5);
    let long = Long(run.treatments[0].as_ref());
    let long = Task { treat: &long, ..run.task(0, &run.plan().steps[0], &moves, 5) };
    for part in [0..array.len(), array.len() / 3..array.len(), 0..0] {
        let array = array.slice(part.start, part.len());
        let rows = Rows::Same.part(part);
        assert!(quick.run_texts(&array, &rows).is_some());
        assert!(long.run_texts(&array, &rows).is_none());
        match (quick.run(&array, &rows), long.run(&array, &rows)) {
            (Ok((quick, lost)), Ok((long, long_lost))) => {
                assert!(quick.as_ref() == long.as_ref());
                quick.to_data().validate_full().unwrap();
                assert_eq!(lost, long_lost);
            }
            (Err(quick), Err(long)) => assert_eq!(format!("{quick:?}"), format!("{long:?}")),
            (quick, long) => panic!("{:?} {:?}", quick.map(drop), long.map(drop)),
        }
    }
}

/// Texts near what formats take: short and long ones, with separators, wrong characters, and what stands for redacted values.
fn texts(pattern: &str) -> impl Strategy<Value = Vec<Option<String>>> {
    let text = prop_oneof![
        1 => Just(None),
        1 => Just(Some(String::new())),
        1 => Just(Some(REDACTED.to_owned())),
        1 => "[ -~é]{1,20}".prop_map(Some),
        12 => pattern.prop_map(Some),
    ];
    proptest::collection::vec(text, 0..60)
}

fn property(rule: &str, pattern: &str, finish: impl Fn(String) -> String) {
    for on_invalid in ["nullify", "redact", "fail"] {
        let runs = runs(&format!("{rule}, on_invalid: {on_invalid}"));
        let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
        let tested = TestRunner::new(config).run(&texts(pattern), |texts| {
            let texts: Vec<_> = texts.into_iter().map(|text| text.map(&finish)).collect();
            runs.iter().for_each(|run| check(run, &texts));
            Ok(())
        });
        tested.unwrap();
    }
}

/// Digits with a right last one, three times out of four.
fn card(text: String) -> String {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
    match digits.split_last() {
        Some((last, front)) if *last > 2 && text.ends_with(|c: char| c.is_ascii_digit()) => {
            let sum = crate::checksum::luhn::sum(&[front, &[0]].concat());
            format!("{}{}", &text[..text.len() - 1], (10 - sum) % 10)
        }
        _ => text,
    }
}

#[test]
fn digits() {
    property("action: tokenize, format: digits, domain: d", "[0-9]{4,40}|[0-9 -]{5,30}", |t| t);
    property(
        "action: tokenize, format: digits, domain: d, small_domain: permute",
        "[0-9]{1,8}|[0-9 -]{1,30}",
        |t| t,
    );
}

#[test]
fn other_alphabets() {
    property("action: tokenize, format: hex, domain: d", "[0-9a-f]{4,40}|[0-9a-f -]{5,30}", |t| t);
    property("action: tokenize, format: letters, domain: d", "[a-zA-Z]{3,40}|[a-z. ]{5,30}", |t| t);
    property(
        "action: tokenize, format: alphabet, alphabet: \"10\", domain: d",
        "[01]{18,140}",
        |t| t,
    );
    property(
        "action: tokenize, format: alphabet, alphabet: \"0123456789abcdefghijklmnopqrstuvwxyz-\", domain: d",
        "[0-9a-z_-]{3,30}",
        |t| t,
    );
    property(
        "action: tokenize, format: alphabet, alphabet: \"9876543210\", domain: d",
        "[0-9]{5,20}",
        |t| t,
    );
}

#[test]
fn us_ssn() {
    property("action: tokenize, format: us_ssn", "[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9 ]{8,10}", |t| t);
    property(
        "action: tokenize, format: us_ssn",
        "[09]{9}|(666|000)[0-9]{6}|[0-9]{3}00[0-9]{4}",
        |t| t,
    );
}

#[test]
fn pan() {
    for rule in ["", ", keep: { first: 6 }", ", keep: { first: 4, last: 4 }, check_digit: invalid"]
    {
        let rule = format!("action: tokenize, format: pan{rule}");
        property(&rule, "[0-9]{11,20}|([0-9]{4}[ -]){3}[0-9]{4}|[0-9]{16}", card);
    }
}

#[test]
fn email() {
    property(
        "action: tokenize, format: email",
        "[a-z0-9]{3,26}@[a-zA-Z]{1,5}\\.[a-z-]{1,4}|[a-z0-9._+-]{1,30}@[a-z0-9._-]{1,30}|[a-zA-Z.]{4,9}@é?[a-z]{1,70}\\.x",
        |t| t,
    );
}

#[test]
fn pseudonyms_and_cells() {
    for rule in [
        "action: pseudonymize, domain: d, output: hex",
        "action: pseudonymize, domain: d, output: uuid",
        "action: encrypt, mode: deterministic",
        "action: encrypt, mode: deterministic, output: string",
    ] {
        property(rule, "[a-zé]{1,70}", |text| text);
    }
}

#[test]
fn alphanumeric() {
    property(
        "action: tokenize, format: alphanumeric, domain: d",
        "[0-9]{5,9}|[A-Z]{2}[0-9]{6}|[a-z0-9A-Z]{3,30}|[a-zA-Z0-9 ./-]{3,40}|[0-9]{20,45}",
        |t| t,
    );
}

#[test]
fn phone() {
    property(
        "action: tokenize, format: phone",
        "\\+49151[0-9]{7,9}|\\+1 2[0-9]{9}|\\+[1-9][0-9]{4,20}|\\+1-[0-9]{3}-555-01[0-9]{2}|\\+?[0-9 ()./-]{5,30}",
        |t| t,
    );
    // Of Belarus the national prefix can also be the beginning of a number; Italy has none.
    for region in ["US", "DE", "BY", "IT"] {
        property(
            &format!("action: tokenize, format: phone, region: {region}"),
            "\\(?[2-9][0-9]{2}\\)? 555-01[0-9]{2}|0[0-9 /]{6,14}|8?[0-9]{5,12}|\\+?1?[0-9]{7,16}|8 ?0[0-9]{8,9}",
            |t| t,
        );
    }
}

#[test]
fn numbers() {
    for (range, pattern) in [
        (["0", "99999999"], "0?[0-9]{1,9}|-?0|[0-9]{19,21}"),
        (["-3000000", "-5"], "-0?[0-9]{1,8}|0|-0"),
        (["-1000000000000000000", "1000000000000000000"], "-?[1-9][0-9]{15,19}|10{17,19}"),
        (["0", "10000000000000000000"], "[1-9][0-9]{15,19}|10{17,19}"),
    ] {
        let rule = format!("action: tokenize, format: integer, domain: d, range: {range:?}");
        property(&rule, pattern, |t| t);
    }
    property(
        "action: tokenize, format: integer, domain: d, range: [\"-9\", \"90\"], small_domain: permute",
        "-?[0-9]{1,2}",
        |t| t,
    );
    for (range, pattern) in [
        (["-50000.00", "50000.00"], "-?0?[0-9]{1,5}\\.[0-9]{1,3}|-?0\\.0[0-9]|[0-9.]{3,6}"),
        (["0", "99999999"], "0?[0-9]{1,8}|[0-9]{1,8}\\.[0-9]?"),
        (["0.000000000000001", "999.999999999999999"], "[0-9]{1,3}\\.0{0,15}[0-9]{1,15}"),
        (["0.000000000000000001", "0.999999999999999999"], "[01]?\\.[0-9]{17,19}"),
    ] {
        let rule = format!("action: tokenize, format: decimal, domain: d, range: {range:?}");
        property(&rule, pattern, |t| t);
    }
}

#[test]
fn date() {
    let pattern =
        "(1[89]|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-9]{2}:[0-5][0-9]Z?)?|[0-9-]{9,11}";
    for options in ["small_domain: permute", "range: [\"0001-01-01\", \"9999-12-31\"]"] {
        property(&format!("action: tokenize, format: date, domain: d, {options}"), pattern, |t| t);
    }
}

#[test]
fn uuid_and_mac() {
    for (case, hex) in [("lower", "[0-9a-f]"), ("upper", "[0-9A-F]")] {
        let of = |groups: &str| groups.replace('x', hex);
        property(
            &format!("action: tokenize, format: uuid, case: {case}"),
            &of(
                "x{8}(-x{4}){3}-x{12}|x{32}|x{36}|x{8}-x{4}-x{4}-x{5}-x{11}|[0-9A-Fa-f]{32}|[0-9-]{36}",
            ),
            |t| t,
        );
        property(
            &format!("action: tokenize, format: mac, case: {case}"),
            &of(
                "x{2}(:x{2}){5}|x{2}(-x{2}){5}|x{4}(\\.x{4}){2}|x{12}|x{14}|x{17}|x{2}([-:]x{2}){5}|[0-9a-fA-F]{12}",
            ),
            |t| t,
        );
    }
}

/// Check digits that are right, three times out of four.
fn account(text: String) -> String {
    let compact: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    match compact.as_slice() {
        [a, b, _, d, account @ ..] if *d > b'2' => {
            let check = crate::checksum::mod97::check_digits([*a, *b], account);
            let check = check.map(|check| check.map(char::from).into_iter().collect::<String>());
            check.map_or(text.clone(), |check| format!("{}{check}{}", &text[..2], &text[4..]))
        }
        _ => text,
    }
}

#[test]
fn iban() {
    property(
        "action: tokenize, format: iban",
        "DE[0-9]{20}|DE[0-9]{2}( [0-9]{4}){4} [0-9]{2}|GB[0-9]{2}[A-Z]{4}[0-9]{14}|FR[0-9]{12}[0-9A-Z]{11}[0-9]{2}|\
         MT[0-9]{2}[A-Z]{4}[0-9]{5}[0-9A-Z]{18}|NO[0-9]{13}|NL[0-9]{2}[A-Z]{3}[A-Z0-9][0-9]{10}|[A-Z]{2}[0-9]{14,28}",
        account,
    );
}

#[test]
fn formats_without_a_short_way() {
    property("action: tokenize, format: \"id:br_cpf\"", "[0-9]{11}|[0-9]{3}\\.111", |t| t);
}

#[test]
fn ip() {
    let pattern = "([12]?[0-9]?[0-9]\\.){3}[0-9]{1,3}|::[1-9]|::ffff:1\\.2\\.3\\.4|(0?1\\.){2,4}";
    property("action: tokenize, format: ip, prefix: preserve", pattern, |t| t);
    property("action: tokenize, format: ip", pattern, |t| t);
}

#[test]
fn chunks_pieces_and_threads_do_not_show() {
    let run = &runs("action: tokenize, format: us_ssn, on_invalid: redact")[0];
    let text = |i: u32| match i % 50 {
        7 => None,
        8 => Some(String::new()),
        9 => Some("no number".to_owned()),
        _ => Some(format!("{:09}", i.wrapping_mul(2_654_435_761) % 1_000_000_000)),
    };
    let texts: Vec<Option<String>> = (0..70_000).map(text).collect();
    check(run, &texts);
    let batch = RecordBatch::try_from_iter_with_nullable([(
        "c",
        Arc::new(texts.iter().collect::<StringArray>()) as ArrayRef,
        true,
    )]);
    let batch = batch.unwrap();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run.apply(&batch, 0)).unwrap()
    };
    let (one, lost) = on(1);
    for threads in [2, 7] {
        let (more, more_lost) = on(threads);
        assert!(more == one && more_lost == lost);
    }
}
