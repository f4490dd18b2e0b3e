//! Tags written, read, escaped and forged.

use super::*;

fn marks(domain: &str) -> Marks {
    let root = RootKey::insecure_from(
        "kr-00000000000000000000000000000001",
        1,
        crate::keys::Root::Reveal,
        [7; 32],
    );
    Marks::new(&root, domain)
}

fn written(entity: &str, token: &str, original: Option<&str>) -> String {
    let mut out = String::new();
    let original = original.map(|text| Original { text, is_quoted: false });
    marks("email").write(entity, token, original.as_ref(), &mut out).unwrap();
    out
}

fn read_back(text: &str) -> Option<(Held, usize)> {
    match read(text, text.find('[')?) {
        Bracket::Tag { tag, end, .. } => Some((marks("email").read(&tag)?, end)),
        _ => None,
    }
}

#[test]
fn what_is_written_is_read() {
    for token in ["abc@example.com", "2001:db8::1", "a b", "ü[x]:y%z", "", "\\\"'<>&`*|~"] {
        let tag = written("EMAIL_ADDRESS", token, None);
        assert!(tag.bytes().all(|byte| byte.is_ascii_graphic()), "{tag}");
        assert_eq!(read_back(&tag), Some((Held::Token(token.to_owned()), tag.len())), "{tag}");
    }
    for original in ["", "Jane <jane@x.org>", "１２３\u{200b}", "]"] {
        let tag = written("US_SSN", "318604257", Some(original));
        let held = Held::Original { text: original.to_owned(), is_quoted: false };
        assert_eq!(read_back(&tag), Some((held, tag.len())), "{tag}");
    }
}

#[test]
fn markdown_may_escape_a_tag() {
    let tag = written("EMAIL_ADDRESS", "a_b.c@example.com", Some("A_B.C@example.com"));
    let escaped: String = tag
        .chars()
        .flat_map(|c| {
            let is_escaped = c.is_ascii_punctuation().then_some('\\');
            is_escaped.into_iter().chain([c])
        })
        .collect();
    let Bracket::Tag { tag: read, end, is_escaped } = read(&escaped, 1) else { panic!() };
    assert!(is_escaped && end == escaped.len());
    assert!(marks("email").read(&read).is_some());
}

#[test]
fn no_character_of_a_tag_can_be_changed() {
    for original in [None, Some("Jane")] {
        let tag = written("EMAIL_ADDRESS", "ab@example.com", original);
        for place in 0..tag.len() {
            for byte in b"Aa1:.]~_".iter().filter(|byte| **byte != tag.as_bytes()[place]) {
                let mut bytes = tag.clone().into_bytes();
                bytes[place] = *byte;
                let forged = String::from_utf8(bytes).unwrap();
                assert_eq!(read_back(&forged), None, "{forged}");
            }
            let (front, back) = tag.split_at(place);
            assert_eq!(read_back(&format!("{front}{}", &back[1..])), None);
        }
    }
    let other = marks("other");
    let tag = written("EMAIL_ADDRESS", "ab@example.com", None);
    let Bracket::Tag { tag, .. } = read(&tag, 0) else { panic!() };
    assert_eq!(other.read(&tag), None);
}

#[test]
fn what_is_like_a_tag_gets_a_tilde() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        push_literal(text, &mut out);
        assert_eq!(out, expected);
    }
    check("[EMAIL_ADDRESS:x:y]", "[~EMAIL_ADDRESS:x:y]");
    check("[~A:", "[~~A:");
    check("[[A:b] [A1_\\_2\\:", "[[~A:b] [~A1_\\_2\\:");
    for plain in ["[a:b]", "[EMAIL]", "[]", "[", "[:x]", "[A b:c]", "[~]", "x[~~", "[É:x]", "[\\A:"]
    {
        check(plain, plain);
    }
}
