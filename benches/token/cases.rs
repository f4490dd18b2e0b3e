//! The columns that are measured: a rule, values that fit it, and a peer where there is one.

use arrow::datatypes::DataType;

use crate::peers::Peer;

/// One column.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) value: fn(&mut Random) -> String,
    pub(crate) peer: Option<Peer>,
    pub(crate) is_reversible: bool,
    pub(crate) kind: Kind,
}

/// What the values are written as.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Days,
    Integers,
    Texts,
}

impl Kind {
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Days => DataType::Date32,
            Self::Integers => DataType::Int64,
            Self::Texts => DataType::Utf8,
        }
    }
}

impl Case {
    /// The case with values of another type.
    const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

/// Xorshift from a fixed seed: the values are the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.bytes().fold(0x9e37_79b9_7f4a_7c15, |seed, byte| {
            seed.rotate_left(8).wrapping_mul(0x100_0000_01b3) ^ u64::from(byte)
        }))
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 3) % bound
    }

    fn place(&mut self, places: usize) -> usize {
        usize::try_from(self.below(places as u64)).unwrap_or(0)
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10).to_le_bytes()[0])).collect()
    }

    fn of(&mut self, symbols: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(symbols[self.place(symbols.len())])).collect()
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.place(texts.len())]
    }
}

const fn tokens(
    name: &'static str,
    rule: &'static str,
    value: fn(&mut Random) -> String,
    peer: Option<Peer>,
) -> Case {
    Case { name, rule, value, peer, is_reversible: true, kind: Kind::Texts }
}

const fn one_way(
    name: &'static str,
    rule: &'static str,
    value: fn(&mut Random) -> String,
    peer: Option<Peer>,
) -> Case {
    Case { name, rule, value, peer, is_reversible: false, kind: Kind::Texts }
}

const CAPITALS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SMALL: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

