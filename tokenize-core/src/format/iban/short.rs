//! The short way of account numbers, for countries whose accounts are two numbers of at most 63 bits.

use std::sync::LazyLock;

use super::{Iban, LAST, Side};
use crate::checksum::iban::{Country, HEAD, LONGEST, Position, countries};
use crate::checksum::mod97;
use crate::crypto::cipher::{Short, ShortDomains, split};
use crate::crypto::domain::Domain;
use crate::crypto::ff1::Modulus;
use crate::format::short::{Shortcut, Taken};

/// The countries of the table.
#[derive(Debug)]
pub(super) struct Accounts {
    /// For each country how its accounts are cut in two, if they are short enough.
    cuts: Vec<Option<Cut>>,
    /// For each domain its country.
    countries: Vec<usize>,
    domains: ShortDomains,
}

/// An account as two numbers.
#[derive(Debug)]
struct Cut {
    domain: u16,
    /// How many positions the first number has.
    at: usize,
    /// How many second numbers there are.
    behind: Modulus,
}

impl Accounts {
    fn new() -> Self {
        let (mut domains, mut of) = (Vec::new(), Vec::new());
        let cut = |(place, country): (usize, &Country)| {
            let (at, behind) = cut(&country.account)?;
            let domain = Domain::Ranked { last: LAST.get(place)?.clone() };
            ShortDomains::new(std::slice::from_ref(&domain))?;
            domains.push(domain);
            of.push(place);
            Some(Cut { domain: u16::try_from(of.len() - 1).ok()?, at, behind })
        };
        let cuts = countries().iter().enumerate().map(cut).collect();
        let domains = ShortDomains::new(&domains).expect("each of them is a short one");
        Self { cuts, countries: of, domains }
    }
}

/// Cuts an account so that the second number is as large as it can be; `None` if the first one is too large then.
fn cut(account: &[Position]) -> Option<(usize, Modulus)> {
    let (mut at, mut behind) = (account.len(), 1);
    for position in account.iter().rev() {
        let size = behind * u128::from(position.radix());
        if size > LARGEST {
            break;
        }
        (at, behind) = (at - 1, size);
    }
    let before = account[..at].iter().try_fold(1_u128, |size, position| {
        Some(size * u128::from(position.radix())).filter(|size| *size <= LARGEST)
    });
    before.and(Some((at, Modulus::new(behind)?)))
}

/// The number of some positions of an account; `None` if a character is of another class.
fn read(positions: &[Position], characters: &[u8]) -> Option<u64> {
    positions.iter().zip(characters).try_fold(0, |number, (position, character)| {
        Some(number * position.radix() + position.number(*character)?)
    })
}

/// The way back from [`read`].
fn write(positions: &[Position], mut number: u64, characters: &mut [u8]) {
    for (position, character) in positions.iter().zip(characters).rev() {
        let (rest, value) = match position {
            Position::Any => (number / 36, number % 36),
            Position::Digit => (number / 10, number % 10),
            Position::Letter => (number / 26, number % 26),
        };
        *character = position.character(value).unwrap_or(*character);
        number = rest;
    }
}

impl Shortcut for Iban {
    fn domains(&self) -> &ShortDomains {
        &self.accounts.domains
    }

    fn read(&self, text: &str, _: Side, tweak: &mut Vec<u8>) -> Option<Taken> {
        let (mut characters, mut len) = ([0; LONGEST], 0);
        for byte in text.bytes().filter(|byte| *byte != b' ') {
            *characters.get_mut(len)? = byte;
            len += 1;
        }
        let ([a, b, c, d], account) = characters[..len].split_first_chunk::<HEAD>()?;
        let (place, country) = Country::of([*a, *b])?;
        let Cut { domain, at, behind } = self.accounts.cuts.get(place)?.as_ref()?;
        if account.len() != country.account.len() {
            return None;
        }
        let (positions, characters) = (country.account.split_at(*at), account.split_at(*at));
        let first = read(positions.0, characters.0)?;
        let last = read(positions.1, characters.1)?;
        if mod97::check_digits(country.code, account) != Some([*c, *d]) {
            return None;
        }
        tweak.extend(country.code);
        let rank = u128::from(first) * u128::from(behind.get()) + u128::from(last);
        Some(Taken { domain: *domain, halves: split(rank) })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let Some(place) = self.accounts.countries.get(usize::from(payload.domain)) else { return };
        let Some(Some(Cut { at, behind, .. })) = self.accounts.cuts.get(*place) else { return };
        let Some(country) = countries().get(*place) else { return };
        let mut characters = [0; LONGEST];
        let (head, account) = characters.split_at_mut(HEAD);
        let account = &mut account[..country.account.len()];
        let (positions, (front, back)) = (country.account.split_at(*at), account.split_at_mut(*at));
        let (first, last) = behind.div_rem_longer(payload.rank());
        write(positions.0, first, front);
        write(positions.1, last, back);
        let check = mod97::check_digits(country.code, account).unwrap_or_default();
        head[..2].copy_from_slice(&country.code);
        head[2..].copy_from_slice(&check);
        let characters = &characters[..HEAD + country.account.len()];
        if characters.len() == original.len() {
            return out.extend_from_slice(characters);
        }
        let mut characters = characters.iter();
        out.extend(original.bytes().map(|byte| match byte {
            b' ' => byte,
            _ => characters.next().copied().unwrap_or(byte),
        }));
    }
}

/// The most numbers of a part, so that a quotient by the second one has 64 bits.
const LARGEST: u128 = 1 << 63;

pub(super) static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(Accounts::new);
