//! Values that do not fit.

use super::*;

fn check(options: &str, values: &[&str]) {
    let format = format(options);
    for value in values {
        assert_eq!(
            format.parse(Scalar::Text(value), Side::Value),
            Err(Misfit),
            "{options} {value}"
        );
    }
}

#[test]
fn generic_formats() {
    check(
        r#"{"format":"digits"}"#,
        &["12345", "123456a", "１２３４５６", "123\t456", "---", "12345é6"],
    );
    check(r#"{"format":"digits"}"#, &[&"1".repeat(4_097)]);
    check(r#"{"format":"digits","small_domain":"permute"}"#, &["-", "a", &"1".repeat(4_097)]);
    check(r#"{"format":"hex"}"#, &["DEADBEEF", "dead", "xdeadbeef"]);
    check(r#"{"format":"hex","case":"upper"}"#, &["deadbeef"]);
    check(r#"{"format":"letters"}"#, &["abc", "abcdefgé", "abcdefg1"]);
    check(r#"{"format":"letters","case":"upper"}"#, &["ABCDEfG"]);
    check(r#"{"format":"alphabet","alphabet":"äö"}"#, &["äöäöäöäöäöäöäöäöäöäöü", "äö"]);
    check(
        r#"{"format":"alphanumeric"}"#,
        &["12345", "AB12", "1234567é", "--", &"1".repeat(1_234), &"1".repeat(100_000)],
    );
}

#[test]
fn the_longest_strings_fit() {
    for (options, len) in
        [(r#"{"format":"digits"}"#, 4_096), (r#"{"format":"alphanumeric"}"#, 1_233)]
    {
        assert!(
            format(options).parse(Scalar::Text(&"9".repeat(len)), Side::Value).is_ok(),
            "{options}"
        );
    }
}

#[test]
fn emails() {
    let (long, label, full) = (
        format!("{}@x", "a".repeat(65)),
        format!("a@{}", "b".repeat(64)),
        format!("a@{}b", "b.".repeat(128)),
    );
    let separators = format!("{}a@x", "-".repeat(61));
    check(
        r#"{"format":"email"}"#,
        &[
            "jane",
            "@x",
            "jane@",
            "a@b@c",
            ".a@x",
            "a.@x",
            "a..b@x",
            "\"a b\"@x",
            "a b@x",
            "jäne@x",
            "-@x",
            "a!b@x",
            "a@.x",
            "a@x.",
            "a@x..y",
            "a@-x",
            "a@x-",
            "a@x y",
            "a@x\u{a0}y",
            "a@x\u{85}y",
            "a@[192.0.2.1]",
            "a@x!",
            " a@x",
            "a@x\n",
            &long,
            &label,
            &full,
            &separators,
        ],
    );
    // 60 separators and 4 payload characters are 64 in all; five payload characters keep their length.
    for (separators, payload) in [(60, "a"), (59, "abcde")] {
        let text = format!("{}{payload}@x", "-".repeat(separators));
        assert!(format(r#"{"format":"email"}"#).parse(Scalar::Text(&text), Side::Value).is_ok());
    }
}

#[test]
fn numbers_with_a_check() {
    check(
        r#"{"format":"us_ssn"}"#,
        &["12345678", "1234567890", "123.45.6789", "123-45-678a", "---", "１２３456789"],
    );
    check(
        r#"{"format":"pan"}"#,
        &[
            "4111111111111112",
            "41111111111",
            "00000000000",
            "41111111111111111111",
            "4111.1111.1111.1111",
            "-",
        ],
    );
    check(r#"{"format":"pan","keep":{"first":6}}"#, &["411111111112"]);
    let invalid = format(r#"{"format":"pan","check_digit":"invalid"}"#);
    assert_eq!(invalid.parse(Scalar::Text("4111111111111111"), Side::Token), Err(Misfit));
    assert_eq!(invalid.parse(Scalar::Text("4111111111111112"), Side::Value), Err(Misfit));
    assert!(invalid.parse(Scalar::Text("4111111111111112"), Side::Token).is_ok());
    check(
        r#"{"format":"iban"}"#,
        &[
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "de89370400440532013000",
            "DE89-3704-0044-0532-0130-00",
            "XX89370400440532013000",
            "DE8937040044053201300O",
            "GB82W3ST12345698765432",
            "DE",
            "",
        ],
    );
}

/// 97 more or less is right by the sum, but never what is written.
#[test]
fn iban_check_digits_have_one_writing() {
    let zero = |check: &str| format!("DE{check}000000000000000000");
    let right: Vec<String> = (0..100).map(|check| zero(&format!("{check:02}"))).collect();
    let fitting = right.iter().filter(|text| {
        format(r#"{"format":"iban"}"#).parse(Scalar::Text(text), Side::Value).is_ok()
    });
    assert_eq!(fitting.collect::<Vec<_>>(), [&zero("36")]);
}

#[test]
fn phones() {
    check(
        r#"{"format":"phone"}"#,
        &[
            "2025550143",
            "+1202555014",
            "+120255501433",
            "+10025550143",
            "+999123456789",
            "1+2025550143",
            "++12025550143",
            "+1202555o143",
            "+",
            "+1",
            " +12025550143",
            "(+1) 2025550143",
        ],
    );
    check(
        r#"{"format":"phone","region":"US"}"#,
        &["0202 555 0143", "1 1 202 555 0143", "555-0143", "12 202 555 0143"],
    );
    check(r#"{"format":"phone","region":"GB"}"#, &["0020 7946 0958", "0"]);
    check(r#"{"format":"phone","region":"GB"}"#, &[&"2".repeat(25)]);
}

#[test]
fn addresses() {
    check(
        r#"{"format":"ip"}"#,
        &[
            "192.0.2",
            "192.0.2.256",
            "192.0.2.01",
            "192.0.2.1 ",
            "0xc0.0.2.1",
            "3221225985",
            "2001:DB8::1",
            "2001:db8:0::1",
            "2001:0db8::1",
            "::192.0.2.1",
            "::ffff:c000:201",
            "fe80::1%eth0",
            "[::1]",
            "1:0:0:2:0:0:0:3",
            "192.0.2.1/24",
        ],
    );
    check(
        r#"{"format":"uuid"}"#,
        &[
            "123E4567-e89b-42d3-a456-426614174000",
            "123e4567e89b-42d3-a456-426614174000-",
            "123e4567-e89b-42d3-a456-42661417400",
            "{123e4567-e89b-42d3-a456-42661417400}",
            "123e4567-e89b-42d3-a456-42661417400g",
            "123e4567e89b42d3a45642661417400-",
            "123e4567-e89b-42d3-a456426614174-000",
        ],
    );
    check(r#"{"format":"uuid","case":"upper"}"#, &["123e4567-e89b-42d3-a456-426614174000"]);
    check(
        r#"{"format":"mac"}"#,
        &[
            "00:00:5E:00:53:af",
            "00:00-5e:00:53:af",
            "00:005e:00:53:af:",
            "000.05e.005.3af",
            "00.005e00.53af",
            "00005e0053a",
            "00005e0053ag",
            "00005e0053af00005",
            "00005e0053af00",
            "00 00 5e 00 53 af",
            "0é:00:5e:00:53:a",
        ],
    );
}

#[test]
fn days_and_numbers() {
    let date = r#"{"format":"date","range":["1950-01-01","2049-12-31"],"small_domain":"permute"}"#;
    check(
        date,
        &[
            "1949-12-31",
            "2050-01-01",
            "2023-02-29",
            "2024-1-1",
            "20240101",
            "2024-01-01T",
            "2024-01-01T24:00",
            "01/02/2024",
            "2024-01-01x",
        ],
    );
    let integer = r#"{"format":"integer","range":["-500000","500000"]}"#;
    check(
        integer,
        &[
            "-500001",
            "500001",
            "-0",
            "+1",
            "007",
            "1.0",
            "1 000",
            "",
            "-",
            "99999999999999999999999999999999999999999999",
        ],
    );
    let decimal = r#"{"format":"decimal","range":["-1","10000.00"]}"#;
    check(
        decimal,
        &[
            "1", "1.0", "1.000", "1,00", "-0.00", "01.00", ".50", "1.0.", "10000.01", "-1.01",
            "1e2.0", "é.00",
        ],
    );
    for options in [date, integer, decimal] {
        let format = format(options);
        let scalars = [
            Scalar::Bytes(&[0; 16]),
            Scalar::Day(100_000),
            Scalar::Decimal { unscaled: 1, scale: 3 },
            Scalar::Decimal { unscaled: 1, scale: 0 },
            Scalar::Decimal { unscaled: 1, scale: i8::MIN },
            Scalar::Decimal { unscaled: i128::MIN, scale: i8::MAX },
            Scalar::Int(i128::MAX),
        ];
        for scalar in scalars {
            assert_eq!(format.parse(scalar, Side::Value), Err(Misfit), "{options} {scalar:?}");
        }
    }
}

#[test]
fn other_kinds() {
    for (options, _) in TEMPLATES {
        let format = format(options);
        let (text, bytes) = (Scalar::Text("\u{0}"), [0; 16]);
        let scalars = [
            (Kind::Bytes, Scalar::Bytes(&bytes)),
            (Kind::Day, Scalar::Day(0)),
            (Kind::Decimal, Scalar::Decimal { unscaled: 0, scale: 2 }),
            (Kind::Int, Scalar::Int(0)),
        ];
        assert_eq!(format.parse(text, Side::Value), Err(Misfit), "{options}");
        for (kind, scalar) in scalars {
            assert_eq!(
                format.parse(scalar, Side::Value).is_ok(),
                format.supports(kind),
                "{options} {kind:?}"
            );
        }
    }
}

#[test]
fn payloads_of_other_domains_are_not_written() {
    for (options, values) in TEMPLATES {
        let format = format(options);
        for value in *values {
            let parsed = format.parse(Scalar::Text(value), Side::Value).unwrap();
            let wrong = match &parsed.domain {
                Domain::Direct { radix, len } => {
                    let radix = u16::try_from(*radix).unwrap();
                    vec![
                        Payload::Numerals(vec![0; len + 1]),
                        Payload::Numerals(vec![radix; *len]),
                        Payload::Rank(Natural::ZERO),
                    ]
                }
                Domain::Ranked { last } => {
                    let mut above = last.clone();
                    above.add(&Natural::ONE);
                    vec![Payload::Rank(above), Payload::Numerals(Vec::new())]
                }
            };
            for payload in wrong {
                assert_eq!(
                    format.render(Scalar::Text(value), &payload, Side::Token),
                    Err(Misfit),
                    "{options} {value}"
                );
            }
        }
    }
}
