//! `ip`: IPv4 to IPv4, IPv6 to IPv6, canonical writing (5.8).

use super::{Built, FormatOptions, Misfit, Parsed, Prefix, Rule, Scalar, Side, Written};
use crate::crypto::domain::Payload;
use serde_json::{Map, Value};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

#[derive(Debug)]
struct Ip {
    prefix: Prefix,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    Ok(Arc::new(Ip { prefix: options.prefix.unwrap_or(Prefix::Hide) }))
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

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        Ok(match read(scalar)? {
            IpAddr::V4(address) => Parsed::ranked(u128::from(address.to_bits()), u128::from(u32::MAX), Vec::new()),
            IpAddr::V6(address) => Parsed::ranked(address.to_bits(), u128::MAX, Vec::new()),
        })
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let address = match read(original)? {
            IpAddr::V4(_) => {
                let rank = payload.small_rank(u128::from(u32::MAX))?;
                IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(rank).map_err(|_| Misfit)?))
            }
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(payload.small_rank(u128::MAX)?)),
        };
        Ok(Written::Text(address.to_string()))
    }

    fn prefix_preserving(&self) -> bool {
        self.prefix == Prefix::Preserve
    }
}
