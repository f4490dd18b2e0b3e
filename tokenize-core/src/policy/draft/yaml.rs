//! Names and remarks as YAML takes them.

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if is_plain(c) => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// A column's path as a key: bare where it is a plain word, else in quotes.
pub(super) fn key(path: &str) -> String {
    let is_word = path.starts_with(|c: char| c.is_ascii_alphabetic())
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    if is_word && !OTHER_THINGS.contains(&path.to_ascii_lowercase().as_str()) {
        path.to_owned()
    } else {
        quoted(path)
    }
}

/// A remark on one line.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect()
}

/// Characters that stand for themselves in quotes, on one line, in every version of YAML.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{A0}'..='\u{2027}' | '\u{202A}'..='\u{D7FF}' | '\u{E000}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}')
}

/// Words that some version of YAML reads as something else than a text.
const OTHER_THINGS: &[&str] =
    &["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];
