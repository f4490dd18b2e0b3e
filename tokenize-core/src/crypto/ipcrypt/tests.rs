//! The published vectors of ipcrypt-pfx, and its properties.

use super::*;
use crate::crypto::vectors::{counting_secret, secret};

const FIRST: &str = "0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301";
const SECOND: &str = "2b7e151628aed2a6abf7158809cf4f3ca9f5ba40db214c3798f2e1c23456789a";

/// draft-denis-ipcrypt, "Test Vectors", ipcrypt-pfx.
const VECTORS: [(&str, &str, &str); 16] = [
    (FIRST, "0.0.0.0", "151.82.155.134"),
    (FIRST, "255.255.255.255", "94.185.169.89"),
    (FIRST, "192.0.2.1", "100.115.72.131"),
    (FIRST, "2001:db8::1", "c180:5dd4:2587:3524:30ab:fa65:6ab6:f88"),
    (SECOND, "10.0.0.47", "19.214.210.244"),
    (SECOND, "10.0.0.129", "19.214.210.80"),
    (SECOND, "10.0.0.234", "19.214.210.30"),
    (SECOND, "172.16.5.193", "210.78.229.136"),
    (SECOND, "172.16.97.42", "210.78.179.241"),
    (SECOND, "172.16.248.177", "210.78.121.215"),
    (SECOND, "2001:db8::a5c9:4e2f:bb91:5a7d", "7cec:702c:1243:f70:1956:125:b9bd:1aba"),
    (SECOND, "2001:db8::7234:d8f1:3c6e:9a52", "7cec:702c:1243:f70:a3ef:c8e:95c1:cd0d"),
    (SECOND, "2001:db8::f1e0:937b:26d4:8c1a", "7cec:702c:1243:f70:443c:c8e:6a62:b64d"),
    (SECOND, "2001:db8:3a5c:0:e7d1:4b9f:2c8a:f673", "7cec:702c:3503:bef:e616:96bd:be33:a9b9"),
    (SECOND, "2001:db8:9f27:0:b4e2:7a3d:5f91:c8e6", "7cec:702c:a504:b74e:194a:3d90:b047:2d1a"),
    (SECOND, "2001:db8:d8b4:0:193c:a5e7:8b2f:46d1", "7cec:702c:f840:aa67:1b8:e84f:ac9d:77fb"),
];

fn one(cipher: &IpcryptPfx, direction: Direction, address: IpAddr) -> IpAddr {
    let mut addresses = [address];
    cipher.apply(direction, &mut addresses);
    addresses[0]
}

/// More rows than go through AES together, both kinds mixed.
#[test]
fn rows_do_not_depend_on_each_other() {
    let cipher = IpcryptPfx::new(&counting_secret(3)).unwrap();
    let address = |i: u32| match i % 3 {
        0 => Ipv6Addr::from(u128::from(i).wrapping_mul(u128::MAX / 7)).into(),
        1 => Ipv4Addr::from(i.wrapping_mul(2_654_435_761)).to_ipv6_mapped().into(),
        _ => IpAddr::from(Ipv4Addr::from(i.wrapping_mul(2_654_435_761))),
    };
    let plain: Vec<IpAddr> = (0..700).map(address).collect();
    let mut together = plain.clone();
    cipher.apply(Direction::Encrypt, &mut together);
    let alone: Vec<_> =
        plain.iter().map(|plain| one(&cipher, Direction::Encrypt, *plain)).collect();
    assert_eq!(together, alone);
    cipher.apply(Direction::Decrypt, &mut together);
    assert_eq!(together, plain);
}

#[test]
fn published() {
    for (key, plain, token) in VECTORS {
        let cipher = IpcryptPfx::new(&secret(key)).unwrap();
        let (plain, token): (IpAddr, IpAddr) = (plain.parse().unwrap(), token.parse().unwrap());
        assert_eq!(one(&cipher, Direction::Encrypt, plain), token);
        assert_eq!(one(&cipher, Direction::Decrypt, token), plain);
    }
}

#[test]
fn a_mapped_address_stays_mapped_and_shares_the_token() {
    let cipher = IpcryptPfx::new(&counting_secret(1)).unwrap();
    let address = Ipv4Addr::new(192, 0, 2, 77);
    let IpAddr::V4(token) = one(&cipher, Direction::Encrypt, address.into()) else {
        panic!("IPv4 became IPv6")
    };
    let mapped = one(&cipher, Direction::Encrypt, address.to_ipv6_mapped().into());
    assert_eq!(mapped, IpAddr::V6(token.to_ipv6_mapped()));
    let clear = one(&cipher, Direction::Decrypt, mapped);
    assert_eq!(clear, IpAddr::V6(address.to_ipv6_mapped()));
}

#[test]
fn exactly_the_common_prefix_is_kept() {
    let cipher = IpcryptPfx::new(&counting_secret(2)).unwrap();
    let address = 0x2001_0db8_1234_5678_9abc_def0_1122_3344_u128;
    let token =
        |address: u128| match one(&cipher, Direction::Encrypt, Ipv6Addr::from(address).into()) {
            IpAddr::V4(_) => panic!("IPv6 became IPv4"),
            IpAddr::V6(token) => token.to_bits(),
        };
    for length in 0..128 {
        let other = address ^ (1 << (127 - length));
        assert_eq!((token(address) ^ token(other)).leading_zeros(), length);
    }
}

#[test]
fn equal_halves_are_refused() {
    assert_eq!(IpcryptPfx::new(&Secret::take(&mut [9; 32])).err(), Some(EqualHalves));
}
