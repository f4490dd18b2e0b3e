//! The fields below the name of a column, where the first line of a value is that of a table.

/// The field of each line below the first that stands under the name at `at`; nothing where that is no name of a column, or where
/// `seen`, what led here, stands before it in that line too: a table is gone through once.
pub(super) fn fields<'v>(
    value: &'v [u8],
    at: usize,
    seen: &[u8],
) -> impl Iterator<Item = (usize, usize)> + 'v {
    Fields::new(value, at, seen).into_iter().flatten()
}

#[derive(Debug)]
struct Fields<'v> {
    value: &'v [u8],
    delimiter: u8,
    column: usize,
    /// Where the next line begins.
    line: usize,
}

impl<'v> Fields<'v> {
    fn new(value: &'v [u8], at: usize, seen: &[u8]) -> Option<Self> {
        let head = value.get(..at).filter(|head| head.len() < LINE)?;
        let is_seen = head.windows(seen.len()).any(|part| part.eq_ignore_ascii_case(seen));
        if is_seen || head.contains(&b'\n') {
            return None;
        }
        let len = value.iter().take(LINE).position(|byte| *byte == b'\n')?;
        let line = value.get(..len)?;
        let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = *b",;\t|".iter().max_by_key(|delimiter| count(**delimiter))?;
        let is_name = |byte: &u8| {
            byte.is_ascii_alphanumeric() || b" _-./\"\r".contains(byte) || *byte >= 0x80
        };
        let is_header = line.iter().all(|byte| *byte == delimiter || is_name(byte));
        let column = head.iter().filter(|byte| **byte == delimiter).count();
        (is_header && count(delimiter) > 0).then_some(Self {
            value,
            delimiter,
            column,
            line: len + 1,
        })
    }
}

impl Iterator for Fields<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        loop {
            let line = self.value.get(self.line..).filter(|rest| !rest.is_empty())?;
            let len = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
            let line = line.get(..len)?;
            let mut start = self.line;
            self.line += len + 1;
            for (column, field) in line.split(|byte| *byte == self.delimiter).enumerate() {
                if column == self.column {
                    let inner = field.trim_ascii_end();
                    let blank = inner.len() - inner.trim_ascii_start().len();
                    return Some((start + blank, start + inner.len()));
                }
                start += field.len() + 1;
            }
        }
    }
}

/// The longest first line.
const LINE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, name: &str, expected: &[&str]) {
        let at = value.find(name).unwrap();
        let found: Vec<&str> = fields(value.as_bytes(), at, name.as_bytes())
            .map(|(start, end)| &value[start..end])
            .collect();
        assert_eq!(found, expected, "{value:?}");
    }

    #[test]
    fn columns() {
        check("id,bic\n1,A\n2,B", "bic", &["A", "B"]);
        check("bic;id\n A ;1\r\n\nB;2\n", "bic", &["A", "", "B"]);
        check("id\tbic\tx\r\n1\tA\t\r\n2\n3\tB\t", "bic", &["A", "B"]);
    }

    #[test]
    fn no_columns() {
        check("the bic\nA", "bic", &[]);
        check("id,bic", "bic", &[]);
        check("id,x\n1,bic\n2,B", "bic", &[]);
        check("Pay to: x, bic!\n1,A", "bic", &[]);
    }

    #[test]
    fn a_table_is_gone_through_once() {
        let value = "bic,bic\nA,B";
        assert_eq!(fields(value.as_bytes(), 4, b"bic").count(), 0);
    }
}
