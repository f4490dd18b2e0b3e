//! `encrypt` with `key: output`: writer files, side files, and cells that have left their output.

use std::fs;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Schema};
use parquet::basic::Compression;
use serde_json::Value;

use crate::desk::{Desk, MASK, UNMASK, people, rules, with_column, with_schema, with_texts};

const SIDE: &str = "masked.parquet.tokenize.json";

/// The desk of [`Desk::new`] with rules that a writer file can carry out, and with such a file.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.policy(&sealed());
    desk.done("keyring export-writer keyring.json --out writer.json");
    desk
}

/// The same, with `masked.parquet` from the writer.
fn masked() -> Desk {
    let desk = desk();
    desk.done(&by_writer(MASK));
    desk
}

fn sealed() -> String {
    rules(&[
        ("id", "{ action: encrypt, key: output }"),
        ("email", "{ action: encrypt, key: output, domain: contact }"),
        ("ssn", "{ action: encrypt, key: output, output: string }"),
        ("card", "{ action: encrypt, key: output, output: string, domain: card }"),
        ("name", "{ action: encrypt, key: output, domain: contact }"),
        ("points", "{ action: encrypt, key: output }"),
    ])
}

fn by_writer(args: &str) -> String {
    args.replace("keyring.json", "writer.json")
}

#[test]
fn a_writer_file_masks_and_opens_nothing() {
    let desk = desk();
    let said = desk.done(&by_writer(MASK)).stderr;
    let last = format!(
        "manifest written to {SIDE}: keep it with the output\n20 rows of in.parquet written to masked.parquet\n"
    );
    assert!(said.ends_with(&last), "{said}");
    desk.fails(
        &by_writer(UNMASK),
        2,
        "error: this is a writer file of keyring kr-ID: it makes data keys for `encrypt` with `key: output`, and nothing else
hint: use the keyring file itself, where it may be used",
    );
    for change in ["add", "rewrap --kms local:new.key", "export-writer --out again.json"] {
        let (verb, options) = change.split_once(' ').unwrap_or((change, ""));
        desk.fails(
            &format!("keyring {verb} writer.json {options}"),
            2,
            "error: this is a writer file of keyring kr-ID: it makes data keys for `encrypt` with `key: output`, and nothing else
hint: use the keyring file itself, where it may be used",
        );
    }
    desk.done(UNMASK);
    assert_eq!(desk.read("clear.parquet"), desk.read("in.parquet"));
}

#[test]
fn the_side_file_is_the_manifest_of_the_output() {
    for keyring in ["writer.json", "keyring.json"] {
        let desk = desk();
        let said = desk.done(&format!("{} --json", MASK.replace("keyring.json", keyring))).stdout;
        let report: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(report["files"][0]["side_file"], SIDE);
        let side: Value =
            serde_json::from_slice(&fs::read(desk.path(SIDE)).unwrap()).expect("a manifest");
        let masked = desk.read("masked.parquet");
        let own = &masked.schema_ref().metadata()["tokenize.manifest"];
        assert_eq!(side, serde_json::from_str::<Value>(own).unwrap());
        let [key] = side["data_keys"].as_array().unwrap().as_slice() else { panic!("{side}") };
        assert!(key["kms"].as_str().unwrap().starts_with("hpke-x25519:"));
        assert_eq!((&side["mac"]["root"], &key["key_version"]), (&"data-key".into(), &1.into()));
    }
}

#[test]
fn every_output_has_a_side_file_and_a_key_of_its_own() {
    let desk = desk();
    desk.write("a.parquet", &people(3, 1));
    desk.write("b.parquet", &people(4, 2));
    desk.done(
        &MASK.replace("in.parquet", "a.parquet b.parquet").replace("masked.parquet", "masked"),
    );
    let key = |name: &str| -> Value {
        let side = fs::read(desk.path(&format!("masked/{name}.parquet.tokenize.json"))).unwrap();
        serde_json::from_slice::<Value>(&side).unwrap()["data_keys"][0]["id"].clone()
    };
    assert_ne!(key("a"), key("b"));
    desk.done("unmask masked/a.parquet masked/b.parquet --keyring keyring.json --out clear");
    assert_eq!(desk.read("clear/b.parquet"), desk.read("b.parquet"));
}

