//! Numbers set apart for films, books and documentation.

use super::plan::{self, Fit, NORTH_AMERICA};

/// Whether a national number, in ASCII digits without trunk prefix, belongs to nobody.
pub(super) fn is_reserved(code: u16, national: &[u8]) -> bool {
    if code == NORTH_AMERICA {
        return is_fictional_line(national.get(3..).unwrap_or_default());
    }
    // Two digits tell most numbers from all of these.
    let Some([tens, ones]) = national.first_chunk() else { return false };
    let head = 1_u128 << (head(*tens, *ones) % 128);
    let of_code =
        ALL.iter().zip(&HEADS).filter(|((of, _), heads)| *of == code && *heads & head != 0);
    of_code.flat_map(|((_, starts), _)| *starts).any(|start| national.starts_with(start.as_bytes()))
        && plan::by_code(code).is_some_and(|plan| plan.fit(national) != Fit::No)
}

/// Whether a number with a trunk prefix of 0 belongs to nobody in one of the regions that write so.
pub(super) fn is_reserved_with_zero(digits: &[u8]) -> bool {
    let national = digits.strip_prefix(b"0").unwrap_or_default();
    ALL.iter().any(|(code, _)| is_reserved(*code, national))
}

/// 555-0100 to 555-0199 in any area of North America (ATIS-0300115).
pub(super) fn is_fictional_line(line: &[u8]) -> bool {
    line.len() == 7 && line.starts_with(b"55501")
}

/// The first two digits of all of them, a bit for each, by the order of calling codes.
static HEADS: [u128; ALL.len()] = {
    let mut heads = [0; ALL.len()];
    let mut of = 0;
    while of < ALL.len() {
        let mut at = 0;
        while at < ALL[of].1.len() {
            let start = ALL[of].1[at].as_bytes();
            heads[of] |= 1 << head(start[0], start[1]);
            at += 1;
        }
        of += 1;
    }
    heads
};

const fn head(tens: u8, ones: u8) -> u8 {
    tens.wrapping_sub(b'0').wrapping_mul(10).wrapping_add(ones.wrapping_sub(b'0'))
}

/// First digits by calling code.
const ALL: [(u16, &[&str]); 5] = [
    // ARCEP, plan national de numérotation: numbers for audiovisual works.
    (33, &["19900", "26191", "35301", "46571", "53649", "63998"]),
    // Ofcom, telephone numbers for drama use.
    (
        44,
        &[
            "1134960", "1144960", "1154960", "1164960", "1174960", "1184960", "1214960", "1314960",
            "1414960", "1514960", "1614960", "1914980", "1632960", "2079460", "2896496", "2920180",
            "3069990", "7700900", "8081570", "9098790",
        ],
    ),
    // Post- och telestyrelsen: numbers for books and films.
    (46, &["3139006", "4062804", "8465004", "9803192", "7017406"]),
    // Bundesnetzagentur: Rufnummern für Medienproduktionen.
    (
        49,
        &[
            "3023125",
            "6990009",
            "4066969",
            "2214710",
            "8999998",
            "15228817386",
            "15228895456",
            "15254599371",
            "17139200",
            "1729925904",
            "1729968532",
            "1729968533",
            "1729968534",
            "1729973185",
            "1729973186",
            "1729980752",
            "1749091317",
            "1749464308",
            "17604069",
        ],
    ),
    // ACMA: numbers for creative works.
    (
        61,
        &[
            "25550",
            "27010",
            "35550",
            "37010",
            "75550",
            "77010",
            "85550",
            "87010",
            "491570006",
            "491570110",
            "491570156",
            "491570157",
            "491570158",
            "491570159",
            "491570313",
            "491570737",
            "491571266",
            "491571491",
            "491571804",
            "491572549",
            "491572665",
            "491572983",
            "1800160401",
            "1800975707",
            "1800975708",
            "1800975709",
            "1800975710",
            "1800975711",
            "1300975707",
            "1300975708",
            "1300975709",
            "1300975710",
            "1300975711",
        ],
    ),
];
