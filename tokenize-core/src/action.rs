//! Actions carried out: one column in, one column out.
//!
//! [`Run`] is a [`Plan`] with its keys: made once, before the first batch, then applied to any number of batches from any number of
//! threads. What becomes of a value depends on nothing but the value, the step and the key (randomized `encrypt` apart), so batch
//! borders and threads never show in the output. The loop that all actions share (nulls, empty strings, values that do not fit,
//! dictionaries) is in `leaf`; each action has a file of its own.

mod canonical;
mod encrypt;
mod generalize;
mod leaf;
mod meter;
mod pseudonymize;
mod redact;
mod shift_date;
mod surrogate;
mod text;
mod texts;
mod tokenize;
mod truncate;

pub(crate) use self::encrypt::{OpeningKeys, Probe, SealingKeys};
pub(crate) use self::meter::Metered;
pub(crate) use self::text::{Dataset, DatasetBuilder, DatasetError};

#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::error::ArrowError;
use rayon::prelude::*;

use self::encrypt::By;
use self::shift_date::{Shifts, descend, leaf_of};
use self::texts::TreatTexts;
use crate::column::cell::{Cell, CellError, Value};
use crate::column::nest::{Node, Rows, rebuild};
use crate::column::value_type;
use crate::field::FieldPath;
use crate::keys::{KeyError, Keyring, RootKey};
use crate::manifest::Lost;
use crate::plan::{Direction, Plan, Step};
use crate::policy::{Action, CellKey, Mode};
use crate::secret::RandomnessUnavailable;

/// What one kind of action does to the cells of a leaf. Implemented once per action; called by `leaf` only.
trait Treat: Send + Sync {
    /// One result per cell. No cell is null or empty. `shifts` goes with `cells` for a `shift_date` and is empty otherwise.
    fn treat(
        &self,
        cells: &[Cell<'_>],
        shifts: &[Option<i64>],
    ) -> Result<Vec<Treated>, ActionError>;

    /// As [`Self::treat`], with what the rows of the cells hold in other columns.
    fn treat_in_rows(
        &self,
        cells: &[Cell<'_>],
        shifts: &[Option<i64>],
        _: text::Rows<'_>,
    ) -> Result<Vec<Treated>, ActionError> {
        self.treat(cells, shifts)
    }

    /// How many tags in texts have stayed, as nothing says that they are genuine.
    fn left_tags(&self) -> u64 {
        0
    }

    /// The quick way of texts, where the action has one.
    fn texts(&self) -> Option<&dyn TreatTexts> {
        None
    }

    /// Whether equal cells give equal values, so that a dictionary can be treated entry by entry.
    fn is_function_of_cell(&self) -> bool {
        true
    }
}

type Treated = Result<Value, Reason>;

/// Why a value does not fit. Says nothing that depends on the value but its domain's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Not a cell of this keyring, domain and type, or altered; which, is not told.
    #[error("cannot be decrypted: altered, or encrypted under another key, domain or type")]
    Cell,
    /// A cell of `key: output` whose data key is in no manifest at hand.
    #[error("is under a data key that no manifest at hand tells of")]
    DataKey,
    /// The format's domain has too few values of this shape.
    #[error("has one of only {size} possible values of its shape; at least 1000000 are needed")]
    DomainSize {
        /// The number of values.
        size: u32,
    },
    /// It is not a value (or token) of the format.
    #[error("does not fit the format")]
    Format,
    /// The result is not representable in the column's type.
    #[error("gives a result outside the range of its type")]
    Range,
    /// The subject of a `shift_date` is null or empty.
    #[error("has no subject")]
    Subject,
}

/// Why a batch could not be treated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// Arrow refused to take a column apart or to put it together.
    #[error("column {path}: Arrow refused the column's structure")]
    Arrow {
        /// The column.
        path: String,
    },
    /// The batch has another schema than the plan.
    #[error("the batch does not have the schema that the plan was made for")]
    BatchSchema,
    /// An array could not be read or built.
    #[error("column {path}: {source}")]
    Column {
        /// The column.
        path: String,
        /// Why.
        source: CellError,
    },
    /// A value does not fit, and `on_invalid` is `fail`.
    #[error("column {path}, row {row}: a value {reason}")]
    Invalid {
        /// The column.
        path: String,
        /// The row, counted from 0 over the whole input.
        row: u64,
        /// Why.
        reason: Reason,
    },
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// More cells than one data key may encrypt.
    #[error(
        "column {path}: 2^32 cells under one data key is the limit; make another plan for further batches"
    )]
    KeyExhausted {
        /// The column.
        path: String,
    },
    /// No randomness for nonces.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// Data is to be masked under a data key whose wrapped form nobody has taken yet (misuse).
    #[error(
        "column {path}: `encrypt` with `key: output` needs a place for the wrapped data key: the manifest of the plan has not been taken"
    )]
    Unpublished {
        /// The column.
        path: String,
    },
}

