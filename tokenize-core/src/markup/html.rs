//! HTML, taken apart by the rules of the WHATWG tokenizer without scripts, so that `<noscript>` holds markup.
//!
//! No tree is built: what depends on one, `<![CDATA[` in SVG, is read as in HTML. Line ends and NUL stay as they are. A tag
//! that never ends is read too, since a text may have been cut. Start at [`pieces`].

mod end;
mod link;
mod reference;

use std::borrow::Cow;
use std::ops::Range;

use super::path::PathTree;
use super::text::Text;
use super::{Piece, PieceKind, Pieces};

pub(super) fn pieces(source: &str) -> Pieces<'_> {
    let mut reader = Reader { source, at: 0, pieces: Vec::new() };
    while reader.at < source.len() {
        reader.text();
        reader.markup();
    }
    Pieces { pieces: reader.pieces, paths: PathTree::new().finish() }
}

/// `text` with references for what is markup, in texts and in quoted attributes.
pub(super) fn encode(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Reader<'a> {
    fn text(&mut self) {
        let raw = self.at..end::of_text(self.source, self.at);
        self.at = raw.end;
        self.push(reference::decode(self.source, raw, false), PieceKind::Text);
    }

    /// Reads what begins with `<`.
    fn markup(&mut self) {
        let rest = &self.source[self.at..];
        let opens = |mark: &str| rest.starts_with(mark);
        if opens("<!--") {
            let (end, next) = end::of_comment(self.source, self.at + 4);
            self.plain(self.at + 4..end, PieceKind::Comment);
            self.at = next;
        } else if is_tag(rest, 1) || (opens("</") && is_tag(rest, 2)) {
            self.tag();
        } else if !rest.is_empty() {
            let start = self.at + 2;
            let end = self.find(start, |byte| byte == b'>');
            self.plain(start..end, PieceKind::Comment);
            self.at = end + 1;
        }
    }

    fn tag(&mut self) {
        let is_end = self.source[self.at..].starts_with("</");
        let start = self.at + 1 + usize::from(is_end);
        let name = start..self.find(start, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        self.at = name.end;
        self.name(name.clone());
        while self.attribute() {}
        if !is_end && let Some(element) = Element::named(&self.source[name]) {
            self.inside(element);
        }
    }

    /// Reads an attribute, or the end of the tag; whether another may follow.
    fn attribute(&mut self) -> bool {
        self.at = self.find(self.at, |byte| !is_space(byte) && byte != b'/');
        match self.peek() {
            None => return false,
            Some(b'>') => {
                self.at += 1;
                return false;
            }
            Some(_) => {}
        }
        let ends = |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'=');
        // A name may begin with `=`.
        let name = self.at..self.find(self.at + 1, ends);
        self.at = self.find(name.end, |byte| !is_space(byte));
        self.name(name);
        if self.peek() == Some(b'=') {
            self.at = self.find(self.at + 1, |byte| !is_space(byte));
            self.value();
        }
        true
    }

    fn value(&mut self) {
        let raw = match self.peek() {
            None | Some(b'>') => return,
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            Some(_) => self.at..self.find(self.at, |byte| is_space(byte) || byte == b'>'),
        };
        self.at = raw.end + usize::from(raw.start > self.at);
        let text = reference::decode(self.source, raw, true);
        match link::parts(&text) {
            Some(parts) => {
                for part in parts {
                    let text = link::decode(&text, part);
                    self.push(text, PieceKind::Attribute);
                }
            }
            None => self.push(text, PieceKind::Attribute),
        }
    }

    /// What is between the quote here and the next, or the end.
    fn quoted(&self, quote: u8) -> Range<usize> {
        let start = self.at + 1;
        start..self.find(start, |byte| byte == quote)
    }

    /// Reads what is inside an element that holds no markup.
    fn inside(&mut self, element: Element) {
        let raw = self.at..end::of_element(self.source, self.at, element);
        self.at = raw.end;
        match element {
            Element::TextArea | Element::Title => {
                let text = reference::decode(self.source, raw, false);
                self.push(text, PieceKind::Text);
            }
            Element::Script => self.plain(raw, PieceKind::Script),
            Element::Style => self.plain(raw, PieceKind::Style),
            _ => self.plain(raw, PieceKind::Text),
        }
    }

    fn name(&mut self, raw: Range<usize>) {
        if !is_ordinary(&self.source[raw.clone()]) {
            self.plain(raw, PieceKind::Name);
        }
    }

    fn plain(&mut self, raw: Range<usize>, kind: PieceKind) {
        self.push(Text::plain(self.source, raw), kind);
    }

    /// White space alone is no piece.
    fn push(&mut self, text: Text<'a>, kind: PieceKind) {
        if !text.text.trim().is_empty() {
            self.pieces.push(Piece::new(text, kind, PathTree::root()));
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn find(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        end::find(self.source, from, wanted)
    }
}

/// Elements that hold no markup: `<` begins none until the element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Iframe,
    NoEmbed,
    NoFrames,
    /// Never ends.
    PlainText,
    Script,
    Style,
    TextArea,
    Title,
    Xmp,
}

impl Element {
    fn named(name: &str) -> Option<Self> {
        ELEMENTS.into_iter().find(|element| element.name().eq_ignore_ascii_case(name))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::NoEmbed => "noembed",
            Self::NoFrames => "noframes",
            Self::PlainText => "plaintext",
            Self::Script => "script",
            Self::Style => "style",
            Self::TextArea => "textarea",
            Self::Title => "title",
            Self::Xmp => "xmp",
        }
    }
}

/// Whether a name is one of markup, so that nobody needs to look at it. Numbers of persons and telephones have more digits.
fn is_ordinary(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    digits <= 6
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
}

fn is_tag(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic)
}

/// White space of HTML (WHATWG Infra, section 4.6).
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

const ELEMENTS: [Element; 9] = [
    Element::Iframe,
    Element::NoEmbed,
    Element::NoFrames,
    Element::PlainText,
    Element::Script,
    Element::Style,
    Element::TextArea,
    Element::Title,
    Element::Xmp,
];
