//! Values taken apart: domain, tweak and payload, each by hand from `docs/format.md`.

use super::*;

fn parse(options: &str, value: Scalar<'_>) -> Parsed {
    format(options).parse(value, Side::Value).unwrap_or_else(|_| panic!("{options} {value:?}"))
}

fn check_direct(options: &str, value: &str, radix: u32, tweak: &str, numerals: &[u16]) {
    let expected = Parsed {
        domain: Domain::Direct { radix, len: numerals.len() },
        tweak: tweak.as_bytes().to_vec(),
        payload: Payload::Numerals(numerals.to_vec()),
    };
    assert_eq!(parse(options, Scalar::Text(value)), expected, "{options} {value}");
}

fn check_ranked(options: &str, value: Scalar<'_>, size: u128, tweak: &[u8], rank: u128) {
    assert_eq!(
        parse(options, value),
        Parsed::ranked(rank, size - 1, tweak.to_vec()),
        "{options} {value:?}"
    );
}

fn check_text(options: &str, value: &str, size: u128, tweak: &str, rank: u128) {
    check_ranked(options, Scalar::Text(value), size, tweak.as_bytes(), rank);
}

#[test]
fn alphabets() {
    check_direct(r#"{"format":"digits"}"#, "12-34 (56)", 10, "", &[1, 2, 3, 4, 5, 6]);
    check_direct(r#"{"format":"hex"}"#, "09af:09", 16, "", &[0, 9, 10, 15, 0, 9]);
    check_direct(r#"{"format":"hex","case":"upper"}"#, "09AF09", 16, "", &[0, 9, 10, 15, 0, 9]);
    check_direct(r#"{"format":"letters"}"#, "AZ az", 52, "", &[0, 25, 26, 51]);
    check_direct(r#"{"format":"letters","case":"lower"}"#, "azaza", 26, "", &[0, 25, 0, 25, 0]);
    let own = r#"{"format":"alphabet","alphabet":"-xé日🦀 5"}"#;
    check_direct(own, "-é日🦀 5_x-", 7, "", &[0, 2, 3, 4, 5, 6, 1, 0]);
}

#[test]
fn alphanumeric_is_mixed_radix() {
    let options = r#"{"format":"alphanumeric"}"#;
    check_text(
        options,
        "AB-12cd",
        26 * 26 * 100 * 26 * 26,
        "uuddll",
        ((12 * 26) + 2) * 26 + 3 + 26 * 26 * 100,
    );
    check_text(options, "a00000", 26 * 100_000, "lddddd", 0);
    check_text(options, "z99999", 26 * 100_000, "lddddd", 26 * 100_000 - 1);
}

#[test]
fn email_keeps_its_layout_in_the_tweak() {
    let options = r#"{"format":"email"}"#;
    check_direct(
        options,
        "zed.0+a9@Sub.Example.COM",
        36,
        "l.3+4@sub.example.com",
        &[35, 14, 13, 0, 10, 9],
    );
    // The mail domain is lowered in ASCII only.
    check_direct(options, "aaaaa@BÜCHER.example", 36, "l@bÜcher.example", &[10; 5]);
    let mixed = 62_u128.pow(8) - 36_u128.pow(8);
    check_text(options, "Aaaaaaaa@x", mixed, "m@x", 10 * (62_u128.pow(7) - 1) / 61);
    check_text(options, "A0000000@x", mixed, "m@x", 0);
    check_text(options, "zzzzzzzZ@x", mixed, "m@x", mixed - 1);
    let parsed = parse(options, Scalar::Text("Jane.doe+x@Example.com"));
    assert_eq!(parsed.tweak, b"m.4+7@example.com");
}

#[test]
fn short_emails_are_ranked_with_longer_ones() {
    let options = r#"{"format":"email"}"#;
    let all = 36 + 36_u128.pow(2) + 36_u128.pow(3) + 36_u128.pow(4);
    check_text(options, "0@x", all, "l@x", 0);
    check_text(options, "z@x", all, "l@x", 35);
    check_text(options, "00@x", all, "l@x", 36);
    check_text(options, "zzzz@x", all, "l@x", all - 1);
    check_text(options, "a.b@x", all - 36, "l.1@x", 10 * 36 + 11);
    check_text(options, "ab-@x", all - 36, "l-2@x", 10 * 36 + 11);
    check_text(options, "abc.d@x", 36_u128.pow(4), "l.3@x", ((10 * 36 + 11) * 36 + 12) * 36 + 13);
    let count = |len| 62_u128.pow(len) - 36_u128.pow(len);
    check_text(options, "Z@x", (1..=4).map(count).sum(), "m@x", 25);
    check_text(options, "A0@x", (1..=4).map(count).sum(), "m@x", 26);
    check_text(options, "0A@x", (1..=4).map(count).sum(), "m@x", 26 + 26 * 62);
}

#[test]
fn us_ssn_has_two_sets() {
    let options = r#"{"format":"us_ssn"}"#;
    let valid = 888_931_098;
    check_text(options, "001-01-0001", valid, "", 0);
    check_text(options, "667 01 0001", valid, "", 665 * 99 * 9_999);
    check_ranked(options, Scalar::Int(899_999_999), valid, b"", valid - 1);
    check_ranked(options, Scalar::Int(0), 111_068_902, b"", 0);
    check_text(options, "9-9-9-9-9-9-9-9-9", 111_068_902, "", 101_999_999);
}

#[test]
fn pan_keeps_digits_in_the_tweak() {
    let number = "4012 8888 8888 1881";
    check_direct(
        r#"{"format":"pan"}"#,
        number,
        10,
        "",
        &[4, 0, 1, 2, 8, 8, 8, 8, 8, 8, 8, 8, 1, 8, 8],
    );
    check_direct(
        r#"{"format":"pan","keep":{"first":6}}"#,
        number,
        10,
        "401288",
        &[8, 8, 8, 8, 8, 8, 1, 8, 8],
    );
    check_direct(
        r#"{"format":"pan","keep":{"first":2,"last":4}}"#,
        number,
        10,
        "401881",
        &[1, 2, 8, 8, 8, 8, 8, 8, 8],
    );
}

#[test]
fn pan_tokens_have_the_sum_of_their_side() {
    let payload = Payload::Numerals(vec![0; 15]);
    for (options, expected) in [
        (r#"{"format":"pan"}"#, "0000-0000-0000-0000"),
        (r#"{"format":"pan","check_digit":"invalid"}"#, "0000-0000-0000-0001"),
    ] {
        let token = round_trip(&format(options), Scalar::Text("4111-1111-1111-1111"), &payload);
        assert_eq!(token, Written::Text(expected.to_owned()));
    }
    // The balancing digit is the last free one.
    let payload = Payload::Numerals(vec![0; 11]);
    let token = round_trip(
        &format(r#"{"format":"pan","keep":{"last":4}}"#),
        Scalar::Text("4111111111111111"),
        &payload,
    );
    assert_eq!(token, Written::Text("0000000000041111".to_owned()));
}

#[test]
fn iban_ranks_the_account() {
    let options = r#"{"format":"iban"}"#;
    check_text(
        options,
        "DE89 3704 0044 0532 0130 00",
        10_u128.pow(18),
        "DE",
        370_400_440_532_013_000,
    );
    check_text(options, "NO9386011117947", 10_u128.pow(11), "NO", 86_011_117_947);
    let west = ((22 * 26 + 4) * 26 + 18) * 26 + 19;
    check_text(
        options,
        "GB82WEST12345698765432",
        26_u128.pow(4) * 10_u128.pow(14),
        "GB",
        west * 10_u128.pow(14) + 12_345_698_765_432,
    );
}

#[test]
fn phone_has_one_payload_in_either_writing() {
    let (size, rank) = (8 * 10_u128.pow(9), 25_550_143);
    for (options, value) in [
        (r#"{"format":"phone"}"#, "+1 (202) 555-0143"),
        (r#"{"format":"phone","region":"US"}"#, "+1.202.555.0143"),
        (r#"{"format":"phone","region":"US"}"#, "202/555 0143"),
        (r#"{"format":"phone","region":"US"}"#, "1 202 555 0143"),
    ] {
        check_text(options, value, size, "1", rank);
    }
    for value in ["+44 20 7946 0958", "020 7946 0958", "(0)20 7946 0958", "20 7946 0958"] {
        check_text(
            r#"{"format":"phone","region":"GB"}"#,
            value,
            7 * 10_u128.pow(9),
            "44",
            1_079_460_958,
        );
    }
    // 8 is the national prefix of Russia and begins numbers too: it is cut only where all digits together are no number.
    let region = r#"{"format":"phone","region":"RU"}"#;
    check_text(
        region,
        "8 912 345 67 89",
        parse_size("+7 912 345 67 89"),
        "7",
        parse_rank("+7 912 345 67 89"),
    );
    check_text(
        region,
        "812 345 67 89",
        parse_size("+7 812 345 67 89"),
        "7",
        parse_rank("+7 812 345 67 89"),
    );
}

fn parse_size(international: &str) -> u128 {
    parse(r#"{"format":"phone"}"#, Scalar::Text(international)).last().unwrap().to_u128().unwrap()
        + 1
}

fn parse_rank(international: &str) -> u128 {
    match parse(r#"{"format":"phone"}"#, Scalar::Text(international)).payload {
        Payload::Rank(rank) => rank.to_u128().unwrap(),
        Payload::Numerals(_) => panic!("phone is ranked"),
    }
}

#[test]
fn ip_is_its_bits() {
    let options = r#"{"format":"ip"}"#;
    check_text(options, "192.0.2.1", 1 << 32, "", 0xc000_0201);
    let parsed = parse(options, Scalar::Text("2001:db8::1"));
    assert_eq!(
        parsed,
        Parsed::ranked(0x2001_0db8_0000_0000_0000_0000_0000_0001, u128::MAX, Vec::new())
    );
    let held = r#"{"format":"ip","prefix":"preserve"}"#;
    check_text(held, "192.0.2.1", 1 << 32, "", 0xc000_0201);
    check_text(held, "::ffff:192.0.2.1", 1 << 32, "", 0xc000_0201);
    let mapped = Payload::Rank(0xffff_0000_0000.into());
    assert_eq!(format(held).render(Scalar::Text("::"), &mapped, Side::Token), Err(Misfit));
    let token = round_trip(
        &format(options),
        Scalar::Text("2001:db8::1"),
        &Payload::Rank(0xffff_c000_0201.into()),
    );
    assert_eq!(token, Written::Text("::ffff:192.0.2.1".to_owned()));
}

#[test]
fn uuid_and_mac_keep_their_meaning() {
    let uuid = r#"{"format":"uuid"}"#;
    let all = "ffffffff-ffff-4fff-bfff-ffffffffffff";
    check_ranked(uuid, Scalar::Text(all), 1 << 122, &[4 * 4 + 2], (1 << 122) - 1);
    check_ranked(
        uuid,
        Scalar::Text("00000000-0000-7000-8000-000000000001"),
        1 << 122,
        &[7 * 4 + 2],
        1,
    );
    check_ranked(uuid, Scalar::Text("00000000000000010000000000000000"), 1 << 122, &[0], 1 << 62);
    check_ranked(uuid, Scalar::Text("00000000000100000000000000000000"), 1 << 122, &[0], 1 << 74);
    check_ranked(uuid, Scalar::Bytes(&[0xff; 16]), 1 << 122, &[63], (1 << 122) - 1);
    let token =
        round_trip(&format(uuid), Scalar::Bytes(&[0xff; 16]), &Payload::Rank(Natural::ZERO));
    assert_eq!(token, Written::Bytes([0, 0, 0, 0, 0, 0, 0xf0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0]));

    let mac = r#"{"format":"mac"}"#;
    check_ranked(mac, Scalar::Text("ff:ff:ff:ff:ff:ff"), 1 << 46, &[3], (1 << 46) - 1);
    check_ranked(mac, Scalar::Text("0600.0000.0001"), 1 << 46, &[2], (1 << 40) + 1);
}

#[test]
fn dates_count_days() {
    let options =
        r#"{"format":"date","range":["1970-01-01","1970-12-31"],"small_domain":"permute"}"#;
    check_text(options, "1970-02-01T23:59:59.999-12:00", 365, "", 31);
    check_ranked(options, Scalar::Day(364), 365, b"", 364);
    let token =
        round_trip(&format(options), Scalar::Text("1970-01-01 10:00"), &Payload::Rank(59.into()));
    assert_eq!(token, Written::Text("1970-03-01 10:00".to_owned()));
}

#[test]
fn numbers_count_from_the_low_end() {
    let integer = r#"{"format":"integer","range":["-1000000","1000000"]}"#;
    check_text(integer, "-1", 2_000_001, "", 999_999);
    check_ranked(integer, Scalar::Int(1_000_000), 2_000_001, b"", 2_000_000);
    let decimal = r#"{"format":"decimal","range":["-1.5","100000.00"]}"#;
    check_text(decimal, "-0.01", 10_000_151, "", 149);
    check_ranked(decimal, Scalar::Decimal { unscaled: 12_300, scale: 4 }, 10_000_151, b"", 273);
    let token = round_trip(
        &format(decimal),
        Scalar::Decimal { unscaled: 0, scale: 4 },
        &Payload::Rank(Natural::ONE),
    );
    assert_eq!(token, Written::Decimal { unscaled: -14_900, scale: 4 });
    let wide = r#"{"format":"decimal","range":["-1000000000000000000000000000000000000.0","1000000000000000000000000000000000000.0"]}"#;
    assert_eq!(format(wide).decimal_bounds(2), Some((-10_i128.pow(38), 10_i128.pow(38))));
}
