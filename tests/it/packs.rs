//! The packs of `examples/policies`: each masks its sample, and is refused as soon as it breaks a clause of what it claims to follow.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokenize_core::policy::Profile;
use tokenize_core::{FileOptions, Policy, Tokenizer, mask_file};

use crate::fixture::Fixture;

const PACKS: [(&str, &str); 5] = [
    ("fintech", "fintech"),
    ("gdpr-pseudonymised", "gdpr"),
    ("healthcare-expert", "healthcare"),
    ("healthcare-safe-harbor", "healthcare"),
    ("pci", "pci"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/policies")
}

fn pack(name: &str) -> Policy {
    Policy::from_path(folder().join(format!("{name}.yaml"))).unwrap()
}

/// The sample as records of fields, masked by its pack.
fn masked(name: &str, fixture: &Fixture) -> Vec<Vec<String>> {
    let sample = PACKS.iter().find(|(pack, _)| *pack == name).unwrap().1;
    let input = folder().join(format!("samples/{sample}.csv"));
    let output = fixture.path(&format!("{name}.csv"));
    let tokenizer = Tokenizer::new(pack(name), &fixture.keyring).unwrap();
    mask_file(&tokenizer, &input, &output, &FileOptions::default()).unwrap();
    let text = fs::read_to_string(output).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The cells of a column in records that have no commas before it.
fn column<'a>(records: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
    let at = records[0].iter().position(|it| it == name).unwrap();
    records[1..].iter().map(|record| record[at].as_str()).collect()
}

#[test]
fn every_pack_masks_its_sample() {
    let fixture = Fixture::new();
    for (name, _) in PACKS {
        let whole = masked(name, &fixture).concat().concat();
        for planted in [
            "Example",
            "Tester",
            "Sample,",
            "123-45-6789",
            "4111111111111111",
            "4111 1111 1111 1111",
            "@example",
            "+12025550143",
            "MRN-4003",
            "DE89370400440532013000",
            "1980",
            "1931",
            "05901",
            "192.0.2.",
            "hunter2",
            "Main St",
            "Beispiel",
            "Exemple",
            "0412AC89",
        ] {
            assert!(!whole.contains(planted), "{name}: {planted}");
        }
    }
}

#[test]
fn safe_harbor_leaves_years_bands_and_areas() {
    let fixture = Fixture::new();
    let records = masked("healthcare-safe-harbor", &fixture);
    assert_eq!(column(&records, "zip"), ["627", "000", "627", "972"]);
    assert_eq!(column(&records, "birth_date"), ["45-49", "90+", "45-49", "25-29"]);
    assert_eq!(column(&records, "admitted_on"), ["2025"; 4]);
    let policy = pack("healthcare-safe-harbor");
    assert!(policy.rules().iter().all(|rule| rule.action.power().is_none()), "no key at all");
}

#[test]
fn an_expert_gets_patients_and_lengths_of_stay() {
    let fixture = Fixture::new();
    let records = masked("healthcare-expert", &fixture);
    let patients = column(&records, "mrn");
    assert_eq!(patients[0], patients[2]);
    let days = |name| column(&records, name).iter().map(|text| day_of(text)).collect::<Vec<_>>();
    let stays: Vec<_> =
        days("admitted_on").iter().zip(days("discharged_on")).map(|(from, to)| to - from).collect();
    assert_eq!(stays, [8, 13, 2, 0]);
    assert_ne!(column(&records, "admitted_on")[0], "2025-03-01");
}

#[test]
fn a_card_has_one_token_in_columns_notes_and_packs() {
    let fixture = Fixture::new();
    let (pci, fintech) = (masked("pci", &fixture), masked("fintech", &fixture));
    let card = column(&pci, "card_number")[0];
    assert_eq!(card, column(&fintech, "card_number")[0], "one domain, one token");
    assert_eq!(&card[..6], "411111");
    assert!(column(&pci, "note")[3].contains(&format!("[CREDIT_CARD:{card}:")));
    assert!(!pci[0].contains(&"card_last_four".to_owned()));
}

/// Days since an epoch, for differences (Hinnant's days from civil).
fn day_of(text: &str) -> i64 {
    let parts: Vec<i64> = text.split('-').map(|part| part.parse().unwrap()).collect();
    let (month, day) = (parts[1], parts[2]);
    let year = if month <= 2 { parts[0] - 1 } else { parts[0] };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (153 * ((month + 9) % 12) + 2) / 5 + day
}

/// What is said about a pack in which one rule is another.
fn refusal(name: &str, column: &str, rule: &str) -> String {
    let mut tree: Value = serde_json::from_str(&pack(name).canonical_json()).unwrap();
    let rule: Value = serde_json::from_str(rule).unwrap();
    let rules = tree["columns"].as_object_mut().unwrap();
    assert!(rules.insert(column.to_owned(), rule).is_some(), "{name} has no column {column}");
    Policy::from_json(&tree).map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn every_clause_has_a_case_that_breaks_it() {
    // What stays is for the expert to judge: no rule can break that.
    let unbreakable = ["our reading of 45 CFR 164.514(b)(1)(ii), what stays"];
    for (name, _) in PACKS {
        for clause in pack(name).explain().clauses {
            let is_broken = BREAKS
                .iter()
                .any(|(pack, citation, ..)| *pack == name && *citation == clause.clause);
            assert!(is_broken != unbreakable.contains(&clause.clause), "{name}: {}", clause.clause);
        }
    }
}

#[test]
fn no_profile_lets_unnamed_columns_pass_or_columns_go_without_a_word() {
    for (name, _) in PACKS {
        let mut tree: Value = serde_json::from_str(&pack(name).canonical_json()).unwrap();
        tree["unlisted"] = json!("keep");
        let said = Policy::from_json(&tree).unwrap_err().to_string();
        assert!(said.contains("no column passes that no rule names"), "{name}: {said}");
        tree["unlisted"] = json!("deny");
        tree["columns"]["stray"] = json!({"action": "drop"});
        let said = Policy::from_json(&tree).unwrap_err().to_string();
        assert!(said.contains("columns.stray: `holds` is missing"), "{name}: {said}");
        tree["columns"].as_object_mut().unwrap().remove("stray");
        tree.as_object_mut().unwrap().remove("profile");
        let said = Policy::from_json(&tree).unwrap_err().to_string();
        assert!(said.contains("the policy claims none"), "{name}: {said}");
    }
}

#[test]
fn two_forms_of_a_card_are_refused() {
    let other = r#"{"holds": "pan", "action": "tokenize", "format": "pan", "keep": {"first": 8}, "check_digit": "invalid", "domain": "other"}"#;
    let said = refusal("pci", "card_last_four", other);
    assert!(said.contains("3.5.1, one form of PAN"), "{said}");
}

#[test]
fn explanations_name_every_clause() {
    assert_eq!(pack("fintech").profiles(), [Profile::Glba, Profile::Pci]);
    let shown = pack("healthcare-safe-harbor").explain().to_string();
    for letter in 'A'..='R' {
        let paragraph = format!("164.514(b)(2)(i)({letter})");
        let line = shown.lines().find(|line| line.contains(&paragraph)).unwrap();
        assert!(line.ends_with(')'), "a column for {paragraph}: {line}");
    }
}

/// The page of a pack says of every clause and every column what became of it.
#[test]
fn pages_name_every_clause_and_column() {
    for (name, sample) in PACKS {
        let page = folder().join(format!("../../docs/packs/{name}.md"));
        let page = fs::read_to_string(page).unwrap();
        assert!(page.contains(&format!("samples/{sample}.csv")), "{name}");
        for clause in pack(name).explain().clauses {
            let line =
                page.lines().find(|line| line.starts_with(&format!("| {} |", clause.clause)));
            let line = line.unwrap_or_else(|| panic!("{name} says nothing of {}", clause.clause));
            for (column, action) in clause.columns {
                assert!(line.contains(&format!("`{column}` ({action})")), "{name}: {column}");
            }
            assert!(line.contains(clause.demands), "{name}: {}", clause.demands);
        }
    }
}

/// One test for each rule of a regulation: the pack with this rule in the place of its own is refused, and the clause is named.
macro_rules! breaks {
    ($($test:ident: $pack:literal, $clause:literal, $column:literal, $rule:literal;)*) => {
        const BREAKS: &[(&str, &str, &str, &str)] = &[$(($pack, $clause, $column, $rule)),*];
        $(#[test]
        fn $test() {
            let said = refusal($pack, $column, $rule);
            assert!(said.contains($clause), "{}: {said}", $rule);
        })*
    };
}

breaks! {
    safe_harbor_a_names: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(A), names", "patient_name", r#"{"holds": "name", "action": "truncate", "keep": {"first": 1}}"#;
    safe_harbor_b_places: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(B), geographic subdivisions", "city", r#"{"holds": "address", "action": "keep"}"#;
    safe_harbor_b_zip_codes: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(B), ZIP codes", "zip", r#"{"holds": "zip", "action": "truncate", "keep": {"first": 3}}"#;
    safe_harbor_c_dates: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(C), dates", "admitted_on", r#"{"holds": "date", "action": "generalize", "to": "month"}"#;
    safe_harbor_c_ages: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(C), ages over 89", "birth_date", r#"{"holds": "birth_date", "action": "generalize", "to": "year"}"#;
    safe_harbor_c_numbers: "healthcare-safe-harbor", "our reading of 45 CFR 164.514(b)(2)(i)(C), ages over 89 in numbers", "age", r#"{"holds": "age", "action": "generalize", "to": "bucket", "size": 10}"#;
    safe_harbor_d_phones: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(D), telephone numbers", "phone", r#"{"holds": "phone", "action": "tokenize", "format": "phone"}"#;
    safe_harbor_e_fax: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(E), fax numbers", "fax", r#"{"holds": "fax", "action": "keep"}"#;
    safe_harbor_f_mail: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(F), e-mail addresses", "email", r#"{"holds": "email", "action": "pseudonymize", "domain": "e"}"#;
    safe_harbor_g_last_four: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(G), social security numbers", "ssn", r#"{"holds": "ssn", "action": "truncate", "keep": {"last": 4}}"#;
    safe_harbor_h_records: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(H), medical record numbers", "mrn", r#"{"holds": "medical_record", "action": "pseudonymize", "domain": "m"}"#;
    safe_harbor_i_plans: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(I), health plan beneficiary numbers", "plan_member", r#"{"holds": "health_plan", "action": "encrypt"}"#;
    safe_harbor_j_accounts: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(J), account numbers", "account", r#"{"holds": "account", "action": "keep"}"#;
    safe_harbor_k_licenses: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(K), certificate and license numbers", "license", r#"{"holds": "license", "action": "keep"}"#;
    safe_harbor_l_vehicles: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(L), vehicle identifiers", "plate", r#"{"holds": "vehicle", "action": "truncate", "keep": {"first": 2}}"#;
    safe_harbor_m_devices: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(M), device identifiers", "implant", r#"{"holds": "device", "action": "pseudonymize", "domain": "d"}"#;
    safe_harbor_n_urls: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(N), URLs", "portal", r#"{"holds": "url", "action": "keep"}"#;
    safe_harbor_o_addresses: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(O), IP addresses", "last_ip", r#"{"holds": "ip", "action": "tokenize", "format": "ip"}"#;
    safe_harbor_p_biometrics: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(P), biometric identifiers", "fingerprint", r#"{"holds": "biometric", "action": "keep"}"#;
    safe_harbor_q_photographs: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(Q), full-face photographs", "photo", r#"{"holds": "photo", "action": "keep"}"#;
    safe_harbor_r_unique: "healthcare-safe-harbor", "45 CFR 164.514(b)(2)(i)(R), other unique identifiers", "wristband", r#"{"holds": "unique", "action": "surrogate", "kind": "person", "locale": "en_US", "domain": "w"}"#;
    safe_harbor_free_text: "healthcare-safe-harbor", "our reading of 45 CFR 164.514(b)(2)(i), identifiers in free text", "notes", r#"{"holds": "free_text", "action": "text"}"#;
    safe_harbor_codes: "healthcare-safe-harbor", "our reading of 45 CFR 164.514(c)(1), codes", "record_code", r#"{"holds": "code", "action": "pseudonymize", "domain": "c"}"#;
    safe_harbor_derived_codes: "healthcare-safe-harbor", "our reading of 45 CFR 164.514(c)(1), derived codes", "diagnosis", r#"{"holds": "other", "action": "encrypt"}"#;

    expert_identifiers: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), direct identifiers", "ssn", r#"{"holds": "ssn", "action": "truncate", "keep": {"last": 4}}"#;
    expert_places: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), geographic subdivisions", "city", r#"{"holds": "address", "action": "keep"}"#;
    expert_zip_codes: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), ZIP codes", "zip", r#"{"holds": "zip", "action": "keep"}"#;
    expert_dates: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), dates", "admitted_on", r#"{"holds": "date", "action": "keep"}"#;
    expert_births: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), dates of birth", "birth_date", r#"{"holds": "birth_date", "action": "generalize", "to": "year"}"#;
    expert_ages: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), ages", "age", r#"{"holds": "age", "action": "keep"}"#;
    expert_free_text: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), free text", "notes", r#"{"holds": "free_text", "action": "text", "entities": {"US_SSN": {"action": "keep"}}}"#;
    expert_codes: "healthcare-expert", "our reading of 45 CFR 164.514(c), codes", "record_code", r#"{"holds": "code", "action": "truncate", "keep": {"first": 8}}"#;
    expert_credentials: "healthcare-expert", "our reading of 45 CFR 164.514(b)(1), credentials", "wristband", r#"{"holds": "authentication", "action": "encrypt"}"#;

    gdpr_direct_identifiers: "gdpr-pseudonymised", "our reading of GDPR Article 4(5), direct identifiers", "email", r#"{"holds": "email", "action": "tokenize", "format": "email", "domain": "churn.mail"}"#;
    gdpr_indirect_identifiers: "gdpr-pseudonymised", "our reading of GDPR Article 4(5), indirect identifiers", "city", r#"{"holds": "address", "action": "keep"}"#;
    gdpr_free_text: "gdpr-pseudonymised", "our reading of GDPR Article 4(5), free text", "message", r#"{"holds": "free_text", "action": "keep"}"#;
    gdpr_credentials: "gdpr-pseudonymised", "our reading of GDPR Article 32(1), credentials", "password", r#"{"holds": "authentication", "action": "keep"}"#;
    gdpr_codes: "gdpr-pseudonymised", "our reading of GDPR Article 4(5), codes", "loyalty", r#"{"holds": "code", "action": "truncate", "keep": {"first": 3}}"#;
    gdpr_domains: "gdpr-pseudonymised", "our reading of EDPB Guidelines 01/2025, pseudonymisation domain", "phone", r#"{"holds": "phone", "action": "tokenize", "format": "phone"}"#;

    glba_names: "fintech", "our reading of 12 CFR 1016.3(q)(2)(ii)(B), names and other personal identifiers", "full_name", r#"{"holds": "name", "action": "keep"}"#;
    glba_addresses: "fintech", "our reading of 12 CFR 1016.3(q)(2)(ii)(B), addresses", "street", r#"{"holds": "address", "action": "truncate", "keep": {"first": 5}}"#;
    glba_narrowing: "fintech", "our reading of 12 CFR 1016.3(q)(2)(ii)(B), what narrows a person down", "birth_date", r#"{"holds": "birth_date", "action": "keep"}"#;
    glba_accounts: "fintech", "our reading of 12 CFR 1016.12(c)(1), account numbers", "account", r#"{"holds": "account", "action": "truncate", "keep": {"last": 4}}"#;
    glba_cards: "fintech", "our reading of 12 CFR 1016.12(c)(1), card numbers", "card_number", r#"{"holds": "pan", "action": "keep"}"#;
    glba_access_codes: "fintech", "our reading of 12 CFR 1016.12(a), access codes", "password", r#"{"holds": "authentication", "action": "pseudonymize", "domain": "p"}"#;
    glba_free_text: "fintech", "our reading of 12 CFR 1016.3(q)(2)(ii)(B), free text", "support_note", r#"{"holds": "free_text", "action": "keep"}"#;
    glba_codes: "fintech", "our reading of 12 CFR 1016.3(q)(2)(ii)(B), codes", "segment", r#"{"holds": "code", "action": "truncate", "keep": {"first": 1}}"#;
    fintech_cards: "fintech", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_number", r#"{"holds": "pan", "action": "pseudonymize", "domain": "card"}"#;
    fintech_authentication: "fintech", "PCI DSS 3.3.1, sensitive authentication data", "card_code", r#"{"holds": "authentication", "action": "redact"}"#;
    fintech_cards_in_text: "fintech", "our reading of PCI DSS 3.5.1, PAN in free text", "support_note", r#"{"holds": "free_text", "action": "text", "entities": {"CREDIT_CARD": {"action": "truncate", "keep": {"last": 4}}}}"#;

    pci_authentication: "pci", "PCI DSS 3.3.1, sensitive authentication data", "card_code", r#"{"holds": "authentication", "action": "encrypt"}"#;
    pci_truncated_beside_token: "pci", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_last_four", r#"{"holds": "pan", "action": "keep"}"#;
    pci_hashed_beside_token: "pci", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_last_four", r#"{"holds": "pan", "action": "pseudonymize", "domain": "card"}"#;
    pci_last_four_in_token: "pci", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_number", r#"{"holds": "pan", "action": "tokenize", "format": "pan", "keep": {"last": 4}, "check_digit": "invalid"}"#;
    pci_more_than_the_issuer: "pci", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_number", r#"{"holds": "pan", "action": "tokenize", "format": "pan", "keep": {"first": 9}, "check_digit": "invalid"}"#;
    pci_token_like_a_card: "pci", "our reading of PCI DSS 3.4.1 and 3.5.1, PAN", "card_number", r#"{"holds": "pan", "action": "tokenize", "format": "pan", "keep": {"first": 6}}"#;
    pci_cards_in_text: "pci", "our reading of PCI DSS 3.5.1, PAN in free text", "note", r#"{"holds": "free_text", "action": "text", "entities": {"CREDIT_CARD": {"action": "keep"}}}"#;
}
