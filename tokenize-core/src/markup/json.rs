//! JSON (RFC 8259), by a loop over its bytes and a stack of containers of its own.

use std::borrow::Cow;
use std::ops::Range;

use super::path::PathTree;
use super::text::{Decoder, Text};
use super::{Malformed, PathId, Piece, PieceKind, Pieces};

pub(super) fn pieces(source: &str) -> Result<Pieces<'_>, Malformed> {
    let mut reader = Reader { source, at: 0, pieces: Vec::new(), paths: PathTree::new() };
    reader.document()?;
    Ok(Pieces { pieces: reader.pieces, paths: reader.paths.finish() })
}

/// `text` as it stands between quotes, escaped where it has to be and as shortly as can be.
pub(super) fn encode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, ..b' ' | b'"' | b'\\')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..'\u{20}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    pieces: Vec<Piece<'a>>,
    paths: PathTree<'a>,
}

/// A container that is open.
enum Open {
    /// Its elements have the path.
    Array(PathId),
    /// It has the path.
    Object(PathId),
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<(), Malformed> {
        let mut open = Vec::new();
        let mut path = Some(PathTree::root());
        self.skip_space();
        loop {
            path = match path {
                Some(path) => self.value(path, &mut open)?,
                None if open.is_empty() => break,
                None => self.after_value(&mut open)?,
            };
            self.skip_space();
        }
        if self.at == self.source.len() { Ok(()) } else { Err(Malformed) }
    }

    /// Reads a scalar, or the beginning of a container; the path of the value that comes next, if one does.
    fn value(&mut self, path: PathId, open: &mut Vec<Open>) -> Result<Option<PathId>, Malformed> {
        if self.take(b'[') {
            self.skip_space();
            if self.take(b']') {
                return Ok(None);
            }
            let element = self.paths.element(path);
            open.push(Open::Array(element));
            return Ok(Some(element));
        }
        if self.take(b'{') {
            self.skip_space();
            if self.take(b'}') {
                return Ok(None);
            }
            open.push(Open::Object(path));
            return self.key(path).map(Some);
        }
        self.scalar(path)?;
        Ok(None)
    }

    /// Reads what follows a value in its container; the path of the value that comes next, if one does.
    fn after_value(&mut self, open: &mut Vec<Open>) -> Result<Option<PathId>, Malformed> {
        let more = self.take(b',');
        self.skip_space();
        match open.last() {
            Some(Open::Array(element)) if more => return Ok(Some(*element)),
            Some(Open::Object(path)) if more => return self.key(*path).map(Some),
            Some(Open::Array(_)) if self.take(b']') => {}
            Some(Open::Object(_)) if self.take(b'}') => {}
            _ => return Err(Malformed),
        }
        open.pop();
        Ok(None)
    }

    /// Reads a key and its colon; the path of its value.
    fn key(&mut self, object: PathId) -> Result<PathId, Malformed> {
        self.expect(b'"')?;
        let key = self.string()?;
        self.skip_space();
        self.expect(b':')?;
        self.skip_space();
        Ok(self.paths.member(object, key.text))
    }

    fn scalar(&mut self, path: PathId) -> Result<(), Malformed> {
        let start = self.at;
        if self.take(b'"') {
            let text = self.string()?;
            self.push(text, PieceKind::String, path);
            return Ok(());
        }
        let rest = &self.source[start..];
        let literal = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
        let kind = if let Some(word) = literal {
            self.at += word.len();
            PieceKind::Literal
        } else {
            self.number()?;
            PieceKind::Number
        };
        let text = Text::plain(self.source, start..self.at);
        self.push(text, kind, path);
        Ok(())
    }

    fn push(&mut self, text: Text<'a>, kind: PieceKind, path: PathId) {
        self.pieces.push(Piece::new(text, kind, path));
    }

    fn number(&mut self) -> Result<(), Malformed> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(Malformed) }
    }

    /// Reads a string from behind its first quote to behind its last.
    fn string(&mut self) -> Result<Text<'a>, Malformed> {
        let mut decoder = Decoder::new(self.source, self.at);
        loop {
            match self.peek().ok_or(Malformed)? {
                b'"' => {
                    self.at += 1;
                    return Ok(decoder.finish(self.at - 1));
                }
                b'\\' => {
                    let start = self.at;
                    let c = self.escape()?;
                    decoder.escape(start..self.at, [c]);
                }
                ..b' ' => return Err(Malformed),
                _ => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        self.at += 1;
        let byte = self.peek().ok_or(Malformed)?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' => Ok(char::from(byte)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => self.unit().and_then(|unit| self.code_point(unit)),
            _ => Err(Malformed),
        }
    }

    /// The character that `unit` begins, which may need the unit after it.
    fn code_point(&mut self, unit: u16) -> Result<char, Malformed> {
        if !matches!(unit, 0xd800..0xe000) {
            return char::from_u32(unit.into()).ok_or(Malformed);
        }
        self.expect(b'\\')?;
        self.expect(b'u')?;
        let second = self.unit()?;
        char::decode_utf16([unit, second]).next().and_then(Result::ok).ok_or(Malformed)
    }

    /// Reads four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Malformed> {
        let digits: Range<usize> = self.at..self.at + 4;
        let digits = self.source.get(digits).ok_or(Malformed)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Malformed);
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| Malformed)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) { Ok(()) } else { Err(Malformed) }
    }
}
