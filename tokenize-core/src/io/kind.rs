//! Which format a file has: by its name, or as the caller says. Never by its content.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// A file format and how its bytes are compressed: `parquet`, `arrow`, `arrow-stream`, `csv`, `ndjson` or `text`; all but the first two
/// may be followed by `.gz` or `.zst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormat {
    pub(crate) kind: Kind,
    pub(crate) packing: Packing,
}

/// What the bytes are, once unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ArrowFile,
    ArrowStream,
    Csv,
    Ndjson,
    Parquet,
    Text,
}

/// How a stream of bytes is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    None,
    Zstd,
}

impl FileFormat {
    /// The format that a name ends in, such as `csv` for `people.csv` and `ndjson.gz` for `events.jsonl.gz`. `None` for a name that says
    /// nothing, and for `-`.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let (name, packing) = unpacked(path.file_name()?.to_str()?);
        let (stem, extension) = name.rsplit_once('.')?;
        let is_known = |(known, _): &&(&str, Kind)| known.eq_ignore_ascii_case(extension);
        let (_, kind) = EXTENSIONS.iter().find(is_known).filter(|_| !stem.is_empty())?;
        Self::new(*kind, packing)
    }

    /// Whether standard input and output can carry it.
    #[must_use]
    pub fn is_streamed(self) -> bool {
        self.kind.is_streamed()
    }

    /// Whether its outputs say of themselves what was done only by the file beside them.
    #[must_use]
    pub fn needs_side_file(self) -> bool {
        self.kind.is_rows()
    }

    fn new(kind: Kind, packing: Packing) -> Option<Self> {
        (packing == Packing::None || kind.is_streamed()).then_some(Self { kind, packing })
    }
}

impl Kind {
    /// Whether it is read and written from the first byte to the last.
    pub(crate) fn is_streamed(self) -> bool {
        !matches!(self, Self::ArrowFile | Self::Parquet)
    }

    /// Whether it is records of text, which carry no metadata.
    pub(crate) fn is_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Ndjson | Self::Text)
    }

    /// Whether what was read as `self` can be written as `other` and nothing is lost: the same kind, or columns of any type into a format
    /// that holds them. NDJSON stays NDJSON, since columns keep neither how a number is spelled nor whether a field is absent or null.
    pub(crate) fn can_become(self, other: Self) -> bool {
        self == other || (self != Self::Ndjson && !other.is_rows())
    }

    /// Its name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ArrowFile => "Arrow IPC",
            Self::ArrowStream => "an Arrow IPC stream",
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON",
            Self::Parquet => "Parquet",
            Self::Text => "plain text",
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(name, _)| name);
        let ending = PACKINGS.iter().find(|(_, packing)| *packing == self.packing);
        write!(f, "{name}{}", ending.map_or("", |(ending, _)| ending))
    }
}

/// The text names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected parquet, arrow, arrow-stream, csv, ndjson or text; the last four also with .gz or .zst"
)]
pub struct UnknownFormat;

impl FromStr for FileFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let (name, packing) = unpacked(text);
        let (_, kind) = NAMES.iter().find(|(known, _)| *known == name).ok_or(UnknownFormat)?;
        Self::new(*kind, packing).ok_or(UnknownFormat)
    }
}

fn unpacked(name: &str) -> (&str, Packing) {
    for (ending, packing) in PACKINGS {
        if let Some((rest, last)) = name.split_at_checked(name.len().saturating_sub(ending.len()))
            && last.eq_ignore_ascii_case(ending)
        {
            return (rest, packing);
        }
    }
    (name, Packing::None)
}

const PACKINGS: [(&str, Packing); 2] = [(".gz", Packing::Gzip), (".zst", Packing::Zstd)];
const NAMES: [(&str, Kind); 6] = [
    ("arrow", Kind::ArrowFile),
    ("arrow-stream", Kind::ArrowStream),
    ("csv", Kind::Csv),
    ("ndjson", Kind::Ndjson),
    ("parquet", Kind::Parquet),
    ("text", Kind::Text),
];
const EXTENSIONS: [(&str, Kind); 12] = [
    ("parquet", Kind::Parquet),
    ("arrow", Kind::ArrowFile),
    ("feather", Kind::ArrowFile),
    ("arrows", Kind::ArrowStream),
    ("csv", Kind::Csv),
    ("tsv", Kind::Csv),
    ("ndjson", Kind::Ndjson),
    ("jsonl", Kind::Ndjson),
    ("txt", Kind::Text),
    ("text", Kind::Text),
    ("log", Kind::Text),
    ("md", Kind::Text),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format() {
        let cases = [
            ("a.parquet", "parquet"),
            ("A.PARQUET", "parquet"),
            ("dir.csv/a.feather", "arrow"),
            ("a.arrows", "arrow-stream"),
            ("a.b.csv", "csv"),
            ("a.csv.gz", "csv.gz"),
            ("a.jsonl.ZST", "ndjson.zst"),
            ("a.log", "text"),
        ];
        for (name, format) in cases {
            let found = FileFormat::of_name(Path::new(name)).map(|format| format.to_string());
            assert_eq!(found.as_deref(), Some(format), "{name}");
            assert_eq!(format.parse::<FileFormat>().unwrap().to_string(), format);
        }
        for name in ["-", "a", ".csv", "a.gz", "a.json", "a.parquet.gz", "a.arrow.zst", "é.gz", ""]
        {
            assert_eq!(FileFormat::of_name(Path::new(name)), None, "{name}");
        }
        assert!("parquet.gz".parse::<FileFormat>().is_err());
        assert!("CSV".parse::<FileFormat>().is_err());
    }

    #[test]
    fn conversions_lose_nothing() {
        let can = |from: Kind, to: Kind| from.can_become(to);
        assert!(can(Kind::Parquet, Kind::ArrowFile) && can(Kind::ArrowStream, Kind::Parquet));
        assert!(can(Kind::Csv, Kind::Parquet) && can(Kind::Csv, Kind::Csv));
        assert!(!can(Kind::Parquet, Kind::Csv) && !can(Kind::Csv, Kind::Ndjson));
        assert!(!can(Kind::Ndjson, Kind::Parquet) && can(Kind::Ndjson, Kind::Ndjson));
    }
}
