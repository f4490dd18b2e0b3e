//! Identifiers of accounts and things that lead to people.

use super::{Check, Kind, Rule, Seen};
use crate::crypto::address::{is_bitcoin, is_ethereum};
use crate::detect::hit::Grade;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "CRYPTO",
        regions: "",
        context: "bitcoin|btc|wallet|crypto|ethereum|ether|eth|metamask|erc20|erc-20|usdt|usdc|bitcoin-adresse|adresse bitcoin|dirección bitcoin|indirizzo bitcoin",
        columns: "btc address|eth address|ethereum address|wallet address|bitcoin address",
        rules: &[
            Rule::shape(
                "bitcoin-base58",
                "[13][1-9A-HJ-NP-Za-km-z]{25,34}",
                Check::Custom(bitcoin),
                95,
                99,
            ),
            Rule::shape(
                "bitcoin-bech32",
                "(?i)bc1[02-9ac-hj-np-z]{11,71}",
                Check::Custom(bitcoin),
                95,
                99,
            ),
            Rule::shape("ethereum", "0x[0-9A-Fa-f]{40}", Check::Custom(ethereum), 95, 99),
        ],
    },
    Kind {
        entity: "BIC",
        regions: "",
        context: "bic|swift|swift code|bic code|bic/swift|bankleitzahl|iban|bank identifier",
        columns: "swift bic|bic swift",
        rules: &[Rule::shape(
            "bic",
            "[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?",
            Check::Scheme("bic"),
            30,
            95,
        )],
    },
    Kind {
        entity: "IMEI",
        regions: "",
        context: "imei|imei number|imei no|device|handset|phone|meid",
        columns: "imei1|imei2|device imei",
        rules: &[
            Rule::shape("imei-bare", "[0-9]{15}", Check::Scheme("imei"), 35, 97),
            Rule::shape(
                "imei-groups",
                "[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]",
                Check::Scheme("imei"),
                75,
                99,
            ),
        ],
    },
    Kind {
        entity: "VIN",
        regions: "",
        context: "vin|vehicle identification|vehicle identification number|chassis|chassis number|fahrgestellnummer|fin|fahrzeug|vehicle|numéro de châssis|bastidor|telaio",
        columns: "vehicle vin|vin number",
        rules: &[Rule::shape(
            "vin",
            "(?i)[0-9a-hj-npr-z]{11}[0-9a-hj-npr-z]{2}[0-9]{4}",
            Check::Scheme("vin"),
            65,
            98,
        )],
    },
    Kind {
        entity: "UUID",
        regions: "",
        context: "uuid|guid",
        columns: "",
        rules: &[Rule::shape(
            "uuid",
            "(?i)[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            Check::Scheme("uuid"),
            90,
            99,
        )],
    },
];

/// An address by its hash; letters count as they are written.
fn bitcoin(seen: &Seen<'_>) -> Option<Grade> {
    is_bitcoin(seen.text()).then_some(Grade::checked(95))
}

/// Letters of both cases are a sum; without it any 20 bytes in hexadecimal may be an address, such as those of a hash.
fn ethereum(seen: &Seen<'_>) -> Option<Grade> {
    let digits = seen.text().get(2..)?;
    let has = |is: fn(&u8) -> bool| digits.iter().any(is);
    if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) {
        return is_ethereum(digits).then_some(Grade::checked(95));
    }
    Some(Grade::shape(30))
}
