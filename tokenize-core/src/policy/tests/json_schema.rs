//! The JSON Schema against policies, by a validator of just the keywords that it uses.

use super::*;

/// Whether `schema` allows `value`. Panics on a keyword that it does not know, so that none goes untested.
fn allows(root: &Value, schema: &Value, value: &Value) -> bool {
    let schema = schema.as_object().unwrap();
    schema.iter().all(|(keyword, rule)| match keyword.as_str() {
        "$schema" | "title" | "description" | "default" | "$defs" | "then" => true,
        "$ref" => allows(
            root,
            root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(),
            value,
        ),
        "type" => match rule.as_str().unwrap() {
            "array" => value.is_array(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "object" => value.is_object(),
            "string" => value.is_string(),
            other => panic!("{other}"),
        },
        "additionalProperties" => value.as_object().is_none_or(|map| {
            let named = schema.get("properties").and_then(Value::as_object);
            let mut others =
                map.iter().filter(|(key, _)| !named.is_some_and(|named| named.contains_key(*key)));
            if rule == false {
                others.next().is_none()
            } else {
                others.all(|(_, value)| allows(root, rule, value))
            }
        }),
        "properties" => value.as_object().is_none_or(|map| {
            let rules = rule.as_object().unwrap();
            map.iter()
                .all(|(key, value)| rules.get(key).is_none_or(|rule| allows(root, rule, value)))
        }),
        "propertyNames" => value
            .as_object()
            .is_none_or(|map| map.keys().all(|key| allows(root, rule, &key.as_str().into()))),
        "required" => value.as_object().is_none_or(|map| {
            rule.as_array().unwrap().iter().all(|key| map.contains_key(key.as_str().unwrap()))
        }),
        "minProperties" => {
            value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().unwrap())
        }
        "if" => !allows(root, rule, value) || allows(root, &schema["then"], value),
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "oneOf" => {
            rule.as_array().unwrap().iter().filter(|rule| allows(root, rule, value)).count() == 1
        }
        "anyOf" => rule.as_array().unwrap().iter().any(|rule| allows(root, rule, value)),
        "items" => {
            value.as_array().is_none_or(|items| items.iter().all(|item| allows(root, rule, item)))
        }
        "minItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap())
        }
        "maxItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap())
        }
        "uniqueItems" => value
            .as_array()
            .is_none_or(|items| (1..items.len()).all(|i| !items[..i].contains(&items[i]))),
        "minLength" => {
            value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap())
        }
        "maxLength" => {
            value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap())
        }
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
        "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > rule.as_f64().unwrap()),
        "pattern" => {
            value.as_str().is_none_or(|text| matches_pattern(rule.as_str().unwrap(), text))
        }
        other => panic!("{other}"),
    })
}

/// The patterns of the schema.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let is_plain = |text: &str| {
        Decimal::from_plain(text).is_some()
            || (!text.is_empty() && text.bytes().all(|b| b == b'0' || b == b'.'))
    };
    match pattern {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
            text.len() == 10
                && text
                    .bytes()
                    .enumerate()
                    .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
        }
        "^(0|-?[1-9][0-9]*)$" => text.strip_prefix('-').unwrap_or(text).parse::<u128>().is_ok(),
        "^-?(0|[1-9][0-9]*)([.][0-9]+)?$" => is_plain(text.strip_prefix('-').unwrap_or(text)),
        "^(0|[1-9][0-9]*)([.][0-9]+)?$" => is_plain(text),
        "^[A-Z][A-Z0-9_]*$" => {
            text.starts_with(|c: char| c.is_ascii_uppercase())
                && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        }
        other => panic!("{other}"),
    }
}

fn validates(tree: &Value) -> bool {
    let schema = schema();
    allows(&schema, &schema, tree)
}

#[test]
fn policies_that_pass_validate() {
    let mut count = 0;
    for (path, text) in cases() {
        let Ok(policy) = Policy::from_text(&text) else { continue };
        let tree = serde_json::from_str(&policy.canonical_json()).unwrap();
        assert!(validates(&tree), "{}", path.display());
        count += 1;
    }
    assert!(count >= 4, "only {count} policies pass");
}

