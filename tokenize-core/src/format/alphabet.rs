//! `digits`, `hex`, `letters`, `alphabet`: strings over an alphabet, any length, separators in place (5.1).

mod short;

use self::short::Ascii;
use super::short::Shortcut;
use super::{
    Built, Case, FormatFault, FormatOptions, FormatReason, Misfit, Parsed, Rule, Scalar, Side,
    Written, is_generic_separator,
};
use crate::crypto::domain::{Domain, Payload};
use serde_json::{Map, Value};
use std::sync::Arc;

/// An alphabet: distinct symbols in order.
#[derive(Debug)]
struct Alphabet {
    name: &'static str,
    params: Map<String, Value>,
    symbols: Vec<char>,
    /// What each ASCII character is.
    ascii: [Role; 128],
    /// The symbols beyond ASCII with their numbers, sorted.
    beyond: Vec<(char, u16)>,
    short: Option<Ascii>,
}

/// What a character is to a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Foreign,
    Separator,
    Symbol(u16),
}

pub(super) fn digits(_: &FormatOptions) -> Built {
    built("digits", Map::new(), DIGITS)
}

pub(super) fn hex(options: &FormatOptions) -> Built {
    let case = hex_case("hex", options)?;
    built(
        "hex",
        case_params(case),
        if case == Case::Upper { "0123456789ABCDEF" } else { "0123456789abcdef" },
    )
}

pub(super) fn letters(options: &FormatOptions) -> Built {
    let case = options.case.unwrap_or(Case::Any);
    let symbols = match case {
        Case::Any => [UPPER, LOWER].concat(),
        Case::Lower => LOWER.to_owned(),
        Case::Upper => UPPER.to_owned(),
    };
    built("letters", case_params(case), &symbols)
}

pub(super) fn custom(options: &FormatOptions) -> Built {
    let Some(symbols) = &options.alphabet else {
        return Err(vec![FormatFault::new(
            "alphabet",
            FormatReason::Missing { format: "alphabet" },
        )]);
    };
    built("alphabet", Map::from_iter([("alphabet".to_owned(), symbols.as_str().into())]), symbols)
}

/// The case of a format whose hexadecimal digits are of one case.
pub(super) fn hex_case(
    format: &'static str,
    options: &FormatOptions,
) -> Result<Case, Vec<FormatFault>> {
    match options.case.unwrap_or(Case::Lower) {
        Case::Any => {
            let reason = FormatReason::Choice {
                format,
                choice: Case::Any.name(),
                allowed: "`lower` or `upper`",
            };
            Err(vec![FormatFault::new("case", reason)])
        }
        case => Ok(case),
    }
}

pub(super) fn case_params(case: Case) -> Map<String, Value> {
    Map::from_iter([("case".to_owned(), case.name().into())])
}

fn built(name: &'static str, params: Map<String, Value>, symbols: &str) -> Built {
    let rule = Alphabet::new(name, params, symbols.chars().collect());
    match rule {
        Ok(rule) => Ok(Arc::new(rule)),
        Err(reasons) => {
            Err(reasons.into_iter().map(|reason| FormatFault::new("alphabet", reason)).collect())
        }
    }
}

impl Alphabet {
    fn new(
        name: &'static str,
        params: Map<String, Value>,
        symbols: Vec<char>,
    ) -> Result<Self, Vec<FormatReason>> {
        let mut ascii = [Role::Foreign; 128];
        for (byte, role) in (0..128).zip(&mut ascii) {
            if is_generic_separator(byte) {
                *role = Role::Separator;
            }
        }
        let mut reasons = Vec::new();
        if symbols.len() < 2 || symbols.len() > 1 << 16 {
            return Err(vec![FormatReason::AlphabetSize { symbols: symbols.len() }]);
        }
        let mut beyond = Vec::new();
        for (number, symbol) in (0..=u16::MAX).zip(&symbols) {
            if symbol.is_control() {
                reasons.push(FormatReason::AlphabetControl { position: usize::from(number) + 1 });
            } else if let Some(role) =
                usize::try_from(u32::from(*symbol)).ok().and_then(|code| ascii.get_mut(code))
            {
                if matches!(role, Role::Symbol(_)) {
                    reasons.push(FormatReason::AlphabetDuplicate { symbol: *symbol });
                }
                *role = Role::Symbol(number);
            } else {
                beyond.push((*symbol, number));
            }
        }
        beyond.sort_unstable();
        for pair in beyond.windows(2) {
            if let [(one, _), (other, _)] = pair
                && one == other
            {
                reasons.push(FormatReason::AlphabetDuplicate { symbol: *one });
            }
        }
        if reasons.is_empty() {
            let short = Ascii::new(&symbols, &ascii);
            Ok(Self { name, params, symbols, ascii, beyond, short })
        } else {
            Err(reasons)
        }
    }

    fn role(&self, symbol: char) -> Role {
        match usize::try_from(u32::from(symbol)).ok().and_then(|code| self.ascii.get(code)) {
            Some(role) => *role,
            None => match self.beyond.binary_search_by_key(&symbol, |(symbol, _)| *symbol) {
                Ok(at) => {
                    self.beyond.get(at).map_or(Role::Foreign, |(_, number)| Role::Symbol(*number))
                }
                Err(_) => Role::Foreign,
            },
        }
    }

    fn radix(&self) -> usize {
        self.symbols.len()
    }
}

impl Rule for Alphabet {
    fn name(&self) -> &'static str {
        self.name
    }

    fn params(&self) -> Map<String, Value> {
        self.params.clone()
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        self.short.as_ref().map(|short| short as &dyn Shortcut)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let text = scalar.text()?;
        let mut numerals = Vec::with_capacity(text.len());
        for symbol in text.chars() {
            match self.role(symbol) {
                Role::Foreign => return Err(Misfit),
                Role::Separator => {}
                Role::Symbol(number) => numerals.push(number),
            }
        }
        if numerals.is_empty() {
            return Err(Misfit);
        }
        let radix = u32::try_from(self.radix()).map_err(|_| Misfit)?;
        let domain = Domain::Direct { radix, len: numerals.len() };
        Ok(Parsed { domain, tweak: Vec::new(), payload: Payload::Numerals(numerals) })
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let original = original.text()?;
        let len =
            original.chars().filter(|symbol| matches!(self.role(*symbol), Role::Symbol(_))).count();
        let mut numerals = payload.numerals(self.radix(), len)?.iter();
        let mut text = String::with_capacity(original.len());
        for symbol in original.chars() {
            match self.role(symbol) {
                Role::Foreign => return Err(Misfit),
                Role::Separator => text.push(symbol),
                Role::Symbol(_) => {
                    let number = numerals.next().ok_or(Misfit)?;
                    text.push(*self.symbols.get(usize::from(*number)).ok_or(Misfit)?);
                }
            }
        }
        Ok(Written::Text(text))
    }
}

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
