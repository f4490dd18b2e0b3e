//! Street addresses: a street and a house number, in the order of the language, and what follows them.

use super::postal;
use super::scan::Scan;
use super::words::{self, Shape, Word};
use super::{NameFinding, NameKind};

/// Words of a street's name.
const MOST_STREET_WORDS: usize = 6;

/// `123 Main St, Springfield, IL 62704`, `12 rue de la Paix, 75002 Paris`, at the number.
pub(super) fn number_first(scan: &Scan<'_>, at: usize) -> Option<NameFinding> {
    let after = house_number(scan.text, at)?;
    let start = after_number(scan.text, after)?;
    if let Some(end) = french_street(scan, start) {
        return Some(finding(scan, at, end, 65));
    }
    let Some((end, clear)) = english_street(scan, start) else {
        return plain_behind_number(scan, at, start);
    };
    // `2, Shannon Hill` may be a person: such a word counts only with a town after it.
    Some(finding(scan, at, end, if clear { 65 } else { 0 })).filter(|finding| finding.score > 0)
}

/// `Hauptstraße 12, 10115 Berlin`, `Calle Mayor 5`, `ul. Długa 5`, among the words of a run.
pub(super) fn street_first(scan: &Scan<'_>, run: &[Word]) -> Option<NameFinding> {
    let last = run.last()?;
    if let Some(found) = unit_first(scan, run).or_else(|| military(scan, run)) {
        return Some(found);
    }
    let Some(end) = number_after(scan.text, last.end) else {
        return without_number(scan, run);
    };
    for (index, word) in run.iter().enumerate() {
        let text = word.of(scan.text);
        if word.is_full() && is_prefix(&text.to_lowercase()) && index + 1 < run.len() {
            return Some(finding(scan, word.start, end, 65));
        }
    }
    if let Some(start) = postbox(scan, run) {
        return Some(finding(scan, start, end, 65));
    }
    if let Some(start) = prefix_behind(scan, run.first()?.start) {
        let found = finding(scan, start, end, 65);
        // `via London, 24 of them`: a street only if a town follows.
        let apart = scan.text.get(last.end..).is_some_and(|rest| rest.starts_with(','));
        return (!apart || found.score > 65).then_some(found);
    }
    let text = last.of(scan.text);
    if let Some(start) = suffixed(scan, run, last, text) {
        return Some(finding(scan, start, end, 65));
    }
    // A street without a telling word is believed where a postal code follows.
    let tail = postal::tail(scan, end);
    let start = plain_street(scan, run)?;
    (tail.long_code && tail.town && scan.cues.month(text).is_none()).then_some(NameFinding {
        start,
        end: tail.end,
        kind: NameKind::Address,
        score: 70,
        cue: false,
        dictionary: false,
    })
}

/// `22 Welch Pathway, Leeds LS1 4AP`, `H.No. 58, Comar Nagar, Raipur-610906`: a street that nothing tells, where town and postal code
/// follow.
fn plain_behind_number(scan: &Scan<'_>, at: usize, street: usize) -> Option<NameFinding> {
    let mut found = plain(scan, at, street)?;
    let head = scan.text.get(scan.floor()..at)?;
    let label = NUMBER_LABELS.iter().find(|label| head.ends_with(**label));
    found.start -= label.map_or(0, |label| label.len());
    Some(found)
}

/// `Flat 13h, Sara Turnpike, Port Charlene KT7 7BJ`: a unit, a street without number, town and postal code.
fn unit_first(scan: &Scan<'_>, run: &[Word]) -> Option<NameFinding> {
    let unit = run.last()?;
    if !matches!(
        unit.of(scan.text),
        "Flat" | "Studio" | "Unit" | "Apartment" | "Apt" | "Suite" | "Room"
    ) {
        return None;
    }
    let end = postal::unit(scan.text, unit.start)?;
    plain(scan, unit.start, postal::after_separator(scan.text, end)?)
}

