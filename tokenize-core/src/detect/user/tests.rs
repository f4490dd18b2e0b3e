//! Rules and lists of users at work.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, DictionaryArray, StringArray, StringViewArray, UInt64Array};
use arrow::datatypes::Int32Type;

use super::super::config::{Denied, Detection, EntityOptions, Pattern, UserRule};
use super::super::{DetectError, DetectionFaultKind, Detector, Finding, PatternFault, Reasons};
use super::pattern::MATCH_LIMIT;
use crate::field::FieldPath;

fn detector(detection: &Detection) -> Detector {
    Detector::new(detection).unwrap_or_else(|error| panic!("{error}"))
}

fn of_rule(rule: UserRule) -> Detector {
    detector(&Detection { rules: vec![rule], ..Detection::default() })
}

fn rule(regex: &str) -> UserRule {
    UserRule::new("BADGE", regex)
}

/// Entity and text of each finding.
fn found<'a>(detector: &Detector, text: &'a str) -> Vec<(String, &'a str)> {
    let findings = detector.detect(text);
    findings.iter().map(|found| (found.entity.to_string(), &text[found.start..found.end])).collect()
}

#[track_caller]
fn check(regex: &str, text: &str, expected: &[&str]) {
    let found: Vec<&str> =
        found(&of_rule(rule(regex)), text).into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, expected, "{regex}");
}

