//! Check digits and the numbers that have them: made by formats, tested by detection. Knows neither of them.
//!
//! Start at [`scheme`]: a [`Scheme`] says whether a text is a number of its kind. Most schemes are lines of a table
//! (`data/id-1.tsv`, read as `docs/format.md`, section 5.14, says), which the format `id` ranks; a few are code of their own.
//! Whether a number was ever given out is nothing that anybody here could know.

pub(crate) mod address;
pub(crate) mod card;
pub(crate) mod check;
pub(crate) mod class;
pub(crate) mod date;
pub(crate) mod element;
pub(crate) mod iban;
pub(crate) mod idnr;
pub(crate) mod layout;
pub(crate) mod luhn;
pub(crate) mod mod97;
mod reserved;
mod table;
pub(crate) mod verhoeff;

#[cfg(test)]
mod tests;

use class::Class;
use std::sync::LazyLock;
#[cfg(test)]
pub(crate) use table::read_line;

/// A kind of number, such as `pl_pesel`.
#[derive(Debug)]
pub(crate) struct Scheme {
    name: &'static str,
    test: Test,
    /// Numbers that are nobody's.
    reserved: &'static [&'static [u8]],
}

/// Whether a text is a number, by code.
type TestFn = fn(&[u8]) -> bool;

/// How a scheme tells its numbers from other texts.
#[derive(Debug)]
enum Test {
    /// By lines of the table, one for each class of numbers, no number being in two.
    Classes(Vec<Class>),
    /// By code.
    Code(TestFn),
}

/// The scheme of this name.
pub(crate) fn scheme(name: &str) -> Option<&'static Scheme> {
    let at = SCHEMES.binary_search_by_key(&name, |scheme| scheme.name).ok()?;
    SCHEMES.get(at)
}

/// All schemes, in the order of their names.
pub(crate) fn schemes() -> &'static [Scheme] {
    &SCHEMES
}

impl Scheme {
    fn new(name: &'static str, test: Test) -> Self {
        Self { name, test, reserved: reserved::of(name) }
    }

    /// The name that rules and policies write.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether `compact`, a text without separators and with capital letters, is a number of this kind: its parts are possible
    /// and its check characters right. Allocates nothing and takes any bytes.
    pub(crate) fn is_valid(&self, compact: &[u8]) -> bool {
        match &self.test {
            Test::Classes(classes) => classes.iter().any(|class| class.is_valid(compact)),
            Test::Code(test) => test(compact),
        }
    }

    /// Whether a number of this kind is one that somebody published for tests, documentation or advertisements, so that it is
    /// nobody's.
    pub(crate) fn is_reserved(&self, compact: &[u8]) -> bool {
        reserved::is_any(self.reserved, compact)
    }

    /// The lines of the table; none for schemes that are code.
    pub(crate) fn classes(&self) -> &[Class] {
        match &self.test {
            Test::Classes(classes) => classes,
            Test::Code(_) => &[],
        }
    }
}

/// 32 hexadecimal digits with a version and a variant of RFC 9562.
fn is_uuid(compact: &[u8]) -> bool {
    compact.len() == 32
        && compact.iter().all(u8::is_ascii_hexdigit)
        && matches!(compact.get(12), Some(b'1'..=b'8'))
        && matches!(compact.get(16), Some(b'8' | b'9' | b'A' | b'B' | b'a' | b'b'))
}

/// Schemes that no line of the table could say.
const CODE: [(&str, TestFn); 3] =
    [("credit_card", card::is_valid), ("iban", iban::is_valid), ("uuid", is_uuid)];

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let mut schemes: Vec<Scheme> =
        CODE.iter().map(|(name, test)| Scheme::new(name, Test::Code(*test))).collect();
    for (name, class) in table::classes() {
        match schemes.iter_mut().find(|scheme| scheme.name == name) {
            Some(Scheme { test: Test::Classes(classes), .. }) => classes.push(class),
            _ => schemes.push(Scheme::new(name, Test::Classes(vec![class]))),
        }
    }
    schemes.sort_unstable_by_key(|scheme| scheme.name);
    schemes
});
