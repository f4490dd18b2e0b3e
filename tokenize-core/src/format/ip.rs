//! `ip`: IPv4 to IPv4, IPv6 to IPv6, canonical writing (5.8).

mod short;

use super::short::Shortcut;
use super::{Built, FormatOptions, Misfit, Parsed, Prefix, Rule, Scalar, Side, Written};
use crate::crypto::cipher::ShortDomains;
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

#[derive(Debug)]
struct Ip {
    prefix: Prefix,
    /// That of IPv4 addresses.
    domains: ShortDomains,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let prefix = options.prefix.unwrap_or(Prefix::Hide);
    Ok(Arc::new(Ip { prefix, domains: short::domains() }))
}

impl Ip {
    /// Whether an IPv6 address holds an IPv4 one and goes as it would.
    fn holds_v4(&self, address: Ipv6Addr) -> bool {
        self.prefix_preserving() && address.to_ipv4_mapped().is_some()
    }
}

/// The address that a scalar writes in the one way it is written here. The standard library prints IPv6 by RFC 5952.
fn read(scalar: Scalar<'_>) -> Result<IpAddr, Misfit> {
    let text = scalar.text()?;
    let address: IpAddr = text.parse().map_err(|_| Misfit)?;
    if address.to_string() == text { Ok(address) } else { Err(Misfit) }
}

impl Rule for Ip {
    fn name(&self) -> &'static str {
        "ip"
    }

    fn params(&self) -> Map<String, Value> {
        Map::from_iter([("prefix".to_owned(), self.prefix.name().into())])
    }

    fn shortcut(&self) -> Option<&dyn Shortcut> {
        Some(self)
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        Ok(match read(scalar)? {
            IpAddr::V4(address) => {
                Parsed::ranked(u128::from(address.to_bits()), V4_LAST, Vec::new())
            }
            IpAddr::V6(address) if self.holds_v4(address) => {
                Parsed::ranked(address.to_bits() - MAPPED, V4_LAST, Vec::new())
            }
            IpAddr::V6(address) => Parsed::ranked(address.to_bits(), u128::MAX, Vec::new()),
        })
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let address = match read(original)? {
            IpAddr::V4(_) => {
                let rank = payload.small_rank(V4_LAST)?;
                IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(rank).map_err(|_| Misfit)?))
            }
            IpAddr::V6(address) if self.holds_v4(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(MAPPED + payload.small_rank(V4_LAST)?))
            }
            IpAddr::V6(_) => {
                let address = Ipv6Addr::from_bits(payload.small_rank(u128::MAX)?);
                // It would be read back as the IPv4 address that it holds.
                if self.holds_v4(address) {
                    return Err(Misfit);
                }
                IpAddr::V6(address)
            }
        };
        Ok(Written::Text(address.to_string()))
    }

    fn prefix_preserving(&self) -> bool {
        self.prefix == Prefix::Preserve
    }
}

/// The largest IPv4 address as a rank.
const V4_LAST: u128 = 0xffff_ffff;

/// `::ffff:0:0`, where IPv6 holds the IPv4 addresses (RFC 4291, section 2.5.5.2).
const MAPPED: u128 = 0xffff_0000_0000;
