use PieceKind::{Attribute, Comment, Name, Script, Style, Text};
use proptest::prelude::*;

use super::*;

fn check(source: &str, expected: &[(PieceKind, &str)]) {
    let pieces = Markup::Html.pieces(source).unwrap();
    check_maps(&pieces, source);
    let found: Vec<_> = pieces.pieces.iter().map(|it| (it.kind, it.text.as_ref())).collect();
    assert_eq!(found, expected, "{source}");
    assert!(pieces.pieces.iter().all(|it| pieces.paths.path(it.path).to_string() == "$"));
}

#[test]
fn text_is_what_stands_between_tags() {
    check("", &[]);
    check(" \r\n", &[]);
    check("plain", &[(Text, "plain")]);
    check("<p>a</p><p>b</p>", &[(Text, "a"), (Text, "b")]);
    check("<p>\r\n  a\r\n</p>", &[(Text, "\r\n  a\r\n")]);
    check("<P\n>a</P\t><br/>b<hr />c", &[(Text, "a"), (Text, "b"), (Text, "c")]);
    check("jane<b>@</b>example.org", &[(Text, "jane"), (Text, "@"), (Text, "example.org")]);
    check("1 < 2 <3> <", &[(Text, "1 < 2 <3> <")]);
    check("a </", &[(Text, "a </")]);
    check("a</>b", &[(Text, "a"), (Text, "b")]);
    check("Zoe\u{301} \u{202e}abc 😀", &[(Text, "Zoe\u{301} \u{202e}abc 😀")]);
    check("jane&#64;example&period;org", &[(Text, "jane@example.org")]);
    check("<noscript><i>a</i></noscript>", &[(Text, "a")]);
    check("<template>a</template>", &[(Text, "a")]);
}

#[test]
fn some_elements_hold_no_markup() {
    check("<title>a &amp; <b>b</title>c", &[(Text, "a & <b>b"), (Text, "c")]);
    check("<textarea>a</text></TEXTAREA >b", &[(Text, "a</text>"), (Text, "b")]);
    check("<style>a &amp; <b></style>", &[(Style, "a &amp; <b>")]);
    check("<script>if (a<b && c) {}</script>d", &[(Script, "if (a<b && c) {}"), (Text, "d")]);
    check("<xmp><b>&amp;</xmp>c", &[(Text, "<b>&amp;"), (Text, "c")]);
    check("<plaintext></plaintext>", &[(Text, "</plaintext>")]);
    check("<script>a", &[(Script, "a")]);
    check("<script>a</scripty></script/>", &[(Script, "a</scripty>")]);
    check("<title>a</title", &[(Text, "a</title")]);
    check("</script>a<b>", &[(Text, "a")]);
}

#[test]
fn scripts_may_hold_comments_with_scripts() {
    let whole = [
        "<!-- <script> </script> -->",
        "<!-- <script> </script> <script></script>--> ",
        "<!--> a",
        "<!---> a",
        "<!-- <scripty> --> <!-",
        "<!-- <script> --> a",
    ];
    for script in whole {
        check(&format!("<script>{script}</script>b"), &[(Script, script), (Text, "b")]);
    }
    check("<script><!-- a </script> --> b", &[(Script, "<!-- a "), (Text, " --> b")]);
    check("<script><!-- <script> </script> b", &[(Script, "<!-- <script> </script> b")]);
}

#[test]
fn comments_and_declarations_are_pieces() {
    check("a<!-- b &amp; -->c", &[(Text, "a"), (Comment, " b &amp; "), (Text, "c")]);
    check("<!-->a<!--->b<!---->c", &[(Text, "a"), (Text, "b"), (Text, "c")]);
    check("<!--a--!>b", &[(Comment, "a"), (Text, "b")]);
    check("<!--a--b--->c", &[(Comment, "a--b-"), (Text, "c")]);
    check("<!--a", &[(Comment, "a")]);
    check("<!DOCTYPE html>a", &[(Comment, "DOCTYPE html"), (Text, "a")]);
    check("<!doctype a \"b>c\">", &[(Comment, "doctype a \"b"), (Text, "c\">")]);
    check("<?xml a?>b", &[(Comment, "xml a?"), (Text, "b")]);
    check("</3 a>b", &[(Comment, "3 a"), (Text, "b")]);
    check("<![CDATA[a]]>", &[(Comment, "[CDATA[a]]")]);
    check("<!", &[]);
}

