//! What a policy may say, and what it is told otherwise.

use super::*;
use serde_json::json;

/// Checks the faults, each as `option: message`.
fn check(options: &str, expected: &[&str]) {
    let faults = build(options).err().unwrap_or_default();
    let faults: Vec<String> =
        faults.iter().map(|fault| format!("{}: {fault}", fault.option)).collect();
    assert_eq!(faults, expected, "{options}");
}

#[test]
fn names_get_a_hint() {
    check(r#"{"format":"emial"}"#, &["format: no format `emial`; did you mean `email`?"]);
    check(r#"{"format":"PAN"}"#, &["format: no format `PAN`; did you mean `pan`?"]);
    check(r#"{"format":"license plate"}"#, &["format: no format `license plate`"]);
    check(
        r#"{"format":"phone","region":"gb"}"#,
        &["region: no region `gb` in the table of phone numbers; did you mean `GB`?"],
    );
    check(
        r#"{"format":"phone","region":"EUROPE"}"#,
        &["region: no region `EUROPE` in the table of phone numbers"],
    );
}

#[test]
fn options_of_others_are_refused_together() {
    let expected =
        ["case: format `digits` does not take it", "keep: format `digits` does not take it"];
    check(r#"{"format":"digits","case":"any","keep":{"first":1}}"#, &expected);
    check(r#"{"format":"iban","case":"upper"}"#, &["case: format `iban` does not take it"]);
    for format in ["hex", "mac", "uuid"] {
        let expected =
            format!("case: `any` is no choice for format `{format}`: it takes `lower` or `upper`");
        check(&format!(r#"{{"format":"{format}","case":"any"}}"#), &[&expected]);
    }
}

#[test]
fn alphabets_are_distinct_symbols() {
    check(r#"{"format":"alphabet"}"#, &["alphabet: format `alphabet` needs it"]);
    check(
        r#"{"format":"alphabet","alphabet":"a"}"#,
        &["alphabet: the alphabet has 1 symbols; it needs 2 to 65536"],
    );
    check(r#"{"format":"alphabet","alphabet":"aba"}"#, &["alphabet: the alphabet has 'a' twice"]);
    check(r#"{"format":"alphabet","alphabet":"äbä"}"#, &["alphabet: the alphabet has 'ä' twice"]);
    check(
        r#"{"format":"alphabet","alphabet":"a\tb"}"#,
        &["alphabet: the alphabet has a control character at position 2"],
    );
    let all: Vec<char> = ('\u{10000}'..).take(65_537).collect();
    let with = |symbols: &[char]| {
        Format::new(&FormatOptions {
            alphabet: Some(symbols.iter().collect()),
            ..FormatOptions::named("alphabet")
        })
    };
    assert!(with(&all[..65_536]).is_ok());
    assert_eq!(with(&all).unwrap_err()[0].reason, FormatReason::AlphabetSize { symbols: 65_537 });
}

#[test]
fn ranges_are_read_strictly() {
    let day = "is not a day written YYYY-MM-DD";
    let expected = [
        format!("range: the first end of the range {day}"),
        format!("range: the last end of the range {day}"),
    ];
    check(r#"{"format":"date","range":["2024-1-1","2024-02-30"]}"#, &[&expected[0], &expected[1]]);
    for range in [r#"["2024-01-02","2024-01-01"]"#, r#"["2024-01-02","2024-01-02"]"#] {
        check(
            &format!(r#"{{"format":"date","range":{range}}}"#),
            &["range: the first end of the range must lie below the last"],
        );
    }
    check(r#"{"format":"integer"}"#, &["range: format `integer` needs it"]);
    check(r#"{"format":"decimal"}"#, &["range: format `decimal` needs it"]);
    let integer = "range: the first end of the range is not an integer between -10^37 and 10^37, in plain digits";
    for end in [
        "",
        "-",
        "01",
        "-0",
        "+1",
        "1.0",
        "1e3",
        " 1",
        "10000000000000000000000000000000000001",
        "99999999999999999999999999999999999999999",
    ] {
        check(&format!(r#"{{"format":"integer","range":["{end}","2000000"]}}"#), &[integer]);
    }
    let decimal = "range: the first end of the range is not a number in plain digits, at most 10^37 units of the last digit from zero";
    for end in
        ["", ".5", "1.", "-0.0", "1.2.3", "1,5", "00.1", "100000000000000000000000000000000000000"]
    {
        check(&format!(r#"{{"format":"decimal","range":["{end}","200000.05"]}}"#), &[decimal]);
    }
}

#[test]
fn small_domains_are_refused_where_they_show() {
    let remedy = "`small_domain: permute` allows an exact keyed permutation instead";
    check(
        r#"{"format":"date"}"#,
        &[&format!("format: the domain has 73049 values, below the floor of 1,000,000; {remedy}")],
    );
    check(
        r#"{"format":"integer","range":["1","999999"]}"#,
        &[&format!("range: the domain has 999999 values, below the floor of 1,000,000; {remedy}")],
    );
    check(
        r#"{"format":"decimal","range":["0","9999.98"]}"#,
        &[&format!("range: the domain has 999999 values, below the floor of 1,000,000; {remedy}")],
    );
    check(r#"{"format":"integer","range":["0","999999"]}"#, &[]);
    check(r#"{"format":"decimal","range":["0","9999.99"]}"#, &[]);
    check(r#"{"format":"decimal","range":["0","5"]}"#, &[]);
    check(r#"{"format":"date","small_domain":"permute"}"#, &[]);
    let kept = "keep: the domain has 100000 values, below the floor of 1,000,000; \
        `small_domain: permute` is not possible here, because kept characters would have to enter a tweak";
    check(r#"{"format":"pan","keep":{"first":6,"last":4}}"#, &[kept]);
    check(r#"{"format":"pan","keep":{"first":6,"last":3}}"#, &[]);
    check(r#"{"format":"pan","keep":{"first":9}}"#, &[]);
    let whole = kept.replace("100000", "1");
    for first in [15, 16, usize::MAX] {
        check(&format!(r#"{{"format":"pan","keep":{{"first":{first},"last":1}}}}"#), &[&whole]);
    }
}

#[test]
fn permute_is_refused_where_something_is_kept() {
    for options in [
        r#"{"format":"alphanumeric""#,
        r#"{"format":"email""#,
        r#"{"format":"iban""#,
        r#"{"format":"mac""#,
        r#"{"format":"pan","keep":{"first":1}"#,
        r#"{"format":"phone""#,
        r#"{"format":"uuid""#,
    ] {
        let name = format(&format!("{options}}}")).name();
        let expected = format!(
            "small_domain: format `{name}` cannot be permuted: kept characters would have to enter a tweak"
        );
        check(&format!(r#"{options},"small_domain":"permute"}}"#), &[&expected]);
    }
    for options in [
        r#"{"format":"pan","small_domain":"permute"}"#,
        r#"{"format":"us_ssn","small_domain":"permute"}"#,
    ] {
        check(options, &[]);
    }
}

#[test]
fn the_column_says_the_scale_that_the_range_does_not() {
    let whole = format(r#"{"format":"decimal","range":["-3","10000"]}"#);
    let cents = whole.with_column_scale(2).unwrap();
    assert_eq!(cents.subkey_params(), json!({"range": ["-3.00", "10000.00"], "scale": 2}));
    assert_eq!(cents.decimal_bounds(4), Some((-30_000, 100_000_000)));
    let fault = whole.with_text_scale().unwrap_err();
    let reason = FormatReason::DomainSize { size: 10_004, remedy: DomainRemedy::Permute };
    assert_eq!((fault.option, fault.reason), ("range", reason));
    assert!(whole.with_column_scale(1).is_err());
    assert_eq!(
        whole.with_column_scale(-1).unwrap_err().reason,
        FormatReason::Scale { range: 0, column: -1 }
    );
    assert!(matches!(
        whole.with_column_scale(36).unwrap_err().reason,
        FormatReason::RangeEnd { end: "last", .. }
    ));

    let written = format(r#"{"format":"decimal","range":["-0.5","100000"]}"#);
    assert_eq!(written.with_column_scale(4).unwrap().subkey_params(), written.subkey_params());
    assert_eq!(written.with_text_scale().unwrap().subkey_params(), written.subkey_params());
    assert_eq!(
        written.with_column_scale(0).unwrap_err().reason,
        FormatReason::Scale { range: 1, column: 0 }
    );
    assert!(format(r#"{"format":"email"}"#).with_column_scale(0).is_ok());
}

/// `all` on top of the subkey's parameters, `format` and `small_domain: refuse`.
fn check_params(options: &str, subkey: Value, all: Value) {
    let format = format(options);
    assert_eq!(format.subkey_params(), subkey, "{options}");
    let mut expected = json!({"format": format.name(), "small_domain": "refuse"});
    for (name, value) in subkey.as_object().unwrap().iter().chain(all.as_object().unwrap()) {
        expected[name] = value.clone();
    }
    assert_eq!(format.all_params(), expected, "{options}");
    // What is written says enough to build the format again.
    let again = build(&format.all_params().to_string()).unwrap();
    assert_eq!(again.all_params(), format.all_params(), "{options}");
}

#[test]
fn parameters_have_their_defaults_written_out() {
    let none = || json!({});
    check_params(r#"{"format":"digits"}"#, none(), none());
    check_params(r#"{"format":"hex"}"#, json!({"case": "lower"}), none());
    check_params(r#"{"format":"letters"}"#, json!({"case": "any"}), none());
    check_params(r#"{"format":"alphabet","alphabet":"aé"}"#, json!({"alphabet": "aé"}), none());
    check_params(r#"{"format":"alphanumeric"}"#, none(), none());
    check_params(r#"{"format":"email"}"#, none(), none());
    check_params(r#"{"format":"us_ssn"}"#, none(), none());
    check_params(
        r#"{"format":"pan"}"#,
        json!({"check_digit": "valid", "keep": {"first": 0, "last": 0}}),
        none(),
    );
    let kept = json!({"check_digit": "invalid", "keep": {"first": 6, "last": 0}});
    check_params(r#"{"format":"pan","keep":{"first":6},"check_digit":"invalid"}"#, kept, none());
    check_params(r#"{"format":"iban"}"#, json!({"table": 1}), none());
    check_params(r#"{"format":"phone"}"#, json!({"table": 1}), none());
    check_params(
        r#"{"format":"phone","region":"GB"}"#,
        json!({"table": 1}),
        json!({"region": "GB"}),
    );
    check_params(r#"{"format":"ip"}"#, json!({"prefix": "hide"}), none());
    check_params(r#"{"format":"ip","prefix":"preserve"}"#, json!({"prefix": "preserve"}), none());
    check_params(r#"{"format":"uuid"}"#, json!({"case": "lower"}), none());
    check_params(r#"{"format":"mac","case":"upper"}"#, json!({"case": "upper"}), none());
    let date = r#"{"format":"date","small_domain":"permute"}"#;
    check_params(
        date,
        json!({"range": ["1900-01-01", "2099-12-31"]}),
        json!({"small_domain": "permute"}),
    );
    check_params(
        r#"{"format":"integer","range":["-1","9999999"]}"#,
        json!({"range": ["-1", "9999999"]}),
        none(),
    );
    let decimal = json!({"range": ["-1.00", "99999.50"], "scale": 2});
    check_params(r#"{"format":"decimal","range":["-1","99999.50"]}"#, decimal, none());
}

#[test]
fn formats_say_what_they_are_for() {
    for name in Format::names() {
        let name = if name == "id" { "id:br_cpf" } else { name };
        let options = match name {
            "alphabet" => r#""alphabet":"0123456789x""#,
            "date" => r#""small_domain":"permute""#,
            "integer" | "decimal" => r#""range":["0","9999999"]"#,
            _ => r#""small_domain":"refuse""#,
        };
        let format = format(&format!(r#"{{"format":"{name}",{options}}}"#));
        let generic =
            ["alphabet", "alphanumeric", "date", "decimal", "digits", "hex", "integer", "letters"]
                .contains(&name);
        assert_eq!(format.default_domain(), (!generic).then_some(name));
        let other = match name {
            "date" => Some(Kind::Day),
            "decimal" => Some(Kind::Decimal),
            "integer" | "us_ssn" => Some(Kind::Int),
            "uuid" => Some(Kind::Bytes),
            _ => None,
        };
        for kind in [Kind::Bytes, Kind::Day, Kind::Decimal, Kind::Int, Kind::Text] {
            assert_eq!(
                format.supports(kind),
                kind == Kind::Text || Some(kind) == other,
                "{name} {kind:?}"
            );
        }
    }
    assert_eq!(format(r#"{"format":"us_ssn"}"#).int_bounds(), Some((0, 999_999_999)));
    assert_eq!(
        format(r#"{"format":"integer","range":["-5","2000000"]}"#).int_bounds(),
        Some((-5, 2_000_000))
    );
    assert_eq!(
        format(r#"{"format":"date","small_domain":"permute"}"#).day_bounds(),
        Some((-25_567, 47_481))
    );
    assert!(format(r#"{"format":"ip","prefix":"preserve"}"#).prefix_preserving());
    assert!(!format(r#"{"format":"ip"}"#).prefix_preserving());
}

#[test]
fn words_are_what_a_policy_writes() {
    assert_eq!(
        Case::ALL.iter().map(|case| case.name()).collect::<Vec<_>>(),
        ["any", "lower", "upper"]
    );
    for choice in SmallDomain::ALL {
        assert_eq!(SmallDomain::from_name(choice.name()), Some(*choice));
    }
    assert_eq!(Prefix::from_name("Hide"), None);
    assert_eq!(serde_json::from_str::<CheckDigit>(r#""invalid""#).unwrap(), CheckDigit::Invalid);
}
