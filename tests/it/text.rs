//! Free text: what is found becomes the column's token, the rest stays, and all of it comes back.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use tokenize_core::{Policy, Tokenizer};

use crate::fixture::Fixture;

fn policy(text: &str) -> Policy {
    Policy::from_text(&format!("version: 1\nname: notes\n{text}\n")).unwrap()
}

fn tokenizer(fixture: &Fixture, text: &str) -> Tokenizer {
    Tokenizer::new(policy(text), &fixture.keyring).unwrap()
}

fn batch(columns: &[(&str, &[Option<&str>])]) -> RecordBatch {
    let columns = columns.iter().map(|(name, values)| {
        let array: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
        (*name, array)
    });
    RecordBatch::try_from_iter(columns).unwrap()
}

fn values(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(name).unwrap();
    column.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect()
}

fn mask(tokenizer: &Tokenizer, batch: &RecordBatch) -> RecordBatch {
    tokenizer.plan_mask(&batch.schema()).unwrap().mask(batch).unwrap()
}

fn unmask(tokenizer: &Tokenizer, masked: &RecordBatch) -> RecordBatch {
    tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(masked).unwrap()
}

const CUSTOMERS: &str = "columns:
  name:  { action: encrypt, mode: deterministic }
  email: { action: tokenize, format: email }
  ssn:   { action: tokenize, format: us_ssn }
  notes: { action: text, reversible: required, entities: { EMAIL_ADDRESS: { as: email }, US_SSN: { as: ssn }, PERSON: { as: name }, \"*\": { action: encrypt } } }
text: { reversible: required, entities: { EMAIL_ADDRESS: { as: email }, US_SSN: { as: ssn }, PERSON: { as: name }, \"*\": { action: encrypt } } }";

#[test]
fn a_text_carries_the_tokens_of_its_columns() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(&fixture, CUSTOMERS);
    let clear = batch(&[
        ("name", &[Some("Zoe Miller"), None]),
        ("email", &[Some("zoe.miller@example.org"), Some("j.doe@example.org")]),
        ("ssn", &[Some("123-45-6789"), None]),
        (
            "notes",
            &[
                Some("Zoe called: new mail zoe.miller@example.org, ssn 123-45-6789.\r\n\u{1f600}"),
                Some("nothing of note"),
            ],
        ),
    ]);
    let masked = mask(&tokenizer, &clear);
    let notes = values(&masked, "notes");
    let note = notes[0].as_deref().unwrap();
    let email = values(&masked, "email")[0].clone().unwrap();
    let ssn = values(&masked, "ssn")[0].clone().unwrap();
    assert!(note.contains(&format!("new mail [EMAIL_ADDRESS:{email}:")), "{note}");
    assert!(note.contains(&format!("ssn [US_SSN:{ssn}:")), "{note}");
    assert!(!note.contains("Zoe") && !note.contains("6789"), "{note}");
    assert!(note.ends_with("].\r\n\u{1f600}"), "{note}");
    assert_eq!(notes[1].as_deref(), Some("nothing of note"));
    let back = unmask(&tokenizer, &masked);
    assert_eq!(values(&back, "notes"), values(&clear, "notes"));
    assert_eq!(back.schema().fields(), clear.schema().fields());
}

#[test]
fn writings_and_tag_like_texts_come_back() {
    let fixture = Fixture::new();
    let texts = tokenizer(&fixture, CUSTOMERS).plan_texts().unwrap();
    let own = texts.mask("mail jane@example.org").unwrap();
    for text in [
        "",
        "card 4111 1111 1111 1111 and 4111-1111-1111-1111",
        "\u{ff14}111\u{a0}1111\u{a0}1111\u{a0}1111",
        "call +1 (202) 555-0143 or 0049 30 123456",
        "IBAN GB82 WEST 1234 5698 7654 32, gb82west12345698765432",
        "Mail JANE.DOE@Example.ORG; <jane@example.org>,jane@example.org",
        "ip 2001:DB8::1 and 192.0.2.1, mac 00-1B-44-11-3A-B7",
        "[EMAIL_ADDRESS:jane@example.org:abc] [~A: [~~B_1:x] \\[A:b\\] \\jane@example.org",
        "\u{5f20}\u{4f1f} wrote to \u{e9}\u{301}, caf\u{e9} \u{202e}abc\u{202c} \r\n\t",
        &own,
        &own.replace('[', "\\["),
        &own.replace('_', "\\_").replace('[', "\\[").replace(']', "\\]"),
    ] {
        let masked = texts.mask(text).unwrap();
        assert_eq!(texts.unmask(&masked).unwrap(), text, "{masked}");
    }
}

#[test]
fn an_edited_answer_comes_back() {
    let fixture = Fixture::new();
    let texts = tokenizer(&fixture, CUSTOMERS).plan_texts().unwrap();
    let masked = texts.mask("jane@example.org asked, ssn 123-45-6789").unwrap();
    let (email, rest) = masked.split_once("] ").unwrap();
    let (email, ssn) = (format!("{email}]"), rest.split_once("ssn ").unwrap().1);
    let bold = email.replace('_', "\\_").replace('[', "\\[").replace(']', "\\]");
    let answer =
        format!("**{ssn}** is {email}'s; {email}, ({bold}) {}", email.replace("MAIL", "MAIK"));
    let clear = texts.unmask(&answer).unwrap();
    let forged = email.replace("MAIL", "MAIK");
    assert_eq!(
        clear,
        format!(
            "**123-45-6789** is jane@example.org's; jane@example.org, (jane@example.org) {forged}"
        )
    );
    let token = email.split(':').nth(1).unwrap();
    let mut changed = email.clone();
    let last = if changed.ends_with("a]") { "b]" } else { "a]" };
    changed.replace_range(changed.len() - 2.., last);
    for invented in
        ["bob@example.org", token, &changed, "[EMAIL_ADDRESS:bob@example.org:aaaaaaaaaa]"]
    {
        assert_eq!(texts.unmask(invented).unwrap(), invented);
    }
}
