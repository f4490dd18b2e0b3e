//! Policies in files, and what must hold for any text.

mod json_schema;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// The policies of `tests/cases/policy`, with what is said about each: nothing if it passes.
fn cases() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/policy");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn faults_of(text: &str) -> Vec<Fault> {
    match Policy::from_text(text) {
        Ok(_) => Vec::new(),
        Err(PolicyError::Faults { faults }) => faults,
        Err(other) => panic!("{other}"),
    }
}

fn policy(text: &str) -> Policy {
    Policy::from_text(text).unwrap_or_else(|error| panic!("{error}"))
}

fn of_columns(columns: &str) -> Policy {
    policy(&format!("{{version: 1, name: t, unlisted: keep, columns: {columns}}}"))
}

#[test]
fn every_case_has_the_faults_beside_it() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut differences = String::new();
    for (path, text) in cases() {
        let found: String = faults_of(&text).iter().map(|fault| format!("{fault}\n")).collect();
        let beside = path.with_extension("faults");
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if found == expected {
            continue;
        }
        if update {
            fs::write(beside, found).unwrap();
            continue;
        }
        differences.push_str(&format!("\n{}\n", path.file_name().unwrap().display()));
        differences.extend(
            expected
                .lines()
                .filter(|line| !found.lines().any(|other| other == *line))
                .map(|line| format!("- {line}\n")),
        );
        differences.extend(
            found
                .lines()
                .filter(|line| !expected.lines().any(|other| other == *line))
                .map(|line| format!("+ {line}\n")),
        );
    }
    assert!(differences.is_empty(), "UPDATE_EXPECT=1 rewrites the expectations{differences}");
}

#[test]
fn faults_are_many_and_sorted() {
    let counts = cases().into_iter().map(|(path, text)| {
        let faults = faults_of(&text);
        assert!(faults.is_sorted_by_key(|fault| fault.place), "{}", path.display());
        faults.len()
    });
    let count: usize = counts.sum();
    assert!(count >= 60, "only {count} faults in the cases");
}

#[test]
fn faults_show_no_text_that_goes_into_data() {
    for (_, text) in cases() {
        for fault in faults_of(&text) {
            let shown = format!("{fault} {fault:?}");
            assert!(!shown.contains("SECRET-TEXT") && !shown.contains("HIDDEN"), "{shown}");
        }
    }
}

#[test]
fn canonical_json_reads_as_the_same_policy() {
    for (path, text) in cases() {
        let Ok(first) = Policy::from_text(&text) else { continue };
        let again = policy(&first.canonical_json());
        assert_eq!(again.canonical_json(), first.canonical_json(), "{}", path.display());
        assert_eq!(again.sha256(), first.sha256());
        let value: Value = serde_json::from_str(&first.canonical_json()).unwrap();
        let placeless = Policy::from_json(&value).unwrap();
        assert_eq!(placeless.sha256(), first.sha256());
        let rules = |policy: &Policy| {
            let mut rules: Vec<_> = policy
                .rules()
                .iter()
                .map(|rule| format!("{} {:?} {}", rule.column, rule.action, rule.params_json()))
                .collect();
            rules.sort();
            rules
        };
        assert_eq!(rules(&placeless), rules(&first));
    }
}

#[test]
fn canonical_json_keeps_integers_and_the_text_of_other_numbers() {
    let policy = of_columns(
        "{a: {action: generalize, to: round, size: 0.50}, b: {action: encrypt, key_version: 3, optional: TRUE}}",
    );
    let expected = r#"{"columns":{"a":{"action":"generalize","size":"0.50","to":"round"},"b":{"action":"encrypt","key_version":3,"optional":true}},"name":"t","unlisted":"keep","version":1}"#;
    assert_eq!(policy.canonical_json(), expected);
}

#[test]
fn faults_of_trees_have_no_place() {
    let error = Policy::from_json(
        &json!({"version": 1, "name": "t", "columns": {"a": {"action": "tokenise"}}}),
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "columns.a.action: no action `tokenise`; did you mean `tokenize`?"
    );
}

#[test]
fn deep_trees_are_refused() {
    let deep = (0..100_000).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    assert!(matches!(Policy::from_json(&deep), Err(PolicyError::Faults { .. })));
    // Dropping so deep a tree would overflow the stack.
    std::mem::forget(deep);
}