impl From<ArrowError> for ActionError {
    /// Arrow's own texts may quote values, so nothing of them is kept.
    fn from(_: ArrowError) -> Self {
        Self::Arrow { path: String::new() }
    }
}

impl ActionError {
    fn at(self, name: &str) -> Self {
        match self {
            Self::Arrow { path } if path.is_empty() => Self::Arrow { path: name.to_owned() },
            other => other,
        }
    }
}

/// Where the keys of a plan come from.
struct Keys<'a> {
    keyring: &'a Keyring,
    opening: OpeningKeys,
    sealing: Arc<SealingKeys>,
    /// What a first pass over the dataset has found, if there was one.
    dataset: Option<Arc<Dataset>>,
}

/// A plan with its keys.
pub(crate) struct Run {
    plan: Plan,
    /// One for each step.
    treatments: Vec<Box<dyn Treat>>,
    /// One for each step.
    meters: Vec<meter::Meter>,
    shifts: Vec<Option<Shifts>>,
    /// One for each step of a remask; else empty.
    reversals: Vec<Reversal>,
    sealing: Arc<SealingKeys>,
}

/// What brings the cells of a leaf back before they are masked anew.
struct Reversal {
    treatment: Box<dyn Treat>,
    shifts: Option<Shifts>,
}

/// What steps take from other columns: the days by which each row's dates move, and values to look for in texts.
#[derive(Default)]
struct Moves {
    forth: Vec<Option<Days>>,
    /// By which they have moved before a remask.
    back: Vec<Option<Days>>,
    /// For each step that looks for what other columns hold: those columns.
    known: Vec<Vec<ArrayRef>>,
}

/// By rows; `None` where there is no subject.
type Days = Vec<Option<i64>>;

impl Run {
    /// Unwraps the keys that the plan uses and derives every subkey.
    ///
    /// # Errors
    /// [`ActionError::Key`] if the keyring or its KMS refuses, [`ActionError::Randomness`].
    pub(crate) fn mask(
        plan: Plan,
        keyring: &Keyring,
        dataset: Option<Dataset>,
    ) -> Result<Self, ActionError> {
        let sealing = SealingKeys::new(&plan, keyring)?;
        Self::new(plan, keyring, OpeningKeys::default(), sealing, dataset)
    }

    /// As [`Self::mask`], for a remask; `data_keys` are those of the `key: output` cells that it masks anew.
    pub(crate) fn remask(
        plan: Plan,
        keyring: &Keyring,
        data_keys: OpeningKeys,
    ) -> Result<Self, ActionError> {
        let sealing = SealingKeys::new(&plan, keyring)?;
        Self::new(plan, keyring, data_keys, sealing, None)
    }

    /// As [`Self::mask`], for an unmask; `data_keys` are those of `key: output` cells.
    pub(crate) fn unmask(
        plan: Plan,
        keyring: &Keyring,
        data_keys: OpeningKeys,
    ) -> Result<Self, ActionError> {
        Self::new(plan, keyring, data_keys, SealingKeys::none(keyring), None)
    }

    fn new(
        plan: Plan,
        keyring: &Keyring,
        opening: OpeningKeys,
        sealing: SealingKeys,
        dataset: Option<Dataset>,
    ) -> Result<Self, ActionError> {
        let dataset = dataset.map(Arc::new);
        let keys = Keys { keyring, opening, sealing: Arc::new(sealing), dataset };
        let treatments = plan
            .steps
            .iter()
            .map(|step| treatment(step, plan.direction, &keys))
            .collect::<Result<_, _>>()?;
        let shifts =
            plan.steps.iter().map(|step| Shifts::new(step, keyring)).collect::<Result<_, _>>()?;
        let reversal = |step| -> Result<_, ActionError> {
            let treatment = treatment(step, Direction::Unmask, &keys)?;
            Ok(Reversal { treatment, shifts: Shifts::new(step, keyring)? })
        };
        let reversals = plan.reversed.iter().map(reversal).collect::<Result<_, _>>()?;
        let meters = plan.steps.iter().map(|_| meter::Meter::default()).collect();
        Ok(Self { plan, treatments, meters, shifts, reversals, sealing: keys.sealing })
    }

