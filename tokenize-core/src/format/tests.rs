//! Every format: options, examples, misfits, and the way there and back.

mod examples;
mod misfits;
mod options;
mod properties;
mod vectors;

use super::*;

/// A format from the JSON of its options.
fn format(options: &str) -> Format {
    build(options).unwrap_or_else(|faults| panic!("{options}: {faults:?}"))
}

fn build(options: &str) -> Result<Format, Vec<FormatFault>> {
    Format::new(&serde_json::from_str(options).unwrap())
}

impl Written {
    fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Bytes(bytes) => Scalar::Bytes(bytes),
            Self::Day(day) => Scalar::Day(*day),
            Self::Decimal { unscaled, scale } => {
                Scalar::Decimal { unscaled: *unscaled, scale: *scale }
            }
            Self::Int(number) => Scalar::Int(*number),
            Self::Text(text) => Scalar::Text(text),
        }
    }
}

impl Scalar<'_> {
    fn to_written(self) -> Written {
        match self {
            Self::Bytes(bytes) => Written::Bytes(*bytes),
            Self::Day(day) => Written::Day(day),
            Self::Decimal { unscaled, scale } => Written::Decimal { unscaled, scale },
            Self::Int(number) => Written::Int(number),
            Self::Text(text) => Written::Text(text.to_owned()),
        }
    }
}

/// The promise of a format: a payload of the value's domain makes a token that is read back as that payload, under the same tweak;
/// and the value's own payload, written onto the token, makes the value. Returns the token.
fn round_trip(format: &Format, value: Scalar<'_>, payload: &Payload) -> Written {
    let parsed = format.parse(value, Side::Value).unwrap();
    let token = format.render(value, payload, Side::Token).unwrap();
    let read = format.parse(token.scalar(), Side::Token).unwrap();
    assert_eq!(
        read,
        Parsed { payload: payload.clone(), ..parsed.clone() },
        "{value:?} to {token:?}"
    );
    assert_eq!(
        format.render(token.scalar(), &parsed.payload, Side::Value),
        Ok(value.to_written()),
        "{value:?} by {token:?}"
    );
    token
}

/// A member of a domain, from random bytes.
fn member(domain: &Domain, seed: &[u8]) -> Payload {
    let byte = |at: usize| seed[at % seed.len()];
    match domain {
        Domain::Direct { radix, len } => {
            let numeral = |at| (u32::from(byte(2 * at)) << 8 | u32::from(byte(2 * at + 1))) % radix;
            Payload::Numerals((0..*len).map(|at| u16::try_from(numeral(at)).unwrap()).collect())
        }
        Domain::Ranked { last } => {
            let bytes: Vec<u8> = (0..last.bit_len().div_ceil(8)).map(byte).collect();
            let mut rank = Natural::from_be_bytes(&bytes);
            while rank > *last {
                rank.div_rem(2);
            }
            Payload::Rank(rank)
        }
    }
}

/// The first and the last member of a domain.
fn ends(domain: &Domain) -> [Payload; 2] {
    match domain {
        Domain::Direct { radix, len } => {
            let numerals =
                |numeral: u32| Payload::Numerals(vec![u16::try_from(numeral).unwrap(); *len]);
            [numerals(0), numerals(radix - 1)]
        }
        Domain::Ranked { last } => [Payload::Rank(Natural::ZERO), Payload::Rank(last.clone())],
    }
}

