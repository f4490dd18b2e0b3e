//! Files: one in, one out, batch by batch.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::keys::KeyGate;
use super::progress::InputBytes;
use super::unmask::told_by;
use super::{
    Inspector, MaskPlan, Progress, Remasker, Report, Tokenizer, UnmaskPlan, Unmasker, facts,
};
use super::{columns, refused};
use crate::action::{Dataset, DatasetBuilder, DatasetError, Part};
use crate::column::nest::Node;
use crate::error::Error;
use crate::field::FieldPath;
use crate::io::kind::FileFormat;
use crate::io::location::Location;
use crate::io::side::{self, Beside, SideFile};
use crate::io::{Input, IoError, Output, Piece, ReadOptions, Target};
use crate::keys::Power;
use crate::manifest::Manifest;
use crate::plan::tags::MANIFEST;
use crate::plan::{ColumnPlan, Plan, PlanError, PlanFault, PlanFaultKind};
use crate::policy::TEXT_COLUMN;

/// What a caller says about files.
#[derive(Debug, Clone, Default)]
pub struct FileOptions {
    /// Replace an existing output, and the file beside it.
    pub replace: bool,
    /// File-level metadata keys that pass besides Arrow's, pandas' and Spark's schemas.
    pub keep_metadata: Vec<String>,
    /// Plan only: nothing is written.
    pub dry_run: bool,
    /// The input's format, where its name does not tell.
    pub read: ReadOptions,
    /// The output's format; if `None`, its name tells.
    pub output_format: Option<FileFormat>,
    /// Where the manifest goes if the output is standard output.
    pub manifest: Option<PathBuf>,
    /// Who is told how far the run has come.
    pub progress: Option<Arc<dyn Progress>>,
    /// Bytes of encoded Parquet pages that may wait in memory for their turn to be written; 128 MiB if `None`. Those beyond it wait in a file without a
    /// name in the output's folder.
    pub memory_limit: Option<usize>,
}

impl FileOptions {
    pub(super) fn tell_rows(&self, rows: u64) {
        if let Some(progress) = &self.progress {
            progress.rows(rows);
        }
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub(super) fn go_on(&self) -> Result<(), Error> {
        match &self.progress {
            Some(progress) if progress.is_stopped() => Err(Error::Stopped),
            _ => Ok(()),
        }
    }

    pub(super) fn tell_bytes(&self, bytes: u64) {
        if let Some(progress) = &self.progress {
            progress.bytes(bytes);
        }
    }
}

/// Masks a file. The output appears whole, under its own name, or not at all; memory does not grow with the number of rows.
///
/// The formats are told by the names, or by `options`; `-` stands for standard input and output. What an output of CSV, NDJSON or plain text cannot
/// say of itself is in `<output>.tokenize.json`: keep it with the output. Where the policy has `encrypt` with `key: output`, the manifest with the wrapped
/// data keys is there before anything is encrypted under them, whatever the format.
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

/// Masks a file as [`mask_file`] does, and lets `inspector` look at what goes in and what is left. A dry run has nothing to look at.
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
    let source = open(input, &options.read)?;
    let of_texts = tokenizer.for_texts(&source);
    let tokenizer = of_texts.as_ref().unwrap_or(tokenizer);
    let schema = source.schema();
    let plan = Plan::mask(&tokenizer.policy, &schema, &facts(&tokenizer.keyring))?;
    let target = target(&source, input, output, options)?;
    target.check(&plan.output)?;
    if let (Some(extra), true) = (plan.extra.first(), target.format.needs_side_file()) {
        // Records have no place for a column that was not there.
        let fault = PlanFault::at(&extra.source, PlanFaultKind::NaturalNested);
        return Err(PlanError { faults: vec![fault] }.into());
    }
    let has_side_file = target.format.needs_side_file() || needs_side_file(&plan);
    refuse_taken(&target, has_side_file, options)?;
    if target.is_standard() && needs_side_file(&plan) && options.manifest.is_none() {
        return Err(IoError::NoPlaceForKeys.into());
    }
    let dataset = dataset(&plan, &source)?;
    let plan = tokenizer.mask_plan(plan, &schema, dataset)?;
    if options.dry_run {
        return Ok(plan.report());
    }
    if let Some(inspector) = &mut inspector {
        inspector.start(&plan);
    }
    let Some(inspector) = inspector else {
        return write_masked(&plan, &source, &target, options, None);
    };
    let mut look = |batch: &RecordBatch, masked: &RecordBatch| inspector.look(batch, masked);
    let report = write_masked(&plan, &source, &target, options, Some(&mut look))?;
    inspector.count(&report);
    Ok(report)
}

