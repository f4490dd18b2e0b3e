//! A hundred thousand made-up notes in ten languages: all come back exactly, nothing of a row stays in it, and the row's own names are found.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use tokenize_core::{Policy, Tokenizer};

use crate::fixture::Fixture;

/// Numbers that look random, and are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.next(of.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .filter_map(|_| {
                ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].get(self.next(10)).copied()
            })
            .collect()
    }
}

/// A row: who it is about, and what somebody wrote.
struct Note {
    name: String,
    email: String,
    account: String,
    text: String,
}

fn note(random: &mut Random) -> Note {
    let (given, family) = (random.pick(GIVEN), random.pick(FAMILY));
    let name = format!("{given} {family}");
    let email = format!("{}.{}{}@example.org", ascii(given), ascii(family), random.digits(3));
    let account = random.digits(10);
    let mut text = String::new();
    for _ in 0..=random.next(3) {
        let sentence = random.pick(SENTENCES);
        let filled = sentence
            .replace("{name}", &name)
            .replace("{given}", given)
            .replace("{email}", &email)
            .replace("{EMAIL}", &email.to_uppercase())
            .replace("{account}", &account)
            .replace("{other}", &format!("someone{}@example.net", random.digits(4)))
            .replace(
                "{ssn}",
                &format!(
                    "{}-{}-{}",
                    100 + random.next(500),
                    10 + random.next(80),
                    1000 + random.next(8000)
                ),
            )
            .replace("{phone}", &format!("+1 202-555-01{}", 10 + random.next(80)))
            .replace("{ip}", &format!("192.0.2.{}", random.next(256)))
            .replace("{secret}", &format!("AKIA{}", "ABCDEFGHIJKLMNOP"));
        text.push_str(&filled);
        text.push_str(random.pick(JOINTS));
    }
    Note { name, email, account, text }
}

fn ascii(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase() + "x"
}

fn batch(notes: &[Note]) -> RecordBatch {
    let column = |of: fn(&Note) -> &str| -> ArrayRef {
        Arc::new(notes.iter().map(|note| Some(of(note))).collect::<StringArray>())
    };
    RecordBatch::try_from_iter([
        ("name", column(|note| &note.name)),
        ("email", column(|note| &note.email)),
        ("account", column(|note| &note.account)),
        ("notes", column(|note| &note.text)),
    ])
    .unwrap()
}

fn tokenizer(fixture: &Fixture, text: &str) -> Tokenizer {
    let policy = format!(
        "version: 1
name: notes
columns:
  name:    {{ action: encrypt, mode: deterministic }}
  email:   {{ action: tokenize, format: email }}
  account: {{ action: tokenize, format: digits, domain: account }}
  notes:   {{ action: text, {text} }}
"
    );
    Tokenizer::new(Policy::from_text(&policy).unwrap(), &fixture.keyring).unwrap()
}

fn texts(batch: &RecordBatch, column: usize) -> Vec<&str> {
    batch.column(column).as_string::<i32>().iter().map(Option::unwrap_or_default).collect()
}

const REQUIRED: &str = "reversible: required, entities: { EMAIL_ADDRESS: { as: email }, PERSON: { as: name }, \"*\": { action: encrypt } }";

#[test]
fn a_hundred_thousand_come_back() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(&fixture, REQUIRED);
    let mut random = Random(1);
    let mut sampled = 0;
    for _ in 0..100 {
        let notes: Vec<Note> = (0..1000).map(|_| note(&mut random)).collect();
        let clear = batch(&notes);
        let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
        let back = tokenizer.plan_unmask(&masked.schema()).unwrap().unmask(&masked).unwrap();
        assert_eq!(back.columns(), clear.columns());
        let (cells, emails) = (texts(&masked, 3), texts(&masked, 1));
        for (row, note) in notes.iter().enumerate().step_by(50) {
            let masked_row = format!("{} {} {}", emails[row], texts(&masked, 2)[row], cells[row]);
            for original in [&note.name, &note.email, &note.account] {
                let is_long = original.chars().count() >= 8;
                let is_bare_number = original.bytes().all(|byte| byte.is_ascii_digit());
                // Found before, nowhere after.
                if is_long && note.text.contains(original.as_str()) {
                    sampled += 1;
                    assert!(
                        is_bare_number || !masked_row.contains(original.as_str()),
                        "{original} of {} in {masked_row}",
                        note.text
                    );
                    assert!(!cells[row].contains(original.as_str()), "row {row}");
                }
            }
            if note.text.contains(&note.email) {
                assert!(cells[row].contains(&format!("[EMAIL_ADDRESS:{}:", emails[row])));
            }
        }
    }
    assert!(sampled >= 2000, "{sampled}");
}

