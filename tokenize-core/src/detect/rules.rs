//! The table of entities: what they look like, what is checked, how sure that is, and which words speak for them.
//!
//! An entity is a [`Kind`]; what finds it are its [`Rule`]s. Nothing here searches.

mod americas;
mod asia;
mod europe;
mod network;
mod payment;
mod people;
mod phone;
mod secret;
mod things;

use crate::checksum::Scheme;

use super::hit::Grade;

/// An entity.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) entity: &'static str,
    /// ISO 3166-1 codes of the regions it belongs to, separated by spaces; empty for everywhere.
    pub(super) regions: &'static str,
    /// Words and phrases in lower case, separated by `|`, that speak for it nearby and in names of columns.
    pub(super) context: &'static str,
    /// More of them that speak for it in names of columns only.
    pub(super) columns: &'static str,
    pub(super) rules: &'static [Rule],
}

/// A way to find an entity.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) by: By,
    /// In percent, for what passed, before context.
    pub(super) score: u8,
    /// In percent, with context; 0 for `score` and [`CONTEXT_RAISE`].
    pub(super) with_context: u8,
}

/// How a rule finds.
#[derive(Debug)]
pub(super) enum By {
    /// A shape for ASCII, and what is checked of what has it.
    Shape(&'static str, Check),
    /// A search of its own.
    Finder(Finder),
}

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// The scheme of this name, on what is left without separators, in upper case.
    Scheme(&'static str),
    /// A function; its grade counts, not the rule's score.
    Custom(fn(&Seen<'_>) -> Option<Grade>),
    /// The same for what may stand against other numbers, such as an address before its port: it looks at its neighbours itself.
    Loose(fn(&Seen<'_>) -> Option<Grade>),
}

/// The same, with the scheme found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Checker {
    Scheme(&'static Scheme),
    Custom(fn(&Seen<'_>) -> Option<Grade>),
    Loose(fn(&Seen<'_>) -> Option<Grade>),
}

/// Something that has a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) value: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    /// Without separators, in upper case.
    pub(super) compact: &'a [u8],
}

/// Searches that are no shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finder {
    Address,
    AwsAccessKey,
    BareUrl,
    DateOfBirth,
    Email,
    GithubToken,
    GoogleKey,
    Ipv6,
    Jwt,
    Location,
    Mac,
    Person,
    Phone,
    PrivateKey,
    SecretAssignment,
    SecretToken,
    SlackToken,
    Url,
    Www,
}

/// All finders, in the order of their numbers.
pub(super) const FINDERS: [Finder; 19] = [
    Finder::Address,
    Finder::AwsAccessKey,
    Finder::BareUrl,
    Finder::DateOfBirth,
    Finder::Email,
    Finder::GithubToken,
    Finder::GoogleKey,
    Finder::Ipv6,
    Finder::Jwt,
    Finder::Location,
    Finder::Mac,
    Finder::Person,
    Finder::Phone,
    Finder::PrivateKey,
    Finder::SecretAssignment,
    Finder::SecretToken,
    Finder::SlackToken,
    Finder::Url,
    Finder::Www,
];

impl Finder {
    /// Whether it finds secrets.
    pub(super) const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::AwsAccessKey
                | Self::GithubToken
                | Self::GoogleKey
                | Self::Jwt
                | Self::PrivateKey
                | Self::SecretAssignment
                | Self::SecretToken
                | Self::SlackToken
        )
    }
}

/// What context adds where a rule does not say.
pub(super) const CONTEXT_RAISE: u8 = 35;

/// All entities that are found by shape or structure.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    let all = [
        network::KINDS,
        payment::KINDS,
        phone::KINDS,
        secret::KINDS,
        americas::KINDS,
        europe::KINDS,
        asia::KINDS,
        things::KINDS,
        people::KINDS,
    ];
    all.into_iter().flatten()
}

/// The names of all entities, also of those that only columns are.
pub(super) fn entities() -> impl Iterator<Item = &'static str> {
    kinds().map(|kind| kind.entity).chain(COLUMN_ENTITIES)
}

/// The regions that rules belong to.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    kinds().flat_map(|kind| kind.regions.split(' ')).filter(|region| !region.is_empty())
}

/// Entities that are found in columns only, not in texts.
const COLUMN_ENTITIES: [&str; 11] = [
    "ADDRESS",
    "AGE",
    "CITY",
    "DATE_OF_BIRTH",
    "FIRST_NAME",
    "GENDER",
    "LAST_NAME",
    "ORGANIZATION",
    "PASSWORD",
    "USERNAME",
    "ZIP_CODE",
];

impl Rule {
    const fn shape(
        name: &'static str,
        shape: &'static str,
        check: Check,
        score: u8,
        with_context: u8,
    ) -> Self {
        Self { name, by: By::Shape(shape, check), score, with_context }
    }

    const fn finder(name: &'static str, finder: Finder) -> Self {
        Self { name, by: By::Finder(finder), score: 0, with_context: 0 }
    }
}

impl Seen<'_> {
    /// What was found.
    pub(super) fn text(&self) -> &[u8] {
        self.value.get(self.start..self.end).unwrap_or_default()
    }
}
