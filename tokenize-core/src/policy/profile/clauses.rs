//! What each regulation says of columns. A clause that its text does not say in as many words is *our reading of* it, and says so.

use super::Holds;
use crate::format::Format;
use crate::policy::{Action, Generalize, Mode, Text};

/// One thing that a regulation says.
pub(super) struct Clause {
    /// Where it is said.
    pub(super) citation: &'static str,
    /// What is due, in our words.
    pub(super) demands: &'static str,
    /// What it speaks of.
    pub(super) holds: &'static [Holds],
    allows: fn(&Action) -> bool,
}

impl Clause {
    pub(super) fn is_broken_by(&self, holds: Holds, action: &Action) -> bool {
        self.holds.contains(&holds) && !(self.allows)(action)
    }
}

const fn clause(
    citation: &'static str,
    holds: &'static [Holds],
    allows: fn(&Action) -> bool,
    demands: &'static str,
) -> Clause {
    Clause { citation, demands, holds, allows }
}

fn is_removed(action: &Action) -> bool {
    matches!(action, Action::Drop | Action::Redact { .. })
}

/// Nothing of the value stays in clear.
fn is_hidden(action: &Action) -> bool {
    match action {
        Action::Encrypt { .. } | Action::Pseudonymize { .. } | Action::Surrogate { .. } => true,
        Action::Tokenize { format, .. } => !shows_a_part(format),
        other => is_removed(other),
    }
}

fn is_hidden_or_kept(action: &Action) -> bool {
    is_hidden(action) || matches!(action, Action::Keep)
}

fn is_hidden_or_coarser(action: &Action) -> bool {
    is_hidden(action) || matches!(action, Action::Generalize(_) | Action::ShiftDate { .. })
}

/// Formats whose tokens show a part of the value that says more than a country.
fn shows_a_part(format: &Format) -> bool {
    let params = format.subkey_params();
    let keeps = |end: &str| params["keep"][end].as_u64().is_some_and(|digits| digits > 0);
    format.name() == "email" || keeps("first") || keeps("last") || params["prefix"] == "preserve"
}

fn is_removed_or_kept(action: &Action) -> bool {
    is_removed(action) || matches!(action, Action::Keep)
}

fn is_removed_or_year(action: &Action) -> bool {
    is_removed(action) || matches!(action, Action::Generalize(Generalize::Year))
}

fn is_removed_or_band(action: &Action) -> bool {
    is_removed(action) || matches!(action, Action::Generalize(Generalize::AgeBand { .. }))
}

fn is_removed_or_zip3(action: &Action) -> bool {
    is_removed(action) || matches!(action, Action::Generalize(Generalize::Zip3))
}

fn is_hidden_or_zip3(action: &Action) -> bool {
    is_hidden(action) || matches!(action, Action::Generalize(Generalize::Zip3))
}

fn is_hidden_or_band(action: &Action) -> bool {
    is_hidden(action) || matches!(action, Action::Generalize(Generalize::AgeBand { .. }))
}

fn is_not_kept(action: &Action) -> bool {
    !matches!(action, Action::Keep)
}

fn is_underived(action: &Action) -> bool {
    action.power().is_none() && !matches!(action, Action::Text(_))
}

/// A text in which nothing is kept that was found.
fn is_searched(action: &Action) -> bool {
    let finds =
        |text: &Text| text.entities.values().chain([&text.rest]).all(|it| is_not_kept(&it.action));
    match action {
        Action::Text(text) => finds(text),
        Action::Encrypt { .. } => true,
        other => is_removed(other),
    }
}

/// Tokens without the last digits, cells that cannot be compared, or nothing.
fn is_card_in_one_form(action: &Action) -> bool {
    match action {
        Action::Encrypt { mode, .. } => *mode == Mode::Randomized,
        Action::Tokenize { format, .. } if format.name() == "pan" => {
            let params = format.subkey_params();
            let first = params["keep"]["first"].as_u64();
            let keeps = first.is_some_and(|digits| digits > BIN) || params["keep"]["last"] != 0;
            !keeps && params["check_digit"] == "invalid"
        }
        other => is_removed(other),
    }
}

