//! What holds for the tables of clauses; the packs and what breaks them are in `tests/it/packs.rs`.

use super::*;
use crate::policy::Policy;

#[test]
fn every_word_has_a_clause_or_is_none_of_the_regulations_business() {
    assert_eq!(clauses::EVERYTHING.len(), HOLDS.len());
    for (name, profile) in PROFILES {
        let speaks =
            |holds: &Holds| profile.clauses().iter().any(|clause| clause.holds.contains(holds));
        let silent: Vec<_> = HOLDS.iter().filter(|(_, it)| !speaks(it)).map(|it| it.0).collect();
        match profile {
            Profile::Pci => assert!(!silent.contains(&"pan") && silent.contains(&"name")),
            Profile::Glba => assert_eq!(silent, ["other"], "{name}"),
            _ => assert_eq!(silent, [""; 0], "{name}"),
        }
    }
}

#[test]
fn citations_stand_once() {
    for (_, profile) in PROFILES {
        let mut citations: Vec<_> =
            profile.clauses().iter().map(|clause| clause.citation).collect();
        citations.sort_unstable();
        let all = citations.len();
        citations.dedup();
        assert_eq!(citations.len(), all);
    }
}

/// The texts that `mask_text` treats are held against the profile like a column of texts.
#[test]
fn texts_without_columns_are_judged() {
    let policy = |rest: &str| {
        Policy::from_text(&format!(
            "{{version: 1, name: t, profile: gdpr, unlisted: drop, columns: {{}}, text: {{entities: {{'*': {{action: {rest}}}}}}}}}"
        ))
    };
    assert!(policy("redact").is_ok());
    let fault = policy("keep").unwrap_err().to_string();
    assert!(fault.contains("our reading of GDPR Article 4(5), free text"), "{fault}");
}
