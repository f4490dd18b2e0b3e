//! JSON (RFC 8259) within one line: where its parts are, and what they say. Strict, and bounded in depth.

use std::borrow::Cow;

use crate::io::LineDamage;

/// The text of one line, and how far it has been read.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// What a value begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Array,
    Bool,
    Null,
    Number,
    Object,
    Text,
}

type Scanned<T> = Result<T, LineDamage>;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How far it has been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text from a place on that has been read.
    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_over(&mut self) -> bool {
        self.peek().is_none()
    }

    /// What the next value is.
    pub(super) fn start(&mut self) -> Scanned<Start> {
        Ok(match self.peek().ok_or(LineDamage::Json)? {
            b'"' => Start::Text,
            b'[' => Start::Array,
            b'{' => Start::Object,
            b'f' | b't' => Start::Bool,
            b'n' => Start::Null,
            b'-' | b'0'..=b'9' => Start::Number,
            _ => return Err(LineDamage::Json),
        })
    }

    pub(super) fn null(&mut self) -> Scanned<()> {
        self.word("null")
    }

    pub(super) fn bool(&mut self) -> Scanned<bool> {
        let is_true = self.peek() == Some(b't');
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// A number, as it is spelled.
    pub(super) fn number(&mut self) -> Scanned<&'a str> {
        self.skip_space();
        let start = self.at;
        self.skip_if(|byte| byte == b'-');
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.skip_if(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip_if(|byte| matches!(byte, b'e' | b'E')) {
            self.skip_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// A string, unescaped.
    pub(super) fn string(&mut self) -> Scanned<Cow<'a, str>> {
        self.expect(b'"')?;
        let mut unescaped: Option<String> = None;
        let mut start = self.at;
        loop {
            self.at += plain_len(&self.text.as_bytes()[self.at..]);
            match self.byte().ok_or(LineDamage::Json)? {
                b'"' => {
                    let last = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(last),
                        Some(text) => Cow::Owned(text + last),
                    });
                }
                b'\\' => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    text.push(self.escaped()?);
                    start = self.at;
                }
                _ => return Err(LineDamage::Json),
            }
        }
    }

    /// Enters an array or an object: `true` if there is anything in it.
    pub(super) fn enter(&mut self, open: u8, close: u8) -> Scanned<bool> {
        self.expect(open)?;
        let is_empty = self.peek() == Some(close);
        self.at += usize::from(is_empty);
        Ok(!is_empty)
    }

    /// Between two members: `true` if another one follows, `false` if the container has ended.
    pub(super) fn goes_on(&mut self, close: u8) -> Scanned<bool> {
        let next = self.peek().ok_or(LineDamage::Json)?;
        if next != b',' && next != close {
            return Err(LineDamage::Json);
        }
        self.at += 1;
        Ok(next == b',')
    }

    /// The name of a member and the colon after it.
    pub(super) fn name(&mut self) -> Scanned<Cow<'a, str>> {
        let name = self.string()?;
        self.colon()?;
        Ok(name)
    }

    /// The colon after a name.
    pub(super) fn colon(&mut self) -> Scanned<()> {
        self.expect(b':')
    }

    /// Passes these bytes if they come next.
    pub(super) fn passes(&mut self, spelled: &str) -> bool {
        let passes = self.text.as_bytes()[self.at..].starts_with(spelled.as_bytes());
        self.at += if passes { spelled.len() } else { 0 };
        passes
    }

    /// Passes a value of any kind.
    pub(super) fn skip(&mut self, depth: usize) -> Scanned<()> {
        match self.start()? {
            Start::Bool => self.bool().map(drop),
            Start::Null => self.null(),
            Start::Number => self.number().map(drop),
            Start::Text => self.string().map(drop),
            Start::Array => self.elements(depth, |scanner, depth| scanner.skip(depth)),
            Start::Object => self.elements_of(depth, (b'{', b'}'), |scanner, depth| {
                scanner.name()?;
                scanner.skip(depth)
            }),
        }
    }

    /// Calls `element` at each element of an array.
    pub(super) fn elements(
        &mut self,
        depth: usize,
        element: impl FnMut(&mut Self, usize) -> Scanned<()>,
    ) -> Scanned<()> {
        self.elements_of(depth, (b'[', b']'), element)
    }

    /// Calls `member` before the name of each member of an object.
    pub(super) fn members(
        &mut self,
        depth: usize,
        member: impl FnMut(&mut Self, usize) -> Scanned<()>,
    ) -> Scanned<()> {
        self.elements_of(depth, (b'{', b'}'), member)
    }

    fn elements_of(
        &mut self,
        depth: usize,
        (open, close): (u8, u8),
        mut element: impl FnMut(&mut Self, usize) -> Scanned<()>,
    ) -> Scanned<()> {
        if depth >= DEEPEST {
            return Err(LineDamage::TooDeep);
        }
        if self.enter(open, close)? {
            loop {
                self.skip_space();
                element(self, depth + 1)?;
                if !self.goes_on(close)? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The character that stands after a backslash.
    fn escaped(&mut self) -> Scanned<char> {
        let byte = self.byte().ok_or(LineDamage::Json)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.code_unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first).ok_or(LineDamage::Surrogate);
                }
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(LineDamage::Surrogate);
                }
                self.at += 2;
                let second = self.code_unit()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(LineDamage::Surrogate);
                }
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(code).ok_or(LineDamage::Surrogate)?
            }
            _ => return Err(LineDamage::Json),
        })
    }

    fn code_unit(&mut self) -> Scanned<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(LineDamage::Json)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(LineDamage::Json);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| LineDamage::Json)
    }

    fn word(&mut self, word: &str) -> Scanned<()> {
        self.skip_space();
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(LineDamage::Json);
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Scanned<()> {
        let start = self.at;
        while self.skip_if(|byte| byte.is_ascii_digit()) {}
        if self.at == start { Err(LineDamage::Json) } else { Ok(()) }
    }

    fn expect(&mut self, byte: u8) -> Scanned<()> {
        if self.peek() != Some(byte) {
            return Err(LineDamage::Json);
        }
        self.at += 1;
        Ok(())
    }

    fn skip_if(&mut self, is: impl Fn(u8) -> bool) -> bool {
        let skips = self.byte().is_some_and(is);
        self.at += usize::from(skips);
        skips
    }

    fn skip_space(&mut self) {
        while self.skip_if(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {}
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// How many bytes stand before the first one that means something within a string, or must not be there: a quote, a backslash, a control.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // Bytes below `least` have their high bit set in this, and with a borrow only bytes above such a one: the lowest is always right.
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word & (ONES << 7);
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let word = u64::from_le_bytes(*eight);
        let quotes = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslashes = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = below(word, 0x20) | quotes | backslashes;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_mark = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes[at..].iter().position(is_mark).map_or(bytes.len(), |found| at + found)
}

/// How deep objects and arrays may lie in each other.
const DEEPEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(text: &str) -> Result<(), LineDamage> {
        let mut scanner = Scanner::new(text);
        scanner.skip(0)?;
        if scanner.is_over() { Ok(()) } else { Err(LineDamage::Json) }
    }

    #[test]
    fn json_is_read_as_the_standard_has_it() {
        for right in [
            "null",
            " true ",
            "false",
            "0",
            "-0",
            "-0.0",
            "1e3",
            "1E+3",
            "10.50e-7",
            "\"\"",
            "\"\\u00e9\\ud83d\\ude00\\/\\n\"",
            "[]",
            "[ 1 , [ ] ]",
            "{}",
            "{ \"a\" : { \"\" : [ ] } }\r",
        ] {
            assert_eq!(skipped(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            " ",
            "nul",
            "True",
            "+1",
            "01",
            "1.",
            ".5",
            "1e",
            "1e+",
            "-",
            "--1",
            "NaN",
            "\"",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "[1,]",
            "[1 2]",
            "[",
            "]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1,}",
            "{\"a\":1",
            "1 2",
            "'a'",
            "\"\\ué12\"",
        ] {
            assert_eq!(skipped(wrong), Err(LineDamage::Json), "{wrong}");
        }
        for lone in ["\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"\\ud83dx\""] {
            assert_eq!(skipped(lone), Err(LineDamage::Surrogate), "{lone}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(skipped(&nested(DEEPEST)), Ok(()));
        assert_eq!(skipped(&nested(100_000)), Err(LineDamage::TooDeep));
    }

    #[test]
    fn plain_bytes_are_counted_up_to_the_first_that_is_not() {
        for mark in 0..=u8::MAX {
            let is_plain = mark >= 0x20 && mark != b'"' && mark != b'\\';
            for (before, after) in (0..18).flat_map(|i| (0..18).map(move |j| (i, j))) {
                for around in [b'a', 0x20, 0x21, 0x7f, 0x80, 0xff, mark] {
                    let bytes = [vec![b'x'; before], vec![mark], vec![around; after]].concat();
                    let plain = bytes.iter().position(|b| *b < 0x20 || *b == b'"' || *b == b'\\');
                    assert!(!is_plain || plain != Some(before));
                    assert_eq!(plain_len(&bytes), plain.unwrap_or(bytes.len()), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn parts_are_found_and_unescaped() {
        let text = " { \"a\\u0062\" : -1.50E2 , \"c\" : \"x\\ty\" } ";
        let mut scanner = Scanner::new(text);
        let mut found = Vec::new();
        let members = scanner.members(0, |scanner, _| {
            let name = scanner.name()?.into_owned();
            let kind = scanner.start()?;
            let start = scanner.at();
            let value = match kind {
                Start::Text => scanner.string()?.into_owned(),
                _ => scanner.number()?.to_owned(),
            };
            found.push((name, value, text[start..scanner.at()].to_owned()));
            Ok(())
        });
        assert_eq!(members, Ok(()));
        let expected = [("ab", "-1.50E2", "-1.50E2"), ("c", "x\ty", "\"x\\ty\"")];
        let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(found, expected);
    }
}
