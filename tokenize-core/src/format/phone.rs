//! `phone`: E.164, or national writing of a region; country code and length stay (5.7).

mod short;

use super::{
    Built, FormatFault, FormatOptions, FormatReason, Misfit, Parsed, Rule, Scalar, Shortcut, Side,
    Written, options,
};
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use short::{NUMBERS, Numbers};
use std::sync::{Arc, LazyLock};

#[derive(Debug)]
struct Phone {
    region: Option<&'static Region>,
    /// For the short way.
    numbers: &'static Numbers,
}

/// The numbers behind a calling code.
#[derive(Debug)]
struct CallingCode {
    digits: &'static str,
    /// What a national number can begin with, ascending.
    firsts: &'static [u8],
    /// How long a national number can be.
    lengths: Vec<usize>,
}

/// A region that writes numbers nationally.
#[derive(Debug)]
struct Region {
    name: &'static str,
    code: &'static str,
    /// What national writing puts before a number; may be empty.
    prefix: &'static str,
}

#[derive(Debug, Default)]
struct Table {
    codes: Vec<CallingCode>,
    regions: Vec<Region>,
}

/// A number taken apart.
struct Number {
    code: &'static CallingCode,
    /// How many digits precede the national number in the text.
    before: usize,
    national: Vec<u8>,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let region = match &options.region {
        None => None,
        Some(name) => {
            Some(TABLE.regions.iter().find(|region| region.name == name).ok_or_else(|| {
                let near = options::nearest(name, TABLE.regions.iter().map(|region| region.name));
                vec![FormatFault::new(
                    "region",
                    FormatReason::Region { region: name.clone(), near },
                )]
            })?)
        }
    };
    Ok(Arc::new(Phone { region, numbers: &NUMBERS }))
}

impl Phone {
    fn read(&self, text: &str) -> Result<Number, Misfit> {
        let mut digits = Vec::with_capacity(text.len().min(DIGIT_LIMIT));
        let (international, text) =
            text.strip_prefix('+').map_or((false, text), |text| (true, text));
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' if digits.len() < DIGIT_LIMIT => digits.push(byte),
                _ if SEPARATORS.contains(&byte) => {}
                _ => return Err(Misfit),
            }
        }
        let (code, before) = match self.region {
            _ if international => {
                let code = TABLE
                    .codes
                    .iter()
                    .find(|code| digits.starts_with(code.digits.as_bytes()))
                    .ok_or(Misfit)?;
                (code, code.digits.len())
            }
            Some(region) => {
                let code =
                    TABLE.codes.iter().find(|code| code.digits == region.code).ok_or(Misfit)?;
                (code, code.prefix_len(region.prefix, &digits))
            }
            None => return Err(Misfit),
        };
        let national = digits.split_off(before);
        let number = Number { code, before, national };
        if code.lengths.contains(&number.national.len()) { Ok(number) } else { Err(Misfit) }
    }
}

impl CallingCode {
    /// How many digits of national writing are its prefix.
    fn prefix_len(&self, prefix: &str, digits: &[u8]) -> usize {
        let Some(first) =
            prefix.as_bytes().first().filter(|_| digits.starts_with(prefix.as_bytes()))
        else {
            return 0;
        };
        if !self.firsts.contains(first) || !self.lengths.contains(&digits.len()) {
            prefix.len()
        } else {
            0
        }
    }
}

impl Number {
    /// How many numbers share the first digit.
    fn block(&self) -> Result<u128, Misfit> {
        let rest = self.national.len().checked_sub(1).and_then(|rest| u32::try_from(rest).ok());
        rest.and_then(|rest| 10_u128.checked_pow(rest)).ok_or(Misfit)
    }

    fn last(&self) -> Result<u128, Misfit> {
        let firsts = u128::try_from(self.code.firsts.len()).map_err(|_| Misfit)?;
        self.block()?.checked_mul(firsts).and_then(|size| size.checked_sub(1)).ok_or(Misfit)
    }

    fn rank(&self) -> Result<u128, Misfit> {
        let (first, rest) = self.national.split_first().ok_or(Misfit)?;
        let first = self.code.firsts.iter().position(|digit| digit == first).ok_or(Misfit)?;
        let start = u128::try_from(first).map_err(|_| Misfit)?;
        Ok(rest.iter().fold(start, |rank, digit| rank * 10 + u128::from(digit - b'0')))
    }