impl Tokenizer {
    /// What masks plain text, where the policy says nothing of its column but something of texts.
    pub(super) fn for_texts(&self, source: &Input) -> Option<Self> {
        let column = FieldPath::column(TEXT_COLUMN);
        let is_named = self.policy.rules().iter().any(|rule| rule.column.matches(&column));
        if is_named || !source.is_plain_text() {
            return None;
        }
        Some(Self { policy: self.policy.for_texts()?, keyring: self.keyring.clone() })
    }
}

/// What a first pass over the input finds, where the plan asks for it.
pub(super) fn dataset(plan: &Plan, source: &Input) -> Result<Option<Dataset>, Error> {
    let Some(columns) = plan.dataset_columns() else { return Ok(None) };
    if source.is_stream() {
        return Err(refused(PlanFaultKind::DatasetUnread));
    }
    let mut dataset = DatasetBuilder::new(columns);
    for batch in samples(source) {
        dataset.push(&batch?).map_err(|error| match error {
            DatasetError::Action(error) => error.into(),
            DatasetError::TooMany(most) => refused(PlanFaultKind::DatasetTooLarge {
                values: most.most_values,
                bytes: most.most_bytes,
            }),
        })?;
    }
    Ok(Some(dataset.build()))
}

/// Opens an input. Records of text are tagged with what the file beside them says was done to them.
pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Input, Error> {
    let mut source = Input::open(path, options)?;
    if let Some(rows) = source.told_beside()
        && let Some(text) = side::read(rows.location())?
    {
        let schema = told_by(&rows.schema(), &Manifest::read(&text)?)?;
        rows.tag(schema);
    }
    Ok(source)
}

/// The output, or for a dry run that names none, one like the input.
fn target(
    source: &Input,
    input: &Path,
    output: &Path,
    options: &FileOptions,
) -> Result<Target, IoError> {
    let is_named = !(options.dry_run && output.as_os_str().is_empty());
    let (path, format) = match is_named {
        true => (output, options.output_format),
        false => (input, options.output_format.or(options.read.format)),
    };
    let location = Location::new(path, &options.read.stores)?;
    let target = Target::new(location, format, options.replace, source)?;
    if is_named && options.manifest.is_some() && !target.is_standard() {
        return Err(IoError::ManifestPlace { path: path.to_owned() });
    }
    Ok(target)
}

