//! What the columns of a table hold: entities, free text, or neither.
//!
//! A [`Scanner`] takes batches and gives a [`ScanReport`]. It knows no policy, and forgets every value: a report holds counts, shares and
//! shapes. Memory is bounded by the number of columns and the size of the sample, whatever the number of rows.
//!
//! ```text
//! batch ─ leaves ─▶ entries ─▶ values ─▶ sample ─┬▶ what values look like ───────┐
//!                      │          │              ├▶ dealt out anew: chance ─────┤
//!                      │          └ full scan ───┴▶ search: what is found ──────┼▶ verdict
//!                      └ nulls, N/A: counted        the column's name ─▶ words ─┘
//! ```

mod chance;
mod distinct;
mod judge;
mod looks;
mod name;
mod report;
mod sample;
mod shapes;
mod tally;
mod values;
mod vocabulary;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ::arrow::array::{Array, RecordBatch};
use ::arrow::datatypes::{DataType, Schema};

pub(crate) use report::Percent;
pub use report::{
    Class, ColumnReport, Distinct, EntityShare, Reason, ScanReport, ValueShape, Verdict, Writing,
};
pub(super) use values::is_missing;

use super::arrow::text_of;
use super::table::Table;
use super::{DetectError, Detector, for_each_leaf};
use crate::column::cell::Cell;
use crate::column::{Leaf, leaves, value_type};
use crate::field::{FieldPath, Step};
use chance::{Chance, Lift};
use judge::{Facts, Siblings};
use looks::Look;
use name::NameEvidence;
use sample::{Random, Reservoir};
use tally::{EntityTally, Tally, share};
use values::{Entry, Texts, for_each_entry};

/// The entities that a column's name speaks for, the surest first.
pub(crate) fn entities_of_name(path: &FieldPath) -> Vec<String> {
    let table = &Detector::standard().table;
    let evidence = NameEvidence::of(path, table);
    let kinds = evidence.kinds.iter().filter_map(|(number, _)| vocabulary::KINDS.get(*number));
    let kinds = kinds.map(|kind| kind.entity.to_owned());
    let ours = table.kinds.iter().filter(|kind| kind.mask & evidence.entities != 0);
    let bare = evidence.bare_name.iter().map(|_| "PERSON".to_owned());
    kinds.chain(ours.map(|kind| kind.name.to_string())).chain(bare).collect()
}

/// How columns are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ScanOptions {
    /// How many values of each column are looked at, drawn uniformly from all batches; all of them if not said.
    pub sample: Option<usize>,
    /// What the drawing starts from: the same seed over the same batches draws the same values.
    pub seed: u64,
}

impl ScanOptions {
    /// Looks at so many values of each column.
    #[must_use]
    pub fn sample(self, values: usize) -> Self {
        Self { sample: Some(values), ..self }
    }
}

