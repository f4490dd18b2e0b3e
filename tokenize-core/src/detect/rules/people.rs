//! People and where they live: found by dictionary and cue, see [`crate::detect::names`].

use super::{Check, Finder, Kind, Rule, Seen};
use crate::calendar;
use crate::detect::hit::Grade;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "PERSON",
        regions: "",
        context: "",
        columns: "name|full name|fullname|person|customer|customer name|client name|patient|patient name|employee|employee name|contact name|cardholder|card holder|account holder|holder|owner|nom complet|nom|nombre completo|nombre|nome completo|nome|vollständiger name|kunde|kundenname|ansprechpartner|naam|volledige naam|imię i nazwisko|namn|nome e cognome|氏名|名前|姓名",
        rules: &[Rule::finder("person", Finder::Person)],
    },
    Kind {
        entity: "LOCATION",
        regions: "",
        context: "",
        columns: "city|town|location|place|country|ort|stadt|wohnort|land|ville|pays|ciudad|país|città|paese|plaats|cidade|miasto|stad|birthplace|geburtsort",
        rules: &[Rule::finder("location", Finder::Location)],
    },
    Kind {
        entity: "ADDRESS",
        regions: "",
        context: "",
        columns: "address|street|street address|addr|adresse|anschrift|straße|strasse|rue|dirección|domicilio|calle|indirizzo|via|adres|straat|endereço|rua|ulica|adress|gata|住所|地址",
        rules: &[Rule::finder("address", Finder::Address)],
    },
    Kind {
        entity: "DATE_OF_BIRTH",
        regions: "",
        context: "",
        columns: "dob|birth|birthday|birth date|birthdate|date of birth|born|geburtsdatum|geburtstag|geb datum|date de naissance|naissance|fecha de nacimiento|fecha nacimiento|nacimiento|data di nascita|nascita|geboortedatum|data de nascimento|nascimento|data urodzenia|födelsedatum|fodselsdato|生年月日|出生日期",
        rules: &[
            Rule::finder("birth", Finder::DateOfBirth),
            Rule::shape(
                "date",
                r"(?:19|20)[0-9]{2}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}",
                Check::Custom(date),
                20,
                90,
            ),
        ],
    },
];

/// A day that exists, in any order of day and month.
fn date(seen: &Seen<'_>) -> Option<Grade> {
    let mut parts = [0_u16; 3];
    for (part, text) in parts.iter_mut().zip(seen.text().split(|byte| !byte.is_ascii_digit())) {
        *part = text.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    }
    let exists = |year: u16, month: u16, day: u16| {
        calendar::read_date(&format!("{year:04}-{month:02}-{day:02}")).is_some()
    };
    let is_day = match parts {
        [year, month, day] if year >= 1900 => exists(year, month, day),
        [day, month, year] => exists(year, month, day) || exists(year, day, month),
    };
    is_day.then_some(Grade::shape(20))
}