#[test]
fn one_address_has_one_token_in_column_text_and_another_files_text() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(&fixture, REQUIRED);
    let mut random = Random(2);
    let notes: Vec<Note> = (0..500).map(|_| note(&mut random)).collect();
    let clear = batch(&notes);
    let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
    let other = Policy::from_text(
        "version: 1\nname: other\ncolumns: { x: { action: keep, optional: true } }\ntext: { entities: { EMAIL_ADDRESS: { action: tokenize, format: email } } }\n",
    )
    .unwrap();
    let other = Tokenizer::new(other, &fixture.keyring).unwrap().plan_texts().unwrap();
    let mut joined = 0;
    for (row, note) in notes.iter().enumerate() {
        let token = texts(&masked, 1)[row];
        let tag = format!("[EMAIL_ADDRESS:{token}:");
        assert!(other.mask(&format!("mail {}", note.email)).unwrap().contains(&tag));
        if note.text.contains(&note.email) {
            assert!(
                texts(&masked, 3)[row].contains(&tag),
                "{} {}",
                note.text,
                texts(&masked, 3)[row]
            );
            joined += 1;
        }
    }
    assert!(joined > 100, "{joined}");
}

#[test]
fn the_rows_own_names_are_found() {
    let fixture = Fixture::new();
    let mut random = Random(3);
    let notes: Vec<Note> = (0..4000).map(|_| note(&mut random)).collect();
    let clear = batch(&notes);
    // The share of mentions of the row's person that are gone, and of tags of persons that stand where somebody was mentioned.
    let measured = |known: &str| {
        let rest = "entities: { PERSON: { as: name }, \"*\": { action: redact } }";
        let tokenizer = tokenizer(&fixture, &format!("known_values: {known}, {rest}"));
        let masked = tokenizer.plan_mask(&clear.schema()).unwrap().mask(&clear).unwrap();
        let masked = texts(&masked, 3);
        let (mut mentions, mut found, mut tags) = (0_u32, 0_u32, 0_u32);
        for (note, masked) in notes.iter().zip(masked) {
            let given = note.name.split(' ').next().unwrap();
            let count = |text: &str, what: &str| text.matches(what).map(|_| 1).sum::<u32>();
            let before = count(&note.text, given);
            mentions += before;
            found += before - count(masked, given);
            tags += count(masked, "[PERSON");
        }
        [f64::from(found) / f64::from(mentions), f64::from(found) / f64::from(tags)]
    };
    let ([recall, precision], [known_recall, known_precision]) = (measured("off"), measured("row"));
    let figures = format!("{recall} {precision} {known_recall} {known_precision}");
    assert!(known_recall > 0.99 && known_recall > recall, "{figures}");
    assert!(known_precision > 0.99 && known_precision >= precision, "{figures}");
}

#[test]
fn nothing_depends_on_batches_or_threads() {
    let fixture = Fixture::new();
    let tokenizer = tokenizer(&fixture, REQUIRED);
    let mut random = Random(4);
    let notes: Vec<Note> = (0..300).map(|_| note(&mut random)).collect();
    let clear = batch(&notes);
    let plan = tokenizer.plan_mask(&clear.schema()).unwrap();
    let whole = plan.mask(&clear).unwrap();
    for size in [1, 7, 100] {
        for start in (0..300).step_by(size) {
            let length = size.min(300 - start);
            let part = plan.mask(&clear.slice(start, length)).unwrap();
            assert_eq!(part.columns(), whole.slice(start, length).columns());
        }
    }
    let distinct: HashSet<&str> = texts(&whole, 3).into_iter().collect();
    assert!(distinct.len() > 100);
}

const GIVEN: &[&str] = &[
    "Zoë",
    "Jörg",
    "François",
    "Íñigo",
    "Łukasz",
    "Anaïs",
    "Bartłomiej",
    "Priya",
    "Yusuf",
    "Niamh",
    "Giulia",
    "Søren",
    "Ingrid",
    "Mateusz",
    "Chiara",
    "Dimitrios",
    "Oluwaseun",
    "Thandiwe",
];
const FAMILY: &[&str] = &[
    "Quimby",
    "Müllerová",
    "d'Arcy",
    "Nuñez",
    "Wójcik",
    "Okonkwo",
    "van der Berg",
    "Szczepański",
    "O'Donnell",
    "Lindqvist",
    "Ferrari",
    "Yıldız",
    "Papadopoulos",
    "Castellanos",
];
const SENTENCES: &[&str] = &[
    "{given} called about the invoice; write to {email}.",
    "Spoke with {name} \u{1f600}, new mail {email}, account {account}.",
    "SSN {ssn}, phone {phone}, [EMAIL_ADDRESS:{email}:abcdefghij]",
    "Kundin {name} hat angerufen, E-Mail: {email}; Rückruf heute.",
    "Bitte {EMAIL} löschen, Konto {account}.",
    "Le client {given} demande un remboursement, courriel {email}.",
    "{name} llamó ayer; correo: {email}, otro: {other}.",
    "Il cliente {name} ha scritto da {email} alle 10:30.",
    "Klant {given} vraagt om {email} te wijzigen.",
    "Klient {name} prosi o kontakt: {email}.",
    "O cliente {given} ligou de novo; e-mail {email}.",
    "Müşteri {name} aradı, e-posta {email}.",
    "お客様 {name} からメール：{email} です。",
    "اتصل {given} من {email} \u{202b}اليوم\u{202c}.",
    "server {ip} denied key {secret} for {other}",
    "[~NOTE:x] [A_1:b] \\[A:b\\] plain text e\u{301} without anyone",
    "Nothing to see, version 1.2.3, order 4711.",
];
const JOINTS: &[&str] = &[" ", "\r\n", "\n\t", " \u{2014} ", " | "];