fn only(detector: &Detector, text: &str) -> Finding {
    let findings = detector.detect(text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.into_iter().next().unwrap()
}

fn fault_of(regex: &str) -> DetectionFaultKind {
    let faults = Detection { rules: vec![rule(regex)], ..Detection::default() }.faults();
    assert_eq!(faults.len(), 1, "{regex}: {faults:?}");
    assert_eq!(faults[0].path, "rules[0].regex");
    faults.into_iter().next().unwrap().kind
}

#[test]
fn matches_are_those_of_rust() {
    check("E[0-9]{4}", "E1234, xE12345; e1234", &["E1234", "E1234"]);
    check("(?i)e[0-9]{4}", "E1234 e1234", &["E1234", "e1234"]);
    check("(?i)straße [0-9]+", "STRAßE 12 ſtraße 3", &["STRAßE 12", "ſtraße 3"]);
    check("<.*?>", "<a> <b>", &["<a>", "<b>"]);
    check("<.*>", "<a> <b>", &["<a> <b>"]);
    check("ab|abcd", "abcd", &["ab"]);
    check("abcd|bc", "xabcdx bc", &["abcd", "bc"]);
    check(r"\bid-\d+\b", "id-12 xid-12 id-12x", &["id-12"]);
    check("^[A-Z]{3}$", "ABC", &["ABC"]);
    check("^[A-Z]{3}$", "ABC ", &[]);
    check("(?m)^x.$", "xa\nya\nxb", &["xa", "xb"]);
    check("aa", "aaaaa", &["aa", "aa"]);
    check("é+", "caféé é", &["éé", "é"]);
    check(r"\w+@corp", "müller@corp", &["ller@corp"]);
    check(r"(?u)\w+@corp", "müller@corp", &["müller@corp"]);
    check(r"x\D", "xé x1", &["xé"]);
    check(r"x[^\d]", "xé x1", &["xé"]);
    check(r"(?u:\d)\d", "٣3", &["٣3"]);
}

#[test]
fn folded_values_are_searched_as_what_they_stand_for() {
    check(r"\bNO[ -]\d{3}\b", "NO\u{a0}１２３", &["NO\u{a0}１２３"]);
    check(r"caf\x{e9}\x{a0}\d", "NO\u{a0}1 café\u{a0}2", &["café\u{a0}2"]);
    let deny = |value: &str| Denied::new(Pattern::Value(value.to_owned()), "PROJECT");
    let deny = vec![deny("Blue\u{a0}Heron 7"), deny(r"C:\new\tern")];
    let detector = detector(&Detection { deny, ..Detection::default() });
    for text in [
        "blue heron 7",
        "BLUE\u{a0}HERON 7",
        "Blue\u{a0}Heron\u{a0}7",
        r"c:\New\tern",
        r"C:\new\tern １",
    ] {
        let listed = found(&detector, text);
        assert_eq!(listed[0].1, text.trim_end_matches(" １"), "{text}");
    }
}

#[test]
fn patterns_that_cannot_be_searched_are_refused() {
    let pattern = DetectionFaultKind::Pattern;
    assert_eq!(fault_of("a*"), pattern(PatternFault::EmptyMatch));
    assert_eq!(fault_of(r"\b"), pattern(PatternFault::EmptyMatch));
    assert_eq!(fault_of(r"(?u)\bx\b"), pattern(PatternFault::UnicodeBoundary));
    assert_eq!(fault_of("a{1025}"), pattern(PatternFault::NoMatch { limit: MATCH_LIMIT }));
    assert_eq!(fault_of("[a&&b]"), pattern(PatternFault::NoMatch { limit: MATCH_LIMIT }));
    assert_eq!(fault_of("((a{100}){100}){100}x?|b"), pattern(PatternFault::TooLarge));
    assert_eq!(fault_of(&"x".repeat(20_000)), pattern(PatternFault::TooLarge));
    for look in ["a(?=canary)", "(?<!canary)a", r"(canary)\1", "canary(", r"(?-u)canary\xFF"] {
        let fault = fault_of(look);
        assert!(matches!(fault, DetectionFaultKind::Pattern(PatternFault::Syntax { .. })));
        assert!(!fault.to_string().contains("canary"), "{fault}");
    }
    let at = |regex: &str| match fault_of(regex) {
        DetectionFaultKind::Pattern(PatternFault::Syntax { at, .. }) => at,
        other => panic!("{other}"),
    };
    assert_eq!(at("é("), 2);
    assert_eq!(at("(?=x)"), 1);
}

/// A search that is quadratic in a million bytes does not end.
#[test]
fn no_pattern_takes_more_than_linear_time() {
    let size = 1 << 20;
    for (regex, text, count) in [
        ("(a+)+$", format!("{}b", "a".repeat(size)), 0),
        ("(a|a)*b", "a".repeat(size), 0),
        (".*.*=.*", "x".repeat(size), 0),
        (".*.*=.*", "=".repeat(size), size / MATCH_LIMIT),
        ("(x+x+)+y", "x".repeat(size), 0),
        ("[a-z]*[0-9][a-z]*[0-9]", "z".repeat(size), 0),
        ("(?:[a-z]{1,30}[0-9]?){1,30}!", "z9".repeat(size / 2), 0),
        ("[^!]*!|q", "q".repeat(size / 8), size / 8),
    ] {
        assert_eq!(of_rule(rule(regex)).detect(&text).len(), count, "{regex}");
    }
    let rules = (0..50).map(|i| UserRule {
        name: Some(format!("r{i}")),
        ..rule(&format!("[a-z ]*{i}[a-z ]*{i}[a-z ]*!"))
    });
    let many = detector(&Detection { rules: rules.collect(), ..Detection::default() });
    assert_eq!(many.detect(&"lorem 1 ipsum 22 dolor ".repeat(1 << 12)), []);
}

#[test]
fn a_match_may_lie_anywhere_and_is_bounded() {
    for before in [0, 1, 1000, 16_383, 16_384, 16_390, 40_000] {
        let text = format!("{}E123456{}", " ".repeat(before), " ".repeat(20_000));
        let finding = only(&of_rule(rule(r"\bE\d+\b")), &text);
        assert_eq!((finding.start, finding.end), (before, before + 7));
    }
    let finding = of_rule(rule("a+")).detect(&"a".repeat(1500));
    let places: Vec<_> = finding.iter().map(|finding| (finding.start, finding.end)).collect();
    assert_eq!(places, [(0, 1024), (1024, 1500)], "longer matches come in pieces");
}

#[test]
fn scores_names_and_reasons() {
    let finding = only(&of_rule(rule("E[0-9]{4}")), "E1234");
    assert_eq!((&*finding.entity, &*finding.rule, finding.score), ("BADGE", "badge", 0.5));
    assert_eq!(finding.reasons, Reasons::SHAPE);
    let low = || UserRule {
        name: Some("short badge".to_owned()),
        context: vec!["Badge Number".to_owned()],
        columns: vec!["empId".to_owned()],
        score: Some(0.3),
        ..rule("[0-9]{4}")
    };
    let detector = of_rule(low());
    assert_eq!(detector.detect("it is 1234 here"), []);
    let finding = only(&detector, "badge number 1234");
    assert_eq!((&*finding.rule, finding.score), ("short badge", 0.65));
    assert!(finding.reasons.contains(Reasons::SHAPE | Reasons::CONTEXT));
    let column: ArrayRef = Arc::new(StringArray::from(vec!["1234", "x"]));
    for (name, rows) in [("emp_id", 1), ("EmpId", 1), ("badge_number", 1), ("amount", 0)] {
        let table = detector.detect_array(&FieldPath::column(name), &column).unwrap();
        assert_eq!(table.num_rows(), rows, "{name}");
    }
    assert_eq!(
        of_rule(rule("[0-9]{4}")).detect("order 1234").len(),
        1,
        "no word speaks against it"
    );
}

#[test]
fn validators_check() {
    let rule = UserRule { validator: Some("luhn".to_owned()), ..rule(r"\bM-[0-9 ]+[0-9]\b") };
    let detector = of_rule(UserRule { regex: r"\b[0-9 ]{5,}[0-9]\b".to_owned(), ..rule });
    assert_eq!(
        found(&detector, "7992 739871 3, 79927398714"),
        [("BADGE".to_owned(), "7992 739871 3")]
    );
    assert!(only(&detector, "79927398713").reasons.contains(Reasons::CHECKED));
    let unknown =
        UserRule { validator: Some("lunh".to_owned()), ..UserRule::new("BADGE", "[0-9]{4}") };
    let faults = Detection { rules: vec![unknown], ..Detection::default() }.faults();
    assert_eq!(
        faults[0].to_string(),
        "rules[0].validator: no scheme of check digits `lunh`; did you mean `luhn`?"
    );
}

#[test]
fn what_is_denied_is_always_found() {
    let deny = vec![
        Denied::new(Pattern::Value("Blue Heron".to_owned()), "PROJECT"),
        Denied::new(Pattern::Value("Übersee".to_owned()), "PROJECT"),
        Denied::new(Pattern::Regex("PRJ-[0-9]+".to_owned()), "PROJECT"),
        Denied::new(Pattern::Value("root@localhost".to_owned()), "EMAIL_ADDRESS"),
    ];
    let detector = detector(&Detection { deny, min_score: Some(1.0), ..Detection::default() });
    let text = "blue heron, BLUE HERONS, ÜBERSEE, übersee!, PRJ-7 root@localhost jane@corp.example";
    let texts: Vec<_> = found(&detector, text).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["blue heron", "ÜBERSEE", "übersee", "PRJ-7", "root@localhost"]);
    let finding = only(&detector, "PRJ-12");
    assert_eq!((&*finding.rule, finding.score), ("deny", 1.0));
    assert_eq!(finding.reasons.names().collect::<Vec<_>>(), ["listed"]);
}

