//! The way there and back, with random values and payloads.

use super::*;
use proptest::prelude::*;

/// Any value of a template's form: a random payload, written as a token and from there as a value.
fn any_value(format: &Format, template: Scalar<'_>, seed: &[u8]) -> Written {
    let parsed = format.parse(template, Side::Value).unwrap();
    let payload = member(&parsed.domain, seed);
    let token = round_trip(format, template, &payload);
    format.render(token.scalar(), &payload, Side::Value).unwrap()
}

fn check(format: &Format, template: Scalar<'_>, seeds: [&[u8]; 2]) {
    let value = any_value(format, template, seeds[0]);
    let parsed = format.parse(value.scalar(), Side::Value).unwrap();
    for payload in ends(&parsed.domain)
        .into_iter()
        .chain([parsed.payload.clone(), member(&parsed.domain, seeds[1])])
    {
        round_trip(format, value.scalar(), &payload);
    }
}

/// If a text fits, it goes there and back; if not, writing onto it is no disaster.
fn check_if_fits(format: &Format, text: &str, seed: &[u8]) {
    for payload in [Payload::Rank(Natural::ZERO), Payload::Numerals(vec![0; text.len()])] {
        let _ = format.render(Scalar::Text(text), &payload, Side::Token);
    }
    if let Ok(parsed) = format.parse(Scalar::Text(text), Side::Value) {
        round_trip(format, Scalar::Text(text), &member(&parsed.domain, seed));
    }
    if let Ok(parsed) = format.parse(Scalar::Text(text), Side::Token) {
        let value = format.render(Scalar::Text(text), &parsed.payload, Side::Value).unwrap();
        assert_eq!(format.parse(value.scalar(), Side::Value), Ok(parsed));
    }
}

fn seed() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 64)
}

proptest! {
    #[test]
    fn every_form(one in seed(), two in seed()) {
        for (options, values) in TEMPLATES {
            let format = format(options);
            values.iter().for_each(|value| check(&format, Scalar::Text(value), [&one, &two]));
        }
    }

    #[test]
    fn every_kind(one in seed(), two in seed()) {
        let kinds = [
            (r#"{"format":"date","small_domain":"permute"}"#, Scalar::Day(0)),
            (r#"{"format":"decimal","range":["-99999.9","99999.9"]}"#, Scalar::Decimal { unscaled: -1000, scale: 3 }),
            (r#"{"format":"integer","range":["-5","1000000"]}"#, Scalar::Int(-1)),
            (r#"{"format":"us_ssn"}"#, Scalar::Int(1)),
            (r#"{"format":"us_ssn"}"#, Scalar::Int(123_456_789)),
            (r#"{"format":"uuid"}"#, Scalar::Bytes(&[7; 16])),
        ];
        for (options, scalar) in kinds {
            check(&format(options), scalar, [&one, &two]);
        }
    }

    #[test]
    fn emails(text in "[A-Za-z0-9._+-]{1,9}@[a-zA-Z]{1,3}", seed in seed()) {
        check_if_fits(&format(r#"{"format":"email"}"#), &text, &seed);
    }

    #[test]
    fn small_emails(text in "[a-z0-9._+-]{1,6}@x", seed in seed()) {
        check_if_fits(&format(r#"{"format":"email"}"#), &text, &seed);
    }

    #[test]
    fn phones(text in "[+]?[0-9]{1,4}[ ./()-]?[0-9]{4,12}", seed in seed()) {
        for region in ["US", "GB", "DE", "IT", "RU", "HU", "MX", "BR", "AR", "SG"] {
            check_if_fits(&format(&format!(r#"{{"format":"phone","region":"{region}"}}"#)), &text, &seed);
        }
    }

    #[test]
    fn generic_texts(text in "[0-9a-fA-F .:-]{1,20}", seed in seed()) {
        TEMPLATES.iter().for_each(|(options, _)| check_if_fits(&format(options), &text, &seed));
    }

    #[test]
    fn any_text_is_met_calmly(text in "\\PC{0,40}", seed in seed()) {
        TEMPLATES.iter().for_each(|(options, _)| check_if_fits(&format(options), &text, &seed));
    }
}
