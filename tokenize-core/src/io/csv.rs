//! CSV (RFC 4180): every column is text. Only the fields that a plan replaces are written anew; all other bytes stay as they are.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use memchr::{memchr, memchr2};

use super::frame::{Filling, Frame, Holes};
use super::lines::{BOM, LONGEST, Lines};
use super::{IoError, LineDamage, Piece};
use crate::column::nest::Node;

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvOptions {
    /// What stands between fields, an ASCII character; by default a tab where the file's name ends in `.tsv`, else a comma.
    pub delimiter: Option<u8>,
    /// What a field may be put in, an ASCII character.
    pub quote: Option<u8>,
    /// Whether the first record names the columns; else they are `column_1`, `column_2` and so on.
    pub header: bool,
    /// The unquoted field that stands for null. What is quoted is never null.
    pub null: String,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { delimiter: None, quote: Some(b'"'), header: true, null: String::new() }
    }
}

/// How one file is written.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    delimiter: u8,
    quote: Option<u8>,
    null: Vec<u8>,
    has_header: bool,
}

impl Dialect {
    /// `None` if fields could not be told apart.
    pub(crate) fn new(options: &CsvOptions, is_tsv: bool) -> Option<Self> {
        let delimiter = options.delimiter.unwrap_or(if is_tsv { b'\t' } else { b',' });
        let is_mark = |byte: u8| byte.is_ascii() && byte != b'\n' && byte != b'\r';
        let null = options.null.as_bytes();
        let in_null = |byte: u8| null.contains(&byte);
        let is_clear = is_mark(delimiter)
            && options
                .quote
                .is_none_or(|quote| is_mark(quote) && quote != delimiter && !in_null(quote))
            && ![delimiter, b'\n', b'\r'].into_iter().any(in_null);
        is_clear.then(|| Self {
            delimiter,
            quote: options.quote,
            null: null.to_vec(),
            has_header: options.header,
        })
    }

    pub(crate) fn null(&self) -> &[u8] {
        &self.null
    }

    /// Appends a field; in quotes where the old one was or where it must be. `None` if it cannot be written.
    pub(crate) fn write(&self, text: &str, was_quoted: bool, out: &mut Vec<u8>) -> Option<()> {
        let bytes = text.as_bytes();
        let is_bare = bytes != self.null
            && !bytes.is_empty()
            && bytes.first().copied() != self.quote
            && !bytes.iter().any(|byte| [self.delimiter, b'\n', b'\r'].contains(byte));
        match self.quote {
            Some(quote) if was_quoted || !is_bare => {
                out.push(quote);
                for byte in bytes {
                    if *byte == quote {
                        out.push(quote);
                    }
                    out.push(*byte);
                }
                out.push(quote);
            }
            _ if is_bare => out.extend_from_slice(bytes),
            _ => return None,
        }
        Some(())
    }
}

/// A field of a record in the bytes of a frame.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    end: usize,
    is_quoted: bool,
}

/// Splits lines into records.
struct Records {
    lines: Lines,
    dialect: Dialect,
    fields: Vec<Place>,
}

impl Records {
    fn new(lines: Lines, dialect: Dialect) -> Self {
        Self { lines, dialect, fields: Vec::new() }
    }

    /// Appends the next record to `bytes`, its fields to `self.fields`; gives the number of its first line.
    fn append(&mut self, bytes: &mut Vec<u8>) -> Result<Option<u64>, IoError> {
        let start = bytes.len();
        self.fields.clear();
        if !self.lines.append(bytes, LONGEST)? {
            return Ok(None);
        }
        let first = self.lines.number();
        let has_mark = first == 1 && bytes[start..].starts_with(BOM);
        let mut at = start + if has_mark { BOM.len() } else { 0 };
        loop {
            let is_quoted =
                self.dialect.quote.is_some() && bytes.get(at).copied() == self.dialect.quote;
            let end = if is_quoted {
                self.quoted_end(bytes, start, at, first)?
            } else {
                let end = memchr2(self.dialect.delimiter, b'\n', &bytes[at..]);
                without_return(bytes, at, end.map_or(bytes.len(), |end| at + end))
            };
            self.fields.push(Place { start: at, end, is_quoted });
            if !is_quoted && memchr(b'\r', &bytes[at..end]).is_some() {
                return Err(self.lines.damaged_at(first, LineDamage::BareReturn));
            }
            match &bytes[end..] {
                [delimiter, ..] if *delimiter == self.dialect.delimiter => at = end + 1,
                [] | b"\n" | b"\r\n" | b"\r" => break,
                _ => return Err(self.lines.damaged_at(first, LineDamage::Quote)),
            }
        }
        if std::str::from_utf8(&bytes[start..]).is_err() {
            return Err(self.lines.damaged_at(first, LineDamage::Encoding));
        }
        Ok(Some(first))
    }

    /// The end of the quoted field that begins at `at`; takes in more lines where it goes on in them.
    fn quoted_end(
        &mut self,
        bytes: &mut Vec<u8>,
        start: usize,
        at: usize,
        first: u64,
    ) -> Result<usize, IoError> {
        let quote = self.dialect.quote.unwrap_or(b'"');
        let mut from = at + 1;
        loop {
            match memchr(quote, &bytes[from..]).map(|found| from + found) {
                Some(found) if bytes.get(found + 1) == Some(&quote) => from = found + 2,
                Some(found) => return Ok(found + 1),
                None => {
                    from = bytes.len();
                    let room = LONGEST.saturating_sub(bytes.len() - start);
                    if !self.lines.append(bytes, room)? {
                        return Err(self.lines.damaged_at(first, LineDamage::OpenQuote));
                    }
                }
            }
        }
    }

