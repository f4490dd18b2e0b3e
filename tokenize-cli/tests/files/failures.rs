//! Bad data, bad policies, bad files: what is said, and that nothing is left.

use std::fs;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, Float64Array, RecordBatch, StructArray};
use arrow::datatypes::{DataType, Field, Fields};

use crate::desk::{Desk, MASK, UNMASK, people, rules, with_column, with_texts};

#[test]
fn a_tampered_cell_is_not_decrypted() {
    let desk = Desk::masked();
    desk.edit("masked.parquet", |batch| {
        let cells = batch
            .column_by_name("name")
            .unwrap()
            .as_any()
            .downcast_ref::<BinaryArray>()
            .unwrap()
            .clone();
        let flip = |i: usize, cell: &[u8]| {
            let mut cell = cell.to_vec();
            let last = cell.len() - 1;
            cell[last] ^= u8::from(i == 3);
            cell
        };
        let cells = cells.iter().enumerate().map(|(i, cell)| cell.map(|cell| flip(i, cell)));
        with_column(&batch, "name", Arc::new(cells.collect::<BinaryArray>()))
    });
    desk.fails(
        UNMASK,
        3,
        "error: masked.parquet: column name, row 3: a value cannot be decrypted: altered, or encrypted under another key, domain or type
hint: the file was changed after it was masked, or was masked under another policy or key version",
    );
}

#[test]
fn a_truncated_file_is_refused() {
    let desk = Desk::new();
    let whole = fs::read(desk.path("in.parquet")).unwrap();
    for keep in [0, 3, 8, whole.len() / 2, whole.len() - 1] {
        fs::write(desk.path("cut.parquet"), &whole[..keep]).unwrap();
        desk.fails(
            &MASK.replace("in.parquet", "cut.parquet"),
            3,
            "error: cut.parquet: is no Parquet file, or is cut off or damaged",
        );
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let desk = Desk::new();
    fs::write(desk.path("text.parquet"), "email\nqvxzjwkpfmbd@example.com\n").unwrap();
    desk.fails(
        &MASK.replace("in.parquet", "text.parquet"),
        3,
        "error: text.parquet: is no Parquet file, or is cut off or damaged",
    );
}

/// Whatever is flipped in a file, the program ends in an orderly way: it reads it (a changed value may still be one), or says no.
/// At some bytes the Parquet reader panics.
#[test]
fn a_flipped_byte_never_ends_in_a_panic() {
    let desk = Desk::new();
    desk.write("in.parquet", &people(3, 11));
    let whole = fs::read(desk.path("in.parquet")).unwrap();
    for at in (4..whole.len()).step_by(13) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        fs::write(desk.path("bad.parquet"), &bytes).unwrap();
        let outcome = desk.run(&format!("{} --force", MASK.replace("in.parquet", "bad.parquet")));
        assert!(matches!(outcome.code, Some(0 | 2 | 3)), "byte {at}: {outcome:?}");
        // The test itself must not read it: the Parquet reader panics at some.
        fs::remove_file(desk.path("bad.parquet")).unwrap();
        assert!(!outcome.stderr.contains("panicked"), "byte {at}: {}", outcome.stderr);
        desk.assert_no_value_in(&outcome);
        let partial = desk.snapshot().keys().any(|name| name.ends_with(".partial"));
        assert!(!partial, "byte {at}");
    }
}

fn with_a_bad_ssn(desk: &Desk) {
    let bad =
        |i: usize, text: &str| if i == 4 { format!("{text}qvxzjwkpf") } else { text.to_owned() };
    desk.edit("in.parquet", |batch| with_texts(&batch, "ssn", bad));
}

#[test]
fn a_value_that_does_not_fit_stops_the_run() {
    let desk = Desk::new();
    with_a_bad_ssn(&desk);
    desk.fails(
        MASK,
        3,
        "error: in.parquet: column ssn, row 4: a value does not fit the format
hint: look at that row in the input, or let the column's rule say what becomes of such values (on_invalid: nullify or redact)",
    );
}

#[test]
fn a_value_that_does_not_fit_may_be_lost_and_counted() {
    for (word, lost) in [("nullify", "1 nullified"), ("redact", "1 redacted")] {
        let desk = Desk::new();
        with_a_bad_ssn(&desk);
        let rule = format!("{{ action: tokenize, format: us_ssn, on_invalid: {word} }}");
        desk.policy(&rules(&[("ssn", &rule)]));
        let said = desk.done(MASK).stderr;
        assert!(said.contains("ssn     tokenize      us_ssn  ") && said.contains(lost), "{said}");
        let ssn = desk.read("masked.parquet");
        assert_eq!(ssn.column_by_name("ssn").unwrap().null_count(), usize::from(word == "nullify"));
        desk.done(UNMASK);
    }
}