/// `USNS Fox, FPO AA 47562`: a ship or unit, and a post office of the armed forces of the United States.
fn military(scan: &Scan<'_>, run: &[Word]) -> Option<NameFinding> {
    let end = run.last()?.end;
    // Most runs end otherwise.
    let behind = scan.text.as_bytes().get(end..end + 8)?;
    if !behind.windows(4).any(|part| part == b"PO A") {
        return None;
    }
    let office = postal::after_separator(scan.text, end)?;
    let code = scan.text.get(office..office + 7)?;
    let is_office = ["APO A", "FPO A", "DPO A"].iter().any(|name| code.starts_with(name));
    let end = postal::code(scan.text, office + 7).filter(|_| is_office && code.ends_with(' '))?;
    Some(NameFinding {
        start: run.first()?.start,
        end,
        kind: NameKind::Address,
        score: 80,
        cue: true,
        dictionary: false,
    })
}

/// An address from `start` on whose street begins at `street` and is told by nothing but town and postal code behind it.
fn plain(scan: &Scan<'_>, start: usize, street: usize) -> Option<NameFinding> {
    // `200 INFO`
    let is_lower = |byte: &u8| byte.is_ascii_lowercase() || !byte.is_ascii();
    let has_lower = scan.text.as_bytes().get(street + 1).is_some_and(is_lower);
    if !has_lower || !words::begins_word(scan.text, street) {
        return None;
    }
    let mut run = Vec::new();
    words::read_run(scan.dictionary, scan.text, street, &mut run);
    let last = run.last().filter(|_| run.len() <= MOST_STREET_WORDS)?;
    if scan.cues.month(run.first()?.of(scan.text)).is_some() {
        return None;
    }
    let tail = postal::tail(scan, last.end);
    let is_bracketed = scan.text.get(last.end..tail.end).is_some_and(|text| text.contains('('));
    (tail.long_code && tail.town && !is_bracketed).then_some(NameFinding {
        start,
        end: tail.end,
        kind: NameKind::Address,
        score: 75,
        cue: false,
        dictionary: false,
    })
}

/// `avenue Claudine Guérin, 31631 Saint-Étienne`: a word of streets, town and postal code.
fn without_number(scan: &Scan<'_>, run: &[Word]) -> Option<NameFinding> {
    let (first, last) = (run.first()?, run.last()?);
    let has_code = match scan.text.as_bytes().get(last.end..)? {
        [b',', b' ', next, ..] | [b'\n', next, ..] | [b',', b'\n', next, ..] => {
            next.is_ascii_digit()
        }
        _ => false,
    };
    if !has_code {
        return None;
    }
    let is_street = |word: &str| is_prefix(word) || is_french(word);
    let start = if is_street(&first.of(scan.text).to_lowercase()) && run.len() > 1 {
        first.start
    } else {
        let head = scan.text.get(scan.floor()..first.start)?.strip_suffix(' ')?;
        let len = head.bytes().rev().take(12).take_while(|byte| *byte > b' ').count();
        let word = head.get(head.len() - len..).filter(|word| is_street(word))?;
        first.start - word.len() - 1
    };
    let tail = postal::tail(scan, last.end);
    (tail.long_code && tail.town).then_some(NameFinding {
        start,
        end: tail.end,
        kind: NameKind::Address,
        score: 80,
        cue: true,
        dictionary: false,
    })
}

/// What stands before the number of a house in India.
const NUMBER_LABELS: [&str; 6] =
    ["H.No. ", "H. No. ", "H.No ", "House No. ", "Plot No. ", "Door No. "];

fn finding(scan: &Scan<'_>, start: usize, end: usize, score: u8) -> NameFinding {
    let tail = postal::tail(scan, end);
    let score = match (tail.code, tail.town) {
        (true, true) => 90,
        (true, false) | (false, true) => 80,
        _ => score,
    };
    NameFinding {
        start,
        end: tail.end,
        kind: NameKind::Address,
        score,
        cue: true,
        dictionary: tail.town,
    }
}

/// The end of `12`, `12b`, `12-14`, `12/3`.
fn house_number(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=5).contains(&digits) {
        return None;
    }
    let mut end = digits;
    if let [b'-' | b'/', more @ ..] = rest.get(end..)? {
        let second = more.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
        end += if (1..=4).contains(&second) { 1 + second } else { 0 };
    }
    if rest.get(end).is_some_and(u8::is_ascii_alphabetic)
        && rest.get(end + 1).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    {
        end += 1;
    }
    let free = rest
        .get(end)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'%');
    free.then_some(at + end)
}

