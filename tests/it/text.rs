//! Free text: what is found becomes the column's token, the rest stays, and all of it comes back.

mod notes;
mod vectors;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use tokenize_core::{FileOptions, Policy, Tokenizer};

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

#[test]
fn natural_tokens_come_back_by_their_spans() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(
        &fixture,
        "columns:
  email: { action: tokenize, format: email }
  name:  { action: pseudonymize, domain: person }
  notes: { action: text, tokens: natural, entities: { EMAIL_ADDRESS: { as: email } } }",
    );
    let clear = batch(&[
        ("email", &[Some("zoe.miller@example.org"), None, None]),
        ("name", &[Some("Zoe Miller"), None, None]),
        (
            "notes",
            &[
                Some("mail Zoe.Miller@example.org or zoe.miller@example.org [A:b]"),
                None,
                Some("nothing here"),
            ],
        ),
    ]);
    let masked = mask(&tokenizer, &clear);
    let email = values(&masked, "email")[0].clone().unwrap();
    let note = values(&masked, "notes")[0].clone().unwrap();
    assert!(note.ends_with(&format!(" or {email} [A:b]")), "{note}");
    assert!(!note.to_lowercase().contains("zoe"), "{note}");
    let spans = masked.column_by_name("notes__spans").unwrap();
    assert_eq!((spans.null_count(), spans.len()), (2, 3));
    let back = unmask(&tokenizer, &masked);
    assert_eq!(values(&back, "notes"), values(&clear, "notes"));
    assert_eq!(back.num_columns(), 3);

    let notes = masked.column_by_name("notes").unwrap().as_string::<i32>().value(0);
    let edited: ArrayRef =
        Arc::new(StringArray::from(vec![format!("{notes}."), String::new(), String::new()]));
    let mut columns = masked.columns().to_vec();
    columns[2] = edited;
    let edited = RecordBatch::try_new(masked.schema(), columns).unwrap();
    let error = tokenizer.plan_unmask(&edited.schema()).unwrap().unmask(&edited).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column notes, row 0: a value cannot be decrypted: altered, or encrypted under another key, domain or type"
    );
}

#[test]
fn json_keeps_its_writing() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(
        &fixture,
        r#"columns:
  email: { action: tokenize, format: email }
  chat: { action: text, parse: json, reversible: required, entities: { EMAIL_ADDRESS: { as: email }, "*": { action: encrypt } }, paths: { id: { action: tokenize, format: digits, domain: id }, "messages[].role": { action: keep } } }"#,
    );
    let source = "{ \"id\": 12345678, \"n\":1.50e3,\t\"messages\":[{\"role\":\"jane@example.org\",\"content\":\"mail jane\\u0040example.org,\\n\\\"jane@example.org\\\" \\u00e9\"}],\"n\":1.50e3}";
    let clear = batch(&[("email", &[Some("jane@example.org")]), ("chat", &[Some(source)])]);
    let masked = mask(&tokenizer, &clear);
    let chat = values(&masked, "chat")[0].clone().unwrap();
    let email = values(&masked, "email")[0].clone().unwrap();
    let tree: serde_json::Value = serde_json::from_str(&chat).unwrap();
    assert!(tree["id"].as_str().unwrap().starts_with("[ID:"), "{chat}");
    assert_eq!(tree["messages"][0]["role"], "jane@example.org");
    let content = tree["messages"][0]["content"].as_str().unwrap();
    assert!(!content.contains("jane"), "{content}");
    assert_eq!(content.matches(&format!("[EMAIL_ADDRESS:{email}:")).count(), 2, "{content}");
    assert!(content.ends_with("\" \u{e9}") && chat.contains("\"n\":1.50e3,\t"), "{chat}");
    assert_eq!(values(&unmask(&tokenizer, &masked), "chat")[0].as_deref(), Some(source));
    let malformed = batch(&[("email", &[None]), ("chat", &[Some("{\"a\": jane@example.org")])]);
    let error = tokenizer.plan_mask(&malformed.schema()).unwrap().mask(&malformed).unwrap_err();
    assert_eq!(error.to_string(), "column chat, row 0: a value does not fit the format");
}

