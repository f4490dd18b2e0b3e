//! `tokenize`: values and tokens of a format, through the permutation that their domain asks for.

mod numbers;
mod texts;

use std::net::{IpAddr, Ipv6Addr};

use arrow::datatypes::DataType;

use super::numbers::TreatNumbers;
use super::texts::TreatTexts;
use super::{ActionError, Reason, Treat, Treated};
use crate::column::cell::{Cell, Ticks, Value, ticks_of};
use crate::column::value_type;
use crate::crypto::cipher::{DomainFault, Lane, TokenCipher};
use crate::crypto::domain::{Direction as Cipher, Domain, Payload};
use crate::crypto::ipcrypt::IpcryptPfx;
use crate::crypto::kdf::Purpose;
use crate::crypto::natural::Natural;
use crate::format::{Format, Misfit, Parsed, Scalar, Side, Written};
use crate::json::canonical;
use crate::keys::RootKey;
use crate::plan::Direction;

/// The tokens of one column.
pub(super) struct Tokens {
    format: Format,
    permutation: Permutation,
    direction: Direction,
    /// Ticks of the column that comes out, where it counts ticks.
    ticks: Option<Ticks>,
}

enum Permutation {
    Cipher(TokenCipher),
    Prefix(IpcryptPfx),
}

impl Tokens {
    pub(super) fn new(
        key: &RootKey,
        format: &Format,
        domain: &str,
        to: &DataType,
        direction: Direction,
    ) -> Self {
        let params = canonical(&format.subkey_params());
        let parts: [&[u8]; 3] = [format.name().as_bytes(), params.as_bytes(), domain.as_bytes()];
        let prefix = format
            .prefix_preserving()
            .then(|| IpcryptPfx::new(&key.subkey(Purpose::TokenizeIpcryptPfx, &parts)));
        let permutation = match prefix {
            Some(Ok(prefix)) => Permutation::Prefix(prefix),
            // Equal halves of a 256-bit subkey do not occur (odds 2^-128); the cipher then refuses every value as out of its domain.
            _ => Permutation::Cipher(cipher(key, format, &params, domain)),
        };
        Self { format: format.clone(), permutation, direction, ticks: ticks_of(value_type(to)) }
    }

    fn sides(&self) -> (Side, Side) {
        match self.direction {
            Direction::Mask => (Side::Value, Side::Token),
            Direction::Unmask => (Side::Token, Side::Value),
        }
    }

    fn cipher_direction(&self) -> Cipher {
        match self.direction {
            Direction::Mask => Cipher::Encrypt,
            Direction::Unmask => Cipher::Decrypt,
        }
    }

    /// Permutes the payloads; a fault in place of those that have no image.
    fn permute(&self, parsed: &mut [Result<Parsed, Reason>]) {
        let direction = self.cipher_direction();
        match &self.permutation {
            Permutation::Cipher(cipher) => {
                let places: Vec<usize> = (0..parsed.len()).filter(|i| parsed[*i].is_ok()).collect();
                let mut lanes: Vec<Lane<'_>> = parsed.iter_mut().flatten().map(lane).collect();
                for fault in cipher.apply(direction, &mut lanes) {
                    let reason = match fault.fault {
                        DomainFault::BelowFloor { size } => Reason::DomainSize { size },
                        _ => Reason::Format,
                    };
                    parsed[places[fault.lane]] = Err(reason);
                }
            }
            Permutation::Prefix(prefix) => {
                let mut places = Vec::with_capacity(parsed.len());
                let mut addresses = Vec::with_capacity(parsed.len());
                for (place, parsed) in parsed.iter_mut().enumerate() {
                    match parsed.as_ref().map(address) {
                        Ok(Some(address)) => {
                            places.push(place);
                            addresses.push(address);
                        }
                        Ok(None) => *parsed = Err(Reason::Format),
                        Err(_) => {}
                    }
                }
                prefix.apply(direction, &mut addresses);
                for (place, address) in places.into_iter().zip(addresses) {
                    match (&mut parsed[place], payload(address)) {
                        (Ok(parsed), Some(payload)) => parsed.payload = payload,
                        (parsed, _) => *parsed = Err(Reason::Format),
                    }
                }
            }
        }
    }
}

