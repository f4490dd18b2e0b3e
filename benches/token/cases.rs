//! The columns that are measured: a rule, values that fit it, and a peer where there is one.

use crate::peers::Peer;

/// One column.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) value: fn(&mut Random) -> String,
    pub(crate) peer: Option<Peer>,
    pub(crate) is_reversible: bool,
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
    Case { name, rule, value, peer, is_reversible: true }
}

const fn one_way(
    name: &'static str,
    rule: &'static str,
    value: fn(&mut Random) -> String,
    peer: Option<Peer>,
) -> Case {
    Case { name, rule, value, peer, is_reversible: false }
}

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
    tokens(
        "alphanumeric",
        "action: tokenize, format: alphanumeric, domain: d",
        |r| format!("AB{}xy", r.digits(6)),
        None,
    ),
    tokens("phone", "action: tokenize, format: phone", |r| format!("+49151{}", r.digits(8)), None),
    tokens("iban", "action: tokenize, format: iban", iban, None),
    tokens("ip", "action: tokenize, format: ip", ip, None),
    tokens("ip, prefix kept", "action: tokenize, format: ip, prefix: preserve", ip, None),
    tokens("uuid", "action: tokenize, format: uuid", uuid, None),
    tokens(
        "date",
        "action: tokenize, format: date, domain: d, small_domain: permute",
        |r| format!("19{:02}-{:02}-{:02}", r.below(100), 1 + r.below(12), 1 + r.below(28)),
        None,
    ),
    tokens(
        "integer",
        "action: tokenize, format: integer, domain: d, range: [\"0\", \"99999999\"]",
        |r| r.below(100_000_000).to_string(),
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
];

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

fn iban(random: &mut Random) -> String {
    let account = random.digits(18);
    // DE00 moved to the end: D is 13, E is 14.
    let rest = format!("{account}131400")
        .bytes()
        .fold(0, |rest, byte| (rest * 10 + u32::from(byte - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

fn ip(random: &mut Random) -> String {
    std::net::Ipv4Addr::from_bits(u32::try_from(random.below(1 << 32)).unwrap_or(0)).to_string()
}

fn uuid(random: &mut Random) -> String {
    let mut hex = |count| random.of(b"0123456789abcdef", count);
    format!("{}-{}-4{}-8{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
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