/// Each subject needs the next one's: what the checks cost must not explode.
#[test]
fn long_chains_of_subjects_are_read() {
    let rule =
        |i: usize| format!("c{i}: {{action: shift_date, max_days: 3, subject: c{}}}, ", i + 1);
    let columns: String = (0..3_000).map(rule).collect();
    assert_eq!(of_columns(&format!("{{{columns} c3000: {{action: keep}}}}")).rules().len(), 3_001);
}

#[test]
fn large_texts_are_refused() {
    let faults = faults_of(&" ".repeat((1 << 20) + 1));
    assert!(matches!(faults.as_slice(), [Fault { kind: FaultKind::TooLarge { .. }, .. }]));
}

#[test]
fn files_that_are_no_policies_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Policy::from_path(folder.path().join("absent.yaml")),
        Err(PolicyError::Read { .. })
    ));
    let binary = folder.path().join("binary.yaml");
    fs::write(&binary, [0xff, 0xfe]).unwrap();
    assert!(matches!(Policy::from_path(binary), Err(PolicyError::NotText { .. })));
}

#[test]
fn params_have_their_defaults_written_out() {
    let cases = [
        ("{action: keep}", json!({})),
        ("{action: encrypt}", json!({"key": "keyring", "mode": "randomized", "output": "binary"})),
        ("{action: generalize, to: year}", json!({"to": "year"})),
        ("{action: generalize, to: bucket, size: 2.50}", json!({"to": "bucket", "size": "2.5"})),
        (
            "{action: generalize, to: age_band, as_of: 2024-01-31}",
            json!({"to": "age_band", "as_of": "2024-01-31", "size": 10}),
        ),
        ("{action: pseudonymize, domain: d}", json!({"output": "hex"})),
        (
            "{action: surrogate, kind: given_name, locale: fr_FR, domain: d}",
            json!({"kind": "given_name", "locale": "fr_FR", "table": 1}),
        ),
        ("{action: redact}", json!({"with": "[REDACTED]"})),
        ("{action: shift_date, subject: s, max_days: 9}", json!({"max_days": 9, "subject": "s"})),
        (
            "{action: truncate, keep: {first: 2}}",
            json!({"fill": "*", "keep": {"first": 2, "last": 0}}),
        ),
        ("{action: tokenize, format: email}", json!({"format": "email", "small_domain": "refuse"})),
        (
            "{action: tokenize, format: pan}",
            json!({"format": "pan", "small_domain": "refuse", "check_digit": "valid", "keep": {"first": 0, "last": 0}}),
        ),
        (
            "{action: tokenize, format: 'id: br_cpf'}",
            json!({"format": "id:br_cpf", "small_domain": "refuse", "scheme": "br_cpf", "table": 1}),
        ),
        (
            "{action: tokenize, format: phone, region: US}",
            json!({"format": "phone", "small_domain": "refuse", "table": 1, "region": "US"}),
        ),
    ];
    for (rule, mut expected) in cases {
        expected["normalize"] = json!([]);
        expected["on_invalid"] = "fail".into();
        assert_eq!(
            of_columns(&format!("{{a: {rule}}}")).rules()[0].params_json(),
            expected,
            "{rule}"
        );
    }
}

#[test]
fn domains_default_to_the_meaning_of_a_format() {
    for spec in options::FORMATS {
        let name = if spec.name == "id" { "id:br_cpf" } else { spec.name };
        let more = match spec.name {
            "alphabet" => ", alphabet: abcdef",
            "date" => ", small_domain: permute",
            "decimal" | "integer" => ", range: [0, 10000000]",
            _ => "",
        };
        let named =
            of_columns(&format!("{{a: {{action: tokenize, format: {name}, domain: d{more}}}}}"));
        let Action::Tokenize { format, .. } = &named.rules()[0].action else {
            panic!("{}", spec.name)
        };
        assert_eq!(format.default_domain().is_none(), spec.is_generic, "{}", spec.name);
        if !spec.is_generic {
            let unnamed = of_columns(&format!("{{a: {{action: tokenize, format: {name}{more}}}}}"));
            assert!(
                matches!(&unnamed.rules()[0].action, Action::Tokenize { domain, .. } if domain == name)
            );
        }
    }
}

