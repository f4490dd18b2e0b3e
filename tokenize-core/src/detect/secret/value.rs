//! The value behind a name: where it begins and ends, in code, JSON, settings, URLs and sentences.

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_quoted: bool,
    /// Whether it stands on the line after its name.
    pub(super) is_below: bool,
}

/// What is assigned by the mark at `at`.
pub(super) fn assigned(value: &[u8], at: usize) -> Option<Value> {
    let rest = value.get(at + 1..)?;
    let from = match (value.get(at)?, rest) {
        // A comparison, a path in code, a URL, and `:=`, which is left to its second half.
        (b'=', [b'=' | b'~', ..]) | (b':', [b':' | b'=', ..]) | (b':', [b'/', b'/', ..]) => {
            return None;
        }
        (b'=', [b'>', ..]) => at + 2,
        _ => at + 1,
    };
    let found = next(value, from)?;
    // `password: str = "..."`
    let is_typed = value.get(at) == Some(&b':') && !found.is_quoted;
    match is_typed.then(|| default_of(value, found.end)).flatten() {
        Some(default) => next(value, default),
        None => Some(found),
    }
}

/// Where the default begins of what is declared with a type that ends at `end`.
fn default_of(value: &[u8], end: usize) -> Option<usize> {
    let rest = value.get(end..)?;
    let spaces = rest.iter().take(2).take_while(|byte| **byte == b' ').count();
    let rest = rest.get(spaces..)?.strip_prefix(b"=")?;
    let quote = rest.iter().take(2).position(|byte| is_quote(*byte))?;
    Some(end + spaces + 1 + quote)
}

/// The value that begins at `from`, or a little behind it.
pub(super) fn next(value: &[u8], from: usize) -> Option<Value> {
    let mut start = from + skipped(value.get(from..)?);
    let is_below = value.get(from..start)?.contains(&b'\n');
    let rest = value.get(start..)?;
    let prefix = rest.iter().take(2).take_while(|byte| b"rbufRBUF@$L".contains(byte)).count();
    let escapes = rest.get(prefix..)?.iter().take(4).take_while(|byte| **byte == b'\\').count();
    let opening = rest.get(prefix + escapes..)?;
    if let Some((quote, len)) = opening_quote(opening) {
        start += prefix + escapes + len;
        let end = quoted_end(value.get(start..)?, quote, escapes > 0);
        if let Some(len) = end {
            return Some(Value { start, end: start + len, is_quoted: true, is_below });
        }
    }
    let end = start + bare_len(value.get(start..)?)?;
    Some(Value { start, end, is_quoted: false, is_below })
}

/// White space, marks of Markdown and a closing tag before a value.
fn skipped(rest: &[u8]) -> usize {
    let stars = rest.iter().take(2).take_while(|byte| **byte == b'*').count();
    let mut len = if rest.get(stars) == Some(&b' ') { stars } else { 0 };
    if rest.starts_with(b"</") {
        len = rest.iter().take(TAG).position(|byte| *byte == b'>').map_or(0, |close| close + 1);
    }
    let mut breaks = 0;
    let rest = rest.get(len..).unwrap_or_default();
    len + rest
        .iter()
        .take(SPACES)
        .take_while(|byte| {
            breaks += usize::from(**byte == b'\n');
            matches!(byte, b' ' | b'\t' | b'\r' | b'\n') && breaks < 2
        })
        .count()
}

/// The last byte of the quote that closes what a quote opens, and how long that one is.
fn opening_quote(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b'"', b'"', b'"', ..] => Some((b'"', 3)),
        [quote, ..] if is_quote(*quote) => Some((*quote, 1)),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some((b'&', 6)),
        // Curly and low quotes (U+2018 to U+201F).
        [0xE2, 0x80, 0x98..=0x9F, ..] => Some((0xE2, 3)),
        // Angle quotes.
        [0xC2, 0xAB | 0xBB, ..] => Some((0xC2, 2)),
        // Corner brackets of East Asian texts.
        [0xE3, 0x80, 0x8C | 0x8E, ..] => Some((0xE3, 3)),
        _ => None,
    }
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// How long the text is up to its closing quote.
fn quoted_end(text: &[u8], quote: u8, is_escaped: bool) -> Option<usize> {
    let mut at = 0;
    while at < LONGEST {
        let byte = *text.get(at)?;
        if byte == b'\n' {
            return None;
        }
        if byte == b'\\' {
            let escapes = text.get(at..)?.iter().take(4).take_while(|byte| **byte == b'\\').count();
            if is_escaped && text.get(at + escapes) == Some(&quote) {
                return Some(at);
            }
            at += 2;
            continue;
        }
        if byte == quote {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// How long a value without quotes is; `None` for an expression of code.
fn bare_len(text: &[u8]) -> Option<usize> {
    let mut len = 0;
    while let Some(byte) = text.get(len).filter(|_| len < LONGEST) {
        let next = text.get(len + 1).copied().unwrap_or(b' ');
        match byte {
            0..=b' '
            | b'"'
            | b'\''
            | b'`'
            | b'<'
            | b'>'
            | b','
            | b';'
            | b'|'
            | b')'
            | b']'
            | b'}' => break,
            b'&' if next_is_field(text.get(len + 1..)?) => break,
            b'\\' if matches!(next, b'n' | b'r' | b't' | b'"' | b'\'') => break,
            // Typographic quotes and the punctuation of East Asian texts.
            0xE2 if next == 0x80 => break,
            0xE3 if next == 0x80 => break,
            0xC2 if matches!(next, 0xAB | 0xBB) => break,
            b'(' | b'[' | b'{' | b':' | b'/' | b'&' if len == 0 => return None,
            b'(' | b'[' | b'{' if is_called(text.get(..len)?) => return None,
            b'{' if text.get(..len)?.ends_with(b"$") => return None,
            _ => len += 1,
        }
    }
    // The end of a sentence, and of bold text in Markdown; other signs end passwords.
    while len > 0 && matches!(text.get(len - 1), Some(b'.' | b':')) {
        len -= 1;
    }
    if text.get(..len)?.ends_with(b"**") {
        len -= 2;
    }
    (len > 0 && len < LONGEST).then_some(len)
}

/// Whether what is before a bracket is the name of a function, a list or a type.
fn is_called(name: &[u8]) -> bool {
    name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.:->$!".contains(byte))
}

/// Whether `&` parts fields of a form: another name and `=` follow, or nothing does.
fn next_is_field(rest: &[u8]) -> bool {
    let len = rest
        .iter()
        .take(FIELD)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.;[]%".contains(byte))
        .count();
    matches!(rest.get(len), Some(b'=') | None)
        || rest.first().is_some_and(|byte| *byte <= b' ' || *byte == b'&')
}

/// The longest value.
pub(super) const LONGEST: usize = 300;
const SPACES: usize = 12;
const TAG: usize = 12;
const FIELD: usize = 32;