#[test]
fn every_value_of_an_attribute_is_a_piece() {
    let names = ["title", "alt", "placeholder", "value", "aria-label", "data-x", "onclick", "X:y"];
    for name in names {
        check(&format!("<a {name}='a&#64;b'>"), &[(Attribute, "a@b")]);
    }
    let source = "<a b = \"c'd\" e='f\"g' h=i/j k l= m n=>o";
    let values = ["c'd", "f\"g", "i/j", "m"].map(|value| (Attribute, value));
    check(source, &[&values[..], &[(Text, "o")]].concat());
    check("<a b=\"c>d\"/e=f>g", &[(Attribute, "c>d"), (Attribute, "f"), (Text, "g")]);
    check("<a b=?c=1&copy=2&amp;d=3>", &[(Attribute, "?c=1&copy=2&d=3")]);
    check("</a b=c>", &[(Attribute, "c")]);
    check("<a b=\"c", &[(Attribute, "c")]);
    check("<a b=c", &[(Attribute, "c")]);
    check("<textarea placeholder=a>b", &[(Attribute, "a"), (Text, "b")]);
}

#[test]
fn odd_names_are_pieces() {
    check("Jane <jane@example.org>", &[(Text, "Jane "), (Name, "jane@example.org")]);
    check("</jane@example.org>", &[(Name, "jane@example.org")]);
    check("<jane@example.org", &[(Name, "jane@example.org")]);
    check("<a 2015550123 b=c>", &[(Name, "2015550123"), (Attribute, "c")]);
    check("<a =é=b>", &[(Name, "=é"), (Attribute, "b")]);
    check("<h1 data-v-7ba5bd90><my-tag xml:lang=a>", &[(Attribute, "a")]);
}

#[test]
fn links_are_taken_apart() {
    let cases: [(&str, &[&str]); 14] = [
        ("mailto:jane@example.org", &["jane@example.org"]),
        (" MailTo:jane%40example.org", &["jane@example.org"]),
        (
            "mailto:a@b.example,c%2Cd@e.example;f@g.example",
            &["a@b.example", "c,d@e.example", "f@g.example"],
        ),
        (
            "mailto:a@b.example?cc=c@d.example,e@f.example&amp;body=Hi,%20Jo%C3%A9&subject=x+y",
            &["a@b.example", "c@d.example", "e@f.example", "Hi, Joé", "x+y"],
        ),
        ("mailto:?to=a%40b.example&jane@example.org", &["a@b.example&jane@example.org"]),
        ("mailto:?jane@example.org", &["jane@example.org"]),
        ("mailto:", &[]),
        ("tel:+1-201-555-0123;ext=77", &["+1-201-555-0123", "77"]),
        ("TEL:%2B1%20201", &["+1 201"]),
        ("sms:+12015550123?body=a%20b", &["+12015550123", "a b"]),
        ("mailto:a%ff%zz%C3%A9%4", &["a%ff%zzé%4"]),
        ("mailto:&#37;40&#x25;41", &["@A"]),
        ("tel:a&bne;5", &["tel:a=\u{20e5}5"]),
        ("https://example.org/?a=b%40c", &["https://example.org/?a=b%40c"]),
    ];
    for (value, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|part| (Attribute, *part)).collect();
        check(&format!("<a href=\"{value}\">"), &expected);
    }
    check("<a data-to=mailto:a%40b.example>", &[(Attribute, "a@b.example")]);
}

#[test]
fn hostile_sources_take_little() {
    let long = 200_000;
    let parts = [
        "<",
        "</",
        "<!--",
        "<!",
        "<a",
        "<a b=\"",
        "&",
        "&#",
        "&#x",
        "&#1",
        "&a",
        "-",
        "<!--<script",
        "<script>",
        "<title></titl",
        "<a href=mailto:?cc=%",
        "<a href=\"mailto:?cc=a,&cc=",
        "%41",
        "<div>",
        "<a ",
        "a=b ",
    ];
    for part in parts {
        let source = part.repeat(long / part.len());
        let pieces = Markup::Html.pieces(&source).unwrap();
        check_maps(&pieces, &source);
    }
}

/// Text near HTML: what the tokenizer has to tell apart, in any order.
pub(super) fn near_html() -> impl Strategy<Value = String> {
    let parts = [
        "<",
        ">",
        "/",
        "!",
        "-",
        "--",
        "=",
        "\"",
        "'",
        "&",
        "#",
        ";",
        "%",
        " ",
        "\r\n",
        "a",
        "b",
        "é",
        "😀",
        "64",
        "@",
        "<b>",
        "</b>",
        "<p title=",
        "<p title=\"",
        "<a href='mailto:",
        "?cc=",
        "&body=",
        "%40",
        "%C3%A9",
        "&amp;",
        "&am",
        "p;",
        "&not",
        "&notin;",
        "&fjlig;",
        "&bne;",
        "&#64",
        "<!--",
        "-->",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<textarea>",
        "</",
        "script",
        "<!DOCTYPE ",
        "<?",
        "<a@b.c>",
    ];
    proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..14)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn anything_is_html(source in near_html()) {
        let pieces = Markup::Html.pieces(&source).unwrap();
        check_maps(&pieces, &source);
    }

    #[test]
    fn any_text_is_html(source in any::<String>()) {
        let pieces = Markup::Html.pieces(&source).unwrap();
        check_maps(&pieces, &source);
    }
}
