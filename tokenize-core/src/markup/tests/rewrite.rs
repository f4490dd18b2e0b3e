use proptest::prelude::*;
use proptest::sample::Index;

use super::html::near_html;
use super::*;

/// The source with `old`, wherever a piece has it, replaced by `new`.
fn replaced(markup: Markup, source: &str, old: &str, new: &str) -> String {
    let pieces = markup.pieces(source).unwrap();
    pieces.rewrite(|piece| {
        let places = piece.text.match_indices(old);
        let change = |(at, _)| Change { range: at..at + old.len(), text: new.to_owned() };
        places.map(change).collect()
    })
}

fn check(markup: Markup, cases: &[(&str, &str, &str)]) {
    for (source, new, expected) in cases {
        assert_eq!(replaced(markup, source, "X", new), *expected, "{source}");
    }
}

#[test]
fn json_stays_json() {
    check(
        Markup::Json,
        &[
            (r#" {"X": "aXb\u0040X"} "#, "y", r#" {"X": "ayb\u0040y"} "#),
            (r#"["\u0058\/"]"#, "\"\\\n\u{1}é😀", r#"["\"\\\n\u0001é😀\/"]"#),
            (r#"["X"]"#, "", r#"[""]"#),
        ],
    );
    assert_eq!(replaced(Markup::Json, "[5, -5]", "5", "[ID]"), r#"["[ID]", "-[ID]"]"#);
    assert_eq!(replaced(Markup::Json, "[5, -50e5]", "5", "7"), "[7, -70e7]");
    assert_eq!(replaced(Markup::Json, "[55]", "5", "0"), r#"["00"]"#);
    assert_eq!(replaced(Markup::Json, "[5]", "5", "\"a\", 1"), r#"["\"a\", 1"]"#);
    assert_eq!(replaced(Markup::Json, "[null]", "null", " 1"), r#"[" 1"]"#);
    assert_eq!(replaced(Markup::Json, "[5]", "5", "null"), "[null]");
}

#[test]
fn html_stays_html() {
    check(
        Markup::Html,
        &[
            ("<p>a&nbsp;X&#88;</p>X", "y", "<p>a&nbsp;yy</p>y"),
            ("<p>X</p>", "<b>&amp;\"'", "<p>&lt;b&gt;&amp;amp;\"'</p>"),
            (
                "<a b=\"X'\" c='X\"' d=X>",
                "\"' ",
                "<a b=\"&quot;' '\" c='\"&#39; \"' d=&quot;&#39;&#32;>",
            ),
            ("<a b=X c=d>", "", "<a b=\"\" c=d>"),
            ("<a b=X'c>", "", "<a b=\"'c\">"),
            ("<title>X</title>", "</title>", "<title>&lt;/title&gt;</title>"),
            (
                "<a href=mailto:X?cc=X,b&body=X>",
                "a@b, &?é",
                "<a href=mailto:a@b%2C%20%26%3F%C3%A9?cc=a@b%2C%20%26%3F%C3%A9,b&body=a@b%2C%20%26%3F%C3%A9>",
            ),
            ("<a href='mailto:%58%20%58'>", "y", "<a href='mailto:y%20y'>"),
            ("<a href='mailto:a%X'>", "40", "<a href='mailto:a%2540'>"),
            ("<X@b.c>", "y", "<y@b.c>"),
            ("<X@b.c d>", "[E]", "<x-[E]@b.c d>"),
            ("<a X@b.c=d>", " onclick=e>", "<a _onclick_e_@b.c=d>"),
        ],
    );
}

#[test]
fn what_is_apart_does_not_come_together() {
    check(
        Markup::Html,
        &[
            ("&amXp;", "", "&amp;amp;"),
            ("AT&X", "amp;", "AT&amp;amp;"),
            ("&#X;", "64", "&amp;#64;"),
            ("&notX", "in;", "¬in;"),
            ("<a b='&notX'>", "-", "<a b='&amp;not-'>"),
            ("1 <2X", "b>", "1 <2b&gt;"),
            ("1 <X", "b", "1 <X"),
            ("a <1Xb>", "", "a <1b>"),
            ("<script>a</scripXt></script>", "", "<script>a\\u003c/script></script>"),
            ("<style>X</style>", "</style>", "<style>\\3c /style></style>"),
            ("<script>X</script>", "<!--<script>", "<script>\\u003c!--\\u003cscript></script>"),
            ("<xmp>X</xmp>", "</xmp>", "<xmp>&lt;/xmp></xmp>"),
            ("<!--a-X->", "-", "<!--a---&gt;"),
            ("<!--a-X->-->", "", "<!--a--&gt;-->"),
            ("<!--X-->", "-->", "<!----&gt;-->"),
            ("<!--X>-->", "", "<!--&gt;-->"),
            ("<!X>", "--", "<! -->"),
            ("<?X>", "a>", "<? a&gt;>"),
            ("<!DOCTYPE X>", "y", "<!DOCTYPE y>"),
        ],
    );
}

#[test]
fn a_change_takes_whole_characters_and_no_more_than_its_text() {
    let pieces = Markup::Html.pieces("a&fjlig;bé").unwrap();
    let rewritten = |range: Range<usize>| {
        pieces.rewrite(|_| vec![Change { range: range.clone(), text: "-".to_owned() }])
    };
    assert_eq!(rewritten(0..1), "-&fjlig;bé");
    assert_eq!(rewritten(1..2), "a-jbé");
    assert_eq!(rewritten(2..3), "af-bé");
    assert_eq!(rewritten(4..5), "a&fjlig;b-");
    assert_eq!(rewritten(6..99), "a&fjlig;bé-");
    assert_eq!(pieces.pieces[0].source_range(1..2), 1..8);
    let overlapping =
        pieces.rewrite(|_| [0..4, 2..6].map(|range| Change { range, text: "-".to_owned() }).into());
    assert_eq!(overlapping, "--");
}

/// Makes one change, and takes the result apart: every piece but the changed one is the same, and that one too where it has escapes.
fn check_change(markup: Markup, source: &str, place: (Index, Index, Index), new: &str) {
    let Ok(pieces) = markup.pieces(source) else { return };
    if pieces.pieces.is_empty() {
        return;
    }
    let which = place.0.index(pieces.pieces.len());
    let piece = &pieces.pieces[which];
    let ends = [place.1, place.2].map(|at| at.index(piece.text.len() + 1));
    let start = piece.text.floor_char_boundary(ends[0].min(ends[1]));
    let end = piece.text.ceil_char_boundary(ends[0].max(ends[1]));
    let change = |it: &Piece<'_>| {
        let change = Change { range: start..end, text: new.to_owned() };
        if it.raw == piece.raw { vec![change] } else { Vec::new() }
    };
    let result = pieces.rewrite(change);
    assert_eq!(result[..piece.raw.start], source[..piece.raw.start]);
    assert!(result.ends_with(&source[piece.raw.end..]));
    let mut expected = shown(markup, source);
    let mut found = shown(markup, &result);
    let mut text = piece.text.to_string();
    text.replace_range(start..end, new);
    match piece.writing {
        // What was no link for a reference that stands for a separator and more may be one now.
        Writing::Html(Context::Attribute(_)) if text.contains("mailto:") => return,
        // A number may have become a string.
        Writing::JsonScalar => {
            assert_eq!(found[which].1, text);
            expected.remove(which);
            found.remove(which);
        }
        Writing::JsonString => expected[which].1 = text,
        Writing::Html(context) => {
            let is_exact = matches!(context, Context::Text | Context::Attribute(_) | Context::Link)
                || (piece.kind == PieceKind::Text && matches!(context, Context::Inside(_)));
            expected[which].1 = text.clone();
            if !is_exact || text.trim().is_empty() {
                expected.remove(which);
                if found.len() > expected.len() {
                    found.remove(which);
                }
            }
        }
    }
    assert_eq!(found, expected, "{source} became {result}");
}

fn near_markup() -> impl Strategy<Value = String> {
    let parts = [
        "", "a", "[E:x]", "amp;", "am", "p;", "64", ";", "#", "&", "<", ">", "/", "b>", "-", "--",
        "!", "\"", "'", "=", " ", "%", "40", "script>", "é", "😀", "</title>", "not", "in;", "\\",
        "\n",
    ];
    proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..4)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_change_in_html_is_read_back(
        source in near_html(),
        place in any::<(Index, Index, Index)>(),
        new in near_markup(),
    ) {
        check_change(Markup::Html, &source, place, &new);
    }

    #[test]
    fn a_change_in_json_is_read_back(
        texts in proptest::collection::vec(any::<String>(), 1..4),
        numbers in proptest::collection::vec(any::<f64>(), 0..3),
        place in any::<(Index, Index, Index)>(),
        new in prop_oneof![near_markup(), any::<String>()],
    ) {
        let source = serde_json::json!({"a": texts, "b": numbers, "c": [null, true]}).to_string();
        check_change(Markup::Json, &source, place, &new);
        let escaped: String = source.chars().map(|c| match c {
            '\u{80}'.. => c.encode_utf16(&mut [0; 2]).iter().map(|it| format!("\\u{it:04X}")).collect(),
            c => c.to_string(),
        }).collect();
        check_change(Markup::Json, &escaped, place, &new);
    }
}
