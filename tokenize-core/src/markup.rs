//! JSON and HTML taken apart into the pieces of text that free text may stand in, and written again with some of them changed.
//!
//! Knows no policy, no entity and no column. Nothing that a reader could show is left out of the pieces: what is inside comments, scripts
//! and attributes is one too, with its kind, so that a caller decides. Pieces are not joined: in `jane<b>@</b>example.org` no
//! address is seen; nor is JSON or HTML inside a piece opened. Time and memory are linear in the source, whatever it holds, and the
//! stack is not used for nesting. Start at [`Markup::pieces`] and [`Pieces::rewrite`].

mod html;
mod json;
mod path;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use html::Context;
pub(crate) use path::{PathId, Paths};
use text::Text;

/// How a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// HTML, as a browser without scripts reads it. Every text is HTML.
    Html,
    /// One text of RFC 8259. Keys may come twice.
    Json,
}

impl Markup {
    /// The pieces of `source`, in its order.
    ///
    /// # Errors
    /// For a text that RFC 8259 does not allow, and one with a surrogate that has no partner; never for HTML.
    pub(crate) fn pieces(self, source: &str) -> Result<Pieces<'_>, Malformed> {
        match self {
            Self::Html => Ok(html::pieces(source)),
            Self::Json => json::pieces(source),
        }
    }
}

/// The source is not what it was said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What a source was taken apart into.
pub(crate) struct Pieces<'a> {
    source: &'a str,
    /// The pieces, in the order of the source.
    pub(crate) pieces: Vec<Piece<'a>>,
    /// The paths of the pieces. All pieces of HTML have the same, `$`.
    pub(crate) paths: Paths<'a>,
}

impl Pieces<'_> {
    /// The source with what `changes` says of each piece. Nothing else changes, not even the writing of what stays.
    pub(crate) fn rewrite(&self, mut changes: impl FnMut(&Piece<'_>) -> Vec<Change>) -> String {
        let mut out = String::with_capacity(self.source.len());
        let mut copied = 0;
        for piece in &self.pieces {
            let changes = changes(piece);
            if !changes.is_empty() {
                out.push_str(&self.source[copied..piece.raw.start]);
                out.push_str(&piece.rewrite(&changes));
                copied = piece.raw.end;
            }
        }
        out.push_str(&self.source[copied..]);
        out
    }
}

/// A piece of text in a source. Has no `Debug`, since it would show the text.
pub(crate) struct Piece<'a> {
    /// The bytes of the source that the text stands in: without quotes for strings of JSON and attributes of HTML.
    pub(crate) raw: Range<usize>,
    /// The text, decoded.
    pub(crate) text: Cow<'a, str>,
    /// What it is in the source.
    pub(crate) kind: PieceKind,
    /// Where it is in the source.
    pub(crate) path: PathId,
    source: &'a str,
    escapes: Vec<text::Escape>,
    writing: Writing,
}

/// What a piece is in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// HTML: the value of an attribute, of whatever name; in links such as `mailto:` each address, number and field by itself.
    Attribute,
    /// HTML: the text of a comment, of `<!DOCTYPE …>` or of `<?…>`.
    Comment,
    /// JSON: `true`, `false`, `null`.
    Literal,
    /// HTML: the name of a tag or an attribute that no such name should be, as in `Jane <jane@example.org>`.
    Name,
    /// JSON: a number.
    Number,
    /// HTML: what is inside `<script>`. As it stands.
    Script,
    /// JSON: a string that is not a key.
    String,
    /// HTML: what is inside `<style>`. As it stands.
    Style,
    /// HTML: text, `<title>` and `<textarea>` included.
    Text,
}

/// How a piece is written, where this follows not from its kind.
#[derive(Clone, Copy)]
enum Writing {
    Html(Context),
    JsonScalar,
    JsonString,
}

/// A text in place of a part of a piece.
pub(crate) struct Change {
    /// Bytes of the decoded text.
    pub(crate) range: Range<usize>,
    /// What stands there from then on, not yet encoded.
    pub(crate) text: String,
}

impl<'a> Piece<'a> {
    fn new(
        source: &'a str,
        text: Text<'a>,
        kind: PieceKind,
        path: PathId,
        writing: Writing,
    ) -> Self {
        let Text { raw, text, escapes } = text;
        Self { raw, text, kind, path, source, escapes, writing }
    }

    /// The bytes of the source that `range` of the decoded text stands in. No escape is cut: one that is touched is inside.
    pub(crate) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        text::source_range(&self.raw, &self.escapes, range)
    }

    /// What stands in `raw` once each of `changes`, which are in the order of the text and do not overlap, is made and encoded.
    ///
    /// What is not changed keeps its writing, except where it would be read differently beside a change (`&` before `amp;`,
    /// `</` before `b>`): then the whole piece is written anew. A number with a change becomes a string, unless it is a number
    /// again. Names of HTML know no escapes: characters that would end one become `_`.
    pub(crate) fn rewrite(&self, changes: &[Change]) -> String {
        let mut written = String::new();
        let mut read = String::new();
        let mut copied = 0;
        for Change { range, text } in changes {
            let start = self.text.floor_char_boundary(range.start.max(copied));
            let end = self.text.ceil_char_boundary(range.end.max(start));
            let kept = copied.min(start)..start;
            written.push_str(&self.kept(kept.clone()));
            written.push_str(&self.writing.encode(text));
            read.push_str(&self.text[kept]);
            read.push_str(text);
            copied = end;
        }
        let kept = copied..self.text.len();
        written.push_str(&self.kept(kept.clone()));
        read.push_str(&self.text[kept]);
        let raw = &self.source[self.raw.clone()];
        if written == raw { written } else { self.writing.checked(written, &read, raw) }
    }

    /// A part of the text as the source writes it, as far as it does.
    fn kept(&self, range: Range<usize>) -> Cow<'_, str> {
        if text::is_inside(&self.escapes, range.start) || text::is_inside(&self.escapes, range.end)
        {
            return self.writing.encode(&self.text[range]).into_owned().into();
        }
        Cow::Borrowed(&self.source[self.source_range(range)])
    }
}

impl Writing {
    fn encode(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Html(context) => context.encode(text),
            Self::JsonScalar => Cow::Borrowed(text),
            Self::JsonString => json::encode(text),
        }
    }

    /// `written` if it is read as `read`, otherwise `read` written as a whole. Before the change stood `raw`.
    fn checked(self, written: String, read: &str, raw: &str) -> String {
        match self {
            Self::Html(context) if context.reads_as(&written, read, raw) => written,
            Self::Html(context) => context.anew(read),
            Self::JsonScalar => json::scalar(read),
            Self::JsonString => written,
        }
    }
}
