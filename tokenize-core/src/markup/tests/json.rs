use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::field::PathPattern;

/// Whether serde_json takes a text, whose range of numbers is not that of RFC 8259, and what strings it finds outside keys.
fn oracle(source: &str) -> Option<Vec<String>> {
    fn collect(value: Value, out: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.into_iter().for_each(|item| collect(item, out)),
            Value::Object(map) => map.into_iter().for_each(|(_, item)| collect(item, out)),
            Value::String(text) => out.push(text),
            _ => {}
        }
    }
    let mut strings = Vec::new();
    collect(serde_json::from_str(source).ok()?, &mut strings);
    Some(strings)
}

fn strings(source: &str) -> Option<Vec<String>> {
    let pieces = Markup::Json.pieces(source).ok()?;
    check_maps(&pieces, source);
    let strings = pieces.pieces.iter().filter(|piece| piece.kind == PieceKind::String);
    Some(strings.map(|piece| piece.text.to_string()).collect())
}

#[test]
fn what_is_json_and_what_is_not() {
    let good = [
        "0",
        "-0",
        "-0.0",
        "1e5",
        "1E+05",
        "0.5e-2",
        "123456789012345678901234567890",
        "true",
        " null ",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "[{},{}]",
        "\t\r\n[1 , 2]\n",
        "{\"\":0}",
        "{\"a\":1,\"a\":2}",
        "\"\\u0000\"",
        "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
        "\"\\ud83d\\ude00\"",
        "\"\u{7f}\u{2028}\"",
        "\"\\uFFFF\"",
        "\"a\u{301}\u{202e}😀\"",
        "[\"\\uD834\\uDD1E\"]",
    ];
    for source in good {
        assert!(strings(source).is_some(), "{source}");
        assert!(oracle(source).is_some(), "{source}");
    }
    let bad = [
        "",
        " ",
        "\u{feff}1",
        "1 2",
        "[1,]",
        "[,1]",
        "[1",
        "]",
        "[1}",
        "{\"a\":1]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{1:1}",
        "01",
        "-",
        "-01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "tru",
        "True",
        "nullx",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\t\"",
        "\"\u{0}\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud83d\\n\"",
        "\"\\",
        "\"\\u",
        "[1]]",
        "[1] // x",
        "/**/1",
        "'a'",
        "\u{a0}1",
        "1\u{c}",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "{\"\\ud800\":1}",
        "\"\\u004\u{e9}\"",
        "{",
        "[",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "[\"a\",",
    ];
    for source in bad {
        assert!(strings(source).is_none(), "{source}");
        assert!(oracle(source).is_none(), "{source}");
    }
    // Beyond serde_json, not beyond RFC 8259.
    assert!(strings("1e999").is_some());
}

#[test]
fn pieces_have_kinds_and_texts() {
    let source = r#"{"a": ["x\u0040y.z", -1.5e3, true, null], "b\n": {"c": "\ud83d\ude00\/"}}"#;
    let expected = [
        (PieceKind::String, "x@y.z"),
        (PieceKind::Number, "-1.5e3"),
        (PieceKind::Literal, "true"),
        (PieceKind::Literal, "null"),
        (PieceKind::String, "😀/"),
    ];
    assert_eq!(shown(Markup::Json, source), expected.map(|(kind, text)| (kind, text.to_owned())));
}

#[test]
fn ranges_stand_where_the_source_has_them() {
    let source = r#"["a\u0040b\ud83d\ude00c\/d"]"#;
    let pieces = Markup::Json.pieces(source).unwrap();
    let piece = &pieces.pieces[0];
    assert_eq!(piece.text, "a@b😀c/d");
    let at = |text: &str| {
        let start = piece.text.find(text).unwrap();
        &source[piece.source_range(start..start + text.len())]
    };
    assert_eq!(at("a"), "a");
    assert_eq!(at("@"), r"\u0040");
    assert_eq!(at("@b"), r"\u0040b");
    assert_eq!(at("😀"), r"\ud83d\ude00");
    assert_eq!(at("c/d"), r"c\/d");
    assert_eq!(piece.source_range(1..1), 3..3);
}

