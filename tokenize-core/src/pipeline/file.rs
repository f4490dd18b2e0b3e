//! Files: one in, one out, row group by row group.

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::{Inspector, MaskPlan, Remasker, Report, Tokenizer, UnmaskPlan, Unmasker, facts};
use crate::error::Error;
use crate::io::parquet::{Input, Output};
use crate::io::side::{PublishedSideFile, SideFile};
use crate::keys::Power;
use crate::plan::tags::MANIFEST;
use crate::plan::{ColumnPlan, Plan};

/// What a caller says about files.
#[derive(Debug, Clone, Default)]
pub struct FileOptions {
    /// Replace an existing output.
    pub replace: bool,
    /// File-level metadata keys that pass besides Arrow's, pandas' and Spark's schemas.
    pub keep_metadata: Vec<String>,
    /// Plan only: nothing is written.
    pub dry_run: bool,
}

/// Masks a Parquet file. The output appears whole, under its own name, or not at all; memory does not grow with the number of rows.
///
/// Where the policy has `encrypt` with `key: output`, the manifest with the wrapped data keys is in `<output>.tokenize.json` before
/// anything is encrypted under them, and in the output.
///
/// # Errors
/// Any [`Error`]; rows in it count from 0 over the whole file.
pub fn mask_file(
    tokenizer: &Tokenizer,
    input: &Path,
    output: &Path,
    options: &FileOptions,
) -> Result<Report, Error> {
    mask(tokenizer, input, output, options, None)
}

/// Masks a Parquet file as [`mask_file`] does, and lets `inspector` look at what goes in and what is left. A dry run has nothing to look at.
///
/// # Errors
/// As [`mask_file`].
pub fn mask_file_inspected(
    tokenizer: &Tokenizer,
    input: &Path,
    output: &Path,
    options: &FileOptions,
    inspector: &mut Inspector,
) -> Result<Report, Error> {
    mask(tokenizer, input, output, options, Some(inspector))
}

fn mask(
    tokenizer: &Tokenizer,
    input: &Path,
    output: &Path,
    options: &FileOptions,
    mut inspector: Option<&mut Inspector>,
) -> Result<Report, Error> {
    let source = Input::open(input)?;
    let schema = source.schema();
    let plan = Plan::mask(&tokenizer.policy, &schema, &facts(&tokenizer.keyring))?;
    if needs_side_file(&plan) && !options.replace && !options.dry_run {
        // Asked before any KMS is, and before the output is begun; `SideFile::publish` asks again.
        SideFile::refuse_taken(output)?;
    }
    let plan = tokenizer.mask_plan(plan, &schema)?;
    if options.dry_run {
        return Ok(plan.report());
    }
    if let Some(inspector) = &mut inspector {
        inspector.start(&plan);
    }
    let report = write_masked(&plan, &source, output, options, |batch, first_row| {
        let masked = plan.mask_bare(batch, first_row)?;
        if let Some(inspector) = &mut inspector {
            inspector.look(batch, &masked)?;
        }
        Ok(masked)
    })?;
    if let Some(inspector) = inspector {
        inspector.count(&report);
    }
    Ok(report)
}

/// Whether an output of this plan has data keys to publish beside it: of its own, or of columns that an earlier mask encrypted.
fn needs_side_file(plan: &Plan) -> bool {
    let is_kept = |column: &ColumnPlan| {
        let tags = column.tags.as_ref().filter(|_| column.step.is_none());
        tags.is_some_and(|tags| tags.power() == Some(Power::DataKey))
    };
    plan.steps.iter().any(|step| matches!(step.key, Some((_, Power::DataKey))))
        || plan.columns.iter().any(is_kept)
}

