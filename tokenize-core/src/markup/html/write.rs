//! How changed text is written in each place of HTML, so that it is read as meant and nothing else is read differently.
//!
//! Escapes of the change alone do not do it: `&` before `amp;` and `</` before `script>` are harmless only while they are apart.
//! So what was put together is read again ([`Context::reads_as`]), and where that fails written as a whole ([`Context::anew`]).

use std::borrow::Cow;

use super::{Element, end, is_space, link, reference};

/// Where in HTML a piece stands.
#[derive(Clone, Copy)]
pub(in crate::markup) enum Context {
    Attribute(Quote),
    AttributeName,
    Comment,
    /// What ends with the next `>`: `<!…>`, `<?…>`, `</…>`.
    Declaration,
    Inside(Element),
    /// A part of an attribute that is percent-encoded.
    Link,
    TagName,
    Text,
}

/// What is around the value of an attribute.
#[derive(Clone, Copy)]
pub(in crate::markup) enum Quote {
    Double,
    None,
    Single,
}

impl Context {
    pub(in crate::markup) fn encode(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Attribute(Quote::Double) => escape(text, |c| matches!(c, '&' | '<' | '>' | '"')),
            Self::Attribute(Quote::Single) => escape(text, |c| matches!(c, '&' | '<' | '>' | '\'')),
            Self::Attribute(Quote::None) => escape(text, |c| {
                matches!(c, '&' | '<' | '>' | '"' | '\'' | '`' | '=') || is_space_char(c)
            }),
            Self::AttributeName | Self::TagName => Cow::Owned(text.replace(ends_name, "_")),
            Self::Inside(Element::TextArea | Element::Title) | Self::Text => {
                escape(text, |c| matches!(c, '&' | '<' | '>'))
            }
            Self::Link => Cow::Owned(link::encode(text)),
            Self::Comment | Self::Declaration | Self::Inside(_) => Cow::Borrowed(text),
        }
    }

    /// Whether `written` is read as `text` and ends where the piece does. Before the change `raw` stood there.
    pub(in crate::markup) fn reads_as(self, written: &str, text: &str, raw: &str) -> bool {
        let decodes =
            |in_attribute| reference::decode(written, 0..written.len(), in_attribute).text == text;
        match self {
            Self::Attribute(Quote::Double) => !written.contains('"') && decodes(true),
            Self::Attribute(Quote::Single) => !written.contains('\'') && decodes(true),
            Self::Attribute(Quote::None) => {
                let ends = |c| c == '>' || is_space_char(c);
                !written.is_empty()
                    && !written.starts_with(['"', '\''])
                    && !written.contains(ends)
                    && decodes(true)
            }
            Self::AttributeName => {
                !written.is_empty() && written.rfind('=').is_none_or(|at| at == 0)
            }
            Self::Comment => end::of_comment(&format!("{written}-->"), 0).0 == written.len(),
            Self::Declaration => !written.contains('>') && begins_as(written, raw),
            Self::Inside(element) => {
                ends_inside(written, element) && decodes_inside(written, text, element)
            }
            Self::Link => {
                let value = reference::decode(written, 0..written.len(), true);
                // What separates fields is kept only where nothing changes.
                !value.text.contains(['&', '='])
                    && link::decode(&value, 0..value.text.len()).text == text
            }
            Self::TagName => {
                written.starts_with(|c: char| c.is_ascii_alphabetic())
                    && Element::named(written).is_none()
            }
            Self::Text => {
                end::of_text(&format!("{written}<"), 0) >= written.len() && decodes(false)
            }
        }
    }

    /// All of `text`, written so that it is harmless whatever it holds. Where there are no escapes, it is not read as the same.
    pub(in crate::markup) fn anew(self, text: &str) -> String {
        match self {
            Self::Attribute(Quote::None) => {
                format!("\"{}\"", Self::Attribute(Quote::Double).encode(text))
            }
            Self::AttributeName => format!("_{}", self.encode(text)),
            Self::Comment => text.replace('>', "&gt;"),
            Self::Declaration => format!(" {}", text.replace('>', "&gt;")),
            Self::Inside(Element::Script) => break_tags(text, "\\u003c"),
            Self::Inside(Element::Style) => break_tags(text, "\\3c "),
            Self::Inside(
                Element::Iframe
                | Element::NoEmbed
                | Element::NoFrames
                | Element::PlainText
                | Element::Xmp,
            ) => break_tags(text, "&lt;"),
            Self::TagName => format!("x-{}", self.encode(text)),
            Self::Attribute(_) | Self::Inside(_) | Self::Link | Self::Text => {
                self.encode(text).into_owned()
            }
        }
    }
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !is_escaped(c) => out.push(c),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

/// Whether what is inside `element` ends with `written` where its end tag follows, and not before.
fn ends_inside(written: &str, element: Element) -> bool {
    let closed = format!("{written}</{}>", element.name());
    element == Element::PlainText || end::of_element(&closed, 0, element) == written.len()
}

fn decodes_inside(written: &str, text: &str, element: Element) -> bool {
    match element {
        Element::TextArea | Element::Title => {
            reference::decode(written, 0..written.len(), false).text == text
        }
        _ => true,
    }
}

/// Whether a declaration begins as it did, or as one that could be nothing else.
fn begins_as(written: &str, raw: &str) -> bool {
    let could_be_other = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '[');
    let both = written.as_bytes().get(..2).zip(raw.as_bytes().get(..2));
    both.is_some_and(|(new, old)| new == old)
        || (!written.is_empty() && !written.starts_with(could_be_other))
}

/// Replaces each `<` that a tag or a comment could begin with, as the language inside writes it in a string.
fn break_tags(text: &str, less_than: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '<' && matches!(chars.peek(), Some('/' | '!' | 's' | 'S')) {
            out.push_str(less_than);
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that would end a name, or have a meaning near one.
fn ends_name(c: char) -> bool {
    is_space_char(c) || matches!(c, '/' | '>' | '=' | '"' | '\'' | '<' | '&' | '`')
}

fn is_space_char(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_space)
}
