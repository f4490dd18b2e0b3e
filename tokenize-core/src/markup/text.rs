//! Decoded texts that know which bytes of the source they stand in.

use std::borrow::Cow;
use std::ops::Range;

/// A part of a source, decoded.
#[derive(Clone)]
pub(super) struct Text<'a> {
    pub(super) raw: Range<usize>,
    pub(super) text: Cow<'a, str>,
    pub(super) escapes: Vec<Escape>,
}

/// Bytes of the source that stand for others. Between escapes, text and source are the same.
#[derive(Clone)]
pub(super) struct Escape {
    text: Range<usize>,
    raw: Range<usize>,
}

/// The bytes of the source that `range` of a text stands in, escapes uncut.
pub(super) fn source_range(
    raw: &Range<usize>,
    escapes: &[Escape],
    range: Range<usize>,
) -> Range<usize> {
    let start = place(raw, escapes, range.start, false);
    let end = if range.is_empty() { start } else { place(raw, escapes, range.end, true) };
    start..end
}

/// The place in the source of a place in the text; inside an escape one of its ends.
fn place(raw: &Range<usize>, escapes: &[Escape], at: usize, at_end: bool) -> usize {
    let before = escapes.partition_point(|escape| escape.text.start < at);
    let Some(escape) = before.checked_sub(1).and_then(|last| escapes.get(last)) else {
        return raw.end.min(raw.start + at);
    };
    if at < escape.text.end {
        return if at_end { escape.raw.end } else { escape.raw.start };
    }
    raw.end.min(escape.raw.end + (at - escape.text.end))
}

/// Whether `at` is between the characters of one escape.
pub(super) fn is_inside(escapes: &[Escape], at: usize) -> bool {
    let before = escapes.partition_point(|escape| escape.text.start < at);
    before.checked_sub(1).and_then(|last| escapes.get(last)).is_some_and(|it| at < it.text.end)
}

impl<'a> Text<'a> {
    /// Text that stands as it is.
    pub(super) fn plain(source: &'a str, raw: Range<usize>) -> Self {
        Self { text: Cow::Borrowed(&source[raw.clone()]), raw, escapes: Vec::new() }
    }

    /// The bytes of the source that `range` of this text stands in.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        source_range(&self.raw, &self.escapes, range)
    }

    /// Whether `at` is between the characters of one escape.
    pub(super) fn is_inside(&self, at: usize) -> bool {
        is_inside(&self.escapes, at)
    }

    /// The part of this text in `range`, whose ends are inside no escape.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let from = self.escapes.partition_point(|escape| escape.text.end <= range.start);
        let to = self.escapes.partition_point(|escape| escape.text.start < range.end);
        let escapes = self.escapes.get(from..to).unwrap_or_default().iter();
        let escapes = escapes.map(|Escape { text, raw }| {
            let text = text.start - range.start..text.end - range.start;
            Escape { text, raw: raw.clone() }
        });
        let escapes = escapes.collect();
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[range.clone()]),
            Cow::Owned(text) => Cow::Owned(text[range.clone()].to_owned()),
        };
        Self { raw: self.source_range(range), text, escapes }
    }

    /// This text with another behind it that follows it in the source.
    pub(super) fn append(&mut self, next: Self) {
        let by = self.text.len();
        self.escapes.extend(next.escapes.into_iter().map(|escape| {
            let text = escape.text.start + by..escape.text.end + by;
            Escape { text, raw: escape.raw }
        }));
        self.text.to_mut().push_str(&next.text);
        self.raw.end = next.raw.end;
    }

    /// `text` as it is written by all of `raw`.
    pub(super) fn escape(raw: Range<usize>, text: String) -> Self {
        let escapes = vec![Escape { text: 0..text.len(), raw: raw.clone() }];
        Self { raw, text: Cow::Owned(text), escapes }
    }
}

/// Makes a [`Text`] from a part of a source, escape by escape.
pub(super) struct Decoder<'a> {
    source: &'a str,
    start: usize,
    copied: usize,
    text: String,
    escapes: Vec<Escape>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(source: &'a str, start: usize) -> Self {
        Self { source, start, copied: start, text: String::new(), escapes: Vec::new() }
    }

    /// What stands before `raw` is itself, `raw` stands for `chars`.
    pub(super) fn escape(&mut self, raw: Range<usize>, chars: impl IntoIterator<Item = char>) {
        self.text.push_str(&self.source[self.copied..raw.start]);
        let start = self.text.len();
        self.text.extend(chars);
        self.copied = raw.end;
        self.escapes.push(Escape { text: start..self.text.len(), raw });
    }

    /// The text that ends at `end`.
    pub(super) fn finish(mut self, end: usize) -> Text<'a> {
        if self.escapes.is_empty() {
            return Text::plain(self.source, self.start..end);
        }
        self.text.push_str(&self.source[self.copied..end]);
        Text { raw: self.start..end, text: Cow::Owned(self.text), escapes: self.escapes }
    }
}