impl Treat for Tokens {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let (read, written) = self.sides();
        let scalars: Vec<Option<Scalar<'_>>> = cells.iter().map(scalar).collect();
        let parse = |scalar: &Option<Scalar<'_>>| {
            let scalar = scalar.ok_or(Reason::Format)?;
            let too_few = || {
                self.format
                    .too_few(scalar, read)
                    .map_or(Reason::Format, |size| Reason::DomainSize { size })
            };
            self.format.parse(scalar, read).map_err(|Misfit| too_few())
        };
        let mut parsed: Vec<_> = scalars.iter().map(parse).collect();
        self.permute(&mut parsed);
        let render = |((cell, scalar), parsed): (
            (&Cell<'_>, Option<Scalar<'_>>),
            Result<Parsed, Reason>,
        )| {
            let original = scalar.ok_or(Reason::Format)?;
            let token = self
                .format
                .render(original, &parsed?.payload, written)
                .map_err(|Misfit| Reason::Format)?;
            value(token, cell, self.ticks).ok_or(Reason::Range)
        };
        Ok(cells.iter().zip(scalars).zip(parsed).map(render).collect())
    }

    fn texts(&self) -> Option<&dyn TreatTexts> {
        Some(self)
    }

    fn numbers(&self) -> Option<&dyn TreatNumbers> {
        self.format.span().map(|_| self as &dyn TreatNumbers)
    }
}

fn cipher(key: &RootKey, format: &Format, params: &str, domain: &str) -> TokenCipher {
    let ff1_key = key.subkey(
        Purpose::TokenizeFf1,
        &[format.name().as_bytes(), params.as_bytes(), domain.as_bytes()],
    );
    let (key, name, params, domain) =
        (key.clone(), format.name(), params.to_owned(), domain.to_owned());
    let permutation_key = move |size: u32| {
        let size = size.to_string();
        key.subkey(
            Purpose::TokenizePermutation,
            &[name.as_bytes(), params.as_bytes(), domain.as_bytes(), size.as_bytes()],
        )
    };
    TokenCipher::new(&ff1_key, permutation_key, format.permute())
}

fn lane(parsed: &mut Parsed) -> Lane<'_> {
    Lane { domain: &parsed.domain, tweak: &parsed.tweak, payload: &mut parsed.payload }
}

/// The address that a payload ranks. An IPv6 address never holds an IPv4 one here: the format ranks it as that.
fn address(parsed: &Parsed) -> Option<IpAddr> {
    let Payload::Rank(rank) = &parsed.payload else { return None };
    let rank = rank.to_u128()?;
    if parsed.domain == (Domain::Ranked { last: Natural::from(u128::from(u32::MAX)) }) {
        return Some(IpAddr::V4(u32::try_from(rank).ok()?.into()));
    }
    Some(IpAddr::V6(Ipv6Addr::from_bits(rank)))
}

/// The rank of an address. `None` if a plain IPv6 address has become an IPv4-mapped one.
fn payload(address: IpAddr) -> Option<Payload> {
    let rank = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => return None,
        IpAddr::V6(address) => address.to_bits(),
    };
    Some(Payload::Rank(Natural::from(rank)))
}

fn scalar<'a>(cell: &Cell<'a>) -> Option<Scalar<'a>> {
    Some(match cell {
        Cell::Text(text) => Scalar::Text(text),
        Cell::Int(number) => Scalar::Int(*number),
        Cell::Decimal(unscaled, scale) => Scalar::Decimal { unscaled: *unscaled, scale: *scale },
        Cell::Day(day) => Scalar::Day(i64::from(*day)),
        Cell::Instant(count, ticks) => Scalar::Day(count.div_euclid(ticks.per_day())),
        Cell::Bytes(bytes) => Scalar::Bytes((*bytes).try_into().ok()?),
        Cell::Bool(_) | Cell::Float32(_) | Cell::Float64(_) | Cell::Time(..) => return None,
    })
}

/// What was written, as a cell; the time of day of `original` stays.
fn value(written: Written, original: &Cell<'_>, to: Option<Ticks>) -> Option<Value> {
    Some(match written {
        Written::Text(text) => Value::Text(text),
        Written::Int(number) => Value::Int(number),
        Written::Decimal { unscaled, .. } => Value::Decimal(unscaled),
        Written::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Written::Day(day) => day_value(day, original, to)?,
    })
}

/// A day in the form of `original`, in the ticks of the column that comes out.
pub(super) fn day_value(day: i64, original: &Cell<'_>, to: Option<Ticks>) -> Option<Value> {
    match (original, to) {
        (Cell::Instant(count, from), Some(to)) => {
            let time_of_day = from.nanoseconds(count.rem_euclid(from.per_day()));
            let midnight =
                i128::from(day) * i128::from(crate::calendar::DAY_SECONDS) * 1_000_000_000;
            to.of_nanoseconds(midnight + time_of_day).map(Value::Ticks)
        }
        _ => i32::try_from(day).ok().map(Value::Day),
    }
}
