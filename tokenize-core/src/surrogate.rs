//! Stand-ins: for a value, a made-up one of its kind out of fixed lists (`docs/format.md`, section 13).
//!
//! Knows no key: whoever asks hands in what draws, a keyed function of the value. The lists are `data/surrogate-1/`; they are frozen, since
//! another entry would move every stand-in. Addresses lie under domains, and numbers in ranges, that are set apart so that they are nobody's.
//! Start at [`StandIns::new`].

mod form;
mod phone;
mod table;

use self::form::{Form, Order};
use self::table::Lists;

/// What values are, and their stand-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The name of a town.
    City,
    /// A mail address, under a domain of RFC 2606.
    Email,
    /// A family name.
    FamilyName,
    /// A given name, of any sex.
    GivenName,
    /// A given and a family name.
    Person,
    /// A phone number, of those that are set apart for films and books.
    Phone,
}

/// Whose names, towns and numbers stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Locale {
    /// Germany.
    DeDe,
    /// The United States.
    EnUs,
    /// France.
    FrFr,
}

impl Kind {
    /// The word that policies write.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Email => "email",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::Person => "person",
            Self::Phone => "phone",
        }
    }
}

impl Locale {
    /// The word that policies write.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeDe => "de_DE",
            Self::EnUs => "en_US",
            Self::FrFr => "fr_FR",
        }
    }
}

/// The stand-ins of one kind and locale.
pub(crate) struct StandIns {
    kind: Kind,
    lists: &'static Lists,
    possible: u64,
}

impl StandIns {
    pub(crate) fn new(kind: Kind, locale: Locale) -> Self {
        let lists = Lists::of(locale);
        let possible = match kind {
            Kind::City => size(&lists.city),
            Kind::Email => {
                let names = size(&lists.mail_given) * size(&lists.mail_family);
                names * size(MAIL_DOMAINS) * MAIL_NUMBERS
            }
            Kind::FamilyName => size(&lists.family),
            Kind::GivenName => size(&lists.given),
            Kind::Person => size(&lists.given) * size(&lists.family),
            Kind::Phone => lists.phone.iter().map(|line| line.count).sum(),
        };
        Self { kind, lists, possible }
    }

    /// How many there are.
    pub(crate) fn possible(&self) -> u64 {
        self.possible
    }

    /// The stand-in of a value, which is never the value itself; `None` for a value that holds nearly all names there are.
    ///
    /// `draw` is a pseudorandom function of the value's canonical form and of how many draws were in vain before.
    pub(crate) fn of(&self, value: &str, draw: impl Fn(&str, u32) -> u128) -> Option<String> {
        let form = Form::of(self.kind, value);
        (0..DRAWS).find_map(|vain| {
            let rank = draw(&form.canonical, vain) % u128::from(self.possible);
            self.write(u64::try_from(rank).ok()?, &form)
        })
    }

    /// The stand-in of this rank in the form of the value; `None` if it would show of the value what it must hide.
    fn write(&self, mut rank: u64, form: &Form) -> Option<String> {
        let lists = self.lists;
        if self.kind == Kind::Phone {
            return phone::write(&lists.phone, rank, form);
        }
        // The last part of a stand-in is the least significant digit of its rank.
        let text = match self.kind {
            Kind::City => pick(&lists.city, &mut rank).to_owned(),
            Kind::GivenName => pick(&lists.given, &mut rank).to_owned(),
            Kind::FamilyName => pick(&lists.family, &mut rank).to_owned(),
            Kind::Email => {
                let number = rank % MAIL_NUMBERS;
                rank /= MAIL_NUMBERS;
                let domain = pick(MAIL_DOMAINS, &mut rank);
                let family = pick(&lists.mail_family, &mut rank).to_ascii_lowercase();
                let given = pick(&lists.mail_given, &mut rank).to_ascii_lowercase();
                format!("{given}.{family}{number:04}@{domain}")
            }
            _ => {
                let family = pick(&lists.family, &mut rank);
                let given = pick(&lists.given, &mut rank);
                match form.order {
                    Order::FamilyFirst => format!("{family}, {given}"),
                    Order::GivenFirst => format!("{given} {family}"),
                    Order::OneName => family.to_owned(),
                }
            }
        };
        let text = form.case.write(text);
        let is_free = match self.kind {
            Kind::City | Kind::Email => !form.is_same(&text),
            _ => !form.shares_word(&text),
        };
        is_free.then_some(text)
    }
}

/// How many of `values` different values are expected to share their stand-in with another one.
pub(crate) fn expected_sharing(values: u64, possible: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shown to two digits")]
    let (values, possible) = (values as f64, possible as f64);
    // 1 − (1 − 1/N)^(n−1), in the writing that stays exact where 1/N is tiny.
    -values * ((values - 1.0) * (-1.0 / possible).ln_1p()).exp_m1()
}

/// The entry at the least significant digit of `rank`, which is cut off.
fn pick<'a>(list: &[&'a str], rank: &mut u64) -> &'a str {
    let size = size(list).max(1);
    let at = usize::try_from(*rank % size).unwrap_or_default();
    *rank /= size;
    list.get(at).copied().unwrap_or_default()
}

fn size(list: &[&str]) -> u64 {
    list.len() as u64
}

/// After so many draws in vain a value does not fit. No list is exhausted but by a text made of its names, which must not hold up a run.
const DRAWS: u32 = 1_000;

/// The version of the lists.
pub(crate) const TABLE: u32 = 1;

/// RFC 2606, section 3: reserved for examples, and never anybody's.
const MAIL_DOMAINS: &[&str] = &["example.com", "example.net", "example.org"];

/// Four digits end the local part: two names alone would meet too often.
const MAIL_NUMBERS: u64 = 10_000;

#[cfg(test)]
mod tests;
