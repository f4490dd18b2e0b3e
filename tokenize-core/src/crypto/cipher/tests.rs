//! The choice among permutations, batches, walks and faults.

use proptest::prelude::*;

use super::*;
use crate::crypto::kdf::{Purpose, subkey};
use crate::crypto::vectors::counting_secret;

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<TokenCipher>();
};

fn cipher(permute: bool) -> TokenCipher {
    let size_key = |size: u32| {
        subkey(
            &counting_secret(7),
            Purpose::TokenizePermutation,
            &[b"digits", b"{}", b"d", size.to_string().as_bytes()],
        )
    };
    TokenCipher::new(&counting_secret(0), size_key, permute)
}

fn direct(radix: u32, len: usize) -> Domain {
    Domain::Direct { radix, len }
}

fn ranked(last: u128) -> Domain {
    Domain::Ranked { last: Natural::from(last) }
}

fn rank(rank: u128) -> Payload {
    Payload::Rank(Natural::from(rank))
}

struct Row {
    domain: Domain,
    tweak: Vec<u8>,
    payload: Payload,
}

fn row(domain: Domain, tweak: &[u8], payload: Payload) -> Row {
    Row { domain, tweak: tweak.to_vec(), payload }
}

fn apply(cipher: &TokenCipher, direction: Direction, rows: &mut [Row]) -> Vec<LaneFault> {
    let lanes = rows.iter_mut().map(|row| Lane {
        domain: &row.domain,
        tweak: &row.tweak,
        payload: &mut row.payload,
    });
    cipher.apply(direction, &mut lanes.collect::<Vec<_>>())
}

fn payloads(rows: &[Row]) -> Vec<Payload> {
    rows.iter().map(|row| row.payload.clone()).collect()
}

/// A member of `domain`, chosen by `seed`.
fn member(domain: &Domain, seed: u64) -> Payload {
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < 8200 {
        let start = bytes.len().to_be_bytes();
        bytes.extend(crate::crypto::prf::sha256(&[&seed.to_be_bytes()[..], &start].concat()));
    }
    match domain {
        Domain::Direct { radix, len } => {
            let numeral = |pair: &[u8]| {
                u16::try_from(u32::from(u16::from_be_bytes([pair[0], pair[1]])) % radix).unwrap()
            };
            Payload::Numerals(bytes.chunks_exact(2).take(*len).map(numeral).collect())
        }
        Domain::Ranked { last } => {
            let mut rank = Natural::from_be_bytes(&bytes[..last.bit_len().div_ceil(8)]);
            while rank > *last {
                rank.div_rem(2);
            }
            Payload::Rank(rank)
        }
    }
}

/// Domains of every kind, with the tweaks that they may have.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let domains = [
        (direct(10, 9), true),
        (direct(36, 80), true),
        (direct(65_536, 2), true),
        (direct(10, 4), false),
        (direct(2, 1), false),
        (ranked(999_999), true),
        (ranked(888_931_097), true),
        (ranked(u128::from(u32::MAX)), true),
        (ranked(u128::MAX), true),
        (Domain::Ranked { last: Natural::power(62, 40) }, true),
        (Domain::Ranked { last: Natural::power(10, 300) }, true),
        (ranked(999_998), false),
        (ranked(0), false),
    ];
    for seed in 0..6 {
        for (domain, tweaked) in &domains {
            for tweak in [&b""[..], b"abc", b"abd", b"a long tweak of more than sixteen bytes"] {
                if *tweaked || tweak.is_empty() {
                    rows.push(row(domain.clone(), tweak, member(domain, seed)));
                }
            }
        }
    }
    rows
}

#[test]
fn mixed_lanes_come_back_and_do_not_depend_on_the_batch() {
    let cipher = cipher(true);
    let mut together = rows();
    let plain = payloads(&together);
    assert_eq!(apply(&cipher, Direction::Encrypt, &mut together), []);
    assert_ne!(payloads(&together), plain);
    let mut alone = rows();
    alone.iter_mut().for_each(|row| {
        assert_eq!(apply(&cipher, Direction::Encrypt, std::slice::from_mut(row)), [])
    });
    assert_eq!(payloads(&alone), payloads(&together));
    let mut backwards = rows();
    backwards.reverse();
    assert_eq!(apply(&self::cipher(true), Direction::Encrypt, &mut backwards), []);
    backwards.reverse();
    assert_eq!(payloads(&backwards), payloads(&together));
    assert!(together.iter().all(|row| contains(&row.domain, &row.payload)));
    assert_eq!(apply(&cipher, Direction::Decrypt, &mut together), []);
    assert_eq!(payloads(&together), plain);
}

