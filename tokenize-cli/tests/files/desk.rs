//! [`Desk`]: a directory with a keyring, a policy and files in it, and the program at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

/// A directory to work in.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// A keyring and `in.parquet` with 20 people, and `policy.yaml` that masks them.
    pub(crate) fn new() -> Self {
        let desk = Self::without_files();
        desk.policy(&rules(&[]));
        desk.write("in.parquet", &people(20, 7));
        desk
    }

    /// A keyring alone.
    pub(crate) fn without_files() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.done("keyring create keyring.json --kms local:kek.key");
        desk
    }

    /// The desk of [`Desk::new`] with `masked.parquet`.
    pub(crate) fn masked() -> Self {
        let desk = Self::new();
        desk.done(MASK);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn policy(&self, rules: &str) {
        fs::write(self.path("policy.yaml"), format!("version: 1\nname: people\ncolumns:\n{rules}"))
            .unwrap();
    }

    pub(crate) fn write(&self, name: &str, batch: &RecordBatch) {
        self.write_as(name, batch, Compression::UNCOMPRESSED, usize::MAX);
    }

    /// Writes a file in a codec, with so many rows per row group.
    pub(crate) fn write_as(
        &self,
        name: &str,
        batch: &RecordBatch,
        codec: Compression,
        group: usize,
    ) {
        let properties = WriterProperties::builder()
            .set_compression(codec)
            .set_max_row_group_row_count(Some(group))
            .build();
        let file = File::create(self.path(name)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
    }

    pub(crate) fn open(&self, name: &str) -> ParquetRecordBatchReaderBuilder<File> {
        ParquetRecordBatchReaderBuilder::try_new(File::open(self.path(name)).unwrap()).unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> RecordBatch {
        let builder = self.open(name);
        let schema = builder.schema().clone();
        let reader: ParquetRecordBatchReader = builder.build().unwrap();
        let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
        concat_batches(&schema, &batches).unwrap()
    }

    /// Rewrites a file.
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(RecordBatch) -> RecordBatch) {
        let batch = change(self.read(name));
        self.write(name, &batch);
    }

    /// Rewrites a file without any word of what was done to it.
    pub(crate) fn strip(&self, name: &str) {
        self.edit(name, |batch| with_schema(&batch, Schema::new(plain_fields(&batch))));
    }

    pub(crate) fn run(&self, args: &str) -> Outcome {
        let mut command = Command::new(PROGRAM);
        Outcome::of(
            command
                .current_dir(self.0.path())
                .args(args.split_whitespace())
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    }

    /// Runs a command in a shell that calls the program `tokenize`.
    pub(crate) fn shell(&self, script: &str) -> Outcome {
        let mut command = Command::new("sh");
        let script = script.replace("tokenize", PROGRAM);
        Outcome::of(
            command
                .current_dir(self.0.path())
                .args(["-c", &script])
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    }

    /// Runs a command that must succeed; gives what it said.
    pub(crate) fn done(&self, args: &str) -> Outcome {
        let outcome = self.run(args);
        assert_eq!(outcome.code, Some(0), "{args}\n{}", outcome.stderr);
        self.assert_no_value_in(&outcome);
        outcome
    }

    /// Runs a command that must end with `code` and say `expected` on stderr, print nothing, show no value and leave the
    /// directory as it was.
    pub(crate) fn fails(&self, args: &str, code: i32, expected: &str) {
        let before = self.snapshot();
        let outcome = self.run(args);
        self.judge(&outcome, code, expected);
        assert!(self.snapshot() == before, "{args}: files have changed");
    }

    /// As [`Self::fails`], through a shell.
    pub(crate) fn fails_in_shell(&self, script: &str, code: i32, expected: &str) {
        let before = self.snapshot();
        let outcome = self.shell(script);
        self.judge(&outcome, code, expected);
        assert!(self.snapshot() == before, "{script}: files have changed");
    }

    fn judge(&self, outcome: &Outcome, code: i32, expected: &str) {
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(code), ""), "{}", outcome.stderr);
        assert_eq!(without_ids(&outcome.stderr).trim_end(), expected.trim(), "stderr");
        self.assert_no_value_in(outcome);
    }

    /// No cell of any file on the desk may be seen in what the program says.
    pub(crate) fn assert_no_value_in(&self, outcome: &Outcome) {
        for value in self.values() {
            let said = [&outcome.stdout, &outcome.stderr];
            assert!(
                said.iter().all(|text| !text.contains(&value)),
                "a value is shown: {value}\n{}{}",
                outcome.stdout,
                outcome.stderr
            );
        }
    }

    fn values(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (name, _) in self.snapshot().iter().filter(|(name, _)| name.ends_with(".parquet")) {
            // What cannot be read is a damaged copy of a file that can.
            let Ok(builder) =
                ParquetRecordBatchReaderBuilder::try_new(File::open(self.path(name)).unwrap())
            else {
                continue;
            };
            let Ok(reader) = builder.build() else { continue };
            for batch in reader.map_while(Result::ok) {
                batch.columns().iter().for_each(|column| add_values(column, &mut found));
            }
        }
        found
    }

    /// Whether a file holds these bytes anywhere.
    pub(crate) fn has_bytes(&self, name: &str, bytes: &[u8]) -> bool {
        fs::read(self.path(name)).unwrap().windows(bytes.len()).any(|window| window == bytes)
    }

    /// Every file and directory, with its content.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.0.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.0.path()).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    open.push(path);
                    found.insert(format!("{name}/"), Vec::new());
                } else {
                    found.insert(name, fs::read(path).unwrap());
                }
            }
        }
        found
    }
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    fn of(output: Output) -> Self {
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Self { code: output.status.code(), stdout, stderr }
    }
}