/// The table of formats here and the format room know the same options, and the same formats that cannot be permuted.
#[test]
fn formats_take_what_the_table_says() {
    let names: Vec<_> = crate::format::Format::names().collect();
    assert_eq!(names, options::FORMATS.iter().map(|spec| spec.name).collect::<Vec<_>>());
    let samples = [
        ("alphabet", "alphabet: abc"),
        ("case", "case: lower"),
        ("check_digit", "check_digit: valid"),
        ("keep", "keep: {first: 1}"),
        ("prefix", "prefix: hide"),
        ("range", "range: [0, 10000000]"),
        ("region", "region: US"),
        ("small_domain", "small_domain: permute"),
    ];
    for spec in options::FORMATS {
        let name = if spec.name == "id" { "id:br_cpf" } else { spec.name };
        for (option, sample) in samples {
            let text = format!(
                "{{version: 1, name: t, columns: {{a: {{action: tokenize, format: {name}, domain: d, {sample}}}}}}}"
            );
            let is_refused = faults_of(&text).iter().any(|fault| {
                let reason = match &fault.kind {
                    FaultKind::Format(fault) if fault.option == option => &fault.reason,
                    _ => return false,
                };
                matches!(
                    reason,
                    crate::format::FormatReason::NotTaken { .. }
                        | crate::format::FormatReason::Permute { .. }
                )
            });
            let is_taken = if option == "small_domain" {
                !spec.never_permutes
            } else {
                spec.options.contains(&option)
            };
            assert_eq!(is_refused, !is_taken, "{} {option}", spec.name);
        }
    }
}