#[test]
fn a_side_file_that_exists_is_replaced_by_force_only() {
    let desk = desk();
    fs::write(desk.path(SIDE), "something of mine").unwrap();
    // Without its KEK the keyring makes no data key; nobody asks it for one.
    fs::rename(desk.path("kek.key"), desk.path("away.key")).unwrap();
    let expected = format!(
        "error: {SIDE}: exists already, and may hold the data keys of another output
hint: keep it with that output and choose another --out, or give --force to replace it"
    );
    desk.fails(MASK, 2, &expected);
    desk.write("other.parquet", &people(3, 1));
    fs::create_dir(desk.path("masked")).unwrap();
    fs::write(desk.path("masked/other.parquet.tokenize.json"), "something of mine").unwrap();
    desk.fails(
        &MASK.replace("in.parquet", "in.parquet other.parquet").replace("masked.parquet", "masked"),
        2,
        &expected.replace("masked.parquet", "masked/other.parquet"),
    );
    fs::rename(desk.path("away.key"), desk.path("kek.key")).unwrap();
    desk.done(&format!("{MASK} --force"));
    assert!(!desk.has_bytes(SIDE, b"something of mine"));
    desk.done(UNMASK);

    // An output without data keys has no side file that could be in the way.
    desk.policy(&rules(&[]));
    fs::remove_file(desk.path("masked.parquet")).unwrap();
    desk.done(MASK);
}

#[test]
fn a_dry_run_makes_no_data_key() {
    let desk = desk();
    let before = desk.snapshot();
    let said = desk.run(&format!("{} --dry-run", by_writer(MASK)));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let told = "dry run: nothing of in.parquet has been written\n\nthe first 10 rows, masked (root keys have been used, no data key has been made):\n";
    let (_, shown) = said.stdout.split_once(told).unwrap();
    let of_id = shown.lines().map(|line| line.split_whitespace().next().unwrap_or_default());
    assert_eq!(of_id.take(3).collect::<Vec<_>>(), ["id", "(encrypted)", "(encrypted)"]);
    assert!(desk.snapshot() == before);
}

#[test]
fn a_failure_in_the_middle_leaves_what_was_there() {
    let desk = desk();
    desk.policy(&rules(&[("name", "{ action: encrypt, key: output }")]));
    let bad = |i: usize, text: &str| if i == 14 { "none".to_owned() } else { text.to_owned() };
    desk.write_as(
        "bad.parquet",
        &with_texts(&people(20, 7), "ssn", bad),
        Compression::UNCOMPRESSED,
        3,
    );
    let expected = "error: bad.parquet: column ssn, row 14: a value does not fit the format
hint: look at that row in the input, or let the column's rule say what becomes of such values (on_invalid: nullify or redact)";
    let mask = MASK.replace("in.parquet", "bad.parquet");
    desk.fails(&mask, 3, expected);
    desk.done(MASK);
    desk.fails(&format!("{mask} --force"), 3, expected);
    desk.done(UNMASK);
    fs::remove_file(desk.path("masked.parquet")).unwrap();
    fs::remove_file(desk.path(SIDE)).unwrap();
    desk.write("in.parquet", &people(3000, 5));
    desk.fails_in_shell(
        &format!("trap '' XFSZ; ulimit -f 8; exec tokenize {MASK}"),
        4,
        "error: masked.parquet: cannot write: file too large",
    );
}

/// Masks people, makes `change` to the output, and unmasks it, which must give what `change` makes of the people.
fn assert_opens(options: &str, change: impl Fn(RecordBatch) -> RecordBatch) {
    let desk = masked();
    desk.edit("masked.parquet", &change);
    desk.done(&format!("{UNMASK} {options}"));
    let (clear, expected) = (desk.read("clear.parquet"), change(desk.read("in.parquet")));
    assert_eq!(plain(&clear), plain(&expected), "{options}");
    // Nothing is said of what was reversed.
    assert_eq!(clear.schema(), plain(&clear).schema(), "{options}");
}

/// The batch without any metadata.
fn plain(batch: &RecordBatch) -> RecordBatch {
    let fields = batch.schema();
    let fields = fields.fields().iter();
    let fields = fields.map(|field| field.as_ref().clone().with_metadata(Default::default()));
    with_schema(batch, Schema::new(fields.collect::<Vec<_>>()))
}