    /// A field's text; `None` for null.
    fn text<'a>(&self, bytes: &'a [u8], place: Place) -> Option<Cow<'a, str>> {
        let inner = match place.is_quoted {
            true => &bytes[place.start + 1..place.end - 1],
            false => &bytes[place.start..place.end],
        };
        if !place.is_quoted && inner == self.dialect.null {
            return None;
        }
        // The record has been found to be UTF-8, and is cut at ASCII characters only.
        let text = std::str::from_utf8(inner).unwrap_or_default();
        let quote = self.dialect.quote.filter(|quote| place.is_quoted && inner.contains(quote));
        Some(match quote.map(char::from) {
            Some(quote) => Cow::Owned(text.replace(&format!("{quote}{quote}"), &quote.to_string())),
            None => Cow::Borrowed(text),
        })
    }
}

/// The end of a field without the carriage return of the record's end.
fn without_return(bytes: &[u8], start: usize, end: usize) -> usize {
    let is_last = matches!(bytes.get(end), None | Some(b'\n'));
    end - usize::from(is_last && end > start && bytes[end - 1] == b'\r')
}

/// Reads the names of the columns; appends what was read to `read`.
///
/// # Errors
/// [`IoError::System`], [`IoError::Damaged`].
pub(crate) fn learn(
    lines: Lines,
    dialect: &Dialect,
    read: &mut Vec<u8>,
) -> Result<(SchemaRef, Lines), IoError> {
    let mut records = Records::new(lines, dialect.clone());
    let Some(line) = records.append(read)? else {
        return Err(records.lines.damaged_at(1, LineDamage::NoColumns));
    };
    let name = |(i, place): (usize, &Place)| match dialect.has_header {
        true => records.text(read, *place).unwrap_or_default().into_owned(),
        false => format!("column_{}", i + 1),
    };
    let names: Vec<String> = records.fields.iter().enumerate().map(name).collect();
    let distinct: HashSet<&String> = names.iter().collect();
    if distinct.len() < names.len() {
        return Err(records.lines.damaged_at(line, LineDamage::SameName));
    }
    let fields: Vec<Field> =
        names.into_iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    Ok((Arc::new(Schema::new(fields)), records.lines))
}

/// Records, batch by batch.
pub(crate) struct Reader {
    records: Records,
    schema: SchemaRef,
    nodes: Vec<Node>,
    columns: Vec<StringBuilder>,
    is_at_header: bool,
}

impl Reader {
    /// `nodes` are those of the plan.
    pub(crate) fn new(
        lines: Lines,
        dialect: &Dialect,
        schema: SchemaRef,
        nodes: Option<&[Node]>,
    ) -> Self {
        let columns = schema.fields().iter().map(|_| StringBuilder::new()).collect();
        let nodes = nodes.map_or_else(|| vec![Node::Keep; schema.fields().len()], <[Node]>::to_vec);
        let is_at_header = dialect.has_header;
        Self { records: Records::new(lines, dialect.clone()), schema, nodes, columns, is_at_header }
    }

    /// The next batch, `None` at the end.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`].
    pub(crate) fn next(&mut self, rows: usize, size: usize) -> Result<Option<Piece>, IoError> {
        let (mut bytes, mut holes, mut count) = (Vec::new(), Holes::default(), 0);
        while count < rows && bytes.len() < size {
            let Some(line) = self.records.append(&mut bytes)? else { break };
            let (found, expected) = (self.records.fields.len(), self.columns.len());
            let is_blank = found == 1
                && self.records.fields.iter().all(|it| it.start == it.end && !it.is_quoted);
            if found != expected && is_blank {
                continue;
            }
            if found != expected {
                let problem = LineDamage::Ragged { found, expected };
                return Err(self.records.lines.damaged_at(line, problem));
            }
            let is_header = std::mem::take(&mut self.is_at_header);
            self.mark(if is_header { None } else { Some(count) }, &bytes, &mut holes);
            if !is_header {
                self.add(&bytes);
                count += 1;
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let arrays = self.columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let batch =
            RecordBatch::try_new_with_options(self.schema.clone(), arrays.collect(), &options);
        let batch = batch.map_err(|_| self.records.lines.damaged(LineDamage::Encoding))?;
        Ok(Some(Piece::Batch(batch, Some(Frame::new(bytes, holes)))))
    }

    /// Adds the record to the columns.
    fn add(&mut self, bytes: &[u8]) {
        for (column, place) in self.columns.iter_mut().zip(&self.records.fields) {
            column.append_option(self.records.text(bytes, *place));
        }
    }

    /// Marks what is replaced in a record, and what is dropped: each field with one delimiter. `slot` is `None` for the header.
    fn mark(&self, slot: Option<usize>, bytes: &[u8], holes: &mut Holes) {
        let fields = &self.records.fields;
        let mut has_kept = false;
        for (i, (place, node)) in fields.iter().zip(&self.nodes).enumerate() {
            match (node, slot) {
                (Node::Drop, _) => {
                    let (before, after) = (i.checked_sub(1), fields.get(i + 1));
                    let start = before.filter(|_| has_kept).map_or(place.start, |i| fields[i].end);
                    let end = after.filter(|_| !has_kept).map_or(place.end, |next| next.start);
                    holes.mark(start..end, Filling::Cut);
                }
                (Node::Leaf(step), Some(slot)) if self.records.text(bytes, *place).is_some() => {
                    let is_quoted = place.is_quoted;
                    let filling = Filling::Value { step: *step, slot, is_quoted };
                    holes.mark(place.start..place.end, filling);
                }
                _ => {}
            }
            has_kept |= !matches!(node, Node::Drop);
        }
    }
}
