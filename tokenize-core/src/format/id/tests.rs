//! Small classes of which every number is known; the size of each class; what does not fit.

use super::*;
use crate::checksum::read_line;

/// A class of its own, from the last four columns of the table.
fn ranked(columns: &str) -> Ranked {
    let line: &'static str = Box::leak(format!("small\t=\t-\t{columns}").into_boxed_str());
    let (_, class) = read_line(line).unwrap_or_else(|| panic!("{columns}"));
    Ranked::new(Box::leak(Box::new(class)))
}

/// Every text over some characters that is a number of the class.
fn all_numbers(ranked: &Ranked, symbols: &[u8]) -> Vec<Vec<u8>> {
    let len = ranked.class().len();
    let mut texts = vec![Vec::new()];
    for _ in 0..len {
        let longer = |text: &Vec<u8>| {
            let text = text.clone();
            symbols.iter().map(move |symbol| [text.as_slice(), &[*symbol]].concat())
        };
        texts = texts.iter().flat_map(longer).collect();
    }
    texts.retain(|text| ranked.class().is_valid(text));
    texts
}

#[test]
fn small_classes_are_numbered_one_to_one() {
    let digits = b"0123456789";
    let cases: [(&str, &[u8]); 10] = [
        ("d3 c\tmod=11 w=4,3,2 to=0-987654321\t=", digits),
        ("d3 c\tmod=11 w=4,3,2 to=0123456789-\t0000,1119", digits),
        ("d3 c2\tmod=11 w=3,7,6 to=0-987654321 ; mod=11 w=5,4,3,2 to=0-987654321\t=", digits),
        (
            "<00-09,20-28> d c2\tmod=11 w=3,7,6 to=0-987654321 ; mod=11 w=5,4,3,2 to=0-987654321\t=",
            digits,
        ),
        (
            "[1-3] <05-12,20> [AB] c2 | [4] <70-72> [AC] c2\tmod=97 v=A-C:1 w=10^ less=97\t=",
            b"0123456789ABC",
        ),
        ("{[AB]2!AB,BA} d2\t=\tequal", b"0123456789AB"),
        ("[12] d2 c\tverhoeff\tpalindrome", digits),
        ("d3 c\tmod11_10\tequal", digits),
        ("c d2 [XY]\tmod=7 v=X-Y:0 w=1,3,2 to=-123456\t=", b"0123456789XY"),
        ("c d2\tmod=9 fold plus=4 w=2,1 to=012345-78\t=", digits),
    ];
    for (columns, symbols) in cases {
        let ranked = ranked(columns);
        let numbers = all_numbers(&ranked, symbols);
        assert_eq!(ranked.last() + 1, numbers.len() as u128, "{columns}");
        let mut ranks = Vec::new();
        for number in &numbers {
            let rank = ranked.rank(number).unwrap();
            assert_eq!(ranked.unrank(rank, number).as_ref(), Some(number), "{columns}");
            ranks.push(rank);
        }
        ranks.sort_unstable();
        assert!(ranks.into_iter().eq(0..numbers.len() as u128), "{columns}");
        assert_eq!(ranked.unrank(ranked.last() + 1, b""), None, "{columns}");
    }
}

/// The sizes as the oracle counts them, which is how `docs/format.md` lists them.
#[test]
fn every_class_is_as_large_as_the_text_says() {
    let text = include_str!("../../../../docs/format.md");
    for offer in OFFERS.iter() {
        for class in offer.classes() {
            let name = [offer.scheme.name(), class.class().name].join(" ");
            let size = class.last() + 1;
            assert!(size >= super::super::FLOOR, "{name}");
            let row = text.lines().find(|line| line.starts_with(&format!("| `{}` |", name.trim())));
            let row = row.unwrap_or_else(|| panic!("no row for {name}"));
            let shown = row.split('|').nth(2).unwrap_or_default().trim().replace(',', "");
            assert_eq!(shown, size.to_string(), "{name}");
        }
    }
}

#[test]
fn first_and_last_numbers_are_valid() {
    for offer in OFFERS.iter() {
        for class in offer.classes() {
            for rank in [0, 1, class.last() / 2, class.last() - 1, class.last()] {
                let like = vec![b'0'; class.class().len()];
                let number = class.unrank(rank, &like).unwrap();
                let text = String::from_utf8_lossy(&number);
                assert!(class.class().is_valid(&number), "{}: {text}", offer.name);
                assert_eq!(class.rank(&number), Some(rank), "{}: {text}", offer.name);
                let valid = offer.classes().iter().filter(|class| class.class().is_valid(&number));
                assert_eq!(valid.count(), 1, "{}: {text}", offer.name);
            }
        }
    }
}

/// No number fits two layouts of its class, else it would have two ranks.
#[test]
fn layouts_are_apart() {
    let text = include_str!("../../../../tests/vectors/identifiers.json");
    let document: Value = serde_json::from_str(text).unwrap();
    for offer in OFFERS.iter() {
        let numbers = document["schemes"][offer.scheme.name()]["valid"].as_array().unwrap();
        for number in numbers.iter().filter_map(Value::as_str) {
            for class in offer.scheme.classes().iter().filter(|class| class.len() == number.len()) {
                let plain = class.plain(number.as_bytes());
                let plain = &plain[..number.len()];
                let fitting = class.layouts.iter().filter(|layout| layout.fits(plain)).count();
                assert!(fitting <= 1, "{}: {number}", offer.name);
            }
        }
    }
}

#[test]
fn classes_of_a_scheme_have_the_same_separators() {
    for offer in OFFERS.iter() {
        let classes = offer.scheme.classes();
        assert!(
            classes.iter().all(|class| class.separators == offer.separators()),
            "{}",
            offer.name
        );
    }
}

#[test]
fn letters_are_all_of_one_case() {
    let fits = |name: &str, text: &str| {
        let at = OFFERS.iter().position(|offer| offer.scheme.name() == name).unwrap();
        Id(&OFFERS[at]).parse(Scalar::Text(text), Side::Value).is_ok()
    };
    assert!(fits("uk_nino", "ab123456c"));
    assert!(!fits("uk_nino", "Ab123456C"));
    assert!(fits("cl_rut", "7.608.646-K"));
    // Its token might end in a digit, and the way back would write a capital.
    assert!(!fits("cl_rut", "7.608.646-k"));
    assert!(!fits("br_cpf", "111.444.777-36"));
    assert!(!fits("br_cpf", "111/444/777-35"));
    assert!(!fits("br_cpf", ""));
    assert!(!fits("br_cpf", "111444777351114447773511144477735"));
}