/// Asked before any KMS is, and before the output is begun; `SideFile::publish` asks again.
fn refuse_taken(
    target: &Target,
    has_side_file: bool,
    options: &FileOptions,
) -> Result<(), IoError> {
    if has_side_file && !options.replace && !options.dry_run && !target.is_standard() {
        SideFile::refuse_taken(&target.location)?;
    }
    Ok(())
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

/// Writes what a mask plan makes of an input; `look` is shown each batch before and after where somebody asked for it.
fn write_masked(
    plan: &MaskPlan,
    source: &Input,
    target: &Target,
    options: &FileOptions,
    mut look: Option<Look<'_>>,
) -> Result<Report, Error> {
    let pure = plan.run.plan();
    let text = || Ok::<_, Error>(plan.manifest()?.to_text());
    let early = match target.begins_with_schema() {
        true => metadata(source, options, Some(text()?)),
        false => Vec::new(),
    };
    let mut output = Output::start(target, pure.output.clone(), &pure.nodes, source, early)?;
    // Wrapped data keys are on disk before anything is encrypted under them.
    let beside = match (target.is_standard(), &options.manifest) {
        (true, Some(path)) => {
            let place = Location::new(path, &options.read.stores)?;
            Beside::ahead(place, &text()?, options.replace)?
        }
        (true, None) => Beside::Nothing,
        (false, _) if plan.has_data_keys() || target.format.needs_side_file() => {
            Beside::stage(&target.location, &text()?, options.replace)?
        }
        (false, _) => Beside::Nothing,
    };
    let gate = KeyGate::new(plan, beside);
    let part = |part: &Part, batch: &RecordBatch, first_row: u64| {
        options.go_on()?;
        gate.pass(|| plan.mask_part(part, batch, first_row))
    };
    // What an onlooker sees afterwards is not counted.
    let (rows, report) = match &mut output {
        Output::Assembled(output) => {
            let rows = columns::write(output, &plan.run.parts(), options, &part)?;
            let report = plan.report();
            if let Some(look) = look {
                show(plan, source, look)?;
            }
            (rows, report)
        }
        output => {
            let rows = each_batch(source, output, &pure.nodes, options, |batch, first_row| {
                let masked = gate.pass(|| plan.mask_bare(batch, first_row))?;
                if let Some(look) = &mut look {
                    look(batch, &masked)?;
                }
                Ok(masked)
            })?;
            (rows, plan.report())
        }
    };
    let mut beside = gate.beside();
    let signed = signed(plan)?;
    if target.is_standard() || target.format.needs_side_file() {
        beside.update(&signed)?;
    }
    // Both are whole now; the side file gets its name first.
    let side_file = beside.publish(output.close(metadata(source, options, Some(signed)))?)?;
    Ok(Report { rows, written: true, side_file, ..report })
}

/// Shows what a mask makes of whole batches, where they were not written as such.
fn show(plan: &MaskPlan, source: &Input, look: Look<'_>) -> Result<(), Error> {
    let mut first_row = 0;
    for batch in source.batches()? {
        let batch = batch?;
        let (masked, _) = plan.run.apply(&batch, first_row)?;
        first_row += batch.num_rows() as u64;
        look(&batch, &masked)?;
    }
    Ok(())
}

/// Who looks at batches before and after.
type Look<'a> = &'a mut dyn FnMut(&RecordBatch, &RecordBatch) -> Result<(), Error>;

/// Brings a masked file from old key versions to the primary one. Values are in clear in memory only, a few thousand at a time.
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
    let source = open(input, &options.read)?;
    let plan = remasker.plan(&source.schema())?;
    let target = target(&source, input, output, options)?;
    if options.dry_run || !plan.is_due() {
        return Ok(plan.report());
    }
    let plan = plan.mask;
    target.check(&plan.run.plan().output)?;
    let has_side_file = target.format.needs_side_file() || plan.needs_data_keys();
    refuse_taken(&target, has_side_file, options)?;
    if target.is_standard() && plan.has_data_keys() && options.manifest.is_none() {
        return Err(IoError::NoPlaceForKeys.into());
    }
    write_masked(&plan, &source, &target, options, None)
}

/// Unmasks a file: reverses what is reversible and passes the rest.
///
/// What was done is said by the file itself, by the file beside it, or by the manifests or the policy that `unmasker` has been given.
///
/// # Errors
/// Any [`Error`]; rows in it count from 0 over the whole file.
pub fn unmask_file(
    unmasker: &Unmasker,
    input: &Path,
    output: &Path,
    options: &FileOptions,
) -> Result<Report, Error> {
    let source = open(input, &options.read)?;
    let plan = unmasker.plan_with_samples(&source.schema(), samples(&source))?;
    let target = target(&source, input, output, options)?;
    target.check(&plan.schema())?;
    refuse_taken(&target, target.format.needs_side_file(), options)?;
    if options.dry_run {
        return Ok(plan.report());
    }
    write_unmasked(&plan, &source, &target, options)
}

/// The batches that an unmask may look at ahead; none of what can be read only once.
fn samples(source: &Input) -> impl Iterator<Item = Result<RecordBatch, Error>> + '_ {
    let is_there = !source.is_stream();
    let batches = is_there.then_some(source).into_iter().flat_map(|source| {
        let batches: Box<dyn Iterator<Item = _>> = match source.batches() {
            Ok(batches) => Box::new(batches),
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
        batches
    });
    batches.map(|batch| batch.map_err(Error::from))
}

