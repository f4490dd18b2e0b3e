//! Where a part of HTML ends: WHATWG HTML, sections 13.2.5.1 to 13.2.5.52. All take time linear in what they pass over.

use super::{Element, is_space};

/// The first place from `from` on whose byte is wanted, or the end. Wanted bytes are ASCII or begin a character.
pub(super) fn find(source: &str, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    let rest = source.as_bytes().get(from..).unwrap_or_default();
    rest.iter().position(|byte| wanted(*byte)).map_or(source.len(), |at| from + at)
}

/// The end of the text that begins at `from`: the next `<` that begins anything else.
pub(super) fn of_text(source: &str, from: usize) -> usize {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        at = find(source, at, |byte| byte == b'<');
        match bytes.get(at + 1) {
            Some(b'/') if bytes.len() > at + 2 => return at,
            Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?') => return at,
            None => return source.len(),
            Some(_) => at += 1,
        }
    }
}

/// The end of the comment whose text begins at `from`, and the place behind it.
pub(super) fn of_comment(source: &str, from: usize) -> (usize, usize) {
    let text = &source[from..];
    for mark in [">", "->"] {
        if text.starts_with(mark) {
            return (from, from + mark.len());
        }
    }
    for (at, dashes) in text.match_indices('-').map(|(at, _)| (at, &text[at..])) {
        for mark in ["-->", "--!>"] {
            if dashes.starts_with(mark) {
                return (from + at, from + at + mark.len());
            }
        }
    }
    (source.len(), source.len())
}

/// The end of what is inside `element` and begins at `from`: its end tag.
pub(super) fn of_element(source: &str, from: usize, element: Element) -> usize {
    match element {
        Element::PlainText => source.len(),
        Element::Script => of_script(source, from),
        _ => {
            let mut at = from;
            loop {
                at = find(source, at, |byte| byte == b'<');
                if at == source.len() || is_tag_of(source, at, "</", element) {
                    return at;
                }
                at += 1;
            }
        }
    }
}

/// A script may hold `<!--`, and behind it other scripts with their end tags.
fn of_script(source: &str, from: usize) -> usize {
    let tag_at = |at, mark| is_tag_of(source, at, mark, Element::Script);
    let mut state = State::Script;
    let mut at = from;
    while at < source.len() {
        at = find(source, at, |byte| matches!(byte, b'<' | b'-'));
        let rest = source.get(at..).unwrap_or_default();
        state = match state {
            State::Script | State::Escaped if tag_at(at, "</") => return at,
            State::Script if rest.starts_with("<!--") => {
                // `<!-->` is whole: its dashes count twice.
                at += 1;
                State::Escaped
            }
            State::Escaped if tag_at(at, "<") => State::DoubleEscaped,
            State::DoubleEscaped if tag_at(at, "</") => State::Escaped,
            State::Escaped | State::DoubleEscaped if rest.starts_with("-->") => State::Script,
            state => state,
        };
        at += 1;
    }
    source.len()
}

enum State {
    DoubleEscaped,
    Escaped,
    Script,
}

/// Whether at `at` there is `mark`, the name of `element` and what ends a name.
fn is_tag_of(source: &str, at: usize, mark: &str, element: Element) -> bool {
    let name = element.name().as_bytes();
    let Some(rest) =
        source.as_bytes().get(at..).and_then(|rest| rest.strip_prefix(mark.as_bytes()))
    else {
        return false;
    };
    rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
        && rest.get(name.len()).is_some_and(|&byte| is_space(byte) || matches!(byte, b'/' | b'>'))
}