pub(crate) const KERNELS: &[Case] = &[
    tokens(
        "digits_9",
        "action: tokenize, format: digits, domain: d",
        |r| r.digits(9),
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens(
        "digits_16",
        "action: tokenize, format: digits, domain: d",
        |r| r.digits(16),
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens(
        "digits_30",
        "action: tokenize, format: digits, domain: d",
        |r| r.digits(30),
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens(
        "radix_36_12",
        "action: tokenize, format: alphabet, alphabet: 0123456789abcdefghijklmnopqrstuvwxyz, domain: d",
        |r| r.of(SMALL, 12),
        Some(Peer::Fpe { radix: 36 }),
    ),
];

pub(crate) const CASES: &[Case] = &[
    tokens(
        "digits",
        "action: tokenize, format: digits, domain: d",
        |r| r.digits(16),
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens(
        "digits, mixed lengths",
        "action: tokenize, format: digits, domain: d",
        |r| {
            let count = 8 + r.place(11);
            r.digits(count)
        },
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens("us_ssn", "action: tokenize, format: us_ssn", ssn, Some(Peer::Fpe { radix: 10 })),
    tokens("pan", "action: tokenize, format: pan", card, Some(Peer::Fpe { radix: 10 })),
    tokens(
        "pan, keep first 6",
        "action: tokenize, format: pan, keep: { first: 6 }",
        card,
        Some(Peer::Fpe { radix: 10 }),
    ),
    tokens("email", "action: tokenize, format: email", email, Some(Peer::FpeEmail)),
    tokens(
        "hex",
        "action: tokenize, format: hex, domain: d",
        |r| r.of(b"0123456789abcdef", 16),
        Some(Peer::Fpe { radix: 16 }),
    ),
    tokens("letters", "action: tokenize, format: letters, domain: d", |r| r.of(LETTERS, 10), None),
    tokens(
        "alphabet",
        "action: tokenize, format: alphabet, alphabet: ACGT, domain: d",
        |r| r.of(b"ACGT", 20),
        None,
    ),
    tokens(
        "alphanumeric",
        "action: tokenize, format: alphanumeric, domain: d",
        |r| format!("AB{}xy", r.digits(6)),
        None,
    ),
    tokens(
        "alphanumeric, 14",
        "action: tokenize, format: alphanumeric, domain: d",
        |r| r.of(CAPITALS, 14),
        None,
    ),
    tokens("phone", "action: tokenize, format: phone", |r| format!("+49151{}", r.digits(8)), None),
    tokens("phone, separated", "action: tokenize, format: phone", separated_phone, None),
    tokens(
        "phone, national",
        "action: tokenize, format: phone, region: US",
        |r| format!("({}) 555-01{}", 200 + r.below(800), r.digits(2)),
        None,
    ),
    tokens("iban", "action: tokenize, format: iban", iban, None),
    tokens("iban, with letters", "action: tokenize, format: iban", british_iban, None),
    tokens("ip", "action: tokenize, format: ip", ip, None),
    tokens("ip, prefix kept", "action: tokenize, format: ip, prefix: preserve", ip, None),
    tokens("uuid", "action: tokenize, format: uuid", uuid, None),
    tokens("mac", "action: tokenize, format: mac", mac, None),
    tokens("date", "action: tokenize, format: date, domain: d, small_domain: permute", day, None),
    tokens("date, any year", ANY_DAY, day, None),
    tokens("date, date32", ANY_DAY, day, None).of(Kind::Days),
    tokens("integer", INTEGER, |r| r.below(100_000_000).to_string(), None),
    tokens("integer, int64", INTEGER, |r| r.below(100_000_000).to_string(), None)
        .of(Kind::Integers),
    tokens(
        "decimal",
        "action: tokenize, format: decimal, domain: d, range: [\"0.00\", \"9999999.99\"]",
        |r| format!("{}.{:02}", r.below(10_000_000), r.below(100)),
        None,
    ),
    tokens("id:br_cpf", "action: tokenize, format: \"id:br_cpf\"", cpf, None),
    one_way(
        "pseudonymize hex",
        "action: pseudonymize, domain: d, output: hex",
        customer,
        Some(Peer::Hmac),
    ),
    one_way(
        "pseudonymize uuid",
        "action: pseudonymize, domain: d, output: uuid",
        customer,
        Some(Peer::Hmac),
    ),
    one_way("pseudonymize int64", "action: pseudonymize, domain: d, output: int64", customer, None),
    tokens("encrypt, 32 bytes", "action: encrypt", |r| r.of(SMALL, 32), Some(Peer::Siv)),
    tokens("encrypt, 16 bytes", "action: encrypt", |r| r.of(SMALL, 16), Some(Peer::Siv)),
    tokens(
        "encrypt deterministic",
        "action: encrypt, mode: deterministic",
        |r| r.of(SMALL, 32),
        Some(Peer::Siv),
    ),
    tokens("encrypt to string", "action: encrypt, output: string", |r| r.of(SMALL, 32), None),
    one_way("redact", "action: redact", customer, None),
    one_way("truncate", "action: truncate, keep: { first: 2 }", customer, None),
    one_way("generalize to year", "action: generalize, to: year", day, None),
    one_way(
        "generalize to age band",
        "action: generalize, to: age_band, as_of: 2026-01-01",
        day,
        None,
    ),
    one_way("generalize to zip3", "action: generalize, to: zip3", |r| r.digits(5), None),
    one_way(
        "generalize to bucket, int64",
        "action: generalize, to: bucket, size: 5000",
        |r| r.below(1_000_000).to_string(),
        None,
    )
    .of(Kind::Integers),
    one_way(
        "generalize to round, int64",
        "action: generalize, to: round, size: 50",
        |r| r.below(1_000_000).to_string(),
        None,
    )
    .of(Kind::Integers),
    tokens("shift_date", SHIFT, day, None),
    tokens("shift_date, date32", SHIFT, day, None).of(Kind::Days),
    one_way(
        "surrogate person",
        "action: surrogate, kind: person, locale: en_US, domain: d",
        customer,
        None,
    ),
    one_way(
        "surrogate email",
        "action: surrogate, kind: email, locale: en_US, domain: d",
        email,
        None,
    ),
    one_way(
        "text",
        "action: text, entities: { \"*\": { action: redact } }",
        |r| format!("customer {} wrote from {} on Monday", r.digits(8), email(r)),
        None,
    ),
];

const ANY_DAY: &str =
    "action: tokenize, format: date, domain: d, range: [\"0001-01-01\", \"9999-12-31\"]";
const INTEGER: &str = "action: tokenize, format: integer, domain: d, range: [0, 99999999]";
const SHIFT: &str = "action: shift_date, subject: subject, max_days: 30";

fn day(random: &mut Random) -> String {
    let [year, month, day] = [random.below(100), 1 + random.below(12), 1 + random.below(28)];
    format!("19{year:02}-{month:02}-{day:02}")
}

fn ssn(random: &mut Random) -> String {
    format!(
        "{:03}-{:02}-{:04}",
        1 + random.below(665),
        1 + random.below(99),
        1 + random.below(9_999)
    )
}

fn card(random: &mut Random) -> String {
    let front = format!("4{}", random.digits(14));
    let digit = |(place, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0') << (1 - place % 2);
        digit / 10 + digit % 10
    };
    let sum: u32 = front.bytes().enumerate().map(digit).sum();
    format!("{front}{}", (10 - sum % 10) % 10)
}

fn email(random: &mut Random) -> String {
    let names = ["jane", "john.doe", "m.smith", "alexandra", "bob", "li_wei", "k.o.brien"];
    let domains = ["example.com", "example.org", "mail.example.net", "corp.example"];
    let name = random.one_of(&names);
    format!("{name}{}@{}", 10 + random.below(99_990), random.one_of(&domains))
}

fn separated_phone(random: &mut Random) -> String {
    format!("+1-{}-555-01{}", 200 + random.below(800), random.digits(2))
}

fn iban(random: &mut Random) -> String {
    let account = random.digits(18);
    format!("DE{}{account}", iban_check("DE", &account))
}

fn british_iban(random: &mut Random) -> String {
    let account = format!("{}{}", random.of(&CAPITALS[10..], 4), random.digits(14));
    format!("GB{}{account}", iban_check("GB", &account))
}

/// The remainder by 97 of account, country and `00`, letters being 10 to 35.
fn iban_check(country: &str, account: &str) -> String {
    let rest = format!("{account}{country}00").chars().fold(0, |rest, symbol| {
        let value = symbol.to_digit(36).unwrap_or(0);
        let places = if value < 10 { 10 } else { 100 };
        (rest * places + value) % 97
    });
    format!("{:02}", 98 - rest)
}

fn ip(random: &mut Random) -> String {
    std::net::Ipv4Addr::from_bits(u32::try_from(random.below(1 << 32)).unwrap_or(0)).to_string()
}

fn uuid(random: &mut Random) -> String {
    let mut hex = |count| random.of(b"0123456789abcdef", count);
    format!("{}-{}-4{}-8{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
}

fn mac(random: &mut Random) -> String {
    let pairs: Vec<String> = (0..6).map(|_| random.of(b"0123456789abcdef", 2)).collect();
    pairs.join(":")
}

fn cpf(random: &mut Random) -> String {
    let mut digits: Vec<u32> =
        random.digits(9).bytes().map(|byte| u32::from(byte - b'0')).collect();
    for _ in 0..2 {
        let weighted = digits.iter().rev().zip(2..).map(|(digit, weight)| digit * weight);
        let rest = weighted.sum::<u32>() * 10 % 11 % 10;
        digits.push(rest);
    }
    digits.iter().map(u32::to_string).collect()
}

fn customer(random: &mut Random) -> String {
    format!("customer {}", random.digits(8))
}