/// Values of every format, in every form that it knows.
const TEMPLATES: &[(&str, &[&str])] = &[
    (
        r#"{"format":"digits"}"#,
        &["123456", "12-34 56", "(0)123.456.789", "00000000000000000000000000000000000000000000"],
    ),
    (r#"{"format":"digits","small_domain":"permute"}"#, &["1", "4321", "12-34"]),
    (r#"{"format":"hex"}"#, &["deadbeef", "00-11 22:33"]),
    (r#"{"format":"hex","case":"upper"}"#, &["DEADBEEF"]),
    (r#"{"format":"letters"}"#, &["AbcDefG", "O'Neill-Smith"]),
    (r#"{"format":"letters","case":"lower"}"#, &["abcdefg"]),
    (r#"{"format":"letters","case":"upper"}"#, &["ABCDEFG"]),
    (r#"{"format":"alphabet","alphabet":"äöü-ßÄÖÜ"}"#, &["äöü-ß-ÄÖ", "ä.ö.ü.ß.Ä.Ö.Ü"]),
    (r#"{"format":"alphabet","alphabet":"ab"}"#, &["abababababababababab"]),
    (
        r#"{"format":"alphanumeric"}"#,
        &["AB-1234-cd", "X12345678", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"],
    ),
    (
        r#"{"format":"email"}"#,
        &[
            "jane.doe@example.com",
            "Jane.doe+x@Example.com",
            "a@b",
            "Z@b.example",
            "a-@b",
            "-a@b",
            "_._._a@b",
            "a.b.c.d@example.org",
            "abc-d+@example.org",
            "Abcdefghijklmnopqrstuvwxyz0123456789Abcdefghijklmnopqrstuvwxyz01@x",
            "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01@x",
            "abcD@bücher.example",
        ],
    ),
    (
        r#"{"format":"us_ssn"}"#,
        &["123-45-6789", "123456789", "000 12 3456", "123-00-4567", "899-99-0000", "666-66-6666"],
    ),
    (
        r#"{"format":"pan"}"#,
        &["4111111111111111", "4111 1111 1111 1111", "378282246310005", "4000000000000000006"],
    ),
    (r#"{"format":"pan","keep":{"first":6}}"#, &["4111-1111-1111-1111"]),
    (r#"{"format":"pan","keep":{"first":2,"last":4}}"#, &["4111111111111111", "378282246310005"]),
    (r#"{"format":"pan","keep":{"last":3},"check_digit":"invalid"}"#, &["4111 1111 1111 1111"]),
    (r#"{"format":"pan","check_digit":"invalid"}"#, &["4111 1111 1111 1111"]),
    (
        r#"{"format":"iban"}"#,
        &[
            "GB82WEST12345698765432",
            "GB82 WEST 1234 5698 7654 32",
            "DE89370400440532013000",
            "MT84MALT011000012345MTLCAST001S",
        ],
    ),
    (r#"{"format":"id:aba_routing_number"}"#, &["011000015", "1110-0002-5"]),
    (r#"{"format":"id:au_abn"}"#, &["51 824 753 556"]),
    (r#"{"format":"id:au_acn"}"#, &["004 085 616"]),
    (r#"{"format":"id:au_medicare"}"#, &["2123 45670 1", "2123 45670 1/1"]),
    (r#"{"format":"id:au_tfn"}"#, &["123 456 782"]),
    (r#"{"format":"id:bg_egn"}"#, &["7523169263"]),
    (r#"{"format":"id:bic"}"#, &["DEUTDEFF", "deutdeff500"]),
    (r#"{"format":"id:br_cnpj"}"#, &["11.222.333/0001-81", "12.ABC.345/01DE-35"]),
    (r#"{"format":"id:br_cpf"}"#, &["111.444.777-35", "11144477735"]),
    (r#"{"format":"id:ca_sin"}"#, &["123-456-782"]),
    (r#"{"format":"id:ch_ahv"}"#, &["756.9217.0769.85"]),
    (r#"{"format":"id:cl_rut"}"#, &["12.531.909-2", "7.608.646-K"]),
    (r#"{"format":"id:de_tax_id"}"#, &["86 095 742 719", "65929970489"]),
    (r#"{"format":"id:es_nie"}"#, &["X2482300W", "x-2482300-w"]),
    (r#"{"format":"id:es_nif"}"#, &["54362315K", "12.345.678-Z"]),
    (r#"{"format":"id:fi_personal_identity_code"}"#, &["131052-308T", "131052+308T"]),
    (r#"{"format":"id:fr_nir"}"#, &["2 95 10 99 126 111 93", "253072B07300470"]),
    (r#"{"format":"id:il_id"}"#, &["03933742-3"]),
    (r#"{"format":"id:imei"}"#, &["49-015420-323751-8"]),
    (r#"{"format":"id:in_aadhaar"}"#, &["2341 2341 2346"]),
    (r#"{"format":"id:in_pan"}"#, &["AFZPK7190K", "afzpk7190k"]),
    (
        r#"{"format":"id:it_fiscal_code"}"#,
        &["RCCMNL83S18D969H", "mrtmtt91d08f205j", "RCC MNL 83S18 DV6VL"],
    ),
    (r#"{"format":"id:jp_my_number"}"#, &["1234 5678 9018"]),
    (r#"{"format":"id:kr_rrn"}"#, &["971013-9019902"]),
    (r#"{"format":"id:medical_license"}"#, &["AB1234563", "F91234563"]),
    (r#"{"format":"id:mx_curp"}"#, &["BOXW310820HNERXN09"]),
    (r#"{"format":"id:nl_bsn"}"#, &["111222333", "1112.22.333"]),
    (r#"{"format":"id:no_fodselsnummer"}"#, &["151086 95088"]),
    (r#"{"format":"id:pl_pesel"}"#, &["44051401359", "02070803628"]),
    (r#"{"format":"id:ro_cnp"}"#, &["1630615123457"]),
    (r#"{"format":"id:se_personnummer"}"#, &["880320-0016", "19880320-0016", "701063+2391"]),
    (r#"{"format":"id:sg_nric_fin"}"#, &["S0000001I", "g0000001p"]),
    (r#"{"format":"id:tr_tckn"}"#, &["17291716060"]),
    (r#"{"format":"id:uk_nhs"}"#, &["943 476 5919"]),
    (r#"{"format":"id:uk_nino"}"#, &["AB 12 34 56 C", "ab123456c"]),
    (r#"{"format":"id:us_ein"}"#, &["12-3456789"]),
    (r#"{"format":"id:us_itin"}"#, &["900-70-0000"]),
    (r#"{"format":"id:us_mbi"}"#, &["1EG4-TE5-MK73", "1eg4te5mk73"]),
    (r#"{"format":"id:us_npi"}"#, &["1234567893"]),
    (r#"{"format":"id:vin"}"#, &["1M8GDM9AXKP042788"]),
    (r#"{"format":"id:za_id"}"#, &["750330 5044 08 9"]),
    (
        r#"{"format":"phone"}"#,
        &["+12025550143", "+1 (202) 555-0143", "+44 20 7946 0958", "+390669812345"],
    ),
    (r#"{"format":"phone","region":"GB"}"#, &["020 7946 0958", "20 7946 0958", "+1 202 555 0143"]),
    (r#"{"format":"phone","region":"US"}"#, &["(202) 555-0143", "1-202-555-0143"]),
    (
        r#"{"format":"phone","region":"RU"}"#,
        &["8 (912) 345-67-89", "912 345-67-89", "812 345-67-89"],
    ),
    (r#"{"format":"ip"}"#, &["192.0.2.1", "2001:db8::1", "::", "::ffff:192.0.2.1", "1:0:0:2::3"]),
    (r#"{"format":"ip","prefix":"preserve"}"#, &["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]),
    (
        r#"{"format":"uuid"}"#,
        &["123e4567-e89b-42d3-a456-426614174000", "123e4567e89b12d3a456426614174000"],
    ),
    (r#"{"format":"uuid","case":"upper"}"#, &["123E4567-E89B-42D3-A456-426614174000"]),
    (
        r#"{"format":"mac"}"#,
        &["00:00:5e:00:53:af", "01-00-5e-90-10-00", "0200.5e00.53af", "03005e0053af"],
    ),
    (r#"{"format":"mac","case":"upper"}"#, &["00:00:5E:00:53:AF"]),
    (
        r#"{"format":"date","small_domain":"permute"}"#,
        &["1900-01-01", "2099-12-31", "2024-02-29T12:30:45.5+01:00", "2024-02-29 23:59Z"],
    ),
    (r#"{"format":"date","range":["0001-01-01","9999-12-31"]}"#, &["0001-01-01", "9999-12-31"]),
    (r#"{"format":"integer","range":["-500000","500000"]}"#, &["-500000", "0", "7", "500000"]),
    (
        r#"{"format":"integer","range":["-10000000000000000000000000000000000000","10000000000000000000000000000000000000"]}"#,
        &["-10000000000000000000000000000000000000", "0", "10000000000000000000000000000000000000"],
    ),
    (
        r#"{"format":"decimal","range":["-99.5","100000.00"]}"#,
        &["-99.50", "-0.01", "0.00", "100000.00"],
    ),
    (r#"{"format":"decimal","range":["0","1000000"]}"#, &["0", "12", "1000000"]),
];
