//! Tokens match within a domain, whatever the column, table or writing; never across domains, keys or parameters.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use serde_json::json;

use crate::fixture::{Fixture, text};

fn token(fixture: &Fixture, rule: &serde_json::Value, value: &str) -> String {
    fixture.mask_one(rule, &text(value)).unwrap().as_string::<i32>().value(0).to_owned()
}

#[test]
fn one_domain_joins_columns_and_tables() {
    let fixture = Fixture::new();
    let customers = fixture.tokenizer("customer_email: { action: tokenize, format: email }");
    let orders = fixture.tokenizer("buyer: { action: tokenize, format: email }\nother: { action: tokenize, format: email, domain: other }");
    let email = text("jane.doe@example.com");
    let batch = |columns: Vec<(&str, ArrayRef)>| RecordBatch::try_from_iter(columns).unwrap();
    let first = batch(vec![("customer_email", email.clone())]);
    let second = batch(vec![("buyer", email.clone()), ("other", email)]);
    let first = customers.plan_mask(&first.schema()).unwrap().mask(&first).unwrap();
    let second = orders.plan_mask(&second.schema()).unwrap().mask(&second).unwrap();
    assert_eq!(first.column(0), second.column(0));
    assert_ne!(first.column(0), second.column(1));
}

#[test]
fn writings_of_one_value_share_a_token() {
    let fixture = Fixture::new();
    let digits = |token: &str| token.chars().filter(char::is_ascii_digit).collect::<String>();
    let cases = [
        (json!({ "action": "tokenize", "format": "us_ssn" }), "123-45-6789", "123456789"),
        (
            json!({ "action": "tokenize", "format": "pan" }),
            "4111 1111 1111 1111",
            "4111-1111-11111111",
        ),
        (json!({ "action": "tokenize", "format": "phone" }), "+1 202-555-0143", "+12025550143"),
        (json!({ "action": "tokenize", "format": "id:br_cpf" }), "111.444.777-35", "11144477735"),
        (
            json!({ "action": "tokenize", "format": "digits", "domain": "account" }),
            "12-3456",
            "123456",
        ),
    ];
    for (rule, one, other) in cases {
        assert_eq!(
            digits(&token(&fixture, &rule, one)),
            digits(&token(&fixture, &rule, other)),
            "{rule}"
        );
    }
    let national = json!({ "action": "tokenize", "format": "phone", "region": "US" });
    let international =
        token(&fixture, &json!({ "action": "tokenize", "format": "phone" }), "+12025550143");
    assert_eq!(
        format!("+1{}", digits(&token(&fixture, &national, "(202) 555-0143"))),
        international
    );
}

#[test]
fn domains_keyrings_and_parameters_separate() {
    let fixture = Fixture::new();
    let rules = [
        json!({ "action": "tokenize", "format": "digits", "domain": "a" }),
        json!({ "action": "tokenize", "format": "digits", "domain": "b" }),
        json!({ "action": "tokenize", "format": "pan" }),
        json!({ "action": "tokenize", "format": "pan", "keep": { "first": 6 } }),
        json!({ "action": "tokenize", "format": "pan", "check_digit": "invalid" }),
        json!({ "action": "pseudonymize", "domain": "a" }),
        json!({ "action": "pseudonymize", "domain": "b" }),
        json!({ "action": "pseudonymize", "domain": "a", "output": "uuid" }),
    ];
    let tokens: HashSet<String> =
        rules.iter().map(|rule| token(&fixture, rule, "4111111111111111")).collect();
    assert_eq!(tokens.len(), rules.len());
    let hex = token(&fixture, &rules[5], "4111111111111111");
    let uuid = token(&fixture, &rules[7], "4111111111111111").replace('-', "");
    assert_ne!(&hex[..12], &uuid[..12], "outputs of one domain are not each other's prefix");

    let other = Fixture::new();
    assert_ne!(
        token(&fixture, &rules[0], "4111111111111111"),
        token(&other, &rules[0], "4111111111111111")
    );
}

/// The same middle under another BIN, country or mail domain gives another token.
#[test]
fn what_is_kept_enters_the_token() {
    let fixture = Fixture::new();
    let email = json!({ "action": "tokenize", "format": "email" });
    let local = |value: &str| token(&fixture, &email, value).split('@').next().unwrap().to_owned();
    assert_ne!(local("jane.doe@example.com"), local("jane.doe@example.org"));
    assert_eq!(local("jane.doe@EXAMPLE.com"), local("jane.doe@example.com"));
    assert_ne!(
        local("janed.oe@example.com").replace('.', ""),
        local("jane.doe@example.com").replace('.', "")
    );
    let pan = json!({ "action": "tokenize", "format": "pan", "keep": { "first": 6 } });
    let middle = |value: &str| token(&fixture, &pan, value)[6..15].to_owned();
    assert_ne!(middle("4111111111111111"), middle("5111111111111118"));
}

#[test]
fn tokens_are_distinct() {
    let fixture = Fixture::new();
    let values: Vec<String> = (0..50_000).map(|i| format!("{i:06}")).collect();
    let column: ArrayRef = Arc::new(arrow::array::StringArray::from_iter_values(&values));
    let masked = fixture
        .mask_one(&json!({ "action": "tokenize", "format": "digits", "domain": "n" }), &column)
        .unwrap();
    let distinct: HashSet<&str> = masked.as_string::<i32>().iter().flatten().collect();
    assert_eq!(distinct.len(), values.len());
    assert_eq!(masked.null_count(), 0);
}