fn write_unmasked(
    plan: &UnmaskPlan,
    source: &Input,
    target: &Target,
    options: &FileOptions,
) -> Result<Report, Error> {
    let schema = plan.schema();
    let kept = metadata(source, options, None);
    let mut output = Output::start(target, schema.clone(), plan.nodes(), source, kept.clone())?;
    // What is left masked: elsewhere the output's own metadata says it.
    let left = schema.metadata().get(MANIFEST).filter(|_| target.format.needs_side_file());
    let beside = match (left, target.is_standard(), &options.manifest) {
        (Some(text), false, _) => Beside::stage(&target.location, text, options.replace)?,
        (Some(text), true, Some(path)) => {
            let place = Location::new(path, &options.read.stores)?;
            Beside::ahead(place, text, options.replace)?
        }
        _ => Beside::Nothing,
    };
    let part = |part: &Part, batch: &RecordBatch, first_row: u64| {
        options.go_on()?;
        plan.unmask_part(part, batch, first_row)
    };
    let rows = match &mut output {
        Output::Assembled(output) => columns::write(output, &plan.run.parts(), options, &part)?,
        output => each_batch(source, output, plan.nodes(), options, |batch, first_row| {
            plan.unmask_at(batch, first_row)
        })?,
    };
    let side_file = beside.publish(output.close(kept)?)?;
    let is_stale = options.replace && target.format.needs_side_file() && !target.is_standard();
    if side_file.is_none() && is_stale {
        side::remove(&target.location)?;
    }
    Ok(Report { rows, written: true, side_file, ..plan.report() })
}

/// The Arrow schema of a file, as [`mask_file`] sees it. Reads no more than it must: of Parquet the footer, of NDJSON all lines.
///
/// # Errors
/// Any [`Error`] of reading it.
pub fn file_schema(input: &Path, options: &ReadOptions) -> Result<SchemaRef, Error> {
    Ok(open(input, options)?.schema())
}

fn each_batch(
    source: &Input,
    output: &mut Output<'_>,
    nodes: &[Node],
    options: &FileOptions,
    mut treat: impl FnMut(&RecordBatch, u64) -> Result<RecordBatch, Error>,
) -> Result<u64, Error> {
    let mut rows = 0;
    let mut bytes = InputBytes::new(source, options.progress.as_deref());
    each_piece(source, nodes, |piece| {
        options.go_on()?;
        match piece {
            Piece::Batch(batch, frame) => {
                output.write(&treat(&batch, rows)?, frame.as_ref())?;
                rows += batch.num_rows() as u64;
                options.tell_rows(batch.num_rows() as u64);
                bytes.tell(rows, frame.as_ref());
            }
            Piece::End => output.end_group()?,
        }
        Ok(())
    })?;
    bytes.end();
    Ok(rows)
}

/// Hands over the pieces of an input in order, while another thread reads on. What can be read only once is read by this one: a pipe may give
/// nothing for long, and nobody should wait for it after a failure.
fn each_piece(
    source: &Input,
    nodes: &[Node],
    mut take: impl FnMut(Piece) -> Result<(), Error>,
) -> Result<(), Error> {
    if source.is_stream() {
        return source.pieces(Some(nodes), 1)?.try_for_each(|piece| take(piece?));
    }
    let threads = rayon::current_num_threads();
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(PIECES_AHEAD);
        scope.spawn(move || {
            // Whoever takes has gone after a failure, if it does not take what is sent.
            let _ = match source.pieces(Some(nodes), threads) {
                Ok(mut pieces) => pieces.try_for_each(|piece| sender.send(piece)),
                Err(error) => sender.send(Err(error)),
            };
        });
        receiver.into_iter().try_for_each(|piece| take(piece?))
    })
}

/// How many pieces are read before their turn.
const PIECES_AHEAD: usize = 2;

/// The manifest as it can be signed once all rows have been seen: with what was lost.
pub(super) fn signed(plan: &MaskPlan) -> Result<String, Error> {
    let lost = plan.lost.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok(plan.manifest_with(&lost)?.to_text())
}

/// What an output says besides its schema: what the caller lets pass, and the manifest.
fn metadata(
    source: &Input,
    options: &FileOptions,
    manifest: Option<String>,
) -> Vec<(String, String)> {
    let schema = source.schema();
    let kept = options
        .keep_metadata
        .iter()
        .filter_map(|key| Some((key.clone(), schema.metadata().get(key)?.clone())));
    kept.chain(manifest.map(|text| (MANIFEST.to_owned(), text))).collect()
}
