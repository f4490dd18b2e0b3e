//! Canonical JSON (RFC 8785): the one writing of a tree that can be hashed, compared and put under a MAC.
//!
//! Only what our trees hold is supported: objects, arrays, strings, integers, booleans, null; no floats. Start at [`canonical`].

use serde_json::Value;

/// The canonical writing of `value`: no white space, keys sorted by UTF-16 code units.
///
/// Does not rely on the order in which `serde_json` keeps keys, which another crate can change by a feature.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => write_list(items.iter(), ('[', ']'), out, write),
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            write_list(entries.into_iter(), ('{', '}'), out, |(key, value), out| {
                write_string(key, out);
                out.push(':');
                write(value, out);
            });
        }
        Value::String(text) => write_string(text, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn write_list<T>(
    items: impl Iterator<Item = T>,
    ends: (char, char),
    out: &mut String,
    mut each: impl FnMut(T, &mut String),
) {
    out.push(ends.0);
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(ends.1);
}

/// serde_json escapes exactly what RFC 8785, section 3.2.2.2 asks for.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_strings_escaped() {
        let value = json!({"b": [1, true, null], "a": {"\u{e9}": "\u{1}\n\"\\é€", "z": -5}});
        assert_eq!(
            canonical(&value),
            "{\"a\":{\"z\":-5,\"é\":\"\\u0001\\n\\\"\\\\é€\"},\"b\":[1,true,null]}"
        );
    }

    #[test]
    fn keys_are_sorted_by_utf16_units() {
        // U+FB33 sorts after U+1F600 in UTF-16, before it in UTF-8 (RFC 8785, section 3.2.3).
        let value = json!({"\u{fb33}": 1, "\u{1f600}": 2});
        assert_eq!(canonical(&value), "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }
}