/// Writes what `treat` makes of each batch as the output of a mask plan.
fn write_masked(
    plan: &MaskPlan,
    source: &Input,
    output: &Path,
    options: &FileOptions,
    mut treat: impl FnMut(&RecordBatch, u64) -> Result<RecordBatch, Error>,
) -> Result<Report, Error> {
    let mut target =
        Output::start(output, options.replace, plan.run.plan().output.clone(), source)?;
    // Wrapped data keys are on disk before anything is encrypted under them.
    let mut side = match plan.has_data_keys() {
        true => Some(SideFile::stage(output, &plan.manifest()?.to_text(), options.replace)?),
        false => None,
    };
    let rows = each_batch(source, &mut target, |batch, first_row| {
        if let (Some(side), true) = (&mut side, plan.run.sealing().renew()?) {
            side.update(&plan.manifest()?.to_text())?;
        }
        treat(batch, first_row)
    })?;
    let mut metadata = kept_metadata(source, options);
    metadata.push((MANIFEST.to_owned(), signed(plan)?));
    // Both are whole now; the side file gets its name first.
    let target = target.close(metadata)?;
    let side = side.map(SideFile::publish).transpose()?;
    if let Err(error) = target.publish() {
        if let Some(side) = side {
            side.take_back();
        }
        return Err(error.into());
    }
    let side_file = side.map(PublishedSideFile::keep);
    Ok(Report { rows, written: true, side_file, ..plan.report() })
}

/// Brings a masked Parquet file from old key versions to the primary one. Values are in clear in memory only, a few thousand at a time.
///
/// Writes nothing where every column is under the primary version already: the report's `written` says so. So a job can go over the same
/// files again and again.
///
/// # Errors
/// Any [`Error`]; rows in it count from 0 over the whole file.
pub fn remask_file(
    remasker: &Remasker,
    input: &Path,
    output: &Path,
    options: &FileOptions,
) -> Result<Report, Error> {
    let source = Input::open(input)?;
    let plan = remasker.plan(&source.schema())?;
    if options.dry_run || !plan.is_due() {
        return Ok(plan.report());
    }
    let plan = plan.mask;
    if plan.needs_data_keys() && !options.replace {
        SideFile::refuse_taken(output)?;
    }
    write_masked(&plan, &source, output, options, |batch, first_row| {
        plan.mask_bare(batch, first_row)
    })
}

/// Unmasks a Parquet file: reverses what is reversible and passes the rest.
///
/// # Errors
/// Any [`Error`]; rows in it count from 0 over the whole file.
pub fn unmask_file(
    unmasker: &Unmasker,
    input: &Path,
    output: &Path,
    options: &FileOptions,
) -> Result<Report, Error> {
    let source = Input::open(input)?;
    let samples = (0..source.row_groups()).flat_map(|group| match source.batches(group) {
        Ok(batches) => {
            Box::new(batches.map(|batch| batch.map_err(Error::from))) as Box<dyn Iterator<Item = _>>
        }
        Err(error) => Box::new(std::iter::once(Err(error.into()))),
    });
    let plan: UnmaskPlan = unmasker.plan_with_samples(&source.schema(), samples)?;
    if options.dry_run {
        return Ok(plan.report());
    }
    let mut target = Output::start(output, options.replace, plan.schema(), &source)?;
    let rows =
        each_batch(&source, &mut target, |batch, first_row| plan.unmask_at(batch, first_row))?;
    target.finish(kept_metadata(&source, options))?;
    Ok(Report { rows, written: true, ..plan.report() })
}

/// The Arrow schema of a Parquet file, as [`mask_file`] sees it. Reads the footer only.
///
/// # Errors
/// [`Error::Io`].
pub fn parquet_schema(input: &Path) -> Result<SchemaRef, Error> {
    Ok(Input::open(input)?.schema())
}

fn each_batch(
    source: &Input,
    target: &mut Output,
    mut treat: impl FnMut(&RecordBatch, u64) -> Result<RecordBatch, Error>,
) -> Result<u64, Error> {
    let mut rows = 0;
    for group in 0..source.row_groups() {
        for batch in source.batches(group)? {
            let batch = batch?;
            target.write(&treat(&batch, rows)?)?;
            rows += batch.num_rows() as u64;
        }
        target.end_row_group()?;
    }
    Ok(rows)
}

/// The manifest as it can be signed once all rows have been seen: with what was lost.
fn signed(plan: &MaskPlan) -> Result<String, Error> {
    let lost = plan.lost.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok(plan.manifest_with(&lost)?.to_text())
}

fn kept_metadata(source: &Input, options: &FileOptions) -> Vec<(String, String)> {
    let schema = source.schema();
    let kept = options
        .keep_metadata
        .iter()
        .filter_map(|key| Some((key.clone(), schema.metadata().get(key)?.clone())));
    kept.collect()
}