/// Past ` `, `, `, ` bis `.
fn after_number(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let bare =
        [" bis", " ter", " quater"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let bare = bare.strip_prefix(',').unwrap_or(bare);
    Some(text.len() - bare.strip_prefix(' ')?.len())
}

/// The end of a number after a street: ` 12b`, `, 12`, ` nº 5`.
fn number_after(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let bare = rest.strip_prefix('.').unwrap_or(rest);
    let bare = bare.strip_prefix(',').unwrap_or(bare);
    let bare = bare.strip_prefix(' ')?;
    let bare = ["nº ", "n.º ", "n° ", "no. ", "nr. ", "nr ", "núm. ", "n. ", "nº", "Nº ", "Nr. "]
        .iter()
        .find_map(|word| bare.strip_prefix(word))
        .unwrap_or(bare);
    let end = house_number(text, text.len() - bare.len())?;
    // A time or an amount is no house number.
    let after = text.get(end..).unwrap_or_default();
    let clock =
        after.starts_with([':', '%', '€', '$']) || after.starts_with('.') && digit_at(after, 1);
    (!clock).then_some(end)
}

fn digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

/// `rue de la Paix`, `Avenue du 8 Mai 1945`
fn french_street(scan: &Scan<'_>, start: usize) -> Option<usize> {
    let rest = scan.text.get(start..)?;
    let word = lower_word(rest);
    if !is_french(&word) {
        return None;
    }
    let mut at = start + word_length(rest);
    let mut end = None;
    for _ in 0..MOST_STREET_WORDS {
        let rest = scan.text.get(at..)?;
        let Some(next) = rest.strip_prefix('.').unwrap_or(rest).strip_prefix(' ') else { break };
        let length = word_length(next);
        let from = scan.text.len() - next.len();
        let capital = words::begins_word(scan.text, from) || elided_capital(next);
        let joint = matches!(
            next.get(..length)?,
            "de" | "la"
                | "du"
                | "des"
                | "le"
                | "les"
                | "et"
                | "à"
                | "aux"
                | "en"
                | "sur"
                | "sous"
                | "l"
                | "d"
        );
        let digits = next.bytes().take(4).take_while(u8::is_ascii_digit).count();
        if capital {
            at = from + length_of_name(next);
            end = Some(at);
        } else if joint {
            at = from + length;
        } else if (1..=4).contains(&digits) && end.is_none() {
            at = from + digits;
        } else {
            break;
        }
    }
    end
}

/// `l'Église`
fn elided_capital(text: &str) -> bool {
    let mut chars = text.chars();
    matches!(chars.next(), Some('l' | 'd')) && matches!(chars.next(), Some('\'' | '’'))
}

/// The letters, hyphens and apostrophes here.
fn length_of_name(text: &str) -> usize {
    text.chars()
        .take(40)
        .take_while(|char| char.is_alphabetic() || matches!(char, '\'' | '’' | '-'))
        .map(char::len_utf8)
        .sum()
}

/// `Main St`, `N 5th Avenue`, `Martin Luther King Jr Blvd`: its end, and whether its last word says a street and no less.
fn english_street(scan: &Scan<'_>, start: usize) -> Option<(usize, bool)> {
    let mut at = start;
    for index in 0..MOST_STREET_WORDS {
        let rest = scan.text.get(at..)?;
        let ordinal = ordinal_length(rest);
        let length = if ordinal > 0 { ordinal } else { length_of_name(rest) };
        let word = rest.get(..length).filter(|word| !word.is_empty())?;
        if ordinal == 0 && !words::begins_word(scan.text, at) || is_measure(word) {
            return None;
        }
        let end = at + length;
        if index > 0 && (is_suffix(word) || scan.cues.is_street_word(word)) {
            let dotted = scan.text.get(end..)?.starts_with('.') && word.len() <= 4;
            let end = end + usize::from(dotted);
            return Some((direction(scan.text, end), is_suffix(word)));
        }
        let dot = usize::from(word.len() <= 2 && scan.text.get(end..)?.starts_with('.'));
        at = end + dot;
        at += scan.text.get(at..)?.strip_prefix(' ').map(|_| 1)?;
    }
    None
}

/// What is counted rather than numbered: `5 Minutes Drive`.
fn is_measure(word: &str) -> bool {
    matches!(
        word,
        "Minutes"
            | "Minute"
            | "Hours"
            | "Hour"
            | "Miles"
            | "Mile"
            | "Days"
            | "Day"
            | "Years"
            | "Year"
            | "Star"
    )
}

/// `5th`
fn ordinal_length(text: &str) -> usize {
    let digits = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let ends =
        text.get(digits..digits + 2).is_some_and(|end| matches!(end, "st" | "nd" | "rd" | "th"));
    if digits > 0 && ends { digits + 2 } else { 0 }
}

/// ` NW` after the street.
fn direction(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    for way in
        [" NE", " NW", " SE", " SW", " N", " S", " E", " W", " North", " South", " East", " West"]
    {
        if let Some(after) = rest.strip_prefix(way)
            && !after.starts_with(char::is_alphanumeric)
        {
            return at + way.len();
        }
    }
    at
}

#[rustfmt::skip]
fn is_suffix(word: &str) -> bool {
    matches!(
        word,
        "St" | "Street" | "Ave" | "Avenue" | "Av" | "Rd" | "Road" | "Ln" | "Lane" | "Dr" | "Drive" | "Blvd" | "Boulevard" | "Ct"
            | "Court" | "Pl" | "Place" | "Sq" | "Square" | "Ter" | "Terrace" | "Way" | "Cir" | "Circle" | "Hwy" | "Highway"
            | "Pkwy" | "Parkway" | "Trail" | "Crescent" | "Mews" | "Alley" | "Expressway" | "Turnpike" | "STREET" | "AVENUE" | "ROAD" | "ST" | "AVE" | "RD" | "DR" | "LN" | "BLVD" | "DRIVE" | "LANE" | "COURT" | "WAY"
    )
}

/// Words that begin the name of a street and have its number after it.
#[rustfmt::skip]
fn is_prefix(word: &str) -> bool {
    matches!(
        word,
        "calle" | "avenida" | "avda" | "paseo" | "plaza" | "camino" | "carretera" | "ronda" | "travesía" | "glorieta" | "carrer"
            | "via" | "viale" | "piazza" | "corso" | "vicolo" | "largo" | "piazzale" | "strada" | "contrada" | "borgo" | "rua"
            | "travessa" | "alameda" | "praça" | "estrada" | "rodovia" | "praceta" | "ulica" | "ul" | "aleja" | "al" | "plac" | "pl"
            | "osiedle" | "os" | "rue" | "callejón" | "pasaje" | "vereda" | "cuesta" | "rambla" | "avinguda" | "urbanización"
            | "praia" | "pátio" | "condomínio" | "loteamento" | "residencial" | "sítio" | "chácara" | "quadra" | "setor" | "conjunto"
            | "vial" | "acceso" | "cañada" | "pasadizo" | "polígono" | "canale" | "rotonda" | "incrocio" | "stretto" | "vila" | "viela" | "ladeira" | "c" | "chaussée"
    )
}

fn is_french(word: &str) -> bool {
    matches!(
        word,
        "rue"
            | "avenue"
            | "av"
            | "boulevard"
            | "bd"
            | "place"
            | "chemin"
            | "allée"
            | "impasse"
            | "quai"
            | "cours"
            | "route"
            | "square"
            | "passage"
            | "ruelle"
            | "faubourg"
            | "esplanade"
            | "sentier"
            | "villa"
            | "voie"
            | "cité"
    )
}

/// The start of `ul. `, `via dei `, `calle `, in lower case before a run.
fn prefix_behind(scan: &Scan<'_>, start: usize) -> Option<usize> {
    let mut from = start;
    for _ in 0..3 {
        let head = scan.text.get(scan.floor()..from)?.strip_suffix(' ')?;
        let head = head.strip_suffix(['.', '/']).unwrap_or(head);
        let length: usize = head
            .chars()
            .rev()
            .take(12)
            .take_while(|char| char.is_alphabetic())
            .map(char::len_utf8)
            .sum();
        let word = head.get(head.len() - length..)?;
        let joint = super::lists::is_surname_particle(word) && word != "al";
        if word.is_empty() || !joint && !is_prefix(word) {
            return None;
        }
        from = scan.floor() + head.len() - length;
        if !joint {
            return Some(from);
        }
    }
    None
}

/// The start of a street whose last word tells: `Hauptstraße`, `Berliner Straße`, `Kerkstraat`.
fn suffixed(scan: &Scan<'_>, run: &[Word], last: &Word, text: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    let whole = WHOLE_SUFFIXES.contains(&lower.as_str());
    let compound =
        SUFFIXES.iter().any(|suffix| lower.len() > suffix.len() + 2 && lower.ends_with(suffix));
    if !whole && !compound {
        return None;
    }
    let earlier = run.len().checked_sub(2).and_then(|at| run.get(at));
    match earlier {
        Some(word) if whole && word.is_full() => Some(word.start),
        None if whole => None,
        Some(word) if compound && word.is_full() && is_adjective(word.of(scan.text)) => {
            Some(word.start)
        }
        _ => Some(last.start),
    }
}

fn is_adjective(word: &str) -> bool {
    matches!(
        word,
        "Alte"
            | "Neue"
            | "Obere"
            | "Untere"
            | "Große"
            | "Kleine"
            | "Lange"
            | "Oude"
            | "Nieuwe"
            | "Korte"
            | "Stora"
            | "Lilla"
            | "Norra"
            | "Södra"
            | "Östra"
            | "Västra"
            | "Gamla"
    )
}

/// Ends of a street's name in one word.
const SUFFIXES: [&str; 35] = [
    "straße",
    "strasse",
    "str",
    "straat",
    "laan",
    "weg",
    "gracht",
    "plein",
    "kade",
    "dijk",
    "singel",
    "steeg",
    "gasse",
    "allee",
    "platz",
    "ring",
    "damm",
    "ufer",
    "steig",
    "pfad",
    "gatan",
    "vägen",
    "gränd",
    "stigen",
    "torget",
    "vej",
    "veien",
    "gade",
    "gata",
    "hof",
    "park",
    "chaussee",
    "dreef",
    "plantsoen",
    "baan",
];

/// Ends that also stand as a word of their own.
const WHOLE_SUFFIXES: [&str; 19] = [
    "straße", "strasse", "str", "straat", "laan", "weg", "gracht", "plein", "gasse", "allee",
    "platz", "ring", "damm", "ufer", "steig", "chaussee", "väg", "gata", "vej",
];

/// The start of `P.O. Box`.
fn postbox(scan: &Scan<'_>, run: &[Word]) -> Option<usize> {
    let [.., before, last] = run else { return None };
    let office = matches!(before.of(scan.text), "PO" | "P.O." | "O." | "Post" | "GPO")
        && last.of(scan.text) == "Box";
    office.then(|| {
        run.iter().find(|word| word.of(scan.text) == "P.").map_or(before.start, |word| word.start)
    })
}

/// A street's name that nothing tells: capitalised words, the line's first, a label or a preposition before them.
fn plain_street(scan: &Scan<'_>, run: &[Word]) -> Option<usize> {
    let first = run.first()?;
    let short = run.len() <= 4 && run.iter().all(|word| word.shape != Shape::AllCaps);
    let head = scan.text.get(..first.start)?;
    let begins =
        head.is_empty() || head.ends_with(['\n', '"', '>', '|', '\t', ';', ':', ' ', ',', '(']);
    (short && begins).then_some(first.start)
}

fn lower_word(text: &str) -> String {
    text.get(..word_length(text)).unwrap_or_default().to_lowercase()
}

fn word_length(text: &str) -> usize {
    text.chars().take(16).take_while(|char| char.is_alphabetic()).map(char::len_utf8).sum()
}
