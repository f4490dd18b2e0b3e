//! A made-up table of customers: the same rows for the same seed, whatever the batches.
//!
//! Nothing in it belongs to anyone. Social security numbers are drawn among the valid ones, card numbers in the ranges of well-known
//! test cards, mail addresses at example domains and at public mail providers. Used by `examples/customers.rs` and by tests.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder,
    TimestampMicrosecondArray, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;

/// The table: every row is a function of the seed and its number.
#[derive(Debug, Clone)]
pub(crate) struct Customers {
    seed: u64,
}

impl Customers {
    /// The table of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Names and types of the columns.
    pub(crate) fn schema() -> SchemaRef {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let created = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        Arc::new(Schema::new(vec![
            Field::new("id", DataType::Int64, true),
            text("name"),
            text("email"),
            text("phone"),
            text("ssn"),
            text("pan"),
            Field::new("dob", DataType::Date32, true),
            text("ip"),
            text("address"),
            text("notes"),
            Field::new("amount", DataType::Decimal128(12, 2), true),
            Field::new("created", created, true),
        ]))
    }

    /// `count` rows from row `first` on.
    ///
    /// # Errors
    /// None that a caller could cause; Arrow checks what it builds.
    pub(crate) fn rows(&self, first: u64, count: usize) -> Result<RecordBatch, ArrowError> {
        let mut columns = Columns::default();
        for (row, _) in (first..).zip(0..count) {
            columns.push(row, &mut SplitMix64::of_row(self.seed, row));
        }
        columns.finish()
    }
}

/// The columns of a batch in the making.
#[derive(Default)]
struct Columns {
    id: Int64Builder,
    /// name, email, phone, ssn, pan
    texts: [StringBuilder; 5],
    dob: Date32Builder,
    /// ip, address, notes
    more_texts: [StringBuilder; 3],
    amount: Decimal128Builder,
    created: TimestampMicrosecondBuilder,
}

impl Columns {
    fn push(&mut self, row: u64, random: &mut SplitMix64) {
        let (first, first_ascii) = *random.pick(FIRST_NAMES);
        let (last, last_ascii) = *random.pick(LAST_NAMES);
        let number = random.between(1, 9_999_999);
        let email = format!("{first_ascii}.{last_ascii}.{number}@{}", random.pick(MAIL_DOMAINS));
        let phone = shaped("+1-@##-@##-####", random);
        let notes = note(&email, &phone, random);
        let texts = [format!("{first} {last}"), email, phone, ssn(random), pan(random)];
        let octets: [i64; 4] = std::array::from_fn(|_| random.between(1, 254));
        let more_texts = [octets.map(|octet| octet.to_string()).join("."), address(random), notes];

        self.id.append_value(row.cast_signed());
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(random.is_there().then_some(text));
        }
        // 1930 to 2006, roughly.
        let day = i32::try_from(random.between(-14_600, 13_499)).ok();
        self.dob.append_option(day.filter(|_| random.is_there()));
        for (column, text) in self.more_texts.iter_mut().zip(more_texts) {
            column.append_option(random.is_there().then_some(text));
        }
        self.amount.append_value(random.between(100, 9_999_999).into());
        self.created.append_value((FIRST_SECOND + random.between(0, 199_999_999)) * 1_000_000);
    }

    fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let created: TimestampMicrosecondArray = self.created.finish().with_timezone("UTC");
        let mut columns: Vec<ArrayRef> = vec![Arc::new(self.id.finish())];
        columns.extend(self.texts.iter_mut().map(finished));
        columns.push(Arc::new(self.dob.finish()));
        columns.extend(self.more_texts.iter_mut().map(finished));
        columns.push(Arc::new(self.amount.finish().with_precision_and_scale(12, 2)?));
        columns.push(Arc::new(created));
        RecordBatch::try_new(Customers::schema(), columns)
    }
}

fn finished(column: &mut StringBuilder) -> ArrayRef {
    Arc::new(column.finish())
}

/// A valid social security number: area 001 to 899 but 666, group 01 to 99, serial 0001 to 9999.
fn ssn(random: &mut SplitMix64) -> String {
    let area = random.between(1, 898);
    let area = if area >= 666 { area + 1 } else { area };
    format!("{area:03}-{:02}-{:04}", random.between(1, 99), random.between(1, 9_999))
}

/// 16 digits in the range of a test card, the last one by Luhn (ISO/IEC 7812-1, annex B).
fn pan(random: &mut SplitMix64) -> String {
    let body = format!("{}{:09}", random.pick(TEST_CARD_RANGES), random.between(0, 999_999_999));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2 == 0, digit) {
                (true, 5..) => 2 * digit - 9,
                (true, _) => 2 * digit,
                (false, _) => digit,
            }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn address(random: &mut SplitMix64) -> String {
    format!(
        "{} {} {}, {}, {} {:05}",
        random.between(1, 9_998),
        random.pick(STREETS),
        random.pick(STREET_KINDS),
        random.pick(CITIES),
        random.pick(STATES),
        random.between(0, 99_999)
    )
}

/// What somebody wrote down; every fifth note holds a mail address or a phone number.
fn note(email: &str, phone: &str, random: &mut SplitMix64) -> String {
    let start = random.pick(NOTES);
    match random.between(0, 9) {
        0 => format!("{start} {email}"),
        1 => format!("{start} {phone}"),
        _ => format!("{start} {} {}", random.between(1_000, 99_998), random.pick(NOTES)),
    }
}

