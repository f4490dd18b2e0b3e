use serde::Deserialize;

use super::*;
use crate::crypto::vectors::{hex, read, secret};

/// RFC 9180, Appendix A.2.1.
#[derive(Deserialize)]
#[expect(non_snake_case, reason = "the names of RFC 9180")]
struct Vector {
    info: String,
    ikmE: String,
    ikmR: String,
    pkRm: String,
    enc: String,
    encryptions: Vec<Encryption>,
}

#[derive(Deserialize)]
struct Encryption {
    sequence_number: u64,
    pt: String,
    aad: String,
    ct: String,
}

#[test]
fn rfc_9180_base_mode() {
    let vector: Vector = read("rfc9180-a2-base.json");
    let pair = KeyPair::derive(&secret(&vector.ikmR));
    assert_eq!(pair.public().as_slice(), hex(&vector.pkRm));

    let info = hex(&vector.info);
    let (enc, mut sender) = sender(pair.public(), &info, &secret(&vector.ikmE)).unwrap();
    assert_eq!(enc.as_slice(), hex(&vector.enc));
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&enc).unwrap();
    let mut receiver = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &pair.private,
        &encapsulated,
        &info,
    )
    .unwrap();
    let mut next = 0;
    let mut compared = 0;
    for encryption in &vector.encryptions {
        // The published ones are some of a sequence; what lies between only moves the counter.
        while next < encryption.sequence_number {
            let skipped = sender.seal(b"", b"").unwrap();
            receiver.open(&skipped, b"").unwrap();
            next += 1;
        }
        let (pt, aad, ct) = (hex(&encryption.pt), hex(&encryption.aad), hex(&encryption.ct));
        assert_eq!(sender.seal(&pt, &aad).unwrap(), ct);
        assert_eq!(receiver.open(&ct, &aad).unwrap(), pt);
        next += 1;
        compared += 1;
    }
    assert_eq!(compared, 6);
}

#[test]
fn what_is_sealed_opens_with_its_key_and_info_only() {
    let (pair, other) =
        (KeyPair::derive(&secret(&"11".repeat(32))), KeyPair::derive(&secret(&"12".repeat(32))));
    let message = secret(&"13".repeat(32));
    let sealed = seal(pair.public(), b"info", &message, &Secret::random().unwrap()).unwrap();
    assert_eq!(sealed.len(), 32 + 32 + 16);
    assert_eq!(pair.open(b"info", &sealed).unwrap().as_slice(), message.expose());
    assert!(other.open(b"info", &sealed).is_err());
    assert!(pair.open(b"other", &sealed).is_err());
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(pair.open(b"info", &altered).is_err(), "byte {at}");
        assert!(pair.open(b"info", &sealed[..at]).is_err(), "{at} bytes");
    }
    let again = seal(pair.public(), b"info", &message, &Secret::random().unwrap()).unwrap();
    assert_ne!(again, sealed);
}

#[test]
fn a_public_key_of_small_order_is_refused() {
    let zero = [0; PUBLIC_KEY];
    assert!(seal(&zero, b"", &Secret::random().unwrap(), &Secret::random().unwrap()).is_err());
}
