//! Arguments that say which format files have.

use tokenize_core::{CsvOptions, FileFormat, ReadOptions, Stores};

/// The format of the input.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The input's format, where its name does not tell: parquet, arrow, arrow-stream, csv, ndjson or text; the last four also with .gz or .zst
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// CSV: what stands between fields, one character or `tab` [default: a comma; a tab for .tsv]
    #[arg(long, value_name = "CHARACTER", value_parser = mark)]
    csv_delimiter: Option<u8>,
    /// CSV: what a field may be put in, one character, or `none`
    #[arg(long, value_name = "CHARACTER", default_value = "\"", hide_default_value = true)]
    csv_quote: Quote,
    /// CSV: the first record is data; the columns are column_1, column_2 and so on
    #[arg(long)]
    csv_no_header: bool,
    /// CSV: the unquoted field that stands for null [default: an empty one]
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    csv_null: String,
}

impl ReadArgs {
    /// As core takes them.
    pub(crate) fn options(&self) -> ReadOptions {
        let mut csv = CsvOptions::default();
        csv.delimiter = self.csv_delimiter;
        csv.quote = self.csv_quote.0;
        csv.header = !self.csv_no_header;
        csv.null.clone_from(&self.csv_null);
        ReadOptions { format: self.input_format, csv, stores: Stores::from_environment() }
    }
}

/// A quote, or none.
#[derive(Debug, Clone, Copy)]
struct Quote(Option<u8>);

impl std::str::FromStr for Quote {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" { Ok(Self(None)) } else { mark(text).map(Some).map(Self) }
    }
}

fn mark(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        _ if text == "tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, or a name such as tab"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_single_characters() {
        assert_eq!(mark(";"), Ok(b';'));
        assert_eq!(mark("tab"), Ok(b'\t'));
        for wrong in ["", "ab", "é", "none"] {
            assert!(mark(wrong).is_err(), "{wrong}");
        }
        assert!(matches!("none".parse(), Ok(Quote(None))));
        assert!(matches!("'".parse(), Ok(Quote(Some(b'\'')))));
    }
}