/// Card numbers in a text go the same way as those of a column.
fn has_cards_in_one_form(action: &Action) -> bool {
    match action {
        Action::Text(text) => {
            let cards = text.entities.get("CREDIT_CARD").unwrap_or(&text.rest);
            // Cells in texts are deterministic, but under a domain that no column of tokens has.
            matches!(cards.action, Action::Encrypt { .. }) || is_card_in_one_form(&cards.action)
        }
        Action::Encrypt { .. } => true,
        other => is_removed(other),
    }
}

/// Whoever gets two outputs cannot join them, unless the policy says so by naming one domain for both.
fn has_domain_of_its_own(action: &Action) -> bool {
    match action {
        Action::Tokenize { domain, format } => format.default_domain() != Some(domain.as_str()),
        Action::Encrypt { mode: Mode::Deterministic, domain, .. } => domain.is_some(),
        _ => true,
    }
}

/// The digits that name the issuer (ISO/IEC 7812-1).
const BIN: u64 = 8;

const DIRECT: &[Holds] = &[
    Holds::Account,
    Holds::Biometric,
    Holds::Device,
    Holds::Email,
    Holds::Fax,
    Holds::HealthPlan,
    Holds::Ip,
    Holds::License,
    Holds::MedicalRecord,
    Holds::Name,
    Holds::Pan,
    Holds::Phone,
    Holds::Photo,
    Holds::Ssn,
    Holds::Unique,
    Holds::Url,
    Holds::Vehicle,
];

const INDIRECT: &[Holds] = &[Holds::Address, Holds::Age, Holds::BirthDate, Holds::Date, Holds::Zip];

const ALL: &[Holds] = &[
    Holds::Account,
    Holds::Address,
    Holds::Age,
    Holds::Authentication,
    Holds::Biometric,
    Holds::BirthDate,
    Holds::Code,
    Holds::Date,
    Holds::Device,
    Holds::Email,
    Holds::Fax,
    Holds::FreeText,
    Holds::HealthPlan,
    Holds::Ip,
    Holds::License,
    Holds::MedicalRecord,
    Holds::Name,
    Holds::Other,
    Holds::Pan,
    Holds::Phone,
    Holds::Photo,
    Holds::Ssn,
    Holds::Unique,
    Holds::Url,
    Holds::Vehicle,
    Holds::Zip,
];

const REMOVE: &str = "drop or redact it: not even a part of it, or a code made from it, may stay";

