//! The first rows of a masked file, as a table for people.

use tokenize_core::pipeline::{Preview, PreviewColumn};

use crate::out::one_line;

/// The rows, in as many blocks of columns as the width asks for.
pub(crate) fn table(preview: &Preview, width: usize) -> String {
    let rows = preview.columns.first().map_or(0, |column| column.values.len());
    let mut text = format!(
        "\nthe first {}, masked (root keys have been used, no data key has been made):\n",
        if rows == 1 { "row".to_owned() } else { format!("{rows} rows") }
    );
    let columns: Vec<Vec<String>> = preview.columns.iter().map(cells).collect();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let (mut taken, mut used) = (0, 0);
        for column in rest {
            used += width_of(column) + GAP;
            if taken > 0 && used > width + GAP {
                break;
            }
            taken += 1;
        }
        let (block, left) = rest.split_at(taken);
        text += &lines(block, rows + 1);
        rest = left;
        if !rest.is_empty() {
            text.push('\n');
        }
    }
    text
}

fn cells(column: &PreviewColumn) -> Vec<String> {
    let value = |value: &Option<String>| value.as_deref().map_or("-".to_owned(), short);
    std::iter::once(short(&column.column)).chain(column.values.iter().map(value)).collect()
}

fn width_of(column: &[String]) -> usize {
    column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)
}

fn lines(block: &[Vec<String>], count: usize) -> String {
    let line = |i: usize| {
        let cells = block.iter().map(|column| {
            let cell = column.get(i).map_or("", String::as_str);
            format!("{cell:width$}  ", width = width_of(column))
        });
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    (0..count).map(line).collect()
}

/// A value in one line that is not too long.
fn short(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

const GAP: usize = 2;
const LONGEST: usize = 36;
