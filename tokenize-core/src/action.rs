//! Actions carried out: one column in, one column out.
//!
//! [`Run`] is a [`Plan`] with its keys: made once, before the first batch, then applied to any number of batches from any number of
//! threads. What becomes of a value depends on nothing but the value, the step and the key (randomized `encrypt` apart), so batch
//! borders and threads never show in the output. The loop that all actions share (nulls, empty strings, values that do not fit,
//! dictionaries) is in `leaf`; each action has a file of its own.

mod apply;
mod canonical;
mod encrypt;
mod generalize;
mod leaf;
mod meter;
mod numbers;
mod part;
mod pseudonymize;
mod redact;
mod shift_date;
mod surrogate;
mod text;
mod texts;
mod tokenize;
mod truncate;

pub(crate) use self::apply::Losses;
pub(crate) use self::encrypt::{OpeningKeys, Probe, SealingKeys};
pub(crate) use self::meter::Metered;
pub(crate) use self::part::Part;
pub(crate) use self::text::{Dataset, DatasetBuilder, DatasetError};

#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::error::ArrowError;

use self::encrypt::By;
use self::numbers::TreatNumbers;
use self::shift_date::Shifts;
use self::texts::TreatTexts;
use crate::column::cell::{Cell, CellError, Value};
use crate::column::nest::Node;
use crate::column::value_type;
use crate::keys::{KeyError, Keyring, RootKey};
use crate::plan::{Direction, Plan, Step};
use crate::policy::{Action, CellKey, Mode};
use crate::process::NoThreads;
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

    /// The quick way of integers and days, where the action has one.
    fn numbers(&self) -> Option<&dyn TreatNumbers> {
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
    /// No threads to work in, after a fork.
    #[error(transparent)]
    NoThreads(#[from] NoThreads),
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
    /// Where in the output each column of the input stands.
    places: Vec<usize>,
    /// The column of the plan that each step belongs to.
    column_of_step: Vec<Option<usize>>,
    whole: Part,
}

/// What brings the cells of a leaf back before they are masked anew.
struct Reversal {
    treatment: Box<dyn Treat>,
    shifts: Option<Shifts>,
}

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
        let (places, column_of_step) = (places(&plan), column_of_step(&plan));
        let meters = plan.steps.iter().map(|_| meter::Meter::default()).collect();
        let (whole, sealing) = (Part::whole(&plan), keys.sealing);
        Ok(Self {
            plan,
            treatments,
            meters,
            shifts,
            reversals,
            sealing,
            places,
            column_of_step,
            whole,
        })
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
}

fn places(plan: &Plan) -> Vec<usize> {
    let mut next = 0;
    let place = |node: &Node| {
        let place = next;
        next += usize::from(!matches!(node, Node::Drop));
        place
    };
    plan.nodes.iter().map(place).collect()
}

fn column_of_step(plan: &Plan) -> Vec<Option<usize>> {
    let mut columns = vec![None; plan.steps.len()];
    for (i, column) in plan.columns.iter().enumerate() {
        if let Some(place) = column.step.and_then(|step| columns.get_mut(step)) {
            *place = Some(i);
        }
    }
    columns
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