#[test]
fn tweaks_matter() {
    let cipher = cipher(false);
    let mut rows: Vec<Row> =
        [b"a", b"b"].map(|tweak| row(direct(10, 12), tweak, Payload::Numerals(vec![1; 12]))).into();
    assert_eq!(apply(&cipher, Direction::Encrypt, &mut rows), []);
    assert_ne!(rows[0].payload, rows[1].payload);
}

/// Walks one rank with FF1 on its binary numerals, as `docs/format.md`, section 4.2, says.
fn walk(last: &Natural, tweak: &[u8], rank: &Natural) -> Natural {
    let width = last.bit_len();
    let shape = Shape::new(2, width).unwrap();
    let ff1 = Ff1::aes256(&counting_secret(0));
    let mut number = rank.clone();
    let mut numerals: Vec<u16> =
        (0..width).map(|_| u16::try_from(number.div_rem(2)).unwrap()).collect();
    numerals.reverse();
    loop {
        ff1.encrypt(&shape, tweak, &mut numerals).unwrap();
        let mut image = Natural::ZERO;
        numerals.iter().for_each(|numeral| image.mul_add(2, u64::from(*numeral)));
        if image <= *last {
            return image;
        }
    }
}

#[test]
fn walks_are_as_documented() {
    let cipher = cipher(false);
    let lasts = [
        Natural::from(999_999),
        Natural::from(1 << 20),
        Natural::from((1 << 64) + 5),
        Natural::from(1 << 127),
        Natural::power(2, 128),
        Natural::power(2, 253),
        Natural::power(2, 254),
        Natural::power(2, 255),
        Natural::power(36, 60),
    ];
    for last in lasts {
        for seed in 0..4 {
            let domain = Domain::Ranked { last: last.clone() };
            let Payload::Rank(plain) = member(&domain, seed) else {
                panic!("a rank was asked for")
            };
            let mut rows = [row(domain, b"tweak", Payload::Rank(plain.clone()))];
            assert_eq!(apply(&cipher, Direction::Encrypt, &mut rows), []);
            assert_eq!(rows[0].payload, Payload::Rank(walk(&last, b"tweak", &plain)));
        }
    }
}

#[test]
fn a_ranked_bijection_at_the_floor() {
    let cipher = cipher(false);
    let domain = ranked(u128::from(FLOOR) - 1);
    let mut payloads: Vec<Payload> = (0..u128::from(FLOOR)).map(rank).collect();
    let mut run = |direction| {
        let mut lanes: Vec<Lane<'_>> = payloads
            .iter_mut()
            .map(|payload| Lane { domain: &domain, tweak: b"", payload })
            .collect();
        assert_eq!(cipher.apply(direction, &mut lanes), []);
        let value = |lane: &Lane<'_>| match &*lane.payload {
            Payload::Rank(rank) => usize::try_from(rank.to_u128().unwrap()).unwrap(),
            Payload::Numerals(_) => panic!("a rank became numerals"),
        };
        lanes.iter().map(value).collect::<Vec<usize>>()
    };
    let mut seen = vec![false; FLOOR as usize];
    run(Direction::Encrypt)
        .iter()
        .for_each(|image| assert!(!std::mem::replace(&mut seen[*image], true)));
    assert!(run(Direction::Decrypt).into_iter().eq(0..FLOOR as usize));
}

#[test]
fn the_shuffle_is_a_table_over_all_values() {
    let cipher = cipher(true);
    let mut rows: Vec<Row> = (0..100)
        .map(|value| row(direct(10, 2), b"", Payload::Numerals(vec![value / 10, value % 10])))
        .collect();
    let plain = payloads(&rows);
    assert_eq!(apply(&cipher, Direction::Encrypt, &mut rows), []);
    let permutation = Permutation::new(&(cipher.permutation_key)(100), 100).unwrap();
    for (value, row) in (0..).zip(&rows) {
        let image = u16::try_from(permutation.apply(Direction::Encrypt, value).unwrap()).unwrap();
        assert_eq!(row.payload, Payload::Numerals(vec![image / 10, image % 10]));
    }
    assert_eq!(apply(&cipher, Direction::Decrypt, &mut rows), []);
    assert_eq!(payloads(&rows), plain);
    assert_eq!(cipher.permutations.read().unwrap().len(), 1);
}

