//! What stands in the place of findings.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::inner::{How, Inner};
use super::piece::Piece;
use super::span::Span;
use super::{ActionError, Masking, Original, Reason, Replaced, Replacement};
use crate::detect::in_ascii;
use crate::policy::OnInvalid;

/// A cell of `encrypt` as a token.
pub(super) fn of_cell(cell: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(cell)
}

/// The cell that a token is.
pub(super) fn to_cell(token: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(token).ok()
}

/// A finding on its way to a token.
struct Value {
    /// What the token is of, in normal form.
    clear: String,
    token: String,
}

impl Masking {
    /// What stands in the place of each span.
    pub(super) fn replacements(
        &self,
        pieces: &[Piece<'_>],
        spans: &[Span],
    ) -> Result<Replaced, ActionError> {
        let mut values: Vec<Option<Value>> = spans.iter().map(|_| None).collect();
        for (place, inner) in self.inner.iter().enumerate() {
            let of_inner = || (0..spans.len()).filter(|number| spans[*number].inner == Some(place));
            if matches!(inner.how, How::Constant(_)) {
                continue;
            }
            for writing in WRITINGS {
                let open = of_inner().filter(|number| self.is_open(&values[*number]));
                let mut tried = Vec::new();
                for number in open {
                    if let Some(text) = writing(written(pieces, &spans[number])) {
                        tried.push((number, inner.normal_form(&text)));
                    }
                }
                self.tokenize(inner, tried, &mut values)?;
            }
        }
        let replaced = spans.iter().zip(&values);
        Ok(replaced.map(|(span, value)| self.replacement(pieces, span, value.as_ref())).collect())
    }

    fn tokenize(
        &self,
        inner: &Inner,
        tried: Vec<(usize, String)>,
        values: &mut [Option<Value>],
    ) -> Result<(), ActionError> {
        if tried.is_empty() {
            return Ok(());
        }
        let texts: Vec<&str> = tried.iter().map(|(_, text)| text.as_str()).collect();
        let tokens = inner.tokens(&texts)?;
        for ((number, clear), token) in tried.into_iter().zip(tokens) {
            let Some(token) = token else { continue };
            if values[number].is_none() || is_tight(&token) {
                values[number] = Some(Value { clear, token });
            }
        }
        Ok(())
    }

    /// Whether another writing is to be tried: nothing fits yet, or what does would not look well in a tag.
    fn is_open(&self, value: &Option<Value>) -> bool {
        value.as_ref().is_none_or(|value| self.is_tagged() && !is_tight(&value.token))
    }

    fn replacement(
        &self,
        pieces: &[Piece<'_>],
        span: &Span,
        value: Option<&Value>,
    ) -> Result<Replacement, Reason> {
        let label = self.label(span);
        let inner = span.inner.and_then(|inner| self.inner.get(inner));
        match (inner.map(|inner| &inner.how), value) {
            (Some(How::Constant(Some(with))), _) => {
                Ok(Replacement::Bare { text: with.clone(), is_kept: false })
            }
            (Some(How::Tag(marks, is_reversible)), Some(value)) if self.is_tagged() => {
                let text = source_of(pieces, span);
                let is_quoted = is_bare(pieces, span);
                // Where markup would have to be written, what stood there is sealed as it stood there.
                let is_told = *is_reversible && value.clear == text && !is_quoted;
                let is_sealed = !is_told && (*is_reversible || self.own.is_some());
                let original = Original { text, is_quoted };
                let marks = match &self.own {
                    Some(own) if !is_reversible => own,
                    _ => marks,
                };
                let mut tag = String::new();
                marks
                    .write(label, &value.token, is_sealed.then_some(&original), &mut tag)
                    .ok_or(Reason::Range)?;
                Ok(Replacement::Tag(tag))
            }
            (Some(how @ (How::Tag(..) | How::Bare)), Some(value)) => {
                let is_kept = self.own.is_some() || matches!(how, How::Tag(_, true));
                Ok(Replacement::Bare { text: value.token.clone(), is_kept })
            }
            _ => self.without_token(pieces, span, label, inner),
        }
    }

    /// A finding that has no token: because nothing gives it one, or because it does not fit.
    fn without_token(
        &self,
        pieces: &[Piece<'_>],
        span: &Span,
        label: &str,
        inner: Option<&Inner>,
    ) -> Result<Replacement, Reason> {
        if let (Some(own), true) = (&self.own, self.is_tagged()) {
            let text = source_of(pieces, span);
            let is_quoted = is_bare(pieces, span);
            let (mut tag, original) = (String::new(), Original { text, is_quoted });
            own.write(label, "", Some(&original), &mut tag).ok_or(Reason::Range)?;
            return Ok(Replacement::Tag(tag));
        }
        let is_misfit = inner.is_some_and(|inner| !matches!(inner.how, How::Constant(_)));
        if is_misfit && self.on_invalid != OnInvalid::Redact {
            return Err(Reason::Format);
        }
        Ok(Replacement::Bare { text: format!("[{label}]"), is_kept: self.own.is_some() })
    }
}

/// Whether a token stands in a tag as it is.
fn is_tight(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What the token of a span is of: the column's value, or else what stands there.
fn written<'a>(pieces: &'a [Piece<'_>], span: &'a Span) -> &'a str {
    span.value.as_deref().unwrap_or_else(|| text_of(pieces, span))
}

fn text_of<'a>(pieces: &'a [Piece<'_>], span: &Span) -> &'a str {
    let piece = pieces.get(span.piece);
    piece.and_then(|piece| piece.text().get(span.start..span.end)).unwrap_or_default()
}

/// Whether the place of a span gets quotes that were not there.
fn is_bare(pieces: &[Piece<'_>], span: &Span) -> bool {
    pieces.get(span.piece).is_some_and(Piece::is_bare)
}

/// What stands in the cell in the place of a span.
fn source_of<'a>(pieces: &'a [Piece<'_>], span: &Span) -> &'a str {
    pieces.get(span.piece).map_or("", |piece| piece.source_text(span.start..span.end))
}

/// Ways to write a finding, of which the first that fits is taken: as it stands there, in ASCII, without separators, in capitals, as an
/// international phone number.
const WRITINGS: [fn(&str) -> Option<String>; 5] = [
    |text| Some(text.to_owned()),
    |text| in_ascii(text).filter(|ascii| ascii != text),
    |text| Some(in_ascii(text)?.chars().filter(|c| c.is_alphanumeric()).collect()),
    |text| {
        let compact = in_ascii(text)?;
        Some(compact.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase())
    },
    |text| {
        let ascii = in_ascii(text)?;
        let rest = ascii.trim().strip_prefix('+').or_else(|| ascii.trim().strip_prefix("00"))?;
        let rest = rest.replacen("(0)", "", 1);
        Some(std::iter::once('+').chain(rest.chars().filter(char::is_ascii_digit)).collect())
    },
];
