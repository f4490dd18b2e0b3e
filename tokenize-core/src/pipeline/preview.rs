//! The first rows of a file as they would be masked: for people, before anything is written.

use std::path::Path;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde::Serialize;

use super::file::{dataset, open};
use super::{FileOptions, Tokenizer, facts};
use crate::action::ActionError;
use crate::error::Error;
use crate::keys::Power;
use crate::plan::Plan;

/// The first rows of an output, as texts. Of what is masked it holds tokens only; what the policy keeps is in clear, as it is in the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// The columns of the output.
    pub columns: Vec<PreviewColumn>,
}

/// One column of a [`Preview`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreviewColumn {
    /// Its name.
    pub column: String,
    /// Its values; `None` for null. Where it is encrypted under a data key of the output, which only a run makes, a word that says so.
    pub values: Vec<Option<String>>,
}

impl Preview {
    /// How many rows are shown.
    pub const ROWS: usize = 10;

    /// What stands for values that are encrypted under a data key of the output.
    pub const UNDER_DATA_KEY: &str = "(encrypted)";
}

/// Masks the first rows of a file, in memory. Root keys are used, data keys are not made, and nothing is written. `None` for what can be read only once.
///
/// # Errors
/// Any [`Error`]; a value in these rows that does not fit is one.
pub fn preview_file(
    tokenizer: &Tokenizer,
    input: &Path,
    options: &FileOptions,
    rows: usize,
) -> Result<Option<Preview>, Error> {
    let source = open(input, &options.read)?;
    if source.is_stream() {
        return Ok(None);
    }
    let of_texts = tokenizer.for_texts(&source);
    let tokenizer = of_texts.as_ref().unwrap_or(tokenizer);
    let schema = source.schema();
    let whole = Plan::mask(&tokenizer.policy, &schema, &facts(&tokenizer.keyring))?;
    let output = whole.output.clone();
    let under_data_key: Vec<_> = whole
        .steps
        .iter()
        .filter(|step| matches!(step.key, Some((_, Power::DataKey))))
        .map(|step| step.path.clone())
        .collect();
    let policy = tokenizer.policy.with_dropped(&under_data_key);
    let tokenizer = Tokenizer { policy, keyring: tokenizer.keyring.clone() };
    let plan = Plan::mask(&tokenizer.policy, &schema, &facts(&tokenizer.keyring))?;
    let found = dataset(&plan, &source)?;
    let plan = tokenizer.mask_plan(plan, &schema, found)?;
    let mut masked: Vec<RecordBatch> = Vec::new();
    let mut left = rows;
    for batch in source.batches()? {
        let batch = batch?;
        let some = batch.slice(0, batch.num_rows().min(left));
        masked.push(plan.mask_bare(&some, (rows - left) as u64)?);
        left -= some.num_rows();
        if left == 0 {
            break;
        }
    }
    let columns = output.fields().iter().map(|field| {
        let mut values = Vec::new();
        for batch in &masked {
            match batch.column_by_name(field.name()) {
                Some(column) => values.extend(texts(column.as_ref())?),
                None => {
                    let word = Some(Preview::UNDER_DATA_KEY.to_owned());
                    values.resize(values.len() + batch.num_rows(), word);
                }
            }
        }
        Ok(PreviewColumn { column: field.name().clone(), values })
    });
    Ok(Some(Preview { columns: columns.collect::<Result<_, Error>>()? }))
}

fn texts(column: &dyn Array) -> Result<Vec<Option<String>>, Error> {
    let options = FormatOptions::new().with_display_error(false).with_null("null");
    let cells = ArrayFormatter::try_new(column, &options).map_err(ActionError::from)?;
    let text = |row| match column.is_null(row) {
        true => None,
        // What cannot be shown is not worth failing for.
        false => Some(cells.value(row).try_to_string().unwrap_or_default()),
    };
    Ok((0..column.len()).map(text).collect())
}
