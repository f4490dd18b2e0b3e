//! The words of a policy: keys, actions, choices. Reading, checking and the JSON Schema all take them from here.

use super::{
    CellKey, CellOutput, Holds, KnownValues, Mode, Normalize, OnInvalid, Profile, PseudonymOutput,
    SurrogateKind, SurrogateLocale, TextMarkup, TokenWriting, Unlisted,
};
use crate::format::{Case, CheckDigit, Prefix, SmallDomain};
pub(super) use crate::spelling::nearest;

/// An action and the options it takes.
pub(super) struct ActionSpec {
    pub(super) name: &'static str,
    /// For the JSON Schema.
    pub(super) summary: &'static str,
    pub(super) required: &'static [Required],
    /// Options besides [`COMMON`] and the required ones.
    pub(super) optional: &'static [&'static str],
}

/// An option that has to be there, and why.
pub(super) struct Required {
    pub(super) key: &'static str,
    pub(super) reason: &'static str,
}

/// A format and the options it takes besides `small_domain`.
pub(super) struct FormatSpec {
    pub(super) name: &'static str,
    pub(super) options: &'static [&'static str],
    pub(super) required: &'static [&'static str],
    /// The choices of `case`.
    pub(super) cases: &'static [&'static str],
    /// Whether the format says nothing of what values are, so that the policy must name a domain.
    pub(super) is_generic: bool,
    /// Whether kept characters enter a tweak whatever the options are, so that no permutation is allowed.
    pub(super) never_permutes: bool,
}

/// A way of `generalize` and the options it takes.
pub(super) struct GeneralizeSpec {
    pub(super) name: &'static str,
    pub(super) required: &'static [Required],
    pub(super) optional: &'static [&'static str],
}

impl ActionSpec {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|spec| spec.name == name)
    }

    pub(super) fn takes(&self, key: &str) -> bool {
        COMMON.contains(&key)
            || self.optional.contains(&key)
            || self.required.iter().any(|required| required.key == key)
    }

    /// The keys that may stand in a rule with this action.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        let required = self.required.iter().map(|required| required.key);
        let mut keys: Vec<_> =
            COMMON.iter().copied().chain(required).chain(self.optional.iter().copied()).collect();
        keys.sort_unstable();
        keys
    }
}

impl FormatSpec {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|spec| spec.name == name)
    }
}

impl GeneralizeSpec {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        GENERALIZES.iter().find(|spec| spec.name == name)
    }

    pub(super) fn takes(&self, key: &str) -> bool {
        self.optional.contains(&key) || self.required.iter().any(|required| required.key == key)
    }
}

/// The same key under its static name, if some action takes it.
pub(super) fn known_key(key: &str) -> Option<&'static str> {
    ACTIONS.iter().flat_map(ActionSpec::keys).find(|known| *known == key)
}

const fn required(key: &'static str, reason: &'static str) -> Required {
    Required { key, reason }
}

/// What every policy may say.
pub(super) const POLICY_KEYS: &[&str] =
    &["columns", "detection", "name", "profile", "text", "unlisted", "version"];

/// What `detection` may say, and what its entities, denied items and rules may.
pub(super) const DETECTION_KEYS: &[&str] =
    &["allow", "deny", "entities", "min_score", "regions", "rules"];
pub(super) const ENTITY_KEYS: &[&str] = &["min_score", "off"];
/// An allowed item has no entity.
pub(super) const ALLOWED_KEYS: &[&str] = &["regex", "value"];
pub(super) const DENIED_KEYS: &[&str] = &["entity", "regex", "value"];
pub(super) const RULE_KEYS: &[&str] =
    &["columns", "context", "entity", "name", "regex", "score", "validator"];

/// What every rule may say, whatever its action.
pub(super) const COMMON: &[&str] = &["action", "holds", "optional"];

