//! The JSON Schema (draft 2020-12) of policies, for editors and other programs.
//!
//! Built from the tables that reading uses, so that both know the same words. What spans several rules (a domain used twice, a
//! subject that gets lost) and sizes of domains are beyond a schema: a policy that validates may still be refused.

mod detection;

use serde_json::{Map, Value, json};

use super::options::{
    self, ACTIONS, ActionSpec, FORMATS, FormatSpec, GENERALIZES, GeneralizeSpec, Words,
};
use crate::format::Format;

/// The JSON Schema of policies.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert(
        "rule".to_owned(),
        json!({ "oneOf": ACTIONS.iter().map(|spec| reference(spec.name)).collect::<Vec<_>>() }),
    );
    for spec in ACTIONS {
        definitions.insert(spec.name.to_owned(), action(spec));
    }
    for (name, definition) in detection::definitions() {
        definitions.insert(name.to_owned(), definition);
    }
    definitions.insert("treatment".to_owned(), treatment());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy of tokenize",
        "description": "What is to happen to each column of a dataset.",
        "type": "object",
        "additionalProperties": false,
        "required": ["columns", "name", "version"],
        "properties": {
            "version": { "const": 1, "description": "The version of this form." },
            "name": name("What reports and manifests call the policy."),
            "profile": profile(),
            "unlisted": described(words(options::UNLISTEDS, Some("deny")), "What happens to a column that no rule names: the run stops, it is left out, or it passes."),
            "columns": {
                "type": "object",
                "description": "Rules by path: a.b a struct field, a[] a list's element, a{key} and a{value} a map's; * stands for any characters within one name; back-ticks around other names.",
                "propertyNames": { "minLength": 1 },
                "additionalProperties": reference("rule"),
            },
            "detection": reference("detection"),
            "text": text_without_columns(),
        },
        "if": { "properties": { "unlisted": { "const": "deny" } } },
        "then": { "properties": { "columns": { "minProperties": 1 } } },
        "$defs": definitions,
    })
}

fn action(spec: &ActionSpec) -> Value {
    let mut schema = match spec.name {
        "tokenize" => {
            json!({ "oneOf": FORMATS.iter().flat_map(|format| tokenize(spec, format)).collect::<Vec<_>>() })
        }
        "generalize" => {
            json!({ "oneOf": GENERALIZES.iter().map(|way| generalize(spec, way)).collect::<Vec<_>>() })
        }
        _ => {
            let properties =
                spec.keys().into_iter().map(|key| (key.to_owned(), option(spec.name, key)));
            rule(
                spec.name,
                properties.collect(),
                spec.required.iter().map(|required| required.key).collect(),
            )
        }
    };
    schema["description"] = spec.summary.into();
    schema
}

/// A rule with exactly these options.
fn rule(action: &str, mut properties: Map<String, Value>, mut required: Vec<&str>) -> Value {
    properties.insert("action".to_owned(), json!({ "const": action }));
    properties
        .insert("optional".to_owned(), json!({ "type": "boolean", "default": false, "description": "Whether the column may be absent." }));
    properties.insert(
        "holds".to_owned(),
        described(
            words(options::HOLDS, None),
            "What the column holds; under a `profile` every rule says it.",
        ),
    );
    required.push("action");
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

/// A format, and a second time where it may be written as a mapping.
fn tokenize(spec: &ActionSpec, format: &FormatSpec) -> Vec<Value> {
    let common = ["domain", "key_version", "normalize", "on_invalid"];
    let mut properties: Map<_, _> =
        common.iter().map(|key| ((*key).to_owned(), option(spec.name, key))).collect();
    for key in format.options {
        let schema = match *key {
            "case" => described(json!({ "enum": format.cases }), "The letter case of values."),
            "range" => range(format.name),
            key => option(spec.name, key),
        };
        properties.insert((*key).to_owned(), schema);
    }
    let small_domain = if format.never_permutes {
        json!({ "const": "refuse" })
    } else {
        words(options::SMALL_DOMAINS, Some("refuse"))
    };
    properties.insert(
        "small_domain".to_owned(),
        described(small_domain, "What happens to domains of fewer than 1,000,000 values."),
    );
    if format.name == "id" {
        return schemes(spec, &properties);
    }
    properties.insert("format".to_owned(), json!({ "const": format.name }));
    let mut required = vec!["format"];
    required.extend(format.is_generic.then_some("domain"));
    let mut forms = Vec::new();
    if format.name == "alphabet" {
        let mut nested = properties.clone();
        let alphabet = nested.remove("alphabet").unwrap_or_default();
        let mapping = json!({ "type": "object", "additionalProperties": false, "required": ["alphabet"], "properties": { "alphabet": alphabet } });
        nested.insert("format".to_owned(), mapping);
        forms.push(rule(spec.name, nested, required.clone()));
    }
    required.extend(format.required);
    forms.push(rule(spec.name, properties, required));
    forms
}

/// The schemes of `id` in both ways of writing; those that keep something cannot be permuted.
fn schemes(spec: &ActionSpec, properties: &Map<String, Value>) -> Vec<Value> {
    let mut forms = Vec::new();
    for tweaked in [false, true] {
        let names: Vec<&str> =
            Format::schemes().filter(|scheme| scheme.1 == tweaked).map(|scheme| scheme.0).collect();
        let schemes: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("id:")).collect();
        let mapping = json!({ "type": "object", "additionalProperties": false, "required": ["id"], "properties": { "id": { "enum": schemes } } });
        let mut properties = properties.clone();
        properties.insert("format".to_owned(), json!({ "anyOf": [{ "enum": names }, mapping] }));
        if tweaked {
            properties.insert(
                "small_domain".to_owned(),
                described(
                    json!({ "const": "refuse" }),
                    "What happens to domains of fewer than 1,000,000 values.",
                ),
            );
        }
        forms.push(rule(spec.name, properties, vec!["format"]));
    }
    forms
}