pub(super) const HIPAA_SAFE_HARBOR: &[Clause] = &[
    clause("45 CFR 164.514(b)(2)(i)(A), names", &[Holds::Name], is_removed, REMOVE),
    clause(
        "45 CFR 164.514(b)(2)(i)(B), geographic subdivisions",
        &[Holds::Address],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(B), ZIP codes",
        &[Holds::Zip],
        is_removed_or_zip3,
        "`generalize, to: zip3`, drop or redact it",
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(C), dates",
        &[Holds::Date],
        is_removed_or_year,
        "`generalize, to: year`, drop or redact it",
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(C), ages over 89",
        &[Holds::BirthDate],
        is_removed_or_band,
        "`generalize, to: age_band`, which has one band from 90 on, drop or redact it: a year of birth tells ages over 89",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(2)(i)(C), ages over 89 in numbers",
        &[Holds::Age],
        is_removed,
        "drop or redact it, and make `age_band` of the date of birth: buckets of a number do not end at 90",
    ),
    clause("45 CFR 164.514(b)(2)(i)(D), telephone numbers", &[Holds::Phone], is_removed, REMOVE),
    clause("45 CFR 164.514(b)(2)(i)(E), fax numbers", &[Holds::Fax], is_removed, REMOVE),
    clause("45 CFR 164.514(b)(2)(i)(F), e-mail addresses", &[Holds::Email], is_removed, REMOVE),
    clause(
        "45 CFR 164.514(b)(2)(i)(G), social security numbers",
        &[Holds::Ssn],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(H), medical record numbers",
        &[Holds::MedicalRecord],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(I), health plan beneficiary numbers",
        &[Holds::HealthPlan],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(J), account numbers",
        &[Holds::Account, Holds::Pan],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(K), certificate and license numbers",
        &[Holds::License],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(L), vehicle identifiers",
        &[Holds::Vehicle],
        is_removed,
        REMOVE,
    ),
    clause("45 CFR 164.514(b)(2)(i)(M), device identifiers", &[Holds::Device], is_removed, REMOVE),
    clause("45 CFR 164.514(b)(2)(i)(N), URLs", &[Holds::Url], is_removed, REMOVE),
    clause("45 CFR 164.514(b)(2)(i)(O), IP addresses", &[Holds::Ip], is_removed, REMOVE),
    clause(
        "45 CFR 164.514(b)(2)(i)(P), biometric identifiers",
        &[Holds::Biometric],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(Q), full-face photographs",
        &[Holds::Photo],
        is_removed,
        REMOVE,
    ),
    clause(
        "45 CFR 164.514(b)(2)(i)(R), other unique identifiers",
        &[Holds::Authentication, Holds::Unique],
        is_removed,
        REMOVE,
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(2)(i), identifiers in free text",
        &[Holds::FreeText],
        is_removed,
        "drop or redact it: detection misses some of what people write",
    ),
    clause(
        "our reading of 45 CFR 164.514(c)(1), codes",
        &[Holds::Code],
        is_removed_or_kept,
        "keep a code that was drawn at random, drop or redact it: a code made here would be derived from it",
    ),
    clause(
        "our reading of 45 CFR 164.514(c)(1), derived codes",
        &[Holds::Other],
        is_underived,
        "keep, coarsen, drop or redact it: tokens, pseudonyms, stand-ins and cells are derived from values",
    ),
];

pub(super) const HIPAA_EXPERT: &[Clause] = &[
    clause(
        "our reading of 45 CFR 164.514(b)(1), direct identifiers",
        DIRECT,
        is_hidden,
        "nothing of it may stay in clear: tokenize it without kept parts, pseudonymize, encrypt, drop or redact it",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), credentials",
        &[Holds::Authentication],
        is_removed,
        "drop or redact it",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), geographic subdivisions",
        &[Holds::Address],
        is_hidden,
        "nothing of it may stay in clear",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), ZIP codes",
        &[Holds::Zip],
        is_hidden_or_zip3,
        "`generalize, to: zip3` at the finest",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), dates",
        &[Holds::Date],
        is_hidden_or_coarser,
        "`shift_date` by subject, or `generalize` it",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), dates of birth",
        &[Holds::BirthDate],
        is_hidden_or_band,
        "`generalize, to: age_band`, which has one band from 90 on, or nothing of it",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), ages",
        &[Holds::Age],
        is_hidden,
        "make `age_band` of the date of birth: buckets of a number do not end at 90",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1), free text",
        &[Holds::FreeText],
        is_searched,
        "`text` without kept findings, encrypt, drop or redact it",
    ),
    clause(
        "our reading of 45 CFR 164.514(c), codes",
        &[Holds::Code],
        is_hidden_or_kept,
        "keep a code that was drawn at random, or hide it",
    ),
    clause(
        "our reading of 45 CFR 164.514(b)(1)(ii), what stays",
        &[Holds::Other],
        |_| true,
        "the expert's determination covers it",
    ),
];

pub(super) const GDPR: &[Clause] = &[
    clause(
        "our reading of GDPR Article 4(5), direct identifiers",
        DIRECT,
        is_hidden,
        "nothing of it may stay in clear: tokenize it without kept parts, pseudonymize, encrypt, drop or redact it",
    ),
    clause(
        "our reading of GDPR Article 4(5), indirect identifiers",
        INDIRECT,
        is_not_kept,
        "coarsen, shift, hide or drop it: together with what others know it may name a person",
    ),
    clause(
        "our reading of GDPR Article 4(5), free text",
        &[Holds::FreeText],
        is_searched,
        "`text` without kept findings, encrypt, drop or redact it",
    ),
    clause(
        "our reading of GDPR Article 32(1), credentials",
        &[Holds::Authentication],
        is_removed,
        "drop or redact it",
    ),
    clause(
        "our reading of GDPR Article 4(5), codes",
        &[Holds::Code],
        is_hidden_or_kept,
        "keep a code that was drawn at random, or hide it",
    ),
    clause(
        "our reading of EDPB Guidelines 01/2025, pseudonymisation domain",
        ALL,
        has_domain_of_its_own,
        "name a `domain` of this purpose: the format's own would match every other output",
    ),
];