/// A text of this shape: `#` is a digit, `@` one from 2 to 9.
fn shaped(shape: &str, random: &mut SplitMix64) -> String {
    let digit = |random: &mut SplitMix64, low| {
        char::from_digit(random.between(low, 9).unsigned_abs().try_into().unwrap_or(9), 10)
    };
    let fill = |c| match c {
        '#' => digit(random, 0).unwrap_or(c),
        '@' => digit(random, 2).unwrap_or(c),
        other => other,
    };
    shape.chars().map(fill).collect()
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): small, seedable, no secret in it.
struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator for one row, so that a row does not depend on those before it.
    fn of_row(seed: u64, row: u64) -> Self {
        let mut seeded = Self(seed);
        Self(seeded.next() ^ row.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An integer in `low..=high`. The modulo favours small numbers by less than one in 2^30 here, which a made-up table can bear.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high.abs_diff(low) + 1)).cast_signed()
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = usize::try_from(self.next() % choices.len() as u64).unwrap_or(0);
        &choices[index]
    }

    /// Whether a cell is there: 98 of 100 are.
    fn is_there(&mut self) -> bool {
        self.between(0, 99) >= 2
    }
}

/// 2020-01-01T00:00:00Z.
const FIRST_SECOND: i64 = 1_577_836_800;

/// Names as they are written, and as they are in a mail address.
const FIRST_NAMES: &[(&str, &str)] = &[
    ("Ada", "ada"),
    ("Aino", "aino"),
    ("Amara", "amara"),
    ("André", "andre"),
    ("Beatriz", "beatriz"),
    ("Björn", "bjorn"),
    ("Chidi", "chidi"),
    ("Chloé", "chloe"),
    ("Daniel", "daniel"),
    ("Dmitri", "dmitri"),
    ("Elif", "elif"),
    ("Emma", "emma"),
    ("Farid", "farid"),
    ("Grace", "grace"),
    ("Hana", "hana"),
    ("Ingrid", "ingrid"),
    ("Ivan", "ivan"),
    ("Jack", "jack"),
    ("José", "jose"),
    ("Kofi", "kofi"),
    ("Lars", "lars"),
    ("Leilani", "leilani"),
    ("Łukasz", "lukasz"),
    ("Mei", "mei"),
    ("Miguel", "miguel"),
    ("Noor", "noor"),
    ("Olivia", "olivia"),
    ("Priya", "priya"),
    ("Renée", "renee"),
    ("Samuel", "samuel"),
    ("Søren", "soren"),
    ("Tomás", "tomas"),
    ("Yuki", "yuki"),
    ("Zoë", "zoe"),
    ("伟", "wei"),
    ("秀英", "xiuying"),
];

const LAST_NAMES: &[(&str, &str)] = &[
    ("Abara", "abara"),
    ("Andersson", "andersson"),
    ("Bianchi", "bianchi"),
    ("Brown", "brown"),
    ("Castillo", "castillo"),
    ("Chen", "chen"),
    ("Da Silva", "dasilva"),
    ("Dubois", "dubois"),
    ("Evans", "evans"),
    ("Fernández", "fernandez"),
    ("García", "garcia"),
    ("Haddad", "haddad"),
    ("Ivanova", "ivanova"),
    ("Johnson", "johnson"),
    ("Kaya", "kaya"),
    ("Kim", "kim"),
    ("Kowalski", "kowalski"),
    ("Müller", "muller"),
    ("Nguyễn", "nguyen"),
    ("O'Brien", "obrien"),
    ("Okafor", "okafor"),
    ("Øster", "oster"),
    ("Patel", "patel"),
    ("Quispe", "quispe"),
    ("Rossi", "rossi"),
    ("Smith", "smith"),
    ("Tanaka", "tanaka"),
    ("Van-Dyke", "vandyke"),
    ("Williams", "williams"),
    ("Yılmaz", "yilmaz"),
    ("王", "wang"),
    ("佐藤", "sato"),
];

const MAIL_DOMAINS: &[&str] = &[
    "example.com",
    "example.org",
    "mail.example.net",
    "corp.example.co.uk",
    "gmail.com",
    "hotmail.com",
    "icloud.com",
    "outlook.com",
    "proton.me",
    "yahoo.com",
];

/// The first six digits of card numbers that payment networks give out for tests.
const TEST_CARD_RANGES: &[&str] = &["400000", "401288", "411111", "424242", "510510", "555555"];

const STREETS: &[&str] = &[
    "Alder", "Bridge", "Canal", "Castle", "Garden", "Harbour", "Juniper", "Lake", "Linden",
    "Meadow", "Orchard", "Station", "Willow",
];

const STREET_KINDS: &[&str] = &["Ave", "Blvd", "Ct", "Dr", "Ln", "Rd", "St", "Way"];

const CITIES: &[&str] = &[
    "Ashford",
    "Brookfield",
    "Cedarville",
    "Eastport",
    "Fairmont",
    "Glenwood",
    "Lakeside",
    "Milltown",
    "Northgate",
    "Riverton",
];

const STATES: &[&str] = &[
    "AZ", "CA", "CO", "FL", "GA", "IL", "MA", "MI", "NC", "NJ", "NY", "OH", "OR", "PA", "TX", "VA",
    "WA", "WI",
];

const NOTES: &[&str] = &[
    "Asked to be called back at",
    "Called about order",
    "Card was declined twice, case",
    "Confirmed the new address by",
    "Escalated to second line by",
    "Is moving house, forward to",
    "Left a message about contract",
    "Renewal is due, remind",
    "Waits for a refund on invoice",
    "Wants the newsletter sent to",
];