fn generalize(spec: &ActionSpec, way: &GeneralizeSpec) -> Value {
    let mut properties = Map::new();
    properties.insert("to".to_owned(), json!({ "const": way.name }));
    properties.insert("on_invalid".to_owned(), option(spec.name, "on_invalid"));
    for key in way.required.iter().map(|required| required.key).chain(way.optional.iter().copied())
    {
        let schema = match (way.name, key) {
            ("age_band", "size") => {
                integer(options::AGE_BAND_SIZE, "Years in a band; 10 if not given.")
            }
            (_, "as_of") => {
                json!({ "type": "string", "pattern": DAY, "description": "The day on which the age is taken." })
            }
            _ => {
                json!({ "description": "A positive number; quoted where a zero at the end matters.", "anyOf": [
                { "type": "number", "exclusiveMinimum": 0 },
                { "type": "string", "pattern": "^(0|[1-9][0-9]*)([.][0-9]+)?$" },
            ] })
            }
        };
        properties.insert(key.to_owned(), schema);
    }
    rule(
        spec.name,
        properties,
        std::iter::once("to").chain(way.required.iter().map(|required| required.key)).collect(),
    )
}

/// The schema of an option that means the same wherever the action takes it.
fn option(action: &str, key: &str) -> Value {
    match key {
        "alphabet" => {
            json!({ "type": "string", "minLength": 2, "maxLength": 65_536, "description": "The symbols of values, in order, each once." })
        }
        "check_digit" => described(
            words(options::CHECK_DIGITS, Some("valid")),
            "Whether tokens carry a right check digit, or the right one plus one.",
        ),
        "domain" => name("The pseudonymisation domain: tokens match within it, never across."),
        "fill" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 1, "default": "*", "description": "The character that fills." })
        }
        "keep" => kept(action),
        "key" => described(
            words(options::CELL_KEYS, Some("keyring")),
            "Where the key of the cells comes from: the keyring, or a data key of each output, which whoever writes cannot open again.",
        ),
        "kind" => described(words(options::SURROGATE_KINDS, None), "What the values are."),
        "locale" => described(
            words(options::SURROGATE_LOCALES, None),
            "Whose names, towns and numbers stand in.",
        ),
        "key_version" => {
            integer(options::KEY_VERSIONS, "The key version; the primary one if not given.")
        }
        "max_days" => integer(options::MAX_DAYS, "The farthest that a date moves, either way."),
        "mode" => described(
            words(options::MODES, Some("randomized")),
            "Whether equal values may be seen to be equal.",
        ),
        "normalize" => json!({
            "type": "array",
            "items": words(options::NORMALIZES, None),
            "uniqueItems": true,
            "description": "What is done to a value first, in this order. Unmasking gives back the normal form.",
        }),
        "entities" => treatments(
            "What happens to the findings of each entity; `*` stands for all others, which are redacted if it is not there.",
        ),
        "known_values" => described(
            words(options::KNOWN_VALUES, Some("row")),
            "Whether what the row's other protected columns hold is looked for too.",
        ),
        "parse" => described(
            words(options::MARKUPS, None),
            "What the strings hold, if it is not plain text.",
        ),
        "paths" => treatments("What happens to whole leaves of JSON, by path."),
        "reversible" => described(
            words(options::REVERSIBLES, Some("partial")),
            "Whether every text must come back exactly.",
        ),
        "tokens" => described(
            words(options::TOKENS, Some("tagged")),
            "Whether tokens stand in the text as `[ENTITY:token:check]` or bare.",
        ),
        "on_invalid" if action == "text" => described(
            words(options::ON_INVALIDS, None),
            "What happens to a finding that does not fit, and to a text that cannot be parsed; redact if not given.",
        ),
        "on_invalid" => described(
            words(options::ON_INVALIDS, Some("fail")),
            "What happens to a value that does not fit.",
        ),
        "output" if action == "encrypt" => {
            described(words(options::CELL_OUTPUTS, Some("binary")), "How cells are written.")
        }
        "output" => {
            described(words(options::PSEUDONYM_OUTPUTS, Some("hex")), "How pseudonyms are written.")
        }
        "prefix" => described(
            words(options::PREFIXES, Some("hide")),
            "Whether tokens share leading bits as their addresses do.",
        ),
        "region" => name(
            "The region whose national writing is read besides the international one, such as US.",
        ),
        "subject" => name("The path of the column that says whose date it is."),
        "with" => {
            json!({ "type": "string", "default": "[REDACTED]", "description": "The constant." })
        }
        _ => json!({}),
    }
}

