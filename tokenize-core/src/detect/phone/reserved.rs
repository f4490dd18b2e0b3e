//! Numbers set apart for films, books and documentation.

use super::plan::{self, Fit, NORTH_AMERICA};

/// Whether a national number, in ASCII digits without trunk prefix, belongs to nobody.
pub(super) fn is_reserved(code: u16, national: &[u8]) -> bool {
    if code == NORTH_AMERICA {
        return is_fictional_line(national.get(3..).unwrap_or_default());
    }
    let mut starts = ALL.iter().filter(|(of, _)| *of == code).flat_map(|(_, starts)| *starts);
    // Two digits tell most numbers from all of these.
    let Some(head) = national.first_chunk::<2>() else { return false };
    starts.any(|start| {
        start.as_bytes().first_chunk() == Some(head) && national.starts_with(start.as_bytes())
    })
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