    /// The data keys that it seals under.
    pub(crate) fn sealing(&self) -> &SealingKeys {
        &self.sealing
    }

    /// How many tags in the texts of a step have stayed.
    pub(crate) fn left_tags(&self, step: usize) -> u64 {
        self.treatments.get(step).map_or(0, |treatment| treatment.left_tags())
    }

    /// What a step took so far.
    pub(crate) fn metered(&self, step: usize) -> Metered {
        self.meters.get(step).map(meter::Meter::read).unwrap_or_default()
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Treats one batch. `first_row` is the row that the batch starts at, for messages.
    ///
    /// Returns what each column of the plan lost. Columns run in parallel; the first error in column order is the one returned.
    pub(crate) fn apply(
        &self,
        batch: &RecordBatch,
        first_row: u64,
    ) -> Result<(RecordBatch, Vec<Lost>), ActionError> {
        if batch.schema_ref().fields() != self.plan.input.fields() {
            return Err(ActionError::BatchSchema);
        }
        let mut moves = Moves { known: self.known(batch)?, ..Moves::default() };
        let early = self.columns(batch, first_row, &moves)?;
        [moves.forth, moves.back] = self.moves(batch, first_row, &early)?;
        let late = if moves.forth.iter().all(Option::is_none) {
            None
        } else {
            Some(self.columns(batch, first_row, &moves)?)
        };
        let mut lost = vec![Lost::default(); self.plan.steps.len()];
        let mut arrays = Vec::with_capacity(early.len());
        for (i, column) in early.into_iter().enumerate() {
            let column = match &late {
                Some(late) if self.is_shifted(i) => &late[i],
                _ => &column,
            };
            let Some((array, column_lost)) = column else { continue };
            arrays.push(array.clone());
            for (step, more) in column_lost {
                lost[*step].add(*more);
            }
        }
        for extra in &self.plan.extra {
            let source = leaf_of(batch, &extra.source).ok_or(ActionError::BatchSchema)?;
            let (array, more) =
                self.task(extra.step, &moves, first_row).run(&source, &Rows::Same)?;
            arrays.push(array);
            lost[extra.step].add(more);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let output = RecordBatch::try_new_with_options(self.plan.output.clone(), arrays, &options)?;
        let by_column = self
            .plan
            .columns
            .iter()
            .map(|column| column.step.map(|step| lost[step]).unwrap_or_default());
        Ok((output, by_column.collect()))
    }

    /// The output columns: those without shifted leaves while there are no `moves` yet, then the others.
    fn columns(
        &self,
        batch: &RecordBatch,
        first_row: u64,
        moves: &Moves,
    ) -> Result<Vec<Option<Column>>, ActionError> {
        let fields = self.plan.output.fields();
        let outputs = (0..self.plan.nodes.len()).scan(0, |next, i| {
            let at = *next;
            *next += usize::from(!matches!(self.plan.nodes[i], Node::Drop));
            Some(at)
        });
        let outputs: Vec<usize> = outputs.collect();
        let column = |i: usize| -> Result<Option<Column>, ActionError> {
            let node = &self.plan.nodes[i];
            let is_late = self.is_shifted(i);
            if matches!(node, Node::Drop) || is_late == moves.forth.is_empty() {
                return Ok(None);
            }
            let field = &fields[outputs[i]];
            let mut lost = Vec::new();
            let array =
                rebuild(node, field, batch.column(i), &Rows::Same, &mut |step, array, rows| {
                    let (array, more) = self.task(step, moves, first_row).run(array, rows)?;
                    lost.push((step, more));
                    Ok::<_, ActionError>(array)
                });
            Ok(Some((array.map_err(|error| error.at(field.name()))?, lost)))
        };
        let columns: Vec<_> = (0..self.plan.nodes.len()).into_par_iter().map(column).collect();
        columns.into_iter().collect()
    }

    /// Whether a column holds a leaf that waits for its subject.
    fn is_shifted(&self, column: usize) -> bool {
        fn any(node: &Node, shifted: &dyn Fn(usize) -> bool) -> bool {
            match node {
                Node::Leaf(step) => shifted(*step),
                Node::Fields(nodes) => nodes.iter().any(|node| any(node, shifted)),
                Node::Element(node) => any(node, shifted),
                Node::Entries(both) => any(&both.0, shifted) || any(&both.1, shifted),
                Node::Drop | Node::Keep => false,
            }
        }
        any(&self.plan.nodes[column], &|step| self.shifts[step].is_some())
    }

    /// What is done to one leaf.
    fn task<'a>(&'a self, number: usize, moves: &'a Moves, first_row: u64) -> leaf::Task<'a> {
        let days = |moves: &'a [Option<Days>]| moves.get(number).and_then(Option::as_deref);
        let reversal = self.reversals.get(number).map(|reversal| leaf::Task {
            step: &self.plan.reversed[number],
            treat: reversal.treatment.as_ref(),
            shifts: days(&moves.back),
            known: &[],
            reversal: None,
            meter: None,
            first_row,
        });
        leaf::Task {
            step: &self.plan.steps[number],
            treat: self.treatments[number].as_ref(),
            shifts: days(&moves.forth),
            known: moves.known.get(number).map(Vec::as_slice).unwrap_or_default(),
            reversal: reversal.map(Box::new),
            meter: self.meters.get(number),
            first_row,
        }
    }

    /// The days by which the dates of a batch move.
    fn moves(
        &self,
        batch: &RecordBatch,
        first_row: u64,
        early: &[Option<Column>],
    ) -> Result<[Vec<Option<Days>>; 2], ActionError> {
        let forth = |shifts: &Option<Shifts>| {
            let Some(shifts) = shifts else { return Ok(None) };
            let subject = match self.plan.direction {
                Direction::Mask => match masked_leaf(&shifts.subject, self, early) {
                    None => self.masked_sibling(batch, first_row, &shifts.subject)?,
                    found => found,
                },
                Direction::Unmask => leaf_of(batch, &shifts.subject),
            };
            let subject = subject.ok_or(ActionError::BatchSchema)?;
            shifts.by_row(&subject, self.plan.direction).map(Some)
        };
        let back = |reversal: &Reversal| {
            let Some(shifts) = &reversal.shifts else { return Ok(None) };
            let subject = leaf_of(batch, &shifts.subject).ok_or(ActionError::BatchSchema)?;
            shifts.by_row(&subject, Direction::Unmask).map(Some)
        };
        let forth = self.shifts.iter().map(forth).collect::<Result<_, _>>()?;
        Ok([forth, self.reversals.iter().map(back).collect::<Result<_, _>>()?])
    }

    /// The columns whose values each step looks for in its texts.
    fn known(&self, batch: &RecordBatch) -> Result<Vec<Vec<ArrayRef>>, ActionError> {
        let of_step = |step: &Step| {
            let Action::Text(text) = &step.action else { return Ok(Vec::new()) };
            let known = text.known.iter().map(|known| &known.path);
            let paths: Vec<&FieldPath> = match self.plan.direction {
                Direction::Mask => known.collect(),
                Direction::Unmask => text.spans.iter().collect(),
            };
            let columns = paths.into_iter().map(|path| {
                let leaf = leaf_of(batch, path).ok_or(ActionError::BatchSchema)?;
                Ok(cast(&leaf, value_type(leaf.data_type()))?)
            });
            columns.collect()
        };
        self.plan.steps.iter().map(of_step).collect()
    }

    /// The masked array of a subject in a column that itself waits for its shifts: the leaf alone is treated ahead.
    fn masked_sibling(
        &self,
        batch: &RecordBatch,
        first_row: u64,
        path: &FieldPath,
    ) -> Result<Option<ArrayRef>, ActionError> {
        let clear = leaf_of(batch, path);
        let number = self
            .plan
            .columns
            .iter()
            .find(|column| column.path == *path)
            .and_then(|column| column.step);
        match (clear, number) {
            (Some(clear), Some(number)) => {
                let no_moves = Moves::default();
                // It is counted where it is treated as a column.
                let task = leaf::Task { meter: None, ..self.task(number, &no_moves, first_row) };
                Ok(Some(task.run(&clear, &Rows::Same)?.0))
            }
            (clear, _) => Ok(clear),
        }
    }
}

type Column = (ArrayRef, Vec<(usize, Lost)>);

/// The masked array of a subject: the output column that holds it, taken apart down to the leaf.
fn masked_leaf(path: &FieldPath, run: &Run, early: &[Option<Column>]) -> Option<ArrayRef> {
    let [crate::field::Step::Name(name), inner @ ..] = path.steps() else { return None };
    let column = run.plan.input.fields().iter().position(|field| field.name() == name)?;
    let (array, _) = early.get(column)?.as_ref()?;
    descend(array.clone(), inner)
}

fn treatment(
    step: &Step,
    direction: Direction,
    keys: &Keys<'_>,
) -> Result<Box<dyn Treat>, ActionError> {
    let root = || root_of(step, keys.keyring);
    let missing_key = || ActionError::Column {
        path: step.path.to_string(),
        source: CellError::Unsupported { data_type: value_type(&step.from).to_string() },
    };
    Ok(match (&step.action, direction) {
        (Action::Tokenize { domain, format }, _) => {
            let key = root()?.ok_or_else(missing_key)?;
            Box::new(tokenize::Tokens::new(&key, format, domain, &step.to, direction))
        }
        (Action::Encrypt { domain, mode, output, key }, Direction::Mask) => {
            let (domain, logical) =
                (domain.as_deref().unwrap_or_default(), step.logical.ok_or_else(missing_key)?);
            let (version, _) = step.key.ok_or_else(missing_key)?;
            let by = match (mode, key) {
                (Mode::Deterministic, _) => By::value(&root()?.ok_or_else(missing_key)?, domain),
                (_, CellKey::Keyring) => By::keyring(keys.sealing.clone(), version),
                (_, CellKey::Output) => By::output(keys.sealing.clone(), version),
            };
            let path = step.path.to_string();
            Box::new(encrypt::Sealing::new(by, domain, *output, logical, path))
        }
        (Action::Encrypt { domain, key, .. }, Direction::Unmask) => {
            let (domain, logical) =
                (domain.as_deref().unwrap_or_default(), step.logical.ok_or_else(missing_key)?);
            let (keyring, data_keys) = (keys.keyring.clone(), keys.opening.clone());
            Box::new(encrypt::Opening::new(keyring, data_keys, *key, domain, logical, &step.to))
        }
        (Action::Pseudonymize { domain, output }, _) => {
            let key = root()?.ok_or_else(missing_key)?;
            Box::new(pseudonymize::Pseudonyms::new(&key, domain, *output, &step.to))
        }
        (Action::Surrogate { domain, kind, locale }, _) => {
            let key = root()?.ok_or_else(missing_key)?;
            Box::new(surrogate::Surrogates::new(&key, domain, *kind, *locale))
        }
        (Action::Redact { with }, _) => Box::new(redact::Constant::new(with.as_deref(), &step.to)),
        (Action::Text(text), Direction::Mask) => Box::new(text::Masking::new(step, text, keys)?),
        (Action::Text(text), Direction::Unmask) => {
            Box::new(text::Restoring::new(step, text, keys)?)
        }
        (Action::Truncate { fill, first, last }, _) => {
            Box::new(truncate::Truncation::new(*fill, *first, *last))
        }
        (Action::Generalize(how), _) => Box::new(generalize::Coarser::new(how.clone(), &step.to)),
        (Action::ShiftDate { .. }, _) => Box::new(shift_date::Shifting::new(&step.to)),
        _ => return Err(missing_key()),
    })
}

/// The root key of a step, if it takes one.
fn root_of(step: &Step, keyring: &Keyring) -> Result<Option<RootKey>, KeyError> {
    let root = step.key.and_then(|(version, power)| Some((version, power.root()?)));
    root.map(|(version, root)| keyring.unwrap_root(version, root)).transpose()
}

/// The text that stands for a value that was redacted.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// Whether a text that happens to be [`REDACTED`] must count as a redacted value in this step.
fn is_redacted_text(step: &Step, cell: &Cell<'_>) -> bool {
    step.has_redacted && *cell == Cell::Text(REDACTED)
}