pub(super) const GLBA: &[Clause] = &[
    clause(
        "our reading of 12 CFR 1016.3(q)(2)(ii)(B), names and other personal identifiers",
        &[
            Holds::Biometric,
            Holds::Device,
            Holds::Email,
            Holds::Fax,
            Holds::HealthPlan,
            Holds::Ip,
            Holds::License,
            Holds::MedicalRecord,
            Holds::Name,
            Holds::Phone,
            Holds::Photo,
            Holds::Ssn,
            Holds::Unique,
            Holds::Url,
            Holds::Vehicle,
        ],
        is_hidden,
        "blind data holds none: tokenize it without kept parts, pseudonymize, encrypt, drop or redact it",
    ),
    clause(
        "our reading of 12 CFR 1016.3(q)(2)(ii)(B), addresses",
        &[Holds::Address],
        is_hidden,
        "blind data holds none: nothing of it may stay in clear",
    ),
    clause(
        "our reading of 12 CFR 1016.3(q)(2)(ii)(B), what narrows a person down",
        &[Holds::Age, Holds::BirthDate, Holds::Date, Holds::Zip],
        is_not_kept,
        "coarsen, shift, hide or drop it",
    ),
    clause(
        "our reading of 12 CFR 1016.12(c)(1), account numbers",
        &[Holds::Account],
        is_hidden,
        "encrypted, with no means to decode for the recipient, or gone",
    ),
    clause(
        "our reading of 12 CFR 1016.12(c)(1), card numbers",
        &[Holds::Pan],
        |action| is_hidden(action) || is_card_in_one_form(action),
        "encrypted, with no means to decode for the recipient, or gone",
    ),
    clause(
        "our reading of 12 CFR 1016.12(a), access codes",
        &[Holds::Authentication],
        is_removed,
        "drop or redact it",
    ),
    clause(
        "our reading of 12 CFR 1016.3(q)(2)(ii)(B), free text",
        &[Holds::FreeText],
        is_searched,
        "`text` without kept findings, encrypt, drop or redact it",
    ),
    clause(
        "our reading of 12 CFR 1016.3(q)(2)(ii)(B), codes",
        &[Holds::Code],
        is_hidden_or_kept,
        "keep a code that was drawn at random, or hide it",
    ),
];

pub(super) const PCI: &[Clause] = &[
    clause(
        "PCI DSS 3.3.1, sensitive authentication data",
        &[Holds::Authentication],
        |action| matches!(action, Action::Drop),
        "drop it: it is not stored after authorization, not even encrypted",
    ),
    clause(
        "our reading of PCI DSS 3.4.1 and 3.5.1, PAN",
        &[Holds::Pan],
        is_card_in_one_form,
        "`tokenize, format: pan, check_digit: invalid` with at most the first 8 digits kept and none of the last, randomized `encrypt`, drop or redact it: a truncated or hashed form could be held against the token",
    ),
    clause(
        "our reading of PCI DSS 3.5.1, PAN in free text",
        &[Holds::FreeText],
        has_cards_in_one_form,
        "say `CREDIT_CARD: { as: COLUMN }`, redact or encrypt what is found, encrypt, drop or redact the text",
    ),
];

/// What [`super::forms_of_cards`] looks for.
pub(super) const ONE_FORM: &str = "our reading of PCI DSS 3.5.1, one form of PAN";

/// What a test holds the tables against.
#[cfg(test)]
pub(super) const EVERYTHING: &[Holds] = ALL;