pub(super) const ACTIONS: &[ActionSpec] = &[
    ActionSpec { name: "drop", summary: "The column is left out.", required: &[], optional: &[] },
    ActionSpec {
        name: "encrypt",
        summary: "Each value becomes an authenticated cell (AES-256-GCM-SIV); reversible.",
        required: &[],
        optional: &["domain", "key", "key_version", "mode", "normalize", "on_invalid", "output"],
    },
    ActionSpec {
        name: "generalize",
        summary: "Each value becomes a coarser one; one-way.",
        required: &[required("to", "it says how values become coarser")],
        optional: &["as_of", "on_invalid", "size"],
    },
    ActionSpec {
        name: "keep",
        summary: "The column passes as it is.",
        required: &[],
        optional: &[],
    },
    ActionSpec {
        name: "pseudonymize",
        summary: "Each value becomes a keyed pseudonym (HMAC-SHA256); deterministic, one-way.",
        required: &[required("domain", "a column name alone would join strangers")],
        optional: &["key_version", "normalize", "on_invalid", "output"],
    },
    ActionSpec {
        name: "redact",
        summary: "Each value becomes the same constant; one-way.",
        required: &[],
        optional: &["with"],
    },
    ActionSpec {
        name: "shift_date",
        summary: "All dates of one subject move by the same secret number of whole days; reversible.",
        required: &[
            required("max_days", "dates move by 1..max_days days, either way"),
            required("subject", "dates of one subject move together"),
        ],
        optional: &["key_version", "on_invalid"],
    },
    ActionSpec {
        name: "surrogate",
        summary: "Each value becomes a made-up one of its kind, out of fixed lists (HMAC-SHA256); deterministic, one-way.",
        required: &[
            required("domain", "a column name alone would join strangers"),
            required("kind", "it says what the values are"),
            required("locale", "it says whose names, towns and numbers stand in"),
        ],
        optional: &["key_version"],
    },
    ActionSpec {
        name: "text",
        summary: "What detection finds in free text is treated finding by finding; the rest stays as it is.",
        required: &[],
        optional: &[
            "entities",
            "key_version",
            "known_values",
            "on_invalid",
            "parse",
            "paths",
            "reversible",
            "tokens",
        ],
    },
    ActionSpec {
        name: "tokenize",
        summary: "Each value becomes a token of the same format (FF1); deterministic, reversible.",
        required: &[required("format", "tokens keep the shape that it names")],
        optional: &[
            "alphabet",
            "case",
            "check_digit",
            "domain",
            "keep",
            "key_version",
            "normalize",
            "on_invalid",
            "prefix",
            "range",
            "region",
            "small_domain",
        ],
    },
    ActionSpec {
        name: "truncate",
        summary: "Some characters at the ends stay, the others are filled; one-way.",
        required: &[required("keep", "it says how many characters stay")],
        optional: &["fill"],
    },
];

const fn format(
    name: &'static str,
    options: &'static [&'static str],
    cases: &'static [&'static str],
    never_permutes: bool,
) -> FormatSpec {
    FormatSpec { name, options, required: &[], cases, is_generic: false, never_permutes }
}

const fn generic(
    name: &'static str,
    options: &'static [&'static str],
    required: &'static [&'static str],
    cases: &'static [&'static str],
) -> FormatSpec {
    FormatSpec { name, options, required, cases, is_generic: true, never_permutes: false }
}

pub(super) const FORMATS: &[FormatSpec] = &[
    generic("alphabet", &["alphabet"], &["alphabet"], &[]),
    FormatSpec { never_permutes: true, ..generic("alphanumeric", &[], &[], &[]) },
    generic("date", &["range"], &[], &[]),
    generic("decimal", &["range"], &["range"], &[]),
    generic("digits", &[], &[], &[]),
    format("email", &[], &[], true),
    generic("hex", &["case"], &[], &["lower", "upper"]),
    format("iban", &[], &[], true),
    format("id", &[], &[], false),
    generic("integer", &["range"], &["range"], &[]),
    format("ip", &["prefix"], &[], false),
    generic("letters", &["case"], &[], &["any", "lower", "upper"]),
    format("mac", &["case"], &["lower", "upper"], true),
    format("pan", &["check_digit", "keep"], &[], false),
    format("phone", &["region"], &[], true),
    format("us_ssn", &[], &[], false),
    format("uuid", &["case"], &["lower", "upper"], true),
];

pub(super) const GENERALIZES: &[GeneralizeSpec] = &[
    GeneralizeSpec {
        name: "age_band",
        required: &[required("as_of", "an age is that of a day")],
        optional: &["size"],
    },
    GeneralizeSpec {
        name: "bucket",
        required: &[required("size", "it is the width of a bucket")],
        optional: &[],
    },
    GeneralizeSpec { name: "month", required: &[], optional: &[] },
    GeneralizeSpec {
        name: "round",
        required: &[required("size", "it is the step to round to")],
        optional: &[],
    },
    GeneralizeSpec { name: "year", required: &[], optional: &[] },
    GeneralizeSpec { name: "zip3", required: &[], optional: &[] },
];

/// The choices of an option, under the words that policies write.
pub(super) type Words<T> = &'static [(&'static str, T)];

pub(super) const CASES: Words<Case> =
    &[("any", Case::Any), ("lower", Case::Lower), ("upper", Case::Upper)];
pub(super) const CELL_KEYS: Words<CellKey> =
    &[("keyring", CellKey::Keyring), ("output", CellKey::Output)];
pub(super) const CELL_OUTPUTS: Words<CellOutput> =
    &[("binary", CellOutput::Binary), ("string", CellOutput::String)];
