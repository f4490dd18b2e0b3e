//! Parquet to Parquet: columns that do not change pass as bytes, the others are decoded, treated and encoded anew, in as many threads as there
//! are. One thread writes, in the order of the source; what it writes does not depend on the others.

mod turns;

use std::cell::Cell;

use arrow::array::{ArrayRef, RecordBatch};

use self::turns::{Failure, Turns};
use super::FileOptions;
use crate::action::Part;
use crate::error::Error;
use crate::io::IoError;
use crate::io::parquet::{
    Assembly, BATCH_ROWS, Chunk, Encoded, Encoder, Input, MadeColumn, Room, Style,
};

/// Treats the columns of a part in one batch; the number is that of the batch's first row.
pub(super) type Treat<'a> =
    &'a (dyn Fn(&Part, &RecordBatch, u64) -> Result<Vec<ArrayRef>, Error> + Sync);

/// Writes all row groups of the output's source. Gives the number of rows.
pub(super) fn write(
    output: &mut Assembly<'_>,
    parts: &[Part],
    options: &FileOptions,
    treat: Treat<'_>,
) -> Result<u64, Error> {
    let source = output.source();
    let made = MadeColumns::new(output, parts);
    let room = Room::new(options.memory_limit.unwrap_or(MEMORY), output.folder());
    let style = Style { entries: false, page_index: output.has_page_index() };
    let mut first_rows = Vec::with_capacity(source.groups());
    let mut rows = 0;
    for group in 0..source.groups() {
        first_rows.push(rows);
        rows += u64::try_from(source.group(group).num_rows()).unwrap_or(0);
    }
    let columns: Vec<_> = output.layout().made.clone();
    let task = |number: usize| {
        let (group, part) = (number / parts.len(), number % parts.len());
        let made = made.of_part[part].iter().map(|column| &columns[*column]);
        let work = Work { source, group, part: &parts[part], style, room: &room };
        work.run(made.collect(), first_rows[group], treat)
    };
    let threads = rayon::current_num_threads().max(1);
    let turns = Turns::new(source.groups() * parts.len(), AHEAD * threads);
    let result = std::thread::scope(|scope| {
        let written = scope.spawn(|| {
            let _stop = turns.stop_at_end();
            assemble(source, output, &made, &turns, options)
        });
        turns.work(threads, &task);
        written.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    match (turns.failure(), result) {
        (Some(error), _) | (None, Err(Failure::Own(error))) => Err(error),
        (None, _) => Ok(rows),
    }
}

/// Which part makes which columns.
struct MadeColumns {
    /// For each column that is made, its part and its place among the arrays of that part.
    parts: Vec<(usize, usize)>,
    /// For each part, the columns that its arrays are.
    of_part: Vec<Vec<usize>>,
}

impl MadeColumns {
    fn new(output: &Assembly<'_>, parts: &[Part]) -> Self {
        let made = &output.layout().made;
        let besides = made.iter().take_while(|column| column.source.is_some()).count();
        let number = |source: usize| made.iter().position(|column| column.source == Some(source));
        let of_part = |part: &Part| -> Vec<usize> {
            let columns = part.columns.iter().filter_map(|column| number(*column));
            columns.chain(part.extra.iter().map(|extra| besides + extra)).collect()
        };
        let of_part: Vec<Vec<usize>> = parts.iter().map(of_part).collect();
        let mut places = vec![(0, 0); made.len()];
        for (part, columns) in of_part.iter().enumerate() {
            for (place, column) in columns.iter().enumerate() {
                places[*column] = (part, place);
            }
        }
        Self { parts: places, of_part }
    }
}

/// One part in one row group.
struct Work<'a> {
    source: &'a Input,
    group: usize,
    part: &'a Part,
    style: Style,
    room: &'a Room,
}

impl Work<'_> {
    fn run(
        &self,
        made: Vec<&MadeColumn>,
        first_row: u64,
        treat: Treat<'_>,
    ) -> Result<Vec<Encoded>, Error> {
        let group = self.source.group(self.group);
        let entries = self.part.takes_entries
            && made.iter().all(|column| {
                column.only_leaf().is_some_and(|leaf| self.source.is_all_entries(self.group, leaf))
            });
        let style = Style { entries, ..self.style };
        let unwritten = |error| self.source.unencoded(error);
        let encoders = made.iter().map(|column| Encoder::new(column, group, style, self.room));
        let mut encoders = encoders.collect::<Result<Vec<_>, _>>().map_err(unwritten)?;
        let batch_rows = if entries { ENTRY_ROWS } else { BATCH_ROWS };
        let mut row = first_row;
        for batch in
            self.source.batches(self.group, Some(&self.part.inputs), batch_rows, entries)?
        {
            let batch = batch?;
            let arrays = treat(self.part, &batch, row)?;
            row += batch.num_rows() as u64;
            for (encoder, array) in encoders.iter_mut().zip(&arrays) {
                encoder.write(array).map_err(unwritten)?;
            }
        }
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        if row - first_row != rows {
            return Err(self.source.damaged().into());
        }
        let chunks = encoders.into_iter().map(Encoder::close);
        Ok(chunks.collect::<Result<_, _>>().map_err(unwritten)?)
    }
}

/// Writes what the others make, and what passes.
fn assemble(
    source: &Input,
    output: &mut Assembly<'_>,
    made: &MadeColumns,
    turns: &Turns<Vec<Encoded>, Error>,
    options: &FileOptions,
) -> Result<(), Failure<Error>> {
    let (parts, told) = (made.of_part.len(), Cell::new(0));
    for group in 0..source.groups() {
        let mut ready: Vec<Option<Vec<Encoded>>> = (0..parts).map(|_| None).collect();
        let next = |column: usize, leaf: usize| -> Result<Chunk, Failure<Error>> {
            let (part, place) = made.parts[column];
            let encoded = match &mut ready[part] {
                Some(encoded) => encoded,
                none => none.insert(turns.wait_for(group * parts + part)?),
            };
            let chunk = encoded.get_mut(place).and_then(|leaves| leaves.get_mut(leaf)?.take());
            chunk.ok_or_else(|| Failure::Own(source.damaged().into()))
        };
        output.write_group(group, next, |bytes| {
            told.set(told.get() + bytes);
            options.tell_bytes(bytes);
        })?;
        options.tell_rows(u64::try_from(source.group(group).num_rows()).unwrap_or(0));
    }
    // What is no chunk, and chunks that have been dropped.
    options.tell_bytes(source.len().saturating_sub(told.get()));
    Ok(())
}

impl From<IoError> for Failure<Error> {
    fn from(error: IoError) -> Self {
        Self::Own(error.into())
    }
}

/// How many parts may be ahead of what is being written, for each thread.
const AHEAD: usize = 3;
/// Rows of a batch that refers to a dictionary: each entry is treated once in it.
const ENTRY_ROWS: usize = 1 << 20;
/// Bytes of encoded pages that are kept in memory, unless the caller says otherwise.
const MEMORY: usize = 128 << 20;