/// Scans batches of one table, or of tables that belong together: columns are joined by their paths.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, RecordBatch, StringArray};
/// use tokenize_core::{Detector, ScanOptions, Scanner};
///
/// let emails: ArrayRef = Arc::new(StringArray::from(vec!["a.b@mail.org", "c.d@mail.org", "N/A"]));
/// let batch = RecordBatch::try_from_iter([("contact", emails)]).unwrap();
/// let mut scanner = Scanner::new(Detector::standard(), ScanOptions::default());
/// scanner.push(&batch)?;
/// let report = scanner.finish();
/// assert_eq!(report.columns[0].verdict.class.name(), "EMAIL_ADDRESS");
/// # Ok::<(), tokenize_core::DetectError>(())
/// ```
#[derive(Debug)]
#[must_use = "a scan tells what it found when it is finished"]
pub struct Scanner {
    table: Arc<Table>,
    options: ScanOptions,
    /// The only columns that are looked at, masked or not; all that are not masked if none are named.
    only: Option<HashSet<FieldPath>>,
    rows: u64,
    columns: Vec<Column>,
    places: HashMap<FieldPath, usize>,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new(detector: &Detector, options: ScanOptions) -> Self {
        Self {
            table: detector.table.clone(),
            options,
            only: None,
            rows: 0,
            columns: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// One that looks at what a mask has left in some columns, and at no others: see [`Self::look_at`].
    pub(crate) fn of_masked(detector: &Detector, options: ScanOptions) -> Self {
        Self { only: Some(HashSet::new()), ..Self::new(detector, options) }
    }

    /// One more column for [`Self::of_masked`] to look at.
    pub(crate) fn look_at(&mut self, path: &FieldPath) {
        self.only.get_or_insert_default().insert(path.clone());
    }

    /// Takes in the columns of a schema, so that the report has them even if no batch comes.
    pub fn add_schema(&mut self, schema: &Schema) {
        for leaf in leaves(schema.fields()) {
            self.column(&leaf);
        }
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// [`DetectError::Arrow`] for arrays that do not hold together. Types that cannot be looked into are no error: the report says so.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<(), DetectError> {
        self.rows += batch.num_rows() as u64;
        for_each_leaf(batch, &mut |leaf, array, _| {
            if self.only.as_ref().is_some_and(|only| !only.contains(&leaf.path)) {
                return Ok(());
            }
            let table = self.table.clone();
            if let Some(column) = self.column(leaf) {
                column.push(&table, array.as_ref());
            }
            Ok(())
        })
    }

    /// Judges the columns. Every value is forgotten.
    #[must_use]
    pub fn finish(self) -> ScanReport {
        let names: Vec<NameEvidence> =
            self.columns.iter().map(|column| NameEvidence::of(&column.path, &self.table)).collect();
        let beside: Vec<Siblings> =
            self.columns.iter().map(|column| siblings(column, &self.columns, &names)).collect();
        let columns = self.columns.into_iter().zip(&names).zip(beside);
        let columns =
            columns.map(|((column, name), beside)| column.finish(&self.table, name, beside));
        ScanReport { rows: self.rows, columns: columns.collect() }
    }

    /// The column of a leaf, made if it is new.
    fn column(&mut self, leaf: &Leaf) -> Option<&mut Column> {
        let place = match self.places.get(&leaf.path) {
            Some(place) => *place,
            None => {
                let seed = self.options.seed ^ self.columns.len() as u64;
                let mut column = Column::new(leaf, &self.table, self.options.sample, seed);
                column.is_masked &= self.only.is_none();
                self.columns.push(column);
                self.places.insert(leaf.path.clone(), self.columns.len() - 1);
                self.columns.len() - 1
            }
        };
        let column = self.columns.get_mut(place)?;
        column.is_one_type &= column.data_type == *leaf.field.data_type();
        Some(column)
    }
}

/// One column of a scan.
#[derive(Debug)]
struct Column {
    path: FieldPath,
    data_type: DataType,
    is_one_type: bool,
    is_masked: bool,
    /// Whether some array had a type that cannot be looked into.
    is_closed: bool,
    rows: u64,
    nulls: u64,
    missing: u64,
    /// Entries of types that hold nothing to look for, such as truth values.
    mute: u64,
    /// The rest.
    values: u64,
    /// Whether the sample is all that is looked at.
    is_sampled: bool,
    sample: Reservoir,
    texts: Texts,
    tally: Tally,
}

impl Column {
    fn new(leaf: &Leaf, table: &Table, sample: Option<usize>, seed: u64) -> Self {
        Self {
            path: leaf.path.clone(),
            data_type: leaf.field.data_type().clone(),
            is_one_type: true,
            is_masked: leaf.field.metadata().contains_key(MASKED),
            is_closed: false,
            rows: 0,
            nulls: 0,
            missing: 0,
            mute: 0,
            values: 0,
            is_sampled: sample.is_some(),
            sample: Reservoir::new(sample.unwrap_or(SAMPLE_OF_ALL), seed),
            texts: Texts::default(),
            tally: Tally::new(table),
        }
    }

    fn push(&mut self, table: &Table, array: &dyn Array) {
        self.rows += array.len() as u64;
        if self.is_masked {
            return;
        }
        let is_open = for_each_entry(array, &mut |entry| match entry {
            Entry::Null => self.nulls += 1,
            Entry::Missing => self.missing += 1,
            Entry::Value(Cell::Bool(_) | Cell::Time(..)) => self.mute += 1,
            Entry::Value(cell) => {
                self.values += 1;
                let place = self.sample.draw();
                if self.is_sampled && place.is_none() {
                    return;
                }
                // Days beyond the calendar have no text, and are nothing to look for.
                let Some(text) = text_of(cell) else { return };
                if let Some(place) = place {
                    self.sample.put(place, text.trim());
                }
                if !self.is_sampled {
                    self.texts.push(&text);
                    if self.texts.is_full() {
                        self.tally.add(table, &self.texts);
                        self.texts.clear();
                    }
                }
            }
        });
        self.is_closed |= is_open.is_err();
    }

    fn finish(mut self, table: &Table, name: &NameEvidence, siblings: Siblings) -> ColumnReport {
        if self.is_sampled {
            for values in self.sample.kept().chunks(SAMPLE_OF_ALL) {
                let texts: Texts = values.iter().map(String::as_str).collect();
                self.tally.add(table, &texts);
            }
        } else {
            self.tally.add(table, &self.texts);
        }
        self.tally.add_looks(table, self.sample.kept());
        let chance = Chance::of(table, self.sample.kept(), &mut Random(SEED_OF_CHANCE));
        let values = self.values;
        let facts = Facts { table, tally: &self.tally, chance: &chance, name, siblings, values };
        let verdict = self.verdict(&facts);
        let entities = shares(&facts);
        let looked_at = self.tally.values;
        let looked = self.tally.looked();
        let told = |(shape, count)| ValueShape { shape, count, share: share(count, looked) };
        ColumnReport {
            path: self.path,
            data_type: self.data_type,
            is_one_type: self.is_one_type,
            rows: self.rows,
            nulls: self.nulls,
            missing: self.missing,
            values,
            looked_at,
            distinct: Distinct {
                count: self.tally.distinct.count(),
                is_exact: self.tally.distinct.is_exact(),
            },
            writing: Writing {
                iso_dates: self.tally.look(Look::IsoDate),
                plus: self.tally.look(Look::Plus),
                us_zips: self.tally.look(Look::ZipUs),
            },
            shapes: self.tally.shapes.commonest().into_iter().map(told).collect(),
            entities,
            verdict,
        }
    }

    fn verdict(&self, facts: &Facts<'_>) -> Verdict {
        if self.is_masked {
            return Verdict::none(1.0, vec![Reason::AlreadyMasked]);
        }
        if self.is_closed {
            return Verdict::none(0.0, vec![Reason::UnknownType]);
        }
        if matches!(value_type(&self.data_type), DataType::Null) {
            return Verdict::none(1.0, vec![Reason::NoValues]);
        }
        if self.mute > 0 && self.tally.values == 0 {
            return Verdict::none(1.0, vec![Reason::Type]);
        }
        judge::judge(facts)
    }
}

/// What was found, the commonest first.
fn shares(facts: &Facts<'_>) -> Vec<EntityShare> {
    let values = facts.tally.values;
    let found = facts.tally.entities.iter().zip(&facts.table.kinds).enumerate();
    let found = found.filter(|(_, (tally, _))| tally.whole > 0 || tally.inside > 0);
    let mut all: Vec<EntityShare> = found
        .map(|(number, (tally, kind)): (usize, (&EntityTally, _))| EntityShare {
            entity: kind.name.clone(),
            whole: share(tally.whole, values),
            sure: share(tally.sure, values),
            inside: share(tally.inside, values),
            score: share(tally.scores, tally.whole) / 100.0,
            best: best(tally, facts.chance.lift(number)),
            chance: facts.chance.lift(number).map(|lift| lift.chance),
            is_named: facts.name.entities & kind.mask != 0,
        })
        .collect();
    all.sort_by(|a, b| (b.whole + b.inside).total_cmp(&(a.whole + a.inside)));
    all
}

/// The best score of a finding; unsure values of which as many would pass by chance are none.
fn best(tally: &EntityTally, lift: Option<Lift>) -> f64 {
    let is_chance = lift.is_some_and(|lift| !lift.is_above && lift.chance > 0.0);
    let sure = if is_chance && tally.best_sure < CERTAIN { 0 } else { tally.best_sure };
    f64::from(sure.max(tally.best_inside)) / 100.0
}

/// What the columns beside one say by their names.
fn siblings(column: &Column, all: &[Column], names: &[NameEvidence]) -> Siblings {
    let parent = |path: &FieldPath| -> Vec<Step> {
        let steps = path.steps();
        steps.get(..steps.len().saturating_sub(1)).unwrap_or_default().to_vec()
    };
    let mut siblings = Siblings::default();
    for (other, name) in all.iter().zip(names) {
        if other.path != column.path && parent(&other.path) == parent(&column.path) {
            let (first, last) = judge::part_of_name(&name.kinds);
            siblings.has_first_name |= first;
            siblings.has_last_name |= last;
        }
    }
    siblings
}

/// Values drawn from a column of which all are looked at, to tell chance by.
const SAMPLE_OF_ALL: usize = 2_048;
const SEED_OF_CHANCE: u64 = 3;
/// The score from which a value is one, however many would be by chance, in percent.
const CERTAIN: u8 = 80;
/// The field metadata of a masked column (`docs/format.md`).
const MASKED: &str = "tokenize.action";

#[cfg(test)]
mod tests;
