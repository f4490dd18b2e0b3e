//! The part about detection.

use serde_json::{Value, json};

use super::{described, name, reference};
use crate::policy::options::{ALLOWED_KEYS, DENIED_KEYS, DETECTION_KEYS, ENTITY_KEYS, RULE_KEYS};

/// The definitions of this part, by name.
pub(super) fn definitions() -> [(&'static str, Value); 5] {
    let detection =
        mapping(DETECTION_KEYS, &[], "How personal data is looked for in texts and columns.");
    let rule = mapping(RULE_KEYS, &["entity", "regex"], "A rule of one's own.");
    [
        ("allowed", one_of(ALLOWED_KEYS, &[], "A value, or a pattern, that is never found.")),
        (
            "denied",
            one_of(DENIED_KEYS, &["entity"], "A value, or a pattern, that is always found."),
        ),
        ("detection", detection),
        ("detection_rule", rule),
        (
            "entity",
            json!({ "type": "string", "maxLength": 64, "pattern": ENTITY, "description": "An entity: one of those that are built in, or a new name." }),
        ),
    ]
}

/// A mapping with a `value` or a `regex`.
fn one_of(keys: &[&str], required: &[&str], description: &str) -> Value {
    let forms = ["regex", "value"].map(|form| {
        let keys: Vec<_> = keys
            .iter()
            .copied()
            .filter(|key| *key == form || !["regex", "value"].contains(key))
            .collect();
        let required: Vec<_> = required.iter().copied().chain([form]).collect();
        mapping(&keys, &required, description)
    });
    json!({ "oneOf": forms })
}

fn mapping(keys: &[&str], required: &[&str], description: &str) -> Value {
    let properties: serde_json::Map<_, _> =
        keys.iter().map(|key| ((*key).to_owned(), property(key))).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties, "description": description })
}

fn property(key: &str) -> Value {
    match key {
        "allow" => json!({
            "type": "array",
            "items": { "anyOf": [name("A value, in any case of its letters."), reference("allowed")] },
            "description": "What is never found.",
        }),
        "columns" => texts("Words that raise the score when the column's name holds them."),
        "context" => texts("Words that raise the score when they stand nearby."),
        "deny" => list(reference("denied"), "What is always found, with a score of 1."),
        "entities" => json!({
            "type": "object",
            "additionalProperties": mapping(ENTITY_KEYS, &[], "What is said of one entity."),
            "description": "Options of single entities, by name.",
        }),
        "entity" => reference("entity"),
        "min_score" => score("The least score of a finding that is returned."),
        "name" => name("The rule's name in findings; the entity in lower case if not given."),
        "off" => {
            json!({ "type": "boolean", "default": false, "description": "Whether the entity is not looked for." })
        }
        "regex" => name(
            "A regular expression of Rust's syntax; \\d, \\s, \\w and \\b mean ASCII unless (?u) is said.",
        ),
        "regions" => texts(
            "ISO 3166-1 codes: identifiers of other regions are not looked for; all regions if not given.",
        ),
        "rules" => list(reference("detection_rule"), "Rules of one's own."),
        "score" => score("The score of what the rule finds, before context."),
        "validator" => {
            name("The check digits that a match must have: the name of a scheme, or luhn.")
        }
        _ => described(
            json!({ "type": "string", "minLength": 1 }),
            "A value, in any case of its letters.",
        ),
    }
}

fn list(items: Value, description: &str) -> Value {
    json!({ "type": "array", "items": items, "description": description })
}

fn texts(description: &str) -> Value {
    list(json!({ "type": "string" }), description)
}

/// A number, or a text of one: canonical JSON has no fractions.
fn score(description: &str) -> Value {
    json!({
        "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": "^(0|[1-9][0-9]*)([.][0-9]+)?$" },
        ],
        "default": 0.5,
        "description": description,
    })
}

/// Names of entities.
const ENTITY: &str = "^[A-Z][A-Z0-9_]*$";
