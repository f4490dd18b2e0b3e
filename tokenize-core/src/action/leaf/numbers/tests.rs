//! The quick loop against the loop over cells: equal columns, equal losses, equal faults, and the way back.

use arrow::array::Int64Array;
use arrow::compute::cast;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::texts::tests::{Long, runs_of};
use super::*;
use crate::action::Run;

/// What the two loops make of a column; the quick one's, where there is one.
fn check(run: &Run, array: &ArrayRef) -> Option<ArrayRef> {
    let moves = Default::default();
    let quick = run.task(0, &run.plan().steps[0], &moves, 5);
    let long = Long(run.treatments[0].as_ref());
    let long = Task { treat: &long, ..run.task(0, &run.plan().steps[0], &moves, 5) };
    let rows = Rows::Same.part(0..array.len());
    assert!(quick.run_numbers(array, &rows).is_some());
    assert!(long.run_numbers(array, &rows).is_none());
    match (quick.run(array, &rows), long.run(array, &rows)) {
        (Ok((quick, lost)), Ok((long, long_lost))) => {
            assert!(quick.as_ref() == long.as_ref());
            quick.to_data().validate_full().unwrap();
            assert_eq!(lost, long_lost);
            Some(quick)
        }
        (Err(quick), Err(long)) => {
            assert_eq!(format!("{quick:?}"), format!("{long:?}"));
            None
        }
        (quick, long) => panic!("{:?} {:?}", quick.map(drop), long.map(drop)),
    }
}

fn property(rule: &str, types: &[DataType], [low, high]: [i64; 2]) {
    for on_invalid in ["nullify", "redact", "fail"] {
        let runs = runs_of(&format!("{rule}, on_invalid: {on_invalid}"), types);
        let number = prop_oneof![1 => Just(None), 9 => (low..=high).prop_map(Some)];
        let numbers = proptest::collection::vec(number, 0..60);
        let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
        let tested = TestRunner::new(config).run(&numbers, |numbers| {
            for run in &runs {
                let ints: ArrayRef = Arc::new(Int64Array::from(numbers.clone()));
                // By way of 32 bits, since days are not made of longer numbers.
                let array = cast(&ints, &DataType::Int32)
                    .and_then(|ints| cast(&ints, &run.plan.steps[0].from))
                    .unwrap();
                let wide = if run.plan.steps[0].from == DataType::Int64 { &ints } else { &array };
                check(run, wide);
                check(run, &wide.slice(numbers.len() / 3, numbers.len() / 2));
            }
            Ok(())
        });
        tested.unwrap();
    }
}

const INTEGERS: &str = "action: tokenize, domain: d, format: integer";

#[test]
fn integers() {
    let rule = format!("{INTEGERS}, range: [-1000000, 1000000]");
    property(&rule, &[DataType::Int32, DataType::Int64], [-1_000_100, 1_000_100]);
    let rule = format!("{INTEGERS}, range: [\"-1000000000000000000\", \"1000000000000000000\"]");
    property(&rule, &[DataType::Int64], [i64::MIN, i64::MAX]);
    let rule = format!("{INTEGERS}, range: [0, 2000000000]");
    property(&rule, &[DataType::UInt32, DataType::Int64], [-5, 2_100_000_000]);
}

#[test]
fn few_integers_are_permuted() {
    let rule = format!("{INTEGERS}, range: [0, 99], small_domain: permute");
    let types = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
    ];
    property(&rule, &types, [0, 120]);
}

#[test]
fn days() {
    let rule = "action: tokenize, domain: d, format: date";
    property(&format!("{rule}, small_domain: permute"), &[DataType::Date32], [-26_000, 48_000]);
    let rule = format!("{rule}, range: [\"0001-01-01\", \"9999-12-31\"]");
    property(&rule, &[DataType::Date32], [-800_000, 3_000_000]);
}

#[test]
fn many_are_taken_in_chunks() {
    let rule = format!("{INTEGERS}, range: [0, 99999999]");
    let runs = runs_of(&rule, &[DataType::Int64]);
    let numbers: ArrayRef =
        Arc::new((0..70_000).map(|i| (i % 9 != 0).then_some(i * 1_427)).collect::<Int64Array>());
    let tokens = check(&runs[0], &numbers).unwrap();
    assert_eq!(tokens.null_count(), numbers.null_count());
    let distinct: std::collections::HashSet<_> =
        tokens.as_primitive::<Int64Type>().iter().collect();
    assert_eq!(distinct.len(), numbers.len() - numbers.null_count() + 1);
    assert!(distinct.iter().flatten().all(|token| (0..100_000_000).contains(token)));
}
