//! Cards and accounts.

use super::{Check, Kind, Rule};
use crate::detect::card;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "CREDIT_CARD",
        regions: "",
        context: "card|credit card|debit card|creditcard|pan|visa|mastercard|amex|american express|discover|diners|jcb|unionpay|maestro|cc|ccn|kreditkarte|kartennummer|karte|carte|carte bancaire|carte bleue|tarjeta|tarjeta de crédito|carta di credito|carta|cartão|cartão de crédito|creditcardnummer|karta|kortnummer|kort|カード|信用卡|카드",
        columns: "cardno|card number|cc number|card num|primary account number",
        rules: &[Rule::shape(
            "card",
            r"[0-9]{4}(?:[ -]?[0-9]){8,15}",
            Check::Custom(card::grade),
            60,
            99,
        )],
    },
    Kind {
        entity: "IBAN_CODE",
        regions: "",
        context: "iban|bank account|account|konto|bankverbindung|kontonummer|compte|compte bancaire|cuenta|conto|conta|rekening|rekeningnummer|rachunek|konto bankowe",
        columns: "iban code|bank iban|account number",
        rules: &[Rule::shape(
            "iban",
            "(?i)[a-z]{2}[0-9]{2}(?:[ -]?[0-9a-z]){11,30}",
            Check::Custom(card::iban),
            95,
            99,
        )],
    },
];
