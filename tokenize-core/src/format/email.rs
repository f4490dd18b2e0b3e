//! `email`: letters and digits of the local part change, all else stays (5.3).

mod rank;
mod short;

use super::short::Shortcut;
use super::{Built, FormatOptions, Misfit, Parsed, Rule, Scalar, Side, Written};
use crate::crypto::cipher::ShortDomains;
use crate::crypto::domain::{Domain, Payload};
use crate::crypto::natural::Natural;
use rank::Class;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
struct Email {
    domains: ShortDomains,
}

/// An address taken apart.
struct Address<'a> {
    class: Class,
    /// The letters and digits of the local part, as numbers.
    payload: Vec<u8>,
    /// The other characters of the local part, each with the number of letters and digits before it.
    separators: Vec<(u8, usize)>,
    mail_domain: &'a str,
}

pub(super) fn build(_: &FormatOptions) -> Built {
    Ok(Arc::new(Email { domains: short::domains() }))
}

impl<'a> Address<'a> {
    fn read(text: &'a str) -> Result<Self, Misfit> {
        let (local, mail_domain) = text.split_once('@').ok_or(Misfit)?;
        if local.is_empty() || local.len() > LOCAL_LIMIT || !is_mail_domain(mail_domain) {
            return Err(Misfit);
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(Misfit);
        }
        let (mut payload, mut separators) = (Vec::with_capacity(local.len()), Vec::new());
        for byte in local.bytes() {
            match rank::number(byte) {
                Some(number) => payload.push(number),
                None if b"._-+".contains(&byte) => separators.push((byte, payload.len())),
                None => return Err(Misfit),
            }
        }
        let class = if payload.iter().any(|number| *number >= rank::SMALL) {
            Class::Mixed
        } else {
            Class::Lower
        };
        if payload.is_empty() || (payload.len() <= SHORT && separators.len() + SHORT > LOCAL_LIMIT)
        {
            return Err(Misfit);
        }
        Ok(Self { class, payload, separators, mail_domain })
    }

    fn tweak(&self) -> Vec<u8> {
        let mut tweak = vec![self.class.letter()];
        for (separator, position) in &self.separators {
            tweak.push(*separator);
            tweak.extend(position.to_string().bytes());
        }
        tweak.push(b'@');
        tweak.extend(self.mail_domain.bytes().map(|byte| byte.to_ascii_lowercase()));
        tweak
    }

    /// The shortest payload that the separators leave room for.
    fn shortest(&self) -> usize {
        self.separators
            .last()
            .map_or(1, |(separator, position)| (position + usize::from(*separator == b'.')).max(1))
    }

    fn domain(&self) -> Domain {
        let len = self.payload.len();
        match self.class {
            Class::Lower if len > SHORT => Domain::Direct { radix: u32::from(rank::SMALL), len },
            Class::Mixed if len > SHORT => {
                Domain::Ranked { last: last(rank::count(self.class, len)) }
            }
            _ => {
                let mut size = Natural::ZERO;
                (self.shortest()..=SHORT).for_each(|len| size.add(&rank::count(self.class, len)));
                Domain::Ranked { last: last(size) }
            }
        }
    }

    fn to_payload(&self) -> Payload {
        let len = self.payload.len();
        if self.class == Class::Lower && len > SHORT {
            return Payload::Numerals(
                self.payload.iter().map(|number| u16::from(*number)).collect(),
            );
        }
        let mut number = rank::rank(self.class, &self.payload);
        if len <= SHORT {
            (self.shortest()..len)
                .for_each(|shorter| number.add(&rank::count(self.class, shorter)));
        }
        Payload::Rank(number)
    }

    /// The letters and digits that a payload of this address's domain stands for.
    fn symbols_of(&self, payload: &Payload) -> Result<Vec<u8>, Misfit> {
        let len = self.payload.len();
        let last = match self.domain() {
            Domain::Direct { .. } => {
                let numerals = payload.numerals(usize::from(rank::SMALL), len)?;
                return numerals
                    .iter()
                    .map(|numeral| u8::try_from(*numeral).map_err(|_| Misfit))
                    .collect();
            }
            Domain::Ranked { last } => last,
        };
        let mut number = payload.rank(&last)?.clone();
        if len > SHORT {
            return Ok(rank::unrank(self.class, number, len));
        }
        for len in self.shortest()..=SHORT {
            match number.checked_sub(&rank::count(self.class, len)) {
                Some(rest) => number = rest,
                None => return Ok(rank::unrank(self.class, number, len)),
            }
        }
        Err(Misfit)
    }

    /// The address with another payload, which may have another length.
    fn write(&self, payload: &[u8]) -> String {
        let mut text = String::with_capacity(
            payload.len() + self.separators.len() + 1 + self.mail_domain.len(),
        );
        let mut separators = self.separators.iter().peekable();
        for place in 0..=payload.len() {
            while let Some((separator, _)) = separators.next_if(|(_, position)| *position == place)
            {
                text.push(char::from(*separator));
            }
            text.extend(payload.get(place).map(|number| char::from(rank::character(*number))));
        }
        text.push('@');
        text.push_str(self.mail_domain);
        text
    }
}

fn last(size: Natural) -> Natural {
    size.checked_sub(&Natural::ONE).unwrap_or(size)
}

/// Labels between points, international ones too. No second `@` can be among them.
fn is_mail_domain(text: &str) -> bool {
    text.len() <= DOMAIN_LIMIT && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let fits = |symbol: char| match symbol {
        '-' | '_' => true,
        _ if symbol.is_ascii() => symbol.is_ascii_alphanumeric(),
        _ => !symbol.is_whitespace() && !symbol.is_control(),
    };
    let edged = label.starts_with('-') || label.ends_with('-');
    !label.is_empty() && !edged && label.chars().all(fits) && label.chars().count() <= LABEL_LIMIT
}

impl Rule for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn params(&self) -> Map<String, Value> {
        Map::new()
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let address = Address::read(scalar.text()?)?;
        Ok(Parsed {
            domain: address.domain(),
            tweak: address.tweak(),
            payload: address.to_payload(),
        })
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let address = Address::read(original.text()?)?;
        let payload = address.symbols_of(payload)?;
        Ok(Written::Text(address.write(&payload)))
    }

    fn tweaked(&self) -> bool {
        true
    }
}

/// RFC 5321, section 4.5.3.1.
const LOCAL_LIMIT: usize = 64;
const DOMAIN_LIMIT: usize = 255;

/// RFC 1035, section 2.3.4.
const LABEL_LIMIT: usize = 63;

/// Payloads up to this length are ranked together.
const SHORT: usize = 4;