#[test]
fn what_is_allowed_is_never_found() {
    let allow = vec![
        Pattern::Value("Support@Corp.example".to_owned()),
        Pattern::Regex(r".*@corp\.example|noreply@.+".to_owned()),
        Pattern::Regex("PRJ-0+".to_owned()),
    ];
    let deny = vec![Denied::new(Pattern::Regex("PRJ-[0-9]+".to_owned()), "PROJECT")];
    let detector = detector(&Detection { allow, deny, ..Detection::default() });
    for text in
        ["support@corp.example", "jane.doe@corp.example", "noreply@x.example.org", "PRJ-000"]
    {
        assert_eq!(detector.detect(text), [], "{text}");
    }
    for text in ["jane@corp.example.org", "support@mail.example.org", "PRJ-0001"] {
        assert_eq!(detector.detect(text).len(), 1, "{text}");
    }
}

#[test]
fn built_in_entities_obey_their_options() {
    let card = "4111 1111 1111 1111";
    let text = "jane@example.com 4111 1111 1111 1111";
    let with = |entity: &str, options: EntityOptions| {
        let entities = [(entity.to_owned(), options)].into();
        detector(&Detection { entities, ..Detection::default() })
    };
    let off = with("EMAIL_ADDRESS", EntityOptions { off: true, ..EntityOptions::default() });
    assert_eq!(found(&off, text), [("CREDIT_CARD".to_owned(), card)]);
    let sure = EntityOptions { min_score: Some(1.0), ..EntityOptions::default() };
    assert_eq!(found(&with("CREDIT_CARD", sure), text).len(), 1);
    let all = detector(&Detection { min_score: Some(1.0), ..Detection::default() });
    assert_eq!(all.detect(text), []);
    let only = Detection::default().only(["CREDIT_CARD"]).unwrap();
    assert_eq!(found(&detector(&only), text), [("CREDIT_CARD".to_owned(), card)]);
    assert_eq!(detector(&only).entities().collect::<Vec<_>>(), ["CREDIT_CARD"]);
    let error = Detection::default().only(["EMAIL_ADRESS", "URL"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "entities[0]: no entity `EMAIL_ADRESS`; did you mean `EMAIL_ADDRESS`?"
    );
}

#[test]
fn own_rules_join_entities_that_exist() {
    let rule = UserRule { score: Some(0.9), ..UserRule::new("EMAIL_ADDRESS", r"\bat:\w+\b") };
    let detector = of_rule(rule);
    assert_eq!(detector.entities().filter(|entity| *entity == "EMAIL_ADDRESS").count(), 1);
    assert_eq!(found(&detector, "at:jane or jane@example.com").len(), 2);
}

#[test]
fn values_do_not_run_into_each_other() {
    let detector = of_rule(rule("(?s)a.*b|^x$|cd"));
    let values =
        vec![Some("a"), Some("b"), None, Some(""), Some("x"), Some("\u{ff43}d"), Some("acb")];
    let strings = StringArray::from(values.clone());
    let dictionary: DictionaryArray<Int32Type> = values.iter().copied().collect();
    let arrays: [ArrayRef; 3] =
        [Arc::new(strings), Arc::new(StringViewArray::from(values)), Arc::new(dictionary)];
    let rows = |array: &dyn Array| {
        let table = detector.detect_array(&FieldPath::column("c"), array).unwrap();
        let rows = table.column(0).as_any().downcast_ref::<UInt64Array>().unwrap();
        rows.values().to_vec()
    };
    for array in arrays {
        assert_eq!(rows(&array), [4, 5, 6]);
        assert_eq!(rows(&array.slice(2, 3)), [2]);
        assert_eq!(rows(&array.slice(5, 2)), [0, 1]);
    }
    assert!(rows(&StringArray::from(Vec::<&str>::new())).is_empty());
    assert!(rows(&StringArray::from(vec![None::<&str>, None])).is_empty());
}

#[test]
fn all_faults_are_told_at_once_and_no_value() {
    let detection = Detection {
        min_score: Some(1.5),
        regions: vec!["uk".to_owned(), "zz".to_owned()],
        entities: [("EMAIL".to_owned(), EntityOptions { min_score: Some(-0.1), off: false })]
            .into(),
        allow: vec![Pattern::Value(" \u{200b}".to_owned()), Pattern::Regex("canary(".to_owned())],
        deny: vec![Denied::new(Pattern::Value("canary".to_owned()), "canary")],
        rules: vec![
            UserRule { score: Some(f32::NAN), ..UserRule::new("A", "canary*") },
            UserRule::new("A", "x"),
            UserRule { name: Some(String::new()), ..UserRule::new("1A", "x") },
        ],
    };
    let error = Detector::new(&detection).unwrap_err();
    assert_eq!(
        error.to_string(),
        "min_score: must be a score of 0 to 1, such as 0.6
entities.EMAIL.min_score: must be a score of 0 to 1, such as 0.6
entities.EMAIL: no entity `EMAIL`
regions[0]: no rule belongs to a region `uk`; did you mean `gb`?
regions[1]: no rule belongs to a region `zz`; regions are ISO 3166-1 codes, such as de
allow[0]: must not be empty
allow[1].regex: not a regular expression: unclosed group (at character 7 of the pattern)
deny[0].entity: an entity is named in capitals, digits and `_`, such as EMPLOYEE_ID
rules[0].score: must be a score of 0 to 1, such as 0.6
rules[1].name: another rule has the same name; give each a `name` of its own
rules[2].entity: an entity is named in capitals, digits and `_`, such as EMPLOYEE_ID
rules[2].name: must not be empty"
    );
    let debug = format!("{error:?} {:?}", detection.deny);
    assert!(!debug.contains("\"canary\")"), "{debug}");
    assert!(matches!(error, DetectError::Configuration { .. }));
}

#[test]
fn there_are_not_more_entities_than_bits() {
    let own = |count: usize| {
        let rules = (0..count).map(|i| UserRule::new(format!("E{i}"), format!("e{i}x")));
        Detection { rules: rules.collect(), ..Detection::default() }
    };
    let built_in = Detector::standard().entities().count();
    let most = detector(&own(127 - built_in));
    assert_eq!(most.detect(&format!("e{}x", 126 - built_in)).len(), 1);
    let faults = own(128 - built_in).faults();
    assert_eq!(faults.len(), 1);
    assert!(matches!(faults[0].kind, DetectionFaultKind::TooManyEntities { limit: 127 }));
}