pub(super) const CHECK_DIGITS: Words<CheckDigit> =
    &[("invalid", CheckDigit::Invalid), ("valid", CheckDigit::Valid)];
pub(super) const HOLDS: Words<Holds> = &[
    ("account", Holds::Account),
    ("address", Holds::Address),
    ("age", Holds::Age),
    ("authentication", Holds::Authentication),
    ("biometric", Holds::Biometric),
    ("birth_date", Holds::BirthDate),
    ("code", Holds::Code),
    ("date", Holds::Date),
    ("device", Holds::Device),
    ("email", Holds::Email),
    ("fax", Holds::Fax),
    ("free_text", Holds::FreeText),
    ("health_plan", Holds::HealthPlan),
    ("ip", Holds::Ip),
    ("license", Holds::License),
    ("medical_record", Holds::MedicalRecord),
    ("name", Holds::Name),
    ("other", Holds::Other),
    ("pan", Holds::Pan),
    ("phone", Holds::Phone),
    ("photo", Holds::Photo),
    ("ssn", Holds::Ssn),
    ("unique", Holds::Unique),
    ("url", Holds::Url),
    ("vehicle", Holds::Vehicle),
    ("zip", Holds::Zip),
];
pub(super) const KNOWN_VALUES: Words<KnownValues> =
    &[("dataset", KnownValues::Dataset), ("off", KnownValues::Off), ("row", KnownValues::Row)];
pub(super) const MARKUPS: Words<TextMarkup> =
    &[("html", TextMarkup::Html), ("json", TextMarkup::Json)];
pub(super) const MODES: Words<Mode> =
    &[("deterministic", Mode::Deterministic), ("randomized", Mode::Randomized)];
pub(super) const NORMALIZES: Words<Normalize> =
    &[("lower", Normalize::Lower), ("nfc", Normalize::Nfc), ("trim", Normalize::Trim)];
pub(super) const ON_INVALIDS: Words<OnInvalid> =
    &[("fail", OnInvalid::Fail), ("nullify", OnInvalid::Nullify), ("redact", OnInvalid::Redact)];
pub(super) const PREFIXES: Words<Prefix> =
    &[("hide", Prefix::Hide), ("preserve", Prefix::Preserve)];
pub(super) const PROFILES: Words<Profile> = &[
    ("gdpr", Profile::Gdpr),
    ("glba", Profile::Glba),
    ("hipaa-expert", Profile::HipaaExpert),
    ("hipaa-safe-harbor", Profile::HipaaSafeHarbor),
    ("pci", Profile::Pci),
];
pub(super) const PSEUDONYM_OUTPUTS: Words<PseudonymOutput> = &[
    ("hex", PseudonymOutput::Hex),
    ("int64", PseudonymOutput::Int64),
    ("uuid", PseudonymOutput::Uuid),
];
pub(super) const REVERSIBLES: Words<bool> = &[("partial", false), ("required", true)];
pub(super) const SMALL_DOMAINS: Words<SmallDomain> =
    &[("permute", SmallDomain::Permute), ("refuse", SmallDomain::Refuse)];
pub(super) const SURROGATE_KINDS: Words<SurrogateKind> = &[
    ("city", SurrogateKind::City),
    ("email", SurrogateKind::Email),
    ("family_name", SurrogateKind::FamilyName),
    ("given_name", SurrogateKind::GivenName),
    ("person", SurrogateKind::Person),
    ("phone", SurrogateKind::Phone),
];
pub(super) const SURROGATE_LOCALES: Words<SurrogateLocale> = &[
    ("de_DE", SurrogateLocale::DeDe),
    ("en_US", SurrogateLocale::EnUs),
    ("fr_FR", SurrogateLocale::FrFr),
];
pub(super) const TOKENS: Words<TokenWriting> =
    &[("natural", TokenWriting::Natural), ("tagged", TokenWriting::Tagged)];
pub(super) const UNLISTEDS: Words<Unlisted> =
    &[("deny", Unlisted::Deny), ("drop", Unlisted::Drop), ("keep", Unlisted::Keep)];

/// The word that stands for a choice.
pub(super) fn word_of<T: Copy + PartialEq>(choice: T, words: Words<T>) -> &'static str {
    words.iter().find(|(_, known)| *known == choice).map_or("", |(word, _)| word)
}

/// `max_days`, `first`/`last` of `truncate`, `size` of an age band: their ends.
pub(super) const MAX_DAYS: (i64, i64) = (1, 36_500);
pub(super) const KEPT_CHARACTERS: (i64, i64) = (0, 65_535);
pub(super) const AGE_BAND_SIZE: (i64, i64) = (1, 90);
pub(super) const KEY_VERSIONS: (i64, i64) = (1, u32::MAX as i64);
