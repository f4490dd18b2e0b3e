//! JSON and HTML taken apart into the pieces of text that free text may stand in.
//!
//! Knows no policy, no entity and no column. Nothing that a reader could show is left out of the pieces: what is inside comments, scripts
//! and attributes is one too, with its kind, so that a caller decides. Pieces are not joined: in `jane<b>@</b>example.org` no
//! address is seen; nor is JSON or HTML inside a piece opened. Time and memory are linear in the source, whatever it holds, and the
//! stack is not used for nesting. Start at [`Markup::pieces`].

mod html;
mod json;
mod path;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

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

    /// A text as it is written inside a string of JSON, or in the text or a quoted attribute of HTML.
    pub(crate) fn encode(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Html => html::encode(text),
            Self::Json => json::encode(text),
        }
    }
}

/// The source is not what it was said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What a source was taken apart into.
pub(crate) struct Pieces<'a> {
    /// The pieces, in the order of the source.
    pub(crate) pieces: Vec<Piece<'a>>,
    /// The paths of the pieces. All pieces of HTML have the same, `$`.
    pub(crate) paths: Paths<'a>,
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
    escapes: Vec<text::Escape>,
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

impl<'a> Piece<'a> {
    fn new(text: Text<'a>, kind: PieceKind, path: PathId) -> Self {
        let Text { raw, text, escapes } = text;
        Self { raw, text, kind, path, escapes }
    }

    /// The bytes of the source that `range` of the decoded text stands in. No escape is cut: one that is touched is inside.
    pub(crate) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        text::source_range(&self.raw, &self.escapes, range)
    }
}