#[test]
fn paths_are_those_that_rules_name() {
    let cases = [
        ("1", vec!["$"]),
        ("[1, [2, 3]]", vec!["$[]", "$[][]", "$[][]"]),
        (
            r#"{"messages": [{"content": "a"}, {"content": "b", "role": "c"}], "a": {"b": 1}}"#,
            vec!["messages[].content", "messages[].content", "messages[].role", "a.b"],
        ),
        (r#"[{"content": "a"}]"#, vec!["$[].content"]),
        (r#"{"a.b": 1, "c`d": 2, "": 3, "*": 4}"#, vec!["`a.b`", "`c``d`", "``", "`*`"]),
        (r#"{"a": 1, "\u0061": [2], "a": {"a": 3}}"#, vec!["a", "a[]", "a.a"]),
    ];
    for (source, expected) in cases {
        let pieces = Markup::Json.pieces(source).unwrap();
        let paths = pieces.pieces.iter().map(|piece| pieces.paths.path(piece.path).to_string());
        assert_eq!(paths.collect::<Vec<_>>(), expected, "{source}");
    }
    let pieces = Markup::Json.pieces(r#"[{"content": "a"}, {"content": "b"}]"#).unwrap();
    assert_eq!(pieces.pieces[0].path, pieces.pieces[1].path);
    assert_eq!(pieces.paths.len(), 3);
    let pattern: PathPattern = "*[].content".parse().unwrap();
    assert!(pattern.matches(&pieces.paths.path(pieces.pieces[0].path)));
}

#[test]
fn depth_is_no_matter() {
    let depth = 100_000;
    let arrays = "[".repeat(depth) + "1" + &"]".repeat(depth);
    let pieces = Markup::Json.pieces(&arrays).unwrap();
    assert_eq!(pieces.paths.path(pieces.pieces[0].path).steps().len(), depth + 1);
    let objects = "{\"a\":1,\"b\":".repeat(depth) + "1" + &"}".repeat(depth);
    assert_eq!(shown(Markup::Json, &objects).len(), depth + 1);
    assert!(Markup::Json.pieces(&"[".repeat(depth)).is_err());
    assert!(Markup::Json.pieces(&"{\"a\":".repeat(depth)).is_err());
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text near JSON: what the parser has to tell apart, in any order.
fn near_json() -> impl Strategy<Value = String> {
    let parts = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"k\":",
        "\\",
        "\\n",
        "\\u00e9",
        "\\ud83d",
        "\\ude00",
        "\"\\ud83d\\ude00\"",
        "0",
        "1",
        "-",
        ".5",
        "e",
        "1e5",
        "+",
        "true",
        "null",
        " ",
        "\n",
        "é",
        "😀",
        "\u{1}",
    ];
    proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn strings_are_those_of_serde_json(document in document()) {
        for source in [document.to_string(), serde_json::to_string_pretty(&document).unwrap()] {
            prop_assert_eq!(strings(&source), oracle(&source));
        }
    }

    #[test]
    fn texts_near_json_are_judged_as_by_serde_json(source in near_json()) {
        prop_assert_eq!(strings(&source).is_some(), oracle(&source).is_some());
    }

    #[test]
    fn mutated_json_is_judged_as_by_serde_json(
        document in document(),
        at in any::<proptest::sample::Index>(),
        with in "[\\[\\]{},:\"\\\\u0-9a-f. \n-]{0,2}",
    ) {
        let mut source = document.to_string();
        let start = source.floor_char_boundary(at.index(source.len()));
        let end = source.ceil_char_boundary(start + 1);
        source.replace_range(start..end, &with);
        let judged = serde_json::from_str::<Value>(&source);
        // It stops at a number beyond its range, and sees no later fault.
        let stops = |error: &serde_json::Error| error.to_string().starts_with("number out");
        prop_assume!(!judged.as_ref().is_err_and(stops));
        prop_assert_eq!(strings(&source).is_some(), judged.is_ok());
    }

    #[test]
    fn strings_are_encoded_as_by_serde_json(text in any::<String>()) {
        let encoded = crate::markup::json::encode(&text);
        prop_assert_eq!(format!("\"{encoded}\""), Value::from(text).to_string());
    }
}