fn add_values(column: &ArrayRef, found: &mut BTreeSet<String>) {
    let Ok(texts) = cast(column, &DataType::Utf8) else { return };
    let texts = texts.as_any().downcast_ref::<StringArray>().unwrap();
    for text in texts.iter().flatten() {
        let parts = [text, text.split('@').next().unwrap_or_default()];
        // Shorter ones may be in any sentence.
        found.extend(
            parts
                .iter()
                .filter(|part| part.len() >= 6 && **part != "[REDACTED]")
                .map(|part| (*part).to_owned()),
        );
    }
}

/// Messages with `kr-ID` for the ids of keyrings.
fn without_ids(text: &str) -> String {
    let mut parts = text.split("kr-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        all + "kr-ID" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

/// The rules for [`people`], `changed` ones and added ones by their names.
pub(crate) fn rules(changed: &[(&str, &str)]) -> String {
    let mut rules = vec![
        ("id", "{ action: pseudonymize, domain: person }"),
        ("email", "{ action: tokenize, format: email }"),
        ("ssn", "{ action: tokenize, format: us_ssn }"),
        ("card", "{ action: tokenize, format: pan }"),
        ("name", "{ action: encrypt }"),
        ("points", "{ action: tokenize, format: integer, range: [0, 99999999], domain: points }"),
        ("amount", "{ action: keep }"),
    ];
    for (name, rule) in changed {
        match rules.iter_mut().find(|known| known.0 == *name) {
            Some(known) => known.1 = rule,
            None => rules.push((name, rule)),
        }
    }
    rules
        .iter()
        .filter(|rule| !rule.1.is_empty())
        .map(|(name, rule)| format!("  {name}: {rule}\n"))
        .collect()
}

/// Rules of which every one can be reversed.
pub(crate) fn reversible() -> String {
    rules(&[("id", "{ action: tokenize, format: alphanumeric, domain: person }")])
}

/// People who do not exist; every cell is unique, and nothing like it is anywhere else.
pub(crate) fn people(rows: usize, seed: u64) -> RecordBatch {
    let mut dice = Dice(seed);
    let mut texts = |make: &dyn Fn(&mut Dice) -> String| -> ArrayRef {
        Arc::new((0..rows).map(|_| Some(make(&mut dice))).collect::<StringArray>())
    };
    let id = texts(&|dice| dice.letters(18));
    let email = texts(&|dice| format!("{}.{}@example.com", dice.letters(8), dice.letters(9)));
    let ssn = texts(&|dice| {
        format!(
            "{:03}-{:02}-{:04}",
            100 + dice.below(500),
            1 + dice.below(99),
            1 + dice.below(9999)
        )
    });
    let card = texts(&|dice| card(4_000_000_000_000_000 / 10 + dice.below(99_999_999_999_999)));
    let name = texts(&|dice| format!("{} {}", dice.letters(9), dice.letters(11)));
    let points: Int64Array =
        (0..rows).map(|_| Some((10_000_000 + dice.below(89_999_999)) as i64)).collect();
    let amount: Float64Array =
        (0..rows).map(|_| Some(dice.below(1 << 52) as f64 / 1024.0)).collect();
    let columns = [("id", id), ("email", email), ("ssn", ssn), ("card", card), ("name", name)];
    let numbers: [(&str, ArrayRef); 2] =
        [("points", Arc::new(points)), ("amount", Arc::new(amount))];
    RecordBatch::try_from_iter(columns.into_iter().chain(numbers)).unwrap()
}

/// The card number of 15 digits with its check digit.
fn card(payload: u64) -> String {
    let text = payload.to_string();
    let digits = text.bytes().rev().map(|b| u32::from(b - b'0')).enumerate();
    let sum: u32 = digits.map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { d }).sum();
    format!("{text}{}", (10 - sum % 10) % 10)
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn letters(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap())).collect()
    }
}

/// The batch with one column replaced.
pub(crate) fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let at = batch.schema().index_of(name).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[at] = column;
    let schema = batch.schema();
    let mut fields: Vec<_> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields[at] = fields[at].clone().with_data_type(columns[at].data_type().clone());
    RecordBatch::try_new(
        Schema::new_with_metadata(fields, schema.metadata().clone()).into(),
        columns,
    )
    .unwrap()
}

/// The batch with `change` made to its texts of one column.
pub(crate) fn with_texts(
    batch: &RecordBatch,
    name: &str,
    change: impl Fn(usize, &str) -> String,
) -> RecordBatch {
    let texts = batch.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().unwrap();
    let changed: StringArray =
        texts.iter().enumerate().map(|(i, text)| text.map(|text| change(i, text))).collect();
    with_column(batch, name, Arc::new(changed))
}

pub(crate) fn with_schema(batch: &RecordBatch, schema: Schema) -> RecordBatch {
    RecordBatch::try_new(schema.into(), batch.columns().to_vec()).unwrap()
}

fn plain_fields(batch: &RecordBatch) -> Vec<arrow::datatypes::Field> {
    let schema = batch.schema();
    schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_metadata(Default::default()))
        .collect()
}

pub(crate) fn has_column(path: &Path, name: &str) -> bool {
    let file = File::open(path).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .schema()
        .column_with_name(name)
        .is_some()
}

pub(crate) const MASK: &str =
    "mask in.parquet --policy policy.yaml --keyring keyring.json --out masked.parquet";

pub(crate) const UNMASK: &str = "unmask masked.parquet --keyring keyring.json --out clear.parquet";

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tokenize");
