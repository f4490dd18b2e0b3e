//! `iban`: the account part by the country's structure, check digits made anew (5.6).

mod short;

use super::{Built, FormatOptions, Misfit, Parsed, Rule, Scalar, Shortcut, Side, Written};
use crate::checksum::iban::{Country, HEAD, LONGEST, Position, countries};
use crate::checksum::mod97;
use crate::crypto::domain::Payload;
use crate::crypto::natural::Natural;
use serde_json::{Map, Value};
use short::{ACCOUNTS, Accounts};
use std::sync::{Arc, LazyLock};

#[derive(Debug)]
struct Iban {
    /// For the short way.
    accounts: &'static Accounts,
}

/// An IBAN without separators whose check digits are right.
struct Account {
    country: &'static Country,
    /// The largest rank of an account of the country.
    last: &'static Natural,
    characters: Vec<u8>,
}

pub(super) fn build(_: &FormatOptions) -> Built {
    Ok(Arc::new(Iban { accounts: &ACCOUNTS }))
}

impl Position {
    fn radix(self) -> u64 {
        match self {
            Self::Any => 36,
            Self::Digit => 10,
            Self::Letter => 26,
        }
    }

    fn number(self, character: u8) -> Option<u64> {
        let number = match (self, character) {
            (Self::Any | Self::Digit, b'0'..=b'9') => character - b'0',
            (Self::Any, b'A'..=b'Z') => character - b'A' + 10,
            (Self::Letter, b'A'..=b'Z') => character - b'A',
            _ => return None,
        };
        Some(u64::from(number))
    }

    fn character(self, number: u64) -> Option<u8> {
        let number = u8::try_from(number).ok()?;
        match (self, number) {
            (Self::Any | Self::Digit, 0..10) => Some(b'0' + number),
            (Self::Any, 10..36) => Some(b'A' + number - 10),
            (Self::Letter, 0..26) => Some(b'A' + number),
            _ => None,
        }
    }
}

impl Account {
    fn read(text: &str) -> Result<Self, Misfit> {
        let mut characters = Vec::with_capacity(text.len().min(LONGEST));
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' if characters.len() < LONGEST => characters.push(byte),
                b' ' => {}
                _ => return Err(Misfit),
            }
        }
        let [a, b, c, d, account @ ..] = characters.as_slice() else { return Err(Misfit) };
        let (at, country) = Country::of([*a, *b]).ok_or(Misfit)?;
        let last = LAST.get(at).ok_or(Misfit)?;
        if account.len() != country.account.len()
            || mod97::check_digits(country.code, account) != Some([*c, *d])
        {
            return Err(Misfit);
        }
        Ok(Self { country, last, characters })
    }

    fn rank(&self) -> Result<Natural, Misfit> {
        let mut rank = Natural::ZERO;
        for (class, character) in self.country.account.iter().zip(self.characters.iter().skip(HEAD))
        {
            rank.mul_add(class.radix(), class.number(*character).ok_or(Misfit)?);
        }
        Ok(rank)
    }

    fn set_rank(&mut self, mut rank: Natural) -> Result<(), Misfit> {
        let (head, account) = self.characters.split_at_mut_checked(HEAD).ok_or(Misfit)?;
        for (class, character) in self.country.account.iter().zip(account.iter_mut()).rev() {
            *character = class.character(rank.div_rem(class.radix())).ok_or(Misfit)?;
        }
        let check = mod97::check_digits(self.country.code, account).ok_or(Misfit)?;
        head.iter_mut().skip(2).zip(check).for_each(|(character, digit)| *character = digit);
        Ok(())
    }
}

impl Rule for Iban {
    fn name(&self) -> &'static str {
        "iban"
    }

    fn params(&self) -> Map<String, Value> {
        Map::from_iter([("table".to_owned(), 1.into())])
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let account = Account::read(scalar.text()?)?;
        Ok(Parsed::ranked(account.rank()?, account.last.clone(), account.country.code.to_vec()))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let text = original.text()?;
        let mut account = Account::read(text)?;
        // Refuses what `parse` refuses: a character of another class.
        account.rank()?;
        account.set_rank(payload.rank(account.last)?.clone())?;
        let mut characters = account.characters.iter();
        let symbol = |symbol| {
            if symbol == ' ' {
                symbol
            } else {
                characters.next().map_or(symbol, |byte| char::from(*byte))
            }
        };
        Ok(Written::Text(text.chars().map(symbol).collect()))
    }

    fn tweaked(&self) -> bool {
        true
    }
}

/// For each country of the table the largest rank of an account.
static LAST: LazyLock<Vec<Natural>> = LazyLock::new(|| {
    let last = |country: &Country| {
        let mut last = Natural::ZERO;
        for position in &country.account {
            last.mul_add(position.radix(), position.radix() - 1);
        }
        last
    };
    countries().iter().map(last).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_goes_there_and_back() {
        for (country, last) in countries().iter().zip(LAST.iter()) {
            for rank in [Natural::ZERO, Natural::from(123_456), last.clone()] {
                let characters =
                    [country.code.as_slice(), &vec![b'0'; 2 + country.account.len()]].concat();
                let mut account = Account { country, last, characters };
                account.set_rank(rank.clone()).unwrap();
                let text = String::from_utf8(account.characters).unwrap();
                assert_eq!(Account::read(&text).unwrap().rank(), Ok(rank), "{text}");
            }
        }
    }
}
