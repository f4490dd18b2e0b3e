//! Directories that hold a value of a column in their names, as Hive writes them: `country=DE`.

/// Where a file lies below the root of its dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relative {
    pub(crate) directories: Vec<Directory>,
    pub(crate) name: String,
}

/// A directory in a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Directory {
    Partition {
        key: String,
        /// `None` for null.
        value: Option<String>,
        /// As it is written.
        name: String,
    },
    Plain(String),
}

impl Relative {
    /// Reads a path with `/` between its names. `None` if a partition's name is no UTF-8 once it is unescaped.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
        let directories = directories.split('/').filter(|name| !name.is_empty());
        let directories = directories.map(Directory::read).collect::<Option<_>>()?;
        Some(Self { directories, name: name.to_owned() })
    }

    /// The partition columns, outermost first, with their values.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.directories.iter().filter_map(|directory| match directory {
            Directory::Partition { key, value, .. } => Some((key.as_str(), value.as_deref())),
            Directory::Plain(_) => None,
        })
    }

    /// The path, with another directory in place of some: `None` from `with` leaves one as it is, `Some(None)` leaves it out.
    pub(crate) fn path_with(&self, with: impl Fn(&str) -> Option<Option<String>>) -> String {
        let name = |directory: &Directory| match directory {
            Directory::Partition { key, name, .. } => with(key).unwrap_or(Some(name.clone())),
            Directory::Plain(name) => Some(name.clone()),
        };
        let names = self.directories.iter().filter_map(name);
        names.chain([self.name.clone()]).collect::<Vec<_>>().join("/")
    }
}

impl Relative {
    /// Whether a directory's name says of a partition what this path says.
    pub(crate) fn says(&self, key: &str, name: &str) -> bool {
        let Some(Directory::Partition { value, .. }) = Directory::read(name) else { return false };
        self.partitions().any(|(known, here)| known == key && here == value.as_deref())
    }
}

impl Directory {
    fn read(name: &str) -> Option<Self> {
        match name.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                let (key, value) = (unescaped(key)?, unescaped(value)?);
                let value = (value != NULL).then_some(value);
                Some(Self::Partition { key, value, name: name.to_owned() })
            }
            _ => Some(Self::Plain(name.to_owned())),
        }
    }
}

/// The name of a partition's directory.
pub(crate) fn directory_name(key: &str, value: Option<&str>) -> String {
    format!("{}={}", escaped(key), value.map_or_else(|| NULL.to_owned(), escaped))
}

/// As Hive's `FileUtils.escapePathName`.
fn escaped(text: &str) -> String {
    let is_special = |c: char| c.is_ascii_control() || "\"#%'*/:=?\\{[]^".contains(c);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_special(c) {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Undoes [`escaped`], and escapes of whole UTF-8 sequences, as pyarrow writes them. What is no escape stays.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.first_chunk::<2>().filter(|_| *first == b'%');
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The value that stands for null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_read_and_written() {
        let path = "a/country=DE/city=S%C3%A3o%2FPaulo/t=12%3A00/n=__HIVE_DEFAULT_PARTITION__/p=100%/part-0.csv";
        let relative = Relative::read(path).unwrap();
        let partitions: Vec<_> = relative.partitions().collect();
        let expected = [
            ("country", Some("DE")),
            ("city", Some("São/Paulo")),
            ("t", Some("12:00")),
            ("n", None),
            ("p", Some("100%")),
        ];
        assert_eq!(partitions, expected);
        assert_eq!(relative.path_with(|_| None), path);
        let with = |key: &str| match key {
            "city" => Some(Some(directory_name("city", Some("a/b=ü %")))),
            "t" | "p" => Some(None),
            "n" => Some(Some(directory_name("n", None))),
            _ => None,
        };
        let expected = "a/country=DE/city=a%2Fb%3Dü %25/n=__HIVE_DEFAULT_PARTITION__/part-0.csv";
        assert_eq!(relative.path_with(with), expected);
        assert_eq!(Relative::read("k=%FF/x"), None);
        assert_eq!(Relative::read("=v/x=1").unwrap().partitions().count(), 0);
    }

    #[test]
    fn escapes_come_back() {
        for text in ["", "DE", "%", "%41", "a=b", "..", "\u{1}\u{7f}", "日本 / \\ ? *", "%zz%"] {
            assert_eq!(unescaped(&escaped(text)).as_deref(), Some(text));
        }
    }
}