    /// The national number of a rank, in ASCII digits.
    fn unrank(&self, rank: u128) -> Result<Vec<u8>, Misfit> {
        let block = self.block()?;
        let first = usize::try_from(rank / block)
            .ok()
            .and_then(|first| self.code.firsts.get(first))
            .ok_or(Misfit)?;
        let mut digits = vec![*first];
        if self.national.len() > 1 {
            digits.extend(
                format!("{:0width$}", rank % block, width = self.national.len() - 1).bytes(),
            );
        }
        Ok(digits)
    }
}

impl Rule for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn params(&self) -> Map<String, Value> {
        Map::from_iter([("table".to_owned(), 1.into())])
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let number = self.read(scalar.text()?)?;
        Ok(Parsed::ranked(number.rank()?, number.last()?, number.code.digits.as_bytes().to_vec()))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let text = original.text()?;
        let number = self.read(text)?;
        // Refuses what `parse` refuses: a first digit that no number has.
        number.rank()?;
        let token = number.unrank(payload.small_rank(number.last()?)?)?;
        let mut digits = std::iter::repeat_n(None, number.before).chain(token.iter().map(Some));
        let symbol = |symbol: char| match symbol {
            '0'..='9' => digits.next().flatten().map_or(symbol, |digit| char::from(*digit)),
            _ => symbol,
        };
        Ok(Written::Text(text.chars().map(symbol).collect()))
    }

    fn tweaked(&self) -> bool {
        true
    }

    fn region(&self) -> Option<&str> {
        self.region.map(|region| region.name)
    }
}

impl Table {
    /// Takes in a line of the table: `code` or `region`, then what the structs hold, between tabs.
    fn add(&mut self, line: &'static str) -> Option<()> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        match field()? {
            "code" => {
                let (digits, firsts) = (field()?, field()?.as_bytes());
                let lengths = field()?.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
                self.codes.push(CallingCode { digits, firsts, lengths });
            }
            "region" => {
                self.regions.push(Region { name: field()?, code: field()?, prefix: field()? })
            }
            _ => return None,
        }
        field().is_none().then_some(())
    }
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/phone-1.tsv").lines().filter(|line| !line.starts_with('#'))
}

/// Table 1. No calling code is the beginning of another.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for line in lines() {
        // A test holds that every line can be read.
        let _ = table.add(line);
    }
    table
});

const SEPARATORS: &[u8] = b" -./()";

/// No number has more digits: the longest national number (17), and a calling code or national prefix before it.
const DIGIT_LIMIT: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let mut table = Table::default();
        for line in lines() {
            assert!(table.add(line).is_some(), "{line}");
        }
        assert_eq!(TABLE.codes.len() + TABLE.regions.len(), lines().count());
        for code in &TABLE.codes {
            assert!(code.digits.bytes().all(|digit| digit.is_ascii_digit()));
            assert!(!code.firsts.is_empty() && code.firsts.iter().all(u8::is_ascii_digit));
            assert!(code.firsts.windows(2).all(|pair| pair[0] < pair[1]), "{}", code.digits);
            assert!(
                code.lengths.iter().all(|len| *len >= 1 && len + code.digits.len() <= DIGIT_LIMIT)
            );
        }
        for region in &TABLE.regions {
            let code = TABLE.codes.iter().find(|code| code.digits == region.code).unwrap();
            assert!(
                code.lengths.iter().all(|len| len + region.prefix.len() <= DIGIT_LIMIT),
                "{}",
                region.name
            );
        }
    }

    #[test]
    fn no_calling_code_begins_another() {
        for (at, code) in TABLE.codes.iter().enumerate() {
            assert!(
                TABLE.codes.iter().skip(at + 1).all(|other| !other.digits.starts_with(code.digits)
                    && !code.digits.starts_with(other.digits))
            );
        }
    }

    #[test]
    fn broken_lines_are_not_read() {
        for line in [
            "",
            "code",
            "code\t1",
            "code\t1\t2",
            "code\t1\t2\tx",
            "code\t1\t2\t3\t4",
            "region\tUS\t1",
            "other\t1\t2\t3",
        ] {
            assert!(Table::default().add(line).is_none(), "{line}");
        }
    }
}
