//! The short way of telephone numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{CallingCode, DIGIT_LIMIT, Phone, SEPARATORS, Side, TABLE};
use crate::crypto::cipher::{Short, ShortDomains};
use crate::crypto::domain::Domain;
use crate::format::FLOOR;
use crate::format::short::{Shortcut, Taken, byte, power, sixteen_digits};

/// Table 1, laid out for looking up.
#[derive(Debug)]
pub(super) struct Numbers {
    /// By the first three digits of a number, the place of its calling code; [`NONE`] if there is none.
    codes: [u16; 1000],
    plans: Vec<Plan>,
    /// For each domain, what the first digit can be, and how many digits follow it.
    kinds: Vec<(&'static [u8], usize)>,
    domains: ShortDomains,
}

/// The numbers behind a calling code.
#[derive(Debug)]
struct Plan {
    code: &'static CallingCode,
    /// For each digit its place among those that a national number can begin with; [`NOWHERE`] if it is none of them.
    places: [u8; 16],
    /// By the digits of a national number its domain; [`NONE`] if there is none, or one below the floor.
    domains: [u16; DIGIT_LIMIT + 1],
}

impl Numbers {
    fn of(codes: &'static [CallingCode]) -> Self {
        let (mut kinds, mut known) = (Vec::new(), HashMap::new());
        let mut plans = Vec::with_capacity(codes.len());
        for code in codes {
            let mut plan = Plan { code, places: [NOWHERE; 16], domains: [NONE; DIGIT_LIMIT + 1] };
            for (place, first) in (0..).zip(code.firsts) {
                plan.places[usize::from(first & 15)] = place;
            }
            for len in &code.lengths {
                let kind = (code.firsts, len - 1);
                if size(kind) < FLOOR || kind.1 > WHOLE {
                    continue;
                }
                plan.domains[*len] = *known.entry(kind).or_insert_with(|| {
                    kinds.push(kind);
                    u16::try_from(kinds.len() - 1).unwrap_or(NONE)
                });
            }
            plans.push(plan);
        }
        let last = |kind: &_| Domain::Ranked { last: (size(*kind) - 1).into() };
        let domains: Vec<Domain> = kinds.iter().map(last).collect();
        let domains = ShortDomains::new(&domains).expect("ranks below 10^17, none below the floor");
        Self { codes: places(codes), plans, kinds, domains }
    }

    /// The plan that the first digits of a number lead to.
    fn plan(&self, digits: &[u8; DIGIT_LIMIT]) -> Option<&Plan> {
        let [a, b, c, ..] = *digits;
        let first = [a, b, c].map(|digit| usize::from(digit & 15));
        let place = self.codes.get(100 * first[0] + 10 * first[1] + first[2])?;
        self.plans.get(usize::from(*place))
    }
}

/// How many numbers there are with such a first digit and so many after it.
fn size((firsts, rest): (&[u8], usize)) -> u128 {
    firsts.len() as u128 * 10_u128.pow(rest as u32)
}

/// For all that three digits can be, the place of the calling code that they begin with.
fn places(codes: &[CallingCode]) -> [u16; 1000] {
    let mut places = [NONE; 1000];
    for (place, code) in (0..).zip(codes) {
        let missing = 10_usize.pow(3_u32.saturating_sub(code.digits.len() as u32));
        let first = code.digits.parse::<usize>().unwrap_or(places.len()) * missing;
        places.iter_mut().skip(first).take(missing).for_each(|slot| *slot = place);
    }
    places
}

/// The digits of a number in ASCII, then zeros.
struct Digits {
    digits: [u8; DIGIT_LIMIT],
    len: usize,
}

impl Digits {
    /// `None` if there are too many, or a character is no digit and no separator.
    fn read(text: &[u8]) -> Option<Self> {
        let (mut digits, mut len, mut roles) = ([b'0'; DIGIT_LIMIT], 0, 0);
        for byte in text {
            let role = ROLES[usize::from(*byte)];
            *digits.get_mut(len)? = *byte;
            len += usize::from(role & DIGIT);
            roles |= role;
        }
        (roles < FOREIGN).then_some(Self { digits, len })
    }
}

impl Phone {
    /// How the digits of a text are to be read, and how many of them precede the national number.
    fn plan(&self, digits: &Digits, is_international: bool) -> Option<(&Plan, usize)> {
        if is_international {
            let plan = self.numbers.plan(&digits.digits)?;
            return Some((plan, plan.code.digits.len()));
        }
        let region = self.region?;
        let mut first = [b'0'; DIGIT_LIMIT];
        first.iter_mut().zip(region.code.bytes()).for_each(|(to, digit)| *to = digit);
        let plan = self.numbers.plan(&first)?;
        Some((plan, plan.code.prefix_len(region.prefix, &digits.digits[..digits.len])))
    }
}

impl Shortcut for Phone {
    fn domains(&self) -> &ShortDomains {
        &self.numbers.domains
    }

    fn read(&self, text: &str, _: Side, tweak: &mut Vec<u8>) -> Option<Taken> {
        let (is_international, rest) = match text.as_bytes() {
            [b'+', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let digits = Digits::read(rest)?;
        let (plan, before) = self.plan(&digits, is_international)?;
        let (first, rest) = digits.digits.get(before..digits.len)?.split_first()?;
        let domain = plan.domains[rest.len() + 1];
        let place = plan.places[usize::from(*first & 15)];
        if domain == NONE || place == NOWHERE {
            return None;
        }
        let number = rest.iter().fold(u64::from(place), |n, digit| n * 10 + u64::from(*digit & 15));
        tweak.extend_from_slice(plan.code.digits.as_bytes());
        Some(Taken { domain, halves: [0, number] })
    }

    fn write(&self, original: &str, payload: &Short, _: Side, out: &mut Vec<u8>) {
        let Some((firsts, rest)) = self.numbers.kinds.get(usize::from(payload.domain)) else {
            return;
        };
        let Some(block) = power(*rest) else { return };
        let (first, number) = block.div_rem(payload.halves[1]);
        let digits = sixteen_digits(number);
        // The national number is what stands at the end.
        let first = firsts.get(usize::from(byte(first)));
        let mut digits = digits[WHOLE - rest..].iter().rev().chain(first);
        let start = out.len();
        out.extend_from_slice(original.as_bytes());
        for place in out[start..].iter_mut().rev().filter(|byte| byte.is_ascii_digit()) {
            let Some(digit) = digits.next() else { return };
            *place = *digit;
        }
    }
}

/// What each byte is: [`DIGIT`], [`SEPARATOR`] or [`FOREIGN`].
const ROLES: [u8; 256] = {
    let mut roles = [FOREIGN; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        roles[digit as usize] = DIGIT;
        digit += 1;
    }
    let mut place = 0;
    while place < SEPARATORS.len() {
        roles[SEPARATORS[place] as usize] = SEPARATOR;
        place += 1;
    }
    roles
};
const DIGIT: u8 = 1;
const SEPARATOR: u8 = 2;
const FOREIGN: u8 = 4;

/// The most digits after the first of a national number.
const WHOLE: usize = 16;

const NONE: u16 = u16::MAX;
const NOWHERE: u8 = u8::MAX;

pub(super) static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| Numbers::of(&TABLE.codes));