#[test]
fn explanations_state_promises_and_leaks() {
    let policy = of_columns(
        "{id: {action: pseudonymize, domain: d, output: int64}, card: {action: tokenize, format: pan, keep: {first: 6}, key_version: 2}, note: {action: redact, with: \"x\\ny\"}}",
    );
    let expected = "\
policy t; columns without a rule: keep
COLUMN  ACTION        OPTIONS                                                                                            REVERSIBLE  DETERMINISTIC  INJECTIVE  FORMAT KEPT  LEAKS
id      pseudonymize  domain=d output=int64                                                                              no          yes            no         no           equality
card    tokenize      domain=pan key_version=2 check_digit=valid format=pan keep=first:6,last:0 small_domain=refuse  yes         yes            yes        yes          equality, kept digits (with the first ones the issuer), length, separators
note    redact        with=x\u{fffd}y                                                                                           no          yes            no         no           nothing
";
    let shown = policy.explain().to_string();
    let squeeze = |text: &str| {
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(squeeze(&shown).starts_with(&squeeze(expected)), "{shown}");
    assert!(shown.contains("n^2/2^64"));
    let heads: Vec<_> = shown.lines().skip(1).take(4).map(|line| line.chars().count()).collect();
    assert!(heads.iter().all(|length| *length > 60), "{shown}");
    let value = serde_json::to_value(policy.explain()).unwrap();
    assert_eq!(value["columns"][1]["reversible"], true);
    assert_eq!(value["columns"][1]["options"]["keep"]["first"], 6);
}

/// What `needs` says, one line for each power.
fn needs_of(columns: &str) -> String {
    let policy = of_columns(columns);
    let lines: Vec<_> = policy.needs().iter().map(ToString::to_string).collect();
    let is_write_only = if policy.is_write_only() { "write-only" } else { "" };
    format!("{}\n{is_write_only}", lines.join("\n"))
}

#[test]
fn needs_are_told_by_power_with_columns_and_reasons() {
    for (columns, expected) in [
        ("{a: {action: keep}, b: {action: redact}}", "\nwrite-only"),
        (
            "{b: {action: encrypt, key: output}, a: {action: encrypt, key: output}, c: {action: drop}}",
            "a data key per output (encrypt, key: output: b, a; making one gives no right to open it)\nwrite-only",
        ),
        (
            "{p: {action: pseudonymize, domain: d}, o: {action: encrypt, key: output}}",
            "the pseudonym root key (pseudonymize: p; equal values must give equal pseudonyms, so whoever makes them holds the key)
a data key per output (encrypt, key: output: o; making one gives no right to open it)\n",
        ),
        (
            "{t: {action: tokenize, format: email}, s: {action: shift_date, subject: t, max_days: 3}, d: {action: encrypt, mode: deterministic, domain: d}, e: {action: encrypt}, u: {action: tokenize, format: us_ssn}}",
            "the reveal root key (tokenize: t, u; equal values must give equal tokens, so whoever makes them holds the key. \
             shift_date: s; all dates of a subject must move alike, so whoever moves them holds the key. \
             encrypt, mode: deterministic: d; equal values must give equal cells, so whoever makes them holds the key. \
             encrypt: e; the keyring's own key makes the cells and opens them; key: output needs no such right)\n",
        ),
    ] {
        assert_eq!(needs_of(columns), expected);
    }
    let policy = of_columns("{x: {action: keep}, b: {action: encrypt, key: output}}");
    let explained = serde_json::to_value(policy.explain()).unwrap();
    assert_eq!(explained["needs"][0]["power"], "data-key");
    assert_eq!(explained["write_only"], true);
    assert!(
        of_columns("{x: {action: keep}}").explain().to_string().ends_with("mask needs: no key.\n")
    );
}

/// Every action that takes a power is among the needs, and no other.
#[test]
fn needs_cover_every_keyed_rule() {
    for (_, text) in cases() {
        let Ok(policy) = Policy::from_text(&text) else { continue };
        let keyed = policy.rules().iter().filter(|rule| rule.action.power().is_some()).count();
        let needs = policy.needs();
        assert_eq!(needs.iter().map(|need| need.columns.len()).sum::<usize>(), keyed);
        for need in &needs {
            assert_eq!(
                need.uses.iter().map(|used| used.columns.len()).sum::<usize>(),
                need.columns.len()
            );
        }
    }
}

#[test]
fn promises_hold_together() {
    for (_, text) in cases() {
        let Ok(policy) = Policy::from_text(&text) else { continue };
        for rule in policy.rules() {
            let action = &rule.action;
            assert!(!action.leaks().is_empty());
            assert!(!action.is_injective() || action.is_reversible(), "{}", action.name());
            assert!(rule.key_version.is_none() || action.power().is_some());
        }
    }
}

#[test]
fn decimals_are_read_plainly() {
    let cases = [
        ("10", Some((10, 0, "10"))),
        ("0.50", Some((5, 1, "0.5"))),
        ("12.05", Some((1205, 2, "12.05"))),
        ("1.0", Some((1, 0, "1"))),
        (
            "99999999999999999999999999999999999999",
            Some((10_i128.pow(38) - 1, 0, "99999999999999999999999999999999999999")),
        ),
        ("100000000000000000000000000000000000000", None),
        ("0", None),
        ("-1", None),
        ("1.", None),
        (".5", None),
        ("01", None),
        ("1e3", None),
        ("+1", None),
        ("", None),
    ];
    for (text, expected) in cases {
        let found = Decimal::from_plain(text)
            .map(|found| (found.unscaled(), found.scale(), found.to_string()));
        assert_eq!(
            found,
            expected.map(|(unscaled, scale, shown)| (unscaled, scale, shown.to_owned())),
            "{text}"
        );
    }
}

/// Text that looks like a policy at least here and there.
fn policy_like() -> impl Strategy<Value = String> {
    let words = [
        "version", "1", "name", "columns", "unlisted", ":", ": ", "\n", "\n  ", "\n    ", "{", "}",
        "[", "]", ", ", "- ", "? ", "action", "tokenize", "format", "email", "range", "keep",
        "&a ", "*a", "!t ", "\"", "'", "|", ">-", "#", "%", "---", "...", "\t", "\r\n", "0.00",
        "é", "\u{feff}", "\0", "~", "<<", "`", "\\u", "@",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in any::<String>()) {
        let _ = Policy::from_text(&text);
    }

    #[test]
    fn no_policy_like_text_makes_reading_panic(text in policy_like()) {
        let _ = Policy::from_text(&text);
    }

    #[test]
    fn no_damaged_policy_makes_reading_panic(from in 0_usize..1200, length in 0_usize..12, patch in policy_like()) {
        let mut text = include_str!("../../../tests/cases/policy/every_option.yaml").replace('ö', "o");
        let start = from.min(text.len());
        let end = (start + length).min(text.len());
        if text.is_char_boundary(start) && text.is_char_boundary(end) {
            text.replace_range(start..end, &patch);
        }
        let _ = Policy::from_text(&text);
    }
}