fn kept(action: &str) -> Value {
    let (ends, what) = if action == "truncate" {
        (options::KEPT_CHARACTERS, "characters")
    } else {
        ((0, 12), "digits")
    };
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "first": integer(ends, &format!("How many {what} stay at the front.")),
            "last": integer(ends, &format!("How many {what} stay at the end.")),
        },
        "description": format!("The {what} that stay as they are."),
    })
}

fn range(format: &str) -> Value {
    let end = match format {
        "date" => json!({ "type": "string", "pattern": DAY }),
        "integer" => {
            json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": "^(0|-?[1-9][0-9]*)$" }] })
        }
        _ => {
            json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": "^-?(0|[1-9][0-9]*)([.][0-9]+)?$" }] })
        }
    };
    json!({
        "type": "array",
        "items": end,
        "minItems": 2,
        "maxItems": 2,
        "description": "The first and the last value, both included; quoted where zeros at the end matter.",
    })
}

/// A mapping of names to what happens to what they name.
fn treatments(description: &str) -> Value {
    json!({ "type": "object", "additionalProperties": reference("treatment"), "description": description })
}

/// What may happen to a finding: the rule of a column, or one of its own.
fn treatment() -> Value {
    let taken = json!({ "type": "object", "additionalProperties": false, "required": ["as"],
        "properties": { "as": name("The column whose rule it takes.") } });
    let own = ACTIONS.iter().filter(|spec| !NOT_IN_TEXTS.contains(&spec.name));
    let own = own.map(|spec| reference(spec.name));
    json!({ "anyOf": std::iter::once(taken).chain(own).collect::<Vec<_>>() })
}

/// `text:` of a policy: the options of the action, which need not be named.
fn text_without_columns() -> Value {
    let spec = ActionSpec::named("text").map(action).unwrap_or_default();
    let mut schema = spec;
    schema["required"] = json!([]);
    schema["description"] = "What happens to texts that are no column of a table.".into();
    schema
}

/// Actions that cannot happen to a finding.
const NOT_IN_TEXTS: [&str; 3] = ["drop", "shift_date", "text"];

fn profile() -> Value {
    let one = words(options::PROFILES, None);
    json!({
        "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "uniqueItems": true }],
        "description": "The regulations that every rule is held against.",
    })
}

fn words<T>(words: Words<T>, default: Option<&str>) -> Value {
    let mut schema = json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() });
    if let Some(default) = default {
        schema["default"] = default.into();
    }
    schema
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

fn integer(ends: (i64, i64), description: &str) -> Value {
    json!({ "type": "integer", "minimum": ends.0, "maximum": ends.1, "description": description })
}

fn name(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A day as policies write it.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
