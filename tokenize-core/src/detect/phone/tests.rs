use serde_json::Value;

use super::plan::{self, Fit};
use crate::detect::{Detector, Finding};

/// The phone number in a text.
fn found(text: &str) -> Option<(&str, Finding)> {
    let findings = Detector::standard().detect(text);
    let phone = findings.into_iter().find(|finding| &*finding.entity == "PHONE_NUMBER")?;
    Some((&text[phone.start..phone.end], phone))
}

/// Each line is a number that is found whole, alone and among words that say nothing.
#[track_caller]
fn check_found(numbers: &str) {
    let wrong: Vec<String> = lines(numbers)
        .flat_map(|number| {
            [number.to_owned(), format!("see {number}, thanks"), format!("\"{number}\"")]
                .into_iter()
                .filter(move |text| found(text).is_none_or(|(text, _)| text != number))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Each line is a text without a number.
#[track_caller]
fn check_none(texts: &str) {
    let wrong: Vec<String> = lines(texts)
        .flat_map(|text| [text.to_owned(), format!("the value {text} is there")])
        .filter(|text| found(text).is_some())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[test]
fn with_calling_code() {
    check_found(
        "+12025550143
         +1-202-555-0143
         +1 (202) 555-0143
         +1.2025550143
         +1 202 555 0143 x123
         +44 20 7946 0018
         +44 (0)20 7946 0018
         +44(0)7700 900123
         +49 (0)1512 3456789
         +49 30 123456-78
         +49 030 123456
         +4930123456
         (+49) 171 1234567
         +33 1 23 45 67 89
         +33 (0)6 12 34 56 78
         +34 612 34 56 78
         +39 06 1234 5678
         +39 333 1234567
         +31 6 12345678
         +31(0)20 1234567
         +32 470 12 34 56
         +41 44 668 18 00
         +43 664 1234567
         +46 (0)8 123 456 78
         +47 412 34 567
         +45 20 12 34 56
         +48 609 141 777
         +351 912 345 678
         +358 40 1234567
         +353 87 123 4567
         +55 11 91234-5678
         +52 55 1234 5678
         +91-98765-43210
         +91 98765 43210
         +81 3-1234-5678
         +81-90-1234-5678
         +82 10-1234-5678
         +86 138 1234 5678
         +61 412 345 678
         +61.437.406.812
         +64 21 123 456
         +7 495 123-45-67
         +90 532 123 45 67
         +380 50 123 45 67
         +972 50-123-4567
         +27 82 123 4567
         +234 803 123 4567
         0049 171 1234567
         0033 1 23 45 67 89
         001-553-123-4567x123
         011 44 20 7946 0018",
    );
}

#[test]
fn in_the_writing_of_a_region() {
    check_found(
        "202-555-0143
         (202) 555-0143
         (202)555-0143
         202.555.0143
         1-800-555-0199
         1 (416) 555-0143
         (591)341-7776
         797-386-9073x6625
         (783)703-8836
         020 7946 0018
         01632 960123
         07700 900123
         0161 496 0066
         (0161) 4960066
         0800 111 2222
         0171/1234567
         0171 - 1234567
         030 12345-67
         (030) 123456
         089/12 34 56 78
         040 12 34 56 78 Durchwahl 12
         01 23 45 67 89
         06.12.34.56.78
         06-12-34-56-78
         612 34 56 78
         612.34.56.78
         91 123 45 67
         609 141 777
         22 657 07 04
         333 1234567
         06 1234 5678
         06-12345678
         020-1234567
         (0406)-812415
         0470 12 34 56
         0470/12.34.56
         02 123 45 67
         044 668 18 00
         079.123.45.67
         08-123 456 78
         070-123 45 67
         08-39 15 00
         (11) 91234-5678
         11 91234-5678
         12 3915-0008
         98765 43210
         022 2345 6789
         03-1234-5678
         090-1234-5678
         0120-123-456
         010-1234-5678
         02-1234-5678
         138 1234 5678
         010-12345678
         0755-12345678
         02 1234 5678
         (02) 6123 4567
         0412 345 678
         1300 123 456
         09 123 4567
         8 (495) 123-45-67
         8-916-123-45-67
         (495) 123-45-67
         0532 123 45 67
         0812-3456-7890
         082 123 4567
         087 123 4567
         202-555-0143 ext. 12
         202-555-0143, ext 12
         (202) 555-0143 #12",
    );
}

#[test]
fn other_numbers() {
    check_none(
        "2024-01-15
         15.01.2024
         12/31/1999
         01.02.2024
         2024-01-15 10:20
         01/02/2024 10:20:30
         2024-01-15T10:20:30.123Z
         10:20:30
         8:30-17:45
         1.2.3
         10.0.19041.1234
         v2.14.0-3
         192.168.100.200
         10.20.30.40:8080
         $1,234.56
         1.234.567,89
         1 234 567,89 €
         12.345.678 EUR
         612 345 678 EUR
         612.345.678
         $ 612 345 678
         978-0-306-40615-7
         9780306406157
         978 0 306 40615 7
         0-306-40615-2
         0-8044-2957-X
         123-45-6789
         078-05-1120
         04-3456789
         4111 1111 1111 1112
         5105 0532 1234 5678
         3782 822463 10006
         DE89 3704 0044 0532 0130 01
         GB82 WEST 1234 5698 7654 31
         4421-99812-33
         0421-99812-33
         112-3456789-1234567
         A12-3456-789
         12-3456-789
         06-4016-161
         046.544.117-06
         12.345.678/0001-95
         1637482910
         1637482910123
         48.8566, 2.3522
         -33.868820,151.209290
         +48.8566+002.3522
         12-34, 120-134
         60000 70000
         1234-1245
         45 (2019), 123-456
         3-2
         21-14, 15-21
         02134-1001
         90210-1234
         550e8400-e29b-41d4-a716-446655440000
         9f86d081884c7d65
         4bf92f3577b34da6a3ce929d0e0e4736
         12345678
         1234567890
         20240115
         000123456789
         6222020200112233445
         2048 bytes
         +1 -1
         +123 -45
         UTC+0530
         1+4915112345678
         +0 12345678
         +1000000000
         5 x 100 x 200
         1 2 3 4 5 6 7 8 9 10 11 12
         0 1 2 3 4 5 6 7
         /users/2025550143
         ?id=4155550132&x=1
         #4155550132
         order 612-345-678
         Invoice 202-555-7788
         2345 6789 0123
         0536 5919 6101
         12 34 56
         100-200-300
         555-0143
         2345 6789",
    );
}

#[track_caller]
fn check_score(text: &str, score: f32, is_reserved: bool) {
    let (_, finding) = found(text).unwrap_or_else(|| panic!("nothing in {text}"));
    assert_eq!((finding.score, finding.reserved), (score, is_reserved), "{text}");
}

#[test]
fn scores() {
    check_score("+14155550123", 0.85, true);
    check_score("+14155551123", 0.85, false);
    check_score("+11235551234", 0.7, false);
    check_score("0049 30 123456", 0.7, false);
    check_score("415-555-1234", 0.6, false);
    check_score("(030) 123456", 0.65, false);
    check_score("(591)341-7776", 0.52, false);
    check_score("tel:4155551234", 0.85, false);
    check_score("Tel.: 030 123456", 0.85, false);
}

#[test]
fn set_apart_for_fiction() {
    for number in [
        "(212) 555-0123",
        "+1 800 555 0199",
        "020 7946 0018",
        "+44 1632 960123",
        "01632 960123",
        "07700 900123",
        "0113 496 0123",
        "+61 491 570 156",
        "0491 570 156",
        "(02) 5550 1234",
        "1800 975 707",
        "01 99 00 12 34",
        "06 39 98 12 34",
        "030 23125 123",
        "+49 171 3920012",
        "08-465 004 12",
        "070-174 06 12",
    ] {
        assert_eq!(found(number).map(|(_, found)| found.reserved), Some(true), "{number}");
    }
    for number in ["+1 212 555 1123", "020 7947 0018", "+61 491 580 156", "01 98 00 12 34"] {
        assert_eq!(found(number).map(|(_, found)| found.reserved), Some(false), "{number}");
    }
}

#[test]
fn bare_digits_need_words_that_speak_for_them() {
    for (words, number) in [
        ("call me at", "4155551234"),
        ("Phone:", "14155551234"),
        ("Handy", "01711234567"),
        ("portable :", "0612345678"),
        ("móvil", "612345678"),
        ("cellulare", "3331234567"),
        ("celular", "11912345678"),
        ("mobile no.", "9876543210"),
        ("手机", "13812345678"),
        ("whatsapp", "5511912345678"),
        ("携帯", "09012345678"),
        ("전화", "01012345678"),
        ("Telefon", "20123456"),
        ("phone", "555-0143"),
        ("tel", "00493012345678"),
        ("tfn", "0701234567"),
        ("Handy", "01514.5897644"),
        ("tel.", "508.105.732"),
        ("連絡先", "09065612881"),
    ] {
        let text = format!("{words} {number}");
        assert_eq!(found(&text).map(|(text, _)| text), Some(number), "{text}");
        assert!(found(number).is_none(), "{number}");
    }
}

#[test]
fn among_other_numbers() {
    for (text, number) in [
        ("12 202-555-0143 5", "202-555-0143"),
        ("room 5 (202) 555-0143", "(202) 555-0143"),
        ("10:20:30 202-555-0143", "202-555-0143"),
        ("Jane,42,202-555-0143,12345", "202-555-0143"),
        ("+1 202 555 0143 12345 Main St", "+1 202 555 0143"),
        ("call 020 7946 0018 10:30", "020 7946 0018"),
        ("call 020 7946 0018 2 times", "020 7946 0018"),
        ("(tel. 030 123456)", "030 123456"),
        ("<tel:+1-202-555-0143>", "+1-202-555-0143"),
        ("ring +44 20 7946 0018.", "+44 20 7946 0018"),
    ] {
        assert_eq!(found(text).map(|(text, _)| text), Some(number), "{text}");
    }
    let findings = Detector::standard().detect("+49 171 1234567 +49 171 7654321 / 030 123456");
    assert_eq!(findings.len(), 3);
}

#[test]
fn twins() {
    for number in ["+49 30 123456-78", "(202) 555-0143", "01 23 45 67 89", "0171/1234567"] {
        let no_break = number.replace(' ', "\u{a0}").replace('-', "\u{2011}");
        let narrow = number.replace(' ', "\u{202f}").replace('-', "\u{2013}");
        let full_width: String = number
            .chars()
            .map(|c| match c {
                '0'..='9' | '+' | '(' | ')' | '-' | '/' => {
                    char::from_u32(c as u32 + 0xFEE0).unwrap()
                }
                _ => '\u{3000}',
            })
            .collect();
        let joined: String = number.chars().flat_map(|c| [c, '\u{200b}']).collect();
        for twin in [no_break, narrow, full_width, joined.trim_end_matches('\u{200b}').to_owned()] {
            let text = format!("see {twin}, thanks");
            assert_eq!(found(&text).map(|(text, _)| text), Some(&*twin), "{text}");
        }
    }
}

/// Time that grows with the square of the length would not end here.
#[test]
fn hostile_texts_take_no_longer() {
    for part in ["1", "(", "+1 ", "1 ", "(0)", "1-", "020 7946 0018 ", "+", "0 ", "x1", "12345678 "]
    {
        let text = part.repeat((1 << 20) / part.len());
        let _ = Detector::standard().detect(&text);
    }
}

/// Numbers of all regions, written by libphonenumber: `tests/oracle/make_phone_vectors.py`.
#[test]
fn plans_agree_with_libphonenumber() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/phones.json")).unwrap();
    let share = |name: &str, is_right: fn(Fit) -> bool| {
        let numbers = vectors[name].as_array().unwrap();
        let right = numbers.iter().filter(|number| {
            let digits = number.as_str().unwrap().as_bytes();
            is_right(plan::of_code(digits).map_or(Fit::No, |(plan, len)| plan.fit(&digits[len..])))
        });
        (right.count() * 1000 / numbers.len(), numbers.len())
    };
    let shares = [
        share("valid", |fit| matches!(fit, Fit::Valid(_))),
        share("too_short_or_long", |fit| fit == Fit::No),
        share("invalid", |fit| !matches!(fit, Fit::Valid(_))),
    ];
    assert!(shares[0].0 >= 998 && shares[1].0 >= 990 && shares[2].0 >= 850, "{shares:?}");
}

/// What libphonenumber writes is found whole: always with a calling code, mostly without one.
#[test]
fn writings_of_libphonenumber() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/phones.json")).unwrap();
    let share = |name: &str, before: &str| {
        let numbers = vectors[name].as_array().unwrap();
        let right = numbers.iter().filter(|number| {
            let number = number.as_str().unwrap();
            found(&format!("{before}{number}")).is_some_and(|(text, _)| text == number)
        });
        (right.count() * 1000 / numbers.len(), numbers.len())
    };
    let shares = [share("e164", ""), share("international", ""), share("national", "call ")];
    assert!(shares[0].0 >= 990 && shares[1].0 >= 990 && shares[2].0 >= 900, "{shares:?}");
}