#[test]
fn broken_rules_do_not_validate() {
    let rules = [
        json!({}),
        json!("keep"),
        json!({"action": "tokenise", "format": "email"}),
        json!({"action": "text", "paths": []}),
        json!({"action": "text", "entities": {"PERSON": {"as": "name", "action": "redact"}}}),
        json!({"action": "text", "tokens": "bare"}),
        json!({"action": "keep", "domain": "x"}),
        json!({"action": "keep", "optional": "yes"}),
        json!({"action": "tokenize"}),
        json!({"action": "tokenize", "format": "digits"}),
        json!({"action": "tokenize", "format": "email", "keep": {"first": 1}}),
        json!({"action": "tokenize", "format": "email", "small_domain": "permute"}),
        json!({"action": "tokenize", "format": "hex", "domain": "h", "case": "any"}),
        json!({"action": "tokenize", "format": "integer", "domain": "i"}),
        json!({"action": "tokenize", "format": "integer", "domain": "i", "range": [1]}),
        json!({"action": "tokenize", "format": "alphabet", "domain": "a"}),
        json!({"action": "tokenize", "format": {"alphabet": "abc"}, "alphabet": "abc", "domain": "a"}),
        json!({"action": "tokenize", "format": "id"}),
        json!({"action": "tokenize", "format": "id:br_cfp"}),
        json!({"action": "tokenize", "format": {"id": "us_ssn"}}),
        json!({"action": "tokenize", "format": "id:cl_rut", "small_domain": "permute"}),
        json!({"action": "pseudonymize"}),
        json!({"action": "pseudonymize", "domain": ""}),
        json!({"action": "pseudonymize", "domain": "d", "output": "base64"}),
        json!({"action": "encrypt", "key": "file"}),
        json!({"action": "encrypt", "key_version": 0}),
        json!({"action": "encrypt", "normalize": ["trim", "trim"]}),
        json!({"action": "generalize"}),
        json!({"action": "generalize", "to": "year", "size": 3}),
        json!({"action": "generalize", "to": "bucket"}),
        json!({"action": "generalize", "to": "bucket", "size": 0}),
        json!({"action": "generalize", "to": "age_band", "as_of": "June"}),
        json!({"action": "shift_date", "subject": "s", "max_days": 0}),
        json!({"action": "surrogate", "kind": "person", "locale": "en_US"}),
        json!({"action": "surrogate", "kind": "pet", "locale": "en_US", "domain": "d"}),
        json!({"action": "surrogate", "kind": "city", "locale": "xx_XX", "domain": "d"}),
        json!({"action": "surrogate", "kind": "city", "locale": "fr_FR", "domain": "d", "normalize": []}),
        json!({"action": "truncate"}),
        json!({"action": "truncate", "keep": {}}),
        json!({"action": "truncate", "keep": {"first": 1}, "fill": "ab"}),
        json!({"action": "redact", "with": 7}),
    ];
    for rule in rules {
        let tree = json!({"version": 1, "name": "t", "columns": {"a": rule}});
        assert!(!validates(&tree), "{rule}");
        assert!(Policy::from_json(&tree).is_err(), "{rule}");
    }
}

#[test]
fn broken_detection_does_not_validate() {
    let detections = [
        json!([]),
        json!({"rule": []}),
        json!({"min_score": 2}),
        json!({"min_score": "high"}),
        json!({"regions": "de"}),
        json!({"entities": ["EMAIL_ADDRESS"]}),
        json!({"entities": {"EMAIL_ADDRESS": {"on": true}}}),
        json!({"entities": {"EMAIL_ADDRESS": {"off": "yes"}}}),
        json!({"allow": ["" ]}),
        json!({"allow": [{"value": "x", "regex": "x"}]}),
        json!({"allow": [{"value": "x", "entity": "A"}]}),
        json!({"deny": ["x"]}),
        json!({"deny": [{"value": "x"}]}),
        json!({"deny": [{"value": "x", "entity": "a"}]}),
        json!({"rules": [{"regex": "x"}]}),
        json!({"rules": [{"entity": "A"}]}),
        json!({"rules": [{"entity": "1A", "regex": "x"}]}),
        json!({"rules": [{"entity": "A", "regex": "x", "context": "badge"}]}),
        json!({"rules": [{"entity": "A", "regex": "x", "score": -1}]}),
    ];
    for detection in detections {
        let tree = json!({"version": 1, "name": "t", "columns": {"a": {"action": "keep"}}, "detection": detection});
        assert!(!validates(&tree), "{detection}");
        assert!(Policy::from_json(&tree).is_err(), "{detection}");
        assert!(detection_from_json(&detection).is_err(), "{detection}");
    }
}

#[test]
fn broken_policies_do_not_validate() {
    let policies = [
        json!([]),
        json!({"version": 1, "name": "t"}),
        json!({"version": 2, "name": "t", "unlisted": "keep", "columns": {}}),
        json!({"version": 1, "columns": {"a": {"action": "keep"}}}),
        json!({"version": 1, "name": "t", "columns": {}}),
        json!({"version": 1, "name": "t", "unlisted": "pass", "columns": {"a": {"action": "keep"}}}),
        json!({"version": 1, "name": "t", "columns": {"a": {"action": "keep"}}, "other": 1}),
        json!({"version": 1, "name": "t", "columns": {"": {"action": "keep"}}}),
    ];
    for tree in policies {
        assert!(!validates(&tree), "{tree}");
        assert!(Policy::from_json(&tree).is_err(), "{tree}");
    }
    assert!(validates(&json!({"version": 1, "name": "t", "unlisted": "drop", "columns": {}})));
}