#[test]
fn html_keeps_its_writing() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(
        &fixture,
        "columns:
  page: { action: text, parse: html, reversible: required, entities: { EMAIL_ADDRESS: { action: tokenize, format: email }, \"*\": { action: encrypt } } }",
    );
    let source = "<p title='jane@example.org'>jane&#64;example.org &amp; <b>Jane</b><br/><a HREF=\"mailto:jane%40example.org?cc=bob@example.org\">x</a><!-- call +1 202-555-0143 --> [EMAIL_ADDRESS:x:y]</p>";
    let clear = batch(&[("page", &[Some(source)])]);
    let masked = mask(&tokenizer, &clear);
    let page = values(&masked, "page")[0].clone().unwrap();
    for word in ["jane@", "jane&#64;", "jane%40", "bob@", "0143"] {
        assert!(!page.contains(word), "{word} in {page}");
    }
    assert!(page.starts_with("<p title='[EMAIL_ADDRESS:"), "{page}");
    assert!(page.contains("\">x</a><!-- call ["), "{page}");
    assert_eq!(values(&unmask(&tokenizer, &masked), "page")[0].as_deref(), Some(source));
}

#[test]
fn what_the_row_holds_is_found_in_its_texts() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(
        &fixture,
        "columns:
  full_name: { action: encrypt }
  account:   { action: tokenize, format: digits, domain: account }
  login:     { action: drop }
  notes:     { action: text, entities: { \"*\": { action: redact } } }
  memo:      { action: text, known_values: off }",
    );
    let clear = batch(&[
        ("full_name", &[Some("Zoe Quux"), Some("Kim Other")]),
        ("account", &[Some("00471100"), None]),
        ("login", &[Some("zq471100"), None]),
        ("notes", &[Some("Zoe called about 00471100, login zq471100"), Some("Zoe called")]),
        ("memo", &[Some("about 00471100"), None]),
    ]);
    let masked = mask(&tokenizer, &clear);
    let account = values(&masked, "account")[0].clone().unwrap();
    let notes = values(&masked, "notes");
    let note = notes[0].as_deref().unwrap();
    assert!(note.starts_with(&format!("[PERSON] called about [ACCOUNT:{account}:")), "{note}");
    assert!(note.ends_with("], login [USERNAME]") || note.ends_with("], login [LOGIN]"), "{note}");
    assert_eq!(values(&masked, "memo")[0].as_deref(), Some("about 00471100"));
    let back = unmask(&tokenizer, &masked);
    let note = values(&back, "notes")[0].clone().unwrap();
    assert!(note.starts_with("[PERSON] called about 00471100, login ["), "{note}");
}

#[test]
fn what_other_rows_hold_is_found_where_a_file_is_read_twice() {
    let fixture = Fixture::new();
    let columns = "columns:
  name:  { action: pseudonymize, domain: person, output: uuid }
  notes: { action: text, known_values: dataset, entities: { PERSON: { action: keep }, \"*\": { action: redact } } }";
    let tokenizer = tokenizer(&fixture, columns);
    let (input, output) = (fixture.path("in.csv"), fixture.path("out.csv"));
    std::fs::write(&input, "name,notes\nZoltana Quux,\"hello, all\"\nKim,Zoltana Quux called\n")
        .unwrap();
    tokenize_core::mask_file(&tokenizer, &input, &output, &FileOptions::default()).unwrap();
    let masked = std::fs::read_to_string(&output).unwrap();
    let [_, first, second] = masked.lines().collect::<Vec<_>>()[..] else { panic!("{masked}") };
    let (pseudonym, note) = first.split_once(',').unwrap();
    assert_eq!(note, "\"hello, all\"");
    assert!(second.contains(&format!("[PERSON:{pseudonym}:")), "{masked}");
    assert!(!masked.contains("Zoltana"), "{masked}");

    let in_memory = batch(&[("name", &[None]), ("notes", &[None])]);
    let error = tokenizer.plan_mask(&in_memory.schema()).err().unwrap();
    assert!(error.to_string().contains("needs a file that can be read twice"), "{error}");
}

#[test]
fn plain_text_is_masked_by_what_is_said_of_texts() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(&fixture, CUSTOMERS);
    let (input, output, clear) =
        (fixture.path("in.txt"), fixture.path("out.txt"), fixture.path("clear.txt"));
    let text = "write to jane@example.org\r\n\nssn 123-45-6789, \u{1f600}";
    std::fs::write(&input, text).unwrap();
    tokenize_core::mask_file(&tokenizer, &input, &output, &FileOptions::default()).unwrap();
    let masked = std::fs::read_to_string(&output).unwrap();
    assert!(
        masked.starts_with("write to [EMAIL_ADDRESS:") && masked.contains("]\r\n\nssn [US_SSN:"),
        "{masked}"
    );
    let unmasker = tokenize_core::Unmasker::new(&fixture.keyring);
    tokenize_core::unmask_file(&unmasker, &output, &clear, &FileOptions::default()).unwrap();
    assert_eq!(std::fs::read_to_string(&clear).unwrap(), text);
}

#[test]
fn fields_of_ndjson_are_masked_and_the_rest_of_a_line_stays() {
    let fixture = Fixture::new();
    let columns = "columns:
  prompt:           { action: text, reversible: required, entities: { \"*\": { action: encrypt } } }
  \"messages[].content\": { action: text, reversible: required, entities: { \"*\": { action: encrypt } } }
  \"messages[].role\": { action: keep }
  n:                { action: keep }";
    let tokenizer = tokenizer(&fixture, columns);
    let (input, output, clear) =
        (fixture.path("in.ndjson"), fixture.path("out.ndjson"), fixture.path("clear.ndjson"));
    let text = "{\"n\":1.50,\"prompt\":\"mail jane@example.org\",\"messages\":[{\"role\":\"user\",\"content\":\"I am at 192.0.2.77\"}]}\n{ \"prompt\": \"nothing\", \"n\": 1e3 }\n";
    std::fs::write(&input, text).unwrap();
    tokenize_core::mask_file(&tokenizer, &input, &output, &FileOptions::default()).unwrap();
    let masked = std::fs::read_to_string(&output).unwrap();
    assert!(masked.starts_with("{\"n\":1.50,\"prompt\":\"mail [EMAIL_ADDRESS:"), "{masked}");
    assert!(!masked.contains("jane") && !masked.contains("192.0.2"), "{masked}");
    let unmasker = tokenize_core::Unmasker::new(&fixture.keyring);
    tokenize_core::unmask_file(&unmasker, &output, &clear, &FileOptions::default()).unwrap();
    assert_eq!(std::fs::read_to_string(&clear).unwrap(), text);
}

#[test]
fn a_pinned_version_of_a_text_does_not_part_it_from_its_columns() {
    let mut fixture = Fixture::new();
    let version = fixture.keyring.add("2026-02-03T04:05:06Z".parse().unwrap()).unwrap();
    fixture.keyring.promote(version).unwrap();
    let tokenizer = tokenizer(
        &fixture,
        "columns:
  email:   { action: tokenize, format: email }
  account: { action: tokenize, format: digits, domain: account }
  notes:   { action: text, key_version: 1, entities: { EMAIL_ADDRESS: { as: email } } }",
    );
    let clear = batch(&[
        ("email", &[Some("zoe.quimby@example.org")]),
        ("account", &[Some("00471100")]),
        ("notes", &[Some("mail zoe.quimby@example.org, account 00471100")]),
    ]);
    let masked = mask(&tokenizer, &clear);
    let [email, account, note] =
        ["email", "account", "notes"].map(|name| values(&masked, name)[0].clone().unwrap());
    assert!(note.contains(&format!("[EMAIL_ADDRESS:{email}:")), "{note} {email}");
    assert!(note.contains(&format!("[ACCOUNT:{account}:")), "{note} {account}");
    assert_eq!(unmask(&tokenizer, &masked).columns(), clear.columns());
}

#[test]
fn known_values_come_back_by_the_policy_alone() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(
        &fixture,
        "columns:
  name:    { action: encrypt, mode: deterministic, output: string }
  account: { action: tokenize, format: digits, domain: account }
  notes:   { action: text, reversible: required, entities: { \"*\": { action: encrypt } } }",
    );
    let clear = batch(&[
        ("name", &[Some("Zoe Quux")]),
        ("account", &[Some("00471100")]),
        ("notes", &[Some("Zoe called, ZOE QUUX, account 0047-1100 or 00471100")]),
    ]);
    let masked = mask(&tokenizer, &clear);
    // As a program leaves it that knows nothing of metadata.
    let bare = RecordBatch::try_new(clear.schema(), masked.columns().to_vec()).unwrap();
    assert_eq!(unmask(&tokenizer, &bare).columns(), clear.columns());
}