#[test]
fn a_pan_token_with_a_wrong_check_digit_is_refused() {
    let desk = Desk::masked();
    let wrong = |i: usize, token: &str| {
        let (start, check) = token.split_at(token.len() - 1);
        let check: u32 = check.parse().unwrap();
        if i == 7 { format!("{start}{}", (check + 1) % 10) } else { token.to_owned() }
    };
    desk.edit("masked.parquet", |batch| with_texts(&batch, "card", wrong));
    desk.fails(
        UNMASK,
        3,
        "error: masked.parquet: column card, row 7: a value does not fit the format
hint: the file was changed after it was masked, or was masked under another policy or key version",
    );
}

#[test]
fn every_column_that_is_missing_or_unlisted_is_named() {
    let desk = Desk::new();
    desk.policy(&rules(&[
        ("Email", "{ action: drop }"),
        ("phone", "{ action: drop }"),
        ("email", ""),
    ]));
    desk.fails(
        MASK,
        2,
        "error: in.parquet: 3 faults
  column Email: is not in the schema; did you mean `email`?
  column phone: is not in the schema
  column email: is not named in the policy (unlisted: deny)
hint: add a rule for each of these columns; `{ action: keep }` passes one as it is, `unlisted: drop` leaves all others out",
    );
    desk.policy(&rules(&[("phone", "{ action: drop }")]));
    desk.fails(
        MASK,
        2,
        "error: in.parquet: column phone: is not in the schema
hint: correct the name, or mark the rule `optional: true` if the column may be absent",
    );
}

#[test]
fn a_container_cannot_be_tokenized_whole() {
    let desk = Desk::new();
    desk.edit("in.parquet", |batch| {
        let email = batch.column_by_name("email").unwrap().clone();
        let fields = Fields::from(vec![Field::new("inner", DataType::Utf8, true)]);
        let outer: ArrayRef = Arc::new(StructArray::new(fields, vec![email], None));
        with_column(&batch, "email", outer)
    });
    desk.fails(
        MASK,
        2,
        "error: in.parquet: column email.inner: is a container; only keep and drop work on a whole container, tokenize must name its leaves",
    );
}

#[test]
fn a_type_that_an_action_does_not_take_is_refused_before_data_is_read() {
    let desk = Desk::new();
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.5; 20]));
    desk.edit("in.parquet", |batch| with_column(&batch, "email", floats));
    // Nothing but the footer is left.
    let mut bytes = fs::read(desk.path("in.parquet")).unwrap();
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap());
    let data = bytes.len() - 8 - usize::try_from(length).unwrap();
    bytes[4..data].fill(0xff);
    fs::write(desk.path("in.parquet"), bytes).unwrap();
    desk.fails(
        MASK,
        2,
        "error: in.parquet: column email: tokenize, format email does not work on type Float64",
    );
    desk.policy(&rules(&[("email", "{ action: keep }")]));
    desk.fails(
        MASK,
        3,
        "error: in.parquet: a row group cannot be decoded; the file is damaged, or uses something that this version does not read",
    );
}

#[test]
fn a_full_disk_leaves_nothing() {
    let desk = Desk::new();
    desk.write("in.parquet", &people(3000, 5));
    desk.fails_in_shell(
        &format!("trap '' XFSZ; ulimit -f 8; exec tokenize {MASK}"),
        4,
        "error: masked.parquet: cannot write: file too large",
    );
}

#[test]
fn a_missing_input_is_named() {
    let desk = Desk::new();
    desk.fails(
        &MASK.replace("in.parquet", "no.parquet"),
        4,
        "error: no.parquet: cannot open: no such file or directory",
    );
}

#[test]
fn a_name_cannot_write_lines_of_its_own() {
    let desk = Desk::new();
    let column = desk.read("in.parquet").column(0).clone();
    desk.write(
        "in.parquet",
        &RecordBatch::try_from_iter([("a\u{1b}[2J\nerror: b", column)]).unwrap(),
    );
    desk.policy("  a: { action: drop, optional: true }\n");
    desk.fails(
        MASK,
        2,
        "error: in.parquet: column `a\u{fffd}[2J\u{fffd}error: b`: is not named in the policy (unlisted: deny)
hint: add a rule for each of these columns; `{ action: keep }` passes one as it is, `unlisted: drop` leaves all others out",
    );
}
