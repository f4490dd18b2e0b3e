//! How fast values become tokens: whole columns, Arrow array in and Arrow array out, beside plain loops over the crates that others would use.
//!
//! ```text
//! cargo bench --bench token                 # all tables, some minutes
//! cargo bench --bench token -- 10000000     # the same with up to so many rows
//! ```
//!
//! Peers are a loop over the same array: the `fpe` crate for FF1, `hmac` with a cloned key state for pseudonyms, `aes-gcm-siv` for cells,
//! each writing into an Arrow builder. Ours and the peer take turns on one core; figures are medians, ratios medians of the ratios of
//! neighbours, in processor time where Linux tells it (threads by the clock). With `--once CASE ROWS` one column is masked once: for `benches/instructions.py`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its tables")]

#[path = "token/cases.rs"]
mod cases;
#[path = "token/peers.rs"]
mod peers;

use std::error::Error;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokenize_core::{Keyring, KeyringOptions, MaskPlan, Policy, Tokenizer};

use self::cases::{CASES, Case, KERNELS, Random};

const RUNS: usize = 7;
/// Values that a peer treats in each run: its speed does not depend on their number.
const PEER_ROWS: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("keyring.json");
    let bench = Bench {
        keyring: Keyring::create(
            &path,
            KeyringOptions::new("local:kek.key".parse()?, SystemTime::now().into()),
        )?,
        one: ThreadPoolBuilder::new().num_threads(1).build()?,
    };
    if let [once, case, rows] = arguments.as_slice()
        && once == "--once"
    {
        return bench.once(case, rows.parse()?);
    }
    let rows = arguments.first().map_or(Ok(1_000_000), |rows| rows.parse())?;
    bench.table("kernels: texts to texts, no nulls", KERNELS, rows.min(100_000), 0)?;
    bench.table("columns: 2 % nulls", CASES, rows.min(200_000), 2)?;
    bench.unmasking(rows.min(200_000))?;
    bench.sizes(rows)?;
    bench.dictionary(rows)?;
    bench.threads(rows)
}

struct Bench {
    keyring: Keyring,
    one: ThreadPool,
}

/// A column and what masks it.
struct Column {
    batch: RecordBatch,
    plan: MaskPlan,
    tokenizer: Tokenizer,
}

impl Column {
    fn new(keyring: &Keyring, case: &Case, column: ArrayRef) -> Result<Self, Box<dyn Error>> {
        let mut text = format!("version: 1\nname: bench\ncolumns:\n  c: {{ {} }}\n", case.rule);
        let mut columns = vec![("c", cast(&column, &case.kind.data_type())?, true)];
        if case.rule.contains("subject: subject") {
            text.push_str("  subject: { action: keep }\n");
            let subject = (0..column.len()).map(|row| Some((row / 10).to_string()));
            columns.push(("subject", Arc::new(subject.collect::<StringArray>()), true));
        }
        let batch = RecordBatch::try_from_iter_with_nullable(columns)?;
        let tokenizer = Tokenizer::new(Policy::from_text(&text)?, keyring)?;
        let plan = tokenizer.plan_mask(&batch.schema())?;
        Ok(Self { batch, plan, tokenizer })
    }

    fn mask(&self) -> RecordBatch {
        self.plan.mask(&self.batch).expect("the values fit the rule")
    }
}

impl Bench {
    fn once(&self, name: &str, rows: usize) -> Result<(), Box<dyn Error>> {
        let mut cases = CASES.iter().chain(KERNELS);
        let case = cases.find(|case| case.name == name).ok_or("no such case")?;
        let column = Column::new(&self.keyring, case, Arc::new(texts(case, rows, 0)))?;
        self.one.install(|| std::hint::black_box(column.mask()));
        Ok(())
    }

    fn table(
        &self,
        title: &str,
        cases: &[Case],
        rows: usize,
        nulls: usize,
    ) -> Result<(), Box<dyn Error>> {
        println!("\n{title}; {rows} rows, one core");
        println!("{:24} {:>12} {:>12} {:>8}  peer", "", "ours", "peer", "ratio");
        for case in cases {
            let values = texts(case, rows, nulls);
            let few = values.slice(0, rows.min(PEER_ROWS));
            let column = Column::new(&self.keyring, case, Arc::new(values))?;
            let mut runs = Vec::new();
            for _ in 0..RUNS {
                let ours = rows as f64 / self.one.install(|| seconds(|| column.mask()));
                let peer = case.peer.map(|peer| few.len() as f64 / seconds(|| peer.run(&few)));
                runs.push([ours, peer.unwrap_or(f64::NAN), peer.map_or(f64::NAN, |p| ours / p)]);
            }
            let [ours, peer, ratio] = medians(&runs);
            match case.peer {
                Some(name) => println!(
                    "{:24} {:8.2} M/s {:8.2} M/s {ratio:7.1}x  {name}",
                    case.name,
                    ours / 1e6,
                    peer / 1e6
                ),
                None => println!("{:24} {:8.2} M/s", case.name, ours / 1e6),
            }
        }
        Ok(())
    }

