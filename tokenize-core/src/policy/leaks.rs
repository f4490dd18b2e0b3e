//! What each action still shows. Every row here is in the explanation of a policy and in the docs.

use super::{Action, Generalize, Mode, PseudonymOutput, SurrogateKind};

impl Action {
    /// What whoever sees the masked column learns about its values, besides which cells are null or empty.
    ///
    /// Equality is that within a domain and key version; with it come frequencies, so rare and common values can be told apart.
    #[must_use]
    pub fn leaks(&self) -> &'static str {
        match self {
            Self::Drop => "nothing",
            Self::Encrypt { mode: Mode::Deterministic, .. } => "equality, length in bytes",
            Self::Encrypt { .. } => "length in bytes",
            Self::Generalize(generalize) => generalize.leaks(),
            Self::Keep => "everything",
            Self::Pseudonymize { .. } => "equality",
            Self::Redact { .. } => "nothing",
            Self::ShiftDate { .. } => {
                "each date to within max_days, intervals between the dates of one subject, time of day"
            }
            Self::Surrogate { kind, .. } => surrogate_leaks(*kind),
            Self::Text(_) => {
                "all that is not found in it, the kind of what is found, and what the action of each kind leaks"
            }
            Self::Tokenize { format, .. } => {
                let params = format.subkey_params();
                let is = |option: &str, word: &str| params[option] == *word;
                let keeps = params["keep"]["first"] != 0 || params["keep"]["last"] != 0;
                format_leaks(format.name(), keeps, is("prefix", "preserve"))
            }
            Self::Truncate { .. } => {
                "equality of what stays, the characters that stay, length in characters"
            }
        }
    }

    /// What else should be known before the action is chosen.
    #[must_use]
    pub fn caution(&self) -> Option<&'static str> {
        match self {
            Self::Keep => Some("keep: values pass as they are."),
            Self::Pseudonymize { output: PseudonymOutput::Int64, .. } => Some(
                "pseudonymize, output: int64: 63 bits; that two of n values share a pseudonym has odds of about n^2/2^64 (1 in 18 million for a million values, 1 in 18 for a thousand million).",
            ),
            Self::ShiftDate { .. } => Some(
                "shift_date: order and distances within one subject stay; one date known from elsewhere reveals the subject's shift.",
            ),
            Self::Text(_) => Some(
                "text: detection misses some of what people write; what it misses stays in clear.",
            ),
            Self::Encrypt { .. }
            | Self::Drop
            | Self::Generalize(_)
            | Self::Pseudonymize { .. }
            | Self::Redact { .. } => None,
            Self::Surrogate { .. } => Some(
                "surrogate: stand-ins look like data and nothing in a row tells that they are none; different values share one where the lists are short, so a join or a count of distinct values by them is wrong to the extent said above.",
            ),
            Self::Tokenize { format, .. } => {
                let shares_prefixes =
                    format.name() == "ip" && format.subkey_params()["prefix"] == "preserve";
                shares_prefixes.then_some("tokenize, ip, prefix: preserve: networks stay recognisable as networks; a few known addresses reveal the tokens of their neighbourhoods.")
            }
            Self::Truncate { .. } => Some("truncate: what stays may single out a person."),
        }
    }
}

impl Generalize {
    fn leaks(&self) -> &'static str {
        match self {
            Self::AgeBand { .. } => "the band of ages, order of bands",
            Self::Bucket { .. } => "the value to within size, order of buckets",
            Self::Month => "year and month, order of months",
            Self::Round { .. } => "the value to within half of size, order of steps",
            Self::Year => "the year, order of years",
            Self::Zip3 => "the first three digits, unless few people live there",
        }
    }
}

fn surrogate_leaks(kind: SurrogateKind) -> &'static str {
    match kind {
        SurrogateKind::Person => {
            "equality, unless values share a stand-in; letter case, order of names, one name or more"
        }
        SurrogateKind::Phone => {
            "equality, unless values share a stand-in; whether there is a + in front, whether there are separators"
        }
        _ => "equality, unless values share a stand-in; letter case",
    }
}

fn format_leaks(name: &str, keeps: bool, prefix_preserving: bool) -> &'static str {
    match name {
        "alphanumeric" => "equality, length, class of each character, separators",
        "date" => "equality of days, time of day",
        "decimal" | "integer" => "equality, range",
        "email" => {
            "equality, mail domain, length of the local part from 5 characters on, separators, whether there are capitals"
        }
        "iban" => "equality, country, length, spacing",
        name if name.starts_with("id:") => {
            "equality, kind of number where a scheme has several, length, separators, letter case"
        }
        "ip" if prefix_preserving => {
            "equality, IP version, how many leading bits two addresses share"
        }
        "ip" => "equality, IP version",
        "mac" => "equality, multicast and local bits, writing",
        "pan" if keeps => {
            "equality, kept digits (with the first ones the issuer), length, separators"
        }
        "pan" => "equality, length, separators",
        "phone" => "equality, country calling code, length, writing",
        "us_ssn" => "equality, whether the number is valid, separators",
        "uuid" => "equality, version and variant, writing",
        _ => "equality, length, separators",
    }
}