fn renamed(batch: &RecordBatch, from: &str, to: &str) -> RecordBatch {
    let schema = batch.schema();
    let fields = schema.fields().iter().map(|field| {
        let name = if field.name() == from { to } else { field.name() };
        field.as_ref().clone().with_name(name)
    });
    let fields: Vec<_> = fields.collect();
    with_schema(batch, Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Some rows, in another order.
fn some(batch: &RecordBatch) -> RecordBatch {
    take_record_batch(batch, &Int64Array::from(vec![7, 3, 3, 19, 0])).unwrap()
}

#[test]
fn cells_open_wherever_their_manifest_is_at_hand() {
    let by_manifest = format!("--manifest {SIDE}");
    assert_opens("", |batch| some(&batch));
    assert_opens("", |batch| renamed(&batch, "email", "contact"));
    // Tags without the manifest that vouches for them, until it is given.
    assert_opens(&by_manifest, |batch| {
        let fields = renamed(&batch, "email", "contact").schema().fields().clone();
        with_schema(&batch, Schema::new(fields))
    });
    assert_opens(&by_manifest, |batch| batch);
    assert_opens(&by_manifest, |batch| plain(&batch));
    assert_opens(&by_manifest, |batch| plain(&some(&batch)));
    assert_opens(&by_manifest, |batch| plain(&batch.project(&[6, 4, 1]).unwrap()));
    // By the policy, with data keys from the manifest.
    assert_opens(&format!("{by_manifest} --policy policy.yaml"), |batch| plain(&batch));
}

#[test]
fn a_column_with_another_name_and_no_metadata_is_told_by_a_policy() {
    let desk = masked();
    desk.edit("masked.parquet", |batch| plain(&renamed(&batch, "email", "to")));
    let rule = "{ action: encrypt, key: output, domain: contact }";
    desk.policy(&format!("{}  to: {rule}\n", sealed().replace("  email:", "  gone:")));
    desk.done(&format!("{UNMASK} --policy policy.yaml --manifest {SIDE}"));
    let (clear, given) = (desk.read("clear.parquet"), desk.read("in.parquet"));
    assert_eq!(clear.column_by_name("to"), given.column_by_name("email"));
}

#[test]
fn cells_in_another_type_of_bytes_open() {
    let desk = masked();
    desk.edit("masked.parquet", |batch| {
        let cells = cast(batch.column_by_name("name").unwrap(), &DataType::LargeBinary).unwrap();
        plain(&with_column(&batch, "name", cells))
    });
    desk.done(&format!("{UNMASK} --manifest {SIDE}"));
    assert_eq!(desk.read("clear.parquet"), desk.read("in.parquet"));
}

#[test]
fn rows_of_two_outputs_open_with_two_manifests() {
    let desk = desk();
    desk.write("a.parquet", &people(3, 1));
    desk.write("b.parquet", &people(4, 2));
    desk.done(&MASK.replace("in.parquet", "a.parquet b.parquet").replace("masked.parquet", "m"));
    let [a, b] = ["m/a.parquet", "m/b.parquet"].map(|name| desk.read(name));
    let both = concat_batches(&a.schema(), [&a, &b]).unwrap();
    let unmask = UNMASK.replace("masked.parquet", "both.parquet");
    let manifest = |name: &str| format!("--manifest m/{name}.parquet.tokenize.json");
    let [of_a, of_b] = ["a", "b"].map(manifest);
    let given = [desk.read("a.parquet"), desk.read("b.parquet")];
    let given = concat_batches(&given[0].schema(), &given).unwrap();

    desk.write("both.parquet", &plain(&both));
    let unknown = "error: both.parquet: column id, row 3: a value is under a data key that no manifest at hand tells of
hint: give the manifest that was written with the output: --manifest OUTPUT.tokenize.json (manifests in Python)";
    desk.fails(&format!("{unmask} {of_a}"), 3, unknown);
    desk.done(&format!("{unmask} {of_a} {of_b}"));
    assert_eq!(desk.read("clear.parquet"), given);

    // With the metadata of the first output, as most programs put tables together.
    desk.write("both.parquet", &both);
    let again = unmask.replace("clear.parquet", "again.parquet");
    desk.fails(&again, 3, unknown);
    desk.done(&format!("{again} {of_b}"));
    assert_eq!(desk.read("again.parquet"), given);

    // Outputs that were not masked alike are not one table.
    desk.policy(&sealed().replace("domain: contact", "domain: other"));
    desk.done(&MASK.replace("in.parquet", "a.parquet"));
    desk.fails(
        &format!("{again} --force --manifest {SIDE}"),
        2,
        "error: both.parquet: the manifests given tell of different treatments; unmask such outputs one by one",
    );
}

#[test]
fn a_cell_in_a_column_of_another_domain_is_refused() {
    let desk = masked();
    let swapped = |batch: RecordBatch, from: &str, to: &str| {
        let cells: ArrayRef = batch.column_by_name(from).unwrap().clone();
        with_column(&batch, to, cells)
    };
    desk.edit("masked.parquet", |batch| swapped(batch, "ssn", "card"));
    desk.fails(
        UNMASK,
        3,
        "error: masked.parquet: column card, row 0: a value cannot be decrypted: altered, or encrypted under another key, domain or type
hint: the file was changed after it was masked, or was masked under another policy or key version",
    );
    // Within a domain a cell is a value like any other.
    let desk = masked();
    desk.edit("masked.parquet", |batch| swapped(batch, "email", "name"));
    desk.done(UNMASK);
    let clear = desk.read("clear.parquet");
    assert_eq!(clear.column_by_name("name"), clear.column_by_name("email"));
}

#[test]
fn manifests_that_are_none_are_refused() {
    let desk = masked();
    desk.edit("masked.parquet", |batch| plain(&batch));
    let fails = |manifest: &str, code: i32, expected: &str| {
        desk.fails(&format!("{UNMASK} --manifest {manifest}"), code, expected);
    };
    fails(
        "no.json",
        4,
        "error: cannot read the manifest no.json: No such file or directory (os error 2)",
    );
    let none = "is no manifest, or damaged\nhint: a manifest is the file OUTPUT.tokenize.json that mask has written beside an output";
    for name in ["policy.yaml", "keyring.json", "in.parquet"] {
        fails(name, 2, &format!("error: {name}: {none}"));
    }
    let text = fs::read_to_string(desk.path(SIDE)).unwrap();
    fs::write(desk.path("edited.json"), text.replace("contact", "ssn")).unwrap();
    fails(
        "edited.json",
        2,
        "error: masked.parquet: the masking metadata has been edited, or was written with another keyring's key
hint: use the file as it was written, or give --manifest OUTPUT.tokenize.json (manifests in Python); where that is lost for good, remove what is left of the metadata and give --policy P",
    );
    desk.done("keyring create other.json --kms local:other.key");
    let other = UNMASK.replace("keyring.json", "other.json");
    desk.fails(
        &format!("{other} --manifest {SIDE}"),
        2,
        "error: masked.parquet: was masked with keyring kr-ID, not with kr-ID",
    );
}

#[test]
fn a_writer_file_stays_with_its_version() {
    let desk = desk();
    desk.done("keyring add keyring.json");
    desk.done("keyring promote keyring.json 2");
    desk.done("keyring export-writer keyring.json --out second.json");
    desk.done(&by_writer(MASK));
    desk.done(&MASK.replace("keyring.json", "second.json").replace("masked.parquet", "m2.parquet"));
    desk.done(UNMASK);
    assert_eq!(desk.read("clear.parquet"), desk.read("in.parquet"));
    let list = desk.done("keyring list keyring.json").stdout;
    let id = list.split_whitespace().nth(1).unwrap();
    desk.done(&format!("keyring destroy keyring.json 1 --confirm {id}"));
    desk.fails(
        &format!("{UNMASK} --force"),
        2,
        "error: version 1 of keyring kr-ID was destroyed
hint: its keys are gone; only a backup of the keyring file may still hold them",
    );
    desk.done(&format!("{} --force", UNMASK.replace("masked.parquet", "m2.parquet")));
    desk.fails(
        "keyring export-writer keyring.json --out third.json --version 1",
        2,
        "error: version 1 of keyring kr-ID was destroyed
hint: its keys are gone; only a backup of the keyring file may still hold them",
    );
}

const PSEUDONYM_NEEDS: &str = "the pseudonym root key (pseudonymize: id; equal values must give equal pseudonyms, so whoever makes them holds the key)";
const REVEAL_NEEDS: &str = "the reveal root key (tokenize: email, ssn, card, points; equal values must give equal tokens, so whoever makes them holds the key. encrypt: name; the keyring's own key makes the cells and opens them; key: output needs no such right)";

#[test]
fn a_mask_that_lacks_a_key_says_which_columns_need_it() {
    let desk = desk();
    desk.policy(&rules(&[]));
    desk.fails(
        &by_writer(MASK),
        2,
        &format!(
            "error: this is a writer file of keyring kr-ID: it makes data keys for `encrypt` with `key: output`, and nothing else
hint: mask needs {PSEUDONYM_NEEDS}, {REVEAL_NEEDS}; use the keyring file itself, where it may be used"
        ),
    );
    desk.done("keyring create split.json --kms local:pseudonym.key --reveal-kms local:reveal.key");
    let mask = MASK.replace("keyring.json", "split.json");
    for (kek, needs) in [("pseudonym.key", PSEUDONYM_NEEDS), ("reveal.key", REVEAL_NEEDS)] {
        fs::rename(desk.path(kek), desk.path("away.key")).unwrap();
        desk.fails(
            &mask,
            4,
            &format!(
                "error: KMS `local:{kek}`: the KEK file {kek} does not exist
hint: mask needs {needs}; restore it from its backup to {kek}: without it the keys cannot be unwrapped, on any machine that uses the keyring"
            ),
        );
        fs::rename(desk.path("away.key"), desk.path(kek)).unwrap();
    }
    // What is not needed may be missing.
    fs::remove_file(desk.path("reveal.key")).unwrap();
    desk.policy("  id: { action: pseudonymize, domain: person }\n  \"*\": { action: keep }\n");
    desk.done(&mask);
}