    fn unmasking(&self, rows: usize) -> Result<(), Box<dyn Error>> {
        println!("\nunmask; {rows} rows, one core");
        for case in CASES.iter().filter(|case| case.is_reversible) {
            let column = Column::new(&self.keyring, case, Arc::new(texts(case, rows, 2)))?;
            let masked = column.mask();
            let plan = column.tokenizer.plan_unmask(&masked.schema())?;
            let run = || seconds(|| plan.unmask(&masked).expect("they are tokens"));
            let runs: Vec<[f64; 1]> =
                (0..RUNS).map(|_| [rows as f64 / self.one.install(run)]).collect();
            println!("{:24} {:8.2} M/s", case.name, medians(&runs)[0] / 1e6);
        }
        Ok(())
    }

    fn sizes(&self, most: usize) -> Result<(), Box<dyn Error>> {
        println!("\nus_ssn by rows of a batch, one core");
        let case = case("us_ssn")?;
        for rows in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
            if rows > most {
                break;
            }
            let column = Column::new(&self.keyring, case, Arc::new(texts(case, rows, 2)))?;
            let times = (200_000 / rows).max(1);
            let run = || seconds(|| (0..times).for_each(|_| drop(column.mask())));
            let runs: Vec<[f64; 1]> =
                (0..RUNS).map(|_| [(rows * times) as f64 / self.one.install(run)]).collect();
            println!("{rows:24} {:8.2} M/s", medians(&runs)[0] / 1e6);
        }
        Ok(())
    }

    fn dictionary(&self, rows: usize) -> Result<(), Box<dyn Error>> {
        println!(
            "\ndigits, 1,000 distinct values in a dictionary beside distinct values; {rows} rows, one core"
        );
        let case = case("digits")?;
        let few = texts(case, 1_000, 0);
        let repeated: StringArray =
            (0..rows).map(|row| Some(few.value(row * 7_919 % 1_000))).collect();
        let encoded = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
        let encoded = Column::new(&self.keyring, case, cast(&repeated, &encoded)?)?;
        let plain = Column::new(&self.keyring, case, Arc::new(texts(case, rows, 0)))?;
        let run = |column: &Column| rows as f64 / self.one.install(|| seconds(|| column.mask()));
        let both = |_| {
            let (encoded, plain) = (run(&encoded), run(&plain));
            [encoded, plain, encoded / plain]
        };
        let runs: Vec<[f64; 3]> = (0..RUNS).map(both).collect();
        let [encoded, plain, ratio] = medians(&runs);
        println!("{:24} {:8.2} M/s {:8.2} M/s {ratio:7.1}x", "", encoded / 1e6, plain / 1e6);
        Ok(())
    }

    fn threads(&self, rows: usize) -> Result<(), Box<dyn Error>> {
        println!("\nus_ssn by threads; {rows} rows, equal columns");
        let case = case("us_ssn")?;
        let column = Column::new(&self.keyring, case, Arc::new(texts(case, rows, 2)))?;
        let expected = self.one.install(|| column.mask());
        for threads in [2, 7] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
            if pool.install(|| column.mask()) != expected {
                return Err("threads show in the result".into());
            }
            let both = |_| {
                let one = self.one.install(|| clock_seconds(|| column.mask()));
                let more = pool.install(|| clock_seconds(|| column.mask()));
                [rows as f64 / one, rows as f64 / more, one / more]
            };
            let runs: Vec<[f64; 3]> = (0..RUNS).map(both).collect();
            let [one, more, ratio] = medians(&runs);
            println!(
                "{threads:3} threads {:>12} {:8.2} M/s {:8.2} M/s {ratio:7.2}x",
                "",
                more / 1e6,
                one / 1e6
            );
        }
        Ok(())
    }
}

fn case(name: &str) -> Result<&'static Case, Box<dyn Error>> {
    CASES.iter().find(|case| case.name == name).ok_or_else(|| "no such case".into())
}

/// Made-up values from a fixed seed, of which so many in a hundred are null.
fn texts(case: &Case, rows: usize, nulls: usize) -> StringArray {
    let mut random = Random::new(case.name);
    let value = |row| (row % 100 >= nulls).then(|| (case.value)(&mut random));
    (0..rows).map(value).collect()
}

/// Seconds of this thread's processor time where Linux tells, which other programs do not lengthen; else of the clock.
fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let (clock, before) = (Instant::now(), processor_seconds());
    std::hint::black_box(work());
    match (before, processor_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    }
}

fn processor_seconds() -> Option<f64> {
    // Linux brings the figure up to date when a thread yields.
    std::thread::yield_now();
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(figures.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

fn clock_seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let clock = Instant::now();
    std::hint::black_box(work());
    clock.elapsed().as_secs_f64()
}

fn medians<const N: usize>(runs: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|place| {
        let mut figures: Vec<f64> = runs.iter().map(|run| run[place]).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    })
}