#[test]
fn domains_are_checked() {
    let check =
        |domain: Domain, refuse: Result<(), DomainFault>, permute: Result<(), DomainFault>| {
            assert_eq!(check_domain(&domain, false), refuse, "{domain:?}");
            assert_eq!(check_domain(&domain, true), permute, "{domain:?}");
        };
    let small = |size| Err(DomainFault::BelowFloor { size });
    let long = |length| Err(DomainFault::TooLong { length, max: 4096 });
    check(direct(10, 6), Ok(()), Ok(()));
    check(direct(10, 5), small(100_000), Ok(()));
    check(direct(999, 2), small(998_001), Ok(()));
    check(direct(1, 4000), small(1), Ok(()));
    check(direct(65_536, 2), Ok(()), Ok(()));
    check(direct(65_536, 1), small(65_536), Ok(()));
    check(
        direct(65_537, 2),
        Err(DomainFault::Radix { radix: 65_537 }),
        Err(DomainFault::Radix { radix: 65_537 }),
    );
    check(direct(10, 4096), Ok(()), Ok(()));
    check(direct(10, 4097), long(4097), long(4097));
    check(ranked(999_998), small(999_999), Ok(()));
    check(ranked(999_999), Ok(()), Ok(()));
    check(ranked(0), small(1), Ok(()));
    let last = Natural::power(2, 4096).checked_sub(&Natural::ONE).unwrap();
    check(Domain::Ranked { last }, Ok(()), Ok(()));
    check(Domain::Ranked { last: Natural::power(2, 4096) }, long(4097), long(4097));
    let message = DomainFault::BelowFloor { size: 100_000 }.to_string();
    assert_eq!(message, "there are only 100000 such values; at least 1,000,000 are needed");
}

#[test]
fn faults_name_their_lanes_and_leave_the_payload() {
    let numerals = |len| Payload::Numerals(vec![1; len]);
    let cases = [
        (direct(10, 9), &b""[..], numerals(9), None),
        (direct(10, 4), b"", numerals(4), Some(DomainFault::BelowFloor { size: 10_000 })),
        (direct(10, 9), b"", numerals(8), Some(DomainFault::Outside)),
        (direct(10, 9), b"", Payload::Numerals(vec![10; 9]), Some(DomainFault::Outside)),
        (direct(10, 9), b"", rank(3), Some(DomainFault::Outside)),
        (ranked(2_000_000), b"t", rank(2_000_001), Some(DomainFault::Outside)),
        (ranked(2_000_000), b"t", rank(2_000_000), None),
        (ranked(2_000_000), b"t", numerals(9), Some(DomainFault::Outside)),
        (
            direct(10, 5000),
            b"",
            numerals(5000),
            Some(DomainFault::TooLong { length: 5000, max: 4096 }),
        ),
    ];
    let mut rows: Vec<Row> = cases
        .iter()
        .map(|(domain, tweak, payload, _)| row(domain.clone(), tweak, payload.clone()))
        .collect();
    let faults = apply(&cipher(false), Direction::Encrypt, &mut rows);
    let expected = cases
        .iter()
        .enumerate()
        .filter_map(|(lane, case)| Some(LaneFault { lane, fault: case.3? }));
    assert_eq!(faults, expected.collect::<Vec<_>>());
    for (row, (_, _, payload, fault)) in rows.iter().zip(&cases) {
        assert_eq!(row.payload == *payload, fault.is_some());
    }
}

#[test]
fn the_shuffle_never_drops_a_tweak() {
    let mut rows = [row(direct(10, 4), b"t", Payload::Numerals(vec![1; 4]))];
    let faults = apply(&cipher(true), Direction::Encrypt, &mut rows);
    assert_eq!(faults, [LaneFault { lane: 0, fault: DomainFault::BelowFloor { size: 10_000 } }]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn ranked_domains_of_any_size_come_back(last in 1_u128.., shift in 0..128_u32, seeds: [u64; 5]) {
        let cipher = cipher(true);
        let domain = ranked(last >> shift);
        let mut rows: Vec<Row> = seeds.iter().map(|seed| row(domain.clone(), b"", member(&domain, *seed))).collect();
        let plain = payloads(&rows);
        prop_assert_eq!(apply(&cipher, Direction::Encrypt, &mut rows), []);
        prop_assert!(rows.iter().all(|row| contains(&domain, &row.payload)));
        prop_assert_eq!(apply(&cipher, Direction::Decrypt, &mut rows), []);
        prop_assert_eq!(payloads(&rows), plain);
    }
}
